"""Finds what reads the queue, as Lambda describes it: the event source mappings, and the function."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from iacwatch.aws.errors import calling
from iacwatch.doctor.setup import Setup
from iacwatch.errors import AwsError

Document = Mapping[str, Any]

OFF: Final = frozenset({"Disabled", "Disabling"})
"""States of a mapping that gives nothing to its function."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueReader:
    """What reads the queue, as far as can be seen.

    `failure`: why mappings could not be listed; `unread`: why the function could not be looked at.
    """

    mappings: tuple[Document, ...] = ()
    function: Document | None = None
    failure: AwsError | None = None
    unread: AwsError | None = None

    @property
    def timeout(self) -> int | None:
        """Return how long the function may take, in seconds; None where that is not known."""
        return int(self.function.get("Timeout", 3)) if self.function else None

    @property
    def name(self) -> str:
        """Return the function's name; "" where there is none, or none to be seen."""
        if self.function:
            return str(self.function.get("FunctionName", ""))
        return str(self.mappings[0].get("FunctionArn", "")).split(":function:")[-1] if self.mappings else ""

    @property
    def known(self) -> bool:
        """Return whether there is a function that reads the queue."""
        return bool(self.mappings or self.function)

    @property
    def variables(self) -> Mapping[str, str] | None:
        """Return the function's environment; None where it cannot be read."""
        environment = (self.function or {}).get("Environment") or {}
        if self.function is None or environment.get("Error"):
            return None
        return environment.get("Variables") or {}


def look(setup: Setup, queue_arn: str) -> QueueReader:
    """List what reads the queue, and look at the function: the one that is named, else the mapping's."""
    client = setup.sessions.client("lambda", region=setup.region)
    mappings: tuple[Document, ...] = ()
    failure: AwsError | None = None
    try:
        with calling(
            f"cannot tell which function reads {queue_arn}", action="lambda:ListEventSourceMappings"
        ):
            pages = client.get_paginator("list_event_source_mappings").paginate(EventSourceArn=queue_arn)
            mappings = tuple(each for page in pages for each in page["EventSourceMappings"])
    except AwsError as error:
        failure = error
    mappings = tuple(sorted(mappings, key=lambda each: each.get("State") in OFF))
    name = setup.function or (str(mappings[0].get("FunctionArn", "")) if mappings else "")
    if not name:
        return QueueReader(mappings=mappings, failure=failure)
    try:
        with calling(f"cannot look at the function {name}", action="lambda:GetFunctionConfiguration"):
            function = client.get_function_configuration(FunctionName=name)
    except AwsError as error:
        return QueueReader(mappings=mappings, failure=failure, unread=error)
    return QueueReader(mappings=mappings, function=function, failure=failure)
