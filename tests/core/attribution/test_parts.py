"""Calls that name an object and change a part with a life of its own are none of the object's."""

import pytest

from tests.core.attribution.called import api, arn, matched, of

NONE = "-"
PARTS = """
Bedrock::Guardrail guardrailIdentifier CreateGuardrailVersion UpdateGuardrail
Route53Resolver::FirewallRuleGroup arn PutFirewallRuleGroupPolicy TagResource
MSK::Cluster clusterArn PutClusterPolicy,DeleteClusterPolicy UpdateBrokerCount
AppConfig::Application applicationId CreateEnvironment,UpdateEnvironment,DeleteConfigurationProfile UpdateApplication
AutoScaling::AutoScalingGroup autoScalingGroupName PutWarmPool,PutScalingPolicy,PutLifecycleHook UpdateAutoScalingGroup
Cognito::UserPool userPoolId CreateUserPoolClient,CreateGroup,AdminCreateUser UpdateUserPool
EKS::Cluster name CreateNodegroup,UpdateNodegroupConfig,CreateAddon,DeleteFargateProfile -
"""
SOURCES = {
    "cognito": "cognito-idp",
    "msk": "kafka",
}
DIFFERS = {"AutoScaling::AutoScalingGroup": "MaxSize", "MSK::Cluster": "KafkaVersion"}
"""Where a part may show in fields that nobody knows, what differs is one that is known."""


@pytest.mark.parametrize("row", PARTS.split("\n")[1:-1], ids=lambda row: row.split()[0])
def test_a_call_on_a_part_is_none_of_the_objects(row):
    type_, key, parts, whole = row.split()
    service = type_.split("::")[0].lower()
    service = SOURCES.get(service, service)
    id_ = arn(service, "thing/orders0123") if key.lower().endswith("arn") else "orders0123"
    field = DIFFERS.get(type_, "Description")
    changed = of(type_, id_, "orders0123", id_ if ":" in id_ else None, differs=f"Configuration.{field}")
    for part in parts.split(","):
        assert matched(changed, api(f"{service} {part} {key}={id_}")) == [], part
    key = "resourceArn" if whole == "TagResource" else key
    assert whole == NONE or matched(changed, api(f"{service} {whole} {key}={id_}")) == [whole]
