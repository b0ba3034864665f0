"""Adding a format of output, reports, lists or differences is adding a file: commands find it."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sitemap_cli.cli.framework.app import main
from sitemap_cli.output import differences, formats, reports, tables
from tests.web import urlset

OUTPUT_FORMAT = '''
"""Tab-separated values."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

from sitemap_cli.output.output_format import OutputFormat, Row, WriteRows


@contextmanager
def open_writer(stream: BinaryIO, fields: tuple[str, ...]) -> Iterator[WriteRows]:
    def write_rows(rows: Iterable[Row]) -> None:
        for row in rows:
            stream.write("\\t".join(str(cell or "") for cell in row).encode() + b"\\n")

    stream.write("\\t".join(fields).encode() + b"\\n")
    yield write_rows
    stream.write(b"end\\n")


FORMAT = OutputFormat(open_writer)
'''

REPORT_FORMAT = '''
"""One number: how many findings there are."""

from typing import BinaryIO

from sitemap_cli.output.report import Report
from sitemap_cli.output.report_format import ReportFormat


def write_report(report: Report, stream: BinaryIO) -> None:
    found = sum(each.count for checked in report.checks for each in checked.findings)
    stream.write(f"{found} findings\\n".encode())


FORMAT = ReportFormat(write_report)
'''

TABLE_FORMAT = '''
"""The number of rows."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import BinaryIO

import msgspec

from sitemap_cli.output.table_format import TableFormat, WriteStructs


@contextmanager
def open_writer(stream: BinaryIO, type_: type[msgspec.Struct]) -> Iterator[WriteStructs]:
    rows = []
    yield rows.extend
    stream.write(f"{len(rows)} {type_.__name__}\\n".encode())


FORMAT = TableFormat(open_writer)
'''

DIFFERENCE_FORMAT = '''
"""The number of URLs on each page, and that of all differences."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO

from sitemap_cli.model.difference import ChangePage
from sitemap_cli.model.difference_results import DifferenceSummary
from sitemap_cli.output.difference_format import Comparison, DifferenceFormat, WritingOptions


class Writer:
    def __init__(self, stream: BinaryIO) -> None:
        self.stream = stream

    def write_page(self, page: ChangePage) -> None:
        self.stream.write(f"{len(page.added)} added\\n".encode())

    def write_summary(self, summary: DifferenceSummary) -> None:
        self.stream.write(f"{summary.counts.total} in all\\n".encode())


@contextmanager
def open_writer(stream: BinaryIO, comparison: Comparison, options: WritingOptions) -> Iterator[Writer]:
    yield Writer(stream)


FORMAT = DifferenceFormat(open_writer, limit=1)
'''

# What commands offer is fixed when their modules are imported.
COMMANDS = ("commands.check", "commands.diff", "commands.domains", "commands.urls", "framework.options")

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process; return its exit code, stdout and stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as exited:
            main([*arguments, "--database", str(tmp_path / "sitemap.db")])
        out, err = capsys.readouterr()
        return int(exited.value.code or 0), out, err

    return run


@pytest.fixture(autouse=True)
def added(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Put one format of each kind into folders that the packages search as well."""
    added = (
        (formats, "tsv", OUTPUT_FORMAT),
        (reports, "total", REPORT_FORMAT),
        (tables, "size", TABLE_FORMAT),
        (differences, "sums", DIFFERENCE_FORMAT),
    )
    for package, name, source in added:
        folder = tmp_path / name
        folder.mkdir()
        (folder / f"{name}.py").write_text(source)
        monkeypatch.setattr(package, "__path__", [*package.__path__, str(folder)])
    for name in COMMANDS:
        monkeypatch.delitem(sys.modules, f"sitemap_cli.cli.{name}", raising=False)
    yield
    for name in ("formats.tsv", "reports.total", "tables.size", "differences.sums"):
        sys.modules.pop(f"sitemap_cli.output.{name}", None)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "public"
    folder.mkdir()
    (folder / "sitemap.xml").write_bytes(urlset("https://example.com/a", "https://example.com/b"))
    return folder


def test_a_new_output_format_is_offered_and_writes_the_urls_of_a_job(run: Run, folder: Path) -> None:
    code, help_, _ = run("urls", "--help")
    assert code == 0
    assert "tsv" in help_
    assert run("urls", "example.com", "--format", "nonsense")[2].count("tsv") == 1
    code, out, _ = run("analyze", str(folder), "--base-url", "https://example.com/", "--format", "jsonl")
    job_id = out.partition('"job_id":"')[2].partition('"')[0]
    code, out, err = run("urls", "--job", job_id, "--format", "tsv")
    header, *rows, end = out.splitlines()
    assert (code, err, end) == (0, "", "end")
    assert header.startswith("loc\tlastmod\t")
    assert [row.partition("\t")[0] for row in rows] == ["https://example.com/a", "https://example.com/b"]


def test_a_new_format_of_lists_is_offered_and_writes_a_list(run: Run) -> None:
    assert "size" in run("domains", "list", "--help")[1]
    run("domains", "add", "example.com", "example.org")
    assert run("domains", "list", "--format", "size") == (0, "2 DomainResult\n", "")


def test_a_new_format_of_differences_is_offered_and_writes_them(run: Run, folder: Path) -> None:
    assert "sums" in run("diff", "--help")[1]
    old = folder.parent / "old.xml"
    old.write_bytes(urlset("https://example.com/old"))
    assert run("diff", str(old), str(folder), "--format", "sums") == (0, "1 added\n0 added\n3 in all\n", "")


def test_a_new_report_format_is_offered_and_writes_a_report(run: Run, folder: Path) -> None:
    code, help_, _ = run("check", "--help")
    assert code == 0
    assert "total" in help_
    assert "total" in run("check", str(folder), "--format", "nonsense")[2]
    target = (str(folder), "--base-url", "https://example.com/", "--fail-on", "never")
    code, out, _ = run("check", *target, "--format", "total")
    number, _, noun = out.partition(" ")
    assert (code, noun) == (0, "findings\n")
    assert int(number) > 0
    file = folder.parent / "total.txt"
    run("check", *target, "--format", "jsonl", "--format", f"total:{file}")
    assert file.read_text() == out
