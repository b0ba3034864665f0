"""Room for so many; what is slow moves aside, while there is room for that."""

import asyncio

from sitemap_cli.tasks.slow_lane import SlotPool

NEVER, AT_ONCE = 3600.0, 0.0


async def may_enter(lanes: SlotPool) -> bool:
    """Whether there is room after everybody had his turn."""
    entering = asyncio.ensure_future(lanes.acquire_slot())
    for _ in range(10):
        await asyncio.sleep(0)
    if entering.done():
        return True
    entering.cancel()
    return False


async def test_no_more_than_the_width_may_enter() -> None:
    lanes = SlotPool(2, 5, NEVER)
    assert [await may_enter(lanes) for _ in range(3)] == [True, True, False]


async def test_who_leaves_makes_room() -> None:
    lanes = SlotPool(1, 5, NEVER)
    place = await lanes.acquire_slot()
    place.release()
    assert await may_enter(lanes)


async def test_the_slow_move_aside_while_there_is_room() -> None:
    lanes = SlotPool(1, 2, AT_ONCE)
    assert [await may_enter(lanes) for _ in range(4)] == [True, True, True, False]


async def test_who_leaves_from_aside_makes_room_aside() -> None:
    lanes = SlotPool(1, 1, AT_ONCE)
    slow = await lanes.acquire_slot()
    assert await may_enter(lanes)
    assert not await may_enter(lanes)
    slow.release()
    assert await may_enter(lanes)
    assert not await may_enter(lanes)


async def test_nobody_moves_aside_when_all_are_as_slow() -> None:
    lanes = SlotPool(1, 5, AT_ONCE)
    for _ in range(20):
        lanes.record_duration(60.0)
    assert lanes.patience == 240.0
    assert [await may_enter(lanes) for _ in range(2)] == [True, False]


async def test_three_quarters_that_are_slow_move_aside_all_the_same() -> None:
    lanes = SlotPool(1, 5, AT_ONCE)
    for seconds in (*[0.0] * 8, *[60.0] * 20):
        lanes.record_duration(seconds)
    assert [await may_enter(lanes) for _ in range(2)] == [True, True]
