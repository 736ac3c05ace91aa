"""A turn that leans on those before it -> a question on its own feet: what "it", "et en 2023 ?" and "the first one" stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence

from genoassist.asked import kind_asked
from genoassist.atoms import atoms
from genoassist.dated import another_date, counts_from, in_year, when_or_where, without_years
from genoassist.language import requested
from genoassist.names import Names
from genoassist.numbers import YEAR
from genoassist.parts import EACH
from genoassist.phrasing import direct, without_greeting
from genoassist.types import CITATION_MARK, Language, Turn
from genoassist.words import WORD, content_words, fold

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
# Whom a question before asked for; in French it may be a thing.
_SOMEONE = re.compile(r"\b(?:he|she|him|her|his|hers|il|elle|lui)\b")
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
# "Why so few, when many more were expected?", « là-bas »
_DEGREE = re.compile(
    r"\b(?:la-bas|over there|so (?:few|little|many|much|late|early|long)|that many|si peu|autant|tellement)\b"
)
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
    r"\W*(?:let'?s (?:talk|speak) about|(?:(?:ok|so|now|let'?s) )*"
    r"(?:mov(?:e|ing) on|turn(?:ing)?|(?:(?:go(?:ing)?|com(?:e|ing)|get(?:ting)?) )?back|return(?:ing)?) to|"
    r"(?:pour |et |je )?(?:en )?rev(?:enir|enons|iens) (?:a|aux?)|retour (?:a|aux?)|"
    r"passons (?:a|aux?)|parlons (?:plutot )?d[eu']s?)\b(?! ?(?:it|this|that|them|those|ca|cela|lui|eux)\s*[:.,])[^:.?!]*[:.?!,]\W*\w"
)
# "And in Sweden?" narrows the question before, "And Sweden?" asks it of something else.
_NARROWING = re.compile(r"(?:in|at|on|with|during|by|from|en|a|au|aux|dans|avec|chez|pendant|par|sur)\b")
# "The first one, when was it signed?"
_FIRST = re.compile(
    r"\b(?:the (?:first|former)(?: one)?|(?:(?P<to>au |à la )|le |la )premi(?:er|ère))(?=\s*[,:])|"
    r"(?<=\babout )the (?:first|former)(?: one)?(?=\W*$)",
    re.IGNORECASE,
)
# "And the partners?", « Et ses membres ? »: more than one, and nothing else is said of them; after what asks of a thing
_OF_A_THING = re.compile(
    r"\W*(?:what(?:'s| is| was| are)\b|who\b|qui\b|qu'est-ce\b|c'est qu(?:oi|i)\b|tell\b|parle|presente|decri|describe)"
)
_BARE = re.compile(
    r"\W*(?:and|et|what about|how about) (?P<the>the|its|their|les|ses|leurs) "
    r"(?P<things>(?!others\b|autres\b|ones\b)(?:[\w'’-]+ )?[\w'’-]+[sx])\W*$",
    re.IGNORECASE,
)


def request(text: str) -> tuple[Language | None, str]:
    """The language a turn asks to be answered in, if any, and its question, without that and without a greeting."""
    return requested(without_greeting(text))


def resolved(text: str, turns: Sequence[Turn], names: Names, most: int = MOST_CONTEXT) -> str:
    """The question with the turn before it, when it leans on that; with its names and years where it has over ``most`` words."""
    text = _of_the_first(text, turns, names)
    if not any(t.role == "user" for t in turns) or not _leans(text, names):
        return text
    last = max(i for i, t in enumerate(turns) if t.role == "user")
    before = resolved(names.mended(direct(request(turns[last].content)[1])), turns[:last], names)
    text = in_year(text, before)
    if exchanged := another_date(before, text) or when_or_where(before, text):
        return exchanged
    if YEAR.search(text):
        before = without_years(before)
    named = names.found(text)
    old = names.found(before)
    whole = _whole(before)
    if named:
        return _of_names(text, before, named, names, most)
    if members := _members(text, before, old):
        return members
    said = names.found(" ".join(CITATION_MARK.sub("", t.content) for t in turns[last + 1 :]))
    told = said if kind_asked(before) == "who" and _SOMEONE.search(fold(text)) else []
    kept = list(dict.fromkeys([*(old or said)[:3], *told[:2], *YEAR.findall(before)]))
    if len(whole.split()) > most:
        whole = ", ".join(kept) or " ".join(whole.split()[-MOST_CONTEXT:])
    elif new := [name for name in kept if name not in whole]:
        whole = f"{whole}: {', '.join(new)}"
    return f"{text} ({whole})"


def _of_names(text: str, before: str, named: Sequence[str], names: Names, most: int) -> str:
    """A follow-up that has names, with the question before: a lead and a name alone ("And GEN.ERA?") ask it of that name."""
    old = names.found(before)
    whole = _whole(before)
    rest = _LEADING.sub("", fold(text))
    more = set(content_words(rest)) - {word for name in named for word in content_words(name)}
    if _points(rest) or _NARROWING.match(rest):
        return f"{text} ({whole if len(whole.split()) <= most else ', '.join(old[:3]) or whole})"
    if more:
        return text
    return _replaced(before, names, named) if len(old) == 1 else f"{text} ({whole})"


def _whole(question: str) -> str:
    return CITATION_MARK.sub("", question).rstrip(" ?.!")


def _of_the_first(text: str, turns: Sequence[Turn], names: Names) -> str:
    """The question with the name that was asked about first for "the first one"; as it is where it has no such words, or one was."""
    if not (first := _FIRST.search(text)):
        return text
    about = [found[0] for turn in turns if turn.role == "user" and (found := names.found(turn.content))]
    if len(about) < 2:
        return text
    return f"{text[: first.start()]}{'à ' if first['to'] else ''}{about[0]}{text[first.end() :]}"


def _members(text: str, before: str, about: Sequence[str]) -> str | None:
    """What they are, of a follow-up that names but a kind of them ("And the partners?") after a question of a thing; else None."""
    listed = _BARE.match(text)
    if not listed or not about or not _OF_A_THING.match(fold(before)) or kind_asked(before) not in (None, "who"):
        return None
    asking = "What are" if listed["the"].lower() in {"the", "its", "their"} else "Quels sont"
    return f"{asking} {listed['the']} {listed['things']}? ({', '.join(about[:3])})"


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
    return few or counts_from(text) or _points(text)


def _points(text: str) -> bool:
    """True when a text has a word that stands for something said before."""
    plain = _INVERTED.sub(r"\g<subject>", _IDIOMS.sub(" ", fold(text)))
    if atoms(text).names:
        plain = _AFTER_VERB.sub("", plain)
    pointing = _POINTING & {m.group() for m in WORD.finditer(plain)}
    return bool(pointing or _DEGREE.search(plain) or EACH.search(text))


def _replaced(before: str, names: Names, new: Sequence[str]) -> str:
    """The question before with its topic exchanged for the new one."""
    exchanged = before
    for start, end, _ in reversed(names.spans(before)):
        exchanged = f"{exchanged[:start]}{', '.join(new)}{exchanged[end:]}"
    return exchanged
