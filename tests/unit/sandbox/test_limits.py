"""ESI's two limits when somebody sets what is left of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import requests

from srp_portal.sandbox import Sandbox

STATUS, TYPE = "/esi/status", "/esi/universe/types/587"
MIRA, TOBIN = 2112000101, 2112000102
READ_WALLET = "esi-wallet.read_character_wallet.v1"


def test_tokens_when_none_are_left_then_429_names_the_group_and_others_go_on(web, universe):
    universe.set_tokens("status", reset=5)
    answer = web("GET", STATUS)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 5
    assert answer.headers["X-Ratelimit-Group"] == "status"
    assert answer.headers["X-Ratelimit-Remaining"] == "0"
    assert web("GET", "/esi/insurance/prices").status_code == 200
    assert web("GET", TYPE).status_code == 200


def test_tokens_when_few_are_left_then_they_are_counted_down(web, universe):
    universe.set_tokens("status", 3)
    answers = [web("GET", STATUS) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert [each.headers["X-Ratelimit-Remaining"] for each in answers] == ["1", "0", "0"]


def test_tokens_when_the_reset_is_over_then_they_are_back():
    moments = [datetime(2026, 5, 1, 12, 0, tzinfo=UTC)]
    with Sandbox(clock=lambda: moments[-1]) as sandbox, requests.Session() as session:

        def ask() -> requests.Response:
            return session.get(f"{sandbox.url}{STATUS}", timeout=10)

        sandbox.set_tokens("status", reset=7)
        assert ask().headers["Retry-After"] == "7"
        moments.append(moments[-1] + timedelta(seconds=6))
        assert ask().headers["Retry-After"] == "1"
        moments.append(moments[-1] + timedelta(seconds=1))
        assert ask().headers["X-Ratelimit-Remaining"] == "598"


def test_tokens_when_of_one_pilot_then_the_others_have_theirs(web, universe, as_pilot):
    universe.set_tokens("char-wallet", owner=f"portal:{MIRA}")
    statuses = {
        pilot: web(
            "GET", f"/esi/characters/{pilot}/wallet", headers=as_pilot(READ_WALLET, pilot)
        ).status_code
        for pilot in (MIRA, TOBIN)
    }
    assert statuses == {MIRA: 429, TOBIN: 200}


def test_tokens_when_a_token_comes_along_to_a_public_address_then_the_application_pays(
    web, universe, as_pilot
):
    web("GET", STATUS)
    web("GET", STATUS, headers=as_pilot(READ_WALLET))
    web("GET", STATUS, headers=as_pilot(READ_WALLET, TOBIN))
    listed = web("GET", "/control/limits").json()["tokens"]
    assert {"group": "status", "owner": "", "remaining": 598} in listed
    assert {"group": "status", "owner": "portal", "remaining": 596} in listed


def test_errors_when_none_are_left_then_everything_is_420_until_the_reset():
    moments = [datetime(2026, 5, 1, 12, 0, 50, tzinfo=UTC)]
    with Sandbox(clock=lambda: moments[-1]) as sandbox, requests.Session() as session:

        def ask(path: str) -> requests.Response:
            return session.get(f"{sandbox.url}{path}", timeout=10)

        sandbox.set_errors(0, reset=30)
        for path in (STATUS, TYPE):
            assert ask(path).status_code == 420
            assert ask(path).headers["X-Esi-Error-Limit-Reset"] == "30"
        moments.append(moments[-1] + timedelta(seconds=30))
        assert ask(STATUS).status_code == 200
        assert ask(TYPE).headers["X-Esi-Error-Limit-Remain"] == "100"


def test_errors_when_few_are_left_then_each_mistake_costs_one(web, universe):
    universe.set_errors(2)
    statuses = [web("GET", "/esi/universe/types/1").status_code for _ in range(3)]
    assert statuses == [404, 404, 420]
    assert web("GET", "/control/limits").json()["errors"]["remaining"] == 0


def test_limits_when_set_by_the_address_then_they_count_and_a_reset_forgets_them(web, universe):
    web("POST", "/control/limits", json={"group": "status", "remaining": 0})
    assert web("GET", STATUS).status_code == 429
    web("POST", "/control/limits", json={"errors": 0, "reset": 9})
    assert web("GET", STATUS).status_code == 420
    universe.reset()
    assert web("GET", STATUS).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({"group": "nothing"}, id="unknown group"),
        pytest.param({"group": "status", "remaining": 601}, id="more than there are"),
        pytest.param({"group": "status", "reset": 901}, id="too long"),
        pytest.param({"errors": 101}, id="more errors than there are"),
        pytest.param({"errors": 0, "reset": 0}, id="no time"),
        pytest.param({}, id="nothing"),
    ],
)
def test_limits_when_the_order_makes_no_sense_then_400(web, body):
    assert web("POST", "/control/limits", json=body).status_code == 400
    assert web("GET", STATUS).status_code == 200
