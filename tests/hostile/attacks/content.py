"""Documents that are no sitemaps, are truncated, or have an unknown encoding."""

from tests.hostile import documents
from tests.hostile.attack import Attack, always, in_batch
from tests.hostile.documents import around, page
from tests.messages import Answer

XML = '<?xml version="1.0" encoding="{}"?>\n'
BODY = documents.urlset(3).decode().partition("\n")[2]


def encoded(name: str, encoding: str, declared: str) -> Attack:
    """A document in an encoding that is refused as a whole."""
    text = XML.format(declared) + BODY
    return Attack(
        name=name,
        row="X14",
        answer=always(Answer(text.encode(encoding))),
        verdict="invalid",
        errors="bad-encoding",
        alone=False,
    )


def none(name: str, body: bytes, verdict: str, errors: str) -> Attack:
    """A body that is no sitemap."""
    return Attack(
        name=name, row="X20", answer=always(Answer(body)), verdict=verdict, errors=errors, alone=False
    )


def inside(name: str, text: bytes) -> Attack:
    """A loc with something in it that no XML may hold: that one is lost and no other."""
    return Attack(
        name=name,
        row="X16",
        answer=always(Answer(around(b"<url><loc>https://shop.example/%b</loc></url>\n" % text))),
        verdict="partial",
        errors="control-character|not-well-formed|loc-invalid|bad-encoding",
        kept=6,
        hidden=("\ufffd",),
        alone=False,
    )


def cut(name: str, half: bytes) -> Attack:
    """A document that ends too early, by a server that says it were all."""
    return Attack(
        name=name,
        row="X17",
        answer=always(Answer(documents.beginning(3) + half)),
        verdict="partial",
        errors="truncated",
        kept=3,
    )


ATTACKS = (
    encoded("utf-32", "utf-32", "UTF-32"),
    encoded("utf-32-without-mark", "utf-32-be", "UTF-32"),
    encoded("utf-7", "ascii", "UTF-7"),
    encoded("ebcdic", "cp037", "cp037"),
    *in_batch(
        Attack(
            name="unknown-charset",
            row="X14",
            answer=always(Answer((XML.format("klingon-8") + BODY).encode())),
            verdict="ok",
            kept=3,
            problems=("bad-encoding",),
        )
    ),
    *in_batch(
        Attack(
            name="charset-of-python",
            row="X14",
            answer=always(Answer((XML.format("rot13") + BODY).encode())),
            verdict="ok",
            kept=3,
            problems=("bad-encoding",),
        )
    ),
    Attack(
        name="declaration-that-lies",
        row="X14",
        answer=always(Answer((XML.format("UTF-16") + BODY).encode())),
        verdict="ok",
        kept=3,
        problems=("encoding-mismatch",),
    ),
    *in_batch(
        Attack(
            name="header-that-lies",
            row="X15",
            answer=always(
                Answer(
                    around("<url><loc>https://shop.example/é</loc></url>".encode()),
                    headers=(("Content-Type", "text/xml; charset=utf-7"),),
                )
            ),
            verdict="ok",
            kept=lambda _: (*map(page, range(1, 7)), "https://shop.example/é"),
            problems=("encoding-mismatch",),
        )
    ),
    inside("nul", b"a\0b"),
    inside("nul-reference", b"a&#0;b"),
    inside("escape-reference", b"a&#27;[2Jb"),
    inside("surrogate-reference", b"a&#xD800;b"),
    inside("invalid-utf-8", b"a\xffb"),
    inside("overlong-utf-8", b"a\xc0\xafb"),
    cut("cut-in-mid-url", b"<url><loc>https://shop.example/page-4"),
    *in_batch(cut("cut-in-mid-tag", b"<url><loc>https://shop.example/page-4</lo")),
    *in_batch(cut("cut-in-mid-entry", b"<url><lastmod>2026-01-01</lastmod>")),
    none("empty-body", b"", "empty", "empty"),
    none("blanks-only", b" \r\n\t" * 10_000, "empty", "empty"),
    none(
        "unknown-root",
        b"<?xml version='1.0'?><note>https://shop.example/page-1</note>",
        "invalid",
        "not-a-sitemap",
    ),
    none(
        "xhtml",
        b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>",
        "html-instead",
        "html-instead",
    ),
    none("random-bytes", bytes(each * each * 7 % 251 for each in range(100_000)), "invalid", "not-a-sitemap"),
    none("json", b'{"urls": ["https://shop.example/page-1"]}', "invalid", "not-a-sitemap"),
)
