"""Collections of the three kinds over HTTP, also while they change under the reader."""

import itertools

import pytest

from srp_portal.esi import EsiClientProvider, deadline
from srp_portal.esi.errors import EsiRateLimited, EsiUnavailable, IncompleteResponseError
from srp_portal.esi.models import Token
from srp_portal.esi.settings import EsiSettings

REGION = 10000002
JOBS = [f"Freelance job {number}" for number in range(1, 131)]
WALLET = "esi-wallet.read_character_wallet.v1"
PROJECTS = "esi-corporations.read_projects.v1"


@pytest.fixture
def client(settings):
    return EsiClientProvider(settings=EsiSettings.from_settings(settings)).client


@pytest.fixture
def orders(client):
    return client.Market.get_markets_region_id_orders(region_id=REGION, order_type="all")


@pytest.fixture
def jobs(client):
    return client.Freelance_Jobs.get_freelance_jobs_listing


@pytest.fixture
def transactions(client, traveller, pilot, sessions):
    """The operation for a pilot who logged in, with a token row of an open session."""
    traveller.log_in(pilot.id, f"scopes={WALLET}", user="7")
    with sessions() as session:
        yield client.Wallet.get_characters_character_id_wallet_transactions(
            character_id=pilot.id, token=Token.get_token(session, pilot.id, WALLET)
        )


def _queries(universe, path):
    return [entry.query for entry in universe.log if entry.path.startswith(path)]


def _names(records):
    return [record["name"] for record in records]


def test_results_when_listing_has_cursors_then_one_flat_list_newest_last(jobs, universe):
    assert _names(jobs().results()) == JOBS
    queries = _queries(universe, "/esi/freelance-jobs")
    assert all("limit=100" in query for query in queries)
    assert "before" not in queries[0]
    assert "after" not in queries[0]


def test_results_when_caller_says_how_many_at_once_then_so(jobs, universe):
    operation = jobs(limit=50)
    operation.request_config.also_return_response = True
    records, response = operation.results()
    assert _names(records) == JOBS
    assert response.status_code == 200
    assert all("limit=50" in query for query in _queries(universe, "/esi/freelance-jobs"))


def test_results_when_a_record_moves_meanwhile_then_it_is_there_as_it_is_now(jobs, universe):
    universe.add_fault("GET /esi/freelance-jobs.*before=", "touch", times=1, name="freelance-jobs")
    records = jobs().results()
    assert _names(records) == [*JOBS[1:], JOBS[0]]
    assert records[-1]["progress"]["current"] == 2


@pytest.mark.parametrize("overlap", [1, 3])
def test_results_when_stretches_overlap_then_each_record_once(jobs, universe, overlap):
    universe.esi(cursor_overlap=overlap)
    assert _names(jobs(limit=30).results()) == JOBS
    assert _names(jobs(after="0", limit=30).results()) == JOBS
    assert _names(jobs().records()) == JOBS[::-1]


def test_records_when_walk_is_over_then_its_cursor_gives_what_changed_since(jobs, universe):
    records = jobs().records()
    assert universe.requests == []
    assert _names(records) == JOBS[::-1]
    assert jobs(after=records.after).results() == []
    changed = universe.touch("freelance-jobs")
    later = jobs(after=records.after).records()
    assert list(later) == [changed]
    assert jobs(after=later.after).results() == []


def test_records_when_walk_was_left_then_its_cursor_goes_on_with_older_ones(jobs, universe):
    records = jobs(limit=50).records()
    begun = list(itertools.islice(records, 50))
    assert len(universe.requests) == 1
    rest = jobs(before=records.before).results()
    assert _names([*rest, *begun[::-1]]) == JOBS


def test_result_when_listing_has_cursors_then_esis_own_page(jobs, universe):
    page = jobs().result()
    assert _names(page["freelance_jobs"]) == JOBS[-10:]
    assert _queries(universe, "/esi/freelance-jobs") == [""]
    before = page["cursor"]["before"]
    assert _names(jobs(before=before).result()["freelance_jobs"]) == JOBS[-20:-10]


def test_operation_when_after_and_before_are_given_then_type_error(jobs):
    with pytest.raises(TypeError, match="exclude each other"):
        jobs(after="0", before="0")
    assert jobs(after="0", before=None).results() == jobs().results()


@pytest.mark.parametrize("side", ["before", "none"])
def test_results_when_cursors_are_missing_then_what_can_be_reached(jobs, universe, side):
    universe.esi(cursor=side)
    assert _names(jobs().results()) == (JOBS if side == "before" else JOBS[-100:])


def test_results_when_operation_goes_on_by_id_then_flat_list_newest_first(transactions, universe):
    universe.esi(page_size=25)
    records = transactions.results()
    ids = [record["transaction_id"] for record in records]
    assert len(ids) == 120
    assert ids == sorted(set(ids), reverse=True)
    queries = _queries(universe, "/esi/characters")
    assert queries[0] == ""
    assert queries[1] == f"from_id={ids[24]}"
    assert queries[-1] == f"from_id={ids[-1]}"
    assert list(transactions.records()) == records


def test_records_when_operation_goes_on_by_id_then_fetched_as_wanted(transactions, universe):
    universe.esi(page_size=25)
    universe.clear_log()
    records = transactions.records()
    assert len(list(itertools.islice(records, 25))) == 25
    assert len(_queries(universe, "/esi/characters")) == 1
    next(records)
    assert len(_queries(universe, "/esi/characters")) == 2
    assert (records.after, records.before) == (None, None)


def test_records_when_pages_are_counted_then_one_by_one_in_order(orders, universe):
    everything = orders.results()
    assert len(everything) == 120
    universe.clear_log()
    records = orders.records(ignore_cache=True)
    assert list(itertools.islice(records, 60)) == everything[:60]
    assert len(universe.requests) == 2
    assert list(records) == everything[60:]
    assert len(universe.requests) == 3


@pytest.mark.parametrize("method", ["results", "records"])
def test_walk_when_a_page_is_given_then_all_pages_are_read(client, orders, method):
    second = client.Market.get_markets_region_id_orders(region_id=REGION, order_type="all", page=2)
    everything = orders.results()
    assert list(getattr(second, method)()) == everything
    assert second.result() == everything[50:100]


def test_results_when_rebuilt_under_the_reader_then_one_state_of_it(orders, universe):
    universe.add_fault("GET /esi/markets.*page=3", "rebuild", times=1, name="orders")
    ids = [order["order_id"] for order in orders.results()]
    assert len(set(ids)) == len(ids) == 120


def test_results_when_it_keeps_being_rebuilt_then_incomplete(orders, universe):
    universe.add_fault("GET /esi/markets.*page=[23]", "rebuild", name="orders")
    with pytest.raises(IncompleteResponseError, match="GetMarketsRegionIdOrders") as caught:
        orders.results()
    assert caught.value.operation == "GetMarketsRegionIdOrders"


def test_records_when_rebuilt_under_the_reader_then_incomplete(orders, universe):
    universe.add_fault("GET /esi/markets.*page=3", "rebuild", times=1, name="orders")
    records = orders.records()
    with pytest.raises(IncompleteResponseError, match="changed while it was read"):
        list(records)
    assert len(list(orders.records(ignore_cache=True))) == 120


@pytest.mark.parametrize("method", ["results", "records"])
def test_walk_when_there_are_fewer_pages_than_said_then_incomplete(orders, universe, method):
    universe.esi(extra_pages=1)
    with pytest.raises(IncompleteResponseError, match="fewer pages") as caught:
        list(getattr(orders, method)())
    assert caught.value.status == 404


def test_records_when_operation_has_no_pages_then_its_value_is_the_record(client):
    (status,) = client.Status.get_status().records()
    assert status == client.Status.get_status().results()


def test_records_when_each_request_is_slow_then_each_has_its_own_deadline(settings, universe):
    universe.add_fault("GET /esi/freelance-jobs", "slow", seconds=0.3)
    wanted = {**settings, "esi.requests_total_timeout": "0.7"}
    client = EsiClientProvider(settings=EsiSettings.from_settings(wanted)).client
    listing = client.Freelance_Jobs.get_freelance_jobs_listing
    assert len(list(listing(limit=50).records())) == 130
    with pytest.raises(EsiUnavailable):
        listing(limit=50).results()


def test_records_when_language_is_unknown_then_value_error_at_once(orders, universe):
    with pytest.raises(ValueError, match="klingon"):
        orders.records(language="klingon")
    assert universe.requests == []


def test_records_when_limit_is_met_on_the_way_then_rate_limited_with_what_a_caller_needs(
    orders, universe
):
    universe.add_fault("GET /esi/markets.*page=3", "rate-limit", times=1, retry_after=600)
    with deadline(5), pytest.raises(EsiRateLimited) as caught:
        list(orders.records())
    assert 590 < caught.value.retry_after <= 600
    assert caught.value.operation == "GetMarketsRegionIdOrders"
