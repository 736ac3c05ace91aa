"""What people's scripts rely on: the command line run as they run it."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from genoassist.assistant import Assistant

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "corpus"
FIELDS = [
    "question",
    "standalone_question",
    "language",
    "kind",
    "reason",
    "answer",
    "citations",
    "engine",
    "seconds",
]
CITATION = ["n", "document", "path", "section_id", "section", "section_fr", "quote", "start", "end"]
HEAVY = ["torch", "transformers", "sentence_transformers", "chromadb", "gradio", "llama_index", "lingua"]
REFUSED = "Who won the football world cup in Kangaroo Valley?"


def genoassist(
    *arguments: object, stdin: bytes = b"", cwd: Path = Path("/"), **environment: str
) -> subprocess.CompletedProcess[str]:
    """The command, run away from the checkout, with nothing of the user's settings."""
    kept = {"GENOASSIST_CACHE", "GENOASSIST_EMBEDDING_FILE"}
    clean = {k: v for k, v in os.environ.items() if k in kept or not k.startswith(("GENOASSIST_", "LC_", "LANG"))}
    done = subprocess.run(
        [sys.executable, "-m", "genoassist.cli", *map(str, arguments)],
        input=stdin,
        capture_output=True,
        check=False,
        cwd=cwd,
        env={**clean, "LANG": "C.UTF-8", "GENOASSIST_DOWNLOAD": "false", **environment},
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture(scope="module")
def folders(assistant: Assistant) -> list[object]:
    """Arguments for the report and the index of this test run, which the assistant has built."""
    return ["--corpus", CORPUS, "--index", assistant.settings.index]


@pytest.fixture(scope="module")
def quoting(folders) -> list[object]:
    return [*folders, "--engine", "extractive"]


def sentences(text: str) -> list[str]:
    """The sentences of an answer, as a reader of marks cuts it."""
    lines = [line.strip() for line in text.splitlines()]
    return [sentence for line in lines for sentence in re.split(r"(?<=[.!?…])\s+(?=[A-ZÀ-Ý«\"“])", line) if sentence]


def broken(answer: dict, corpus: Path) -> Iterator[str]:
    """The promises of the contract that an answer breaks."""
    if answer["kind"] == "refusal":
        if answer["citations"] or not answer["reason"] or not answer["answer"]:
            yield "a refusal has a reason, a text and no citations"
        return
    if answer["kind"] != "answer" or answer["reason"] is not None:
        yield "neither an answer nor a refusal"
    text, citations = answer["answer"], answer["citations"]
    used = [int(n) for n in re.findall(r"\[(\d+)\]", text)]
    if not citations or list(dict.fromkeys(used)) != [c["n"] for c in citations]:
        yield f"marks {used}, citations {[c['n'] for c in citations]}"
    if [c["n"] for c in citations] != list(range(1, len(citations) + 1)):
        yield "citations are numbered by first use"
    yield from (f"no citation on {s!r}" for s in sentences(text) if re.search(r"\w{3}", s) and "[" not in s)
    for c in citations:
        if list(c) != CITATION:
            yield f"a citation with {list(c)}"
        if (corpus / c["path"]).read_text(encoding="utf-8")[c["start"] : c["end"]] != c["quote"]:
            yield f"citation {c['n']} is not the text it points to"


# ---------------------------------------------------------------- light: nothing is loaded


def test_help_loads_no_heavy_library():
    code = (
        "import sys\nfrom genoassist.cli import main\n"
        "for words in (['--help'], *([name, '--help'] for name in main.commands), ['--version']):\n"
        "    try:\n        main(words)\n    except SystemExit as end:\n        assert end.code == 0, words\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
    assert done.stderr == ""


def test_every_command_of_the_contract_takes_both_folders():
    from genoassist.cli import main

    assert {"ask", "batch", "chat", "index", "serve", "eval", "doctor"} <= set(main.commands)
    for name, command in main.commands.items():
        options = {option for parameter in command.params for option in parameter.opts}
        assert {"--corpus", "--index"} <= options, name


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["ask", ""], 2, "There is no question."),
        (["ask", " \u00a0 "], 2, "There is no question."),
        (["ask", "?!…"], 1, "There are no words in this question."),
        (["ask", "x" * 20_000], 1, "The question has 20000 characters; at most 2,000"),
        (["ask"], 2, "Missing argument 'QUESTION'. Type: genoassist ask --help"),
        (["ask", "Who?", "--nonsense"], 2, "No such option"),
        (["ask", "Who?", "--engine", "gpt"], 2, "'gpt' is not one of"),
        (["ask", "Who?", "--lang", "de"], 2, "'de' is not one of"),
        (["ask", "Who?", "and", "more"], 2, "unexpected extra arguments"),
        (["nonsense"], 2, "No such command 'nonsense'."),
        (["asc"], 2, "Did you mean 'ask'? Type: genoassist --help"),
        (["ask", "Who?", "--corpus"], 2, "Option '--corpus' requires an argument. Type: genoassist ask --help"),
        (["batch", "/nowhere/in.jsonl"], 2, "File '/nowhere/in.jsonl' does not exist. Type: genoassist batch --help"),
        (["eval", "/nowhere/set.yaml"], 1, "/nowhere/set.yaml"),
        (["index", "--corpus", "/nowhere"], 1, "There is no corpus folder at /nowhere. Create it"),
        (["ask", "Who?", "--corpus", "/nowhere", "--engine", "extractive"], 1, "no corpus folder"),
        (["serve", "--port", "0"], 1, "The setting “port” cannot be 0"),
    ],
)
def test_wrong_input_is_one_line_and_the_exit_code(arguments, code, says):
    one_line(genoassist(*arguments), code, says)


def one_line(done: subprocess.CompletedProcess[str], code: int, says: str) -> None:
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert done.stderr.startswith("genoassist: ")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_is_one_line():
    one_line(genoassist("index", GENOASSIST_THREADS="many"), 1, "The setting “threads” cannot be 'many'")


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["ask", ""], 2, "Aucune question. Tapez-en une"),
        (["index", "--corpus", "/nowhere"], 1, "Il n’y a pas de dossier de corpus"),
        (["ask"], 2, "Commande mal formée\u00a0: il manque l’argument 'QUESTION'. Tapez\u00a0: genoassist ask --help"),
        (["ask", "Qui ?", "--nonsense"], 2, "l’option --nonsense n’existe pas."),
        (["ask", "Qui ?", "--lang", "de"], 2, "de n’est pas dans la liste 'auto', 'en', 'fr'."),
        (["ask", "Qui ?", "et", "plus"], 2, "arguments en trop (et plus)."),
        (["asc"], 2, "la commande asc n’existe pas. Vouliez-vous dire 'ask'\u202f?"),
        (["batch", "/nowhere"], 2, "le fichier /nowhere n’existe pas."),
        (["batch", "/"], 2, "/ est un dossier."),
        (["serve", "--port", "http"], 2, "http n’est pas un nombre entier."),
        (
            ["serve", "--port", "0"],
            1,
            "Le réglage «\u00a0port\u00a0» ne peut pas valoir 0\u00a0: la valeur minimale est 1.",
        ),
        (["eval", "/nowhere"], 1, "ce fichier ou ce dossier n’existe pas."),
    ],
)
def test_messages_are_in_the_language_of_the_interface(arguments, code, says):
    one_line(genoassist(*arguments, GENOASSIST_INTERFACE_LANGUAGE="fr"), code, says)


def test_help_is_in_the_language_of_the_interface():
    from genoassist.cli import main
    from genoassist.messages import catalogue

    for language, texts in (("en", catalogue("en")), ("fr", catalogue("fr"))):
        for name, command in ((None, main), *main.commands.items()):
            done = genoassist(*([name] if name else []), "--help", GENOASSIST_INTERFACE_LANGUAGE=language)
            shown = " ".join(done.stdout.replace("\u00a0", " ").split())
            wanted = [f"help.{name or 'main'}", *(f"option.{max(p.opts, key=len).lstrip('-')}" for p in command.params)]
            wanted = [f"option.{name}_output" if (name, key) == ("eval", "option.output") else key for key in wanted]
            for key in wanted:
                assert " ".join(texts[key].replace("\u00a0", " ").split()) in shown, (name, key)
            assert ("Options :" in shown, "Options:" in shown) == (language == "fr", language == "en")
            assert language == "en" or not re.search(r"\b(?:DIR|COMMAND|ARGS)\b", shown)


def test_messages_follow_the_file_and_then_the_locale(tmp_path):
    one_line(genoassist("ask", "", LC_ALL="fr_FR.UTF-8"), 2, "Aucune question.")
    (tmp_path / "genoassist.toml").write_text('interface_language = "en"\n')
    one_line(genoassist("ask", "", cwd=tmp_path, LC_ALL="fr_FR.UTF-8"), 2, "There is no question.")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.md", b"", "holds no text to read"),
        ("a.md", b"# A\n\ncaf\xe9", "a.md is not UTF-8 text (line 3)"),
        ("a.md", b"---\ntitle: [\n---\n# A\n\nText.", "The front matter of a.md is broken"),
    ],
)
def test_a_corpus_that_cannot_be_read(tmp_path, name, content, says):
    (tmp_path / name).write_bytes(content)
    done = genoassist("ask", "Who?", "--corpus", tmp_path, "--index", tmp_path / "i", "--engine", "extractive")
    one_line(done, 1, says)


def test_a_port_in_use_is_said_before_anything_is_loaded(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        one_line(genoassist("serve", "--port", port), 1, f"Port {port} of 127.0.0.1 is already in use.")


# ---------------------------------------------------------------- with the models


@pytest.mark.models
def test_ask_prints_the_answer_and_its_references(quoting):
    done = genoassist("ask", "Où s’est tenue Bio-Europe ?", *quoting)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Leipzig" in done.stdout
    assert re.search(r"\[1\]", done.stdout.splitlines()[0])
    assert re.search(r"(?m)^\[1\] .*Prospecter", done.stdout)


@pytest.mark.models
def test_ask_as_json_has_the_fields_of_the_contract_and_is_the_same_twice(quoting):
    first = genoassist("ask", "Who coordinates COBIOE?", "--json", "--explain", *quoting)
    assert first.returncode == 0
    assert len(first.stdout.splitlines()) == 1
    answer = json.loads(first.stdout)
    assert [key for key in answer if key != "id"] == FIELDS
    assert list(broken(answer, CORPUS)) == []
    assert (answer["kind"], answer["language"], answer["engine"]) == ("answer", "en", "extractive")
    assert set(answer["seconds"]) >= {"evidence", "first_token", "total"}
    assert "Constructed and coordinated by Genopole" in answer["citations"][0]["quote"]
    assert "Candidates" in first.stderr
    assert "Traceback" not in first.stderr
    again = json.loads(genoassist("ask", "Who coordinates COBIOE?", "--json", *quoting).stdout)
    assert {**again, "seconds": None} == {**answer, "seconds": None}


@pytest.mark.models
def test_a_question_in_german_is_one_line(quoting):
    one_line(genoassist("ask", "Wer koordiniert das Projekt?", *quoting), 1, "in neither English nor French")


@pytest.mark.models
def test_a_word_that_asks_nothing_is_refused_with_what_to_name(quoting):
    done = genoassist("ask", "ok", *quoting)
    assert (done.returncode, done.stderr) == (0, "")
    assert "please name the project" in done.stdout


@pytest.mark.models
def test_an_index_of_another_model_is_refused_with_the_command(assistant, tmp_path):
    shutil.copytree(assistant.settings.index, tmp_path / "index", ignore=shutil.ignore_patterns(".lock"))
    manifest = tmp_path / "index" / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "model": "other@1"}))
    done = genoassist("ask", "Who?", "--corpus", CORPUS, "--index", tmp_path / "index", "--engine", "extractive")
    one_line(done, 1, "was built with another embedding model (other@1)")
    assert done.stderr.endswith("Type: genoassist index --rebuild\n")


@pytest.mark.models
def test_an_index_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").write_text("")
    done = genoassist("index", "--corpus", CORPUS, "--index", tmp_path / "file" / "index")
    one_line(done, 1, "cannot be written: ")


@pytest.mark.models
def test_batch_keeps_the_promises(quoting):
    questions = [
        {"id": 1, "question": "Who coordinates COBIOE?"},
        {"id": "deux", "question": "Combien d’universités forment EUGLOH ?", "lang": "fr"},
        {"question": "And its partners?", "history": [{"role": "user", "content": "What is COBIOE?"}]},
        {"id": "\udc80", "question": "Where is \ud800Bio-Europe?"},
        {"id": 5, "question": REFUSED},
        {"id": 6, "question": ""},
    ]
    lines = [json.dumps(q).encode() for q in questions]
    done = genoassist("batch", *quoting, stdin=b"\xef\xbb\xbf" + b"\n\n".join([*lines, b"{nonsense"]))
    assert (done.returncode, done.stderr) == (0, "")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 7
    assert [a.get("id", "absent") for a in answers] == [1, "deux", "absent", "\udc80", 5, 6, None]
    assert answers[6]["error"]["code"] == "batch.json"
    for question, answer in zip(questions, answers, strict=False):
        assert answer["question"] == question["question"]
        assert list(broken(answer, CORPUS)) == []
    assert [a["kind"] for a in answers[:2]] == ["answer", "answer"]
    assert (answers[4]["kind"], answers[5]["reason"]) == ("refusal", "empty")
    assert answers[1]["language"] == "fr"
    assert answers[2]["standalone_question"] == "What are its partners? (COBIOE)"


@pytest.mark.models
def test_batch_writes_a_file_and_says_when_it_cannot(quoting, tmp_path):
    (tmp_path / "in.jsonl").write_text(json.dumps({"id": "\ud800", "question": "Who coordinates COBIOE?"}) + "\n")
    done = genoassist("batch", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", *quoting)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert json.loads((tmp_path / "out.jsonl").read_text(encoding="utf-8"))["id"] == "\ud800"
    done = genoassist("batch", tmp_path / "in.jsonl", "-o", tmp_path / "nowhere" / "out.jsonl", *quoting)
    one_line(
        done, 2, "nowhere/out.jsonl cannot be written: there is no such file or folder. Name another file with -o."
    )


@pytest.mark.models
def test_index_says_what_changed(elsewhere, tmp_path):
    folders = ["--corpus", elsewhere, "--index", tmp_path / "index"]
    done = genoassist("index", *folders)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == f"{tmp_path / 'index'}: passages added 9, changed 0, kept 0, removed 0.\n"
    (elsewhere / "third.md").write_text("# Third\n\nThe canteen serves fish.", encoding="utf-8")
    text = (elsewhere / "helvia.md").read_text(encoding="utf-8")
    (elsewhere / "helvia.md").write_text(text.replace("4,500", "5,600"), encoding="utf-8")
    done = genoassist("index", *folders, GENOASSIST_INTERFACE_LANGUAGE="fr")
    assert done.stdout.startswith(
        f"{tmp_path / 'index'}\u00a0: passages ajoutés 1, modifiés 1, conservés 8, supprimés 0."
    )


@pytest.mark.models
def test_another_corpus_is_answered_as_well(elsewhere, tmp_path):
    folders = ["--corpus", elsewhere, "--index", tmp_path / "index", "--engine", "extractive"]
    lines = [{"question": "How many visitors did the fair in Turin draw?"}, {"question": "Qui dirige Nacre ?"}]
    done = genoassist("batch", *folders, stdin="\n".join(map(json.dumps, lines)).encode())
    first, second = map(json.loads, done.stdout.splitlines())
    assert (list(broken(first, elsewhere)), list(broken(second, elsewhere))) == ([], [])
    assert ("12,000 visitors" in first["answer"], "Solène Kervadec" in second["answer"]) == (True, True)
    assert (first["citations"][0]["path"], second["citations"][0]["path"]) == ("helvia.md", "brumaire.md")


@pytest.mark.models
@pytest.mark.parametrize(("command", "name"), [("batch", "in.jsonl"), ("eval", "in.yaml")])
def test_the_file_that_is_read_is_not_written_over(quoting, tmp_path, command, name):
    file = tmp_path / name
    file.write_text('[{"id": "1", "question": "Who?"}]')
    done = genoassist(command, file, "-o", file, *quoting)
    one_line(done, 2, f"{name} is the file that is read, and would be lost. Name another file with -o.")
    assert file.read_text() == '[{"id": "1", "question": "Who?"}]'
