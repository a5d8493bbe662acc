from __future__ import annotations

import time

import pytest
import requests

from srp_portal.sandbox import Sandbox


@pytest.mark.parametrize(
    ("detail", "status", "body"),
    [
        pytest.param({"status": 502}, 502, None, id="own body"),
        pytest.param({"status": 200, "body": [None]}, 200, "[null]", id="JSON"),
        pytest.param({"status": 418, "body": "text"}, 418, "text", id="text"),
        pytest.param({"status": 204, "body": "dropped"}, 204, "", id="no body allowed"),
    ],
)
def test_status_when_switched_on_then_it_replaces_the_answer(web, universe, detail, status, body):
    universe.add_fault("GET /esi/status", "status", times=1, **detail)
    answer = web("GET", "/esi/status")
    assert answer.status_code == status
    if body is not None:
        assert answer.text == body
    assert web("GET", "/esi/status").json()["players"]


def test_status_when_it_has_headers_then_they_are_sent(web, universe):
    universe.add_fault("/esi/status", "status", status=302, headers={"Location": "/blocked"})
    assert web("GET", "/esi/status").headers["Location"] == "/blocked"


def test_times_when_used_up_then_the_fault_is_gone(web, universe):
    fault = universe.add_fault("GET /esi/status", "html503", times=2)
    statuses = [web("GET", "/esi/status").status_code for _ in range(4)]
    assert statuses == [503, 503, 200, 200]
    assert fault.hits == 2
    assert universe.faults == []


def test_times_when_not_given_then_it_lasts_until_cleared(web, universe):
    universe.add_fault("* /esi/.*", "html502")
    assert {web("GET", "/esi/status").status_code for _ in range(3)} == {502}
    universe.clear_faults()
    assert web("GET", "/esi/status").status_code == 200


def test_match_when_method_or_path_differ_then_nothing_happens(web, universe):
    universe.add_fault("POST /esi/universe/names", "html")
    universe.add_fault("GET /esi/status$", "html")
    assert web("GET", "/esi/universe/types/587").status_code == 200
    assert web("GET", "/esi/status/").status_code == 200
    assert web("POST", "/esi/universe/names", json=[587]).status_code == 503


def test_match_when_the_query_is_named_then_only_that_page_fails(web, universe):
    universe.add_fault(r"GET /esi/.*[?&]page=2", "html")
    assert web("GET", "/esi/markets/prices", params={"page": 1}).status_code == 200
    assert web("GET", "/esi/markets/prices", params={"page": 2}).status_code == 503


def test_headers_when_changed_then_the_rest_of_the_answer_stays(web, universe):
    headers = {"Expires": None, "cache-control": None, "X-Pages": "7"}
    universe.add_fault("/esi/universe/types/587", "headers", headers=headers)
    answer = web("GET", "/esi/universe/types/587")
    assert answer.json()["name"] == "Rifter"
    assert not {"Expires", "Cache-Control"} & set(answer.headers)
    assert answer.headers["X-Pages"] == "7"
    assert "ETag" in answer.headers


def test_limits_when_on_demand_then_they_look_like_esis(web, universe):
    universe.add_fault("/esi/", "error-limit", times=1, reset=7)
    universe.add_fault("/esi/", "rate-limit", times=1, retry_after=3)
    universe.add_fault("/esi/", "rate-limit", times=1, retry_after=None)
    error, rate, bare = (web("GET", "/esi/status") for _ in range(3))
    assert (error.status_code, error.headers["X-Esi-Error-Limit-Reset"]) == (420, "7")
    assert error.headers["X-Esi-Error-Limit-Remain"] == "0"
    assert (rate.status_code, rate.headers["Retry-After"]) == (429, "3")
    assert bare.status_code == 429
    assert "Retry-After" not in bare.headers


@pytest.mark.parametrize("kind", ["slow", "trickle"])
def test_slow_when_waited_for_then_the_answer_is_whole(web, universe, kind):
    universe.add_fault("/esi/status", kind, seconds=0.2)
    begin = time.monotonic()
    assert web("GET", "/esi/status").json()["players"]
    assert time.monotonic() - begin >= 0.19


def test_drop_when_it_happens_then_there_is_no_answer(web, universe):
    universe.add_fault("/esi/status", "drop", times=1)
    with pytest.raises(requests.ConnectionError):
        web("GET", "/esi/status")
    assert universe.log[-1].status == 0
    assert web("GET", "/esi/status").status_code == 200


def test_truncate_when_it_happens_then_the_body_is_cut(web, universe):
    universe.add_fault("/esi/status", "truncate")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        web("GET", "/esi/status")


def test_empty_when_it_happens_then_200_has_no_body(web, universe):
    universe.add_fault("/esi/status", "empty")
    answer = web("GET", "/esi/status")
    assert (answer.status_code, answer.content) == (200, b"")


def test_html_when_with_200_then_only_the_type_tells(web, universe):
    universe.add_fault("/esi/status", "html", status=200)
    answer = web("GET", "/esi/status")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")


def test_bad_json_when_it_happens_then_the_length_is_right_and_the_body_is_not(web, universe):
    universe.add_fault("/esi/status", "bad-json")
    answer = web("GET", "/esi/status")
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert answer.headers["Content-Type"].startswith("application/json")
    with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
        answer.json()


def test_gzip_when_unasked_then_it_can_be_read_all_the_same(web, universe):
    universe.add_fault("/esi/status", "gzip")
    answer = web("GET", "/esi/status", headers={"Accept-Encoding": "identity"})
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.json()["players"]


def test_bad_gzip_when_it_happens_then_the_body_can_not_be_unpacked(web, universe):
    universe.add_fault("/esi/insurance/prices", "bad-gzip")
    with pytest.raises(requests.exceptions.ContentDecodingError):
        web("GET", "/esi/insurance/prices")


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_huge_when_it_happens_then_the_body_is_as_long_as_said(web, universe, encoding):
    universe.add_fault("/esi/status", "huge", bytes=3_000_000)
    answer = web("GET", "/esi/status", headers={"Accept-Encoding": encoding})
    assert len(answer.content) == 3_000_004
    assert ("Content-Encoding" in answer.headers) == (encoding == "gzip")


def test_touch_when_there_is_no_such_record_then_the_mistake_shows(web, universe):
    universe.add_fault("/esi/freelance-jobs", "touch", 1, name="freelance-jobs", record_id="x")
    assert web("GET", "/esi/freelance-jobs").status_code == 500
    assert web("GET", "/esi/freelance-jobs").status_code == 200


def test_stop_spamming_when_it_happens_then_520_holds_a_time(web, universe):
    universe.add_fault("POST /esi/universe/names", "stop-spamming", seconds=12)
    answer = web("POST", "/esi/universe/names", json=[587])
    assert answer.status_code == 520
    assert "ConStopSpamming" in answer.json()["error"]
    assert "'remainingTime': 120000000L" in answer.json()["error"]


def test_hang_when_the_client_gives_up_then_it_times_out(universe):
    universe.add_fault("/esi/status", "hang")
    with pytest.raises(requests.Timeout):
        requests.get(f"{universe.url}/esi/status", timeout=0.2)


def test_hang_when_its_time_is_over_then_the_connection_ends(web, universe):
    universe.add_fault("/esi/status", "hang", seconds=0.1)
    with pytest.raises(requests.ConnectionError):
        web("GET", "/esi/status")


def test_hang_when_the_sandbox_stops_then_it_does_not_wait():
    sandbox = Sandbox().start()
    sandbox.add_fault("/esi/status", "hang")
    with pytest.raises(requests.Timeout):
        requests.get(f"{sandbox.url}/esi/status", timeout=0.2)
    begin = time.monotonic()
    sandbox.stop()
    assert time.monotonic() - begin < 2


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        pytest.param({"match": "/x", "kind": "fire"}, "fire", id="unknown kind"),
        pytest.param({"match": "/x", "kind": "slow", "status": 1}, "status", id="detail"),
        pytest.param({"match": "/x", "kind": "drop", "times": 0}, "times", id="never"),
        pytest.param({"match": "/x", "kind": "rebuild"}, "orders", id="listing unnamed"),
        pytest.param({"match": "/x", "kind": "touch", "name": "orders"}, "projects", id="listing"),
        pytest.param({"match": "GET /(", "kind": "drop"}, "regular", id="pattern"),
    ],
)
def test_fault_when_wrong_then_the_error_names_it(universe, arguments, named):
    with pytest.raises(ValueError, match=named):
        universe.add_fault(**arguments)
