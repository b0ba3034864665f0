"""The inputs a run begins with: the cases of the reader, and a few files made for the target itself."""

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

from tests.fuzz.target import TARGETS, document, packed, robots

CASES = Path(__file__).parents[1] / "data" / "parse"
CORPUS = Path(__file__).parent / "corpus"
LONGEST = 4_096
"""Bytes of an input; longer ones are slow, and find nothing that short ones do not."""


def seeds() -> Iterator[bytes]:
    """Every seed: the byte that picks the reader, then the document."""
    for path in sorted(CASES.iterdir()):
        data = path.read_bytes()
        if path.suffix != ".json" and len(data) < LONGEST:
            yield _for(document, 0) + data
            yield _for(document, 5) + data
            yield _for(packed, 0) + gzip.compress(data, mtime=0)
    for path in sorted(CORPUS.iterdir()):
        target = {".gz": packed, ".txt": robots}.get(path.suffix, document)
        yield _for(target, 4) + path.read_bytes()


def write(folder: Path) -> None:
    """Write the seeds to a folder, each under the digest of its content."""
    for seed in seeds():
        folder.joinpath(hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)


def _for(target: object, variant: int) -> bytes:
    return bytes([variant * len(TARGETS) + TARGETS.index(target)])
