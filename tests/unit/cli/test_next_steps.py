"""Advice goes by what was answered, and falls back on the verdict."""

import pytest

from sitemap_cli.cli.view import next_steps
from sitemap_cli.crawl.verdicts import VERDICT_BY_REASON


def result(verdict, *, sitemaps=(), sources=(), urls=0):
    """A RESULT as far as advice reads it; an answer is a reason, a status and a message."""
    return {
        "job_id": "1",
        "domain": "a.example",
        "verdict": verdict,
        "totals": {"urls": urls},
        "sitemaps": [
            {"url": "u", "error": reason, "status_code": status, "error_message": message}
            for reason, status, message in sitemaps
        ],
        "sources": [
            {"source": "robots", "url": "u", "answer": reason, "status_code": status, "message": message}
            for reason, status, message in sources
        ],
    }


WALL = ("challenge", 403, "Cloudflare answered instead of the server")
STATUS = "http-status"


@pytest.mark.parametrize(
    ("verdict", "answer", "words", "never"),
    [
        ("blocked", WALL, ["Cloudflare answered", "no option", "let this user agent"], ["--delay"]),
        ("blocked", ("challenge", 200, "a captcha answered"), ["a captcha", "no option"], []),
        ("blocked", (STATUS, 401, ""), ["--user", "--cookie", "--header"], ["--delay", "--no-robots"]),
        (
            "blocked",
            (STATUS, 403, ""),
            ["--user-agent", "--contact", "--delay", "your address"],
            ["--user NAME"],
        ),
        ("blocked", (STATUS, 407, ""), ["--proxy"], ["--delay"]),
        ("blocked", ("proxy-denied", None, "407"), ["--proxy"], ["--delay"]),
        ("blocked", (STATUS, 429, ""), ["--delay", "--per-host 1", "later"], ["--no-robots"]),
        ("blocked", ("rate-limited", 429, ""), ["--delay", "--per-host 1", "later"], []),
        ("blocked", ("rate-limited", 503, ""), ["--delay", "later"], []),
        ("blocked", (STATUS, 451, ""), ["legal"], ["--delay"]),
        ("blocked", ("robots-disallowed", None, "robots.txt says"), ["--no-robots"], ["--delay"]),
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
        ("http-error", (STATUS, 404, ""), ["is the address right"], []),
    ],
)
@pytest.mark.parametrize("where", ["sitemaps", "sources"])
def test_what_was_answered_decides_what_may_help(verdict, answer, words, never, where):
    said = "\n".join(next_steps.suggest_next_steps(result(verdict, **{where: [answer]})))
    assert [word for word in words if word not in said] == []
    assert [word for word in never if word in said] == []
    assert "{" not in said


def test_only_what_the_verdict_is_made_of_counts():
    said = next_steps.suggest_next_steps(result("absent", sources=[(STATUS, 403, ""), (STATUS, 404, "")]))
    assert not any("refuses" in line for line in said)
    assert any("sitemap analyze https://a.example/PATH" in line for line in said)


def test_each_remedy_is_said_once_and_the_surest_first():
    said = next_steps.suggest_next_steps(
        result("blocked", sitemaps=[(STATUS, 403, "")] * 9, sources=[(STATUS, 401, ""), WALL])
    )
    assert len(said) == len(set(said))
    assert said[0].startswith("Cloudflare")
    assert "--user NAME" in said[2]


def test_a_partial_run_says_what_the_rest_needs():
    said = next_steps.suggest_next_steps(
        result("partial", sitemaps=[("too-slow", 200, ""), (None, 200, "")], sources=[WALL], urls=7)
    )
    assert "marked above" in said[0]
    assert "--min-speed" in said[1]
    assert not any("Cloudflare" in line for line in said)


@pytest.mark.parametrize("key", sorted(key for key in next_steps.BY_ANSWER if not key.isdigit()))
def test_every_remedy_is_for_a_reason_there_is(key):
    assert key in VERDICT_BY_REASON


def test_braces_in_what_a_server_said_do_no_harm():
    said = next_steps.suggest_next_steps(result("tls", sitemaps=[("tls-error", None, "{x} {0}")]))
    assert said[0] == "{x} {0}"
