"""The compose file starts what it says: commands exist, variables are ours, connections suffice."""

import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from sitemap_cli.cli.framework.app import build_app
from sitemap_cli.settings import Settings
from tests.test_docs import understand

SCALE = Path(__file__).parents[1] / "examples" / "scale"
# Three to write, three to read, one for locks, two for the queue; and some for people.
A_WORKER, PEOPLE = 9, 20


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((SCALE / "compose.yaml").read_text())["services"]
    return found


def test_the_commands_are_ours(services: dict[str, Any]) -> None:
    program = typer.main.get_command(build_app())
    commands = [services[name]["command"] for name in ("upgrade", "worker")]
    for command in commands:
        understand(program, command.split())
    assert commands[0] == "db upgrade"


def test_the_variables_are_ours(services: dict[str, Any]) -> None:
    known = {f"SITEMAP_{field.name.upper()}" for field in fields(Settings)}
    assert set(services["worker"]["environment"]) <= known


def test_as_many_workers_as_the_page_says_have_their_connections(services: dict[str, Any]) -> None:
    (allowed,) = re.findall(r"max_connections=(\d+)", services["postgres"]["command"])
    assert services["worker"]["deploy"]["replicas"] * A_WORKER + PEOPLE <= int(allowed)
    assert f"{(int(allowed) - PEOPLE) // A_WORKER} workers" in (SCALE / "README.md").read_text()


def test_a_worker_comes_back_whatever_ended_it_and_waits_for_the_schema(services: dict[str, Any]) -> None:
    assert services["worker"]["restart"] == "always"
    assert services["worker"]["depends_on"] == {"upgrade": {"condition": "service_completed_successfully"}}
    assert services["upgrade"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}


def test_the_image_has_what_workers_need(services: dict[str, Any]) -> None:
    build = services["worker"]["build"]
    container = SCALE / build["context"] / build["dockerfile"]
    assert container.resolve() == SCALE.parents[1] / "Containerfile"
    (extras,) = re.findall(r'^ARG EXTRAS="(.*)"$', container.read_text(), re.MULTILINE)
    assert {"distributed", "metrics"} <= set(extras.split())
