"""Manual pages: one for each command, in roff that linters accept."""

import re
import shutil
import subprocess

import pytest

from sitemap_cli.cli.framework.app import load_outline
from sitemap_cli.cli.framework.manual_pages import list_manual_pages

OUTLINE = load_outline()
PAGES = dict(list_manual_pages(OUTLINE))
MACROS = {".TH", ".SH", ".SS", ".PP", ".TP", ".EX", ".EE", ".BR", ".br"}
LINTERS = {"mandoc": ("-Tlint", "-Werror"), "groff": ("-wall", "-man", "-Tutf8")}


def test_every_command_has_a_page() -> None:
    names = {f"sitemap-{each.path[0]}.1" for each in OUTLINE.commands}
    assert set(PAGES) == {"sitemap.1", "sitemap-fetching.1", *names}
    for each in OUTLINE.walk():
        page = PAGES["-".join(("sitemap", *each.path[:1])) + ".1"]
        assert each.name.replace("-", r"\-") in page


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_known_macros_only_and_the_usual_sections(name: str) -> None:
    lines = PAGES[name].splitlines()
    assert {line.split()[0] for line in lines if line.startswith(".")} <= MACROS
    assert lines[0].startswith(".TH ")
    assert [line for line in lines if line in (".SH NAME", ".SH DESCRIPTION", ".SH SEE ALSO")] == [
        ".SH NAME",
        ".SH DESCRIPTION",
        ".SH SEE ALSO",
    ]
    assert not any(line.startswith("'") for line in lines)
    assert re.findall(r"\\(?![-&efB(])", PAGES[name]) == []


def test_the_date_is_that_of_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795900000")
    assert '.TH SITEMAP 1 "2026-11-28"' in dict(list_manual_pages(OUTLINE))["sitemap.1"]
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert '.TH SITEMAP 1 ""' in dict(list_manual_pages(OUTLINE))["sitemap.1"]


@pytest.mark.parametrize("linter", [each for each in LINTERS if shutil.which(each)])
def test_a_linter_finds_no_error(linter: str) -> None:
    for name, page in PAGES.items():
        done = subprocess.run(
            [linter, *LINTERS[linter]], input=page, capture_output=True, text=True, check=False
        )
        assert (name, done.stderr) == (name, "")
