"""Certificates, firewalls and access lists of the blind world."""

from tests.worlds.blind.kind import pairs, retag, store
from tests.worlds.blind.service import CONFIG_UPPER, EXTRA_LOWER, kind, op, tagging, thing_of


def firewall(m, name):
    arn = m.arn("network-firewall", f"firewall/{name}")
    config = {"FirewallName": name, "FirewallArn": arn, "DeleteProtection": False, "Description": ""}
    thing = thing_of(
        m,
        "AWS::NetworkFirewall::Firewall",
        m.uuid(),
        name=name,
        arn=arn,
        config=config,
        tags=CONFIG_UPPER,
        created=None,
    )

    def describe():
        text = f"d{m.next()}"
        sent = {**m.pick({"FirewallName": name}, {"FirewallArn": arn}), "Description": text}
        got = {"FirewallArn": arn, "FirewallName": name, "Description": text}
        return op(
            "network-firewall", "UpdateFirewallDescription", sent, got, change=store(config, Description=text)
        )

    return kind(
        thing,
        updates=[describe],
        delete=lambda: op(
            "network-firewall", "DeleteFirewall", {"FirewallName": name}, {"Firewall": {"FirewallArn": arn}}
        ),
        tags=tagging("network-firewall", thing, by={"ResourceArn": arn}),
        read=("network-firewall.amazonaws.com", "DescribeFirewall", {"firewallName": name}),
    )


def certificate(m, name):
    arn = m.arn("acm", f"certificate/{m.uuid()}")
    config = {"certificateArn": arn, "domainName": f"{name}.example.com", "options": {"logging": "ENABLED"}}
    thing = thing_of(m, "AWS::ACM::Certificate", arn, arn=arn, config=config, tags=EXTRA_LOWER)
    lists = m.maybe(0.7, ("AWS::ACM::Certificate", arn))

    def options():
        sent = {"CertificateArn": arn, "Options": {"CertificateTransparencyLoggingPreference": "DISABLED"}}
        change = store(config, options={"logging": f"n{m.next()}"})
        return op("acm", "UpdateCertificateOptions", sent, lists=lists, change=change)

    def create():
        return op(
            "acm",
            "RequestCertificate",
            {"DomainName": config["domainName"]},
            {"CertificateArn": arn},
            lists=lists,
        )

    def tag(tags):
        return op(
            "acm",
            "AddTagsToCertificate",
            {"CertificateArn": arn, "Tags": pairs(tags)},
            lists=lists,
            change=retag(thing, tags),
        )

    def untag(keys):
        sent = {"CertificateArn": arn, "Tags": [{"Key": each} for each in keys]}
        return op("acm", "RemoveTagsFromCertificate", sent, lists=lists, change=retag(thing, gone=keys))

    delete = lambda: op("acm", "DeleteCertificate", {"CertificateArn": arn}, lists=lists)  # noqa: E731 (one line)
    read = ("acm.amazonaws.com", "DescribeCertificate", {"certificateArn": arn})
    return kind(
        thing, create=create, updates=[options], delete=delete, tags={"tag": tag, "untag": untag}, read=read
    )


def web_acl(m, name):
    id_ = m.uuid()
    arn = m.arn("wafv2", f"regional/webacl/{name}/{id_}")
    config = {"ARN": arn, "Id": id_, "Name": name, "DefaultAction": {"Allow": {}}, "Rules": [], "Capacity": 1}
    thing = thing_of(m, "AWS::WAFv2::WebACL", arn, name=name, arn=arn, config=config, created=None)
    by = {"Name": name, "Scope": "REGIONAL", "Id": id_}

    def update():
        metric = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}
        sent = {**by, "DefaultAction": {"Block": {}}, "VisibilityConfig": metric, "LockToken": m.uuid()}
        change = store(config, DefaultAction={"Block": {"n": m.next()}})
        return op("wafv2", "UpdateWebACL", sent, {"NextLockToken": m.uuid()}, change=change)

    def create():
        metric = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": name}
        sent = {"Name": name, "Scope": "REGIONAL", "DefaultAction": {"Allow": {}}, "VisibilityConfig": metric}
        return op("wafv2", "CreateWebACL", sent, {"Summary": {"Name": name, "Id": id_, "ARN": arn}})

    return kind(
        thing,
        create=create,
        updates=[update],
        delete=lambda: op("wafv2", "DeleteWebACL", {**by, "LockToken": m.uuid()}),
        tags=tagging("wafv2", thing, by={"ResourceARN": arn}),
        read=("wafv2.amazonaws.com", "GetWebACL", {"name": name, "scope": "REGIONAL", "id": id_}),
    )
