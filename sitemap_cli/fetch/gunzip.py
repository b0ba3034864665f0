"""Streaming gunzip that trusts the bytes, counts what comes out, and keeps what it can.

Labels lie: servers send plain text as ``Content-Encoding: gzip``, compress ``.gz`` files twice, cut
streams short and append HTML comments. So the magic bytes decide, window by window, and whatever was
read before a fault stays read. https://www.rfc-editor.org/rfc/rfc1952
"""

import zlib
from collections.abc import Iterable, Iterator

from sitemap_cli.model.values import Fault, Problem, Severity

MAGIC = b"\x1f\x8b"
MAX_LAYERS = 2
MAX_MEMBERS = 1_000
WINDOW = 256 * 1024
# Deflate grows up to 1,032-fold: a slice stays one short step even where all of it is a bomb.
SLICE = 16 * 1024
# A gzip header may be of any length, and so may a row of deflate blocks with nothing in them.
MAX_SILENCE = 64 * 1024
GZIP_NAMES = ("gzip", "x-gzip")
# The words of zlib, in which alone it tells one kind of damage from another.
CHECKSUM_ERRORS = ("incorrect data check", "incorrect length check")
HEADER_ERRORS = ("unknown compression method", "unknown header flags set", "header crc mismatch")


class Decoder:
    """Takes the bytes of one body as they come, gives its content, and knows at the end what was wrong.

    At most two layers of gzip are removed: one of the transfer, one of the file. Once ``fault`` is
    set there is no use in feeding more. ``bytes`` counts the content given so far, never more than
    ``max_bytes``; ``problems`` are oddities that cost nothing.

    Args:
        max_bytes: where to stop, in bytes of content; no layer may grow beyond it either.
        content_encoding: the header of that name, if there was one.
    """

    def __init__(self, *, max_bytes: int, content_encoding: str | None = None) -> None:
        self.bytes = 0
        self._found = _Diagnosis()
        self._max_bytes = max_bytes
        self._declared = _parse_coding(content_encoding)
        self._layers = [_Layer(self._found, 0, max_bytes)]
        if self._declared not in ("", "gzip"):
            self.set_fault("unsupported-encoding", f"encoded as {self._declared!r}; only gzip was asked for")

    @property
    def fault(self) -> Fault | None:
        """Why there is no use in more bytes."""
        return self._found.fault

    @property
    def problems(self) -> list[Problem]:
        """What was odd."""
        return self._found.problems

    @property
    def is_compressed(self) -> bool:
        """Whether gzip was found so far."""
        return self._layers[0].compressed

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Give the content of the next bytes, in pieces of at most 256 KiB; read it to its end."""
        for start in range(0, len(data), WINDOW):
            for piece in self._feed_layer(0, data[start : start + WINDOW]):
                if kept := self._apply_limit(piece):
                    yield kept

    def finish(self) -> Iterator[bytes]:
        """Give what was held back, and see whether the body was complete."""
        for layer in self._layers:
            if held := self._apply_limit(layer.finish()):
                yield held
        if self._declared and self.bytes and not self.is_compressed:
            self.add_problem("gzip-declared-but-plain", "declared as gzip, but sent as it is")
        if not self._declared and any(layer.compressed for layer in self._layers[1:]):
            self.add_problem("double-gzip", "compressed twice, and declared as compressed not even once")

    def set_fault(self, reason: str, message: str) -> None:
        """Stop here, for this reason; the first one stays."""
        self._found.set_fault(reason, message)

    def add_problem(self, code: str, message: str) -> None:
        """Remember something odd that cost nothing."""
        self._found.add_problem(code, message)

    def _feed_layer(self, depth: int, data: bytes) -> Iterator[bytes]:
        """Send bytes through the layers from this one inwards, as far as there is anything to unpack."""
        if depth == len(self._layers):
            self._layers.append(_Layer(self._found, depth, self._max_bytes))
        layer = self._layers[depth]
        for piece in layer.feed(data):
            if layer.compressed:
                yield from self._feed_layer(depth + 1, piece)
            else:
                yield piece

    def _apply_limit(self, piece: bytes) -> bytes:
        """Count a piece of the content, as much of it as is within the limit."""
        kept = piece[: self._max_bytes - self.bytes]
        if len(kept) < len(piece):
            self.set_fault("too-large", f"more than {self._max_bytes:,} bytes of content")
        self.bytes += len(kept)
        return kept


def decode_chunks(chunks: Iterable[bytes], decoder: Decoder) -> Iterator[bytes]:
    """Give the content of a whole body, up to the first fault, which the decoder then tells."""
    for chunk in chunks:
        if decoder.fault is not None:
            return
        yield from decoder.feed(chunk)
    if decoder.fault is None:
        yield from decoder.finish()


def _parse_coding(content_encoding: str | None) -> str:
    """The coding that a header names: nothing, ``gzip``, or something that we leave alone.

    ``gzip, gzip`` is left alone too: a legal way to pack a gigabyte into some hundred bytes, and no
    server does it in good faith.
    """
    if not content_encoding:
        return ""
    names = [name.strip().lower() for name in content_encoding.split(",")]
    return ", ".join("gzip" if name in GZIP_NAMES else name for name in names if name not in ("", "identity"))


class _Diagnosis:
    """What was found wrong; a decoder and its layers share it, so that none of them has to know another."""

    __slots__ = ("fault", "problems")

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self.problems: list[Problem] = []

    def set_fault(self, reason: str, message: str) -> None:
        """Stop, for this reason; the first one stays."""
        self.fault = self.fault or Fault(reason, message)

    def add_problem(self, code: str, message: str) -> None:
        """Remember something odd that cost nothing."""
        self.problems.append(Problem(code, Severity.WARNING, message))


class _Layer:
    """One layer: gunzips what begins like gzip, passes on what does not."""

    __slots__ = (
        "_depth",
        "_found",
        "_held",
        "_inflate",
        "_members",
        "_room",
        "_silence",
        "_undecided",
        "compressed",
    )

    def __init__(self, found: _Diagnosis, depth: int, max_bytes: int) -> None:
        self.compressed = False
        self._found = found
        self._depth = depth
        self._room = max_bytes
        self._held = b""
        self._undecided = True
        self._members = 0
        self._silence = 0
        self._inflate: zlib._Decompress | None = None

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Give what the next bytes contain."""
        data, self._held = self._held + data, b""
        while data and self._found.fault is None:
            if self._undecided and len(data) < len(MAGIC) and MAGIC.startswith(data):
                self._held = data
                return
            if self._undecided:
                self._start_section(data)
            if (inflate := self._inflate) is None:
                # Plain content goes on; what follows the last member does not, nor what we refuse.
                if not self.compressed and self._found.fault is None:
                    yield data
                return
            yield from self._inflate_slice(inflate, data[:SLICE])
            data = self._take_unused(inflate) + data[SLICE:]

    def finish(self) -> bytes:
        """Give the byte that was held back, if any; complain when the gzip stream has no end."""
        if self._inflate is not None:
            self._found.set_fault("truncated-gzip", "the compressed stream ends too early")
        if self._held and self.compressed:
            self._note_garbage()
        held, self._held, self._undecided = self._held, b"", False
        return b"" if self.compressed else held

    def _start_section(self, data: bytes) -> None:
        """Decide what follows: a gzip member, something after the last one, or plain content."""
        self._undecided = False
        if data.startswith(MAGIC):
            self._start_member()
        elif self.compressed:
            self._note_garbage()

    def _start_member(self) -> None:
        self._members += 1
        self._silence = 0
        if self._depth == MAX_LAYERS:
            self._found.set_fault("nested-compression", f"gzip inside gzip, more than {MAX_LAYERS} layers")
        elif self._members > MAX_MEMBERS:
            self._found.set_fault("too-many-members", f"more than {MAX_MEMBERS:,} gzip members")
        else:
            self.compressed = True
            self._inflate = zlib.decompressobj(wbits=31)

    def _note_garbage(self) -> None:
        self._inflate = None
        self._found.add_problem(
            "trailing-garbage", "something that is not gzip follows the compressed content"
        )

    def _inflate_slice(self, inflate: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
        """Give the content of one slice, window by window."""
        while True:
            # zlib drops the output of the call that fails: the copy (5 us) lets us fetch it.
            before = inflate.copy()
            try:
                out = inflate.decompress(data, WINDOW)
            except zlib.error as error:
                yield from _salvage_slice(before, data)
                self._diagnose_error(str(error))
                return
            yield from self._check_output(out, len(data))
            data = inflate.unconsumed_tail
            if self._found.fault is not None or inflate.eof or not (data or len(out) == WINDOW):
                return

    def _check_output(self, out: bytes, consumed: int) -> Iterator[bytes]:
        """Pass a window on, unless the layer has said enough, or nothing for too long."""
        self._silence = 0 if out else self._silence + consumed
        self._room -= len(out)
        if out:
            yield out
        if self._room < 0:
            self._found.set_fault("too-large", "a compressed layer grows beyond the limit")
        if self._silence > MAX_SILENCE:
            self._found.set_fault("bad-gzip", f"{MAX_SILENCE:,} bytes of gzip without any content")

    def _diagnose_error(self, cause: str) -> None:
        """Tell damage from something that only began like another member."""
        if any(known in cause for known in CHECKSUM_ERRORS):
            self._found.set_fault("bad-crc", f"the checksum does not fit the content ({cause})")
        elif self._members > 1 and any(known in cause for known in HEADER_ERRORS):
            self._note_garbage()
        else:
            self._found.set_fault("bad-gzip", f"the compressed stream is damaged ({cause})")

    def _take_unused(self, inflate: "zlib._Decompress") -> bytes:
        """What follows a member that has ended, and make ready for the next one."""
        if not inflate.eof:
            return b""
        self._inflate = None
        self._undecided = True
        return inflate.unused_data


def _salvage_slice(before: "zlib._Decompress", data: bytes) -> Iterator[bytes]:
    """Whatever a failing slice holds up to the byte that is wrong."""
    try:
        for position in range(len(data)):
            if out := before.decompress(data[position : position + 1], WINDOW):
                yield out
    except zlib.error:
        return
