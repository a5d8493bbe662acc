"""Calls of ESI over HTTP, answered by the sandbox."""

import logging
import threading
import time

import pytest
from pyramid.request import Request, apply_request_extensions

from srp_portal.esi import (
    EsiClientProvider,
    affiliations,
    deadline,
    esi_client_factory,
    names,
    provider,
    tokens,
)
from srp_portal.esi.errors import (
    EsiError,
    EsiForbidden,
    EsiNotFound,
    EsiRateLimited,
    EsiUnavailable,
)
from srp_portal.esi.lookups import Affiliation
from srp_portal.esi.models import Token
from srp_portal.esi.settings import EsiSettings

KILLS = "esi-killmails.read_killmails.v1"


@pytest.fixture
def client(settings):
    return EsiClientProvider(settings=EsiSettings.from_settings(settings)).client


@pytest.fixture
def loss(universe):
    return next(iter(universe.losses.values()))


def _paths(universe):
    return [path for _, path in universe.requests]


def test_request_esi_when_included_then_it_is_the_applications_provider(app):
    request = Request.blank("/")
    request.registry = app.registry
    apply_request_extensions(request)
    assert request.esi is provider(app.registry)
    assert request.esi.client is provider(app.registry).client


@pytest.mark.parametrize(
    "name",
    ["get_killmails_killmail_id_killmail_hash", "GetKillmailsKillmailIdKillmailHash"],
    ids=["old", "today"],
)
def test_killmail_when_asked_in_either_spelling_then_document_and_response(client, loss, name):
    operation = getattr(client.Killmails, name)(
        killmail_id=loss.killmail_id, killmail_hash=loss.hash
    )
    operation.request_config.also_return_response = True
    killmail, response = operation.result()
    assert killmail["killmail_id"] == loss.killmail_id
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("application/json")
    assert str(loss.killmail_id) in response.text


def test_killmail_when_hash_does_not_fit_then_error_has_status_and_operation(client, loss):
    with pytest.raises(EsiError) as caught:
        client.Killmails.get_killmails_killmail_id_killmail_hash(
            killmail_id=loss.killmail_id, killmail_hash="0" * 40
        ).result()
    assert caught.value.status == 422
    assert caught.value.operation == "GetKillmailsKillmailIdKillmailHash"


def test_type_when_unknown_then_not_found(client):
    with pytest.raises(EsiNotFound) as caught:
        client.Universe.get_universe_types_type_id(type_id=1).result()
    assert caught.value.status == 404


def test_answer_when_fresh_then_served_from_the_cache(client, universe):
    operation = client.Universe.get_universe_types_type_id(type_id=587)
    first = operation.result()
    assert operation.result() == first == operation.results()
    assert len(universe.requests) == 1
    assert operation.result(ignore_cache=True) == first
    assert len(universe.requests) == 2


def test_answer_when_expired_then_revalidated_and_still_whole(client, universe):
    universe.esi(max_age=0)
    operation = client.Universe.get_universe_types_type_id(type_id=587)
    operation.request_config.also_return_response = True
    first, _ = operation.result()
    for _ in range(2):
        value, response = operation.result()
        assert value == first
        assert response.status_code == 200
    assert [entry.status for entry in universe.log] == [200, 304, 304]


def test_results_when_paged_then_all_pages_in_order(traveller, client, universe, pilot, sessions):
    traveller.log_in(pilot.id, f"scopes={KILLS}", user="7")
    universe.esi(page_size=1)
    with sessions() as session:
        token = Token.get_token(session, pilot.id, KILLS)
        operation = client.Killmails.get_characters_character_id_killmails_recent(
            character_id=pilot.id, token=token
        )
        operation.request_config.also_return_response = True
        every, last = operation.results()
        first, _ = operation.result()
    pages = int(last.headers["X-Pages"])
    assert pages > 1
    assert len(every) == pages
    assert every[:1] == first
    assert len({kill["killmail_id"] for kill in every}) == pages


def test_token_when_sent_then_in_the_header_only(traveller, universe, pilot, sessions):
    traveller.log_in(pilot.id, f"scopes={KILLS}", user="7")
    with sessions() as session:
        token = tokens(session).first()
        kills = token.get_esi_client().Killmails.get_characters_character_id_killmails_recent(
            character_id=pilot.id
        )
        assert kills.results()
        assert token.access_token not in str(universe.log)


def test_cache_when_token_is_renewed_then_kept_and_never_given_to_another(
    traveller, client, universe, pilot, another_pilot, sessions
):
    traveller.log_in(pilot.id, f"scopes={KILLS}", user="7")
    traveller.log_in(another_pilot.id, f"scopes={KILLS}", user="7")
    ask = client.Killmails.get_characters_character_id_killmails_recent
    with sessions() as session:
        mine, theirs = tokens(session)
        universe.clear_log()
        ask(character_id=pilot.id, token=mine.valid_access_token()).result()
        mine.refresh()
        ask(character_id=pilot.id, token=mine.valid_access_token()).result()
        assert sum("killmails" in path for path in _paths(universe)) == 1
        with pytest.raises(EsiForbidden):
            ask(character_id=pilot.id, token=theirs).result()
        with pytest.raises(EsiForbidden):
            ask(character_id=pilot.id).result()


@pytest.mark.parametrize("fault", ["html503", "html502", "drop", "truncate"])
def test_get_when_it_fails_once_then_repeated(client, universe, fault):
    universe.add_fault("GET /esi/status", fault, times=1)
    assert "players" in client.Status.get_status().result()
    assert len(universe.requests) == 2


def test_get_when_it_keeps_failing_then_unavailable_after_all_tries(client, universe):
    universe.add_fault("GET /esi/status", "html503")
    with pytest.raises(EsiUnavailable) as caught:
        client.Status.get_status().result(retries=2)
    assert caught.value.status == 503
    assert len(universe.requests) == 3


def test_read_only_post_when_it_fails_once_then_repeated(client, universe, pilot):
    universe.add_fault("POST /esi/universe/names", "drop", times=1)
    assert names(client, [pilot.id]) == {pilot.id: ("character", pilot.name)}


@pytest.mark.parametrize("kind", ["trickle", "slow"])
def test_get_when_server_is_slow_then_deadline_ends_it(client, universe, kind):
    universe.add_fault("GET /esi/status", kind, seconds=3.0)
    started = time.monotonic()
    with deadline(0.4), pytest.raises(EsiUnavailable):
        client.Status.get_status().result()
    assert time.monotonic() - started < 2


def test_get_when_read_timeout_is_given_then_it_ends_the_try(client, universe):
    universe.add_fault("GET /esi/status", "slow", seconds=3.0)
    with pytest.raises(EsiUnavailable, match="too long"):
        client.Status.get_status().result(timeout=0.2, retries=0)


def test_error_limit_when_reset_is_beyond_the_deadline_then_nothing_is_sent(client, universe):
    universe.add_fault("GET /esi/status", "error-limit", times=1, reset=42)
    with deadline(5):
        with pytest.raises(EsiRateLimited) as caught:
            client.Status.get_status().result()
        assert 30 < caught.value.retry_after <= 42
        sent = len(universe.requests)
        with pytest.raises(EsiRateLimited):
            client.Universe.get_universe_types_type_id(type_id=587).result()
    assert len(universe.requests) == sent


def test_rate_limit_when_reset_is_near_then_all_threads_wait(client, universe):
    universe.add_fault("GET /esi/status", "rate-limit", times=1, retry_after=1)
    with deadline(0.9), pytest.raises(EsiRateLimited):
        client.Status.get_status().result()
    universe.clear_log()
    started = time.monotonic()
    done = []

    def ask():
        client.Status.get_status().result(ignore_cache=True)
        done.append(time.monotonic() - started)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    assert universe.requests == []
    for thread in threads:
        thread.join()
    assert len(done) == 3


def test_affiliations_when_one_character_is_unknown_then_others_are_found(client, universe):
    known = list(universe.characters)
    found = affiliations(client, [*known, 90000001, *known])
    assert set(found) == set(known)
    one = universe.characters[known[0]]
    assert found[known[0]] == Affiliation(one.corporation_id, one.alliance_id)
    assert affiliations(client, []) == {}


def test_names_when_some_are_unknown_then_left_out(client, pilot):
    found = names(client, [pilot.id, 30000142, 90000001])
    assert found[30000142] == ("solar_system", "Jita")
    assert 90000001 not in found


def test_localised_when_language_is_asked_then_header_is_sent(client, universe):
    operation = client.Universe.get_universe_types_type_id(type_id=587, language="de")
    operation.result()
    operation.result(language="en-us")
    operation.result()
    assert len(universe.requests) == 2
    with pytest.raises(ValueError, match="klingon"):
        operation.result(language="klingon")


def test_factory_when_made_then_shares_the_applications_cache(app, universe):
    esi_client_factory().Universe.get_universe_types_type_id(type_id=587).result()
    provider(app.registry).client.Universe.get_universe_types_type_id(type_id=587).result()
    assert len(universe.requests) == 1


def test_logs_when_everything_is_logged_then_no_secret_is_in_them(
    traveller, universe, pilot, sessions, caplog
):
    caplog.set_level(logging.DEBUG)
    answer = traveller.log_in(pilot.id, f"scopes={KILLS}", user="7")
    assert answer.status_int == 200
    with sessions() as session:
        token = tokens(session).first()
        before = token.access_token, token.refresh_token
        token.refresh()
        token.get_esi_client().Killmails.get_characters_character_id_killmails_recent(
            character_id=pilot.id
        ).result()
        secrets = [*before, token.access_token, token.refresh_token, "killmail_hash"]
    logged = caplog.text
    assert "SSO login" in logged
    assert [secret for secret in secrets if secret in logged] == []
