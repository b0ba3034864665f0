"""The targets of a list, read one after another."""

from itertools import islice
from pathlib import Path

import pytest

from sitemap_cli.errors import UsageError
from sitemap_cli.inputs.target_list import TargetReader, read_target_list

LINES = ["a.example", "b.example", "/ /", "a.example", "c.example/shop", "no name"]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "list.txt"
    path.write_text("\n".join(LINES))
    return path


def test_a_list_is_read_as_far_as_its_targets_are_used(file: Path) -> None:
    warnings, notes = list[str](), list[str]()
    reader = TargetReader(str(file), None, warn=warnings.append, note=notes.append)
    targets = iter(reader)
    assert [each.target.domain for each in islice(targets, 2)] == ["a.example", "b.example"]
    assert (warnings, notes, reader.unusable) == ([], [], 0)
    assert [each.target.text for each in targets] == ["c.example/shop"]
    assert [each.partition(":")[0] for each in warnings] == ["line 3", "line 6"]
    assert (notes, reader.unusable) == (["line 4: a.example again, as in line 1"], 2)


def test_a_whole_list_is_what_its_reader_yields(file: Path) -> None:
    found = read_target_list(str(file), None, warn=str, note=str)
    reader = TargetReader(str(file), None, warn=str, note=str)
    assert (list(found), found.unusable) == (list(reader), reader.unusable)


def test_a_list_without_a_target_is_an_error_at_its_end(tmp_path: Path) -> None:
    file = tmp_path / "list.txt"
    file.write_text("no name\n")
    with pytest.raises(UsageError, match="no domain in the list"):
        list(TargetReader(str(file), None, warn=str, note=str))
