"""Answers with pages that change under the reader, or that are fewer than said."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

ORDERS = "/esi/markets/10000002/orders"
MIRA, TOBIN = 2112000101, 2112000102
READ_ASSETS = "esi-assets.read_assets.v1"


@pytest.fixture
def page(web):
    """One page of the orders in a region: their ids, number of pages, Last-Modified."""

    def ask(number: int, **query):
        answer = web("GET", ORDERS, params={"page": number, **query})
        assert answer.status_code == 200, answer.text
        ids = [each["order_id"] for each in answer.json()]
        return ids, int(answer.headers["X-Pages"]), answer.headers["Last-Modified"]

    return ask


def test_pages_when_nothing_changes_then_they_share_one_date_and_make_the_whole(page):
    pages = [page(number) for number in (1, 2, 3)]
    ids = [each for found, _, _ in pages for each in found]
    assert len(ids) == len(set(ids)) == 120
    assert {count for _, count, _ in pages} == {3}
    assert len({modified for _, _, modified in pages}) == 1


def test_pages_when_rebuilt_between_two_then_date_and_entries_differ(page, universe):
    first, _, before = page(1)
    universe.rebuild("orders")
    second, _, after = page(2)
    assert before != after
    assert first[-1] == second[0]
    assert page(1)[0][0] == first[0] + 1
    assert page(1)[2] == after


def test_pages_when_rebuilt_by_a_fault_then_as_often_as_said_and_before_the_answer(page, universe):
    universe.add_fault(f"GET {ORDERS}.*page=2", "rebuild", times=2, name="orders")
    dates = [page(number)[2] for number in (1, 2, 1, 2, 1, 2)]
    assert dates[0] != dates[1] == dates[2] != dates[3] == dates[4] == dates[5]


@pytest.mark.parametrize(
    ("entries", "pages"),
    [
        pytest.param(260, 6, id="more"),
        pytest.param(20, 1, id="fewer"),
        pytest.param(0, 1, id="none"),
    ],
)
def test_pages_when_their_number_changes_between_two_then_each_says_the_present_one(
    page, universe, entries, pages
):
    universe.add_fault(
        f"GET {ORDERS}.*order_type=all", "rebuild", 1, name="orders", entries=entries
    )
    assert page(1)[1] == 3
    found, count, _ = page(1, order_type="all")
    assert (len(found), count) == (min(entries, 50), pages)


def test_pages_when_there_are_fewer_than_said_then_the_missing_one_is_404(web, page, universe):
    universe.esi(extra_pages=2)
    assert page(1)[1] == 5
    answer = web("GET", ORDERS, params={"page": 4})
    assert (answer.status_code, answer.json()) == (404, {"error": "Requested page does not exist!"})


def test_pages_when_rebuilt_then_a_tag_of_before_does_not_fit(web, universe):
    first = web("GET", ORDERS)
    headers = {"If-None-Match": first.headers["ETag"]}
    assert web("GET", ORDERS, headers=headers).status_code == 304
    universe.rebuild("orders")
    assert web("GET", ORDERS, headers=headers).status_code == 200


def test_orders_when_of_a_kind_or_type_then_only_those_come(web):
    bought = web("GET", ORDERS, params={"order_type": "buy", "type_id": 587}).json()
    assert len(bought) == 12
    assert {(each["is_buy_order"], each["type_id"]) for each in bought} == {(True, 587)}
    assert web("GET", ORDERS, params={"order_type": "steal"}).status_code == 400
    assert web("GET", "/esi/markets/1/orders").status_code == 404


def test_orders_when_a_filter_is_asked_in_between_then_the_dates_of_the_others_stay(page):
    before = page(1)[2]
    page(1, order_type="buy")
    assert page(2)[2] == before


def test_assets_when_of_two_pilots_then_no_item_belongs_to_both(web, as_pilot):
    owned = []
    for pilot in (MIRA, TOBIN):
        path = f"/esi/characters/{pilot}/assets"
        answer = web("GET", path, headers=as_pilot(READ_ASSETS, pilot), params={"page": 3})
        assert answer.headers["X-Pages"] == "3"
        owned.append({each["item_id"] for each in answer.json()})
    assert [len(each) for each in owned] == [30, 30]
    assert not owned[0] & owned[1]


def test_pages_when_there_are_millions_of_entries_then_one_page_is_quick(page, universe):
    universe.rebuild("orders", entries=10_000_000)
    universe.esi(page_size=1000)
    found, count, _ = page(10_000)
    assert (len(found), count) == (1000, 10_000)


def test_pages_when_read_and_rebuilt_at_once_then_a_date_never_means_two_states(page, universe):
    universe.esi(limits=False)
    universe.add_fault(f"GET {ORDERS}.*page=3", "rebuild", times=30, name="orders")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(page, [1, 2, 3] * 40))
    # The first id of a page, less where the page begins, is the same for all pages of a state.
    states = {
        (ids[0] + 50 * (number - 1), date)
        for number, (ids, _, date) in zip([1, 2, 3] * 40, found, strict=True)
    }
    assert len(states) > 10
    assert len({first for first, _ in states}) == len({date for _, date in states}) == len(states)
