"""Reports in which every text is an attack on the reader of the page."""

import itertools

from msgspec.structs import replace

from sitemap_cli.model.history_results import LastmodTrust
from sitemap_cli.model.page_results import BadPage
from sitemap_cli.model.results import (
    Comparison,
    FailureGroup,
    SourceResult,
)
from sitemap_cli.model.site_report import (
    CrawlerAccess,
    LanguageMatrix,
    LanguageRow,
    ReportCause,
    ReportDocument,
    ReportFix,
    ReportPlace,
    RobotsMatrix,
    UrlGroup,
    UrlStructure,
)
from sitemap_cli.model.values import Verdict
from tests.group_samples import site_group
from tests.report_facts import FINDINGS, HOST, history, probe, sitemap
from tests.report_samples import document, site_report

HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "<img src=x onerror=alert(3)>",
    "javascript:alert(4)",
    "JaVaScRiPt:alert(4)//",
    "data:text/html,<script>alert(5)</script>",
    '" onmouseover="alert(6)" x=\'',
    "' autofocus onfocus='alert(7)",
    "{{7*7}} {% raw %} ${7*7} {a|b}",
    "]]><!--<svg/onload=alert(8)>",
    "\u202egnp.exe\u202c \u2066x\u2069",
    "nul\x00 escape\x1b[31m bell\x07",
    "lone \ud800 surrogate",
    "line\u2028separator\u2029",
    "https://evil.example/?a=\"><script>alert(9)</script>&b='",
    "https://user:password@evil.example/",
    "//evil.example/protocol-relative",
    "vbscript:msgbox(1)",
    "<style>*{display:none}</style><base href=https://evil.example/>",
    "<meta http-equiv=refresh content=0;url=https://evil.example/>",
    "constructor",
    "__proto__",
]
"""Text that a server could send to harm the reader of the page."""
LONG = "https://evil.example/" + "a" * 100_000


def hostile_site() -> ReportDocument:
    """A site whose every text is one of the attacks."""
    attack = itertools.cycle(HOSTILE).__next__
    places = [ReportPlace(text, attack(), attack(), 1, 1) for text in HOSTILE]
    long_place = ReportPlace(LONG, LONG, LONG, 1, 1)
    sitemaps = [
        sitemap(text, parent=None, error=attack(), error_message=attack()) for text in [*HOSTILE, LONG]
    ]
    sitemaps += [sitemap(f"{HOST}/{text}", parent=HOSTILE[0], generator=text) for text in HOSTILE]
    sections = [UrlGroup(text, 9, 7, attack(), [UrlGroup(attack(), 5, 7, attack(), [])]) for text in HOSTILE]
    rows = [LanguageRow(text, 9, [3] * len(HOSTILE)) for text in HOSTILE]
    crawlers = [
        CrawlerAccess(
            text, attack(), attack(), attack(), attack(), attack(), [attack()], 1, attack(), obeys=False
        )
        for text in HOSTILE
    ]
    matrix = RobotsMatrix(attack(), 200, attack(), crawlers, HOSTILE)
    pages = [BadPage(text, attack(), 1, [attack()], None, error_message=attack()) for text in HOSTILE]
    section = replace(probe(), pages=pages, statuses=dict.fromkeys(HOSTILE, 3))
    findings = [
        replace(
            FINDINGS[0],
            rule=f"SM{900 + number}",
            name=text,
            summary=text,
            why=text,
            link=text,
            fixes=[ReportFix(text, attack())],
            causes=[ReportCause(text, 3, places[:3])],
            examples=[*places, long_place] if number == 0 else places[:4],
        )
        for number, text in enumerate(HOSTILE)
    ]
    return document(
        site_report(
            domain=HOSTILE[1],
            target=HOSTILE[0],
            answer=HOSTILE[1],
            error=HOSTILE[2],
            scope=HOSTILE[6],
            build=HOSTILE[7],
            notes=[*HOSTILE, LONG],
            verdict=Verdict.PARTIAL,
            next_steps=HOSTILE,
            first=["SM900", "SM901", "SM918"],
            findings=findings,
            needs=HOSTILE[:3],
            sitemaps=sitemaps,
            sources=[SourceResult(text, attack(), 200, attack(), None, attack()) for text in HOSTILE],
            structure=UrlStructure(9 * len(HOSTILE), 9, sections),
            history=[replace(each, error=attack()) for each in history()],
            languages=LanguageMatrix(HOSTILE, rows, 0, 0),
            robots=[matrix],
            probe=section,
            lastmod_trust=LastmodTrust(reliable=None, because=HOSTILE[2], jobs=1, compared=0, mass_changes=0),
        )
    )


def hostile_group() -> ReportDocument:
    """A group in which every text is one of the attacks."""
    base = site_group(len(HOSTILE))
    assert base.group is not None
    attack = itertools.cycle(HOSTILE).__next__
    rows = [
        replace(
            row, domain=text, error=attack(), first=[attack()], tags=[attack()], comparison=Comparison.WORSE
        )
        for row, text in zip(base.group.rows, HOSTILE, strict=True)
    ]
    failures = [FailureGroup(None, attack(), text, 3, [attack()]) for text in HOSTILE]
    rules = [
        replace(base.group.rules[0], rule=f"SM{900 + number}", name=text, summary=attack(), link=attack())
        for number, text in enumerate(HOSTILE)
    ]
    verdicts = dict.fromkeys(HOSTILE, 1)
    group = replace(
        base.group,
        name=HOSTILE[0],
        batch_id=None,
        rows=rows,
        failures=failures,
        rules=rules,
        verdicts=verdicts,
    )
    return document(group)
