"""Streaming gunzip that trusts the bytes, limits the output, and keeps what it can.

Labels are unreliable: servers send plain text as ``Content-Encoding: gzip``, compress ``.gz`` files twice,
truncate streams and append HTML comments. So the magic bytes decide, window by window, and content read
before a fault stays valid. https://www.rfc-editor.org/rfc/rfc1952
"""

import zlib
from collections.abc import Iterable, Iterator

from sitemap_cli.model.values import Fault, Problem, Severity

MAGIC = b"\x1f\x8b"
MAX_LAYERS = 2
MAX_MEMBERS = 1_000
WINDOW = 256 * 1024
# Deflate expands up to 1,032-fold: a slice of this size is a short step even if all of it is a bomb.
SLICE = 16 * 1024
# Bytes. A gzip header can have any length, and so can a sequence of empty deflate blocks.
MAX_SILENCE = 64 * 1024
GZIP_NAMES = ("gzip", "x-gzip")
# zlib's messages are the only way to distinguish kinds of damage.
CHECKSUM_ERRORS = ("incorrect data check", "incorrect length check")
HEADER_ERRORS = ("unknown compression method", "unknown header flags set", "header crc mismatch")


class Decoder:
    """The streaming decoder of one body, which also diagnoses it.

    At most two layers of gzip are removed: one of the transfer, one of the file. Once ``fault`` is set,
    further bytes are useless. ``bytes`` counts the content so far, at most ``max_bytes``; ``problems`` are
    oddities that lost nothing.

    Args:
        max_bytes: where to stop, in bytes of content; no inner layer may exceed it either.
        content_encoding: the header of that name, if there was one.
    """

    def __init__(self, *, max_bytes: int, content_encoding: str | None = None) -> None:
        self.bytes = 0
        self._diagnosis = _Diagnosis()
        self._max_bytes = max_bytes
        self._declared = _parse_coding(content_encoding)
        self._layers = [_Layer(self._diagnosis, 0, max_bytes)]
        if self._declared not in ("", "gzip"):
            message = f"encoded as {self._declared!r}, but only gzip was requested"
            self.set_fault("unsupported-encoding", message)

    @property
    def fault(self) -> Fault | None:
        """Why further bytes are useless."""
        return self._diagnosis.fault

    @property
    def problems(self) -> list[Problem]:
        """Oddities found so far."""
        return self._diagnosis.problems

    @property
    def is_compressed(self) -> bool:
        """Whether gzip was found so far."""
        return self._layers[0].is_compressed

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the content of the next bytes in chunks of at most 256 KiB; must be read to the end."""
        for start in range(0, len(data), WINDOW):
            for piece in self._feed_layer(0, data[start : start + WINDOW]):
                if kept := self._apply_limit(piece):
                    yield kept

    def finish(self) -> Iterator[bytes]:
        """Yield what was held back, and check that the body is complete."""
        for layer in self._layers:
            if held := self._apply_limit(layer.finish()):
                yield held
        if self._declared and self.bytes and not self.is_compressed:
            self.add_problem("gzip-declared-but-plain", "declared as gzip, but not compressed")
        if not self._declared and any(layer.is_compressed for layer in self._layers[1:]):
            self.add_problem("double-gzip", "compressed twice without Content-Encoding")

    def set_fault(self, reason: str, message: str) -> None:
        """Stop for this reason; the first fault stays."""
        self._diagnosis.set_fault(reason, message)

    def add_problem(self, code: str, message: str) -> None:
        """Record an oddity that lost nothing."""
        self._diagnosis.add_problem(code, message)

    def _feed_layer(self, depth: int, data: bytes) -> Iterator[bytes]:
        """Send bytes through the layers from this one inwards, as far as they are compressed."""
        if depth == len(self._layers):
            self._layers.append(_Layer(self._diagnosis, depth, self._max_bytes))
        layer = self._layers[depth]
        for piece in layer.feed(data):
            if layer.is_compressed:
                yield from self._feed_layer(depth + 1, piece)
            else:
                yield piece

    def _apply_limit(self, piece: bytes) -> bytes:
        """Count a chunk of content, truncated at the limit."""
        kept = piece[: self._max_bytes - self.bytes]
        if len(kept) < len(piece):
            self.set_fault("too-large", f"more than {self._max_bytes:,} bytes of content")
        self.bytes += len(kept)
        return kept


def decode_chunks(chunks: Iterable[bytes], decoder: Decoder) -> Iterator[bytes]:
    """Yield the content of a whole body, up to the first fault; see ``decoder.fault``."""
    for chunk in chunks:
        if decoder.fault is not None:
            return
        yield from decoder.feed(chunk)
    if decoder.fault is None:
        yield from decoder.finish()


def _parse_coding(content_encoding: str | None) -> str:
    """Return the coding that a header declares: empty, ``gzip``, or another one, which is not decoded.

    ``gzip, gzip`` counts as another one: it can pack a gigabyte into some hundred bytes, and no server uses
    it in good faith.
    """
    if not content_encoding:
        return ""
    names = [name.strip().lower() for name in content_encoding.split(",")]
    return ", ".join("gzip" if name in GZIP_NAMES else name for name in names if name not in ("", "identity"))


class _Diagnosis:
    """The fault and problems of a body; a decoder shares them with its layers."""

    __slots__ = ("fault", "problems")

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.problems: list[Problem] = []

    def set_fault(self, reason: str, message: str) -> None:
        """Stop for this reason; the first fault stays."""
        self.fault = self.fault or Fault(reason, message)

    def add_problem(self, code: str, message: str) -> None:
        """Record an oddity that lost nothing."""
        self.problems.append(Problem(code, Severity.WARNING, message))


class _Layer:
    """One layer of compression; data that does not begin like gzip passes unchanged."""

    __slots__ = (
        "_depth",
        "_diagnosis",
        "_held",
        "_inflate",
        "_members",
        "_room",
        "_silence",
        "_undecided",
        "is_compressed",
    )

    def __init__(self, diagnosis: _Diagnosis, depth: int, max_bytes: int) -> None:
        self.is_compressed = False
        self._diagnosis = diagnosis
        self._depth = depth
        self._room = max_bytes
        self._held = b""
        self._undecided = True
        self._members = 0
        self._silence = 0
        self._inflate: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Yield the content of the next bytes."""
        data, self._held = self._held + data, b""
        while data and self._diagnosis.fault is None:
            if self._undecided and len(data) < len(MAGIC) and MAGIC.startswith(data):
                self._held = data
                return
            if self._undecided:
                self._start_section(data)
            if (inflate := self._inflate) is None:
                # Pass on plain content, but not garbage after the last member, nor refused data.
                if not self.is_compressed and self._diagnosis.fault is None:
                    yield data
                return
            yield from self._inflate_slice(inflate, data[:SLICE])
            data = self._take_unused(inflate) + data[SLICE:]

    def finish(self) -> bytes:
        """Return the byte that was held back, if any; report a gzip stream without an end."""
        if self._inflate is not None:
            self._diagnosis.set_fault("truncated-gzip", "the compressed stream ends too early")
        if self._held and self.is_compressed:
            self._note_garbage()
        held, self._held, self._undecided = self._held, b"", False
        return b"" if self.is_compressed else held

    def _start_section(self, data: bytes) -> None:
        """Decide what follows: a gzip member, garbage after the last one, or plain content."""
        self._undecided = False
        if data.startswith(MAGIC):
            self._start_member()
        elif self.is_compressed:
            self._note_garbage()

    def _start_member(self) -> None:
        self._members += 1
        self._silence = 0
        if self._depth == MAX_LAYERS:
            self._diagnosis.set_fault(
                "nested-compression", f"gzip inside gzip, more than {MAX_LAYERS} layers"
            )
        elif self._members > MAX_MEMBERS:
            self._diagnosis.set_fault("too-many-members", f"more than {MAX_MEMBERS:,} gzip members")
        else:
            self.is_compressed = True
            self._inflate = zlib.decompressobj(wbits=31)

    def _note_garbage(self) -> None:
        self._inflate = None
        self._diagnosis.add_problem("trailing-garbage", "the compressed content is followed by other data")

    def _inflate_slice(self, inflate: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
        """Yield the content of one slice, window by window."""
        while True:
            # zlib discards the output of a failing call; the copy (5 us) can reproduce it.
            before = inflate.copy()
            try:
                out = inflate.decompress(data, WINDOW)
            except zlib.error as error:
                yield from _salvage_slice(before, data)
                self._diagnose_error(str(error))
                return
            yield from self._check_output(out, len(data))
            data = inflate.unconsumed_tail
            if self._diagnosis.fault is not None or inflate.eof or not (data or len(out) == WINDOW):
                return

    def _check_output(self, out: bytes, consumed: int) -> Iterator[bytes]:
        """Pass on a window, unless the layer has grown too large or produced nothing for too long."""
        self._silence = 0 if out else self._silence + consumed
        self._room -= len(out)
        if out:
            yield out
        if self._room < 0:
            self._diagnosis.set_fault("too-large", "a compressed layer grows beyond the limit")
        if self._silence > MAX_SILENCE:
            self._diagnosis.set_fault("bad-gzip", f"{MAX_SILENCE:,} bytes of gzip without any content")

    def _diagnose_error(self, cause: str) -> None:
        """Distinguish damage from trailing data that only begins like a member."""
        if any(known in cause for known in CHECKSUM_ERRORS):
            self._diagnosis.set_fault("bad-crc", f"the checksum does not match the content ({cause})")
        elif self._members > 1 and any(known in cause for known in HEADER_ERRORS):
            self._note_garbage()
        else:
            self._diagnosis.set_fault("bad-gzip", f"the compressed stream is damaged ({cause})")

    def _take_unused(self, inflate: "zlib._Decompress") -> bytes:
        """Return the data after a member that has ended, and prepare for the next member."""
        if not inflate.eof:
            return b""
        self._inflate = None
        self._undecided = True
        return inflate.unused_data


def _salvage_slice(before: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """Yield the content of a failing slice, up to the byte that is wrong."""
    try:
        for position in range(len(data)):
            if out := before.decompress(data[position : position + 1], WINDOW):
                yield out
    except zlib.error:
        return
