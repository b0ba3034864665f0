"""A job is named by its id, or by the time at which it was the last one."""

import pytest

from sitemap_cli.cli.framework.job_references import parse_job_reference
from sitemap_cli.errors import UsageError

NOW = 1_795_900_000.0  # 2026-11-28T21:06:40Z
TIMES = {
    "2026-11-23": ("2026-11-23T23:59:59.999", "2026-11-23T00:00:00.000"),
    "2026-11": ("2026-11-30T23:59:59.999", "2026-11-01T00:00:00.000"),
    "2026": ("2026-12-31T23:59:59.999", "2026-01-01T00:00:00.000"),
    "yesterday": ("2026-11-27T23:59:59.999", "2026-11-27T00:00:00.000"),
    "today": ("2026-11-28T23:59:59.999", "2026-11-28T00:00:00.000"),
    "7d": ("2026-11-21T21:06:40.000", "2026-11-21T21:06:40.000"),
    "2026-11-23T10:00+01:00": ("2026-11-23T09:00:00.000", "2026-11-23T09:00:00.000"),
}


@pytest.mark.parametrize("text", TIMES)
def test_a_day_includes_its_jobs_unless_it_is_a_beginning(text: str) -> None:
    for ends_day, expected in zip((True, False), TIMES[text], strict=True):
        found = parse_job_reference("--from", text, ends_day=ends_day, now=NOW).time
        assert found is not None
        assert found.isoformat(timespec="milliseconds") == f"{expected}+00:00"


@pytest.mark.parametrize("text", ["0193", "01936f2e-aa", "last", "latest", "deadbeef", "20261123"])
def test_what_looks_like_an_id_is_one(text: str) -> None:
    assert parse_job_reference("--from", text, now=NOW).time is None


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "99999999999999d"])
def test_other_texts_name_no_job(text: str) -> None:
    with pytest.raises(UsageError, match="neither a job nor a date"):
        parse_job_reference("--from", text, now=NOW)
