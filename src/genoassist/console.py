"""What every command shares: the reader's language, one line for a problem, one bar for what is under way, output files."""

from __future__ import annotations

import gc
import gettext
import json
import locale
import logging
import os
import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from importlib import resources
from pathlib import Path
from typing import Any, TextIO

import click

from genoassist.errors import GenoAssistError, UsageError, described, reason
from genoassist.messages import catalogue, say
from genoassist.types import Language

log = logging.getLogger(__name__)

# Allocations between two collections of the youngest objects (Python: 700): what starts here is imported and stays, and
# looking through it again and again is an eighth of the time that the imports take.
COLLECTED_AFTER = 50_000
# What is told of under its own name; anything else is a file of weights.
UNDER_WAY = ("index", "warm", "arrange", "eval")
SETTINGS_FILE = "genoassist.toml"

_HALVES = re.compile("[\ud800-\udfff]")


def reader_language() -> Language:
    """The language of messages: the setting ``interface_language``, else the locale, else English.

    The settings are not loaded for it: help must not wait for them, and where they are wrong the command will say so.
    """
    asked = os.environ.get("GENOASSIST_INTERFACE_LANGUAGE") or _in_file("interface_language")
    if asked in ("en", "fr"):
        return "fr" if asked == "fr" else "en"
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "fr" if value.startswith("fr") else "en"
    return "fr" if (locale.getlocale()[0] or "").startswith("fr") else "en"


def _in_file(key: str) -> Any:
    try:
        return tomllib.loads(Path(SETTINGS_FILE).read_text(encoding="utf-8")).get(key)
    except (OSError, ValueError):
        return None


class Folder(click.Path):
    """A folder, named so in the reader's language where help shows what an option takes."""

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002 (click's)
        """The word."""
        return say("cli.folder", reader_language())


class Spoken(click.Command):
    """A command whose help is in the reader's language: ``help.COMMAND`` of the messages, and of its parameters ``option.NAME``."""

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help."""
        language = reader_language()
        self.help = self.get_short_help_str()
        for parameter in self.get_params(ctx):
            name = max(parameter.opts, key=len).lstrip("-")
            own = f"option.{self.name}_{name}"
            parameter.help = say(own if own in catalogue(language) else f"option.{name}", language)
        super().format_help(ctx, formatter)

    def get_short_help_str(self, limit: int = 0) -> str:  # noqa: ARG002 (never cut)
        """What the command is for, in a sentence."""
        return say(f"help.{self.name}", reader_language())

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The arguments that are left; whatever is wrong with them is said to be of this command."""
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            error.ctx = error.ctx or ctx
            raise


class Door(Spoken, click.Group):
    """The command group; a malformed command line is one line on stderr, in the reader's language, and exit code 2."""

    command_class = Spoken

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """What follows the name in the usage."""
        self.subcommand_metavar = say("cli.subcommand", reader_language())
        return super().collect_usage_pieces(ctx)

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line and exit."""
        gc.set_threshold(COLLECTED_AFTER)
        # What click says in its own name, which it asks gettext for.
        gettext.bindtextdomain("click", str(resources.files("genoassist.messages") / "click"))
        gettext.textdomain("click")
        os.environ["LANGUAGE"] = reader_language()
        try:
            code = super().main(*args, **{"prog_name": "genoassist", **extra, "standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except click.UsageError as error:
            path = error.ctx.command_path if error.ctx else "genoassist"
            wrong = re.sub(r"[ \t\r\n]+", " ", error.format_message())
            wrong += "" if wrong.endswith((".", "?", "?)")) else "."
            complain(say("cli.usage", reader_language(), reason=wrong, command=f"{path} --help"))
            sys.exit(error.exit_code)
        except click.ClickException as error:
            complain(" ".join(error.format_message().split()))
            sys.exit(error.exit_code)
        except (click.Abort, EOFError):
            sys.exit(130)
        sys.exit(code if isinstance(code, int) else 0)


def stated(command: Callable[..., None]) -> Callable[..., None]:
    """The last line of defence of a command: a stated problem is one line on stderr, anything else is logged as one."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        try:
            command(*args, **kwargs)
        except GenoAssistError as error:
            complain(error.text(reader_language()))
            sys.exit(error.exit_code)
        except BrokenPipeError:
            # The reader of our output has gone (``| head``): not our problem, and nothing is left to say.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except KeyboardInterrupt:
            sys.exit(130)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except Exception as error:
            log.debug("unexpected", exc_info=True)
            complain(say("cli.unexpected", reader_language(), reason=described(error)))
            sys.exit(1)

    return run


def complain(line: str) -> None:
    """One line on stderr."""
    click.echo(f"genoassist: {' '.join(line.splitlines())}", err=True)


def line(data: Any) -> str:
    """The data as one line of JSON; half a surrogate pair, which UTF-8 cannot say, stays the escape it came as."""
    return _HALVES.sub(lambda half: f"\\u{ord(half.group()):04x}", json.dumps(data, ensure_ascii=False))


@contextmanager
def output(path: Path | None) -> Iterator[TextIO]:
    """The file at that path, stdout when there is none; UsageError when it cannot be written."""
    if path is None:
        yield sys.stdout
        return
    try:
        with path.open("w", encoding="utf-8") as out:
            yield out
    except OSError as error:
        raise UsageError("cli.output", path=path, reason=reason(error)) from error


def apart(path: Path | None, source: str | Path) -> None:
    """UsageError when the file to write is the one that is read."""
    if path and path.exists() and Path(source).exists() and path.samefile(source):
        raise UsageError("cli.same_file", path=path)


def write(path: Path, text: str) -> None:
    """Write a text file; UsageError when it cannot be written."""
    with output(path) as out:
        out.write(text)


@contextmanager
def progress(language: Language) -> Iterator[Callable[[str, int, int], None]]:
    """One bar on stderr for whatever is under way, in a language; none where stderr is not a terminal."""
    from tqdm import tqdm

    bar: Any = None
    shown = ""

    def show(what: str, done: int, total: int) -> None:
        nonlocal bar, shown
        if bar is None or shown != what:
            if bar is not None:
                bar.close()
            large = total > 1_000_000
            title = say(f"progress.{what if what in UNDER_WAY else 'fetching'}", language, name=what)
            bar = tqdm(total=total, desc=title, unit="B" if large else "", unit_scale=large, leave=False, disable=None)
            shown = what
        bar.total = total
        bar.update(done - bar.n)

    try:
        yield show
    finally:
        if bar is not None:
            bar.close()
