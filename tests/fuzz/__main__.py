"""Fuzz the readers: ``python -m tests.fuzz --runs 100000``, or ``--seconds 3600`` on an idle machine.

Exits with 0 and prints the number of executions; with 1 and the file of the input if an invariant was
broken; with 2 if atheris, which generates the inputs, is not installed. ``--replay FILE`` runs one input.
"""

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz import seeds, target
from tests.fuzz.counter import Counter

TIMEOUT = 20
"""Seconds that one input may take."""
SHOWN_LINES = 40
"""Lines at the end of the fuzzer's output that are shown with a finding."""


def main(given: list[str] | None = None) -> int:
    """Run the fuzzer in a process of its own, which exits by itself, and print the result."""
    options = parse_arguments(given)
    if options.replay:
        target.run(options.replay.read_bytes())
        print("no finding")
        return 0
    if importlib.util.find_spec("atheris") is None:
        print("atheris is not installed: pip install -e '.[fuzz]'", file=sys.stderr)
        return 2
    options.findings.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="sitemap-fuzz-") as temporary:
        return fuzz(options, Path(temporary))


def fuzz(options: argparse.Namespace, scratch: Path) -> int:
    """Run the fuzzer on seeds in a scratch folder."""
    first, corpus, counted = scratch / "seeds", options.corpus or scratch / "corpus", scratch / "count"
    for folder in (first, corpus):
        folder.mkdir(parents=True, exist_ok=True)
    seeds.write(first)
    known = set(options.findings.iterdir())
    began = time.perf_counter()
    with Counter(counted) as counter, (scratch / "log").open("w+b") as log:
        command = [sys.executable, "-m", "tests.fuzz.child", str(counted), *build_flags(options)]
        ended = subprocess.run([*command, str(corpus), str(first)], stderr=log, stdout=log)
        seconds = time.perf_counter() - began
        log.seek(0)
        output = log.read().decode(errors="replace").splitlines()
        executions = counter.value
    found = sorted(str(path) for path in set(options.findings.iterdir()) - known)
    if ended.returncode or found:
        print("\n".join(line for line in output[-SHOWN_LINES:] if not line.startswith("#")), file=sys.stderr)
        print(f"{executions} executions, finding: {' '.join(found) or f'exit code {ended.returncode}'}")
        return 1
    print(f"{executions} executions, no finding ({executions / seconds:.0f} a second)")
    return 0


def build_flags(options: argparse.Namespace) -> list[str]:
    """Return the options of libFuzzer, see https://llvm.org/docs/LibFuzzer.html#options."""
    until = [f"-runs={options.runs}"] if options.runs else []
    if options.seconds:
        until.append(f"-max_total_time={options.seconds}")
    return [
        *until,
        f"-seed={options.seed}",
        f"-max_len={seeds.MAX_INPUT}",
        f"-timeout={TIMEOUT}",
        f"-dict={Path(__file__).parent / 'tokens.dict'}",
        f"-artifact_prefix={options.findings}/",
        "-print_final_stats=1",
    ]


def parse_arguments(given: list[str] | None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--runs", type=int, help="executions; default 100000 unless --seconds is given")
    parser.add_argument("--seconds", type=int, help="time limit")
    parser.add_argument("--corpus", type=Path, help="folder that keeps interesting inputs for the next run")
    parser.add_argument("--findings", type=Path, default=Path("build/fuzz"), help="default %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="random seed; 0 for a new one each time")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="run one input, without atheris")
    options = parser.parse_args(given)
    if options.runs is None and options.seconds is None:
        options.runs = 100_000
    return options


if __name__ == "__main__":
    sys.exit(main())
