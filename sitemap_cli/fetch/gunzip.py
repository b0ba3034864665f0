"""Streaming gunzip that trusts the bytes, limits the output, and keeps what it can.

Labels are unreliable: servers send plain text as ``Content-Encoding: gzip``, compress ``.gz`` files twice,
truncate streams and append HTML comments. So the magic bytes decide, window by window, and content read
before a fault stays valid. https://www.rfc-editor.org/rfc/rfc1952

Deflate has no magic bytes, so it is only read where the label names it. Text is read whatever the label, also
where that names an encoding that was not requested.
"""

import codecs
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from sitemap_cli.fetch.content_beginning import (
    NOT_PLAIN,
    SNIFFED,
    has_zlib_header,
    is_text,
    measure_blanks,
)
from sitemap_cli.fetch.content_coding import parse_codings
from sitemap_cli.model.values import Fault, Problem, Severity

MAGIC = b"\x1f\x8b"
MAX_LAYERS = 2
MAX_MEMBERS = 1_000
WINDOW = 256 * 1024
# Deflate expands up to 1,032-fold: a slice of this size is a short step even if all of it is a bomb.
SLICE = 16 * 1024
# Bytes. A gzip header can have any length, and so can a sequence of empty deflate blocks.
MAX_SILENCE = 64 * 1024
GZIP_WBITS, ZLIB_WBITS, RAW_WBITS = 31, 15, -15
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
        content_encoding: the header of that name, if there was one. A name that means no coding, or one that
            the content does not have, is a problem and otherwise ignored.
    """

    def __init__(self, *, max_bytes: int, content_encoding: str | None = None) -> None:
        self.bytes = 0
        self.content_encoding = content_encoding
        self._diagnosis = _Diagnosis()
        self._max_bytes = max_bytes
        codings = parse_codings(content_encoding)
        self._declared = codings.declared
        self._refused = codings.refused
        self._layers = [
            _Layer(self._diagnosis, 0, max_bytes, may_deflate=codings.may_deflate, refused=codings.refused)
        ]
        if codings.unknown is not None:
            message = f"Content-Encoding: {codings.unknown} is no encoding; it was ignored"
            self.add_problem("content-encoding-unknown", message)

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
        """Whether gzip or deflate was found so far."""
        return self._layers[0].is_compressed

    @property
    def is_whole(self) -> bool:
        """Whether the compressed content has ended, with the right checksum."""
        return self.fault is None and self._layers[0].has_ended

    def feed(self, data: bytes) -> Iterator[bytes]:
        """Return the content of the next bytes in chunks of at most 256 KiB; must be read to the end."""
        if 0 < len(data) <= WINDOW and self.fault is None and self._layers[0].passes(data):
            kept = self._apply_limit(data)
            return iter((kept,) if kept else ())
        return self._feed_windows(data)

    def _feed_windows(self, data: bytes) -> Iterator[bytes]:
        """Yield the content of the next bytes, whatever they are."""
        for start in range(0, len(data), WINDOW):
            for piece in self._feed_layer(0, data[start : start + WINDOW]):
                if kept := self._apply_limit(piece):
                    yield kept

    def finish(self) -> Iterator[bytes]:
        """Yield what was held back, and check that the body is complete."""
        if not self._layers[0].is_plain:
            yield from self._finish_layers()
        if self._declared and self.bytes and not self.is_compressed:
            message = f"declared as {self._declared}, but not compressed"
            self.add_problem(f"{self._declared}-declared-but-plain", message)
        if self._refused is not None and self.bytes and self.fault is None:
            message = f"Content-Encoding: {self._refused} is wrong, the content is not encoded so"
            self.add_problem("content-encoding-wrong", message)
        if not self._declared and any(layer.is_compressed for layer in self._layers[1:]):
            self.add_problem("double-gzip", "compressed twice without Content-Encoding")

    def _finish_layers(self) -> Iterator[bytes]:
        """Yield what the layers held back."""
        for piece in self._feed_layer(0, b"", is_last=True):
            if kept := self._apply_limit(piece):
                yield kept
        for layer in self._layers:
            if held := self._apply_limit(layer.finish()):
                yield held

    def set_fault(self, reason: str, message: str) -> None:
        """Stop for this reason; the first fault stays."""
        self._diagnosis.set_fault(reason, message)

    def add_problem(self, code: str, message: str) -> None:
        """Record an oddity that lost nothing."""
        self._diagnosis.add_problem(code, message)

    def _feed_layer(self, depth: int, data: bytes, *, is_last: bool = False) -> Iterator[bytes]:
        """Send bytes through the layers from this one inwards, as far as they are compressed."""
        if depth == len(self._layers):
            self._layers.append(_Layer(self._diagnosis, depth, self._max_bytes, refused=self._refused))
        layer = self._layers[depth]
        for piece in layer.feed(data, is_last=is_last):
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


class StoredForm(NamedTuple):
    """How the stored bytes of a body become its content: ``size`` bytes of it are used."""

    size: int
    is_compressed: bool = False
    content_encoding: str | None = None


def decode_stored(blocks: Iterable[bytes], form: StoredForm) -> Iterator[bytes]:
    """Yield the content of stored bytes in order, in chunks of at most 256 KiB."""
    if form.is_compressed:
        decoder = Decoder(max_bytes=form.size, content_encoding=form.content_encoding)
        yield from decode_chunks(blocks, decoder)
        return
    left = form.size
    for block in blocks:
        if left > 0:
            yield block[:left]
        left -= len(block)


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
    """One layer of compression; data that does not begin like gzip passes unchanged.

    ``may_deflate`` says whether data that is neither gzip nor text is deflate, with or without the header of
    zlib: https://www.rfc-editor.org/rfc/rfc9110#section-8.4.1.2
    ``refused`` is an encoding that cannot be decoded, quoted: data that is neither gzip nor text has it.
    """

    __slots__ = (
        "_depth",
        "_diagnosis",
        "_held",
        "_inflate",
        "_may_deflate",
        "_members",
        "_refused",
        "_room",
        "_silence",
        "_undecided",
        "is_compressed",
    )

    def __init__(
        self,
        diagnosis: _Diagnosis,
        depth: int,
        max_bytes: int,
        *,
        may_deflate: bool = False,
        refused: str | None = None,
    ) -> None:
        self.is_compressed = False
        self._may_deflate = may_deflate
        self._refused = refused
        self._diagnosis = diagnosis
        self._depth = depth
        self._room = max_bytes
        self._held = b""
        self._undecided = True
        self._members = 0
        self._silence = 0
        self._inflate: zlib._Decompress | None = None

    @property
    def has_ended(self) -> bool:
        """Whether there were compressed members, and the last one is complete."""
        return self.is_compressed and self._inflate is None and not self._held

    @property
    def is_plain(self) -> bool:
        """Whether this is certainly the layer of the content itself."""
        return not (self._undecided or self.is_compressed)

    def passes(self, data: bytes) -> bool:
        """Return whether these bytes and all that follow are plain content: a quick test that most pass."""
        may_decide = self._undecided and not (self.is_compressed or self._held)
        if may_decide and not self._may_deflate and self._refused is None and data[0] not in NOT_PLAIN:
            self._undecided = False
        return self.is_plain

    def feed(self, data: bytes, *, is_last: bool = False) -> Iterator[bytes]:
        """Yield the content of the next bytes."""
        data, self._held = self._held + data, b""
        while data and self._diagnosis.fault is None:
            if self._undecided and self._needs_more(data, is_last=is_last):
                self._held = data
                return
            if self._undecided:
                data = self._drop_blanks(data)
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
        held, self._held = self._held, b""
        if held:
            self._start_section(held)
        return b"" if self.is_compressed or self._diagnosis.fault is not None else held

    def _needs_more(self, data: bytes, *, is_last: bool) -> bool:
        """Return whether these first bytes of a section are too few to decide what it is."""
        if not self.is_compressed and not is_last:
            rest = data[measure_blanks(data) :]
            if len(rest) < len(data) and any(
                each.startswith(rest) for each in (MAGIC[:1], codecs.BOM_UTF8[:2])
            ):
                return True
        must_sniff = self._may_deflate or self._refused is not None
        if must_sniff and not self._members and len(data) < SNIFFED:
            return not is_last
        return len(data) < len(MAGIC) and MAGIC.startswith(data)

    def _drop_blanks(self, data: bytes) -> bytes:
        """Return the first section without blanks before its compressed content, which are reported."""
        blanks = 0 if self.is_compressed else measure_blanks(data)
        if not blanks or not data.startswith(MAGIC, blanks):
            return data
        message = "white space or a byte order mark is before the compressed content"
        self._diagnosis.add_problem("leading-garbage", message)
        return data[blanks:]

    def _start_section(self, data: bytes) -> None:
        """Decide what follows: a gzip member, garbage after the last one, deflate, or plain content."""
        self._undecided = False
        if data.startswith(MAGIC):
            self._start_member(GZIP_WBITS)
        elif self.is_compressed:
            self._note_garbage()
        elif self._refused is not None and not is_text(data[:SNIFFED]):
            message = f"encoded as {self._refused}, but only gzip was requested"
            self._diagnosis.set_fault("unsupported-encoding", message)
        elif self._may_deflate and not is_text(data[:SNIFFED]):
            self._start_member(ZLIB_WBITS if has_zlib_header(data) else RAW_WBITS)

    def _start_member(self, wbits: int) -> None:
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
            self._inflate = zlib.decompressobj(wbits=wbits)

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
