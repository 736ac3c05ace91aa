"""The chat page in gradio: the conversation on the left, the report on the right. A door: no logic of its own."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Callable, Iterator
from importlib import resources
from types import SimpleNamespace
from typing import Any

import click
import gradio as gr
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware

from genoassist import actions, conversation, markup, page
from genoassist.assistant import Assistant
from genoassist.console import progress
from genoassist.conversation import Talk, Told
from genoassist.desk import Desk, View, converse
from genoassist.errors import SettingsError
from genoassist.messages import say
from genoassist.settings import Settings
from genoassist.types import Language

WAITING = 32  # questions at once, of which all but a few are told their place in the queue
Changes = dict[Any, Any]
ON, OFF = gr.update(visible=True), gr.update(visible=False)
BRIDGE = "document.addEventListener('{name}', (event) => trigger('click', event.detail));"
ASSETS = ("page.css", "root.css", "report.js", "page.js")
FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)


def build(desk: Callable[[], Desk], settings: Settings) -> gr.Blocks:
    """The page as gradio Blocks, not launched; ``desk`` is asked at every event, so its model may load meanwhile."""
    fixed: Language | None = None if settings.interface_language == "auto" else settings.interface_language
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    limits = {"concurrency_limit": WAITING, "concurrency_id": "ask", "trigger_mode": "multiple", **private}
    with gr.Blocks(title=say("web.title", fixed or "en"), analytics_enabled=False, fill_width=True) as blocks:
        parts = _parts(fixed or "en")
        do = _Events(parts, desk, fixed)
        p, given, everything = parts, [parts.kept, parts.language], list(vars(parts).values())
        changed = [p.chat, p.kept, p.pointer, p.spoken, p.box, p.send, p.stop, p.offered, p.notice, p.editing]
        blocks.load(do.arrive, [p.kept, p.chosen], everything, **private)
        p.language.input(do.switch, given, everything, **private)
        p.timer.tick(do.tick, given, [p.status, p.offered, p.timer], queue=False, **private)
        asking = [
            gr.on([p.box.submit, p.send.click], do.ask, [p.box, *given, p.editing], changed, **limits),
            p.asker.click(do.clicked, given, changed, **limits),
        ]
        for event in asking:
            event.then(do.done, p.kept, [p.send, p.stop], queue=False, **private)
        p.actor.click(do.act, given, [p.notice, p.editing, p.box, p.file], queue=False, **private)
        p.file.change(None, p.file, None, js="(file) => window.genoassist.save(file)", **private)
        # Said at once: to cancel waits for the sentence that is being written.
        p.stop.click(do.halt, given, changed, queue=False, **private)
        p.clear.click(do.renew, p.language, changed, queue=False, **private)
        for button in (p.stop, p.clear):
            button.click(None, None, None, cancels=asking, **private)
    return blocks


def _parts(first: Language) -> SimpleNamespace:
    """The components, laid out."""

    def html(name: str, **more: Any) -> gr.HTML:
        return gr.HTML(elem_id=name, apply_default_css=False, **more)

    p = SimpleNamespace()
    # What the browser keeps; the secret is none, it only has to stay the same.
    p.kept = gr.BrowserState([], storage_key="genoassist-conversation", secret="genoassist")  # noqa: S106
    p.chosen = gr.BrowserState(None, storage_key="genoassist-language", secret="genoassist")  # noqa: S106
    p.editing = gr.State(False)
    with gr.Row(elem_id="top"):
        p.masthead = html("masthead")
        p.language = gr.Radio(
            [("English", "en"), ("Français", "fr")], value=first, elem_id="language", container=False, min_width=180
        )
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="talk", scale=1, min_width=320):
            with gr.Row(elem_id="talk-head"):
                p.talk, p.menu = html("talk-title"), html("export")
                p.clear = gr.Button(elem_id="clear", size="sm", scale=0, min_width=150)
            p.chat = gr.Chatbot(
                elem_id="chat", height=None, autoscroll=False, buttons=[], feedback_options=None, latex_delimiters=[],
                allow_file_downloads=False, group_consecutive_messages=False, layout="bubble", container=False,
            )  # fmt: skip
            p.spoken, p.offered, p.notice = html("spoken"), html("offered"), html("notice")
            with gr.Row(elem_id="ask"):
                p.box = gr.Textbox(elem_id="question", lines=1, max_lines=5, autofocus=True, scale=1, container=True)
                p.send = gr.Button(elem_id="send", variant="primary", scale=0, min_width=124)
                p.stop = gr.Button(elem_id="stop", variant="secondary", scale=0, min_width=124, visible=False)
            with gr.Row(elem_id="foot"):
                p.status, p.shortcuts = html("status"), html("shortcuts")
        with gr.Column(elem_id="source", scale=1, min_width=320):
            with gr.Row(elem_id="source-head"):
                p.source, p.tools = html("source-title"), html("tools")
            p.report = html("report")
    p.form, p.pointer = html("dialogs"), html("pointer", visible="hidden")
    p.file = gr.JSON(elem_id="file", visible="hidden")
    # What is clicked in the conversation comes from page.js, as clicks on these two.
    p.asker, p.actor = (
        html(name, visible="hidden", js_on_load=BRIDGE.format(name=name)) for name in ("asker", "actor")
    )
    p.timer = gr.Timer(2)
    return p


class _Events:
    """What every event changes: component -> value, as page.py words it."""

    def __init__(self, parts: SimpleNamespace, desk: Callable[[], Desk], fixed: Language | None) -> None:
        self.p, self.desk, self.fixed = parts, desk, fixed
        self.corpus = desk().assistant.corpus

    def arrive(self, kept: Any, chosen: Any, request: gr.Request) -> Changes:
        at = page.chosen(chosen) or self.fixed or page.preferred(request.headers.get("accept-language"))
        told = conversation.from_data(kept, self.corpus)
        return {**self._worded(told, at), self.p.kept: conversation.to_data(told.talk)}

    def switch(self, kept: Any, at: Language) -> Changes:
        return {**self._worded(conversation.from_data(kept, self.corpus), at), self.p.chosen: at}

    def ask(self, question: str, kept: Any, at: Language, again: bool) -> Iterator[Changes]:
        talk = conversation.from_data(kept, self.corpus).talk
        if not conversation.pending(kept):
            yield from self._asking(question, talk[:-1] if again else talk, at)

    def clicked(self, event: gr.EventData, kept: Any, at: Language) -> Iterator[Changes]:
        talk = conversation.from_data(kept, self.corpus).talk
        question = actions.asked(event._data, talk)
        yield from self._asking(question.text, question.talk, at, suggested=question.suggested)

    def act(self, event: gr.EventData, kept: Any, at: Language) -> Changes:
        done = actions.perform(event._data, conversation.from_data(kept, self.corpus).talk, self.desk(), at)
        changes = {
            self.p.notice: done.notice, self.p.editing: done.editing, self.p.box: done.question, self.p.file: done.file
        }  # fmt: skip
        return {component: value for component, value in changes.items() if value is not None}

    def done(self, kept: Any) -> Changes:
        """Ready for the next question, unless it is there already: one that was stopped may end after it was asked."""
        return {} if conversation.pending(kept) else self._ready()

    def halt(self, kept: Any, at: Language) -> Changes:
        return {**self._shown(View(conversation.from_data(kept, self.corpus).talk, finished=True), at), **self._ready()}

    def renew(self, at: Language) -> Changes:
        return {**self._shown(View((), finished=True), at), **self._quiet(), **self._ready()}

    def tick(self, kept: Any, at: Language) -> Changes:
        desk = self.desk()
        offered = {} if kept else {self.p.offered: page.offered_html((), desk, at)}
        return {self.p.status: page.status_html(desk, at), self.p.timer: gr.Timer(active=not desk.settled), **offered}

    def _asking(self, question: str, talk: Talk, at: Language, *, suggested: bool = False) -> Iterator[Changes]:
        if not question.strip():
            return
        yield {**self._quiet(), self.p.offered: "", self.p.send: OFF, self.p.stop: ON}
        for view in converse(question.strip(), talk, at, self.desk(), suggested=suggested):
            # With the answer itself: what ends it after it may not come where the question before was stopped.
            yield {**self._shown(view, at), **(self._ready() if view.finished else {})}

    def _ready(self) -> Changes:
        return {self.p.send: ON, self.p.stop: OFF}

    def _quiet(self) -> Changes:
        return {self.p.box: "", self.p.notice: "", self.p.spoken: "", self.p.editing: False}

    def _shown(self, view: View, at: Language) -> Changes:
        changes = {
            self.p.chat: page.messages(view, self.corpus, at),
            self.p.kept: conversation.to_data(view.talk),
            self.p.pointer: page.pointed(view, self.corpus),
        }
        if view.finished:
            offered = page.offered_html(view.talk, self.desk(), at)
            changes |= {self.p.spoken: page.aloud_html(view), self.p.offered: offered}
        return changes

    def _worded(self, told: Told, at: Language) -> Changes:
        p, view = self.p, View(told.talk)
        chat = page.messages(view, self.corpus, at)
        return {
            p.masthead: page.masthead_html(self.corpus, at),
            p.language: gr.update(label=say("web.language", at), value=at),
            p.chat: gr.update(value=chat, label=say("web.chat", at), placeholder=page.note_html("empty", at)),
            p.box: gr.update(label=say("web.box", at), placeholder=say("web.hint", at)),
            p.send: say("web.send", at), p.stop: say("web.stop", at), p.clear: say("web.clear", at),
            p.talk: page.title_html("chat", at), p.menu: page.menu_html(at), p.shortcuts: page.shortcuts_html(at),
            p.offered: page.offered_html(told.talk, self.desk(), at),
            p.notice: page.note_html("stale" if told.stale else "", at),
            p.status: page.status_html(self.desk(), at), p.source: page.title_html("report", at),
            p.tools: page.tools_html(self.corpus, at), p.report: markup.report_html(self.corpus, at),
            p.form: page.feedback_html(at), p.pointer: page.pointed(view, self.corpus),
        }  # fmt: skip


def serve(settings: Settings, language: Language = "en") -> None:
    """Serve the page on the host and port of the settings until interrupted; the language model loads meanwhile.

    Raises SettingsError when the address cannot be listened on, and what keeps the assistant from opening.
    """
    _check_address(settings.host, settings.port)
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    for name in ("NO_PROXY", "no_proxy"):  # the page's own start-up check must not go through an office proxy
        os.environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1,localhost", settings.host]))
    with progress(language) as told:
        assistant = Assistant.open(settings, progress=told)
    assistant.prepare()
    desk = Desk.of(assistant)
    blocks = build(lambda: desk, settings)
    blocks.queue(default_concurrency_limit=WAITING, api_open=False)
    assets = resources.files("genoassist") / "assets"
    style, root, *scripts = ((assets / name).read_text(encoding="utf-8") for name in ASSETS)
    head = f"<style>{root}</style><script>{''.join(scripts)}</script>"
    theme = gr.themes.Base(font=FONTS, font_mono=("ui-monospace", "monospace"), primary_hue="teal", neutral_hue="slate")
    blocks.launch(
        server_name=settings.host, server_port=settings.port, share=False, quiet=True, prevent_thread_lock=True,
        footer_links=[], run_history=False, enable_monitoring=False, ssr_mode=False, pwa=False, mcp_server=False,
        theme=theme, css=style, head=head, app_kwargs={"middleware": [Middleware(_Policy)]},
    )  # fmt: skip
    threading.Thread(target=desk.warm, name="warm", daemon=True).start()
    click.echo(say("web.ready", language, url=f"http://{_shown_host(settings.host)}:{settings.port}"), err=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        blocks.close(verbose=False)


def _shown_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _check_address(host: str, port: int) -> None:
    """Bind and let go, so that a taken port or a foreign address is said before anything is loaded."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError:
        raise SettingsError("web.port_forbidden", port=port) from None
    except (OSError, UnicodeError) as error:
        key = "web.port_taken" if getattr(error, "errno", None) == errno.EADDRINUSE else "web.host_unknown"
        raise SettingsError(key, host=host, port=port) from None


class _Policy:
    """ASGI middleware: every response carries a content security policy, so the browser itself refuses to call out."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def sealed(message: Any) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["content-security-policy"] = POLICY
            await send(message)

        await self.app(scope, receive, sealed if scope["type"] == "http" else send)
