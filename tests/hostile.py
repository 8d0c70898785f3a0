"""What strangers may write into names, tags, calls and values to get out of a report, and findings full of it."""

from iacwatch.core.model import Evidence, Managed
from tests.builders import ACCOUNT, actor, change, entry, event, finding, match, resource

TEXTS = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<!--<script>",
    "]]></noscript><b onclick=alert(1)>x</b>",
    "\"><svg onload=alert(1)><a href='javascript:alert(1)'>x</a>",
    "</details></summary></code><h1>big</h1>",
    "javascript:alert(1)",
    "a|b\\|c||\\\\|",
    "`x` ``y`` ```\nz",
    "**bold** _it_ ~~no~~ # head",
    "[x](https://evil.example.com) ![x](https://evil.example.com/x.png) <https://evil.example.com>",
    "https://evil.example.com www.evil.example.com mallory@evil.example.com",
    "@octocat @org/team #123 GH-123 owner/name#12 8b1f0c529a3e4a629b395d7f1f0f2a11b1f0c529 :+1:",
    "=cmd|' /C calc'!A0",
    "+1+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(1+1)",
    "\t=1+1",
    "\r=1+1",
    '";=1+1;"',
    "a;=1+1;@x",
    "a,b\"c'd\r\ne",
    "\x1b[31m\x1b]8;;https://evil.example.com\x07x\x07\x9b31m",
    "\u202egnp.exe \u2066x\u2069 \u200b\ufeff",
    "a\u2028b\u2029c\x85d\x00e\x7f",
    "\ud800 \udfff half a pair",
    "${alert(1)} {{7*7}} $script $data $$",
    "&lt;b&gt; &amp; &#x3c;",
    "__proto__",
    "constructor",
    "שלום עולם",
    "z͑ͫ̓ͪ̂ͫ̽a̴l̴g̴o̴" * 3,
    "",
)
NAMES = {ACCOUNT: "<b>=prod|`@octocat`</b>"}


def odd(text):
    """Return a finding in which every text that a stranger can write is this one."""
    where = resource(type="AWS::S3::Bucket", id=text, name=text, arn=text, region=text)
    who = actor(
        name=text,
        arn=text,
        principal=text,
        tool=text,
        user_agent=text,
        source_ip=text,
        repository=text,
        invoked_by=text,
        access_key_id=text,
        source_identity=text,
    )
    call = event(event_id=text, event_name=text, event_source=text, region=text, actor=who)
    return finding(
        change=change(
            resource=where,
            diff=(
                entry(f"Configuration.{text}", text, {text: [text]}),
                entry(f"Tags.{text}", None, text),
                entry("Configuration.policy", f'{{"a": "{text}"}}', text),
            ),
        ),
        managed=Managed(value=text, evidence=Evidence.TAGS, tags={text: text}),
        match=match(event=call, workflow=text),
        others=(match(event=event(event_name=text, event_id=text, actor=who), workflow=text),),
        reason=text,
    )


def findings():
    """Return one such finding for each text, and one of another type."""
    kinds = [
        finding(change=change(resource=resource(type=text, id=f"id-{place}")))
        for place, text in enumerate(TEXTS)
    ]
    return [*map(odd, TEXTS), *kinds]
