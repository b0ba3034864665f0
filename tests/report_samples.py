"""Reports of made-up sites: a small one, a large one, a broken one, and one with many sitemaps."""

from typing import Any

from msgspec.structs import replace

from sitemap_cli.model.history_results import LastmodTrust
from sitemap_cli.model.results import (
    FindingCounts,
    JobTotals,
    SourceResult,
    StrictResult,
)
from sitemap_cli.model.site_report import (
    GroupReport,
    ReportDocument,
    SiteReport,
    UrlStructure,
)
from sitemap_cli.model.values import Status, Verdict
from tests.report_facts import (
    FINDINGS,
    HOST,
    group,
    history,
    index,
    job,
    languages,
    probe,
    robots,
    sitemap,
    structure,
)


def site_report(**changes: Any) -> SiteReport:
    """A large site with everything."""
    sitemaps = [index(children=20)]
    sitemaps += [
        sitemap(
            f"{HOST}/sitemaps/products-{number}.xml",
            unchanged=number > 6,
            problems=number % 3,
            ms=120 + 37 * number % 400,
            bytes=4_000_000 + 91_231 * number,
        )
        for number in range(1, 21)
    ]
    sitemaps[3] = replace(
        sitemaps[3],
        strict=StrictResult(12_010, 50_000, "bad-entity", "an undefined entity: &nbsp;", 144_121, 8),
    )
    report = SiteReport(
        domain="shop.example",
        target="shop.example",
        build=None,
        scope=None,
        job_id="01a228fe-98ef-724b-8ae1-ed7d7ea766dc",
        status=Status.COMPLETED,
        verdict=Verdict.OK,
        answer="All 20 sitemaps were found and read.",
        error=None,
        started_at="2026-11-29T04:10:11.000Z",
        finished_at="2026-11-29T04:12:00.000Z",
        duration_ms=109_000,
        totals=JobTotals(21, 1_000_000, 999_999, 24_300, 2_106, 96_000_000, changed_urls=72_900),
        next_steps=["list the URLs: sitemap urls --job 01a228fe"],
        counts=FindingCounts(2, 2, 1),
        first=["SM302", "SM701", "SM321"],
        findings=FINDINGS,
        rules_checked=112,
        rules_idle=9,
        needs=["a second job", "`--xsd`"],
        notes=["The previous complete job is of 2026-11-27."],
        sitemaps=sitemaps,
        sitemaps_left_out=0,
        sources=[SourceResult("robots", f"{HOST}/robots.txt", 200, "ok", 1)],
        lastmod={
            "future": 12,
            "1d": 24_000,
            "7d": 88_000,
            "30d": 203_000,
            "90d": 310_000,
            "365d": 241_000,
            "older": 120_000,
            "missing": 13_576,
            "invalid": 412,
        },
        lastmod_trust=LastmodTrust(
            reliable=True, because="its dates change with its pages", jobs=14, compared=13, mass_changes=0
        ),
        structure=structure(),
        history=history(),
        languages=languages(),
        robots=[robots()],
        probe=probe(),
    )
    return replace(report, **changes)


def document(report: SiteReport | GroupReport) -> ReportDocument:
    """The document of a report."""
    site = report if isinstance(report, SiteReport) else None
    group = report if isinstance(report, GroupReport) else None
    title = f"Sitemap report: {site.domain if site else group and group.name}"
    return ReportDocument(title, "2026-11-29T04:20:00.000Z", "0.9.0", site, group)


def small_site() -> ReportDocument:
    """A site with four sitemaps, one job, and hardly anything wrong."""
    urls = [("articles.xml.gz", 4, 390), ("pages.txt", 3, 97), ("shop.xml", 4, 731)]
    sitemaps = [sitemap(f"{HOST}/sitemap-{name}", urls=count, bytes=size, ms=3) for name, count, size in urls]
    sections = [group("/articles/", 4, None), group("/shop/", 4, None), group("/", 3, None)]
    return document(
        site_report(
            answer="All 4 sitemaps were found and read.",
            totals=JobTotals(4, 11, 10, None, None, 2_155),
            duration_ms=810,
            counts=FindingCounts(1, 1, 0),
            first=["SM302"],
            findings=[replace(FINDINGS[0], places=1, sitemaps=1, share=0.0909), FINDINGS[3]],
            sitemaps=[index(children=3), *sitemaps],
            lastmod={"30d": 1, "90d": 4, "missing": 5, "invalid": 1, "1d": 0, "7d": 0, "365d": 0, "older": 0},
            lastmod_trust=None,
            structure=UrlStructure(11, 11, sections),
            history=[job(29, 11, None, None)],
            languages=None,
            robots=[],
            probe=None,
            notes=[],
        )
    )


def large_site() -> ReportDocument:
    """A site with a million URLs, and every section of the report."""
    return document(site_report())


def broken_site() -> ReportDocument:
    """A site that a bot wall protects."""
    refused = {"kind": None, "status_code": 403, "error": "challenge", "urls": 0, "bytes": 0}
    message = "Cloudflare asks for a challenge that only a browser can pass"
    paths = ("sitemap.xml", "sitemap_index.xml", "wp-sitemap.xml")
    sources = [SourceResult("robots", f"{HOST}/robots.txt", 403, "challenge", None, message)]
    sources += [SourceResult("known-path", f"{HOST}/{path}", 403, "challenge") for path in paths]
    return document(
        site_report(
            status=Status.FAILED,
            verdict=Verdict.BLOCKED,
            answer="A bot wall came instead of the sitemaps, so nothing is known about them.",
            error=f"robots.txt: {message}",
            totals=JobTotals(1, 0, 0, None, None, 0),
            next_steps=["ask the site's operator to allow this user agent or your IP address"],
            counts=FindingCounts(1, 0, 0),
            first=[],
            findings=[],
            rules_checked=3,
            rules_idle=118,
            needs=["a sitemap"],
            notes=[],
            sitemaps=[index(**refused, error_message=message)],
            sources=sources,
            lastmod={},
            lastmod_trust=None,
            structure=None,
            history=history()[:1],
            languages=None,
            robots=[],
            probe=None,
        )
    )


def many_sitemaps(number: int = 5_000) -> ReportDocument:
    """A site with very many sitemaps."""
    sitemaps = [index(children=number)]
    sitemaps += [
        sitemap(f"{HOST}/sitemaps/2026/part-{each:05}.xml", urls=each * 7 % 50_000, ms=each * 13 % 900)
        for each in range(number)
    ]
    return document(site_report(sitemaps=sitemaps, sitemaps_left_out=12))
