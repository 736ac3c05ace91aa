from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from genoassist.corpus import LARGEST, LONGEST_SENTENCE, load, unread
from genoassist.errors import CorpusError
from genoassist.types import Document, Section

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "tests" / "data" / "europe-international-2022.txt"
PAIRS = [
    ("Europe & International", "Europe et international"),
    (
        "Prospecting, networking and shining internationally",
        "Prospecter, élargir les réseaux et rayonner à l’échelle internationale",
    ),
    ("COBIOE: building a common European strategy for biomanufacturing", None),
    (
        "Genopole: a biotech hub in the European University Alliance for Global Health",
        "pôle Biotech de l’université européenne EUGLOH",
    ),
    (
        "GEN.ERA: clusters cooperating to tackle the global market",
        "GEN.ERA : coopérer entre clusters pour mieux aborder le marché mondial",
    ),
    ("Toward a European Health Data Space", None),
]
COUNTS = [0, 16, 9, 5, 4, 7]


def write(folder: Path, text: str, name: str = "report.md") -> Document:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(text.encode())
    return check(load(folder).documents[0], folder)


def check(document: Document, folder: Path) -> Document:
    text = (folder / document.path).read_text(encoding="utf-8")
    assert document.text == text
    position = 0
    ids = []
    for section in document.sections:
        for sentence in section.sentences:
            assert text[sentence.start : sentence.end] == sentence.text == sentence.text.strip() != ""
            assert position <= sentence.start and section.start <= sentence.start and sentence.end <= section.end
            position = sentence.end
            ids.append(sentence.id)
        ids.append(section.id)
    assert len(ids) == len(set(ids))
    return document


def texts(section: Section) -> list[str]:
    return [sentence.text for sentence in section.sentences]


def headings(document: Document) -> list[tuple[str, str | None]]:
    return [(section.heading, section.heading_fr) for section in document.sections]


# ---------------------------------------------------------------- the report


@pytest.fixture
def report() -> Document:
    return check(load(ROOT / "corpus").document("europe-international-2022"), ROOT / "corpus")


def test_the_report_says_what_it_is(report: Document) -> None:
    assert (report.title, report.title_fr, report.year, report.language) == (*PAIRS[0], 2022, "en")
    assert report.source and "annual report" in report.source
    assert report.path == "europe-international-2022.md"


def test_the_headings_of_the_report(report: Document) -> None:
    assert headings(report) == PAIRS
    assert [s.level for s in report.sections] == [1, 2, 2, 2, 2, 2]
    names = ["europe-international", "prospecting", "cobioe", "eugloh", "gen-era", "health-data-space"]
    assert [s.id for s in report.sections] == names


def test_every_word_of_the_source_stands_in_the_report_once_and_in_order(report: Document) -> None:
    source = SOURCE.read_text(encoding="utf-8")
    french = [twin for _, twin in PAIRS if twin]
    expected = source.replace("•", "")
    for twin in french:
        assert expected.count(twin) == 1
        expected = expected.replace(twin, "")
    body = report.text.split("\n---\n", 1)[1]
    assert re.findall(r' fr="([^"]*)"\}', body) == french
    without_marks = re.sub(r"(?m)^(#+|-|>) ?|\s*\{#[^}]*\}$", "", body)
    assert without_marks.split() == expected.split()


def test_the_sentences_of_the_report(report: Document) -> None:
    assert [len(section.sentences) for section in report.sections] == COUNTS
    _, prospecting, cobioe, eugloh, gen_era, space = map(texts, report.sections)
    assert prospecting[8] == (
        "The mission enabled contacts with local actors in innovation (A*Star (Agency for Science, Technology and "
        "Research), SG Innovate, etc.) and included a visit to the National University of Singapore's SynCTI "
        "biofoundry."
    )
    assert prospecting[9] == (
        "After the American version, Genopole was also present at Bio-Europe, held in Leipzig, Germany in October."
    )
    assert prospecting[5].startswith("About 100 meetings") and prospecting[5].endswith("STH Biotech, Ciclix, Luxia).")
    assert cobioe[1] == "Constructed and coordinated by Genopole, COBIOE is the first EU initiative for the sector."
    assert cobioe[4].startswith("COBIOE has three objectives: (1)") and cobioe[4].endswith("strengthen cooperation.")
    assert cobioe[8] == "Learn more about the launch"
    assert eugloh[3].endswith("cofounder of the start-up EndoGene.Bio.")
    assert gen_era[3] == (
        "A plan for future actions was presented at the GEN.ERA closing event held 14 June at the Estonian cluster "
        "Tartu BT Park."
    )
    assert space[4] == "European actors have identified Genopole as a reference biocluster for the health sector."
    assert space[6] == "ALEXIS BITON, EUROPEAN AFFAIRS OFFICER"
    assert report.sections[2].sentences[8].id == "europe-international-2022#cobioe:9"


def test_the_report_as_it_was_received_reads_the_same(tmp_path: Path, report: Document) -> None:
    raw = write(tmp_path, SOURCE.read_text(encoding="utf-8"), SOURCE.name)
    assert headings(raw) == PAIRS
    assert (raw.title, raw.title_fr, raw.language) == (*PAIRS[0], "en")
    assert [texts(section) for section in raw.sections] == [texts(section) for section in report.sections]


# ---------------------------------------------------------------- headings


def test_headings_name_their_twins_in_three_ways(tmp_path: Path) -> None:
    document = write(
        tmp_path,
        '# The report {fr="Le rapport"}\n\n## Research {#lab .wide fr="Recherche"}\nOne.\n\n'
        "## Our partners | Nos partenaires\nTwo.\n\n## Les résultats / The results\nThree.\n\n"
        "## Training the researchers\n\n## Former les chercheurs\n\nFour.\n\n## Oil / gas\nFive.\n\n"
        "## Budget {2022}\n\n## Growth of the market\n\nSix.\n",
    )
    assert headings(document) == [
        ("The report", "Le rapport"),
        ("Research", "Recherche"),
        ("Our partners", "Nos partenaires"),
        ("The results", "Les résultats"),
        ("Training the researchers", "Former les chercheurs"),
        ("Oil / gas", None),
        ("Budget {2022}", None),
        ("Growth of the market", None),
    ]
    assert (document.title, document.title_fr) == ("The report", "Le rapport")
    assert document.sections[1].id == "lab"
    assert document.text[document.sections[4].start :].strip().startswith("Four.")


def test_a_french_document_keeps_its_headings_and_takes_english_twins(tmp_path: Path) -> None:
    document = write(
        tmp_path,
        "# Le rapport de l’année\n\n## Nos partenaires\n\n## Our partners\n\nLe 3 oct. 2022, tout va. Bien.\n\n"
        "## Les chercheurs de la ville\n\nIls sont là.\n",
    )
    assert document.language == "fr"
    assert headings(document) == [
        ("Le rapport de l’année", None),
        ("Our partners", "Nos partenaires"),
        ("Les chercheurs de la ville", None),
    ]
    assert texts(document.sections[1]) == ["Le 3 oct. 2022, tout va.", "Bien."]


def test_headings_lose_their_marks(tmp_path: Path) -> None:
    document = write(tmp_path, "The **Report**\n===\n\n### The `code` of [life](https://x.org) ###\n\nText.\n")
    assert headings(document) == [("The Report", None), ("The code of life", None)]
    assert [s.level for s in document.sections] == [1, 3]


def test_a_plain_text_in_two_languages_keeps_the_sections_of_each(tmp_path: Path) -> None:
    document = write(
        tmp_path,
        "Our year\n\nThe partners of the cluster\n\nThey came from the whole world. They stayed for a year.\n\n"
        "Les partenaires de la grappe\n\nIls sont venus du monde entier. Ils sont restés un an.\n",
        "a.txt",
    )
    assert [s.heading for s in document.sections][-2:] == [
        "The partners of the cluster",
        "Les partenaires de la grappe",
    ]


def test_section_ids_do_not_change_with_edits_elsewhere(tmp_path: Path) -> None:
    text = (
        "# Title\n\n## Économie d’énergie\nA.\n\n### Budget\nB.\n\n## Growth\nC.\n\n### Budget\nD.\n\n### Budget\nE.\n"
    )
    before = [s.id for s in write(tmp_path, text).sections]
    assert before == [
        "title",
        "economie-d-energie",
        "economie-d-energie--budget",
        "growth",
        "growth--budget",
        "growth--budget-2",
    ]
    edited = "Before all.\n\n" + text.replace("\n## G", " New.\n\n## Novelty\nX.\n\n### Budget\nY.\n\n## G")
    after = [s.id for s in write(tmp_path, edited).sections]
    assert after == ["title-2", *before[:3], "novelty", "novelty--budget", *before[3:]]
    assert write(tmp_path, edited).sections[0].heading == "Title"


# ---------------------------------------------------------------- text


@pytest.mark.parametrize(
    ("name", "title", "year"),
    [
        ("a.md", "Fair 2031: a report", 2031),
        ("letter-2031-10.md", "A letter", 2031),
        ("a.md", "The 2031–2033 programme", None),
        ("a.md", "A letter", None),
    ],
)
def test_a_year_that_the_front_matter_lacks_is_that_of_the_title_or_the_file(tmp_path: Path, name, title, year) -> None:
    (tmp_path / name).write_text(f"# {title}\n\nThey came.\n", encoding="utf-8")
    assert load(tmp_path).documents[0].year == year


def test_text_before_any_heading_belongs_to_the_title(tmp_path: Path) -> None:
    document = write(
        tmp_path, "---\ntitle: The year\ntitle_fr: L’année\nyear: 2023-05-01\nlanguage: en\n---\nOne. Two.\n"
    )
    assert (document.year, document.title_fr, document.source) == (2023, "L’année", None)
    (section,) = document.sections
    assert (section.id, section.heading, section.heading_fr, section.level) == ("the-year", "The year", "L’année", 1)
    assert texts(section) == ["One.", "Two."]


def test_marks_are_left_out_of_sentences(tmp_path: Path) -> None:
    document = write(
        tmp_path,
        "\ufeff# T\n\n- One\n  wraps. Two.\n  - Nested\n    > Quoted\n    > twice. Again\nlazily.\n\n1. First\n\n"
        "> Said one.\n>\n> NAME, TITLE\n\n    indented text\n\n<b>Bold</b>\n<!-- a note\n to editors -->\n\n"
        "| a b | c |\n|---|---|\n| d. E | f |\n\n```\ncode. More code\n```\n",
    )
    assert texts(document.sections[0]) == [
        "One\n  wraps.",
        "Two.",
        "Nested",
        "Quoted\n    > twice.",
        "Again\nlazily.",
        "First",
        "Said one.",
        "NAME, TITLE",
        "indented text",
        "<b>Bold</b>",
        "a b | c",
        "d. E | f",
        "code. More code",
    ]


def test_plain_text_bullets_and_paragraphs(tmp_path: Path) -> None:
    document = write(
        tmp_path,
        "The title\n\nOne wraps\nhere. Two.\n • Three\n   wraps.\n • Four.\nMore of it\n\n"
        "- Five\n- Six\n\n3. Last\n\n1. One\n2. Two\n\n2022\n",
        "2023/notes.txt",
    )
    assert document.id == "2023/notes"
    assert [(s.heading, texts(s)) for s in document.sections] == [
        ("The title", ["One wraps\nhere.", "Two.", "Three\n   wraps.", "Four."]),
        ("More of it", ["Five", "Six"]),
        ("3. Last", ["One", "Two", "2022"]),
    ]


WORDS = st.lists(
    st.sampled_from(["alpha", "Été", "naïve.", "Ω", "(beta)", "U.S.", "l’an", "« oui »", "10 %", "🎉", "A*B"]),
    min_size=1,
    max_size=6,
)


@st.composite
def markdown_texts(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A Markdown text and, in order, the numbered words of it that are not in headings."""
    words: list[str] = []

    def line() -> str:
        number = len(words)
        words.append(f"w{number}w")
        stop = draw(st.sampled_from(["", ".", " !", "…", "?”"]))
        return " ".join(["X", words[-1], *draw(WORDS)]) + stop

    def lines(first: str, rest: str) -> str:
        return "\n".join((rest if at else first) + line() for at in range(draw(st.integers(1, 3))))

    blocks = []
    for at in range(draw(st.integers(1, 6))):
        kind = draw(st.sampled_from(["heading", "paragraph", "bullets", "quote", "lazy", "table", "code"]))
        if kind == "heading":
            blocks.append("#" * draw(st.integers(1, 6)) + f" Heading {draw(st.integers(0, 2))}")
        elif kind == "paragraph":
            blocks.append(lines("", draw(st.sampled_from(["", "   ", "\t", "      "]))))
        elif kind == "bullets":
            blocks.append(lines("- ", "  ") + "\n" + lines("  * ", "    ") + "\n" + lines("    1. > ", "       > "))
        elif kind == "quote":
            blocks.append(lines("> ", ">  ") + "\n>\n" + lines("> - ", ">   "))
        elif kind == "lazy":
            blocks.append(lines("> ", ""))
        elif kind == "table":
            blocks.append(f"| a{at} | b |\n|---|---|\n| {line()} | {line()} |")
        else:
            blocks.append(f"```\n{line()}\n\n{line()}\n```")
    return "\n\n".join(blocks) + draw(st.sampled_from(["", "\n", "\n\n"])), words


@given(markdown_texts(), st.sampled_from(["\n", "\r\n"]), st.booleans())
@settings(deadline=None, max_examples=150)
def test_offsets_are_exact_and_every_word_is_told_once(generated: tuple[str, list[str]], end: str, bom: bool) -> None:
    text, words = generated
    if not words:
        text, words = text + "\n\nw0w", ["w0w"]
    text = ("\ufeff" if bom else "") + "---\nlanguage: fr\n---\n" + text
    with tempfile.TemporaryDirectory() as folder:
        document = write(Path(folder), text.replace("\n", end))
    found = [word for section in document.sections for s in section.sentences for word in re.findall(r"w\d+w", s.text)]
    assert found == words


@pytest.mark.parametrize("blank", ["\u00a0", "\u3000", "\f", " \u00a0 "])
def test_a_line_of_odd_blanks_loses_nothing(tmp_path: Path, blank: str) -> None:
    document = write(tmp_path, f"First.\n{blank}\nSecond.\nThird.\n")
    told = " ".join(s.text for section in document.sections for s in section.sentences)
    assert re.findall(r"\w+", told) == ["First", "Second", "Third"]


def test_front_matter_follows_a_byte_order_mark(tmp_path: Path) -> None:
    document = write(tmp_path, "\ufeff---\ntitle: Lumen\nyear: 2031\nlanguage: fr\n---\n\n# Tête\n\nUne phrase.\n")
    assert (document.title, document.year, document.language) == ("Lumen", 2031, "fr")
    assert [s.heading for s in document.sections] == ["Tête"]
    assert [s.text for s in document.sections[0].sentences] == ["Une phrase."]


@pytest.mark.parametrize("text", ["```\n{}\n```\n", "{}\n"])
@pytest.mark.parametrize("join", ["\n", " ", ""])
def test_what_no_stop_ends_is_cut_to_what_a_model_can_read(tmp_path: Path, text: str, join: str) -> None:
    words = [f"w{n}w" for n in range(4000)]
    document = write(tmp_path, text.format(join.join(words)))
    every = [s for section in document.sections for s in section.sentences]
    assert max(len(s.text) for s in every) <= LONGEST_SENTENCE
    assert all(document.text[s.start : s.end] == s.text == s.text.strip() for s in every)
    assert "".join("".join(s.text.split()) for s in every) == "".join(words)


# ---------------------------------------------------------------- the folder


def test_a_name_that_is_not_utf8_is_said_so(tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.md")).write_text("One.\n")
    with pytest.raises(CorpusError, match=r"^The name of caf.\.md is not UTF-8\. Rename the file\.$"):
        load(tmp_path)


def test_documents_come_by_path_with_a_fingerprint_of_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "b.md").write_text("Two.\n")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "c.TXT").write_text("One.\n")
    first = load(tmp_path)
    assert [d.id for d in first.documents] == ["a/c", "b"]
    assert re.fullmatch("[0-9a-f]{64}", first.fingerprint) and first == load(tmp_path)
    (tmp_path / "b.md").write_text("Two!\n")
    second = load(tmp_path)
    (tmp_path / "b.md").rename(tmp_path / "d.md")
    assert len({first.fingerprint, second.fingerprint, load(tmp_path).fingerprint}) == 3
    (tmp_path / "d.md").rename(tmp_path / "b.md")
    (tmp_path / "b.md").write_text("Two.\n")
    assert load(tmp_path).fingerprint == first.fingerprint
    name, data = b"a/c.TXT", b"One.\n"
    assert first.fingerprint == hashlib.sha256(b"7 5 " + name + data + b"4 5 b.mdTwo.\n").hexdigest()


def test_hidden_files_readmes_and_links_out_are_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    (folder / ".git").mkdir(parents=True)
    for name in ("a.md", ".b.md", ".git/c.md", "README.md", "d.pdf", "e.docx"):
        (folder / name).write_text("Text.")
    (tmp_path / "secret.md").write_text("Secret.")
    (folder / "f.md").symlink_to(tmp_path / "secret.md")
    (folder / "g.md").symlink_to(tmp_path / "nowhere.md")
    (folder / "h").symlink_to(tmp_path)
    assert [d.path for d in load(folder).documents] == ["a.md"]
    assert unread(folder) == ["d.pdf", "e.docx"]


def problem(folder: Path) -> CorpusError:
    with pytest.raises(CorpusError) as caught:
        load(folder)
    for language in ("en", "fr"):
        text = caught.value.text(language)  # type: ignore[arg-type]
        assert "\n" not in text and text.endswith(".")
    return caught.value


def test_a_missing_folder(tmp_path: Path) -> None:
    assert problem(tmp_path / "no").key == "corpus.missing"
    with pytest.raises(CorpusError):
        unread(tmp_path / "no")


@pytest.mark.parametrize("name", ["a.pdf", "README.md", "blank.md"])
def test_a_folder_without_text(tmp_path: Path, name: str) -> None:
    assert problem(tmp_path).key == "corpus.empty"
    (tmp_path / name).write_text("" if name == "blank.md" else "Text.")
    assert problem(tmp_path).key == "corpus.empty"


def test_a_file_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes("Un.\nÉté.\n".encode("latin-1"))
    error = problem(tmp_path)
    assert (error.key, error.values) == ("corpus.encoding", {"path": "a.md", "line": 2})


def test_a_file_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "a.md").write_text("Text.")
    monkeypatch.setattr(Path, "read_bytes", refuse)
    error = problem(tmp_path)
    assert (error.key, error.values["path"]) == ("corpus.unreadable", "a.md")


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    with (tmp_path / "a.md").open("wb") as file:
        file.truncate(LARGEST + 1)
    assert problem(tmp_path).key == "corpus.large"


def test_two_files_of_one_id(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("Text.")
    (tmp_path / "a.txt").write_text("Text.")
    assert problem(tmp_path).values == {"path": "a.txt", "other": "a.md"}


@pytest.mark.parametrize(
    ("matter", "key"),
    [
        ("title: [a", "corpus.front_matter"),
        ("just text", "corpus.front_matter"),
        ("a: " + "[" * 5000, "corpus.front_matter"),
        ("a: &a {title: b}\n<<: *a", "corpus.front_matter"),
        ("!!python/object/apply:os.system [ls]", "corpus.front_matter"),
        ("year: MMXXII", "corpus.key"),
        ("year: true", "corpus.key"),
        ("language: de", "corpus.key"),
        ("title: [a, b]", "corpus.key"),
    ],
    ids=lambda value: value[:30],
)
def test_broken_front_matter(tmp_path: Path, matter: str, key: str) -> None:
    (tmp_path / "a.md").write_text(f"---\n{matter}\n---\nText.\n")
    assert problem(tmp_path).key == key


def test_front_matter_that_is_not_closed(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ntitle: A\n\nText.\n")
    assert problem(tmp_path).key == "corpus.front_matter_open"


def test_a_rule_inside_the_text_is_not_front_matter(tmp_path: Path) -> None:
    document = write(tmp_path, "# T\n\nOne.\n\n---\n\nTwo.\n\n---\n")
    assert texts(document.sections[0]) == ["One.", "Two."]
