"""Facts of made-up sites, of which reports are made."""

from typing import Any

from msgspec.structs import replace

from sitemap_cli.model.history_results import JobChange
from sitemap_cli.model.page_results import BadPage, PageTimes, ProbeFacts, ProblemRate, Sample, SlowPage
from sitemap_cli.model.results import (
    FindingCounts,
    SitemapResult,
)
from sitemap_cli.model.site_report import (
    CrawlerAccess,
    LanguageMatrix,
    LanguageRow,
    ProbeSection,
    ReportCause,
    ReportFinding,
    ReportFix,
    ReportPlace,
    RobotsMatrix,
    UrlGroup,
    UrlStructure,
)
from sitemap_cli.model.values import DiscoveredBy, Kind, Severity, Status, Verdict

HOST = "https://shop.example"
LANGUAGES = ("en", "de", "fr", "es", "it", "x-default")


def sitemap(url: str, **changes: Any) -> SitemapResult:
    """A sitemap that was read."""
    result = SitemapResult(
        url=url,
        final_url=url,
        parent=f"{HOST}/sitemap.xml",
        discovered_by=DiscoveredBy.INDEX,
        kind=Kind.URLSET,
        status_code=200,
        error=None,
        error_message=None,
        bytes=4_812_000,
        wire_bytes=412_000,
        urls=50_000,
        children=0,
        problems=0,
        unchanged=False,
        etag='"a1b2"',
        last_modified=None,
        generator=None,
        encoding="utf-8",
        attempts=1,
        ms=310,
    )
    return replace(result, **changes)


def index(**changes: Any) -> SitemapResult:
    """The index of the sitemaps."""
    values = {"parent": None, "discovered_by": DiscoveredBy.ROBOTS, "kind": Kind.INDEX, "urls": 0}
    return sitemap(f"{HOST}/sitemap.xml", **{**values, "bytes": 2_310, "ms": 42, **changes})


def place(message: str, loc: str | None = None, line: int | None = 12) -> ReportPlace:
    """A place of a finding."""
    return ReportPlace(message, f"{HOST}/sitemaps/products-1.xml", loc, line, None)


def finding(rule: str, name: str, severity: Severity, summary: str, **changes: Any) -> ReportFinding:
    """What a rule found."""
    result = ReportFinding(
        rule=rule,
        name=name,
        severity=severity,
        summary=summary,
        why="Search engines skip such an entry, so the page may be found late, or not at all.",
        fixes=[ReportFix(None, "Write the full URL, beginning with `https://`.")],
        link="https://www.sitemaps.org/protocol.html#location",
        places=1_204,
        sitemaps=2,
        share=0.0012,
        causes=[],
        examples=[place("a relative URL: '/shop/stool'", f"{HOST}/shop/stool")],
    )
    return replace(result, **changes)


FINDINGS = [
    finding("SM302", "loc-not-absolute", Severity.ERROR, "A `loc` is not a full URL."),
    finding(
        "SM701",
        "page-missing",
        Severity.ERROR,
        "A listed page does not exist.",
        fixes=[
            ReportFix("it was moved", "List the new URL, and redirect the old one with 301."),
            ReportFix("it was removed", "Remove its entry."),
        ],
        places=38,
        share=0.038,
        causes=[
            ReportCause(
                "status 404",
                31,
                [
                    place("the server responds with 404", f"{HOST}/products/{number}", 10 * number)
                    for number in range(1, 4)
                ],
            ),
            ReportCause("status 410", 7, [place("the server responds with 410", f"{HOST}/sale/old")]),
        ],
        examples=[],
    ),
    finding(
        "SM321",
        "lastmod-invalid",
        Severity.WARNING,
        "A `lastmod` is not a date.",
        fixes=[ReportFix(None, "Write `2026-11-01` or `2026-11-01T08:30:00+00:00`.")],
        places=412,
        share=0.0004,
        causes=[
            ReportCause(
                "not a date: '2026-13-01'", 412, [place("not a date: '2026-13-01'", f"{HOST}/shop/bench")]
            )
        ],
        examples=[],
    ),
    finding(
        "SM311",
        "duplicate-in-file",
        Severity.WARNING,
        "A sitemap lists a URL more than once.",
        places=1,
        sitemaps=1,
        share=0.000_001,
        examples=[place("listed more than once", f"{HOST}/shop/armchair", 3)],
    ),
    finding(
        "SM335",
        "ignored-fields",
        Severity.INFO,
        "Fields that Google and Bing ignore.",
        why="They make sitemaps larger, and nothing reads them.",
        fixes=[ReportFix(None, "Remove `changefreq` and `priority`, and keep `lastmod` accurate.")],
        link=None,
        places=20,
        sitemaps=20,
        share=None,
    ),
]


def group(name: str, urls: int, previous: int | None, groups: list[UrlGroup] | None = None) -> UrlGroup:
    """A group of URLs."""
    return UrlGroup(name, urls, previous, f"{HOST}{name.replace('{number}', '4711')}", groups or [])


def structure(scale: int = 1_000) -> UrlStructure:
    """Sections with templates, some of which have templates of their own."""
    sections = [
        group(
            "/products/",
            520 * scale,
            488 * scale,
            [
                group(
                    "/products/{number}",
                    310 * scale,
                    305 * scale,
                    [
                        group("/products/{number}/reviews", 190 * scale, 190 * scale),
                        group("/products/{number}/{slug}", 120 * scale, 115 * scale),
                    ],
                ),
                group("/products/{slug}", 140 * scale, 120 * scale),
                group("/products/sale/{slug}", 70 * scale, 63 * scale),
            ],
        ),
        group(
            "/de/produkte/",
            240 * scale,
            268 * scale,
            [
                group("/de/produkte/{number}", 200 * scale, 228 * scale),
                group("/de/produkte/{slug}", 40 * scale, 40 * scale),
            ],
        ),
        group(
            "/blog/",
            120 * scale,
            119 * scale,
            [group("/blog/{year}/{month}/{slug}", 120 * scale, 119 * scale)],
        ),
        group("/brands/", 80 * scale, 80 * scale, [group("/brands/{slug}", 80 * scale, 80 * scale)]),
        group("/stores/", 25 * scale, 0),
        group("/help/", 14 * scale, 15 * scale),
        group("/", 1 * scale, 1 * scale),
    ]
    urls = sum(each.urls for each in sections)
    return UrlStructure(urls, urls, sections)


def job(number: int, urls: int, added: int | None, removed: int | None, **changes: Any) -> JobChange:
    """A job of the history."""
    result = JobChange(
        job_id=f"01a228fe-{number:04}-724b-8ae1-ed7d7ea766dc",
        finished_at=f"2026-11-{number:02}T04:12:00.000Z",
        status=Status.COMPLETED,
        verdict=Verdict.OK,
        urls=urls,
        unique_urls=urls,
        added=added,
        removed=removed,
        changed=None if added is None else added * 3,
        findings=FindingCounts(2 if number > 20 else 1, 2 + number % 3, 0),
        error=None,
    )
    return replace(result, **changes)


def history() -> list[JobChange]:
    """Jobs of most days of a month, newest first; one of them failed."""
    jobs = [job(1, 905_000, None, None)]
    for number in range(3, 30, 2):
        urls = jobs[-1].urls or 960_000
        added, removed = 4_000 + 700 * number, 900 + 137 * (number * 7 % 11)
        if number == 17:
            jobs.append(
                job(number, 0, None, None, status=Status.FAILED, verdict=Verdict.BLOCKED, unique_urls=0)
            )
            continue
        jobs.append(job(number, urls + added - removed, added, removed))
    return list(reversed(jobs))


def languages() -> LanguageMatrix:
    """A matrix in which the pages in Italian name too few versions."""
    rows = [
        LanguageRow(
            language,
            10_000 - 1_500 * place,
            [
                0 if language == "it" and other == "es" else min(10_000 - 1_500 * place, 9_000 - 800 * column)
                for column, other in enumerate(LANGUAGES)
            ],
        )
        for place, language in enumerate(LANGUAGES)
    ]
    return LanguageMatrix(list(LANGUAGES), rows, left_out=3, without_self=120)


def robots() -> RobotsMatrix:
    """What a robots.txt allows to some crawlers."""
    known = [
        ("Googlebot", "Google", "engine", "Google Search and AI Overviews", "allowed", [], 0),
        (
            "bingbot",
            "Microsoft",
            "engine",
            "Bing and Copilot",
            "partly",
            ["Disallow: /sale/ (line 4)"],
            1_320,
        ),
        ("OAI-SearchBot", "OpenAI", "search", "ChatGPT search", "allowed", [], 0),
        ("GPTBot", "OpenAI", "training", "Models of OpenAI", "blocked", ["Disallow: / (line 9)"], 1_000_000),
        ("Google-Extended", "Google", "training", "Training of Gemini", "unset", [], None),
        ("__usage_ai-training", "several (IETF draft)", "training", "a preference", "unset", [], None),
        ("Perplexity-User", "Perplexity", "user", "Perplexity", "allowed", [], 0),
    ]
    crawlers = [
        CrawlerAccess(
            token,
            "AI training preference" if token.startswith("__") else token,
            owner,
            purpose,
            product,
            access,
            rules,
            urls,
            f"{product} does not show the pages.",
            index < 6,
        )
        for index, (token, owner, purpose, product, access, rules, urls) in enumerate(known)
    ]
    return RobotsMatrix(
        f"{HOST}/robots.txt", 200, None, crawlers, ["Content-Signal: search=yes, ai-train=no"]
    )


def probe() -> ProbeSection:
    """A sample of the pages."""
    rates = [
        ProblemRate("page-missing", 38, 0.038, 0.028, 0.052),
        ProblemRate("page-redirected", 21, 0.021, 0.014, 0.032),
        ProblemRate("page-noindex", 4, 0.004, 0.002, 0.01),
        ProblemRate("page-server-error", 0, 0.0, 0.0, 0.004),
    ]
    facts = ProbeFacts(
        schema="sitemap/probe/1",
        job_id="01a228fe-98ef-724b-8ae1-ed7d7ea766dc",
        domain="shop.example",
        sample=Sample("stratified", 1_000, 1_000_000, 20, whole=False),
        asked=1_000,
        of=1_000_000,
        dirt=ProblemRate("dirt", 63, 0.063, 0.05, 0.08),
        rates=rates,
        answered=996,
        unanswered=4,
        disallowed=0,
        unasked={},
        blocked=0,
        times=PageTimes(930, 184, 920, 1_000, 12, [SlowPage(f"{HOST}/products/17", 2_310)]),
    )
    pages = [
        BadPage(f"{HOST}/products/{number}", f"{HOST}/sitemaps/products-1.xml", number, ["page-missing"], 404)
        for number in range(1, 40)
    ]
    pages.append(
        BadPage(
            f"{HOST}/old",
            f"{HOST}/sitemaps/pages.xml",
            3,
            ["page-redirected"],
            301,
            final_url=f"{HOST}/new",
            title="The new page",
        )
    )
    statuses = {"200": 930, "301": 21, "404": 38, "410": 7, "timeout": 4}
    return ProbeSection(facts, statuses, "2026-11-29T04:15:00.000Z", "2026-11-29T04:19:00.000Z", pages, 23)
