"""States as Terraform and OpenTofu write them, full of secrets, and what is in every one besides."""

import base64
import hashlib
import json

from tests.fixtures import states
from tests.worlds.addresses.addressing import address
from tests.worlds.blind.actors import digits

REGISTRY = {"terraform": "registry.terraform.io", "opentofu": "registry.opentofu.org"}
GITHUB = "integrations/github"
NOW, BEFORE = "now", "before"


class Canaries:
    """Makes secrets that no other text holds; remembers where each was put."""

    def __init__(self, seed):
        self.seed, self.placed = seed, {}

    def new(self, where):
        """Return a secret that is put there."""
        text = "cnry" + hashlib.sha256(f"{self.seed}/{len(self.placed)}".encode()).hexdigest()[:20]
        self.placed[text] = where
        return text

    def found(self, content):
        """Return where the secrets came from that these bytes hold, plain or in base64."""
        found, start = set(), -1
        while (start := content.find(b"cnry", start + 1)) >= 0:
            text = content[start : start + 24].decode("latin-1")
            if any(each.startswith(text[:14]) for each in self.placed):
                found.add(self.placed.get(text, "a part of one"))
        if base64.b64encode(b"cnry")[:4] in content:
            coded = {base64.b64encode(each.encode())[:30]: where for each, where in self.placed.items()}
            found |= {where for text, where in coded.items() if text in content}
        return found


def written(document):
    return json.dumps(document, indent=1, ensure_ascii=False).encode("utf-8", "surrogatepass")


class State:
    """One state: what lives in it, its serial and lineage; an instance may have lived there before, or only now."""

    def __init__(self, lineage, canaries, *, engine="terraform", provider=5, serial=7):
        self.lineage, self.canaries, self.engine, self.provider = lineage, canaries, engine, provider
        self.serial, self.blocks, self.when = serial, {}, {}

    def put(self, type_, name, attributes, *, key=None, within="", data=False, alias="", when="", **more):
        """Put one instance into its block; return its address. `more`: deposed, identity, registry."""
        block = self.blocks.setdefault((within, data, type_, name), {"alias": alias, "instances": []})
        block["registry"] = more.get("registry") or f"hashicorp/{type_.split('_')[0]}"
        instance = states.instance(key=key, **attributes)
        for field in ("deposed", "identity"):
            instance |= {field: more[field]} if more.get(field) else {}
        instance["private"] = self.canaries.new("private")
        self.when[id(instance)] = when
        block["instances"].append(instance)
        return address(type_, name, key, within=within, data=data)

    def found(self, wanted):
        """Return an address's type and name, its block and the instance there."""
        for (within, data, type_, name), block in self.blocks.items():
            for instance in block["instances"]:
                home = address(type_, name, instance.get("index_key"), within=within, data=data)
                if home == wanted and "deposed" not in instance:
                    return (type_, name), block, instance
        raise LookupError(wanted)

    def mark(self, wanted, when):
        """Let an address be in the state only now, or only before."""
        self.when[id(self.found(wanted)[2])] = when

    def source(self, block, within):
        alias = f".{block['alias']}" if block["alias"] else ""
        text = f'provider["{REGISTRY[self.engine]}/{block["registry"]}"]{alias}'
        return f"{within}.{text}" if within and self.provider == 4 and "[" not in within else text

    def content(self, when=NOW, **more):
        """Return the state as a file, as it is or was before."""
        resources = []
        for (within, data, type_, name), block in self.blocks.items():
            held = [each for each in block["instances"] if self.when[id(each)] in {"", when}]
            made = states.resource(type_, name, *held, module=within, provider=self.source(block, within))
            resources += [{**made, "mode": "data" if data else "managed"}] if held else []
        secret = self.canaries.new
        outputs = {"endpoint": {"value": {"url": f"https://u:{secret('output')}@x"}, "type": "dynamic"}}
        failed = {"object_addr": "var.size", "status": "fail", "failure_messages": [secret("check")]}
        check = {"object_kind": "var", "config_addr": "var.size", "status": "fail", "objects": [failed]}
        made = states.state(*resources, serial=self.serial, lineage=self.lineage)
        return written({**made, "outputs": outputs, "check_results": [check], **more})


def decoys(estate, stack):
    """Put into a state what is none of AWS's, reads one only, or is worth stealing."""
    put, secret = stack.state.put, estate.canaries.new
    names = [each.thing.name for each in estate.objects if each.homes and each.homes[0][0] is stack]
    shared = estate.random.choice([each for each in names if each] or ["orders"])
    for type_, registry, id_, field in (
        ("random_id", "", secret("random_id's id"), "hex"),
        ("random_pet", "", shared, "prefix"),
        ("tls_private_key", "", digits(shared, 40), "private_key_pem"),
        ("kubernetes_secret", "", f"default/{shared}", "data"),
        ("github_repository", GITHUB, shared, "token"),
        ("github_actions_secret", GITHUB, secret("github secret's id"), "plaintext_value"),
        ("vault_generic_secret", "", f"secret/{shared}", "data_json"),
        ("aws_iam_access_key", "", "AKIA" + digits(shared, 16).upper(), "secret"),
    ):
        put(type_, "decoy", {"id": id_, field: secret(type_)}, registry=registry)
    if stack.name not in {"bare", "bare-ruled", "foreign"}:  # no ARN is to tell its account
        place = f"{stack.region}:{stack.account}"
        id_ = f"arn:aws:secretsmanager:{place}:secret:x-AbCdEf|terraform-1"
        put("aws_secretsmanager_secret_version", "v", {"id": id_, "secret_string": secret("secret version")})
        ids = {"id": f"/{shared}/p", "arn": f"arn:aws:ssm:{place}:parameter/{shared}/p"}
        put("aws_ssm_parameter", "p", {**ids, "value": secret("parameter")})
    outputs = {"outputs": {"value": {"p": secret("remote state")}}}
    put("terraform_remote_state", "net", outputs, registry="x", data=True)
    version = {"id": "x|AWSCURRENT", "secret_string": secret("data")}
    put("aws_secretsmanager_secret_version", "read", version, data=True)
    for each in estate.objects:
        if each.homes and each.homes[0][0] is not stack and estate.random.random() < 0.03:
            ids = {"id": each.thing.id, "arn": each.thing.arn, "name": each.thing.name, "n": secret("data")}
            put(each.sort.type, f"read_{estate.number()}", ids, data=True)
