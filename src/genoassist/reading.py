"""Units -> readings: what the language model makes of the likeliest sections, in short prompts on one prefix.

Judging, choosing, writing and citing are separate jobs: a prompt that offers the writer a refusal gets refusals, one that
asks for marks gets marks. So whether a section answers, and which sentence of it, is read off the model's layers (``readout``), and
only then is it asked for words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from genoassist.about import elsewhere, of_something_else, to_the_point
from genoassist.asked import TIMES, asks_of_now, asks_one_fact, asks_yes_or_no, kind_asked
from genoassist.judgement import named_among, unmet
from genoassist.llm import Inside, LocalModel, Prompt, chat_prompt
from genoassist.names import Names
from genoassist.places import in_french
from genoassist.polarity import polar
from genoassist.present import set_in_french
from genoassist.qualified import bounded
from genoassist.readout import chances, log_odds
from genoassist.sentences import split
from genoassist.told import holds, of_another_edition
from genoassist.trust import (
    dated_well,
    joined_well,
    names_them,
    says_it_is_not_said,
    stated_well,
    tells,
)
from genoassist.types import Check, Evidence, Language, Query, Sentence
from genoassist.units import Unit, answering, asks, headed, headings, line, listed, ranked
from genoassist.verify import NO, NO_MORE, YES, YES_NO
from genoassist.words import akin, content_words

# Of a question, a sentence written in answer and the sentences it may rest on: the check.
Verify = Callable[[str, str, Sequence[Sentence]], Check]

MAX_TOKENS = 160
# A draft that rests on one of this many best sentences of its unit is what retrieval and reading found too.
NEAR = 3
READ_UNITS = 3
# And so many for a list, a reason or an account that no name leads to.
READ_MORE = 5
# The least log-odds that a unit answers for it to be answered from. With readouts fitted without the set that is asked, of ten open
# sets 480 of 594 answerable questions are right and 251 of 303 others refused; from -1.25 on 490 and 233, from 0 on 455 and 271.
ANSWERS = -0.75
# What they lose where one fact is asked for and no sentence of the draft that passed tells one.
UNTOLD = 0.8
# Log-odds from which a single fact is looked for nowhere else, and from which the nearest unit is read before others are judged: of
# 641 nearest units of the open sets that have the one 96 % answer, of 532 that have the other 98 %.
SURE = 1.5
CERTAIN = 2.0

SYSTEM = "You are a careful assistant. You answer questions from the extracts of a report, and from nothing else."
JUDGE = "Is the answer to this question written in the extracts? Reply yes or no."
AFFIRMS = "Answer the question with yes or no alone."
WRITE: dict[Language, str] = {
    "en": "Answer in English, in one short sentence, from the extracts alone.",
    "fr": "Réponds en français, en une seule phrase courte, d'après les extraits seulement.",
}


Ranking = tuple[tuple[float, Sentence], ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """What the model makes of a unit and a question: the natural log-odds that it answers.

    And its sentences, best first, each with the natural log-probability that it is the one that does.
    """

    odds: float
    unit: Unit
    ranking: Ranking


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one unit: its sentences, best first, with their scores, its draft's checks, whether it answers."""

    unit: Unit
    ranking: Ranking
    checks: tuple[Check, ...]
    answers: bool = False


def prefix(unit: Unit) -> str:
    """The part of a unit's prompts that never changes: what is worth processing before any question comes."""
    return _prompt(unit.text, "").stable


def _prompt(extracts: str, question: str, task: str = "") -> Prompt:
    return chat_prompt(SYSTEM, f"Question: {question}\n\n{task}", stable=f"Extracts:\n\n{extracts}\n\n")


def judge(model: LocalModel, unit: Unit, query: Query) -> Judged:
    """What the model makes of a unit and a question."""
    seen = inside(model, unit, query.text)
    found = _of_answers([*zip(chances(seen.attention), unit.sentences, strict=True)], unit)
    ranking = to_the_point(unit, query, tuple(sorted(found, key=lambda pair: -pair[0])))
    return Judged(log_odds(seen.residual, seen.largest), unit, ranking)


def inside(model: LocalModel, unit: Unit, question: str) -> Inside:
    """What a unit and a question become between the layers of the model, and how much of the unit's sentences the question sees."""
    return model.inside(_prompt(unit.text, question, JUDGE), question, [line(s) for s in unit.sentences])


def _of_answers(scored: Sequence[tuple[float, Sentence]], unit: Unit) -> list[tuple[float, Sentence]]:
    """The scores with that of a question given to what comes after it, its answer, where that has less; its own to it."""
    own = {sentence.id: score for score, sentence in scored}
    for sentence in filter(asks, unit.sentences):
        told = answering(unit, sentence).id
        own[told], own[sentence.id] = max(own[told], own[sentence.id]), min(own[told], own[sentence.id])
    return [(own[sentence.id], sentence) for _, sentence in scored]


def _pointed(unit: Unit, best: Sentence, task: str) -> str:
    there = " ".join(sentence.text for sentence in listed(unit, best))
    return f"Most relevant: “{' '.join(there.split())}”\n\n{task}"


def affirms(model: LocalModel, unit: Unit, query: Query, best: Sentence) -> float:
    """The log-odds (natural) that the answer to a yes/no question is yes."""
    return model.log_odds(_prompt(unit.text, query.text, _pointed(unit, best, AFFIRMS)), YES, NO)


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
    model: LocalModel,
    query: Query,
    evidence: Evidence,
    every: Sequence[Unit],
    names: Names,
    most: int = READ_UNITS,
) -> Iterator[Judged]:
    """The units that may answer: the nearest at once where it is sure, then the likeliest first.

    For one fact no more than a sure one, the newest of them where it is asked how things are now; for a longer answer the others
    are judged as they are taken.
    """
    near = [u for u in ranked(evidence, every)[:most] if any(tellers(u, query, names))]
    one = asks_one_fact(query.text)
    newest = one and len({unit.document.year for unit in near}) > 1 and asks_of_now(query.text)
    found = [judge(model, unit, query) for unit in near[:1]]
    if found and found[0].odds >= (SURE if one else CERTAIN) and not newest:
        yield found.pop()
        if one:
            return
    found += [judge(model, unit, query) for unit in near[1:]]

    def place(each: Judged) -> tuple[int, float]:
        return (each.unit.document.year or 0) if newest and each.odds >= SURE else 0, each.odds

    yield from sorted(found, key=place, reverse=True)


def tellers(unit: Unit, query: Query, names: Names) -> Iterator[Sentence]:
    """The sentences of a unit that have a date (or headings that have), a duration, an amount or a count where one is asked for.

    None of a unit of something else, nor of one that speaks of nothing to come where the next edition is asked about; of one
    fact, those alone that are not about another item of a list, where one is about what is asked.
    """
    one = asks_one_fact(query.text)
    if of_another_edition(unit.text, query.text) or (one and of_something_else(unit, query, names)):
        return
    apart = elsewhere(unit, query, names) if one else {}
    if all(apart.values()):
        apart = {}
    dated = kind_asked(query.text) in TIMES and holds(headings(unit.section), query.text)
    yield from (s for s in unit.sentences if not apart.get(s.id) and (dated or holds(s.text, query.text)))


def readings(
    model: LocalModel,
    query: Query,
    likely: Iterable[Judged],
    names: Names,
    verify: Verify,
) -> Iterator[Reading]:
    """The units that ``judged`` found likely, each with its draft checked; read as they are taken."""
    for each in likely:
        if each.odds < ANSWERS:
            return
        yield read_unit(model, each, query, names, verify)


def read_unit(model: LocalModel, likely: Judged, query: Query, names: Names, verify: Verify) -> Reading:
    """The reading of one unit that is likely to answer."""
    unit, odds, ranking = likely.unit, likely.odds, likely.ranking
    best = ranking[0][1]
    checks = checked(model, unit, query, best, names, verify)
    empty = bool(checks) and all(NO_MORE in check.problems for check in checks) and not asks_yes_or_no(query.text)
    empty = empty and not _lists(unit, best, query, names)
    if empty or any(says_it_is_not_said(check) for check in checks):
        return Reading(unit, ranking, ())
    told = any(c.passed and tells(c, query, names) for c in checks)
    untold = asks_one_fact(query.text) and not told
    met = any(check.passed for check in checks) or not named_among(unmet(query, unit))
    best_ones = [sentence for _, sentence in ranking[:NEAR]]
    able = told or any(sentence in best_ones for sentence in tellers(unit, query, names))
    answers = met and able and odds >= (ANSWERS + UNTOLD if untold else ANSWERS)
    return Reading(unit, ranking, checks, answers=answers)


def _lists(unit: Unit, best: Sentence, query: Query, names: Names) -> bool:
    """True when a sentence is of a list whose introduction has a word of the question that is no name: it lists what is asked for."""
    whole = listed(unit, best)
    asked = [word for word in content_words(query.text) if word not in names.written]
    return len(whole) > 1 and any(akin(word, other) for word in asked for other in content_words(whole[0].text))


def checked(
    model: LocalModel, unit: Unit, query: Query, best: Sentence, names: Names, verify: Verify
) -> tuple[Check, ...]:
    """The sentences of the model's draft of a unit, each with all that is checked of it."""
    found: list[Check] = []
    for sentence in write(model, unit, query, best):
        check = stated_well(_supported(sentence, query, unit, best, verify), query, unit)
        check = joined_well(check, query, unit, names)
        check = dated_well(check, query, unit, names)
        check = names_them(check, query, names)
        check = polar(check, query, lambda: affirms(model, unit, query, best))
        told = [source.text for source in check.supported_by]
        found.append(replace(check, sentence=bounded(check.sentence, told, query.language)))
    return tuple(found)


def _supported(sentence: str, query: Query, unit: Unit, best: Sentence, verify: Verify) -> Check:
    """The check of a sentence; what a row of a table and its header say leans on nothing else.

    A yes or no leans on the best sentence: in the question's words, it is nearest to where those stand.
    """
    if not YES_NO.match(sentence):
        found = verify(query.text, sentence, unit.sentences)
        row = headed(unit, found.supported_by[0]) if found.supported_by else ()
        if len(row) < 2:
            return found
        alone = verify(query.text, sentence, row)
        return alone if alone.passed and alone.sentence == found.sentence else found
    alone = verify(query.text, sentence, (best,))
    if alone.passed:
        return alone
    found = verify(query.text, sentence, unit.sentences)
    return replace(found, supported_by=tuple(dict.fromkeys((best, *found.supported_by))))
