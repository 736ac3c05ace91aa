"""The HTML of the chat page, in the language of the page, without the library that displays it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from babel.numbers import format_decimal, format_percent

from genoassist import conversation, markup, present
from genoassist.conversation import Exchange, Talk
from genoassist.desk import Desk, View
from genoassist.language import written_in
from genoassist.markup import escape
from genoassist.messages import say
from genoassist.types import CITATION_MARK, Citation, Corpus, Evidence, Language, Section

FIRST_QUESTIONS = 4
NEXT_QUESTIONS = 3
EVIDENCE_SHOWN = 2
# What is told of what is under way; of anything else, that it is fetched.
STATUS = {"warm": "status_reading", "arrange": "status_arranging"}
SHORTCUTS = ("ask", "line", "question", "find", "cites", "stop", "new")
FAULTS = ("wrong_answer", "wrong_source", "should_have_answered", "other")

Message = dict[str, Any]


def preferred(accept_language: str | None, fallback: Language = "en") -> Language:
    """The language of an ``Accept-Language`` header that the page speaks and the reader likes best."""
    best, weight = fallback, 0.0
    for part in (accept_language or "").split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            liked = float(quality or 1)
        except ValueError:
            continue
        primary = tag.split("-")[0].lower()
        if primary in ("en", "fr") and liked > weight:
            best, weight = "fr" if primary == "fr" else "en", liked
    return best


def chosen(value: Any) -> Language | None:
    """A language that a browser remembers, or None."""
    return next((language for language in ("en", "fr") if value == language), None)


# ---------------------------------------------------------------- around the conversation


def masthead_html(corpus: Corpus, language: Language) -> str:
    """The title of the page and two lines: what it is, and what it covers."""
    lines = "".join(f"<p>{escape(text)}</p>" for text in (say("web.about", language), _covers(corpus, language)))
    return f'<div lang="{language}"><h1>{escape(say("web.title", language))}</h1>{lines}</div>'


def _covers(corpus: Corpus, language: Language) -> str:
    count = sum(1 for d in corpus.documents for s in d.sections if s.sentences)
    sections = format_decimal(count, locale=language)
    if len(corpus.documents) > 1:
        number = format_decimal(len(corpus.documents), locale=language)
        return say("web.covers_many", language, documents=number, sections=sections)
    document = corpus.documents[0]
    title = document.title_fr if language == "fr" and document.title_fr else document.title
    name = present.quoted(title, language) + (f" ({document.year})" if document.year else "")
    return say("web.covers_one" if count > 1 else "web.covers_section", language, title=name, sections=sections)


def title_html(key: str, language: Language) -> str:
    """The title of one half of the page."""
    return f'<h2 lang="{language}">{escape(say(f"web.{key}", language))}</h2>'


def note_html(key: str, language: Language, **values: Any) -> str:
    """A quiet line of the page in its own voice; nothing for no key."""
    return f'<p class="note" lang="{language}">{escape(say(f"web.{key}", language, **values))}</p>' if key else ""


def problem_html(text: str, language: Language) -> str:
    """A problem, said calmly on one line."""
    return f'<p class="problem" lang="{language}">{escape(text)}</p>'


def menu_html(language: Language) -> str:
    """The conversation as a file, or on paper."""
    items = "".join(_button("export", language, f"export_{form}", form=form) for form in ("docx", "md", "print"))
    summary = escape(say("web.export", language))
    copied, lost = escape(say("web.copied", language)), escape(say("web.lost", language))
    return (
        f'<details class="menu" lang="{language}" data-copied="{copied}"><summary>{summary}</summary>'
        f'<div>{items}</div></details><p id="lost" role="alert">{lost}</p>'
    )


def suggestions_html(lead: str, questions: Sequence[str], language: Language) -> str:
    """Questions to choose from under a lead; nothing when there are none."""
    if not questions:
        return ""
    items = "".join(
        f'<li><button type="button" class="chip" data-do="ask" data-text="{escape(q)}">{escape(q)}</button></li>'
        for q in questions
    )
    name = escape(say(f"web.{lead}", language))
    return f'<div lang="{language}"><p id="lead">{name}</p><ul aria-labelledby="lead">{items}</ul></div>'


def offered_html(talk: Talk, desk: Desk, language: Language) -> str:
    """The questions to choose from at this point of the conversation: all of them known to be answered."""
    asked = {e.question for e in talk}
    if not talk:
        return suggestions_html("suggestions", desk.suggestions.offer(language, FIRST_QUESTIONS), language)
    last = talk[-1]
    near = {(c.document, c.section_id) for c in last.citations} | {(p.document, p.section) for p in last.nearest}
    lead = "answered_instead" if last.state == "refusal" else "next"
    return suggestions_html(lead, desk.suggestions.offer(language, NEXT_QUESTIONS, near, asked), language)


def status_html(desk: Desk, language: Language) -> str:
    """One calm line: how answers are worded now, and why; with a bar while the language model is fetched or reads."""
    text, bar = say(f"web.status_{desk.assistant.engine}", language), ""
    if desk.waits and desk.assistant.engine == "extractive":
        text = say("web.status_loading", language)
        if desk.progress:
            what, done, total = desk.progress
            share = done / total if total else 0.0
            key = STATUS.get(what, "status_fetching")
            text = say(f"web.{key}", language, percent=format_percent(share, locale=language))
            bar = f'<progress max="100" value="{share * 100:.0f}" aria-label="{escape(text)}"></progress>'
    elif desk.problem:
        text = say("web.status_without", language)  # the reason, with its paths, is for the log and for doctor
    state = "loading" if bar or desk.waits else "ready"
    return f'<p class="{state}" lang="{language}">{bar}{escape(text)}</p>'


def shortcuts_html(language: Language) -> str:
    """What the keyboard does, behind one word."""
    rows = "".join(
        f"<dt>{say(f'keys.{key}', language)}</dt><dd>{escape(say(f'keys.{key}_does', language))}</dd>"
        for key in SHORTCUTS
    )
    summary = escape(say("keys.title", language))
    return f'<details class="menu up" lang="{language}"><summary>{summary}</summary><dl>{rows}</dl></details>'


def tools_html(corpus: Corpus, language: Language) -> str:
    """Above the report: its contents, a search in it, and the step from one citation to the next."""
    contents, find = escape(say("web.contents", language)), escape(say("web.find", language))
    return (
        f'<div class="tools" lang="{language}" data-of="{escape(say("web.of", language))}" '
        f'data-none="{escape(say("web.found_none", language))}">'
        f'<details class="menu" id="contents"><summary>{contents}</summary>{markup.contents_html(corpus, language)}</details>'
        f'<search id="search"><label class="hidden" for="find">{find}</label>'
        f'<input id="find" type="search" placeholder="{find}" autocomplete="off" spellcheck="false">'
        f'<output id="found" for="find"></output>{_arrow("find-back", "↑", language)}{_arrow("find-on", "↓", language)}</search>'
        f'<div id="steps" class="none" role="group" aria-label="{escape(say("web.citations", language))}">'
        f'{_arrow("cite-back", "↑", language)}<output id="step"></output>{_arrow("cite-on", "↓", language)}</div></div>'
    )


def feedback_html(language: Language) -> str:
    """The form that asks what is wrong with an answer; the browser opens it."""
    choices = "".join(
        f'<label><input type="radio" name="fault" value="{fault}" required> {escape(say(f"feedback.{fault}", language))}</label>'
        for fault in FAULTS
    )
    return (
        f'<dialog id="feedback" lang="{language}" aria-labelledby="feedback-title"><form method="dialog">'
        f'<h2 id="feedback-title">{escape(say("feedback.title", language))}</h2>'
        f'<fieldset><legend class="hidden">{escape(say("feedback.title", language))}</legend>{choices}</fieldset>'
        f'<label class="line">{escape(say("feedback.line", language))}<input name="line" maxlength="500" autocomplete="off"></label>'
        f"<p>{escape(say('feedback.kept', language))}</p>"
        f'<div class="row"><button type="submit" value="send" class="primary">{escape(say("feedback.send", language))}</button>'
        f'<button type="submit" value="" formnovalidate>{escape(say("feedback.cancel", language))}</button></div></form></dialog>'
    )


def pointer_html(citations: Sequence[Citation], focus: Section | None = None) -> str:
    """What the report shows: the cited sentences, or the nearest section. Read by the browser, not by people."""
    cites = " ".join(f"{c.n}:{markup.anchor(c.document, c.start)}" for c in citations)
    return f'<i data-cites="{escape(cites)}" data-focus="{markup.section_anchor(focus) if focus else ""}"></i>'


def _button(do: str, language: Language, key: str, **data: str) -> str:
    more = "".join(f' data-{name}="{escape(value)}"' for name, value in data.items())
    return f'<button type="button" data-do="{do}"{more}>{escape(say(f"web.{key}", language))}</button>'


def _arrow(name: str, sign: str, language: Language) -> str:
    label = escape(say(f"web.{name.replace('-', '_')}", language))
    return f'<button type="button" id="{name}" title="{label}" aria-label="{label}">{sign}</button>'


# ---------------------------------------------------------------- the conversation


def messages(view: View, corpus: Corpus, page: Language) -> list[Message]:
    """The conversation as the messages of a chat; the last answer may still be in the making."""
    shown: list[Message] = []
    for n, exchange in enumerate(view.talk):
        last = n == len(view.talk) - 1
        shown.append({"role": "user", "content": markup.plain_html(exchange.question)})
        shown.append({"role": "assistant", "content": _reply(exchange, n, view if last else None, corpus, page)})
    return shown


def pointed(view: View, corpus: Corpus) -> str:
    """The pointer to what the last exchange rests on."""
    if not view.talk:
        return pointer_html(())
    last = view.talk[-1]
    nearest = view.evidence.sections if view.evidence else conversation.sections(last, corpus)
    return pointer_html(last.citations, nearest[0] if nearest and not last.citations else None)


def aloud_html(view: View) -> str:
    """What a screen reader says once an answer is there; the marks are not read."""
    return markup.plain_html(CITATION_MARK.sub("", view.aloud), view.talk[-1].language) if view.talk else ""


def _reply(exchange: Exchange, n: int, view: View | None, corpus: Corpus, page: Language) -> str:
    parts = [_understood(exchange, n, page), _body(exchange, view, corpus, page)]
    if exchange.corrected:
        parts.insert(1, f'<p class="corrected" lang="{page}">{escape(say("web.corrected", page))}</p>')
    if exchange.missing:
        names = ", ".join(present.quoted(word, page) for word in exchange.missing)
        parts.append(note_html("missing", page, names=names))
    if exchange.unanswered:
        named = ", ".join(present.quoted(part, exchange.language) for part in exchange.unanswered)
        parts.append(note_html("unanswered", page, parts=named))
    parts.append(markup.references_html(exchange.citations, corpus, exchange.language))
    if exchange.state == "stopped":
        parts.append(note_html("stopped", page))
    if exchange.state != "asked":
        parts.append(_actions(exchange, n, view is not None, page))
    return f'<div class="turn {exchange.state}">{"".join(parts)}</div>'


def _body(exchange: Exchange, view: View | None, corpus: Corpus, page: Language) -> str:
    if exchange.state == "problem":
        return problem_html(exchange.text, page)
    if exchange.state == "refusal":
        return markup.refusal_html(exchange.text, conversation.sections(exchange, corpus), exchange.language)
    if exchange.text:
        return markup.answer_html(exchange.text, exchange.citations, exchange.language)
    if exchange.state != "asked" or view is None:
        return ""
    if view.evidence:
        return note_html("reading", page) + _evidence(view.evidence, corpus, exchange.language, page)
    if view.ahead:
        return note_html("ahead", page, count=format_decimal(view.ahead, locale=page))
    return note_html("reading", page)


def _evidence(evidence: Evidence, corpus: Corpus, language: Language, page: Language) -> str:
    """The nearest sentences, before anything is written from them."""
    items = ""
    for hit in evidence.hits[:EVIDENCE_SHOWN]:
        sentence = hit.passage.sentence
        document = corpus.document(sentence.document_id)
        quote = escape(present.quoted(present.one_line(sentence.text), language))
        items += f'<li><blockquote lang="{written_in(sentence.text, document.language)}">{quote}</blockquote></li>'
    return (
        f'<p class="note lead" lang="{page}">{escape(say("web.evidence", page))}</p><ul class="evidence">{items}</ul>'
    )


def _understood(exchange: Exchange, n: int, page: Language) -> str:
    if not exchange.understood:
        return ""
    link = _act("revise", n, exchange.understood, say("web.revise", page), exchange.language)
    return f'<p class="understood" lang="{page}">{escape(say("web.understood", page))} {link}</p>'


def _actions(exchange: Exchange, n: int, last: bool, page: Language) -> str:
    """What can be done with an answer: links that the browser makes act, as the chat lets no button through."""
    acts = ["copy", "wrong"] if exchange.state in ("answer", "refusal") else []
    acts += ["retry", "edit"] if last else []
    links = " ".join(_act(act, n, say(f"web.{act}", page)) for act in acts)
    return f'<p class="acts" lang="{page}">{links}</p>{_plain(exchange)}' if acts else ""


def _act(act: str, n: int, text: str, title: str = "", language: Language | None = None) -> str:
    more = (f' title="{escape(title)}"' if title else "") + (f' lang="{language}"' if language else "")
    return f'<a class="act" role="button" href="#{act}-{n}"{more}>{escape(text)}</a>'


def _plain(exchange: Exchange) -> str:
    """What copying an answer gives: its text and its references, a line each, not shown."""
    text = present.with_references(exchange.text, exchange.citations, exchange.language)
    lines: Iterable[str] = (f"<span>{escape(line)}</span>" for line in text.split("\n"))
    return f'<span class="plain" lang="{exchange.language}">{"".join(lines)}</span>'
