"""Asking and reading: evidence, citations, follow-ups, refusals, suggestions, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from .serving import INSIDE, ask, bot

pytestmark = [pytest.mark.browser, pytest.mark.models]
Visit = Callable[..., Page]


@pytest.mark.parametrize(
    ("locale", "question"),
    [("en-GB", "Where was Bio-Europe held?"), ("fr-FR", "Où s’est tenue Bio-Europe ?")],
)
def test_a_citation_leads_to_its_sentence_in_the_report(app: str, open_page: Visit, locale: str, question: str) -> None:
    page = open_page(app, locale)
    ask(page, question)
    references = bot(page, "ol.references li")
    expect(references.first).to_contain_text("Leipzig")
    expect(references.first.locator(".heading")).to_have_text("Prospecting, networking and shining internationally")
    expect(references.first.locator(".twin")).to_contain_text("Prospecter, élargir les réseaux")
    expect(references.first.locator("blockquote")).to_have_attribute("lang", "en")
    expect(page.locator("#report .sentence.cited")).to_contain_text("Leipzig")
    bot(page, ".said a.cite").first.click()
    focus = page.locator("#report .sentence.focus")
    expect(focus).to_contain_text("held in Leipzig, Germany in October")
    expect(focus).to_be_focused()
    assert page.evaluate(INSIDE)


def test_the_quote_is_shown_under_the_pointer_and_under_the_keyboard(app: str, open_page: Visit) -> None:
    page = open_page(app)
    ask(page, "Who coordinates EUGLOH?")
    cite, quote = bot(page, ".said a.cite").first, page.get_by_role("tooltip")
    expect(quote).to_have_count(0)
    cite.hover()
    expect(quote).to_contain_text("coordinated by Paris-Saclay University.")
    expect(quote.locator("blockquote")).to_have_attribute("lang", "en")
    expect(cite).to_have_attribute("aria-describedby", "popover")
    page.keyboard.press("Escape")
    expect(quote).to_have_count(0)
    cite.focus()
    expect(quote).to_be_visible()
    page.keyboard.press("Tab")
    expect(quote).to_have_count(0)


def test_citations_of_earlier_answers_still_lead_to_their_sentence(app: str, open_page: Visit) -> None:
    page = open_page(app)
    ask(page, "Who coordinates COBIOE?")
    ask(page, "Who coordinates EUGLOH?")
    focus = page.locator("#report .sentence.focus")
    expect(focus).to_contain_text("coordinated by Paris-Saclay")
    page.locator("#chat [data-testid=bot]").first.locator(".references blockquote").first.click()
    expect(focus).to_contain_text("coordinated by Genopole")
    expect(focus).to_have_attribute("data-n", "1")
    assert page.evaluate(INSIDE)
    bot(page, ".said a.cite").first.click()
    expect(focus).to_contain_text("EUGLOH")
    assert page.evaluate(INSIDE)


def test_a_follow_up_tells_how_it_was_understood_and_can_be_asked_otherwise(app: str, open_page: Visit) -> None:
    page = open_page(app)
    ask(page, "Who coordinates COBIOE?")
    ask(page, "Who are its partners?")
    expect(bot(page, "ol.references")).to_contain_text("CEBR, EIT Health, Health Cluster Portugal and ScanBalt")
    understood = bot(page, "p.understood a")
    expect(understood).to_contain_text("COBIOE")
    understood.click()
    box = page.get_by_label("Your question")
    expect(box).to_have_value(understood.inner_text())
    expect(box).to_be_focused()
    expect(page.locator("#notice")).to_contain_text("its answer will be replaced")
    box.fill("Who are the partners of GEN.ERA?")
    box.press("Enter")
    expect(page.locator("#chat [data-testid=user]")).to_have_text(
        ["Who coordinates COBIOE?", "Who are the partners of GEN.ERA?"]
    )
    expect(page.locator("#notice p")).to_have_count(0)


@pytest.mark.parametrize(
    ("locale", "question", "says", "lead"),
    [
        ("en-GB", "Does ScanBalt work with Zorglub?", "Nowhere in the report: “Zorglub”.", "The report does answer"),
        (
            "fr-FR",
            "ScanBalt travaille-t-il avec Zorglub ?",
            "Nulle part dans le rapport : « Zorglub ».",
            "répond à ces",
        ),
    ],
)
def test_a_refusal_says_what_is_missing_and_leads_on(
    app: str, open_page: Visit, locale: str, question: str, says: str, lead: str
) -> None:
    page = open_page(app, locale)
    ask(page, question)
    expect(bot(page)).to_contain_text(re.compile(says.replace(" ", r"\s")))
    expect(bot(page, "a.cite")).to_have_count(0)
    expect(page.locator("#report .cited")).to_have_count(0)
    nearest = bot(page, "a.section").first
    name = nearest.inner_text().strip("“”«»\u00a0 ")
    nearest.click()
    expect(page.locator("#report section.near .heading, #report section.near .twin")).to_contain_text([name])
    expect(page.locator("#offered")).to_contain_text(lead)
    page.locator("button.chip").first.click()
    expect(bot(page, "ol.references")).to_be_visible()


def test_what_the_report_is_not_about_is_refused_calmly(app: str, open_page: Visit) -> None:
    page = open_page(app, "fr-FR")
    ask(page, "Qui a gagné la Coupe du monde de rugby ?")
    expect(bot(page)).to_contain_text("rapport")
    expect(bot(page, "a.cite")).to_have_count(0)


def test_four_questions_to_start_from_and_every_one_that_is_offered_is_answered(app: str, open_page: Visit) -> None:
    page = open_page(app)
    chips = page.locator("button.chip")
    expect(chips).to_have_count(4)
    cited = set()
    for place in range(4):
        page.get_by_role("button", name="New conversation").click()
        expect(chips).to_have_count(4)
        question = chips.nth(place).inner_text()
        chips.nth(place).click()
        expect(page.locator("#chat [data-testid=user]")).to_have_text([question])
        expect(bot(page, "ol.references")).to_be_visible()
        cited.add(bot(page, "ol.references .heading").first.inner_text())
    assert len(cited) == 4
    for _ in range(3):
        expect(page.locator("#send")).to_be_visible()
        expect(chips).not_to_have_count(0)
        assert chips.count() <= 3
        asked = page.locator("#chat [data-testid=user]").count()
        chips.last.click()
        expect(page.locator("#chat [data-testid=user]")).to_have_count(asked + 1)
        expect(bot(page, "ol.references")).to_be_visible()


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
    expect(second.locator("#report .cited")).to_have_count(0)
    ask(second, "Qui coordonne EUGLOH ?")
    expect(first.locator("#chat [data-testid=user]")).to_have_text(["Who coordinates EUGLOH?"])
    second.reload()
    expect(second.locator("#chat [data-testid=user]")).to_have_text(["Qui coordonne EUGLOH ?"])


def test_thirty_questions_in_one_conversation(app: str, open_page: Visit) -> None:
    page = open_page(app)
    for n in range(30):
        ask(page, f"Who coordinates {('COBIOE', 'EUGLOH')[n % 2]}?")
        last = page.locator("#chat [data-testid=user]").last
        assert last.bounding_box()["y"] >= page.locator("#chat").bounding_box()["y"] - 1  # the question stays in sight
    expect(page.locator("#chat ol.references")).to_have_count(30)
    page.locator("#chat .said a.cite").first.click()
    expect(page.locator("#report .sentence.focus")).to_contain_text("coordinated by Genopole")
    page.reload()
    expect(page.locator("#chat ol.references")).to_have_count(30)
