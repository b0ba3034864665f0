"""How many processes a batch gets."""

import pytest

from sitemap_cli.settings import Settings
from sitemap_cli.tasks import batch


@pytest.mark.parametrize(
    ("given", "pending", "concurrency", "cores", "processes"),
    [
        (None, 0, 16, 4, 1),
        (None, batch.JOBS_PER_PROCESS * 2 - 1, 16, 4, 1),
        (None, batch.JOBS_PER_PROCESS * 2, 16, 4, 2),
        (None, 1_000_000, 16, 4, 4),
        (None, 1_000_000, 16, 3, 3),
        (None, 1_000_000, 16, 64, batch.MAX_PROCESSES),
        (None, 1_000_000, 1, 4, 1),
        (1, 1_000_000, 16, 4, 1),
        (3, 1_000_000, 16, 4, 3),
        (8, 1_000_000, 16, 4, 8),
        (8, 2, 16, 4, 2),
        (8, 0, 16, 4, 1),
    ],
)
def test_a_batch_has_as_many_processes_as_pay_or_as_the_user_wants(
    monkeypatch: pytest.MonkeyPatch,
    given: int | None,
    pending: int,
    concurrency: int,
    cores: int,
    processes: int,
) -> None:
    monkeypatch.setattr(batch, "count_usable_cores", lambda: cores)
    settings = Settings(processes=given, concurrency=concurrency)
    assert batch.count_processes(settings, pending) == processes
