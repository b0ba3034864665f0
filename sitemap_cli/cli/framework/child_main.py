"""The main module of a child process: build what it needs from the setup, and run jobs.

Nothing is imported before the signals are set, and no error is printed: the parent reports it.
"""

import os
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sitemap_cli.storage.database import Database
    from sitemap_cli.tasks.processes.parent_process import Parent
    from sitemap_cli.tasks.processes.process_messages import Setup

# The parent of a process that is sent SIGTERM may be stopping, and has the first word.
TERM_SECONDS = 0.5


def main() -> None:
    """Serve the process that started this one."""
    _set_signals()
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb", buffering=0)
    # What a library prints must not get among the messages.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    import asyncio

    from sitemap_cli.tasks.processes.parent_process import Parent

    parent = Parent(incoming, outgoing)
    try:
        first = parent.watch()
    except RuntimeError as error:  # no thread can be started
        _report(parent, error)
    else:
        asyncio.run(_serve(parent, first))


def _set_signals() -> None:
    """Ignore what a terminal sends to all processes: the parent stops this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP})


async def _serve(parent: "Parent", first: bytes) -> None:
    import asyncio

    setup = parent.listen(first)
    if setup is None:
        return
    if sys.platform != "win32":
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, loop.call_later, TERM_SECONDS, parent.stop)
    try:
        await _run(parent, setup)
    except Exception as error:  # noqa: BLE001 - the parent reports it
        _report(parent, error)
        while await parent.receive() is not None:
            pass


def _report(parent: "Parent", error: Exception) -> None:
    from sitemap_cli.cli.system_limits import translate_limit
    from sitemap_cli.tasks.processes.process_messages import Failed, SentError

    parent.send(Failed(SentError.pack(translate_limit(error) or error)))


async def _run(parent: "Parent", setup: "Setup") -> None:
    """Open what jobs need, and run jobs until the parent lets this process stop."""
    from sitemap_cli.cli.framework import logs
    from sitemap_cli.cli.framework.forwarding_console import ForwardingConsole
    from sitemap_cli.cli.framework.garbage_collection import reduce_garbage_collection
    from sitemap_cli.cli.framework.runtime import Run
    from sitemap_cli.cli.framework.worker_runs import make_job_printer
    from sitemap_cli.progress import Meter
    from sitemap_cli.tasks.locking import share_process_lock
    from sitemap_cli.tasks.processes.job_server import SendingMeter, serve_jobs, serve_queue
    from sitemap_cli.tasks.processes.process_messages import Ready
    from sitemap_cli.tasks.run_job import RunContext

    run = Run(setup.settings, ForwardingConsole(setup.settings, send=parent.send))
    logs.send_logs_to(run.console)
    reduce_garbage_collection()
    async with run.open_fetchers(setup.connections, setup.processes) as fetchers, run.open_database() as db:
        fetchers.check_options()
        if setup.lock is not None:
            await share_process_lock(db, setup.lock)
        meter = SendingMeter(parent.send) if setup.measures else Meter()
        context = RunContext(db, fetchers, setup.settings, meter, is_later=setup.is_later)
        await _open_all(db)
        parent.send(Ready())
        if setup.worker is None:
            await serve_jobs(context, parent)
        else:
            print_job = make_job_printer(db, setup.settings, run.console)
            await serve_queue(context, parent, setup.worker, print_job)


async def _open_all(db: "Database") -> None:
    """Open the connections and the thread that every job needs: a process that cannot is not ready."""
    import asyncio

    from sitemap_cli.services.recording import jobs

    async with db.reading() as session:
        await jobs.is_pending(session, "")
    async with db.transaction() as session:
        await jobs.is_pending(session, "")
    await asyncio.to_thread(int)


if __name__ == "__main__":
    main()
