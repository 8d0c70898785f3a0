"""IAM's GetRole over the query protocol: roles and their trust policies."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from iacwatch.core.model import Json
from iacwatch.demo.fake.wire import ApiError, Scope


@dataclass(slots=True)
class Iam:
    """The roles of all accounts, by account and name."""

    _roles: dict[tuple[str, str], tuple[str, Mapping[str, Json]]] = field(default_factory=dict)

    def add_role(self, arn: str, trust_policy: Mapping[str, Json]) -> None:
        """Let a role be there, with this trust policy."""
        self._roles[arn.split(":")[4], arn.rpartition("/")[2]] = (arn, trust_policy)

    def operations(self) -> Mapping[str, Callable[[Scope, Mapping[str, Json]], Json]]:
        """Return what this service can do, by operation."""
        return {"GetRole": self.role}

    def role(self, scope: Scope, body: Mapping[str, Json]) -> Json:
        """Answer GetRole; a policy is percent-encoded, as ever in IAM."""
        name = str(body.get("RoleName", ""))
        if (scope.account_id, name) not in self._roles:
            raise ApiError("NoSuchEntity", f"The role with name {name} cannot be found.", status=404)
        arn, policy = self._roles[scope.account_id, name]
        return {
            "Role": {
                "Path": "/".join(["", *arn.partition(":role/")[2].split("/")[:-1], ""]),
                "RoleName": name,
                "RoleId": "AROAEXAMPLEEXAMPLE001",
                "Arn": arn,
                "CreateDate": "2026-01-15T09:00:00Z",
                "AssumeRolePolicyDocument": quote(json.dumps(policy)),
            }
        }
