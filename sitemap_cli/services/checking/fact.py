"""The interface of facts: values that are gathered from the database only for the rules that need them."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.joint_facts import JointFacts
from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
from sitemap_cli.model.compared_list import ComparedList
from sitemap_cli.services.checking.build_probe import BuildProbe
from sitemap_cli.services.checking.job_records import ReferenceJob, SectionCounts
from sitemap_cli.services.checking.known_probes import KnownProbes
from sitemap_cli.spool import Spool
from sitemap_cli.storage.models import Job


@dataclass(frozen=True, slots=True)
class FactSource:
    """The source of facts: a job, the facts of its site so far, and its robots.txt files by URL.

    ``reference`` is the job to compare with, ``sections`` are the URLs of the job by section.
    ``probes`` are those of other jobs, ``build`` is the local build whose files are read, ``joint`` has what
    was found over several sites. ``compared`` says how to compare with a list of URLs. With a ``spool``,
    facts list every place, in the spool; otherwise some examples.
    """

    job: Job
    site: SiteFact
    robots: Mapping[str, RobotsTxt]
    probes: KnownProbes = field(default_factory=KnownProbes)
    spool: Spool | None = None
    joint: JointFacts | None = None
    build: BuildProbe | None = None
    compared: ComparedList | None = None
    reference: ReferenceJob | None = None
    sections: SectionCounts = None


Gather = Callable[[AsyncSession, FactSource], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class UnfinishedFact:
    """A fact that needs no more of the database: ``finish`` returns its value.

    What takes long, such as reading files, must not keep a transaction open.
    """

    finish: Callable[[], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact: the name by which rules need it, and the function that gathers it."""

    name: str
    gather: Gather


def fact(name: str) -> Callable[[Gather], Fact]:
    """Return a decorator that turns an async function into a fact.

    The function returns the value, or an :class:`UnfinishedFact` that does without a session.
    A rule that has ``name`` in its ``needs`` finds the value in the field of that name of
    :class:`~sitemap_cli.audit.facts.SiteFact`, or in ``other_facts[name]`` if there is no such field.
    """

    def make_fact(gather: Gather) -> Fact:
        return Fact(name, gather)

    return make_fact
