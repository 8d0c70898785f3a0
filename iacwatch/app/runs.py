"""A run, ready to go: what the use cases return, and whoever asked for it runs, sums up and ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from iacwatch.pipeline.run import Pipeline
from iacwatch.pipeline.summary import Summary, figures
from iacwatch.ports import PastSource, QueueSource


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRun:
    """A run over what waits in a queue."""

    pipeline: Pipeline
    source: QueueSource

    def run(self) -> Summary:
        """Take every change down the road; raises what `Pipeline.run` does."""
        return self.pipeline.run(self.source)

    def end(self, *, done: bool) -> None:
        """Do nothing: what was not settled was given back already."""

    def leave(self) -> None:
        """Give back what is in flight: the run hangs, and nobody waits for it any more."""
        self.source.give_back()

    @property
    def whole(self) -> bool:
        """Return whether everything was handled, as far as the run came."""
        return not self.pipeline.summary.failed

    @property
    def figures(self) -> Mapping[str, Any]:
        """Return what the run did as plain values."""
        return figures(self.pipeline.summary)


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """A run over past changes, which can be read again."""

    pipeline: Pipeline
    source: PastSource

    def run(self) -> Summary:
        """Take every change of the range down the road; raises what `Pipeline.run` does."""
        return self.pipeline.run(self.source, settle_late=False)

    def end(self, *, done: bool) -> None:
        """Let go of what was gathered: forget it where all is `done`, else leave it for the next run."""
        if done and self.whole:
            self.source.finish()
        self.source.close()

    def leave(self) -> None:
        """Do nothing: what was gathered is stored already, as if the process had been killed."""

    @property
    def whole(self) -> bool:
        """Return whether everything that was looked at could be read and reported, as far as the run came."""
        summary = self.pipeline.summary
        return not (summary.failed or summary.failures or self.source.failures)

    @property
    def figures(self) -> Mapping[str, Any]:
        """Return what the run did, and what it could not see, as plain values."""
        return {
            **figures(self.pipeline.summary),
            "work": dict(self.source.work),
            "not_seen": list(self.source.gaps),
            "not_read": list(self.source.failures),
        }
