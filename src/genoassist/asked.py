"""What a question asks for: one fact or more, of which kind, and whether a text has a fact of that kind at all."""

from __future__ import annotations

import re
from functools import cache
from typing import Literal

from babel import Locale

from genoassist.atoms import atoms, month_names
from genoassist.numbers import YEAR, in_digits
from genoassist.words import content_words, fold

Kind = Literal["date", "day", "year", "duration", "who", "amount"]
TIMES = ("date", "day", "year", "duration")

_MEASURED = r"(?:many|much|long|old|far|big|large|deep|high|tall|wide|heavy|fast|powerful|often|soon|late|early)"
# What no single name, place, date or number answers.
_OPEN = (
    r"(?:purpose|reason|aim|goal|objective|role|mission|idea|point|difference|link|relationship|kind|sort|type|way|topic|theme|"
    r"subject|but|raison|objectif|lien|genre|sorte|maniere|facon|propos|sujet|interet)"
)
_ONE_FACT = re.compile(
    rf"\b(?:who|whom|whose|where|when|how {_MEASURED}|(?:what|which) (?:is|was|\w+(?<!s))|"
    r"qui|^\W*ou (?!bien\b)|ou (?:se|s'|est|etait|a|ont|avait|a-t)|c'(?:est|etait) (?:ou|quand)|quand|combien|quel(?:le)? \w+)\b"
)
# A list, a reason, a manner, an account, or two things at once: more than one fact is due.
_MORE_FACTS = re.compile(
    r"\b(?:list|name (?:the|all|some)|compare|describe|explain|summari[sz]e|about|compare[rz]|decri\w+|explique[rz]?|resume[rz]?|"
    r"(?:which|what) (?:(?!is\b|was\b|has\b)\w+ ){0,2}(?!is\b|was\b|has\b)\w+(?<!s)s (?!is\b|was\b|of\b)|"
    rf"what (?:are|were|did|do|does|has|have|happened)|who (?:are|were|else)|why|how (?!{_MEASURED}\b)|"
    r"quel(?:le)?s|qui (?:sont|etaient)|liste[rz]?|cite[rz]?|pourquoi|comment|que (?:fait|font|dit)|qu'|quoi|"
    r"what (?:is|was) (?!the\b|an?\b|its\b|their\b|your\b|our\b|[\w.-]+'s? \w)|"
    r"(?:what|which|quel(?:le)?) (?:(?:is|was|est|etait) )?"
    rf"(?:the |your |its |their |le |la |l'|son |sa |leur |votre )?(?:\w+ )?{_OPEN}|"
    r"(?<!^)(?:and|et) (?:who|what|when|where|why|how|for how|qui|ou|quand|pourquoi|comment|combien|qu))\b"
)


def own(text: str) -> str:
    """A question without the turn before it, which stands after it in brackets."""
    return text.split(" (")[0] if text.endswith(")") else text


def asks_one_fact(text: str) -> bool:
    """True when a question, in either language, asks for one name, place, date or number."""
    return bool(_ONE_FACT.search(_plain(text))) and not asks_more(text)


def asks_more(text: str) -> bool:
    """True when a question asks for a list, a reason, an account; bare keywords ("GEN.ERA closing event venue") ask for neither."""
    return bool(_MORE_FACTS.search(_plain(text)))


def _plain(text: str) -> str:
    """The question folded, its contractions and « c'est quoi la date » in full."""
    full = re.sub(r"\b(what|who|where|when)'s\b", r"\1 is", fold(own(text)))
    return re.sub(r"\bc'est quoi,? (?:le |la |l')(\w+)", r"quel \1 est", full)


# The kind of fact asked for, by the first of these in the question; an amount where there is none: "When was the price set?"
# asks for a date. "qui" and "who" after a noun begin a clause and ask nothing.
_UNIT = r"(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?|secondes?|heures?|jours?|journees?|semaines?|mois|ans?|annees?)"
_DURATION = (
    rf"\b(?:how long(?! ago)|(?<!depuis )combien de temps|"
    rf"(?:what|quelle) (?:is|was|est|etait) (?:the |la )?(?:\w+ )?(?:duration|duree)|"
    rf"(?:how many|combien (?:de |d'))\s*{_UNIT})\b"
)
_DAY = r"\b(?:(?:what|which) day|(?:what|which) (?:is|was) the exact date|the exact date|quel jour|date exacte)\b"
_YEAR = r"\b(?:(?:what|which) year|quelle annee)\b"
_DATE = r"\b(?:when|quand|(?:what|which) (?:date|month)|quel(?:le)? (?:date|mois)|since what|depuis (?:quel|combien de temps))\b"
_WHO = (
    r"(?:(?:^|[;:(])\W*|\b(?:a|de|avec|par|pour|chez|et|sur|c'est|est|and|with|by|for|to|of|from|but|is|was|so|alors|donc|"
    r"tell me|know|(?:dis|dites)-moi|dire|savoir|savez-vous|sais-tu) )"
    r"(?:who|whom|qui)\b|\b(?:who|whom|qui)\W*$"
)
_KINDS = re.compile(f"(?P<duration>{_DURATION})|(?P<day>{_DAY})|(?P<year>{_YEAR})|(?P<date>{_DATE})|(?P<who>{_WHO})")
_AMOUNT = re.compile(
    r"\b(?:costs?|prices?|budget|sums?|sommes?|fund(?:s|ing)|fees?|salary|turnover|revenues?|grants?|"
    r"cout\w*|prix|montants?|salaires?|chiffre d'affaires|subventions?|tarifs?)\b"
)
MONEY = re.compile(r"[€$£%]|\b(?:euros?|dollars?|pounds?|livres?|free|gratuit\w*|percent|pour cent)\b", re.IGNORECASE)


def kind_asked(text: str) -> Kind | None:
    """What a question asks for: a time, a person or body, an amount of money or the share of one; None for anything else."""
    folded = fold(own(text))
    if found := _KINDS.search(folded):
        return found.lastgroup  # type: ignore[return-value]
    return "amount" if _AMOUNT.search(folded) else None


_COUNTED = re.compile(
    r"\b(?:how many|combien (?:de (?!temps\b)|d')|(?:the|total) number of|"
    r"le nombre (?:total )?(?:de |d'|des ))"
    r"\s*((?:[\w'-]+\s*){1,3})"
)


def counted_thing(text: str) -> list[str]:
    """The folded content words after "how many", « combien de » or « le nombre de »; none when nothing is counted."""
    found = _COUNTED.search(fold(own(text)))
    return content_words(found.group(1)) if found else []


_ASKING = re.compile(
    r"\b(?:who|whom|whose|what|which|when|where|why|how|qui|quoi|quel(?:le)?s?|lesquel(?:le)?s|quand|ou|pourquoi|comment|combien|"
    r"(?:en|a|de|par) quoi|qu'(?!(?:il|elle|on|un|une)\b))\b"
)
_YES_OR_NO = re.compile(
    r"^(?:\W|and\b|but\b|so\b|et\b|mais\b|alors\b)*(?:(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|must|should|may)"
    r"(?:n't)? (?!you\b|we\b|i\b)|est-ce qu)|\w-(?:t-)?(?:ils?|elles?|on)\b"
)


def asks_yes_or_no(text: str) -> bool:
    """True when a question, in either language, is answered with yes or no."""
    folded = _plain(text)
    return bool(_YES_OR_NO.search(folded)) and not _ASKING.search(re.sub(r"\best-ce qu(?:e\b|')", "", folded))


# What a duration is measured in; "how long" asks for a length too.
_LONG = re.compile(
    rf"\b(?:\d+(?:[.,]\d+)?|an?|une?|half|several|few|some|quelques|plusieurs|demi\w*)[\s-]+(?:\w+[\s-]+)?"
    rf"(?:{_UNIT}|km|m|met(?:er|re)s?|kilomet(?:er|re)s?|miles?|pages?|nights?|nuits?|decades?|century|siecles?)\b"
    r"|\b(?:until|till|through|jusqu'|annual|all year|toute l'annee)\b"
)
# Words that date something without a number or a month.
_TIMED = re.compile(
    r"\b(?:spring|summer|autumn|winter|printemps|l['’]été|automne|hiver|before|after|once|since|until|during|every|each|twice|"
    r"annual(?:ly)?|yearly|monthly|weekly|daily|today|avant|après|dès|depuis|jusqu['’]|lors|pendant|chaque|tou(?:s|tes) les|"
    r"annuel\w*|mensuel\w*|aujourd['’]hui)\b",
    re.IGNORECASE,
)
_ANOTHER_EDITION = re.compile(r"\b(?:next|upcoming|forthcoming|prochaine?s?|a venir)\b")
_LATER = re.compile(
    r"\b(?:next|upcoming|forthcoming|following|will|shall|prochaine?s?|suivante?s?|a venir|ser(?:a|ont)|aur(?:a|ont))\b"
)


@cache
def _days() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Days of the month beside its name, and days of the week, in both languages (Unicode CLDR)."""
    months = "|".join(fold(name) for name in month_names())
    week = "|".join(fold(n) for lang in ("en", "fr") for n in Locale(lang).days["format"]["wide"].values())
    suffix = r"(?:st|nd|rd|th|er)?"
    return (
        re.compile(rf"\b(\d{{1,2}}){suffix}(?:\s+of)?\s+(?:{months})\b|\b(?:{months})\s+(\d{{1,2}}){suffix}\b"),
        re.compile(rf"\b(?:{week})s?\b"),
    )


def holds(text: str, question: str) -> bool:
    """False when a text has nothing of the kind that is asked for (a date, a duration, an amount, a count) besides the question's own.

    True for questions of other kinds, and where that cannot be told: a necessary condition, not a sufficient one.
    """
    kind = kind_asked(question)
    if kind in (None, "who") and not counted_thing(question):
        return True
    folded = fold(text)
    told, asked = atoms(text), atoms(own(question))
    years = set(YEAR.findall(text)) - set(YEAR.findall(own(question)))
    of_month, of_week = _days()
    days = {(a or b).lstrip("0") for a, b in of_month.findall(folded)} - asked.numbers
    if kind == "day":
        return bool(days or set(of_week.findall(folded)) - set(of_week.findall(fold(own(question)))))
    if kind == "year":
        return bool(years or told.months)  # the month alone is one of the document's year
    if kind == "date":
        return bool(years or days or told.months - asked.months or of_week.search(folded) or _TIMED.search(text))
    if kind == "duration":
        return bool(_LONG.search(fold(in_digits(text.replace("-", " ")))) or len(days) > 1 or len(years) > 1)
    if kind == "amount":
        return bool(told.numbers - asked.numbers - years - days or MONEY.search(text))
    return bool(told.numbers - asked.numbers - years - days)


def of_another_edition(text: str, question: str) -> bool:
    """True when a question is about the next edition of something and a text has no word of anything to come."""
    return bool(_ANOTHER_EDITION.search(fold(own(question)))) and not _LATER.search(fold(text))
