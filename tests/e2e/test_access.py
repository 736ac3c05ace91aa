"""Languages, screens, assistive technology, silence."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .serving import INSIDE, ask, bot

pytestmark = [pytest.mark.browser, pytest.mark.models]
Visit = Callable[..., Page]
AXE = (Path(__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN = """() => axe.run(document, { runOnly: { type: "tag", values:
  ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] } }).then((result) => ({
    passed: result.passes.length,
    violations: result.violations.map(({ id, nodes }) => [id, ...nodes.map((node) => node.html)]),
  }))"""


def accessible(page: Page) -> None:
    """No rule of axe-core for WCAG 2.2 AA is broken, and its rules were applied."""
    found = page.evaluate(RUN)
    assert found["violations"] == []
    assert found["passed"] > 20


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("locale", "questions", "wrong"),
    [
        ("en-GB", ["Who coordinates COBIOE?", "Who are its partners?", "Who is Zorglub?"], "Something wrong?"),
        ("fr-FR", ["Qui coordonne COBIOE ?", "Quels sont ses partenaires ?", "Qui est Zorglub ?"], "Une erreur"),
    ],
)
def test_no_rule_of_wcag_is_broken(
    app: str, open_page: Visit, locale: str, scheme: str, questions: list[str], wrong: str
) -> None:
    page = open_page(app, locale, scheme=scheme)
    page.evaluate(AXE)
    accessible(page)
    for question in questions:
        ask(page, question)
    page.locator("#contents summary").click()
    accessible(page)
    page.keyboard.press("Escape")
    page.locator("#shortcuts summary").click()
    bot(page).get_by_role("button", name=wrong).click()
    accessible(page)
    page.get_by_role("dialog").press("Escape")
    page.locator("#chat .said a.cite").first.click()
    page.locator("#find").fill("genopole")
    accessible(page)


def test_the_page_speaks_the_browsers_language_and_remembers_another_choice(app: str, open_page: Visit) -> None:
    page = open_page(app, "fr-CA")
    expect(page.locator("h1")).to_have_text("Interroger le rapport")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page).to_have_title("Interroger le rapport")
    expect(page.get_by_label("Votre question")).to_have_attribute("placeholder", "En français ou en anglais")
    expect(page.locator("button.chip").first).to_contain_text("qu’est-ce que c’est")
    ask(page, "Who coordinates EUGLOH?")
    expect(bot(page, ".said")).to_have_attribute("lang", "en")
    expect(bot(page).get_by_role("button", name="Copier")).to_be_visible()
    page.get_by_label("English").check()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("Ask the report")
    expect(page.get_by_label("Your question")).to_have_attribute("placeholder", "In English or in French")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(bot(page).get_by_role("button", name="Copy")).to_be_visible()
    expect(page.get_by_role("region", name="The report")).to_be_visible()
    expect(page.get_by_role("log", name="Conversation")).to_be_attached()
    page.reload()
    expect(page.locator("h1")).to_have_text("Ask the report")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(bot(page, ".said")).to_contain_text("Paris-Saclay University")


@pytest.mark.parametrize("language", ["en-GB", "fr-FR"])
def test_the_page_takes_the_window_and_no_more(app: str, open_page: Visit, language: str) -> None:
    page = open_page(app, language, width=1366, height=768)
    expect(page.locator("button.chip").first).to_be_visible()
    page.wait_for_function("document.documentElement.scrollHeight <= innerHeight")


@pytest.mark.parametrize("width", [360, 768])
def test_a_small_screen_stacks_and_never_scrolls_sideways(app: str, open_page: Visit, width: int) -> None:
    page = open_page(app, width=width, height=740)
    ask(page, "Who coordinates EUGLOH?")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#source").bounding_box()["y"] > page.locator("#ask").bounding_box()["y"]
    bot(page, ".said a.cite").first.click()
    assert page.evaluate(INSIDE)


def test_on_a_small_screen_the_steps_between_citations_are_within_reach(app: str, open_page: Visit) -> None:
    page = open_page(app, width=360)
    ask(page, "Who coordinates COBIOE?")
    for arrow in page.locator("#steps button").all():
        box = arrow.bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= 360 - box["width"]


def test_a_screen_reader_hears_the_finished_answer_once(app: str, open_page: Visit) -> None:
    page = open_page(app)
    page.evaluate("""() => {
      window.heard = [];
      new MutationObserver((changes) => {
        for (const { target } of changes) {
          const live = "[aria-live=polite], [aria-live=assertive], [role=status], [role=alert]";
          const region = target.parentElement?.closest(live) ?? target;
          if (!region.matches || region.matches("[aria-live=off], :not([aria-live], [role=status], [role=alert])")) continue;
          const words = region.textContent.trim();
          if (words && region.checkVisibility()) heard.push(words);
        }
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    }""")
    ask(page, "Who coordinates EUGLOH?")
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "off")
    expect(page.locator("#voice")).to_have_attribute("aria-live", "polite")
    heard = page.evaluate("heard")
    assert len(heard) == 1
    assert "Paris-Saclay University" in heard[0]
    assert "[1]" not in heard[0]


def test_every_button_has_a_name_and_none_shares(app: str, open_page: Visit) -> None:
    page = open_page(app)
    ask(page, "Who coordinates EUGLOH?")
    names = page.evaluate(
        "[...document.querySelectorAll('button, [role=button], summary')].filter((one) => one.checkVisibility())"
        ".map((one) => one.ariaLabel || one.innerText.trim())"
    )
    assert {"Ask", "New conversation", "Export", "Copy", "Something wrong?", "Contents", "Keyboard shortcuts"} <= set(
        names
    )
    assert all(names)
    assert not [name for name in names if "share" in name.lower()]


def test_nothing_is_published_but_the_page(app: str) -> None:
    with urllib.request.urlopen(app) as response:
        assert "default-src 'self'" in response.headers["content-security-policy"]
    with urllib.request.urlopen(f"{app}/gradio_api/info") as response:
        published = response.read()
    assert b'"named_endpoints":{}' in published.replace(b" ", b"")
