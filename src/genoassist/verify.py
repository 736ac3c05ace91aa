"""Draft sentence x evidence -> Check: which corpus sentences support it, and what in it they do not say.

Numbers, months and names are compared exactly, across English and French; the rest by meaning. The writer's own
citations are not asked for: the engine cites.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from genoassist.asked import CHOICE, counted_thing
from genoassist.atoms import Atoms, atoms, counts, heads, missing, month_names, only_dates
from genoassist.numbers import YEAR, in_digits
from genoassist.types import Check, Sentence
from genoassist.words import WORD, akin, content_words, covered, fold

NO_MORE = "says no more than the question"
YES, NO = ("yes", "oui"), ("no", "non")
YES_NO = re.compile(r"\W*(?P<word>yes|no|oui|non)\b", re.IGNORECASE)
Vectors = NDArray[np.float32]
Embed = Callable[[list[str]], Vectors]

# A written sentence may lean on this many corpus sentences.
MAX_SUPPORT = 8
# The first supporter is one of this many nearest in meaning.
NEAREST = 5
# Cosines of what is counted: "étudiants" and "students" have 0.94, "rendez-vous" and "appointments" 0.87, « médecins » and
# "participants" 0.84, "exhibitors" and "health bioclusters" 0.81; a rival must be nearer by the margin. On 14 open sets 0.84
# has one more right and one more refused than 0.83, 0.85 one right fewer than 0.84.
COUNT_ALIKE = 0.84
COUNT_MARGIN = 0.03
_QUOTED = re.compile(r"«\s*([^»]+?)\s*»|“([^”]+)”|\"([^\"]+)\"")
_ASKED_NOUN = re.compile(r"\b(?:what|which|quel(?:le)?s?)\s+(\w+)", re.IGNORECASE)


def support(
    sentence: str,
    question: str,
    candidates: Sequence[Sentence],
    vectors: Vectors,
    headings: Mapping[tuple[str, str], str],
    embed: Embed,
    title: str = "",
) -> Check:
    """The check of one written sentence against candidate sentences.

    ``vectors`` are the candidates' normalised embeddings, a row each; ``headings`` (by document and section id)
    are what a name may also stand in, and what the question names itself in the ``title`` of their document. The first
    supporter is the nearest in meaning, the others add what it lacks.
    """
    if not candidates:
        return Check(sentence, (), ("nothing was found to support it",))
    near, with_question = embed([sentence, f"{question} {sentence}"])
    closeness = (
        vectors @ near + vectors @ with_question + 0.1 * np.array([covered(sentence, c.text) for c in candidates])
    )
    wanted = atoms(sentence)

    def with_heading(chosen: Sequence[Sentence]) -> str:
        return "\n".join(
            [*(c.text for c in chosen), *(headings.get((c.document_id, c.section_id), "") for c in chosen)]
        )

    given = set(missing(atoms(question), ""))

    def lacking(candidate: Sentence) -> tuple[int, int, bool]:
        there, alone = (set(missing(wanted, text)) - given for text in (with_heading([candidate]), candidate.text))
        return len(there), len(alone), of_another_time(candidate.text, question)

    nearest = sorted(range(len(candidates)), key=lambda i: (-closeness[i], i))
    # Among the nearest few, the one that has most of what must be exact and the question has not; then the others, by nearness.
    first = min(nearest[:NEAREST], key=lambda i: lacking(candidates[i]))
    order = [first, *(i for i in nearest if i != first)]
    chosen = [candidates[order[0]]]
    # A name of the question that stands over the first needs no other.
    over = missing(wanted, with_heading(chosen))
    lost = tuple(item for item in missing(wanted, chosen[0].text) if item in over or item not in given)
    while lost and len(chosen) < MAX_SUPPORT:
        text = "\n".join(c.text for c in chosen)
        related = [
            i
            for i in order
            if candidates[i] not in chosen and _bears_on(sentence, question, wanted, lost, candidates[i].text)
        ]
        if not related:
            break
        best = min(related, key=lambda i: (len(missing(wanted, f"{text}\n{candidates[i].text}")), order.index(i)))
        still = missing(wanted, f"{text}\n{candidates[best].text}")
        if len(still) >= len(lost):
            break
        chosen.append(candidates[best])
        lost = still
    if lost:
        excused = titled(sentence, question, title, chosen) | unclaimed(question, lost) | heads(question)
        lost = tuple(item for item in missing(wanted, with_heading(chosen)) if item not in excused)
    problems = [f"not in what it cites: {item}" for item in lost]
    told = ";\n".join(c.text for c in chosen)  # the number at the end of one counts nothing of the next
    problems += [*misjudged_change(sentence, told), *miscounted(sentence, told, embed)]
    problems += misquoted(sentence, f"{with_heading(chosen)}\n{question}\n{title}")
    problems += answers_count(sentence, question, [c.text for c in candidates], embed)
    chooses = CHOICE.search(question) and not CHOICE.search(sentence)
    if set(content_words(sentence)) <= set(content_words(question)) and not YES_NO.match(sentence) and not chooses:
        problems.append(NO_MORE)
    return Check(sentence, tuple(chosen), tuple(problems))


def unclaimed(question: str, lost: Sequence[str]) -> set[str]:
    """Of what a sentence's sources lack, the noun that is asked for: « dans quel festival » asks for no name « Festival »."""
    asked = {fold(found[1]) for found in _ASKED_NOUN.finditer(question)}
    return {item for item in lost if fold(item) in asked}


def of_another_time(text: str, question: str) -> bool:
    """True when a text has months or years, and none of those that a question has."""
    told, asked = atoms(text), atoms(question)
    years = [{n for n in of.numbers if YEAR.fullmatch(n)} for of in (told, asked)]
    return any(
        here and there and not here & there for here, there in ((told.months, asked.months), (years[0], years[1]))
    )


def titled(sentence: str, question: str, title: str, sources: Sequence[Sentence]) -> set[str]:
    """The names of the question that its document's title has, where the sources name nobody else it could be said of."""
    told = atoms("\n".join(source.text for source in sources))
    if missing(Atoms(names=told.names), sentence):
        return set()
    return {*atoms(question).names}.difference(missing(atoms(sentence), title))


def without_year(sentence: str, year: int) -> str:
    """The sentence without a year that only its document bears: "in June 2022" is "in June", "in 2022," is nothing."""
    month = rf"(?:{'|'.join(month_names())})"
    dated = re.compile(rf"(?P<kept>\b{month}\.?),?\s+{year}\b", re.IGNORECASE)
    dated_after = re.compile(rf"(?P<kept>\b{month}\s+\d{{1,2}}(?:st|nd|rd|th)?),?\s+{year}\b", re.IGNORECASE)
    in_it = rf"(?:in|en|of|de|for|during the year)\s+{year}\b(?!\s*(?:[/–-]|and|et|or|ou)\s*\d)"
    alone = re.compile(rf"^{in_it},?|,?\s+{in_it}", re.IGNORECASE)
    found = alone.sub("", dated.sub(r"\g<kept>", dated_after.sub(r"\g<kept>", sentence))).strip()
    return found[:1].upper() + found[1:]


def _bears_on(sentence: str, question: str, wanted: Atoms, lost: Sequence[str], text: str) -> bool:
    """True when a text has something of the sentence besides what is lost: a year alone bears on nothing.

    What the question gave is no claim of the sentence's: any text that has it will do.
    """
    still = missing(wanted, text)
    given = missing(atoms(question), "")
    if any(item in given and item not in still for item in lost):
        return True
    rest = len(wanted.numbers) + len(wanted.months) + len(wanted.names) - len(lost)
    kept = rest - len([item for item in still if item not in lost])
    there = content_words(text)
    words = [w for w in dict.fromkeys(content_words(sentence)) if not w.isdigit()]
    return kept > 0 or sum(any(akin(w, t) for t in there) for w in words) >= 2


_NUMBER = r"(?:[$€£]\s?)?(?P<{}>\d+(?:[.,]\d+)?)"
_FROM_TO = re.compile(rf"\b(?:from|de)\s+{_NUMBER.format('start')}\D{{0,12}}?\b(?:to|à)\s+{_NUMBER.format('end')}")
_BY = re.compile(rf"\b(?:by|de)\s+{_NUMBER.format('step')}")
_TO = re.compile(rf"\b(?:to|à)\s+{_NUMBER.format('end')}")
_RISES = re.compile(r"\b(?:increas|rose|risen|grew|grow|augment|progress|accr)\w*", re.IGNORECASE)
_FALLS = re.compile(r"\b(?:decreas|fell|fallen|dropp|declin|baiss|dimin|recul|chut)\w*", re.IGNORECASE)


# "Exports rose by 54%" of a source that has "€312 million, or 54% of their turnover".
_CHANGED_BY = re.compile(
    rf"(?:{_RISES.pattern}|{_FALLS.pattern})\s+(?:by|of|de)\s+{_NUMBER.format('by')}", re.IGNORECASE
)
_CHANGES = re.compile(
    rf"{_RISES.pattern}|{_FALLS.pattern}|\b(?:more|fewer|less|up|down|over|above|below|plus|moins|contre|against|compared|"
    r"supplémentaires?|additional|doubl\w*|tripl\w*|rais\w*|lower\w*|hausse\w*|relev\w*|pass\w*|gain\w*|los\w*|perd\w*|gagn\w*)\b",
    re.IGNORECASE,
)


def misjudged_change(sentence: str, told: str) -> list[str]:
    """A change that is none ("from 15 to 15"), that the source has not or has the other way, and a step that it has as the end.

    "Rose by 538,000" where it has "rose to 538,000".
    """
    rises, falls = bool(_RISES.search(sentence)), bool(_FALLS.search(sentence))
    plain, there = in_digits(sentence), in_digits(told)
    problems = [
        f"says a change: {found[0]}"
        for found in _CHANGED_BY.finditer(plain)
        if not any(_CHANGES.search(one) for one in there.split(";\n") if found["by"] in atoms(one).numbers)
    ]
    for found in _FROM_TO.finditer(plain):
        start, end = (float(found[name].replace(",", ".")) for name in ("start", "end"))
        years = YEAR.fullmatch(found["start"]) and YEAR.fullmatch(found["end"])
        if start == end or (not years and ((rises and end < start) or (falls and end > start))):
            problems.append(f"says a change {found[0]}")
    reached = {found["end"] for found in _TO.finditer(there)} - {found["step"] for found in _BY.finditer(there)}
    steps = [found["step"] for found in _BY.finditer(plain)] if rises or falls else []
    return problems + [f"says by {step}, the source says to {step}" for step in steps if step in reached]


def misquoted(sentence: str, told: str) -> list[str]:
    """What a sentence has between quotation marks and its sources have not: a title that nobody gave."""

    def words(text: str) -> str:
        return f" {' '.join(WORD.findall(fold(text)))} "

    quotes = [next(filter(None, found.groups()), "") for found in _QUOTED.finditer(sentence)]
    return [f"quotes what is not there: {text}" for text in quotes if words(text) not in words(told)]


def miscounted(sentence: str, told: str, embed: Embed) -> list[str]:
    """Numbers that count one thing in the sentence and another in what it cites ("3,000 participants" for 3,000 companies)."""
    there = counts(told)
    nouns = [noun for _, noun in there]
    problems = []
    for number, noun in counts(sentence):
        own = [i for i, (n, _) in enumerate(there) if n == number]
        others = [i for i, (n, _) in enumerate(there) if n != number]
        if only_dates(number, told):
            problems.append(f"says {number} {noun}, the source has that in a date")
        if not own or any(_same(noun, nouns[i]) for i in own):
            continue
        matrix = embed([noun, *nouns])
        scores = matrix[1:] @ matrix[0]
        best = max(scores[i] for i in own)
        rivals = [i for i in others if _same(noun, nouns[i]) or scores[i] > best + COUNT_MARGIN]
        if rivals or best < COUNT_ALIKE:
            worst = max(rivals or own, key=lambda i: scores[i])
            problems.append(f"says {number} {noun}, the source says {there[worst][0]} {nouns[worst]}")
    return problems


def answers_count(sentence: str, question: str, told: Sequence[str], embed: Embed) -> list[str]:
    """A number of something else than what the question counts, where the corpus counts that too: participants for investors."""
    wanted = " ".join(counted_thing(question))
    given = {number for number, _ in counts(sentence)}
    there = [(number, noun) for text in told for number, noun in counts(text)]
    if not wanted or not given & {number for number, _ in there}:
        return []
    scores = (matrix := embed([wanted, *(noun for _, noun in there)]))[1:] @ matrix[0]
    own = max(score for score, (number, _) in zip(scores, there, strict=True) if number in given)
    best = max(range(len(there)), key=lambda i: scores[i])
    if there[best][0] in given or scores[best] <= own + COUNT_MARGIN:
        return []
    return [f"the question counts {wanted}: {there[best][0]} {there[best][1]}"]


def _same(one: str, other: str) -> bool:
    return any(akin(v, w) for v in content_words(one) for w in content_words(other))
