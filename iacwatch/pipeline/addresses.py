"""Says of a wave's findings where in IaC it is that was changed, what the next apply does, what to do now.

Nothing of that holds a finding back: what cannot be looked up is said to be so.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from iacwatch.core.iac import AddressRules, Indexed, StackMetadata
from iacwatch.core.model import Resource
from iacwatch.core.text import plain
from iacwatch.errors import IacwatchError
from iacwatch.pipeline.case import Case
from iacwatch.ports import AddressBook, Failure, StackBook

_log = logging.getLogger("iacwatch.pipeline")


class Addresses:
    """Locates what findings are about, with an index of addresses and CloudFormation's stacks."""

    def __init__(
        self, *, rules: AddressRules, book: AddressBook | None = None, stacks: StackBook | None = None
    ) -> None:
        """Take ``[iac]``, and where addresses can be had; without a book they come from tags only."""
        self._rules = rules
        self._book = book
        self._stacks = stacks
        self._warned = False

    def locate(self, cases: Sequence[Case], *, now: datetime) -> bool:
        """Complete the findings of cases, with one question to each source for all of them; return True."""
        cases = [case for case in cases if case.finding is not None]
        if not cases:
            return True
        found = self._indexed([case.change.resource for case in cases], now)
        told = self._metadata(cases)
        for case in cases:
            answer = found.get(case.change.resource, Indexed())
            self._complete(case, answer, told.get(case))
        return True

    def _complete(self, case: Case, answer: Indexed | Failure, metadata: StackMetadata | None) -> None:
        from iacwatch.core.addresses.choose import located  # noqa: PLC0415  (a run without findings needs none)
        from iacwatch.core.addresses.next.apply import next_apply  # noqa: PLC0415  (the same)
        from iacwatch.core.addresses.next.steps import next_steps  # noqa: PLC0415  (the same)

        finding = case.finding
        if finding is None:
            return
        case.located = where = located(
            finding.change,
            finding.managed,
            Indexed() if isinstance(answer, Failure) else answer,
            self._rules,
            metadata=metadata,
            unread=answer.reason if isinstance(answer, Failure) else "",
        )
        finding = replace(finding, iac=where.iac, next_apply=next_apply(finding, where))
        case.finding = replace(finding, next_steps=next_steps(finding, where, self._rules))

    def _indexed(self, resources: Sequence[Resource], now: datetime) -> Mapping[Resource, Indexed | Failure]:
        """Ask the index; one that cannot be read is said so once a run."""
        if self._book is None:
            return {}
        asked = list(dict.fromkeys(resources))
        try:
            found = self._book.find(asked, now=now)
        except IacwatchError as error:
            found = dict.fromkeys(asked, Failure(reason=str(error)))
        failure = next((each for each in found.values() if isinstance(each, Failure)), None)
        if failure is not None and not self._warned:
            self._warned = True
            _log.warning("addresses are not looked up: %s", plain(failure.reason, 500))
        return found

    def _metadata(self, cases: Sequence[Case]) -> Mapping[Case, StackMetadata]:
        """Ask CloudFormation what it knows of what its stacks made."""
        from iacwatch.core.addresses.stack_tags import stack_resource  # noqa: PLC0415  (as above)

        if self._stacks is None:
            return {}
        asks = {
            case: ask
            for case in cases
            if case.finding and (ask := stack_resource(case.finding.change, case.finding.managed))
        }
        if not asks:
            return {}
        found = self._stacks.metadata(list(dict.fromkeys(asks.values())))
        return {case: found[ask] for case, ask in asks.items() if ask in found}
