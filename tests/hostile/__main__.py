"""The table, in Markdown: ``python -m tests.hostile [--full] [--batch] [--only TEXT] [--at-once N]``."""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.hostile.attack import Attack
    from tests.hostile.judge import Outcome

HEAD = "| attack | row | verdict | reasons | kept | exit | requests | peak MB over idle | seconds | |"
MOST_FAULT = 300


def main() -> int:
    """Print the table of one mode or of both; whether something was not as it should be."""
    options = _options()
    if options.full:
        os.environ["HOSTILE_FULL"] = "1"
    # Only now, because the sizes are fixed when the attacks are read.
    from tests.hostile import catalog

    chosen = [each for each in catalog.attacks() if options.only in each.name]
    failed = 0
    for title, rows in (("One process each", _alone), ("One batch", _together)):
        if rows is _together or not options.batch:
            failed += _print(title, rows(chosen, options.at_once))
    return 1 if failed else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.hostile", description=__doc__)
    parser.add_argument("--full", action="store_true", help="full sizes, and longer limits")
    parser.add_argument("--batch", action="store_true", help="only the batch")
    parser.add_argument("--only", default="", metavar="TEXT", help="attacks with this in their name")
    parser.add_argument("--at-once", type=int, default=2, metavar="N", help="processes at once")
    return parser.parse_args()


def _print(title: str, rows: Iterable[tuple[str, Sequence[str]]]) -> int:
    """Print rows as they come; how many had something wrong."""
    failed = 0
    _say(f"\n## {title}\n\n{HEAD}\n|{' --- |' * HEAD.count(' |')}")
    for row, faults in rows:
        failed += bool(faults)
        listed = "; ".join(faults).replace("|", "\\|").replace("\n", " ")
        _say(f"{row} {listed[:MOST_FAULT]} |")
    _say(f"\n{failed} not as expected")
    return failed


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _alone(chosen: "Sequence[Attack]", at_once: int) -> Iterator[tuple[str, Sequence[str]]]:
    """Every attack in a process of its own."""
    from tests.hostile import control, judge, mode

    with ExitStack() as stack:
        server = stack.enter_context(control.Running())
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        pool = stack.enter_context(ThreadPoolExecutor(at_once))
        field = mode.Field(server, Path(folder))
        resting = mode.idle(field)
        for outcome in pool.map(lambda attack: mode.single(field, attack, resting), chosen):
            yield _row(outcome), judge.single_faults(outcome, resting.cpu)
        if canaries := server.read_counters()["canaries"]:
            yield "| all | H11 | | | | | | | |", [f"asked: {canaries}"]


def _together(chosen: "Sequence[Attack]", _: int) -> Iterator[tuple[str, Sequence[str]]]:
    """All attacks in one process, good sites between them."""
    from tests.hostile import control, mode

    with control.Running() as server, tempfile.TemporaryDirectory() as folder:
        field = mode.Field(server, Path(folder))
        batch = mode.batch(field, [each for each in chosen if not each.options])
        yield from ((_row(outcome), outcome.faults()) for outcome in batch.outcomes)
        cost, faults = batch.ended.cost, [*batch.faults(), *map("asked: {}".format, batch.canaries)]
        good, over = f"{len(batch.healthy)} good sites", f"{batch.over_idle_mb:.0f}"
        yield (
            f"| all, and {good} | R4 | | | | {batch.ended.code} | | {over} | {cost.wall:.1f} |",
            faults,
        )


def _row(outcome: "Outcome") -> str:
    """One line, without its end."""
    from tests.hostile.judge import format_errors

    attack, result = outcome.attack, outcome.result or {"verdict": "none"}
    over = "" if outcome.over_idle_mb is None else f"{max(outcome.over_idle_mb, 0):.0f}"
    code = "" if outcome.over_idle_mb is None else outcome.ended.code
    errors = format_errors(outcome.errors)
    fields = (attack.name, attack.row, result["verdict"], errors, len(outcome.kept), code)
    return f"| {' | '.join(map(str, (*fields, outcome.seen['requests'], over, f'{outcome.seconds:.1f}')))} |"


if __name__ == "__main__":
    sys.exit(main())
