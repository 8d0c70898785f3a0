"""Which distributions go into the zip, and which cannot."""

from importlib import metadata

import pytest

from iacwatch.deploy import contents
from iacwatch.errors import UsageError

PURE = ("py3-none-any",)


def install(folder, name, *requires, tags=PURE, files=()):
    files = files or (f"{name.replace('-', '_')}.py",)
    info = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    info.mkdir(parents=True)
    wanted = "".join(f"Requires-Dist: {line}\n" for line in requires)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{wanted}")
    (info / "WHEEL").write_text("".join(f"Tag: {tag}\n" for tag in tags))
    (info / "direct_url.json").write_text("{}")
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(b"")
    own = [f"{info.name}/{file}" for file in ("METADATA", "WHEEL", "RECORD", "direct_url.json")]
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


OURS = ("boto3", "click", "rich", "slack-sdk")


@pytest.mark.parametrize(
    ("ours", "others", "taken"),
    [
        (
            ("boto3>=1", "click", "rich", "Slack_SDK>=3", "pytest; extra == 'dev'"),
            {
                "slack-sdk": ("inner", "aiohttp>3,<4; extra == 'optional'"),
                "inner": ("slack-sdk", "deeper[fast] (>=1)"),
                "deeper": ("quick; extra == 'fast'", "slow; extra == 'slow'"),
                "quick": (),
            },
            ["deeper", "inner", "quick", "slack-sdk"],
        ),
        # What boto3 brings is left to the runtime, what the terminal shares with the function is taken.
        (OURS, {"slack-sdk": ("urllib3",)}, ["slack-sdk"]),
        (OURS, {"slack-sdk": ("pygments",)}, ["pygments", "slack-sdk"]),
        # A requirement under a condition counts where it is installed.
        (
            (*OURS, 'tomli; python_version < "3.11"'),
            {"slack-sdk": ('typing-extensions; python_version < "3.99"',), "typing-extensions": ()},
            ["slack-sdk", "typing-extensions"],
        ),
    ],
)
def test_what_needs_neither_the_runtime_nor_the_terminal_is_taken_with_what_it_needs(
    site, ours, others, taken
):
    install(site, "iacwatch", *ours)
    for name, requires in others.items():
        install(site, name, *requires)
    assert [each.name for each in contents.dependencies()] == taken


def of_slack(site, *, arch="arm64", python="3.13", **kinds):
    install(site, "iacwatch", *OURS)
    install(site, "slack-sdk", **kinds)
    return {name for name in contents.collect(arch=arch, python=python) if not name.startswith("iacwatch/")}


def test_of_a_distribution_only_its_files_and_its_name_are_taken(site):
    assert of_slack(site, files=("slack_sdk/__init__.py", "slack_sdk/__pycache__/a.cpython-313.pyc")) == {
        "slack_sdk/__init__.py",
        "slack_sdk-1.0.dist-info/METADATA",
    }


@pytest.mark.parametrize(
    ("arch", "tag", "taken"),
    [
        ("arm64", "cp313-cp313-manylinux_2_17_aarch64", True),
        ("x86_64", "cp39-abi3-linux_x86_64", True),
        ("x86_64", "cp313-cp313-manylinux_2_17_aarch64", False),
        ("arm64", "cp313-cp313-macosx_11_0_arm64", False),
        ("x86_64", "cp313-cp313-musllinux_1_2_x86_64", False),
    ],
)
def test_machine_code_that_lambda_can_run_is_taken_and_no_other(site, arch, tag, taken):
    given = {"arch": arch, "tags": (tag,), "files": ("fast.so",)}
    if taken:
        assert "fast.so" in of_slack(site, **given)
        return
    said = f"slack-sdk 1.0 cannot go into a zip for {arch}: .*{tag.split('-')[-1]}; run"
    with pytest.raises(UsageError, match=said):
        of_slack(site, **given)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"files": ("slack_sdk/fast.pyd",)}, "machine code"),
        (
            {"python": "3.11", "tags": ("cp311-cp311-manylinux_2_17_aarch64",), "files": ("fast.so",)},
            r"machine code for Python 3\.11",
        ),
        ({"files": ("__editable__.slack_sdk.pth",)}, "slack-sdk is installed in place"),
    ],
)
def test_what_lambda_cannot_have_is_refused(site, given, said):
    with pytest.raises(UsageError, match=said):
        of_slack(site, **given)


def test_what_is_not_whole_here_is_said(site):
    def collect():
        return contents.collect(arch="arm64", python="3.13")

    with pytest.raises(UsageError, match="iacwatch is not installed here; install iacwatch"):
        collect()
    install(site, "iacwatch", *OURS)
    install(site, "slack-sdk", "inner")
    with pytest.raises(UsageError, match="inner, which slack-sdk needs, is not installed here"):
        collect()
    install(site, "inner")
    (site / "slack_sdk.py").unlink()
    with pytest.raises(UsageError, match=r"slack-sdk is not whole here: .*; install slack-sdk again"):
        collect()


@pytest.mark.parametrize("place", ["licenses/LICENSE", "LICENSE"])
def test_iacwatchs_licence_is_what_pip_installed_or_lies_beside_its_sources(site, place, monkeypatch):
    install(site, "slack-sdk")
    install(site, "iacwatch", *OURS, files=("iacwatch/x.py", f"iacwatch-1.0.dist-info/{place}"))
    installed, package = site / "iacwatch-1.0.dist-info" / place, site / "sources" / "iacwatch"
    installed.write_bytes(b"as installed")

    def licence():
        return contents.collect(arch="arm64", python="3.13").get("iacwatch/LICENSE")

    assert licence() == b"as installed"
    record = site / "iacwatch-1.0.dist-info" / "RECORD"
    record.write_text(record.read_text().replace(f"iacwatch-1.0.dist-info/{place},,", "iacwatch/x.py,,"))
    (package / "deploy").mkdir(parents=True)
    (package / "errors.py").write_bytes(b"")
    monkeypatch.setattr(contents, "__file__", str(package / "deploy" / "contents.py"))
    assert licence() is None
    package.with_name("LICENSE").write_bytes(b"of the sources")
    assert licence() == b"of the sources"
