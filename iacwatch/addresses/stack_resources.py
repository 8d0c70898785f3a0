"""What CloudFormation's stacks say of their resources: the construct's path that CDK writes, SAM's id.

One DescribeStackResource each, in the account of the resource. The permission is optional: where a call is
refused, that account and region are not asked again.
"""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from iacwatch.aws.caller import ApiCaller, Retries
from iacwatch.core.iac import StackMetadata, StackResource
from iacwatch.core.text import plain
from iacwatch.errors import IacwatchError
from iacwatch.ports import Clock

MOST_CALLS: Final = 25
"""Calls for one question: findings do not wait long for what is only a nicer name."""

_MOST_KEPT: Final = 10_000
_RETRIES: Final = Retries(throttled=1, faults=0, pauses=(timedelta(seconds=1),))
_NO_SUCH: Final = "ValidationError"
"""What CloudFormation answers where it knows no such stack or resource."""

_TOO_MANY: Final = "Throttling"

_log = logging.getLogger(__name__)


class StackResources:
    """Asks CloudFormation, and remembers its answers."""

    def __init__(self, *, client: Callable[..., Any], clock: Clock) -> None:
        """Take what makes a service's client in a region and an account (`Sessions.client`)."""
        self._client = client
        self._caller = ApiCaller("cloudformation", clock=clock, retries=_RETRIES)
        self._known: dict[StackResource, StackMetadata] = {}
        self._closed: set[tuple[str, str]] = set()

    def metadata(self, resources: Sequence[StackResource]) -> Mapping[StackResource, StackMetadata]:
        """Return what is known of resources, with at most `MOST_CALLS` calls; raises `Stopping` alone."""
        calls = 0
        for each in resources:
            if each in self._known or (each.account_id, each.region) in self._closed:
                continue
            if calls == MOST_CALLS:
                break
            calls += 1
            self._ask(each)
        found = {each: self._known[each] for each in resources if each in self._known}
        if len(self._known) > _MOST_KEPT:
            self._known.clear()
        return found

    def _ask(self, each: StackResource) -> None:
        try:
            client = self._client("cloudformation", region=each.region, account_id=each.account_id)
            answer = self._caller.call(
                client,
                "DescribeStackResource",
                {"StackName": each.stack, "LogicalResourceId": each.logical_id},
                doing=f"cannot look up {each.logical_id} of a stack of {each.account_id} in {each.region}",
            )
        except IacwatchError as error:
            code = getattr(error, "code", "")
            if code == _NO_SUCH:
                self._known[each] = StackMetadata()
            elif code != _TOO_MANY:
                self._closed.add((each.account_id, each.region))
                _log.info("%s", plain(str(error), 300))
        else:
            self._known[each] = _read(answer)


def _read(answer: Mapping[str, Any]) -> StackMetadata:
    """Read the resource's metadata, which is JSON in a text, and may be anything."""
    detail = answer.get("StackResourceDetail")
    text = detail.get("Metadata") if isinstance(detail, Mapping) else None
    try:
        found = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, Mapping):
        return StackMetadata()
    path, sam = found.get("aws:cdk:path"), found.get("SamResourceId")
    return StackMetadata(
        cdk_path=path if isinstance(path, str) else "", sam_id=sam if isinstance(sam, str) else ""
    )
