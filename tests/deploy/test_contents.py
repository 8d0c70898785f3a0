"""Which distributions go into the zip, and which cannot."""

from importlib import metadata

import pytest

from iacwatch.deploy import contents
from iacwatch.errors import UsageError

PURE = ("py3-none-any",)
ABI = "cp313-cp313-"
OURS = ("boto3", "click", "rich", "slack-sdk")


def install(folder, name, *requires, tags=PURE, files=()):
    files = files or (f"{name.replace('-', '_')}.py",)
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    wanted = "".join(f"Requires-Dist: {line}\n" for line in requires)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{wanted}")
    (info / "WHEEL").write_text("".join(f"Tag: {tag}\n" for tag in tags))
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(b"")
    own = [f"{info.name}/{file}" for file in ("METADATA", "WHEEL", "RECORD")]
    (info / "RECORD").write_text("".join(f"{file},,\n" for file in (*files, *own, "../../../bin/tool")))


@pytest.fixture
def site(tmp_path, monkeypatch):
    def distribution(name):
        for found in metadata.distributions(name=name, path=[str(tmp_path)]):
            return found
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(contents, "distribution", distribution)
    install(tmp_path, "boto3", "botocore>=1")
    install(tmp_path, "botocore", 'urllib3!=2.2.0,<3,>=1.25.4; python_version >= "3.10"')
    install(tmp_path, "rich", "pygments")
    for name in ("urllib3", "click", "pygments"):
        install(tmp_path, name)
    return tmp_path


def test_what_needs_neither_the_runtime_nor_the_terminal_is_taken_with_what_it_needs(site):
    install(site, "iacwatch", "boto3>=1", "click", "rich", "Slack_SDK>=3", "pytest; extra == 'dev'")
    # What boto3 brings is left to the runtime, what the terminal shares with the function is taken.
    shared = ("urllib3", "pygments")
    install(site, "slack-sdk", "inner", "aiohttp>3,<4; extra == 'optional'", *shared)
    # A requirement under a condition counts where it is installed.
    here = ('here; python_version < "3.9"', 'tomli; python_version < "3.99"')
    install(site, "inner", "slack-sdk", "deeper[fast] (>=1)", *here)
    install(site, "deeper", "quick; extra == 'fast'", "slow; extra == 'slow'")
    for name in ("quick", "here"):
        install(site, name)
    taken = ["deeper", "here", "inner", "pygments", "quick", "slack-sdk"]
    assert [each.name for each in contents.dependencies()] == taken


def fast(arch, tag, python="3.13"):
    return {"arch": arch, "tags": (tag,), "files": ("fast.so",), "python": python}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (fast("arm64", f"{ABI}manylinux_2_17_aarch64"), None),
        (fast("x86_64", "cp39-abi3-linux_x86_64"), None),
        (fast("arm64", f"{ABI}manylinux_2_17_x86_64"), "for arm64: .*manylinux_2_17_x86_64; run"),
        (fast("x86_64", f"{ABI}musllinux_1_2_x86_64"), "for x86_64: .*musllinux_1_2_x86_64; run"),
        (fast("arm64", "cp311-cp311-manylinux_2_17_aarch64", "3.11"), r"machine code for Python 3\.11"),
        ({"files": ("__editable__.slack_sdk.pth",)}, "slack-sdk is installed in place"),
    ],
)
def test_machine_code_that_lambda_cannot_run_is_refused(site, given, said):
    chosen = {"arch": given.pop("arch", "arm64"), "python": given.pop("python", "3.13")}
    install(site, "iacwatch", *OURS)
    install(site, "slack-sdk", **given)
    if said:
        with pytest.raises(UsageError, match=said):
            contents.collect(**chosen)
    else:
        assert contents.collect(**chosen).keys() >= {"fast.so"}


def test_what_is_not_whole_here_is_said(site):
    def refused(said):
        with pytest.raises(UsageError, match=said):
            contents.collect(arch="arm64", python="3.13")

    refused("iacwatch is not installed here; install iacwatch")
    install(site, "iacwatch", *OURS)
    install(site, "slack-sdk", "inner")
    refused("inner, which slack-sdk needs, is not installed here")
    install(site, "inner")
    (site / "slack_sdk.py").unlink()
    refused(r"slack-sdk is not whole here: .*; install slack-sdk again")
    (site / "slack_sdk-1.0.dist-info" / "RECORD").unlink()
    refused("slack-sdk does not say which files are its own; install slack-sdk with pip")
