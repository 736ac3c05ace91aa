"""What the product says in its own voice: complete in both languages, and in French as it is set in print."""

from __future__ import annotations

import ast
import errno
import gettext
import io
import json
import re
import string
import tomllib
from pathlib import Path

import pytest
import yaml
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from modules import parsed

from genoassist import errors
from genoassist.errors import (
    CorpusError,
    GenoAssistError,
    IndexStateError,
    ModelError,
    QuestionError,
    SettingsError,
    UsageError,
)
from genoassist.messages import Said, catalogue, say

SOURCE = Path(__file__).parents[1] / "src" / "genoassist"
ERRORS = {e.__name__ for e in (GenoAssistError, CorpusError, IndexStateError, ModelError, QuestionError, SettingsError)}
ERRORS |= {UsageError.__name__, "Said"}
EN, FR = catalogue("en"), catalogue("fr")
# What is typed or written in files keeps the typography of machines.
CODE = re.compile(
    r"«\u00a0[\w{}]+:[^»]*»|https?://\S+|\{[^{}]*\}|\{\{.*?\}\}|\bgenoassist [a-z]+[^.;»]*|GENOASSIST_\w+=\S+|PORT=\S+(?: make \w+)?"
    r"|«\u00a0---\u00a0»|--[a-z-]+|\.\w{2,5}\b|docs/\S+"
)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def literal_keys() -> dict[str, list[str]]:
    """Every literal first argument of say() and of the errors, with where it stands; f-strings count by their prefix."""
    found: dict[str, list[str]] = {}
    for path in sorted(SOURCE.glob("*.py")):
        for node in ast.walk(parsed(path)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            if name != "say" and name not in ERRORS:
                continue
            for argument in ast.walk(node.args[0]):
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str) and "." in argument.value:
                    found.setdefault(argument.value, []).append(f"{path.name}:{node.lineno}")
    return found


def test_both_languages_have_the_same_messages_in_the_same_order():
    assert list(EN) == list(FR)
    assert len(EN) > 100


@pytest.mark.parametrize("key", EN)
def test_both_languages_fill_the_same_placeholders(key):
    assert placeholders(EN[key]) == placeholders(FR[key])


@pytest.mark.parametrize("key", EN)
def test_a_message_says_something_on_one_line(key):
    for text in (EN[key], FR[key]):
        assert text.strip() == text != ""
        assert text.isprintable() or "\u00a0" in text or "\u202f" in text
        assert "\n" not in text


def test_every_message_that_is_said_exists():
    used = literal_keys()
    assert len(used) > 60
    missing = {key: places for key, places in used.items() if key not in EN and not any(k.startswith(key) for k in EN)}
    assert not missing


def test_every_message_that_exists_is_said():
    used = literal_keys()
    text = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.glob("*.py"))
    prefixes = tuple(key for key in used if key not in EN) + tuple(re.findall(r'f"(\w+\.\w*)\{', text))
    silent = [k for k in EN if k not in used and f'"{k}"' not in text and f'{k.split(".")[1]}"' not in text]
    assert [k for k in silent if not k.startswith(prefixes)] == []


@pytest.mark.parametrize("key", FR)
def test_french_is_set_as_in_print(key):
    text = CODE.sub("x", FR[key])
    assert not re.search(r" [:;!?»]|« ", text), "a plain space where French has a no-break space"
    assert not re.search(r"[^\s\u00a0\u202f][;!?»]|«[^\u00a0\u202f]", text), "no space where French has one"
    assert not re.search(r"[^\s\u00a0\u202f\d/]:(?!\d)", text), "no space before a colon"
    assert "'" not in text, "a typewriter apostrophe"
    assert '"' not in text and "“" not in text, "English quotation marks"
    assert "..." not in text


@pytest.mark.parametrize("key", EN)
def test_english_is_set_as_in_print(key):
    text = CODE.sub("x", EN[key])
    assert not re.search(r"\s[:;!?]", text)
    assert "..." not in text
    assert not re.search(r"[\u00a0\u202f«»]", text)


def test_a_message_is_filled_in_the_language_of_its_reader():
    assert say("index.missing", "en", path="here") == "There is no index in here. Type: genoassist index"
    assert say("index.missing", "fr", path="ici") == "Aucun index dans ici. Tapez\u00a0: genoassist index"
    with pytest.raises(KeyError):
        say("index.nothing_of_the_kind", "en")


def test_an_error_says_itself_on_one_line_in_both_languages():
    error = CorpusError("corpus.unreadable", path="a.md", reason="two\nlines")
    assert str(error) == "a.md cannot be read: two lines. Correct its permissions, or move it out of the corpus."
    assert error.text("fr").startswith("Impossible de lire a.md\u00a0: two lines.")
    assert (error.exit_code, UsageError("question.empty").exit_code) == (1, 2)


def failure(action, *arguments):
    with pytest.raises(Exception) as raised:
        action(*arguments)
    return raised.value


REASONS = [
    (failure(open, "/nowhere"), "there is no such file or folder", "ce fichier ou ce dossier n’existe pas"),
    (failure(b"caf\xe9".decode), "byte 4 is not UTF-8", "l’octet 4 n’est pas de l’UTF-8"),
    (failure(json.loads, '{"a" 1}'), "it breaks off at column 6", "la lecture échoue à la colonne 6"),
    (failure(yaml.safe_load, "a: [b"), "at line 1, column 6", "à la ligne 1, colonne 6"),
    (failure(tomllib.loads, "a = = 1"), "at line 1, column 5", "à la ligne 1, colonne 5"),
    (RecursionError(), "nested too deep", "l’imbrication est trop profonde"),
    (ValueError("wrong\nfrom here on."), "wrong", "wrong"),
    (OSError(), "OSError", "OSError"),
]


@pytest.mark.parametrize(("error", "english", "french"), REASONS)
def test_why_something_failed_is_said_in_the_language_of_the_reader(error, english, french):
    stated = CorpusError("corpus.unreadable", path="a.md", reason=errors.reason(error))
    assert f"{english}." in str(stated)
    assert f"{french}." in stated.text("fr")


def test_every_reason_and_every_expectation_has_its_message():
    for name in errors._REFUSED:
        found = errors.reason(OSError(getattr(errno, name), "in the words of the system"))
        assert isinstance(found, Said)
        assert say(found.key, "fr")
    for kind in errors._TAKEN:
        found = errors.expected({"type": kind, "msg": "", "ctx": {"expected": "'a' or 'b'", "ge": 1, "le": 2}})
        assert isinstance(found, Said)
        assert say(found.key, "fr", **found.values)
    assert errors.expected({"type": "of_another_kind", "msg": "Value error, no more"}) == "no more"


CLICK = SOURCE / "messages" / "click" / "fr" / "LC_MESSAGES"


def test_what_click_says_is_compiled_from_what_is_written():
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO((CLICK / "click.po").read_bytes())))
    written, there = (
        {key: text for key, text in gettext.GNUTranslations(io.BytesIO(file))._catalog.items() if key}  # not its date
        for file in (compiled.getvalue(), (CLICK / "click.mo").read_bytes())
    )
    assert written == there, "Type: pybabel compile -D click -d src/genoassist/messages/click"


def test_what_click_says_is_what_this_version_of_click_says():
    import click

    source = "".join(path.read_text(encoding="utf-8") for path in Path(click.__file__).parent.glob("*.py"))
    for message in read_po(io.BytesIO((CLICK / "click.po").read_bytes())):
        for text in [message.id] if isinstance(message.id, str) else message.id:
            assert f'"{text}"' in source, text
        for text in [message.string] if isinstance(message.string, str) else message.string:
            assert not re.search(r" [:;!?]", text), text
