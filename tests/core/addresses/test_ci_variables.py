"""What CI systems say of a job."""

from dataclasses import replace

import pytest

from iacwatch.core.addresses import ci_variables as ci
from iacwatch.core.addresses.ci_variables import (
    CiJob,
    command_of,
    directory_in,
    has_code,
    job,
    normal,
    origin_of,
    repository_of,
)

SHA = "0123456789abcdef0123456789abcdef01234567"
R, W = "acme/infra", "/w/infra"
# The variables that give a system away, and that say repository, checkout and commit.
JOBS = {
    "GitHub Actions": "GITHUB_ACTIONS GITHUB_REPOSITORY GITHUB_WORKSPACE GITHUB_SHA",
    "GitLab CI": "GITLAB_CI CI_PROJECT_PATH CI_PROJECT_DIR CI_COMMIT_SHA",
    "Jenkins": "JENKINS_URL GIT_URL WORKSPACE GIT_COMMIT",
    "Buildkite": "BUILDKITE BUILDKITE_REPO BUILDKITE_BUILD_CHECKOUT_PATH BUILDKITE_COMMIT",
    "CircleCI": "CIRCLECI CIRCLE_REPOSITORY_URL CIRCLE_WORKING_DIRECTORY CIRCLE_SHA1",
    "Azure Pipelines": "TF_BUILD BUILD_REPOSITORY_NAME BUILD_SOURCESDIRECTORY BUILD_SOURCEVERSION",
    "Bitbucket Pipelines": "BITBUCKET_BUILD_NUMBER BITBUCKET_REPO_FULL_NAME BITBUCKET_CLONE_DIR BITBUCKET_COMMIT",
    "AWS CodeBuild": "CODEBUILD_BUILD_ID CODEBUILD_SOURCE_REPO_URL CODEBUILD_SRC_DIR CODEBUILD_RESOLVED_SOURCE_VERSION",
}  # fmt: skip
ATLANTIS = (
    f"ATLANTIS_TERRAFORM_VERSION=1.9.0 JENKINS_URL=x BASE_REPO_OWNER=acme BASE_REPO_NAME=infra HEAD_COMMIT={SHA}"
    f" REPO_REL_DIR=./live/net DIR={W}/7/blue/live/net WORKSPACE=blue PROJECT_NAME=net-prod"
)
SPACELIFT = (
    f"TF_VAR_spacelift_run_id=01J TF_VAR_spacelift_repository={R} TF_VAR_spacelift_workspace_root={W}"
    f" TF_VAR_spacelift_project_root=live/net TF_VAR_spacelift_commit_sha={SHA} TF_VAR_spacelift_stack_id=net-prod"
)
HCP = f"TFC_RUN_ID=run-1 TFC_WORKSPACE_NAME=net-prod TFC_WORKSPACE_SLUG=acme/net-prod TFC_CONFIGURATION_VERSION_GIT_COMMIT_SHA={SHA}"


def set_by(text, **more):
    """Return the variables that a text sets."""
    return dict(part.split("=") for part in text.split()) | more


@pytest.mark.parametrize("system", JOBS)
def test_a_system_says_repository_checkout_and_commit(system):
    for repository in (R, f"https://bot:hunter2@github.com/{R}.git", f"git@github.com:{R}.git"):
        said = dict(zip(JOBS[system].split(), ("x", repository, W, SHA), strict=True))
        assert job(said) == CiJob(system=system, repository=R, commit=SHA, checkout=W)


def test_who_runs_terraform_itself_says_more_and_comes_first():
    said = CiJob(system="Atlantis", repository=R, commit=SHA, checkout=f"{W}/7/blue", directory="live/net")
    assert job(set_by(ATLANTIS)) == replace(said, workspace="blue")
    # A project is a stack unless it has workspaces.
    default = replace(said, workspace="default", stack="net-prod")
    assert job(set_by(ATLANTIS, WORKSPACE="default")) == default
    lift = replace(said, system="Spacelift", checkout=f"{W}/source", stack="net-prod")
    assert job(set_by(SPACELIFT)) == lift
    # HCP Terraform knows no repository.
    assert job(set_by(HCP)) == CiJob(system="HCP Terraform", commit=SHA, stack="acme/net-prod")
    assert job(set_by(HCP, TFC_WORKSPACE_SLUG="")).stack == "net-prod"
    circle = {"CIRCLECI": "true", "CIRCLE_PROJECT_USERNAME": "acme", "CIRCLE_PROJECT_REPONAME": "infra"}
    assert job(circle) == CiJob(system="CircleCI", repository=R)

    assert job({}) == job({"GITHUB_REPOSITORY": "acme/infra", "WORKSPACE": "blue"}) == CiJob()
    half = {"ATLANTIS_TERRAFORM_VERSION": "1.9.0", "BASE_REPO_OWNER": "acme", "REPO_REL_DIR": "."}
    assert job(half) == CiJob(system="Atlantis", directory="")
    assert job({**half, "DIR": "/repos/7"}) == CiJob(system="Atlantis", directory="", checkout="/repos/7")


def test_of_a_repositorys_url_only_owner_and_name_are_kept_and_others_are_called_by_their_path():
    config = '[core]\n\tbare = false\n[remote "{}"]\n\turl = {}\n\tfetch = x\n'.format
    for url in (
        "https://x-token:ghs_secret@github.com/acme/infra.git?token=secret#x",
        "ssh://git@github.com:22/acme/infra.git",
        "https://bitbucket.acme.example/scm/acme/infra.git",
    ):
        assert repository_of(url) == origin_of(config("origin", url)) == "acme/infra"
    assert repository_of("https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/infra") == "infra"
    assert repository_of("https://dev.azure.com/acme/net/_git/infra") == "acme/net/_git/infra"
    assert repository_of("") == repository_of("https://bot:secret@host.example") == ""
    fork = config("fork", "https://github.com/eve/infra")
    assert origin_of(fork) == origin_of(f'[remote "origin"]\n{fork}') == ""


def test_a_directory_is_written_from_the_root_of_the_checkout():
    for checkout, folder, directory in (
        ("/w/infra/", "/w/infra", ""),
        ("/w/infra", "/w/infra2", None),
        ("", "/w", None),
        ("/", "/live", "live"),
        ("D:\\a\\infra", "D:\\a\\infra\\live\\prod", "live/prod"),
        ("/w", "/w/live/net/.terragrunt-cache/x/y", "live/net"),
    ):
        assert directory_in(checkout, folder) == directory
    assert normal("./live//prod/") == "live/prod"


def test_a_stack_is_called_by_its_directory_and_by_a_workspace_that_is_not_the_default():
    assert ci.stack_name("live/prod", "") == ci.stack_name("live/prod", "default") == "live/prod"
    assert ci.stack_name("live/prod", "blue") == "live/prod:blue"
    assert ci.atmos_stack({"ATMOS_COMPONENT": "vpc", "ATMOS_STACK": "plat-ue2-prod"}) == "vpc/plat-ue2-prod"
    assert ci.atmos_stack({"ATMOS_STACK": "plat-ue2-prod"}) == ""


def test_a_folder_tells_whether_and_by_which_command_it_is_applied():
    assert has_code(["README.md", "main.tf"])
    assert has_code([".terraform"])
    assert not has_code(["README.md", "terraform.tfstate"])
    assert command_of({}, "/w/live", ["main.tf"]) == ""
    assert command_of({}, "/w/live", ["terragrunt.hcl"]) == "terragrunt"
    assert command_of({"TG_CTX_COMMAND": "apply"}, "/w/live", []) == "terragrunt"
    assert command_of({}, "/w/live/.terragrunt-cache/a/b", ["main.tf"]) == "terragrunt"
    assert command_of({"ATMOS_BASE_PATH": "/w"}, "/w", []) == "atmos"
    assert command_of({}, "/w", ["main.tofu"]) == "tofu"
