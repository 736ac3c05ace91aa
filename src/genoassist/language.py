"""Which language a text is in, and which one its writer asks to be answered in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

from genoassist.spelling import ordinary
from genoassist.types import Language
from genoassist.words import WORD, fold, neighbour_words, own_words, stop_words

# Told apart from English and French only to say that a question is in neither.
_OTHERS = (
    "GERMAN",
    "SPANISH",
    "ITALIAN",
    "PORTUGUESE",
    "DUTCH",
    "POLISH",
    "CATALAN",
    "SWEDISH",
    "DANISH",
    "FINNISH",
    "ROMANIAN",
    "TURKISH",
)

# A text is English or French when this share of its words are function words of theirs alone.
OWN_SHARE = 0.3
# Or when so much of it but names is theirs, or the corpus's: of 34 questions about this report in 12 other languages .4 is the
# most (Dutch), and of 45 of 1,250 open questions for which the full models were loaded 16 have it.
KNOWN_SHARE = 0.5
# Where lingua's quick models give English and French together this much, its full ones are not asked.
AT_A_GLANCE = 0.5
# Nor where this share of the words are in an English or French dictionary and no function words of a neighbour's: 11 of the
# 35 of 696 open questions that lingua's quick models leave in doubt.
IN_DICTIONARY = 0.75

_NAME = r"(?P<name>english|french|anglais|fran[cç]ais)"
_PLEASE = r"(?:please|s['’]il (?:te|vous) pla[iî]t|svp|stp|merci|thanks|thank you)"
_VERB = (
    rf"(?:(?:from now on|always|d[ée]sormais|[àa] partir de maintenant|can you|could you|would you|peux-tu|tu peux|pouvez-vous|"
    rf"vous pouvez|pourr(?:ais-tu|iez-vous)|merci de|{_PLEASE})\s*,?\s+){{0,2}}(?:"
    r"(?:answer|reply|respond|write|say it|say|tell me|explain|translate)"
    r"|r[ée]pond(?:s|ez|re)?(?:[- ](?:moi|nous))?|(?:me |nous )?r[ée]pondre"
    r"|(?:(?:i want|i['’]d like|je veux|je voudrais|j['’]aimerais)\s+)?(?:(?:your|the|an|ta|votre|la|une)\s+)?"
    r"(?:answer|response|r[ée]ponse)"
    r"|[ée]cri(?:s|vez|re)(?:-moi)?|(?:me )?dire|(?:dis|dites)(?:-moi)?|explique(?:z|r)?(?:-moi)?|tradui(?:s|sez|re)(?:-moi)?"
    r")(?:\s+(?:it|that|me|moi|le|cela|[çc]a|toujours))?"
)
_IN = rf"(?:in|into|en)\s+{_NAME}\b"
_WISHES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # first: "En français : …", "In English please, …", "Peux-tu répondre en anglais ? …", "Dis-moi en anglais qui …"
        rf"^\s*(?:{_VERB}\s+)?{_IN}(?:\s*,?\s*{_PLEASE})?\s*[:,.!?;–—-]\s*(?=\S)",
        rf"^\s*{_VERB}\s+{_IN}\s+(?=\S)",
        # between: "J'aimerais savoir, en anglais, qui …"
        rf"\s*,\s*{_IN}\s*,\s*(?=\S)",
        # last: "…, in English", "…? Answer in French, thanks", "… (en anglais svp)", "…? French please"
        rf"(?:(?<=[?!.])|\s*[,;(–—-])\s*(?:{_VERB}\s+)?{_IN}(?:\s*,?\s*{_PLEASE})?\s*[).!?]*\s*$",
        rf"(?:(?<=[?!.])|\s*[,;(–—-])\s*{_NAME}\s*,?\s*{_PLEASE}\s*[).!?]*\s*$",
        rf"\s+(?:{_VERB}\s+)?{_IN}\s*,?\s*{_PLEASE}\s*[.!?]*\s*$",
    )
)


def requested(text: str) -> tuple[Language | None, str]:
    """The language a question asks to be answered in (None when it asks for none), and the question without that request."""
    for pattern in _WISHES:
        found = pattern.search(text)
        if found:
            rest = f"{text[: found.start()]} {text[found.end() :]}".strip()
            if "?" in found.group() and rest and rest[-1] not in "?!.…":
                rest += " ?" if found.group().rstrip().endswith(" ?") else "?"
            if WORD.search(rest):
                return ("en" if fold(found["name"]) in {"english", "anglais"} else "fr"), rest
    return None, text


@cache
def _detector(*, wide: bool, quick: bool) -> Any:
    from lingua import Language as Lingua
    from lingua import LanguageDetectorBuilder

    names = ("ENGLISH", "FRENCH", *(_OTHERS if wide else ()))
    builder = LanguageDetectorBuilder.from_languages(*(getattr(Lingua, name) for name in names))
    return (builder.with_low_accuracy_mode() if quick else builder).build()


@lru_cache(maxsize=4096)
def _confidences(text: str, *, wide: bool, quick: bool = False) -> dict[str, float]:
    detector = _detector(wide=wide, quick=quick)
    return {c.language.name: c.value for c in detector.compute_language_confidence_values(text)}


def load() -> None:
    """Load the detectors a question often needs, half a second; the full ones of other languages wait for a doubtful text."""
    text = "warming up"  # lingua loads models of five letters with the first word that has five
    _confidences(text, wide=True, quick=True)
    _confidences(text, wide=False)


# Words in lower case from which a sentence says which language it is in.
LEAST_WORDS = 5

# "I'm", "don't": the end of an English word is none of French (« m' »).
_CONTRACTED = re.compile(r"(?<=\w)['’](?:m|re|ve|ll|d|s|t)\b", re.IGNORECASE)
# "May I attend?": only English has a capital there.
_I = re.compile(r"(?<![\w.-])I(?=['’]|\s[a-z])")


def detect(text: str, default: Language = "en", names: frozenset[str] = frozenset()) -> Language:
    """English or French, by function words, then by lingua; ``default`` when the text says too little.

    ``names`` are folded words to leave out: proper names are in no language.
    """
    common = _common(_CONTRACTED.sub("", text), names)
    only = _function_words(common)
    only["en"] += bool(_I.search(text))
    if only["en"] != only["fr"] and min(only.values()) == 0:
        return "en" if only["en"] else "fr"
    if not common:
        return default
    scores = _confidences(" ".join(common), wide=False)
    if abs(scores["ENGLISH"] - scores["FRENCH"]) < 0.1:
        return default
    return "en" if scores["ENGLISH"] > scores["FRENCH"] else "fr"


def in_another(text: str, language: Language) -> bool:
    """True when a text has three function words of the other language at least, outside its names, and none of this one."""
    words = [m.group() for m in WORD.finditer(text)]
    around = zip(("", *words), (*words[1:], ""), strict=False)
    plain = {
        word for word, (before, after) in zip(words, around, strict=False) if not (before[:1] + after[:1]).isupper()
    }
    only = _function_words(word for word in plain if word.islower() or word == words[0])
    return not only[language] and only[_other(language)] >= 3


def _function_words(words: Iterable[str]) -> dict[Language, int]:
    """How many words are function words of a language and not of the other."""
    folded = [fold(word) for word in words]
    both: tuple[Language, Language] = ("en", "fr")
    return {
        language: sum(w in stop_words(language) and w not in stop_words(_other(language)) for w in folded)
        for language in both
    }


def _common(text: str, names: frozenset[str]) -> list[str]:
    """The words of a text that can tell its language: those without a capital, and the first unless it begins a name ("La Cale").

    All but the names where none is left.
    """
    words = [m.group() for m in WORD.finditer(text)]
    capital = [word[0].isupper() for word in words]
    opens_a_name = capital[1:2] == [True]
    kept = [w for i, w in enumerate(words) if not capital[i] or (i == 0 and not opens_a_name)]
    told = [w for w in kept if fold(w) not in names and not w.isdigit()]
    return told or [w for w in words if fold(w) not in names]


def unsupported(text: str, names: frozenset[str] = frozenset()) -> bool:
    """True when the text is plainly in neither English nor French: another script, or another language by lingua.

    ``names`` are folded words to leave out. One or two words say too little, unless lingua is certain.
    """
    kept = [m.group() for m in WORD.finditer(text) if fold(m.group()) not in names]
    letters = [c for word in kept for c in word if c.isalpha()]
    latin = [c for c in letters if unicodedata.name(c, "").startswith(("LATIN", "FEMININE", "MASCULINE"))]
    if len(latin) * 2 < len(letters):
        return True
    own = sum(fold(word) in own_words() for word in kept)
    if len(kept) < 2 or own >= OWN_SHARE * len(kept):
        return False
    if _known(text, names) >= KNOWN_SHARE:
        return False
    # The full models of fourteen languages take 370 MB and two seconds to load: only a doubtful text is worth them.
    glance = _confidences(" ".join(kept), wide=True, quick=True)
    if glance["ENGLISH"] + glance["FRENCH"] >= AT_A_GLANCE:
        return False
    plain = [
        word for at, word in enumerate(kept) if (at == 0 or word.islower()) and fold(word) not in neighbour_words()
    ]
    if sum(map(ordinary, plain)) >= IN_DICTIONARY * len(kept):
        return False
    scores = _confidences(" ".join(kept), wide=True)
    best = max(scores, key=lambda name: scores[name])
    ours = scores["ENGLISH"] + scores["FRENCH"]
    if best in {"ENGLISH", "FRENCH"} or scores[best] <= 0.5:
        return False
    return ours < (0.15 if len(kept) > 2 else 0.02)


def _known(text: str, names: frozenset[str]) -> float:
    """The share of a text's words without a capital, and its first, that are ``names`` or own words, none of a neighbour's."""
    words = [fold(m.group()) for at, m in enumerate(WORD.finditer(text)) if at == 0 or m.group().islower()]
    known = [word for word in words if word in own_words() or (word in names and word not in neighbour_words())]
    return len(known) / len(words)


def _other(language: Language) -> Language:
    return "fr" if language == "en" else "en"


_ALONE = re.compile(
    rf"^\W*(?:(?:and|et)\s+)?(?:(?:the )?same(?: thing| question| answer)?|again|once more"
    rf"|(?:la )?m[êe]me (?:chose|question|r[ée]ponse)|pareil|encore une fois)?\W*(?:{_VERB}\s+)?(?:{_IN})(?:\W*{_PLEASE})?\W*$",
    re.IGNORECASE,
)


def wanted_again(text: str) -> Language | None:
    """The language in which the last answer is wanted again ("same thing in English?", « en français svp »), if that is all."""
    found = _ALONE.match(text)
    return None if found is None else ("en" if fold(found["name"]) in {"english", "anglais"} else "fr")


def written_in(text: str, document: Language) -> Language:
    """The language of a sentence of a document: a report of both languages has sections in the other than its own."""
    return detect(text, document) if len(_common(text, frozenset())) >= LEAST_WORDS else document
