"""What a section and its sentences are about, of the names in a question: of something else, or of another item of a list."""

from __future__ import annotations

import re
from collections.abc import Sequence

from genoassist.asked import asks_more, own
from genoassist.atoms import atoms
from genoassist.names import Names
from genoassist.numbers import YEAR
from genoassist.places import countries, forms
from genoassist.scale import falls_in, on_a_scale, steps
from genoassist.spelling import ordinary
from genoassist.types import Query, Sentence
from genoassist.units import Unit, headings, told_with
from genoassist.words import fold

# "members outside France", « hors de France »
_OUTSIDE = re.compile(
    r"\b(?:outside|other than|hors|en dehors|autres? que)(?: of| d[eu]s?)?(?: (?:the|l[ae]s?))?(?: | d['’])[A-ZÀ-Ý][\w’'-]*"
)


def of_something_else(unit: Unit, query: Query, names: Names) -> bool:
    """True when a question has names that say what it is about, and a unit none of them, in either language.

    A word of a dictionary in lower case is none: the "prize" of a question is « le prix » of one, the "Prize" of another document.
    """
    text = _OUTSIDE.sub(" ", query.text)
    asked = [text[start:end] for start, end, _ in names.spans(text)]
    about = [name.split() for name in asked if not (name.islower() and all(map(ordinary, name.split())))]
    there = fold(f"{unit.document.front}\n{unit.text}")
    return bool(about) and not any(form in there for name in about for piece in name for form in forms(piece))


def elsewhere(unit: Unit, query: Query, names: Names) -> dict[str, list[str]]:
    """For each sentence of a unit, by its id, what a question is about and the unit has, but of another item of its list.

    Names of the question (folded), its month ("11/") where the sentence is of another, its number where that is on another step
    of a scale.
    """
    there = [fold(unit.text)]
    asked = [name for name in map(fold, names.found(query.text)) if _whole(name, there)]
    months = (atoms(own(query.text)).months or atoms(query.text).months) & atoms(unit.text).months
    found: dict[str, list[str]] = {sentence.id: [] for sentence in unit.sentences}
    scaled = _scaled(unit, query)
    for sentence in unit.sentences if asked or months or scaled else ():
        told = [s.text for s in told_with(unit, sentence)]
        found[sentence.id] = [name for name in asked if not _whole(name, [*titles(unit), *map(fold, told)])]
        found[sentence.id] += [n for n in scaled if _off(n, sentence)]
        if atoms(sentence.text).months:
            near = {month for text in (*titles(unit), *told) for month in atoms(text).months}
            found[sentence.id] += [f"{month:02d}/" for month in sorted(months - near)]
    return found


def to_the_point(
    unit: Unit, query: Query, ranking: tuple[tuple[float, Sentence], ...]
) -> tuple[tuple[float, Sentence], ...]:
    """The ranked sentences of a unit without those of another step of its scale than the question's number is on.

    And, where more than one fact is asked for, without those of other countries than the one it names, where a sentence of the unit
    has that: one fact, or a yes or no, may be sought in the wrong country.
    """
    scaled = _scaled(unit, query)
    lands = countries(_OUTSIDE.sub(" ", own(query.text))) if asks_more(query.text) else frozenset()
    if len(lands) != 1 or not any(lands & countries(sentence.text) for sentence in unit.sentences):
        lands = frozenset()

    def apt(sentence: Sentence) -> bool:
        abroad = countries(sentence.text) if lands else frozenset()
        return not any(_off(n, sentence) for n in scaled) and (not abroad or bool(abroad & lands))

    return tuple(pair for pair in ranking if apt(pair[1])) or ranking


def _scaled(unit: Unit, query: Query) -> list[str]:
    return [n for n in atoms(own(query.text)).numbers if not YEAR.fullmatch(n) and on_a_scale(n, unit.text)]


def _off(number: str, sentence: Sentence) -> bool:
    return bool(steps(sentence.text)) and not falls_in(number, sentence.text)


def titles(unit: Unit) -> list[str]:
    """What stands over a unit, folded: the front of its document, the headings of its section."""
    return [fold(text) for text in (unit.document.front, headings(unit.section))]


def _whole(name: str, texts: Sequence[str]) -> bool:
    """True when every word of a name stands in a text, all folded: "EIT Health Summit" in "a member of EIT Health …, its Summit"."""
    return all(any(word in text for text in texts) for word in name.split())
