"""Blocks of a Markdown or plain text, with exact offsets: headings, paragraphs, bullets, rows of tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

_BULLET = re.compile(r"(?P<indent>[ \t]*)(?:[•‣◦▪·●*–—-]|(?P<number>\d{1,2}[.)]))[ \t\u00a0]+(?=\S)")
_LONGEST_HEADING = 16  # words, of a heading of a plain text


@dataclass(frozen=True, slots=True)
class Block:
    """A piece ``[start, end)`` of the file. ``text`` is that piece, as long, with marks inside it (``>``) blanked.

    A ``heading`` has its level and its words as ``text`` instead; ``end`` is the end of its line. A ``whole`` block (a
    row of a table, a listing) is one sentence; a ``text`` is split into sentences.
    """

    kind: Literal["heading", "text", "whole"]
    start: int
    end: int
    text: str
    level: int = 0


def blank(text: str, start: int, end: int) -> str:
    """The text with everything but line ends between two offsets replaced by spaces: offsets and lines stay."""
    return text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]


def markdown(text: str) -> list[Block]:
    """The blocks of a CommonMark text with tables, in order. HTML is text, comments are left out, nothing is run.

    Headings inside lists and quotations are text; indented code is text; a fenced listing is one block.
    """
    text = _without_comments(text).replace("\0", "\ufffd")
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": 100}).enable("table").disable("code")
    parser.core.ruler.enableOnly(["normalize", "block"])
    starts = _line_starts(text)
    tokens = iter(parser.parse(text))
    blocks: list[Block] = []
    for token in tokens:
        if token.type == "heading_open" and token.level == 0 and token.map:
            words = _plain(" ".join(next(tokens).content.split()))
            end = min(starts[token.map[1]], len(text))
            blocks.append(Block("heading", starts[token.map[0]], end, words, int(token.tag[1])))
        elif token.type == "tr_open" and token.map:
            blocks += _row(text, starts[token.map[0]], starts[token.map[0] + 1] - 1, tokens)
        elif token.type == "fence" and token.map:
            first = token.map[0] + 1
            blocks += _whole(text, starts[first], starts[min(first + token.content.count("\n"), len(starts) - 1)])
        elif token.type == "inline":
            blocks += _paragraph(text, starts, token)
    return blocks


def plain(text: str) -> list[Block]:
    """The blocks of a plain text, in order: paragraphs stand between blank lines, or behind a bullet.

    A line on its own, short and without a final stop, is a heading: of level 1 when it comes first, else of level 2.
    """
    blocks: list[Block] = []
    for start, end, bullet in _paragraphs(text):
        words = text[start:end]
        if not bullet and _like_heading(words):
            blocks.append(Block("heading", start, end, words, 2 if blocks else 1))
        elif words:
            blocks.append(Block("text", start, end, words))
    return blocks


def _without_comments(text: str) -> str:
    kept: list[str] = []
    at = 0
    while (start := text.find("<!--", at)) >= 0 and (end := text.find("-->", start + 4)) >= 0:
        kept += text[at:start], blank(text[start : end + 3], 0, end + 3 - start)
        at = end + 3
    return "".join([*kept, text[at:]])


def _line_starts(text: str) -> list[int]:
    """The offset of every line, and two ends: past the last character, and past an imaginary line end."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    return [*starts, len(text) + 1, len(text) + 1]


@cache
def _inline() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


def _plain(inline: str) -> str:
    """The words of a heading, without its emphasis, links and code marks."""
    attributes = re.search(r" ?\{[^{}]*\}$", inline)
    words, rest = (inline[: attributes.start()], attributes[0]) if attributes else (inline, "")
    children = _inline().parseInline(words)[0].children or []
    shown = "".join(" " if child.type in ("softbreak", "hardbreak") else child.content for child in children)
    return (shown + rest).strip()


def _paragraph(text: str, starts: list[int], token: Token) -> list[Block]:
    """The lines of a paragraph, wherever they stand in lists and quotations, with the marks before them blanked."""
    if not token.map or not token.content:
        return []
    pieces = [piece for line in token.content.split("\n") if (piece := line.strip())]
    spans: list[tuple[int, int]] = []
    for line in range(*token.map):
        written = text[starts[line] : starts[line + 1] - 1].rstrip()
        if pieces and written.endswith(pieces[0]):
            spans.append((starts[line] + len(written) - len(pieces[0]), starts[line] + len(written)))
            pieces.pop(0)
    masked = "".join(
        text[start:end] + ("\n" + " " * (following - end - 1) if following else "")
        for (start, end), following in zip(spans, [*(span[0] for span in spans[1:]), 0], strict=True)
    )
    return [Block("text", spans[0][0], spans[-1][1], masked)] if spans else []


def _row(text: str, start: int, end: int, tokens: Iterator[Token]) -> list[Block]:
    """A row of a table, from its first to its last cell."""
    cells: list[str] = []
    for token in tokens:
        if token.type == "tr_close":
            break
        if token.type == "inline" and token.content:
            cells.append(token.content)
    if not cells:
        return []
    first, last = text.find(cells[0], start, end), text.rfind(cells[-1], start, end)
    if first < 0 or last < first:  # a cell with an escaped bar is not written as it is read
        return _whole(text, start, end)
    return [Block("whole", first, last + len(cells[-1]), text[first : last + len(cells[-1])])]


def _whole(text: str, start: int, end: int) -> list[Block]:
    written = text[start:end].strip(" \t\n|>")
    first = text.find(written, start)
    return [Block("whole", first, first + len(written), written)] if written else []


def _paragraphs(text: str) -> Iterator[tuple[int, int, bool]]:
    """Where each paragraph of a plain text starts and ends, and whether it is a bullet; "2. Aims" alone is none."""
    start = end = -1
    indent = -1  # of the bullet being read
    position = 0
    lines = ["", *text.split("\n"), ""]
    for before, line, after in zip(lines, lines[1:], [*lines[2:], ""], strict=False):
        bullet = _BULLET.match(line)
        if bullet and bullet["number"] and not before.strip() and not after.strip():
            bullet = None
        outdented = len(line) - len(line.lstrip()) < indent
        if start >= 0 and (not line.strip() or bullet or outdented):
            yield start, end, indent >= 0
            start = indent = -1
        if line.strip():
            if start < 0:
                start = position + (bullet.end() if bullet else len(line) - len(line.lstrip()))
                indent = len(bullet["indent"]) if bullet else -1
            end = position + len(line.rstrip())
        position += len(line) + 1


def _like_heading(words: str) -> bool:
    return (
        "\n" not in words
        and len(words.split()) <= _LONGEST_HEADING
        and words[-1] not in '.!?…:;,”"»'
        and any(letter.isalpha() for letter in words)
    )
