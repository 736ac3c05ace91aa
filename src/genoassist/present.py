"""Answers as text and JSON, in the reader's language. Pure: nothing is read, asked or decided here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

from babel import Locale

from genoassist.atoms import month_names
from genoassist.messages import say
from genoassist.types import Answer, Citation, Language, Reason, Section

NEAREST_NAMED = 3
_BREAKS = re.compile(r"[ \t\r\n\f\v]+")


# ---------------------------------------------------------------- words


_FRENCH: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"(?<=\w)'(?=\w)"), "’"),
    (re.compile(r'"([^"«»]+)"'), "«\u00a0\\1\u00a0»"),
    # « de EndoGene.Bio »; not before « onze », « oui », a letter by itself
    (re.compile(r"\b([Dd])e (?=[AEIOUÀÂÉÈÊÎÔÛaeiouàâéèêîôû][\w.’-])(?!onz|oui\b)"), "\\1’"),
    (re.compile(r"\ble (?=(?:19|20)\d\d(?:\s*[.,;)]|\s*$))"), "en "),
    (re.compile(r"\b(?<![\d,])((?:[2-9]|\d{2,})(?:,\d+)? (?:million|milliard))\b(?!s)"), r"\1s"),
    (re.compile(r"(?<=\d),(?=\d{3}(?!\d))"), "\u202f"),
    (re.compile(r"(?<=[\w)»’”])[ \u00a0]*([;!?])(?=\s|$)"), "\u202f\\1"),
    (re.compile(r"(?<=[\w)»’”])[ \u202f]*:(?=\s)"), "\u00a0:"),
    (re.compile(r"€[ \u00a0]?(\d+)[.](\d+)(?= mil)"), r"€\1,\2"),
    (re.compile(r"€[ \u00a0]?([01](?:,\d+)?) (million|milliard)s?\b(?: d['’]euros?\b)?"), r"\1 \2 d’euros"),
    (re.compile(r"€[ \u00a0]?(\d+(?:,\d+)?) (million|milliard)s?\b(?: d['’]euros?\b)?"), r"\1 \2s d’euros"),
    (
        re.compile(
            r"(?<!\w)(?<!\d )€[ \u00a0]?(\d+(?:[ \u00a0\u202f]\d{3})*)(?![.,]?\d)(?!\s?(?:[-–à]|[kmM]\b|M€|bn\b|million|milliard))"
        ),
        "\\1\u00a0€",
    ),
    (re.compile(r"(?<=\d)[ \u202f]?(?=[%€](?!\w))"), "\u00a0"),
    (re.compile(r"«[ \u202f]*(?=\S)"), "«\u00a0"),
    (re.compile(r"(?<=\S)[ \u202f]*»"), "\u00a0»"),
)


# With « avoir » a participle does not agree with an object that follows: « a retenus les marchés ».
_AGREES = re.compile(
    r"(?<!\bles )(?<!\bnous )(?<!\bvous )\b(a|ont|avait|avaient) (?!tous\b|plus\b|inclus)(\w+[éu])e?s (?=(?:les?|la|des|une?|\d+) )"
)
_OBJECT_BEFORE = re.compile(r"\b(?:que|quel(?:le)?s|combien)\b|\bqu[’']")


def _agreeing(match: re.Match[str]) -> str:
    before = match.string[: match.start()]
    return match[0] if _OBJECT_BEFORE.search(before) else f"{match[1]} {match[2]} "


@cache
def _undetermined() -> re.Pattern[str]:
    """A date without the article that a small model leaves out after a verb: « est 27 décembre »."""
    verbs = r"est|était|sera|ouvre|ouvrira|lieu|signée?|fixée?"
    return re.compile(rf"\b({verbs}) (?=\d{{1,2}}(?:er)? (?:{'|'.join(month_names())})\b)")


@cache
def _until() -> re.Pattern[str]:
    return re.compile(rf"\b([Jj]usqu’)à (?=\d{{1,2}}(?:er)? (?:{'|'.join(month_names())})\b)")


@cache
def _english_months() -> tuple[re.Pattern[str], dict[str, str]]:
    """Months as English writes them, where French dates something: « en October », « le 14 June », « de May » is a name."""
    english, french = (Locale(language).months["format"]["wide"] for language in ("en", "fr"))
    found = {english[number]: french[number] for number in english}
    words = "|".join(found)
    return re.compile(rf"\b(en|fin|début|mi-|dès|\d{{1,2}}(?:er)?|de(?! M)|du(?! M)) ?({words})\b"), found


def _month(match: re.Match[str]) -> str:
    name = _english_months()[1][match[2]]
    before = "d’" if match[1] == "de" and name[0] in "ao" else match[1] if match[1].endswith("-") else f"{match[1]} "
    return f"{before}{name}"


def set_in_french(text: str) -> str:
    """A French sentence as it is set in print: ’ for ', unbreakable spaces, "3 000", articles, participles, months."""
    text = _undetermined().sub(r"\1 le ", _english_months()[0].sub(_month, text))
    for pattern, mark in _FRENCH:
        text = pattern.sub(mark, text)
    return _AGREES.sub(_agreeing, _until().sub(r"\1au ", text))


def quoted(text: str, language: Language) -> str:
    """The text between the quotation marks of that language, itself untouched."""
    return say("present.quoted", language, text=text)


def one_line(text: str) -> str:
    """The text on one line, its no-break spaces kept."""
    return _BREAKS.sub(" ", text).strip(" ")


def heading(section: Section, language: Language) -> str:
    """The section's heading in that language where there is one, else as published."""
    return section.heading_fr if language == "fr" and section.heading_fr else section.heading


def both_headings(citation: Citation, language: Language) -> str:
    """The heading in the reader's language, its twin in brackets: ``Toward Europe (Vers l’Europe)``."""
    first, twin = citation.section, citation.section_fr
    if not twin or twin == first:
        return first
    return f"{twin} ({first})" if language == "fr" else f"{first} ({twin})"


def refusal_text(reason: Reason, language: Language, nearest: Sequence[Section] = ()) -> str:
    """One or two sentences that say why there is no answer and name at most three of the nearest sections."""
    text = say(f"refusal.{reason}", language)
    names = [quoted(heading(section, language), language) for section in nearest[:NEAREST_NAMED]]
    names = list(dict.fromkeys(names))
    if not names:
        return text
    listed = ", ".join(names[:-1])
    listed = say("refusal.and", language, first=listed, last=names[-1]) if listed else names[-1]
    key = "refusal.nearest_one" if len(names) == 1 else "refusal.nearest_many"
    return f"{text} {say(key, language, sections=listed)}"


# ---------------------------------------------------------------- data and plain text


def to_json(answer: Answer, id: Any = None) -> dict[str, Any]:
    """The answer in the published shape, seconds rounded to the millisecond; a refusal also carries ``nearest``."""
    shape: dict[str, Any] = {
        "id": id,
        "question": answer.query.asked,
        "standalone_question": answer.query.text,
        "language": answer.query.language,
        "kind": answer.kind,
        "reason": answer.reason,
        "answer": answer.text,
        "citations": [asdict(citation) for citation in answer.citations],
        "engine": answer.engine,
        "seconds": {name: round(value, 3) for name, value in answer.seconds.items()},
    }
    if answer.kind == "refusal":
        shape["nearest"] = [
            {"document": s.document_id, "section_id": s.id, "section": s.heading, "section_fr": s.heading_fr}
            for s in answer.nearest
        ]
    return shape


def to_text(answer: Answer, language: Language | None = None) -> str:
    """The answer, an empty line, then its numbered references; ``language`` is the reader's (default: the answer's)."""
    reader = language or answer.query.language
    return with_references(answer.text, answer.citations, reader)


def with_references(text: str, citations: Sequence[Citation], reader: Language) -> str:
    """The text, and under an empty line its numbered references, where there are any."""
    references = [
        say(
            "present.reference",
            reader,
            n=c.n,
            section=both_headings(c, reader),
            document=c.path,
            quote=quoted(one_line(c.quote), reader),
        )
        for c in citations
    ]
    return "\n".join([text, *([""] if references else []), *references])


def explain(answer: Answer) -> str:
    """Why the answer is what it is: the question as searched, candidates with scores, checks with problems, timings."""
    language = answer.query.language
    lines = [say("present.searched", language, text=answer.query.text, language=language, engine=answer.engine)]
    if answer.reason:
        lines.append(say("present.reason", language, reason=answer.reason))
    cited = {(c.document, c.start) for c in answer.citations}
    if answer.evidence:
        lines += ["", say("present.candidates", language)]
        for hit in answer.evidence.hits:
            sentence = hit.passage.sentence
            mark = "*" if (sentence.document_id, sentence.start) in cited else " "
            scores = f"{hit.score:7.4f} {_score(hit.dense)} {_score(hit.lexical)}"
            lines.append(f"{mark} {scores}  {sentence.section_id}  {' '.join(sentence.text.split())}")
    checks = (*answer.checks, *answer.rejected)
    if checks:
        lines += ["", say("present.checks", language)]
    for check in checks:
        lines.append(f"{'+' if check.passed else '-'} {check.sentence}")
        lines += [f"    = {' '.join(s.text.split())}" for s in check.supported_by]
        lines += [f"    ! {problem}" for problem in check.problems]
    if answer.seconds:
        timings = ", ".join(f"{name} {value:.3f} s" for name, value in answer.seconds.items())
        lines += ["", say("present.timings", language, timings=timings)]
    return "\n".join(lines)


def _score(value: float | None) -> str:
    return f"{value:7.3f}" if value is not None else f"{'-':>7}"
