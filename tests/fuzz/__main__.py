"""Fuzz the readers: ``python -m tests.fuzz --runs 100000``, or ``--seconds 3600`` on an idle machine.

Ends with 0 and the number of executions; with 1 and the file that holds the input when a promise was
broken; with 2 when atheris, which makes the inputs, is not installed. ``--replay FILE`` runs one input.
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
TOLD = 40
"""Lines of the fuzzer's last words that are shown with a finding."""


def main(given: list[str] | None = None) -> int:
    """Run the fuzzer in a process of its own, which ends itself, and say how that went."""
    options = arguments(given)
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
        command = [sys.executable, "-m", "tests.fuzz.child", str(counted), *flags(options)]
        ended = subprocess.run([*command, str(corpus), str(first)], stderr=log, stdout=log)
        seconds = time.perf_counter() - began
        log.seek(0)
        said = log.read().decode(errors="replace").splitlines()
        executions = counter.value
    found = sorted(str(path) for path in set(options.findings.iterdir()) - known)
    if ended.returncode or found:
        print("\n".join(line for line in said[-TOLD:] if not line.startswith("#")), file=sys.stderr)
        print(f"{executions} executions, finding: {' '.join(found) or f'exit code {ended.returncode}'}")
        return 1
    print(f"{executions} executions, no finding ({executions / seconds:.0f} a second)")
    return 0


def flags(options: argparse.Namespace) -> list[str]:
    """What libFuzzer is told, see https://llvm.org/docs/LibFuzzer.html#options."""
    until = [f"-runs={options.runs}"] if options.runs else []
    if options.seconds:
        until.append(f"-max_total_time={options.seconds}")
    return [
        *until,
        f"-seed={options.seed}",
        f"-max_len={seeds.LONGEST}",
        f"-timeout={TIMEOUT}",
        f"-dict={Path(__file__).parent / 'tokens.dict'}",
        f"-artifact_prefix={options.findings}/",
        "-print_final_stats=1",
    ]


def arguments(given: list[str] | None) -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--runs", type=int, help="executions; default 100000 unless --seconds is given")
    parser.add_argument("--seconds", type=int, help="how long")
    parser.add_argument(
        "--corpus", type=Path, help="a folder that keeps what was interesting, for the next run"
    )
    parser.add_argument("--findings", type=Path, default=Path("build/fuzz"), help="default %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="of chance; 0 for another one each time")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="run one input, without atheris")
    options = parser.parse_args(given)
    if options.runs is None and options.seconds is None:
        options.runs = 100_000
    return options


if __name__ == "__main__":
    sys.exit(main())
