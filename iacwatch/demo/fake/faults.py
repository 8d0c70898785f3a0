"""Faults that a test asks for: so many failing calls, or an operation that is always refused."""

import threading
from dataclasses import dataclass, field

DROP_BEFORE = "drop-before"
DROP_AFTER = "drop-after"
PAGES = {
    "page": b"<!DOCTYPE html>\n<html><head><meta charset=utf-8></head><body>Sign in<br></body></html>",
    "empty": b"{}",
}
"""What somebody between answers with 200, by a fault's code."""


@dataclass(slots=True, kw_only=True)
class InjectedFault:
    """One kind of fault, `times` more calls long. `operation` may be ``*``."""

    service: str
    operation: str
    code: str
    status: int | None
    times: int


@dataclass(slots=True)
class Faults:
    """The faults to come, first come first served."""

    _faults: list[InjectedFault] = field(default_factory=list)
    _denied: set[tuple[str, str]] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: InjectedFault) -> None:
        """Queue a fault."""
        with self._lock:
            self._faults.append(fault)

    def deny(self, service: str, operation: str) -> None:
        """Refuse an operation for ever."""
        self._denied.add((service, operation))

    def denied(self, service: str, operation: str) -> bool:
        """Return whether this operation is refused."""
        return bool({(service, operation), (service, "*")} & self._denied)

    def next(self, service: str, operation: str) -> InjectedFault | None:
        """Take the next fault that is meant for this call."""
        with self._lock:
            for fault in self._faults:
                if fault.service == service and fault.operation in {operation, "*"}:
                    fault.times -= 1
                    if fault.times < 1:
                        self._faults.remove(fault)
                    return fault
        return None
