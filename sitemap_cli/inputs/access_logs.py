"""Requests in the logs of web servers: common, combined, with a virtual host, W3C, and JSON."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sitemap_cli.inputs.list_records import BARE_HOST

FIRST_LINES = 20


class LoggedRequest(NamedTuple):
    """A request in a log: its method, its target (a path or a URL) and the status of the response."""

    method: str
    target: str
    status: str


Read = Callable[[str], LoggedRequest | None]

# https://httpd.apache.org/docs/current/logs.html#accesslog
_REQUEST = re.compile(
    r"(?P<before>\S+ [^\"\[]*)\[[^\]]*\] "
    r"\"(?P<method>[A-Z]{3,10}) (?P<target>[^\s\"]+)(?: HTTP/[0-9.]+)?\" (?P<status>[0-9]{3})\b"
)
_ADDRESS = re.compile(r"[0-9a-fA-F:.]*[.:][0-9a-fA-F:.]*|[\w-]+(?:\.[\w-]+)+")
# A request in any other log.
_LOGGED = re.compile(r'\"(?:GET|HEAD|POST|PUT|OPTIONS|DELETE|PATCH) \S+(?: HTTP/[0-9.]+)?\\?"', re.IGNORECASE)
# https://www.w3.org/TR/WD-logfile.html and
# https://learn.microsoft.com/en-us/windows/win32/http/w3c-logging; the last host is that of CloudFront.
_FIELDS = re.compile(r"#Fields:\s*(.*)", re.IGNORECASE)
_W3C_HOSTS = ("x-host-header", "cs-host", "cs(host)")
_CDN_HOST = ".cloudfront.net"
# Keys of nginx (as its documentation names the variables), Caddy, Traefik and Google Cloud.
_METHODS = ("request_method", "method", "requestmethod", "http_method", "verb")
_TARGETS = ("request_uri", "uri", "requestpath", "requesturl", "request_url", "url", "path")
_STATUSES = ("status", "downstreamstatus", "status_code", "response_code", "response")
_HOSTS = ("http_host", "requesthost", "vhost", "server_name", "host")
_REQUEST_LINE = re.compile(r"([A-Z]{3,10}) (\S+)(?: HTTP/[0-9.]+)?")


def find_log_format(lines: Sequence[str]) -> Read | None:
    """Return the function that reads the lines of a log, found by its first lines; None if it is no log."""
    lines = [each for each in lines if each.strip()][:FIRST_LINES]
    if any(map(_FIELDS.match, lines)):
        return _W3cReader().read
    rows = [each for each in lines if not each.startswith("#")]
    for read in (_read_common, _read_json):
        if rows and sum(read(each) is not None for each in rows) > len(rows) / 2:
            return read
    return None


def is_unknown_log(lines: Sequence[str]) -> bool:
    """Return whether lines are those of a log in another format."""
    lines = lines[:FIRST_LINES]
    return sum(_LOGGED.search(line) is not None for line in lines) > len(lines) / 2


def _read_common(line: str) -> LoggedRequest | None:
    found = _REQUEST.match(line)
    if found is None:
        return None
    method, target, status = found["method"], found["target"], found["status"]
    if target.startswith("/") and (host := _find_virtual_host(found["before"])):
        target = f"{host}{target}"
    return LoggedRequest(method, target, status)


def _find_virtual_host(before: str) -> str | None:
    """Return the host, after two slashes, if a line begins with one, as in Debian's ``vhost_combined``."""
    words = before.split()
    if len(words) < 4 or not _ADDRESS.fullmatch(words[1]) or not BARE_HOST.fullmatch(words[0]):
        return None
    host, _, port = words[0].partition(":")
    return f"//{host}{f':{port}' if port not in ('', '80', '443') else ''}"


class _W3cReader:
    """Reads lines by the fields that the last ``#Fields`` line named."""

    def __init__(self) -> None:
        self._fields = dict[str, int]()

    def read(self, line: str) -> LoggedRequest | None:
        """Return the request of a line."""
        if line.startswith("#"):
            if found := _FIELDS.match(line):
                self._fields = {name.lower(): at for at, name in enumerate(found[1].split())}
            return None
        cells = line.split("\t") if "\t" in line else line.split()
        method, stem, status = (self._get(cells, each) for each in ("cs-method", "cs-uri-stem", "sc-status"))
        if not (method and stem and status):
            return None
        query = self._get(cells, "cs-uri-query")
        target = f"{stem}?{query}" if query else stem
        host = next((each for name in _W3C_HOSTS if (each := self._get(cells, name))), "")
        if host and not host.lower().endswith(_CDN_HOST) and target.startswith("/"):
            target = f"//{host}{target}"
        return LoggedRequest(method.upper(), target, status)

    def _get(self, cells: Sequence[str], name: str) -> str:
        at = self._fields.get(name, len(cells))
        return cells[at] if at < len(cells) and cells[at] != "-" else ""


def _read_json(line: str) -> LoggedRequest | None:
    try:
        value = json.loads(line) if line.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    # Caddy and Google Cloud have the request in an object of its own.
    inner = [each for each in value.values() if isinstance(each, dict)]
    keys = {str(key).lower(): each for part in (*inner, value) for key, each in part.items()}
    method, target, status = (_get_text(keys, each) for each in (_METHODS, _TARGETS, _STATUSES))
    if found := _REQUEST_LINE.fullmatch(str(keys.get("request", ""))):
        method, target = found[1], found[2]
    if not (method and target and status[:3].isdigit()):
        return None
    host = next(
        (each for each in (_get_text(keys, [name]) for name in _HOSTS) if BARE_HOST.fullmatch(each)), ""
    )
    if host and target.startswith("/"):
        target = f"//{host}{target}"
    return LoggedRequest(method.upper(), target, status[:3])


def _get_text(keys: Mapping[str, Any], names: Sequence[str]) -> str:
    return next((str(keys[each]) for each in names if isinstance(keys.get(each), str | int)), "")
