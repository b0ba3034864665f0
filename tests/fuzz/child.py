"""The process that is fuzzed: ``python -m tests.fuzz.child COUNTER [libFuzzer's options and folders]``."""

import sys
from pathlib import Path

from tests.fuzz.counter import Counter


def main(counted: str, given: list[str]) -> None:
    """Import the readers instrumented and start atheris, which never returns."""
    import atheris

    with atheris.instrument_imports(include=["sitemap_cli"]):
        from tests.fuzz import target
    counter = Counter(Path(counted))

    def execute(data: bytes) -> None:
        counter.count()
        target.run(data)

    atheris.Setup([sys.argv[0], *given], execute)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
