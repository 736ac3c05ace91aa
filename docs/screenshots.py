"""Take the pictures of docs/ of the real page in the real browser: ``python docs/screenshots.py``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent / "tests"))

from e2e.serving import FLAGS, MISSING, ask, bot, chromium, running  # noqa: E402

LARGEST = 400_000  # bytes of a picture
READY = {"en": "worded by a local language model", "fr": "rédigées par un modèle"}


def nothing(page: Page) -> None:
    """Leave the page as it is."""


def cited(page: Page) -> None:
    """Go from the answer to its sentence in the report."""
    bot(page, ".said a.cite").first.click()


def quoted(page: Page) -> None:
    """Rest on a citation."""
    bot(page, ".said a.cite").first.hover()


def judged(page: Page) -> None:
    """Say that something is wrong."""
    bot(page, "a.act[href^='#wrong']").click()


@dataclass(frozen=True)
class Picture:
    """What is asked, then done, and on which screen."""

    name: str
    language: str
    questions: tuple[str, ...]
    then: Callable[[Page], None] = nothing
    scheme: str = "light"
    width: int = 1440
    height: int = 900


PICTURES = (
    Picture("page-en", "en", ("Where was Bio-Europe held?", "Who are the partners of COBIOE?"), cited),
    Picture("page-fr", "fr", ("Qui sont les partenaires de COBIOE ?", "Où s’est tenue Bio-Europe ?"), cited),
    Picture("page-start-fr", "fr", ()),
    Picture("page-follow-up-en", "en", ("What is COBIOE?", "Who coordinates it?"), quoted, "dark"),
    Picture("page-refusal-fr", "fr", ("Quel est le budget annuel de Genopole ?",), nothing, "dark"),
    Picture("page-refusal-en", "en", ("Does ScanBalt work with Zorglub?",), judged),
    Picture("page-phone-en", "en", ("Who coordinates EUGLOH?",), nothing, "light", 390, 844),
    Picture("page-phone-fr", "fr", ("Qui coordonne EUGLOH ?",), cited, "dark", 360, 780),
)


def main() -> int:
    """Take every picture, or those named on the command line."""
    path = chromium()
    if path is None:
        sys.stderr.write(f"{MISSING}\n")
        return 1
    wanted = [picture for picture in PICTURES if picture.name in sys.argv[1:] or not sys.argv[1:]]
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), GENOASSIST_ENGINE="auto") as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for picture in wanted:
            page = browser.new_page(
                locale={"en": "en-GB", "fr": "fr-FR"}[picture.language],
                viewport={"width": picture.width, "height": picture.height},
                color_scheme=picture.scheme, reduced_motion="reduce",
            )  # fmt: skip
            page.goto(url)
            expect(page.locator("#status")).to_contain_text(READY[picture.language], timeout=600_000)
            expect(page.locator("button.chip").first).to_be_visible(timeout=60_000)
            for question in picture.questions:
                ask(page, question, timeout=300_000)
            page.evaluate("document.activeElement.blur()")
            picture.then(page)
            page.wait_for_timeout(600)
            file = DOCS / f"{picture.name}.png"
            page.screenshot(path=file)
            size = file.stat().st_size
            print(f"{file.name}: {size // 1000} kB")
            if size > LARGEST:
                raise ValueError(f"{file.name} is {size} bytes, more than {LARGEST}")
            page.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
