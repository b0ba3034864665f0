"""Small things: exit codes, sizes, advice, where output goes."""

import os
import sys
from inspect import signature
from pathlib import Path

import pytest

from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.cli.commands.check import check
from sitemap_cli.cli.framework.option_types import parse_page_url
from sitemap_cli.cli.output_file import open_output
from sitemap_cli.cli.view.numbers import format_size
from sitemap_cli.errors import StorageError, UsageError
from sitemap_cli.model import exit_codes
from sitemap_cli.model.values import Verdict


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (1_500_000, "1.5 MB"),
        (2 * 10**9, "2.0 GB"),
        (3 * 10**12, "3.0 TB"),
        (12_345 * 10**12, "12,345.0 TB"),
    ],
)
def test_bytes_have_a_unit(count: int, text: str) -> None:
    assert format_size(count) == text


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_an_exit_code_and_is_never_a_crash(verdict: Verdict) -> None:
    assert exit_codes.for_verdict(verdict) in {0, 3, 4, 6, 130}
    assert (exit_codes.for_verdict(verdict) == 0) == (verdict == "ok")


def test_no_verdict_is_a_failure() -> None:
    assert exit_codes.for_verdict(None) == 4


@pytest.mark.parametrize(
    ("codes", "code"),
    [
        ([0], 0),
        ([0, 0], 0),
        ([6], 6),
        ([4, 4], 4),
        ([4, 6], 4),
        ([0, 4], 3),
        ([0, 3], 3),
        ([3, 4], 3),
        ([6, 0], 3),
    ],
)
def test_several_targets_share_an_exit_code(codes: list[int], code: int) -> None:
    assert exit_codes.combine(codes) == code


def test_a_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    with open_output(tmp_path / "out") as stream:
        stream.write(b"half")
        assert not (tmp_path / "out").exists()
    assert (tmp_path / "out").read_bytes() == b"half"


def test_after_an_error_there_is_nothing(tmp_path: Path) -> None:
    def fail() -> None:
        with open_output(tmp_path / "out") as stream:
            stream.write(b"half")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_behind_is_removed_and_nothing_else(tmp_path: Path) -> None:
    left, folder = tmp_path / ".out.0123abcd.incomplete", tmp_path / ".out.0123abce.incomplete"
    left.touch()
    folder.mkdir()
    others = {".out.backup01", ".other.0123abcd.incomplete", ".out.012.incomplete", "out.0123abcd.incomplete"}
    for name in others:
        (tmp_path / name).touch()
    with open_output(tmp_path / "out") as first, open_output(tmp_path / "out") as second:
        first.write(b"1")
        second.write(b"2")
        assert len(list(tmp_path.glob(".out.*.incomplete"))) == 2 + 2
    assert (tmp_path / "out").read_bytes() == b"1"
    assert {each.name for each in tmp_path.iterdir()} == {"out", folder.name, *others}


def test_a_replaced_file_keeps_its_permissions(tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.touch(0o600)
    with open_output(file) as stream:
        stream.write(b"secret")
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_new_file_has_the_usual_permissions(tmp_path: Path) -> None:
    (tmp_path / "usual").touch()
    with open_output(tmp_path / "out"):
        pass
    assert (tmp_path / "out").stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "target").touch()
    (tmp_path / "link").symlink_to("target")
    with open_output(tmp_path / "link") as stream:
        stream.write(b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    with open_output(tmp_path / "pipe") as stream:
        stream.write(b"through")
    assert os.read(reader, 100) == b"through"
    os.close(reader)


def test_a_pipe_without_a_reader_is_no_error_of_storage(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    reader = os.open(tmp_path / "pipe", os.O_RDONLY | os.O_NONBLOCK)

    def write() -> None:
        with open_output(tmp_path / "pipe") as stream:
            os.close(reader)
            stream.write(b"to nobody")

    with pytest.raises(BrokenPipeError):
        write()


def test_a_name_too_long_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot write"), open_output(tmp_path / ("x" * 300)):
        pass


def test_a_dash_is_stdout(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    print("first")
    with open_output(Path("-")) as stream:
        assert stream is sys.stdout.buffer
        stream.write(b"second\n")
    assert capfdbinary.readouterr().out == b"first\nsecond\n"


def test_the_flag_that_turns_on_a_rule_exists() -> None:
    flags = {rule.opt_in_flag for rule in discover_rules()} - {None}
    assert flags <= {f"--{parameter}" for parameter in signature(check.function).parameters}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "javascript:alert(1)",
        "https://",
        "https://[",
        "https://e.com:x/",
        "https://e.com/ a",
        "https://e.com/\x1b",
    ],
)
def test_the_url_of_documents_is_one_that_a_report_can_link_to(url: str) -> None:
    with pytest.raises(UsageError, match="not an http or https URL"):
        parse_page_url("--docs-url", url)


def test_the_url_of_documents_has_no_credentials_and_the_message_does_not_repeat_them() -> None:
    with pytest.raises(UsageError) as raised:
        parse_page_url("--docs-url", "https://me:hunter2@example.com/rules")
    assert "hunter2" not in str(raised.value)
    assert parse_page_url("--docs-url", "https://example.com/@me/rules") == "https://example.com/@me/rules"
