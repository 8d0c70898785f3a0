"""Checks AWS Config's recorder: is it on, does it deliver, which types does it record, and how often."""

from collections.abc import Iterator, Sequence
from typing import Final

from iacwatch.aws.errors import calling
from iacwatch.core.arn import home_of
from iacwatch.core.catalog.catalog import ranked
from iacwatch.doctor import recorders
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.recorders import Document, Recorder, Strategy, excluded, listed, strategy
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, fail, ok, refused, warn
from iacwatch.doctor.setup import Setup
from iacwatch.errors import AwsError

IAM_TYPES: Final = ranked("opt_in")
_WITHOUT_IAM: Final = frozenset(
    {
        *("ap-south-2", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ap-east-2"),
        *("ca-west-1", "eu-central-2", "eu-south-2", "il-central-1", "me-central-1", "mx-central-1"),
    }
)
"""Regions opened after February 2022: no recorder there records IAM, whatever its settings say."""

_WHY: Final = ("lastErrorCode", "lastErrorMessage")
_SETTINGS: Final = (
    "AWS Config, Settings, Recorder"
    " (or `aws configservice put-configuration-recorder`, which replaces all that the recorder is set to)"
)


@check("recorder", after="credentials")
def recorder(examination: Examination) -> Iterator[Result]:
    """Judge our region's recorder, and for IAM the home region's where it has to be."""
    setup, found = examination.setup, examination.recorder.document
    if examination.recorder.failure is not None:
        yield refused("recorder", examination.recorder.failure)
        return
    if found is None:
        yield fail(
            "recorder",
            f"AWS Config has no recorder in {setup.region}: iacwatch sees no change there",
            f"set AWS Config up in {setup.region}, in its console or with `aws configservice subscribe`",
        )
        return
    yield from _running(setup, found)
    yield from judge_types(found)
    yield from _global_types(setup, found)
    yield judge_frequency(found)


def _running(setup: Setup, recorder: Document) -> Iterator[Result]:
    name, doing = str(recorder.get("name", "")), f"cannot tell whether the recorder in {setup.region} is on"
    try:
        with calling(doing, action="config:DescribeConfigurationRecorderStatus"):
            client = setup.sessions.client("config", region=setup.region)
            answer = client.describe_configuration_recorder_status(ConfigurationRecorderNames=[name])
    except AwsError as error:
        yield refused("recorder", error)
        return
    start = setup.command(
        "configservice", "start-configuration-recorder", "--configuration-recorder-name", name
    )
    status: Document = next(iter(answer.get("ConfigurationRecordersStatus", ())), {})
    yield from judge_status(status, name=name, region=setup.region, start=start)


def judge_status(status: Document, *, name: str, region: str, start: str) -> Iterator[Result]:
    """Judge a recorder's status."""
    if not status.get("recording"):
        yield fail("recorder", f"the recorder {name} in {region} is off: iacwatch sees no change", start)
        return
    if status.get("lastStatus") == "Failure":
        why = "".join(f": {status[key]}" for key in _WHY if status.get(key))
        yield fail(
            "recorder",
            f"the recorder {name} in {region} is on, but its last recording failed{why}",
            "check the recorder's role and, in its console, the delivery channel's bucket",
        )
        return
    yield ok("recorder", f"AWS Config's recorder {name} in {region} is on")


def records(recorder: Document, resource_type: str) -> bool:
    """Return whether a recorder records a type."""
    group = recorder.get("recordingGroup") or {}
    match strategy(group):
        case Strategy.EXCLUDED:
            return resource_type not in excluded(group)
        case Strategy.LISTED:
            return resource_type in (group.get("resourceTypes") or ())
        case _:
            return resource_type not in IAM_TYPES or bool(group.get("includeGlobalResourceTypes"))


def judge_types(recorder: Document) -> Iterator[Result]:
    """Judge which types are recorded; IAM's have their own line."""
    group = recorder.get("recordingGroup") or {}
    match strategy(group):
        case Strategy.ALL:
            yield ok("recorder.types", "all types that AWS Config knows are recorded")
        case Strategy.EXCLUDED:
            left = [each for each in excluded(group) if each not in IAM_TYPES]
            if left:
                yield _some_types(f"{_count(left)} not recorded ({listed(left)})")
            else:
                yield ok("recorder.types", "all regional types that AWS Config knows are recorded")
        case _:
            types = list(group.get("resourceTypes") or ())
            yield _some_types(f"only {_count(types)} recorded ({listed(types)})")


def _some_types(message: str) -> Result:
    return warn(
        "recorder.types",
        f"{message}: iacwatch does not see other managed objects change",
        f"{_SETTINGS}: record all types, if any of those left out is managed",
    )


def _global_types(setup: Setup, recorder: Document) -> Iterator[Result]:
    home = home_of(setup.region)
    there = Recorder()
    if home != setup.region and not _records_iam(recorder, setup.region):
        there = recorders.look(setup, home)
    if there.failure is not None:
        yield refused("recorder.global", there.failure)
        return
    yield judge_global(recorder, there.document, region=setup.region, home=home)


def judge_global(recorder: Document, there: Document | None, *, region: str, home: str) -> Result:
    """Judge whether IAM is recorded: here, or in the home region (whose recorder is `there`, if any)."""
    if _records_iam(recorder, region):
        return ok("recorder.global", f"IAM's users, groups, roles and policies are recorded in {region}")
    if there is not None and _records_iam(there, home):
        return ok(
            "recorder.global",
            f"IAM is recorded in {home}, not here; `iacwatch --region {home} doctor` looks at the rule there",
        )
    places = f"not recorded in {region}" if home == region else f"recorded neither in {region} nor in {home}"
    return warn(
        "recorder.global",
        f"IAM's users, groups, roles and policies are {places}: their changes are not reported",
        f"{_SETTINGS}: include the global types in one region, such as {home}",
    )


def _records_iam(recorder: Document, region: str) -> bool:
    return region not in _WITHOUT_IAM and records(recorder, IAM_TYPES[0])


def judge_frequency(recorder: Document) -> Result:
    """Judge how often a CI is taken: with daily recording, changes are reported up to a day late."""
    mode = recorder.get("recordingMode") or {}
    rules: Sequence[Document] = mode.get("recordingModeOverrides") or ()
    apart = [
        kind
        for rule in rules
        if rule.get("recordingFrequency") != mode.get("recordingFrequency", "CONTINUOUS")
        for kind in rule.get("resourceTypes") or ()
    ]
    late = (
        "changes are reported up to a day late, the search for who made them goes back a day, and"
        " all changes of one day count as one"
    )
    mend = f"{_SETTINGS}: set the recording frequency to continuous"
    if mode.get("recordingFrequency") == "DAILY":
        but = f" except for {listed(apart)}" if apart else ""
        return warn("recorder.frequency", f"recording is daily{but}: {late}", mend)
    if apart:
        return warn("recorder.frequency", f"recording of {listed(apart)} is daily: {late}", mend)
    return ok("recorder.frequency", "recording is continuous")


def _count(types: Sequence[str]) -> str:
    return "1 type is" if len(types) == 1 else f"{len(types)} types are"
