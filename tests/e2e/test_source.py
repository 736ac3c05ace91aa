"""The report beside the conversation: contents, search, links that can be shared, several citations."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .serving import INSIDE, ask, bot

pytestmark = [pytest.mark.browser, pytest.mark.models]
Visit = Callable[..., Page]

# True when the named section's heading stands inside the panel and the window.
TITLE_INSIDE = """(key) => {
  const panel = document.querySelector("#report").getBoundingClientRect();
  const title = document.querySelector(`[data-key="${key}"] .heading`).getBoundingClientRect();
  return title.top >= Math.max(panel.top, 0) - 1 && title.bottom <= Math.min(panel.bottom, innerHeight) + 1;
}"""


@pytest.mark.parametrize("width", [1440, 360])
def test_a_link_to_a_section_opens_there(app: str, open_page: Visit, width: int) -> None:
    page = open_page(f"{app}/#gen-era", width=width)
    expect(page.locator("#report section.near")).to_have_attribute("data-key", "gen-era")
    assert page.evaluate(TITLE_INSIDE, "gen-era")


def test_every_section_can_be_reached_from_the_contents_and_shared(app: str, open_page: Visit) -> None:
    page = open_page(app, "fr-FR")
    page.get_by_text("Sommaire").click()
    page.get_by_role("navigation", name="Sommaire").get_by_role("link", name="GEN.ERA").click()
    assert page.url.endswith("/#gen-era")
    expect(page.locator("#report section.near")).to_have_attribute("data-key", "gen-era")
    assert page.evaluate(TITLE_INSIDE, "gen-era")
    expect(page.get_by_role("navigation", name="Sommaire")).to_have_count(0)
    page.locator('[data-key="cobioe"] a.share').click()
    assert page.url.endswith("/#cobioe")
    expect(page.locator("#report section.near")).to_have_attribute("data-key", "cobioe")


def test_the_report_is_searched_without_regard_to_case_and_accents(app: str, open_page: Visit) -> None:
    page = open_page(app)
    page.keyboard.press("Alt+s")
    expect(page.get_by_label("Find in the report")).to_be_focused()
    page.keyboard.type("ETIENNE")
    expect(page.locator("#found")).to_have_text("1 of 1")
    assert page.evaluate("[...CSS.highlights.get('find')].map(String)") == ["Étienne"]
    page.get_by_label("Find in the report").fill("sector. constructed and")  # over two sentences
    expect(page.locator("#found")).to_have_text("1 of 1")
    page.get_by_label("Find in the report").fill("singapore")
    expect(page.locator("#found")).to_have_text("1 of 5")
    page.keyboard.press("Enter")
    expect(page.locator("#found")).to_have_text("2 of 5")
    page.get_by_role("button", name="Previous match").click()
    expect(page.locator("#found")).to_have_text("1 of 5")
    page.get_by_label("Find in the report").fill("zorglub")
    expect(page.locator("#found")).to_have_text("not found")


def test_several_citations_of_one_answer_are_stepped_through(writing: str, open_page: Visit) -> None:
    page = open_page(writing)
    expect(page.locator("#status")).to_contain_text("worded by a local language model", timeout=300_000)
    ask(page, "What are the objectives of COBIOE, and who coordinates EUGLOH?", timeout=300_000)
    count = bot(page, "ol.references li").count()
    assert count > 1
    expect(page.locator("#step")).to_have_text(f"[1] 1 of {count}")
    for n in range(2, count + 1):
        page.get_by_role("button", name="Next citation").click()
        expect(page.locator("#step")).to_have_text(f"[{n}] {n} of {count}")
        assert page.evaluate(INSIDE)
    page.keyboard.press("Alt+ArrowDown")
    expect(page.locator("#step")).to_have_text(f"[1] 1 of {count}")
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator("#step")).to_have_text(f"[{count}] {count} of {count}")
