"""Take docs/page-en.png and docs/page-fr.png of the real page in the real browser: ``python docs/screenshots.py``."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

DOCS = Path(__file__).resolve().parent
sys.path.insert(0, str(DOCS.parent / "tests"))

from e2e.serving import FLAGS, MISSING, ask, chromium, running  # noqa: E402

LARGEST = 400_000  # bytes of a picture
PICTURES = {
    "en": (
        "en-GB",
        "worded by a local language model",
        ["Where was Bio-Europe held?", "Who are the partners of COBIOE?"],
    ),
    "fr": ("fr-FR", "rédigées par un modèle", ["Qui sont les partenaires de COBIOE ?", "Où s’est tenue Bio-Europe ?"]),
}


def main() -> int:
    """Take both pictures, 1440 by 900, with the last answer's first citation shown in the report."""
    path = chromium()
    if path is None:
        sys.stderr.write(f"{MISSING}\n")
        return 1
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), GENOASSIST_ENGINE="auto") as url,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        for language, (locale, ready, questions) in PICTURES.items():
            page = browser.new_page(
                locale=locale, viewport={"width": 1440, "height": 900}, color_scheme="light", reduced_motion="reduce"
            )
            page.goto(url)
            expect(page.locator("#status")).to_contain_text(ready, timeout=600_000)
            for question in questions:
                ask(page, question, timeout=300_000)
            page.locator("#chat [data-testid=bot]").last.locator(".said a.cite").first.click()
            page.mouse.move(0, 0)
            page.locator("h1").click()
            page.wait_for_timeout(500)
            picture = DOCS / f"page-{language}.png"
            page.screenshot(path=picture)
            size = picture.stat().st_size
            print(f"{picture.name}: {size // 1000} kB")
            if size > LARGEST:
                raise ValueError(f"{picture.name} is {size} bytes, more than {LARGEST}")
            page.close()
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
