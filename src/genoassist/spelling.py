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
_BRITISH = re.compile(r"(?<=[iy])s(?=(?:e[ds]?|ing|ations?)$)")
# A letter too many, too few or another one says little in a short word.
SHORT = 5
# Share of all words, in the dictionaries' own counts, below which a word is hardly what was meant: "dharma" has 2e-7,
# "promising" 3e-6.
RARE = 5e-7


@cache
def _dictionary() -> SpellChecker:
    from spellchecker import SpellChecker

    return SpellChecker(language=["en", "fr"], distance=1)


def ordinary(word: str) -> bool:
    """True for a word of an English or French dictionary, accents as written, or one in British spelling."""
    folded = word.casefold()
    return bool(_dictionary().known([folded, _BRITISH.sub("z", folded)]))


@lru_cache(maxsize=4096)
def _meant(word: str) -> tuple[tuple[int, float, str], ...]:
    """The words that a word in lower case may be a slip for: the slip, smallest first, their share, negative, themselves."""
    found = []
    for other in _dictionary().candidates(word) or ():
        share = _dictionary().word_usage_frequency(other)
        slip = _slip(fold(word), fold(other)) if word.isascii() or not other.isascii() else None  # accents are left out
        if slip is not None and other.isalpha() and (slip < ADDED or share >= RARE):
            found.append((slip, -share, other))
    return tuple(sorted(found))


ACCENT, EXCHANGED, DOUBLED, ADDED, VOWEL = range(5)


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
    """The word that one in lower case is a slip of a letter for: with the smallest slip, one of ``known`` (folded) before others.

    Itself where it is a word, or none is near.
    """
    if len(word) < SHORT - 1 or not word.islower() or not word.isalpha() or "œ" in word or ordinary(word):
        return word
    meant = _meant(word)
    return min(meant, key=lambda m: (min(m[0], ADDED), fold(m[2]) not in known, m))[2] if meant else word
