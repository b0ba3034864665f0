"""Compressed bodies: bombs, damaged streams, and labels that lie."""

import gzip
import zlib

from tests.hostile import documents
from tests.hostile.attack import Ask, Attack, Reply, always, in_batch, scaled, streamed
from tests.hostile.documents import bomb, zipped
from tests.messages import Answer

GOOD = documents.urlset(3)
MANY = documents.urlset(2_000)
BOMB_MIB = scaled(64, 1024)
FILE = "{root}/sitemap.xml.gz"
EMPTY_MEMBER = gzip.compress(b"", mtime=0)
HEADER = b"\x1f\x8b\x08\x08\0\0\0\0\0\xff"  # one with a file name, which follows


def encoded(body: bytes, coding: str) -> Answer:
    """A body under a label."""
    return Answer(body, headers=(("Content-Encoding", coding),))


def refused(name: str, row: str, coding: str, body: bytes) -> Attack:
    """A coding that was not offered: what is neither gzip nor text is not decoded."""
    return Attack(
        name=name,
        row=row,
        answer=always(encoded(body, coding)),
        verdict="invalid",
        errors="unsupported-encoding",
        memory_mb=30,
        alone=False,
    )


def read(name: str, row: str, answer: Answer, *problems: str, target: str = FILE, kept: int = 3) -> Attack:
    """Something odd that costs nothing."""
    return Attack(
        name=name,
        row=row,
        answer=always(answer),
        verdict="ok",
        kept=kept,
        problems=problems,
        target=target,
        alone=False,
    )


def partly(name: str, row: str, body: bytes, errors: str, kept: int, memory_mb: float = 60) -> Attack:
    """A file that is read up to the fault."""
    return Attack(
        name=name,
        row=row,
        answer=always(Answer(body)),
        verdict="partial",
        errors=errors,
        kept=kept,
        target=FILE,
        memory_mb=memory_mb,
    )


def nothing(name: str, row: str, answer: Reply, errors: str) -> Attack:
    """A file of which nothing can be read."""
    return Attack(
        name=name, row=row, answer=always(answer), verdict="invalid", errors=errors, target=FILE, memory_mb=60
    )


def bombed(name: str, row: str, target: str) -> Attack:
    """A bomb after three URLs."""

    def answer(_: Ask) -> Reply:
        body = bomb(documents.beginning(3), b" ", BOMB_MIB)
        return encoded(body, "gzip") if target.endswith(".xml") else Answer(body)

    return Attack(
        name=name,
        row=row,
        answer=answer,
        verdict="partial",
        errors="too-large",
        kept=3,
        target=target,
        memory_mb=30,
    )


def whole_entries(compressed: bytes) -> int:
    """How many entries can be read of a stream that was cut."""
    return zlib.decompressobj(wbits=31).decompress(compressed).count(b"</url>")


CUT = zipped(MANY)[:-2_000]
OCTET = (("Content-Type", "application/octet-stream"),)

ATTACKS = (
    bombed("bomb-in-a-file", "C1", FILE),
    bombed("bomb-in-transfer", "C2", "{root}/sitemap.xml"),
    Attack(
        name="bomb-of-tags",
        row="C1",
        answer=lambda _: Answer(bomb(documents.beginning(3), b"<url><loc>", BOMB_MIB)),
        verdict="partial",
        errors="too-large|deadline",
        kept=3,
        target=FILE,
        memory_mb=120,
        site=True,
    ),
    Attack(
        name="bomb-of-a-bomb",
        row="C5",
        answer=lambda _: encoded(zipped(bomb(documents.beginning(3), b" ", BOMB_MIB)), "gzip"),
        verdict="partial",
        errors="too-large",
        kept=3,
        target=FILE,
        memory_mb=30,
    ),
    read("deflate", "C3", encoded(zlib.compress(GOOD), "deflate"), target="{root}/sitemap.xml"),
    refused("brotli", "C3", "br", b"\x0b\x02\x80" + GOOD),
    refused("zstandard", "C3", "zstd", b"\x28\xb5\x2f\xfd" + GOOD),
    nothing(
        "gzip-three-times",
        "C4",
        encoded(zipped(zipped(zipped(b" " * 10**8))), "gzip, gzip, gzip"),
        "nested-compression",
    ),
    read("gzip-twice", "C4", encoded(zipped(zipped(GOOD)), "gzip, gzip"), target="{root}/sitemap.xml"),
    read(
        "codings-by-the-thousand",
        "C4",
        encoded(GOOD, ", ".join(["gzip"] * 1_000)),
        "content-encoding-wrong",
        target="{root}/sitemap.xml",
    ),
    nothing("gzip-in-gzip-in-gzip", "C5", Answer(zipped(zipped(zipped(GOOD)))), "nested-compression"),
    *in_batch(
        nothing(
            "gzip-in-gzip-in-transfer",
            "C5",
            encoded(zipped(zipped(zipped(GOOD))), "gzip"),
            "nested-compression",
        )
    ),
    read(
        "two-members",
        "C6",
        Answer(zipped(documents.beginning(3)) + zipped(documents.entries(4, 6) + documents.TAIL)),
        kept=6,
    ),
    nothing("members-400000", "C7", Answer(EMPTY_MEMBER * scaled(50_000, 400_000)), "too-many-members"),
    *in_batch(
        partly("members-after-content", "C7", zipped(GOOD) + EMPTY_MEMBER * 5_000, "too-many-members", 3)
    ),
    partly("truncated-gzip", "C8", CUT, "truncated-gzip", whole_entries(CUT)),
    *in_batch(nothing("truncated-in-the-header", "C8", Answer(zipped(GOOD)[:7]), "truncated-gzip")),
    partly("bad-checksum", "C9", zipped(GOOD)[:-8] + b"\0" * 4 + zipped(GOOD)[-4:], "bad-crc", 3),
    *in_batch(partly("bad-length", "C9", zipped(GOOD)[:-4] + b"\0" * 4, "bad-crc", 3)),
    read(
        "garbage-after-gzip", "C10", Answer(zipped(GOOD) + b"<!-- cached by a plugin -->"), "trailing-garbage"
    ),
    read("gzip-file-in-gzip-transfer", "C11", encoded(zipped(zipped(GOOD)), "gzip")),
    read("gzip-file-called-transfer", "C11", encoded(zipped(GOOD), "gzip")),
    read("gz-that-is-plain", "C12", Answer(GOOD), "gz-name-but-plain"),
    read("xml-that-is-gzip", "C12", Answer(zipped(GOOD), headers=OCTET), target="{root}/sitemap.xml"),
    refused("coding-nobody-knows", "C13", "sdch", b"\x00\x01" + GOOD),
    read(
        "gzip-that-is-plain",
        "C13",
        encoded(GOOD, "gzip"),
        "gzip-declared-but-plain",
        target="{root}/sitemap.xml",
    ),
    nothing(
        "file-name-of-50-mib",
        "C14",
        streamed(
            b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + HEADER, (b"a", scaled(8, 50) * 2**20), b"\0"
        ),
        "bad-gzip|too-large",
    ),
    nothing(
        "empty-blocks-without-end",
        "C14",
        Answer(HEADER[:3] + b"\0" * 7 + b"\0\0\0\xff\xff" * 10**6),
        "bad-gzip",
    ),
    *in_batch(nothing("unknown-method", "C14", Answer(b"\x1f\x8b\x07" + b"\0" * 99), "bad-gzip")),
)
