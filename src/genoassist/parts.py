"""A question that asks several things -> the questions it is made of, so that each is searched for and read on its own.

"Who coordinates it, and when was it signed?" asks two things, "the budget in 2021 and in 2023" the same thing of two years,
"events in Germany and Sweden" of two places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from genoassist.asked import kind_asked
from genoassist.atoms import atoms, month_names
from genoassist.numbers import YEAR
from genoassist.phrasing import direct
from genoassist.words import WORD, content_words, fold

_ASKING = r"\b(?:who|whom|whose|what|which|when|where|why|how|qui|que|qu['’]|quel(?:le)?s?|quand|où|pourquoi|comment|combien)\b"
_ASKS = (
    r"(?:(?:in|on|at|for|with|by|from|to|of|under|since|until|à|a|de|en|dans|par|pour|avec|sur|chez|depuis|vers|d['’])\s*)?"
    rf"{_ASKING}"
)
# "…, and who came after him?", « … et en quelle année ? », "…? Who organised it?", "two things: how many …"
_NEXT = re.compile(
    rf"(?:\s*[?!.;]+\s+(?:(?:and|et|also|aussi|then|puis)\s+)?|\s*,?\s+(?:and|et|then|puis|as well as|ainsi que)\s+"
    rf"(?:also\s+|aussi\s+)?|\s*:\s+)(?={_ASKS})(?!que\s+(?!\w+-|fait\b|font\b|dit\b))",
    re.IGNORECASE,
)
_QUESTION = re.compile(rf"(?:^|[\s(«“\"]){_ASKS}", re.IGNORECASE)
_DATED = re.compile(
    rf"(?:\s*,?\s*\b(?:(?:at|by) the end of|in|of|since|for|during|(?:à la )?fin|en|de|depuis|pour))?\s*{YEAR.pattern}",
    re.IGNORECASE,
)
_RELATIVE = re.compile(
    r"(?:in |for )?the (?:(?P<after>(?:following|next) year|year (?:after|later))(?: that)?"
    r"|(?:previous|preceding) year|year before(?: that)?)\b"
    r"|(?P<fr>(?:pour |de )?l['’]ann[ée]e (?:(?P<apres>d['’]apr[èe]s|suivante)|d['’]avant|pr[ée]c[ée]dente))",
    re.IGNORECASE,
)
_BETWEEN_YEARS = re.compile(
    r"(?:[^\w]|\b(?:and|et|or|ou|with|avec|to|à|au|in|en|of|for|de|du|pour|also|aussi|then|puis|again|encore|à nouveau|versus|vs|"
    r"that|those|the ones?|through|until|till|celui|celles?|ceux|once more|(?:the |at )?end(?: of)?|(?:la )?fin)\b)*",
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
_SPAN = re.compile(r"\s?[-–/]\s?")  # "the 2021-2027 programme" is one
_FROM = re.compile(r"\b(?:between|from|entre|de|depuis|since)\s+$", re.IGNORECASE)
_LITTLE = r"the|in|at|of|to|for|with|that|those|le|la|les|en|au|aux|à|de|du|des|chez|dans|pour|avec|celui|celles?|ceux|l['’]|d['’]"
# "BIO convention, ITAP and the closing of GEN.ERA": a name may have a word after it, and the noun that it stands with before it
_JOINED = re.compile(
    rf"(?P<after>(?:\s+[a-zà-ÿ]+)?)\s*(?:,|&|\b(?:and|et|or|ou|as well as|ainsi que)\b)+\s*(?:(?:{_LITTLE})\s*)*"
    rf"(?P<noun>(?:(?!(?:{_LITTLE})\b)[a-zà-ÿ]+\s+){{1,2}}(?:of|de|du|des|d['’])\s*(?:(?:{_LITTLE})\s*)?)?",
)

# What is asked of both at once.
_TOGETHER = re.compile(r"\b(?:between|compar\w+|share\w*|entre|partage\w*)\b", re.IGNORECASE)

# "What are the date and the budget of Lumen?": two things of two kinds, of which one may be told and the other not.
_FACTS = re.compile(
    r"(?P<asking>what|quel(?:le)?s?)\s+"
    r"(?P<verb>is|are|was|were|will be|est|sont|étai(?:en)?t|(?:a|ont) été|fut|furent|ser(?:a|ont))\s+"
    r"(?P<own>(?:the|its|their|la|le|les|sa|son|leur|l['’])\s*)(?P<one>[^,;?!]+?)\s*,?\s+(?:and|et|as well as|ainsi que)\s+"
    r"(?P<again>(?:the|its|their|la|le|les|sa|son|leur|l['’])\s*)?(?P<two>[^,;?!]+?)\s*[?!.]?$",
    re.IGNORECASE,
)
# "Two numbers, please: students in December, and people in the room", « trois chiffres : le nombre de …, le nombre de … »
_ANNOUNCED = re.compile(
    r"[^:?]*\b(?:(?:two|three|four)\s+(?:things|items|facts|points|(?P<count>numbers|figures))|"
    r"(?P<fr>(?:deux|trois|quatre)\s+(?:choses|éléments|informations|données|points|(?P<nombre>chiffres|nombres))))"
    r"\b[^:?]*:\s*(?P<list>[^?:]+)\W*$",
    re.IGNORECASE,
)
_THINGS = re.compile(
    r"\s*;\s*|\s*,?\s+(?:and|et)\s+(?=(?:the|le|la|les|l['’]|how|what|who|when|where|combien|quel)\b)|\s*,\s+(?:(?:and|et)\s+)?",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"(?:the|its|their|le|la|les|son|sa|leur)\s|l['’]", re.IGNORECASE)
_OF = re.compile(r"\s(?:(?:of|for|de|du|des)\s|d['’])", re.IGNORECASE)
_ONE_OF = {
    "are": "is",
    "were": "was",
    "sont": "est",
    "étaient": "était",
    "ont été": "a été",
    "furent": "fut",
    "seront": "sera",
}

MOST = 4


def clauses(text: str) -> tuple[str, ...]:
    """The questions that stand one after the other in a text, as written, those after the third in one; else the text itself."""
    if found := _ANNOUNCED.match(text):
        return _announced(found)
    pieces: list[str] = []
    ends = [0]
    for found in _NEXT.finditer(text):
        piece = text[ends[-1] : found.start()]
        # "which projects and who leads them", not "tell me when and where": a piece asks of something
        if len(pieces) < MOST - 1 and _QUESTION.search(piece) and content_words(piece):
            pieces.append(piece)
            ends.append(found.end())
    last = text[ends[-1] :]
    if pieces and not content_words(last) and not YEAR.search(last):
        return (text,)
    if not pieces:
        return _facts(text)
    return (*(f"{piece.rstrip(' ?.!,;')}?" for piece in pieces), last)


def _announced(found: re.Match[str]) -> tuple[str, ...]:
    """A question for each thing of an announced list ("Two numbers, please: …")."""
    things = [thing.strip(" .?!") for thing in _THINGS.split(found["list"]) if content_words(thing)]
    french = bool(found["fr"])
    made = []
    for thing in things[:MOST]:
        asked = (
            thing
            if re.match(_ASKS, thing, re.IGNORECASE)
            else direct(f"{'Donnez-moi' if french else 'Tell me'} {thing}")
        )
        if not _ARTICLE.match(thing) and asked != thing and (found["count"] or found["nombre"]):
            asked = f"{'Combien de' if french else 'How many'} {thing}"
        made.append(f"{asked.rstrip(' ?')}{' ?' if french else '?'}")
    return tuple(made)


def _facts(text: str) -> tuple[str, ...]:
    """A question for each of two things of different kinds (a date, an amount, a number …) that are asked of one; else the text."""
    found = _FACTS.fullmatch(text.strip())
    if not found:
        return (text,)
    one, two = found["one"], found["two"]
    if not atoms(f"of {one}").names:
        one += _complement(two)
    made = (
        _asked(found["asking"], found["verb"], found["own"], one),
        _asked(found["asking"], found["verb"], found["again"] or found["own"], two),
    )
    kinds = [kind_asked(question) for question in made]
    return made if all(kinds) and kinds[0] != kinds[1] else (text,)


def _complement(thing: str) -> str:
    """What a thing is of: " of Lumen" in "date of signature of Lumen"; nothing where it is of nothing."""
    tails = [thing[found.start() :] for found in _OF.finditer(thing)]
    named = [tail for tail in tails if atoms(tail).names]
    return (named[-1:] or tails[:1] or [""])[0]


def _asked(asking: str, verb: str, own: str, thing: str) -> str:
    """A question for one thing; « quel » agrees with its article, where that tells."""
    english = fold(asking) == "what"
    word = asking if english else asking.rstrip("s")
    if (article := own.strip().lower()) in {"la", "sa", "le", "son"}:
        word = f"{asking[:4]}{'le' if article in {'la', 'sa'} else ''}"
    return f"{word} {_ONE_OF.get(verb.lower(), verb)} {own}{thing}{'?' if english else ' ?'}"


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
    lead = _FROM.search(before)
    if lead:
        word = "in " if fold(lead.group().strip()) in {"between", "from", "since"} else "en "
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


def items(text: str, together: Callable[[Sequence[str]], bool]) -> tuple[str, ...]:
    """The same question for each of the names that are joined in it, unless ``together`` says that one place has them all."""
    best = max(_joined(text), key=len, default=[])
    if not 2 <= len(best) <= MOST or together([text[a:b] for _, a, b, _ in best]):
        return (text,)
    start, end = best[0][0], best[-1][2]
    if _TOGETHER.search(text[:start]):
        return (text,)
    # "BIO, Bio-Europe and the GEN.ERA closing event": with an article of its own, the last name has the rest to itself
    own = re.search(r"\bthe\s+$", text[best[-2][2] : best[-1][0]], re.IGNORECASE)
    rest = re.sub(r"^[^?.!;,]*", "", text[end:]) if own else text[end:]
    pieces = [f"{text[:start]}{text[whole:tail]}{rest}" for whole, _, _, tail in best[:-1]]
    return (*pieces, f"{text[:start]}{text[best[-1][0] :]}")


def _joined(text: str) -> list[list[tuple[int, int, int, int]]]:
    """The runs of names joined by commas or "and"; of each name, where its phrase, itself, its end and its phrase's end are."""
    names = set(atoms(text).names)
    found: list[tuple[int, int]] = []
    for token in WORD.finditer(text):
        if token.group() not in names:
            continue
        if found and re.fullmatch(r"[\s\-–'’]*", text[found[-1][1] : token.start()]):
            found[-1] = (found[-1][0], token.end())
        else:
            found.append((token.start(), token.end()))
    groups: list[list[tuple[int, int, int, int]]] = []
    for start, end in found:
        join = _JOINED.fullmatch(text, groups[-1][-1][2], start) if groups else None
        if join is None:
            groups.append([(start, start, end, end)])
        else:
            whole, own, own_end, _ = groups[-1].pop()
            groups[-1].append((whole, own, own_end, join.end("after")))
            groups[-1].append((join.start("noun") if join["noun"] else start, start, end, end))
    return groups


def another_date(before: str, piece: str) -> str | None:
    """The question before with its year or month exchanged for that of a piece that asks no more ("and in 2023?"); else None."""
    asks_else = _asking(_WHAT_ABOUT.sub("", piece)) - _asking(before)
    for pattern in (YEAR, _MONTH) if len(atoms(before).months) == 1 else (YEAR,):
        new, old = ({m.group() for m in pattern.finditer(text)} for text in (piece, before))
        rest = [word for word in content_words(pattern.sub("", piece)) if word not in _NO_MORE]
        if len(new) == len(old) == 1 and not rest and not asks_else:
            return _OF_MONTH.sub(_of_month, pattern.sub(new.pop(), before))
    return None


def _asking(text: str) -> set[str]:
    return {fold(found[0]) for found in re.finditer(_ASKING, text, re.IGNORECASE)}


def _of_month(found: re.Match[str]) -> str:
    return f"{'d’' if found[1][0] in 'ao' else 'de '}{found[1]}"


def in_year(text: str, before: str) -> str:
    """The text with "the year after", « l'année précédente » put as the year it is, counted from that of the question before."""
    known = set(YEAR.findall(before))
    found = _RELATIVE.search(text)
    if found is None or len(known) != 1 or YEAR.search(text):
        return text
    year = int(known.pop()) + (1 if found["after"] or found["apres"] else -1)
    return f"{text[: found.start()]}{'en' if found['fr'] else 'in'} {year}{text[found.end() :]}"


def without_years(text: str) -> str:
    """The text without its years and what introduces them."""
    return " ".join(_DATED.sub("", text).split())
