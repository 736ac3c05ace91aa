"""The numbers of a text, in digits and in words, English and French: "vingt-cinq" and "twenty-five" are 25."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from num2words import num2words

from genoassist.words import WORD, any_stop_words, fold, ungroup

# As a year is written; only what stands around it tells one from a count.
YEAR = re.compile(r"\b(?:1[89]|20)\d\d\b")
_DAY_SUFFIX = re.compile(r"(?<=\d)(?:st|nd|rd|th|ers?|ère|es?|èmes?)\b", re.IGNORECASE)
_CLOCK = re.compile(r"(?<=\d)\s?h\s?(?=\d\d\b)")
# "€3m", "3 M€", "3k": the letter is a scale beside a currency sign, k always.
_SCALED = re.compile(
    r"[€$£]\s?(?P<before>\d+(?:[.,]\d+)?)\s?(?P<one>[mM]|bn|Md)\b"
    r"|(?P<after>\d+(?:[.,]\d+)?)\s?(?P<two>[mM]|bn|Md)\s?(?=[€$£])"
    r"|(?P<kilo>\d+(?:[.,]\d+)?)[kK](?![^\W_])"
)
# "The XVIIth century", « XVIIᵉ siècle ».
_ROMANS = [f"{'X' * tens}{ones}" for tens in range(4) for ones in ("", *"I II III IV V VI VII VIII IX".split())]
_ROMAN = re.compile(rf"\b({'|'.join(sorted(_ROMANS[1:], key=len, reverse=True))})(?:ᵉ|er|e|ème|st|nd|rd|th)\b")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)?")
_TOKEN = re.compile(rf"(?<![\w.]){_DIGITS.pattern}(?!\w)|{WORD.pattern}")
_STOPS = re.compile(r"[.!?:…]\s*[\"'“”«»‘’(\[{\s]*$")
_JOINS = re.compile(r"[\s\-\u2010\u2011]")

_SCALES = {
    **dict.fromkeys(("dozen", "dozens", "douzaine", "douzaines"), 12),
    **dict.fromkeys(("hundred", "hundreds", "cent", "cents", "centaine", "centaines"), 100),
    **dict.fromkeys(("thousand", "thousands", "mille", "millier", "milliers"), 1000),
    **dict.fromkeys(("million", "millions"), 10**6),
    **dict.fromkeys(("billion", "billions", "milliard", "milliards"), 10**9),
}
# In both languages; what of them is spelled with more words falls out by its spelling.
_ONE_WORD = (*range(2, 21), *range(30, 100, 10))
_ABOUT = {"dizaine": 10, "quinzaine": 15, "vingtaine": 20, "trentaine": 30, "quarantaine": 40, "cinquantaine": 50}
_ONE = frozenset({"one", "un", "une", "first", "unieme"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a number in digits, what stands between it and the one before, whether a sentence opens with it."""

    word: str
    folded: str
    between: str
    opens: bool

    @property
    def digits(self) -> bool:
        """True for a number in digits."""
        return self.word[0].isdecimal()

    @property
    def counts(self) -> bool:
        """True for a word that is a number or part of one."""
        return self.folded in _number_words() or self.folded in _SCALES


def tokens(text: str) -> list[Token]:
    """The words and numbers of a text, digits grouped, "3rd" and "3e" without their suffix, "3 M€" with its scale in words."""
    plain = _SCALED.sub(_spelled_scale, _CLOCK.sub(":", _DAY_SUFFIX.sub("", ungroup(text))))
    plain = _ROMAN.sub(lambda found: str(_ROMANS.index(found[1])), plain)
    found: list[Token] = []
    end = 0
    for match in _TOKEN.finditer(plain):
        between = plain[end : match.start()]
        opens = not end or bool(_STOPS.search(between)) or "\n" in between
        found.append(Token(match.group(), fold(match.group()), between, opens))
        end = match.end()
    return found


def _spelled_scale(match: re.Match[str]) -> str:
    if kilo := match["kilo"]:
        return f"{kilo} thousand"
    scale = (match["one"] or match["two"]).lower()
    return f" {match['before'] or match['after']} {'million' if scale == 'm' else 'billion'} "


@cache
def _number_words() -> dict[str, int]:
    """The one-word numbers of both languages, cardinal and ordinal, but those that are also articles or other common words."""
    found: dict[str, int] = {"vingts": 20, **_ABOUT}
    for language in ("en", "fr"):
        for value in _ONE_WORD:
            for form in ("cardinal", "ordinal"):
                spelled = fold(num2words(value, lang=language, to=form))
                if re.fullmatch(r"[a-z]+", spelled):
                    found[spelled] = value
    for ambiguous in ("second", "deuxieme"):  # a second is also a moment
        found.pop(ambiguous, None)
    return found


@cache
def _cardinals() -> tuple[re.Pattern[str], dict[str, int]]:
    """Runs of number words of both languages, and the values of the cardinals; not "seize", which startups do to opportunities."""
    found = {
        spelled: value
        for language in ("en", "fr")
        for value in _ONE_WORD
        if re.fullmatch(r"[a-z]+", spelled := num2words(value, lang=language)) and spelled != "seize"
    }
    word = "|".join(sorted({*found, *_SCALES, *_number_words(), "one", "une?"}, key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{word})(?:[\s-]+(?:(?:and|et)[\s-]+)?(?:{word}))*(?![\w-])", re.IGNORECASE), found


def in_digits(text: str) -> str:
    """The text with cardinals of one word in digits and digits grouped: "five clusters" is "5 clusters"."""
    pattern, values = _cardinals()
    plain = ungroup(text)

    def digits(run: re.Match[str]) -> str:
        word = run[0].lower()
        after = WORD.search(plain, run.end())
        new = word == "neuf" and (after is None or after[0][-1] not in "sx" or fold(after[0]) in any_stop_words())
        dated = run[0] == "Sept"  # a month
        return run[0] if word not in values or new or dated else str(values[word])

    return pattern.sub(digits, plain)


def numbers(sequence: Sequence[Token | None]) -> frozenset[str]:
    """The values of the numbers, as digits with a decimal point; None stands for a token that is no number (a month)."""
    found: set[str] = set()
    at = 0
    while at < len(sequence):
        value, after = _number_at(sequence, at)
        if value is not None:
            found.add(f"{value.normalize():f}")
        at = after
    return frozenset(found)


def _number_at(sequence: Sequence[Token | None], at: int) -> tuple[Decimal | None, int]:
    """The number that begins at that token, if one does, and the place of the first token after it."""
    first = sequence[at]
    if first is None or not _begins(sequence, at, first):
        return None, at + 1
    in_digits = _DIGITS.match(first.word)
    current = Decimal(in_digits.group().replace(",", ".")) if in_digits else Decimal(_value(first))
    total = Decimal(0)  # thousands and above, done
    if not in_digits and current >= 1000:
        total, current = current, total
    at += 1
    while at < len(sequence):
        token = sequence[at]
        if token is None or not _JOINS.fullmatch(token.between):
            break
        linked = token.folded in {"and", "et"}
        if linked:
            at += 1
            token = sequence[at] if at < len(sequence) else None
        scale = _SCALES.get(token.folded, 0) if token else 0
        if scale >= 1000 and not linked:
            total, current = total + max(current, Decimal(1)) * scale, Decimal(0)
        elif scale and not linked and not in_digits and (0 < current < 100 or (total and not current)):
            current = max(current, Decimal(1)) * scale  # in words only: "50 cents" is no 5,000
        else:
            more = None if token is None or in_digits else _added(int(current), token, linked=linked)
            if more is None:
                return total + current, at - linked
            current = Decimal(more)
        at += 1
    return total + current, at


def _begins(sequence: Sequence[Token | None], at: int, token: Token) -> bool:
    before = sequence[at - 1] if at else None
    if token.folded in _SCALES:  # "thousands of" says no number, "per cent" neither
        return not token.folded.endswith("s") and (before is None or before.folded not in {"per", "pour"})
    if token.folded == "neuf" and before and before.folded not in any_stop_words():  # nine before a noun, new after one
        after = sequence[at + 1] if at + 1 < len(sequence) else None
        return after is not None and after.between.isspace() and after.folded not in any_stop_words()
    return token.digits or token.folded in _number_words()


def _value(token: Token) -> int:
    return _number_words().get(token.folded) or _SCALES[token.folded]


def _added(current: int, token: Token, *, linked: bool) -> int | None:
    """The number with one more word below a thousand: "vingt" + "cinq"; None when the word is not part of it."""
    value = 1 if token.folded in _ONE else _number_words().get(token.folded)
    tens = current % 100
    if value is None or (linked and tens and value not in (1, 11)):
        return None
    if value == 20 and tens == 4:  # quatre-vingt
        return current + 76
    fits = (
        tens == 0
        or (value < 10 and tens % 10 == 0 and tens >= 20)
        or (7 <= value <= 9 and tens == 10)
        or (10 <= value < 20 and tens in (60, 80))
    )
    return current + value if fits else None
