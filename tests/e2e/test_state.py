"""What the page says of itself, and what outlives a reload, a lost connection, a restart."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from genoassist.desk import AT_ONCE
from genoassist.models import EMBEDDING, locate
from genoassist.settings import Settings

from .serving import INSIDE, ROOT, ask, bot, free_port, running

pytestmark = [pytest.mark.browser, pytest.mark.models]
Visit = Callable[..., Page]
USER = "#chat [data-testid=user]"


def test_a_reload_keeps_the_conversation_with_its_citations(app: str, open_page: Visit) -> None:
    page = open_page(app)
    ask(page, "Who coordinates COBIOE?")
    ask(page, "Who are its partners?")
    before = page.locator("#chat").inner_text()
    page.reload()
    expect(page.locator(USER)).to_have_count(2)
    assert page.locator("#chat").inner_text() == before
    expect(page.locator("#report .sentence.focus")).to_contain_text("four partners")
    page.locator("#chat .said a.cite").first.click()
    expect(page.locator("#report .sentence.focus")).to_contain_text("coordinated by Genopole")
    assert page.evaluate(INSIDE)
    ask(page, "When was it signed?")
    expect(bot(page, "p.understood")).to_contain_text("COBIOE")


def test_a_lost_connection_is_said_and_the_page_goes_on_by_itself(open_page: Visit, tmp_path: Path) -> None:
    port = str(free_port())
    with running(tmp_path, GENOASSIST_ENGINE="extractive", GENOASSIST_PORT=port) as url:
        page = open_page(url, "fr-FR", lost=True)
        ask(page, "Qui coordonne EUGLOH ?")
    page.get_by_label("Votre question").fill("Où s’est tenue Bio-Europe ?")
    page.keyboard.press("Enter")
    expect(page.locator("#lost")).to_contain_text("La connexion est perdue.")
    expect(page.locator(USER).first).to_have_text("Qui coordonne EUGLOH ?")
    with ExitStack() as stack:
        with page.expect_event("load", timeout=300_000):  # gradio loads the page anew once the server answers
            stack.enter_context(running(tmp_path, GENOASSIST_ENGINE="extractive", GENOASSIST_PORT=port))
        expect(page.locator(USER)).to_have_text(["Qui coordonne EUGLOH ?"])
        expect(page.locator("#lost")).to_be_hidden()
        box = page.get_by_label("Votre question")
        expect(box).to_have_value("Où s’est tenue Bio-Europe ?")
        box.press("Enter")
        expect(page.locator(USER)).to_have_count(2)
        expect(bot(page, "ol.references")).to_contain_text("held in Leipzig, Germany in October")


def test_without_a_language_model_the_page_says_so_and_quotes(open_page: Visit, tmp_path: Path) -> None:
    embedding = locate(EMBEDDING, Settings(download=False))
    with running(
        tmp_path, GENOASSIST_ENGINE="auto", GENOASSIST_CACHE=str(tmp_path / "cache"), GENOASSIST_DOWNLOAD="false",
        GENOASSIST_EMBEDDING_FILE=str(embedding),
    ) as url:  # fmt: skip
        page = open_page(url)
        expect(page.locator("#status")).to_contain_text(
            "There is no language model: answers quote the report word for word"
        )
        ask(page, "Where was Bio-Europe held?")
        expect(bot(page, ".said")).to_contain_text("Leipzig")


def test_a_taken_port_is_said_on_one_line(app: str, tmp_path: Path) -> None:
    port = app.rsplit(":", 1)[1]
    second = subprocess.run(
        [sys.executable, "app.py"], cwd=ROOT, capture_output=True, text=True, timeout=120,
        env={**os.environ, "GENOASSIST_PORT": port, "GENOASSIST_INDEX": str(tmp_path)},
    )  # fmt: skip
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.startswith(f"genoassist: Port {port} of 127.0.0.1 is already in use.")
    assert second.stderr.count("\n") == 1


def test_the_language_model_words_an_answer_and_nothing_jumps_meanwhile(writing: str, open_page: Visit) -> None:
    page = open_page(writing)
    expect(page.locator("#status")).to_contain_text("worded by a local language model", timeout=300_000)
    page.evaluate("""() => {
      window.places = new Set();
      const look = () => {
        const question = document.querySelector("#chat [data-testid=user]");
        if (question) places.add(Math.round(question.getBoundingClientRect().top));
        requestAnimationFrame(look);
      };
      look();
    }""")
    ask(page, "Where was Bio-Europe held?", timeout=300_000)
    expect(bot(page, ".said")).to_contain_text("Leipzig")
    bot(page, ".said a.cite").first.click()
    expect(page.locator("#report .sentence.focus")).to_contain_text("Leipzig")
    places = page.evaluate("[...places]")
    assert max(places) - min(places) <= 2, places


def test_those_who_wait_see_their_place_in_the_queue(writing: str, open_page: Visit) -> None:
    pages = [open_page(writing) for _ in range(AT_ONCE + 2)]
    expect(pages[0].locator("#status")).to_contain_text("worded by a local language model", timeout=300_000)
    # each asks four things, and all are typed before one is sent; whichever comes first, the others wait
    for page in pages:
        page.get_by_label("Your question").fill(
            "What are the objectives of COBIOE, and who coordinates EUGLOH, and where was Bio-Europe held, and when was ITAP?"
        )
    for page in pages:
        page.get_by_label("Your question").press("Enter")
    for _ in range(600):
        if any("Others are being answered:" in bot(page).inner_text() for page in pages):
            break
        pages[0].wait_for_timeout(100)
    else:
        pytest.fail("no page was told its place in the queue")
    for page in pages:
        expect(bot(page, "ol.references")).to_be_visible(timeout=300_000)
        expect(page.locator("#send")).to_be_visible(timeout=300_000)
