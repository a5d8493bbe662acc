"""Views that ask for tokens: decorators and the view option, by every way into the view."""

import threading
from urllib.parse import urlsplit

import pytest
from pyramid.exceptions import ConfigurationError
from pyramid.response import Response
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import OperationalError
from webtest import TestApp

from srp_portal.esi import single_use_token, token_required, tokens_required
from srp_portal.esi.errors import EsiConfigurationError
from srp_portal.esi.models import CallbackRedirect, Scope, Token

LOCATION = "esi-location.read_location.v1"
SHIP = "esi-location.read_ship_type.v1"
MAIL = "esi-mail.send_mail.v1"
CHOOSING = ["choose", "class", "class-option", "instance", "option"]


def rows(sessions, model):
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(model))


def change(sessions, **values):
    with sessions() as session:
        session.execute(update(Token).values(**values))
        session.commit()


def expire(sessions, table="esi_token", column="expires_at"):
    with sessions() as session:
        session.execute(text(f"UPDATE {table} SET {column} = '2020-01-01 00:00:00'"))
        session.commit()


def is_sso(answer):
    return answer.status_int == 303 and "/v2/oauth/authorize" in answer.location


def is_selection(answer):
    return answer.status_int == 303 and "/sso/select_token?ticket=" in answer.location


@pytest.mark.parametrize(
    "path",
    [*CHOOSING, "bare", "context", "several", "option-rendered", "option-class"],
)
def test_view_when_anonymous_then_hosts_forbidden_view_decides(person, path, sessions):
    assert person.open(f"/{path}").status_int == 403
    assert rows(sessions, CallbackRedirect) == 0


@pytest.mark.parametrize("path", CHOOSING)
def test_view_when_no_token_then_sso_is_asked_and_view_gets_the_new_one(
    person, path, pilot, sessions
):
    answer = person.bring(f"/{path}?a=b&c=%C3%A9", pilot.id, "7")
    assert answer.json["name"] == pilot.name
    assert answer.json["scopes"] == [LOCATION]
    assert answer.json["user"] == "7"
    assert rows(sessions, Token) == 1
    assert rows(sessions, CallbackRedirect) == 0


@pytest.mark.parametrize("path", CHOOSING)
def test_view_when_one_token_then_it_still_asks_which(person, path, pilot, stored, sessions):
    token_id = stored(pilot)
    asked = person.open(f"/{path}?a=b", "7")
    assert is_selection(asked)
    page = person.open(asked.location, "7")
    answer = person.choose(page, pilot.name, "7")
    assert answer.json["id"] == token_id
    assert answer.request.path_qs == f"/{path}?a=b"
    assert rows(sessions, CallbackRedirect) == 0
    # For one run only.
    assert is_selection(person.open(f"/{path}?a=b", "7"))


def test_view_when_two_tokens_then_the_chosen_one_is_given(person, pilot, another_pilot, stored):
    stored(pilot)
    stored(another_pilot)
    page = person.open(person.open("/choose", "7").location, "7")
    assert pilot.name in page.text
    assert person.choose(page, another_pilot.name, "7").json["name"] == another_pilot.name


def test_view_when_tokens_are_others_or_have_other_scopes_then_sso_is_asked(
    person, pilot, another_pilot, stored
):
    stored(pilot, user="8")
    stored(another_pilot, scopes=MAIL)
    stored(another_pilot, scopes="")
    for path in ("choose", "several", "option"):
        assert is_sso(person.open(f"/{path}", "7"))


def test_view_when_no_scopes_are_asked_then_tokens_without_scopes_fit(
    person, pilot, another_pilot, stored
):
    stored(another_pilot, scopes=LOCATION)
    assert is_sso(person.open("/bare", "7"))
    stored(pilot, scopes="")
    page = person.open(person.open("/bare", "7").location, "7")
    assert another_pilot.name not in page.text
    assert person.choose(page, pilot.name, "7").json["scopes"] == []


def test_view_when_more_scopes_are_there_then_token_fits(person, pilot, stored):
    stored(pilot, scopes=f"{LOCATION}+{SHIP}+{MAIL}")
    assert is_selection(person.open("/choose", "7"))
    assert person.open("/several", "7").json == [pilot.name]
    page = person.open(person.open("/context", "7").location, "7")
    assert person.choose(page, pilot.name, "7").json["scopes"] == sorted([LOCATION, SHIP, MAIL])


def test_view_when_token_is_expired_then_it_is_renewed(person, pilot, stored, sessions):
    stored(pilot)
    with sessions() as session:
        before = session.scalar(select(Token.access_token))
    expire(sessions)
    page = person.open(person.open("/choose", "7").location, "7")
    after = person.choose(page, pilot.name, "7").json["access"]
    assert after != before


def test_view_when_token_is_refused_for_good_then_it_is_deleted_and_sso_asked(
    person, pilot, stored, sessions, universe
):
    stored(pilot)
    expire(sessions)
    universe.sso(next_error="invalid_grant")
    assert is_sso(person.open("/choose", "7"))
    assert rows(sessions, Token) == 0


def test_view_when_sso_is_silent_then_token_is_kept(person, pilot, stored, sessions, universe):
    stored(pilot, scopes=f"{LOCATION}+{SHIP}")
    expire(sessions)
    universe.sso(next_error="503")
    assert is_sso(person.open("/several", "7"))
    assert rows(sessions, Token) == 1


def test_view_when_permission_is_missing_then_no_login_is_begun(person, sessions, pilot):
    assert person.open("/option-secret", "7").status_int == 403
    assert rows(sessions, CallbackRedirect) == 0
    assert person.bring("/option-secret", pilot.id, "admin").json["user"] == "admin"


def test_option_when_view_has_renderer_and_context_then_both_work(person, pilot):
    answer = person.bring("/option-rendered", pilot.id, "7")
    assert answer.json == {"name": pilot.name}
    assert answer.headers["X-Seen"] == "yes"


def test_option_when_class_has_more_views_then_only_its_own_gets_a_token(person, pilot):
    assert person.bring("/option-class", pilot.id, "7").json == f"HELLO {pilot.name.upper()}"
    assert person.open("/option-class?plain=1", "7").json == "no token"


@pytest.mark.parametrize("view", [lambda request: None, object()], ids=["one", "none"])
def test_option_when_view_takes_no_token_then_configuration_error(app_with, view):
    def host(config):
        config.add_route("bad", "/bad")
        config.add_view(view, route_name="bad", esi_token="", renderer="json")

    with pytest.raises(ConfigurationError, match="esi_token"):
        app_with(host)


@pytest.mark.parametrize("decorator", [token_required, tokens_required, single_use_token])
def test_decorator_when_view_takes_no_token_then_type_error(decorator):
    with pytest.raises(TypeError, match="token"):
        decorator()(lambda request: None)
    with pytest.raises(TypeError, match="method"):
        decorator()(Token)
    with pytest.raises(TypeError, match="called"):
        decorator(lambda request, token: None)


def test_tokens_view_when_there_are_some_then_all_of_them_without_asking(
    person, pilot, another_pilot, stored
):
    both = f"{LOCATION}+{SHIP}"
    stored(pilot, both)
    stored(another_pilot, both)
    stored(pilot, both, user="8")
    assert person.open("/several", "7").json == [pilot.name, another_pilot.name]


def test_tokens_view_when_none_then_sso_and_the_view_finds_it(person, pilot, sessions):
    assert person.bring("/several", pilot.id, "7").json == [pilot.name]
    assert rows(sessions, CallbackRedirect) == 0
    assert person.open("/several", "7").json == [pilot.name]


def test_tokens_view_when_new_then_the_new_one_alone(person, pilot, another_pilot, stored):
    stored(pilot)
    assert person.bring("/news", another_pilot.id, "7").json == [another_pilot.name]


@pytest.mark.parametrize("user", [None, "7"], ids=["anonymous", "user"])
def test_new_view_when_asked_twice_then_two_logins(person, pilot, another_pilot, user, sessions):
    first = person.bring("/new", pilot.id, user)
    assert (first.json["name"], first.json["user"]) == (pilot.name, user)
    second = person.bring("/new", another_pilot.id, user)
    assert (second.json["name"], second.json["user"]) == (another_pilot.name, user)
    assert is_sso(person.open("/new", user))
    assert rows(sessions, Token) == 2


@pytest.mark.parametrize("user", [None, "7"], ids=["anonymous", "user"])
def test_single_use_view_when_run_then_nothing_of_it_is_left(
    person, pilot, user, sessions, tmp_path
):
    away = person.open("/once?q=1", user)
    back = person.come_back(away, pilot.id, user)
    assert rows(sessions, Token) == 0
    assert rows(sessions, CallbackRedirect) == 1
    waiting = (tmp_path / "esi.sqlite").read_bytes()
    answer = person.open(back.location, user)
    assert answer.json["id"] is None
    assert answer.json["name"] == pilot.name
    assert answer.json["scopes"] == [LOCATION]
    assert answer.json["user"] == user
    for model in (Token, CallbackRedirect, Scope):
        assert rows(sessions, model) == 0
    stored = waiting + (tmp_path / "esi.sqlite").read_bytes()
    assert b"esi.single_use.arrived" in waiting
    for secret in (answer.json["access"].rpartition(".")[2], answer.json["refresh"]):
        assert secret
        assert secret.encode() not in stored
    assert is_sso(person.open("/once?q=1", user))


def test_single_use_view_when_user_has_tokens_then_sso_is_asked_still(person, stored, pilot):
    stored(pilot)
    assert is_sso(person.open("/once", "7"))


def test_single_use_token_when_expired_then_it_renews_itself(
    person, pilot, universe, app_with, travel, sessions
):
    seen = []

    @single_use_token(LOCATION)
    def view(request, token):
        first = token.valid_access_token()
        token.refresh()
        seen.append(first != token.access_token)
        place = token.get_esi_client().Location.get_characters_character_id_location
        seen.append(place(character_id=token.character_id).result()["solar_system_id"])
        return Response("done")

    def host(config):
        config.add_route("view", "/view")
        config.add_view(view, route_name="view")

    assert travel(app_with(host)).bring("/view", pilot.id).text == "done"
    assert seen[0] is True
    assert seen[1] > 30_000_000
    assert rows(sessions, Token) == 0


def test_view_when_two_tokens_are_wanted_then_both_come(person, pilot, another_pilot, sessions):
    away = person.open("/two", "7")
    again = person.open(person.come_back(away, pilot.id, "7").location, "7")
    assert is_sso(again)
    back = person.come_back(again, another_pilot.id, "7")
    assert person.open(back.location, "7").json == [pilot.name, another_pilot.name]
    assert rows(sessions, CallbackRedirect) == 0
    assert rows(sessions, Token) == 1


def test_views_when_open_in_two_tabs_then_each_gets_its_own(person, pilot, another_pilot):
    first, second = person.open("/new?tab=1"), person.open("/once?tab=2")
    second_back = person.come_back(second, another_pilot.id)
    first_back = person.come_back(first, pilot.id)
    assert person.open(second_back.location).json["name"] == another_pilot.name
    assert person.open(first_back.location).json["name"] == pilot.name


@pytest.mark.parametrize("path", ["choose", "new", "several", "once"])
def test_callback_when_replayed_for_a_view_then_refused(person, pilot, path, universe, sessions):
    callback = universe.approve(person.open(f"/{path}", "7").location, pilot.id)
    assert person.open(callback, "7").status_int == 303
    before = rows(sessions, CallbackRedirect)
    assert person.open(callback, "7").status_int == 400
    assert rows(sessions, CallbackRedirect) == before


@pytest.mark.parametrize("path", ["new", "once"])
def test_handover_when_another_browser_or_user_asks_then_it_is_not_theirs(
    person, travel, shaped, pilot, path
):
    back = person.come_back(person.open(f"/{path}", "7"), pilot.id, "7")
    assert is_sso(travel(shaped).open(back.location, "7"))
    assert is_sso(person.open(back.location, "8"))
    assert is_sso(person.open(back.location))
    assert is_sso(person.open(back.location + "?other=1", "7"))
    assert person.open(back.location, "7").json["name"] == pilot.name


def test_handover_when_too_old_then_sso_is_asked(person, pilot, sessions):
    back = person.come_back(person.open("/once", "7"), pilot.id, "7")
    expire(sessions, "esi_callbackredirect", "created")
    assert is_sso(person.open(back.location, "7"))


def test_handover_when_token_is_given_away_meanwhile_then_it_is_not_used(person, pilot, sessions):
    back = person.come_back(person.open("/choose", "7"), pilot.id, "7")
    change(sessions, user_id="8")
    assert is_sso(person.open(back.location, "7"))


@pytest.mark.parametrize("answer", [404, 503])
def test_view_when_it_failed_then_it_may_be_loaded_again(person, shaped, pilot, answer):
    shaped.registry.settings["test.answers"].append(answer)
    back = person.come_back(person.open("/fails"), pilot.id)
    assert person.open(back.location).status_int == answer
    assert person.open(back.location).text == pilot.name
    assert is_sso(person.open(back.location))


def test_view_when_it_raised_then_it_may_be_loaded_again(person, shaped, pilot):
    shaped.registry.settings["test.answers"].append(500)
    back = person.come_back(person.open("/fails"), pilot.id)
    with pytest.raises(RuntimeError):
        person.open(back.location)
    assert person.open(back.location).text == pilot.name


def test_view_when_token_was_taken_while_it_ran_then_what_it_did_is_taken_back(
    app_with, travel, pilot, sessions
):
    @single_use_token()
    def view(request, token):
        with sessions() as session:
            session.execute(text("DELETE FROM esi_callbackredirect"))
            session.commit()
        request.dbsession.add(Scope(name="written by the view"))
        return Response("done")

    def host(config):
        config.add_route("view", "/view")
        config.add_view(view, route_name="view")

    answer = travel(app_with(host)).bring("/view", pilot.id)
    assert answer.status_int == 400
    assert rows(sessions, Scope) == 0


@pytest.mark.parametrize("decorator", [single_use_token(), token_required(new=True)])
def test_view_when_loaded_twice_at_once_then_one_of_them_counts(
    app_on, travel, pilot, another_pilot, decorator
):
    both_run = threading.Barrier(2, timeout=10)

    @decorator
    def view(request, token):
        both_run.wait()
        request.dbsession.add(Scope(name=f"written by {request.headers['X-Tab']}"))
        return Response(token.character_name)

    def host(config):
        config.add_route("view", "/view")
        config.add_view(view, route_name="view")

    app, sessions = app_on(host)
    person = travel(app)
    back = person.come_back(person.open("/view"), pilot.id)
    cookie = person.browser.cookies["esi_sso"].strip('"')
    answers = []

    def load(tab):
        browser = TestApp(app)
        browser.set_cookie("esi_sso", cookie)
        headers = {"X-Tab": str(tab)}
        try:
            answer = browser.get(back.location, headers=headers, expect_errors=True)
            answers.append(answer.status_int)
        except OperationalError:
            # SQLite refuses the second writer; hosts answer that with a retry.
            answers.append(400)

    threads = [threading.Thread(target=load, args=[tab]) for tab in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 400]
    assert rows(sessions, CallbackRedirect) == 0
    with sessions() as session:
        written = session.scalars(select(Scope.name).where(Scope.name.startswith("written"))).all()
    assert len(written) == 1


@pytest.mark.parametrize("path", ["choose", "several", "new", "once"])
def test_view_when_on_each_database_then_token_comes(app_on, shapes, travel, pilot, path):
    app, sessions = app_on(shapes.host)
    person = travel(app)
    answer = person.bring(f"/{path}?a=b", pilot.id, "7")
    assert pilot.name in answer.text
    assert rows(sessions, CallbackRedirect) == 0


def test_view_when_it_runs_then_nothing_is_locked_yet(app_with, travel, pilot, sessions):
    @token_required(new=True)
    def view(request, token):
        with sessions() as session:
            session.add(Scope(name="written elsewhere"))
            session.commit()
        return Response("done")

    def host(config):
        config.add_route("view", "/view")
        config.add_view(view, route_name="view")

    assert travel(app_with(host)).bring("/view", pilot.id).status_int == 200
    assert rows(sessions, Scope) == 1


def test_view_when_cached_then_the_way_to_the_token_is_not(person, pilot):
    away = person.open("/cached", "7")
    assert away.headers["Cache-Control"] == "no-store"
    back = person.come_back(away, pilot.id, "7")
    assert "max-age=3600" in person.open(back.location, "7").headers["Cache-Control"]
    assert person.open("/cached", "7").headers["Cache-Control"] == "no-store"


def test_view_when_logged_out_meanwhile_then_no_token_is_stored(person, pilot, sessions):
    answer = person.come_back(person.open("/choose", "7"), pilot.id)
    assert answer.status_int == 400
    assert rows(sessions, Token) == 0


def test_view_when_sso_grants_less_then_it_is_said_and_not_asked_again(
    person, pilot, universe, sessions
):
    universe.sso(scp="absent")
    answer = person.come_back(person.open("/several", "7"), pilot.id, "7")
    assert answer.status_int == 403
    assert SHIP in answer.text
    assert rows(sessions, Token) == 0


def test_view_when_person_cancels_then_page_leads_back_to_it(person, universe, sessions):
    away = person.open('/once?a=b&c="<', None)
    page = person.open(universe.refuse(away.location))
    assert page.status_int == 403
    assert '<a href="/once?a=b&amp;c=%22%3C">Try again</a>' in page.text
    assert page.headers["Cache-Control"] == "no-store"
    # Nothing was used up: a change of mind on EVE's page is possible.
    assert rows(sessions, CallbackRedirect) == 1


def test_view_when_query_is_strange_then_it_survives(person, pilot):
    query = "a='b'&c=%2F%27&d=%5C&e=x%20y+z"
    away = person.open(f"/new?{query}")
    back = person.come_back(away, pilot.id)
    assert person.open(back.location).json["name"] == pilot.name


def test_view_when_below_a_prefix_then_it_is_come_back_to(shaped, travel, pilot, universe):
    below = travel(lambda environ, start: _mounted(shaped, environ, start))
    away = below.open("/portal/new?x=1")
    assert "Path=/portal" in away.headers["Set-Cookie"]
    callback = universe.approve(away.location, pilot.id)
    back = below.open(callback.replace("/sso/", "/portal/sso/"))
    assert back.location == "http://localhost/portal/new?x=1"
    assert below.open(back.location).json["name"] == pilot.name


def _mounted(app, environ, start):
    environ["SCRIPT_NAME"] = "/portal"
    environ["PATH_INFO"] = environ["PATH_INFO"].removeprefix("/portal")
    return app(environ, start)


def test_view_when_asked_by_head_then_as_by_get(person, pilot):
    back = person.come_back(person.open("/once"), pilot.id)
    answer = person.browser.head(back.location.removeprefix("http://localhost"), status=200)
    assert answer.body == b""
    assert "/v2/oauth/authorize" in person.browser.head("/once", status=303).location


def test_view_when_posted_to_then_it_is_come_back_to_by_get(person, pilot):
    away = person.post("/new?a=b", {"field": "value"})
    back = person.come_back(away, pilot.id)
    assert back.location == "http://localhost/new?a=b"
    assert person.post("/new?a=b", {"field": "value"}).json["name"] == pilot.name


@pytest.mark.parametrize("url", ["//evil.example/new", "/\\evil.example"])
def test_view_when_its_address_is_another_host_to_a_browser_then_not_come_back_to(
    app_with, travel, pilot, url
):
    @token_required(new=True)
    def view(request, token):
        return Response("done")

    def host(config):
        config.add_route("any", "/*rest")
        config.add_view(view, route_name="any")

    person = travel(app_with(host))
    away = person.browser.get("/", extra_environ={"PATH_INFO": url}, status=303)
    back = person.come_back(away, pilot.id).location
    assert urlsplit(back).netloc == "localhost"
    assert "//evil" not in back.removeprefix("http://localhost")


def test_token_when_given_to_a_view_then_it_makes_clients_of_old_versions_too(
    app_with, travel, pilot
):
    @token_required(scopes=LOCATION, new=True)
    def view(request, token):
        place = token.get_esi_client(Location="v1").Location
        found = place.get_characters_character_id_location(character_id=token.character_id)
        return Response(json_body=found.result())

    def host(config):
        config.add_route("view", "/view")
        config.add_view(view, route_name="view")

    assert travel(app_with(host)).bring("/view", pilot.id).json["solar_system_id"] > 30_000_000


def test_login_handler_when_kind_is_reserved_then_refused(app_with):
    with pytest.raises(EsiConfigurationError, match="esi"):
        app_with(lambda config: config.add_esi_login_handler(print, kind="esi.new"))
