"""State and plan files as Terraform and OpenTofu write them: version 4, and what is no such file."""

import gzip
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

    def put(
        self, type_, name, attributes, *, key=None, within="", data=False, alias="", deposed=None,
        identity=None, registry=None,
    ):  # fmt: skip
        """Put one instance into its block; return its address."""
        block = self.blocks.setdefault((within, data, type_, name), {"alias": alias, "instances": []})
        block["registry"] = registry or f"hashicorp/{type_.split('_')[0]}"
        instance = {}
        if key is not None:
            instance["index_key"] = key
        if deposed:
            instance["deposed"] = deposed
        instance["schema_version"] = 1
        instance["attributes"] = attributes
        hidden = [name for name in SENSITIVE if name in attributes][:1]
        instance["sensitive_attributes"] = [[{"type": "get_attr", "value": each}] for each in hidden]
        if identity:
            instance["identity_schema_version"] = 0
            instance["identity"] = identity
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
                key = instance.get("index_key")
                if (
                    address(type_, name, key, within=within, data=data) == wanted
                    and "deposed" not in instance
                ):
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
        version = "1.9.8" if self.engine == "terraform" else "1.10.6"
        resources = []
        for (within, data, type_, name), block in self.blocks.items():
            if not block["instances"]:
                continue
            resource = {"module": within} if within else {}
            resource |= {"mode": "data" if data else "managed", "type": type_, "name": name}
            keys = [each.get("index_key") for each in block["instances"]]
            if any(key is not None for key in keys):
                resource["each"] = "list" if all(isinstance(key, int) for key in keys) else "map"
            resources.append(
                {**resource, "provider": self.source(block, within), "instances": block["instances"]}
            )
        outputs = {
            "db_password": {"value": self.canaries.new("output"), "type": "string", "sensitive": True},
            "endpoint": {
                "value": {"url": f"https://u:{self.canaries.new('output')}@x"},
                "type": ["object", {"url": "string"}],
            },
        }
        return {
            "version": 4,
            "terraform_version": version,
            "serial": self.serial,
            "lineage": self.lineage,
            "outputs": outputs,
            "resources": resources,
            "check_results": [
                {
                    "object_kind": "var",
                    "config_addr": "var.size",
                    "status": "fail",
                    "objects": [
                        {
                            "object_addr": "var.size",
                            "status": "fail",
                            "failure_messages": [self.canaries.new("check")],
                        }
                    ],
                }
            ],
            **more,
        }

    def content(self, **more):
        return written(self.document(**more))


def junk(state, canaries):
    """Return by name what lies beside states, or in their place, and holds none that can be read."""
    whole = state.content()
    secret = canaries.new
    legacy = {
        "version": 3, "terraform_version": "0.11.14", "serial": 3, "lineage": "0c0f",
        "modules": [
            {
                "path": ["root"],
                "outputs": {"p": {"sensitive": True, "type": "string", "value": secret("v3")}},
                "resources": {
                    "aws_db_instance.old": {
                        "type": "aws_db_instance",
                        "primary": {"id": "old", "attributes": {"id": "old", "password": secret("v3")}},
                        "provider": "provider.aws",
                    }
                },
            }
        ],
    }  # fmt: skip
    encrypted = {
        "serial": 4, "lineage": "5f0d", "meta": {"key_provider.pbkdf2.mykey": secret("encrypted")},
        "encrypted_data": secret("encrypted"), "encryption_version": "v0",
    }  # fmt: skip
    lock = {
        "ID": "7f1c", "Operation": "OperationTypeApply", "Info": secret("lock"), "Who": "ci@runner", "Version": "1.9.8",
        "Created": "2026-11-30T08:00:00Z", "Path": "acme/x",
    }  # fmt: skip
    return {
        "v3/terraform.tfstate": written(legacy),
        "encrypted/terraform.tfstate": written(encrypted),
        "locked/terraform.tfstate.tflock": json.dumps(lock).encode(),
        "cut/terraform.tfstate": whole[: len(whole) * 2 // 3],
        "cut-early/terraform.tfstate": whole[:40],
        "empty/terraform.tfstate": b"",
        "blank/terraform.tfstate": b"\n",
        "v9/terraform.tfstate": state.content(version=9),
        "list/terraform.tfstate": f'[1, "{secret("list")}"]'.encode(),
        "text/terraform.tfstate": f"hello {secret('text')}".encode(),
        "html/terraform.tfstate": f"<html>{secret('html')}</html>".encode(),
        "latin/terraform.tfstate": b'{"version": 4, "x": "\xe9' + secret("latin").encode() + b'"}',
        "nulls/terraform.tfstate": written(
            {"version": 4, "serial": None, "lineage": None, "resources": [{"instances": secret("nulls")}]}
        ),
    }


def compressed(content):
    return gzip.compress(content, 1)


def with_mark(content):
    """Return a file that begins with a byte order mark."""
    return b"\xef\xbb\xbf" + content
