"""A scale of a text ("fewer than 10", "10 to 49", "50 and more") and the step of it that a number falls in."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from math import inf

from genoassist.atoms import month_names
from genoassist.numbers import YEAR, in_digits

_N = r"(\d+(?:[.,\s\u00a0\u202f]\d{3})*)"


@cache
def _steps() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    no_date = rf"(?![.,]?\d|\s*(?:st|nd|rd|th|er)?\s*(?:{'|'.join(month_names())})\b)"
    return (
        re.compile(rf"(?<![\w.,]){_N}(?:\s+(?:to|à|and|et)\s+|\s?[–-]\s?){_N}{no_date}", re.IGNORECASE),
        re.compile(rf"\b(?:fewer than|less than|under|below|up to|moins de|jusqu['’]à)\s+{_N}{no_date}", re.IGNORECASE),
        re.compile(
            rf"\b(?:more than|over|above|at least|from|plus de|au moins|à partir de)\s+{_N}{no_date}(?!\s*(?:to|à)\b)|"
            rf"(?<![\w.,]){_N}\s+(?:\w+\s+)?(?:(?:and|or) (?:more|over|above)|(?:et|ou) plus)\b",
            re.IGNORECASE,
        ),
    )


@lru_cache(maxsize=1024)
def steps(text: str) -> tuple[tuple[float, float], ...]:
    """The least and the greatest number of each step that a text names; dates and years are none."""
    plain = in_digits(text)
    between, below, above = _steps()
    found = [(_value(m[1]), _value(m[2])) for m in between.finditer(plain) if not YEAR.fullmatch(m[1])]
    found += [(0.0, _value(m[1])) for m in below.finditer(plain) if not YEAR.fullmatch(m[1])]
    found += [(_value(m[1] or m[2]), inf) for m in above.finditer(plain) if not YEAR.fullmatch(m[1] or m[2])]
    return tuple((least, most) for least, most in found if least < most)


def falls_in(number: str, text: str) -> bool:
    """True when a text has a step that a number falls in."""
    return number.isdecimal() and any(least <= int(number) <= most for least, most in steps(text))


def on_a_scale(number: str, text: str) -> bool:
    """True when a text has several steps, and a number that falls in one of them."""
    return len(steps(text)) > 1 and falls_in(number, text)


def _value(number: str) -> float:
    return float(re.sub(r"\D", "", number))
