"""Turn + history -> Query: what is asked, in which language the answer is due, what "it" and "et en 2023 ?" stand for."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Literal

from genoassist.asked import own, said_first
from genoassist.atoms import atoms
from genoassist.compared import sides
from genoassist.dated import years
from genoassist.follow_up import request, resolved
from genoassist.language import detect, requested, unsupported, wanted_again
from genoassist.names import Names
from genoassist.numbers import YEAR
from genoassist.parts import EACH, clauses
from genoassist.phrasing import direct
from genoassist.sentences import split
from genoassist.types import Language, Query, Reason, Turn
from genoassist.words import WORD, akin, clean, content_words, fold

MAX_CHARACTERS = 2000
# Turns before a question that it may lean on; a question that leans on one that leans on one … is read back so far.
MOST_TURNS = 40
# What is said in a conversation to be polite.
_CHATTER = frozenset(
    (
        "thanks thank great good fine ok okay perfect clear interesting understood noted nice excellent cool right sure alright wow "
        "super helpful much lot really merci beaucoup parfait bien clair interessant compris note entendu accord top genial "
        "formidable very tres vraiment yes no oui non bonjour hello"
    ).split()
)
# What tells an assistant how to behave rather than asks something.
_ORDER = re.compile(
    r"^\W*(?:please |s'il (?:te|vous) plait,? )?(?:system\s*:|new (?:rule|instruction|order)s?\b|ignore[rz]?\b|disregard\b|"
    r"forget\b|override\b|from now on\b|you are now\b|pretend\b|act as\b|always (?:say|answer|reply|state)\b|"
    r"nouvelles? (?:regle|consigne|instruction|ordre)s?\b|oublie[rz]?\b|a partir de maintenant\b|desormais\b|dorenavant\b|"
    r"tu es maintenant\b|vous etes maintenant\b|fai(?:s|tes) comme si\b|repond(?:s|ez) toujours\b)"
)


def without_orders(text: str) -> str:
    """The text without the sentences that tell the assistant how to behave, where a question is left; else the text."""
    sentences = [text[start:end] for start, end in split(text, detect(text))]
    kept = [s for s in sentences if s.endswith("?") or not _ORDER.match(fold(s))]
    asks = any(s.endswith("?") or direct(s) != s for s in kept)
    return " ".join(kept) if asks and len(kept) < len(sentences) else text


def orders_alone(text: str) -> bool:
    """True for a text that tells the assistant how to behave and asks nothing."""
    sentences = [text[start:end] for start, end in split(text, detect(text))]
    return all(_ORDER.match(fold(s)) and not s.endswith("?") and direct(s) == s for s in sentences)


def brief(text: str, names: Names) -> str:
    """The question with the names and years alone of the turn it leans on: quotation would answer what that one asked."""
    alone = own(text)
    before = text[len(alone) :]
    kept = list(dict.fromkeys([*names.found(before), *YEAR.findall(before)]))
    return f"{alone} ({', '.join(kept)})" if kept else text


def problem(asked: str, names: frozenset[str] = frozenset()) -> Reason | None:
    """Why a text cannot be asked at all: nothing in it, too long, no words, neither English nor French; None when it can."""
    text = clean(asked)
    if not text:
        return "empty"
    if len(asked) > MAX_CHARACTERS:
        return "too_long"
    if not any(c.isalpha() for c in text):
        return "unclear"
    if requested(text)[0] is None and unsupported(text, names):
        return "unsupported_language"
    return None


def unaskable(query: Query, names: Names, languages: Collection[Language]) -> Reason | None:
    """Why nothing in a corpus in these languages can answer; None where something may.

    What ``problem`` says of any text; of an order alone, that it is off topic; of one word that the corpus has in no form ("ok",
    "test"), that it is unclear: of whatever is read beside it the language model would say that it answers.
    """
    if why := problem(query.asked, names.words):
        return why
    if orders_alone(query.asked) and not names.found(query.asked):
        return "off_topic"
    if len(WORD.findall(query.text)) != 1:
        return None
    asked = content_words(query.text)
    told = not asked or query.language in languages
    return "unclear" if told and not any(akin(word, other) for word in asked for other in names.words) else None


def understand(
    asked: str, history: Sequence[Turn], names: Names, *, language: Language | Literal["auto"] = "auto"
) -> Query:
    """The question on its own feet, with what it takes from the turns before it, and the language of its answer."""
    wish, text = request(clean(asked)[:MAX_CHARACTERS])
    turns = tuple(Turn(t.role, clean(t.content)[:MAX_CHARACTERS]) for t in history[-MOST_TURNS:] if t.content.strip())
    asked_before = [i for i, turn in enumerate(turns) if turn.role == "user"]
    again = wanted_again(text) if asked_before else None
    if again:
        wish, text = again, request(turns[asked_before[-1]].content)[1]
        turns = turns[: asked_before[-1]]
    spoken: Language = "en"
    for turn in turns:
        if turn.role == "user":
            spoken = detect(turn.content, spoken, frozenset(names.written))
    text = without_orders(text)
    spoken = detect(text, spoken, frozenset(names.written))
    text = names.mended(direct(text))
    said, asking = said_first(text)
    if set(content_words(said)) <= _CHATTER:
        text = asking  # "Thanks, very clear. And in Sweden?"
    standalone = resolved(text, turns, names)
    answer_language: Language = wish or (spoken if language == "auto" else language)
    return Query(
        asked,
        standalone,
        answer_language,
        turns,
        history_used=standalone != text or again is not None,
        parts=_parts(text, standalone, turns, names),
    )


def _parts(text: str, standalone: str, turns: Sequence[Turn], names: Names) -> tuple[str, ...]:
    """The questions a question is made of; a later one may lean on the first as on a turn before it."""
    said, asking = said_first(text)
    first, *others = clauses(asking)
    if not others:
        return _each(standalone)
    first = resolved(f"{said} {first}" if said else first, turns, names)
    leaning = [resolved(other, [*turns, Turn("user", first)], names, most=0) for other in others]
    about = ", ".join(names.found(first)[:3])
    leaning = [
        f"{other} ({about})" if about and own(other) == other and not atoms(other).names else other for other in leaning
    ]
    return tuple(dict.fromkeys(part for piece in (first, *leaning) for part in _each(piece)))


def _each(text: str) -> tuple[str, ...]:
    """The same question of each of the years, or the things compared, that one asks of."""
    compared = sides(text)
    found: list[str] = []
    for side in compared:
        alone = own(side)
        found += years(side) if YEAR.search(alone) or EACH.search(alone) else (side,)
    return tuple(found)
