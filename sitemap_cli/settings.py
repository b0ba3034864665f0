"""Settings: flags > environment > configuration file > default, each declared once, here.

A field becomes a command-line option, an environment variable ``SITEMAP_<NAME>`` and a key of
``sitemap.toml``; the command line reads the flags and the environment, this module the file.
"""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, get_args, get_type_hints

from sitemap_cli.errors import ConfigurationError

# Read by the build, too; asking the installed package costs a fifth of all that --help takes.
VERSION = "0.1.0"
MIB = 1024 * 1024

OURS = re.compile(rb"^\s*\[\s*tool\s*\.\s*sitemap\s*[].]", re.MULTILINE)
WORDS = {
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    str: "text",
    tuple: "a list of texts",
}


def _setting(default: Any, *flags: str, panel: str, shown: str | None = None, **extra: Any) -> Any:
    """A field with what the command line needs to know about it."""
    return field(
        default=default,
        metadata={"flags": flags, "panel": panel, "shown": shown, **extra},
    )


GLOBAL = "Global options"
FETCH = "Fetching"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every option that can be set by flag, environment or file. Times are seconds, sizes bytes."""

    database: str | None = _setting(
        None,
        "--database",
        panel=GLOBAL,
        metavar="URL|PATH",
        path=True,
        shown="a file in your data folder",
        help="SQLite file, or postgresql://USER@HOST/NAME.",
    )
    tenant: str = _setting("default", "--tenant", panel=GLOBAL, metavar="NAME", help="Whose data to use.")
    verbose: int = _setting(0, "--verbose", "-v", panel=GLOBAL, count=True, help="Say more; repeatable.")
    quiet: bool = _setting(
        False, "--quiet", "-q", panel=GLOBAL, help="Print only what was asked for, and errors."
    )
    no_color: bool = _setting(False, "--no-color", panel=GLOBAL, help="No colours.")
    no_progress: bool = _setting(False, "--no-progress", panel=GLOBAL, help="No progress display.")
    log_format: str = _setting(
        "text",
        "--log-format",
        panel=GLOBAL,
        choices=("text", "json"),
        help="Form of notes and errors on stderr.",
    )

    concurrency: int = _setting(16, "--concurrency", panel=FETCH, min=1, help="Connections at once, in all.")
    per_host: int = _setting(4, "--per-host", panel=FETCH, min=1, help="Connections at once to one host.")
    timeout: float = _setting(
        60.0, "--timeout", panel=FETCH, min=0.001, help="Seconds for one document, in all."
    )
    connect_timeout: float = _setting(
        10.0, "--connect-timeout", panel=FETCH, min=0.001, help="Seconds to connect."
    )
    idle_timeout: float = _setting(
        20.0, "--idle-timeout", panel=FETCH, min=0.001, help="Seconds without a byte."
    )
    retries: int = _setting(2, "--retries", panel=FETCH, min=0, help="Further tries after a passing fault.")
    delay: float = _setting(
        0.0, "--delay", panel=FETCH, min=0, help="Seconds between two requests to one host."
    )
    deadline: float = _setting(600.0, "--deadline", panel=FETCH, min=0.001, help="Seconds for a whole site.")
    max_depth: int = _setting(3, "--max-depth", panel=FETCH, min=0, help="Indexes below one another.")
    max_sitemaps: int = _setting(
        10_000, "--max-sitemaps", panel=FETCH, min=1, help="Sitemaps read of one site."
    )
    max_urls: int | None = _setting(
        None, "--max-urls", panel=FETCH, min=1, shown="no limit", help="URLs recorded of one site."
    )
    max_bytes: int = _setting(
        100 * MIB,
        "--max-bytes",
        panel=FETCH,
        metavar="BYTES",
        min=1,
        help="Bytes of one document, decompressed.",
    )
    max_wire_bytes: int = _setting(
        50 * MIB,
        "--max-wire-bytes",
        panel=FETCH,
        metavar="BYTES",
        min=1,
        help="Bytes of one document, compressed.",
    )
    user_agent: str = _setting(
        f"sitemap/{VERSION}",
        "--user-agent",
        panel=FETCH,
        help="How to introduce ourselves.",
    )
    header: tuple[str, ...] = _setting(
        (),
        "--header",
        panel=FETCH,
        metavar="K:V",
        help="A header to send to the target's own host; repeatable.",
    )
    cookie: tuple[str, ...] = _setting(
        (),
        "--cookie",
        panel=FETCH,
        metavar="K=V",
        help="A cookie to send to the target's own host; repeatable.",
    )
    user: str | None = _setting(
        None,
        "--user",
        panel=FETCH,
        metavar="NAME:PASSWORD",
        help="Basic credentials for the target's own host.",
    )
    proxy: str | None = _setting(None, "--proxy", panel=FETCH, metavar="URL", help="HTTP proxy.")
    cacert: str | None = _setting(
        None, "--cacert", panel=FETCH, metavar="FILE", path=True, help="Certificates to trust."
    )
    insecure: bool = _setting(False, "--insecure", panel=FETCH, help="Accept any certificate.")
    resolve: tuple[str, ...] = _setting(
        (),
        "--resolve",
        panel=FETCH,
        metavar="HOST:PORT:ADDR",
        help="Connect to this address; repeatable.",
    )
    allow_private: bool = _setting(
        False,
        "--allow-private",
        panel=FETCH,
        help="Allow private, loopback and link-local addresses.",
    )
    allow_network: tuple[str, ...] = _setting(
        (),
        "--allow-network",
        panel=FETCH,
        metavar="CIDR",
        help="Allow just these networks too; repeatable.",
    )
    no_robots: bool = _setting(False, "--no-robots", panel=FETCH, help="Do not obey robots.txt.")
    no_known_paths: bool = _setting(False, "--no-known-paths", panel=FETCH, help="Do not guess addresses.")
    no_html: bool = _setting(False, "--no-html", panel=FETCH, help="Do not look into the home page.")
    include: tuple[str, ...] = _setting(
        (),
        "--include",
        panel=FETCH,
        metavar="REGEX",
        help="Only child sitemaps that match; repeatable.",
    )
    exclude: tuple[str, ...] = _setting(
        (),
        "--exclude",
        panel=FETCH,
        metavar="REGEX",
        help="No child sitemaps that match; repeatable.",
    )
    refresh: bool = _setting(False, "--refresh", panel=FETCH, help="Ignore what an earlier run remembers.")


TYPES: Mapping[str, Any] = get_type_hints(Settings)


def panel(name: str) -> tuple[Field[Any], ...]:
    """The settings that belong on one panel of the help."""
    return tuple(each for each in fields(Settings) if each.metadata["panel"] == name)


def resolve(given: Mapping[str, Any], config: Path | None) -> Settings:
    """Settings from what flags and environment gave (None: not given), then the file, then defaults."""
    explicit = {name: value for name, value in given.items() if value is not None}
    return Settings(**{**_from_file(config), **explicit})


def listed(variable: str) -> list[str]:
    """The values of an environment variable that takes several: one on each line."""
    return [each.strip() for each in os.environ.get(variable, "").splitlines() if each.strip()]


def tables(config: Path | None) -> tuple[Path, dict[str, Any]] | None:
    """The configuration file and its tables, which are for single commands; None without a file."""
    path = config or _found()
    if path is None:
        return None
    return path, {key: value for key, value in _table(path).items() if isinstance(value, dict)}


def _from_file(config: Path | None) -> dict[str, Any]:
    """The values at the top of the configuration file, with the types of :class:`Settings`."""
    path = config or _found()
    if path is None:
        return {}
    top = {key: value for key, value in _table(path).items() if not isinstance(value, dict)}
    return {key.replace("-", "_"): _typed(path, key, value) for key, value in top.items()}


def _found() -> Path | None:
    """The nearest ``sitemap.toml``, or ``pyproject.toml`` with a ``[tool.sitemap]``, from here upwards."""
    try:
        folder = Path.cwd()
    except OSError:  # somebody removed it
        return None
    for place in (folder, *folder.parents):
        # What we may not look into is not meant for us.
        with suppress(OSError):
            if (own := place / "sitemap.toml").is_file():
                return own
            if (shared := place / "pyproject.toml").is_file() and OURS.search(shared.read_bytes()):
                return shared
    return None


def _table(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError("cannot read the configuration", where=str(path), why=_why(error)) from error
    table = document.get("tool", {}).get("sitemap", {}) if path.name == "pyproject.toml" else document
    return dict(table)


def _why(error: Exception) -> str:
    """The cause on one line; the message of an OSError repeats the path."""
    return getattr(error, "strerror", None) or " ".join(str(error).split())


def _typed(path: Path, key: str, value: Any) -> Any:
    """The value of one key, checked as strictly as a flag would be."""
    declared = next((each for each in fields(Settings) if each.name == key.replace("-", "_")), None)
    if declared is None:
        raise ConfigurationError("unknown setting", where=f"{path}: {key}", hint="sitemap --help lists them")
    wanted = _type(declared)
    if wanted is tuple and isinstance(value, list) and all(isinstance(each, str) for each in value):
        return tuple(value)
    if wanted is float and type(value) is int:
        value = float(value)
    if type(value) is not wanted or value not in declared.metadata.get("choices", (value,)):
        raise ConfigurationError("unusable value", where=f"{path}: {key}", why=_expected(declared, wanted))
    # Written so that NaN, which is not less than anything, is refused, too.
    if "min" in declared.metadata and not value >= declared.metadata["min"]:
        raise ConfigurationError(
            "unusable value", where=f"{path}: {key}", why=f"{value} is less than {declared.metadata['min']}"
        )
    return _from_folder(path.parent, str(value)) if declared.metadata.get("path") else value


def _type(declared: Field[Any]) -> type:
    """What a value in the file must be; the annotation of an optional one begins with its type."""
    annotation = TYPES[declared.name]
    if isinstance(declared.default, tuple):
        return tuple
    return annotation if isinstance(annotation, type) else next(iter(get_args(annotation)))


def _expected(declared: Field[Any], wanted: type) -> str:
    if choices := declared.metadata.get("choices"):
        return f"it must be one of {', '.join(choices)}"
    return f"it must be {WORDS[wanted]}"


def _from_folder(folder: Path, name: str) -> str:
    """A file as it is meant from where the configuration stands; a URL stays as it is."""
    # Path.expanduser() would raise where there is no home folder.
    return name if "://" in name else str(folder / os.path.expanduser(name))  # noqa: PTH111
