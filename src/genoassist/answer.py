"""Query + Evidence -> checked sentences: the two writers, the language model's reading and quotation.

A draft is shown where it can be trusted; otherwise, and for what it leaves out, the corpus's own sentences are.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, islice, tee

from genoassist.asked import asks_all_about, asks_more, asks_one_fact, asks_what_happened, asks_yes_or_no
from genoassist.atoms import Atoms, atoms, missing
from genoassist.judgement import probability, signals, unmet
from genoassist.llm import LocalModel
from genoassist.messages import say
from genoassist.names import Names
from genoassist.polarity import of_whom, of_whom_given
from genoassist.premise import contradicts, differs, relaxed
from genoassist.quotation import account, joined, otherwise, quoted, stated
from genoassist.reading import (
    NEAR,
    READ_MORE,
    READ_UNITS,
    Judged,
    Reading,
    Verify,
    judge,
    judged,
    readings,
    tellers,
)
from genoassist.trust import adds, same_act, tells
from genoassist.types import Check, Evidence, Language, Query, Sentence
from genoassist.units import Unit, answering, headed, hits_in, listed, ranked
from genoassist.verify import YES_NO
from genoassist.words import akin, content_words, covered, fold, uncapitalised

FOUND = 0.5
# Quoted of the best sentences of a unit where no draft can be trusted to stand alone: on the development questions all
# facts of the report's stand in the best one for 69 of 94, in the best two for 81, in the best three for 82.
QUOTED = 2
# A second one only with a log-probability so near to the first's: of 490 sections of the open sets the first has most of the facts
# for 87 %, one of the two for 93 %, and a quarter get a second (with 3.0 it is 95 % and half of them; benchmarks/telling.py).
BEHIND = 1.5
# Log-odds of a unit from which its sentences are part of a longer answer that was drafted from another: those with the names asked
# about, so many at most, or where no name is, its best one.
BESIDES = 0.0
MOST_NAMED = 3
# So many without reading where all that is told of a name is asked for ("What links X and Y?"): four of 10 such open questions
# get what they lacked, the share of apt sections stays.
MOST_ABOUT = 5
# And so many that are of the month asked about, which is told all over a report: 5 of 7 questions over several sections, 4 without.
MOST_DATED = 4
_REASON = re.compile(
    r"\W*(?:why|how (?:come|is|are|was|were|do|does|did|has|have|had|can|could|will|would)|pourquoi|comment|en quoi)\b",
    re.IGNORECASE,
)
# The least cosine of a sentence that bears on a yes/no question which reading does not answer: of 46 such questions of the
# open sets 34 have one and name nothing that its unit lacks, and for 31 of them the sentence says which it is.
BEARING = 0.85
# Log-odds from which a sentence that differs answers the question without what its section lacks: of 228 answerable open
# questions two more get the sentence that tells than with 1.5, and none of 114 others is answered that was not.
OTHERWISE = 1.0
# A draft that has this share of a sentence's words leaves nothing of it to quote.
COVERED = 0.8


def read(
    model: LocalModel, query: Query, evidence: Evidence, every: Sequence[Unit], names: Names, verify: Verify
) -> Iterator[Check]:
    """The checks of what is said in answer; nothing when no unit answers.

    First what the question has wrong, then the draft where it can be trusted; where nothing was wrong, then what the draft leaves
    out, quoted, each sentence once.
    """
    if told := list(account(query, every)):
        yield from told
        return
    if told := list(someone_else(model, query, evidence, every, names, verify)):
        yield from told
        return
    wide = asks_more(query.text) and not _topical(query, names)
    likely, again = tee(judged(model, query, evidence, every, names, READ_MORE if wide else READ_UNITS))
    found = readings(model, query, likely, names, verify)
    reading = next((each for each in found if each.answers), None)
    corrections = list(corrected(query, evidence, every, model, reading))
    yield from corrections
    if reading is None:
        yield from () if corrections else bearing(query, evidence, every)
        return
    home = {sentence.id: unit for unit in every for sentence in unit.sentences}
    drafts = said(query, reading, names)
    yield from (check for check in reading.checks if not check.passed)
    yield from drafts
    if corrections:  # why it was so, which it was not, or what else was so, is not what was asked
        return
    quotes: Iterable[tuple[Sentence, ...]] = left_out(query, reading, drafts, names)
    polar = asks_yes_or_no(query.text)
    if polar or (not asks_more(query.text) and any(tells(draft, query, names) for draft in drafts)):
        quotes = tuple(quotes)[:1]  # keywords, or words too misspelt to know: what bears the draft out is enough
    elif not asks_one_fact(query.text):
        so_far = " ".join([*(draft.sentence for draft in drafts), *(s.text for whole in quotes for s in whole)])
        quotes = chain(quotes, _gathered(model, query, evidence, home, again, reading.unit, names, so_far))
    yield from quoted(query, quotes, home, reading.unit)


def someone_else(
    model: LocalModel, query: Query, evidence: Evidence, every: Sequence[Unit], names: Names, verify: Verify
) -> Iterator[Check]:
    """Who it is, where a question asks whether a name is or does what one alone is or does, or has it so, and it is another.

    Else nothing.
    """
    polar = asks_yes_or_no(query.text)
    asked = of_whom(query.text) if polar else of_whom_given(query.text)
    if not asked:
        return
    who = replace(query, text=asked[0], parts=asked[:1])
    likely = judged(model, who, evidence, every, names)
    found = readings(model, who, likely, names, verify)
    for reading in islice((each for each in found if each.answers), 1):
        drafts = said(who, reading, names)
        drafted = {word for draft in drafts for word in content_words(draft.sentence)}
        told = drafts[0].supported_by[0] if drafts else reading.ranking[0][1]
        if _any_akin(content_words(asked[1]), drafted):
            return
        if polar and (drafts or same_act(who, (told,), names)):
            another = not _any_akin(content_words(asked[1]), content_words(told.text))
            yield from (_denying(draft, query.language) if another else draft for draft in drafts)
            yield from quoted(query, [(told,)], {told.id: reading.unit}, reading.unit)
        elif drafts:
            yield otherwise(query, told, reading.unit)


def _any_akin(words: Iterable[str], others: Collection[str]) -> bool:
    return any(akin(word, other) for word in words for other in others)


def _denying(draft: Check, language: Language) -> Check:
    """A draft of who it is, under a no: it is not the one that was asked about."""
    return replace(draft, sentence=say("answer.no", language, text=uncapitalised(draft.sentence)))


def said(query: Query, reading: Reading, names: Names) -> list[Check]:
    """The sentences of the draft that can be trusted: of one fact the one that tells it, of a longer answer each that passed.

    One that leans on others than the best sentences joins what does not belong together ("an event organised by …").
    """
    best = [sentence for _, sentence in reading.ranking[:NEAR]]
    passed = [check for check in reading.checks if check.passed]
    if asks_one_fact(query.text):
        return [c for c in passed if c.supported_by[0] in best and (tells(c, query, names) or adds(c, query))][:1]
    in_words = [check for check in passed if any(c.isalpha() for c in check.sentence)]
    whole = {s for one in best for s in listed(reading.unit, one)}
    # what a yes leans on besides has but the names of the question
    return [c for c in in_words if whole.issuperset(c.supported_by[: 1 if YES_NO.match(c.sentence) else None])]


def left_out(query: Query, reading: Reading, drafts: Sequence[Check], names: Names) -> tuple[tuple[Sentence, ...], ...]:
    """What to quote of the best sentences beside a draft, lists whole: a small model leaves out half of one.

    A draft that gives the one fact asked for stands alone, and of a yes or no only what bears it out is quoted.
    """
    one = asks_one_fact(query.text)
    if one and drafts:
        return ()
    drafted = " ".join(check.sentence for check in drafts)
    echoes = asks_yes_or_no(query.text) and not drafts
    place = {s: rank for rank, (_, s) in enumerate(reading.ranking)}
    first = [c.supported_by for c in reading.checks[:1] if c.supported_by and not echoes]
    leaning = [min(sources, key=lambda s: place.get(s, len(place))) for sources in first]
    near = [s for score, s in reading.ranking[:NEAR] if score >= reading.ranking[0][0] - BEHIND]
    able = list(tellers(reading.unit, query, names))
    leaning, near = ([answering(reading.unit, s) for s in some if s in able] for some in (leaning, near))
    said_so = any(YES_NO.match(draft.sentence) for draft in drafts)
    good = [] if said_so else near[:QUOTED]
    left = [s for s in dict.fromkeys([*leaning, *good]) if covered(s.text, drafted) < COVERED]
    return joined(headed(reading.unit, s) if one else listed(reading.unit, s) for s in left)


def _gathered(
    model: LocalModel,
    query: Query,
    evidence: Evidence,
    home: Mapping[str, Unit],
    likely: Iterable[Judged],
    read_from: Unit,
    names: Names,
    so_far: str,
) -> Iterator[tuple[Sentence, ...]]:
    """What other units that answer add: sentences with the names asked about, or their best one where no name is.

    The first from any unit, where all that is told of them is asked for. And those of the month that is asked about. ``home`` is
    the unit of each sentence, by its id.
    """
    asked = _topical(query, names)
    if asked:
        there = [s for s in _holding(evidence, Atoms(names=asked)) if home[s.id] is not read_from]
        found = there[:MOST_ABOUT] if asks_all_about(query.text) else _apt(model, query, there[:MOST_NAMED], home)
    else:
        # a reason or a manner stands in one place: of 28 quoted besides on the open sets one was apt
        others = (
            [] if _REASON.match(query.text) else [e for e in likely if e.unit is not read_from and e.odds >= BESIDES]
        )
        found = [each.ranking[0][1] for each in others]
    for sentence in [*found, *in_month(query, evidence, names)]:
        if covered(sentence.text, so_far) < COVERED:
            yield headed(home[sentence.id], sentence)


def _apt(model: LocalModel, query: Query, sentences: Sequence[Sentence], home: Mapping[str, Unit]) -> list[Sentence]:
    """The sentences whose unit answers; each unit is judged once."""
    every = {home[s.id].text: home[s.id] for s in sentences}
    apt = {text for text, unit in every.items() if judge(model, unit, query).odds >= BESIDES}
    return [s for s in sentences if home[s.id].text in apt]


def in_month(query: Query, evidence: Evidence, names: Names) -> list[Sentence]:
    """The candidates of the month that a question asks to tell of, with its names: that may be told all over a report."""
    months = atoms(query.text).months if asks_what_happened(query.text) else frozenset()
    return _holding(evidence, Atoms(months=months, names=_topical(query, names)))[:MOST_DATED] if months else []


def _topical(query: Query, names: Names) -> tuple[str, ...]:
    """The names in a question that say what it is about."""
    return tuple(name for name in atoms(query.text).names if fold(name) in names.topical)


def _holding(evidence: Evidence, key: Atoms) -> list[Sentence]:
    """The candidates that have all of these names and months, best first; of acronyms, as written where some have them so.

    "BIO" is neither "Bio-Europe" nor "EndoGene.Bio".
    """
    found = [hit.passage.sentence for hit in evidence.hits if not missing(key, hit.passage.sentence.text)]
    for name in (name for name in key.names if name.isupper()):
        alone = re.compile(rf"(?<![\w.-]){re.escape(name)}(?![\w-])")
        found = [s for s in found if alone.search(s.text)] or found
    return found


def corrected(
    query: Query,
    evidence: Evidence,
    every: Sequence[Unit],
    model: LocalModel | None = None,
    reading: Reading | None = None,
) -> Iterator[Check]:
    """What the corpus says instead, when the question takes something for granted that a near sentence has otherwise.

    Of the sentences that answer best, where there is a reading, and the nearest ones, what retrieval found first.
    """
    nearest = ranked(evidence, every)[:1]
    looked_at = [(sentence, reading.unit) for _, sentence in reading.ranking[:NEAR]] if reading else []
    looked_at += [(sentence, unit) for unit in nearest for sentence in _near(evidence, unit)]
    place = {hit.passage.sentence.id: rank for rank, hit in enumerate(evidence.hits)}
    wrong = [(sentence, unit) for sentence, unit in looked_at if contradicts(query, sentence.text, unit)]
    for unit in nearest:
        without = relaxed(query, unit) if model and not wrong else None
        if model and without and (told := judge(model, unit, without)).odds >= OTHERWISE:
            wrong = [(s, unit) for _, s in told.ranking[:1] if differs(query, s.text, unit)]
    for sentence, unit in sorted(wrong, key=lambda pair: place.get(pair[0].id, len(place)))[:1]:
        yield otherwise(query, sentence, unit)


def bearing(query: Query, evidence: Evidence, every: Sequence[Unit]) -> Iterator[Check]:
    """The nearest sentence, quoted, for a yes/no question that names nothing its unit has not: it tells, whichever it is."""
    if not asks_yes_or_no(query.text):
        return
    for unit in ranked(evidence, every)[:1]:
        best = hits_in(evidence, unit)[0]
        if (best.dense or 0.0) >= BEARING and not unmet(query, unit):
            yield stated(query, answering(unit, best.passage.sentence), unit)


def _near(evidence: Evidence, unit: Unit) -> list[Sentence]:
    """The candidates in a unit, best first, at most ``NEAR``; there is one at least in a ranked unit."""
    return [hit.passage.sentence for hit in hits_in(evidence, unit)][:NEAR]


def extract(query: Query, evidence: Evidence, every: Sequence[Unit]) -> Iterator[Check]:
    """The nearest sentence, quoted, with a short lead in the reader's language; nothing when it is not near enough."""
    if told := list(account(query, every)):
        yield from told
        return
    for unit in ranked(evidence, every)[:1]:
        if probability(signals(query, unit, evidence)) >= FOUND:
            yield stated(query, answering(unit, _near(evidence, unit)[0]), unit)
            return
    yield from corrected(query, evidence, every)
