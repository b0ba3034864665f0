"""What the command line gave before the name of the command."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast


@dataclass(slots=True)
class Invocation:
    """Global flags of one run of the command line, filled while Typer parses it.

    ``flags`` were given before the command's name, where flags after it take precedence. ``console`` has the
    settings that decide how the help and an error in the command line itself are printed.
    """

    flags: dict[str, Any] = field(default_factory=dict)
    config: Path | None = None
    console: dict[str, Any] = field(default_factory=dict)
    shows_all_help: bool = False

    @classmethod
    def find(cls, context: Any) -> "Invocation":
        """Return the object that all contexts of a command line share."""
        return cast("Invocation", context.find_root().ensure_object(cls))
