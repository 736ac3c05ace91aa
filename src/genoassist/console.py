"""What every command shares: the reader's language, one line for a problem, one bar for what is under way, output files."""

from __future__ import annotations

import gc
import json
import locale
import logging
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, TextIO

import click

from genoassist.errors import GenoAssistError, UsageError, described
from genoassist.messages import say
from genoassist.types import Language

log = logging.getLogger(__name__)

# Allocations between two collections of the youngest objects (Python: 700): what starts here is imported and stays, and
# looking through it again and again is an eighth of the time that the imports take.
COLLECTED_AFTER = 50_000

_HALVES = re.compile("[\ud800-\udfff]")


def reader_language() -> Language:
    """The language of messages: the setting ``interface_language``, else the locale, else English."""
    from genoassist.settings import load

    try:
        asked = load().interface_language
    except GenoAssistError:  # which the command itself will state
        asked = os.environ.get("GENOASSIST_INTERFACE_LANGUAGE", "auto")  # type: ignore[assignment]
    if asked in ("en", "fr"):
        return "fr" if asked == "fr" else "en"
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(variable):
            return "fr" if value.startswith("fr") else "en"
    return "fr" if (locale.getlocale()[0] or "").startswith("fr") else "en"


class Door(click.Group):
    """The command group; a malformed command line is one line on stderr, in the reader's language, and exit code 2."""

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run the command line and exit."""
        gc.set_threshold(COLLECTED_AFTER)
        try:
            code = super().main(*args, **{"prog_name": "genoassist", **extra, "standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(error.exit_code)
        except click.UsageError as error:
            path = error.ctx.command_path if error.ctx else "genoassist"
            reason = " ".join(error.format_message().split()).rstrip(".")
            complain(say("cli.usage", reader_language(), reason=reason, command=f"{path} --help"))
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
        raise UsageError("cli.output", path=path, reason=error.strerror or str(error)) from error


def apart(path: Path | None, source: str | Path | int | None) -> None:
    """UsageError when the file to write is the one that is read."""
    if path and isinstance(source, str | Path) and path.exists() and Path(source).exists() and path.samefile(source):
        raise UsageError("cli.same_file", path=path)


def write(path: Path, text: str) -> None:
    """Write a text file; UsageError when it cannot be written."""
    with output(path) as out:
        out.write(text)


@contextmanager
def progress() -> Iterator[Callable[[str, int, int], None]]:
    """One bar on stderr for whatever is under way; none where stderr is not a terminal."""
    from tqdm import tqdm

    bar: Any = None

    def show(what: str, done: int, total: int) -> None:
        nonlocal bar
        if bar is None or bar.desc != what:
            if bar is not None:
                bar.close()
            large = total > 1_000_000
            bar = tqdm(total=total, desc=what, unit="B" if large else "", unit_scale=large, leave=False, disable=None)
            bar.desc = what
        bar.total = total
        bar.update(done - bar.n)

    try:
        yield show
    finally:
        if bar is not None:
            bar.close()
