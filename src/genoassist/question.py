"""Turn + history -> Query: what is asked, in which language the answer is due, what "it" and "et en 2023 ?" stand for."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Literal

from genoassist.asked import own, said_first
from genoassist.atoms import atoms
from genoassist.compared import sides
from genoassist.dated import another_date, in_year, without_years, years
from genoassist.language import detect, requested, unsupported, wanted_again
from genoassist.names import Names
from genoassist.numbers import YEAR
from genoassist.parts import clauses
from genoassist.phrasing import direct, without_greeting
from genoassist.sentences import split
from genoassist.types import CITATION_MARK, Language, Query, Reason, Turn
from genoassist.words import WORD, akin, clean, content_words, fold

MAX_CHARACTERS = 2000
# Turns before a question that it may lean on; a question that leans on one that leans on one … is read back so far.
MOST_TURNS = 40
# Words of the question before that a question leaning on it is read with: with the whole of it 21 of 22 answerable
# follow-ups of the development questions are right, with its names alone 19.
MOST_CONTEXT = 40

_POINTING = frozenset(
    (
        "it its itself they them theirs their this that these those there he him his she her hers then one ones "
        "il elle ils elles ce cet cette ces celui celle ceux celles lui leur leurs y son sa ses cela ca eux"
    ).split()
)
# Pronouns that stand for something said before; not those of « participe-t-il », which come after what they stand for.
_STANDS_FOR = re.compile(
    r"(?<!-)\b(?:it|its|they|them|their|he|she|him|his|her|il|elle|"
    r"(?:of|about|for|from|with|to) (?:that|this|these|those)|elles?|ils|lui|leurs?|"
    r"(?:de|a|pour|avec|dans) (?:cela|ca|celui-ci|celle-ci|ceux-ci))\b"
)
# « Est-elle née à Turin ? », "Does that include Lumen?"
_VERB_FIRST = re.compile(
    r"\W*(?:(?:ou|quand|comment|pourquoi|combien|qui|quel\w*|et|mais) )*\w+-(?:t-)?(?:ils?|elles?)\b|"
    r"\W*(?:and |but )?(?:does|did|do|is|was|are|were|will|has|have) (?:that|those|these|this)\b"
)
# "is there", "il y a", "est-ce que", "say that …": these words point to nothing.
_IDIOMS = re.compile(
    r"\b(?:(?:is|are|was|were|will) there|how many there|there (?:is|are|was|were|any)|(?:il )?y a(?:-t-il|vait)?|"
    r"(?:qu')?est-ce(?: que?)?|c'est quoi|s'agit-il|faut-il|il (?:faut|s'agit)|peut-il y avoir|"
    r"say that|true that|vrai que|ce qu[ei]|y figure|"
    r"est-il (?:vrai|exact|possible|prevu|question|dit|ecrit|indique|precise|fait|necessaire|obligatoire|"
    r"interdit|permis|utile|important|difficile|facile|interessant)|"
    r"is it (?:true|correct|right|so|possible|the case|known|said|stated|written|planned|necessary|"
    r"allowed|important|useful|hard|easy)(?: that)?)\b"
)
# « Où la foire s'est-elle tenue ? »: the pronoun stands for its own subject, that of « Quand s'est-elle tenue ? » does not.
_INVERTED = re.compile(
    r"(?P<subject>(?:\b(?:les?|la|une?|des|chaque|notre|votre) |\bl')[\w'-]+ .*?|\bcombien (?:de |d')[\w'-]+ (?=\w+-(?:ils|elles)).*?)"
    r"-(?:t-)?(?:ils?|elles?)\b"
)
# « Quarz participe-t-il » too, where a name stands in the question.
_AFTER_VERB = re.compile(r"-(?:t-)?(?:ils?|elles?)\b")
# What is said in a conversation to be polite.
_CHATTER = frozenset(
    (
        "thanks thank great good fine ok okay perfect clear interesting understood noted nice excellent cool right sure alright wow "
        "super helpful much lot really merci beaucoup parfait bien clair interessant compris note entendu accord top genial "
        "formidable very tres vraiment yes no oui non bonjour hello"
    ).split()
)
# "Why so few, when many more were expected?"
_DEGREE = re.compile(r"\b(?:so (?:few|little|many|much|late|early|long)|that many|si peu|autant|tellement)\b")
_LEADING = re.compile(
    r"^(?:(?:and|et|what about|how about|quid(?: de)?|et pour|and for|et concernant|same (?:question )?for|"
    r"(?:la )?meme question pour|ok|alors|so)\b[ ,]*)+"
    r"(?:(?:ceux|celui|celles?|that|those|the ones?) (?:d'|(?:de|du|des|of|for)\b ?))?"
)
# « Et la conférence sur les données de santé, c'était quand ? » says what it is about.
_NAMED_FIRST = re.compile(
    r"(?:les? |la |l'|the )([^,?]+), (?:c'|ca |ce |elles?\b|ils?\b|it\b|they\b|when\b|where\b|who\b|how\b|what\b|quand\b|qui\b)"
)
# "Let's talk about the convention instead: …", « Passons à la convention : … »
_TOPIC = re.compile(
    r"\W*(?:let'?s (?:talk|speak) about|(?:now |let'?s )?(?:mov(?:e|ing) on|turn(?:ing)?) to|passons (?:a|aux?)|"
    r"parlons (?:plutot )?d[eu']s?)\b[^:.?!]*[:.?!,]\W*\w"
)
# "And in Sweden?" narrows the question before, "And Sweden?" asks it of something else.
_NARROWING = re.compile(r"(?:in|at|on|with|during|by|from|en|a|au|aux|dans|avec|chez|pendant|par|sur)\b")


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
    wish, text = _request(clean(asked)[:MAX_CHARACTERS])
    turns = tuple(Turn(t.role, clean(t.content)[:MAX_CHARACTERS]) for t in history[-MOST_TURNS:] if t.content.strip())
    asked_before = [i for i, turn in enumerate(turns) if turn.role == "user"]
    again = wanted_again(text) if asked_before else None
    if again:
        wish, text = again, _request(turns[asked_before[-1]].content)[1]
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
    standalone = _resolved(text, turns, names)
    answer_language: Language = wish or (spoken if language == "auto" else language)
    return Query(
        asked,
        standalone,
        answer_language,
        turns,
        history_used=standalone != text or again is not None,
        parts=_parts(text, standalone, turns, names),
    )


def _request(text: str) -> tuple[Language | None, str]:
    """The language a turn asks to be answered in, if any, and its question, without that and without a greeting."""
    return requested(without_greeting(text))


def _parts(text: str, standalone: str, turns: Sequence[Turn], names: Names) -> tuple[str, ...]:
    """The questions a question is made of; a later one may lean on the first as on a turn before it."""
    said, asking = said_first(text)
    first, *others = clauses(asking)
    if not others:
        return _each(standalone)
    first = _resolved(f"{said} {first}" if said else first, turns, names)
    leaning = [_resolved(other, [*turns, Turn("user", first)], names, most=0) for other in others]
    about = ", ".join(names.found(first)[:3])
    leaning = [
        f"{other} ({about})" if about and own(other) == other and not atoms(other).names else other for other in leaning
    ]
    return tuple(dict.fromkeys(part for piece in (first, *leaning) for part in _each(piece)))


def _each(text: str) -> tuple[str, ...]:
    """The same question of each of the years, or the things compared, that one asks of."""
    compared = sides(text)
    return tuple(part for side in compared for part in (years(side) if YEAR.search(own(side)) else (side,)))


def _resolved(text: str, turns: Sequence[Turn], names: Names, most: int = MOST_CONTEXT) -> str:
    """The question with the turn before it, when it leans on that; with its names and years where it has over ``most`` words."""
    if not any(t.role == "user" for t in turns) or not _leans(text, names):
        return text
    last = max(i for i, t in enumerate(turns) if t.role == "user")
    before = _resolved(names.mended(direct(_request(turns[last].content)[1])), turns[:last], names)
    text = in_year(text, before)
    if exchanged := another_date(before, text):
        return exchanged
    if YEAR.search(text):
        before = without_years(before)
    named = names.found(text)
    old = names.found(before)
    whole = CITATION_MARK.sub("", before).rstrip(" ?.!")
    if named:  # a lead and a name: "And GEN.ERA?"
        rest = _LEADING.sub("", fold(text))
        more = set(content_words(rest)) - {word for name in named for word in content_words(name)}
        if _points(rest) or _NARROWING.match(rest):
            return f"{text} ({whole if len(whole.split()) <= most else ', '.join(old[:3]) or whole})"
        if more:
            return text
        return _replaced(before, names, named) if len(old) == 1 else f"{text} ({whole})"
    said = names.found(" ".join(CITATION_MARK.sub("", t.content) for t in turns[last + 1 :]))
    kept = [*(old or said)[:3], *dict.fromkeys(YEAR.findall(before))]
    if len(whole.split()) > most:
        whole = ", ".join(kept) or " ".join(whole.split()[-MOST_CONTEXT:])
    elif new := [name for name in kept if name not in whole]:
        whole = f"{whole}: {', '.join(new)}"
    return f"{text} ({whole})"


def _leans(text: str, names: Names) -> bool:
    """True when the question needs what was said before it: it opens so, says little, or has a pronoun before any name."""
    folded = _IDIOMS.sub(" ", fold(text))
    if _TOPIC.match(folded):
        return False
    if lead := _LEADING.match(folded):
        named = _NAMED_FIRST.match(folded[lead.end() :])
        return not (named and len(content_words(named[1])) >= 2)
    if spans := names.spans(text):
        before = _IDIOMS.sub(" ", fold(text[: spans[0][0]]))
        return bool(_STANDS_FOR.search(before) or _VERB_FIRST.match(before))
    few = len(content_words(text)) <= 2 and not atoms(text).names
    return few or _points(text)


def _points(text: str) -> bool:
    """True when a text has a word that stands for something said before."""
    plain = _INVERTED.sub(r"\g<subject>", _IDIOMS.sub(" ", fold(text)))
    if atoms(text).names:
        plain = _AFTER_VERB.sub("", plain)
    return bool(_POINTING & {m.group() for m in WORD.finditer(plain)}) or bool(_DEGREE.search(plain))


def _replaced(before: str, names: Names, new: Sequence[str]) -> str:
    """The question before with its topic exchanged for the new one."""
    exchanged = before
    for start, end, _ in reversed(names.spans(before)):
        exchanged = f"{exchanged[:start]}{', '.join(new)}{exchanged[end:]}"
    return exchanged
