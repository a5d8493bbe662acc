"""The commands about deliveries that plugins did not take."""

from __future__ import annotations

import pytest
from sqlalchemy import delete, select, update

from srp_portal.cli.main import main
from srp_portal.models.events import AuditEntry, OutboxDelivery, OutboxEvent

HEADINGS = ["id", "plugin", "event", "request", "attempts", "given", "up", "error"]


@pytest.fixture
def run(any_house, tmp_path, monkeypatch, capsys):
    """Runs a command on the database of the house; gives its status, stdout and stderr."""
    settings = any_house.portal.portal.settings
    monkeypatch.chdir(tmp_path)
    ini = tmp_path / "test.ini"
    ini.write_text(
        "[app:main]\n"
        "use = egg:srp_portal\n"
        f"sqlalchemy.url = {settings.sqlalchemy_url}\n"
        f"srp.secret = {settings.secret[0]}\n"
        "srp.sandbox = true\n"
        "esi.user_contact_email = tests@example.com\n"
    )

    def run(*arguments):
        status = main(["-c", str(ini), "deliveries", *arguments])
        told = capsys.readouterr()
        return status, told.out, told.err

    return run


@pytest.fixture
def dead(any_house):
    """Ids of three dead deliveries, two for `discord` and one for `mail`, oldest first."""
    any_house.store()
    with any_house.portal.writing() as dbsession:
        dbsession.execute(delete(OutboxDelivery))
        event = dbsession.scalars(select(OutboxEvent)).one()
        rows = []
        for plugin in ("discord", "mail", "discord"):
            if rows:
                event = copy_of(dbsession, event)
            rows.append(
                OutboxDelivery(
                    outbox_event_id=event.id,
                    plugin=plugin,
                    state="dead",
                    attempts=9,
                    due_at=any_house.portal.clock(),
                    last_error="HTTPError: 404",
                )
            )
        dbsession.add_all(rows)
        dbsession.flush()
        return [row.id for row in rows]


def copy_of(dbsession, event):
    """Another event with the same contents."""
    made = OutboxEvent(
        event_id=f"{event.id}-{event.event_id}"[:36],
        kind=event.kind,
        request_id=event.request_id,
        payload=event.payload,
        created_at=event.created_at,
    )
    dbsession.add(made)
    dbsession.flush()
    return made


def states(house):
    """State and error of each delivery that is left, by id."""
    with house.portal.reading() as dbsession:
        rows = dbsession.scalars(select(OutboxDelivery))
        return {row.id: (row.state, row.attempts, row.last_error) for row in rows}


def audited(house):
    with house.portal.reading() as dbsession:
        rows = dbsession.scalars(select(AuditEntry).where(AuditEntry.subject_type == "delivery"))
        return [(row.actor, row.action, row.subject_id) for row in rows]


def test_list_when_there_are_dead_ones_then_a_line_each_newest_first(run, dead):
    status, out, _ = run("list")
    lines = [line.split() for line in out.splitlines()]
    assert (status, lines[0]) == (0, HEADINGS)
    assert [int(line[0]) for line in lines[1:]] == dead[::-1]
    assert lines[1][1:3] == ["discord", "submitted"]
    assert out.splitlines()[1].endswith("HTTPError: 404")


def test_list_when_of_one_plugin_then_leaves_out_the_others(run, dead):
    _, out, _ = run("list", "--plugin", "mail")
    assert [int(line.split()[0]) for line in out.splitlines()[1:]] == [dead[1]]


def test_list_when_there_are_none_then_shows_the_headings_alone(run):
    assert run("list")[1].split() == HEADINGS


@pytest.mark.parametrize(
    ("which", "meant", "said"),
    [
        (["{}"], [0], "1 delivery"),
        (["--plugin", "discord"], [0, 2], "2 deliveries"),
        (["--all"], [0, 1, 2], "3 deliveries"),
        (["--plugin", "nobody"], [], "0 deliveries"),
    ],
    ids=str,
)
def test_resend_and_forget_when_told_which_then_do_it_and_leave_the_others(
    any_house, run, dead, which, meant, said
):
    which = [word.format(dead[0]) for word in which]
    assert run("resend", *which)[:2] == (0, f"{said} to be made again\n")
    after = states(any_house)
    # Tried at once, in vain: no such plugin is installed here, but another process may have it.
    again = {
        id_ for id_, (state, attempts, _) in after.items() if (state, attempts) == ("pending", 1)
    }
    assert again == {dead[index] for index in meant}
    assert all("is not enabled" in after[id_][2] for id_ in again)
    with any_house.portal.writing() as dbsession:
        dbsession.execute(update(OutboxDelivery).values(state="dead"))
    assert run("forget", *which)[:2] == (0, f"{said} forgotten\n")
    assert set(states(any_house)) == set(dead) - again
    subject = dead[0] if which == [str(dead[0])] else None
    assert audited(any_house) == [
        ("command line", f"delivery.{action}", subject) for action in ("resend", "forget") if meant
    ]


@pytest.mark.parametrize("command", ["resend", "forget"])
def test_one_when_it_is_not_there_then_the_command_fails_in_a_line(run, command):
    status, out, err = run(command, "77")
    assert (status, out) == (1, "")
    assert "There is no dead delivery 77" in err


@pytest.mark.parametrize("command", ["resend", "forget"])
@pytest.mark.parametrize("which", [[], ["1", "--all"], ["x"]], ids=str)
def test_command_when_it_says_nothing_or_too_much_then_makes_no_sense(run, command, which):
    with pytest.raises(SystemExit) as ended:
        run(command, *which)
    assert ended.value.code == 2
