"""A draft's check -> whether it can be shown: that it tells the fact asked for, that its yes or no is borne out.

Nothing here asks the model again but for a yes or no.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import replace

from genoassist.about import elsewhere, titles
from genoassist.asked import (
    INVERTED,
    OF_THOSE,
    TIMES,
    asks_one_fact,
    asks_which_ones,
    asks_yes_or_no,
    counted_thing,
    kind_asked,
)
from genoassist.atoms import atoms, counts
from genoassist.language import in_another
from genoassist.names import Names
from genoassist.numbers import in_digits
from genoassist.places import forms, places
from genoassist.polarity import NEGATION
from genoassist.spelling import made_of_words
from genoassist.told import has_amount, holds, placed
from genoassist.types import Check, Query, Sentence
from genoassist.units import Unit, listed, said_before
from genoassist.verify import NO_MORE, YES_NO
from genoassist.words import WORD, akin, akin_stems, content_words, fold

_PLAIN = re.compile(r"(?<![\w’'.-])[a-zà-ÿœ]{4,}(?![\w’'-]|\.\w)")
# So many words of its own are a claim of its own ("… told them about its mission and the importance of collaboration"): of 1,600
# open questions four answers had such a draft, two of them invented, and no fact is missed without; two words are paraphrase too.
OWN_WORDS = 3
# "14 June and 14 June"
_TWICE = re.compile(r"\b((?=[^,;]*?(?-i:[\dA-ZÀ-Ý]))\w[^,;]{2,}?),? (?:and|et) \1(?=\W*$|[,;])", re.IGNORECASE)


def stated_well(check: Check, query: Query, unit: Unit) -> Check:
    """The check, failed where the sentence is in another language, has a word that is none, or joins a thing to itself.

    And where it is put as a question is in French, its subject after its verb.
    """
    if not check.passed:
        return check
    if word := _no_word(check.sentence, f"{query.text}\n{unit.text}"):
        return replace(check, problems=(f"{word} is no word",))
    if in_another(check.sentence, query.language):
        return replace(check, problems=("is not in the language of the answer",))
    if len(own := _own_words(check.sentence, query, unit)) >= OWN_WORDS:
        return replace(check, problems=(f"says of its own: {', '.join(own)}",))
    if (twice := _TWICE.search(check.sentence)) and twice[0] not in _sources(check):
        return replace(check, problems=(f"says {twice[1]} twice",))
    if INVERTED.search(check.sentence) and not check.sentence.rstrip().endswith("?"):
        return replace(check, problems=("is put as a question",))
    return check


def _own_words(sentence: str, query: Query, unit: Unit) -> list[str]:
    """The words, no names, of a sentence that neither its question nor its unit has; none where the unit's language is another."""
    if unit.document.language != query.language:
        return []
    known = [*content_words(unit.text), *content_words(query.text)]
    names = {fold(name) for name in atoms(sentence).names}
    said = [word for word in content_words(in_digits(sentence)) if not word.isdigit() and word not in names]
    return [word for word in dict.fromkeys(said) if not any(akin(word, other) for other in known)]


def _no_word(sentence: str, said: str) -> str:
    """The first word in lower case that no dictionary has, nor what was said before, where it is not made of one that it has.

    A small model makes words up: of 560 checked drafts of open questions seven have one ("navireur", "fundation", "cotization"),
    of which « mégawatts » is a word.
    """
    known = {fold(word) for word in WORD.findall(said)}

    def is_word(word: str) -> bool:
        folded = fold(word)
        return (
            folded in known
            or made_of_words(word)
            or any(folded[:6] == other[:6] for other in known if len(other) > 5)  # « webinaire », of "webinar"
            or any(folded.startswith(place) for place in places() if len(place) > 4)  # « singapourien »
        )

    return next((found[0] for found in _PLAIN.finditer(sentence) if not is_word(found[0])), "")


def _sources(check: Check) -> str:
    return "\n".join(source.text for source in check.supported_by)


# "nine universities: Alpha, Beta", "20 investors (Alpha, Beta …)"
_LIST = re.compile(r"[:(][^:()]*,")


def names_them(check: Check, query: Query, names: Names) -> Check:
    """The check, failed where it is asked which they are and the sentence only says how many, and no source lists them."""
    if not check.passed or not asks_which_ones(query.text) or any(_LIST.search(s.text) for s in check.supported_by):
        return check
    asked = content_words(query.text)
    said = {word for word in content_words(in_digits(check.sentence)) if not word.isdigit()}
    new = [word for word in said if not any(akin(word, other) for other in asked)]
    counted = [word for _, noun in counts(check.sentence) for word in content_words(noun)]
    only = any(akin(word, other) for word in counted for other in asked) and len(new) < 2
    return replace(check, problems=(NO_MORE,)) if only and not strange(check, query, names) else check


_NOT_SAID = re.compile(
    r"\b(?:mentioned|provided|specified|stated|given|indicated|disclosed|known|information|mentionnée?s?|précisée?s?|indiquée?s?|"
    r"fournie?s?|donnée?s?|spécifiée?s?|connue?s?|informations?)\b|"
    r"\b(?:do|does|did)(?: not|n['’]t) (?:say|state|mention|specify|provide|give|indicate|contain|include)\b|"
    r"\bne (?:disent|dit|précisen?t?|mentionnen?t?|donnen?t?|indiquen?t?|contien(?:nen)?t)\b",
    re.IGNORECASE,
)


# "No date is given", not "No, it was given in May".
_NONE = re.compile(r"\bno\b(?! longer)(?!\s*,)", re.IGNORECASE)


def says_it_is_not_said(check: Check) -> bool:
    """True for a draft that says, in words its sources have not, that what is asked is not said: "is not provided"."""
    found = _NOT_SAID.search(check.sentence)
    if not found or not (NEGATION.search(check.sentence) or _NONE.search(check.sentence)):
        return False
    there = content_words(_sources(check))
    return not any(akin(word, t) for word in content_words(found[0]) for t in there)


def _telling(check: Check, query: Query) -> tuple[Sentence, ...]:
    """The sources of a draft that have its number or month, unless the question has it; the first where it tells neither."""
    said, asked = atoms(check.sentence), atoms(query.text)
    figures, months = said.numbers - asked.numbers, said.months - asked.months
    told = [(source, atoms(source.text)) for source in check.supported_by]
    return tuple(s for s, has in told if has.numbers & figures or has.months & months) or check.supported_by[:1]


def joined_well(check: Check, query: Query, unit: Unit, names: Names) -> Check:
    """The check, failed where what is told stands apart from the names of the question: one fact, a person, a yes or no."""
    polar = asks_yes_or_no(query.text) and YES_NO.match(check.sentence)
    one = asks_one_fact(query.text)
    if not check.passed or not check.supported_by or not (polar or one):
        return check
    others = elsewhere(unit, query, names)
    if polar:
        lost = others[check.supported_by[0].id]
        return replace(check, problems=(f"another item of the list is about {lost[0]}",)) if lost else check
    drafted = fold(check.sentence)
    for source in _telling(check, query):
        if drawn := [name for name in others[source.id] if name in drafted]:
            return replace(check, problems=(f"another item of the list is about {drawn[0]}",))
    if kind_asked(query.text) == "who" and (agent := _agent_asked_for(check, query)):
        return replace(check, problems=(f"says it was {agent}, who it was is asked",))
    if kind_asked(query.text) == "who" and (apart := _apart(check, query, unit, names)):
        return replace(check, problems=(f"no sentence ties {apart[0]} to what is asked",))
    return check


def _agent_asked_for(check: Check, query: Query) -> str:
    """The name of the question that a draft says something is done by, when it is asked who does it: it is turned round."""
    by = re.search(r"\b(?:by|par)\s+(?:(?:the|le|la)\s+|l['’])?([\w.-]+)", check.sentence)
    return by[1] if by and any(name in by[1] for name in atoms(query.text).names) else ""


def _apart(check: Check, query: Query, unit: Unit, names: Names) -> list[str]:
    """The names in a draft that stand, in what it rests on, with no name of the question, in their paragraph so far, nor with its act.

    The name of a caption is one: "Who leads Lumenet?" is not answered by who speaks of Lumenet.
    """
    about = [fold(name) for name in atoms(query.text).names if fold(name) in names.written]
    if not about or any(name in title for name in about for title in titles(unit)):
        return []
    told: dict[str, bool] = {}
    for source in check.supported_by:
        near = " ".join(s.text for s in (*said_before(unit, source), *listed(unit, source)))
        tied = any(form in fold(near) for name in about for form in forms(name)) or _has(_act(query, about), near)
        for name in strange(check, query, names):
            if name in fold(source.text):
                told[name] = told.get(name, False) or tied
    return [name for name, tied in told.items() if not tied]


def _so_far(query: Query) -> str:
    """The question and, where it leans on them, the turns before it: what they say answers nothing more."""
    leans = query.history_used and not OF_THOSE.search(query.text)
    before = (turn.content for turn in query.history) if leans else ()
    return "\n".join((query.text, *before))


def strange(check: Check, query: Query, names: Names) -> list[str]:
    """The names of a draft (folded) that its question has not, nor what was said before it."""
    before = _so_far(query)
    known = {*map(fold, atoms(before).names), *content_words(before)}
    opening = [word for word in content_words(check.sentence)[:1] if word in names.written]
    said = [*opening, *map(fold, atoms(check.sentence).names)]
    return [name for name in said if not any(akin(name, word) for word in known)]


def dated_well(check: Check, query: Query, unit: Unit, names: Names) -> Check:
    """The check, failed where the document's year is told of an act that its sources do not have: all it tells is of that year.

    And where it says since when of a year that was still to come.
    """
    written = unit.document.year or 9999
    if check.passed and (ahead := [year for year in _SINCE.findall(check.sentence) if int(year) > written]):
        return replace(check, problems=(f"{ahead[0]} was to come in {written}",))
    if not check.passed or kind_asked(query.text) not in TIMES:
        return check
    said, asked = atoms(check.sentence), atoms(query.text)
    only = said.numbers - asked.numbers == {str(unit.document.year)} and not said.months - asked.months
    if only and not same_act(query, check.supported_by, names):
        return replace(check, problems=(f"{unit.document.year} is the year of the document",))
    return check


# « Quel prix » may be a prize, which has a name; « à quel prix » is none.
_PRIZE = re.compile(r"(?<!à quel )\bprix\b", re.IGNORECASE)
_SINCE = re.compile(r"\b(?:since|depuis)\s+(?:[^\W\d]+\s+){0,2}(\d{4})\b", re.IGNORECASE)
# They ask for the time; of the act they say nothing.
_ASKED = frozenset("year annee date day jour month mois long time temps exact exacte".split())


def same_act(query: Query, sources: Sequence[Sentence], names: Names) -> bool:
    """True when sentences have the act that is asked about."""
    return _has(_act(query, names.written), "\n".join(source.text for source in sources))


def _act(query: Query, named: Container[str]) -> list[str]:
    """The first two words of a question that say what is asked, no name."""
    return [word for word in content_words(query.text) if word not in named and word not in _ASKED][:2]


def _has(words: Sequence[str], text: str) -> bool:
    """True when one of the words stands in a text, in some form."""
    there = content_words(text)
    return any(akin_stems(word, other) for word in words for other in there)


def tells(check: Check, query: Query, names: Names) -> bool:
    """True when a sentence tells a number, a month or a telling name that the question has not, of the thing counted.

    Of who it was any name tells, that of the report's subject where it did what the question says. A number or month that
    only a title has is the year of a report, not what was asked.
    """
    said, asked = atoms(check.sentence), atoms(_so_far(query))
    sources = _sources(check)
    there = atoms(sources)
    new = (said.numbers & there.numbers) - asked.numbers
    dated = (said.months & there.months) - asked.months
    kind = kind_asked(query.text)
    if not placed(check.sentence, query.text, _so_far(query)):
        return False
    if kind in TIMES:
        return bool(new or dated) and holds(check.sentence, query.text)
    if kind == "number":
        return bool(new)
    if counted := counted_thing(query.text):
        nouns = [content_words(noun) for _, noun in counts(check.sentence)]
        in_words = new and not nouns and any(akin(w, c) for w in content_words(check.sentence) for c in counted)
        return bool(in_words) or any(not noun or any(_counts(w, c) for w in noun for c in counted) for noun in nouns)
    new_names = strange(check, query, names)
    if kind == "who":
        if not holds(sources, query.text):
            return False
        bodies = [name for name in new_names if name not in places()]
        return any(name in names.topical for name in bodies) or (
            bool(bodies) and same_act(query, check.supported_by, names)
        )
    if kind == "amount" and (new or not _PRIZE.search(query.text)):
        return bool(new) and has_amount(check.sentence, query.text)
    return bool(new or dated) or any(name in names.topical for name in new_names)


def _counts(noun: str, counted: str) -> bool:
    """True for forms of one noun, and for a compound of it: bioclusters are clusters."""
    return akin(noun, counted) or (len(counted) > 5 and noun.endswith(counted))


def adds(check: Check, query: Query) -> bool:
    """True when a sentence tells a word of its sources that the question has not, where no time, number or person is asked for."""
    if kind_asked(query.text) or counted_thing(query.text) or not placed(check.sentence, query.text, _so_far(query)):
        return False
    asked = content_words(_so_far(query))
    there = content_words(_sources(check))
    new = [word for word in content_words(check.sentence) if not any(akin(word, other) for other in asked)]
    return any(akin(word, other) for word in new for other in there)
