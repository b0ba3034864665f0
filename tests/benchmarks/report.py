"""The printed result of a benchmark."""

from collections.abc import Iterator

from tests.benchmarks.measure import Figure

COLUMNS = "{:<22}{:>9}{:>10}{:>9}{:>10}{:>9}{:>9}{:>11}"


def table(figures: dict[str, Figure], facts: dict[str, float], missing: dict[str, str]) -> str:
    """All figures with their ratio to F (best to best, median to median), the counts, and the gaps."""
    return "\n".join([*_figures(figures), "", *_facts(facts), *_missing(missing)])


def _figures(figures: dict[str, Figure]) -> Iterator[str]:
    yield COLUMNS.format("", "best s", "median s", "CPU s", "peak MB", "all MB", "best/F", "median/F")
    floor = figures.get("F")
    for name, figure in figures.items():
        ratios = ("-", "-")
        if floor:
            ratios = (f"{figure.best / floor.best:.2f}", f"{figure.median / floor.median:.2f}")
        times = (f"{figure.best:.2f}", f"{figure.median:.2f}", f"{figure.cpu:.2f}")
        memory = (f"{figure.peak_mb:.0f}", f"{figure.all_mb:.0f}")
        yield COLUMNS.format(name, *times, *memory, *ratios)


def _facts(facts: dict[str, float]) -> Iterator[str]:
    for name, value in facts.items():
        yield f"{name}: {value:,.0f}" if float(value).is_integer() else f"{name}: {value:,.2f}"


def _missing(missing: dict[str, str]) -> Iterator[str]:
    for name, reason in missing.items():
        yield f"not measured: {name} ({reason})"
