"""Trees and summaries, without a database."""

import io
from typing import Any

import msgspec
import pytest

from sitemap_cli.cli.console import Console
from sitemap_cli.cli.view.analysis import MAX_FINDINGS, render_analysis
from sitemap_cli.cli.view.live_progress import SLOW_SECONDS, ProgressLine, describe_job
from sitemap_cli.cli.view.probe_summary import render_probe
from sitemap_cli.cli.view.sitemap_tree import MAX_SHOWN, render_tree
from sitemap_cli.model.page_results import BadPage, ProbeFacts, ProbeResult
from sitemap_cli.model.results import JobResult, SitemapResult
from sitemap_cli.model.values import Finding, Severity
from sitemap_cli.progress import Progress
from tests.report_facts import probe

ROOT = "https://a.example/index.xml"


def sitemap(url: str, parent: str | None = ROOT, **fields: Any) -> SitemapResult:
    usual = {
        "final_url": url,
        "kind": "urlset",
        "urls": 5,
        "children": 0,
        "bytes": 1200,
        "wire_bytes": 600,
        "discovered_by": "index",
        "error": None,
        "error_message": None,
        "status_code": 200,
        "problems": 0,
        "unchanged": False,
        "etag": None,
        "last_modified": None,
        "generator": None,
        "encoding": "utf-8",
        "attempts": 1,
        "ms": 20,
    }
    return msgspec.convert({"url": url, "parent": parent, **usual, **fields}, SitemapResult)


def result(**fields: Any) -> JobResult:
    totals = {"sitemaps": 1, "urls": 5, "unique_urls": 5, "new_urls": 5, "removed_urls": 0, "bytes": 1200}
    usual = {
        "domain": "a.example",
        "target": "a.example",
        "job_id": "0123",
        "status": "completed",
        "verdict": "ok",
        "error": None,
        "started_at": None,
        "finished_at": None,
        "duration_ms": 1500,
        "sitemaps": [],
        "totals": totals,
        "lastmod": {},
        "findings": {"error": 0, "warning": 0, "info": 0},
        "sources": [],
    }
    return msgspec.convert({**usual, **fields}, JobResult)


def lines(shown: Any) -> list[str]:
    stream = io.BytesIO()
    Console().print_rendered(shown, stream)
    return stream.getvalue().decode().splitlines()


def test_a_child_is_short_on_its_parents_host_and_whole_on_another() -> None:
    drawing = lines(
        render_tree(
            [
                sitemap(ROOT, None, kind="index", children=3, discovered_by="robots"),
                sitemap("https://a.example/a.xml?page=2", unchanged=True),
                sitemap("https://a.example/old.xml", unchanged=True, status_code=None),
                sitemap("https://cdn.example/b.xml", problems=2),
                sitemap(
                    "https://a.example/c.xml", kind=None, status_code=None, error="dns", error_message="\x1b"
                ),
            ]
        )
    )
    assert drawing == [
        f"{ROOT}  index  3 sitemaps  1.2 kB  by robots",
        "├── /a.xml?page=2  urlset  5 URLs  1.2 kB  unchanged",
        "├── /old.xml  urlset  5 URLs  1.2 kB  unchanged according to its index",
        "├── https://cdn.example/b.xml  urlset  5 URLs  1.2 kB  2 problems",
        "└── /c.xml  no response  \\x1b",
    ]


def test_a_large_index_is_shown_in_part() -> None:
    many = [sitemap(f"https://a.example/{n}.xml") for n in range(MAX_SHOWN + 3)]
    drawing = lines(render_tree([sitemap(ROOT, None, kind="index"), *many], most=MAX_SHOWN))
    assert len(drawing) == MAX_SHOWN + 2
    assert drawing[-1] == "└── and 3 more"


def test_children_of_what_was_left_out_are_left_out_too() -> None:
    first, second = (sitemap(f"https://a.example/{n}", None, kind="index") for n in range(2))
    below = sitemap("https://a.example/below.xml", parent=second.url)
    assert len(lines(render_tree([first, second, below], most=1))) == 2


def test_freshness_is_a_bar_for_each_age() -> None:
    shown = lines(render_analysis(result(lastmod={"1d": 1, "older": 32, "missing": 0}), []))
    assert "last day   1  █" in shown
    assert f"older     32  {'█' * 32}" in shown


def test_freshness_of_nothing_is_not_shown() -> None:
    assert "Freshness (lastmod)" not in lines(render_analysis(result(lastmod={"missing": 5, "older": 0}), []))


def test_places_without_a_sitemap_explain_an_empty_result() -> None:
    sources = [
        {
            "source": "robots",
            "url": "https://a.example/robots.txt",
            "status_code": 404,
            "answer": "http-status",
        },
        *(
            {"source": "known-path", "url": f"https://a.example/{n}", "status_code": None, "answer": "dns"}
            for n in range(MAX_SHOWN)
        ),
    ]
    totals = {"sitemaps": 0, "urls": 0, "unique_urls": 0, "new_urls": 0, "removed_urls": 0, "bytes": 0}
    shown = lines(
        render_analysis(result(verdict="absent", error="nothing\x1b", totals=totals, sources=sources), [])
    )
    assert shown[1] == "0 URLs in 0 sitemaps (0 unique, 0 new)  0 B  1.5 s"
    assert shown[2] == "nothing\\x1b"
    assert "robots      404  https://a.example/robots.txt" in shown
    assert f"known-path  dns  https://a.example/0 and {MAX_SHOWN - 1} more" in shown


@pytest.mark.parametrize("more", [0, 4])
def test_findings_are_shown_with_their_place(more: int) -> None:
    found = [
        Finding(
            rule="SM301",
            name="loc-missing",
            severity=Severity.ERROR,
            message="no loc",
            sitemap=ROOT,
            line=3,
            count=1,
        )
    ]
    found += [
        Finding(
            rule="SM302",
            name="x",
            severity=Severity.INFO,
            message="odd",
            sitemap=None,
            line=None,
            count=n + 2,
        )
        for n in range(MAX_FINDINGS - 1 + more)
    ]
    shown = lines(render_analysis(result(), found))
    assert "error  SM301  loc-missing  no loc" in shown
    assert any(line.strip() == f"{ROOT}:3" for line in shown)
    assert any("odd (and 1 more like it)" in line for line in shown)
    assert any(f"and {more} more" in line for line in shown[-4:]) == bool(more)


def test_progress_names_what_is_slow_without_its_tricks() -> None:
    progress = Progress(found=3, read=1, urls=1234, bytes=5000)
    line = ProgressLine("a\x1b.example", lambda: describe_job(progress))
    assert "a\\x1b.example" in lines(line)[0]
    assert "1/3 sitemaps  1,234 URLs  5.0 kB" in lines(line)[0]
    progress.in_flight["https://a.example/\x9b"] = -SLOW_SECONDS
    assert "for https://a.example/\\x9b" in lines(line)[0]


def test_a_summary_shows_errors_before_warnings() -> None:
    found = [Finding(f"SM3{n:02}", "n", Severity.INFO, "m") for n in range(MAX_FINDINGS)]
    found += [Finding("SM801", "n", Severity.WARNING, "m"), Finding("SM802", "n", Severity.ERROR, "m")]
    shown = [line.split()[:2] for line in lines(render_analysis(result(), found)) if " SM" in line]
    assert shown[:3] == [["error", "SM802"], ["warning", "SM801"], ["info", "SM300"]]


def test_a_probe_says_in_words_why_pages_did_not_respond() -> None:
    facts = {name: getattr(probe().facts, name) for name in ProbeFacts.__struct_fields__}
    facts["unasked"] = {"dns-nxdomain": 1, "deadline": 3}
    page = BadPage("https://a.example/x", None, None, ["page-5xx"], None, error="connection-reset")
    drawing = lines(render_probe(ProbeResult(**facts, pages=[page], pages_left_out=0)))
    assert "1 page not requested: the host name could not be resolved" in drawing
    assert "3 pages not requested: it took too long" in drawing
    assert "https://a.example/x  the connection was reset  page-5xx" in drawing
