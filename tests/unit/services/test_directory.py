"""The directory and the values of filters, on a database of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import count
from types import SimpleNamespace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from srp_portal.domain.errors import NotAllowed, NotFound
from srp_portal.domain.permissions import Identity, Permission
from srp_portal.domain.text import name_key
from srp_portal.models import metadata
from srp_portal.models.divisions import Division, Grant, Group, GroupMember
from srp_portal.models.engine import make_engine
from srp_portal.models.killmails import Killmail
from srp_portal.models.requests import SrpRequest
from srp_portal.models.users import Character, User
from srp_portal.services import directory, filter_values

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
SETTINGS = SimpleNamespace(groups_max_age_hours=72, admins=())
ADMIN = Identity(user_id=1000, name="Ada", is_admin=True)


@pytest.fixture
def dbsession(tmp_path):
    engine = make_engine(f"sqlite:///{tmp_path}/test.db")
    metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


class World:
    """Rows by the dozen."""

    def __init__(self, dbsession):
        self.dbsession = dbsession
        self.ids = count(500)

    def add(self, row):
        self.dbsession.add(row)
        self.dbsession.flush()
        return row.id

    def user(self, name, kind="local", **values):
        return self.add(
            User(kind=kind, name=name, name_key=name_key(name), created_at=NOW, **values)
        )

    def group(self, name, kind="manual", eve_id=None):
        return self.add(
            Group(kind=kind, name=name, name_key=name_key(name), eve_id=eve_id, created_at=NOW)
        )

    def division(self, name):
        return self.add(Division(name=name, name_key=name_key(name), created_at=NOW))

    def character(self, user_id, name, corporation_id=None, affiliated_at=NOW, is_main=False):
        return self.add(
            Character(
                id=next(self.ids),
                name=name,
                name_key=name_key(name),
                user_id=user_id,
                corporation_id=corporation_id,
                affiliated_at=affiliated_at,
                is_main=is_main,
                created_at=NOW,
            )
        )

    def grant(self, division_id, permission, **holder):
        return self.add(
            Grant(division_id=division_id, permission=permission, created_at=NOW, **holder)
        )

    def request(self, submitter_id, division_id, **names):
        number = next(self.ids)
        facts = {
            "pilot": "Pia",
            "corporation": "Corp",
            "alliance": None,
            "ship": "Rifter",
            "system": "Jita",
            "constellation": "Kimotoro",
            "region": "The Forge",
            **names,
        }
        shared = {
            "killed_at": NOW,
            "pilot_id": 1,
            "corporation_id": 2,
            "ship_id": 587 if facts["ship"] == "Rifter" else number,
        }
        self.dbsession.add(
            Killmail(
                id=number,
                url="https://kill.example/",
                source="t",
                fetched_at=NOW,
                system_id=3,
                **shared,
                **facts,
            )
        )
        keys = {f"{name}_key": name_key(value or "") for name, value in facts.items()}
        return self.add(
            SrpRequest(
                id=number,
                submitter_id=submitter_id,
                division_id=division_id,
                base_payout=Decimal(1),
                payout=Decimal(1),
                submitted_at=NOW,
                changed_at=NOW,
                killmail_url="https://kill.example/",
                **shared,
                **facts,
                **keys,
            )
        )


@pytest.fixture
def world(dbsession):
    return World(dbsession)


def holder(user_id, division_id, *permissions):
    return Identity(
        user_id=user_id,
        name="reader",
        grants={division_id: frozenset(map(Permission, permissions))},
    )


def names(views):
    return [view.name for view in views]


def test_user_view_when_oneself_then_groups_rights_and_characters_that_count_now(dbsession, world):
    user_id = world.user("Pia")
    world.character(user_id, "Pia", corporation_id=98000001, is_main=True)
    world.character(user_id, "Old", 98000002, affiliated_at=NOW - timedelta(hours=73))
    corporation = world.group("Corp", "corporation", 98000001)
    stale = world.group("Left", "corporation", 98000002)
    manual = world.group("Friends")
    dbsession.add(GroupMember(group_id=manual, user_id=user_id, created_at=NOW))
    capitals, subcaps = world.division("Capitals"), world.division("Subcaps")
    world.grant(capitals, "review", group_id=corporation)
    world.grant(subcaps, "pay", user_id=user_id)
    world.grant(subcaps, "admin", group_id=stale)
    reader = Identity(user_id=user_id, name="Pia")
    view = directory.user_view(dbsession, reader, user_id, now=NOW, settings=SETTINGS)
    assert (view.name, view.kind, view.is_admin) == ("Pia", "local", False)
    assert names(view.groups) == ["Corp", "Friends"]
    assert {p: names(d) for p, d in view.permissions.items()} == {
        "submit": [],
        "review": ["Capitals"],
        "pay": ["Subcaps"],
        "audit": [],
        "admin": [],
    }
    assert names(view.characters) == ["Old", "Pia"]
    assert [c.is_main for c in view.characters] == [False, True]


def test_user_view_when_reader_administers_one_division_then_no_more_than_that(dbsession, world):
    user_id = world.user("Pia")
    world.character(user_id, "Secret Alt")
    capitals, subcaps = world.division("Capitals"), world.division("Subcaps")
    world.grant(capitals, "review", user_id=user_id)
    world.grant(subcaps, "pay", user_id=user_id)
    reader = holder(1001, capitals, "admin")
    view = directory.user_view(dbsession, reader, user_id, now=NOW, settings=SETTINGS)
    assert view.characters is None
    assert names(view.permissions["review"]) == ["Capitals"]
    assert view.permissions["pay"] == ()


def test_user_view_when_disabled_then_no_rights(dbsession, world):
    user_id = world.user("Pia", is_disabled=True, is_admin=True)
    world.grant(world.division("Capitals"), "review", user_id=user_id)
    view = directory.user_view(dbsession, ADMIN, user_id, now=NOW, settings=SETTINGS)
    assert not view.is_admin
    assert not any(view.permissions.values())


@pytest.mark.parametrize("permission", ["submit", "review", "pay", "audit"])
def test_directory_when_no_administrator_then_not_allowed(dbsession, world, permission):
    user_id, group_id = world.user("Pia"), world.group("Friends")
    capitals, other = world.division("Capitals"), world.division("Subcaps")
    reader = holder(1001, capitals, permission)
    with pytest.raises(NotAllowed):
        directory.user_view(dbsession, reader, user_id, now=NOW, settings=SETTINGS)
    with pytest.raises(NotAllowed):
        directory.user_view(dbsession, reader, 404, now=NOW, settings=SETTINGS)
    with pytest.raises(NotAllowed):
        directory.group_view(dbsession, reader, group_id, now=NOW, settings=SETTINGS)
    with pytest.raises(NotAllowed):
        directory.entity_list(dbsession, reader)
    with pytest.raises(NotAllowed):
        directory.permission_view(dbsession, reader, capitals, "review")
    with pytest.raises(NotAllowed):
        directory.division_view(dbsession, reader, other)
    assert directory.division_view(dbsession, reader, capitals).permissions is None
    assert names(directory.division_names(dbsession, reader).divisions) == ["Capitals"]


def test_directory_when_there_is_no_such_thing_then_not_found(dbsession, world):
    capitals = world.division("Capitals")
    with pytest.raises(NotFound):
        directory.user_view(dbsession, ADMIN, 404, now=NOW, settings=SETTINGS)
    with pytest.raises(NotFound):
        directory.group_view(dbsession, ADMIN, 404, now=NOW, settings=SETTINGS)
    with pytest.raises(NotFound):
        directory.division_view(dbsession, ADMIN, 404)
    with pytest.raises(NotFound):
        directory.permission_view(dbsession, ADMIN, 404, "pay")
    with pytest.raises(NotFound):
        directory.permission_view(dbsession, ADMIN, capitals, "owner")
    with pytest.raises(NotFound):
        filter_values.filter_values(dbsession, ADMIN, "submitter")


def test_group_view_when_a_corporation_then_owners_of_its_characters(dbsession, world):
    pia, quin = world.user("Pia"), world.user("Quin")
    world.character(pia, "Pia", 98000001)
    world.character(pia, "Pia's Alt", 98000001)
    world.character(quin, "Quin", 98000001, affiliated_at=NOW - timedelta(hours=80))
    world.character(None, "Nobody's", 98000001)
    group_id = world.group("Corp", "corporation", 98000001)
    view = directory.group_view(dbsession, ADMIN, group_id, now=NOW, settings=SETTINGS)
    assert names(view.members) == ["Pia"]
    assert (view.kind, view.eve_id) == ("corporation", 98000001)


def test_group_view_when_kept_by_hand_then_its_members_and_known_permissions(dbsession, world):
    pia, group_id = world.user("Pia"), world.group("Friends")
    dbsession.add(GroupMember(group_id=group_id, user_id=pia, created_at=NOW))
    capitals, subcaps = world.division("Capitals"), world.division("Subcaps")
    world.grant(capitals, "submit", group_id=group_id)
    world.grant(subcaps, "submit", group_id=group_id)
    reader = holder(1001, subcaps, "admin")
    view = directory.group_view(dbsession, reader, group_id, now=NOW, settings=SETTINGS)
    assert names(view.members) == ["Pia"]
    assert names(view.permissions["submit"]) == ["Subcaps"]


def test_division_names_when_site_administrator_then_all(dbsession, world):
    world.division("Subcaps")
    world.division("Capitals")
    assert names(directory.division_names(dbsession, ADMIN).divisions) == ["Capitals", "Subcaps"]


def test_permission_view_when_administrator_then_who_holds_it_with_their_source(dbsession, world):
    capitals = world.division("Capitals")
    world.grant(capitals, "pay", user_id=world.user("Zoe", "sso"))
    world.grant(capitals, "pay", group_id=world.group("Bank"))
    world.grant(capitals, "review", user_id=world.user("Rita"))
    view = directory.permission_view(dbsession, holder(1001, capitals, "admin"), capitals, "pay")
    assert [(e.type, e.name, e.source) for e in view.entities] == [
        ("group", "Bank", "manual"),
        ("user", "Zoe", "sso"),
    ]


def test_entity_list_when_a_prefix_is_given_then_names_that_begin_so(dbsession, world):
    capitals = world.division("Capitals")
    world.user("Straße 1")
    world.user("strasse 2")
    world.user("100% Zoe")
    world.user("Disabled", is_disabled=True)
    world.user("zkillboard", "plugin")
    world.group("STRASSE")
    reader = holder(1001, capitals, "admin")
    everybody = directory.entity_list(dbsession, reader).entities
    assert names(everybody) == ["100% Zoe", "STRASSE", "Straße 1", "strasse 2"]
    assert len(directory.entity_list(dbsession, reader, name="STRASS").entities) == 3
    assert names(directory.entity_list(dbsession, reader, name="100%").entities) == ["100% Zoe"]
    assert directory.entity_list(dbsession, reader, name="%").entities == ()


@pytest.fixture
def two_divisions(world):
    """Pia's own Rifter in Capitals, Quin's Drake there, and Quin's Sabre in Subcaps."""
    pia, quin = world.user("Pia"), world.user("Quin")
    capitals, subcaps = world.division("Capitals"), world.division("Subcaps")
    world.division("Empty")
    world.request(pia, capitals)
    world.request(quin, capitals, ship="Drake", pilot="Quin", alliance="Bloc")
    world.request(quin, subcaps, ship="Sabre", pilot="QUIN", region="Catch")
    return pia, quin, capitals, subcaps


def test_filter_values_when_reader_only_submits_then_their_own_alone(dbsession, two_divisions):
    pia, _, capitals, _ = two_divisions
    reader = holder(pia, capitals, "submit")
    assert filter_values.filter_values(dbsession, reader, "ship").values == ("Rifter",)
    assert filter_values.filter_values(dbsession, reader, "alliance").values == ()
    assert filter_values.filter_values(dbsession, reader, "division").values == ("Capitals",)
    assert [(s.id, s.name) for s in filter_values.ships(dbsession, reader).ships] == [
        (587, "Rifter")
    ]


@pytest.mark.parametrize("permission", ["review", "pay", "audit", "admin"])
def test_filter_values_when_reader_is_staff_then_the_divisions_as_well(
    dbsession, two_divisions, permission
):
    pia, _, _, subcaps = two_divisions
    reader = holder(pia, subcaps, permission)
    values = {
        attribute: filter_values.filter_values(dbsession, reader, attribute).values
        for attribute in filter_values.ATTRIBUTES
    }
    assert values == {
        "alliance": (),
        "constellation": ("Kimotoro",),
        "corporation": ("Corp",),
        "pilot": ("Pia", "QUIN"),
        "region": ("Catch", "The Forge"),
        "ship": ("Rifter", "Sabre"),
        "system": ("Jita",),
        "division": ("Capitals", "Subcaps"),
    }


def test_filter_values_when_site_administrator_without_grants_then_nothing(
    dbsession, two_divisions
):
    assert filter_values.filter_values(dbsession, ADMIN, "ship").values == ()
    assert filter_values.ships(dbsession, ADMIN).ships == ()


def test_filter_values_when_spelled_in_two_ways_then_one_value(dbsession, two_divisions):
    quin = two_divisions[1]
    reader = Identity(user_id=quin, name="Quin")
    assert filter_values.filter_values(dbsession, reader, "pilot").values == ("QUIN",)


def test_filter_values_when_more_than_the_limit_then_it_says_so(dbsession, two_divisions):
    reader = holder(two_divisions[0], two_divisions[3], "review")
    assert filter_values.filter_values(dbsession, reader, "ship", limit=2).is_complete
    short = filter_values.filter_values(dbsession, reader, "ship", limit=1)
    assert short.values == ("Rifter",)
    assert not short.is_complete


@pytest.mark.parametrize("attribute", ["ship", "pilot", "region"])
def test_filter_values_when_of_whole_divisions_then_an_index_is_walked_and_no_table_read(
    dbsession, two_divisions, attribute
):
    key, name = filter_values._COLUMNS[attribute]
    statement = filter_values._in_divisions((1, 2), key, (name,), 100)
    sql = statement.compile(dbsession.get_bind(), compile_kwargs={"literal_binds": True})
    plan = [row.detail for row in dbsession.execute(text(f"EXPLAIN QUERY PLAN {sql}"))]
    steps = [detail for detail in plan if "requests" in detail]
    assert steps
    assert all(f"ix_requests_{attribute}_" in detail for detail in steps), plan
    assert not any(detail == "SCAN requests" for detail in plan)
