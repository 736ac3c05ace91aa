"""Stop, ask again, edit, new conversation, copy, export, print, feedback: by mouse and by keyboard."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from playwright.sync_api import Page, expect

from .serving import ROOT, ask, bot, running

pytestmark = [pytest.mark.browser, pytest.mark.models]
Visit = Callable[..., Page]
USER = "#chat [data-testid=user]"


def test_a_new_conversation_forgets_the_last_one(app: str, open_page: Visit) -> None:
    page = open_page(app)
    ask(page, "Who coordinates EUGLOH?")
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(USER)).to_have_count(0)
    expect(page.locator("#report .cited")).to_have_count(0)
    expect(page.locator("button.chip")).to_have_count(4)
    page.reload()
    expect(page.locator("button.chip")).to_have_count(4)
    expect(page.locator(USER)).to_have_count(0)


def test_the_last_question_is_asked_again_or_edited(app: str, open_page: Visit) -> None:
    page = open_page(app)
    ask(page, "Who coordinates EUGLOH?")
    bot(page).get_by_role("button", name="Ask again").click()
    expect(bot(page, "ol.references")).to_contain_text("Paris-Saclay")
    expect(page.locator("#send")).to_be_visible()
    bot(page).get_by_role("button", name="Edit the question").click()
    box = page.get_by_label("Your question")
    expect(box).to_have_value("Who coordinates EUGLOH?")
    box.press("Escape")
    expect(box).to_have_value("")
    expect(page.locator("#notice p")).to_have_count(0)
    bot(page).get_by_role("button", name="Edit the question").click()
    expect(box).to_have_value("Who coordinates EUGLOH?")
    box.fill("Who coordinates COBIOE?")
    box.press("Enter")
    expect(page.locator(USER)).to_have_text(["Who coordinates COBIOE?"])
    expect(bot(page, "ol.references")).to_contain_text("coordinated by Genopole")


def test_an_answer_is_copied_with_its_references(app: str, open_page: Visit) -> None:
    page = open_page(app)
    ask(page, "Who coordinates EUGLOH?")
    button = bot(page, "a.act").first
    button.click()
    expect(button).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    first, *_, last = copied.split("\n")
    assert first.endswith("coordinated by Paris-Saclay University” [1].")
    assert last.startswith(
        "[1] Genopole: a biotech hub in the European University Alliance for Global Health (pôle Biotech"
    )
    assert "europe-international-2022.md" in last


def test_the_conversation_is_exported_and_can_be_read(app: str, open_page: Visit) -> None:
    page = open_page(app, "fr-FR")
    ask(page, "Qui coordonne EUGLOH ?")
    ask(page, "Who coordinates COBIOE?")

    def exported(name: str) -> bytes:
        page.get_by_text("Exporter").click()
        with page.expect_download() as download:
            page.get_by_role("button", name=name).click()
        return Path(download.value.path()).read_bytes()

    text = exported("Markdown").decode("utf-8")
    assert "## Qui coordonne EUGLOH ?\n" in text
    assert "version " in text
    assert "[^2]" in text.split("[^1]: ")[0]
    assert "coordinated by Paris-Saclay University." in text.split("[^1]: ")[1]
    document = docx.Document(BytesIO(exported("Word")))
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 1"]
    assert headings == ["Qui coordonne EUGLOH ?", "Who coordinates COBIOE?"]
    notes = document.part.part_related_by(RELATIONSHIP_TYPE.FOOTNOTES).blob.decode("utf-8")
    assert "coordinated by Paris-Saclay University." in notes
    assert 'w:lang w:val="en-GB"' in notes


def test_print_leaves_the_conversation_and_its_references(app: str, open_page: Visit) -> None:
    page = open_page(app)
    ask(page, "Who coordinates EUGLOH?")
    page.emulate_media(media="print")
    for kept in ("h1", USER, "#chat .turn .said", "#chat ol.references"):
        expect(page.locator(kept)).to_be_visible()
    for gone in ("#source", "#ask", "#offered", "#talk-head", "#language", "p.acts", "#foot"):
        expect(page.locator(gone)).to_be_hidden()


def test_feedback_is_kept_on_this_machine_and_exported_as_questions(open_page: Visit, tmp_path: Path) -> None:
    with running(tmp_path, GENOASSIST_ENGINE="extractive") as url:
        page = open_page(url)
        ask(page, "Who coordinates EUGLOH?")
        bot(page).get_by_role("button", name="Something wrong?").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("The source is not the right one").check()
        dialog.get_by_label("In a line").fill("see COBIOE")
        dialog.get_by_role("button", name="Send").click()
        expect(page.locator("#notice")).to_contain_text("Thank you")
        expect(dialog).to_have_count(0)
        bot(page).get_by_role("button", name="Something wrong?").click()
        page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        expect(dialog).to_have_count(0)
    file = tmp_path / "said.jsonl"
    environment = {**os.environ, "GENOASSIST_DATA": str(tmp_path / "data"), "GENOASSIST_ENGINE": "extractive"}
    command = [sys.executable, "-m", "genoassist.cli"]
    subprocess.run([*command, "feedback", "export", "-o", file], check=True, cwd=ROOT, env=environment)
    assert file.read_text(encoding="utf-8").count("\n") == 1
    assert "wrong_source | see COBIOE" in file.read_text(encoding="utf-8")
    subprocess.run(
        [*command, "eval", str(file), "--index", str(tmp_path / "index"), "--json"],
        check=True, cwd=ROOT, env=environment, capture_output=True,
    )  # fmt: skip


def test_the_keyboard_alone_suffices(app: str, open_page: Visit) -> None:
    page = open_page(app)
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.type("Who coordinates EUGLOH?")
    page.keyboard.press("Enter")
    expect(bot(page, "ol.references")).to_be_visible()
    expect(page.locator("#send")).to_be_visible()
    page.keyboard.press("Alt+s")
    expect(page.get_by_label("Find in the report")).to_be_focused()
    page.keyboard.press("Alt+q")
    expect(page.get_by_label("Your question")).to_be_focused()
    page.keyboard.press("Shift+Tab")  # the last of the suggestions
    expect(page.locator("button.chip").last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(USER)).to_have_count(2)
    expect(page.locator("#send")).to_be_visible()
    again = bot(page).get_by_role("button", name="Something wrong?")
    again.focus()
    page.keyboard.press("Space")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("Alt+n")
    expect(page.locator(USER)).to_have_count(0)


def test_a_question_that_is_being_answered_is_stopped(writing: str, open_page: Visit) -> None:
    page = open_page(writing)
    expect(page.locator("#status")).to_contain_text("worded by a local language model", timeout=300_000)
    page.get_by_label("Your question").fill("What are the objectives of COBIOE, and who coordinates EUGLOH?")
    page.keyboard.press("Enter")
    expect(bot(page, ".evidence li").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(bot(page)).to_contain_text("Stopped before the end.")
    expect(page.locator("#send")).to_be_visible()
    ask(page, "Where was Bio-Europe held?", timeout=300_000)
    expect(bot(page, ".said")).to_contain_text("Leipzig")
    page.reload()
    expect(page.locator(USER)).to_have_count(2)
    expect(page.locator("#chat .turn").first).to_contain_text("Stopped before the end.")
