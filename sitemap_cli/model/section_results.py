"""What commands print as JSON about the sections of a site."""

from typing import Annotated

from msgspec import Meta, Struct

SECTION_DESCRIPTION = (
    "URLs by section, those with the most first: by the folder that their path begins with, such as"
    " `/products/` or `/de/produkte/`. Left out for jobs of older versions, and by `batch`."
)


class SectionResult(Struct, frozen=True, rename={"from_": "from"}):
    """The URLs of one section in a job, and in the previous complete job."""

    prefix: Annotated[
        str | None,
        Meta(description="Path of the folder; `/` for URLs in no folder, null for all other sections."),
    ]
    from_: Annotated[
        int | None,
        Meta(description="URLs in the previous complete job; null in a first or incomplete job."),
    ]
    to: Annotated[int, Meta(description="URLs in this job.")]

    @property
    def size(self) -> int:
        """The larger of the two numbers."""
        return max(self.to, self.from_ or 0)

    def describe_change(self) -> str:
        """Return ``was 12,034, -24%``; empty if nothing changed, or if that is not known."""
        if self.from_ is None or self.from_ == self.to:
            return ""
        if not self.from_:
            return "new"
        share = (self.to - self.from_) / self.from_
        precise = f"{share:+.0%}" if abs(share) >= 0.01 else f"{self.to - self.from_:+,}"
        return f"was {self.from_:,}, {precise if self.to else 'gone'}"
