"""Servers with nonsensical Retry-After headers, and bot walls."""

from tests.hostile.attack import Attack, always, in_batch
from tests.messages import Answer

WALL = b"<!doctype html><html><head><title>Just a moment...</title></head><body>%b</body></html>"
CLOUDFLARE = WALL % b'<script src="/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"></script>'
LATER = {
    "99999999": "retry-after-three-years",
    "-5": "retry-after-minus-five",
    "Fri, 31 Dec 9999 23:59:59 GMT": "retry-after-year-9999",
    "1e400": "retry-after-1e400",
    "9" * 5_000: "retry-after-of-5000-digits",
    "\u0663": "retry-after-arabic-digit",
    "0": "retry-after-zero",
    "Thu, 01 Jan 1970 00:00:00 GMT": "retry-after-1970",
    "Fri, 99 Foo 2026 99:99:99 +9999": "retry-after-nonsense",
}


def later(status: int, value: str, *, verdict: str = "blocked", errors: str = "rate-limited") -> Attack:
    """A status that says when to come back."""
    spelled = value.encode().decode("latin-1")
    return Attack(
        name=f"{LATER[value]}-{status}",
        row="H16",
        answer=always(Answer(status=status, headers=(("Retry-After", spelled),))),
        verdict=verdict,
        errors=errors,
        requests=2,
        alone=value == "1e400",
    )


def wall(name: str, answer: Answer, requests: int = 1) -> Attack:
    """A page that wants to see a browser."""
    return Attack(
        name=name,
        row="H17",
        answer=always(answer),
        verdict="blocked",
        errors="challenge",
        requests=requests,
    )


ATTACKS = (
    *(later(429, value) for value in LATER),
    later(503, "99999999", verdict="http-error", errors="unavailable"),
    later(503, "1e400", verdict="http-error", errors="http-status"),
    *in_batch(
        Attack(
            name="429-without-retry-after",
            row="H16",
            answer=always(Answer(status=429)),
            verdict="blocked",
            errors="rate-limited",
            requests=2,
        )
    ),
    wall("challenge-403", Answer(CLOUDFLARE, 403, (("Server", "cloudflare"), ("CF-Mitigated", "challenge")))),
    wall("challenge-503", Answer(CLOUDFLARE, 503, (("Server", "cloudflare"),)), requests=2),
    wall(
        "challenge-200",
        Answer(CLOUDFLARE, 200, (("Content-Type", "text/html"), ("CF-Mitigated", "challenge"))),
    ),
)
