"""The chart of the last jobs of a domain fits its terminal, and does without Unicode where it must."""

import io
from typing import Any

import msgspec
import pytest
from rich.console import Console, Group

from sitemap_cli.cli.view.history_chart import render_history
from sitemap_cli.model.catalog_results import DomainDocument

COUNTS = {"error": 1, "warning": 12, "info": 0}
NUMBERS = ("jobs", "compared", "mass_changes")


def make_job(number: int, **fields: Any) -> dict[str, Any]:
    usual = {"job_id": f"{number}", "status": "completed", "verdict": "ok", "error": None, "findings": COUNTS}
    counts = {"urls": 1_234_000 + number, "unique_urls": 1_234_000 + number}
    changes = {
        "added": number,
        "removed": 1_000,
        "changed": 40_000,
        "finished_at": "2026-11-01T03:00:00.000Z",
    }
    return {**usual, **counts, **changes, **fields}


def make_domain(*jobs: dict[str, Any]) -> DomainDocument:
    other = {"target": "a.test/\x1b[2J/", "job_id": "1", "status": "failed", "verdict": "empty", "urls": 0}
    known = {
        "domain": "a.test",
        "tags": [],
        "preferences": {},
        "jobs": jobs,
        "lastmod_trust": {
            "reliable": None,
            "because": "of that",
            "jobs": 1,
            "compared": 0,
            "mass_changes": 0,
        },
        "histories": [{**other, "finished_at": None}],
        "only_builds": False,
    }
    return msgspec.convert({**dict.fromkeys(DomainDocument.__struct_fields__), **known}, DomainDocument)


def render(domain: DomainDocument, width: int, encoding: str = "utf-8") -> list[str]:
    file = io.TextIOWrapper(io.BytesIO(), encoding)
    Console(file=file, width=width, color_system=None).print(Group(*render_history(domain)))
    file.seek(0)
    return file.read().splitlines()


@pytest.mark.parametrize(("width", "bar"), [(60, 0), (80, 7), (160, 40)])
def test_bars_are_as_long_as_there_is_room(width: int, bar: int) -> None:
    failed = make_job(0, status="failed", verdict="blocked", urls=0, unique_urls=0)
    lines = render(make_domain(make_job(3), make_job(1), failed), width)
    assert max(map(len, lines)) <= width
    assert max(line.count("█") for line in lines if "trend" not in line) == bar
    assert "lastmod reliable: unknown, because of that" in lines


def test_a_terminal_without_unicode_gets_ascii() -> None:
    text = "\n".join(render(make_domain(make_job(3), make_job(1)), 100, "ascii"))
    assert text.isascii()
    assert "#####" in text
    assert "trend: _#  1,234,003 different URLs, 1,234,001 on 2026-11-01 03:00 UTC (+0.0%)" in text


def test_names_of_targets_are_escaped() -> None:
    assert any(line.startswith(r"a.test/\x1b[2J/") for line in render(make_domain(), 80))
