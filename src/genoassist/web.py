"""The chat page in gradio: the conversation on the left, the report on the right. A door: no logic of its own."""

from __future__ import annotations

import errno
import os
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from importlib import resources
from typing import Any

import click
import gradio as gr
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware

from genoassist import present
from genoassist.assistant import Assistant
from genoassist.errors import SettingsError
from genoassist.messages import say
from genoassist.page import Desk, Message, converse, masthead_html, note_html, preferred, status_html, title_html
from genoassist.settings import Settings
from genoassist.types import Language, Turn

CONCURRENT = 4  # questions answered at once; the engine takes turns with the model itself
WAITING = 64  # questions in the queue before the page says it is busy
SUGGESTIONS = 4
FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif")
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)


def build(desk: Callable[[], Desk], settings: Settings) -> gr.Blocks:
    """The page as gradio Blocks, not launched; ``desk`` is asked at every event, so its model may load meanwhile."""
    fixed: Language | None = None if settings.interface_language == "auto" else settings.interface_language
    first: Language = fixed or "en"
    corpus = desk().assistant.corpus
    visible, hidden = gr.update(visible=True), gr.update(visible=False)
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}

    with gr.Blocks(title=say("web.title", first), analytics_enabled=False, fill_width=True) as blocks:
        turns = gr.State(())
        with gr.Row(elem_id="top"):
            masthead = gr.HTML(masthead_html(first), elem_id="masthead", apply_default_css=False)
            language = gr.Radio(
                [("English", "en"), ("Français", "fr")], value=first, elem_id="language", container=False, min_width=180
            )
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk", scale=1, min_width=320):
                with gr.Row(elem_id="talk-head"):
                    talk = gr.HTML(elem_id="talk-title", apply_default_css=False)
                    clear = gr.Button(elem_id="clear", size="sm", scale=0, min_width=170)
                chat = gr.Chatbot(
                    elem_id="chat", height=None, autoscroll=False, buttons=[], feedback_options=None,
                    latex_delimiters=[], allow_file_downloads=False, group_consecutive_messages=False,
                    layout="bubble", container=False,
                )  # fmt: skip
                spoken = gr.HTML(elem_id="spoken", apply_default_css=False)
                with gr.Column(elem_id="suggestions", visible=True) as suggested:
                    lead = gr.HTML(elem_id="lead", apply_default_css=False)
                    chips = [gr.Button("", size="sm", elem_classes="chip") for _ in range(SUGGESTIONS)]
                with gr.Row(elem_id="ask"):
                    box = gr.Textbox(elem_id="question", lines=1, max_lines=5, autofocus=True, scale=1, container=True)
                    send = gr.Button(elem_id="send", variant="primary", scale=0, min_width=124)
                    stop = gr.Button(elem_id="stop", variant="secondary", scale=0, min_width=124, visible=False)
                status = gr.HTML(elem_id="status", apply_default_css=False)
            with gr.Column(elem_id="source", scale=1, min_width=320):
                source = gr.HTML(elem_id="source-title", apply_default_css=False)
                report = gr.HTML(elem_id="report", apply_default_css=False)
        timer = gr.Timer(2, active=settings.engine != "extractive")

        worded = [masthead, language, chat, lead, *chips, box, send, stop, clear, talk, source, status]

        def label(page: Language) -> list[Any]:
            asks = [*present.suggestions(corpus, page, SUGGESTIONS)]
            return [
                masthead_html(page),
                gr.update(label=say("web.language", page), value=page),
                gr.update(label=say("web.chat", page), placeholder=note_html("empty", page)),
                note_html("suggestions", page) if asks else "",
                *(gr.update(value=text, visible=bool(text)) for text in [*asks, *[""] * SUGGESTIONS][:SUGGESTIONS]),
                gr.update(label=say("web.box", page), placeholder=say("web.hint", page)),
                say("web.send", page), say("web.stop", page), say("web.clear", page),
                title_html("chat", page), title_html("report", page),
                status_html(desk(), page),
            ]  # fmt: skip

        def arrive(request: gr.Request) -> list[Any]:
            page = fixed or preferred(request.headers.get("accept-language"))
            return [*label(page), present.report_html(corpus)]

        def ask(question: str, history: Sequence[Turn], messages: list[Message], page: Language) -> Iterator[Any]:
            question = (question or "").strip()
            if not question:
                yield {box: ""}
                return
            yield {box: "", suggested: hidden, send: hidden, stop: visible}
            for shown, so_far, drawn, aloud in converse(question, history, messages, page, desk()):
                changes = {chat: shown, turns: so_far, report: drawn, spoken: aloud}
                yield {component: value for component, value in changes.items() if value is not None}
            yield {send: visible, stop: hidden}

        def halt(messages: list[Message], page: Language) -> Any:
            note = {"role": "assistant", "content": note_html("stopped", page)}
            return [*messages, note], visible, hidden

        def renew() -> Any:
            return [], (), present.report_html(corpus), "", visible, "", visible, hidden

        def tick(page: Language) -> Any:
            return status_html(desk(), page), gr.Timer(active=not desk().ready)

        blocks.load(arrive, None, [*worded, report], **private)
        language.input(label, language, worded, **private)
        timer.tick(tick, language, [status, timer], queue=False, **private)
        given, changed = [turns, chat, language], [chat, turns, report, spoken, box, send, stop, suggested]
        limits = {"concurrency_limit": CONCURRENT, "concurrency_id": "ask", "trigger_mode": "once", **private}
        asking = [gr.on([box.submit, send.click], ask, [box, *given], changed, **limits)]
        asking += [chip.click(ask, [chip, *given], changed, **limits) for chip in chips]
        stop.click(halt, [chat, language], [chat, send, stop], cancels=asking, **private)
        clear.click(renew, None, [chat, turns, report, spoken, suggested, box, send, stop], cancels=asking, **private)
    return blocks


def serve(settings: Settings, language: Language = "en") -> None:
    """Serve the page on the host and port of the settings until interrupted; the language model loads meanwhile.

    Raises SettingsError when the address cannot be listened on, and what keeps the assistant from opening.
    """
    _check_address(settings.host, settings.port)
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    for name in ("NO_PROXY", "no_proxy"):  # the page's own start-up check must not go through an office proxy
        os.environ[name] = ",".join(filter(None, [os.environ.get(name), "127.0.0.1,localhost", settings.host]))
    assistant = Assistant.open(settings)
    assistant.prepare()
    desk = Desk(assistant)
    blocks = build(lambda: desk, settings)
    blocks.queue(max_size=WAITING, default_concurrency_limit=CONCURRENT, api_open=False)
    assets = resources.files("genoassist") / "assets"
    script = (assets / "page.js").read_text(encoding="utf-8")
    theme = gr.themes.Base(font=FONTS, font_mono=("ui-monospace", "monospace"), primary_hue="teal", neutral_hue="slate")
    blocks.launch(
        server_name=settings.host, server_port=settings.port, share=False, quiet=True, prevent_thread_lock=True,
        footer_links=[], run_history=False, enable_monitoring=False, ssr_mode=False, pwa=False, mcp_server=False,
        theme=theme, css=(assets / "page.css").read_text(encoding="utf-8"), head=f"<script>{script}</script>",
        app_kwargs={"middleware": [Middleware(_Policy)]},
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
    except OSError as error:
        key = "web.port_taken" if error.errno == errno.EADDRINUSE else "web.host_unknown"
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
