"""Less work for Python's garbage collector: it took a tenth of the time for millions of tuples."""

import gc


def reduce_garbage_collection() -> None:
    """Run the garbage collector less often, and never over what exists already."""
    gc.freeze()
    # Imports make 150,000 objects, which all stay.
    gc.set_threshold(200_000, 20, 50)


def skip_last_collections() -> None:
    """Let the system free what remains; Python would look at all of it twice as it exits."""
    gc.freeze()
