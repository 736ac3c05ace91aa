"""Units -> readings: what the language model makes of the likeliest sections, in four short prompts on one prefix.

Judging, choosing, writing and citing are separate jobs: a prompt that offers the writer a refusal gets refusals, one that
asks for marks gets marks. So the model is asked for one token to judge, one to choose a sentence, and only then for words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from genoassist.atoms import atoms, counts
from genoassist.judgement import Signals, probability, signals
from genoassist.llm import LocalModel, Prompt, chat_prompt
from genoassist.names import Names
from genoassist.places import in_french, places
from genoassist.present import set_in_french
from genoassist.question import asks_one_fact, counted_thing, kind_asked
from genoassist.sentences import split
from genoassist.types import Check, Evidence, Language, Query, Sentence
from genoassist.units import LABELS, Unit, excerpt, listed, ranked
from genoassist.verify import YES_NO
from genoassist.words import akin, content_words, fold

Verify = Callable[[str, Sequence[Sentence]], Check]

MAX_TOKENS = 160
# Of 16 yes/no questions of the development sets, those to answer with yes have log-odds of 1.05 and more but for one.
AFFIRMED = 1.0
NEGATION = re.compile(r"\b(?:not|never|no longer|without|ne|pas|aucune?|jamais|sans)\b|n['’](?:t\b|\w)", re.IGNORECASE)
AMOUNT = re.compile(r"[€$£%]|\b(?:euros?|dollars?|pounds?|livres?|free|gratuit\w*|percent|pour cent)\b", re.IGNORECASE)
READ_UNITS = 3
# The least probability that a unit answers for it to be answered from.
ANSWERS = 0.4
# Log-odds above which a single fact is looked for nowhere else, and below which no section is read: of the 59 development
# questions whose likeliest section has less, none was answered.
SURE = 1.5
LIKELY = 0.0
# Log-odds from which a second look at the best sentence changes nothing: of 576 development questions 164 have them, and every
# one was answered with it. What such a look is expected to give there (a regression on the first one).
CERTAIN = 2.25
EXPECTED_STATED = 2.9
# Weight of the fused retrieval score beside the log-probability that reading gives a sentence: on 66 development questions
# the best sentence has all facts for 73 %, 65 % by retrieval alone and 65 % by reading alone.
RETRIEVED = 0.5

SYSTEM = "You are a careful assistant. You answer questions from the extracts of a report, and from nothing else."
JUDGE = "Is the answer to this question written in the extracts? Reply yes or no."
STATES = "Does that say what the question asks? Reply yes or no."
AFFIRMS = "Answer the question with yes or no alone."
CHOOSE = "Which sentence answers the question? Reply with its letter alone."
WRITE: dict[Language, str] = {
    "en": "Answer in English, in one short sentence, from the extracts alone.",
    "fr": "Réponds en français, en une seule phrase courte, d'après les extraits seulement.",
}
_YES, _NO = ("yes", "oui"), ("no", "non")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one unit: its sentences, best first, with their scores, its draft's checks, whether it answers."""

    unit: Unit
    ranking: tuple[tuple[float, Sentence], ...]
    checks: tuple[Check, ...]
    signals: Signals
    answers: bool = False


def prefixes(unit: Unit) -> tuple[str, ...]:
    """The parts of a unit's prompts that never change: what is worth processing before any question comes."""
    return tuple(_prompt(text, "").stable for text in (unit.text, unit.labelled))


def _prompt(extracts: str, question: str, task: str = "", reply: str = "") -> Prompt:
    return chat_prompt(SYSTEM, f"Question: {question}\n\n{task}", reply, stable=f"Extracts:\n\n{extracts}\n\n")


def judge(model: LocalModel, unit: Unit, query: Query) -> float:
    """The log-odds (natural) that the unit answers the question."""
    return model.log_odds(_prompt(unit.text, query.text, JUDGE), _YES, _NO)


def judge_alone(model: LocalModel, unit: Unit, sentence: Sentence, query: Query) -> float:
    """The log-odds (natural) that one sentence of a unit, under its headings, answers the question."""
    once = _prompt(excerpt(unit, sentence).text, query.text, JUDGE)
    return model.log_odds(Prompt("", once.text), _YES, _NO)


def choose(model: LocalModel, unit: Unit, query: Query, evidence: Evidence) -> tuple[tuple[float, Sentence], ...]:
    """The sentences of a unit, best first, by what reading and what retrieval say of them together."""
    found = {hit.passage.sentence.id: hit.score for hit in evidence.hits}
    least = min(found.values(), default=0.0)
    chosen = model.choice(_prompt(unit.labelled, query.text, CHOOSE, "("), LABELS[: len(unit.sentences)])
    scored = [
        (max(chance, -6.0) + RETRIEVED * found.get(sentence.id, least), sentence)
        for chance, sentence in zip(chosen, unit.sentences, strict=True)
    ]
    return tuple(sorted(scored, key=lambda pair: -pair[0]))


def _pointed(unit: Unit, best: Sentence, task: str) -> str:
    there = " ".join(sentence.text for sentence in listed(unit, best))
    return f"Most relevant: “{' '.join(there.split())}”\n\n{task}"


def states(model: LocalModel, unit: Unit, query: Query, best: Sentence) -> float:
    """The log-odds (natural) that a sentence, in its unit, says what is asked."""
    return model.log_odds(_prompt(unit.text, query.text, _pointed(unit, best, STATES)), _YES, _NO)


def affirms(model: LocalModel, unit: Unit, query: Query, best: Sentence) -> float:
    """The log-odds (natural) that the answer to a yes/no question is yes."""
    return model.log_odds(_prompt(unit.text, query.text, _pointed(unit, best, AFFIRMS)), _YES, _NO)


def write(model: LocalModel, unit: Unit, query: Query, best: Sentence) -> tuple[str, ...]:
    """The sentences of the model's draft; where one fact is asked for, pointed at the sentence that matters most.

    Pointed at one sentence, it leaves out what the others say of a reason or a list.
    """
    task = WRITE[query.language]
    prompt = _prompt(unit.text, query.text, _pointed(unit, best, task) if asks_one_fact(query.text) else task)
    text = model.complete(prompt, max_tokens=MAX_TOKENS, stop=["\n\n"]).strip()
    text = text.strip('“”"«» ') if text[:1] in '“"«' else text
    text = set_in_french(in_french(text)) if query.language == "fr" else text
    return tuple(text[start:end] for start, end in split(text, query.language))


def judged(
    model: LocalModel, query: Query, evidence: Evidence, every: Sequence[Unit]
) -> tuple[tuple[float, Unit], ...]:
    """The units that may answer, the likeliest first, with their log-odds; for one fact no more than a sure one."""
    found: list[tuple[float, Unit]] = []
    for unit in ranked(evidence, every)[:READ_UNITS]:
        found.append((judge(model, unit, query), unit))
        if asks_one_fact(query.text) and found[0][0] >= SURE:
            break
    return tuple(sorted(found, key=lambda pair: -pair[0]))


def readings(
    model: LocalModel,
    query: Query,
    evidence: Evidence,
    likely: Sequence[tuple[float, Unit]],
    names: Names,
    verify: Verify,
) -> Iterator[Reading]:
    """The units that ``judged`` found likely, each with its draft checked; read as they are taken."""
    for odds, unit in likely:
        if odds < LIKELY:
            return
        yield read_unit(model, unit, odds, query, evidence, names, verify)


def read_unit(
    model: LocalModel, unit: Unit, odds: float, query: Query, evidence: Evidence, names: Names, verify: Verify
) -> Reading:
    """The reading of one unit whose log-odds are known; no draft is written where none could make it answer."""
    ranking = choose(model, unit, query, evidence)
    best = ranking[0][1]
    stated = states(model, unit, query, best) if odds < CERTAIN else EXPECTED_STATED
    found = signals(query, unit, evidence, judged=odds, stated=stated)
    if probability(found, read=True) < ANSWERS:
        return Reading(unit, ranking, (), found)
    drafted = (stated_well(verify(sentence, unit.sentences)) for sentence in write(model, unit, query, best))
    checks = tuple(polar(check, query, lambda: affirms(model, unit, query, best)) for check in drafted)
    untold = asks_one_fact(query.text) and not any(c.passed and tells(c, query, names) for c in checks)
    found = replace(found, untold=float(untold))
    met = found.unmet_names == 0 or any(check.passed for check in checks)
    return Reading(unit, ranking, checks, found, answers=met and probability(found, read=True) >= ANSWERS)


# « a-t-il », « est-elle »: a statement has its subject before its verb, a draft that has not copies the question.
INVERTED = re.compile(r"\w-(?:t-on|(?:t-)?(?:ils?|elles?))\b", re.IGNORECASE)


def stated_well(check: Check) -> Check:
    """The check, failed where the sentence is put as a question is in French."""
    if check.passed and INVERTED.search(check.sentence) and not check.sentence.rstrip().endswith("?"):
        return replace(check, problems=("is put as a question",))
    return check


def polar(check: Check, query: Query, yes: Callable[[], float]) -> Check:
    """The check, failed where the sentence says yes or no and a second reading, or its own negation, does not bear it out."""
    if not check.passed or not (said := YES_NO.match(check.sentence)):
        return check
    agrees = fold(said.group()).strip() in _YES
    denied = agrees and NEGATION.search(check.sentence) and not NEGATION.search(query.text)
    sure = yes() >= AFFIRMED if agrees else yes() < 0
    return check if sure and not denied else replace(check, problems=("yes or no is not borne out",))


def tells(check: Check, query: Query, names: Names) -> bool:
    """True when a sentence tells a number, a month or a telling name that the question has not, of the thing counted.

    Of who it was any name tells, even that of the report's subject. A number or month that only a title has is the year of
    a report, not what was asked.
    """
    said, asked = atoms(check.sentence), atoms(query.text)
    there = atoms("\n".join(source.text for source in check.supported_by))
    new = (said.numbers & there.numbers) - asked.numbers
    if counted := counted_thing(query.text):
        nouns = [content_words(noun) for _, noun in counts(check.sentence)]
        in_words = new and not nouns and any(akin(w, c) for w in content_words(check.sentence) for c in counted)
        return bool(in_words) or any(not noun or any(akin(w, c) for w in noun for c in counted) for noun in nouns)
    dated = (said.months & there.months) - asked.months
    kind = kind_asked(query.text)
    if kind == "date":
        return bool(new or dated)
    known = {*map(fold, asked.names), *content_words(query.text)}
    opening = [word for word in content_words(check.sentence)[:1] if word in names.written]
    strange = [name for name in [*opening, *map(fold, said.names)] if not any(akin(name, word) for word in known)]
    if kind == "who":
        return bool(new or dated) or any(name not in places() for name in strange)
    if kind == "amount" and new and not AMOUNT.search(check.sentence):
        return False
    return bool(new or dated) or any(name in names.topical for name in strange)
