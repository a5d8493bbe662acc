"""The commands that clean up EVE's tokens and logins, as processes of cron would run them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from srp_portal.cli.main import main
from srp_portal.esi.browser import LOGIN_LIFETIME_S
from srp_portal.esi.models import CallbackRedirect, Token, utc_now
from srp_portal.esi.runtime import serve
from srp_portal.services.tasks import (
    CLEANUP_CALLBACKREDIRECT,
    CLEANUP_TOKEN,
    LOGIN_KEPT_S,
    TASKS,
    Task,
    run_due,
    run_now,
)


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request, make_portal):
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgresql_url")
    portal = make_portal(database_url=url)
    # A test outside of a request looks at stored tokens.
    serve(portal.portal.esi_runtime)
    return portal


@pytest.fixture
def run(portal, tmp_path, capsys, monkeypatch):
    """Runs a command on the portal's database; gives its status, stdout and stderr."""
    ini = tmp_path / "portal.ini"
    lines = [f"{name} = {value}".replace("%", "%%") for name, value in portal.ini.items()]
    ini.write_text("\n".join(["[app:main]", "use = egg:srp_portal", *lines, ""]))

    def run(*arguments, **environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        status = main(["-c", str(ini), "esi", *arguments])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


@pytest.fixture
def token(portal):
    """`token(refresh_token)`: the id of a token that expired."""
    grants = iter(portal.sandbox.characters.values())

    def make(refresh_token="used up long ago"):
        character = next(grants)
        with portal.writing() as dbsession:
            row = Token(
                access_token="expired",
                refresh_token=refresh_token,
                expires_at=utc_now() - timedelta(days=1),
                character_id=character.id,
                character_name=character.name,
                character_owner_hash=character.owner,
            )
            dbsession.add(row)
            dbsession.flush()
            return row.id

    return make


@pytest.fixture
def login(portal):
    """`login(age)`: a login that was begun that many seconds ago."""

    def make(age):
        with portal.writing() as dbsession:
            dbsession.add(
                CallbackRedirect(
                    state_digest=f"state {age}",
                    browser_digest="browser",
                    code_verifier="verifier",
                    url="/",
                    kind="login",
                    created=utc_now() - timedelta(seconds=age),
                )
            )

    return make


def count(portal, model):
    with portal.reading() as dbsession:
        return dbsession.scalar(select(func.count()).select_from(model))


def test_cleanup_tokens_when_there_are_none_then_one_line(run):
    assert run("cleanup-tokens") == (0, "0 tokens renewed, 0 deleted, 0 left\n", "")


def test_cleanup_tokens_when_one_is_refused_for_good_then_deleted(portal, run, token):
    token()
    token(None)
    status, out, _ = run("cleanup-tokens")
    assert (status, out) == (0, "0 tokens renewed, 2 deleted, 0 left\n")
    assert count(portal, Token) == 0


def test_cleanup_tokens_when_sso_is_out_then_it_fails_and_deletes_nothing(portal, run, token):
    token()
    portal.sandbox.add_fault("POST /sso/v2/oauth/token", "html503")
    status, out, err = run("cleanup-tokens")
    assert status == 1
    assert out == "0 tokens renewed, 0 deleted, 1 left\n"
    assert err.splitlines()[-1] == "srp-portal: EVE's login service did not answer for 1 tokens"
    assert count(portal, Token) == 1


def test_cleanup_tokens_when_client_secret_is_wrong_then_nothing_is_deleted(portal, run, token):
    token()
    portal.sandbox.sso(next_error="invalid_client")
    assert run("cleanup-tokens")[0] == 1
    assert count(portal, Token) == 1


def test_cleanup_callbacks_when_old_then_forgotten(portal, run, login):
    for age in (10, 299, 310, 4000):
        login(age)
    for options, forgotten in ((["--max-age", "3600"], 1), ([], 1), (["--max-age", "0"], 2)):
        said = f"{forgotten} unfinished logins forgotten\n"
        assert run("cleanup-callbacks", *options) == (0, said, "")
    assert count(portal, CallbackRedirect) == 0


@pytest.mark.parametrize("value", ["-1", "1.5", "soon", "", "1" * 10, "٣"])
def test_cleanup_callbacks_when_age_makes_no_sense_then_refused(capsys, value):
    with pytest.raises(SystemExit) as end:
        main(["esi", "cleanup-callbacks", f"--max-age={value}"])
    assert end.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "no whole number of seconds" in told.err


def test_commands_when_database_is_not_migrated_then_one_line(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("SQLALCHEMY_URL", f"sqlite:///{tmp_path}/new.sqlite")
    monkeypatch.setenv("SRP_SECRET", "a-secret-of-the-tests-that-is-long-enough")
    monkeypatch.setenv("SRP_SANDBOX", "true")
    monkeypatch.setenv("ESI_USER_CONTACT_EMAIL", "tests@example.com")
    monkeypatch.chdir(tmp_path)
    for command in ("cleanup-tokens", "cleanup-callbacks"):
        assert main(["esi", command]) == 1
        told = capsys.readouterr()
        assert told.out == ""
        [line] = told.err.splitlines()
        assert "srp-portal db upgrade" in line


def test_run_due_when_due_then_both_run_and_a_slow_login_is_kept(portal, token, login):
    portal.now = utc_now()
    token()
    login(1750)
    login(LOGIN_KEPT_S + 10)
    ran = {outcome.name: outcome for outcome in run_due(portal.portal)}
    assert ran[CLEANUP_TOKEN].said == "0 tokens renewed, 1 deleted, 0 left"
    assert ran[CLEANUP_CALLBACKREDIRECT].said == "1 unfinished logins forgotten"
    ours = {CLEANUP_TOKEN, CLEANUP_CALLBACKREDIRECT}
    for hours, due in ((3.9, set()), (0.2, {CLEANUP_CALLBACKREDIRECT}), (20, ours)):
        portal.now += timedelta(hours=hours)
        assert {outcome.name for outcome in run_due(portal.portal)} & ours == due


def test_run_due_when_sso_is_out_then_the_task_failed_and_is_due_again_the_next_day(portal, token):
    token()
    portal.sandbox.add_fault("POST /sso/v2/oauth/token", "html503")
    (outcome,) = [each for each in run_due(portal.portal) if each.name == CLEANUP_TOKEN]
    assert "1 left" in outcome.error


def test_run_now_when_not_due_then_it_runs_and_moves_when_it_is_due(portal, token):
    portal.now = utc_now()
    run_due(portal.portal)
    token()
    portal.now += timedelta(hours=23)
    assert run_now(portal.portal, CLEANUP_TOKEN).said == "0 tokens renewed, 1 deleted, 0 left"
    portal.now += timedelta(hours=23)
    assert CLEANUP_TOKEN not in {outcome.name for outcome in run_due(portal.portal)}
    portal.now += timedelta(hours=2)
    assert CLEANUP_TOKEN in {outcome.name for outcome in run_due(portal.portal)}


def test_run_now_when_it_is_being_run_then_not_both_at_once(portal):
    inside = []

    def run(parts):
        inside.extend([run_now(parts, "slow", tasks), run_due(parts, tasks)])
        return "done"

    tasks = [Task("slow", timedelta(hours=1), timedelta(hours=1), run)]
    for _ in range(2):
        assert run_now(portal.portal, "slow", tasks).said == "done"
    assert inside == [None, [], None, []]
    with pytest.raises(LookupError, match="unknown"):
        run_now(portal.portal, "unknown", tasks)


def test_kept_logins_when_compared_then_longer_than_people_may_take():
    assert LOGIN_KEPT_S > LOGIN_LIFETIME_S
    assert {CLEANUP_TOKEN, CLEANUP_CALLBACKREDIRECT} <= {task.name for task in TASKS}


def test_portal_when_esi_has_not_the_version_that_is_set_says_so_in_a_line(tmp_path, universe):

    from srp_portal.composition import compose
    from srp_portal.settings import Settings, SettingsError

    settings = {
        **universe.settings(),
        "sqlalchemy.url": f"sqlite:///{tmp_path}/portal.sqlite",
        "srp.secret": "a-secret-of-the-tests-that-is-long-enough",
        "srp.sandbox": "true",
        "esi.api_version": "v9",
    }
    with pytest.raises(SettingsError, match=r"esi\.api_version.*v9"):
        compose(Settings.load(settings, {}))
