"""Every problem that the parser can report, with its severity and whether content is lost by it."""

from collections.abc import Mapping
from typing import NamedTuple

from sitemap_cli.model.values import Severity


class ProblemType(NamedTuple):
    """The default severity of a problem, and whether content of the document is usually lost by it."""

    severity: Severity
    loses_content: bool


_FATAL = ProblemType(Severity.ERROR, loses_content=True)
_LOSSY = ProblemType(Severity.ERROR, loses_content=True)
_LOSSY_WARNING = ProblemType(Severity.WARNING, loses_content=True)
_ERROR = ProblemType(Severity.ERROR, loses_content=False)
_WARNING = ProblemType(Severity.WARNING, loses_content=False)
_INFO = ProblemType(Severity.INFO, loses_content=False)

PROBLEM_TYPES: Mapping[str, ProblemType] = {
    # Reading stops here, unless the code that reports the problem decides otherwise.
    "empty": _FATAL,
    "html-instead": _FATAL,
    "not-a-sitemap": _FATAL,
    "nested-compression": _FATAL,
    "bad-encoding": _FATAL,
    "dtd-forbidden": _FATAL,
    "not-well-formed": _FATAL,
    "token-too-long": _FATAL,
    "too-many-names": _FATAL,
    "too-many-repairs": _FATAL,
    "too-many-roots": _FATAL,
    "truncated": _FATAL,
    "xml-too-deep": _FATAL,
    # repairs of broken XML
    "bad-attribute": _WARNING,
    "comment-with-markup": _LOSSY_WARNING,
    "control-character": _LOSSY,
    "head-missing": _LOSSY,
    "half-entry": _LOSSY,
    "merge-conflict": _ERROR,
    "mismatched-tag": _ERROR,
    "misplaced-markup": _WARNING,
    "root-missing": _ERROR,
    "second-root": _ERROR,
    "stray-end-tag": _ERROR,
    "surrogate-pair": _ERROR,
    "unbound-prefix": _WARNING,
    "unclosed-tag": _ERROR,
    "undefined-entity": _ERROR,
    "unescaped-data": _ERROR,
    # the document as a whole
    "junk-before": _ERROR,
    "nested-root": _ERROR,
    "bom": _INFO,
    "doctype": _WARNING,
    "encoding-mismatch": _WARNING,
    "encoding-not-utf8": _WARNING,
    "junk-after-end": _WARNING,
    "leading-whitespace": _WARNING,
    "namespace": _WARNING,
    "xml-declaration": _WARNING,
    # elements
    "alternate-incomplete": _WARNING,
    "duplicate-extension": _WARNING,
    "duplicate-tag": _WARNING,
    "extension-empty": _WARNING,
    "extension-namespace": _INFO,
    "field-too-long": _LOSSY,
    "entry-namespace": _LOSSY,
    "foreign-entry": _WARNING,
    "loc-elsewhere": _ERROR,
    "image-without-loc": _WARNING,
    "lone-loc": _ERROR,
    "misplaced-entry": _WARNING,
    "mixed-kinds": _WARNING,
    "several-locs": _ERROR,
    "stray-tag": _LOSSY_WARNING,
    "stray-address": _LOSSY,
    "stray-text": _WARNING,
    "tag-case": _WARNING,
    "too-many-extensions": _LOSSY_WARNING,
    "too-many-images": _LOSSY_WARNING,
    "unknown-tag": _INFO,
    # values
    "lastmod-invalid": _WARNING,
    "loc-invalid": _LOSSY,
    "loc-missing": _LOSSY,
    "loc-relative": _WARNING,
    "loc-scheme": _LOSSY,
    "text-comment": _WARNING,
    "text-line": _LOSSY_WARNING,
    "url-long": _WARNING,
    "url-too-long": _LOSSY,
}

LOSSY_CODES = frozenset(code for code, nature in PROBLEM_TYPES.items() if nature.loses_content)
"""The problems by which content of a document is lost."""
