"""Kinds of EC2 that are seldom met."""

from tests.worlds.blind.row import call
from tests.worlds.blind.types.records import DONE, UPPER, ec2, wrapped

transit_gateway = ec2(
    "TransitGateway",
    "tgw",
    "transit-gateway",
    config={"Id": "$id", "Description": "", "AutoAcceptSharedAttachments": "disable"},
    tags=UPPER,
    delete=call("DeleteTransitGateway", {"DeleteTransitGatewayRequest": {"TransitGatewayId": "$id"}}, {}),
    updates=(
        wrapped(
            "ModifyTransitGateway",
            {"TransitGatewayId": "$id", "Description": "d$n"},
            {"transitGateway": {"transitGatewayId": "$id"}},
            Description="d$n",
        ),
    ),
    mentions=(
        wrapped(
            "CreateTransitGatewayVpcAttachment",
            {"TransitGatewayId": "$id", "VpcId": "$vpc"},
            {"transitGatewayVpcAttachment": {"transitGatewayAttachmentId": "$tgwattach"}},
        ),
    ),
)

customer_gateway = ec2(
    "CustomerGateway",
    "cgw",
    "customer-gateway",
    config={"customerGatewayId": "$id", "bgpAsn": "65000", "ipAddress": "203.0.113.1", "state": "available"},
    create=call(
        "CreateCustomerGateway", {"type": "ipsec.1"}, {"customerGateway": {"customerGatewayId": "$id"}}
    ),
    delete=call("DeleteCustomerGateway", {"customerGatewayId": "$id"}, DONE),
    mentions=(
        wrapped(
            "CreateVpnConnection",
            {"CustomerGatewayId": "$id", "Type": "ipsec.1"},
            {"vpnConnectionId": "$vpn"},
        ),
    ),
)
