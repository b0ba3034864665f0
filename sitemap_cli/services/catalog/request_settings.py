"""Request settings of one domain: its own delay, user agent and headers.

No secret is stored: for a header, the name of the environment variable that has its value is stored.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sitemap_cli.errors import ConfigurationError, UsageError
from sitemap_cli.settings import Settings

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


@dataclass(frozen=True, slots=True)
class RequestSettings:
    """The request settings of a domain; ``headers`` maps header names to environment variables."""

    delay: float | None = None
    user_agent: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_stored(cls, stored: Mapping[str, Any] | None) -> "RequestSettings":
        """Return the settings of a stored value."""
        return cls(**(stored or {}))

    def to_stored(self) -> dict[str, Any]:
        """Return the value to store: only what is set."""
        values = {"delay": self.delay, "user_agent": self.user_agent, "headers": dict(self.headers)}
        return {name: value for name, value in values.items() if value not in (None, {})}

    def apply_to(self, settings: Settings, get_variable: Callable[[str], str | None]) -> Settings:
        """Return general settings with those of this domain; the longer delay wins.

        ``get_variable`` returns the value of an environment variable, or None if it is not set.

        Raises:
            ConfigurationError: the variable of a header is not set.
        """
        headers = []
        for header, name in self.headers.items():
            value = get_variable(name)
            if value is None:
                why = f"the header {header} takes its value from it"
                raise ConfigurationError("environment variable is not set", where=name, why=why)
            headers.append(f"{header}: {value}")
        return replace(
            settings,
            delay=max(settings.delay, self.delay or 0.0),
            user_agent=self.user_agent or settings.user_agent,
            header=(*settings.header, *headers),
        )


def parse_header_source(text: str) -> tuple[str, str]:
    """Parse ``NAME=VARIABLE`` into a header name and the name of an environment variable.

    Raises:
        UsageError: the text has another form; it may be a secret, so the message does not show it.
    """
    header, _, variable = text.partition("=")
    if not HEADER.fullmatch(header) or not VARIABLE.fullmatch(variable):
        why = "expected NAME=VARIABLE, with the name of an environment variable instead of its value"
        raise UsageError("invalid value", where="--header-from", why=why)
    return header, variable
