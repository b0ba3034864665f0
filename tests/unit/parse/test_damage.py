"""A document with one known fault yields everything else, and reports the fault with its position."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitemap_cli.parse.problems import PROBLEM_TYPES
from tests.unit.parse import strategies as some
from tests.unit.parse.documents import codes, everything

MINE = "https://example.com/mine"
RIGHT = f"<loc>{MINE}</loc>"


@dataclass(frozen=True)
class Damage:
    """One wrong entry on one line: the URL that is kept of it or None, and the codes that are reported.

    ``later``: the fault may be noticed only on the next line.
    """

    entry: str
    loc: str | None
    codes: tuple[str, ...]
    later: bool = False


DAMAGES = {
    "a raw ampersand": Damage(
        f"<url><loc>{MINE}?a=1&b=2</loc></url>", f"{MINE}?a=1&b=2", ("unescaped-data",)
    ),
    "an ampersand at the end": Damage(f"<url><loc>{MINE}?&</loc></url>", f"{MINE}?&", ("unescaped-data",)),
    "a raw less-than sign": Damage(
        f"<url>{RIGHT}<priority>a < b</priority></url>", MINE, ("unescaped-data",)
    ),
    "an ampersand in an attribute": Damage(
        f'<url>{RIGHT}<xhtml:link rel="alternate" href="https://example.com/?a&b"/></url>',
        MINE,
        ("unescaped-data",),
    ),
    "an end of CDATA in a text": Damage(
        f"<url><loc>{MINE}?]]></loc></url>", f"{MINE}?]]>", ("unescaped-data",)
    ),
    "a loc without end before a field": Damage(
        f"<url><loc>{MINE}<lastmod>2026-11-01</lastmod></url>", MINE, ("unclosed-tag",)
    ),
    "a loc without end before the end": Damage(f"<url><loc>{MINE}</url>", MINE, ("unclosed-tag",)),
    "a field without end": Damage(f"<url>{RIGHT}<priority>0.5</url>", MINE, ("unclosed-tag",)),
    "an entry without end": Damage(
        f"<url>{RIGHT}<priority>0.5</priority>", MINE, ("unclosed-tag",), later=True
    ),
    "half an entry": Damage(f"<url><loc>{MINE}", None, ("half-entry",), later=True),
    "crossed fields": Damage(
        f"<url>{RIGHT}<lastmod>2026<changefreq>daily</lastmod></changefreq></url>", MINE, ("stray-end-tag",)
    ),
    "a field crossed with its entry": Damage(
        f"<url>{RIGHT}<lastmod>2026</url></lastmod>", MINE, ("unclosed-tag", "stray-end-tag")
    ),
    "an end tag too many": Damage(f"<url>{RIGHT}</loc></url>", MINE, ("stray-end-tag",)),
    "a control character": Damage(
        f"<url><loc>{MINE}\x01</loc></url>", None, ("control-character", "loc-invalid")
    ),
    "a reference to a control character": Damage(
        f"<url><loc>{MINE}&#1;</loc></url>", None, ("control-character", "loc-invalid")
    ),
    "a reference to half a pair": Damage(
        f"<url><loc>{MINE}&#xD800;</loc></url>", None, ("control-character", "loc-invalid")
    ),
    "a control character in a field": Damage(
        f"<url>{RIGHT}<changefreq>a\x0b</changefreq></url>", MINE, ("control-character",)
    ),
    "an entity of HTML": Damage(f"<url><loc>{MINE}/&eacute;</loc></url>", f"{MINE}/é", ("undefined-entity",)),
    "an unknown entity": Damage(
        f"<url><loc>{MINE}/&foo;</loc></url>", f"{MINE}/&foo;", ("undefined-entity",)
    ),
    "an attribute without quotes": Damage(f"<url id=1>{RIGHT}</url>", MINE, ("bad-attribute",)),
    "an attribute twice": Damage(f'<url id="1" id="2">{RIGHT}</url>', MINE, ("bad-attribute",)),
    "an unbound prefix": Damage(f"<url>{RIGHT}<x:y>z</x:y></url>", MINE, ("unbound-prefix",)),
    "two hyphens in a comment": Damage(f"<url><!-- a -- b -->{RIGHT}</url>", MINE, ("misplaced-markup",)),
    "a declaration in the middle": Damage(
        f'<?xml version="1.0"?><url>{RIGHT}</url>', MINE, ("misplaced-markup",)
    ),
    "a DOCTYPE in the middle": Damage(f"<!DOCTYPE urlset><url>{RIGHT}</url>", MINE, ("misplaced-markup",)),
}

neighbours = st.lists(some.right_entries(), max_size=3)


def lines(*parts: str) -> str:
    return "".join(f"{part}\n" for part in parts)


def document(*parts: str) -> bytes:
    return lines(some.URLSET, *parts, "</urlset>").encode()


def rows(entries):
    return [(entry.loc, entry.lastmod, entry.changefreq, entry.extensions, entry.line) for entry in entries]


def line_of(data: bytes, mark: str) -> int:
    return 1 + data[: data.index(mark.encode())].count(b"\n")


def places(problems, code):
    return [problem.line for problem in problems if problem.code == code]


@pytest.mark.parametrize("name", DAMAGES)
@some.examples(12)
@given(before=neighbours, after=neighbours, size=some.SIZES)
def test_one_wrong_entry_loses_no_other_and_is_reported_with_its_line(name, before, after, size):
    damage = DAMAGES[name]
    data = document(*before, damage.entry, *after)
    line = line_of(data, damage.entry)
    with some.pieces_of(size):
        reading, entries, problems = everything(data)
    others = rows(everything(document(*before, "", *after))[1])
    assert rows(entry for entry in entries if not entry.loc.startswith(MINE)) == others
    mine = [(entry.loc, entry.line) for entry in entries if entry.loc.startswith(MINE)]
    assert mine == ([] if damage.loc is None else [(damage.loc, line)])
    for code in damage.codes:
        assert set(places(problems, code)) & {line, line + damage.later}, (code, problems)
    assert codes(problems).count("not-well-formed") == 1
    assert reading.complete == (not any(PROBLEM_TYPES[code].loses_content for code in damage.codes))


@some.examples(40)
@given(before=neighbours, ours=neighbours, theirs=neighbours, after=neighbours, size=some.SIZES)
def test_both_sides_of_a_merge_conflict_are_read(before, ours, theirs, after, size):
    data = document(*before, "<<<<<<< HEAD", *ours, "=======", *theirs, ">>>>>>> main", *after)
    with some.pieces_of(size):
        reading, entries, problems = everything(data)
    assert rows(entries) == rows(everything(document(*before, "", *ours, "", *theirs, "", *after))[1])
    marks = {line_of(data, "\n<<<<<<<") + 1, line_of(data, "\n=======") + 1, line_of(data, "\n>>>>>>>") + 1}
    assert places(problems, "merge-conflict")
    assert set(places(problems, "merge-conflict")) <= marks
    assert reading.complete


@some.examples(40)
@given(
    first=neighbours,
    second=neighbours,
    declaration=st.sampled_from(["", '<?xml version="1.0" encoding="UTF-8"?>', "<!-- x -->"]),
    size=some.SIZES,
)
def test_a_second_document_after_the_first_is_read_as_well(first, second, declaration, size):
    opening = some.URLSET.replace("<urlset ", '<urlset id="second" ')
    data = document(*first) + lines(declaration + opening, *second, "</urlset>").encode()
    with some.pieces_of(size):
        reading, entries, problems = everything(data)
    assert rows(entries) == rows(everything(document(*first, "", "", *second))[1])
    assert places(problems, "second-root") == [line_of(data, declaration + opening)]
    assert reading.complete


@pytest.mark.parametrize(
    "junk",
    [
        "<br />\n<b>Warning</b>:  fopen(): failed in <b>/x.php</b> on line <b>3</b><br />\n",
        "\nNotice: Undefined variable: a in /x.php on line 7\n",
        "PHP Warning:  a & b in x.php on line 1\n\n",
    ],
)
@some.examples(15)
@given(entries=neighbours, size=some.SIZES)
def test_program_output_before_the_document_is_skipped(junk, entries, size):
    data = junk.encode() + b'<?xml version="1.0"?>' + document(*entries)
    with some.pieces_of(size):
        reading, found, problems = everything(data)
    assert rows(found) == rows(everything(junk.count("\n") * b"\n" + document(*entries))[1])
    assert len(places(problems, "junk-before")) == 1
    assert places(problems, "junk-before")[0] <= line_of(data, "<?xml")
    assert reading.complete
