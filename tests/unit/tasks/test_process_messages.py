"""Messages between processes: every setting and every error arrives as it was sent."""

import pytest

from sitemap_cli.errors import LockedError, SitemapError, StorageError, UsageError
from sitemap_cli.services.recording.jobs import RunnableJob
from sitemap_cli.settings import Settings
from sitemap_cli.tasks.processes import process_messages as messages


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(header=("A: b", "C: é\n"), resolve=("a:1:127.0.0.1",), user="a:b", max_urls=5, timeout=0.5),
        Settings(database="/data/\udcff.db", cert="\udc80"),
    ],
    ids=["the defaults", "lists and secrets", "names of files that are not UTF-8"],
)
def test_settings_arrive_as_they_were_sent(settings: Settings) -> None:
    sent = messages.Setup(settings, 9, 2, worker=messages.WorkerSetup(2, 60.0, drain=True))
    line = messages.encode_message(sent)
    assert line.count(b"\n") == 1
    assert messages.decode_for_child(line) == sent


def test_a_job_arrives_with_the_settings_of_its_domain() -> None:
    job = RunnableJob("id", 3, "a.example", "http://a.example/", {"delay": 2, "headers": [["A", "B"]]})
    sent = messages.RunJob(job, "ada:secret")
    assert messages.decode_for_child(messages.encode_message(sent)) == sent


@pytest.mark.parametrize("kind", [LockedError, StorageError, UsageError, SitemapError])
def test_an_error_arrives_with_its_kind_and_text(kind: type[SitemapError]) -> None:
    sent = messages.JobEnded("id", error=messages.SentError.pack(kind("a", where="b", why="c", hint="d")))
    received = messages.decode_from_child(messages.encode_message(sent))
    assert isinstance(received, messages.JobEnded)
    assert received.error is not None
    error = received.error.unpack()
    assert type(error) is kind
    assert (str(error), error.hint, error.exit_code) == ("a (b): c", "d", kind.exit_code)


def test_an_error_that_is_not_in_the_tree_arrives_as_a_bug() -> None:
    bug = messages.SentError.pack(KeyError("x")).unpack()
    assert (type(bug), str(bug)) == (SitemapError, "KeyError: 'x'")
