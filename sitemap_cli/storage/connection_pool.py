"""A connection pool in which no transaction waits for a connection that could not be opened.

SQLAlchemy's own pool counts a connection that is being opened. If opening it fails, nothing wakes the
transactions that wait for it, and they wait until ``pool_timeout``.

This is the only module that uses private parts of SQLAlchemy's pool; ``tests/unit/storage`` checks that they
are as expected.
"""

from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry
from sqlalchemy.pool.base import _ConnectionRecord


class WakingPool(AsyncAdaptedQueuePool):
    """A pool that opens a connection when it is checked out.

    If that fails, the empty place goes back to the pool, and the next transaction tries to open one.
    """

    # Without it, SQLAlchemy would log on behalf of this module, among the events of the program.
    _sqla_logger_namespace = f"{AsyncAdaptedQueuePool.__module__}.{AsyncAdaptedQueuePool.__name__}"

    def _create_connection(self) -> ConnectionPoolEntry:
        return _ConnectionRecord(self, connect=False)
