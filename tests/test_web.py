"""The page without a browser: its address, its colours, and what it publishes."""

from __future__ import annotations

import asyncio
import re
import socket
from pathlib import Path
from typing import Any

import pytest

from genoassist import settings, web
from genoassist.assistant import Assistant
from genoassist.desk import Desk
from genoassist.errors import SettingsError

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """The real assistant on the real report, answering by quotation."""
    folder = tmp_path_factory.mktemp("index")
    found = settings.load(corpus=ROOT / "corpus", index=folder, data=folder, engine="extractive")
    return Desk.of(Assistant.open(found))


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
    assert {fn.concurrency_limit for fn in asking} == {web.WAITING}


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
        with pytest.raises(SettingsError, match=f"^{host} is not an address of this machine.*--host 127.0.0.1"):
            web.serve(settings.load(host=host))


def test_the_assets_name_no_other_host() -> None:
    for name in web.ASSETS:
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
