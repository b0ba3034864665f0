"""The local build whose files a check reads in the place of a probe."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sitemap_cli.crawl.build.build_reader import BuildReader
    from sitemap_cli.services.probing.probe_store import SampleSize


@dataclass(frozen=True, slots=True)
class BuildProbe:
    """The build that a check reads, and how many of its listed pages."""

    reader: "BuildReader"
    size: "SampleSize"
