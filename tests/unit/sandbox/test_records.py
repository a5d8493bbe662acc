"""Long answers that are walked by a cursor or from an id on, also while they change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

PROJECTS = "/esi/corporations/98000101/projects"
READ_PROJECTS = "esi-corporations.read_projects.v1"
READ_JOBS = "esi-corporations.read_freelance_jobs.v1"
READ_WALLET = "esi-wallet.read_character_wallet.v1"
READ_WALLETS = "esi-wallet.read_corporation_wallets.v1"
MIRA = 2112000101
TRANSACTIONS = f"/esi/characters/{MIRA}/wallet/transactions"


@pytest.fixture
def jobs(web) -> Callable[..., tuple[list[str], dict[str, str]]]:
    """A stretch of the public freelance jobs: their names, and the cursors."""

    def ask(**query: Any) -> tuple[list[str], dict[str, str]]:
        answer = web("GET", "/esi/freelance-jobs", params=query)
        assert answer.status_code == 200, answer.text
        found = answer.json()
        return [each["name"] for each in found["freelance_jobs"]], found.get("cursor", {})

    return ask


def walk_back(jobs, limit: int = 100) -> list[str]:
    """Names of all jobs, as a reader meets them who walks towards the oldest."""
    met, cursor = jobs(limit=limit)
    while cursor:
        names, cursor = jobs(limit=limit, before=cursor["before"])
        met = names + met
    return met


def names_of(*numbers: int) -> list[str]:
    return [f"Freelance job {number}" for number in numbers]


def test_cursor_when_none_is_given_then_the_newest_ten_come_newest_last(jobs):
    names, cursor = jobs()
    assert names == names_of(*range(121, 131))
    assert set(cursor) == {"before", "after"}


def test_cursor_when_walked_back_then_all_come_once_and_an_empty_list_ends_it(jobs):
    assert walk_back(jobs) == names_of(*range(1, 131))


def test_cursor_when_walked_forward_from_zero_then_the_oldest_come_first(jobs):
    names, cursor = jobs(after="0", limit=100)
    rest, last = jobs(after=cursor["after"], limit=100)
    assert names + rest == names_of(*range(1, 131))
    assert jobs(after=last["after"]) == ([], {})


def test_cursor_when_before_zero_then_it_is_the_end(jobs):
    assert jobs(before="0") == jobs()


def test_cursor_when_a_job_changes_then_it_is_met_after_the_end(jobs, universe):
    _, cursor = jobs()
    old = universe.touch("freelance-jobs")
    names, newer = jobs(after=cursor["after"])
    assert names == [old["name"]] == names_of(1)
    assert old["progress"]["current"] == 2
    assert jobs(after=newer["after"]) == ([], {})


def test_cursor_when_a_job_changes_while_somebody_walks_back_then_only_forward_finds_it(
    jobs, universe
):
    universe.add_fault("GET /esi/freelance-jobs.*before=", "touch", times=1, name="freelance-jobs")
    _, first = jobs(limit=100)
    assert walk_back(jobs) == names_of(*range(2, 131))
    assert jobs(after=first["after"])[0] == names_of(1)


def test_cursor_when_a_met_job_changes_then_it_comes_twice_and_the_newer_counts_more(web):
    before = web("GET", "/esi/freelance-jobs").json()
    job = before["freelance_jobs"][0]
    body = {"name": "freelance-jobs", "record_id": job["id"]}
    changed = web("POST", "/control/touch", json=body).json()
    params = {"after": before["cursor"]["after"]}
    again = web("GET", "/esi/freelance-jobs", params=params).json()["freelance_jobs"]
    assert again == [changed]
    assert changed["progress"]["current"] == job["progress"]["current"] + 1
    assert changed["last_modified"] > job["last_modified"]


@pytest.mark.parametrize("overlap", [1, 3])
def test_cursor_when_stretches_overlap_then_duplicates_come_and_the_walk_ends(
    jobs, universe, overlap
):
    universe.esi(cursor_overlap=overlap)
    met = walk_back(jobs, limit=50)
    assert len(met) == 130 + 2 * overlap
    assert set(met) == set(names_of(*range(1, 131)))
    names, _ = jobs(after=jobs(before="0")[1]["after"])
    assert names == []


@pytest.mark.parametrize(
    ("which", "sides"),
    [
        pytest.param("before", {"before"}, id="no after"),
        pytest.param("after", {"after"}, id="no before"),
        pytest.param("none", set(), id="no cursor"),
    ],
)
def test_cursor_when_switched_off_then_it_is_missing(jobs, universe, which, sides):
    universe.esi(cursor=which)
    assert set(jobs()[1]) == sides


@pytest.mark.parametrize(
    "query",
    [
        pytest.param({"before": "MTI", "after": "MTI"}, id="both"),
        pytest.param({"limit": "9"}, id="too few"),
        pytest.param({"limit": "101"}, id="too many"),
        pytest.param({"before": "x"}, id="no cursor"),
        pytest.param({"after": "5"}, id="a guessed one"),
        pytest.param({"corporation_id": "mine"}, id="no number"),
    ],
)
def test_cursor_when_the_query_is_wrong_then_400(web, query):
    assert web("GET", "/esi/freelance-jobs", params=query).status_code == 400


def test_jobs_when_of_one_corporation_then_the_others_are_left_out(web, jobs, as_pilot):
    names, _ = jobs(corporation_id=98000102, limit=100)
    own = web(
        "GET", "/esi/corporations/98000101/freelance-jobs", headers=as_pilot(READ_JOBS)
    ).json()
    assert names == names_of(*range(2, 131, 2))
    assert [each["name"] for each in own["freelance_jobs"]] == names_of(*range(111, 131, 2))


def test_projects_when_asked_then_those_that_are_over_come_on_demand(web, as_pilot):
    headers = as_pilot(READ_PROJECTS)
    active = web("GET", PROJECTS, headers=headers, params={"limit": 100}).json()["projects"]
    params = {"limit": 100, "state": "All"}
    everything = web("GET", PROJECTS, headers=headers, params=params).json()["projects"]
    assert [each["name"] for each in active] == [f"Project {n}" for n in range(1, 26)]
    assert [each["name"] for each in everything[:3]] == [f"Old project {n}" for n in (1, 2, 3)]
    wrong = web("GET", PROJECTS, headers=headers, params={"state": "Lost"})
    assert wrong.status_code == 400


def test_contributors_when_the_project_exists_then_they_have_ids_and_no_dates(web, as_pilot):
    headers = as_pilot(READ_PROJECTS)
    project = web("GET", PROJECTS, headers=headers).json()["projects"][0]["id"]
    answer = web("GET", f"{PROJECTS}/{project}/contributors", headers=headers).json()
    assert answer["contributors"][-1] == {
        "contributed": 25,
        "id": 2113000025,
        "name": "Contributor 25",
    }
    unknown = project.translate(str.maketrans("0123456789", "1234567890"))
    assert web("GET", f"{PROJECTS}/{unknown}/contributors", headers=headers).status_code == 404


def test_participants_when_the_job_is_of_that_corporation_then_they_are_listed(web, as_pilot):
    headers, path = as_pilot(READ_JOBS), "/esi/corporations/98000101/freelance-jobs"
    jobs = web("GET", "/esi/freelance-jobs").json()["freelance_jobs"]
    own, foreign = (
        next(each["id"] for each in jobs if each["name"] == name) for name in names_of(129, 130)
    )
    answer = web("GET", f"{path}/{own}/participants", headers=headers).json()
    assert answer["participants"][0] == {
        "contributed": 16,
        "id": 2113000016,
        "name": "Participant 16",
        "state": "Committed",
    }
    assert web("GET", f"{path}/{foreign}/participants", headers=headers).status_code == 404


def test_projects_when_the_pilot_leads_nothing_then_403(web, as_pilot):
    assert web("GET", PROJECTS, headers=as_pilot(READ_PROJECTS, 2112000102)).status_code == 403


def test_transactions_when_walked_then_each_stretch_repeats_the_id_it_begins_with(web, as_pilot):
    headers = as_pilot(READ_WALLET)
    stretch = web("GET", TRANSACTIONS, headers=headers).json()
    met = stretch
    while len(stretch) > 1:
        params = {"from_id": stretch[-1]["transaction_id"]}
        stretch = web("GET", TRANSACTIONS, headers=headers, params=params).json()
        assert stretch[0] == met[-1]
        met += stretch[1:]
    ids = [each["transaction_id"] for each in met]
    assert len(ids) == len(set(ids)) == 120
    assert ids == sorted(ids, reverse=True)


@pytest.mark.parametrize(
    ("from_id", "status", "count"),
    [
        pytest.param("1", 200, 0, id="older than all"),
        pytest.param("9000000000", 200, 50, id="newer than all"),
        pytest.param("first", 400, None, id="no number"),
    ],
)
def test_transactions_when_from_id_is_none_of_them_then(web, as_pilot, from_id, status, count):
    params = {"from_id": from_id}
    answer = web("GET", TRANSACTIONS, headers=as_pilot(READ_WALLET), params=params)
    assert answer.status_code == status
    if count is not None:
        assert len(answer.json()) == count


def test_transactions_when_pages_are_tiny_then_walking_gets_on(web, universe, as_pilot):
    universe.esi(page_size=1)
    headers = as_pilot(READ_WALLET)
    first = web("GET", TRANSACTIONS, headers=headers).json()
    assert len(first) == 2


def test_transactions_when_of_a_corporation_then_the_division_has_to_exist(web, as_pilot):
    headers = as_pilot(READ_WALLETS)
    path = "/esi/corporations/98000101/wallets/{}/transactions"
    answer = web("GET", path.format(7), headers=headers).json()
    assert len(answer) == 50
    assert "is_personal" not in answer[0]
    assert web("GET", path.format(8), headers=headers).status_code == 404


def test_transactions_when_one_more_is_made_while_reading_then_it_is_the_newest(
    web, universe, as_pilot
):
    headers = as_pilot(READ_WALLET)
    first = web("GET", TRANSACTIONS, headers=headers).json()
    universe.rebuild("transactions")
    newest = web("GET", TRANSACTIONS, headers=headers).json()
    assert newest[0]["transaction_id"] == first[0]["transaction_id"] + 1
    assert newest[1:] == first[:-1]


def test_listings_when_rebuilt_then_they_have_as_many_entries_as_said(web, universe):
    sizes = web("POST", "/control/rebuild", json={"name": "projects", "entries": 3}).json()
    assert sizes["projects"] == 3
    universe.rebuild("transactions", entries=0)
    assert web("GET", "/control/listings").json()["transactions"] == 0
    universe.reset()
    assert web("GET", "/control/listings").json()["transactions"] == 120


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("rebuild", {"name": "nothing"}, id="unknown listing"),
        pytest.param("rebuild", {"name": "orders", "entries": -1}, id="fewer than none"),
        pytest.param("rebuild", {"entries": 1}, id="no name"),
        pytest.param("touch", {"name": "orders"}, id="no cursors"),
        pytest.param("touch", {"name": "projects", "record_id": "x"}, id="unknown record"),
    ],
)
def test_listings_when_the_order_makes_no_sense_then_400(web, path, body):
    assert web("POST", f"/control/{path}", json=body).status_code == 400
