"""When and where: the same question of each year, of another, of the year after, or for the time where the place was asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from genoassist.atoms import atoms, month_names
from genoassist.numbers import YEAR, in_digits
from genoassist.parts import ASKING, MOST
from genoassist.words import content_words, fold

_DATED = re.compile(
    rf"(?:\s*,?\s*\b(?:(?:at|by) the end of|in|of|since|for|during|(?:à la )?fin|en|de|depuis|pour))?\s*{YEAR.pattern}",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"(?:in |for )?the (?:(?P<after>(?:following|next) year|year (?:after|later))(?: that)?"
    r"|(?:previous|preceding) year|year before(?: that)?)\b"
    r"|(?P<some>an?|une?|\d+|[^\W\d_]+) (?:years?|ans?) (?:(?P<forth>later|after(?:wards?)?|plus tard|après)|"
    r"earlier|before(?:hand)?|plus tôt|avant|auparavant)\b"
    r"|(?P<fr>(?:pour |de )?l['’]ann[ée]e (?:(?P<apres>d['’]apr[èe]s|suivante)|d['’]avant|pr[ée]c[ée]dente))",
    re.IGNORECASE,
)
_ONE = frozenset({"a", "an", "one", "un", "une"})
_BETWEEN_YEARS = re.compile(
    r"(?:[^\w]|\b(?:and|et|or|ou|with|avec|to|à|au|in|en|of|for|de|du|pour|also|aussi|then|puis|again|encore|à nouveau|versus|vs|"
    rf"{'|'.join(month_names())}|that|those|the ones?|through|until|till|celui|celles?|ceux|once more|"
    r"(?:(?:at |by )?the |at |by )?end(?: of)?|(?:la )?fin)\b)*",
    re.IGNORECASE,
)
# "How did membership change in 2021?", « Quelle a été l'évolution du budget en 2021 ? »
_CHANGED = (
    r"(?:chang(?:e|ed)|evolved?|develop(?:ed)?|progress(?:ed)?|increased?|decreased?|gr[eo]wn?|risen|rose|fallen|fell|"
    r"(?:évolu|chang|progress|vari|augment|diminu|baiss)[ée]e?s?)(?=\W*(?:$|[,?])|\s+(?:in|en)\s+\d)"
)
_WHAT = r"(?P<what>(?!(?:it|its|they|their|them|we|our|you|your|sa|son|ses|leurs?|vos|nos)\b)[^?]+?)"
_CHANGE = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\bhow (?:did|does|do|has|have|had) {_WHAT} {_CHANGED}",
        rf"\bwhat (?:is|was|were|has been) the (?:trend|change|evolution|growth|development)s? (?:in|of|for) {_WHAT}"
        r"(?=,|\?| in \d)",
        rf"\bcomment {_WHAT} (?:a|ont|avai(?:en)?t)(?:-t)?-(?:ils?|elles?) {_CHANGED}",
        rf"\bcomment (?:a|ont) (?:évolué|changé|progressé|varié) {_WHAT}(?=,|\s?\?| en \d)",
        rf"\bquelle (?:est|a été|fut|était) l['’]évolution (?P<of>du |des |de la |de l['’]|de |d['’]){_WHAT}(?=,|\s?\?| en \d)",
    )
)
_THE = {"du ": "le ", "des ": "les ", "de la ": "la ", "de l'": "l’", "de l’": "l’"}
_WAS = {"la ": "Quelle était", "le ": "Quel était", "les": "À combien s’élevaient"}
# A month alone, no day of it; in French what is of it.
_MONTH = re.compile(
    rf"(?<!\d )(?<!\d(?:st|nd|rd|th|er) )\b(?:{'|'.join(month_names())})\b(?! \d{{1,2}}\b)", re.IGNORECASE
)
_OF_MONTH = re.compile(rf"\b(?:d['’]|de )({'|'.join(m for m in month_names() if m.islower())})\b")
# "and the one in November?", « et celle de novembre ? », "what about the month of May?"
_NO_MORE = frozenset("one ones that month celle celui celles ceux mois about year annee".split())
_WHAT_ABOUT = re.compile(r"\b(?:what|how) about\b|\bqu['’]en est-il\b", re.IGNORECASE)
# "at the end of 2022, at the end of 2023 and in March 2024"
_JOINER = re.compile(r"^(?:\W|\b(?:and|et|then|puis|or|ou|also|aussi)\b)*", re.IGNORECASE)
_UNTIL = re.compile(r"(?:to|until|till|through|à|au|jusqu)", re.IGNORECASE)
_LEAD = re.compile(
    rf"(?:(?:\b(?:at|by|à|in|en|of|for|de|since|depuis)\s+)?(?:(?:the |la )?(?:end|fin)(?: of| de)?\s+)?|\b(?:in|en|of|de|d['’])\s*)"
    rf"(?:(?:{'|'.join(month_names())})\s+)?$",
    re.IGNORECASE,
)
_SPAN = re.compile(r"\s?[-–/]\s?")  # "the 2021-2027 programme" is one
_FROM = re.compile(
    r"\b(?P<word>between|from|entre|de|depuis|since)\s*(?:(?:the |la )?(?:end|fin)(?: of| de)?\s+)?$", re.IGNORECASE
)
# "How many members joined between 2022 and 2024?" is one question, "How did membership change …?" one for each.
_COMPARED = re.compile(
    r"\b(?:chang|evol|évol|develop|progress|grow|grew|trend|ris|rose|increas|decreas|fall|fell|drop|compar|differ|vari|augment|"
    r"diminu|baiss|hausse|budget)",
    re.IGNORECASE,
)
_AS_ONE = re.compile(r"\b(?:together|combined|in total|altogether|au total|en tout|ensemble)\b", re.IGNORECASE)

# "where", "in which town", « quel mois »
_TIME_OR_PLACE = re.compile(
    r"\b(?P<within>(?:in|on|at|en|dans|à|a)\s+)?(?:(?P<alone>when|where|quand|où)|"
    r"(?:which|what|quel(?:le)?)\s+(?P<noun>town|city|country|venue|day|date|month|year|ville|pays|lieu|jour|mois|année))\b",
    re.IGNORECASE,
)
_WITHIN = {
    **dict.fromkeys(("town", "city", "country", "month", "year"), "in "),
    **dict.fromkeys(("day", "date"), "on "),
    "venue": "at ",
    **dict.fromkeys(("ville", "pays", "lieu"), "dans "),
    **dict.fromkeys(("mois", "annee"), "en "),
}
_LEAD_IN = re.compile(r"^\W*(?:(?:and|et|but|mais|ok|so|alors)\b[\s,]*)+", re.IGNORECASE)


def years(text: str) -> tuple[str, ...]:
    """The same question for each of the years that are named side by side in it; the text itself when there are none."""
    found = list(YEAR.finditer(text))
    named = list(dict.fromkeys(m.group() for m in found))
    if len(named) < 2 or len(named) > MOST:
        return (text,)
    if any(_SPAN.fullmatch(text[a.end() : b.start()]) for a, b in pairwise(found)):
        return (text,)
    if any(not _BETWEEN_YEARS.fullmatch(text[a.end() : b.start()]) for a, b in pairwise(found)):
        return (text,)
    before = text[: found[0].start()]
    leads = [_JOINER.sub("", text[a.end() : b.start()]) for a, b in pairwise(found)]
    if any(_MONTH.search(lead) for lead in leads):
        start = _LEAD.search(before)
        if not start or _FROM.search(before[: start.start()]) or any(map(_UNTIL.match, leads)):
            return (text,)
        own = [before[start.start() :], *(lead or before[start.start() :] for lead in leads)]
        ends = zip(own, found, strict=True)
        return tuple(f"{before[: start.start()]}{lead}{year[0]}{text[found[-1].end() :]}" for lead, year in ends)
    lead = _FROM.search(before)
    span = lead and (fold(lead["word"]) in {"between", "entre"} or any(map(_UNTIL.match, leads)))
    if _AS_ONE.search(text) or (span and not _COMPARED.search(text)):
        return (text,)
    if lead:
        word = "in " if fold(lead["word"]) in {"between", "from", "since"} else "en "
        before = before[: lead.start()] + word
    return tuple(_in_one(f"{before}{year}{text[found[-1].end() :]}") for year in named)


def own_year(text: str, every: Sequence[str]) -> str:
    """The year that one of several questions alone asks about; "" when there is none, or more than one."""
    others = {year for other in every if other != text for year in YEAR.findall(other)}
    found = set(YEAR.findall(text)) - others
    return found.pop() if len(found) == 1 and others else ""


def _in_one(text: str) -> str:
    """A question how something changed as one what it was: of one year no more can be told."""
    for pattern in _CHANGE:
        if not (found := pattern.search(text)):
            continue
        article = _THE.get((found.groupdict().get("of") or "").lower(), "")
        what = f"{article}{found['what']}"
        if what[0].islower():
            french = re.match("comment|quel", found[0], re.IGNORECASE)
            english = "What were" if re.search(r"[^s]s$", what) else "What was"
            asking = _WAS.get(fold(what)[:3], "À combien s’élevait") if french else english
            return f"{text[: found.start()]}{asking} {what}{text[found.end() :]}"
    return text


def another_date(before: str, piece: str) -> str | None:
    """The question before with its year or month exchanged for that of a piece that asks no more ("and in 2023?"); else None."""
    asks_else = _asking(_WHAT_ABOUT.sub("", piece)) - _asking(before)
    for pattern in (YEAR, _MONTH) if len(atoms(before).months) == 1 else (YEAR,):
        new, old = ({m.group() for m in pattern.finditer(text)} for text in (piece, before))
        known = {*_NO_MORE, *content_words(before)}
        rest = [word for word in content_words(pattern.sub("", piece)) if word not in known]
        if len(new) == len(old) == 1 and not rest and not asks_else:
            return _OF_MONTH.sub(_of_month, pattern.sub(new.pop(), before))
    return None


def when_or_where(before: str, piece: str) -> str | None:
    """The question before asked of the time or place that a piece asks for and no more ("Where was it held?", "Which month?").

    None where it asks for neither itself: "Who won?" is not turned into "When won?".
    """
    new = _TIME_OR_PLACE.fullmatch(_LEAD_IN.sub("", piece).strip(" \u00a0\u202f?!.,"))
    found = [m for m in _TIME_OR_PLACE.finditer(before) if m["alone"] or m["within"]]
    if not new or len(found) != 1 or _french(new[0]) != _french(found[0][0]) or len(_asking(before)) != 1:
        return None
    asked = new[0] if new["alone"] or new["within"] else f"{_WITHIN.get(fold(new['noun']), '')}{new[0].lower()}"
    start, end = found[0].span()
    asked = asked[0].lower() + asked[1:] if before[:start].strip() else asked[0].upper() + asked[1:]
    return f"{before[:start]}{asked}{before[end:]}"


def _french(asking: str) -> bool:
    return bool(re.search(r"quand|où|quel", asking, re.IGNORECASE))


def _asking(text: str) -> set[str]:
    return {fold(found[0]) for found in re.finditer(ASKING, text, re.IGNORECASE)}


def _of_month(found: re.Match[str]) -> str:
    return f"{'d’' if found[1][0] in 'ao' else 'de '}{found[1]}"


def counts_from(text: str) -> bool:
    """True when a text tells a year by another one ("the year after", « deux ans plus tôt »)."""
    return bool(_RELATIVE.search(text))


def in_year(text: str, before: str) -> str:
    """The text with "the year after", « deux ans plus tôt » put as the year it is, counted from that of the question before."""
    known = set(YEAR.findall(before))
    found = _RELATIVE.search(text)
    if found is None or len(known) != 1 or YEAR.search(text):
        return text
    some = in_digits((found["some"] or "1").lower())
    if not some.isdecimal() and some not in _ONE:
        return text
    ahead = found["after"] or found["apres"] or found["forth"]
    year = int(known.pop()) + int(some if some.isdecimal() else 1) * (1 if ahead else -1)
    french = found["fr"] or re.search(r"\bans?\b", found[0])
    return f"{text[: found.start()]}{'en' if french else 'in'} {year}{text[found.end() :]}"


def without_years(text: str) -> str:
    """The text without its years and what introduces them."""
    return " ".join(_DATED.sub("", text).split())
