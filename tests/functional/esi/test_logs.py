"""What is logged when everything is: calls and troubles, and nothing that is secret or private."""

import base64
import json
import logging
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from pyramid.response import Response
from sqlalchemy import select, update

from srp_portal.esi import save_token, single_use_token, tokens
from srp_portal.esi.errors import EsiError, TokenError
from srp_portal.esi.models import CallbackRedirect, Token, utc_now
from srp_portal.esi.tasks import cleanup_token

KILLS = "esi-killmails.read_killmails.v1"
MAIL = "esi-mail.send_mail.v1"
TOKEN_ENDPOINT = "POST /sso/v2/oauth/token"
CLIENT_SECRET = "the-secret-of-the-client-itself"
LOGGERS = ("urllib3", "requests", "oauthlib", "requests_oauthlib", "sqlalchemy", "webob", "pyramid")


@pytest.fixture
def everything(caplog):
    """Every logger that may have something to say says all of it."""
    for name in ("", *LOGGERS, "sqlalchemy.engine", "sqlalchemy.pool", "srp_portal"):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


@pytest.fixture
def traveller(app_with, travel):
    @single_use_token(scopes=MAIL)
    def once(request, token):
        secrets.extend([token.access_token, token.refresh_token])
        return Response("once")

    def store(request, login):
        save_token(request.dbsession, login, request.authenticated_userid)
        return Response("stored")

    def host(config):
        config.add_esi_login_handler(store)
        config.add_route("once", "/once")
        config.add_view(once, route_name="once")

    secrets = []
    settings = {
        "esi.log_level_libraries": "DEBUG",
        "esi.info_logging_enabled": "true",
        "esi.sso_client_secret": CLIENT_SECRET,
        "esi.server_error_max_retries": "0",
    }
    traveller = travel(app_with(host, **settings))
    traveller.secrets = secrets
    return traveller


def _note(secrets, session):
    session.expire_all()
    for token in session.scalars(select(Token)):
        secrets.update({token.access_token, token.refresh_token})


def log_in(traveller, universe, pilot, another_pilot, sessions):
    """A login, two that the SSO refuses, one that the person cancels, and one for a single use.

    The secrets of the first.
    """
    redirect = traveller.begin(f"scopes={KILLS}", user="7")
    callback = universe.approve(redirect.location, pilot.id)
    with sessions() as session:
        secrets = set(session.scalars(select(CallbackRedirect.code_verifier)))
    for key in ("code", "state"):
        secrets.update(parse_qs(urlsplit(callback).query)[key])
    assert traveller.open(callback, user="7").text == "stored"
    secrets.add(traveller.browser.cookies["esi_sso"].strip('"'))
    for word in ("invalid_grant", "invalid_client"):
        universe.sso(next_error=word)
        assert traveller.log_in(another_pilot.id, user="7").status_int >= 400
    traveller.open(universe.refuse(traveller.begin().location))
    assert traveller.bring("/once", pilot.id, user="7").text == "once"

    return secrets


def test_logs_when_all_loggers_say_everything_then_no_secret_and_nothing_private(
    everything, traveller, universe, pilot, another_pilot, sessions, settings
):
    credentials = base64.b64encode(f"client:{CLIENT_SECRET}".encode()).decode()
    secrets = {CLIENT_SECRET, credentials, settings["esi.secret"]}

    secrets |= log_in(traveller, universe, pilot, another_pilot, sessions)
    with sessions() as session:
        token = tokens(session).first()
        _note(secrets, session)
        # A call, and answers that repeat what they were sent.
        kills = token.get_esi_client().Killmails.get_characters_character_id_killmails_recent
        private = kills(character_id=pilot.id).result()
        secrets.update(kill["killmail_hash"] for kill in private)
        for status in (400, 401, 403, 404, 500, 503):
            echo = json.dumps({"error": f"the token {token.access_token} is bad"})
            universe.add_fault("GET /esi/characters", "status", times=1, status=status, body=echo)
            with pytest.raises(EsiError) as caught:
                kills(character_id=pilot.id).result(ignore_cache=True)
            assert token.access_token not in f"{caught.value} {caught.value!r}"

        # Renewals that succeed, and answers of the SSO that repeat what they were sent.
        token.refresh()
        _note(secrets, session)
        echoed = token.refresh_token.replace("-", "").replace("_", "")
        secrets.add(echoed)
        for status, document in (
            (400, {"error": echoed}),
            (400, {"error": token.refresh_token}),
            (400, {"error": "invalid_request", "error_description": token.refresh_token}),
            (401, {"error": "invalid_client", "error_description": credentials}),
            (500, {"error": token.access_token}),
            (200, {"access_token": 1, "error": echoed}),
        ):
            universe.add_fault(
                TOKEN_ENDPOINT, "status", times=1, status=status, body=json.dumps(document)
            )
            with pytest.raises(EsiError) as caught:
                token.refresh()
            assert not any(secret in f"{caught.value!r}" for secret in secrets)
        universe.sso(signature="bad")
        with pytest.raises(TokenError):
            token.refresh()
        universe.sso(signature="good")
        _note(secrets, session)
        session.execute(update(Token).values(expires_at=utc_now() - timedelta(days=1)))
        session.commit()
        universe.sso(next_error="503")
        cleanup_token(session)
        _note(secrets, session)
        universe.sso(next_error="invalid_grant")
        cleanup_token(session)
        session.commit()
        assert tokens(session).count() == 0

    secrets.update(traveller.secrets)
    logged = "\n".join(f"{record.name} {record.getMessage()}" for record in everything.records)
    logged += everything.text
    for name in ("urllib3.connectionpool", "sqlalchemy.engine", "SSO login", "SSO refresh"):
        assert name in logged
    assert private
    assert len(secrets) > 15
    assert [secret for secret in secrets if secret is None or secret in logged] == []
