"""Words of a text, the same way for the index, the checks and the questions: accents folded, stemmed in both languages."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

import Stemmer
from bm25s.stopwords import (
    STOPWORDS_DUTCH,
    STOPWORDS_EN,
    STOPWORDS_FRENCH,
    STOPWORDS_GERMAN,
    STOPWORDS_ITALIAN,
    STOPWORDS_PORTUGUESE,
    STOPWORDS_SPANISH,
    STOPWORDS_SWEDISH,
)
from rapidfuzz import fuzz

from genoassist.types import Language

# Words that ask rather than name; neither stop-word list has all of them.
_ASKING = {
    "en": "what which who whom whose where when why how many much tell me about does did is are was were please give list "
    "name there can could would you us do any and or so",
    "fr": "quel quelle quels quelles qui que quoi où ou quand pourquoi comment combien est-ce dis dites donne donnez moi nous "
    "liste listez cite citez y a-t-il peux pouvez peut svp merci quid et alors car donc si",
}

# "presidency" and "présidence" (0.86) are one word, "Suisse" and "Suède" (0.55) are not. Names of countries are compared
# exactly instead: six pairs of different ones (Chile and Chine, Libya and Liban…) reach 0.8.
COGNATE = 80.0

WORD = re.compile(r"[^\W_]+(?:[*.&][^\W_]+)*")
# At most three digits come before the first separator: "in 2022 300 people" holds two numbers.
_GROUPED = re.compile(
    r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?![\d])|(?<![\d.,])\d{1,3}(?:[\u00a0\u202f\u2009 ’']\d{3})+(?!\d)"
)


def clean(text: str) -> str:
    """The text without control characters and lone surrogates, composed (NFC), blanks collapsed to single spaces."""
    kept = "".join(
        " " if c.isspace() else c
        for c in text
        if c.isspace() or unicodedata.category(c) not in {"Cc", "Cs", "Co", "Cn", "Cf"}
    )
    return " ".join(unicodedata.normalize("NFC", kept).split())


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """The text in lower case without accents; ligatures opened, typographic apostrophes made plain."""
    opened = text.casefold().replace("œ", "oe").replace("æ", "ae").replace("’", "'").replace("ß", "ss")
    return "".join(c for c in unicodedata.normalize("NFD", opened) if not unicodedata.combining(c))


@cache
def stop_words(language: Language) -> frozenset[str]:
    """Function words and asking words of a language, folded."""
    listed = STOPWORDS_EN if language == "en" else STOPWORDS_FRENCH
    elided = (
        ["l", "d", "j", "m", "n", "s", "t", "c", "qu", "jusqu", "lorsqu", "puisqu"] if language == "fr" else ["s", "t"]
    )
    return frozenset(fold(word) for word in [*listed, *_ASKING[language].split(), *elided])


@cache
def any_stop_words() -> frozenset[str]:
    """Function words of either language, folded."""
    return stop_words("en") | stop_words("fr")


def uncapitalised(text: str) -> str:
    """The text as it goes on after another word: a first word that says little in lower case, a name as it is."""
    little = fold(text.split(" ", 1)[0]) in any_stop_words()
    return f"{text[0].lower()}{text[1:]}" if little else text


@cache
def neighbour_words() -> frozenset[str]:
    """Function words of the languages around English and French, some of which they share ("la", "was"); folded."""
    neighbours = (
        *STOPWORDS_DUTCH,
        *STOPWORDS_GERMAN,
        *STOPWORDS_ITALIAN,
        *STOPWORDS_PORTUGUESE,
        *STOPWORDS_SPANISH,
        *STOPWORDS_SWEDISH,
    )
    return frozenset(fold(word) for word in neighbours)


@cache
def own_words() -> frozenset[str]:
    """Function words of English or French that their neighbours do not share; folded."""
    return any_stop_words() - neighbour_words()


def ungroup(text: str) -> str:
    """The text with digit groups joined: ``13,000``, ``13 000`` and ``13\u202f000`` become ``13000``."""
    return _GROUPED.sub(lambda m: re.sub(r"\D", "", m.group()), text)


@cache
def _stemmer(language: Language) -> Stemmer.Stemmer:
    return Stemmer.Stemmer("english" if language == "en" else "french")


@lru_cache(maxsize=65536)
def stems(word: str) -> tuple[str, ...]:
    """The stems of a folded word, English then French, without repetition (Snowball)."""
    return tuple(dict.fromkeys(_stemmer(language).stemWord(word) for language in ("en", "fr")))


def content_words(text: str) -> list[str]:
    """The folded words of a text that carry meaning, in order: no function words, digits grouped, elisions dropped."""
    return [w for w in (fold(m.group()) for m in WORD.finditer(ungroup(text))) if w not in any_stop_words()]


def terms(text: str) -> list[str]:
    """What is indexed for BM25 and searched for: the stems of the content words; ``GEN.ERA`` also as its parts."""
    found: list[str] = []
    for word in content_words(text):
        parts = re.split(r"[.*&]", word)
        for piece in [word, *(p for p in parts if len(parts) > 1 and len(p) > 1)]:
            found.extend(stems(piece))
    return found


@lru_cache(maxsize=262144)
def akin(one: str, other: str) -> bool:
    """True when two folded words are forms of one word in a language, or cognates ("représentés", "represented")."""
    if one == other or set(stems(one)) & set(stems(other)):
        return True
    return min(len(one), len(other)) >= 5 and one[:2] == other[:2] and fuzz.ratio(one, other) >= COGNATE


def covered(text: str, other: str) -> float:
    """The share of a text's content words that another has too, in some form (1 of none); of a translation, little but the names."""
    wanted, there = content_words(text), content_words(other)
    return sum(any(akin(w, t) for t in there) for w in wanted) / len(wanted) if wanted else 1.0


def akin_stems(one: str, other: str) -> bool:
    """True for words that are akin, or whose long stems are: the endings of « coordonne » and "coordinated" hide that they are."""
    pairs = ((a, b) for a in stems(one) for b in stems(other) if min(len(a), len(b)) >= 6)
    return akin(one, other) or any(a[:2] == b[:2] and fuzz.ratio(a, b) >= COGNATE for a, b in pairs)
