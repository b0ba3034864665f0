"""Templates that a build compiled give the same page as their sources, or are not used."""

import shutil
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any, NoReturn

import pytest
from jinja2 import DictLoader, Environment, Template
from jinja2.defaults import DEFAULT_FILTERS, DEFAULT_TESTS

from sitemap_cli.model.site_report import ReportDocument
from sitemap_cli.output.report_page import page_templates
from sitemap_cli.output.report_page.page_templates import (
    DIGEST,
    build_templates,
    create_environment,
    create_loader,
    read_templates,
)
from sitemap_cli.output.report_page.page_writer import render_page
from tests.group_samples import site_group
from tests.hostile_samples import hostile_group, hostile_site
from tests.report_samples import broken_site, large_site, many_sitemaps, small_site

SAMPLES = [small_site, large_site, broken_site, many_sitemaps, site_group, hostile_site, hostile_group]


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compiled")
    build_templates(folder)
    return folder


@pytest.fixture
def built(compiled: Path, tmp_path: Path) -> Path:
    """Compiled templates that a test may change."""
    return shutil.copytree(compiled, tmp_path / "built")


@pytest.fixture(scope="module")
def environments(compiled: Path) -> list[Environment]:
    """What fills the compiled templates, and what fills the sources."""
    return [create_environment(each) for each in (create_loader(compiled), DictLoader(read_templates()))]


def compiles_sources(folder: Path) -> bool:
    """Whether the templates are compiled from their sources although a folder has compiled ones."""
    compiled = []

    class Watched(Environment):
        def compile(self, *args: Any, **options: Any) -> Any:
            compiled.append(args)
            return super().compile(*args, **options)

    environment = create_environment(create_loader(folder))
    environment.__class__ = Watched
    for name in read_templates():
        assert isinstance(environment.get_template(name), Template)
    return bool(compiled)


@pytest.mark.parametrize("sample", SAMPLES)
def test_compiled_templates_give_the_page_of_their_sources(
    environments: list[Environment], monkeypatch: pytest.MonkeyPatch, sample: Callable[[], ReportDocument]
) -> None:
    pages = []
    for environment in environments:
        monkeypatch.setattr(page_templates, "_load_environment", lambda used=environment: used)
        pages.append(render_page(sample()))
    assert pages[0] == pages[1]


def test_compiled_templates_are_used(built: Path) -> None:
    assert not compiles_sources(built)


def test_every_template_has_a_compiled_one_and_nothing_else_is_left(tmp_path: Path) -> None:
    for _ in range(2):
        build_templates(tmp_path)
        assert len(list(tmp_path.glob("tmpl_*.py"))) == len(read_templates()) > 20
        (tmp_path / "tmpl_old.py").touch()


def test_a_template_that_is_missing_among_the_compiled_ones_is_compiled(built: Path) -> None:
    next(built.glob("tmpl_*.py")).unlink()
    assert compiles_sources(built)


@pytest.mark.parametrize("digest", [None, "", "0" * 64])
def test_without_the_digest_of_the_sources_they_are_compiled(built: Path, digest: str | None) -> None:
    (built / DIGEST).unlink()
    if digest is not None:
        (built / DIGEST).write_text(digest)
    assert compiles_sources(built)


def test_compiled_templates_of_other_sources_are_not_used(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = read_templates()
    changed["site.html.j2"] += "<!-- changed -->"
    monkeypatch.setattr(page_templates, "read_templates", lambda: changed)
    assert compiles_sources(built)


def test_compiled_templates_of_another_jinja_are_not_used(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_templates, "version", lambda name: "3.99")
    assert compiles_sources(built)


def test_without_metadata_of_jinja_the_sources_are_compiled(
    built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str) -> NoReturn:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(page_templates, "version", fail)
    assert compiles_sources(built)


def test_compiled_templates_depend_on_no_code_that_is_not_in_the_digest() -> None:
    def refuse(*values: Any) -> NoReturn:
        raise AssertionError(values)

    def compile_all(environment: Environment) -> list[str]:
        return [environment.compile(source, name, raw=True) for name, source in read_templates().items()]

    real, refusing = (create_environment(DictLoader(read_templates())) for _ in range(2))
    refusing.finalize = refuse
    refusing.filters |= dict.fromkeys(refusing.filters.keys() - DEFAULT_FILTERS, refuse)
    refusing.tests |= dict.fromkeys(refusing.tests.keys() - DEFAULT_TESTS, refuse)
    assert compile_all(refusing) == compile_all(real)
