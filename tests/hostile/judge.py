"""Compares the result of an attack with the expected one."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.hostile import documents
from tests.hostile.attack import LOCAL_FILE, SECRETS, Attack, Places, scaled
from tests.hostile.program import Ended
from tests.patience import stretched

OVERRUN_SECONDS = 2.0
# A million URLs are work, too.
CPU_SECONDS = scaled(10, 30)
# To start and to end takes a second, and many when the machine has other things to do.
START_SECONDS = 20.0
PER_HOST = 4
CODES = {0, 1, 2, 3, 4, 5, 6, 75, 130, 143}
ALLOWED = re.compile(rb"[\n -~\x80-\xff]*")


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one attack: the job result, the counters of the server, and in single mode the cost."""

    attack: Attack
    places: Places
    ended: Ended
    result: Any
    seen: Any
    over_idle_mb: float | None = None

    @property
    def errors(self) -> Counter[str]:
        """The reasons of the sitemaps of the job."""
        rows = self.result["sitemaps"] if self.result else []
        return Counter(row["error"] for row in rows if row["error"])

    @property
    def kept(self) -> list[str]:
        """The recorded URLs."""
        return self.ended.kept(self.result["job_id"]) if self.result else []

    @property
    def seconds(self) -> float:
        """How long the job took."""
        return self.result["duration_ms"] / 1000 if self.result else self.ended.cost.wall

    def faults(self) -> list[str]:
        """Return everything that differs from the expectation."""
        if self.result is None:
            return [f"no result; exit code {self.ended.code}: {self.ended.stderr.decode()[-2000:]}"]
        return [*self._answer(), *self._limits(), *self._secrets(), *process_faults(self.ended)]

    def _answer(self) -> Iterator[str]:
        """Yield differences in verdict, reasons and URLs."""
        attack, result = self.attack, self.result
        if result["verdict"] not in attack.verdict.split("|"):
            yield f"verdict {result['verdict']}, not {attack.verdict}"
        if not fits(attack.errors, self.errors):
            yield f"reasons {format_errors(self.errors)!r}, not {attack.errors!r}"
        if missing := set(attack.problems) - set(self.ended.problems(result["job_id"])):
            yield f"not reported: {', '.join(sorted(missing))}"
        if attack.said not in (result["error"] or ""):
            yield f"the job says {result['error']!r}, not {attack.said!r}"
        wanted, kept = Counter(self._wanted()), Counter(self.kept)
        if wanted != kept:
            lost, invented = wanted - kept, kept - wanted
            yield (f"{kept.total()} URLs kept, not {wanted.total()}: lost {some(lost)}, new {some(invented)}")

    def _wanted(self) -> Iterable[str]:
        kept = self.attack.kept
        return map(documents.page, range(1, kept + 1)) if isinstance(kept, int) else kept(self.places)

    def _limits(self) -> Iterator[str]:
        attack, seen = self.attack, self.seen
        if self.seconds > stretched(attack.limit + OVERRUN_SECONDS):
            yield f"{self.seconds:.1f} s, and {attack.limit:g} were allowed"
        if seen["requests"] > attack.requests:
            most = ", ".join(f"{path} {times}" for path, times in list(seen["paths"].items())[:4])
            yield f"{seen['requests']} requests, and {attack.requests} are enough; most of them: {most}"
        if seen["peak"] > PER_HOST:
            yield f"{seen['peak']} connections to one host at the same time"
        if self.over_idle_mb is not None and self.over_idle_mb > attack.memory_mb:
            yield f"{self.over_idle_mb:.0f} MB over idle, and {attack.memory_mb:g} are allowed"

    def _secrets(self) -> Iterator[str]:
        yield from self.seen["canaries"]
        said = {"output": self.ended.stdout, "errors": self.ended.stderr}
        places = {name: data.decode(errors="replace") for name, data in said.items()}
        places["database"] = self.ended.recorded
        for text in (*self.attack.hidden, *SECRETS, LOCAL_FILE.read_text().strip()):
            yield from (f"{text!r} stands in the {name}" for name, data in places.items() if text in data)


def process_faults(ended: Ended) -> Iterator[str]:
    """What no process may do, whatever it is asked."""
    if ended.code not in CODES:
        yield f"exit code {ended.code}"
    if b"Traceback" in ended.stderr:
        yield f"a traceback: {ended.stderr.decode()[-2000:]}"
    for name, data in (("output", ended.stdout), ("errors", ended.stderr)):
        if not ALLOWED.fullmatch(data):
            yield f"control characters in the {name}"


def single_faults(outcome: Outcome, idle_cpu: float) -> list[str]:
    """The same for a process that had this attack alone."""
    ended, attack = outcome.ended, outcome.attack
    faults = outcome.faults()
    if outcome.result and ended.code != (wanted := exit_code(outcome.result["verdict"])):
        faults.append(f"exit code {ended.code}, not {wanted}")
    if ended.cost.wall > stretched(attack.limit + OVERRUN_SECONDS + START_SECONDS):
        faults.append(f"the process took {ended.cost.wall:.1f} s")
    if ended.cost.cpu - idle_cpu > CPU_SECONDS:
        faults.append(f"{ended.cost.cpu:.1f} s of the processor")
    return faults


def exit_code(verdict: str) -> int:
    """What the process says to the shell about one site, as the contract has it."""
    return {"ok": 0, "partial": 3, "absent": 6}.get(verdict, 4)


def fits(expected: str, found: Counter[str]) -> bool:
    """Whether reasons are as expected: ``a|b c*2`` is one of a or b, and c twice."""
    left = Counter(found)
    for part in expected.split():
        names, _, count = part.partition("*")
        wanted = int(count or 1)
        for name in names.split("|"):
            used = min(wanted, left[name])
            left[name] -= used
            wanted -= used
        if wanted:
            return False
    return not left.total()


def format_errors(errors: Counter[str]) -> str:
    """Reasons as they are expected."""
    return " ".join(f"{name}*{count}" if count > 1 else name for name, count in sorted(errors.items()))


def some(urls: Counter[str]) -> str:
    """The first few of many."""
    listed = [each[:60] for each in list(urls)[:3]]
    return f"{urls.total()} {listed}" if listed else "none"
