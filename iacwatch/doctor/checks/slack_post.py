"""Posts a test message to each channel where `--post` asks for it, and deletes it where Slack lets it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from iacwatch.core.text import plain
from iacwatch.doctor.examination import Examination
from iacwatch.doctor.registry import check
from iacwatch.doctor.result import Result, fail, ok
from iacwatch.doctor.slack_api import ask, bad, connect, send
from iacwatch.errors import IacwatchError

if TYPE_CHECKING:
    from slack_sdk.web import WebClient

TEXT: Final = "A test message of `iacwatch doctor --post`: findings will appear here."


@check("slack.post", after="slack", aws=False)
def slack_post(examination: Examination) -> Iterator[Result]:
    """Post to each channel, or through the webhook, and take the message back."""
    setup, name = examination.setup, "slack.post"
    if not setup.post:
        return
    try:
        token = setup.slack.token() if setup.slack.token is not None else ""
        webhook = setup.slack.webhook() if setup.slack.webhook is not None else ""
    except IacwatchError:
        return  # the check slack has the line for it
    if token:
        client = connect(token, setup.slack.api_url)
        for channel in dict.fromkeys(setup.slack.channels):
            yield _posted(client, name, channel)
    elif webhook:
        if code := send(webhook, TEXT):
            yield fail(name, f"the webhook refused the test message: {code}", "make a new webhook in the app")
        else:
            yield ok(name, "a test message was posted through the webhook, which cannot delete it")


def _posted(client: "WebClient", name: str, channel: str) -> Result:
    where = plain(channel, 80)
    posted, _ = ask(client, "chat_postMessage", channel=channel, text=TEXT)
    if posted.get("ok") is not True:
        return bad(posted, name, f"cannot post a test message to {where}")
    place = {"channel": str(posted.get("channel", "")), "ts": str(posted.get("ts", ""))}
    deleted, _ = ask(client, "chat_delete", **place)
    if deleted.get("ok") is not True:
        code = plain(str(deleted.get("error") or ""), 120)
        return ok(name, f"a test message was posted to {where}; it could not be deleted: {code}")
    return ok(name, f"a test message was posted to {where} and deleted")
