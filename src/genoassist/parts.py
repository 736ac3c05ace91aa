"""A question that asks several things -> the questions it is made of, so that each is searched for and read on its own.

"Who coordinates it, and when was it signed?" asks two things, "the budget in 2021 and in 2023" the same thing of two years,
"events in Germany and Sweden" of two places.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from genoassist.asked import asks_yes_or_no, kind_asked, own
from genoassist.atoms import atoms
from genoassist.numbers import YEAR
from genoassist.phrasing import direct
from genoassist.words import WORD, content_words, fold

ASKING = r"\b(?:who|whom|whose|what|which|when|where|why|how|qui|que|qu['’]|quel(?:le)?s?|quand|où|pourquoi|comment|combien)\b"
ASKS = (
    r"(?:(?:in|on|at|for|with|by|from|to|of|under|since|until|à|a|de|en|dans|par|pour|avec|sur|chez|depuis|vers|d['’])\s*)?"
    rf"{ASKING}"
)
# "…, and who came after him?", « … et en quelle année ? », "…? Who organised it?", "two things: how many …"
_NEXT = re.compile(
    rf"(?:\s*[?!.;]+\s+(?:(?:and|et|also|aussi|then|puis)\s+)?|\s*,?\s+(?:and|et|then|puis|as well as|ainsi que)\s+"
    rf"(?:(?:also|aussi|(?:lui|elle|eux|elles),)\s+)?|\s*:\s+)(?={ASKS})(?!que\s+(?!\w+-|fait\b|font\b|dit\b))",
    re.IGNORECASE,
)
# "How many came, how many left and …", « …, et les jeunes pousses avaient-elles un rabais ? », ", and was it renewed?"
_ROW = re.compile(
    r",\s+(?=(?:how (?:many|much)|combien|when|quand|why|pourquoi|comment|quel(?:le)?s?)\b)", re.IGNORECASE
)
_MEANWHILE = re.compile(
    r"\W*(?:when|while|as|quand|lorsqu)\b(?! (?:is|are|was|were|do|does|did|has|have|had|will)\b)", re.IGNORECASE
)
_WHETHER = re.compile(
    r",\s+(?:and|et)\s+(?=(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would)\s+(?:the|its?|they|there|he|she|this|"
    rf"these|(?-i:[A-ZÀ-Ý]))|(?:(?!{ASKING})[^,?!.])*\w-(?:t-)?(?:ils?|elles?|on)\b)",
    re.IGNORECASE,
)
# « …, et elle ouvre quand ? »: the asking word last, as it is said
_SAID = re.compile(
    r"\s*,?\s+et\s+(?=(?:ils?|elles?|on|ça|c['’]|ce)\b[^,?;]*\b(?:quand|où|combien|qui|quoi|comment|pourquoi|quel(?:le)?s?)\b)",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    rf"(?:^|[\s(«“\"]){ASKS}|^\W*(?:(?:et|mais|alors)\s+)?(?:la|le|les)quel(?:le)?s?\b", re.IGNORECASE
)
# "How many stands and how many investors were there?": the verb is of both
_COUNTED = re.compile(r"\W*(?:how many|combien (?:de |d['’]))\s*[\w'’-]+", re.IGNORECASE)
_LITTLE = r"the|in|at|of|to|for|with|that|those|le|la|les|en|au|aux|à|de|du|des|chez|dans|pour|avec|celui|celles?|ceux|l['’]|d['’]"
# "BIO convention, ITAP and the closing of GEN.ERA": a name may have a word after it, and the noun that it stands with before it
_JOINED = re.compile(
    rf"(?P<after>(?:\s+[a-zà-ÿ]+)?)\s*(?:,|&|\b(?:and|et|or|ou|as well as|ainsi que)\b)+\s*(?:(?:{_LITTLE})\s*)*"
    rf"(?P<noun>(?:(?!(?:{_LITTLE})\b)[a-zà-ÿ]+\s+){{1,2}}(?:of|de|du|des|d['’])\s*(?:(?:{_LITTLE})\s*)?)?",
)

# "How many came each time?", « le budget de chacun »
EACH = re.compile(r"\b(?:each|respective(?:ly)?|chaque fois|chacune?|respectif\w*|respectivement)\b", re.IGNORECASE)
# What is asked of both at once: before the names, or of whatever they did.
_BETWEEN = re.compile(r"\b(?:between|compar\w+|share\w*|entre|partage\w*)\b", re.IGNORECASE)
_TOGETHER = re.compile(
    r"\b(?:together|jointly|each other|(?<!l['’])ensemble(?! d[eu]s?\b)|conjointement|mutuelle\w*)\b", re.IGNORECASE
)
# "What did Lumen and the port do?": what comes after them is of both.
_SUBJECT = re.compile(r"\b(?:do|does|did|has|have|had|can|could|will|would)\s+(?:the\s+)?$", re.IGNORECASE)
_WHERE_IT_IS = re.compile(r"^\s+(?:of|at|in|from)\s+(?:the\s+)?(?:[A-ZÀ-Ý][\w.-]*\s+)+")

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
    for found in _joints(text):
        piece = text[ends[-1] : found.start()]
        # "which projects and who leads them", not "tell me when and where": a piece asks of something
        asks = _QUESTION.search(piece) or asks_yes_or_no(piece)
        if len(pieces) < MOST - 1 and asks and content_words(piece):
            pieces.append(piece)
            ends.append(found.end())
    last = text[ends[-1] :]
    if pieces and not content_words(last) and not YEAR.search(last):
        return (text,)
    if not pieces:
        return _facts(text)
    of_last = _COUNTED.match(last)
    rest = last[of_last.end() :] if of_last else "?"
    whole = (f"{piece}{rest}" if _COUNTED.fullmatch(piece) else f"{piece.rstrip(' ?.!,;')}?" for piece in pieces)
    return (*whole, last)


def _joints(text: str) -> list[re.Match[str]]:
    """Where a question goes on to the next one; after a comma alone only where another follows with "and"."""
    found = list(_NEXT.finditer(text))
    if found and not _MEANWHILE.match(text):
        last = found[-1].start()
        found += [row for row in (*_ROW.finditer(text), *_again(text)) if row.end() < last]
    return sorted([*found, *_SAID.finditer(text), *_WHETHER.finditer(text)], key=lambda joint: joint.start())


def _again(text: str) -> list[re.Match[str]]:
    """Where a question goes on with the word it begins with: "Who won in 2030, who won in 2031 and …"."""
    first = re.match(r"\W*(who|qui|what|where|où)\b", text, re.IGNORECASE)
    return list(re.finditer(rf",\s+(?={first[1]}\b)", text, re.IGNORECASE)) if first else []


def _announced(found: re.Match[str]) -> tuple[str, ...]:
    """A question for each thing of an announced list ("Two numbers, please: …")."""
    things = [thing.strip(" .?!") for thing in _THINGS.split(found["list"]) if content_words(thing)]
    french = bool(found["fr"])
    made = []
    for thing in things[:MOST]:
        asked = (
            thing
            if re.match(ASKS, thing, re.IGNORECASE)
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


def items(text: str, together: Callable[[Sequence[str]], bool]) -> tuple[str, ...]:
    """The same question for each of the names that are joined in it, unless ``together`` says that one place has them all."""
    asked = own(text)
    if asked != text:  # the names of the turn before are what it leans on, each where it asks of each
        about = text[len(asked) :].strip(" ()").split(", ")
        if EACH.search(asked) and 2 <= len(about) <= MOST:
            return tuple(f"{asked} ({name})" for name in about)
        return tuple(f"{item}{text[len(asked) :]}" for item in items(asked, together))
    best = max(_joined(text), key=len, default=[])
    if not 2 <= len(best) <= MOST or together([text[a:b] for _, a, b, _ in best]):
        return (text,)
    start, end = best[0][0], best[-1][2]
    if _BETWEEN.search(text[:start]) or _TOGETHER.search(text):
        return (text,)
    # "BIO, Bio-Europe and the GEN.ERA closing event": with an article of its own, the last name has the rest to itself
    rest = text[end:]
    if re.search(r"\bthe\s+$", text[best[-2][2] : best[-1][0]], re.IGNORECASE):
        subject = _SUBJECT.search(text[:start])
        rest = _WHERE_IT_IS.sub(" ", rest) if subject else re.sub(r"^[^?.!;,]*", "", rest)
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
