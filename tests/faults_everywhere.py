"""Every command that writes, with each of its statements and commits failing in turn, and signals at each.

Run as ``python -m tests.faults [--database sqlite|postgres] [--command NAME] [--sample N]``; it prints a
table. Each try begins with a copy of a prepared database, in a process forked from this one. After it:
nothing is half recorded, nothing is marked as running without an owner, no transaction is open, the exit code
and the one line are as promised, and the next run works.
"""

import argparse
import contextlib
import importlib
import os
import pkgutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from tests import child_faults
from tests.fault_databases import QUEUED, UNSOUND, Databases, Postgres, Sqlite
from tests.faults import Faults, fail, injected

ROOT = Path(__file__).parents[1]
SITES = 3
MIDWAY = {"STOP": "SIGTERM", "KILL": "SIGKILL"}
KINDS = ("fail", "fail after commit", "SIGKILL", "SIGTERM")


@dataclass(frozen=True, slots=True)
class Case:
    """A command, what is run before it, whether it needs the queue, and which processes have the faults."""

    words: tuple[str, ...]
    before: tuple[tuple[str, ...], ...] = ()
    needs_queue: bool = False
    is_prepared: bool = True
    in_children: bool = False

    @property
    def name(self) -> str:
        """The command, without its arguments."""
        first, *others = self.words
        if first in ("domains", "jobs", "db") or others[:1] == ["list"]:
            return f"{first} {others[0]}"
        where = ["in children"] if self.in_children else []
        return " ".join([first, *(each for each in others if each.startswith("--")), *where])


def list_cases(hosts: Sequence[str]) -> list[Case]:
    """Return every command that writes."""
    first, *_ = hosts
    tagged = ("domains", "add", *hosts, "--tag", "shop")
    return [
        Case(("analyze", f"http://{first}")),
        Case(("batch", "list.txt")),
        Case(("batch", "list.txt", "--processes", "2")),
        Case(("batch", "list.txt", "--processes", "2"), in_children=True),
        Case(("batch", "--tag", "shop"), (tagged,)),
        Case(("batch", "--resume"), (("batch", "list.txt", "STOP"),)),
        Case(("batch", "list.txt", "--enqueue"), needs_queue=True),
        Case(("check", f"http://{first}", "--fail-on", "never")),
        Case(("check", "--job", "last", "--fail-on", "never"), (("analyze", first),)),
        Case(("check", f"http://{first}", "--probe", "--fail-on", "never")),
        Case(("check", "--job", "last", "--probe", "--fail-on", "never"), (("analyze", first),)),
        Case(("probe", first, "--sample", "5"), (("analyze", first),)),
        Case(
            ("indexnow", first, "--all", "--key", "many-sites", "--endpoint", f"http://{first}/indexnow"),
            (("analyze", first),),
        ),
        Case(("domains", "add", *hosts, "--tag", "shop", "--note", "seen")),
        Case(("domains", "import", "list.csv")),
        Case(("domains", "tag", first, "a", "b"), (tagged,)),
        Case(("domains", "note", first, "text"), (tagged,)),
        Case(("domains", "set", first, "--delay", "1"), (tagged,)),
        Case(("domains", "schedule", first, "--cron", "0 3 * * *"), (tagged,), needs_queue=True),
        Case(("domains", "remove", first, "--yes"), (("batch", "list.txt"),)),
        Case(("jobs", "retry", "--status", "failed"), (("analyze", "http://127.0.0.1:1"),)),
        Case(("jobs", "cancel", "--batch", "BATCH"), (("batch", "list.txt", "STOP"),)),
        Case(("jobs", "accept", "last"), (("analyze", first),)),
        Case(("jobs", "prune", "--keep", "1"), (("analyze", first),) * 4),
        Case(("jobs", "list"), (("batch", "list.txt", "KILL"),)),
        Case(("batch", "list"), (("batch", "list.txt", "KILL"),)),
        Case(("batch", "--tag", "shop", "--enqueue"), (tagged,), needs_queue=True),
        Case(("worker", "--drain"), (("batch", "list.txt", "--enqueue"),), needs_queue=True),
        Case(("db", "upgrade"), is_prepared=False),
    ]


@dataclass(slots=True)
class Row:
    """A line of the table: a command on a database."""

    command: str
    database: str
    steps: int = 0
    tries: Counter[str] = field(default_factory=Counter)
    codes: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Ended:
    """A forked run that ended; ``code`` is negative if a signal ended it."""

    code: int
    out: str
    err: str


@dataclass(frozen=True, slots=True)
class Bench:
    """Where the commands run: a folder with lists, the databases, and the variables."""

    folder: Path
    databases: Databases
    in_children: bool = False

    def run(
        self,
        words: Sequence[str],
        database: str,
        faults: Faults | None = None,
        in_children: tuple[str | None, int | None] = (None, None),
    ) -> Ended:
        """Run a command in a forked process, with faults there or in the processes it starts, to its end."""
        streams = [self.folder / name for name in ("stdout", "stderr")]
        variables = child_faults.plan(self.folder, *in_children)
        process = os.fork()
        if not process:
            os.environ.update(variables)
            self._run_forked(words, database, streams, faults or Faults())
        _, status = os.waitpid(process, 0)
        return Ended(os.waitstatus_to_exitcode(status), *(each.read_text() for each in streams))

    def count_steps(self, words: Sequence[str], database: str) -> tuple[int, list[str]]:
        """Run a command without faults; return its exit code and its steps."""
        done = self.run(words, database)
        if self.in_children:
            return done.code, child_faults.read_steps(self.folder)
        return done.code, (self.folder / "steps").read_text().splitlines()

    def _run_forked(
        self, words: Sequence[str], database: str, streams: Sequence[Path], faults: Faults
    ) -> NoReturn:
        code = 70
        try:
            os.chdir(self.folder)
            os.environ["SITEMAP_DATABASE"] = database
            for number, path in enumerate(streams, 1):
                os.dup2(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY), number)
            from sitemap_cli.cli.framework import app

            with injected(faults):
                app.main(words)
        except SystemExit as raised:
            code = raised.code if isinstance(raised.code, int) else 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            (self.folder / "steps").write_text("\n".join(faults.seen))
            os._exit(code)


def prove(bench: Bench, case: Case, sample: int | None, say: Callable[[str], None]) -> Row:
    """Try every fault at every step of a command, or at ``sample`` steps of it."""
    databases, row = bench.databases, Row(case.name, bench.databases.name)
    prepared = databases.create(None)
    if case.is_prepared:
        bench.run(("db", "upgrade"), prepared)
        for words in case.before:
            _prepare(bench, words, prepared)
    words = _fill_in(bench, case.words, prepared)
    trial = databases.create(prepared)
    code, steps = bench.count_steps(words, trial)
    again = bench.run(words, trial).code
    databases.drop(trial)
    row.steps = len(steps)
    if code not in (0, 3, 4):
        row.faults.append(f"without faults it exits with {code}")
    if not steps:
        row.faults.append("it has no steps")
    for nth, step in _choose(steps, sample):
        for kind in KINDS:
            if kind == "fail after commit" and step != "commit":
                continue
            row.tries[kind] += 1
            trial = databases.create(prepared)
            _try(bench, words, trial, kind, nth, step, {code, again}, row)
            databases.drop(trial)
        say(f"\r{row.database} {row.command}: {nth} of {len(steps)}, faults: {len(row.faults)}")
    databases.drop(prepared)
    return row


def _try(
    bench: Bench,
    words: Sequence[str],
    database: str,
    kind: str,
    nth: int,
    step: str,
    usual: set[int],
    row: Row,
) -> None:
    """Run a command with one fault, and note what is not as it should be."""

    def note(what: str) -> None:
        row.faults.append(f"{kind} at {nth} ({step}): {what}")

    if bench.in_children:
        done = bench.run(words, database, in_children=(kind, nth))
        kind, usual_end = "a child", usual | {3}
    else:
        done, usual_end = bench.run(words, database, _make_faults(kind, nth)), usual
    row.codes[done.code] += 1
    if "--processes" in words and (orphans := child_faults.find_orphans(bench.folder)):
        note(f"processes do not end: {orphans}")
    for what in (*_judge_end(done, kind, usual_end), *_judge_database(bench, words, database, usual)):
        note(what)


def _judge_end(done: Ended, kind: str, usual: set[int]) -> Iterator[str]:
    """Yield what is wrong with how a run ended."""
    signals = {
        "SIGKILL": {-signal.SIGKILL},
        "SIGTERM": {128 + signal.SIGTERM, -signal.SIGTERM} | usual,
    }
    if done.code not in signals.get(kind, {5} | usual):
        yield f"exit code {done.code}: {done.err[-300:]}"
    if "Traceback" in done.err or done.err.count("error: ") > 1:
        yield f"not one line: {done.err[-600:]}"
    if done.code == 5 and "error: " not in done.err:
        yield "no error line"


def _judge_database(bench: Bench, words: Sequence[str], database: str, usual: set[int]) -> Iterator[str]:
    """List what was recorded, run the command again, and yield what is wrong."""
    for listing in (("jobs", "list"), ("batch", "list")):
        if words[:2] != ("db", "upgrade") and (listed := bench.run(listing, database)).code:
            yield f"{' '.join(listing)} exits with {listed.code}: {listed.err[-300:]}"
    if still_open := bench.databases.find_open(database):
        yield f"left open: {still_open}"
    next_run = bench.run(words, database)
    if next_run.code not in usual:
        yield f"the next run exits with {next_run.code}: {next_run.err[-300:]}"
    queries = dict(UNSOUND)
    if bench.databases.name == "postgres":
        queries["a job that is not in the queue"] = QUEUED
    for what, query in queries.items():
        if rows := bench.databases.query(database, query):
            yield f"{what}: {rows[:3]}"


def _make_faults(kind: str, nth: int) -> Faults:
    if kind == "fail":
        return Faults(nth, fail)
    if kind == "fail after commit":
        return Faults(nth, fail, after_commit=True)
    number = signal.SIGKILL if kind == "SIGKILL" else signal.SIGTERM
    return Faults(nth, lambda _: os.kill(os.getpid(), number))


def _choose(steps: Sequence[str], sample: int | None) -> Iterator[tuple[int, str]]:
    """Yield all steps with their numbers from 1, or some that are spread evenly: the last one always."""
    count = len(steps)
    chosen = range(1, count + 1) if sample is None else {count - n * count // sample for n in range(sample)}
    for nth in sorted(chosen):
        if nth:
            yield nth, steps[nth - 1]


def _prepare(bench: Bench, words: Sequence[str], database: str) -> None:
    """Run a command; STOP ends it in the middle of its work by SIGTERM, KILL by SIGKILL."""
    if words[-1] in MIDWAY:
        trial = bench.databases.create(database)
        _, steps = bench.count_steps(words[:-1], trial)
        bench.databases.drop(trial)
        bench.run(words[:-1], database, _make_faults(MIDWAY[words[-1]], len(steps) // 2))
    else:
        bench.run(words, database)


def _fill_in(bench: Bench, words: Sequence[str], database: str) -> tuple[str, ...]:
    """Put the id of the recorded batch in the place of BATCH."""
    if "BATCH" not in words:
        return tuple(words)
    ((found,),) = bench.databases.query(database, "SELECT id FROM batches")
    return tuple(found if each == "BATCH" else each for each in words)


@contextlib.contextmanager
def serving(command: str) -> Iterator[str]:
    """Run Python code in a process of its own, which serves until the block ends; yield the line it prints.

    This process must not have threads: it forks.
    """
    with subprocess.Popen(
        [sys.executable, *command.split(" ", 1)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


WEB = """-c import sys
from tests.many import Many
with Many.serving() as sites:
    print(sites.server.port, flush=True)
    sys.stdin.read()
"""


def main() -> int:
    """Try every fault, and print the table; return 1 if something was not as it should be."""
    options = _parse_options()
    _import_everything()
    rows = []
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="sitemap-faults-")))
        port = stack.enter_context(serving(WEB))
        hosts = [f"127.0.1.{n}:{port}" for n in range(1, SITES + 1)]
        (folder / "list.txt").write_text("".join(f"http://{each}\n" for each in hosts))
        (folder / "list.csv").write_text(
            "domain,tags,note\n" + "".join(f"{each},a b,seen\n" for each in hosts)
        )
        (folder / "sitemap.toml").touch()
        (folder / "sitecustomize.py").write_text(child_faults.SITECUSTOMIZE)
        sys.path.insert(0, str(folder))
        os.environ.update(SITEMAP_ALLOW_PRIVATE="1", SITEMAP_RETRIES="0", HOME=str(folder))
        for name in options.database or ("sqlite", "postgres"):
            if name == "sqlite":
                databases: Databases = Sqlite(folder)
            else:
                databases = Postgres(options.postgres or stack.enter_context(serving("-m tests.postgres")))
            for case in list_cases(hosts):
                if options.command and case.name not in options.command:
                    continue
                if not (case.needs_queue and name == "sqlite"):
                    rows.append(prove(Bench(folder, databases, case.in_children), case, options.sample, _say))
                    _say(f"\r{_format_row(rows[-1])}")
    return int(any(each.faults for each in rows))


def _import_everything() -> None:
    """Import what commands need, so that no forked process has to; Typer does that with the first command."""
    import sitemap_cli
    from sitemap_cli.cli.framework import app

    for module in pkgutil.walk_packages(sitemap_cli.__path__, "sitemap_cli."):
        if not module.name.endswith("__main__") and ".migrations." not in module.name:
            importlib.import_module(module.name)
    with (
        Path(os.devnull).open("w") as null,
        contextlib.redirect_stdout(null),
        contextlib.suppress(SystemExit),
    ):
        app.main(("schema", "analyze"))


def _format_row(row: Row) -> str:
    tries = ", ".join(f"{kind} {count}" for kind, count in row.tries.items())
    codes = ", ".join(f"{code}: {count}" for code, count in sorted(row.codes.items()))
    line = f"{row.command:16} {row.database:9} {row.steps:4} steps  {tries}  exit codes {codes}"
    return "\n".join([line, f"  faults: {len(row.faults)}", *(f"  - {each}" for each in row.faults)]) + "\n"


def _parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--database", action="append", choices=("sqlite", "postgres"))
    parser.add_argument("--postgres", metavar="URL", help="server on which databases may be created")
    names = [case.name for case in list_cases(["a site"])]
    parser.add_argument(
        "--command", action="append", choices=names, metavar="NAME", help="such as 'domains add'; repeatable"
    )
    parser.add_argument("--sample", type=int, metavar="N", help="only N steps of each command")
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
