"""The management command, in this process on a database of its own, and as a process."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, text

from srp_portal.cli.main import main
from srp_portal.sandbox import Sandbox

SECRET = "a-secret-of-the-tests-that-is-long-enough"


@pytest.fixture
def ini(tmp_path, monkeypatch):
    """An ini file for a database that isn't there yet; nothing of the environment counts."""
    for name in list(os.environ):
        if name.startswith(("SRP_", "ESI_", "SQLALCHEMY_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "test.ini"
    path.write_text(
        "[app:main]\n"
        "use = egg:srp_portal\n"
        "sqlalchemy.url = sqlite:///%(here)s/test.db\n"
        f"srp.secret = {SECRET}\n"
        "srp.sandbox = true\n"
        "esi.user_contact_email = tests@example.com\n"
    )
    return path


@pytest.fixture
def run(ini, monkeypatch, capsys):
    """Runs a command; gives its status, stdout and stderr."""

    def run(*arguments, stdin=""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        status = main(["-c", str(ini), *arguments])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


@pytest.fixture
def database(run):
    """A migrated database."""
    assert run("db", "upgrade")[0] == 0


@pytest.fixture
def query(tmp_path):
    """Asks the database."""
    engine = create_engine(f"sqlite:///{tmp_path}/test.db")

    def query(statement):
        with engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    yield query
    engine.dispose()


def make_user(run, name, *options):
    status, out, _ = run("user", "create", name, *options, "--password-stdin", stdin="secret 1\n")
    assert status == 0
    return int(out)


def assert_refused(result, *words):
    status, out, err = result
    assert status == 1
    assert out == ""
    assert err.startswith("srp-portal: ")
    assert err.count("\n") == 1
    for word in words:
        assert word in err


def test_db_when_new_then_check_fails_until_it_is_upgraded(run):
    status, out, err = run("db", "check")
    assert (status, out) == (1, "empty\n")
    assert "srp-portal db upgrade" in err
    status, revision, _ = run("db", "upgrade")
    assert status == 0
    assert run("db", "check") == (0, revision, "")
    assert run("db", "upgrade")[:2] == (0, revision)


def test_db_upgrade_when_the_database_is_newer_then_one_line(run, database, query, tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/test.db")
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'from_the_future'"))
    engine.dispose()
    assert_refused(run("db", "upgrade"), "from_the_future")


def test_commands_when_the_database_is_not_migrated_then_one_line_says_so(run):
    assert_refused(run("division", "create", "Capitals"), "srp-portal db upgrade")


def test_user_create_when_given_a_password_then_the_id_alone_is_printed(run, database, query):
    status, out, err = run(
        "user", "create", "Ada", "--admin", "--password-stdin", stdin="correct horse\n"
    )
    assert (status, err) == (0, "")
    assert re.fullmatch(r"[0-9]+\n", out)
    assert query("SELECT id, name, kind, is_admin FROM users") == [(int(out), "Ada", "local", 1)]
    assert query("SELECT actor, action FROM audit_log") == [("command line", "user.create")]


def test_user_create_when_the_password_ends_in_line_breaks_then_one_is_stripped(run, database, ini):
    from srp_portal.cli.bootstrap import transaction
    from srp_portal.services.accounts import authenticate_local

    run("user", "create", "Ada", "--password-stdin", stdin=" two\n\n")
    arguments = type("Arguments", (), {"config": str(ini)})
    with transaction(arguments) as (_, dbsession):
        assert authenticate_local(dbsession, "ada", " two\n") is not None
        assert authenticate_local(dbsession, "ada", " two") is None


def test_user_create_when_refused_then_one_line_and_nothing_is_stored(run, database, query):
    make_user(run, "Ada")
    create = ("user", "create", "--password-stdin")
    assert_refused(run(*create, "ADA", stdin="secret 2"), "ADA")
    assert_refused(run(*create, "Ben", stdin=""), "password")
    assert query("SELECT count(*) FROM users") == [(1,)]


def test_user_admin_when_switched_then_it_holds(run, database, query):
    make_user(run, "Ada")
    assert run("user", "admin", "ada", "--on")[0] == 0
    assert query("SELECT is_admin FROM users") == [(1,)]
    assert run("user", "admin", "ada", "--off")[0] == 0
    assert query("SELECT is_admin FROM users") == [(0,)]
    assert_refused(run("user", "admin", "Nobody", "--on"), "Nobody")


def test_pilot_add_when_free_then_it_belongs_to_the_user(run, database, query):
    user_id = make_user(run, "Ada")
    make_user(run, "Ben")
    assert run("pilot", "add", "Ada", "90000001", "Ada Prime") == (0, "", "")
    rows = query("SELECT id, name, user_id, owner_hash FROM characters")
    assert rows == [(90000001, "Ada Prime", user_id, None)]
    assert_refused(run("pilot", "add", "Ben", "90000001", "Ada Prime"), "another account")


def test_apikey_when_created_then_the_key_alone_is_printed_and_can_be_revoked(run, database, query):
    make_user(run, "Ada")
    status, out, _ = run("apikey", "create", "Ada", "--name", "spreadsheet")
    assert status == 0
    assert re.fullmatch(r"[A-Za-z0-9_-]{43},\n", out)
    assert run("apikey", "revoke", "1") == (0, "", "")
    assert query("SELECT count(*) FROM api_keys WHERE revoked_at IS NOT NULL") == [(1,)]
    assert_refused(run("apikey", "revoke", "1"), "1")
    assert_refused(run("apikey", "create", "Nobody"), "Nobody")


def test_apikey_when_it_was_made_by_eve_srp_then_is_kept_as_it_is(run, database, query):
    make_user(run, "Ada")
    key = "dVbP0_SCPS12LnLpIZoJvemzeUUOOUErT7nojbJW4_I,"
    options = ("--name", "old sheet", "--expires", "2999-12-31", "--keep-stdin")
    assert run("apikey", "create", "Ada", *options, stdin=f"{key}\n") == (0, f"{key}\n", "")
    assert query("SELECT name, date(expires_at) FROM api_keys") == [("old sheet", "3000-01-01")]
    assert_refused(run("apikey", "create", "Ada", "--keep-stdin", stdin=key), "known already")
    assert_refused(run("apikey", "create", "Ada", "--keep-stdin", stdin="x"), "not an API key")
    assert_refused(run("apikey", "create", "Ada", "--expires", "soon"), "2026-12-31")
    assert query("SELECT count(*) FROM api_keys") == [(1,)]


def test_division_and_grant_when_by_name_then_the_permission_is_held_once(run, database, query):
    user_id = make_user(run, "Ada")
    status, division_id, _ = run("division", "create", "Capitals")
    assert status == 0
    assert_refused(run("division", "create", "CAPITALS"), "already")
    assert run("grant", "capitals", "review", "ada") == (0, "", "")
    assert run("grant", "capitals", "review", "ada") == (0, "", "")
    rows = query("SELECT division_id, permission, user_id, group_id FROM grants")
    assert rows == [(int(division_id), "review", user_id, None)]
    assert run("revoke", "Capitals", "review", "Ada") == (0, "", "")
    assert query("SELECT count(*) FROM grants") == [(0,)]
    assert_refused(run("revoke", "Capitals", "review", "Ada"), "Ada", "review")
    assert_refused(run("grant", "Nowhere", "review", "Ada"), "Nowhere")
    assert_refused(run("grant", "Capitals", "review", "Nobody"), "Nobody")


def test_grant_when_a_user_and_a_group_share_the_name_then_the_prefix_decides(run, database, query):
    make_user(run, "Wolves")
    status, group_id, _ = run("group", "create", "wolves")
    assert status == 0
    run("division", "create", "Capitals")
    assert_refused(run("grant", "Capitals", "pay", "Wolves"), "user:", "group:")
    assert run("grant", "Capitals", "pay", "group:Wolves")[0] == 0
    assert query("SELECT user_id, group_id FROM grants") == [(None, int(group_id))]
    # Only the group holds it, so that is what is meant.
    assert run("revoke", "Capitals", "pay", "Wolves")[0] == 0


def test_group_when_members_come_and_go_then_they_are_stored(run, database, query):
    user_id = make_user(run, "Ada")
    run("group", "create", "Friends")
    assert run("group", "add", "Friends", "Ada") == (0, "", "")
    assert query("SELECT user_id FROM group_members") == [(user_id,)]
    assert run("group", "remove", "friends", "ada") == (0, "", "")
    assert query("SELECT count(*) FROM group_members") == [(0,)]
    assert_refused(run("group", "remove", "Friends", "Ada"), "Ada")
    assert_refused(run("group", "add", "Strangers", "Ada"), "Strangers")


def test_groups_refresh_when_eve_answers_then_characters_have_their_corporations(
    run, database, query, monkeypatch
):
    make_user(run, "Ada")
    with Sandbox() as sandbox:
        for name, value in sandbox.settings().items():
            monkeypatch.setenv(name.replace(".", "_").upper(), value)
        pilot = next(iter(sandbox.characters.values()))
        run("pilot", "add", "Ada", str(pilot.id), pilot.name)
        status, out, err = run("groups", "refresh")
    assert (status, err) == (0, "")
    assert out.startswith("1 characters seen, 1 moved")
    rows = query("SELECT corporation_id, alliance_id FROM characters")
    assert rows == [(pilot.corporation_id, pilot.alliance_id)]


def test_groups_refresh_when_eve_is_down_then_it_fails(run, database, monkeypatch):
    make_user(run, "Ada")
    run("pilot", "add", "Ada", "90000001", "Ada Prime")
    monkeypatch.setenv("ESI_BASE_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ESI_CONNECTION_ERROR_MAX_RETRIES", "0")
    status, out, err = run("groups", "refresh")
    assert status == 1
    assert out == "0 characters seen, 0 moved, 1 missed\n"
    assert "EVE did not answer" in err


def test_tasks_run_when_once_then_each_due_task_runs_and_is_not_due_again(run, database, query):
    status, out, _ = run("tasks", "run", "--once")
    assert status == 0
    names = {line.partition(":")[0] for line in out.splitlines()}
    assert {"events.deliver", "groups.refresh", "sessions.purge"} <= names
    rows = query("SELECT name FROM periodic_tasks WHERE finished_at IS NULL OR last_error <> ''")
    assert rows == []
    assert "groups.refresh" not in run("tasks", "run", "--once")[1]


def test_tasks_run_when_one_fails_then_the_others_run_and_it_exits_1(run, database, monkeypatch):
    make_user(run, "Ada")
    run("pilot", "add", "Ada", "90000001", "Ada Prime")
    monkeypatch.setenv("ESI_BASE_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("ESI_CONNECTION_ERROR_MAX_RETRIES", "0")
    status, out, err = run("tasks", "run", "--once")
    assert status == 1
    assert "srp-portal: groups.refresh: " in err
    assert "sessions.purge: " in out


def test_plugins_list_when_installed_then_a_line_each_with_hooks_or_reason(run, monkeypatch):
    monkeypatch.setenv("SRP_PLUGINS", "zkillboard")
    status, out, _ = run("plugins", "list")
    assert status == 0
    lines = {line.split()[0]: line for line in out.splitlines()[1:]}
    assert "killmail_sources" in lines["zkillboard"]
    assert "srp-portal-zkillboard" in lines["zkillboard"]
    assert "not named in srp.plugins" in lines["esi-killmail"]


def test_plugins_list_when_one_has_no_hooks_then_is_enabled_and_says_so(run, monkeypatch):
    class Bare:
        """A plugin whose author forgot to mark the hooks."""

        API_VERSION = 1
        name = "bare"
        dist = None

        def load(self):
            return self

        def base_payout(self):
            raise NotImplementedError

    installed = SimpleNamespace(entry_points=lambda group: [Bare()])
    monkeypatch.setattr("srp_portal.hooks.manager.metadata", installed)
    status, out, err = run("plugins", "list")
    assert (status, " ".join(out.split()[-8:])) == (0, "bare - - yes it has no hooks")
    assert "Plugin bare is enabled and does nothing: it has no hooks" in err


def test_plugins_when_one_fails_to_load_then_verbose_shows_where(run, monkeypatch):
    class Broken:
        """A plugin that can't be imported."""

        name = "broken"
        dist = None

        def load(self):
            raise ImportError("no module named prices")

    installed = SimpleNamespace(entry_points=lambda group: [Broken()])
    monkeypatch.setattr("srp_portal.hooks.manager.metadata", installed)
    _, _, quiet = run("plugins", "list")
    _, _, verbose = run("-v", "plugins", "list")
    assert "it failed to load: ImportError: no module named prices" in quiet
    assert "Traceback" not in quiet
    assert "Traceback" in verbose
    assert "in load" in verbose


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", ["has no section"]),
        ("[app:main]\nsrp.secret = x\n", ["sqlalchemy.url", "SQLALCHEMY_URL"]),
        ("[app:main]\nsqlalchemy.url = sqlite://\nsrp.secret = short\n", ["srp.secret"]),
        ("no ini at all", ["can't be read"]),
    ],
    ids=["empty", "url", "secret", "no ini"],
)
def test_settings_when_wrong_then_one_line_names_what(run, ini, content, words):
    ini.write_text(content)
    assert_refused(run("deliveries", "list"), *words)


def test_settings_when_the_file_is_missing_then_one_line_names_it(run, ini):
    ini.unlink()
    assert_refused(run("plugins", "list"), str(ini))


def test_settings_when_no_file_is_named_then_development_ini_or_the_environment(
    ini, capsys, monkeypatch
):
    assert main(["db", "check"]) == 1
    assert "sqlalchemy.url" in capsys.readouterr().err
    monkeypatch.setenv("SQLALCHEMY_URL", f"sqlite:///{ini.parent}/other.db")
    monkeypatch.setenv("SRP_SECRET", SECRET)
    monkeypatch.setenv("SRP_SANDBOX", "true")
    monkeypatch.setenv("ESI_USER_CONTACT_EMAIL", "tests@example.com")
    assert main(["db", "upgrade"]) == 0
    assert (ini.parent / "other.db").exists()
    monkeypatch.undo()
    monkeypatch.chdir(ini.parent)
    ini.rename(ini.parent / "development.ini")
    assert main(["db", "upgrade"]) == 0
    assert (ini.parent / "test.db").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["user"],
        ["user", "create", "Ada"],
        ["user", "admin", "Ada"],
        ["user", "admin", "Ada", "--on", "--off"],
        ["grant", "Capitals", "own", "Ada"],
        ["apikey", "revoke", "one"],
        ["apikey", "revoke", "9" * 30],
        ["nonsense"],
    ],
    ids=" ".join,
)
def test_command_line_when_it_makes_no_sense_then_status_2_and_usage(ini, capsys, arguments):
    with pytest.raises(SystemExit) as end:
        main(arguments)
    assert end.value.code == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "usage: srp-portal" in told.err


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def srp_portal(*arguments, **options):
    return subprocess.Popen(
        [sys.executable, "-m", "srp_portal.cli", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_sandbox_serve_when_signalled_then_it_ends_with_success(number):
    with srp_portal("sandbox", "serve", "--port", "0") as process:
        url = process.stdout.readline().strip()
        with urllib.request.urlopen(f"{url}/esi/status/", timeout=10) as answer:
            assert "players" in json.load(answer)
        process.send_signal(number)
        assert process.wait(timeout=20) == 0
        assert process.stderr.read() == ""


def test_sandbox_serve_when_the_port_is_taken_then_one_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with srp_portal("sandbox", "serve", "--port", str(port)) as process:
            out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert out == ""
    assert str(port) in err
    assert err.count("\n") == 1


def test_tasks_run_when_signalled_then_it_ends_with_success(ini, run, database, query):
    with srp_portal("-v", "-c", str(ini), "tasks", "run") as process:
        line = ""
        while "esi.cleanup_token" not in line:
            line = process.stderr.readline()
            assert line, "it ended by itself"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    assert query("SELECT count(*) > 2 FROM periodic_tasks WHERE finished_at IS NOT NULL") == [(1,)]
