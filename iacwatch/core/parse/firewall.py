"""Finds which ports a change of a security group opened and closed, and for whom."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from iacwatch.core.model import Json, PropertyChange

_FIELDS: Final = {"ippermissions": False, "ippermissionsegress": True}
WORLD: Final = frozenset({"0.0.0.0/0", "::/0"})
"""Everybody's addresses."""

_PEERS: Final = {
    "ipv4ranges": ("cidrip",),
    "ipranges": ("cidrip",),
    "ipv6ranges": ("cidripv6",),
    "useridgrouppairs": ("groupid", "groupname"),
    "prefixlistids": ("prefixlistid",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """One way through a firewall: ``22/tcp`` for ``0.0.0.0/0``; `outbound` where it leads out."""

    ports: str
    peer: str
    outbound: bool = False


def openings(permission: Json, *, outbound: bool = False) -> tuple[Opening, ...]:
    """Return the ways through that one entry of ``ipPermissions`` opens."""
    if not isinstance(permission, Mapping):
        return ()
    fields = {key.lower(): value for key, value in permission.items()}
    ports = _ports(fields)
    if ports is None:
        return ()
    peers = dict.fromkeys(peer for key, names in _PEERS.items() for peer in _peers(fields.get(key), names))
    return tuple(Opening(ports=ports, peer=peer, outbound=outbound) for peer in peers)


def opened_and_closed(diff: Sequence[PropertyChange]) -> tuple[tuple[Opening, ...], tuple[Opening, ...]]:
    """Return what a security group's diff opened and what it closed.

    Config lists the entries of a port range as a whole: a further address is the old entry removed and a new
    one added, so that only the difference of both is what was done.
    """
    before: dict[Opening, None] = {}
    after: dict[Opening, None] = {}
    for entry in diff:
        keys = entry.path.lower().split(".")
        if len(keys) not in {2, 3} or keys[0] != "configuration" or keys[1] not in _FIELDS:
            continue
        outbound = _FIELDS[keys[1]]
        for value, ways in ((entry.previous, before), (entry.updated, after)):
            for permission in value if isinstance(value, list | tuple) else [value]:
                ways.update(dict.fromkeys(openings(permission, outbound=outbound)))
    return (
        tuple(way for way in after if way not in before),
        tuple(way for way in before if way not in after),
    )


def _ports(fields: Mapping[str, Json]) -> str | None:
    """Return the ports of an entry; None where it is not what Config documents."""
    protocol = str(fields.get("ipprotocol", "-1"))
    if protocol == "-1":
        return "all traffic"
    first, last = fields.get("fromport"), fields.get("toport")
    if first is None or first == -1:
        return f"all {protocol}"
    if not isinstance(first, int) or not isinstance(last, int | None):
        return None
    if protocol in {"icmp", "icmpv6"}:
        return f"{protocol} type {first}"
    return f"{first}/{protocol}" if last in {None, first} else f"{first}-{last}/{protocol}"


def _peers(value: Json, names: Sequence[str]) -> Iterator[str]:
    for peer in value if isinstance(value, list | tuple) else ():
        if isinstance(peer, str):
            yield peer
        elif isinstance(peer, Mapping):
            fields = {key.lower(): each for key, each in peer.items()}
            found = next((fields[name] for name in names if isinstance(fields.get(name), str)), None)
            if found:
                yield found
