"""Logging in through the SSO of the sandbox."""

import threading
from urllib.parse import parse_qs, urlsplit

import pytest
from pyramid.registry import Registry
from pyramid.response import Response
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import OperationalError

from srp_portal.esi import provider, save_token
from srp_portal.esi.errors import (
    EsiConfigurationError,
    SsoDenied,
    SsoError,
    SsoRejected,
    SsoStateInvalid,
    SsoUnavailable,
)
from srp_portal.esi.models import CallbackRedirect, Token


def rows(sessions, model):
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(model))


@pytest.fixture
def outcome(app_with):
    """An application that tells which error ended a login."""
    seen = []

    def host(config):
        config.add_exception_view(_record, context=SsoError)
        config.add_esi_login_handler(lambda request, login: Response("welcome"))

    def _record(error, request):
        seen.append(error)
        return Response(str(error), status=error.http_status)

    app = app_with(host)
    app.seen = seen
    return app


def test_login_when_approved_then_verified_character_reaches_handler(traveller, pilot):
    answer = traveller.log_in(pilot.id, "to=/requests/&scopes=esi-killmails.read_killmails.v1")
    assert answer.status_int == 200
    assert answer.json == {
        "id": pilot.id,
        "name": pilot.name,
        "scopes": ["esi-killmails.read_killmails.v1"],
        "to": "/requests/",
    }
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


def test_begin_login_when_called_then_redirects_with_state_and_s256_challenge(traveller):
    redirect = traveller.begin("scopes=publicData")
    query = parse_qs(urlsplit(redirect.location).query)
    assert query["response_type"] == ["code"]
    assert query["client_id"] == ["client"]
    assert query["redirect_uri"] == ["http://localhost/sso/callback"]
    assert query["scope"] == ["publicData"]
    assert query["code_challenge_method"] == ["S256"]
    assert len(query["code_challenge"][0]) == 43
    assert len(query["state"][0]) >= 43


def test_begin_login_when_no_scopes_then_scope_is_left_out(traveller):
    assert "scope=" not in traveller.begin().location


def test_begin_login_when_https_then_cookie_is_secure_http_only_and_lax(app, traveller):
    plain = traveller.begin().headers["Set-Cookie"]
    secure = traveller.browser.get(
        "/login", extra_environ={"wsgi.url_scheme": "https"}, status=303
    ).headers["Set-Cookie"]
    for cookie in (plain, secure):
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
    assert "secure" in secure.lower()
    assert "secure" not in plain.lower()


def test_begin_login_when_stored_then_state_and_verifier_are_not_in_clear(traveller, sessions):
    redirect = traveller.begin()
    state = parse_qs(urlsplit(redirect.location).query)["state"][0]
    with sessions() as session:
        stored = str(session.execute(text("SELECT * FROM esi_callbackredirect")).all())
        verifier = session.scalars(select(CallbackRedirect.code_verifier)).one()
    assert state not in stored
    assert verifier not in stored


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "/a\tb", "evil"],
    ids=["absolute", "scheme-relative", "backslash", "control", "relative"],
)
def test_begin_login_when_target_is_no_path_of_ours_then_root_is_used(traveller, pilot, target):
    redirect = traveller.browser.get("/login", params={"to": target}, status=303)
    assert traveller.come_back(redirect, pilot.id).json["to"] == "/"


def test_callback_when_several_tabs_then_each_login_succeeds(traveller, pilot, another_pilot):
    first = traveller.begin("to=/one")
    second = traveller.begin("to=/two")
    assert traveller.come_back(first, pilot.id).json["to"] == "/one"
    assert traveller.come_back(second, another_pilot.id).json["to"] == "/two"


def test_callback_when_replayed_then_state_is_invalid(travel, outcome, universe, pilot, sessions):
    traveller = travel(outcome)
    callback = universe.approve(traveller.begin().location, pilot.id)
    assert traveller.open(callback).status_int == 200
    assert rows(sessions, CallbackRedirect) == 0
    assert traveller.open(callback).status_int == 400
    assert isinstance(outcome.seen[0], SsoStateInvalid)


def test_callback_when_another_browser_then_state_is_invalid(travel, outcome, universe, pilot):
    callback = universe.approve(travel(outcome).begin().location, pilot.id)
    stranger = travel(outcome)
    assert stranger.open(callback).status_int == 400
    stranger.begin()
    assert stranger.open(callback).status_int == 400
    assert all(isinstance(error, SsoStateInvalid) for error in outcome.seen)


def test_callback_when_cookie_is_forged_then_state_is_invalid(travel, outcome, universe, pilot):
    traveller = travel(outcome)
    callback = universe.approve(traveller.begin().location, pilot.id)
    name = traveller.browser.cookies["esi_sso"].strip('"').rpartition(".")[0]
    traveller.browser.set_cookie("esi_sso", f"{name}.{'0' * 64}")
    assert traveller.open(callback).status_int == 400


@pytest.mark.parametrize(
    "query", ["", "?state=", "?state=unknown&code=x", "?state=%FF&code=x"],
    ids=["nothing", "blank", "unknown", "not-utf8"],
)  # fmt: skip
def test_callback_when_state_is_not_ours_then_it_is_refused(travel, outcome, universe, query):
    traveller = travel(outcome)
    traveller.begin()
    assert traveller.open("/sso/callback" + query).status_int == 400
    assert isinstance(outcome.seen[0], SsoStateInvalid)


def test_callback_when_too_late_then_state_is_invalid(travel, outcome, universe, pilot, sessions):
    traveller = travel(outcome)
    callback = universe.approve(traveller.begin().location, pilot.id)
    with sessions() as session:
        session.execute(text("UPDATE esi_callbackredirect SET created = '2020-01-01 00:00:00'"))
        session.commit()
    assert traveller.open(callback).status_int == 400


def test_callback_when_user_changed_meanwhile_then_state_is_invalid(
    travel, outcome, universe, pilot
):
    traveller = travel(outcome)
    redirect = traveller.begin(user="1")
    assert traveller.come_back(redirect, pilot.id, user="2").status_int == 400
    assert traveller.come_back(redirect, pilot.id, user="1").status_int == 200


def test_callback_when_person_cancels_then_denied_tells_where_to_go_back(travel, outcome, universe):
    traveller = travel(outcome)
    redirect = traveller.begin("to=/here&kind=login")
    assert traveller.open(universe.refuse(redirect.location)).status_int == 403
    (error,) = outcome.seen
    assert isinstance(error, SsoDenied)
    assert (error.kind, error.return_to) == ("login", "/here")


@pytest.mark.parametrize("state", ["", "&state=", "&state=unknown"])
def test_callback_when_cancelled_without_a_known_state_then_denied(travel, outcome, state):
    answer = travel(outcome).open(f"/sso/callback?error=access_denied{state}")
    assert (answer.status_int, "cancelled" in answer.text) == (403, True)
    assert isinstance(outcome.seen[0], SsoDenied)


def test_page_of_a_failed_login_when_the_host_has_none_says_that_it_is_html(traveller):
    answer = traveller.open("/sso/callback?error=access_denied")
    assert answer.status_int == 403
    assert answer.headers["Content-Type"] == "text/html; charset=UTF-8"
    assert int(answer.headers["Content-Length"]) == len(answer.body)
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_callback_when_other_error_then_rejected(travel, outcome, universe):
    traveller = travel(outcome)
    state = parse_qs(urlsplit(traveller.begin().location).query)["state"][0]
    assert traveller.open(f"/sso/callback?state={state}&error=server_error").status_int == 403
    assert traveller.open(f"/sso/callback?state={state}").status_int == 403
    assert all(isinstance(error, SsoRejected) for error in outcome.seen)


@pytest.mark.parametrize(
    ("switches", "expected"),
    [
        ({"next_error": "invalid_grant"}, SsoRejected),
        ({"next_error": "invalid_client"}, SsoUnavailable),
        ({"next_error": "503"}, SsoUnavailable),
        ({"aud": "without-client"}, SsoRejected),
        ({"aud": "without-eve"}, SsoRejected),
        ({"aud": "text"}, SsoRejected),
        ({"aud": "missing"}, SsoRejected),
        ({"iss": "https://elsewhere.example"}, SsoRejected),
        ({"signature": "bad"}, SsoRejected),
        ({"lifetime": -120}, SsoRejected),
    ],
    ids=lambda value: "-".join(map(str, *value.items())) if isinstance(value, dict) else None,
)
def test_callback_when_sso_misbehaves_then_typed_error(
    *, travel, outcome, universe, pilot, switches, expected
):
    universe.sso(**switches)
    traveller = travel(outcome)
    traveller.log_in(pilot.id)
    assert [type(error) for error in outcome.seen] == [expected]


@pytest.mark.parametrize("issuer", [None, "slash", "host"], ids=["plain", "slash", "host"])
@pytest.mark.parametrize("shape", ["list", "string", "absent"])
def test_callback_when_claims_come_in_known_shapes_then_accepted(
    traveller, universe, pilot, issuer, shape
):
    universe.sso(iss=issuer, scp=shape)
    answer = traveller.log_in(pilot.id, "scopes=publicData")
    assert answer.json["scopes"] == ([] if shape == "absent" else ["publicData"])


def test_callback_when_signing_key_is_rotated_then_new_key_is_fetched(traveller, universe, pilot):
    assert traveller.log_in(pilot.id).status_int == 200
    universe.sso(new_kid=True)
    assert traveller.log_in(pilot.id).status_int == 200


def test_callback_when_code_belongs_to_another_login_then_pkce_refuses_it(
    travel, outcome, universe, pilot
):
    traveller = travel(outcome)
    stolen = parse_qs(urlsplit(universe.approve(traveller.begin().location, pilot.id)).query)
    own = parse_qs(urlsplit(traveller.begin().location).query)["state"][0]
    answer = traveller.open(f"/sso/callback?state={own}&code={stolen['code'][0]}")
    assert answer.status_int == 403
    assert isinstance(outcome.seen[0], SsoRejected)


def test_callback_when_run_again_after_a_conflict_then_code_is_not_sent_twice(
    travel, app_with, universe, pilot
):
    tries = []

    def welcome(request, login):
        tries.append(login)
        # What a conflict in the database does: the transaction is thrown away.
        return Response(status=409 if len(tries) == 1 else 200)

    app = app_with(lambda config: config.add_esi_login_handler(welcome))
    traveller = travel(app)
    callback = universe.approve(traveller.begin().location, pilot.id)
    assert traveller.open(callback).status_int == 409
    assert traveller.open(callback).status_int == 200
    assert tries[0].token_payload == tries[1].token_payload
    posts = [path for method, path in universe.requests if method == "POST"]
    assert sum("token" in path for path in posts) == 1


def test_callback_when_sent_twice_at_once_then_one_succeeds(
    travel, app, universe, pilot, traveller
):
    callback = universe.approve(traveller.begin().location, pilot.id)
    cookie = traveller.browser.cookies["esi_sso"]
    answers = []

    def open_it():
        other = travel(app)
        other.browser.set_cookie("esi_sso", cookie.strip('"'))
        try:
            answers.append(other.open(callback).status_int)
        except OperationalError:
            # The loser may find the database locked; hosts answer that with a retry.
            answers.append(503)

    threads = [threading.Thread(target=open_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert min(answers) == 200
    assert max(answers) >= 400


def test_callback_when_handler_runs_then_nothing_is_locked_yet(app_with, travel, pilot, sessions):
    def welcome(request, login):
        with sessions() as session:
            session.execute(text("UPDATE esi_callbackredirect SET scopes = 'written elsewhere'"))
            session.commit()
        return Response("welcome")

    app = app_with(lambda config: config.add_esi_login_handler(welcome))
    assert travel(app).log_in(pilot.id).status_int == 200
    assert rows(sessions, CallbackRedirect) == 0


def test_callback_when_state_is_used_up_while_handler_runs_then_all_is_taken_back(
    app_with, travel, pilot, sessions
):
    def welcome(request, login):
        with sessions() as session:
            session.execute(delete(CallbackRedirect))
            session.commit()
        save_token(request.dbsession, login, 7)
        return Response("welcome")

    app = app_with(lambda config: config.add_esi_login_handler(welcome))
    assert travel(app).log_in(pilot.id).status_int == 400
    assert rows(sessions, Token) == 0


def test_callback_when_character_was_sold_then_old_owners_tokens_are_gone(
    traveller, universe, pilot, sessions
):
    traveller.log_in(pilot.id, user="1")
    universe.sell_character(pilot.id)
    traveller.log_in(pilot.id, user="2")
    with sessions() as session:
        assert session.scalars(select(Token.user_id)).all() == ["2"]


def test_callback_when_host_has_no_error_view_then_plain_page_is_shown(traveller, universe):
    page = traveller.open(universe.refuse(traveller.begin().location))
    assert page.status_int == 403
    assert "You cancelled" in page.text


def test_callback_when_host_shows_all_exceptions_then_its_page_is_shown(app_with, travel, universe):
    def host(config):
        config.add_exception_view(lambda error, request: Response("ours", 418), context=Exception)

    traveller = travel(app_with(host))
    page = traveller.open(universe.refuse(traveller.begin().location))
    assert (page.status_int, page.text) == (418, "ours")


def test_callback_when_kind_has_no_handler_then_configuration_error(traveller, pilot):
    with pytest.raises(EsiConfigurationError, match="strange"):
        traveller.log_in(pilot.id, "kind=strange")


def test_login_when_client_is_blank_in_sandbox_then_it_works(travel, app_with, universe, pilot):
    app = app_with(**{"esi.sso_client_id": "", "esi.sso_client_secret": ""})
    assert travel(app).log_in(pilot.id).status_int == 200


def test_login_when_callback_url_is_blank_in_sandbox_then_route_is_used(
    travel, app_with, universe, pilot
):
    app = app_with(**{"esi.sso_callback_url": ""})
    redirect = travel(app).begin()
    query = parse_qs(urlsplit(redirect.location).query)
    assert query["redirect_uri"] == ["http://localhost/sso/callback"]


def test_callback_when_cookie_is_not_text_then_state_is_invalid(travel, outcome):
    answer = travel(outcome).browser.get(
        "/sso/callback?state=a&code=b",
        extra_environ={"HTTP_COOKIE": 'esi_sso="\\377.x"'},
        expect_errors=True,
    )
    assert answer.status_int == 400


def test_provider_when_layer_is_not_included_then_configuration_error():
    with pytest.raises(EsiConfigurationError, match="not included"):
        provider(Registry("bare"))


def test_redirect_row_when_shown_then_no_secret_is_in_it(traveller, sessions):
    traveller.begin()
    with sessions() as session:
        assert repr(session.scalars(select(CallbackRedirect)).one()).startswith("<CallbackRedirect")
