"""What commands print as JSON about the history of a domain."""

from typing import Annotated

from msgspec import Meta, Struct


class LastmodTrust(Struct, frozen=True):
    """Whether a lastmod of a site changes if, and only if, its page does; judged by the recorded jobs."""

    reliable: Annotated[
        bool | None, Meta(description="Whether they can be trusted; null if that is not known.")
    ]
    because: Annotated[str, Meta(description="The reason, in one sentence.")]
    jobs: Annotated[int, Meta(description="Number of complete jobs that were considered.")]
    compared: Annotated[int, Meta(description="Number of these that differ from the previous one.")]
    mass_changes: Annotated[
        int,
        Meta(description="Number of those in which nearly all lastmods changed, but hardly anything else."),
    ]

    @property
    def answer(self) -> str:
        """The judgement in one word."""
        return {True: "yes", False: "no", None: "unknown"}[self.reliable]
