"""The decoder ignores labels, limits the content, and reports everything that is lost."""

import gzip
import random
import zlib

import pytest

from sitemap_cli.fetch.gunzip import Decoder, decode_chunks
from tests.web import gz

MIB = 1024 * 1024
TEXT = b"".join(b"<url><loc>https://example.com/%d</loc></url>\n" % number for number in range(5_000))
NOISE = random.Random(7).randbytes(300_000)
MEMBER = gz(TEXT)


# Labels that name no coding, or none beside identity, and the problems that are reported.
LABELS = {
    "": [],
    " ": [],
    "identity": [],
    " Identity ,": [],
    "UTF-8": ["content-encoding-unknown"],
    "utf-8, identity": ["content-encoding-unknown"],
    "aws-chunked": ["content-encoding-unknown"],
    "gz": ["content-encoding-unknown"],
    "none": ["content-encoding-unknown"],
    "binary": ["content-encoding-unknown"],
    "text/xml; charset=utf-8": ["content-encoding-unknown"],
    "\udce9\x1b": ["content-encoding-unknown"],
    "x" * 9_000: ["content-encoding-unknown"],
    "br": ["content-encoding-wrong"],
    "ZSTD": ["content-encoding-wrong"],
    "gzip, br": ["content-encoding-wrong"],
    "gzip,gzip,gzip": ["content-encoding-wrong"],
    "gzip," * 1_000: ["content-encoding-wrong"],
}


def raw_deflate(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


def outcome(data, *, size=10_000, max_bytes=100 * MIB, content_encoding=None):
    """Return content, reason and problem codes of a body that arrives in chunks of one size."""
    decoder = Decoder(max_bytes=max_bytes, content_encoding=content_encoding)
    chunks = (data[start : start + size] for start in range(0, len(data), size))
    pieces = list(decode_chunks(chunks, decoder))
    assert all(0 < len(piece) <= 256 * 1024 for piece in pieces)
    content = b"".join(pieces)
    assert decoder.bytes == len(content)
    reason = decoder.fault.reason if decoder.fault else None
    return content, reason, [problem.code for problem in decoder.problems]


@pytest.mark.parametrize("size", [1, 2, 3, 17, 10_000, 1_000_000])
@pytest.mark.parametrize(
    ("data", "content", "content_encoding", "problems"),
    [
        pytest.param(b"", b"", None, [], id="nothing"),
        pytest.param(b"", b"", "gzip", [], id="nothing, declared as gzip"),
        pytest.param(b"\x1f", b"\x1f", None, [], id="half of the magic bytes"),
        pytest.param(b"x", b"x", None, [], id="a single byte"),
        pytest.param(TEXT[:5000], TEXT[:5000], None, [], id="plain"),
        pytest.param(TEXT[:5000], TEXT[:5000], "identity", [], id="plain, declared as identity"),
        pytest.param(gz(TEXT[:5000]), TEXT[:5000], None, [], id="gzip without a word"),
        pytest.param(gz(TEXT[:5000]), TEXT[:5000], "gzip", [], id="gzip"),
        pytest.param(gz(TEXT[:5000]), TEXT[:5000], "X-GZip", [], id="x-gzip"),
        pytest.param(gz(gz(TEXT[:5000])), TEXT[:5000], "gzip", [], id="a gzip file over gzip"),
        pytest.param(gz(gz(TEXT[:5000])), TEXT[:5000], None, ["double-gzip"], id="gzip in gzip"),
        pytest.param(
            TEXT[:5000], TEXT[:5000], "gzip", ["gzip-declared-but-plain"], id="plain, declared as gzip"
        ),
        *(
            pytest.param(data, TEXT[:5000], label, problems, id=f"{name}, labelled {label}")
            for label, unknown in LABELS.items()
            for name, data, problems in (
                ("plain", TEXT[:5000], unknown),
                ("gzip", gz(TEXT[:5000]), unknown),
            )
        ),
        *(
            pytest.param(data, TEXT[:5000], label, problems, id=f"{name}, labelled {label}")
            for label in ("deflate", "Deflate", "x-deflate", "deflate, utf-8", "identity, deflate")
            for name, data, odd in (
                ("zlib", zlib.compress(TEXT[:5000]), []),
                ("zlib without compression", zlib.compress(TEXT[:5000], 0), []),
                ("raw deflate", raw_deflate(TEXT[:5000]), []),
                ("a gzip file over zlib", zlib.compress(gz(TEXT[:5000])), []),
                ("gzip", gz(TEXT[:5000]), []),
                ("plain", TEXT[:5000], ["deflate-declared-but-plain"]),
            )
            for problems in [["content-encoding-unknown"] * ("utf" in label) + odd]
        ),
        pytest.param(zlib.compress(b"a"), b"a", "deflate", [], id="a byte in zlib"),
        pytest.param(raw_deflate(b"a"), b"a", "deflate", [], id="a byte in raw deflate"),
        pytest.param(zlib.compress(b""), b"", "deflate", [], id="nothing in zlib"),
        pytest.param(b"", b"", "deflate", [], id="nothing, declared as deflate"),
        pytest.param(
            zlib.compress(b"a") + b"<!-- cached -->", b"a", "deflate", ["trailing-garbage"], id="after zlib"
        ),
        pytest.param(
            b"\xef\xbb\xbfUser-agent: *",
            b"\xef\xbb\xbfUser-agent: *",
            "deflate",
            ["deflate-declared-but-plain"],
            id="a byte order mark",
        ),
        *(
            pytest.param(text, text, label, [code], id=f"{text!r}, labelled {label}")
            for text in ("# правила для всех роботов".encode(), "<?xml?>".encode("utf-16"), b"a", b"/")
            for label, code in (("deflate", "deflate-declared-but-plain"), ("br", "content-encoding-wrong"))
        ),
        pytest.param(gz(gz(TEXT[:5000])), TEXT[:5000], "gzip, gzip", [], id="gzip, twice"),
        pytest.param(gz(TEXT[:5000]), TEXT[:5000], "gzip, x-gzip", [], id="gzip, but the label is repeated"),
        pytest.param(
            gz(b"ab") + gz(b"") + gz(b"cd") + gz(TEXT[:500]), b"abcd" + TEXT[:500], None, [], id="members"
        ),
        pytest.param(gz(b"a") + bytes(600), b"a", None, ["trailing-garbage"], id="NUL bytes at the end"),
        pytest.param(gz(b"a") + b"<!-- cached -->", b"a", "gzip", ["trailing-garbage"], id="a comment after"),
        pytest.param(gz(b"a") + b"\x1f", b"a", None, ["trailing-garbage"], id="half a magic after"),
        pytest.param(
            gz(b"a") + b"\x1f\x8bnot gzip", b"a", None, ["trailing-garbage"], id="only looks like a member"
        ),
        pytest.param(gz(gz(b"a") + b"!!") + b"??", b"a", "gzip", ["trailing-garbage"] * 2, id="twice"),
    ],
)
def test_content_comes_out_whatever_the_size_of_the_chunks(data, content, content_encoding, problems, size):
    got, reason, codes = outcome(data, size=size, content_encoding=content_encoding)
    assert (got, reason, sorted(codes)) == (content, None, problems)


@pytest.mark.parametrize(
    "content_encoding",
    ["br", "zstd", "compress", "BR", '"br"', "br, utf-8", "gzip, br", "gzip,gzip,gzip", "gzip," * 1_000],
)
@pytest.mark.parametrize("size", [1, 10_000])
@pytest.mark.parametrize("data", [b"\x0b\x02\x80" + TEXT, b"\x28\xb5\x2f\xfd\x04", b"\0", b"\xff" * 99])
def test_an_unrequested_encoding_is_refused_where_the_content_has_it(data, size, content_encoding):
    for packed in (data, gz(data)):
        assert outcome(packed, size=size, content_encoding=content_encoding) == (
            b"",
            "unsupported-encoding",
            [],
        )


@pytest.mark.parametrize("cut", [1, 2, 9, 10, 11, 200, 5_000, len(MEMBER) - 8, len(MEMBER) - 1])
def test_a_truncated_stream_keeps_what_was_decoded(cut):
    content, reason, _ = outcome(MEMBER[:cut])
    if cut == 1:
        assert (content, reason) == (b"\x1f", None)
    else:
        assert TEXT.startswith(content)
        assert reason == "truncated-gzip"
        assert bool(content) is (cut >= 200)


def test_a_second_member_that_is_truncated_is_kept_too():
    content, reason, _ = outcome(gz(b"first") + MEMBER[: len(MEMBER) // 2])
    assert content.startswith(b"first<url>")
    assert reason == "truncated-gzip"


@pytest.mark.parametrize("size", [1, 1000, 1_000_000])
@pytest.mark.parametrize("spoiled", [-1, -4, -5, -8], ids=["length", "length too", "crc", "crc too"])
def test_a_wrong_checksum_keeps_all_content(spoiled, size):
    data = bytearray(MEMBER)
    data[spoiled] ^= 0xFF
    assert outcome(bytes(data), size=size) == (TEXT, "bad-crc", [])


def test_damage_in_the_middle_keeps_everything_before_it():
    packer = zlib.compressobj(wbits=31)
    half = len(NOISE) // 2
    # After a full flush the next block begins at a byte of its own: type 3 does not exist.
    data = packer.compress(NOISE[:half]) + packer.flush(zlib.Z_FULL_FLUSH) + b"\x07" + bytes(1000)
    assert outcome(data, size=50_000) == (NOISE[:half], "bad-gzip", [])


def test_a_first_member_with_an_unknown_method_is_bad():
    assert outcome(b"\x1f\x8b\x07" + bytes(20)) == (b"", "bad-gzip", [])


def test_a_bomb_stops_at_the_limit():
    content, reason, _ = outcome(gz(bytes(20 * MIB)), max_bytes=3 * MIB)
    assert (len(content), reason) == (3 * MIB, "too-large")


@pytest.mark.parametrize("pack", [zlib.compress, raw_deflate])
def test_deflate_has_the_limits_and_faults_of_gzip(pack):
    content, reason, _ = outcome(pack(bytes(20 * MIB)), max_bytes=3 * MIB, content_encoding="deflate")
    assert (len(content), reason) == (3 * MIB, "too-large")
    content, reason, _ = outcome(pack(TEXT)[:-9], content_encoding="deflate")
    assert TEXT.startswith(content)
    assert (bool(content), reason) == (True, "truncated-gzip")
    assert outcome(pack(gz(gz(gz(TEXT)))), content_encoding="deflate") == (b"", "nested-compression", [])


def test_deflate_is_not_tried_without_a_label():
    assert outcome(zlib.compress(TEXT)) == (zlib.compress(TEXT), None, [])


@pytest.mark.parametrize("content_encoding", ["utf-8", "\x1b]0;x\x07", "a" * 9_000])
def test_a_name_that_is_no_coding_is_quoted_in_one_line(content_encoding):
    (problem,) = Decoder(max_bytes=1, content_encoding=content_encoding).problems
    assert problem.message.isprintable()
    assert len(problem.message) < 150


def test_a_bomb_in_a_bomb_stops_at_the_limit():
    content, reason, _ = outcome(gz(gz(bytes(60 * MIB))), max_bytes=5 * MIB)
    assert (len(content), reason) == (5 * MIB, "too-large")


def test_a_layer_that_grows_without_content_stops_at_the_limit():
    inner = gz(b"x" * 100) + bytes(20 * MIB)
    assert outcome(gz(inner), max_bytes=2 * MIB) == (b"x" * 100, "too-large", ["trailing-garbage"])


@pytest.mark.parametrize("size", [1, 999, 5000])
def test_plain_content_is_cut_at_the_limit_and_only_beyond_it(size):
    assert outcome(TEXT[:5000], size=size, max_bytes=4999) == (TEXT[:4999], "too-large", [])
    assert outcome(TEXT[:5000], size=size, max_bytes=5000) == (TEXT[:5000], None, [])


def test_a_third_layer_of_gzip_is_refused():
    assert outcome(gz(gz(gz(TEXT)))) == (b"", "nested-compression", [])
    assert outcome(gz(gz(gz(TEXT))), content_encoding="gzip") == (b"", "nested-compression", [])


def test_at_most_a_thousand_members_are_read():
    assert outcome(gz(b"a") * 1000) == (b"a" * 1000, None, [])
    assert outcome(gz(b"a") * 1001) == (b"a" * 1000, "too-many-members", [])


def test_empty_members_are_counted():
    assert outcome(gz(b"head") + gz(b"") * 400_000, size=65_536) == (
        b"head",
        "too-many-members",
        [],
    )


@pytest.mark.parametrize("size", [4096, 65_536, 10 * MIB])
def test_a_header_without_end_is_given_up(size):
    endless = b"\x1f\x8b\x08\x08" + bytes(6) + b"A" * (10 * MIB)
    assert outcome(endless, size=size) == (b"", "bad-gzip", [])


def test_a_gzip_header_may_contain_a_file_name():
    named = b"\x1f\x8b\x08\x08" + bytes(6) + b"sitemap.xml\0" + MEMBER[10:]
    assert outcome(named) == (TEXT, None, [])


def test_endless_empty_blocks_are_given_up():
    packer = zlib.compressobj(wbits=31)
    head = packer.compress(b"a") + packer.flush(zlib.Z_SYNC_FLUSH)
    assert outcome(head + b"\0\0\0\xff\xff" * 100_000) == (b"a", "bad-gzip", [])


def test_bytes_after_a_fault_are_ignored():
    decoder = Decoder(max_bytes=10)
    decoder.set_fault("deadline", "too late")
    decoder.set_fault("incomplete-body", "the connection was closed")
    assert list(decode_chunks([b"x"], decoder)) == []
    assert decoder.fault is not None
    assert decoder.fault.reason == "deadline"


@pytest.mark.parametrize("seed", range(40))
def test_damaged_streams_give_content_or_a_fault_but_never_an_exception(seed):
    chance = random.Random(seed)
    data = bytearray(gzip.compress(TEXT[:30_000], mtime=0))
    for _ in range(chance.randint(1, 3)):
        data[chance.randrange(len(data))] = chance.randrange(256)
    first = outcome(bytes(data), size=chance.choice([1, 100, 100_000]))
    assert first == outcome(bytes(data), size=4096)
    assert first[0] == TEXT[:30_000] or first[1] is not None or first[2]
