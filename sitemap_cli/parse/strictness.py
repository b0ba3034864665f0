"""Notes what a strict parser would not read of a document, at the places where this one is lenient."""

from sitemap_cli.parse.collector import Collector, Position, escape_message
from sitemap_cli.parse.strict_tally import Leniency


def note_leniency(collector: Collector, code: str, message: str, at: Position) -> None:
    """Note why a strict parser does not read the next entry, up to the end of the one that is open."""
    collector.leniency = collector.leniency or _build_leniency(code, message, at)


def stop_strictly(
    collector: Collector, code: str, message: str, at: Position, *, awaits_cause: bool = False
) -> None:
    """Note that a strict parser stops here; this one goes on.

    ``awaits_cause`` says that the next problem may be a better reason.
    """
    read = collector.urls + collector.sitemaps
    collector.strict.stop(read, _build_leniency(code, message, at), awaits_cause=awaits_cause)


def limit_strictly(collector: Collector, code: str, message: str, *, more: int = 0) -> None:
    """Note that a strict parser reads nothing after what was read so far, and ``more`` entries."""
    entries = collector.urls + collector.sitemaps + more
    collector.strict.limit(entries, _build_leniency(code, message, Position()))


def _build_leniency(code: str, message: str, at: Position) -> Leniency:
    return Leniency(code, escape_message(message), at.line, at.column)
