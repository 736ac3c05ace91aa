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
from genoassist.names import Names
from genoassist.question import asks_one_fact
from genoassist.reading import Reading, Verify, across, readings, tells
from genoassist.types import Check, Evidence, Language, Query, Sentence
from genoassist.units import Unit, hits_in, listed, ranked
from genoassist.words import akin, content_words, fold

# A draft that rests on one of this many best sentences of its unit is what retrieval and reading found too.
NEAR = 3
FOUND = 0.5
# Quoted of the best sentences of a unit where no draft can be trusted to stand alone: on the development questions all
# facts of the report's stand in the best one for 69 of 94, in the best two for 81, in the best three for 82.
QUOTED = 2
# A second one only with a score so near to the first's, one read side by side with those of other sections only with that
# score: on 83 longer development questions, all facts for 75, two quotations each; without the limits 75 and 2.9.
BEHIND = 3.0
FURTHER = -1.5
# And so many that are of the month asked about, which is told all over a report: 5 of 7 questions over several sections, 4 without.
MOST_DATED = 4
# A draft that has this share of a sentence's words leaves nothing of it to quote.
COVERED = 0.8


def read(
    model: LocalModel, query: Query, evidence: Evidence, every: Sequence[Unit], names: Names, verify: Verify
) -> Iterator[Check]:
    """The checks of what is said in answer; nothing when no unit answers."""
    found = readings(model, query, evidence, every, names, verify)
    reading = next((each for each in found if each.answers), None)
    if reading is None:
        yield from corrected(query, evidence, every)
        return
    checks = tuple(said(query, reading, names))
    yield from checks
    if not asks_one_fact(query.text):
        told = " ".join(check.sentence for check in checks if check.passed)
        yield from _gathered(model, query, evidence, every, names, told)


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
        trusted = [c for c in passed if c.supported_by[0] in best[:NEAR] and tells(c.sentence, query, names)]
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
    model: LocalModel, query: Query, evidence: Evidence, every: Sequence[Unit], names: Names, told: str
) -> Iterator[Check]:
    """What the best sentences of all sections add, quoted, and those of the month that is asked about."""
    languages = {unit.document.id: unit.document.language for unit in every}
    best = [s for score, s in across(model, query, evidence, every)[:QUOTED] if score >= FURTHER]
    for sentence in dict.fromkeys([*best, *in_month(query, evidence, names)]):
        if covered(sentence.text, told) < COVERED:
            yield quotation(sentence, reader=query.language, source=languages[sentence.document_id], lead="adds")


def in_month(query: Query, evidence: Evidence, names: Names) -> list[Sentence]:
    """The candidates of the month that is asked about, with the names that say what is: it may be told all over a report."""
    asked = atoms(query.text)
    key = Atoms(frozenset(), asked.months, tuple(name for name in asked.names if fold(name) in names.topical))
    of = [hit.passage.sentence for hit in evidence.hits if not missing(key, hit.passage.sentence.text)]
    return of[:MOST_DATED] if asked.months else []


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
