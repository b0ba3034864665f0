"""Plain English and unambiguous names: words that help, messages, docstrings and documents do not use."""

import ast
import io
import re
import tokenize
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "sitemap_cli"
DOCUMENTS = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]

# Each hides who does what, or is not the field's word; ARCHITECTURE, Words, has the ones to use instead.
BANNED = re.compile(
    r"""(?ix)\b(
    told | whoever | whomever | whom | nobody | somebody | anybody | shall
    | so\ many | so\ much\ as | not\ any\ longer | by\ themselves\ any
    | (?-i:mend)(s|ed|er|ing)? | mend\ (the|it|them|what) | in\ hand
    | (is|are|was)\ (?-i:none) | none\ of\ (ours|its) | of\ ours
    | (leave|leaves|leaving|left)\ away | belongs?\ into | (led|leads?)\ elsewhere
    | gone\ on\ with | goes?\ on\ by\ itself | kept\ out\ of | broken\ off | breaks?\ off
    | asker | (is|are|was|were|be|been)\ asked | asks?\ for\ what | it\ is\ said | said\ once
    | held\ against | holds?\ against | as\ good\ as | tells?\ (of|from)\ | speaks?\ against
    )\b"""
)
PLUGINS = (
    "sitemap_cli/cli/commands",
    "sitemap_cli/parse/formats",
    "sitemap_cli/parse/extensions",
    "sitemap_cli/audit/rules",
    "sitemap_cli/output/differences",
    "sitemap_cli/output/formats",
    "sitemap_cli/output/reports",
    "sitemap_cli/output/site_reports",
    "sitemap_cli/output/tables",
)


def prose_of(source: str) -> Iterator[tuple[int, str]]:
    """Line by line what people read of a module: comments, docstrings, and texts of more than one word."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield from enumerate(node.value.splitlines(), start=node.lineno)


def text_of(document: str) -> Iterator[tuple[int, str]]:
    """The lines of a document."""
    yield from enumerate(document.splitlines(), start=1)


def banned_words(lines: Iterator[tuple[int, str]]) -> list[str]:
    """The lines that use a banned word, with their numbers."""
    return [
        f"line {number}: [{found[0]}] {line.strip()}"
        for number, line in lines
        if (found := BANNED.search(line))
    ]


@pytest.mark.parametrize(
    "folder", sorted(each.name for each in PACKAGE.iterdir() if each.name != "__pycache__")
)
def test_help_messages_docstrings_and_comments_use_plain_words(folder: str) -> None:
    place = PACKAGE / folder
    files = sorted(place.rglob("*.py")) if place.is_dir() else [place]
    found = {
        str(file.relative_to(ROOT)): words
        for file in files
        if (words := banned_words(prose_of(file.read_text(encoding="utf-8"))))
    }
    assert found == {}


@pytest.mark.parametrize("file", sorted(DOCUMENTS), ids=lambda file: str(file.relative_to(ROOT)))
def test_documents_use_plain_words(file: Path) -> None:
    assert banned_words(text_of(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Whoever runs a site is told so.",
        "Start so many at once.",
        "Mend the file.",
        "A batch in hand.",
        "There is none.",
        "Pages that are asked.",
        "It belongs into the root.",
    ],
)
def test_words_that_are_hard_to_read_are_found(sentence: str) -> None:
    assert banned_words(text_of(sentence))
    assert banned_words(prose_of(f'"""{sentence}"""'))
    assert banned_words(prose_of(f"x = 1  # {sentence}"))


@pytest.mark.parametrize(
    "sentence",
    [
        "Recommended for most sites.",
        "Amendments to the schema are listed below.",
        "Return the number of rows, or None; the limit is None by default.",
        "The task asks the user for a password.",
        "Keep the output of the previous job.",
        "The marshalled bytes of a record.",
        "One of the hosts tells clients to wait.",
    ],
)
def test_good_english_is_not_found(sentence: str) -> None:
    assert banned_words(text_of(sentence)) == []


def module_names(package: Path) -> dict[str, list[str]]:
    """The files of modules by name, without those of plug-ins."""
    places = defaultdict[str, list[str]](list)
    for file in sorted(package.rglob("*.py")):
        relative = file.relative_to(package.parent).as_posix()
        if file.stem != "__init__" and not relative.startswith(tuple(f"{each}/" for each in PLUGINS)):
            places[file.stem].append(relative)
    return places


def test_no_two_modules_have_the_same_name() -> None:
    assert {name: places for name, places in module_names(PACKAGE).items() if len(places) > 1} == {}


@pytest.mark.parametrize("folder", PLUGINS)
def test_the_folders_of_plugins_exist(folder: str) -> None:
    assert list((ROOT / folder).rglob("*.py"))


def test_modules_of_the_same_name_are_found(tmp_path: Path) -> None:
    for name in ("a/things.py", "b/things.py", "cli/commands/things.py"):
        file = tmp_path / "sitemap_cli" / name
        file.parent.mkdir(parents=True)
        file.touch()
    assert module_names(tmp_path / "sitemap_cli")["things"] == [
        "sitemap_cli/a/things.py",
        "sitemap_cli/b/things.py",
    ]
