"""The page without a browser: its words, its steps, its address, and what it publishes."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from genoassist import page, settings, web
from genoassist.assistant import Assistant
from genoassist.errors import ModelError, SettingsError
from genoassist.page import Desk
from genoassist.types import Answer, Progress, Turn

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The real assistant on the real report, answering by quotation."""
    folder = tmp_path_factory.mktemp("index")
    return Desk(Assistant.open(settings.load(corpus=ROOT / "corpus", index=folder, engine="extractive")))


class Failing:
    """An assistant that fails at its first step, or while its model loads."""

    engine = "extractive"

    def __init__(self, desk: Desk, error: Exception, engine: str = "extractive") -> None:
        self.corpus, self.error = desk.assistant.corpus, error
        self.settings = settings.load(engine=engine)

    def warm(self) -> None:
        raise self.error

    def stream(self, question: str, history: Any = ()) -> Iterator[Progress | Answer]:
        raise self.error
        yield


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        ("en-GB,en;q=0.9,fr;q=0.8", "en"),
        ("de-DE,de;q=0.9,fr;q=0.4,en;q=0.3", "fr"),
        ("FR", "fr"),
        ("de, ja;q=0.5", "en"),
        ("fr;q=zero, en;q=0.1", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_the_page_takes_the_language_the_browser_likes_best(header: str | None, language: str) -> None:
    assert page.preferred(header) == language


@pytest.mark.models
class TestConversation:
    def steps(
        self, desk: Desk, question: str, turns: tuple[Turn, ...] = (), language: str = "en"
    ) -> list[tuple[Any, ...]]:
        return list(page.converse(question, turns, [], language, desk))

    def test_the_evidence_fills_the_report_before_the_answer_stands(self, desk: Desk) -> None:
        steps = self.steps(desk, "Who coordinates EUGLOH?")
        reports = [report for _, _, report, _ in steps if report]
        assert 'class="near"' in reports[0]
        assert "<mark" not in reports[0]
        assert re.search(
            r'<mark id="cite-1" data-n="1">[^<]*coordinated by Paris-Saclay University\.</mark>', reports[-1]
        )
        first, final = steps[0][0], steps[-1][0]
        assert first[-1]["content"] == '<p class="note" lang="en">Reading the report…</p>'
        assert [message["role"] for message in final] == ["user", "assistant"]
        assert '<ol class="references"><li><a class="cite" href="#at-europe-international-2022-' in final[-1]["content"]

    def test_the_turns_are_kept_as_plain_text_and_the_answer_is_announced_once(self, desk: Desk) -> None:
        steps = self.steps(desk, "Who coordinates EUGLOH?")
        question, answer = steps[-1][1]
        assert question == Turn("user", "Who coordinates EUGLOH?")
        assert answer.role == "assistant"
        assert "Paris-Saclay University" in answer.content
        assert "<" not in answer.content
        assert [bool(aloud) for *_, aloud in steps] == [False] * (len(steps) - 1) + [True]

    def test_a_refusal_cites_nothing_and_shows_the_nearest_section(self, desk: Desk) -> None:
        steps = self.steps(desk, "Quel est le prix des tomates au Pérou ?", language="fr")
        messages, turns, *_ = steps[-1]
        assert "<a " not in messages[-1]["content"]
        assert len(turns) == 2
        assert ["<mark" in report for _, _, report, _ in steps if report] == [False]

    def test_markup_in_a_question_is_text(self, desk: Desk) -> None:
        messages, *_ = self.steps(desk, "<script>alert(1)</script> Bio-Europe?")[0]
        assert messages[0]["content"] == (
            '<div class="said"><p>&lt;script&gt;alert(1)&lt;/script&gt; Bio-Europe?</p></div>'
        )

    def test_a_stated_problem_is_one_line_in_the_readers_language(self, desk: Desk) -> None:
        broken = Desk(Failing(desk, SettingsError("web.port_forbidden", port=80)))
        messages, turns, report, aloud = self.steps(broken, "x", language="fr")[-1]
        assert messages[-1]["content"].startswith('<p class="problem" lang="fr">Le port 80 demande')
        assert (turns, report, aloud) == ((Turn("user", "x"),), None, messages[-1]["content"])

    def test_an_unexpected_problem_is_logged_and_said_without_its_details(
        self, desk: Desk, caplog: pytest.LogCaptureFixture
    ) -> None:
        messages, *_ = self.steps(Desk(Failing(desk, RuntimeError("secret detail"))), "x")[-1]
        assert "This question could not be answered" in messages[-1]["content"]
        assert "secret" not in messages[-1]["content"]
        assert "secret detail" in caplog.text


@pytest.mark.models
class TestStatus:
    def test_by_quotation_it_says_so(self, desk: Desk) -> None:
        assert "Answers quote the report word for word." in page.status_html(desk, "en")

    def test_while_the_model_loads_and_when_it_cannot(self, desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
        waiting = Desk(Failing(desk, ModelError("web.model_failed"), engine="auto"))
        assert "Le modèle de langue se charge" in page.status_html(waiting, "fr")
        with caplog.at_level(logging.WARNING):
            waiting.warm()
        said = page.status_html(waiting, "en")
        assert "could not be loaded: run genoassist doctor to see why. Answers quote the report word for word." in said
        assert waiting.ready
        assert "could not be loaded" in caplog.text


@pytest.mark.models
def test_no_event_is_published_and_nothing_is_measured(desk: Desk) -> None:
    async def built() -> Any:  # gradio makes and leaks event loops where none runs
        return web.build(lambda: desk, desk.assistant.settings)

    blocks = asyncio.run(built())
    assert blocks.analytics_enabled is False
    events = blocks.config["dependencies"]
    assert len(events) >= 8
    assert {event["api_visibility"] for event in events} == {"private"}
    asking = [blocks.fns[event["id"]] for event in events if blocks.fns[event["id"]].concurrency_id == "ask"]
    assert {fn.concurrency_limit for fn in asking} == {4}


class TestAddress:
    def test_a_taken_port_is_named_with_what_to_type(self) -> None:
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            other.listen()
            port = other.getsockname()[1]
            with pytest.raises(SettingsError, match=rf"^Port {port} of 127\.0\.0\.1 is already in use\. .*PORT=7861"):
                web.serve(settings.load(port=port))

    @pytest.mark.parametrize("host", ["192.0.2.7", "not an address"])
    def test_a_foreign_address_is_named_with_what_to_type(self, host: str) -> None:
        with pytest.raises(
            SettingsError, match=f"^{host} is not an address of this machine.*GENOASSIST_HOST=127.0.0.1"
        ):
            web.serve(settings.load(host=host))


def test_the_assets_name_no_other_host() -> None:
    for name in ("page.css", "page.js"):
        text = (ROOT / "src" / "genoassist" / "assets" / name).read_text(encoding="utf-8")
        assert not re.search(r"https?:|//\w+\.|@import|url\(", text)


def luminance(colour: str) -> float:
    """WCAG 2.2 relative luminance of ``#rrggbb``."""
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *(("ink", ground) for ground in ("paper", "ground", "tint")),
        *(("quiet", ground) for ground in ("paper", "ground")),
        *(("accent", ground) for ground in ("paper", "tint")),
        *(("mark-ink", ground) for ground in ("mark", "mark-strong")),
        ("on-accent", "accent"),
        ("warn", "paper"),
    ],
)
def test_every_text_holds_aa_contrast(ink: str, ground: str, scheme: int) -> None:
    css = (ROOT / "src" / "genoassist" / "assets" / "page.css").read_text(encoding="utf-8")
    palette = [dict(re.findall(r"--([\w-]+): (#\w{6})", block)) for block in re.findall(r"\{([^}]*--ink[^}]*)\}", css)]
    light, dark = sorted((luminance(palette[scheme][name]) for name in (ink, ground)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
