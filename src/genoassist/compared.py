"""A comparison -> the same question of each thing compared: a report tells of each, and seldom how they differ.

"Compare the budgets of Lumen and Quarz" asks for two budgets, « Quelle différence entre Lumen et Quarz ? » what each is.
"""

from __future__ import annotations

import re

from genoassist.asked import own
from genoassist.atoms import atoms
from genoassist.dated import years
from genoassist.numbers import YEAR
from genoassist.parts import items
from genoassist.phrasing import direct
from genoassist.words import content_words, fold

_TO_BE = r"(?:is|are|was|were|['’]s)"
_EN = (
    r"(?:(?:can|could|would) you |please |i(?:['’]d| would) like (?:you )?to |help me )*"
    r"(?:compare|contrast)\s+(?:the two \w+ )?(?P<all>.+?)",
    r"(?:(?:make|give|draw|do|write)(?: (?:me|us))? )?an? (?:short |quick |brief )?comparison (?:of|between)\s+"
    r"(?:the two \w+ )?(?P<all>.+?)",
    rf"what(?: {_TO_BE}|['’]s) (?:the |a )?(?:\w+ )?(?:differences?|distinction) between\s+(?:the two \w+ )?(?P<all>.+?)",
    r"(?:in what way|how) (?:do|does|did|is|are|was|were)\s+(?P<left>.+?)\s+(?:differ|different|compare)\s+(?:from|to|with)\s+"
    r"(?P<right>.+?)",
    r"(?:in what way|how) (?:do|did|are|were)\s+(?P<all>.+?)\s+(?:differ|different|compare)",
    r"what (?:distinguishes|sets|separates|differentiates)\s+(?P<left>.+?)\s+(?:apart )?from\s+(?P<right>.+?)",
)
_FR = (
    r"(?:(?:peux|peut|pouvez|pourriez|pourrais)[- ](?:tu|vous|on) |(?:je (?:veux|voudrais)|j['’]aimerais) |merci de )?"
    r"compare(?:[rz])?(?:[- ](?:moi|nous))?\s+(?:les deux \w+ )?(?P<all>.+?)",
    r"(?:(?:fai(?:re|s|tes)|dresse[rz]?|établi\w+)(?:[- ](?:moi|nous))? )?(?:une|la) comparaison "
    r"(?:entre|de)\s+(?:les deux \w+ )?(?P<all>.+?)",
    r"quelle(?:s)?(?: (?:est la|sont les|était la|étaient les))? (?:principales? |grandes? )?différences?"
    r"(?: (?:y a-t-il|il y a|existe-t-il|fait-on|faites-vous))? entre\s+(?:les deux \w+ )?(?P<all>.+?)",
    r"en quoi (?P<left>.+?)\s+(?:(?:diffèr\w+|(?:se )?disting\w+)(?:-t)?(?:-(?:ils?|elles?))?|"
    r"(?:est|sont)(?:-(?:ils?|elles?))? différente?s?)\s+(?:de\s+|d['’])(?P<right>.+?)",
    r"qu['’]est[- ]ce qui (?:distingue|différencie|sépare)\s+(?P<left>.+?)\s+(?:de\s+|d['’])(?P<right>.+?)",
)
# "… in terms of attendance", « … sur le plan du budget »: in what they are compared
_ASPECT = (
    r"(?:\s*,?\s+(?P<aspect>(?:in terms of|when it comes to|as (?:to|regards)|regarding|en (?:termes?|matière) de|"
    r"sur le plan d(?:e|u|es)|quant (?:à|aux?)|pour ce qui est d(?:e|u|es)|du point de vue d(?:e|u|es))\b.+?))?"
)
_TERMS = re.compile(r"(?:in terms of|when it comes to|as (?:to|regards)|regarding)\s+(?:the\s+)?", re.IGNORECASE)
_WHAT_IS = re.compile(r"What (?:is|are) (?P<side>[^?]+)\?$")
_COMPARISON = tuple(
    (re.compile(rf"\W*{pattern}{_ASPECT}\W*$", re.IGNORECASE), language)
    for language, patterns in (("en", _EN), ("fr", _FR))
    for pattern in patterns
)
_VERSUS = re.compile(r"(?P<left>[^?!,:;]{2,80}?)\s+(?:vs\.?|versus)\s+(?P<right>[^?!,:;]{2,80}?)\W*$", re.IGNORECASE)
# "Which fair drew more visitors, the one in Turin or the one in Bergen?", « Turin a-t-il attiré plus de monde que Bergen ? »
_MORE = tuple(
    re.compile(rf"\W*(?:{pattern})\s*(?:[?.].*)?$", re.IGNORECASE)
    for pattern in (
        r"(?:of .+?, )?which(?: (?P<head>\w+))?\b[^,?]*?(?<!\bis )(?<!\bwas )\b(?:more|most|fewer|fewest|less|least)\s+"
        r"(?P<noun>[^,:?]+?)\s*[,:]\s*(?:was it |is it )?(?P<left>[^,?]+?)\s*,?\s+or\s+(?P<right>[^,?.]+?)",
        r"(?:was|were|is|are) there (?:more|fewer|less)\s+(?P<noun>[^,?]+?)\s+(?P<left>(?:in|at)\s[^,?]+?)\s+than\s+"
        r"(?P<right>(?:in|at)\s[^,?.]+?)",
        r"(?:did|do|does|has|have|had)\s+(?P<left>[^,?]+?)\s+\w+\s+(?:(?:in|up|out|to)\s+)?(?:more|fewer|less)\s+"
        r"(?P<noun>[^,?]+?)\s+than\s+(?P<right>[^,?.]+?)",
        r"(?:(?:le|la)quel(?:le)?(?: des deux (?P<those>\w+?)s?\b)?|quel(?:le)?(?: (?P<head>\w+))?)\b[^,?]*?"
        r"\b(?:plus|moins)\s+(?P<fr>de\s+|d['’])(?P<noun>[^,:?]+?)\s*[,:]\s*(?P<left>[^,?]+?)\s*,?\s+ou\s+(?P<right>[^,?.]+?)",
        r"y (?:a-t-il(?: eu)?|avait-il)\s+(?:plus|moins)\s+(?P<fr>de\s+|d['’])(?P<noun>[^,?]+?)\s+"
        r"(?P<left>(?:en|à|au|aux|dans)\s[^,?]+?)\s+qu(?:e\s+|['’])(?P<right>(?:en|à|au|aux|dans)\s[^,?.]+?)",
        r"(?:est-ce qu(?:e\s+|['’]))?(?P<left>[^,?]+?)\s+(?:a|ont|avai(?:en)?t)(?:-(?:t-)?(?:ils?|elles?))?(?:\s+\w+)?\s+"
        r"(?:plus|moins)\s+(?P<fr>de\s+|d['’])(?P<noun>[^,?]+?)\s+qu(?:e\s+|['’])(?P<right>[^,?.]+?)",
    )
)
_MUCH = re.compile(r"(?:money|funding|budget|space|time|power|energy|electricity)\b", re.IGNORECASE)
_WITHIN = re.compile(r"(?:in|at|en|à|au|aux|dans)\s", re.IGNORECASE)
_THE_ONE = re.compile(r"(the ones?|that|those|celui|celles?|ceux)\s+(?=\w|d['’])", re.IGNORECASE)
_THE_OF = {"celui": "le", "celle": "la", "ceux": "les", "celles": "les"}
_BETWEEN = {
    "en": re.compile(r",?\s+(?:and|with|to|vs\.?|versus|against)\s+", re.IGNORECASE),
    "fr": re.compile(r",?\s+(?:et|avec|à|(?P<au>aux?)|vs\.?|versus)\s+", re.IGNORECASE),
}
_STOPS = " \u00a0\u202f?.!,;"
_POINTS = re.compile(
    r"(?:it|this|that|they|them|these|those|cela|ça|celui-ci|celle-ci|ils?|elles?|les|le|la)$", re.IGNORECASE
)
# "the stand of 2030 with the Turin one": what "one" is, only the other side says. "Other clusters" are no side at all.
_NO_SIDE = re.compile(r"\b(?:ones?|others?|autres?|rest|reste)\b", re.IGNORECASE)
_DEFINITE = re.compile(r"\b(?:the|le|la|les)\s|\bl['’]", re.IGNORECASE)
_THAT = re.compile(r"(?:that|those|the ones?|celui|celles?|ceux)\s+(?=\w|d['’])", re.IGNORECASE)
_OF = r"(?:of|for|d(?:e|u|es)\b(?: la\b| l['’])?|d['’])"
_PREPOSITIONS = (_OF, r"(?:at|in|on|from|to|by|with|en|à|aux?|dans|chez|sur|par|avec|pour)")


def sides(text: str) -> tuple[str, ...]:
    """A question for each of the two things that a text asks to compare; the text itself where it compares nothing named or dated."""
    alone = own(text)
    if made := _counted_of_each(alone):
        return made
    matched = ((pattern.match(alone), language) for pattern, language in _COMPARISON)
    french = re.search(r"\b(?:le|la|les)\b|\bl['’]", alone, re.IGNORECASE)
    versus = (_VERSUS.match(alone), "fr" if french else "en")
    found, language = next((pair for pair in matched if pair[0]), versus)
    if not found:
        return (text,)
    things, aspect = (found.groupdict().get(key) for key in ("all", "aspect"))
    made = years(_asked(things, language)) if things else ()
    pairs = iter(() if len(made) > 1 else _pairs(found, language))
    while len(made) < 2 and (pair := next(pairs, None)):
        made = _each(*pair, language, text[len(alone) :])
    if len(made) < 2:
        return (text,)
    return tuple(_in_terms(question, aspect) for question in made) if aspect else made


def _in_terms(question: str, aspect: str) -> str:
    """The question for one side, of that in which the two are compared: "What is the attendance of the Turin fair?"."""
    thing = _TERMS.sub("", aspect)
    if found := _WHAT_IS.match(question):
        return f"What {'are' if re.search('[^s]s$', thing) else 'is'} the {thing} of {found['side']}?"
    return re.sub(r"(\s*\?)$", rf" {aspect}\1", question)


def _counted_of_each(text: str) -> tuple[str, ...]:
    """How many there are of each, of a question that asks which of two has more ("Turin fair: how many visitors?"); else nothing."""
    found = next(filter(None, (pattern.match(text) for pattern in _MORE)), None)
    if not found:
        return ()
    parts = {key: (value or "").strip(_STOPS) for key, value in found.groupdict().items()}
    head = (
        parts.get("head")
        or parts.get("those")
        or re.split(r"\s(?:in|at|of|on|for|en|à|de|du|des)\s|\sd['’]", parts["left"])[0].split()[-1]
    )
    named = [
        _THE_ONE.sub(lambda m: f"{_THE_OF.get(fold(m[1]), 'the')} {head} ", parts[side], count=1)
        for side in ("left", "right")
    ]
    named = [f"{'en' if parts.get('fr') else 'in'} {side}" if YEAR.fullmatch(side) else side for side in named]
    if not all(atoms(f"of {side}").names or YEAR.search(side) for side in named):
        return ()
    return tuple(_how_many(side, parts["noun"], french=bool(parts.get("fr"))) for side in named)


def _how_many(of: str, noun: str, *, french: bool) -> str:
    """How many there are in a year or place, or of a thing that is named."""
    if french:
        asking = f"Combien {'d’' if fold(noun[0]) in 'aeiouyh' else 'de '}{noun}"
        return f"{asking} {of} ?" if _WITHIN.match(of) else f"{asking} compte {of} ?"
    asking = f"How {'much' if _MUCH.match(noun) else 'many'} {noun}"
    return f"{asking} {of}?" if _WITHIN.match(of) else f"{asking} did {of} have?"


def _pairs(found: re.Match[str], language: str) -> list[tuple[str, str]]:
    """The ways to part what is compared in two, those first that leave a name on either side."""
    groups = found.groupdict()
    if groups.get("left"):
        return [(groups["left"].strip(), groups["right"].strip(_STOPS))]
    things = groups["all"].strip(_STOPS)
    cuts = []
    for cut in _BETWEEN[language].finditer(things):
        article = {"au": "le ", "aux": "les "}.get((cut.groupdict().get("au") or "").lower(), "")
        cuts.append((things[: cut.start()], f"{article}{things[cut.end() :]}"))
    return sorted(cuts, key=lambda cut: not all(atoms(side).names for side in cut))


def _each(left: str, right: str, language: str, before: str) -> tuple[str, ...]:
    """A question for each side; nothing where one of them says nothing of its own."""
    if _POINTS.fullmatch(left):
        left = ", ".join(atoms(before).names[:1]) if before else ""
    right = _in_full(_THAT.sub("", right, count=1), left)
    known = atoms(f"of {right}").names or YEAR.search(right) or _DEFINITE.search(right)
    if _NO_SIDE.search(right) or not known or not content_words(YEAR.sub("", left)):
        return ()
    joined = _asked(f"{left} {'and' if language == 'en' else 'et'} {right}", language)
    if YEAR.search(left) and not content_words(YEAR.sub("", right)):
        return years(joined)
    # "the budgets of Lumen and Quarz": the last has but its name
    bare = not set(content_words(right)) - {word for name in atoms(f"of {right}").names for word in content_words(name)}
    made = items(joined, lambda _: False) if bare else ()
    if len(made) > 1:
        return tuple(map(_elided, made))
    return (_asked(left, language), _asked(right, language)) if content_words(right) else ()


def _in_full(right: str, left: str) -> str:
    """A side that begins with "of" or "in" after what the other has before that: "the budget of A and of B"."""
    for words in _PREPOSITIONS:
        if re.match(rf"{words}(?:\s|(?<=['’]))", right, re.IGNORECASE):
            places = list(re.finditer(rf"\s{words}(?:\s|(?<=['’]))", left, re.IGNORECASE))
            return f"{left[: places[-1].start()]} {right}" if places else right
    return right


def _asked(thing: str, language: str) -> str:
    """What is asked of a thing: what it is."""
    thing = thing.strip(_STOPS)
    if language == "en":
        put = direct(f"Tell me {thing}?")
        return put if put.startswith("What") else f"What is {thing}?"
    put = direct(f"Dites-moi {thing} ?")
    if put.startswith("Quel") and re.search(rf"\s{_OF}", thing, re.IGNORECASE):
        return put
    return _elided(f"Qu’est-ce que {thing} ?")


def _elided(text: str) -> str:
    return re.sub(r"(?<=^Qu’est-ce )(?:que |qu’)(?P<name>\w)", _que, text)


def _que(found: re.Match[str]) -> str:
    return f"{'qu’' if fold(found['name']) in 'aeiouy' else 'que '}{found['name']}"
