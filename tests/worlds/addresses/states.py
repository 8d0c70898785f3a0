"""State and plan files as Terraform and OpenTofu write them: version 4, and what is no such file."""

import json

from tests.worlds.addresses.addressing import address

REGISTRY = {"terraform": "registry.terraform.io", "opentofu": "registry.opentofu.org"}
ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
"""What Go's encoder writes so."""
SENSITIVE = ("password", "secret_string", "private_key_pem", "master_password")


def written(document):
    """Return JSON as Go writes it."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    for sign, escape in ESCAPED.items():
        text = text.replace(sign, escape)
    return (text + "\n").encode("utf-8", "surrogatepass")


class State:
    """One state: what lives in it, its serial and lineage."""

    def __init__(self, lineage, canaries, *, engine="terraform", provider=5, serial=7):
        self.lineage, self.canaries, self.engine, self.provider = lineage, canaries, engine, provider
        self.serial = serial
        self.blocks = {}

    def put(self, type_, name, attributes, *, key=None, within="", data=False, alias="", **more):
        """Put one instance into its block; return its address. `more`: deposed, identity, registry."""
        block = self.blocks.setdefault((within, data, type_, name), {"alias": alias, "instances": []})
        block["registry"] = more.get("registry") or f"hashicorp/{type_.split('_')[0]}"
        instance = {"index_key": key} if key is not None else {}
        if more.get("deposed"):
            instance["deposed"] = more["deposed"]
        hidden = [each for each in SENSITIVE if each in attributes][:1]
        instance |= {"schema_version": 1, "attributes": attributes}
        instance["sensitive_attributes"] = [[{"type": "get_attr", "value": each}] for each in hidden]
        if more.get("identity"):
            instance |= {"identity_schema_version": 0, "identity": more["identity"]}
        instance["private"] = self.canaries.new("private")
        if len(self.blocks) % 3 == 0:
            instance["dependencies"] = ["aws_vpc.main", "module.net.aws_subnet.private"]
        block["instances"].append(instance)
        return address(type_, name, key, within=within, data=data)

    def found(self, wanted):
        """Return the block of an address, its place and the instance there; None where there is none."""
        for place, block in self.blocks.items():
            within, data, type_, name = place
            for instance in block["instances"]:
                home = address(type_, name, instance.get("index_key"), within=within, data=data)
                if home == wanted and "deposed" not in instance:
                    return place, block, instance
        return None

    def drop(self, wanted):
        """Take one instance out, by its address; return whether it was there."""
        found = self.found(wanted)
        if found:
            found[1]["instances"].remove(found[2])
        return bool(found)

    def instance(self, wanted):
        """Return the attributes of an address."""
        return self.found(wanted)[2]["attributes"]

    def named(self, wanted):
        """Return type and name of an address."""
        return self.found(wanted)[0][2:]

    def source(self, block, within):
        alias = f".{block['alias']}" if block["alias"] else ""
        text = f'provider["{REGISTRY[self.engine]}/{block["registry"]}"]{alias}'
        return f"{within}.{text}" if within and self.provider == 4 and "[" not in within else text

    def document(self, **more):
        resources = []
        for (within, data, type_, name), block in self.blocks.items():
            instances = block["instances"]
            if not instances:
                continue
            resource = {"module": within} if within else {}
            resource |= {"mode": "data" if data else "managed", "type": type_, "name": name}
            keys = [each.get("index_key") for each in instances]
            if any(key is not None for key in keys):
                resource["each"] = "list" if all(isinstance(key, int) for key in keys) else "map"
            resource |= {"provider": self.source(block, within), "instances": instances}
            resources.append(resource)
        password, url = (self.canaries.new("output") for _ in range(2))
        shape = ["object", {"url": "string"}]
        failed = {
            "object_addr": "var.size",
            "status": "fail",
            "failure_messages": [self.canaries.new("check")],
        }
        check = {"object_kind": "var", "config_addr": "var.size", "status": "fail", "objects": [failed]}
        return {
            "version": 4,
            "terraform_version": "1.9.8" if self.engine == "terraform" else "1.10.6",
            "serial": self.serial,
            "lineage": self.lineage,
            "outputs": {
                "db_password": {"value": password, "type": "string", "sensitive": True},
                "endpoint": {"value": {"url": f"https://u:{url}@x"}, "type": shape},
            },
            "resources": resources,
            "check_results": [check],
            **more,
        }

    def content(self, **more):
        return written(self.document(**more))


def junk(state, canaries):
    """Return by name what lies beside states, or in their place, and holds none that can be read."""
    whole, secret = state.content(), canaries.new
    output = {"sensitive": True, "type": "string", "value": secret("v3")}
    primary = {"id": "old", "attributes": {"id": "old", "password": secret("v3")}}
    old = {"type": "aws_db_instance", "primary": primary, "provider": "provider.aws"}
    module = {"path": ["root"], "outputs": {"p": output}, "resources": {"aws_db_instance.old": old}}
    legacy = {"version": 3, "terraform_version": "0.11.14", "serial": 3, "lineage": "0c0f"}
    legacy |= {"modules": [module]}
    encrypted = {"serial": 4, "lineage": "5f0d", "meta": {"key_provider.pbkdf2.mykey": secret("encrypted")}}
    encrypted |= {"encrypted_data": secret("encrypted"), "encryption_version": "v0"}
    lock = {
        "ID": "7f1c", "Operation": "OperationTypeApply", "Info": secret("lock"), "Who": "ci@runner", "Version": "1.9.8",
        "Created": "2026-11-30T08:00:00Z", "Path": "acme/x",
    }  # fmt: skip
    nulls = {"version": 4, "serial": None, "lineage": None}
    files = {
        "v3": written(legacy),
        "encrypted": written(encrypted),
        "cut": whole[: len(whole) * 2 // 3],
        "cut-early": whole[:40],
        "empty": b"",
        "blank": b"\n",
        "v9": state.content(version=9),
        "list": f'[1, "{secret("list")}"]'.encode(),
        "text": f"hello {secret('text')}".encode(),
        "html": f"<html>{secret('html')}</html>".encode(),
        "latin": b'{"version": 4, "x": "\xe9' + secret("latin").encode() + b'"}',
        "nulls": written({**nulls, "resources": [{"instances": secret("nulls")}]}),
    }
    named = {f"{name}/terraform.tfstate": content for name, content in files.items()}
    return {**named, "locked/terraform.tfstate.tflock": json.dumps(lock).encode()}
