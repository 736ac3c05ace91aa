"""A scorecard for its readers: JSON for scripts, a table for the terminal, a page that stands alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from html import escape
from typing import Any

from babel.numbers import format_decimal, format_percent

from genoassist.evaluate import Group, Rate, Score, Scorecard
from genoassist.messages import say
from genoassist.types import Language

_NOTHING = "–"
_TERMINAL = 5  # columns of the table that fit in a terminal; the others stand below it

# no script, no font, no image: the policy holds even if a value slipped through the escaping
_HEAD = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 16px/1.55 system-ui, sans-serif; max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }}
.scroll {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ padding: .35rem .8rem; border-bottom: 1px solid #8886; text-align: right; white-space: nowrap; }}
th:first-child {{ text-align: left; }}
article {{ border-left: 4px solid #b3261e; margin: 1.5rem 0; padding: .1rem 1rem; }}
dt {{ font-weight: 600; }}
dd {{ margin: 0 0 .5rem; overflow-wrap: anywhere; white-space: pre-wrap; }}
code {{ font-size: .9em; }}
</style>
</head>
<body>
"""


def to_json(scorecard: Scorecard) -> dict[str, Any]:
    """The figures (overall, by kind, by language) and every score with its answer, ready for ``json.dumps``."""
    return {
        "overall": _figures(scorecard.overall),
        "by_kind": {name: _figures(group) for name, group in scorecard.by_kind.items()},
        "by_language": {name: _figures(group) for name, group in scorecard.by_language.items()},
        "scores": [_judgement(one) for one in scorecard.scores],
    }


def to_text(scorecard: Scorecard, language: Language) -> str:
    """The figures as a table for the terminal, then what went wrong, one line each, in that language."""
    table = [row[:_TERMINAL] for row in _table(scorecard, language)]
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = [
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in table
    ]
    lines.insert(1, "  ".join("-" * width for width in widths))
    measures = _columns_left(scorecard.overall, language) + _measures(scorecard.overall, language)
    lines += ["", *(f"{label} {value}" for label, value in measures)]
    if scorecard.wrong:
        lines += ["", say("evaluate.to_read", language, count=len(scorecard.wrong))]
        lines += [f"  {one.question.id}  {_outcome(one, language)}  {one.question.question}" for one in scorecard.wrong]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def to_html(scorecard: Scorecard, language: Language) -> str:
    """One page without script, font or image, in that language: the figures, then each answer that needs reading."""
    title = escape(say("evaluate.title", language))
    head, *body = _table(scorecard, language)
    rows = ["<tr>" + "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head) + "</tr>"]
    rows += [
        f'<tr><th scope="row">{escape(row[0])}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:]) + "</tr>"
        for row in body
    ]
    measures = [f"<li>{escape(label)} {escape(value)}</li>" for label, value in _measures(scorecard.overall, language)]
    parts = [
        _HEAD.format(language=language, title=title),
        f"<h1>{title}</h1>",
        f"<p>{escape(say('evaluate.legend', language))}</p>",
        f'<div class="scroll" tabindex="0" role="region" aria-label="{title}"><table>',
        f"<thead>{rows[0]}</thead>",
        "<tbody>",
        *rows[1:],
        "</tbody></table></div>",
        "<ul>",
        *measures,
        "</ul>",
        f"<h2>{escape(say('evaluate.to_read', language, count=len(scorecard.wrong)))}</h2>",
        *(_article(one, language) for one in scorecard.wrong),
        "</body>\n</html>",
    ]
    return "\n".join(parts) + "\n"


# ---------------------------------------------------------------- figures


def _figures(group: Group) -> dict[str, Any]:
    """The group with the share and the interval of each rate beside its counts."""
    figures = asdict(group)
    for name, value in figures.items():
        rate = getattr(group, name)
        if isinstance(rate, Rate):
            figures[name] = {**value, "share": rate.share, "interval": list(rate.interval)}
    figures["seconds"] = {name: {"p50": p50, "p95": p95} for name, (p50, p95) in group.seconds.items()}
    return figures


def _judgement(one: Score) -> dict[str, Any]:
    judged = {name: getattr(one, name) for name in ("outcome", "missing", "forbidden", "language_right", "words")}
    cited = {name: getattr(one, name) for name in ("precision", "recall", "verbatim")}
    asked = {name: getattr(one.question, name) for name in ("id", "question", "kind", "language", "answerable")}
    return {**asked, **judged, **cited, "answer": dict(one.answer)}


def _table(scorecard: Scorecard, language: Language) -> list[list[str]]:
    """The heading row, then a row for the whole set, each language and each kind."""
    columns = ("group", "questions", "right", "declined", "refused", "language", "precision", "recall")
    groups = [(say("evaluate.overall", language), scorecard.overall)]
    groups += [(say(f"evaluate.{name}", language), group) for name, group in scorecard.by_language.items()]
    groups += [(say(f"evaluate.{name}", language), group) for name, group in scorecard.by_kind.items()]
    return [
        [say(f"evaluate.column_{column}", language) for column in columns],
        *([name, str(group.questions), *_cells(group, language)] for name, group in groups),
    ]


def _cells(group: Group, language: Language) -> list[str]:
    rates = [_rate(rate, language) for rate in (group.right, group.declined, group.refused, group.language)]
    return rates + [_NOTHING if s is None else _percent(s, language) for s in (group.precision, group.recall)]


def _columns_left(group: Group, language: Language) -> list[tuple[str, str]]:
    """The columns that the terminal has no room for, for the whole set: label, value."""
    names = ("language_right", "precision", "recall")
    return [
        (say(f"evaluate.{name}", language), cell) for name, cell in zip(names, _cells(group, language)[3:], strict=True)
    ]


def _measures(group: Group, language: Language) -> list[tuple[str, str]]:
    """What is measured on the whole set only: label, value."""
    measures = [("verbatim", _rate(group.verbatim, language)), ("short_enough", _rate(group.short_enough, language))]
    words = _NOTHING if group.single_words is None else _number(group.single_words, language)
    measures.append(("single_words", words))
    for name, (p50, p95) in group.seconds.items():
        measures.append((f"seconds_{name}", f"{_number(p50, language)} / {_number(p95, language)}"))
    return [(say(f"evaluate.{name}", language), value) for name, value in measures]


def _rate(rate: Rate, language: Language) -> str:
    if rate.share is None:
        return _NOTHING
    low, high = (format_decimal(100 * bound, format="0", locale=language) for bound in rate.interval)
    return f"{rate.hits}/{rate.of} {_percent(rate.share, language)} ({low}–{high})"


def _percent(share: float, language: Language) -> str:
    return str(format_percent(share, locale=language))


def _number(value: float, language: Language) -> str:
    return str(format_decimal(value, format="0.##", locale=language))


# ---------------------------------------------------------------- what went wrong


def _outcome(one: Score, language: Language) -> str:
    """Every reason for which a score needs reading."""
    said = [] if one.right else [say(f"evaluate.outcome_{one.outcome}", language)]
    if not one.language_right:
        said.append(say("evaluate.outcome_language", language))
    if one.verbatim is False:
        said.append(say("evaluate.outcome_verbatim", language))
    return ", ".join(said)


def _article(one: Score, language: Language) -> str:
    question, answer = one.question, one.answer
    details = [(f"label_{turn.role}", _prose(turn.content)) for turn in question.history]
    details.append(("label_question", _prose(question.question)))
    details.append(("label_answer", _prose(str(answer.get("answer") or ""))))
    if question.answerable:
        facts = "\n".join(_alternatives(fact) for fact in question.facts)
        details.append(("label_expected", escape(question.example) or facts))
        if one.missing:
            details.append(("label_missing", "\n".join(_alternatives(fact) for fact in one.missing)))
        if one.forbidden:
            details.append(("label_forbidden", _alternatives(one.forbidden)))
    else:
        details.append(("label_expected", escape(say("evaluate.expected_refusal", language))))
    if cited := "\n".join(_cited(citation) for citation in answer.get("citations") or ()):
        details.append(("label_cited", cited))
    terms = "".join(f"<dt>{escape(say(f'evaluate.{label}', language))}</dt><dd>{html}</dd>" for label, html in details)
    heading = f"{escape(question.id)} · {escape(_outcome(one, language))}"
    return f"<article><h3>{heading}</h3><dl>{terms}</dl></article>"


def _prose(text: str) -> str:
    return escape(text) or _NOTHING


def _alternatives(expressions: Sequence[str]) -> str:
    return " | ".join(f"<code>{escape(one)}</code>" for one in expressions)


def _cited(citation: dict[str, Any]) -> str:
    return escape(f"[{citation.get('n')}] {citation.get('section')}: {citation.get('quote')}")
