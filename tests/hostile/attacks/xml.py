"""Documents that try to exhaust the parser, read local files, or cause other requests."""

from tests.hostile import documents
from tests.hostile.attack import (
    FOREVER,
    LOCAL_FILE,
    MAX_BYTES,
    Ask,
    Attack,
    Reply,
    always,
    in_batch,
    scaled,
    streamed,
)
from tests.hostile.documents import around, entries
from tests.messages import Answer
from tests.web import XMLNS

XML = b'<?xml version="1.0" encoding="UTF-8"?>\n'
BODY = documents.urlset(3).removeprefix(XML)
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/xml\r\nConnection: close\r\n\r\n"
LONG = scaled(2, 32) * 1024 * 1024
LAUGHS = "".join(f'<!ENTITY l{at} "{f"&l{at - 1};" * 10}">' for at in range(1, 10))
CHAIN = "".join(f'<!ENTITY e{at} "&e{at - 1};">' for at in range(1, scaled(100_000, 200_000)))
REFUSED = {"verdict": "invalid", "errors": "dtd-forbidden"}


def with_dtd(subset: str, use: str = "") -> bytes:
    """A sitemap below a DOCTYPE with an internal subset; ``use`` stands in a loc."""
    doctype = f"<!DOCTYPE urlset [{subset}]>\n"
    used = f"<url><loc>https://shop.example/{use}</loc></url>"
    return XML + doctype.encode() + BODY.replace(documents.TAIL, used.encode() + documents.TAIL)


def dtd(name: str, row: str, subset: str, use: str = "&x;") -> Attack:
    """A DTD that is refused before any of it is read."""
    return Attack(
        name=name,
        row=row,
        answer=lambda ask: Answer(with_dtd(subset.replace("CANARY", ask.canary), use)),
        memory_mb=30,
        **REFUSED,
    )


def external_dtd(ask: Ask) -> Reply:
    """A document that says where its DTD is."""
    return Answer(XML + f'<!DOCTYPE urlset SYSTEM "{ask.canary}/x.dtd">\n'.encode() + BODY)


def xinclude(ask: Ask) -> Reply:
    """A document that asks for two others to be put in."""
    names = 'xmlns:i="http://www.w3.org/2001/XInclude"'
    wanted = (f"file://{LOCAL_FILE}", f"{ask.canary}/include.xml")
    asked = "".join(f'<i:include {names} parse="text" href="{href}"/>' for href in wanted)
    return Answer(around(asked.encode()))


def stylesheet(ask: Ask) -> Reply:
    """A document with a style sheet."""
    return Answer(XML + f'<?xml-stylesheet type="text/xsl" href="{ask.canary}/x.xsl"?>'.encode() + BODY)


def schema(ask: Ask) -> Reply:
    """A document that says where its schema is."""
    names = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    where = f'{names} xsi:schemaLocation="{XMLNS} {ask.canary}/s.xsd"'
    return Answer(documents.urlset(3).replace(b"<urlset ", f"<urlset {where} ".encode()))


def long_token(name: str, token: bytes) -> Attack:
    """A token of many megabytes in small pieces: nothing after it can be read."""
    start, _, end = token.partition(b"...")
    middle = (b"a" * 4096, 2 * LONG // 4096)
    parts = (OK, documents.beginning(3) + start, middle, end + entries(4, 6) + documents.TAIL)
    return Attack(
        name=name,
        row="X10",
        answer=always(streamed(*parts)),
        verdict="partial",
        errors="token-too-long|too-large",
        kept=3,
        memory_mb=60,
    )


DTDS = (
    dtd("billion-laughs", "X1", f'<!ENTITY l0 "ha">{LAUGHS}', "&l9;"),
    dtd("quadratic-blowup", "X2", f'<!ENTITY x "{"a" * 100_000}">', "&x;" * 20_000),
    dtd("external-entity-file", "X3", f'<!ENTITY x SYSTEM "file://{LOCAL_FILE}">'),
    dtd("external-entity-http", "X4", '<!ENTITY x SYSTEM "CANARY/entity">'),
    *in_batch(dtd("parameter-entity", "X4", '<!ENTITY % x SYSTEM "CANARY/parameter.dtd"> %x;', "")),
    dtd("entity-chain", "X5", f'<!ENTITY e0 "x">{CHAIN}', f"&e{scaled(100_000, 200_000) - 1};"),
    dtd("attribute-list-flood", "X6", "".join(f'<!ATTLIST url a{at} CDATA "x">' for at in range(50_000)), ""),
    dtd("harmless-dtd", "X7", "<!ELEMENT urlset (url*)>", ""),
    Attack(name="external-dtd", row="X4", answer=external_dtd, verdict="ok", kept=3, problems=("doctype",)),
    Attack(name="xinclude", row="X21", answer=xinclude, verdict="ok|partial", errors="", kept=6),
    *in_batch(Attack(name="stylesheet", row="X21", answer=stylesheet, verdict="ok", kept=3)),
    *in_batch(Attack(name="schema-location", row="X21", answer=schema, verdict="ok", kept=3)),
)

SIZES = (
    Attack(
        name="nested-a-million-deep",
        row="X8",
        answer=always(Answer(documents.zipped(documents.beginning(3) + b"<a>" * scaled(400_000, 10**6)))),
        verdict="partial",
        errors="xml-too-deep",
        kept=3,
        memory_mb=30,
    ),
    Attack(
        name="loc-of-megabytes",
        row="X9",
        answer=always(
            streamed(
                OK,
                documents.beginning(3) + b"<url><loc>https://shop.example/",
                (b"a", LONG),
                b"</loc></url>" + entries(4, 6) + documents.TAIL,
            )
        ),
        verdict="partial",
        errors="field-too-long",
        kept=6,
        memory_mb=60,
    ),
    long_token("attribute-of-megabytes", b"<url a='...'>"),
    long_token("comment-of-megabytes", b"<!--...-->"),
    *in_batch(long_token("tag-of-megabytes", b"<...>")),
    *in_batch(long_token("instruction-of-megabytes", b"<?a ...?>")),
    Attack(
        name="attributes-100000",
        row="X11",
        answer=always(
            Answer(around(b"<url %b/>" % b" ".join(b'a%d="x"' % at for at in range(scaled(50_000, 90_000)))))
        ),
        verdict="ok|partial",
        errors="incomplete|loc-missing",
        kept=6,
        memory_mb=80,
    ),
    Attack(
        name="namespaces-50000",
        row="X11",
        answer=always(
            Answer(
                documents.urlset(3).replace(
                    b"<urlset ",
                    b"<urlset " + b" ".join(b'xmlns:n%d="u:%d"' % (at, at) for at in range(45_000)) + b" ",
                )
            )
        ),
        verdict="ok",
        kept=3,
        memory_mb=80,
    ),
    Attack(
        name="comments-a-million",
        row="X11",
        answer=always(Answer(around(b"<!-- x -->\n" * scaled(200_000, 1_000_000)))),
        verdict="ok",
        kept=6,
        memory_mb=80,
    ),
    Attack(
        name="urls-a-million",
        row="X22",
        answer=always(
            streamed(OK, documents.HEAD, *map(documents.entry, range(1, scaled(60_000, 10**6) + 1)))
        ),
        verdict="partial",
        errors="truncated",
        kept=scaled(60_000, 10**6),
        memory_mb=60,
        seconds=scaled(5, 180),
        options=("--timeout", str(scaled(5, 120)), "--deadline", "180"),
    ),
    Attack(
        name="urls-beyond-the-cap",
        row="X22",
        answer=always(
            streamed(OK, documents.HEAD, *map(documents.entry, range(1, MAX_BYTES // 40)), documents.TAIL)
        ),
        verdict="partial",
        errors="too-large",
        kept=documents.fitting(MAX_BYTES),
        memory_mb=60,
        seconds=scaled(5, 180),
        options=("--timeout", str(scaled(5, 120)), "--deadline", "180"),
    ),
    Attack(
        name="images-10000",
        row="X23",
        answer=always(
            Answer(
                around(
                    b"".join(
                        (
                            b'<url xmlns:i="http://www.google.com/schemas/sitemap-image/1.1">',
                            f"<loc>{documents.page(7)}</loc>".encode(),
                            b"<i:image><i:loc>https://shop.example/i.png</i:loc></i:image>" * 10_000,
                            b"</url>",
                        )
                    )
                )
            )
        ),
        verdict="partial",
        errors="too-many-images|incomplete",
        problems=("too-many-images",),
        kept=7,
    ),
    Attack(
        name="markup-nobody-closes",
        row="X24",
        answer=always(streamed(OK, documents.beginning(3), (b"<url><loc>", FOREVER))),
        verdict="partial",
        errors="too-large|deadline",
        kept=3,
        memory_mb=120,
        site=True,
    ),
)

ATTACKS = (*DTDS, *SIZES)
