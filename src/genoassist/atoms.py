"""The parts of a sentence that must be exact: numbers, dates and names, in a form that is the same in English and French.

Names of months come from the Unicode CLDR (through Babel).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from babel import Locale

from genoassist.demonyms import demonyms
from genoassist.numbers import YEAR, Token, in_digits, numbers, tokens
from genoassist.places import acronyms, forms, in_full, openers, places, shortened
from genoassist.spelling import ordinary
from genoassist.words import WORD, akin, any_stop_words, fold, stems

# Of a unit (SI), after a number: it has a capital and is no name.
_SYMBOL = re.compile(r"[kMGTm]?(?:Wh?|Hz|e?V|J|Pa)|[kMGT](?:B|o|bit)")
# Before a month's name: nobody says "in may" of the verb, "en Mars" of the planet.
_DATING = frozenset("in since until early late mid last next en debut fin mi depuis".split())

# « Espace européen des données », « Conseil régional »: a French noun and its adjective, which English has in other words.
_HEAD = re.compile(
    r"\b([A-ZÀ-Ý][a-zà-ÿ]{3,}) (?=[a-zà-ÿ]{2,}(?:éen|enn?e|ien|ique|al|ale|aux|el|elle|if|ive|ain|aine|ais|aise|ois|oise|aire)s?\b)"
)


@dataclass(frozen=True, slots=True)
class Atoms:
    """The exact parts of a text: ``numbers`` as digits, ``months`` as 1–12, ``names`` as written (one word each)."""

    numbers: frozenset[str] = frozenset()
    months: frozenset[int] = frozenset()
    names: tuple[str, ...] = ()


@cache
def _months() -> dict[str, tuple[int, bool]]:
    """Folded name of a month -> its number, and whether it is an abbreviation."""
    found: dict[str, tuple[int, bool]] = {}
    for width in ("abbreviated", "wide"):
        for language in ("en", "fr"):
            for number, name in Locale(language).months["format"][width].items():
                if len(name.rstrip(".")) > 2:
                    found[fold(name).rstrip(".")] = (number, width == "abbreviated")
    return found


@lru_cache(maxsize=8192)
def atoms(text: str) -> Atoms:
    """The numbers, months and names of a text in either language; the first word of a sentence is no name by its capital alone."""
    found = tokens(text)
    dated = [_is_month(found, i) for i in range(len(found))]
    months = {_months()[token.folded][0] for token, is_month in zip(found, dated, strict=True) if is_month}
    rest = [None if is_month else token for token, is_month in zip(found, dated, strict=True)]
    measured = {i for i in range(1, len(found)) if found[i - 1].digits and _SYMBOL.fullmatch(found[i].word)}
    named = (
        token for i, token in enumerate(rest) if token and i not in measured and not token.counts and _is_name(token)
    )
    names = dict.fromkeys(token.word for token in named)
    return Atoms(numbers(rest), frozenset(months), tuple(names))


def heads(text: str) -> frozenset[str]:
    """The capital nouns of a French text that an adjective follows: English has them in other words, so none need stand elsewhere."""
    return frozenset(found[1] for found in _HEAD.finditer(text) if ordinary(found[1]))


def _is_month(tokens: Sequence[Token], i: int) -> bool:
    """An abbreviation, "may", "march" and a capital "Mars" are months only with the day, year or word that goes with one."""
    token = tokens[i]
    if token.folded not in _months():
        return False
    beside = [tokens[k].digits for k in (i - 1, i + 1) if 0 <= k < len(tokens)]
    if any(beside):
        return True
    before = tokens[i - 1].folded if i else ""
    if token.folded in {"may", "march"}:
        return (not token.opens and token.word.istitle()) or before in _DATING
    if token.folded == "mars":
        return token.word.islower() or before in _DATING
    return not _months()[token.folded][1]


def _is_name(token: Token) -> bool:
    word = token.word
    if token.digits or len(word) < 2 or not any(c.isupper() for c in word):
        return False
    if token.folded in any_stop_words() and not (word.isupper() and (len(word) > 3 or token.folded in acronyms())):
        return False
    inner = any(c.isupper() for c in word[1:])
    return inner or not token.opens or token.folded in openers()


def missing(wanted: Atoms, text: str) -> tuple[str, ...]:
    """What of ``wanted`` does not stand in ``text``, in either language: numbers, months (by number), names as written."""
    there = atoms(text)
    lost: list[str] = sorted(wanted.numbers - there.numbers)
    lost += [f"{month:02d}/" for month in sorted(wanted.months - there.months)]
    folded = {fold(m.group()) for m in WORD.finditer(text)}
    parts = folded | {piece for word in folded for piece in re.split(r"[.*&-]", word)}
    whole = fold(text)
    names = (name for name in wanted.names if not _stands(name, parts) and not _abbreviated(name, whole, parts))
    return tuple([*lost, *names])


def _abbreviated(name: str, text: str, words: set[str]) -> bool:
    """True when a folded text has an abbreviation in full ("the European Union" for « l'UE »), or a name's abbreviation."""
    folded = fold(name)
    return any(full in text for full in in_full().get(folded, ())) or bool(shortened().get(folded, frozenset()) & words)


def _stands(name: str, words: set[str]) -> bool:
    alike = forms(name)
    if alike & words:
        return True
    if fold(name) in places() or fold(name) in demonyms():
        return False  # a country or city is exactly that one
    if len(name) < 5 or name.isupper():
        stemmed = {s for form in alike for s in stems(form)}
        return any(stemmed & set(stems(w)) for w in words if w[:2] == fold(name)[:2])
    return any(akin(form, w) for form in alike for w in words)


@cache
def month_names() -> tuple[str, ...]:
    """The names of the months in both languages, the longest first."""
    names = {str(name) for language in ("en", "fr") for name in Locale(language).months["format"]["wide"].values()}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


@cache
def _days() -> re.Pattern[str]:
    day = r"\d{1,2}(?:st|nd|rd|th|er)?"
    month = rf"(?:{'|'.join(month_names())})\b"
    several = rf"{day}(?:\s*(?:,|-|–|&|\b(?:to|and|au|et)\b)\s*{day})*"
    return re.compile(rf"\b{several}\s+(?:of\s+)?{month}|\b{month}\s+{several}\b", re.IGNORECASE)


def only_dates(number: str, text: str) -> bool:
    """True for a number that a text has as a day of a month ("14 June") and not otherwise."""
    return number in atoms(text).numbers and number not in atoms(_days().sub(" ", text)).numbers


_VERBS = frozenset("have had has are were was will ont avaient eu sont etaient seront".split())
_DATED = re.compile(r"\b(?:in|en|the|since|depuis|by|from|of|de|du|de l['’]an)\s$", re.IGNORECASE)
_PLURAL = re.compile(r"[^\W\d_A-Z][\w’'-]*[sx]")
_COUNTED = re.compile(r"(?<![\w.])(\d+)\s+((?:[^\W\d_][\w’'-]*\s*){1,4})")


def counts(text: str) -> list[tuple[str, str]]:
    """(number, the words it counts) for every number followed by words; "40 in-person and 290 virtual guests" are all guests.

    A year counts nothing: "The 2022 convention", but "2022 visitors". A number before a verb counts what the one before does.
    """
    plain = in_digits(text)
    found: list[tuple[str, str, bool]] = []
    end = 0
    for match in _COUNTED.finditer(plain):
        number, words = match.group(1), match.group(2).split()
        named = [w for w in words if fold(w) not in any_stop_words() | _VERBS and not atoms(f"in {w}").months]
        # "2,000" is grouped and no year, "2022 visitors" are counted, "in 2022 visitors" are not.
        dated = _DATED.search(plain[: match.start()]) or not any(_PLURAL.fullmatch(w) for w in named[:3])
        year = YEAR.fullmatch(number) and number in text and dated
        if year or atoms(f"3 {words[0]}").months:
            continue
        if found and fold(words[0]) in _VERBS and not re.search(r"[.!?]\s", plain[end : match.start()]):
            named = [*found[-1][1].split(), *named]  # "Of 36 trainees, 34 have …"
        shared = fold(words[-1]) in {"and", "et", "or", "ou"}
        if named:
            found.append((number, " ".join(named[:3]), shared))
            end = match.end()
    return [
        (number, f"{noun} {found[i + 1][1]}" if shared and i + 1 < len(found) else noun)
        for i, (number, noun, shared) in enumerate(found)
    ]
