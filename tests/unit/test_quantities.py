"""Durations and sizes with units."""

import pytest

from sitemap_cli.quantities import format_size, parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("0", 0),
        ("10", 10),
        ("1.5", 1.5),
        ("1e2", 100),
        ("-1", -1),
        ("500ms", 0.5),
        ("30s", 30),
        ("10m", 600),
        ("10 min", 600),
        ("1h30m", 5400),
        ("1h 30m", 5400),
        ("2 hours", 7200),
        ("7d", 604_800),
        ("1w", 604_800),
        (" 5S ", 5),
    ],
)
def test_a_duration_has_a_unit_or_is_in_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "soon", "10x", "1h30", "1h-30m", "inf", "nan", "1e999", "10m!"])
def test_what_is_no_duration_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match="is not a duration; write seconds, or 500ms"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("1024", 1024),
        ("-1", -1),
        ("10B", 10),
        ("1k", 1000),
        ("1kB", 1000),
        ("1KiB", 1024),
        ("50MB", 50_000_000),
        ("50mb", 50_000_000),
        ("50 MiB", 52_428_800),
        ("1.5GB", 1_500_000_000),
        ("2Gi", 2 * 1024**3),
    ],
)
def test_a_size_has_a_unit_or_is_in_bytes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MB", "50XB", "1.5", "1.5B", "5 0MB", "50MBs", "inf", "1e3"])
def test_what_is_no_size_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match="is not a size; write bytes, or 500kB"):
        parse_size(text)


@pytest.mark.parametrize("size", [0, 1, 1000, 1024, 1536, 10 * 1024, 1024**2, 100 * 1024**2])
def test_a_size_that_is_shown_can_be_given(size: int) -> None:
    assert parse_size(format_size(size)) == size
