"""Tables without borders, as every view draws them."""

from rich.table import Column, Table


def create_table(*columns: Column, title: str | None = None, headings: bool = True) -> Table:
    """Return an empty table; ``headings`` says whether to print those of its columns."""
    return Table(
        *columns,
        box=None,
        pad_edge=False,
        show_header=headings,
        title=title,
        title_justify="left",
    )


def text_column(heading: str = "", *, wrap: bool = True) -> Column:
    """Return a column of texts on the left; ``wrap`` says whether they may be broken into lines."""
    return Column(heading, overflow="fold", no_wrap=not wrap)


def number_column(heading: str = "") -> Column:
    """Return a column of numbers on the right."""
    return Column(heading, justify="right", overflow="fold", no_wrap=True)
