"""Sites of common systems: flawless ones, and ones with planted defects.

The sites are in ``tests/data/audits``, as :mod:`tests.integration.audit.sites` describes them. A flawless
one names the rules that may find something on it, by severity: ``warnings`` and ``infos``. A faulty one names
what is ``planted``: a rule and the place in one text, such as ``SM304 /a|b``. The place is the path of the
page or of the sitemap; nothing for the site.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import yaml

from sitemap_cli.model.values import Severity
from sitemap_cli.spool import open_spool
from sitemap_cli.storage.database import Database
from tests.integration.audit import sites
from tests.integration.audit.checking import FoundPlace, check_places

AUDITS = Path(__file__).parents[2] / "data" / "audits"
FLAWLESS = sorted(each.stem for each in (AUDITS / "flawless").glob("*.yaml"))
PLANTED = sorted(each.stem for each in (AUDITS / "planted").glob("*.yaml"))


def load(kind: str, name: str) -> dict[str, Any]:
    return dict(yaml.safe_load((AUDITS / kind / f"{name}.yaml").read_text()))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def db(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Database]:
    async with Database.open(str(tmp_path_factory.mktemp("kinds") / "kinds.db")) as opened:
        yield opened


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("engine", [None, "google"])
@pytest.mark.parametrize("name", FLAWLESS)
async def test_a_flawless_site_has_no_errors(name: str, engine: str | None, db: Database) -> None:
    site = load("flawless", name) | ({"engine": engine} if engine else {})
    with open_spool() as spool:
        places = await check_places(db, site, tenant=f"{name} {engine}", spool=spool)
    allowed = {Severity.WARNING: site.get("warnings", []), Severity.INFO: site["infos"]}
    odd = {
        (each.rule, each.severity, each.message)
        for each in places
        if each.rule not in allowed.get(each.severity, ())
    }
    assert odd == set()


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", PLANTED)
async def test_each_planted_defect_is_found_and_no_other_error(name: str, db: Database) -> None:
    site = load("planted", name)
    planted = {tuple(each.split(" ", 1)) for each in site["planted"]}
    with open_spool() as spool:
        places = await check_places(db, site, tenant=name, spool=spool)
    named = [(each, name_places(each, site.get("site", sites.SITE))) for each in places]
    found = {place for _, those in named for place in those}
    assert planted - found == set(), "not found"
    others = [each for each, those in named if each.severity is Severity.ERROR and not planted & those]
    assert others == [], "false errors"


def name_places(found: FoundPlace, origin: str) -> set[tuple[str, ...]]:
    """Return what a place is called in a list of planted defects: by its page, and by its sitemap."""
    return {(found.rule, (url or "").removeprefix(origin)) for url in (found.loc, found.sitemap)}


def test_there_are_many_sites_and_defects() -> None:
    defects = [each for name in PLANTED for each in load("planted", name)["planted"]]
    assert len(FLAWLESS) >= 15
    assert len(PLANTED) >= 15
    assert len(defects) >= 100
    assert sum(load("flawless", name).get("probe", False) for name in FLAWLESS) >= 6
    assert sum(each.startswith("SM7") for each in defects) >= 30
