"""Which state it is that somebody hands over."""

import pytest

from iacwatch.app.address.identity import IdentityOptions, identify
from iacwatch.errors import UsageError

SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def checkout(tmp_path):
    for name, text in {
        "live/prod/net/main.tf": "",
        "live/prod/dns/terragrunt.hcl": "",
        ".github/CODEOWNERS": "* @acme/all\n/live/prod/net/ @acme/net @alice\n",
    }.items():
        path = tmp_path / "infra" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "infra"


def actions(checkout, **more):
    given = {"ACTIONS": "true", "REPOSITORY": "acme/infra", "WORKSPACE": str(checkout), "SHA": SHA}
    return {f"GITHUB_{name}": value for name, value in given.items()} | more


def cloned(folder, of="infra"):
    (folder / ".git").mkdir(parents=True, exist_ok=True)
    (folder / ".git/config").write_text(f'[remote "origin"]\n\turl = git@github.com:acme/{of}.git\n')


def of(environ, working, file=None, **given):
    return identify(IdentityOptions(**given), environ, file=file, working=working)


def test_a_job_in_the_directory_that_it_applied_needs_no_option(checkout):
    net = checkout / "live/prod/net"
    found = of(actions(checkout), net)
    assert (found.place, found.stack) == ("acme/infra//live/prod/net", "live/prod/net")
    assert (found.repository, found.directory, found.commit) == ("acme/infra", "live/prod/net", SHA)
    assert (found.owner, found.command) == ("@acme/net @alice", "")
    # From a file, or with -chdir and a file, it is the same state.
    assert of(actions(checkout), net, net / "pulled.json") == found
    assert of(actions(checkout), checkout, net / "pulled.json") == found
    assert of(actions(checkout), checkout, directory="./live/prod/net/") == found
    assert of(actions(checkout), checkout, directory=str(net)) == found


def test_a_workspace_is_another_stack(checkout):
    net = checkout / "live/prod/net"
    assert of(actions(checkout, TF_WORKSPACE="default"), net).stack == "live/prod/net"
    (net / ".terraform").mkdir()
    (net / ".terraform/environment").write_text("blue")
    blue = of(actions(checkout), net)
    assert (blue.stack, blue.workspace) == ("live/prod/net:blue", "blue")
    assert of(actions(checkout, TF_WORKSPACE="green"), net).place == "acme/infra//live/prod/net:green"


def test_codeowners_may_be_named_and_gitlabs_is_read_as_gitlab_does(checkout):
    net = checkout / "live/prod/net"
    named = checkout / ".gitlab/CODEOWNERS"
    named.parent.mkdir()
    named.write_text("prod/net/ @acme/lab\n")
    assert of(actions(checkout), net, codeowners=str(named)).owner == "@acme/lab"
    (checkout / ".github/CODEOWNERS").unlink()
    assert of(actions(checkout), net).owner == "@acme/lab"
    job = {"GITLAB_CI": "true", "CI_PROJECT_PATH": "acme/infra", "CI_PROJECT_DIR": str(checkout)}
    assert of(job, net).owner == "@acme/lab"
    named.unlink()
    assert of(job, net).owner == ""


def test_which_state_it_is_must_be_said_within_the_repository_or_by_a_file(tmp_path, checkout):
    file = tmp_path / "terraform.tfstate"
    for directory in ("live/../../x", "/elsewhere"):
        with pytest.raises(UsageError, match="is no directory of the repository; write it from"):
            of(actions(checkout), checkout, directory=directory)
    for environ, working in (({}, tmp_path), (actions(checkout), checkout), (actions(checkout), tmp_path)):
        with pytest.raises(UsageError, match="nothing says which state this is; run it in the directory"):
            of(environ, working)
        found = of(environ, working, file)
        assert (found.place, found.stack, found.directory, found.owner) == (str(file), "", "", "")
    (checkout / "main.tf").touch()  # Code in the root of a repository is called by the repository.
    found = of(actions(checkout), checkout)
    assert (found.place, found.directory, found.owner) == ("acme/infra//infra", "", "@acme/all")


def test_a_worktree_is_the_clone_that_it_was_made_of(checkout, tmp_path):
    cloned(tmp_path / "clone")
    own = tmp_path / "clone/.git/worktrees/infra"
    own.mkdir(parents=True)
    (own / "commondir").write_text("../..\n")
    (checkout / ".git").write_text(f"gitdir: {own}\n")
    assert of({}, checkout / "live/prod/net").place == "acme/infra//live/prod/net"


def test_a_clone_on_a_laptop_and_a_module_that_was_copied_there_are_the_same_state_as_in_ci(checkout):
    cloned(checkout)
    dns = checkout / "live/prod/dns"
    found = of({}, dns)
    assert (found.owner, found.commit) == ("@acme/all", "")
    assert of(actions(checkout), dns).place == found.place
    module = dns / ".terragrunt-cache/a/b"
    cloned(module, of="modules")
    (module / "main.tf").touch()
    for each in (found, of({}, module), of(actions(checkout), module)):
        assert (each.place, each.command) == ("acme/infra//live/prod/dns", "terragrunt")
