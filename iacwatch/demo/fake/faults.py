"""What a test asks to go wrong: queued faults and standing refusals."""

import threading
from dataclasses import dataclass, field

DROP_BEFORE = "drop-before"
DROP_AFTER = "drop-after"


@dataclass(slots=True, kw_only=True)
class Fault:
    """One kind of fault, `times` more calls long. `operation` may be ``*``."""

    service: str
    operation: str
    code: str
    status: int | None
    times: int


@dataclass(slots=True)
class Faults:
    """The faults in waiting, first come first served."""

    _faults: list[Fault] = field(default_factory=list)
    _denied: set[tuple[str, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault) -> None:
        """Queue a fault."""
        with self._lock:
            self._faults.append(fault)

    def deny(self, service: str, operation: str) -> None:
        """Refuse an operation for ever."""
        self._denied.add((service, operation))

    def denied(self, service: str, operation: str) -> bool:
        """Say whether this operation is refused."""
        return bool({(service, operation), (service, "*")} & self._denied)

    def next(self, service: str, operation: str) -> Fault | None:
        """Take the next fault that is meant for this call."""
        with self._lock:
            for fault in self._faults:
                if fault.service == service and fault.operation in {operation, "*"}:
                    fault.times -= 1
                    if fault.times < 1:
                        self._faults.remove(fault)
                    return fault
        return None
