"""The dictionaries of English and French: is a word one of theirs, and which was meant where a letter slipped."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from genoassist.words import fold

if TYPE_CHECKING:
    from spellchecker import SpellChecker

_VOWELS = frozenset("aeiouy")
# "organised": the dictionary spells it so, or not at all.
_BRITISH = re.compile(r"(?<=[iy])s(?=(?:e(?:[ds]|rs?)?|ing|ations?)$)|(?<=o)u(?=r)")
# What French and English put before a word.
_BEFORE = re.compile(
    r"^(?:bio|co|pr[ée]|pluri|multi|immuno|t[ée]l[ée]|inter|micro|macro|nano|auto|g[ée]no|neuro|cyber|m[ée]ta)(?=\w{5})"
)
# A letter too many, too few or another one says little in a short word.
SHORT = 5
# Share of all words, in the dictionaries' own counts, below which a word is hardly what was meant: "dharma" has 1e-7,
# "promising" 6e-6.
RARE = 5e-7
# How a word may have slipped, the likeliest first.
ACCENT, EXCHANGED, DOUBLED, ADDED, VOWEL = range(5)


@cache
def _dictionary() -> SpellChecker:
    from spellchecker import SpellChecker

    return SpellChecker(language=["en", "fr"], distance=1)


def ordinary(word: str) -> bool:
    """True for a word of an English or French dictionary, accents as written, in American or British spelling."""
    folded = word.casefold()
    american = _BRITISH.sub(lambda found: "z" if found[0] == "s" else "", folded)
    return bool(_dictionary().known([folded, american]))


def made_of_words(word: str) -> bool:
    """True for a word, its plural, one behind a prefix (« cofinancée »), or a contraction ("isnt")."""
    alone = word.removesuffix("s")
    bare = _BEFORE.sub("", alone)
    forms = {word, alone, bare, f"{word[:-1]}'{word[-1:]}"}
    return any(len(form) > 2 and ordinary(form) for form in forms)


@lru_cache(maxsize=4096)
def _meant(word: str) -> tuple[tuple[int, float, str], ...]:
    """The words that a word in lower case may be a slip for: the slip, their share of all words, themselves; the likeliest first."""
    found = []
    for other in _dictionary().candidates(word) or ():
        share = _dictionary().word_usage_frequency(other)
        slip = _slip(fold(word), fold(other)) if word.isascii() or not other.isascii() else None  # accents are left out
        if slip is not None and other.isalpha():
            found.append((slip, share, other))
    return tuple(sorted(found, key=lambda meant: (meant[0], -meant[1], meant[2])))


def _slip(word: str, other: str) -> int | None:
    """How a folded word differs from the one that may be meant; None where it hardly is: the first letter is seldom wrong."""
    if word == other:
        return ACCENT
    if word[0] != other[0]:
        return None
    if sorted(word) == sorted(other):
        return EXCHANGED
    at = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    if len(word) == len(other):
        vowels = word[at] in _VOWELS and other[at] in _VOWELS
        return VOWEL if vowels and len(word) > SHORT + 1 else None
    longer = max(word, other, key=len)
    if len(word) < SHORT:
        return None
    return DOUBLED if longer[at] == longer[at - 1] else ADDED


def corrected(word: str, known: Container[str]) -> str:
    """The word that one in lower case is a slip of a letter for, with the smallest slip; itself where none is near.

    A letter too many, too few or another one makes one of ``known`` (folded) alone: "moderna", "crispr", « doctorant » are near
    to other words, and are no slips.
    """
    if len(word) < SHORT - 1 or not word.islower() or not word.isalpha() or "œ" in word or made_of_words(word):
        return word
    likely = (
        other
        for slip, share, other in _meant(word)
        if slip == ACCENT or fold(other) in known or (slip < ADDED and share >= RARE)
    )
    return next(likely, word)
