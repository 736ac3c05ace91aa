"""The real app in a process of its own, and the browser that drives it: for the tests and for docs/screenshots.py."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

ROOT = Path(__file__).parents[2]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]
MISSING = "no Chromium found: install one (Debian: apt-get install -y chromium) or name it in GENOASSIST_CHROMIUM"
START = 300  # seconds for the first start, which may build the index on a slow machine


def free_port() -> int:
    """A port of the loopback interface that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(folder: Path, **environment: str) -> Iterator[str]:
    """The address of app.py, served in a process of its own with its index in ``folder``."""
    port, log = environment.get("GENOASSIST_PORT") or str(free_port()), folder / "app.log"
    settings = {"GENOASSIST_PORT": port, "GENOASSIST_HOST": "127.0.0.1", "GENOASSIST_INDEX": str(folder / "index"),
                "GENOASSIST_DATA": str(folder / "data")}  # fmt: skip
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "app.py"], cwd=ROOT, env={**os.environ, **settings, **environment}, stdout=out, stderr=out
        )
    url = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + START
        while True:
            try:
                with urllib.request.urlopen(url):
                    break
            except urllib.error.URLError:
                if process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"app.py did not start:\n{log.read_text()}") from None
                time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def chromium() -> str | None:
    """The path of Chromium, or None where there is none."""
    return os.environ.get("GENOASSIST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def bot(page: Page, inner: str = "") -> Locator:
    """The last answer, or what is in it."""
    last = page.locator("#chat [data-testid=bot]").last
    return last.locator(inner) if inner else last


# True when the sentence in focus stands inside the panel, and inside the window.
INSIDE = """() => {
  const [panel, focus] = ["#report", "#report .sentence.focus"].map((at) => document.querySelector(at).getBoundingClientRect());
  return focus.top >= Math.max(panel.top, 0) - 1 && focus.bottom <= Math.min(panel.bottom, innerHeight) + 1;
}"""


def ask(page: Page, question: str, timeout: int = 180_000) -> None:
    """Type the question, press Enter, wait for the finished answer."""
    before = page.locator("#chat [data-testid=user]").count()
    page.fill("#question textarea", question)
    page.keyboard.press("Enter")
    expect(page.locator("#chat [data-testid=user]")).to_have_count(before + 1)
    expect(page.locator("#send")).to_be_visible(timeout=timeout)
    expect(page.locator("#chat [data-testid=bot]")).to_have_count(before + 1)
