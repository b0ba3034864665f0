"""What is true of every possible document, tested with random documents."""

import io

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitemap_cli.model.values import Entry, Problem
from sitemap_cli.output.output_format import load_output_format
from sitemap_cli.output.sitemap_values import encode_url
from sitemap_cli.parse.reader import read_document
from tests.fuzz import invariants
from tests.unit.parse import strategies as some
from tests.unit.parse.documents import everything

FIELDS = ("loc", "lastmod", "changefreq", "priority")


def read_all(data: bytes, size: int, chunk: int = 65_536):
    """Return everything that is read if the document comes in pieces of this size."""
    with some.pieces_of(size):
        reading = read_document(invariants.split_into_chunks(data, chunk), base_url=some.BASE)
        items = [msgspec.to_builtins(item) for batch in reading for item in batch]
    counts = reading.urls, reading.sitemaps, reading.problems, reading.disorder.entries, reading.disorder.line
    return items, reading.kind, reading.complete, counts


@some.examples(250)
@given(data=st.one_of(some.mixtures(), some.repetitions()), size=some.SIZES)
def test_the_fast_path_returns_exactly_what_the_parser_returns(data, size):
    fast = read_all(data, size)
    with some.without_fast_path():
        assert read_all(data, size) == fast


@some.examples(150)
@given(data=some.mixtures(), size=some.SIZES, chunk=some.CHUNKS)
def test_neither_chunks_nor_pieces_change_what_is_read(data, size, chunk):
    assert read_all(data, size, chunk) == read_all(data, 1_000_000)


@pytest.mark.parametrize("documents", [some.urlsets(), some.indexes(), some.rss(), some.atom()])
@some.examples(20)
@given(draw=st.data())
def test_a_document_cut_at_any_byte_yields_the_entries_before_it(documents, draw):
    document = draw.draw(documents)
    whole = everything(document.data)[1]
    assert len(whole) == len(document.ends)
    for cut in range(len(document.data)):
        reading, entries, problems = everything(document.data[:cut])
        assert entries == whole[: sum(end <= cut for end in document.ends)], cut
        assert reading.complete == (document.end <= cut), cut
        assert problems or reading.complete, cut


@some.examples(25)
@given(
    lines=st.lists(some.urls(), min_size=1, max_size=4),
    end=st.sampled_from(["\n", "\r\n", "\n\n", " \n"]),
)
def test_a_text_cut_at_any_byte_yields_the_lines_before_it(lines, end):
    data = "".join(line + end for line in lines).encode()
    whole = everything(data)[1]
    assert [entry.loc for entry in whole] == lines
    for cut in range(len(data)):
        entries = everything(data[:cut])[1]
        finished = sum(data[: data.rfind(b"\n", 0, cut) + 1].count(b"\n") > entry.line - 1 for entry in whole)
        assert entries[:finished] == whole[:finished], cut
        assert len(entries) <= finished + 1, cut


@some.examples(700)
@given(
    data=some.ANYTHING,
    chunk=some.CHUNKS,
    base_url=st.sampled_from([None, some.BASE, "no address"]),
    charset=st.sampled_from([None, None, "utf-8", "iso-8859-1", "windows-1252", "utf-16", "nonsense"]),
)
def test_every_invariant_holds_for_any_bytes(data, chunk, base_url, charset):
    reading, items = invariants.read_and_check(data, base_url=base_url, charset=charset)
    again, same = invariants.read_and_check(data, base_url=base_url, charset=charset, size=chunk)
    assert items == same
    assert (reading.kind, reading.complete) == (again.kind, again.complete)
    invariants.check_order(items)


def written(format_, rows):
    with load_output_format(format_).open_writer(stream := io.BytesIO(), FIELDS) as write:
        write(rows)
    return stream.getvalue()


@some.examples(250)
@given(
    rows=st.lists(
        st.tuples(
            some.urls(st.one_of(some.PRINTABLE, st.just(" "))).map(str.strip),
            *[st.one_of(st.none(), st.sampled_from(some.DATES), some.TEXTS)] * 3,
        ),
        max_size=6,
    )
)
def test_a_written_sitemap_is_valid_and_written_again_unchanged(rows):
    """Values that the schema refuses are left out, and URLs are percent-encoded."""
    data = written("xml", rows)
    reading, entries, problems = everything(data)
    assert (reading.complete, problems) == (True, [])
    again = [(entry.loc, entry.lastmod, entry.changefreq, entry.priority) for entry in entries]
    assert written("xml", again) == data
    locs = [encode_url(row[0]) for row in rows]
    assert [entry.loc for entry in entries] == [loc for loc in locs if loc is not None]


@some.examples(150)
@given(rows=st.lists(st.tuples(some.urls()), min_size=1, max_size=6))
def test_a_written_text_is_read_back_unchanged(rows):
    reading, entries, problems = everything(written("text", rows))
    assert [(entry.loc,) for entry in entries] == rows
    assert (reading.complete, problems) == (True, [])


@some.examples(100)
@given(data=some.mixtures())
def test_entries_stay_the_same_when_written_and_read_again(data):
    items = everything(data, base_url=some.BASE)[1]
    rows = [tuple(getattr(item, name) for name in FIELDS) for item in items if isinstance(item, Entry)]
    data = written("xml", rows)
    again = everything(data)[1]
    locs = [encode_url(row[0]) for row in rows]
    assert [item.loc for item in again] == [loc for loc in locs if loc is not None]
    assert written("xml", [tuple(getattr(item, name) for name in FIELDS) for item in again]) == data
    assert not any(isinstance(item, Problem) for item in again)
