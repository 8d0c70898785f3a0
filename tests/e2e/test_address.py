"""`iacwatch address` from outside: a state goes in, is found, grows old, and is scanned for."""

import pytest

from tests.fixtures import command
from tests.fixtures.command import records
from tests.fixtures.states import SECRET, group, role
from tests.fixtures.states import text as state

GROUP = "sg-00000000000000001"
ARN = f"arn:aws:ec2:eu-west-1:111122223333:security-group/{GROUP}"
ADDRESS = 'module.web.aws_security_group.web["a$(x)"]'
NET = state(group(1, key="a$(x)", module="module.web"), role("deploy"))
JSONL = ("--format", "jsonl")


@pytest.fixture
def address(tmp_path):
    """Run a command in the stack's directory, as a job of GitHub Actions; answers hold no secret."""
    checkout = tmp_path / "infra"
    net = checkout / "live/prod/net"
    net.mkdir(parents=True)
    (net / "main.tf").touch()
    (checkout / "CODEOWNERS").write_text("/live/prod/net/ @acme/net\n")
    job = {
        "GITHUB_ACTIONS": "true",
        "GITHUB_REPOSITORY": "acme/infra",
        "GITHUB_WORKSPACE": str(checkout),
        "GITHUB_SHA": "0123456789abcdef",
        "IACWATCH_IAC__INDEX": f"sqlite://{tmp_path}/index",
    }

    def called(*arguments, **more):
        done = command.run(None, net, "address", *arguments, **{**job, **more})
        assert SECRET not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return called


def test_what_a_pipeline_hands_over_is_found_by_id_arn_address_and_name(address, tmp_path):
    shown = address("add", "--print", stdin=NET, IACWATCH_IAC__INDEX="")
    assert shown.returncode == 0
    assert shown.stderr == "2 addresses of live/prod/net of acme/infra would be kept\n"
    for text in ("state: acme/infra//live/prod/net\n", "owner: @acme/net\n", ADDRESS, GROUP):
        assert text in shown.stdout
    assert not (tmp_path / "index").exists()
    done = address("add", "-", stdin=NET)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert done.stderr == "2 addresses of live/prod/net of acme/infra kept\n"
    told = address("find", GROUP)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == (
        f"{ADDRESS}, {ARN} 111122223333 eu-west-1,"
        " live/prod/net of acme/infra, owned by @acme/net, as of just now\n"
    )
    for called in (ADDRESS, "web"):
        (found,) = records(address("find", called, *JSONL))
        assert (found["schema"], found["address"], found["id"]) == ("iacwatch.address/1", ADDRESS, GROUP)
        assert (found["state"], found["commit"]) == ("acme/infra//live/prod/net", "0123456789abcdef")
    nothing = address("find", "\x1b[31mnix")
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert "nothing has the id, ARN, address or name [31mnix: searched 1 state" in nothing.stderr


def test_what_is_wrong_is_a_sentence(address):
    without = {"IACWATCH_IAC__INDEX": ""}
    for arguments, stdin, more, code, words in (
        (["find", "x"], "", without, 2, "there is no index of addresses; set iac.index or"),
        (["find", "x"], "", {"IACWATCH_IAC__INDEX": "sqlite:///nowhere/index"}, 1, "there is no such file"),
        (["add"], NET[:-9], {}, 1, "what was piped in is cut short or damaged"),
        (["plan"], NET, {}, 1, "; use iacwatch address add"),
        (["add"], NET, {"GITHUB_ACTIONS": ""}, 2, "nothing says which state this is; run it in"),
    ):
        done = address(*arguments, stdin=stdin, **more)
        assert (done.returncode, done.stdout) == (code, ""), done
        assert words in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_a_folder_is_scanned_and_says_what_it_could_not_read(address, tmp_path):
    states = tmp_path / "states"
    states.mkdir()
    (states / "net.tfstate").write_text(state(group(1)))
    (states / "old.tfstate").write_text(state(version=3))
    (states / "notes.txt").touch()
    done = address("scan", str(states))
    assert (done.returncode, done.stdout) == (1, "")
    assert f"Error: {states}/old.tfstate has format version 3" in done.stderr
    assert "2 states: 1 read, 0 unchanged, 1 not readable; 1 other file passed over" in done.stderr
