"""Cancellation, groups of failures and timed buffers."""

import asyncio
import logging

import pytest

from sitemap_cli.aio import TimedBuffer, pick_first, run_beside, uncancelled

log = logging.getLogger("sitemap_cli.test")


async def test_a_cancellation_is_raised_once_the_work_is_done() -> None:
    done = list[str]()

    async def work() -> None:
        await asyncio.sleep(0.01)
        done.append("done")

    task = asyncio.create_task(uncancelled(work()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert done == ["done"]


async def test_a_cancellation_can_hasten_the_end_of_the_work() -> None:
    hurry, begun = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await hurry.wait()

    async def hasten() -> None:
        hurry.set()

    task = asyncio.create_task(uncancelled(work(), hasten))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert hurry.is_set()


async def test_the_result_and_the_exception_of_the_work_are_passed_on() -> None:
    async def double(number: int) -> int:
        if number < 0:
            raise ValueError("negative")
        return 2 * number

    assert await uncancelled(double(2)) == 4
    with pytest.raises(ValueError, match="negative"):
        await uncancelled(double(-1))


def test_the_first_failure_of_a_group_is_returned_and_the_others_are_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    group = ExceptionGroup("tasks", [ValueError("one"), OSError("two"), KeyError("three")])
    with caplog.at_level(logging.WARNING):
        assert pick_first(group, log) is group.exceptions[0]
    assert caplog.messages == ["another task failed: two", "another task failed: 'three'"]
    assert [each.exc_info is not None and each.exc_info[1] for each in caplog.records] == [
        *group.exceptions[1:]
    ]


def test_nothing_is_logged_about_a_single_failure(caplog: pytest.LogCaptureFixture) -> None:
    failure = ValueError("one")
    assert pick_first(ExceptionGroup("tasks", [failure]), log) is failure
    assert not caplog.messages


async def test_an_empty_buffer_is_never_due() -> None:
    buffer = TimedBuffer[str](2, 0.5)
    assert (buffer.deadline, buffer.timeout, buffer.is_full) == (None, None, False)


async def test_the_first_item_of_a_buffer_sets_its_deadline() -> None:
    buffer = TimedBuffer[str](3, 0.5)
    buffer.add("a")
    deadline = buffer.deadline
    assert deadline is not None
    assert buffer.timeout is not None
    assert 0 < buffer.timeout <= 0.5
    await asyncio.sleep(0.01)
    buffer.add("b")
    assert buffer.deadline == deadline


async def test_a_buffer_is_full_at_its_size_and_empty_after_its_items_are_taken() -> None:
    buffer = TimedBuffer[str](2, 0.5)
    buffer.add("a")
    assert not buffer.is_full
    buffer.add("b")
    assert buffer.is_full
    assert buffer.take() == ["a", "b"]
    assert (buffer.items, buffer.deadline, buffer.is_full) == ([], None, False)


async def test_work_runs_beside_a_block_and_has_ended_after_it() -> None:
    order, go = list[str](), asyncio.Event()

    async def work() -> int:
        order.append("work begins")
        await go.wait()
        order.append("work ends")
        return 7

    async with run_beside(work()) as running:
        order.append("block")
        go.set()
    assert running.result() == 7
    assert order == ["work begins", "block", "work ends"]


async def test_an_error_in_the_block_cancels_the_work_beside_it() -> None:
    ended = list[str]()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    with pytest.raises(ValueError, match="in the block"):
        async with run_beside(work()):
            raise ValueError("in the block")
    assert ended == ["cancelled"]


async def test_an_error_of_the_work_beside_is_for_whoever_takes_the_result() -> None:
    async def work() -> None:
        raise ValueError("in the work")

    async with run_beside(work()) as running:
        pass
    with pytest.raises(ValueError, match="in the work"):
        running.result()


async def test_a_cancellation_while_the_work_beside_ends_cancels_it() -> None:
    begun, ended = asyncio.Event(), list[str]()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    async def wait() -> None:
        async with run_beside(work()):
            pass

    task = asyncio.create_task(wait())
    await begun.wait()
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == ["cancelled"]
