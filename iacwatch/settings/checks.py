"""What has to hold between the keys of a configuration, each of which is possible by itself."""

from collections.abc import Iterator
from typing import TypeAlias

from iacwatch.settings.schema import Settings
from iacwatch.settings.values import API, ATHENA, spelled

Problem: TypeAlias = tuple[tuple[str, ...], str, str]
"""The keys that contradict each other, the one to be named first; what is wrong; what to do about it."""


def problems(settings: Settings) -> Iterator[Problem]:
    """Yield what is wrong with settings as a whole."""
    yield from _attribution(settings)
    yield from _workflows(settings)
    yield from _accounts(settings)
    yield from _slack(settings)
    yield from _athena(settings)
    yield from _fallback(settings)
    for index, rule in enumerate(settings.report.ignore):
        if not (rule.resource_types or rule.properties or rule.resources or rule.principals):
            yield (
                ("report.ignore",),
                f"report.ignore[{index}] names nothing to ignore",
                "give it resource_types, properties, resources or principals",
            )


def _attribution(settings: Settings) -> Iterator[Problem]:
    times = settings.attribution
    settle, give_up = spelled(times.settle_after), spelled(times.give_up_after)
    if times.settle_after > times.give_up_after:
        yield (
            ("attribution.settle_after", "attribution.give_up_after"),
            f"attribution.settle_after ({settle}) is longer than attribution.give_up_after ({give_up})",
            "it must not be",
        )
    before, name = times.lookback, "attribution.lookback"
    for index, span in enumerate(times.widen):
        here = f"attribution.widen[{index}]"
        if span <= before:
            yield (
                ("attribution.widen", "attribution.lookback"),
                f"{here} ({spelled(span)}) must be longer than {name} ({spelled(before)})",
                "set attribution.widen too ([] for none)",
            )
        before, name = span, here


def _workflows(settings: Settings) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, flow in enumerate(settings.workflow):
        here = f'workflow[{index}] ("{flow.name}")'
        if flow.name in seen:
            yield ("workflow",), f"{here} has the name of another workflow", "give each its own name"
        seen.add(flow.name)
        if not (flow.principals or flow.user_agents or flow.invoked_by or flow.source_ips):
            alone = "started_by, which is a further condition, alone" if flow.started_by else "no condition"
            yield (
                ("workflow",),
                f"{here} covers nothing, since it has {alone}",
                "give it principals, user_agents, invoked_by or source_ips",
            )
        if flow.not_before and flow.not_after and flow.not_before >= flow.not_after:
            yield ("workflow",), f"{here}: not_before must be earlier than not_after", ""


def _accounts(settings: Settings) -> Iterator[Problem]:
    accounts = settings.accounts
    if accounts.role_name and not accounts.allowed:
        yield (
            ("accounts.role_name",),
            "accounts.role_name is set, yet accounts.allowed names no account to assume it in",
            'list the accounts in accounts.allowed, or "*" for any',
        )
    if accounts.external_id and not accounts.role_name:
        yield (
            ("accounts.external_id",),
            "accounts.external_id is set, yet accounts.role_name names no role to use it with",
            "set accounts.role_name, or remove accounts.external_id",
        )


def _athena(settings: Settings) -> Iterator[Problem]:
    for number, trail in enumerate(settings.trail.each):
        here = f"trail.fallback[{number - 1}]" if number else "trail"
        variable = "" if number else " (IACWATCH_TRAIL__{})"
        for key, name in (("athena_database", trail.athena_database), ("athena_table", trail.athena_table)):
            if trail.source == ATHENA and not name:
                yield (
                    ("trail.fallback",) if number else ("trail.source", f"trail.{key}"),
                    f"{here}.source is athena, yet {here}.{key} names no {key.removeprefix('athena_')}",
                    f"set {here}.{key}{variable.format(key.upper())}: where CloudTrail's records are",
                )


def _fallback(settings: Settings) -> Iterator[Problem]:
    history = [number for number, trail in enumerate(settings.trail.each) if trail.source == API]
    if len(history) > 1:
        yield (
            ("trail.fallback",),
            f"trail.fallback[{history[1] - 1}] is event history again, which answers for nothing more",
            "name api once",
        )


def _slack(settings: Settings) -> Iterator[Problem]:
    slack = settings.slack
    for key, is_set in (("slack.channel", slack.channel), ("slack.route", slack.route)):
        if is_set and not slack.token and not slack.webhook_url:
            yield (
                (key,),
                f"{key} is set, yet there is no slack.token to post there with",
                "set slack.token (env:NAME, secretsmanager:ID or ssm:/name), or slack.webhook_url",
            )
    if slack.route and not slack.token:
        yield (
            ("slack.route",),
            "slack.route needs slack.token: a webhook posts to its own channel only",
            "set slack.token",
        )
