"""The fuzzed function with all seeds and some hundred random changes; the fuzzer itself is not needed."""

import importlib.util
import random
from types import SimpleNamespace

import pytest

from sitemap_cli.model.values import Child, Entry, Kind, Problem, Severity
from tests.fuzz import __main__ as program
from tests.fuzz import invariants, target
from tests.fuzz.counter import Counter
from tests.fuzz.seeds import seeds, write

SEEDS = list(seeds())
MUTATIONS = 600
GOOD = Entry("https://example.com/", line=1)


def test_every_seed_keeps_every_invariant():
    for seed in SEEDS:
        target.run(seed)
    assert {seed[0] % len(target.TARGETS) for seed in SEEDS} == {0, 1, 2}


@pytest.mark.parametrize("which", range(len(target.TARGETS)))
def test_mutated_seeds_keep_every_invariant(which):
    chance = random.Random(which)
    seeds_ = [seed for seed in SEEDS if seed[0] % len(target.TARGETS) == which]
    for _ in range(MUTATIONS // len(target.TARGETS)):
        data = bytearray(chance.choice(seeds_))
        data[0] = which + len(target.TARGETS) * chance.randrange(16)
        for _ in range(chance.randrange(1, 5)):
            at = chance.randrange(1, len(data) + 1)
            other = chance.choice(seeds_)
            begin = chance.randrange(1, len(other) + 1)
            data[at : at + chance.choice((0, 1, 20))] = other[begin : begin + chance.choice((0, 1, 20))]
        target.run(bytes(data))


def test_an_empty_input_is_allowed():
    target.run(b"")
    for first in range(256):
        target.run(bytes([first]))


def test_the_seeds_can_be_written_to_a_folder(tmp_path):
    write(tmp_path)
    assert {path.read_bytes() for path in tmp_path.iterdir()} == set(SEEDS)


@pytest.mark.parametrize(
    "item",
    [
        Entry("/relative", line=1),
        Entry("https://example.com/\x1b", line=1),
        Entry("https://example.com/\ufffd", line=1),
        Entry("https://example.com/" + "x" * 9_000, line=1),
        Entry("https://example.com/ ", line=1),
        Entry("https://example.com/", line=3),
        Entry("https://example.com/"),
        Child("ftp://example.com/", line=1),
        Problem("unknown-code", Severity.ERROR, "message"),
        Problem("truncated", Severity.ERROR, "m\u00fcssage"),
        Problem("truncated", Severity.ERROR, "message", line=0),
        Problem("truncated", Severity.ERROR, "message", column=0),
        Problem("truncated", Severity.ERROR, "message", offset=5),
    ],
)
def test_a_broken_invariant_of_an_item_is_noticed(item):
    counts = {"urls": isinstance(item, Entry), "sitemaps": isinstance(item, Child)}
    with pytest.raises(AssertionError):
        invariants.check_reading(reading(problems=isinstance(item, Problem), **counts), [item], b"\n   ")


@pytest.mark.parametrize(
    "wrong",
    [{"urls": 2}, {"sitemaps": 1}, {"problems": 1}, {"bytes": 5}, {"kind": Kind.HTML}, {"complete": False}],
)
def test_a_broken_invariant_of_a_reader_is_noticed(wrong):
    invariants.check_reading(reading(urls=1), [GOOD], b"\n   ")
    with pytest.raises(AssertionError):
        invariants.check_reading(reading(**{"urls": 1, **wrong}), [GOOD], b"\n   ")


def test_pages_out_of_order_are_noticed():
    with pytest.raises(AssertionError):
        invariants.check_order([Entry("https://example.com/", line=2), GOOD])


def reading(**facts):
    right = {"kind": Kind.URLSET, "complete": True, "bytes": 4, "urls": 0, "sitemaps": 0, "problems": 0}
    return SimpleNamespace(**{**right, **facts})


def test_executions_are_counted_across_processes(tmp_path):
    with Counter(tmp_path / "count") as here, Counter(tmp_path / "count") as there:
        here.count()
        there.count()
        assert here.value == 2


def test_a_missing_fuzzer_is_reported_in_one_line(monkeypatch, capsys):
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    assert program.main([]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_one_input_can_be_run_again_without_the_fuzzer(tmp_path, capsys):
    path = tmp_path / "input"
    path.write_bytes(SEEDS[0])
    assert program.main(["--replay", str(path)]) == 0
    assert capsys.readouterr().out == "no finding\n"
