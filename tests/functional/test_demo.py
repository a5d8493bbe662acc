"""The demo as a process: what it tells, who may log in, and that nothing of it stays behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from srp_portal.cli.main import main
from srp_portal.demo.furnish import PASSWORD
from srp_portal.demo.scenes import ACCOUNTS, SCENES, TO_TRY, VISITORS
from srp_portal.testing.portal import csrf_token

ROOT = Path(__file__).parents[2]
STATUSES = {"evaluating", "incomplete", "rejected", "approved", "paid"}


class Demo:
    """A running demo; `told` is what it printed."""

    def __init__(self, folder: Path) -> None:
        # The development settings are what `make serve` uses; only the database is another one.
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("SRP_", "ESI_", "ZKILLBOARD_"))
        }
        environment["SQLALCHEMY_URL"] = f"sqlite:///{folder / 'demo.sqlite'}"
        command = ["-c", str(ROOT / "development.ini"), "demo", "--port=0", "--sandbox-port=0"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "srp_portal.cli", *command],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self.told = ""
        for line in self.process.stdout:
            self.told += line
            if "Ctrl-C" in line:
                break
        addresses = re.findall(r"http://127\.0\.0\.1:[0-9]+", self.told)
        if not addresses:
            _, error = self.process.communicate(timeout=10)
            raise AssertionError(f"the demo did not start: {error}")
        self.address, self.sandbox = addresses[0], addresses[-1]

    def login(self, name: str) -> requests.Session:
        """A browser in which somebody is logged in."""
        browser = requests.Session()
        form = {
            "username": name,
            "password": PASSWORD,
            "csrf_token": csrf_token(browser.get(f"{self.address}/login/", timeout=10).text),
        }
        answer = browser.post(
            f"{self.address}/login/local/", form, timeout=10, allow_redirects=False
        )
        assert answer.status_code == 303, answer.text
        return browser

    def get(self, browser: requests.Session, path: str) -> dict:
        """A document."""
        answer = browser.get(f"{self.address}{path}?fmt=json", timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def stop(self, number: int = signal.SIGINT) -> tuple[int, float]:
        """Exit status, and how many seconds it took."""
        began = time.monotonic()
        self.process.send_signal(number)
        _, self.error = self.process.communicate(timeout=15)
        return self.process.returncode, time.monotonic() - began


@pytest.fixture
def start(tmp_path):
    """Starts the demo on a database that stays for the next start."""
    started = []

    def start():
        started.append(Demo(tmp_path))
        return started[-1]

    yield start
    for demo in started:
        if demo.process.poll() is None:
            demo.process.kill()
            demo.process.communicate()


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A demo for tests that only read."""
    demo = Demo(tmp_path_factory.mktemp("demo"))
    yield demo
    demo.stop()


def members_of_session(process_id):
    """Processes of the session that a demo was started in."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it ended while we looked
            continue
        if fields[3] == str(process_id) and fields[0] != "Z":
            found.append(stat.parent.name)
    return found


def is_free(address):
    host, port = address.removeprefix("http://").split(":")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        return probe.connect_ex((host, int(port))) != 0


def test_demo_when_started_tells_where_it_is_and_how_to_log_in(demo):
    assert f"{demo.address}/" in demo.told
    assert PASSWORD in demo.told
    assert all(name in demo.told for name in ACCOUNTS)
    assert f"/zkb/kill/{TO_TRY}/" in demo.told
    assert requests.get(demo.address, timeout=10).status_code == 200
    assert requests.get(demo.sandbox, timeout=10).status_code == 200


@pytest.mark.parametrize("name", list(ACCOUNTS))
def test_demo_account_when_logged_in_sees_its_pages(demo, name):
    browser = demo.login(name)
    home = browser.get(f"{demo.address}/", timeout=10)
    assert home.status_code == 200
    assert home.url.endswith("/request/personal/")


def test_demo_data_when_read_shows_every_status(demo):
    page = demo.get(demo.login("reviewer"), "/request/all/")
    assert page["request_count"] == len(SCENES)
    assert {row["status"] for row in page["requests"]} == STATUSES


def test_demo_payer_when_logged_in_has_something_to_pay(demo):
    assert demo.get(demo.login("payer"), "/request/pay/")["request_count"] > 2


def test_demo_visitor_when_logged_in_with_eve_finds_earlier_requests_and_may_submit(demo):
    browser = requests.Session()
    away = browser.get(f"{demo.address}/login/eve/", timeout=10, allow_redirects=False)
    choice = {"approve": "1", "character_id": str(VISITORS[0])}
    browser.get(away.headers["Location"], params=choice, timeout=10)
    assert demo.get(browser, "/request/personal/")["request_count"] > 0
    assert browser.get(f"{demo.address}/request/add/", timeout=10).status_code == 200


def test_demo_pilot_when_submitting_the_loss_left_over_gets_a_request(start):
    demo = start()
    browser = demo.login("pilot")
    link = re.search(r"\S+/zkb/kill/[0-9]+/", demo.told)[0]
    page = browser.get(f"{demo.address}/request/add/", timeout=10).text
    division = re.search(r'<option value="([0-9]+)"', page)[1]
    form = {
        "url": link,
        "details": "From the demo's own words.",
        "division": division,
        "csrf_token": csrf_token(page),
    }
    answer = browser.post(f"{demo.address}/request/add/", form, timeout=20, allow_redirects=False)
    assert answer.status_code == 303, answer.text
    assert demo.get(browser, f"/request/{TO_TRY}/")["status"] == "evaluating"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
def test_demo_when_stopped_leaves_nothing_and_keeps_the_data(start, number):
    first = start()
    before = first.get(first.login("reviewer"), "/request/all/")
    status, seconds = first.stop(number)
    assert (status, first.error) == (0, "Making the demo data …\n")
    assert seconds < 6
    assert members_of_session(first.process.pid) == []
    assert is_free(first.address)
    assert is_free(first.sandbox)

    second = start()
    after = second.get(second.login("reviewer"), "/request/all/")
    assert [row["id"] for row in after["requests"]] == [row["id"] for row in before["requests"]]
    assert second.stop(number)[0] == 0
    assert second.error == ""


@pytest.fixture
def ini(tmp_path, monkeypatch):
    for name in list(os.environ):
        if name.startswith(("SRP_", "ESI_", "SQLALCHEMY_", "ZKILLBOARD_")):
            monkeypatch.delenv(name)
    path = tmp_path / "demo.ini"
    path.write_text((ROOT / "development.ini").read_text())
    return path


@pytest.mark.parametrize("option", ["--port", "--sandbox-port"])
def test_demo_when_a_port_is_taken_says_so_in_one_line_and_begins_nothing(ini, capsys, option):
    other = {"--port": "--sandbox-port", "--sandbox-port": "--port"}[option]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert main(["-c", str(ini), "demo", option, port, other, "0"]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.count("\n") == 1
    assert f"127.0.0.1:{port}" in told.err
    assert option in told.err
    assert not (ini.parent / "var").exists()


def test_demo_when_not_in_a_sandbox_refuses(ini, capsys):
    ini.write_text(ini.read_text().replace("srp.sandbox = true", "srp.sandbox = false"))
    assert main(["-c", str(ini), "demo", "--port", "0", "--sandbox-port", "0"]) == 1
    assert "srp.sandbox = true" in capsys.readouterr().err
    assert not (ini.parent / "var").exists()
