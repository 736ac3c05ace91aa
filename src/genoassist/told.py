"""Whether a text tells something of the kind that a question asks for: a date, a duration, an amount, a count, an address."""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from genoassist.asked import UNIT, asks_where, counted_thing, in_full, kind_asked, own
from genoassist.atoms import atoms, counts, month_names
from genoassist.numbers import YEAR, in_digits
from genoassist.places import countries
from genoassist.words import akin, content_words, fold

_REACHED = re.compile(r"@|\bwww\.|https?:|\+?\d[\d .()/-]{7,}\d")
# « 4, rue du Port », "12 Harbour Road", « 91000 Évry »
_STREET = re.compile(
    r"\b\d{1,4}(?: ?(?:bis|ter))?,? (?:rue|route|voie|avenue|av\.|boulevard|bd|quai|place|allée|chemin|impasse|cours|square|parvis)\b|"
    r"\b\d{1,4} (?:[\w’'-]+ ){1,3}(?:street|st|road|rd|avenue|lane|square|drive|quay)\b|\b\d{5} (?-i:[A-ZÀ-Ý])|"
    r"\b(?:\w*(?:stra(?:ss|ß)e|straat)|via|calle)\b[^.;,]{0,30} \d",
    re.IGNORECASE,
)
_WRITTEN_SO = {"contact": _REACHED, "address": _STREET}
_MONEY = re.compile(r"[€$£]|\b(?:euros?|dollars?|pounds?|livres?|free|gratuit\w*)\b", re.IGNORECASE)
_SHARE = re.compile(r"%|\b(?:percent|pour cent)\b", re.IGNORECASE)
# How much of a cost is borne may be a share; « à combien » asks for the sum.
_PARTLY = re.compile(r"\b(?:how much|(?<!a )combien)\b")


def has_amount(text: str, question: str) -> bool:
    """True when a text has a sum of money, or a share of one where a question may ask for that."""
    return bool(_MONEY.search(text) or (_PARTLY.search(in_full(question)) and _SHARE.search(text)))


# "How long" asks for a length too.
_LONG = re.compile(
    rf"\b(?:\d+(?:[.,]\d+)?|an?|une?|half|several|few|some|quelques|plusieurs|demi\w*)[\s-]+(?:\w+[\s-]+)?"
    rf"(?:{UNIT}|km|m|met(?:er|re)s?|kilomet(?:er|re)s?|miles?|pages?|nights?|nuits?|decades?|century|siecles?)\b"
    r"|\b(?:until|till|through|jusqu'|annual|all year|toute l(?:'annee|a journee))\b"
    r"|\b\d{1,2}(?:st|nd|rd|th|er)? (?:to|until|au) (?:the )?\d{1,2}\b"
)
_SINCE = re.compile(r"\b(?:since|depuis)\b")
# "How long has it been open?" is answered with "since", "How long does it last?" is not.
_STILL = re.compile(r"\b(?:has|have|had|been|existe\w*|deja)\b")
# "How old is she?": years of age, or when it began.
_AGE_ASKED = re.compile(r"\b(?:how old|what age|quel age|l'age|the age)\b")
_AGED = re.compile(
    r"\b(?:aged|agee?s?|old)\b|\b(?:nee?s?|born|founded|created|set up|established|since|fondee?s?|creee?s?|depuis)\b[^.;]{0,40}\d{4}|"
    r"\b\d+\s+(?:ans|years)\b(?! (?:passe|a |in |at ))"
)
# What something is said to be in or at.
_IN_PLACE = re.compile(
    r"\b(?:in|at|on|near|to|from|into|à|au|aux|en|dans|chez|sur|près d[eu]|vers)\s+(?:(?:the|its|la|les?|son|sa|ses)\s+|l['’])?"
    r"([^\W\d][\w.&’'-]+)",
    re.IGNORECASE,
)
# Words that date something without a number or a month.
_TIMED = re.compile(
    r"\b(?:spring|summer|autumn|winter|printemps|l['’]été|automne|hiver|before|after|once|since|until|during|every|each|twice|"
    r"annual(?:ly)?|yearly|monthly|weekly|daily|today|avant|après|dès|depuis|jusqu['’]|lors|pendant|chaque|tou(?:s|tes) les|"
    r"annuel\w*|mensuel\w*|aujourd['’]hui)\b",
    re.IGNORECASE,
)
# "Vice-president", "deputy head of", « adjointe au maire », « directeur adjoint ».
_DEPUTY = re.compile(
    r"\b(?:vice|deputy|assistant|sous|adjointe? (?:au|a la|a l|du|de la|de l))[\s'-]+(?P<of>\w+)|"
    r"\b(?P<post>\w+)\s+(?:generale?\s+)?(?:adjointe?|deleguee?|suppleante?)\b"
)
_ONE_ALONE = re.compile(r"\b(?:(?:a |one )?single|only one|un(?:e)? seule?|aucune?)\b")
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
    if kind == "who" and _of_a_deputy(text, question):
        return False
    if kind in (None, "who") and not counted_thing(question):
        return True
    folded = fold(text)
    told, asked = atoms(text), atoms(own(question))
    years = set(YEAR.findall(text)) - set(YEAR.findall(own(question)))
    of_month, of_week = _days()
    days = {(a or b).lstrip("0") for a, b in of_month.findall(folded)} - asked.numbers
    if kind == "day":
        return bool(days or set(of_week.findall(folded)) - set(of_week.findall(fold(own(question)))))
    if kind in _WRITTEN_SO:
        return bool(_WRITTEN_SO[kind].search(text))
    if _AGE_ASKED.search(fold(own(question))):
        return bool(_AGED.search(folded))
    if kind == "year":  # the month alone is one of the document's year, which the question may have
        return bool(years or (told.months and not YEAR.search(own(question))))
    if kind == "date":
        return bool(years or days or told.months - asked.months or of_week.search(folded) or _TIMED.search(text))
    if kind == "duration":
        spans = (
            _LONG.search(fold(in_digits(text.replace("-", " ")))) or max(len(days), len(years), len(told.months)) > 1
        )
        lasting = _SINCE.search(folded) and (years or told.months) and _STILL.search(fold(own(question)))
        return bool(spans or lasting)
    if kind == "amount":
        counted = {number for number, _ in counts(text)}  # "an order for four machines" is no sum
        return bool(told.numbers - asked.numbers - years - days - counted or has_amount(text, question))
    return bool(told.numbers - asked.numbers - years - days or _ONE_ALONE.search(folded))


def _of_a_deputy(text: str, question: str) -> bool:
    """True when a post that is asked about stands in a text as its deputy's alone ("vice-president", « adjointe au maire »)."""
    told, asked = (re.sub(r"trice(?=s?\b)", "teur", fold(said)) for said in (text, own(question)))  # « directrice »
    posts = {word for found in _DEPUTY.finditer(told) for word in content_words(found["of"] or found["post"])}
    if not posts or _DEPUTY.search(asked):
        return False
    others = content_words(_DEPUTY.sub(" ", told))
    lost = [word for word in content_words(asked) if any(akin(word, post) for post in posts)]
    return any(not any(akin(word, other) for other in others) for word in lost)


def of_another_edition(text: str, question: str) -> bool:
    """True when a question is about the next edition of something and a text has no word of anything to come."""
    return bool(_ANOTHER_EDITION.search(fold(own(question)))) and not _LATER.search(fold(text))


def placed(text: str, question: str, known: str) -> bool:
    """False when a question asks where, and a text puts it in nothing that is not ``known``, or in a month alone."""
    if not asks_where(question):
        return True
    if countries(text) - countries(known):
        return True
    told = content_words(known)
    opening = text.split(" ", 1)[0]  # "Turin hosted it"
    found = [word for place in (*_IN_PLACE.findall(text), opening) for word in content_words(place)]
    return any(not atoms(f"in {w.title()}").months and not any(akin(w, other) for other in told) for w in found)
