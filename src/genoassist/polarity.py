"""Yes or no: a draft's yes -> whether its source bears it out; a question about a name -> the same one of who it is."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from genoassist.asked import own
from genoassist.atoms import atoms
from genoassist.language import detect
from genoassist.types import Check, Query
from genoassist.verify import YES, YES_NO, of_another_time
from genoassist.words import akin_stems, content_words, fold

# Of 73 open yes/no questions drafted with a yes, 36 of the 48 that deserve it have these log-odds, and 9 of the 25 others; with
# 1.0 it was 45 and 22.
AFFIRMED = 2.0
NEGATION = re.compile(
    r"\b(?:not|never|no longer|without|ne|pas|aucune?|jamais|sans)\b|n['’]t\b|\bn['’]\w", re.IGNORECASE
)


def polar(check: Check, query: Query, yes: Callable[[], float]) -> Check:
    """The check, failed where the sentence says yes or no and a second reading, or its own negation, does not bear it out."""
    if not check.passed or not (said := YES_NO.match(check.sentence)):
        return check
    agrees = fold(said["word"]) in YES
    denied = agrees and NEGATION.search(check.sentence) and not NEGATION.search(query.text)
    then = not any(of_another_time(source.text, check.sentence) for source in check.supported_by[:1])
    said_so = then and _in_one_clause(query, check) and _to_that_extent(check)
    sure = said_so and yes() >= AFFIRMED if agrees else yes() < 0
    return check if sure and not denied else replace(check, problems=("yes or no is not borne out",))


# How far a thing goes, in both languages: what a source has not is the question's, echoed.
_EXTENT = (
    re.compile(r"\b(?:all|every|each|whole|entire\w*|tous|toutes|toute|chaque|ensemble)\b", re.IGNORECASE),
    re.compile(r"\b(?:still|remain\w*|continu\w*|encore|toujours|demeur\w*)\b", re.IGNORECASE),
    re.compile(
        r"\b(?:only|solely|alone|just|single|sole|seule?s?|seulement|uniquement|unique)\b|\bne\b.*\bque\b",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?:always|permanent\w*|definitive\w*|définitive\w*)\b", re.IGNORECASE),
)


def _to_that_extent(check: Check) -> bool:
    """False when a draft says "all", "still" or "only" and its sources have no such word."""
    there = " ".join(source.text for source in check.supported_by)
    return all(word.search(there) or not word.search(check.sentence) for word in _EXTENT)


def _in_one_clause(query: Query, check: Check) -> bool:
    """False when the words of a question that its source has stand on both sides of a semicolon: they are not said together.

    "The port coordinates the project; Maréval is a partner" is no yes to "Does Maréval coordinate the project?".
    """
    asked = content_words(query.text)
    for source in check.supported_by[:1]:
        clauses = [content_words(clause) for clause in re.split(r";(?=\s)|\s;", source.text)]
        held = [{word for word in asked if any(akin_stems(word, there) for there in clause)} for clause in clauses]
        return set().union(*held) in held
    return True


def _compiled(frame: str, patterns: Iterable[tuple[str, str]]) -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(frame.format(pattern)), who) for pattern, who in patterns)


_NAME = (
    r"(?P<name>(?:(?:[Tt]he|[Ll]e|[Ll]a)\s+|[Ll]['’])?(?:(?:\w+\s+)?(?:of|de|du)\s+)?[^\W\d_a-zà-ÿ][\w.&*’'-]*"
    r"(?:\s+(?:(?:of|de|du|the|la)\s+)?[^\W\d_a-zà-ÿ][\w.&*’'-]*)*)"
)
# What may stand after it: one more word of it ("the Brumaire cluster"), then when, where or what for.
_END = r"(?:\s+(?!{0})[a-zà-ÿ-]+)?(?P<end>(?:\s+(?:{0})\b.*?)?)".format(
    r"in|on|at|for|since|with|during|and|from|to|as|under|en|au|aux|à|pour|depuis|avec|dans|et|lors|pendant|sur|sous|d['’]ici"
)
# What one alone does, or is.
_LEADS = (
    r"(?:lead|head|run|manag|coordinat|chair|direct|host|organi[sz]|win|succeed|dirig|pilot|coordon|mèn|men|gèr|gér|présid|presid|"
    r"remport|gagn|succèd|succéd)"
)
_POST = (
    rf"(?:(?:(?:the|le|la)\s+|l['’])(?:\w+\s+)?(?:{_LEADS}|own|found|fondat|chef|lauréat|responsable|one\b)\w*|in charge\b|"
    r"responsible\b|head\b|chair\b|at the head\b|à la tête\b|responsable\b|chargée?\b)"
)
_WHETHER = _compiled(
    r"^\W*{}\s*\?*\s*$",
    (
        (rf"(?:[Ii]s|[Ww]as) it {_NAME} (?:that|who|which) (?P<rest>.+?)", "Who {rest}?"),
        (rf"(?P<be>[Ii]s|[Ww]as) {_NAME} (?P<rest>(?:still |also )?{_POST}.+?)", "Who {be} {rest}?"),
        (rf"(?P<be>[Dd]oes|[Dd]id|[Ww]ill) {_NAME} (?P<rest>{_LEADS}\w*\b.+?)", "Who {be} {rest}?"),
        (
            rf"(?P<be>[Ii]s|[Ww]as|[Aa]re|[Ww]ere|[Ww]ill) (?P<rest>.+?) by {_NAME}{_END}",
            "By whom {be} {rest}{end}?",
        ),
        (rf"(?:[Ee]st-ce (?:que c['’]est )?|[Cc]['’]est ){_NAME} qui (?P<rest>.+?)", "Qui {rest} ?"),
        (rf"{_NAME} (?P<be>est|était|sera)-(?:il|elle) (?P<rest>{_POST}.+?)", "Qui {be} {rest} ?"),
        (rf"{_NAME} (?P<be>{_LEADS}\w*)-(?:t-)?(?:il|elle)\b(?P<rest>.+?)", "Qui {be}{rest} ?"),
        (rf"{_NAME} (?P<be>a|avait)-t-(?:il|elle) (?P<rest>{_LEADS}\w*\b.+?)", "Qui {be} {rest} ?"),
        (rf"[Ee]st-ce qu(?:e |['’]){_NAME} (?P<rest>(?:est {_POST}|{_LEADS}|(?:a|avait) {_LEADS}).+?)", "Qui {rest} ?"),
        (
            rf"(?P<rest>(?:.+?-(?:t-)?(?:ils?|elles?)\b|[Ee]st-ce qu).+?) par {_NAME}{_END}",
            "Par qui {rest}{end} ?",
        ),
    ),
)


# "Since Quarz coordinates Lumen, …": what a question takes for granted before it asks.
_GIVEN = re.compile(
    r"^\W*(?:since|as|because|given that|comme|(?:puis|(?:étant donné|vu|sachant) )qu(?:e\s|['’]))\s*(?P<clause>[^,]+),\s",
    re.IGNORECASE,
)
_STATED = _compiled(
    "^{}$",
    (
        (rf"{_NAME} (?P<be>is|was) (?P<rest>{_POST}.+)", "Who {be} {rest}?"),
        (rf"(?P<rest>.+?) (?P<be>is|was|were) (?P<act>\w+) by {_NAME}{_END}", "By whom {be} {rest} {act}{end}?"),
        (rf"{_NAME} (?P<rest>(?:est|était) {_POST}.+)", "Qui {rest} ?"),
        (rf"(?P<rest>.+? (?:est|était|sont|étaient|a été|ont été) \w+) par {_NAME}{_END}", "Par qui {rest}{end} ?"),
        (rf"{_NAME} (?P<rest>(?:a |avait )(?:{_LEADS})\w*\b.+)", "Qui {rest} ?"),
        (rf"{_NAME} (?P<rest>(?:has )?(?:{_LEADS}|led\b|ran\b|won\b)\w*\b.+)", "{asking} {rest}?"),
    ),
)
# "As the coordinator of Lumen, how does Quarz …", « En tant que coordinateur de Lumen, que fait Quarz ? »
_TITLED = _compiled(
    r"^\W*{}",
    (
        (rf"[Aa]s (?P<rest>{_POST}[^,]+), .*?\b(?:do|does|did|is|was|has|can|will) {_NAME}\b", "Who is {rest}?"),
        (rf"[Ee]n tant que (?P<rest>(?:{_LEADS}|chef)[^,]+), .*?\b{_NAME}\b", "Qui est le {rest} ?"),
    ),
)


def of_whom(text: str) -> tuple[str, str] | None:
    """Of a question whether a name holds a post or did what one alone does: who holds it, who did, and the name; else None."""
    question = own(text)
    return _of_whom(question, _WHETHER, text[len(question) :])


def of_whom_given(text: str) -> tuple[str, str] | None:
    """The same of a question that takes it for granted ("Since Quarz coordinates Lumen, …"): who does, and the name; else None."""
    given = _GIVEN.match(text)
    return (_of_whom(given["clause"].strip(), _STATED, "") if given else None) or _of_whom(own(text), _TITLED, "")


def _of_whom(clause: str, patterns: Iterable[tuple[re.Pattern[str], str]], before: str) -> tuple[str, str] | None:
    for pattern, who in patterns:
        if found := pattern.search(clause):
            parts = {key: value or "" for key, value in found.groupdict().items()}
            name = parts.pop("name")
            parts = {key: value.lower() if key == "be" else value for key, value in parts.items()}
            asking = "Who" if detect(clause, "en") == "en" else "Qui"
            made = who.format(asking=asking, **parts).replace("Par qui Est-ce", "Par qui est-ce", 1)
            return None if atoms(f"in {name}").months else (made + before, name)
    return None
