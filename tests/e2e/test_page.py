"""What a reader does on the page, in both languages."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .serving import ROOT, ask, running

pytestmark = [pytest.mark.browser, pytest.mark.models]
Visit = Callable[..., Page]

INSIDE = """() => {
  const box = (at) => document.querySelector(at).getBoundingClientRect();
  const [panel, focus] = ["#report", "#report .sentence.focus"].map(box);
  return focus.top >= Math.max(panel.top, 0) - 1 && focus.bottom <= Math.min(panel.bottom, innerHeight) + 1;
}"""


def last(page: Page, inner: str = "") -> object:
    return (
        page.locator("#chat [data-testid=bot]").last.locator(inner)
        if inner
        else page.locator("#chat [data-testid=bot]").last
    )


@pytest.mark.parametrize(
    ("locale", "question"),
    [("en-GB", "Where was Bio-Europe held?"), ("fr-FR", "Où s’est tenue Bio-Europe ?")],
)
def test_a_citation_leads_to_its_sentence_in_the_report(app: str, open_page: Visit, locale: str, question: str) -> None:
    page = open_page(app, locale)
    ask(page, question)
    references = last(page, "ol.references li")
    expect(references.first).to_contain_text("Leipzig")
    expect(references.first.locator(".heading")).to_have_text("Prospecting, networking and shining internationally")
    expect(references.first.locator(".twin")).to_contain_text("Prospecter, élargir les réseaux")
    expect(page.locator("#report mark#cite-1")).to_contain_text("Leipzig")
    last(page, ".said a.cite").first.click()
    focus = page.locator("#report .sentence.focus")
    expect(focus).to_contain_text("held in Leipzig, Germany in October")
    assert page.evaluate(INSIDE)


def test_citations_of_earlier_answers_still_lead_to_their_sentence(app: str, open_page: Visit) -> None:
    page = open_page(app)
    ask(page, "Who coordinates COBIOE?")
    ask(page, "Who coordinates EUGLOH?")
    expect(page.locator("#report mark#cite-1")).not_to_contain_text("coordinated by Genopole")
    page.locator("#chat [data-testid=bot]").first.locator(".references blockquote").first.click()
    expect(page.locator("#report .sentence.focus")).to_contain_text("coordinated by Genopole")
    expect(page.locator("#report .sentence.focus")).to_have_attribute("data-n", "1")
    assert page.evaluate(INSIDE)
    last(page, ".said a.cite").first.click()
    expect(page.locator("#report .sentence.focus")).to_contain_text("EUGLOH")
    assert page.evaluate(INSIDE)


def test_a_follow_up_is_understood(app: str, open_page: Visit) -> None:
    page = open_page(app)
    ask(page, "Who coordinates COBIOE?")
    ask(page, "Who are its partners?")
    expect(last(page, "ol.references")).to_contain_text("CEBR, EIT Health, Health Cluster Portugal and ScanBalt")


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What is the price of a kilo of tomatoes in Peru?", "report"),
        ("Qui a gagné la Coupe du monde de rugby ?", "rapport"),
    ],
)
def test_what_the_report_does_not_say_is_refused_calmly(app: str, open_page: Visit, question: str, words: str) -> None:
    page = open_page(app)
    ask(page, question)
    expect(last(page)).to_contain_text(words)
    expect(last(page, "a.cite")).to_have_count(0)
    expect(page.locator("#report mark")).to_have_count(0)


def test_the_page_speaks_the_browsers_language_and_can_be_switched(app: str, open_page: Visit) -> None:
    page = open_page(app, "fr-CA")
    expect(page.locator("h1")).to_have_text("Interroger le rapport")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.get_by_label("Votre question")).to_have_attribute("placeholder", "En français ou en anglais")
    expect(page.get_by_role("button", name="Nouvelle conversation")).to_be_visible()
    expect(page.locator("button.chip").first).to_contain_text("Que dit le rapport sur")
    page.get_by_label("English").check()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("h1")).to_have_text("Ask the report")
    expect(page.get_by_label("Your question")).to_have_attribute("placeholder", "In English or in French")
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()
    expect(page.locator("button.chip").first).to_contain_text("What does the report say about")
    expect(page.get_by_role("region", name="The report")).to_be_visible()
    expect(page.get_by_role("log", name="Conversation")).to_be_attached()


def test_a_suggestion_is_asked_and_a_new_conversation_forgets_it(app: str, open_page: Visit) -> None:
    page = open_page(app)
    suggestion = page.locator("button.chip").nth(1)
    asked = suggestion.inner_text()
    suggestion.click()
    expect(page.locator("#chat [data-testid=user]")).to_have_text([asked])
    expect(last(page, "ol.references")).to_be_visible()
    expect(page.locator("#suggestions")).to_be_hidden()
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator("#chat [data-testid=user]")).to_have_count(0)
    expect(page.locator("#report mark")).to_have_count(0)
    expect(page.locator("#suggestions")).to_be_visible()


def test_typed_markup_is_shown_as_text_and_fetches_nothing(app: str, open_page: Visit) -> None:
    page = open_page(app)
    hostile = (
        '<img src="http://192.0.2.1/x.png" onerror="document.title=1"> ![x](http://192.0.2.1/y.png) **Bio-Europe**?'
    )
    ask(page, hostile)
    expect(page.locator("#chat [data-testid=user]")).to_have_text(hostile)
    expect(page.locator("#chat img")).to_have_count(0)


def test_two_readers_do_not_see_each_other(app: str, open_page: Visit) -> None:
    first, second = open_page(app), open_page(app, "fr-FR")
    ask(first, "Who coordinates EUGLOH?")
    expect(second.locator("#chat [data-testid=user]")).to_have_count(0)
    expect(second.locator("#report mark")).to_have_count(0)
    ask(second, "Qui coordonne EUGLOH ?")
    expect(first.locator("#chat [data-testid=user]")).to_have_text(["Who coordinates EUGLOH?"])


@pytest.mark.parametrize("width", [360, 768])
def test_a_small_screen_stacks_and_never_scrolls_sideways(app: str, open_page: Visit, width: int) -> None:
    page = open_page(app, width=width, height=740)
    ask(page, "Who coordinates EUGLOH?")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.locator("#source").bounding_box()["y"] > page.locator("#ask").bounding_box()["y"]
    last(page, ".said a.cite").first.click()
    assert page.evaluate(INSIDE)


def test_a_screen_reader_hears_the_finished_answer_once_and_every_button_has_a_name(app: str, open_page: Visit) -> None:
    page = open_page(app)
    ask(page, "Who coordinates EUGLOH?")
    expect(page.get_by_role("log")).to_have_attribute("aria-live", "off")
    expect(page.locator("#spoken")).to_have_attribute("aria-live", "polite")
    expect(page.locator("#spoken")).to_contain_text("Paris-Saclay University")
    expect(page.locator("#chat [data-testid=bot]")).not_to_have_attribute("aria-label", "")
    names = page.evaluate(
        "[...document.querySelectorAll('button')].filter((one) => one.checkVisibility())"
        ".map((one) => one.ariaLabel || one.innerText.trim())"
    )
    assert {"Ask", "New conversation"} <= set(names)
    assert all(names)


def test_nothing_is_published_but_the_page(app: str) -> None:
    with urllib.request.urlopen(app) as response:
        assert "default-src 'self'" in response.headers["content-security-policy"]
    with urllib.request.urlopen(f"{app}/gradio_api/info") as response:
        assert b"/ask" not in response.read()


def test_a_taken_port_is_said_on_one_line(app: str, tmp_path: Path) -> None:
    port = app.rsplit(":", 1)[1]
    second = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, capture_output=True, text=True, timeout=120,
        env={**os.environ, "GENOASSIST_PORT": port, "GENOASSIST_INDEX": str(tmp_path)},
    )  # fmt: skip
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.startswith(f"Port {port} of 127.0.0.1 is already in use.")
    assert second.stderr.count("\n") == 1


def test_the_language_model_words_an_answer_once_it_is_loaded(
    open_page: Visit, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with running(tmp_path_factory.mktemp("llm"), GENOASSIST_ENGINE="auto") as url:
        page = open_page(url)
        expect(page.locator("#status")).to_contain_text("worded by a local language model", timeout=300_000)
        ask(page, "Where was Bio-Europe held?", timeout=300_000)
        expect(last(page, ".said")).to_contain_text("Leipzig")
        last(page, ".said a.cite").first.click()
        expect(page.locator("#report .sentence.focus")).to_contain_text("Leipzig")
