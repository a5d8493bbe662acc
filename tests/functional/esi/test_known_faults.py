"""What is known to go wrong in django-esi goes right here: one test for each known fault.

With other processes involved, in `test_processes.py`: 420 and 429 obeyed by all processes, one
refresh by two processes. With every database: `test_cleanup.py`. Where a fault has more sides,
they are tested with their subject, as in `test_login.py`, `test_views.py` and `test_client*.py`.
"""

import json
import threading
import time
import urllib.request
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from pyramid.response import Response
from sqlalchemy import func, select, text, update

from srp_portal.esi import (
    EsiClientProvider,
    deadline,
    save_token,
    single_use_token,
    token_required,
    tokens,
)
from srp_portal.esi.errors import EsiError, EsiForbidden, EsiRateLimited, TokenError
from srp_portal.esi.models import CallbackRedirect, Token, utc_now
from srp_portal.esi.settings import EsiSettings
from srp_portal.esi.tasks import cleanup_token

KILLS = "esi-killmails.read_killmails.v1"
MAIL = "esi-mail.send_mail.v1"
TOKEN_ENDPOINT = "/sso/v2/oauth/token"


@pytest.fixture
def client(settings):
    return EsiClientProvider(settings=EsiSettings.from_settings(settings)).client


@pytest.fixture
def dbsession(sessions, app):
    with sessions() as session:
        yield session


@pytest.fixture
def stored(traveller, dbsession):
    """`stored(pilot, …)`: a token of user 7, fresh or expired."""

    def store(pilot, scopes=KILLS, *, user="7", expired=False):
        dbsession.rollback()
        traveller.log_in(pilot.id, f"scopes={scopes.replace(' ', '+')}", user=user)
        token = dbsession.scalars(select(Token).order_by(Token.id.desc()).limit(1)).one()
        if expired:
            _expire(dbsession)
        return token

    return store


def _expire(session):
    session.execute(update(Token).values(expires_at=utc_now() - timedelta(minutes=1)))
    session.commit()


def _kills(client, pilot, token):
    ask = client.Killmails.get_characters_character_id_killmails_recent
    return ask(character_id=pilot.id, token=token)


def _asked(universe, path):
    return [entry for entry in universe.log if entry.path == path]


# Answers


@pytest.mark.parametrize("max_age", [600, 0], ids=["fresh", "expired-304"])
def test_cache_when_hit_twice_in_a_row_then_data_each_time(client, universe, max_age):
    universe.esi(max_age=max_age)
    operation = client.Universe.get_universe_types_type_id(type_id=587)
    operation.request_config.also_return_response = True
    first = operation.results()[0]
    assert first["name"] == "Rifter"
    for _ in range(3):
        value, response = operation.results()
        assert (value, response.status_code) == (first, 200)
    statuses = [entry.status for entry in universe.log]
    assert statuses == ([200] if max_age else [200, 304, 304, 304])


def test_cache_when_answer_expires_then_data_before_and_after(client, universe):
    universe.esi(max_age=1)
    operation = client.Universe.get_universe_types_type_id(type_id=587)
    first = operation.result()
    assert operation.result() == first
    time.sleep(1.1)
    assert operation.result() == first
    assert operation.result() == first
    assert [entry.status for entry in universe.log] == [200, 304]


def test_results_when_operation_has_no_pages_then_its_value(client, pilot):
    status = client.Status.get_status()
    assert status.results() == status.result()
    assert "players" in status.results()
    found = client.Character.post_characters_affiliation(characters=[pilot.id]).results()
    assert [row["character_id"] for row in found] == [pilot.id]


def test_results_localized_when_called_then_own_text_each_and_operation_unchanged(client):
    operation = client.Universe.get_universe_types_type_id(type_id=587, language="fr")
    before = operation.result()
    found = operation.results_localized(["en", "de", "ru"])
    assert list(found) == ["en", "de", "ru"]
    names = {value["name"] for value in found.values()}
    assert len(names) == 3
    for code, value in found.items():
        ask = client.Universe.get_universe_types_type_id
        assert ask(type_id=587, language=code).result() == value
    assert operation.result() == before
    assert before["name"] not in names


# Tokens on the wire


@pytest.mark.parametrize("how", ["catalogue", "version", "spec_file"])
def test_token_when_sent_then_in_the_header_and_never_in_a_url(
    settings, universe, stored, pilot, tmp_path, how
):
    given = {}
    if how == "version":
        given["version"] = "latest" if how == "catalogue" else "legacy"
    elif how == "spec_file":
        path = tmp_path / "swagger.json"
        with urllib.request.urlopen(f"{universe.url}/esi/latest/swagger.json") as answer:
            path.write_bytes(answer.read())
        given["spec_file"] = str(path)
    client = EsiClientProvider(settings=EsiSettings.from_settings(settings), **given).client
    token = stored(pilot)
    universe.clear_log()
    assert _kills(client, pilot, token.valid_access_token()).result()
    sent = [entry for entry in universe.log if "killmails" in entry.path]
    assert [entry.headers["Authorization"] for entry in sent] == ["Bearer"]
    assert "token" not in parse_qs(sent[0].query)
    assert token.access_token not in json.dumps([entry.as_dict() for entry in universe.log])


# Whose answers are kept for whom


def test_cache_when_token_is_refreshed_then_it_keeps_what_it_has(client, universe, stored, pilot):
    token = stored(pilot)
    universe.clear_log()
    first = _kills(client, pilot, token.valid_access_token()).result()
    before = token.access_token
    token.refresh()
    assert token.access_token != before
    assert _kills(client, pilot, token.valid_access_token()).result() == first
    assert sum("killmails" in entry.path for entry in universe.log) == 1


@pytest.mark.parametrize("other", ["another-character", "fewer-scopes", "no-token", "sold"])
def test_cache_when_somebody_else_asks_then_they_get_nothing_of_it(
    *, client, stored, pilot, another_pilot, universe, other
):
    assert _kills(client, pilot, stored(pilot)).result()
    token = None
    if other == "another-character":
        token = stored(another_pilot)
    elif other == "fewer-scopes":
        token = stored(pilot, MAIL)
    elif other == "sold":
        universe.sell_character(pilot.id)
        token = stored(pilot, user="8")
        universe.clear_log()
        _kills(client, pilot, token).result()
        assert sum("killmails" in entry.path for entry in universe.log) == 1
        return
    with pytest.raises(EsiForbidden):
        _kills(client, pilot, token).result()


# Limits


@pytest.mark.parametrize(
    ("fault", "detail"),
    [("error-limit", {"reset": 2}), ("rate-limit", {"retry_after": 2})],
    ids=["420", "429"],
)
def test_limit_when_one_thread_meets_it_then_all_threads_stop_until_the_reset(
    client, universe, fault, detail
):
    universe.add_fault("GET /esi/status", fault, times=1, **detail)
    with deadline(1), pytest.raises(EsiRateLimited):
        client.Status.get_status().result()
    universe.clear_log()
    began = time.monotonic()
    sent = []

    def ask(type_id):
        client.Universe.get_universe_types_type_id(type_id=type_id).result()
        sent.append(time.monotonic() - began)

    threads = [threading.Thread(target=ask, args=(type_id,)) for type_id in (587, 11987, 587)]
    for thread in threads:
        thread.start()
    time.sleep(0.5)
    assert universe.requests == []
    for thread in threads:
        thread.join()
    assert len(sent) == 3
    assert min(sent) > 0.5


# Which tokens are deleted


def _refresh_or_delete(token, session, pilot):
    del session, pilot
    token.refresh_or_delete()


def _require_valid(token, session, pilot):
    del token, pilot
    tokens(session).require_valid().all()


def _bulk_refresh(token, session, pilot):
    del token, pilot
    tokens(session).bulk_refresh().all()


def _cleanup(token, session, pilot):
    del token, pilot
    cleanup_token(session)


def _get_token(token, session, pilot):
    del token
    Token.get_token(session, pilot.id, KILLS)


DELETERS = [_refresh_or_delete, _require_valid, _bulk_refresh, _cleanup, _get_token]


def _error(name):
    return lambda universe: universe.sso(next_error=name)


def _fault(kind, **detail):
    return lambda universe: universe.add_fault(f"POST {TOKEN_ENDPOINT}", kind, **detail)


def _json(status, document):
    headers = {"Content-Type": "application/json"}
    return _fault("status", status=status, body=json.dumps(document), headers=headers)


TROUBLES = {
    "outage-503": _fault("html503"),
    "502": _fault("html502"),
    "500": _fault("status", status=500),
    "html-with-200": _fault("html", status=200),
    "403": _json(403, {"error": "invalid_grant"}),
    "401": _json(401, {"error": "invalid_token"}),
    "invalid_client": _error("invalid_client"),
    "unauthorized_client": _json(400, {"error": "unauthorized_client"}),
    "invalid_request": _json(400, {"error": "invalid_request"}),
    "400-without-a-word": _fault("status", status=400, body=""),
    "429": _fault("rate-limit", retry_after=30),
    "timeout": _fault("hang", seconds=3.0),
    "dropped": _fault("drop"),
    # What the SSO did before the answer was lost is another matter: here it did nothing.
    "truncated": lambda universe: (universe.sso(rotate=False), _fault("truncate")(universe)),
    "token-that-can-not-be-verified": lambda universe: universe.sso(signature="bad"),
    "keys-are-away": lambda universe: (
        universe.sso(new_kid=True),
        universe.add_fault("GET /sso/oauth/jwks", "html503"),
    ),
}


@pytest.mark.parametrize("deleter", DELETERS)
@pytest.mark.parametrize("trouble", TROUBLES)
def test_token_when_it_is_not_its_fault_then_it_is_kept(
    *, app_with, travel, universe, pilot, sessions, deleter, trouble
):
    travel(app_with()).log_in(pilot.id, f"scopes={KILLS}", user="7")
    app_with(**{"esi.requests_read_timeout": "1", "esi.server_error_max_retries": "0"})
    with sessions() as session:
        _expire(session)
        token = session.scalars(select(Token)).one()
        TROUBLES[trouble](universe)
        try:
            deleter(token, session, pilot)
        except (TokenError, EsiError):
            assert deleter is _refresh_or_delete
        session.commit()
    app_with()  # its timeout is that of every other test
    with sessions() as session:
        token = session.scalars(select(Token)).one()
        universe.clear_faults()
        universe.sso(signature="good")
        token.refresh()


@pytest.mark.parametrize("deleter", DELETERS)
@pytest.mark.parametrize("word", ["invalid_grant", "invalid_token"])
def test_token_when_sso_refuses_it_for_good_then_it_is_deleted(
    *, stored, universe, pilot, dbsession, deleter, word, sessions
):
    token = stored(pilot, expired=True)
    universe.sso(next_error=word)
    deleter(token, dbsession, pilot)
    dbsession.commit()
    with sessions() as session:
        assert tokens(session).count() == 0


def test_token_when_esi_answers_403_then_it_is_kept(stored, client, universe, pilot, sessions):
    token = stored(pilot)
    universe.add_fault("GET /esi/characters", "status", status=403)
    with pytest.raises(EsiForbidden):
        _kills(client, pilot, token).result()
    with sessions() as session:
        assert tokens(session).count() == 1


# What an access token must be


@pytest.mark.parametrize(
    "switches",
    [
        {"alg": "HS256"},
        {"alg": "none"},
        {"kid": "unknown"},
        {"kid": "absent"},
        {"signature": "bad"},
        {"iss": "https://login.example.com"},
        {"aud": "without-client"},
        {"aud": "without-eve"},
        {"aud": "text"},
        {"aud": "missing"},
        {"lifetime": -90},
    ],
    ids=lambda switches: "-".join(map(str, *switches.items())),
)
def test_jwt_when_anything_about_it_is_wrong_then_no_login_and_no_refresh(
    stored, traveller, universe, pilot, switches, sessions
):
    token = stored(pilot, expired=True)
    before = token.access_token
    universe.sso(**switches)
    with pytest.raises(TokenError):
        token.refresh()
    assert traveller.log_in(pilot.id, user="8").status_int == 403
    with sessions() as session:
        (kept,) = session.scalars(select(Token))
        assert (kept.user_id, kept.access_token) == ("7", before)


@pytest.mark.parametrize(
    "switches",
    [{"iss": None}, {"iss": "slash"}, {"iss": "host"}, {"lifetime": -30}, {"new_kid": True}],
    ids=["issuer", "issuer-slash", "issuer-host", "leeway", "new-key"],
)
def test_jwt_when_written_in_a_known_way_then_accepted(traveller, universe, pilot, switches):
    universe.sso(**switches)
    assert traveller.log_in(pilot.id).status_int == 200


@pytest.mark.parametrize("deleter", DELETERS)
def test_refresh_when_owner_changed_then_the_token_is_deleted_each_way(
    stored, universe, pilot, dbsession, deleter, sessions
):
    token = stored(pilot, expired=True)
    universe.sell_character(pilot.id)
    deleter(token, dbsession, pilot)
    # Whatever the page does: a sold character's token must not serve on.
    dbsession.rollback()
    with sessions() as session:
        assert tokens(session).count() == 0


# Refreshing


def test_rotated_refresh_token_when_the_page_fails_later_then_it_is_stored(
    app_with, travel, universe, pilot, sessions
):
    def page(request):
        token = tokens(request.dbsession).filter_by(user_id=request.authenticated_userid).first()
        token.valid_access_token()
        token.character_name = "never stored"
        request.dbsession.flush()
        raise RuntimeError("the page fails")

    def host(config):
        config.add_esi_login_handler(_store)
        config.add_route("page", "/page")
        config.add_view(page, route_name="page")

    traveller = travel(app_with(host))
    traveller.log_in(pilot.id, f"scopes={KILLS}", user="7")
    with sessions() as session:
        before = session.scalars(select(Token.refresh_token)).one()
        _expire(session)
    with pytest.raises(RuntimeError, match="the page fails"):
        traveller.open("/page", user="7")
    with sessions() as session:
        token = session.scalars(select(Token)).one()
        assert (token.character_name, token.expired) == (pilot.name, False)
        assert token.refresh_token != before
        # The SSO takes only the last one.
        token.refresh()
    assert len(_asked(universe, TOKEN_ENDPOINT)) == 3


def test_refresh_when_many_threads_ask_at_once_then_one_call_and_one_token(
    stored, universe, pilot, sessions
):
    token_id = stored(pilot, expired=True).id
    universe.clear_log()
    universe.add_fault(f"POST {TOKEN_ENDPOINT}", "slow", times=1, seconds=0.3)
    got = []

    def ask():
        with sessions() as session:
            got.append(str(session.get_one(Token, token_id).valid_access_token()))

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(set(got))) == (16, 1)
    assert len(_asked(universe, TOKEN_ENDPOINT)) == 1


# Logging in


def test_login_when_several_tabs_are_open_then_each_one_ends_where_it_began(
    traveller, universe, pilot, another_pilot
):
    tabs = [traveller.begin(f"to=/tab/{number}") for number in range(3)]
    chosen = [pilot, another_pilot, pilot]
    callbacks = [
        universe.approve(tab.location, each.id) for tab, each in zip(tabs, chosen, strict=True)
    ]
    for number in (2, 0, 1):
        answer = traveller.open(callbacks[number])
        assert answer.json["to"] == f"/tab/{number}"
        assert answer.json["id"] == chosen[number].id


def test_login_when_person_cancels_then_a_friendly_page(traveller, universe, sessions):
    page = traveller.open(universe.refuse(traveller.begin().location))
    assert page.status_int == 403
    assert page.text.startswith("<!doctype html>")
    assert "You cancelled the login" in page.text
    assert "Traceback" not in page.text
    with sessions() as session:
        assert tokens(session).count() == 0


# Views that ask for tokens


def _store(request, login):
    save_token(request.dbsession, login, request.authenticated_userid)
    return Response("stored")


def test_single_use_token_when_used_then_it_never_was_a_row(
    app_with, travel, pilot, sessions, tmp_path
):
    seen = []

    @single_use_token(scopes=[KILLS])
    def once(request, token):
        seen.append((token.character_id, str(token.valid_access_token()), token.refresh_token))
        seen.append(request.dbsession.scalar(select(func.count()).select_from(Token)))
        return Response("done")

    def host(config):
        config.add_esi_login_handler(_store)
        config.add_route("once", "/once")
        config.add_view(once, route_name="once")

    assert travel(app_with(host)).bring("/once", pilot.id).text == "done"
    (character_id, access_token, refresh_token), rows = seen
    assert (character_id, rows) == (pilot.id, 0)
    with sessions() as session:
        for model in (Token, CallbackRedirect):
            assert session.scalar(select(func.count()).select_from(model)) == 0
        session.execute(text("SELECT 1"))
    written = b"".join(path.read_bytes() for path in tmp_path.glob("esi.sqlite*"))
    for secret in (access_token, refresh_token):
        assert secret.encode() not in written


def test_selection_when_the_form_names_a_token_of_somebody_else_then_it_is_not_given(
    app_with, travel, pilot, another_pilot, sessions
):
    given = []

    @token_required(scopes=KILLS)
    def mine(request, token):
        given.append(token.id)
        return Response("given")

    def host(config):
        config.add_esi_login_handler(_store)
        config.add_route("mine", "/mine")
        config.add_view(mine, route_name="mine")

    traveller = travel(app_with(host))
    for user, character in (("7", pilot), ("8", another_pilot), (None, another_pilot)):
        traveller.log_in(character.id, f"scopes={KILLS}", user=user)
    with sessions() as session:
        own, foreign, nobodys = session.scalars(select(Token.id).order_by(Token.id))
    page = traveller.open(traveller.open("/mine", user="7").location, user="7")
    assert another_pilot.name not in page.text
    for forged in (foreign, nobodys):
        form = page.forms[0]
        fields = {**dict(form.submit_fields()), "_token": str(forged)}
        fields.pop("_add", None)
        answer = traveller.post(form.action or page.request.path_qs, fields, user="7")
        if answer.status_int == 303:
            traveller.open(answer.location, user="7")
        assert given == []
    assert traveller.choose(page, pilot.name, user="7").text == "given"
    assert given == [own]
