"""Bytes and counts as people read them."""


def size(count: int) -> str:
    """A number of bytes with a unit of at most four figures, as ``1.5 MB``."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:,.0f} {unit}" if unit == "B" else f"{value:,.1f} {unit}"
        value /= 1000
    return f"{value:,.1f} TB"


def counted(count: int, noun: str) -> str:
    """A number of things, as ``1 sitemap`` or ``1,200 sitemaps``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
