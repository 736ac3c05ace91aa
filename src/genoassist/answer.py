"""Query + Evidence -> checked sentences: the two writers, the language model's reading and quotation.

A draft is shown where it can be trusted; otherwise, and for what it leaves out, the corpus's own sentences are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from genoassist.atoms import Atoms, atoms, missing
from genoassist.judgement import contradicts, probability, signals
from genoassist.llm import LocalModel
from genoassist.messages import say
from genoassist.parts import YEAR
from genoassist.question import Names, asks_one_fact
from genoassist.reading import READ_UNITS, Reading, Verify, readings, states, tells
from genoassist.types import Check, Evidence, Language, Query, Sentence
from genoassist.units import Unit, headings, hits_in, listed, ranked
from genoassist.words import akin, content_words, fold

# A draft that rests on one of this many best sentences of its unit is what retrieval and reading found too.
NEAR = 3
FOUND = 0.5
# A draft that has this share of a sentence's words leaves nothing of it to quote.
COVERED = 0.8
# Log-odds from which a sentence of a further section is added to a longer answer; less where a month is asked about, of
# which much may be told all over. So many more sections are read.
GATHERS = 2.4
GATHERS_DATED = 1.0
MORE_UNITS = 3


def read(
    model: LocalModel, query: Query, evidence: Evidence, every: Sequence[Unit], names: Names, verify: Verify
) -> Iterator[Check]:
    """The checks of what is said in answer; nothing when no unit answers."""
    answered: list[Unit] = []
    for reading in readings(model, query, evidence, every, names, verify):
        if not reading.answers:
            continue
        answered.append(reading.unit)
        yield from said(query, reading, names, first=len(answered) == 1)
    if not answered:
        yield from corrected(query, evidence, every)
    elif not asks_one_fact(query.text):
        yield from _complement(query, evidence, every, answered)
        yield from _gathered(model, query, evidence, every, answered, names)


def said(query: Query, reading: Reading, names: Names, *, first: bool) -> Iterator[Check]:
    """What a reading says: the draft where it can be trusted, else the corpus's own sentences; rejected drafts too.

    A draft that passes and gives the one fact that was asked for stands alone. A longer answer also quotes what the draft
    leaves out of the best sentences: a small model leaves out half of a list.
    """
    source = reading.unit.document.language
    best = [sentence for _, sentence in reading.ranking]
    otherwise = next((s for s in best[:NEAR] if contradicts(query, s.text, reading.unit)), None)
    if otherwise is not None:
        yield quotation(otherwise, reader=query.language, source=source, lead="otherwise")
    passed = [check for check in reading.checks if check.passed]
    yield from (check for check in reading.checks if not check.passed)
    one = asks_one_fact(query.text)
    if one:
        trusted = [c for c in passed if c.supported_by[0] in best[:NEAR] and tells(c.sentence, query, names)]
        if trusted:
            yield trusted[0]
            return
        passed = []
    yield from passed
    drafted = " ".join(check.sentence for check in passed)
    leaning = [check.supported_by[0] for check in reading.checks[:1] if check.supported_by]
    near = dict.fromkeys([*leaning, *best[: 1 if one else 2]])
    left = [sentence for sentence in near if covered(sentence.text, drafted) < COVERED]
    for place, whole in enumerate(dict.fromkeys((s,) if one else listed(reading.unit, s) for s in left)):
        lead = "adds" if place or not first or passed else "states"
        yield quotation(*whole, reader=query.language, source=source, lead=lead)


def covered(text: str, drafted: str) -> float:
    """The share of a text's words that a draft has too, in some form; of a translation, little but the names."""
    there = content_words(drafted)
    wanted = content_words(text)
    return sum(any(akin(w, t) for t in there) for w in wanted) / len(wanted) if wanted else 1.0


def _complement(query: Query, evidence: Evidence, every: Sequence[Unit], answered: Sequence[Unit]) -> Iterator[Check]:
    """The nearest sentence, quoted, about each thing that the question names and only other units than the answered have."""
    lacking = missing(atoms(query.text), "\n".join(unit.text for unit in answered))
    for unit in ranked(evidence, every)[:READ_UNITS]:
        for sentence in _near(evidence, unit) if unit not in answered else ():
            found = set(lacking) - set(missing(atoms(query.text), f"{sentence.text}\n{headings(unit.section)}"))
            if found:
                yield quotation(sentence, reader=query.language, source=unit.document.language, lead="adds")
                lacking = tuple(item for item in lacking if item not in found)
                break


def _gathered(
    model: LocalModel,
    query: Query,
    evidence: Evidence,
    every: Sequence[Unit],
    answered: Sequence[Unit],
    names: Names,
) -> Iterator[Check]:
    """Sentences of further units, quoted, that have all that a question names and, by reading, say what it asks.

    "What happened in June?" is answered all over a report. What stands in most sections, like its publisher, names nothing.
    """
    asked = atoms(query.text)
    key = Atoms(
        frozenset(n for n in asked.numbers if not YEAR.fullmatch(n)),
        asked.months,
        tuple(name for name in asked.names if fold(name) in names.topical),
    )
    if key.empty:
        return
    read_more = 0
    for unit in ranked(evidence, every):
        if unit in answered or missing(key, unit.text):
            continue
        sentence = next(
            (h.passage.sentence for h in hits_in(evidence, unit) if not missing(key, h.passage.sentence.text)), None
        )
        if sentence is None:
            continue
        read_more += 1
        if states(model, unit, query, sentence) >= (GATHERS_DATED if key.months else GATHERS):
            yield quotation(sentence, reader=query.language, source=unit.document.language, lead="adds")
        if read_more == MORE_UNITS:
            return


def corrected(query: Query, evidence: Evidence, every: Sequence[Unit]) -> Iterator[Check]:
    """What the corpus says instead, when the question takes something for granted that a near sentence has otherwise."""
    for unit in ranked(evidence, every)[:1]:
        for sentence in _near(evidence, unit):
            if contradicts(query, sentence.text, unit):
                yield quotation(sentence, reader=query.language, source=unit.document.language, lead="otherwise")
                return


def _near(evidence: Evidence, unit: Unit) -> list[Sentence]:
    """The candidates in a unit, best first, at most ``NEAR``; there is one at least in a ranked unit."""
    return [hit.passage.sentence for hit in hits_in(evidence, unit)][:NEAR]


def extract(query: Query, evidence: Evidence, every: Sequence[Unit]) -> Iterator[Check]:
    """The nearest sentence, quoted, with a short lead in the reader's language; nothing when it is not near enough."""
    for unit in ranked(evidence, every)[:1]:
        if probability(signals(query, unit, evidence), read=False) >= FOUND:
            yield quotation(_near(evidence, unit)[0], reader=query.language, source=unit.document.language)
            return
    yield from corrected(query, evidence, every)


def quotation(*sentences: Sentence, reader: Language, source: Language, lead: str = "states") -> Check:
    """Corpus sentences, verbatim but for a final stop and a stray quotation mark; they support themselves."""
    text = re.sub(r"[ \t\r\n]+", " ", " ".join(s.text for s in sentences)).removesuffix(".")
    for opening, closing in ('""', "“”", "«»"):
        if text.count(opening) + text.count(closing) * (opening != closing) == 1:
            text = text.strip(f"{opening}{closing} \u00a0\u202f")
    key = "states_other" if lead == "states" and reader != source else lead
    return Check(say(f"answer.{key}", reader, text=text), sentences, corrects=lead == "otherwise")
