"""A draft's numbers with what its source says of them: "40" of "more than 40" is « plus de 40 »."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Literal

from genoassist.atoms import month_names
from genoassist.numbers import YEAR, in_digits
from genoassist.types import Language

Bound = Literal["more", "nearly", "about", "least", "most", "less"]

# As the sources write them; "over three days" and "under 2 MW" say something else too.
_WRITTEN: dict[Bound, str] = {
    "more": r"more than|in excess of|upwards of|plus de|plus d['’]",
    "nearly": r"nearly|almost|close to|près de|presque",
    "about": r"about|around|approximately|roughly|environ|quelque",
    "least": r"at least|no (?:fewer|less) than|au moins|au minimum",
    # not what reaches a number: "adding up to 688", « porté jusqu’à 40 »
    "most": r"(?<!ing )(?<!ed )(?<!ds )(?<!ose )up to|at most|no more than|(?<![ée] )(?<!és )(?<!er )jusqu['’]à|au plus|au maximum",
    "less": r"fewer than|less than|moins de|moins d['’]",
}
_SAID: dict[Language, dict[Bound, str]] = {
    "en": {
        "more": "more than",
        "nearly": "nearly",
        "about": "about",
        "least": "at least",
        "most": "up to",
        "less": "less than",
    },
    "fr": {
        "more": "plus de",
        "nearly": "près de",
        "about": "environ",
        "least": "au moins",
        "most": "jusqu’à",
        "less": "moins de",
    },
}
_BOUND = "|".join(f"(?P<{bound}>{written})" for bound, written in _WRITTEN.items())
_NUMBER = r"\d+(?:[.,\u00a0\u202f ]\d{3})*(?:[.,]\d+)?"
_BOUNDED = re.compile(
    rf"(?:\b(?:{_BOUND})\s*)?(?P<sum>(?:[€$£]\s?)?(?<![\w.,-])(?P<number>{_NUMBER}))(?![\w-])", re.IGNORECASE
)
# « les 40 bioclusters », "page 40", "all 40": what stands there takes no bound.
_TAKES_NONE = re.compile(
    r"(?:\b(?:les?|la|des|du|aux?|ces|ses|nos|leurs|mes|vos|the|these|those|its|their|our|all|both|first|last|exactly|only|seulement|"
    r"exactement|precisely|précisément|under|over|below|above|page|no|number|numéro|than|\d[^,;.]{0,20} (?:to|à)|"
    r"(?:between|entre)\b.{1,30} (?:and|et))|n°|[-–])\s*$",
    re.IGNORECASE,
)
_ELIDED = re.compile(r"\b([Dd])e (?=environ\b|au (?:moins|plus)\b)")


def bounded(sentence: str, sources: Sequence[str], language: Language) -> str:
    """The sentence with "more than", « près de » before the numbers that its sources have with such a bound alone."""
    known: dict[str, set[Bound | None]] = {}
    for source in sources:
        for found in _BOUNDED.finditer(in_digits(source)):
            if not _is_date(found):
                known.setdefault(_digits(found["number"]), set()).add(_bound(found))

    def put(found: re.Match[str]) -> str:
        bounds = known.get(_digits(found["number"]), {None})
        there = _bound(found)
        if _is_date(found) or len(bounds) != 1 or (bound := next(iter(bounds))) in (None, there):
            return found[0]
        before = sentence[: found.start()]
        if not there and _TAKES_NONE.search(before):
            return found[0]
        said = _SAID[language][bound]
        return f"{said if before.strip() else said[0].upper() + said[1:]} {found['sum']}"

    return _ELIDED.sub(r"\1’", _BOUNDED.sub(put, sentence))


def _bound(found: re.Match[str]) -> Bound | None:
    return next((bound for bound in _WRITTEN if found[bound]), None)


def _digits(number: str) -> str:
    """A number without what separates its thousands: "3,000", « 3 000 » and 3000 are one."""
    return re.sub(r"[.,\s](?=\d{3}(?!\d))", "", number).replace(",", ".")


def _is_date(found: re.Match[str]) -> bool:
    return bool(YEAR.fullmatch(found["number"]) or _a_month().match(found.string, found.end()))


@cache
def _a_month() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{'|'.join(month_names())})\b", re.IGNORECASE)
