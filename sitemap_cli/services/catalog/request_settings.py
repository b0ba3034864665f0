"""How one domain wants to be asked: its own delay, user agent and headers, none of which is a secret.

The values of headers stay in the environment; what is kept is the name of a variable.
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
    """What is set for a domain; ``headers`` maps names of headers to variables of the environment."""

    delay: float | None = None
    user_agent: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_stored(cls, to_stored: Mapping[str, Any] | None) -> "RequestSettings":
        """What was stored."""
        return cls(**(to_stored or {}))

    def stored(self) -> dict[str, Any]:
        """What there is to store: only what is set."""
        facts = {"delay": self.delay, "user_agent": self.user_agent, "headers": dict(self.headers)}
        return {name: value for name, value in facts.items() if value not in (None, {})}

    def apply_to(self, settings: Settings, variable: Callable[[str], str | None]) -> Settings:
        """The settings for this domain; of two delays the longer holds.

        Raises:
            ConfigurationError: a header's variable is not set.
        """
        headers = []
        for header, name in self.headers.items():
            value = variable(name)
            if value is None:
                why = f"the header {header} is taken from it"
                raise ConfigurationError("a variable is not set", where=name, why=why)
            headers.append(f"{header}: {value}")
        return replace(
            settings,
            delay=max(settings.delay, self.delay or 0.0),
            user_agent=self.user_agent or settings.user_agent,
            header=(*settings.header, *headers),
        )


def parse_header_source(text: str) -> tuple[str, str]:
    """The header and the variable that ``NAME=VARIABLE`` names.

    Raises:
        UsageError: it is something else, which may be a secret and so is not shown.
    """
    header, _, variable = text.partition("=")
    if not HEADER.fullmatch(header) or not VARIABLE.fullmatch(variable):
        why = "expected NAME=VARIABLE, the name of an environment variable and not its value"
        raise UsageError("unusable value", where="--header-from", why=why)
    return header, variable
