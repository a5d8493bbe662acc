"""Divisions, permissions and transformers, on a database of their own."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from srp_portal.domain.errors import InvalidInput, NotAllowed, NotFound
from srp_portal.domain.permissions import Identity, Permission
from srp_portal.domain.text import name_key
from srp_portal.models import metadata
from srp_portal.models.divisions import Grant, Group
from srp_portal.models.engine import make_engine, writing
from srp_portal.models.events import AuditEntry
from srp_portal.models.users import User
from srp_portal.services import division_access, divisions, grants, transformers
from srp_portal.services.grants import EntityChoice
from srp_portal.settings import TransformerSetting

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
ADMIN = Identity(user_id=1, name="Ada", is_admin=True)
OFFERED = transformers.offered_transformers(
    [
        TransformerSetting("ship", "Wiki", "https://wiki.example/{}"),
        TransformerSetting("ship", "Fits", "https://fits.example/{}"),
        TransformerSetting("pilot", "Who", "https://who.example/{}"),
    ]
)


@pytest.fixture
def dbsession(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/test.db")
    metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def add_user(dbsession, name, kind="local"):
    user = User(kind=kind, name=name, name_key=name_key(name), created_at=NOW)
    dbsession.add(user)
    dbsession.flush()
    return user.id


def add_group(dbsession, name, kind="manual", eve_id=None):
    group = Group(kind=kind, name=name, name_key=name_key(name), eve_id=eve_id, created_at=NOW)
    dbsession.add(group)
    dbsession.flush()
    return group.id


@pytest.fixture
def division_id(dbsession):
    return divisions.create_division(dbsession, ADMIN, "Capitals", now=NOW).id


def division_admin(division_id):
    return Identity(user_id=9, name="Ben", grants={division_id: frozenset({Permission.ADMIN})})


def give(dbsession, division_id, permission=Permission.REVIEW, actor=ADMIN, **choice):
    return grants.grant(dbsession, actor, division_id, permission, EntityChoice(**choice), now=NOW)


def take(dbsession, division_id, permission=Permission.REVIEW, actor=ADMIN, **choice):
    return grants.revoke(dbsession, actor, division_id, permission, EntityChoice(**choice), now=NOW)


def audited(dbsession):
    entries = dbsession.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [(entry.action, entry.actor, json.loads(entry.payload)) for entry in entries]


def test_create_division_when_named_anew_then_it_is_found_by_any_case(dbsession):
    made = divisions.create_division(dbsession, ADMIN, "  Große \u2003\u00a0Schiffe ", now=NOW)
    assert made.name == "Große Schiffe"
    assert division_access.find_division(dbsession, "GROSSE  SCHIFFE ") == made
    assert audited(dbsession) == [("division.create", "Ada", {"name": "Große Schiffe"})]


@pytest.mark.parametrize(
    "name",
    ["", "   ", "x" * 101, "two\nlines", "nul\x00", "zero\u200bwidth", "tab\tbed", "CAPITALS"],
    ids=["empty", "blank", "long", "lines", "nul", "unseen", "tab", "taken"],
)
def test_create_division_when_the_name_is_no_good_then_it_says_so_at_the_field(
    dbsession, division_id, name
):
    with pytest.raises(InvalidInput) as refusal:
        divisions.create_division(dbsession, ADMIN, name, now=NOW)
    assert refusal.value.field == "name"


def test_create_division_when_100_characters_then_it_is_taken(dbsession):
    assert divisions.create_division(dbsession, ADMIN, "x" * 100, now=NOW).name == "x" * 100


def test_create_division_when_not_a_site_administrator_then_not_allowed(dbsession, division_id):
    with pytest.raises(NotAllowed) as refusal:
        divisions.create_division(dbsession, division_admin(division_id), "Mine", now=NOW)
    assert refusal.value.attempt == "division.create"


def test_create_division_when_made_by_a_command_then_the_log_names_it(dbsession):
    divisions.create_division(dbsession, "srp-portal", "Subcaps", now=NOW)
    assert audited(dbsession)[0][1] == "srp-portal"


def test_division_list_when_site_administrator_then_all_with_counts_by_name(dbsession, division_id):
    other = divisions.create_division(dbsession, ADMIN, "Battleships", now=NOW)
    add_user(dbsession, "Rita")
    give(dbsession, division_id, name="Rita")
    shown = divisions.division_list(dbsession, ADMIN)
    assert [row.id for row in shown.divisions] == [other.id, division_id]
    assert shown.divisions[1].permissions == {
        "submit": 0,
        "review": 1,
        "pay": 0,
        "audit": 0,
        "admin": 0,
    }
    assert shown.may_add


def test_division_list_when_administrator_of_one_then_that_one_alone(dbsession, division_id):
    divisions.create_division(dbsession, ADMIN, "Battleships", now=NOW)
    shown = divisions.division_list(dbsession, division_admin(division_id))
    assert [row.name for row in shown.divisions] == ["Capitals"]
    assert not shown.may_add


@pytest.mark.parametrize("permission", ["submit", "review", "pay", "audit"])
def test_pages_when_no_administrator_then_not_allowed(dbsession, division_id, permission):
    reader = Identity(
        user_id=5, name="Eve", grants={division_id: frozenset({Permission(permission)})}
    )
    with pytest.raises(NotAllowed):
        divisions.division_list(dbsession, reader)
    with pytest.raises(NotAllowed):
        divisions.division_detail(dbsession, reader, division_id, offered=OFFERED)
    with pytest.raises(NotAllowed):
        give(dbsession, division_id, actor=reader, name="Eve")
    with pytest.raises(NotAllowed):
        take(dbsession, division_id, actor=reader, name="Eve")
    with pytest.raises(NotAllowed):
        transformers.choose_transformer(
            dbsession, reader, division_id, "ship", "Wiki", offered=OFFERED, now=NOW
        )


def test_division_detail_when_of_another_division_then_not_allowed(dbsession, division_id):
    other = divisions.create_division(dbsession, ADMIN, "Battleships", now=NOW)
    with pytest.raises(NotAllowed):
        divisions.division_detail(dbsession, division_admin(division_id), other.id, offered=OFFERED)


def test_division_detail_when_there_is_none_then_not_found(dbsession):
    with pytest.raises(NotFound):
        divisions.division_detail(dbsession, ADMIN, 404, offered=OFFERED)


def test_grant_when_names_are_clear_then_the_page_shows_the_holders_by_name(dbsession, division_id):
    user_id = add_user(dbsession, "zoe")
    group_id = add_group(dbsession, "Home Guard", kind="corporation", eve_id=98000001)
    assert give(dbsession, division_id, name="ZOE").is_changed
    assert give(dbsession, division_id, name="home guard").is_changed
    shown = divisions.division_detail(dbsession, ADMIN, division_id, offered=OFFERED)
    held = [(e.type, e.id, e.name, e.kind) for e in shown.permissions["review"]]
    assert held == [
        ("group", group_id, "Home Guard", "corporation"),
        ("user", user_id, "zoe", "user"),
    ]
    assert shown.permissions["pay"] == ()
    assert audited(dbsession)[1] == (
        "grant.add",
        "Ada",
        {"entity": f"user:{user_id}", "kind": "user", "name": "zoe", "permission": "review"},
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def any_engine(request):
    name = "sqlite_url" if request.param == "sqlite" else "empty_postgresql"
    engine = make_engine(request.getfixturevalue(name))
    metadata.create_all(engine)
    yield engine
    engine.dispose()


def at_once(engine, act, times=4):
    """Does the same in transactions of their own, as much at once as can be; the results."""
    everybody = threading.Barrier(times)
    results = []

    def run():
        everybody.wait()
        try:
            with Session(writing(engine)) as dbsession, dbsession.begin():
                results.append(act(dbsession))
        except InvalidInput as refusal:
            results.append(refusal.field)

    threads = [threading.Thread(target=run) for _ in range(times)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_create_division_when_several_want_the_name_at_once_then_one_has_it(any_engine):
    def create(dbsession):
        return bool(divisions.create_division(dbsession, ADMIN, "Capitals", now=NOW))

    assert sorted(at_once(any_engine, create), key=str) == [True, "name", "name", "name"]


def test_grant_when_several_give_it_at_once_then_it_is_given_once(any_engine):
    with Session(any_engine) as dbsession, dbsession.begin():
        add_user(dbsession, "Zoe")
        division_id = divisions.create_division(dbsession, ADMIN, "Capitals", now=NOW).id

    def give_it(dbsession):
        return give(dbsession, division_id, name="Zoe").is_changed

    assert sorted(at_once(any_engine, give_it)) == [False, False, False, True]
    with Session(any_engine) as dbsession:
        assert [entry[0] for entry in audited(dbsession)] == ["division.create", "grant.add"]


def test_grant_when_held_already_then_nothing_changes(dbsession, division_id):
    add_user(dbsession, "Zoe")
    give(dbsession, division_id, name="Zoe")
    again = give(dbsession, division_id, name="Zoe")
    assert not again.is_changed
    assert len(dbsession.scalars(select(Grant)).all()) == 1
    assert len(audited(dbsession)) == 2


def test_grant_when_administrator_of_the_division_then_it_may_be_given(dbsession, division_id):
    add_user(dbsession, "Zoe")
    actor = division_admin(division_id)
    assert give(dbsession, division_id, Permission.ADMIN, actor, name="Zoe").is_changed


def test_grant_when_a_user_and_a_group_share_the_name_then_the_prefix_decides(
    dbsession, division_id
):
    user_id = add_user(dbsession, "Wolves")
    group_id = add_group(dbsession, "wolves")
    with pytest.raises(InvalidInput, match="user:… or group:…"):
        give(dbsession, division_id, name="Wolves")
    assert give(dbsession, division_id, name="user:Wolves").entity.id == user_id
    assert give(dbsession, division_id, name="group:Wolves").entity.id == group_id
    assert give(dbsession, division_id, Permission.PAY, name="Wolves", type="Group").entity.id == (
        group_id
    )


def test_grant_when_two_users_share_the_name_then_their_numbers_are_offered(dbsession, division_id):
    local = add_user(dbsession, "Zoe")
    sso = add_user(dbsession, "Zoe", kind="sso")
    with pytest.raises(InvalidInput) as refusal:
        give(dbsession, division_id, name="Zoe")
    assert f"user:#{local} (local), user:#{sso} (sso)" in refusal.value.message
    assert give(dbsession, division_id, name=f"user:#{sso}").entity.id == sso


def test_grant_when_by_plain_number_then_it_must_mean_one_entity(dbsession, division_id):
    user_id = add_user(dbsession, "Zoe")
    group_id = add_group(dbsession, "Wolves")
    assert user_id == group_id
    with pytest.raises(InvalidInput) as refusal:
        give(dbsession, division_id, id=str(user_id))
    assert refusal.value.field == "id_"
    assert give(dbsession, division_id, id=f"group:{group_id}").entity.name == "Wolves"
    assert give(dbsession, division_id, id=str(user_id), type="user").entity.name == "Zoe"
    second = add_user(dbsession, "Yan")
    assert give(dbsession, division_id, id=str(second)).entity.name == "Yan"


@pytest.mark.parametrize(
    ("choice", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "nobody"}, "name"),
        ({"name": "group:Zoe"}, "name"),
        ({"name": "user:"}, "name"),
        ({"name": "zkillboard"}, "name"),
        ({"name": "user:#77"}, "id_"),
        ({"id": "77"}, "id_"),
        ({"id": "-1"}, "id_"),
        ({"id": "\u0661"}, "id_"),
        ({"id": "9" * 30}, "id_"),
        ({"id": "user:x"}, "id_"),
        ({"id": "group:1"}, "id_"),
        ({"name": "Zoe", "type": "robot"}, "type"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_grant_when_nobody_is_meant_then_it_says_so_at_the_field(
    dbsession, division_id, choice, field
):
    add_user(dbsession, "Zoe")
    add_user(dbsession, "zkillboard", kind="plugin")
    with pytest.raises(InvalidInput) as refusal:
        give(dbsession, division_id, **choice)
    assert refusal.value.field == field


def test_revoke_when_held_then_it_is_gone_and_in_the_log(dbsession, division_id):
    user_id = add_user(dbsession, "Zoe")
    give(dbsession, division_id, name="Zoe")
    assert take(dbsession, division_id, id=f"user:{user_id}").is_changed
    assert dbsession.scalars(select(Grant)).all() == []
    assert audited(dbsession)[-1][0] == "grant.delete"


def test_revoke_when_the_number_is_shared_then_the_holder_is_meant(dbsession, division_id):
    user_id = add_user(dbsession, "Zoe")
    group_id = add_group(dbsession, "Wolves")
    assert user_id == group_id
    give(dbsession, division_id, id=f"group:{group_id}")
    assert take(dbsession, division_id, id=str(group_id)).entity.type == "group"


def test_revoke_when_not_held_then_nothing_changes(dbsession, division_id):
    add_user(dbsession, "Zoe")
    give(dbsession, division_id, Permission.PAY, name="Zoe")
    assert not take(dbsession, division_id, Permission.REVIEW, name="Zoe").is_changed
    assert len(dbsession.scalars(select(Grant)).all()) == 1


@pytest.mark.parametrize("change", [give, take], ids=["grant", "revoke"])
def test_change_when_there_is_no_such_division_then_not_found(dbsession, change):
    add_user(dbsession, "Zoe")
    with pytest.raises(NotFound):
        change(dbsession, 404, name="Zoe")


def test_parse_permission_when_unknown_then_it_names_them():
    assert grants.parse_permission("pay") is Permission.PAY
    with pytest.raises(InvalidInput, match="submit, review, pay, audit, admin"):
        grants.parse_permission("owner")


def test_offered_transformers_when_a_plugin_repeats_a_name_then_the_sites_own_counts():
    plugin = TransformerSetting("ship", "Wiki", "https://plugin.example/{}")
    offered = transformers.offered_transformers(
        [TransformerSetting("ship", "Wiki", "https://wiki.example/{}")], [plugin]
    )
    assert [view.url_template for view in offered["ship"]] == ["https://wiki.example/{}"]


def choose(dbsession, division_id, attribute, name, offered=OFFERED):
    return transformers.choose_transformer(
        dbsession, ADMIN, division_id, attribute, name, offered=offered, now=NOW
    )


def test_choose_transformer_when_changed_and_cleared_then_the_log_has_both_sides(
    dbsession, division_id
):
    assert choose(dbsession, division_id, "ship", "Wiki") == "Wiki"
    assert choose(dbsession, division_id, "ship", "Fits") == "Fits"
    assert choose(dbsession, division_id, "ship", "Fits") == "Fits"
    assert transformers.chosen_transformers(dbsession, division_id, OFFERED)["ship"].url_template
    assert choose(dbsession, division_id, "ship", "none") is None
    assert transformers.chosen_names(dbsession, division_id) == {}
    payloads = [entry[2] for entry in audited(dbsession)[1:]]
    assert payloads == [
        {"attribute": "ship", "from": None, "to": "Wiki"},
        {"attribute": "ship", "from": "Wiki", "to": "Fits"},
        {"attribute": "ship", "from": "Fits", "to": None},
    ]


def test_choose_transformer_when_no_longer_offered_then_it_is_unused_and_can_be_cleared(
    dbsession, division_id
):
    choose(dbsession, division_id, "pilot", "Who")
    assert transformers.chosen_transformers(dbsession, division_id, {}) == {}
    assert choose(dbsession, division_id, "pilot", "", offered={}) is None
    assert transformers.chosen_names(dbsession, division_id) == {}


@pytest.mark.parametrize(
    ("attribute", "name", "field"),
    [("colour", "Wiki", "attribute"), ("colour", "", "attribute"), ("ship", "Who", "transformer")],
)
def test_choose_transformer_when_not_offered_then_it_says_so_at_the_field(
    dbsession, division_id, attribute, name, field
):
    with pytest.raises(InvalidInput) as refusal:
        choose(dbsession, division_id, attribute, name)
    assert refusal.value.field == field
