"""Query + Evidence -> checked sentences: the two writers, the language model's reading and quotation.

A draft is shown where it can be trusted; otherwise, and for what it leaves out, the corpus's own sentences are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from genoassist.atoms import Atoms, atoms, missing
from genoassist.judgement import probability, signals
from genoassist.llm import LocalModel
from genoassist.messages import say
from genoassist.names import Names
from genoassist.premise import contradicts, differs, relaxed
from genoassist.question import asks_one_fact
from genoassist.reading import SURE, Reading, Verify, choose, judge, judged, readings, tells
from genoassist.types import Check, Evidence, Language, Query, Sentence
from genoassist.units import Unit, hits_in, listed, ranked
from genoassist.words import akin, content_words, fold

# A draft that rests on one of this many best sentences of its unit is what retrieval and reading found too.
NEAR = 3
FOUND = 0.5
# Quoted of the best sentences of a unit where no draft can be trusted to stand alone: on the development questions all
# facts of the report's stand in the best one for 69 of 94, in the best two for 81, in the best three for 82.
QUOTED = 2
# A second one only with a score so near to the first's.
BEHIND = 3.0
# Log-odds from which another unit gives its best sentence to a longer answer too, if it has a name that was asked about: on
# 242 answerable development questions 196 have all facts, .94 of the sections cited are apt; from 0.0 it is 196 and .88, from
# 1.5 it is 194 and .95.
ALSO = 1.0
# And so many that are of the month asked about, which is told all over a report: 5 of 7 questions over several sections, 4 without.
MOST_DATED = 4
# A draft that has this share of a sentence's words leaves nothing of it to quote.
COVERED = 0.8


def read(
    model: LocalModel, query: Query, evidence: Evidence, every: Sequence[Unit], names: Names, verify: Verify
) -> Iterator[Check]:
    """The checks of what is said in answer; nothing when no unit answers."""
    likely = judged(model, query, evidence, every)
    found = readings(model, query, evidence, likely, names, verify)
    reading = next((each for each in found if each.answers), None)
    checks = tuple(said(query, reading, names)) if reading else ()
    if not any(check.corrects for check in checks):
        yield from corrected(query, evidence, every, model)
    yield from checks
    if reading and not asks_one_fact(query.text):
        told = " ".join(check.sentence for check in checks if check.passed)
        others = [unit for odds, unit in likely if odds >= ALSO and unit is not reading.unit]
        yield from _gathered(model, query, evidence, every, others, names, told)


def said(query: Query, reading: Reading, names: Names) -> Iterator[Check]:
    """What a reading says: the draft where it can be trusted, else the corpus's own sentences; rejected drafts too.

    A draft that passes and gives the one fact that was asked for stands alone. A longer answer also quotes what the draft
    leaves out of the best sentences: a small model leaves out half of a list. One that leans on others than the best joins
    what does not belong together ("an event organised by …").
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
        trusted = [c for c in passed if c.supported_by[0] in best[:NEAR] and tells(c, query, names)]
        if trusted:
            yield trusted[0]
            return
        passed = []
    passed = [check for check in passed if all(s in best[:NEAR] for s in check.supported_by)]
    yield from passed
    drafted = " ".join(check.sentence for check in passed)
    leaning = [check.supported_by[0] for check in reading.checks[:1] if check.supported_by]
    good = [s for score, s in reading.ranking[:QUOTED] if score >= reading.ranking[0][0] - BEHIND]
    left = [s for s in dict.fromkeys([*leaning, *good]) if covered(s.text, drafted) < COVERED]
    for place, whole in enumerate(dict.fromkeys((s,) if one else listed(reading.unit, s) for s in left)):
        lead = "adds" if place or passed else "states"
        yield quotation(*whole, reader=query.language, source=source, lead=lead)


def covered(text: str, drafted: str) -> float:
    """The share of a text's words that a draft has too, in some form; of a translation, little but the names."""
    there = content_words(drafted)
    wanted = content_words(text)
    return sum(any(akin(w, t) for t in there) for w in wanted) / len(wanted) if wanted else 1.0


def _gathered(
    model: LocalModel,
    query: Query,
    evidence: Evidence,
    every: Sequence[Unit],
    others: Sequence[Unit],
    names: Names,
    told: str,
) -> Iterator[Check]:
    """What the best sentences of other units add, quoted, and those of the month that is asked about."""
    languages = {unit.document.id: unit.document.language for unit in every}
    asked = [name for name in atoms(query.text).names if fold(name) in names.topical]
    best = [choose(model, unit, query, evidence)[0][1] for unit in others]
    named = [s for s in best if not asked or any(not missing(_named(name), s.text) for name in asked)]
    for sentence in dict.fromkeys([*named, *in_month(query, evidence, names)]):
        if covered(sentence.text, told) < COVERED:
            yield quotation(sentence, reader=query.language, source=languages[sentence.document_id], lead="adds")


def _named(*names: str) -> Atoms:
    return Atoms(frozenset(), frozenset(), names)


def in_month(query: Query, evidence: Evidence, names: Names) -> list[Sentence]:
    """The candidates of the month that is asked about, with the names that say what is: it may be told all over a report."""
    asked = atoms(query.text)
    key = Atoms(frozenset(), asked.months, tuple(name for name in asked.names if fold(name) in names.topical))
    of = [hit.passage.sentence for hit in evidence.hits if not missing(key, hit.passage.sentence.text)]
    return of[:MOST_DATED] if asked.months else []


def corrected(
    query: Query, evidence: Evidence, every: Sequence[Unit], model: LocalModel | None = None
) -> Iterator[Check]:
    """What the corpus says instead, when the question takes something for granted that a near sentence has otherwise."""
    for unit in ranked(evidence, every)[:1]:
        near = [sentence for sentence in _near(evidence, unit) if contradicts(query, sentence.text, unit)]
        without = relaxed(query, unit) if model and not near else None
        if model and without and judge(model, unit, without) >= SURE:
            near = [s for _, s in choose(model, unit, without, evidence)[:1] if differs(query, s.text, unit)]
        for sentence in near[:1]:
            yield quotation(sentence, reader=query.language, source=unit.document.language, lead="otherwise")


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
