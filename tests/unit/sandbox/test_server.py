from __future__ import annotations

import http.client
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

import pytest
import requests

from srp_portal.sandbox import Sandbox, serve


@pytest.fixture
def connection(universe) -> Iterator[http.client.HTTPConnection]:
    with closing(http.client.HTTPConnection("127.0.0.1", universe.port, timeout=10)) as found:
        yield found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_import_when_done_then_it_is_light_and_loads_nothing_else_of_the_portal():
    code = (
        "import sys, srp_portal.sandbox as s;"
        "heavy = {'jwt', 'cryptography', 'requests', 'pyramid', 'sqlalchemy'} & set(sys.modules);"
        "ours = [m for m in sys.modules if m.startswith('srp_portal.') and 'sandbox' not in m];"
        "print(sorted(heavy), ours)"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=30
    )
    assert found.stdout.strip() == "[] []"


def test_settings_when_asked_then_they_point_at_the_sandbox(universe):
    assert universe.settings() == {
        "esi.base_url": f"{universe.url}/esi",
        "esi.sso_base_url": f"{universe.url}/sso",
        "esi.image_base_url": f"{universe.url}/images",
        "zkillboard.base_url": f"{universe.url}/zkb",
    }


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.1", "example.com", "", "::"])
def test_host_when_it_is_not_loopback_then_it_is_refused(host):
    with pytest.raises(ValueError, match="loopback"):
        Sandbox(host=host)


def test_host_when_named_localhost_then_it_is_the_loopback_address():
    with Sandbox(host="localhost") as sandbox:
        assert sandbox.url == f"http://127.0.0.1:{sandbox.port}"


def test_port_when_taken_then_oserror(universe):
    with pytest.raises(OSError, match="in use"):
        Sandbox(port=universe.port).start()


def test_sandbox_when_not_running_then_it_says_so():
    sandbox = Sandbox()
    with pytest.raises(RuntimeError, match="does not run"):
        _ = sandbox.url
    sandbox.stop()


def test_sandbox_when_stopped_then_nothing_listens_and_it_may_start_again():
    sandbox = Sandbox()
    with sandbox:
        address = urlsplit(sandbox.url)
        assert sandbox.start().url == sandbox.url
    with (
        pytest.raises(ConnectionRefusedError),
        socket.create_connection((address.hostname, address.port), timeout=2),
    ):
        pytest.fail("somebody still listens")
    with sandbox:
        assert requests.get(f"{sandbox.url}/esi/status", timeout=10).status_code == 200


def test_stop_when_connections_are_idle_then_they_are_closed_at_once():
    before = threading.active_count()
    with Sandbox() as sandbox, requests.Session() as session:
        session.get(f"{sandbox.url}/esi/status", timeout=10)
        begin = time.monotonic()
        sandbox.stop()
        assert time.monotonic() - begin < 2
    deadline = time.monotonic() + 2
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before


def test_serve_when_told_to_stop_then_it_returns():
    stop, port = threading.Event(), free_port()
    thread = threading.Thread(target=serve, args=("127.0.0.1", port), kwargs={"stop": stop})
    thread.start()
    try:
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            try:
                answer = requests.get(f"http://127.0.0.1:{port}/esi/status", timeout=5)
                break
            except requests.ConnectionError:
                time.sleep(0.02)
        assert answer.status_code == 200
    finally:
        stop.set()
        thread.join(5)
    assert not thread.is_alive()


def test_serve_when_the_port_is_taken_then_oserror(universe):
    with pytest.raises(OSError, match="in use"):
        serve("127.0.0.1", universe.port)


def test_serve_when_interrupted_then_it_ends_quietly():
    code = (
        "import _thread, threading;"
        "from srp_portal.sandbox import serve;"
        "threading.Timer(0.3, _thread.interrupt_main).start();"
        f"serve('127.0.0.1', {free_port()})"
    )
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", code], stdout=pipe, stderr=pipe) as process:
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, b"", b"")


def test_requests_when_concurrent_then_a_slow_one_holds_nobody_up(universe):
    universe.add_fault("/esi/status", "slow", times=1, seconds=1)
    with ThreadPoolExecutor(8) as pool:
        slow = pool.submit(requests.get, f"{universe.url}/esi/status", timeout=10)
        while not universe.requests:
            time.sleep(0.005)
        address = f"{universe.url}/esi/universe/types/587"
        quick = list(pool.map(lambda _: requests.get(address, timeout=10), range(12)))
        assert not slow.done()
        assert {each.status_code for each in quick} == {200}
        assert slow.result().status_code == 200


def test_connection_when_kept_then_answers_come_without_delay(connection):
    waits = []
    for _ in range(20):
        begin = time.monotonic()
        connection.request("GET", "/esi/status")
        assert connection.getresponse().read()
        waits.append(time.monotonic() - begin)
    # A delayed acknowledgement would cost 40 ms each time but the first.
    assert min(waits[1:]) < 0.03


def test_head_when_asked_then_there_is_a_length_and_no_body(web):
    answer = web("HEAD", "/esi/status")
    assert answer.content == b""
    assert int(answer.headers["Content-Length"]) > 50
    assert answer.headers["Server"] == "sandbox"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({"Transfer-Encoding": "chunked"}, 411, id="chunked"),
        pytest.param({"Content-Length": "many"}, 411, id="no number"),
        pytest.param({"Content-Length": "1000000000"}, 413, id="too long"),
    ],
)
def test_body_when_its_length_is_wrong_then_it_is_refused(connection, headers, status):
    connection.putrequest("POST", "/esi/universe/names")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    assert connection.getresponse().status == status


def test_bug_when_a_service_raises_then_500_and_it_is_logged(web, running, caplog, monkeypatch):
    monkeypatch.setattr(running._running.esi.answers, "type", lambda call: 1 / 0)
    assert web("GET", "/esi/universe/types/587").status_code == 500
    assert "ZeroDivisionError" in caplog.text


def test_index_when_opened_then_it_has_links_to_everything(web, universe):
    page = web("GET", "/")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert all(loss.zkb_url in page.text for loss in universe.losses.values())
    assert "Zoë O&#x27;Hara-Núñez" in page.text
    assert "/control" in page.text
    assert not re.search(r"(src|href)=\"https?://(?!127\.0\.0\.1)", page.text)


@pytest.mark.parametrize("path", ["/nothing", "/esinothing", "*"])
def test_address_when_unknown_then_a_page_says_so(connection, path):
    connection.putrequest("GET", path)
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, b"There is no" in answer.read()) == (404, True)
