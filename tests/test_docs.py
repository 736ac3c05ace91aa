"""What the documents say is true: commands exist, settings have the defaults named, files are there, scripts run."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from genoassist.cli import main
from genoassist.settings import Settings

ROOT = Path(__file__).parents[1]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
COMMAND = re.compile(r"genoassist ([a-z]+)((?: +(?:\"[^\"]*\"|\S+))*)")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_linked_files_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text) if not link.startswith(("http", "#"))]
    assert not [link for link in links if not (path.parent / link).exists()]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: p.name)
def test_commands_and_options_exist(path: Path) -> None:
    for block in re.findall(r"```sh\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
        for name, rest in COMMAND.findall(block):
            assert name in main.commands, name
            known = {option for parameter in main.commands[name].params for option in parameter.opts}
            assert set(re.findall(r"(?<=\s)--?[a-z][a-z-]*", rest)) <= known, rest


def test_every_command_is_in_the_readme_with_its_options() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name, command in main.commands.items():
        row = re.search(rf"^\| `{name}\b.*$", readme, re.MULTILINE)
        assert row, name
        for parameter in command.params:
            if isinstance(parameter, click.Option) and parameter.name not in ("corpus", "index_folder"):
                assert any(f"`{option}`" in row.group() for option in parameter.opts) or name in (
                    "chat",
                    "batch",
                    "eval",
                ), (
                    name,
                    parameter.name,
                )


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    assert "--corpus" in result.output
    assert "--index" in result.output


def test_the_settings_file_names_every_setting_with_its_default() -> None:
    text = (ROOT / "genoassist.toml").read_text(encoding="utf-8")
    named = dict(re.findall(r"^# (\w+) = (\S+)", text, re.MULTILINE))
    assert set(named) == set(Settings.model_fields)
    for key, value in named.items():
        default = Settings.model_fields[key].default
        if isinstance(default, str | bool | int | Path) and not isinstance(default, type(None)):
            wanted = tomllib.loads(f"v = {value}")["v"]
            assert wanted == (str(default) if isinstance(default, Path) else default), key


def test_make_targets_in_the_documents_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    for path in DOCUMENTS:
        assert set(re.findall(r"(?:`|^)make ([a-z]+)", path.read_text(encoding="utf-8"), re.MULTILINE)) <= targets


def test_the_figures_of_the_readme_are_those_of_the_benchmark() -> None:
    measured = (ROOT / "benchmarks" / "quality.md").read_text(encoding="utf-8")
    table = measured.split("\n\n")[1]
    assert table.startswith("| tests/data/questions.yaml |")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert table in readme
    for share in re.findall(r"\b\d+ of \d+\b", readme):
        assert re.search(rf"\b{share}\b", measured), share
    assert set(re.findall(r"\d+\.\d%", readme)) <= set(re.findall(r"\d+\.\d%", measured))


def test_the_times_of_the_readme_are_those_measured() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8").replace("\u00a0", " ")
    speed = json.loads((ROOT / "benchmarks" / "speed.json").read_text(encoding="utf-8"))
    ours, plain = (speed["compare"]["warm"][way]["total"] for way in ("genoassist", "plain_llamaindex"))
    half, late = ours["p50"], ours["p95"]
    assert f"takes {half:.1f} s ({late:.1f} s at the 95th percentile)" in readme
    assert f"demande {half:.1f} s ({late:.1f} s".replace(".", ",") in readme
    assert round(plain["p50"] / half) == 7, "a seventh"
    assert f"wait {speed['compare']['people']['four']['p50']:.1f} s" in readme
    assert f"reads for {speed['warming'][0]['seconds']:.0f} s" in readme
    assert f"holds {speed['warming'][0]['memory_mb'] / 1000:.1f} GB" in " ".join(readme.split())
