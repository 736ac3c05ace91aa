"""The corpus folder, read: files -> Document -> Section -> Sentence, bilingual headings paired, offsets exact.

What is read: every ``.md`` and ``.txt`` file under the folder. What is not: hidden files and folders, READMEs (they are
about the folder), links that lead out of it, and any other kind of file (``unread`` names those).
"""

from __future__ import annotations

import datetime
import hashlib
import io
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import frontmatter
import yaml

from genoassist.blocks import Block, blank, markdown, plain
from genoassist.errors import CorpusError, reason
from genoassist.headings import Part, language_of, markdown_parts, plain_parts, section_ids
from genoassist.numbers import YEAR
from genoassist.sentences import split
from genoassist.types import Corpus, Document, Language, Section, Sentence

SUFFIXES = (".md", ".txt")
LARGEST = 20_000_000  # bytes of a file: some 8,000 pages; a report has a few hundred
LONGEST_SENTENCE = 2_000  # characters: about what the embedding model reads
_LONGEST_MATTER = 65_536  # characters of front matter
_DEEPEST_MATTER = 4  # lists within lists in keys that are other tools'
_SAMPLE = 5_000  # characters that tell a document's language


def load(folder: Path) -> Corpus:
    """Every document under the folder, by path, and the SHA-256 of their paths and bytes.

    Offsets are into ``path.read_text(encoding="utf-8")``. Raises CorpusError for a folder that is missing or holds no
    text, for a file that cannot be read, is too large or not UTF-8, for broken front matter, for two files with one id.
    """
    documents: dict[str, Document] = {}
    digest = hashlib.sha256()
    for path, file in _files(folder):
        if file.suffix.lower() not in SUFFIXES:
            continue
        data = _read(path, file)
        name = path.encode("utf-8", "surrogateescape")
        digest.update(b"%d %d " % (len(name), len(data)) + name + data)
        document = _document(path, data)
        if document.id in documents:
            raise CorpusError("corpus.duplicate", path=path, other=documents[document.id].path)
        documents[document.id] = document
    if not any(section.sentences for document in documents.values() for section in document.sections):
        raise CorpusError("corpus.empty", folder=folder)
    return Corpus(tuple(documents.values()), digest.hexdigest())


def unread(folder: Path) -> list[str]:
    """The paths under the folder, with ``/``, of files of a kind that is not read. CorpusError when it is missing."""
    return [path for path, file in _files(folder) if file.suffix.lower() not in SUFFIXES]


def _files(folder: Path) -> list[tuple[str, Path]]:
    if not folder.is_dir():
        raise CorpusError("corpus.missing", folder=folder)

    def unreadable(error: OSError) -> None:
        raise CorpusError("corpus.unreadable", path=error.filename, reason=reason(error)) from None

    root = folder.resolve()
    found: list[tuple[str, Path]] = []
    for base, folders, names in os.walk(folder, onerror=unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            file = Path(base, name)
            if name.startswith(".") or file.stem.lower() == "readme" or not file.is_file():
                continue
            if file.resolve().is_relative_to(root):
                found.append((_named(file.relative_to(folder).as_posix()), file))
    return sorted(found)


def _named(path: str) -> str:
    try:
        path.encode("utf-8")
    except UnicodeEncodeError:
        raise CorpusError("corpus.name", path=os.fsencode(path).decode("utf-8", errors="replace")) from None
    return path


def _read(path: str, file: Path) -> bytes:
    try:
        size = file.stat().st_size
        if size > LARGEST:
            raise CorpusError("corpus.large", path=path, size=size // 1_000_000, most=LARGEST // 1_000_000)
        return file.read_bytes()
    except OSError as error:
        raise CorpusError("corpus.unreadable", path=path, reason=reason(error)) from None


@dataclass(frozen=True, slots=True)
class _Matter:
    """What the front matter says."""

    title: str | None = None
    title_fr: str | None = None
    year: int | None = None
    language: Language | None = None
    source: str | None = None


def _document(path: str, data: bytes) -> Document:
    try:
        text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8").read()  # with the line ends of Path.read_text
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise CorpusError("corpus.encoding", path=path, line=line) from None
    mark = int(text.startswith("\ufeff"))  # of byte order
    matter, at = _front_matter(path, text[mark:])
    at += mark
    body = blank(text, 0, at)
    if path.lower().endswith(".md"):
        blocks = markdown(body)
        language = matter.language or _language(blocks)
        parts = markdown_parts(blocks)
    else:
        blocks = plain(body)
        language = matter.language or _language(blocks)
        parts = plain_parts(blocks, language)
    document_id = path[: path.rindex(".")]
    top = next((part for part in parts if part.heading is not None and part.level == 1), None)
    title = matter.title or (top.heading if top else None) or Path(document_id).name
    title_fr = matter.title_fr or (top.heading_fr if top else None)
    year = matter.year or _year_in(title) or _year_in(document_id)
    document = Document(document_id, path, title, title_fr, language, year, matter.source, text)
    return replace(document, sections=_sections(document, at, parts))


def _year_in(title: str) -> int | None:
    """The year that a title or a file's name has, if it has one alone."""
    found = set(YEAR.findall(re.sub(r"[-_]", " ", title)))
    return int(found.pop()) if len(found) == 1 else None


def _sections(document: Document, at: int, parts: list[Part]) -> tuple[Section, ...]:
    """The sections of a document whose front matter ends at ``at``."""
    kept = [part for part in parts if part.heading is not None or part.blocks or len(parts) == 1]
    ends = [*(part.start for part in kept[1:]), len(document.text)]
    sections = []
    for part, section_id, end in zip(kept, section_ids(kept, document.title), ends, strict=True):
        own = part.heading is not None
        section = Section(
            section_id,
            document.id,
            part.heading or document.title,
            part.heading_fr if own else document.title_fr,
            part.level,
            part.end if own else at,
            end,
        )
        sections.append(replace(section, sentences=tuple(_sentences(document, section, part.blocks))))
    return tuple(sections)


def _sentences(document: Document, section: Section, blocks: list[Block]) -> list[Sentence]:
    spans: list[tuple[int, int]] = []
    for block in blocks:
        within = split(block.text, document.language) if block.kind == "text" else [(0, len(block.text))]
        spans += [
            (block.start + first, block.start + last)
            for start, end in within
            for first, last in _pieces(block.text, start, end)
        ]
    return [
        Sentence(f"{document.id}#{section.id}:{k}", document.id, section.id, document.text[start:end], start, end)
        for k, (start, end) in enumerate(spans, 1)
    ]


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A span of a text, cut at line ends or else at blanks where it is longer than any sentence: a log, a list without stops."""
    while end - start > LONGEST_SENTENCE:
        most = start + LONGEST_SENTENCE
        cut = max(text.rfind("\n", start, most), 0) or max(text.rfind(" ", start, most), 0)
        cut = cut if cut > start else most
        yield start, start + len(text[start:cut].rstrip())
        start = cut + len(text[cut:end]) - len(text[cut:end].lstrip())
    yield start, end


def _language(blocks: Sequence[Block]) -> Language:
    return language_of(" ".join(block.text for block in blocks)[:_SAMPLE])


def _front_matter(path: str, text: str) -> tuple[_Matter, int]:
    """What the front matter says, and the offset of the text after it."""
    handler = frontmatter.YAMLHandler()
    bounds = list(handler.FM_BOUNDARY.finditer(text[:_LONGEST_MATTER]))[:2]
    if not bounds or text[: bounds[0].start()].strip():
        return _Matter(), 0
    if len(bounds) < 2:
        raise CorpusError("corpus.front_matter_open", path=path)
    try:
        matter = text[bounds[0].end() : bounds[1].start()]
        _refuse_elaborate(matter)
        values = handler.load(matter)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise CorpusError("corpus.front_matter", path=path, reason=reason(error)) from None
    if values is not None and not isinstance(values, dict):
        raise CorpusError("corpus.front_matter", path=path, reason=repr(values)[:80])
    return _matter(path, values or {}), bounds[1].end()


def _refuse_elaborate(yaml_text: str) -> None:
    """Raises ValueError for aliases and deep nesting: front matter needs neither, and both can take hours to read."""
    depth = 0
    for event in yaml.parse(yaml_text, Loader=yaml.SafeLoader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST_MATTER or isinstance(event, yaml.AliasEvent):
            raise ValueError("&… *… [[[[")


def _matter(path: str, values: dict[Any, Any]) -> _Matter:
    given = {key: value for key, value in values.items() if value is not None}

    def wrong(key: str, expected: str) -> CorpusError:
        return CorpusError("corpus.key", path=path, key=key, found=str(given[key])[:80], expected=expected)

    for key in ("title", "title_fr", "source"):
        if isinstance(given.get(key), dict | list):
            raise wrong(key, "text")
    year = given.get("year")
    if isinstance(year, datetime.date):
        year = year.year
    if isinstance(year, str) and year.strip().isdecimal():
        year = int(year)
    if year is not None and (not isinstance(year, int) or isinstance(year, bool) or not 0 < year < 10_000):
        raise wrong("year", "2022")
    language = given.get("language")
    if language not in (None, "en", "fr"):
        raise wrong("language", "en, fr")
    texts = {key: str(given[key]).strip() or None for key in ("title", "title_fr", "source") if key in given}
    return _Matter(year=year, language=language, **texts)
