"""Headings and their twins: blocks -> parts, each a heading in one or both languages with the text under it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from genoassist.blocks import Block
from genoassist.types import Language

if TYPE_CHECKING:
    from lingua import LanguageDetector

_ATTRIBUTES = re.compile(r" ?\{(?P<inside>[^{}]*)\}$")
_ATTRIBUTE = re.compile(
    r"""\s*(?:\#(?P<id>[^\s"'=]+)|\.[\w-]+|(?P<key>[\w-]+)="(?P<value>[^"]*)"|[\w-]+=\S+)(?=\s|$)"""
)
_LONGEST = 500  # characters; what is longer has no twin and no attributes
_CLEAR = 0.8  # confidence of lingua above which a short heading's language is believed
_ALIKE = 0.6  # share of common letters: "Europe & International", "Europe et international"
_SMALL_WORDS: dict[Language, str] = {
    "en": "an and at by for from how in its of our the their to toward towards what with",
    "fr": "au aux avec chez de des du en et la le les leur nos notre par pour que qui sur un une vers à",
}


@dataclass(slots=True)
class Part:
    """A heading with the blocks under it, while they are being gathered. ``heading`` is None before the first one.

    The heading stands at ``[start, end)``; ``heading_fr`` is its twin; ``id`` is the one written in the file.
    """

    heading: str | None = None
    heading_fr: str | None = None
    id: str | None = None
    level: int = 1
    start: int = 0
    end: int = 0
    blocks: list[Block] = field(default_factory=list)


def markdown_parts(blocks: Sequence[Block]) -> list[Part]:
    """The parts of a Markdown file: a heading names its twin itself, or is followed by it at the same level."""
    parts = [Part()]
    for block in blocks:
        current = parts[-1]
        if block.kind != "heading":
            current.blocks.append(block)
            continue
        new = _read(block)
        adjacent = current.heading is not None and not current.blocks and current.level == new.level
        if adjacent and not new.heading_fr and _is_twin(current, new.heading or ""):
            _adopt(current, new.heading or "")
            current.id, current.end = current.id or new.id, new.end
        else:
            parts.append(new)
    return parts


def plain_parts(blocks: Sequence[Block], language: Language) -> list[Part]:
    """The parts of a plain text in ``language``: a heading's twin follows it, or stands alone in the text under it.

    What looks like a heading and has nothing under it is text, unless it opens the document.
    """
    parts = [Part()]
    for at, block in enumerate(blocks):
        current = parts[-1]
        following = blocks[at + 1] if at + 1 < len(blocks) else None
        if block.kind != "heading":
            current.blocks.append(block)
        elif _is_twin(current, block.text) and (not current.blocks or _is_lone(block, following, language)):
            _adopt(current, block.text)
            if not current.blocks:
                current.end = block.end
        elif at == 0 or (following and (following.kind == "text" or is_pair(block.text, following.text))):
            parts.append(Part(block.text, None, None, block.level, block.start, block.end))
        else:
            current.blocks.append(Block("whole", block.start, block.end, block.text))
    return parts


def section_ids(parts: Sequence[Part], title: str) -> list[str]:
    """One id a part: the one written in the file, else a slug of the headings above it and of its own.

    The document's title, when it comes first, is not in the ids under it. Ids change with their own headings only; of
    two that are the same, the later gets ``-2``.
    """
    ids: dict[int, str] = {}
    taken: dict[str, int] = {}  # id -> the last number given to its likes
    for at, part in enumerate(parts):
        if part.id:
            ids[at] = _unique(part.id, taken)
    above: list[tuple[int, str]] = []
    first = True
    for at, part in enumerate(parts):
        if part.heading is None:
            continue
        above = [(level, name) for level, name in above if level < part.level]
        if at not in ids:
            name = "--".join([*(name for _, name in above[-1:]), slug(part.heading)])
            ids[at] = _unique(name, taken)
        if not (first and part.level == 1):
            above.append((part.level, ids[at]))
        first = False
    if parts and parts[0].heading is None:  # last, so that text put before the first heading changes no other id
        ids[0] = _unique(slug(title), taken)
    return [ids[at] for at in range(len(parts))]


def slug(heading: str) -> str:
    """The heading in lower case, without accents, its words joined by hyphens; ``section`` when it has none."""
    folded = unicodedata.normalize("NFKD", heading.replace("œ", "oe").replace("Œ", "oe")).casefold()
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", "-", letters)[:80].strip("-") or "section"


def is_pair(one: str, other: str) -> bool:
    """True when one heading is English and the other French; where one could be either, they must look alike."""
    if max(len(one), len(other)) > _LONGEST:
        return False
    shares = _french(one), _french(other)
    clear = [share for share in shares if not 1 - _CLEAR < share < _CLEAR]
    if len(clear) == 2:
        return (shares[0] > 0.5) != (shares[1] > 0.5)
    return bool(clear) and one != other and SequenceMatcher(None, one.casefold(), other.casefold()).ratio() >= _ALIKE


def language_of(text: str) -> Language:
    """English or French, whichever the text is likelier to be."""
    return "fr" if _french(text) > 0.5 else "en"


def _read(block: Block) -> Part:
    heading, part = block.text, Part(None, None, None, block.level, block.start, block.end)
    found = _ATTRIBUTES.search(heading) if len(heading) <= _LONGEST else None
    if found and not _ATTRIBUTE.sub("", found["inside"]).strip():
        heading = heading[: found.start()]
        for attribute in _ATTRIBUTE.finditer(found["inside"]):
            part.id = attribute["id"] or part.id
            if attribute["key"] == "fr":
                part.heading, part.heading_fr = heading, attribute["value"].strip() or None
    if part.heading_fr is None:
        sides = re.split(r" [|/] ", heading)
        part.heading = heading
        if len(sides) == 2 and is_pair(*sides):
            part.heading = sides[0]
            _adopt(part, sides[1])
    return part


def _is_twin(part: Part, heading: str) -> bool:
    return part.heading is not None and part.heading_fr is None and is_pair(part.heading, heading)


def _adopt(part: Part, twin: str) -> None:
    own = part.heading or ""
    part.heading, part.heading_fr = (twin, own) if _french(own) > _french(twin) else (own, twin)


def _is_lone(block: Block, following: Block | None, language: Language) -> bool:
    """True for a heading in the other language than the document's, with no text in that language under it."""
    own = language_of(block.text)
    return own != language and (following is None or following.kind == "heading" or language_of(following.text) != own)


def _unique(name: str, taken: dict[str, int]) -> str:
    unique = name
    while unique in taken:
        taken[name] += 1
        unique = f"{name}-{taken[name]}"
    taken[unique] = 1
    return unique


@cache
def _detector() -> LanguageDetector:
    from lingua import Language as Tongue
    from lingua import LanguageDetectorBuilder

    return LanguageDetectorBuilder.from_languages(Tongue.ENGLISH, Tongue.FRENCH).build()


@lru_cache(maxsize=4096)
def _french(text: str) -> float:
    """How likely the text is French rather than English, 0 to 1: lingua's word, or small words where it doubts."""
    values = _detector().compute_language_confidence_values(text)
    share = next((value.value for value in values if value.language.name == "FRENCH"), 0.5)
    if not 1 - _CLEAR < share < _CLEAR:
        return share
    words = set(re.findall(r"[^\W\d_]+", text.casefold()))
    english, french = (not words.isdisjoint(_SMALL_WORDS[language].split()) for language in ("en", "fr"))
    return share if french == english else float(french)
