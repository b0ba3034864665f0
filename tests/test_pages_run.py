"""The commands of the documentation run, and print what the pages show."""

import re
from pathlib import Path

import pytest

from sitemap_cli.model import exit_codes
from sitemap_cli.model.values import Verdict
from tests import write_pictures
from tests.documentation.reference.exit_codes_page import MEANINGS
from tests.markdown import Page
from tests.page_outputs import (
    INCLUDED,
    ROOT,
    RUN,
    WHOLE,
    find_blocks,
    list_examples,
    refresh_files,
    run_block,
)
from tests.page_shell import comparable, open_shell, plain

PAGES = sorted((ROOT / "docs").rglob("*.md"))
RULES = ROOT / "docs" / "rules"
REFRESH = "python -m tests.page_outputs writes outputs and files anew"


def named(files: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("file", files, ids=lambda file: str(file.relative_to(ROOT)))


@pytest.mark.parametrize("name", RUN)
def test_a_page_shows_what_its_commands_print(name: str, tmp_path: Path) -> None:
    shown = 0
    with open_shell(tmp_path) as shell:
        for block in find_blocks(Page.of(ROOT / name).text):
            if block.output is None and name not in WHOLE:
                continue
            output = run_block(shell, block)
            if block.output is not None:
                assert comparable(block.output) == comparable(output), REFRESH
                shown += 1
    assert shown


EXAMPLES = [file for file in PAGES if [*list_examples(Page.of(file).text)] and RULES not in file.parents]


@named([file for file in EXAMPLES if str(file.relative_to(ROOT)) not in RUN])
def test_commands_that_need_only_the_examples_run(file: Path, tmp_path: Path) -> None:
    with open_shell(tmp_path) as shell:
        for line, code in list_examples(Page.of(file).text):
            output, done = shell.run(line)
            assert done == code, (line, plain(output))


@named([file for file in PAGES if INCLUDED.search(file.read_text())])
def test_a_page_shows_files_as_they_are(file: Path) -> None:
    assert refresh_files(file.read_text()) == file.read_text(), REFRESH


def test_the_pages_show_files() -> None:
    shown = [name for file in PAGES for name in INCLUDED.findall(file.read_text())]
    assert len(shown) >= 8


def anchors() -> set[str]:
    return Page.of(ROOT / "docs" / "troubleshooting.md").anchors()


@pytest.mark.parametrize("verdict", list(Verdict))
def test_every_verdict_has_a_section_in_troubleshooting(verdict: Verdict) -> None:
    assert verdict.value in anchors()


@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_table_of_verdicts_has_their_exit_codes(verdict: Verdict) -> None:
    page = Page.of(ROOT / "docs" / "explanation" / "verdicts.md").text
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{verdict.value}` |")]
    assert str(exit_codes.for_verdict(verdict)) in row.rsplit("|", 2)[1].replace(",", "").split()


def test_every_exit_code_has_a_section_in_troubleshooting() -> None:
    documented = {int(each.removeprefix("exit-code-")) for each in anchors() if each.startswith("exit-code-")}
    assert documented == set(MEANINGS)


@pytest.mark.parametrize("name", write_pictures.PICTURES)
def test_a_picture_shows_what_its_command_prints(name: str) -> None:
    picture = (write_pictures.FOLDER / f"{name}.svg").read_text()
    shown = write_pictures.squeeze(plain(write_pictures.run_picture(name)))
    drawn = write_pictures.squeeze(write_pictures.read_text(picture))
    assert drawn == shown, "python -m tests.write_pictures draws them anew"


@pytest.mark.parametrize("name", write_pictures.PICTURES)
def test_a_picture_needs_nothing_from_elsewhere(name: str) -> None:
    picture = (write_pictures.FOLDER / f"{name}.svg").read_text()
    assert not re.findall(r"url\((?!#)|<image|<script|@import|@font-face|href=", picture)


def test_every_kind_of_page_has_an_index_of_its_pages() -> None:
    for kind in ("how-to", "explanation"):
        folder = ROOT / "docs" / kind
        links = set(Page.of(folder / "index.md").links())
        assert {file.name for file in folder.glob("*.md")} - {"index.md"} == links & {
            file.name for file in folder.glob("*.md")
        }, kind


def test_the_metrics_of_the_page_on_monitoring_exist() -> None:
    text = Page.of(ROOT / "docs" / "how-to" / "monitoring.md").text
    source = (ROOT / "sitemap_cli" / "cli" / "framework" / "metrics.py").read_text()
    known = set(re.findall(r'"(sitemap_[a-z_]+)"', source))
    assert set(re.findall(r"\bsitemap_[a-z_]+\b", text)) - known == set()


def test_the_readme_says_no_more_rules_than_there_are() -> None:
    (number,) = re.findall(r"more than (\d+) rules", Page.of(ROOT / "README.md").text)
    assert len([*RULES.glob("SM*.md")]) > int(number)


def test_broken_files_are_read_as_the_readme_says(tmp_path: Path) -> None:
    with open_shell(tmp_path) as shell:
        output, code = shell.run("sitemap parse examples/broken/ampersand.xml")
    text = plain(output)
    assert code == 0
    assert [line for line in text.splitlines() if line.startswith("https://")] == [
        "https://example.com/",
        "https://example.com/?a=1&b=2",
        "https://example.com/contact",
    ]
    assert "a strict parser reads 1 of 3 URLs" in text
