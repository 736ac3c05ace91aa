"""Query + Evidence -> checked sentences: the judge, the two writers (language model, quotation) and their prompts.

Judging, writing and citing are three jobs: a prompt that offers the writer a refusal gets refusals, one that asks for
marks gets marks. So the judge is asked for one token, the writer only for a sentence, and verify.py cites.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from genoassist.atoms import atoms, counts, missing
from genoassist.judgement import Signals, contradicts, probability, signals, topical
from genoassist.llm import LocalModel, chat_prompt
from genoassist.messages import say
from genoassist.question import Names, asks_one_fact, counted_thing
from genoassist.sentences import split
from genoassist.types import Check, Evidence, Language, Query, Sentence
from genoassist.units import Unit, headings, hits_in, ranked
from genoassist.words import akin, content_words, fold

Verify = Callable[[str, Sequence[Sentence]], Check]

MAX_TOKENS = 160
READ_UNITS = 3
ONE_FACT_UNITS = 2
# A draft that rests on one of this many nearest sentences of its unit is what retrieval found too.
NEAR = 3
# The least probability that a unit answers for it to be answered from.
ANSWERS = 0.35
FOUND = 0.5
# Log-odds above which a single fact is looked for nowhere else, and from which a second section may add to a longer answer.
SURE = 2.5
ADDS = 1.5
# The same, and the least probability, for a section that has what the question names and the first lacks.
ADDS_MISSING = 0.15

SYSTEM = "You are a careful assistant. You answer questions from the extracts of a report, and from nothing else."
JUDGE = "Is the answer to this question written in the extracts? Reply yes or no."
WRITE: dict[Language, str] = {
    "en": "Answer in English, in one short sentence, from the extracts alone.",
    "fr": "Réponds en français, en une seule phrase courte, d'après les extraits seulement.",
}
_YES, _NO = ("yes", "oui"), ("no", "non")


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of reading one unit: the checks of its draft, and the signals that say whether it answers."""

    unit: Unit
    checks: tuple[Check, ...]
    signals: Signals
    answers: bool


def prefix(unit: Unit) -> str:
    """The part of a unit's prompts that never changes: what is worth processing before any question comes."""
    return _prompt(unit, "").split("Question:")[0]


def _prompt(unit: Unit, question: str, task: str = "") -> str:
    return chat_prompt(SYSTEM, f"Extracts:\n\n{unit.text}\n\nQuestion: {question}\n\n{task}")


def judge(model: LocalModel, unit: Unit, query: Query) -> float:
    """The log-odds (natural) that the unit answers the question."""
    return model.log_odds(_prompt(unit, query.text, JUDGE), _YES, _NO)


def write(model: LocalModel, unit: Unit, query: Query) -> tuple[str, ...]:
    """The sentences of the model's draft."""
    prompt = _prompt(unit, query.text, WRITE[query.language])
    text = model.complete(prompt, max_tokens=MAX_TOKENS, stop=["\n\n"]).strip()
    return tuple(text[start:end] for start, end in split(text, query.language))


def readings(
    model: LocalModel, query: Query, evidence: Evidence, every: Sequence[Unit], verify: Verify
) -> Iterator[Reading]:
    """The units worth writing from, the likeliest first, each with its draft checked; a second one only where it adds."""
    one = asks_one_fact(query.text)
    judged: list[tuple[float, Unit]] = []
    for unit in ranked(evidence, every)[: ONE_FACT_UNITS if one else READ_UNITS]:
        judged.append((judge(model, unit, query), unit))
        if one and judged[0][0] >= SURE:
            break
    judged.sort(key=lambda pair: -pair[0])
    for place, (odds, unit) in enumerate(judged):
        wanted = ANSWERS
        if place:
            wanted = ADDS_MISSING if _has_missing(query, judged[0][1], unit) else ANSWERS
            if one or (wanted == ANSWERS and (odds < ADDS or not _as_topical(query, judged[0][1], unit))):
                continue
        checks = tuple(verify(sentence, unit.sentences) for sentence in write(model, unit, query))
        found = signals(query, unit, evidence, judged=odds, checks=checks)
        met = found.unmet_names == 0 or any(check.passed for check in checks)
        yield Reading(unit, checks, found, met and probability(found, read=True) >= wanted)


def _has_missing(query: Query, first: Unit, second: Unit) -> bool:
    """True when the second unit has something that the question names and the first unit lacks."""
    asked = atoms(query.text)
    return bool(set(missing(asked, first.text)) - set(missing(asked, second.text)))


def _as_topical(query: Query, first: Unit, second: Unit) -> bool:
    """True when the second unit has as much of what the question names as the first, and something of it."""
    asked = atoms(query.text)
    return 0 < topical(asked, second) >= topical(asked, first)


def read(
    model: LocalModel, query: Query, evidence: Evidence, every: Sequence[Unit], names: Names, verify: Verify
) -> Iterator[Check]:
    """The checks of what is said in answer; nothing when no unit answers.

    A draft that passes and gives the one fact that was asked for stands alone. Otherwise the corpus speaks too, verbatim:
    a small model leaves out half of a list, and what it wrote may be borne out and yet not be the answer.
    """
    answered: list[Unit] = []
    for reading in readings(model, query, evidence, every, verify):
        if not reading.answers:
            continue
        answered.append(reading.unit)
        yield from reading.checks
        source = reading.unit.document.language
        for place, sentence in enumerate(_quoted(query, evidence, reading, names)):
            yield quotation(sentence, query.language, source, lead="adds" if place else "states")
    if not answered:
        yield from corrected(query, evidence, every)
    elif not asks_one_fact(query.text):
        yield from _complement(query, evidence, every, answered)


def _complement(query: Query, evidence: Evidence, every: Sequence[Unit], answered: Sequence[Unit]) -> Iterator[Check]:
    """The nearest sentence, quoted, about each thing that the question names and only other units than the answered have."""
    lacking = missing(atoms(query.text), "\n".join(unit.text for unit in answered))
    for unit in ranked(evidence, every)[:READ_UNITS]:
        for sentence in _near(evidence, unit) if unit not in answered else ():
            found = set(lacking) - set(missing(atoms(query.text), f"{sentence.text}\n{headings(unit.section)}"))
            if found:
                yield quotation(sentence, query.language, unit.document.language, lead="adds")
                lacking = tuple(item for item in lacking if item not in found)
                break


def corrected(query: Query, evidence: Evidence, every: Sequence[Unit]) -> Iterator[Check]:
    """What the corpus says instead, when the question takes something for granted that a near sentence has otherwise."""
    for unit in ranked(evidence, every)[:1]:
        for sentence in _near(evidence, unit):
            if contradicts(query, sentence.text, unit):
                yield quotation(sentence, query.language, unit.document.language, lead="otherwise")
                return


def _near(evidence: Evidence, unit: Unit) -> list[Sentence]:
    """The candidates in a unit, best first, at most ``NEAR``; there is one at least in a ranked unit."""
    return [hit.passage.sentence for hit in hits_in(evidence, unit)][:NEAR]


def _quoted(query: Query, evidence: Evidence, reading: Reading, names: Names) -> list[Sentence]:
    """What to quote beside a draft: nothing when it passed, tells the one fact asked for, and rests on a near sentence."""
    near = _near(evidence, reading.unit)
    passed = [check for check in reading.checks if check.passed]
    rests = any(check.supported_by[0] in near for check in passed)
    one = asks_one_fact(query.text)
    if one and rests and any(_tells(check.sentence, query, names) for check in passed):
        return []
    leaning = [check.supported_by[0] for check in reading.checks[:1] if check.supported_by]
    return list(dict.fromkeys([*leaning, *near[: 1 if one else 2]]))


def _tells(sentence: str, query: Query, names: Names) -> bool:
    """True when a sentence has a number, a month or a telling name that the question has not, of the thing counted."""
    said, asked = atoms(sentence), atoms(query.text)
    if counted := counted_thing(query.text):
        return any(
            not noun or any(akin(w, c) for w in content_words(noun) for c in counted) for _, noun in counts(sentence)
        )
    known = {fold(name) for name in asked.names}
    telling = [n for n in said.names if fold(n) not in known and fold(n) in names.topical]
    return bool(telling or said.numbers - asked.numbers or said.months - asked.months)


def extract(query: Query, evidence: Evidence, every: Sequence[Unit]) -> Iterator[Check]:
    """The nearest sentence, quoted, with a short lead in the reader's language; nothing when it is not near enough."""
    for unit in ranked(evidence, every)[:1]:
        if probability(signals(query, unit, evidence), read=False) >= FOUND:
            yield quotation(_near(evidence, unit)[0], query.language, unit.document.language)
            return
    yield from corrected(query, evidence, every)


def quotation(sentence: Sentence, reader: Language, source: Language, *, lead: str = "states") -> Check:
    """A corpus sentence, verbatim but for a final stop and a stray quotation mark; it supports itself."""
    text = re.sub(r"[ \t\r\n]+", " ", sentence.text).removesuffix(".")
    for opening, closing in ('""', "“”", "«»"):
        if text.count(opening) + text.count(closing) * (opening != closing) == 1:
            text = text.strip(f"{opening}{closing} \u00a0\u202f")
    key = "states_other" if lead == "states" and reader != source else lead
    return Check(say(f"answer.{key}", reader, text=text), (sentence,))
