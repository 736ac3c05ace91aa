"""The layout is the story of the design: imports go one way, third parties stay in their room, modules stay short."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from modules import parsed

SOURCE = Path(__file__).parents[1] / "src" / "genoassist"
MODULES = sorted(SOURCE.glob("*.py"))

# A module may import those of earlier rows, and those before it in its own row.
STORY = [
    ["types", "messages", "errors", "settings"],
    [
        "words",
        "spelling",
        "numbers",
        "demonyms",
        "places",
        "atoms",
        "language",
        "sentences",
        "blocks",
        "headings",
        "corpus",
    ],
    ["fetch", "models", "e5", "unigram", "embedder", "encoder", "embedding"],
    [
        "passages",
        "index",
        "phrasing",
        "asked",
        "told",
        "parts",
        "dated",
        "compared",
        "names",
        "follow_up",
        "question",
        "retrieve",
        "units",
        "decoder_graph",
        "arrange",
        "decoder",
        "prefix_cache",
        "together",
        "llm",
        "readout",
        "present",
        "markup",
        "scale",
        "judgement",
        "premise",
        "verify",
        "polarity",
        "about",
        "trust",
        "qualified",
        "reading",
        "translate",
        "quotation",
        "answer",
        "draft",
    ],
    ["assistant"],
    ["batch", "evaluate_set", "evaluate", "evaluate_report", "doctor"],
    ["conversation", "feedback", "word", "export", "suggest", "desk", "page", "actions", "console", "web", "cli"],
]
ORDER = [module for row in STORY for module in row]
GUIDE = Path(__file__).parents[1] / "CONTRIBUTING.md"
ROOMS = {
    "chromadb": {"index"},
    "bm25s": {"index", "words"},
    "sentence_transformers": {"embedding"},
    "torch": {"embedding"},
    "transformers": {"embedding"},
    "onnx": {"encoder", "decoder_graph", "arrange"},
    "onnxruntime": {"encoder", "decoder"},
    "gguf": {"decoder_graph", "arrange"},
    "gradio": {"web"},
    "docx": {"word"},
    "frontmatter": {"corpus"},
    "spellchecker": {"spelling"},
    "pydantic_settings": {"settings"},
}
HEAVY = {
    "onnx",
    "onnxruntime",
    "docx",
    "chromadb",
    "sentence_transformers",
    "torch",
    "transformers",
    "gradio",
    "llama_index",
    "lingua",
    "spellchecker",
}


def imports(path: Path, *, top: bool = False) -> set[str]:
    tree = parsed(path)
    nodes = ast.iter_child_nodes(tree) if top else ast.walk(tree)
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def test_the_guide_tells_the_same_story() -> None:
    table = GUIDE.read_text(encoding="utf-8").split("| stage | modules |")[1].split("\n\n")[0]
    assert re.findall(r"`(\w+)/?`", table) == ORDER


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.stem)
def test_imports_go_one_way(path: Path) -> None:
    if path.stem == "__init__":
        assert not imports(path) - {"__future__.annotations", "__future__"}
        return
    assert path.stem in ORDER, f"{path.name} has no place in the story of the design"
    own = {name.split(".")[1] for name in imports(path) if name.startswith("genoassist.")} & set(ORDER)
    later = {name for name in own if ORDER.index(name) >= ORDER.index(path.stem)} - {path.stem}
    assert not later


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.stem)
def test_third_parties_stay_in_their_room(path: Path) -> None:
    roots = {name.split(".")[0] for name in imports(path)}
    assert not {party for party, rooms in ROOMS.items() if party in roots and path.stem not in rooms}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.stem)
def test_no_module_over_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


def test_the_command_line_pays_for_no_heavy_library() -> None:
    reached: set[str] = set()
    todo = ["cli"]
    while todo:
        module = todo.pop()
        if module in reached:
            continue
        reached.add(module)
        path = SOURCE / f"{module}.py"
        if not path.exists():
            continue
        names = imports(path, top=True)
        heavy = {name.split(".")[0] for name in names} & HEAVY
        assert not heavy, f"{module} imports {heavy}"
        todo += [name.split(".")[1] for name in names if name.startswith("genoassist.")]
