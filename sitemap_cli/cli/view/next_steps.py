"""What a user may do next: by what was answered, and by the verdict where that says no more."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sitemap_cli.crawl.verdicts import BLOCKING_CODES, VERDICT_BY_REASON

BY_VERDICT = {
    "partial": ["the sitemaps marked above were not read, or not wholly; the rest is recorded"],
    "absent": [
        "robots.txt names no sitemap, and none is where sites usually keep them",
        "name it: {sitemap}",
    ],
    "empty": ["the sitemaps were read, and list no URL at all"],
    "blocked": [
        "the server refuses us; what may help: --user-agent, --delay 2, or asking whoever runs the site"
    ],
    "dns": ["the name cannot be resolved; is it spelled right, and does it exist without www?"],
    "tls": ["the certificate or the handshake is wrong; --cacert trusts your own, --insecure any"],
    "timeout": ["the server is slow or silent; --timeout, --deadline and --retries give it more time"],
    "http-error": ["the server does not serve what was asked; is the address right?"],
    "html-instead": ["a page was answered instead of a sitemap: a login, an application, a soft 404?"],
    "invalid": ["what was answered is no sitemap; sitemap parse URL shows it in detail"],
    "robots-unreachable": [
        "robots.txt answers an error, so crawlers stay away; --no-robots reads it all the same"
    ],
    "refused-address": ["the address is private; --allow-private allows it"],
}

ASK = "ask whoever runs the site to let this user agent or your address through"

# By reason, or by status where that is what refused; the more certain a remedy, the earlier it stands.
BY_ANSWER = {
    "challenge": ["{message}", f"no option of sitemap solves that: {ASK}"],
    "401": [
        "the server wants to know who asks: --user NAME:PASSWORD, --cookie or --header 'Authorization: ...'"
    ],
    "407": ["the proxy wants to know who asks: --proxy http://NAME:PASSWORD@HOST:PORT"],
    "proxy-denied": ["the proxy wants to know who asks: --proxy http://NAME:PASSWORD@HOST:PORT"],
    "rate-limited": ["we asked too often: --delay 2 --per-host 1, or try again later"],
    "429": ["we asked too often: --delay 2 --per-host 1, or try again later"],
    "451": ["the server may not show it for legal reasons, perhaps only not to your country (451)"],
    "robots-disallowed": ["robots.txt forbids it; if you may all the same: --no-robots"],
    "403": [
        "the server refuses us (403); what may help: --user-agent with --contact, --delay 2",
        f"or {ASK}",
    ],
    "dns-nxdomain": ["there is no such name; is it spelled right, and does it exist with or without www?"],
    "dns-failure": ["the name server did not answer; try again later, or --resolve HOST:PORT:ADDRESS"],
    "tls-error": [
        "{message}",
        "--cacert FILE trusts an authority of your own; --insecure accepts any certificate, for a look",
    ],
    "tls-not-spoken": ["{message}", "try http:// instead of https://, or another port"],
    "timeout-connect": [
        "nothing answers there, as behind a firewall; --connect-timeout and --retries wait longer"
    ],
    "timeout-read": ["the server fell silent; --idle-timeout and --retries wait longer"],
    "too-slow": ["the server sends too slowly; --min-speed 0 --timeout 600 waits for it"],
    "deadline": ["it took too long; --timeout is for one document, --deadline for the whole site"],
    "connection-refused": ["nothing listens there; is it another port, or another scheme?"],
    "host-failing": ["a host failed too often in a row to be asked on; --max-failures 0 asks all the same"],
    "redirect-limit": ["it redirects too often; --max-redirects follows further"],
    "https-only": ["it is served over plain http, which --https-only forbids"],
}


@dataclass(frozen=True, slots=True)
class Seen:
    """What one address answered: the key of its remedy, the verdict it stands for, and words."""

    key: str
    verdict: str | None
    message: str

    @classmethod
    def of(cls, reason: str, status: int | None, message: str | None) -> "Seen":
        """Where a status refuses, it tells more than that it was a status."""
        refused = reason == "http-status" and status in BLOCKING_CODES
        verdict = "blocked" if refused else VERDICT_BY_REASON.get(reason)
        return cls(str(status) if refused else reason, verdict, message or reason)


def suggest_next_steps(result: dict[str, Any]) -> list[str]:
    """A line for each thing worth doing; the commands can be pasted."""
    job = result["job_id"]
    domain = result["domain"]
    sitemap = f"sitemap analyze https://{domain}/PATH"
    general = [line.format(sitemap=sitemap) for line in BY_VERDICT.get(result["verdict"] or "", [])]
    particular = _particular(result)
    said = [*general, *particular] if result["verdict"] == "partial" else particular or general
    if result["totals"]["urls"]:
        said.append(f"list the URLs: sitemap urls --job {job}")
    return [*said, f"this run again: sitemap jobs show {job}"]


def _particular(result: Mapping[str, Any]) -> list[str]:
    """What helps against the answers that the verdict is made of, each remedy once."""
    seen: dict[str, Seen] = {}
    for each in _sitemaps(result) if result["verdict"] == "partial" else _all(result):
        seen.setdefault(each.key, each)
    said = [
        line.replace("{message}", seen[key].message)
        for key, remedies in BY_ANSWER.items()
        if key in seen
        for line in remedies
    ]
    return list(dict.fromkeys(said))


def _all(result: Mapping[str, Any]) -> Iterator[Seen]:
    """What stands for the verdict, whoever answered it."""
    yield from (each for each in _sitemaps(result) if each.verdict == result["verdict"])
    for source in result.get("sources") or ():
        seen = Seen.of(source["answer"], source["status_code"], source.get("message"))
        if seen.verdict == result["verdict"]:
            yield seen


def _sitemaps(result: Mapping[str, Any]) -> Iterator[Seen]:
    for row in result.get("sitemaps") or ():
        if row["error"]:
            yield Seen.of(row["error"], row["status_code"], row.get("error_message"))
