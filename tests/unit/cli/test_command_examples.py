"""Every command has examples in its help, and all of them can be typed."""

from typing import Any

import pytest
import typer

from sitemap_cli.cli.framework.app import build_app, load_outline
from tests.test_docs import calls, understand

pytestmark = pytest.mark.usefixtures("no_settings_of_the_user")

OUTLINE = load_outline()
EXAMPLES = [(each.name, example) for each in OUTLINE.walk() for example in each.examples]


@pytest.fixture(scope="module")
def program() -> Any:
    return typer.main.get_command(build_app())


def test_every_command_has_an_example() -> None:
    assert [each.name for each in OUTLINE.walk() if not each.examples] == []


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[example.call for _, example in EXAMPLES])
def test_an_example_can_be_typed(name: str, example: Any, program: Any) -> None:
    arguments = list(calls(example.call))
    assert arguments, example.call
    for each in arguments:
        understand(program, each)
    assert name in example.call or name == "sitemap batch run"


@pytest.mark.parametrize("call", ["sitemap analyze", "sitemap check x --nothing", "sitemap nothing"])
def test_an_example_that_cannot_be_typed_is_noticed(call: str, program: Any) -> None:
    with pytest.raises(typer.BadParameter.__bases__[0]):
        understand(program, next(calls(call)))
