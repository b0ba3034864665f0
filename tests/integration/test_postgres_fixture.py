"""The Postgres that other tests rely on."""

import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest

from tests.patience import PATIENCE
from tests.postgres import ROOT


def test_the_server_is_new_enough_for_everything_we_use(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as connection:
        assert connection.info.server_version >= 150_000


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_sees_an_empty_database_of_its_own(postgres_url: str, turn: int) -> None:
    with psycopg.connect(postgres_url) as connection:
        connection.execute("CREATE TABLE witness (turn INTEGER)")
        connection.execute("INSERT INTO witness VALUES (%s)", (turn,))
        assert connection.execute("SELECT turn FROM witness").fetchall() == [(turn,)]


def test_the_address_works_in_another_process(postgres_url: str) -> None:
    code = "import psycopg, sys; psycopg.connect(sys.argv[1]).close()"
    assert subprocess.run([sys.executable, "-c", code, postgres_url], timeout=PATIENCE).returncode == 0


def test_a_database_is_dropped_although_somebody_is_connected(
    postgres_url: str, request: pytest.FixtureRequest
) -> None:
    left_open = psycopg.connect(postgres_url)
    request.addfinalizer(left_open.close)


def test_both_kinds_of_database_have_an_address(database_url: str, tmp_path: Path) -> None:
    assert database_url == str(tmp_path / "sitemap.db") or urlsplit(database_url).scheme == "postgresql"


def test_the_server_and_its_folder_are_gone_when_whoever_started_it_is_gone() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.postgres"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as keeper:
        assert keeper.stdout is not None
        with psycopg.connect(keeper.stdout.readline().strip()) as connection:
            (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        server = int(Path(folder, "postmaster.pid").read_text().split()[0])
        assert psutil.pid_exists(server)
        keeper.communicate(timeout=PATIENCE)
    assert not psutil.pid_exists(server)
    assert not Path(folder).parent.exists()
