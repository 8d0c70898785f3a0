"""Kinds of EC2 that are seldom met in the blind world."""

from tests.worlds.blind.kind import store
from tests.worlds.blind.types.ec2 import UPPER_TAGS, E, call, done, ec2
from tests.worlds.blind.types.network import LOWER_TAGS, named
from tests.worlds.blind.types.network import thing_of as network_thing


def transit_gateway(m, name):
    config = {"Description": "", "AutoAcceptSharedAttachments": "disable"}
    thing = named(
        m, network_thing(m, "TransitGateway", "tgw-0", config, tags=UPPER_TAGS), "transit-gateway", "Id"
    )
    lists = [(E + "TransitGateway", thing.id)]

    def modify():
        text = f"d{m.next()}"
        inner = {"TransitGatewayId": thing.id, "Description": text}
        got = {"ModifyTransitGatewayResponse": {"transitGateway": {"transitGatewayId": thing.id}}}
        sent = {"ModifyTransitGatewayRequest": inner}
        return call("ModifyTransitGateway", sent, got, m.maybe(0.5, *lists), store(config, Description=text))

    def attach():
        inner = {"TransitGatewayId": thing.id, "VpcId": m.hex("vpc-0", 16)}
        got = {"transitGatewayVpcAttachment": {"transitGatewayAttachmentId": m.hex("tgw-attach-0", 16)}}
        sent = {"CreateTransitGatewayVpcAttachmentRequest": inner}
        return call(
            "CreateTransitGatewayVpcAttachment", sent, {"CreateTransitGatewayVpcAttachmentResponse": got}, ()
        )

    def delete():
        sent = {"DeleteTransitGatewayRequest": {"TransitGatewayId": thing.id}}
        return call("DeleteTransitGateway", sent, {}, m.maybe(0.5, *lists))

    read = ("DescribeTransitGateways", {"DescribeTransitGatewaysRequest": {"TransitGatewayIds": thing.id}})
    made = ec2(m, thing, create=None, updates=[modify], delete=delete, read=read)
    made.mention = attach
    return made


def customer_gateway(m, name):
    config = {"bgpAsn": "65000", "ipAddress": "203.0.113.1", "state": "available"}
    thing = network_thing(m, "CustomerGateway", "cgw-0", config, tags=LOWER_TAGS)
    named(m, thing, "customer-gateway", "customerGatewayId")
    lists = [(E + "CustomerGateway", thing.id)]

    def connect():
        sent = {"CreateVpnConnectionRequest": {"CustomerGatewayId": thing.id, "Type": "ipsec.1"}}
        return call("CreateVpnConnection", sent, {"vpnConnectionId": m.hex("vpn-0", 16)}, lists)

    def delete():
        return call("DeleteCustomerGateway", {"customerGatewayId": thing.id}, done(m), lists)

    read = ("DescribeCustomerGateways", {"customerGatewaySet": {"items": [{"customerGatewayId": thing.id}]}})
    made = ec2(m, thing, create=None, updates=[], delete=delete, read=read)
    made.mention = connect
    return made
