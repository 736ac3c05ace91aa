"""The command line: reads arguments, calls the engine, prints what present.py makes of it. No logic of its own.

Heavy modules are imported by the command that needs them: ``genoassist --help`` pays for none.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from genoassist import __version__, console
from genoassist.console import complain, line, progress, reader_language, stated
from genoassist.errors import QuestionError, UsageError
from genoassist.messages import say
from genoassist.types import Answer

if TYPE_CHECKING:
    from genoassist.assistant import Assistant
    from genoassist.settings import Settings

ENGINES = click.Choice(["auto", "llm", "extractive"])
LANGUAGES = click.Choice(["auto", "en", "fr"])


def _shared(command: Callable[..., None]) -> Callable[..., None]:
    """``--corpus`` and ``--index``, which every command takes."""
    folder = console.Folder(path_type=Path)
    for option in (
        click.option("--index", "index_folder", type=folder),
        click.option("--corpus", type=folder),
    ):
        command = option(command)
    return command


@click.group(cls=console.Door, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
@click.option("--verbose", is_flag=True)
def main(verbose: bool) -> None:
    """Questions about a corpus, answered in English or French, each sentence cited to the sentence that supports it."""
    logging.basicConfig(level=logging.DEBUG if verbose else logging.ERROR, format="%(name)s: %(message)s")
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", encoding="utf-8")


@main.command()
@click.argument("question")
@click.option("--lang", type=LANGUAGES, default="auto")
@click.option("--engine", type=ENGINES, default=None)
@click.option("--json", "as_json", is_flag=True)
@click.option("--explain", "explained", is_flag=True)
@_shared
@stated
def ask(
    question: str,
    lang: str,
    engine: str | None,
    as_json: bool,
    explained: bool,
    corpus: Path | None,
    index_folder: Path | None,
) -> None:
    """Answer one QUESTION, with its citations."""
    from genoassist import present

    _require_askable(question)
    assistant = _open(corpus, index_folder, engine)
    answer = assistant.ask(question, language=lang)  # type: ignore[arg-type]
    _require_asked(answer)
    if as_json:
        click.echo(line(present.to_json(answer)))
    else:
        click.echo(present.to_text(answer))
    if explained:
        click.echo("\n" + present.explain(answer), err=as_json)


@main.command()
@click.argument(
    "source",
    type=click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True),
    default="-",
    metavar="[IN.jsonl]",
)
@click.option("-o", "--output", type=click.Path(path_type=Path))
@click.option("--engine", type=ENGINES, default=None)
@_shared
@stated
def batch(source: str, output: Path | None, engine: str | None, corpus: Path | None, index_folder: Path | None) -> None:
    """Answer one JSON question a line: one JSON answer a line, in order, as soon as it is there."""
    from genoassist.batch import answers

    console.apart(output, source)
    assistant = _open(corpus, index_folder, engine)
    with console.output(output) as out, click.open_file(source, "rb") as lines:
        for answer in answers(lines, assistant, reader_language()):
            out.write(line(answer) + "\n")
            out.flush()


@main.command()
@click.option("--lang", type=LANGUAGES, default="auto")
@click.option("--engine", type=ENGINES, default=None)
@_shared
@stated
def chat(lang: str, engine: str | None, corpus: Path | None, index_folder: Path | None) -> None:
    """A conversation in the terminal; an empty line or Ctrl-D ends it."""
    from genoassist import present
    from genoassist.types import Turn

    assistant = _open(corpus, index_folder, engine)
    reader = reader_language()
    click.echo(say("cli.chat", reader), err=True)
    turns: list[Turn] = []
    while True:
        try:
            question = click.prompt(">", prompt_suffix=" ", default="", show_default=False, err=True)
        except (click.Abort, EOFError):
            return
        if not question.strip():
            return
        answer = assistant.ask(question, turns, language=lang)  # type: ignore[arg-type]
        if answer.query.history_used:
            click.echo(say("cli.understood", answer.query.language, question=answer.query.text), err=True)
        click.echo(present.to_text(answer) + "\n")
        turns += [Turn("user", question), Turn("assistant", answer.text)]


@main.command("index")
@click.option("--rebuild", is_flag=True)
@_shared
@stated
def index_(rebuild: bool, corpus: Path | None, index_folder: Path | None) -> None:
    """Bring the index up to date with the corpus, and say what changed."""
    from genoassist.assistant import Assistant

    settings = _settings(corpus=corpus, index=index_folder)
    with progress(reader_language()) as told:
        changes = Assistant.open(settings, rebuild=rebuild, progress=told).changes
    click.echo(
        say(
            "cli.indexed",
            reader_language(),
            path=settings.index,
            added=changes.added,
            changed=changes.changed,
            kept=changes.kept,
            removed=changes.removed,
        )
    )


@main.command()
@click.option("--host", default=None)
@click.option("--port", type=int, default=None)
@_shared
@stated
def serve(host: str | None, port: int | None, corpus: Path | None, index_folder: Path | None) -> None:
    """Serve the chat page."""
    from genoassist import web

    web.serve(_settings(corpus=corpus, index=index_folder, host=host, port=port), reader_language())


@main.command("eval")
@click.argument("questions", type=click.Path(path_type=Path), metavar="QUESTIONS.yaml")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="REPORT.html")
@click.option("--engine", type=ENGINES, default=None)
@click.option("--json", "as_json", is_flag=True)
@_shared
@stated
def eval_(
    questions: Path,
    output: Path | None,
    engine: str | None,
    as_json: bool,
    corpus: Path | None,
    index_folder: Path | None,
) -> None:
    """Ask every question of a set and print the scorecard."""
    from genoassist import evaluate_report, present
    from genoassist.evaluate import run
    from genoassist.evaluate_set import Question, load_questions

    console.apart(output, questions)
    asked = load_questions(questions)
    assistant = _open(corpus, index_folder, engine)

    def one(question: Question) -> dict[str, Any]:
        answer = assistant.ask(question.question, question.history)
        return present.to_json(answer, question.id)

    with progress(reader_language()) as told:
        card = run(
            asked, one, corpus=assistant.settings.corpus, on_progress=lambda done, total: told("eval", done, total)
        )
    if output:
        console.write(output, evaluate_report.to_html(card, reader_language()))
    click.echo(line(evaluate_report.to_json(card)) if as_json else evaluate_report.to_text(card, reader_language()))


@main.command()
@click.option("--fetch", is_flag=True)
@_shared
@stated
def doctor(fetch: bool, corpus: Path | None, index_folder: Path | None) -> None:
    """What is installed, which models, the state of the index, what is wrong and the command that mends it."""
    from genoassist.doctor import examine, fetch_all

    settings = _settings(corpus=corpus, index=index_folder)
    if fetch:
        with progress(reader_language()) as told:
            fetch_all(settings, told)
    report, healthy = examine(settings, reader_language())
    click.echo(report)
    if not healthy:
        sys.exit(1)


@main.command()
@click.argument("action", type=click.Choice(["export"]))
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE.jsonl")
@_shared
@stated
def feedback(action: str, output: Path | None, corpus: Path | None, index_folder: Path | None) -> None:  # noqa: ARG001
    """Export what readers of the page said is wrong, as questions that eval reads, one JSON object a line."""
    from genoassist.feedback import Box, to_question

    box = Box(_settings(corpus=corpus, index=index_folder).data)
    said = list(box.all())
    if not said:
        complain(say("feedback.none", reader_language(), path=box.path))
    with console.output(output) as out:
        for number, one in said:
            out.write(line(to_question(number, one)) + "\n")


# ---------------------------------------------------------------- helpers of the doors


def _settings(**given: Any) -> Settings:
    from genoassist.settings import load

    return load(**given)


def _open(corpus: Path | None, index_folder: Path | None, engine: str | None) -> Assistant:
    """The assistant, its models loaded; without a language model ``auto`` says so once and quotes."""
    from genoassist.assistant import Assistant
    from genoassist.errors import ModelError

    settings = _settings(corpus=corpus, index=index_folder, engine=engine)
    with progress(reader_language()) as told:
        assistant = Assistant.open(settings, progress=told)
        if settings.engine != "extractive":
            try:
                assistant.load(told)
            except ModelError as error:
                if settings.engine == "llm":
                    raise
                complain(say("cli.quoting", reader_language(), reason=error.text(reader_language())))
    return assistant


def _require_askable(question: str) -> None:
    """A question that is none is said so before any model is loaded; its language, once the corpus's names are known."""
    from genoassist.question import problem

    reason = problem(question)
    if reason and reason != "unsupported_language":
        raise (UsageError if reason == "empty" else QuestionError)(f"question.{reason}", found=len(question))


def _require_asked(answer: Answer) -> None:
    if answer.reason == "unsupported_language":
        raise QuestionError("question.unsupported_language")


if __name__ == "__main__":
    main()
