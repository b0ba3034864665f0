"""Times on a terminal and in a pipe."""

import datetime as dt

import pytest

from sitemap_cli.cli.look.times import ABSOLUTE, Clock

NOW = Clock(dt.datetime(2026, 11, 29, 12, tzinfo=dt.UTC))


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (None, ""),
        ("2026-11-29T11:59:59.500Z", "just now"),
        ("2026-11-29T11:59:00Z", "1 min ago"),
        ("2026-11-29T11:00:01Z", "59 min ago"),
        ("2026-11-29T11:00:00Z", "1 h ago"),
        ("2026-11-28T12:00:01Z", "23 h ago"),
        ("2026-11-28T12:00:00Z", "1 day ago"),
        ("2026-11-26T13:00:00+02:00", "3 days ago"),
        ("2026-11-15T12:00:00Z", "14 days ago"),
        ("2026-11-14T12:00:00Z", "2026-11-14"),
        ("2026-11-29T12:00:10Z", "in a moment"),
        ("2026-11-29T14:30:00Z", "in 2 h"),
        ("2026-12-01T12:00:00Z", "in 2 days"),
        ("2027-06-01T00:00:00", "2027-06-01"),
    ],
)
def test_a_time_on_a_terminal_is_relative(time: str | None, text: str) -> None:
    assert NOW.format(time) == text
    assert NOW.format_alone(time) == text


def test_an_absolute_time_names_its_zone() -> None:
    time = "2026-11-01T09:30:12.345Z"
    assert ABSOLUTE.format(time) == "2026-11-01 09:30"
    assert ABSOLUTE.format_alone(time) == "2026-11-01 09:30 UTC"
    assert ABSOLUTE.name_column("started") == "started (UTC)"
    assert NOW.name_column("started") == "started"
    assert ABSOLUTE.format_alone(None) == ""
