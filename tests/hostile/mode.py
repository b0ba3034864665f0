"""Both ways to attack: one process for each attack, and one for all of them with good sites in between."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, zip_longest
from pathlib import Path
from typing import Any

from tests.hostile import catalog, healthy
from tests.hostile.attack import DOCUMENT_SECONDS, IDLE_SECONDS, MEMORY_MB, SITE_SECONDS, Attack
from tests.hostile.control import Running
from tests.hostile.judge import Outcome, process_faults
from tests.hostile.program import PATIENCE_SECONDS, Ended, analyze, prepare, target

BETWEEN = 6
"""Attacks between two good sites."""
CHANGING = ("job_id", "started_at", "finished_at", "duration_ms")
# On a busy machine any attack can reach a time limit. Attacks that no time limit should end get ten times as
# much; whether they took too long is judged afterwards.
NOT_TIMED = (
    *("--timeout", str(10 * DOCUMENT_SECONDS), "--idle-timeout", str(10 * IDLE_SECONDS)),
    *("--connect-timeout", str(10 * IDLE_SECONDS), "--deadline", str(10 * SITE_SECONDS)),
)


class Field:
    """The server, the hosts of the attacks, and a folder for each process."""

    def __init__(self, server: Running, folder: Path) -> None:
        self.server = server
        self.hosts: Mapping[str, str] = {
            attack.name: host for host, attack in catalog.hosts(catalog.attacks()).items()
        }
        self._folder = folder
        self._empty = prepare(folder)
        self._numbers = count()

    def run(
        self, targets: Iterable[str], options: Iterable[str] = (), attacks: Sequence[Attack] = ()
    ) -> Ended:
        """One process; the name server knows what these attacks want it to."""
        names = {
            self.places(attack).fill(name): [
                each if isinstance(each, str) else [self.places(attack).fill(address) for address in each]
                for each in answers
            ]
            for attack in attacks
            for name, answers in attack.names.items()
        }
        folder = self._folder / f"run-{next(self._numbers)}"
        patience = PATIENCE_SECONDS + sum(each.limit for each in attacks)
        return analyze(folder, self._empty, self.server.port, targets, options, names, patience)

    def places(self, attack: Attack) -> catalog.Places:
        """Where an attack is found."""
        host = self.hosts[attack.name]
        return catalog.places(host, attack, self.server.port, self.server.secure_port)

    def target(self, attack: Attack) -> str:
        """What the program is asked to analyze."""
        return target(attack, self.hosts[attack.name], self.server)


@dataclass(frozen=True, slots=True)
class Idle:
    """What a run over one small good site costs."""

    cpu: float
    peak_mb: float


def idle(field: Field) -> Idle:
    """Measure it."""
    ended = field.run([f"http://{catalog.HEALTHY[0]}:{field.server.port}/"])
    assert ended.code == 0, ended.stderr.decode()
    return Idle(ended.cost.cpu, ended.cost.peak_mb)


def single(field: Field, attack: Attack, resting: Idle) -> Outcome:
    """One process for one attack."""
    options = () if attack.is_timed else NOT_TIMED
    own = map(field.places(attack).fill, attack.options)
    ended = field.run([field.target(attack)], [*options, *own], [attack])
    result = next(iter(ended.results), None)
    over = ended.cost.peak_mb - resting.peak_mb
    return _outcome(field, attack, ended, result, field.server.read_counters(), over)


@dataclass(frozen=True, slots=True)
class Batch:
    """One process for many attacks; ``healthy`` are the results of the good sites, hosts left out.

    ``canaries`` are the addresses that were asked though nobody may.
    """

    outcomes: Sequence[Outcome]
    healthy: Sequence[Any]
    ended: Ended
    canaries: Sequence[str]
    over_idle_mb: float

    def faults(self) -> list[str]:
        """What is wrong with the process as a whole."""
        faults = list(process_faults(self.ended))
        if any(each != self.healthy[0] for each in self.healthy):
            faults.append("good sites were read differently")
        if any(each["totals"]["urls"] != healthy.URLS or each["verdict"] != "ok" for each in self.healthy):
            faults.append("a good site was not read as a whole")
        if self.over_idle_mb > MEMORY_MB:
            faults.append(f"{self.over_idle_mb:.0f} MB over idle, and {MEMORY_MB:g} are allowed")
        return faults


def batch(field: Field, attacks: Sequence[Attack]) -> Batch:
    """One process for all attacks that need no options of their own, a good site before each five."""
    resting = idle(field)
    good = iter(catalog.HEALTHY)
    order: list[Attack | None] = [None]
    for start in range(0, len(attacks), BETWEEN):
        order += [*attacks[start : start + BETWEEN], None]
    targets = [field.target(each) if each else f"http://{next(good)}:{field.server.port}/" for each in order]
    ended = field.run(targets, attacks=attacks)
    found = list(zip_longest(order, ended.results))
    counters = field.server.read_counters()
    outcomes = [_outcome(field, each, ended, result, counters) for each, result in found if each]
    good_ones = [_bare(result) for each, result in found if not each and result]
    over = ended.cost.peak_mb - resting.peak_mb
    return Batch(outcomes, good_ones, ended, counters["canaries"], over)


def _bare(result: Any) -> Any:
    """A result without times and whatever names the site."""
    host = result["domain"].rpartition(":")[0]
    text = json.dumps({name: value for name, value in result.items() if name not in CHANGING})
    bare = json.loads(text.replace(host, "good.example"))
    for row in bare["sitemaps"]:
        del row["ms"]
    return bare


def _outcome(
    field: Field, attack: Attack, ended: Ended, result: Any, counters: Any, over: float | None = None
) -> Outcome:
    return Outcome(attack, field.places(attack), ended, result, counters["attacks"][attack.name], over)
