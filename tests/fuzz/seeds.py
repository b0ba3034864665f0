"""The first inputs of a run: the cases of the parser, and a few files made for the fuzzed function."""

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.target import TARGETS, read_compressed, read_plain, read_robots

CASES = Path(__file__).parents[1] / "data" / "parse"
CORPUS = Path(__file__).parent / "corpus"
MAX_INPUT = 4_096
"""Bytes of an input; longer ones are slow and find nothing more."""


def seeds() -> Iterator[bytes]:
    """Yield every seed: the byte that selects the reader, then the document."""
    for path in sorted(CASES.iterdir()):
        data = path.read_bytes()
        if path.suffix != ".json" and len(data) < MAX_INPUT:
            yield _tag_for(read_plain, 0) + data
            yield _tag_for(read_plain, 5) + data
            yield _tag_for(read_compressed, 0) + gzip.compress(data, mtime=0)
    for path in sorted(CORPUS.iterdir()):
        target = {".gz": read_compressed, ".txt": read_robots}.get(path.suffix, read_plain)
        yield _tag_for(target, 4) + path.read_bytes()


def write(folder: Path) -> None:
    """Write the seeds to a folder, each under the digest of its content."""
    for seed in seeds():
        folder.joinpath(hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


def _tag_for(target: object, variant: int) -> bytes:
    return bytes([variant * len(TARGETS) + TARGETS.index(target)])
