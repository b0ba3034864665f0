"""Next steps depend on the responses, and otherwise on the verdict."""

import pytest
from msgspec import structs

from sitemap_cli.cli.view import next_steps
from sitemap_cli.crawl.verdicts import VERDICT_BY_REASON
from sitemap_cli.model.results import FindingCounts, JobResult, JobTotals, SitemapResult, SourceResult
from sitemap_cli.model.values import DiscoveredBy, Status, Verdict


def result(verdict, *, sitemaps=(), sources=(), urls=0):
    """Return a job result; a response is a reason, a status and a message."""
    return JobResult(
        domain="a.example",
        target="a.example",
        job_id="1",
        status=Status.FAILED,
        verdict=Verdict(verdict),
        error=None,
        started_at=None,
        finished_at=None,
        duration_ms=None,
        sitemaps=[failed_sitemap(*response) for response in sitemaps],
        totals=JobTotals(sitemaps=0, urls=urls, unique_urls=urls, new_urls=0, removed_urls=0, bytes=0),
        lastmod={},
        findings=FindingCounts(error=0, warning=0, info=0),
        sources=[
            SourceResult("robots", "u", status, reason, message=message)
            for reason, status, message in sources
        ],
    )


def failed_sitemap(reason, status, message):
    return SitemapResult(
        url="u",
        final_url="u",
        parent=None,
        discovered_by=DiscoveredBy.USER,
        kind=None,
        status_code=status,
        error=reason,
        error_message=message,
        bytes=0,
        wire_bytes=0,
        urls=0,
        children=0,
        problems=0,
        unchanged=False,
        etag=None,
        last_modified=None,
        generator=None,
        encoding=None,
        attempts=1,
        ms=0,
    )


def test_a_job_with_changes_has_a_command_that_lists_them() -> None:
    same = structs.replace(result("ok", urls=5), status=Status.COMPLETED)
    assert not any("sitemap diff" in each for each in next_steps.suggest_next_steps(same))
    totals = structs.replace(same.totals, changed_urls=2, changed_since="2026-11-28T02:00:00.000Z")
    changed = structs.replace(same, totals=totals)
    assert "list what changed: sitemap diff --to 1" in next_steps.suggest_next_steps(changed)


@pytest.mark.parametrize(
    ("verdict", "target", "remedy"),
    [
        ("dns", "nowhere", next_steps.NO_SUCH_NAME),
        ("dns", "nowhere.example", next_steps.BY_VERDICT["dns"][0]),
        ("refused-address", "10.0.0.1", next_steps.BY_VERDICT["refused-address"][0]),
        ("html-instead", "a.example", "if there is a sitemap elsewhere, name it: SITEMAP"),
        ("ok", "a.example", None),
    ],
)
def test_a_target_that_could_not_be_read_has_a_remedy(verdict: str, target: str, remedy: str | None) -> None:
    assert next_steps.describe_remedy(verdict, target) == remedy


WALL = ("challenge", 403, "Cloudflare responded instead of the server")
STATUS = "http-status"


@pytest.mark.parametrize(
    ("verdict", "response", "words", "never"),
    [
        ("blocked", WALL, ["Cloudflare responded", "no option", "allow this user agent"], ["--delay"]),
        ("blocked", ("challenge", 200, "a captcha answered"), ["a captcha", "no option"], []),
        ("blocked", (STATUS, 401, ""), ["--user", "--cookie", "--header"], ["--delay", "--no-robots"]),
        (
            "blocked",
            (STATUS, 403, ""),
            ["--user-agent", "--contact", "--delay", "your IP address"],
            ["--user NAME"],
        ),
        ("blocked", (STATUS, 407, ""), ["--proxy"], ["--delay"]),
        ("blocked", ("proxy-denied", None, "407"), ["--proxy"], ["--delay"]),
        ("blocked", (STATUS, 429, ""), ["--delay", "--per-host 1", "later"], ["--no-robots"]),
        ("blocked", ("rate-limited", 429, ""), ["--delay", "--per-host 1", "later"], []),
        ("http-error", ("unavailable", 503, "back in 600 s"), ["back in 600 s", "again"], ["--delay"]),
        ("robots-unreachable", ("robots-unreachable", 503, "back in 600 s"), ["back in 600 s"], ["--delay"]),
        ("robots-unreachable", ("robots-unreachable", 500, ""), ["--no-robots"], ["robots-unreachable\n"]),
        ("blocked", (STATUS, 451, ""), ["legal"], ["--delay"]),
        ("blocked", (STATUS, 402, ""), ["payment", "ask the site's operator"], ["--delay"]),
        ("blocked", (STATUS, 430, ""), ["(430)", "--delay 2"], ["--user NAME"]),
        ("blocked", (STATUS, 999, ""), ["(999)", "ask the site's operator"], ["--delay"]),
        ("blocked", ("robots-disallowed", None, "disallowed by robots.txt"), ["--no-robots"], ["--delay"]),
        ("dns", ("dns-nxdomain", None, ""), ["no such name", "www"], ["--resolve"]),
        ("dns", ("dns-failure", None, ""), ["name server", "--resolve"], []),
        ("tls", ("tls-error", None, "not accepted: expired"), ["expired", "--cacert", "--insecure"], []),
        ("tls", ("tls-not-spoken", None, "no TLS there"), ["no TLS there", "http://"], ["--insecure"]),
        ("timeout", ("timeout-connect", None, ""), ["firewall", "--connect-timeout"], []),
        ("timeout", ("timeout-read", None, ""), ["--idle-timeout"], []),
        ("timeout", ("too-slow", 200, ""), ["--min-speed 0"], []),
        ("timeout", ("deadline", None, ""), ["--timeout", "--deadline"], []),
        ("http-error", ("connection-refused", None, ""), ["nothing listens"], []),
        ("http-error", ("host-failing", None, ""), ["--max-failures"], []),
        ("http-error", (STATUS, 404, ""), ["is the URL right"], []),
    ],
)
@pytest.mark.parametrize("where", ["sitemaps", "sources"])
def test_the_response_decides_the_remedy(verdict, response, words, never, where):
    steps = "\n".join(next_steps.suggest_next_steps(result(verdict, **{where: [response]})))
    assert [word for word in words if word not in steps] == []
    assert [word for word in never if word in steps] == []
    assert "{" not in steps


@pytest.mark.parametrize("verdict", sorted(set(Verdict) - {Verdict.OK, Verdict.CANCELLED}))
def test_every_verdict_that_is_not_ok_has_a_next_step(verdict):
    steps = next_steps.suggest_next_steps(result(verdict))
    assert len(steps) >= 2
    assert not any("{" in line for line in steps)


def test_only_failures_that_lead_to_the_verdict_count():
    steps = next_steps.suggest_next_steps(result("absent", sources=[(STATUS, 403, ""), (STATUS, 404, "")]))
    assert not any("refuses" in line for line in steps)
    assert any("sitemap analyze https://a.example/PATH" in line for line in steps)


def test_each_remedy_is_printed_once_and_the_most_certain_first():
    steps = next_steps.suggest_next_steps(
        result("blocked", sitemaps=[(STATUS, 403, "")] * 9, sources=[(STATUS, 401, ""), WALL])
    )
    assert len(steps) == len(set(steps))
    assert steps[0].startswith("Cloudflare")
    assert "--user NAME" in steps[2]


def test_a_partial_job_names_what_the_missing_sitemaps_need():
    steps = next_steps.suggest_next_steps(
        result("partial", sitemaps=[("too-slow", 200, ""), (None, 200, "")], sources=[WALL], urls=7)
    )
    assert "marked above" in steps[0]
    assert "--min-speed" in steps[1]
    assert not any("Cloudflare" in line for line in steps)


@pytest.mark.parametrize("key", sorted(key for key in next_steps.BY_RESPONSE if not key.isdigit()))
def test_every_remedy_is_for_a_known_reason(key):
    assert key in VERDICT_BY_REASON


def test_braces_in_a_message_are_printed_as_they_are():
    steps = next_steps.suggest_next_steps(result("tls", sitemaps=[("tls-error", None, "{x} {0}")]))
    assert steps[0] == "{x} {0}"


@pytest.mark.parametrize(
    ("target", "step"),
    [
        ("https://a.example/sitemap.xml", "sitemap analyze http://a.example/sitemap.xml"),
        ("https://a.example/", "sitemap analyze http://a.example/"),
        ("HTTPS://a.example/a b", "sitemap analyze 'http://a.example/a b'"),
        ("a.example", None),
    ],
)
def test_http_is_suggested_where_https_is_refused_and_http_responds(target, step):
    refused = SourceResult("robots", "https://a.example/robots.txt", None, "connection-refused")
    http = SourceResult("robots", "http://a.example/robots.txt", 404, "http-status")
    found = structs.replace(result("http-error"), target=target, sources=[refused, http])
    steps = next_steps.suggest_next_steps(found)
    assert any(each.endswith(str(step)) for each in steps) is (step is not None)
    silent = structs.replace(found, sources=[refused])
    assert not any("http://" in each for each in next_steps.suggest_next_steps(silent))
