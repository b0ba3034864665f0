"""Every attack, in a separate process and in one batch: output, records, requests and cost."""

import json
import os
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from urllib.request import urlopen

import pytest
from junitparser import JUnitXml

from sitemap_cli.cli.report_output import list_format_names
from tests.hostile import catalog, documents, judge, mode, program
from tests.hostile.attack import FULL, Attack
from tests.hostile.control import Running

FORMATS = list_format_names()
# Control characters, and those that turn the direction of text.
UNPRINTABLE = "\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069"
ERROR_LINE = re.compile(f"error: [^{UNPRINTABLE}]+")
ATTACKS = catalog.attacks()
ALONE = [each for each in ATTACKS if each.alone or FULL]
BATCH = [each for each in ATTACKS if not each.options]
# Most of what an attack takes is waiting.
AT_ONCE = 3
IS_WORKER = "PYTEST_XDIST_WORKER" in os.environ
ALLOWED_SECONDS = 3_600 if FULL else 1_200


class Runs:
    """The processes of the selected attacks, a few at once, started before the tests need them.

    Under pytest-xdist, a worker does not know its tests in advance: then each starts when it is needed.
    """

    def __init__(self, field: mode.Field, chosen: list[Attack]) -> None:
        self.field = field
        self.resting = mode.idle(field)
        self._pool = ThreadPoolExecutor(AT_ONCE)
        ahead = [] if IS_WORKER else chosen
        self._begun = {each.name: self._begin(each) for each in ahead}

    def of(self, attack: Attack) -> judge.Outcome:
        """Return the result of an attack."""
        if attack.name not in self._begun:
            self._begun[attack.name] = self._begin(attack)
        return self._begun[attack.name].result()

    def wait(self) -> None:
        """Wait until all started processes have ended."""
        wait(self._begun.values())

    def close(self) -> None:
        """Start no more processes."""
        self._pool.shutdown(cancel_futures=True)

    def _begin(self, attack: Attack) -> "Future[judge.Outcome]":
        return self._pool.submit(mode.single, self.field, attack, self.resting)


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[mode.Field]:
    """The hostile server; every attack is run once against it."""
    with Running() as server:
        yield mode.Field(server, tmp_path_factory.mktemp("single"))


@pytest.fixture(scope="module")
def runs(field: mode.Field, request: pytest.FixtureRequest) -> Iterator[Runs]:
    """The processes with one attack each; beside them the batch, which mostly waits."""
    items = [item for item in request.session.items if isinstance(item, pytest.Function)]
    if not IS_WORKER and any("batch" in item.fixturenames for item in items):
        request.getfixturevalue("begun")
    running = Runs(field, [item.callspec.params["attack"] for item in items if _is_single(item)])
    yield running
    running.close()
    # Each worker has its own server, and the test below runs in only one of them.
    assert field.server.read_counters()["canaries"] == []


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Iterator["Future[mode.Batch]"]:
    """One process with all attacks, against a server of its own."""
    with Running() as server, ThreadPoolExecutor(1) as pool:
        yield pool.submit(mode.batch, mode.Field(server, tmp_path_factory.mktemp("batch")), BATCH)


@pytest.fixture(scope="module")
def batch(begun: "Future[mode.Batch]") -> mode.Batch:
    """What came of it."""
    return begun.result()


def _is_single(item: pytest.Function) -> bool:
    return item.function is test_an_attack_alone_does_no_harm


@pytest.mark.timeout(ALLOWED_SECONDS)
@pytest.mark.parametrize("attack", ALONE, ids=[each.name for each in ALONE])
def test_an_attack_alone_does_no_harm(attack: Attack, runs: Runs) -> None:
    outcome = runs.of(attack)
    faults = judge.single_faults(outcome, runs.resting.cpu)
    assert not faults, "\n".join(faults)


@pytest.mark.timeout(ALLOWED_SECONDS)
def test_attacks_in_one_batch_harm_neither_each_other_nor_the_good_sites_between(batch: mode.Batch) -> None:
    harmful = [each for each in batch.outcomes if each.faults()]
    assert not harmful, "\n".join(f"{each.attack.name}: {'; '.join(each.faults())}" for each in harmful)
    assert batch.faults() == []
    assert batch.ended.code == 3
    assert len(batch.healthy) > len(BATCH) / mode.BETWEEN


@pytest.mark.timeout(ALLOWED_SECONDS)
def test_what_attacks_leave_behind_can_be_checked_and_reported_in_every_format(batch: mode.Batch) -> None:
    jobs = [each["job_id"] for each in batch.ended.results]
    done = program.check(batch.ended.folder, jobs, FORMATS)
    assert done.stdout == b""
    assert [line for line in done.stderr.decode().splitlines() if not ERROR_LINE.fullmatch(line)] == []
    report = json.loads((batch.ended.folder / "json").read_text())
    assert (done.returncode, report["exit_code"], len(report["targets"])) == (1, 1, len(jobs))
    for format_ in FORMATS:
        text = (batch.ended.folder / format_).read_text()
        assert not re.search(f"[{UNPRINTABLE}]", text), format_
    JUnitXml.fromstring((batch.ended.folder / "junit").read_bytes())
    silent = {each["domain"] for each in report["targets"] if each["verdict"] not in ("ok", "absent")}
    silent -= {each["domain"] for each in report["findings"] if each["severity"] != "info"}
    assert {domain.partition(":")[0] for domain in silent} == set()


@pytest.mark.timeout(ALLOWED_SECONDS)
def test_no_attack_in_the_batch_reaches_a_server_that_must_not_be_contacted(batch: mode.Batch) -> None:
    assert batch.canaries == []


@pytest.mark.timeout(ALLOWED_SECONDS)
def test_no_attack_alone_reaches_a_server_that_must_not_be_contacted(runs: Runs) -> None:
    runs.wait()
    assert runs.field.server.read_counters()["canaries"] == []


def test_a_canary_tells_when_somebody_came() -> None:
    """The proof that the test above can fail."""
    with Running() as server:
        with suppress(OSError):
            urlopen(f"http://{catalog.OUTSIDE[1]}:{server.port}/", timeout=5)
        assert server.read_counters()["canaries"] == [catalog.OUTSIDE[1]]


def test_every_attack_has_a_path_on_one_host_too(field: mode.Field) -> None:
    url = f"http://{catalog.PATHS}:{field.server.port}/gz-that-is-plain/sitemap.xml.gz"
    with urlopen(url, timeout=5) as answer:
        assert answer.read() == documents.urlset(3)


def test_every_row_of_the_table_of_threats_is_tried() -> None:
    assert len(ALONE) >= 110
    assert len(BATCH) >= 200
    rows = {each.row for each in ATTACKS}
    expected = {"H": range(1, 31), "C": range(1, 15), "X": (*range(1, 12), 14, 16, 17, *range(20, 24))}
    assert {f"{table}{number}" for table, numbers in expected.items() for number in numbers} - rows == set()
