"""Rows of topics, queues, events, mail and calls."""

from typing import Final

from iacwatch.core.catalog.schema import TAG, Shows, TypeFacts, fields

ROWS: Final = (
    TypeFacts(
        "AWS::AmazonMQ::Broker",
        derived=True,
        acts="Promote",
        shows=(Shows(events="(Create|Update|Delete)User", fields=("users", "pendingusers")),),
        following=("brokerstate", "brokerinstances"),
    ),
    TypeFacts("AWS::Connect::PhoneNumber", derived=True, creates="ClaimPhoneNumber"),
    TypeFacts(
        "AWS::Connect::User",
        derived=True,
        acts="UpdateUser(HierarchyGroup|Hierarchy|IdentityInfo|PhoneConfig|Proficiencies|RoutingProfile|SecurityProfiles)",
    ),
    TypeFacts(
        "AWS::EventSchemas::RegistryPolicy",
        derived=True,
        deletes="DeleteResourcePolicy",
        targets=("registryname",),
    ),
    TypeFacts("AWS::Events::Connection", derived=True, acts="DeauthorizeConnection"),
    TypeFacts(
        "AWS::Events::EventBus",
        terraform="aws_cloudwatch_event_bus",
        sources=("events",),
        targets=("name", "eventbusname", "resourcearn"),
        acts=f"(Create|Update|Delete)EventBus|(Put|Remove)Permission|{TAG}",
        creates="CreateEventBus",
        deletes="DeleteEventBus",
        answers=("eventbusarn",),
    ),
    TypeFacts(
        "AWS::Events::Rule",
        noun="EventBridge rule",
        within_default="default",
        sources=("events",),
        targets=("name", "rule", "resourcearn"),
        acts=f"(Put|Delete|Enable|Disable)Rule|(Put|Remove)Targets|{TAG}",
        creates="PutRule",
        deletes="DeleteRule",
        answers=("rulearn",),
        contradicts=("rulearn",),
        within=("eventbusname", "rule/{parent}/{name}", "eventbusname"),
    ),
    TypeFacts(
        "AWS::Lex::Bot",
        derived=True,
        shows=(
            Shows(
                events="(Create|Update|Delete|Build)BotLocale|(Create|Update|Delete)(Intent|Slot|SlotType)",
                fields=("botlocales",),
            ),
        ),
    ),
    *(
        TypeFacts(f"AWS::Pinpoint::{kind}", derived=True, targets=("applicationid",))
        for kind in ("App", "ApplicationSettings", "EmailChannel", "EventStream")
    ),
    TypeFacts("AWS::SES::ConfigurationSet", derived=True, acts="PutConfigurationSet\\w+Options"),
    TypeFacts("AWS::SES::MailManagerTrafficPolicy", derived=True, called="TrafficPolicy"),
    TypeFacts("AWS::SES::ReceiptRuleSet", derived=True, creates="CloneReceiptRuleSet"),
    TypeFacts(
        "AWS::SNS::Topic",
        arn="sns",
        id_in_arn="whole",
        sources=("sns",),
        targets=("topicarn", "resourcearn", "name"),
        acts=f"(Create|Delete)Topic|SetTopicAttributes|(Add|Remove)Permission|{TAG}",
        shows=(
            Shows(events="PutDataProtectionPolicy", fields=("dataprotectionpolicy",)),
            Shows(
                events="(Confirm)?Subscri(be|ption)|Unsubscribe",
                fields=fields(
                    "subscription subscriptions subscriptionsconfirmed subscriptionspending "
                    "subscriptionsdeleted"
                ),
            ),
        ),
        creates="CreateTopic",
        deletes="DeleteTopic",
        answers=("topicarn",),
        contradicts=("topicarn",),
        lookups=("arn",),
        missing=0.0,
        padded=(("SetTopicAttributes", "policy"),),
    ),
    TypeFacts(
        "AWS::SQS::Queue",
        id_forms=(r"https://sqs\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?/\d{12}/[\w.-]{1,80}",),
        arn="sqs",
        id_in_arn="url",
        id_is_url=True,
        sources=("sqs",),
        targets=("queueurl", "queuename"),
        acts="(Create|Delete)Queue|SetQueueAttributes|(Tag|Untag)Queue|(Add|Remove)Permission",
        creates="CreateQueue",
        deletes="DeleteQueue",
        answers=("queueurl",),
        lookups=("url",),
        missing=0.0,
        padded=(("SetQueueAttributes", "policy"),),
        sample=6,
    ),
)
