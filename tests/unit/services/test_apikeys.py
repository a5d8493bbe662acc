"""API keys: their spelling, who sees them, when they end."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from srp_portal.domain.errors import InvalidInput, NotFound
from srp_portal.models.access import ApiKey
from srp_portal.services import apikeys
from srp_portal.services.crypto import Secrets

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode().replace("=", ",")


@pytest.fixture
def ada(world):
    return world.user("Ada")


@pytest.fixture
def create(dbsession, secrets, now):
    def create(user, **more):
        return apikeys.create(
            dbsession, secrets, **{"user_id": user.id, "actor": "test", "now": now, **more}
        )

    return create


@given(st.binary(min_size=32, max_size=32))
def test_normalise_when_a_key_is_spelt_in_any_way_then_it_is_the_same_key(content):
    padded = base64.urlsafe_b64encode(content).decode()
    ours = padded.replace("=", ",")
    assert len(ours) == 44
    assert {apikeys.normalise(text) for text in (padded, ours, padded[:-1])} == {ours}


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        KEY[:-2],
        KEY + ",",
        KEY[:-1] + "==",
        " " + KEY,
        KEY + "\n",
        "+" + KEY[1:],
        "é" + KEY[1:],
        "\x00" + KEY[1:],
        KEY[:42] + "9,",
        "x" * 10_000,
    ],
)
def test_normalise_when_it_can_be_no_key_then_it_is_none(text):
    assert apikeys.normalise(text) is None


def test_digests_for_when_the_secret_was_rotated_then_both_are_looked_for(secrets):
    rotated = Secrets(("the new secret, which writes from now on", "the old secret, still read"))
    assert len(apikeys.digests_for(rotated, KEY)) == 2
    assert apikeys.digests_for(rotated, "no key") == ()


def test_create_when_called_then_the_database_does_not_hold_the_key(dbsession, ada, create):
    key = create(ada, name=" Spreadsheet ")
    row = dbsession.scalars(select(ApiKey)).one()
    assert apikeys.normalise(key.key) == key.key
    assert key.name == "Spreadsheet"
    assert key.key[:43] not in row.digest + row.encrypted_key


def test_create_when_a_key_of_eve_srp_is_given_then_it_keeps_working(
    dbsession, secrets, ada, create
):
    assert create(ada, key=KEY.replace(",", "=")).key == KEY
    row = dbsession.scalars(select(ApiKey)).one()
    assert row.digest in apikeys.digests_for(secrets, KEY)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"name": "x" * 101}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"key": "none"}, "key"),
        ({"expires_at": datetime(2000, 1, 1, tzinfo=UTC)}, "expires"),
    ],
)
def test_create_when_a_value_is_bad_then_it_names_the_field(ada, create, more, field):
    with pytest.raises(InvalidInput) as error:
        create(ada, **more)
    assert error.value.field == field


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2026-12-31", datetime(2027, 1, 1, tzinfo=UTC)),
        (" 2024-02-28 ", datetime(2024, 2, 29, tzinfo=UTC)),
        ("", None),
        (" ", None),
    ],
)
def test_end_of_day_when_given_a_day_then_is_the_midnight_after_it(text, end):
    assert apikeys.end_of_day(text) == end


@pytest.mark.parametrize(
    "text", ["tomorrow", "2026-02-30", "20261231", "2026-12-31T10", "٢٠٢٦-12-31", "9999-12-31"]
)
def test_end_of_day_when_it_is_no_day_then_names_the_field(text):
    with pytest.raises(InvalidInput) as error:
        apikeys.end_of_day(text)
    assert error.value.field == "expires"


def test_create_when_the_given_key_is_there_already_then_it_is_refused(ada, create):
    create(ada, key=KEY)
    with pytest.raises(InvalidInput, match="known already"):
        create(ada, key=KEY)


def test_create_when_there_are_too_many_then_it_is_refused_until_one_goes(
    dbsession, ada, create, now, monkeypatch
):
    monkeypatch.setattr(apikeys, "MOST_KEYS", 2)
    first = create(ada)
    create(ada)
    with pytest.raises(InvalidInput):
        create(ada)
    apikeys.revoke(dbsession, first.id, actor="test", now=now)
    assert create(ada).id


def test_list_keys_when_somebody_logged_in_asks_then_own_keys_are_shown_newest_first(
    dbsession, secrets, world, ada, create, now
):
    create(world.user("Ben"))
    first, second, gone = create(ada), create(ada), create(ada)
    apikeys.revoke(dbsession, gone.id, user_id=ada.id, actor="test", now=now)
    shown = apikeys.list_keys(dbsession, secrets, ada.id)
    assert [key.key for key in shown] == [second.key, first.key]


def test_list_keys_when_a_key_asks_then_it_sees_the_text_of_itself_alone(
    dbsession, secrets, ada, create
):
    first, second = create(ada), create(ada)
    shown = apikeys.list_keys(dbsession, secrets, ada.id, shown_id=first.id)
    assert {key.id: key.key for key in shown} == {first.id: first.key, second.id: ""}


def test_list_keys_when_the_secret_is_gone_then_keys_can_still_be_seen_and_revoked(
    dbsession, ada, create
):
    key = create(ada)
    other = Secrets(("a secret that never encrypted anything",))
    assert [(each.id, each.key) for each in apikeys.list_keys(dbsession, other, ada.id)] == [
        (key.id, "")
    ]


def test_revoke_when_it_is_somebody_elses_or_revoked_then_it_is_not_found(
    dbsession, world, ada, create, now
):
    key = create(ada)
    ben = world.user("Ben")
    with pytest.raises(NotFound):
        apikeys.revoke(dbsession, key.id, user_id=ben.id, actor="test", now=now)
    apikeys.revoke(dbsession, key.id, user_id=ada.id, actor="test", now=now)
    with pytest.raises(NotFound):
        apikeys.revoke(dbsession, key.id, actor="command line", now=now)


def test_create_and_revoke_when_called_then_both_are_audited_without_the_key(
    dbsession, world, ada, create, now
):
    key = create(ada, name="Sheet")
    apikeys.revoke(dbsession, key.id, user_id=ada.id, actor="test", now=now)
    log = world.audited()
    assert [action for action, _, _ in log] == ["apikey.create", "apikey.revoke"]
    assert all(key.key[:43] not in payload for _, _, payload in log)


def test_touch_when_in_use_then_it_is_noted_at_first_and_every_five_minutes(
    dbsession, ada, create, now
):
    row = dbsession.get(ApiKey, create(ada).id)
    noted = []
    for minutes in (0, 4, 5):
        moment = now + timedelta(minutes=minutes)
        is_due = apikeys.is_touch_due(row.last_used_at, moment)
        apikeys.touch(dbsession, row.id, now=moment)
        dbsession.refresh(row)
        assert (row.last_used_at == moment) is is_due
        noted.append(is_due)
    assert noted == [True, False, True]
