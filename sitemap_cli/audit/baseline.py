"""Baselines: the findings that are known, so that only new ones fail a check."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from sitemap_cli.errors import UsageError
from sitemap_cli.model.values import Cause, Finding
from sitemap_cli.urls import path_and_query

SCHEMA = "sitemap/baseline/1"


class Key(NamedTuple):
    """What makes two findings the same; not the host, because one build can be checked at several hosts.

    ``cause`` is one of the causes of a finding, None for all of its places.
    """

    rule: str
    severity: str
    path: str
    cause: str | None = None


Baseline = Mapping[Key, int]
"""The number of known places of each finding, and of each of its causes."""


def get_key(finding: Finding) -> Key:
    """Return the key by which a finding is recognized in a baseline."""
    return Key(finding.rule, finding.severity.value, path_and_query(finding.sitemap))


def encode_baseline(findings: Iterable[Finding]) -> bytes:
    """Return a baseline of these findings as JSON."""
    counts = Counter[Key]()
    causes = defaultdict[Key, Counter[str]](Counter)
    for finding in findings:
        key = get_key(finding)
        counts[key] += finding.count
        for each in finding.causes:
            causes[key][each.cause] += each.count
    known = [
        {
            "rule": key.rule,
            "severity": key.severity,
            "sitemap": key.path,
            "count": count,
            **({"causes": dict(sorted(causes[key].items()))} if key in causes else {}),
        }
        for key, count in sorted(counts.items())
    ]
    return f"{json.dumps({'schema': SCHEMA, 'findings': known}, indent=2)}\n".encode()


def decode_baseline(data: bytes) -> Baseline:
    """Read a baseline from JSON.

    Raises:
        ValueError: the data is not a baseline.
    """
    document: Any = json.loads(data)
    if not isinstance(document, dict) or document.get("schema") != SCHEMA:
        raise ValueError(f'it has no "schema": "{SCHEMA}"')
    try:
        known = dict[Key, int]()
        for each in document["findings"]:
            key = Key(each["rule"], each["severity"], each["sitemap"])
            known[key] = int(each["count"])
            causes = each.get("causes", {}).items()
            known |= {key._replace(cause=cause): int(count) for cause, count in causes}
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("a finding in it lacks rule, severity, sitemap or count") from error
    return known


def load_baseline(path: Path | None) -> Baseline:
    """Read a baseline from a file; without a file it is empty.

    Raises:
        UsageError: the file cannot be read, or is not a baseline.
    """
    if path is None:
        return {}
    try:
        return decode_baseline(path.read_bytes())
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        if isinstance(error, json.JSONDecodeError | UnicodeDecodeError):
            why = "it is not JSON"
        hint = "create one with --write-baseline FILE"
        raise UsageError("not a baseline", where=str(path), why=why, hint=hint) from error


def subtract_baseline(findings: Iterable[Finding], baseline: Baseline) -> tuple[list[Finding], int]:
    """Return the findings that a baseline does not cover, and the number of places that it covers.

    A finding with more places than the baseline knows is returned with the count of the new ones, and with
    the causes that the baseline does not know, or not so often.
    """
    left = dict(baseline)
    listed = Counter[Key]()
    for key, count in baseline.items():
        if key.cause is not None:
            listed[key._replace(cause=None)] += count
    new, known = list[Finding](), 0
    for finding in findings:
        key = get_key(finding)
        causes = _subtract_causes(finding, key, left, listed) if key in listed else list(finding.causes)
        covered = min(left.get(key, 0), finding.count)
        if key in listed:
            covered = min(covered, finding.count - sum(each.count for each in causes))
        left[key] = left.get(key, 0) - covered
        known += covered
        if covered < finding.count:
            more = finding.count - covered
            new.append(_narrow_finding(finding, more, causes) if covered else finding)
    return new, known


def _subtract_causes(finding: Finding, key: Key, left: dict[Key, int], listed: Counter[Key]) -> list[Cause]:
    """Return the causes that a baseline does not cover, each with its count of new places.

    ``left`` is what is left of the baseline, ``listed`` how much of that is in causes.
    Very many causes are not listed one by one: what the baseline counted besides the listed ones covers those
    that it does not list.
    """
    others = finding.count - sum(each.count for each in finding.causes)
    spare = max(left.get(key, 0) - listed[key] - others, 0)
    new = list[Cause]()
    for cause in finding.causes:
        of_cause = key._replace(cause=cause.cause)
        covered = min(left.get(of_cause, spare), cause.count)
        if of_cause in left:
            left[of_cause] -= covered
            listed[key] -= covered
        else:
            spare -= covered
        if covered < cause.count:
            new.append(msgspec.structs.replace(cause, count=cause.count - covered, urls=None))
    return new


def _narrow_finding(finding: Finding, count: int, causes: Sequence[Cause]) -> Finding:
    """Return a finding with the number of its new places, and the first page of a new cause."""
    narrowed = msgspec.structs.replace(finding, count=count, causes=tuple(causes))
    first = next((each.examples[0] for each in causes if each.examples), None)
    if first is None or len(causes) == len(finding.causes):
        return narrowed
    place = msgspec.structs.asdict(first)
    return msgspec.structs.replace(narrowed, **place, examples=causes[0].examples[1:])
