"""The tutorial of docs/plugin-authors.md, typed in a new environment with built wheels alone."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).parents[2]
PAGE = "docs/plugin-authors.md"
PORTAL = ("setup.cfg", "pyproject.toml", "README.md", "LICENSE", "srp_portal", "alembic")
ZKILLBOARD = ROOT / "plugins" / "srp-portal-zkillboard"
#: Stands before the output of each command, so that it can be told from the others'.
MARK = "--- command "
TUTORIAL = re.compile(
    r"^<!-- tested: tutorial(-\w+)? -->\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
#: What stands in site-packages of this environment and is ours, or makes editable what is ours.
OURS = ("srp_portal", "__editable__")


def settings(folder):
    """The surroundings of the commands: nothing of the network, a portal's settings, no others."""
    return {
        "PATH": os.pathsep.join((str(folder / "trial" / "bin"), "/usr/bin", "/bin")),
        "HOME": str(folder),
        # There is no index here: builds use what is installed.
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PYTHONWARNINGS": "ignore",
        "SQLALCHEMY_URL": f"sqlite:///{folder}/portal.sqlite",
        "SRP_SECRET": "a-secret-of-the-documents-that-is-long-enough",
        "SRP_SANDBOX": "true",
    }


def typed(script, folder, where):
    """What a script answers."""
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=where,
        env=settings(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """A folder with a new environment, `trial`: the portal and a plugin from wheels.

    What they need is that of the present environment, where the portal itself isn't found.
    """
    folder = tmp_path_factory.mktemp("tutorial")
    needed = folder / "needed"
    needed.mkdir()
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if not path.name.startswith(OURS):
            (needed / path.name).symlink_to(path)
    venv.create(folder / "trial", with_pip=False, symlinks=True)
    [packages] = (folder / "trial" / "lib").glob("python*/site-packages")
    (packages / "needed.pth").write_text(f"import site; site.addsitedir({str(needed)!r})\n")
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "build", "dist")
    (folder / "portal").mkdir()
    for name in PORTAL:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / "portal" / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / "portal" / name)
    shutil.copytree(ZKILLBOARD, folder / "zkillboard", ignore=ignored)
    typed("python -m pip wheel --quiet --no-deps -w dist ./portal ./zkillboard", folder, folder)
    shutil.rmtree(folder / "portal")
    typed("python -m pip install --quiet dist/*.whl", folder, folder)
    found = typed("python -c 'import srp_portal; print(srp_portal.__file__)'", folder, folder)
    assert found.startswith(str(packages)), found
    return folder


def agrees(expected, answer):
    """Whether an answer is the one that is shown; `…` stands for what differs each time."""
    pattern = ".+".join(re.escape(part) for part in expected.strip().split("…"))
    return re.fullmatch(pattern, answer.strip(), re.DOTALL) is not None


def test_tutorial_when_followed_in_a_new_environment_then_answers_as_shown(pages, trial):
    where, different = trial, []
    for kind, block in TUTORIAL.findall(pages[PAGE].text):
        if kind:
            edit(kind, block, where / "srp_portal_home_defence", where / "tests")
            continue
        steps = [step.split("\n", 1) for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]]
        # A command that fails on purpose, such as a test before its rule, ends nothing.
        script = "".join(
            f"echo '{MARK}{number}'\n{command} || true\n"
            for number, (command, _) in enumerate(steps)
        )
        answers = re.split(rf"^{MARK}\d+\n", typed(script, trial, where), flags=re.MULTILINE)[1:]
        different += [
            f"$ {command}\n{answer}"
            for (command, expected), answer in zip(steps, answers, strict=True)
            if not agrees(expected, answer)
        ]
        where = trial / "home-defence"
    assert different == [], "\n".join(different)


def edit(kind, block, package, tests):
    """Does to the files what the page says beside a block."""
    if kind == "-test":
        path = tests / "test_plugin.py"
        path.write_text(f"{path.read_text()}\n\n{block}")
    else:
        path = package / "__init__.py"
        before, _ = path.read_text().split("@hookimpl\ndef payout_modifiers")
        path.write_text(before + block)


@pytest.fixture
def demo(pages, trial):
    """The demo, started as the page says, on ports that are free; gives what it says of itself."""
    typed(
        "test -d home-defence || srp-portal plugins new home-defence\n"
        "python -m pip install --quiet -e home-defence",
        trial,
        trial,
    )
    [script] = pages[PAGE].blocks("demo")
    ports = f"--port {free_port()} --sandbox-port {free_port()}"
    (trial / "demo").mkdir()
    running = subprocess.Popen(
        ["sh", "-ec", script.replace("srp-portal demo", f"exec srp-portal demo {ports}")],
        cwd=trial / "demo",
        env={**settings(trial), "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ""
    for line in running.stdout:
        said += line
        if "Ctrl-C" in line:
            break
    yield said
    running.terminate()
    running.communicate(timeout=60)


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def test_demo_when_started_as_shown_then_the_plugins_bonus_is_in_the_check(demo):
    portal = re.search(r"demo data: (http://\S+)/", demo)[1]
    loss = re.search(r"A loss to submit (http://\S+)", demo)[1]
    browser = requests.Session()

    def send(path, page, **form):
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(portal + page).text)[1]
        return browser.post(portal + path, {**form, "csrf_token": token}, timeout=60).text

    send("/login/local/", "/login/", username="pilot", password="demo-only")
    division = re.search(r'<option value="(\d+)"', browser.get(f"{portal}/request/add/").text)[1]
    page = send(
        "/request/add/", "/request/add/", url=loss, details="x", division=division, check="1"
    )
    assert "Lost in The Forge" in page
    assert "home-defence" in page.casefold()


def test_sources_when_built_as_shown_then_both_kinds_come_of_them(trial):
    """What the page publishes, on the plugin as the tutorial begins it."""
    typed("srp-portal plugins new published", trial, trial)
    command = f"{sys.executable} -m build --no-isolation"
    typed(command, trial, trial / "published")
    dist = trial / "published" / "dist"
    built = {path.name for path in dist.iterdir()}
    assert built == {
        "srp_portal_published-0.1.0-py3-none-any.whl",
        "srp_portal_published-0.1.0.tar.gz",
    }
    with tarfile.open(dist / "srp_portal_published-0.1.0.tar.gz") as sources:
        held = {name.partition("/")[2] for name in sources.getnames()}
    assert {"tests/conftest.py", "tests/test_plugin.py", "README.md", "MANIFEST.in"} <= held
