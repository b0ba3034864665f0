"""Every problem the parser can report: how bad it is, and whether content is lost by it."""

from collections.abc import Mapping
from typing import NamedTuple

from sitemap_cli.model.values import Severity


class Nature(NamedTuple):
    """How bad a problem is by default, and whether something of the document is missing because of it."""

    severity: Severity
    lost: bool


_ENDS = Nature(Severity.ERROR, lost=True)
_LOSES = Nature(Severity.ERROR, lost=True)
_CUTS = Nature(Severity.WARNING, lost=True)
_REPAIRS = Nature(Severity.ERROR, lost=False)
_WARNS = Nature(Severity.WARNING, lost=False)
_NOTES = Nature(Severity.INFO, lost=False)

NATURES: Mapping[str, Nature] = {
    # the document is not one we read, or reading stops here; whoever goes on says so where it is reported
    "empty": _ENDS,
    "html-instead": _ENDS,
    "not-a-sitemap": _ENDS,
    "nested-compression": _ENDS,
    "bad-encoding": _ENDS,
    "dtd-forbidden": _ENDS,
    "not-well-formed": _ENDS,
    "token-too-long": _ENDS,
    "too-many-names": _ENDS,
    "too-many-repairs": _ENDS,
    "too-many-roots": _ENDS,
    "truncated": _ENDS,
    "xml-too-deep": _ENDS,
    # repairs of broken XML
    "bad-attribute": _WARNS,
    "comment-with-markup": _CUTS,
    "control-character": _LOSES,
    "half-entry": _LOSES,
    "merge-conflict": _REPAIRS,
    "mismatched-tag": _REPAIRS,
    "misplaced-markup": _WARNS,
    "root-missing": _REPAIRS,
    "second-root": _REPAIRS,
    "stray-end-tag": _REPAIRS,
    "unbound-prefix": _WARNS,
    "unclosed-tag": _REPAIRS,
    "undefined-entity": _REPAIRS,
    "unescaped-data": _REPAIRS,
    # the document as a whole
    "junk-before": _REPAIRS,
    "nested-root": _REPAIRS,
    "bom": _NOTES,
    "doctype": _WARNS,
    "encoding-mismatch": _WARNS,
    "encoding-not-utf8": _WARNS,
    "junk-after-end": _WARNS,
    "leading-whitespace": _WARNS,
    "namespace": _WARNS,
    "xml-declaration": _WARNS,
    # elements
    "duplicate-extension": _WARNS,
    "duplicate-tag": _WARNS,
    "extension-namespace": _NOTES,
    "field-too-long": _LOSES,
    "entry-namespace": _LOSES,
    "foreign-entry": _WARNS,
    "mixed-kinds": _WARNS,
    "stray-tag": _CUTS,
    "stray-address": _LOSES,
    "stray-text": _WARNS,
    "tag-case": _WARNS,
    "too-many-extensions": _CUTS,
    "too-many-images": _CUTS,
    "unknown-tag": _NOTES,
    # values
    "lastmod-invalid": _WARNS,
    "loc-invalid": _LOSES,
    "loc-missing": _LOSES,
    "loc-relative": _WARNS,
    "loc-scheme": _LOSES,
    "text-comment": _WARNS,
    "text-line": _CUTS,
    "url-long": _WARNS,
    "url-too-long": _LOSES,
}

LOSING = frozenset(code for code, nature in NATURES.items() if nature.lost)
"""The problems because of which something is missing."""
