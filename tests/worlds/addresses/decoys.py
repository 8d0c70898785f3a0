"""What is in every state besides the company's objects: what is none of AWS's, reads one only, or is worth stealing."""

from tests.worlds.blind.actors import digits


def decoys(estate, stack):
    """Put it all into a state."""
    put, secret = stack.state.put, estate.canaries.new
    names = [each.thing.name for each in estate.objects if each.homes and each.homes[0][0] is stack]
    shared = estate.random.choice([each for each in names if each] or ["orders"])
    github = {"registry": "integrations/github"}
    put("random_password", "db", {"id": "none", "result": secret("random_password")})
    put("random_string", "suffix", {"id": secret("random_string's id"), "result": secret("random_string")})
    put("random_id", "salt", {"id": secret("random_id's id"), "hex": secret("random_id")})
    put("random_pet", "name", {"id": shared, "prefix": secret("random_pet")})
    put("null_resource", "run", {"id": "8674665223082153551", "triggers": {"t": secret("null_resource")}})
    put("tls_private_key", "ssh", {"id": digits(shared, 40), "private_key_pem": secret("tls_private_key")})
    put("kubernetes_secret", "api", {"id": f"default/{shared}", "data": {"k": secret("kubernetes_secret")}})
    put("github_repository", "app", {"id": shared, "arn": None, "token": secret("github")}, **github)
    plaintext = {"id": secret("github secret's id"), "plaintext_value": secret("github secret")}
    put("github_actions_secret", "token", plaintext, **github)
    put("terraform_data", "x", {"id": "0f3c", "output": {"v": secret("terraform_data")}}, registry="x")
    put("vault_generic_secret", "v", {"id": f"secret/{shared}", "data_json": secret("vault")})
    key = {"id": "AKIA" + digits(shared, 16).upper(), "secret": secret("access key"), "user": "ci"}
    put("aws_iam_access_key", "ci", key)
    if stack.name not in {"bare", "foreign"}:  # no ARN is to tell its account
        place = f"{stack.region}:{stack.account}"
        id_ = f"arn:aws:secretsmanager:{place}:secret:x-AbCdEf|terraform-1"
        put("aws_secretsmanager_secret_version", "v", {"id": id_, "secret_string": secret("secret version")})
        ids = {"id": f"/{shared}/p", "arn": f"arn:aws:ssm:{place}:parameter/{shared}/p"}
        put("aws_ssm_parameter", "p", {**ids, "value": secret("parameter")})
    read = {"data": True}
    put("aws_iam_policy_document", "doc", {"id": "1234567", "json": secret("policy document")}, **read)
    outputs = {"outputs": {"value": {"p": secret("remote state")}}}
    put("terraform_remote_state", "net", outputs, registry="x", **read)
    version = {"id": "x|AWSCURRENT", "secret_string": secret("data")}
    put("aws_secretsmanager_secret_version", "read", version, **read)
    for each in estate.objects:
        if each.homes and each.homes[0][0] is not stack and estate.random.random() < 0.03:
            kind = each.sort.type if each.sort else "aws_vpc"
            ids = {"id": each.thing.id, "arn": each.thing.arn, "name": each.thing.name}
            put(kind, f"read_{estate.number()}", {**ids, "tags": {"n": secret("data")}}, **read)
