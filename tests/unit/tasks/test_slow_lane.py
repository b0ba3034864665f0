"""A pool has a fixed number of slots; slow work moves to extra slots while there are any."""

import asyncio

from sitemap_cli.tasks.slow_lane import SlotPool

NEVER, IMMEDIATELY = 3600.0, 0.0


async def has_free_slot(pool: SlotPool) -> bool:
    """Take a slot if one is free after all other tasks had their turn."""
    acquiring = asyncio.ensure_future(pool.acquire_slot())
    for _ in range(10):
        await asyncio.sleep(0)
    if acquiring.done():
        return True
    acquiring.cancel()
    return False


async def test_a_pool_has_no_more_slots_than_its_size() -> None:
    pool = SlotPool(2, 5, NEVER)
    assert [await has_free_slot(pool) for _ in range(3)] == [True, True, False]


async def test_a_released_slot_is_free() -> None:
    pool = SlotPool(1, 5, NEVER)
    slot = await pool.acquire_slot()
    slot.release()
    assert await has_free_slot(pool)


async def test_slow_work_frees_its_slot_while_there_are_slow_slots() -> None:
    pool = SlotPool(1, 2, IMMEDIATELY)
    assert [await has_free_slot(pool) for _ in range(4)] == [True, True, True, False]


async def test_slow_work_releases_its_slow_slot() -> None:
    pool = SlotPool(1, 1, IMMEDIATELY)
    slow = await pool.acquire_slot()
    assert await has_free_slot(pool)
    assert not await has_free_slot(pool)
    slow.release()
    assert await has_free_slot(pool)
    assert not await has_free_slot(pool)


async def test_no_work_moves_if_all_of_it_is_equally_slow() -> None:
    pool = SlotPool(1, 5, IMMEDIATELY)
    for _ in range(20):
        pool.record_duration(60.0)
    assert pool.slow_seconds == 240.0
    assert [await has_free_slot(pool) for _ in range(2)] == [True, False]


async def test_slow_work_moves_even_if_it_is_three_quarters_of_all() -> None:
    pool = SlotPool(1, 5, IMMEDIATELY)
    for seconds in (*[0.0] * 8, *[60.0] * 20):
        pool.record_duration(seconds)
    assert [await has_free_slot(pool) for _ in range(2)] == [True, True]


async def test_work_that_is_known_to_be_slow_takes_an_extra_slot_at_once() -> None:
    pool = SlotPool(1, 1, NEVER)
    slow = await pool.acquire_slow_slot()
    assert [await has_free_slot(pool) for _ in range(2)] == [True, False]
    slow.release()
    assert pool.slow_slots.locked() is False
