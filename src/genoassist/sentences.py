"""Sentence spans with exact offsets, in English and French.

A full stop before a capital ends a sentence unless something says that it does not. Own rules, because of the
63 groups of sentences in tests/test_sentences.py pysbd 0.3.4 gets 31 wrong and sentencex 1.0.32 gets 26 (``etc.)``,
``3 oct. 2022``, ``p. ex.``, ``« … »``, ``…``), and pysbd's spans are searched for afterwards, not counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from genoassist.types import Language


def _words(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Never the end of a sentence: titles and words that introduce what follows.
_INTRODUCES = _words(
    """dr drs mr mrs ms messrs prof mm mme mmes mlle mlles mgr gen gov sen rep hon rev capt lt sgt maj cmdr adm brig
    cf eg e.g ie i.e p.ex c.-à-d c.à.d viz vs approx env esp incl resp ca"""
)
_INTRODUCES_FR = _INTRODUCES | _words("m pr ex")
# Not the end before a number: "No. 5", "p. XII", "3 oct. 2022".
_NUMBERED = _words(
    """no nos n p pp art arts vol vols ch chap fig figs sec sect tab tabl eq éq par al ed éd ann pl col l ll nr ext tel
    tél min max jan janv feb févr fév mar apr avr jun jul juil aug sep sept oct nov dec déc"""
)
# The end only before a word that commonly opens a sentence: "Acme Inc. The firm", but "Acme Inc. Europe".
_NAME_PARTS = _words("inc corp ltd co cie llc bros plc st ste jr sr ave av blvd boul bd dept dép univ assn dir ex ph")
_OPENING_WORDS = _words(
    """a after all also although an and another as at before both but by during each finally first for from he her here
    his how however i if in it its last many more moreover most no of on one our several she since so some such that
    the their then there therefore these they this those thus to two we what when where which while who why with you
    afin ainsi après au aussi aux avant avec ce cependant ces cet cette chaque comme dans de depuis des donc du elle
    elles en enfin et grâce il ils je la le les leur leurs lors lorsque mais nos notre nous on or où par pendant
    plusieurs pour puis quand que qui sa sans selon ses si son sous sur tous tout toute toutes toutefois un une voir
    vos votre vous à"""
)
_ELIDED = _words("c j l lorsqu n puisqu qu s")
_PARTICLES = _words("de du la le")  # after an initial they belong to a name: "J. Le Goff"

_END = re.compile(
    r"""(?<![.!?…‽])(?P<mark>[.!?…‽]++)
        # quotes, emphasis, notes go with it; looked ahead and taken whole, for Python 3.11.2 loses its place in "(…)*+"
        (?=(?P<closed>(?:[)\]}”"'’*_`]|\s?»|[ \u00a0]?\[\^?\d+\])*))(?P=closed)
        (?=\s|$)""",
    re.VERBOSE,
)
_BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
_OPENERS = re.compile(r"(?:(?![,;:.!?…)\]}»”’%])[^\w\s]|_|\s)*")
_NUMBERING = re.compile(r"\(?(?:\d{1,2}|[a-z]|[ivx]{1,4})[).]\s+", re.IGNORECASE)
_DOTTED = re.compile(r"(?:[^\W\d_]{1,3}\.-?)+[^\W\d_]{1,3}")
_ROMAN = re.compile(r"[IVXLC]+\b")
_WORD = re.compile(r"[^\W_]+")
_PAIRS = {"(": ")", "[": "]", "{": "}", "«": "»", "“": "”"}
_QUOTES = frozenset('«“"')
_SHORT_QUOTATION = 8  # words; a shorter one inside a sentence is not a text of its own
_DEEPEST = 8  # brackets within brackets; beyond that the outermost are forgotten, so that no text is slow to read
_LONGEST_WORD = 60


@dataclass(frozen=True, slots=True)
class _Group:
    """A closed bracket or quotation: the offsets of its marks; whether a quotation is a text, and a long one."""

    opened: int
    closed: int
    quotation: bool
    text: bool
    long: bool


def split(text: str, language: Language) -> list[tuple[int, int]]:
    """Spans ``(start, end)`` of the sentences of a block: ``text[start:end]`` is stripped, not empty, in order.

    The spans do not overlap and hold every character of ``text`` that is not white space. Single line ends count as
    spaces; a blank line always ends a sentence. Brackets and short quotations are never split; longer quotations are.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for blank in [*_BLANK_LINE.finditer(text), None]:
        stop = blank.start() if blank else len(text)
        spans += _split_block(text, start, stop, language)
        start = blank.end() if blank else stop
    return spans


def _split_block(text: str, start: int, stop: int, language: Language) -> list[tuple[int, int]]:
    block = text[start:stop].rstrip()
    groups = iter(_groups(block))
    upcoming = next(groups, None)
    around: list[_Group] = []
    spans: list[tuple[int, int]] = []
    begin = _skip_space(block, 0)
    word = _first_word(block, begin)
    for end in _END.finditer(block):
        while upcoming and upcoming.opened < end.start():
            around.append(upcoming)
            upcoming = next(groups, None)
        around = [group for group in around if group.closed > end.start()]
        if end.start() >= begin and _ends(block, begin, word, end, around, language):
            spans.append((begin, end.end()))
            begin = _skip_space(block, end.end())
            word = _first_word(block, begin)
    if begin < len(block):
        if spans and word == len(block):  # a stray sign is no sentence
            begin = spans.pop()[0]
        spans.append((begin, len(block)))
    return [(start + first, start + last) for first, last in spans]


def _ends(text: str, begin: int, word: int, end: re.Match[str], around: list[_Group], language: Language) -> bool:
    """True when a sentence begun at ``begin``, its first word at ``word``, ends at this mark."""
    if word >= end.end():
        return False
    if end.end() == len(text):
        return True
    for group in around:
        still_open = group.closed >= end.end()
        if group.quotation:
            if still_open and not _may_split(text, begin, word, group):
                return False
        elif still_open or word < group.opened:
            return False
    if not _can_begin(text, end.end()):
        return False
    return end["mark"] != "." or not _abbreviates(text, begin, word, end, language)


def _may_split(text: str, begin: int, word: int, quotation: _Group) -> bool:
    if not quotation.text:
        return False
    if quotation.long or begin > quotation.opened:
        return True
    return word > quotation.opened and _can_begin(text, quotation.closed + 1)


def _can_begin(text: str, position: int) -> bool:
    """True before a capital, a digit, a word like "eHealth", a letter without case; false before "(2) then"."""
    position = _OPENERS.match(text, position).end()  # type: ignore[union-attr]
    bracket = position - 1 if position and text[position - 1] == "(" else position
    if numbering := _NUMBERING.match(text, bracket):
        position = _OPENERS.match(text, numbering.end()).end()  # type: ignore[union-attr]
    if position >= len(text):
        return True
    if text[position] in "…." and text[position - 1] in "[(":  # "[…] Then": words were left out
        return True
    word = _WORD.match(text, position)
    return word is not None and not (word[0].islower() and word[0][0].isalpha())


def _abbreviates(text: str, begin: int, first: int, end: re.Match[str], language: Language) -> bool:
    """True when this full stop, with what may be a sentence after it, marks an abbreviation, initial or number."""
    before = text[max(begin, end.start() - _LONGEST_WORD) : end.start()]
    word = re.split(r"[\s(\[{«“\"'’*_/]", before)[-1]
    folded = word.casefold()
    if end["closed"].strip("*_`"):
        return False
    after = _OPENERS.match(text, end.end()).end()  # type: ignore[union-attr]
    following = _WORD.match(text, after)
    next_word = following[0] if following else ""
    if folded in (_INTRODUCES_FR if language == "fr" else _INTRODUCES):
        return True
    if folded in _NUMBERED and (next_word[:1].isdigit() or _ROMAN.match(text, after)):
        return True
    if first >= end.start() - len(word) and re.fullmatch(r"\d{1,2}|[A-Za-z]", word):
        return True  # "1. First point", "J. Smith came"
    opening = _is_opening_word(text, after, next_word)
    if folded == "etc":
        return "(" in text[end.end() : after] and not opening
    if len(word) == 1 and word.isupper():
        return not opening or next_word.casefold() in _PARTICLES
    if folded in _NAME_PARTS or _DOTTED.fullmatch(word) or re.fullmatch(r"[A-Z]\.?-[A-Z]", word):
        return not opening
    return False


def _is_opening_word(text: str, position: int, word: str) -> bool:
    if text[position + len(word) : position + len(word) + 1] in ("'", "’"):
        return word.casefold() in _ELIDED
    return word.casefold() in _OPENING_WORDS


def _groups(text: str) -> list[_Group]:
    """Every closed bracket and quotation, by opening mark; what is never closed, or never opened, is ignored."""
    found: list[_Group] = []
    stack: list[tuple[str, int]] = []  # the closing mark awaited, and where it was opened
    for match in re.finditer(r"[()\[\]{}«»“”\"]", text):
        mark, at = match[0], match.start()
        before, after = text[max(0, at - 1) : at], text[at + 1 : at + 2]
        reopens = mark == '"' and not before.strip() and bool(after.strip())
        if not reopens and mark in (awaited for awaited, _ in stack):
            while stack[-1][0] != mark:
                stack.pop()
            found.append(_group(text, stack.pop()[1], at))
        elif mark in _PAIRS or reopens or (mark == '"' and not before.isalnum()):
            stack = [entry for entry in stack if mark != '"' or entry[0] != '"']
            stack = [*stack, (_PAIRS.get(mark, '"'), at)][-_DEEPEST:]
    return sorted(found, key=lambda group: group.opened)


def _group(text: str, opened: int, closed: int) -> _Group:
    quotation = text[opened] in _QUOTES
    said = text[opened + 1 : closed].strip() if quotation else ""
    return _Group(opened, closed, quotation, said[-1:] in tuple(".!?…,"), len(said.split()) > _SHORT_QUOTATION)


def _first_word(text: str, position: int) -> int:
    word = _WORD.search(text, position)
    return word.start() if word else len(text)


def _skip_space(text: str, position: int) -> int:
    return re.compile(r"\s*").match(text, position).end()  # type: ignore[union-attr]
