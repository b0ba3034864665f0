import gc
import random
import re
import weakref
from contextlib import closing
from pathlib import Path

import pytest

import sitemap_cli.parse
from sitemap_cli import plugins
from sitemap_cli.model.values import Child, Entry, Kind, Problem, Severity
from sitemap_cli.parse import generators
from sitemap_cli.parse.collector import Collector
from sitemap_cli.parse.encoding import PIECE
from sitemap_cli.parse.format import TextFormat, XmlFormat
from sitemap_cli.parse.problems import PROBLEM_TYPES
from sitemap_cli.parse.reader import BATCH_BYTES, BATCH_ITEMS, read_document
from sitemap_cli.parse.records import CanonicalNames
from tests.unit.parse.documents import codes, everything, pages, urlset

SOURCES = list(Path(sitemap_cli.parse.__file__).parent.rglob("*.py"))


def test_nothing_is_known_before_reading_begins():
    reading = read_document([urlset(pages(1))])
    assert (reading.kind, reading.encoding, reading.bytes) == (Kind.UNKNOWN, None, 0)
    assert (reading.urls, reading.sitemaps, reading.problems) == (0, 0, 0)
    assert (reading.complete, reading.generator) == (False, None)


def test_detecting_the_kind_reads_no_further_than_needed_and_loses_nothing():
    taken = []

    def chunks():
        data = b"<!-- Yoast -->" + urlset(pages(10_000))
        for at in range(0, len(data), 65_536):
            taken.append(at)
            yield data[at : at + 65_536]

    reading = read_document(chunks())
    assert reading.detect_kind() == Kind.URLSET
    assert len(taken) == 1
    assert reading.detect_kind() == Kind.URLSET
    assert sum(map(len, reading)) == 10_000
    assert reading.complete
    assert reading.generator == "Yoast SEO"


@pytest.fixture
def uncollected():
    """Turn the garbage collector off, so that only reference counts free objects."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("uncollected")
def test_closing_a_reader_frees_its_buffers_without_the_garbage_collector():
    given = (each for each in [urlset(pages(10_000))])
    remembered = weakref.ref(given)
    with closing(read_document(given)) as reading:
        assert reading.detect_kind() == Kind.URLSET
        assert reading.urls > 0
    del given, reading
    assert remembered() is None
    assert [each for each in gc.get_objects() if isinstance(each, Collector) and len(each.batch)] == []


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", Kind.EMPTY),
        (b" " * 200_000, Kind.EMPTY),
        (b"\n" * 200_000 + urlset(""), Kind.URLSET),
        (b"<!-- -->" * 100_000 + urlset(""), Kind.URLSET),
        (b"<html>", Kind.HTML),
        (b"<html", Kind.HTML),
        (b"nothing", Kind.UNKNOWN),
        (b"<urlset", Kind.URLSET),
        (b"<!-- never", Kind.UNKNOWN),
        (b"\n\nhttps://example.com/", Kind.TEXT),
        (b"\n" * 200_000 + b"https://example.com/", Kind.TEXT),
        (b"\x1f\x8b", Kind.UNKNOWN),
    ],
)
def test_the_kind_of_anything_is_detected(data, kind):
    reading = read_document([data])
    assert reading.detect_kind() == kind
    list(reading)
    assert reading.kind == kind


def test_lines_count_from_the_beginning_of_the_document():
    data = b"\n" * 200_000 + b"https://example.com/a\n"
    assert everything(data)[1] == [Entry("https://example.com/a", line=200_001)]
    data = b"\n" * 200_000 + urlset("\n" + pages(1))
    assert everything(data)[1][0].line == 200_002


def test_batches_are_of_moderate_size_and_in_document_order():
    reading = read_document([urlset(pages(20_000))])
    batches = list(reading)
    assert reading.kind == Kind.URLSET
    # One piece may take a batch beyond its limit, by as many short entries as fit in it.
    assert all(BATCH_ITEMS / 2 < len(batch) < BATCH_ITEMS + PIECE // 40 for batch in batches[:-1])
    assert len(batches) > 2
    locs = [item.loc for batch in batches for item in batch]
    assert locs == [f"https://example.com/{at}" for at in range(20_000)]


def test_empty_batches_let_the_caller_pause():
    batches = list(read_document([urlset("<!-- nothing -->" * 200_000)]))
    assert len(batches) >= 3_200_000 // (BATCH_BYTES + PIECE) >= 2
    assert not any(batches)


def test_counts_are_exact_at_any_moment():
    reading = read_document(
        [urlset(pages(20_000) + "<sitemap><loc>https://example.com/x</loc></sitemap><url/>")]
    )
    seen = 0
    for batch in reading:
        seen += len(batch)
        assert reading.urls + reading.sitemaps + reading.problems == seen
    assert (reading.urls, reading.sitemaps, reading.problems) == (20_000, 1, 2)


def test_a_thousand_problems_are_returned_and_all_are_counted():
    reading, entries, problems = everything(urlset("<url/>" * 5_000 + pages(1) + "<x>" * 100))
    assert len(entries) == 1
    assert reading.problems == 5_002
    assert len(problems) == 1_001
    assert problems[-1].code == "xml-too-deep"


def test_bytes_are_counted_in_the_encoding_of_the_document():
    data = urlset(pages(3_000)).decode().encode("utf-16")
    assert everything(data)[0].bytes == len(data)


def test_an_exception_of_the_chunks_is_not_hidden():
    def chunks():
        yield urlset(pages(3))
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        list(read_document(chunks()))


def test_values_are_of_the_model():
    data = urlset(
        pages(1) + "<sitemap><loc>https://example.com/s</loc><lastmod>1970-01-02</lastmod></sitemap>"
    )
    _, items, problems = everything(data)
    assert items == [
        Entry("https://example.com/0", line=1),
        Child("https://example.com/s", "1970-01-02", 86_400, 1),
    ]
    assert isinstance(problems[0], Problem)


def test_random_bytes_never_raise():
    chance = random.Random(7)
    for _ in range(300):
        everything(chance.randbytes(chance.randrange(200)))


def test_mutated_documents_never_raise_and_keep_the_invariants():
    chance = random.Random(11)
    seeds = [path.read_bytes() for path in (Path(__file__).parents[2] / "data" / "parse").glob("*-*.*ml")]
    for seed in seeds:
        for _ in range(20):
            data = bytearray(seed or b" ")
            for _ in range(chance.randrange(1, 4)):
                data[chance.randrange(len(data))] = chance.choice(b'<>&"/\0 \xff\n![]-?=a')
            reading, entries, _ = everything(bytes(data), base_url="https://example.com/")
            assert reading.complete <= reading.kind.is_sitemap
            assert all(entry.loc.lower().startswith(("http://", "https://")) for entry in entries)
            assert not any(re.search(r"[\x00-\x1f\x7f-\x9f\ufffd]", entry.loc) for entry in entries)


def test_every_reported_problem_is_in_the_table_and_no_other():
    call = re.compile(r"""(?:report|report_once|stop)\(\s*["']([a-z0-9-]+)["']""")
    choice = re.compile(r"""\bcode = ["']([a-z0-9-]+)["'] if .* else ["']([a-z0-9-]+)["']""")
    sources = [path.read_text() for path in SOURCES]
    reported = {code for text in sources for code in call.findall(text)}
    reported |= {code for text in sources for codes in choice.findall(text) for code in codes}
    assert reported == set(PROBLEM_TYPES)


def test_a_problem_that_stops_reading_is_an_error_and_loses_content():
    collector = Collector()
    collector.stop("truncated", "message")
    assert (collector.stopped, collector.kind_decided, collector.content_lost) == (True, True, True)
    assert next(iter(collector.take_batch())).severity == Severity.ERROR


def test_only_one_module_imports_an_xml_library():
    # Indented imports are only for types.
    pattern = re.compile(r"^(?:from|import) (?:xml\b|defusedxml|lxml|pyexpat)", re.MULTILINE)
    assert {path.name for path in SOURCES if pattern.search(path.read_text())} == {"stream.py"}


def test_every_format_is_found_by_its_file():
    formats = {
        module.__name__.rpartition(".")[2]: module
        for module in plugins.load_modules("sitemap_cli.parse.formats")
    }
    assert set(formats) == {"atom", "index", "rss", "text", "urlset"}
    assert all(isinstance(module.FORMAT, XmlFormat | TextFormat) for module in formats.values())
    assert all(module.FORMAT.kind == Kind(name) for name, module in formats.items())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("XML Sitemap generated by Yoast SEO", "Yoast SEO"),
        ("This sitemap was dynamically generated on x by All in One SEO v4", "All in One SEO"),
        ("XML Sitemap generated by Rank Math SEO Plugin (c) Rank Math - rankmath.com", "Rank Math"),
        ('xml-stylesheet href="https://example.com/wp-sitemap-index.xsl"', "WordPress"),
        ("https://wordpress.org/?v=6.9", "WordPress"),
        ("created with Free Online Sitemap Generator www.xml-sitemaps.com", "XML-Sitemaps.com"),
        ("created by Screaming Frog SEO Spider", "Screaming Frog"),
        ("Generated by the Simple XML Sitemap Drupal module", "Drupal Simple XML Sitemap"),
        (" nothing to be seen ", None),
        ("x" * 5_000 + "yoast", None),
    ],
)
def test_a_generator_is_guessed_from_a_comment(text, name):
    assert generators.guess_generator(text) == name


def test_a_limited_number_of_comments_is_inspected():
    reading = everything(b"<!-- x -->" * 200 + b"<!-- yoast -->" + urlset("<!-- x -->" * 50 + pages(1)))[0]
    assert reading.generator is None
    reading = everything(urlset("<!-- x -->" * 50 + "<!-- yoast -->" + pages(1)))[0]
    assert reading.generator is None


def test_a_limited_number_of_names_is_cached():
    names = CanonicalNames({"urn:x": "x:", "": ""})
    for at in range(CanonicalNames.MAX_CACHED + 10):
        assert names[f"urn:x}}N{at}"] == f"x:n{at}"
    assert len(names) == CanonicalNames.MAX_CACHED
    assert names["urn:y}loc"] == ""


def test_a_relative_url_uses_the_base_url():
    _, entries, problems = everything(urlset("<url><loc>/a</loc></url>"), base_url="https://example.com/x/y")
    assert entries[0].loc == "https://example.com/a"
    assert codes(problems) == ["loc-relative"]
