"""Outputs that cannot be written: reported before the first request, and nothing is destroyed."""

from pathlib import Path

import pytest

from sitemap_cli.cli import output_file
from sitemap_cli.errors import StorageError
from tests.acceptance.command import Program
from tests.acceptance.conftest import furnish
from tests.web import Site

# Commands with requests, each with an option for an output.
COMMANDS: list[tuple[str, ...]] = [
    ("analyze", "{url}/", "-o", "{file}"),
    ("check", "{url}/", "-o", "{file}"),
    ("check", "{url}/", "--format", "text", "--format", "json:{file}"),
    ("check", "{url}/", "--write-baseline", "{file}"),
    ("parse", "{url}/a.xml", "-o", "{file}"),
    ("robots", "{url}/robots.txt", "-o", "{file}"),
    ("batch", "list.txt", "-o", "{file}"),
    ("batch", "list.txt", "--metrics", "{file}"),
]


def call(program: Program, site: Site, arguments: tuple[str, ...], file: str) -> tuple[int, str]:
    furnish(site)
    (program.folder / "list.txt").write_text(f"{site.url}/\n")
    done = program(*(each.format(url=site.url, file=file) for each in arguments))
    return done.code, done.err


@pytest.mark.parametrize("file", ["missing/x", ".", "loop", "list.txt/x"])
@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_an_output_that_cannot_be_opened_costs_no_request(
    arguments: tuple[str, ...], file: str, program: Program, site: Site
) -> None:
    (program.folder / "loop").symlink_to("loop")
    code, err = call(program, site, arguments, file)
    assert code == (2 if "--metrics" in arguments else 5), err
    assert f"({file}): " in err
    assert err.count("\n") == 1
    assert site.hits == []


@pytest.mark.parametrize("arguments", COMMANDS[:6], ids=" ".join)
def test_a_file_survives_a_run_that_fails(arguments: tuple[str, ...], program: Program, site: Site) -> None:
    kept = program.folder / "kept"
    kept.write_text("as it was")
    done = program(*(each.format(url="http://127.0.0.1:1", file=kept) for each in arguments), "--job", "x")
    assert done.code == 2
    assert kept.read_text() == "as it was"
    assert list(program.folder.glob(".kept*")) == []


@pytest.mark.parametrize("arguments", COMMANDS[:7], ids=" ".join)
def test_a_link_stays_and_its_target_is_written(
    arguments: tuple[str, ...], program: Program, site: Site
) -> None:
    (program.folder / "link").symlink_to("target")
    code, err = call(program, site, arguments, "link")
    assert code in (0, 1), err
    assert (program.folder / "link").readlink() == Path("target")
    assert (program.folder / "target").stat().st_size > 0


def test_a_file_without_permission_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = tmp_path / "kept"
    kept.write_text("as it was")
    # The superuser, who may run the tests, has every permission.
    monkeypatch.setattr(output_file.os, "access", lambda _path, _mode: False)
    for opening in (
        lambda: output_file.check_output(kept),
        lambda: output_file.open_output(kept).__enter__(),
    ):
        with pytest.raises(StorageError, match="Permission denied"):
            opening()
    assert kept.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [kept]
