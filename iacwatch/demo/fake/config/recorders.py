"""AWS Config's recorders: DescribeConfigurationRecorders and DescribeConfigurationRecorderStatus."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from iacwatch.core.model import Json
from iacwatch.demo.fake.wire import ApiError, Scope


@dataclass(slots=True)
class ConfigRecorders:
    """The recorder of each account and region that has one: what it is set to, and how it is."""

    _recorders: dict[tuple[str, str], tuple[dict[str, Json], dict[str, Json]]] = field(default_factory=dict)

    def put(self, scope: Scope, recorder: Mapping[str, Json], status: Mapping[str, Json]) -> None:
        """Let a region have this recorder; what is not said is as for one that records everything."""
        name = recorder.get("name", "default")
        settings = {
            "name": name,
            "roleARN": f"arn:aws:iam::{scope.account_id}:role/config",
            "recordingGroup": {
                "allSupported": True,
                "includeGlobalResourceTypes": True,
                "resourceTypes": [],
                "recordingStrategy": {"useOnly": "ALL_SUPPORTED_RESOURCE_TYPES"},
            },
            "recordingMode": {"recordingFrequency": "CONTINUOUS", "recordingModeOverrides": []},
            **recorder,
        }
        state = {"name": name, "recording": True, "lastStatus": "Success", **status}
        self._recorders[scope.account_id, scope.region] = settings, state

    def operations(self) -> Mapping[str, Callable[[Scope, Mapping[str, Json]], Json]]:
        """Return what can be asked, by operation."""
        return {
            "DescribeConfigurationRecorders": self.describe,
            "DescribeConfigurationRecorderStatus": self.status,
        }

    def describe(self, scope: Scope, body: Mapping[str, Json]) -> Json:
        """Answer DescribeConfigurationRecorders."""
        return {"ConfigurationRecorders": [recorder for recorder, _ in self._asked(scope, body)]}

    def status(self, scope: Scope, body: Mapping[str, Json]) -> Json:
        """Answer DescribeConfigurationRecorderStatus."""
        return {"ConfigurationRecordersStatus": [status for _, status in self._asked(scope, body)]}

    def _asked(self, scope: Scope, body: Mapping[str, Json]) -> list[tuple[dict[str, Json], dict[str, Json]]]:
        """Return the recorders that are named, or all; raise `ApiError` for a name that there is not."""
        found = self._recorders.get((scope.account_id, scope.region))
        names = body.get("ConfigurationRecorderNames") or []
        unknown = [name for name in names if found is None or name != found[0]["name"]]
        if unknown:
            raise ApiError(
                "NoSuchConfigurationRecorderException",
                f"Cannot find configuration recorder with the specified name '{unknown[0]}'.",
            )
        return [] if found is None else [found]
