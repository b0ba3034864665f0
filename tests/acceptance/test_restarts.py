"""Postgres is restarted while a batch or workers are at work."""

from pathlib import Path

import pytest

from tests.night import spend_night

DOMAINS = 12


@pytest.mark.postgres
@pytest.mark.parametrize("workers", [False, True], ids=["batch", "workers"])
def test_every_domain_is_recorded_once_although_the_server_restarts(tmp_path: Path, workers: bool) -> None:
    night = spend_night(tmp_path, domains=DOMAINS, restarts=2, workers=workers)
    assert night.find_faults(DOMAINS) == []
