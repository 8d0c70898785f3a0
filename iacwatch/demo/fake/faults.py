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
    _denied: dict[tuple[str, str], str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: InjectedFault) -> None:
        """Queue a fault."""
        with self._lock:
            self._faults.append(fault)

    def deny(self, service: str, operation: str, why: str = "") -> None:
        """Refuse an operation for ever; `why` ends AWS's sentence about it."""
        self._denied[service, operation] = why

    def denied(self, service: str, operation: str) -> str | None:
        """Return why this operation is refused; None where it is not."""
        return self._denied.get((service, operation), self._denied.get((service, "*")))

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
