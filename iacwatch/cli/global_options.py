"""What the options before the command say, as every command needs it."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class GlobalOptions(NamedTuple):
    """The options of the group; `verbose` counts, and `quiet` outweighs it."""

    config: str | None = None
    profile: str | None = None
    region: str | None = None
    verbose: int = 0
    quiet: bool = False
    log_format: str = "text"
    color: str = "auto"

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "GlobalOptions":
        """Return what click parsed; an option that is not there keeps its default."""
        return cls(**{name: options[name] for name in cls._fields if options.get(name) is not None})

    @property
    def tracebacks(self) -> bool:
        """Return whether a traceback may follow an error's sentence."""
        return self.verbose > 1 and not self.quiet
