"""Groups kept by hand, and where EVE says that characters are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from sqlalchemy.orm import sessionmaker

from srp_portal.domain.errors import InvalidInput, NotFound
from srp_portal.esi.errors import EsiNotFound, EsiUnavailable
from srp_portal.models.divisions import Group, GroupMember
from srp_portal.models.users import Character
from srp_portal.services import groups
from srp_portal.services.identities import load_identity


@dataclass
class Universe:
    """ESI's two look-ups, and what they are asked; an unknown id makes them refuse all."""

    places: dict[int, tuple[int, int | None]]
    names: dict[int, str] = field(default_factory=dict)
    is_down: bool = False
    asked: list[list[int]] = field(default_factory=list)

    @property
    def client(self):
        return SimpleNamespace(
            Character=SimpleNamespace(post_characters_affiliation=self._affiliation),
            Universe=SimpleNamespace(post_universe_names=self._names),
        )

    def _affiliation(self, characters):
        def result():
            self.asked.append(list(characters))
            if self.is_down:
                raise EsiUnavailable("down")
            if not set(characters) <= set(self.places):
                raise EsiNotFound("none of these")
            return [
                {"character_id": id_, "corporation_id": self.places[id_][0]}
                | ({"alliance_id": self.places[id_][1]} if self.places[id_][1] else {})
                for id_ in characters
            ]

        return SimpleNamespace(result=result)

    def _names(self, ids):
        def result():
            if not set(ids) <= set(self.names):
                raise EsiNotFound("none of these")
            return [{"id": id_, "category": "corporation", "name": self.names[id_]} for id_ in ids]

        return SimpleNamespace(result=result)


@pytest.fixture
def factory(engine):
    return sessionmaker(engine, expire_on_commit=False)


def eve_groups(dbsession):
    rows = dbsession.scalars(select(Group).where(Group.eve_id.is_not(None)).order_by(Group.eve_id))
    return [(row.kind, row.eve_id, row.name) for row in rows]


def test_refresh_when_eve_answers_then_places_and_groups_are_stored(
    dbsession, world, factory, settings, now
):
    user = world.user()
    world.character(101, "Ada", user)
    world.character(102, "Ben", world.user("Ben"))
    world.character(103, "Nobody's", None)
    dbsession.commit()
    universe = Universe({101: (7, 8), 102: (9, None)}, {7: "Seven", 8: "Eight", 9: "Nine"})
    done = groups.refresh_affiliations(factory, universe.client, now=now)
    assert (done.seen, done.moved, done.missed, done.error) == (2, 2, 0, "")
    assert eve_groups(dbsession) == [
        ("corporation", 7, "Seven"),
        ("alliance", 8, "Eight"),
        ("corporation", 9, "Nine"),
    ]
    dbsession.expire_all()
    ada = dbsession.get(Character, 101)
    assert (ada.corporation_id, ada.alliance_id, ada.affiliated_at) == (7, 8, now)
    assert universe.asked == [[101, 102]]


def test_refresh_when_done_then_the_groups_permissions_follow_at_once(
    dbsession, world, factory, settings, now
):
    user = world.user()
    world.character(101, "Ada", user)
    division = world.division()
    dbsession.commit()
    universe = Universe({101: (7, None)}, {7: "Seven"})
    groups.refresh_affiliations(factory, universe.client, now=now)
    world.grant(division, "submit", group=dbsession.scalars(select(Group)).one())
    dbsession.commit()
    assert load_identity(dbsession, user.id, now=now, settings=settings).grants
    # A new transaction sees what others stored since.
    dbsession.rollback()
    universe.places[101] = (1, None)
    universe.names[1] = "One"
    groups.refresh_affiliations(factory, universe.client, now=now)
    assert not load_identity(dbsession, user.id, now=now, settings=settings).grants


def test_refresh_when_a_character_was_deleted_then_the_others_are_seen_all_the_same(
    dbsession, world, factory, now
):
    before = now - timedelta(days=1)
    for id_ in range(101, 110):
        world.character(
            id_, f"Pilot {id_}", world.user(f"User {id_}"), corporation_id=1, affiliated_at=before
        )
    dbsession.commit()
    universe = Universe({id_: (7, None) for id_ in range(101, 110) if id_ != 105}, {7: "Seven"})
    done = groups.refresh_affiliations(factory, universe.client, now=now)
    assert (done.seen, done.missed) == (8, 1)
    dbsession.expire_all()
    gone = dbsession.get(Character, 105)
    assert (gone.corporation_id, gone.affiliated_at) == (1, before)


def test_refresh_when_eve_is_down_then_the_last_known_places_stay_and_age(
    dbsession, world, factory, now
):
    before = now - timedelta(hours=3)
    world.character(101, "Ada", world.user(), corporation_id=7, affiliated_at=before)
    dbsession.commit()
    universe = Universe({101: (9, None)}, is_down=True)
    done = groups.refresh_affiliations(factory, universe.client, now=now)
    assert (done.seen, done.missed, done.error) == (0, 1, "down")
    dbsession.expire_all()
    ada = dbsession.get(Character, 101)
    assert (ada.corporation_id, ada.affiliated_at) == (7, before)


def test_refresh_when_there_are_many_then_each_thousand_is_stored_by_itself(
    dbsession, world, factory, now, monkeypatch
):
    monkeypatch.setattr(groups, "CHUNK", 2)
    for id_ in range(101, 106):
        world.character(id_, f"Pilot {id_}", world.user(f"User {id_}"))
    dbsession.commit()
    universe = Universe(dict.fromkeys(range(101, 106), (7, None)), {7: "Seven"})
    assert groups.refresh_affiliations(factory, universe.client, now=now).seen == 5
    assert [len(ids) for ids in universe.asked] == [2, 2, 1]


def test_look_up_when_a_name_is_missing_then_the_group_has_its_number_for_a_name(
    dbsession, world, now
):
    placement = groups.look_up(Universe({101: (7, 8)}, {8: "Eight"}).client, [101])
    groups.store(dbsession, placement, now=now)
    assert eve_groups(dbsession) == [("corporation", 7, "Corporation 7"), ("alliance", 8, "Eight")]


def test_ensure_eve_groups_when_one_was_renamed_then_its_group_is_too(dbsession, world, now):
    group = world.group("Old name", "corporation", 7)
    groups.ensure_eve_groups(dbsession, {7: "New Name"}, {}, now=now)
    assert (group.name, group.name_key) == ("New Name", "new name")
    assert len(eve_groups(dbsession)) == 1


def test_create_group_when_the_name_is_taken_by_hand_then_it_is_refused(dbsession, world, now):
    world.group("Logistics", "corporation", 7)
    made = groups.create_group(dbsession, " Logistics ", actor="test", now=now)
    assert groups.find_group(dbsession, "LOGISTICS") is made
    with pytest.raises(InvalidInput, match="already"):
        groups.create_group(dbsession, "logistics", actor="test", now=now)
    with pytest.raises(InvalidInput):
        groups.create_group(dbsession, " ", actor="test", now=now)


def test_find_group_when_only_a_corporation_is_called_so_then_it_is_not_found(dbsession, world):
    world.group("Seven", "corporation", 7)
    with pytest.raises(NotFound):
        groups.find_group(dbsession, "Seven")


def test_add_and_remove_member_when_called_then_both_are_audited_once(dbsession, world, now):
    group, user = world.group(), world.user()
    groups.add_member(dbsession, group, user, actor="test", now=now)
    groups.add_member(dbsession, group, user, actor="test", now=now)
    assert dbsession.get(GroupMember, (group.id, user.id)) is not None
    groups.remove_member(dbsession, group, user, actor="test", now=now)
    assert dbsession.get(GroupMember, (group.id, user.id)) is None
    with pytest.raises(NotFound):
        groups.remove_member(dbsession, group, user, actor="test", now=now)
    assert [action for action, _, _ in world.audited()] == ["group.add", "group.remove"]
