"""Kinds of EC2 that are seldom met."""

from tests.worlds.blind.row import call, row
from tests.worlds.blind.types.records import ec2, wrapped

CHANGED = {"TransitGatewayId": "$id", "Description": "d$n"}
transit_gateway = row(
    ec2("TransitGateway", "tgw", "transit-gateway"),
    config={"Id": "$id"},
    tags=("configuration.Tags Key/Value",),
    delete=wrapped("DeleteTransitGateway", {"TransitGatewayId": "$id"}),
    updates=(wrapped("ModifyTransitGateway", CHANGED, Description="d$n"),),
    mentions=(wrapped("CreateTransitGatewayVpcAttachment", {"TransitGatewayId": "$id", "VpcId": "$vpc"}),),
)

customer_gateway = row(
    ec2("CustomerGateway", "cgw", "customer-gateway"),
    config={"customerGatewayId": "$id"},
    create=call("CreateCustomerGateway", {}, {"customerGateway": {"customerGatewayId": "$id"}}),
    delete=call("DeleteCustomerGateway", {"customerGatewayId": "$id"}),
    mentions=(wrapped("CreateVpnConnection", {"CustomerGatewayId": "$id"}, {"vpnConnectionId": "$vpn"}),),
)
