"""What a question asks for: one fact or more, of which kind, and whether a text has a fact of that kind at all."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from genoassist.numbers import YEAR, in_digits
from genoassist.sentences import split
from genoassist.words import content_words, fold

Fact = Literal["date", "day", "year", "duration", "who", "amount", "number", "contact", "address"]
TIMES = ("date", "day", "year", "duration")

_MEASURED = r"(?:many|much|long|old|far|big|large|deep|high|tall|wide|heavy|fast|powerful|often|soon|late|early)"
# What no single name, place, date or number answers.
_OPEN = (
    r"(?:purpose|reason|aim|goal|objective|role|mission|idea|point|difference|link|relationship|kind|sort|type|way|topic|theme|"
    r"subject|but|raison|objectif|lien|genre|sorte|maniere|facon|propos|sujet|interet)"
)
# "What does a stand cost?" asks for an amount.
_COSTS = r"(?:did|does|do|will|would) .{1,60}\bcost\b"
_ONE_FACT = re.compile(
    rf"\b(?:who|whom|whose|where|when|how {_MEASURED}|what (?:is|was|{_COSTS}|\w+(?<!s))|which \w+|"
    r"qui|^\W*ou (?!bien\b)|ou (?:se|s'|est|etait|ont|avait)|c'(?:est|etait) (?:ou|quand)|quand|combien|"
    r"(?:la)?quel(?:le)?)\b"
)
_AUXILIARY = r"(?:is|was|are|were|has|have|had|do|does|did|can|could|will|would|shall|should|may|might|must)"
_LITTLE = rf"(?:{_AUXILIARY}|the|an?|of|in|on|at|for|to|from|by|with|its|their|this|us)\b"
# After "which clusters", a verb: the third person of one ("which cluster runs") looks like a plural.
_THEN = (
    rf"(?={_AUXILIARY}\b|in\b|at\b|from\b|with\b|\w+ed\b|took\b|went\b|won\b|came\b|made\b|gave\b|got\b|became\b|led\b|"
    r"held\b|met\b|sent\b|left\b|built\b|spoke\b)"
)
_PLURAL = rf"(?!{_LITTLE})\w+(?<![siu])s "
# Endings of nouns alone: "companies", "bodies", "universities".
_NOUNS = rf"(?!{_LITTLE})\w*(?:iti|ogi|ani|odi|ntri|omi|arti|enci|anci|tori)es "
# A list, a reason, a manner, an account, or two things at once: more than one fact is due.
_MORE_FACTS = re.compile(
    r"\b(?:name (?:the|all|some|every|each)|compare|describe|explain|summari[sz]e|compare[rz]|decri[ststvez]+|explique[rz]?|"
    r"resume[rz]?|list (?:of|the|all|every)|^\W*list|liste[rz]?|^\W*cite[rz]?|"
    r"(?:tell (?:me|us)|know|more|what|how|speak|talk) (?:\w+ )?about|"
    rf"(?:which|what) (?:{_PLURAL}(?!(?:is|was|of|the|an?|its|their)\b)|(?:(?!{_LITTLE})\w+ ){{1,2}}(?:{_NOUNS}|{_PLURAL}{_THEN}))|"
    rf"what (?!{_COSTS})"
    r"(?:are|were|did|do|does|has|have|can|could|will|would|should|happened|went on|took place|explain\w*|caused?|led to|"
    r"held back|prevent\w*|made|makes|drove|prompt\w*|persuad\w*|convinc\w*|push\w*|brought|stopped|slowed|hindered|motivat\w*)|"
    r"successively|respectively|on the other|successivement|respectivement|d'autre part|"
    rf"qui d'autre|(?:^\W*|[;:,] |and )who (?:are|were|else)|why|how (?!{_MEASURED}\b)|"
    r"quel(?:le)?s|lesquel(?:le)?s|(?:^\W*|[;:,] |et )qui (?:sont|etaient)|pourquoi|comment|que (?:fait|font|dit)|"
    r"^\W*(?:et |mais )?(?:que|qu'\w+)|(?:a|de|en|par|pour|sur|avec) qu'|quoi|"
    r"what (?:is|was) (?!the\b|an?\b|its\b|their\b|your\b|our\b|his\b|her\b|my\b|(?:[\w.-]+ ){0,3}[\w.-]+'s? \w)|"
    r"what (?:is|was) an? [\w-]+(?=\W*$)|"
    r"(?:what|which|quel(?:le)?) (?:(?:is|was|est|etait) )?"
    rf"(?:the |your |its |their |le |la |l'|son |sa |leur |votre )?(?:\w+ |[\w.-]+'s? )?{_OPEN}|"
    r"(?<!^)(?:and (?:that|those|the ones?) (?:of|in|from|for)|et (?:celui|celles?|ceux) (?:d'|d[eu]s?|en|pour))|"
    r"(?<!^)(?:and|et) (?:who|what|when|where|why|how|for how|qui|ou|quand|pourquoi|comment|combien|qu))\b"
)


@lru_cache(maxsize=1024)
def said_first(text: str) -> tuple[str, str]:
    """What a text says before its questions ("We write about Lumen. Who leads it?"), and those; "" where that is not all it says."""
    sentences = split(text, "fr")  # whose abbreviations are more
    asks = [text[start:end].endswith("?") for start, end in sentences]
    if not any(asks) or not all(asks[asks.index(True) :]):
        return "", text
    start = sentences[asks.index(True)][0]
    return text[:start].strip(), text[start:]


def own(text: str) -> str:
    """A question without the turn before it, which stands after it in the last brackets."""
    if not text.endswith(")"):
        return text
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        depth += (text[at] == ")") - (text[at] == "(")
        if not depth:
            return text[:at].rstrip() or text
    return text


def asks_one_fact(text: str) -> bool:
    """True when a question, in either language, asks for one name, place, date or number."""
    return bool(_ONE_FACT.search(in_full(text))) and not asks_more(text) and not asks_yes_or_no(text)


@lru_cache(maxsize=1024)
def asks_more(text: str) -> bool:
    """True when a question asks for a list, a reason, an account; bare keywords ("GEN.ERA closing event venue") ask for neither."""
    return bool(_MORE_FACTS.search(in_full(text)))


def in_full(text: str) -> str:
    """The question folded and in full, « c'est quoi la date » as « quel date est », without « est-ce que »."""
    full = re.sub(r"\bc'est quoi,? (?:le |la |l')(\w+)", r"quel \1 est", _folded(text))
    full = re.sub(r"\bqu'est[- ]ce (?:qui\b|que\b|qu')", "quoi", full)
    return re.sub(r"(?:\b| )est[- ]ce (?:qui\b|que\b|qu')", " ", full)


def _folded(text: str) -> str:
    """The question folded, "what's" in full; the accent that makes « où » of « ou » would be lost, « ou à » would be « où a »."""
    folded = fold(re.sub(r"\bou à\b", "ou pour", re.sub(r"\b[oO]ù\b", "where", said_first(own(text))[1])))
    return re.sub(r"\b(what|who|where|when)'s\b", r"\1 is", folded)


# "What was the budget", « quelle est la date »: a noun that the question asks for.
_SLOT = (
    r"(?:what|which|quel(?:le)?s?) (?:(?:is|was|are|were|will be|est|etait|sont|etaient|a ete|fut|sera) )?"
    r"(?:the |an? |its |their |le |la |l'|les |son |sa |leur |(?:[\w.-]+ ){0,3}[\w.-]+'s? )?"
    r"(?:(?:size|level|montant|niveau) (?:of |de |d'))?(?:\w+ )?"
)
UNIT = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|secondes?|heures?|jours?|journees?|semaines?|mois|ans?|annees?)"
_DURATION = (
    rf"\b(?:how long(?! ago)|(?<!depuis )combien de temps|{_SLOT}(?:duration|duree|length)|"
    rf"(?:how many|combien (?:de |d'))\s*{UNIT})\b"
)
_DAY = rf"\b(?:(?:what|which) day|{_SLOT}exact date|the exact date|quel jour|quelle date exacte|date exacte)\b"
_YEAR = rf"\b(?:{_SLOT}(?:year|annee))\b"
_DATE = rf"\b(?:when|quand|{_SLOT}(?:dates?(?! exacte)|months?|mois)|since what|depuis (?:quel|combien de temps))\b"
_WHO = r"\b(?:who|whom|qui)\b"
_NUMBER = (
    rf"\b(?:how (?:deep|high|tall|far|heavy|fast|powerful|wide|old)|{_SLOT}(?:headcount|workforce|number|percentage|share|proportion|"
    r"ratio|score|height|depth|weight|speed|distance|width|surface|population|age|effectifs?|nombre|pourcentage|taux|note|"
    r"part (?=(?:de|du|des)\b|d')|"
    r"superficie|taille|hauteur|profondeur|poids|vitesse|longueur|largeur|puissance))\b"
)
_ADDRESS = (
    r"(?!.*\b(?:(?:e-?)?mails?|courriels?|electroniques?|web|site|url|internet)\b)"
    rf"\b(?:a quelle adresse|(?:at )?what address|(?:{_SLOT}|the |l'|its |their |son |sa |leur )(?:(?:postal|street|exact) )?"
    r"(?:address(?:es)?|adresses?)\s*(?:exacte |postale )?(?=of|for|de|du|d'|is|est|\W*$))"
)
_CONTACT = r"\b(?:(?:e-?)?mails?|courriels?|adresses? electroniques?|phone|telephone|website|site (?:web|internet))\b"
_KINDS = re.compile(
    f"(?P<contact>{_CONTACT})|(?P<address>{_ADDRESS})|(?P<duration>{_DURATION})|(?P<day>{_DAY})|(?P<year>{_YEAR})|(?P<date>{_DATE})|(?P<number>{_NUMBER})|(?P<who>{_WHO})"
)
# After another asking word "when" and "who" begin a clause and ask nothing, unless they are joined to it.
_CLAUSE = re.compile(r"(?:when|quand|who|whom|qui)$")
_ASKED_BEFORE = re.compile(
    r"\b(?:how (?:many|much)|combien|where|what(?! about)|which|quel(?:le)?s?|who|whom|qui|why|pourquoi|how(?! about)|comment|"
    r"^\W*ou)\b[^.;?!]*$"
)
_JOINED = re.compile(r"\b(?:and|et|or|ou)\s+(?:[\w']+\s+){0,3}$")
# "who" after a noun begins a clause too; after these words it asks.
_BEFORE_WHO = re.compile(
    r"(?:^\W*|[.;:!?(,]\s*|\b(?:a|de|avec|par|pour|chez|et|sur|c'est|est|and|with|by|for|to|of|from|but|is|was|so|alors|donc|"
    r"tell me|know|say|wonder|wondering|moi|dire|savoir|vous|tu|indiquer|preciser)\s)$"
)
_MONEY_NOUN = (
    r"(?:costs?|prices?|budget|value|valeur|sums?|sommes?|fund(?:s|ing)|fees?|salary|turnover|revenues?|grants?|"
    r"cout\w*|prix|montants?|salaires?|chiffre d'affaires|subventions?|tarifs?)"
)
_AMOUNT = re.compile(
    rf"\b(?:{_SLOT}{_MONEY_NOUN}|how (?:big|large|small|high) (?:is|was|are|were) .{{1,40}}\b{_MONEY_NOUN}|"
    rf"what {_COSTS}|what (?:is|was) .{{1,60}}\bworth|how expensive|"
    rf"(?:how much|combien (?!de |d')).*\b{_MONEY_NOUN}|"
    r"(?:how much|combien)\b.*\b(?:costs?|cout\w*|money|argent|pay|paid|pa[iy]e\w*|price|prix|budget|fund\w*|grants?|worth|vaut|"
    r"valait|factur\w*))\b"
)
_NOUN_ALONE = re.compile(rf"\b{_MONEY_NOUN}\b")
# More than one is asked for by name: "which partners", « quels pays », « comment s'appellent ».
_WHICH_ONES = re.compile(
    rf"\b(?:comment s'appel(?:lent|aient)|what (?:are|were) the (?:names|titles)|(?:les?)?quel(?:le)?s|"
    rf"(?:which|what) (?:{_PLURAL}|(?:(?!{_LITTLE})\w+ )?(?:{_NOUNS}|{_PLURAL}{_THEN})))"
)
# All that is told of something: what links it, what it takes part in, whatever there is to say of it.
_ALL_ABOUT = re.compile(
    r"\b(?:(?:what|which|quel(?:le)?s?)(?:\W+[\w.']+){0,4}?\W+(?:relation(?:ship)?s?|links?|ties|connections?|liens?|rapport(?=.+\bavec\b))|"
    r"how (?:is|are|was|were)\b.{1,60}\b(?:linked|connected|related)|(?:what|which|quel(?:le)?s?)(?:\W+[\w.']+){1,6}?\W+(?:involved|"
    r"impliqu\w+)|a quels? titres?|everything (?:about|on)|(?:tell|know) (?:me |us )?(?:more |anything |something )?about|"
    r"report says? (?:anything )?about|parle[rz]? (?:moi |nous )(?:d[eu]s?\b|d')|tout (?:sur|ce qu\w*)|comes? up|"
    r"(?:dit|sait|sais|savez)(?: on| tu| vous)? (?:le rapport )?(?:d[eu]s?\b|d'|sur\b|a propos))"
)


def asks_all_about(text: str) -> bool:
    """True when a question asks for all that is told of something ("What links X and Y?", « Que sait-on de X ? »)."""
    return bool(_ALL_ABOUT.search(in_full(text).replace("-", " ")))


_TOLD_OF = re.compile(
    r"\b(?:happen\w*|what (?:took|takes) place|went on|going on|events?|brought|bring|timeline|calendar|agenda|dates|news|"
    r"pass[eé]\w*|eu lieu|[ée]v[ée]nements?|produit|chronologie|calendrier|actualit[ée]s?|apport[ée]\w*)\b",
    re.IGNORECASE,
)


def asks_what_happened(text: str) -> bool:
    """True when a question asks what there was at a time, of whatever kind ("What did June bring?", « les dates de mai »)."""
    return bool(_TOLD_OF.search(text))


_WHERE = re.compile(
    r"\bwhere\b|\b(?:in|at|dans|a|en) (?:which|what|quel(?:le)?s?) "
    r"(?:town|city|country|place|venue|ville|pays|lieu|endroit)\b"
)


def asks_where(text: str) -> bool:
    """True when a question, in either language, asks for a place."""
    return bool(_WHERE.search(in_full(text)))


# "Who runs it now?", « cette année »
_NOW = re.compile(
    r"\b(?:now|nowadays|currently|current|today|these days|at present|this year|latest|aujourd'hui|actuel\w*|desormais|"
    r"maintenant|a present|en ce moment|a l'heure actuelle|cette annee|a ce jour)\b"
)


def asks_of_now(text: str) -> bool:
    """True when a question, in either language, asks how things are now, and names no year."""
    alone = own(text)
    return bool(_NOW.search(fold(said_first(alone)[1]))) and not YEAR.search(alone)


def asks_which_ones(text: str) -> bool:
    """True when a question asks which things or bodies of a kind they are, no number or date of theirs."""
    return bool(_WHICH_ONES.search(in_full(text))) and not kind_asked(text) and not asks_yes_or_no(text)


@lru_cache(maxsize=1024)
def kind_asked(text: str) -> Fact | None:
    """What a question asks for: a time, a person or body, an amount of money, another number; None for anything else."""
    if asks_yes_or_no(text):
        return None
    plain = in_full(text)
    for found in _KINDS.finditer(plain):
        before = plain[: found.start()]
        clause = _CLAUSE.match(found.group()) and _ASKED_BEFORE.search(before) and not _JOINED.search(before)
        relative = found.lastgroup == "who" and not (
            _BEFORE_WHO.search(before) or re.match(r"\W*$", plain[found.end() :])
        )
        if not clause and not relative:
            return found.lastgroup  # type: ignore[return-value]
    keywords = not _ASKING.search(plain) and _NOUN_ALONE.search(plain)
    return "amount" if keywords or _AMOUNT.search(plain) else None


_COUNTED = re.compile(
    r"\b(?:how many|combien (?:de (?!temps\b)|d')|(?:the|total|what) number of|"
    r"combien (?:y (?:a-t-il|avait-il|aura-t-il)|(?:[\w'.-]+ ){0,3}\w+-(?:t-)?(?:ils?|elles?|on)) (?:de |d')|"
    r"le nombre (?:total )?(?:de |d'|des )|quel nombre (?:de |d'))"
    r"\s*(?:of (?:the|these|those|its|their) )?((?:[\w'-]+\s*){1,3})"
)
_VERB = re.compile(
    rf"\b(?:{_AUXILIARY}|a|ont|avait|avaient|est|sont|etait|etaient|sera|seront|compte|comptent|where|when|who|that|qui|que)\b.*"
)


def counted_thing(text: str) -> list[str]:
    """The folded content words after "how many", « combien de » or « le nombre de »; none when nothing is counted."""
    plain = in_full(text)
    found = _COUNTED.search(plain)
    if not found or re.search(r"\b(?:why|pourquoi)\b", plain):
        return []
    return [word for word in content_words(in_digits(_VERB.sub("", found[1]))) if not word.isdigit()]


_ASKING = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how|qui|quoi|quel(?:le)?s?|(?:la|les?|du|des|aux?)quel(?:le)?s?|quand|pourquoi|"
    r"comment|combien|(?:en|a|de|par) quoi|qu'(?!(?:il|elle|on|un|une)\b))\b|^\W*(?:et |mais )?(?:que|ou)\b"
)
# « a-t-il », « est-elle »: the subject after its verb, as a question has it.
INVERTED = re.compile(r"\w-(?:t-on|(?:t-)?(?:ils?|elles?))\b", re.IGNORECASE)
_YES_OR_NO = re.compile(
    r"^(?:\W|and\b|but\b|so\b|et\b|mais\b|alors\b)*(?:(?:is|are|was|were|do|does|did|has|have|had|can|could|wo|will|would|must|"
    rf"should|may)(?:n't)? (?!you\b|we\b|i\b)|est[- ]ce\b|"
    rf"c'est (?!(?:qui|quoi|quand|quel\w*)\b|where\b|comment\b|combien\b|pourquoi\b|en qu).+? qu[ei'])|{INVERTED.pattern}|"
    r"\b(?:est|sont|etait|etaient|ont|avait|peut|doit|va|existe) (?:ils?|elles?)\b|\ba t (?:il|elle|on)\b"
)
_IS_SO = re.compile(r"\w\W+(?<!that )(?:c')?(?:est|sont|etait|etaient|is|are|was|were)\s+\w")
# After these an asking word is what is said to be told; elsewhere behind the verb it begins a clause ("the firms which came").
_SAYING = re.compile(
    r"\b(?:say|says|said|tell|tells|told|know|knows|known|mention\w*|specif\w*|indi(?:cate\w*|qu\w*)|explain\w*|expliqu\w*|"
    r"dit|dire|sait|savoir|su|precis\w*|and|et|or|ou|but|mais)\W+(?:(?:in|on|at|with|by|for|a|en|de|avec|par|pour|dans)\W+)?$"
)


@lru_cache(maxsize=1024)
def asks_yes_or_no(text: str) -> bool:
    """True when a question, in either language, is answered with yes or no."""
    folded = _folded(text)
    found = _YES_OR_NO.search(folded)
    if not found:  # « Le salon, c'était à Turin ? »
        return folded.rstrip().endswith("?") and bool(_IS_SO.search(folded)) and not _ASKING.search(folded)
    if any(word.start() < found.start() for word in _ASKING.finditer(folded)):
        return False
    after = folded[found.end() :]
    return not any(
        _SAYING.search(folded[: found.end() + word.start()]) or re.fullmatch(r"\W*", after[word.end() :])
        for word in _ASKING.finditer(after)
    )


# "In Berlin or in Turin?" offers two answers.
CHOICE = re.compile(r"\b(?:or|ou)\b", re.IGNORECASE)
# "Which of those …?" is answered with what was said before.
OF_THOSE = re.compile(r"\b(?:which (?:of|ones?)|(?:le|la|les)quel(?:le)?s?)\b", re.IGNORECASE)
