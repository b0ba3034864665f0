"""The whole command line in this process, for what cannot be provoked from outside."""

import asyncio
import contextlib
import os
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sitemap_cli.cli.framework.app import main
from sitemap_cli.cli.framework.signals import SIGNALS, Stopped, interrupt_on_signal, run_until_signal
from sitemap_cli.errors import StorageError
from sitemap_cli.services.reporting import database_stats
from sitemap_cli.storage import engines
from tests.patience import PATIENCE


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No settings of the user, and none that an earlier call left behind."""
    for name in [name for name in os.environ if name.startswith("SITEMAP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SITEMAP_DATABASE", str(tmp_path / "sitemap.db"))
    monkeypatch.chdir(tmp_path)
    before = {each: signal.getsignal(each) for each in SIGNALS}
    yield
    for each, handler in before.items():
        signal.signal(each, handler)


def code_of(*arguments: str) -> Any:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return left.value.code


def test_a_fault_of_ours_is_a_traceback_that_a_terminal_survives(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError("\x1b[31mboom")

    assert code_of("db", "upgrade") == 0
    monkeypatch.setattr(database_stats, "load_database_info", broken)
    assert code_of("db", "info") == 70
    told = capsys.readouterr().err
    assert "Traceback (most recent call last):\n" in told
    assert told.endswith("RuntimeError: \\x1b[31mboom\n")


def test_a_database_that_another_process_holds_is_busy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(engines, "BUSY_MS", 1)
    (tmp_path / "site").mkdir()
    assert code_of("db", "upgrade") == 0
    with contextlib.closing(sqlite3.connect(tmp_path / "sitemap.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert code_of("analyze", "site", "--base-url", "https://a.example") == 75
        assert code_of("jobs", "list", "-q") == 0
    assert "error: the database is locked by another process (" in capsys.readouterr().err


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_cancels_what_runs_and_becomes_the_exit_code(number: int) -> None:
    cleaned = []

    async def work() -> int:
        signal.raise_signal(number)
        try:
            await asyncio.sleep(60)
        finally:
            cleaned.append(True)
        return 0

    assert asyncio.run(run_until_signal(work())) == 128 + number
    assert cleaned == [True]
    assert {signal.getsignal(each) for each in SIGNALS} == {signal.SIG_DFL}


async def stop_in_driver(number: int | None, failure: Exception) -> int:
    """Be stopped by a signal, if there is one, and fail while cleaning up."""
    try:
        if number is not None:
            signal.raise_signal(number)
            await asyncio.sleep(PATIENCE)
    finally:
        raise failure


def test_a_library_that_fails_as_it_is_stopped_does_not_hide_the_signal() -> None:
    work = stop_in_driver(signal.SIGTERM, AssertionError())
    assert asyncio.run(run_until_signal(work)) == 128 + signal.SIGTERM


def test_a_known_error_while_a_command_is_stopped_is_reported() -> None:
    work = stop_in_driver(signal.SIGTERM, StorageError("the ending was not recorded"))
    with pytest.raises(StorageError, match="the ending was not recorded"):
        asyncio.run(run_until_signal(work))


def test_a_failure_without_a_signal_is_passed_on() -> None:
    with pytest.raises(AssertionError):
        asyncio.run(run_until_signal(stop_in_driver(None, AssertionError())))


def test_without_a_signal_the_handlers_are_put_back() -> None:
    async def work() -> int:
        assert {signal.getsignal(each) for each in SIGNALS}.isdisjoint(before)
        return 0

    before = [signal.getsignal(each) for each in SIGNALS]
    assert asyncio.run(run_until_signal(work())) == 0
    with interrupt_on_signal():
        pass
    assert [signal.getsignal(each) for each in SIGNALS] == before


def test_a_second_signal_would_end_the_process_at_once() -> None:
    async def work() -> int:
        signal.raise_signal(signal.SIGTERM)
        return int(signal.getsignal(signal.SIGINT) is signal.SIG_DFL)

    assert asyncio.run(run_until_signal(work())) == 1


def test_blocking_work_is_left_where_it_stands() -> None:
    async def work() -> int:
        with interrupt_on_signal():
            signal.raise_signal(signal.SIGTERM)
        return 0

    assert asyncio.run(run_until_signal(work())) == 143
    with pytest.raises(Stopped), interrupt_on_signal():
        signal.raise_signal(signal.SIGINT)


def test_a_cancellation_that_no_signal_caused_is_passed_on() -> None:
    async def work() -> int:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(run_until_signal(work()))
