"""What a ``Content-Encoding`` header declares: https://www.rfc-editor.org/rfc/rfc9110#section-8.4."""

from dataclasses import dataclass

GZIP_NAMES = ("gzip", "x-gzip")
DEFLATE_NAMES = ("deflate", "x-deflate", "zlib")
# Codings that exist but were not requested. The registered ones, and those that servers are known to send:
# https://www.iana.org/assignments/http-parameters/http-parameters.xhtml#content-coding
OTHER_NAMES = frozenset(
    {
        *("aes128gcm", "br", "brotli", "bzip2", "compress", "dcb", "dcz", "exi", "lz4", "lzma"),
        *("pack200-gzip", "sdch", "x-bzip2", "x-compress", "x-lzma", "x-zstd", "xz", "zstd"),
    }
)
PROBLEMS = frozenset(
    {
        *("content-encoding-unknown", "content-encoding-wrong", "deflate-declared-but-plain"),
        *("double-gzip", "gzip-declared-but-plain", "leading-garbage", "trailing-garbage"),
    }
)
"""Codes of problems of a response whose content was read in spite of its encoding."""

# A proxy may repeat the header of the server. More layers can pack a gigabyte into some hundred bytes.
MAX_GZIP = 2
MAX_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Codings:
    """The codings of a header.

    ``declared`` is ``gzip``, ``deflate`` or empty. ``refused`` is what cannot be decoded if the content
    really has it, and ``unknown`` what names no coding, both quoted; None if there is nothing.
    """

    declared: str
    may_deflate: bool
    refused: str | None
    unknown: str | None


def parse_codings(content_encoding: str | None) -> Codings:
    """Return what a header declares.

    Names that mean no coding are common: a character set, ``none``, ``binary`` or ``aws-chunked``. curl and
    browsers read such content as it is.
    """
    if not content_encoding:
        return Codings("", may_deflate=False, refused=None, unknown=None)
    names = [each for part in content_encoding.split(",") if (each := _clean_name(part))]
    gzips = sum(name in GZIP_NAMES for name in names)
    may_deflate = not set(DEFLATE_NAMES).isdisjoint(names)
    is_refused = gzips > MAX_GZIP or not OTHER_NAMES.isdisjoint(names)
    unknown = [name for name in names if not _is_coding(name)]
    return Codings(
        "" if is_refused else "gzip" if gzips else "deflate" if may_deflate else "",
        may_deflate,
        refused=_quote(names) if is_refused else None,
        unknown=_quote(unknown) if unknown and not is_refused else None,
    )


def _clean_name(part: str) -> str:
    """Return a name in lower case, without quotes and parameters; empty for ``identity``."""
    name = part.partition(";")[0].strip(" \t\"'").lower()
    return "" if name == "identity" else name


def _is_coding(name: str) -> bool:
    return name in (*GZIP_NAMES, *DEFLATE_NAMES) or name in OTHER_NAMES


def _quote(names: list[str]) -> str:
    text = ", ".join(names)
    return ascii(text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}...")
