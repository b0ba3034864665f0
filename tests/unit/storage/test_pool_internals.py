"""The private parts of SQLAlchemy's pool that the storage relies on have not changed."""

from sqlalchemy.pool import AsyncAdaptedQueuePool
from sqlalchemy.pool.base import Pool, _ConnectionRecord

from sitemap_cli.storage.connection_pool import WakingPool
from tests.signatures import parameters


def test_the_methods_have_the_signatures_that_are_relied_on():
    assert parameters(Pool._create_connection) == "(self)"
    assert parameters(_ConnectionRecord.__init__) == "(self, pool, connect=)"
    assert issubclass(AsyncAdaptedQueuePool, Pool)


def test_a_connection_is_opened_when_it_is_checked_out():
    opened = list[object]()
    pool = WakingPool(lambda: opened.append(object()), pool_size=1, max_overflow=0)
    assert pool._create_connection().dbapi_connection is None
    assert opened == []


def test_the_pool_logs_as_a_part_of_sqlalchemy():
    assert WakingPool(object).logger.name.startswith("sqlalchemy.")
