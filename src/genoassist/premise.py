"""What a question takes for granted, against what the corpus has instead: another place, month, year or number."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import replace

from genoassist.asked import CHOICE, asks_one_fact, asks_what_happened, asks_yes_or_no
from genoassist.atoms import Atoms, atoms, counts, missing
from genoassist.judgement import unmet
from genoassist.language import detect
from genoassist.numbers import YEAR, in_digits
from genoassist.places import is_place, openers, places
from genoassist.types import Language, Query
from genoassist.units import Unit, headings
from genoassist.words import WORD, akin, content_words, fold, uncapitalised

# "Why …" asks nothing about the year it names, "How many … in 2021?" does.
_TAKES_FOR_GRANTED = re.compile(
    r"^\W*(?:(why|how come|what made|pourquoi|comment)|how did|since|puisque)\b", re.IGNORECASE
)
_ASKING: dict[Language, tuple[str, str, str]] = {"en": ("Where", "When", "How many"), "fr": ("Où", "Quand", "Combien")}
# « …, c'était ? »
_WAS_IT = re.compile(r"(?P<was>\bc['’](?:est|était))\s*\?*\s*$", re.IGNORECASE)
_OF_MANY = re.compile(r"\bCombien (?=(\w))(?!de\b)")
# "A member since 2019" says the same of 2020.
_SINCE = re.compile(r"\b(?:since|depuis)\s+(?:\w+\s+)?(\d{4})\b", re.IGNORECASE)
# A sum; not "free tickets" nor « 300 livres », which are counted.
_SUM = re.compile(r"[€$£]|\b(?:euros?|dollars?)\b", re.IGNORECASE)
# Of countries, but nothing is held in one: "the Council of the European Union".
_UNIONS = re.compile(r"\b(?:European Union|United Nations|Union européenne|Nations [Uu]nies)\b")
_BEFORE = r"(?:\b(?:in|at|on|to|from|near|à|au|aux|en|de|du)\s+(?:(?:the|la|le)\s+)?|\bd['’])?"
# "At the Estonian cluster Tartu": what stands before a place and describes it.
_DESCRIBED = (
    r"(?:(?:the|its|le|la|son|sa)\s+)?(?:(?!(?:of|for|with|and|by|de|du|des|pour|avec|et|par)\b)[\w-]+\s+){0,2}"
)
# After a country: a mark, or a word that no name goes on with.
_NO_NOUN = r"(?=\s*(?:[^\w\s]|$|(?:in|on|at|from|to|for|with|and|or|where|which|who|en|au|aux|à|du|de|pour|avec|et|ou|où|qui)\b))"
_WRITTEN = re.compile(rf"\d+(?:[.,\s\u00a0\u202f]\d+)*|{WORD.pattern}")


def contradicts(query: Query, sentence: str, unit: Unit) -> bool:
    """True when the question states a month, a place or a number that its subject has otherwise in a sentence of the corpus.

    The subject is what else the question names, and must stand in the sentence. A year other than the document's says
    that another year is asked about, unless the sentence itself has one that is not the document's; a year of which one fact is
    asked ("Who won it in 2021?") is asked about too.
    """
    lacking = set(unmet(query, unit))
    asked, told = atoms(query.text), atoms(sentence)
    subject = [name for name in asked.names if name not in lacking]
    around = f"{sentence}\n{headings(unit.section)}"
    if not subject or CHOICE.search(query.text) or missing(Atoms(names=tuple(subject)), around):
        return False
    if _asks_of_a_time(query):
        return False
    years = {n for n in asked.numbers & lacking if YEAR.fullmatch(n)}
    other_years = {n for n in told.numbers if YEAR.fullmatch(n)} - {str(unit.document.year)}
    if years and not other_years and not (asked.months - told.months and told.months):
        return False
    strange = _strange(query, lacking)
    if strange is None:
        return False
    held = any(int(year) <= int(asked_year) for year in _SINCE.findall(sentence) for asked_year in years)
    return bool(
        (any(_stands(name, query.text) for name in strange) and any(_lies(name, sentence) for name in told.names))
        or (asked.months - told.months and any(item.endswith("/") for item in lacking) and told.months)
        or (asked.numbers & lacking and _counts_alike(query.text, sentence))
        or (years and other_years and not held and not asks_one_fact(query.text))
    )


def _asks_of_a_time(query: Query) -> bool:
    """True when a question asks what there was at a time: it takes nothing for granted."""
    text = query.text
    of_one = asks_one_fact(text) or asks_yes_or_no(text) or _TAKES_FOR_GRANTED.search(text)
    return asks_what_happened(text) and not of_one


def relaxed(query: Query, unit: Unit) -> Query | None:
    """The question without the place, months, years and numbers that the unit lacks; None when it lacks a name, or nothing.

    Asked for a reason, or whether it was so, it asks for the place, the time or the number itself: a report that has another gives
    no reason.
    """
    lacking = set(unmet(query, unit))
    strange = _strange(query, lacking)
    if not lacking or strange is None or _asks_of_a_time(query):
        return None
    dated = any(item.endswith("/") or YEAR.fullmatch(item) for item in lacking)
    asked_why = _TAKES_FOR_GRANTED.search(query.text)
    if any(YEAR.fullmatch(item) for item in lacking) and not asked_why:
        return None
    wrong = {m[0] for m in _WRITTEN.finditer(query.text) if lacking & set(missing(atoms(f"in {m[0]}"), ""))}
    if any(atoms(word).numbers and not in_digits(word)[0].isdecimal() for word in wrong):
        return None  # "the fourth fair" is another one
    text = query.text
    for word in wrong:
        counted = atoms(word).numbers and not YEAR.fullmatch(word)
        text = re.sub(rf"{'' if counted else _BEFORE}(?<!\w){re.escape(word)}(?!\w)", "", text)
    text = re.sub(r"\s+", " ", text)
    if len([word for word in content_words(text) if not word.isdigit()]) < 2:
        return None  # "What happened in September?" takes nothing for granted
    where, when, how_many = _ASKING[detect(query.text, query.language)]
    if asked_why and asked_why[1]:
        text = text.replace(asked_why[1], where if strange else when if dated else how_many, 1)
        text = _OF_MANY.sub(lambda m: "Combien d’" if m[1].lower() in "aeiouyhéè" else "Combien de ", text)
    elif (strange or dated) and asks_yes_or_no(query.text):  # it was somewhere, at some time
        text = _asking_for(where if strange else when, text)
    return replace(query, text=text, parts=(text,))


def _asking_for(word: str, text: str) -> str:
    """A yes/no question without what it asks whether it was there or then, as one of where or when: "Where was Lumen signed?"."""
    if found := _WAS_IT.search(text):
        return f"{text[: found.start()]}{found['was']} {word.lower()} ?"
    return f"{word} {f'e{text[1:]}' if text.startswith('Est-ce') else uncapitalised(text)}"


def differs(query: Query, sentence: str, unit: Unit) -> bool:
    """True when a sentence has another value for each kind of thing that the question states and the unit lacks."""
    lacking = set(unmet(query, unit))
    asked, told = atoms(query.text), atoms(sentence)
    plain = _UNIONS.sub("", sentence)
    others = [name for name in missing(Atoms(names=atoms(plain).names), query.text) if _is_place(name, plain)]
    figures = counts if _SUM.search(query.text) else _things
    kinds = {
        "place": (any(name in lacking for name in asked.names), bool(others)),
        "month": (any(item.endswith("/") for item in lacking), bool(told.months - asked.months)),
        "year": (
            any(YEAR.fullmatch(n) for n in lacking),
            bool(told.months or any(YEAR.fullmatch(n) for n in told.numbers)),
        ),
        "number": (
            any(n in lacking and not YEAR.fullmatch(n) for n in asked.numbers),
            bool(figures(sentence)),
        ),
    }
    return all(there for stated, there in kinds.values() if stated)


def _strange(query: Query, lacking: Collection[str]) -> list[str] | None:
    """The names of the question that are lacking, one place at most; None when there are more, or others than places."""
    names = [name for name in atoms(query.text).names if name in lacking]
    if len(names) > 1 and re.search(rf"\b{'[ -]'.join(map(re.escape, names))}\b", query.text):
        names = [" ".join(names)]  # "San Diego" is one
    return names if len(names) <= 1 and all(_is_place(name, query.text) for name in names) else None


def _is_place(name: str, text: str) -> bool:
    """True for a country or a city, and for a name that a text says something is in or at."""
    return is_place(name, text) or _located(name, text)


def _stands(name: str, text: str) -> bool:
    """True for a country or a city, and where a text locates something: "Chinese" in "Chinese clusters" is neither."""
    comes_from = re.search(rf"\b(?:from|issue?s? d[eu]|venue?s? d[eu])\s+(?:\w+\s+)?{re.escape(name)}\b", text)
    return not comes_from and (fold(name) in openers() or _located(name, text))


def _lies(name: str, text: str) -> bool:
    """True for a country or a city that something is said to be in, not one in a name ("France BioLead", ", European Affairs")."""
    return fold(name) in places() and (
        _located(name, text) or bool(re.search(rf",\s*{re.escape(name)}\b{_NO_NOUN}", text))
    )


def _located(name: str, text: str) -> bool:
    """True when a text says that something is in, at, near, from or to a name."""
    return bool(re.search(rf"\b(?:in|at|near|to|from|à|en|au|aux)\s+{_DESCRIBED}{re.escape(name)}\b", text))


def _counts_alike(one: str, other: str) -> bool:
    """True when both texts count the same thing, each its own number of it."""
    here, there = ([(n, w) for n, noun in _things(text) for w in content_words(noun)] for text in (one, other))
    return any(n != m and akin(v, w) for n, v in here for m, w in there)


def _things(text: str) -> list[tuple[str, str]]:
    """What a text counts that is no money."""
    return [(number, noun) for number, noun in counts(text) if not _SUM.search(noun)]
