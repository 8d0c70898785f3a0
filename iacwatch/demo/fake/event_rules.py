"""EventBridge's rules and their targets: ListRules and ListTargetsByRule."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from iacwatch.core.model import Json
from iacwatch.demo.fake.wire import ApiError, Scope

Body = Mapping[str, Json]


@dataclass(slots=True)
class FakeEventRules:
    """The rules of each account and region, on its default bus."""

    _rules: dict[tuple[str, str], dict[str, tuple[dict[str, Json], Sequence[Body]]]] = field(
        default_factory=dict
    )

    def put(self, scope: Scope, name: str, rule: Body, targets: Sequence[Body]) -> str:
        """Put a rule there with its targets, and return its ARN."""
        arn = f"arn:aws:events:{scope.region}:{scope.account_id}:rule/{name}"
        made = {"Name": name, "Arn": arn, "State": "ENABLED", "EventBusName": "default", **rule}
        self._rules.setdefault((scope.account_id, scope.region), {})[name] = made, targets
        return arn

    def operations(self) -> Mapping[str, Callable[[Scope, Body], Json]]:
        """Return what can be asked, by operation."""
        return {"ListRules": self.rules, "ListTargetsByRule": self.targets}

    def rules(self, scope: Scope, body: Body) -> Json:
        """Answer ListRules."""
        prefix = str(body.get("NamePrefix") or "")
        return {"Rules": [rule for name, (rule, _) in self._there(scope).items() if name.startswith(prefix)]}

    def targets(self, scope: Scope, body: Body) -> Json:
        """Answer ListTargetsByRule."""
        name = str(body.get("Rule", ""))
        if name not in self._there(scope):
            raise ApiError("ResourceNotFoundException", f"Rule {name} does not exist on EventBus default.")
        return {"Targets": list(self._there(scope)[name][1])}

    def _there(self, scope: Scope) -> Mapping[str, tuple[dict[str, Json], Sequence[Body]]]:
        return self._rules.get((scope.account_id, scope.region), {})
