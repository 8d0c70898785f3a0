"""The accounts and regions whose past somebody asks for, checked before AWS is called."""

from collections.abc import Sequence

from iacwatch.aws.config_api import ConfigPlace
from iacwatch.aws.sessions import Sessions
from iacwatch.core.arn import is_account, is_region
from iacwatch.core.text import plain
from iacwatch.errors import UsageError


def check_places(sessions: Sessions, accounts: Sequence[str], regions: Sequence[str]) -> None:
    """Raise `UsageError` where an account or a region is none, or may not be read."""
    for account_id in accounts:
        if not is_account(account_id):
            raise UsageError(f"{plain(account_id, 40)} is not an account id", hint="write its 12 digits")
        if reason := sessions.refusal(account_id):
            raise UsageError(reason)
    for region in regions:
        if not is_region(region):
            raise UsageError(f"{plain(region, 40)} is not an AWS region", hint="write eu-west-1,us-east-1")


def places_in(sessions: Sessions, accounts: Sequence[str], regions: Sequence[str]) -> tuple[ConfigPlace, ...]:
    """Return each account in each region, or in our own region where none is named.

    Raises `UsageError` where no region is known.
    """
    regions = regions or ((sessions.region,) if sessions.region else ())
    if not regions:
        raise UsageError("no AWS region is known", hint="pass --regions, or --region")
    return tuple(
        ConfigPlace(account_id, region)
        for account_id in dict.fromkeys(accounts)
        for region in dict.fromkeys(regions)
    )
