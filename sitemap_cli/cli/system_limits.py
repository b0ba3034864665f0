"""Limits of the system, such as those of ``ulimit``: how a command ends that reaches one."""

import errno

from sitemap_cli.errors import StorageError

# Fewer do not suffice to analyze a site: files of the database, requests, and modules that are imported.
FEWEST_FILES = 24
FILES_HINT = "raise the limit: ulimit -n 1024"
MEMORY_HINT = "raise the limit (ulimit -v), or lower --concurrency"
# CPython has no other sign of it than these texts; the second is that of the dynamic loader.
NO_THREAD = "can't start new thread"
NO_MEMORY_TO_IMPORT = ("failed to map segment", "Cannot allocate memory")


def require_open_files() -> None:
    """Check that enough files may be open at once to run any command.

    Raises:
        StorageError: they may not.
    """
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= allowed < FEWEST_FILES:
        raise StorageError("too many open files", why=f"only {allowed} are allowed", hint=FILES_HINT)


def is_file_limit(error: OSError) -> bool:
    """Return whether too many files are open."""
    return error.errno in (errno.EMFILE, errno.ENFILE)


def translate_limit(error: BaseException | None) -> StorageError | None:
    """Return the error for a limit that was reached, here or as the cause; None if nothing says so."""
    while error is not None:
        if found := _find_limit(error):
            return found
        error = error.__cause__ or error.__context__
    return None


def _find_limit(error: BaseException) -> StorageError | None:
    if isinstance(error, OSError) and is_file_limit(error):
        return StorageError("too many open files", hint=FILES_HINT)
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return StorageError("out of memory", hint=MEMORY_HINT)
    if isinstance(error, RuntimeError) and str(error) == NO_THREAD:
        return StorageError("out of memory or processes", why="no thread can be started", hint=MEMORY_HINT)
    if isinstance(error, ImportError) and any(each in str(error) for each in NO_MEMORY_TO_IMPORT):
        return StorageError("out of memory", hint=MEMORY_HINT)
    return None
