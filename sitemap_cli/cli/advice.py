"""What a user may do next, by verdict."""

from typing import Any

BY_VERDICT = {
    "partial": ["the sitemaps marked above were not read, or not wholly; the rest is recorded"],
    "absent": [
        "robots.txt names no sitemap, and none is where sites usually keep them",
        "name it: {sitemap}",
    ],
    "empty": ["the sitemaps were read, and list no URL at all"],
    "blocked": [
        "the server refuses us; what may help: --user-agent, --delay 2, or asking whoever runs the site",
        "if robots.txt is what forbids it: --no-robots",
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


def lines(result: dict[str, Any]) -> list[str]:
    """A line for each thing worth doing; the commands can be pasted."""
    job = result["job_id"]
    domain = result["domain"]
    said = [line.format(sitemap=f"sitemap analyze https://{domain}/PATH") for line in _said(result)]
    if result["totals"]["urls"]:
        said.append(f"list the URLs: sitemap urls --job {job}")
    return [*said, f"this run again: sitemap jobs show {job}"]


def _said(result: dict[str, Any]) -> list[str]:
    return BY_VERDICT.get(result["verdict"] or "", [])
