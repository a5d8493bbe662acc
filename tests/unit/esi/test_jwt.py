"""Access tokens: every way in which one may be wrong."""

import time
from datetime import UTC, datetime

import jwt as pyjwt
import orjson
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from srp_portal.esi.errors import SsoRejected, SsoUnavailable
from srp_portal.esi.jwt import FORCED_FETCHES, KEYS_KEPT_S, KeySet, Verifier
from srp_portal.esi.limits import Limiter
from srp_portal.esi.stores import MemoryStore
from srp_portal.esi.transport import Transport


@pytest.fixture(scope="module")
def private():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _document(private, kid, **changes):
    return {**_public(pyjwt.algorithms.RSAAlgorithm, private), "kid": kid, **changes}


def _public(algorithm, private):
    return orjson.loads(algorithm.to_jwk(private.public_key()))


@pytest.fixture
def now():
    return [1000.0]


@pytest.fixture
def transport(make_settings):
    return Transport(make_settings(), "tests v1", Limiter(MemoryStore()))


@pytest.fixture
def keys(server, transport, private, now):
    server.reply = lambda _: (200, {}, {"keys": [_document(private, "one")], "Extra": True})
    return KeySet(server.url + "/oauth/jwks", transport, now=lambda: now[0])


@pytest.fixture
def verifier(make_settings, keys):
    return Verifier(make_settings(sso_client_id="client"), keys)


@pytest.fixture
def claims(server):
    return {
        "sub": "CHARACTER:EVE:123456789",
        "name": "Bruce Wayne",
        "owner": "8PmzCeTKb4VFUDrHLc/AeZXDSWM=",
        "iss": server.url,
        "aud": ["client", "EVE Online"],
        "scp": ["esi-b.v1", "esi-a.v1"],
        "exp": int(time.time()) + 1200,
        "iat": int(time.time()),
    }


def _signed(private, claims, kid="one"):
    # Below the library's own checks, which refuse to sign the odder ones.
    payload = orjson.dumps(claims)
    return pyjwt.PyJWS().encode(payload, private, algorithm="RS256", headers={"kid": kid})


def test_verify_when_right_then_claims(verifier, private, claims):
    read = verifier.verify(_signed(private, claims))
    assert read.character_id == 123456789
    assert read.character_name == "Bruce Wayne"
    assert read.owner_hash == claims["owner"]
    assert read.scopes == ("esi-a.v1", "esi-b.v1")
    assert read.expires_at == datetime.fromtimestamp(claims["exp"], UTC)


@pytest.mark.parametrize(
    ("scp", "scopes"),
    [("esi-a.v1", ("esi-a.v1",)), ("a b", ("a", "b")), (None, ()), ([], ())],
    ids=["text", "texts", "absent", "empty"],
)
def test_verify_when_scopes_come_in_any_shape_then_read(verifier, private, claims, scp, scopes):
    assert verifier.verify(_signed(private, {**claims, "scp": scp})).scopes == scopes


def test_verify_when_a_little_late_then_still_accepted(verifier, private, claims):
    verifier.verify(_signed(private, {**claims, "exp": int(time.time()) - 30}))


@pytest.mark.parametrize(
    "changes",
    [
        {"exp": 1_500_000_000},
        {"iss": "https://login.example"},
        {"iss": ["x"]},
        {"aud": ["EVE Online"]},
        {"aud": ["client"]},
        {"aud": "EVE Online"},
        {"aud": None},
        {"aud": [["client"], {"EVE Online": 1}]},
        {"exp": "soon"},
        {"exp": 10**18},
        {"sub": "CORPORATION:EVE:1"},
        {"sub": "CHARACTER:EVE:x"},
        {"sub": "CHARACTER:EVE"},
        {"sub": "CHARACTER:EVE:" + "9" * 19},
        {"owner": ""},
        {"owner": None},
        {"name": 7},
        {"scp": {"a": 1}},
        {"scp": [1]},
        {"iat": 4_000_000_000},
    ],
    ids=str,
)
def test_verify_when_a_claim_is_wrong_then_rejected(verifier, private, claims, changes, caplog):
    changed = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    token = _signed(private, changed)
    with pytest.raises(SsoRejected):
        verifier.verify(token)
    assert token not in caplog.text


def test_verify_when_signed_by_somebody_else_then_rejected(verifier, claims):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    with pytest.raises(SsoRejected):
        verifier.verify(_signed(stranger, claims))


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_verify_when_algorithm_is_not_allowed_then_rejected(verifier, claims, algorithm):
    key = None if algorithm == "none" else "public key as a shared secret, as forgers do it"
    token = pyjwt.encode(claims, key, algorithm=algorithm, headers={"kid": "one"})
    with pytest.raises(SsoRejected):
        verifier.verify(token)


@pytest.mark.parametrize("token", ["", "abc", "a.b.c", "é.b.c"], ids=repr)
def test_verify_when_it_is_no_jwt_then_rejected(verifier, token):
    with pytest.raises(SsoRejected):
        verifier.verify(token)


def test_verify_when_no_key_id_then_rejected(verifier, private, claims):
    with pytest.raises(SsoRejected):
        verifier.verify(pyjwt.encode(claims, private, algorithm="RS256"))


def test_key_when_asked_again_then_fetched_once_an_hour(keys, server, now):
    assert keys.key("one").key_id == "one"
    now[0] += KEYS_KEPT_S
    keys.key("one")
    assert len(server.asked) == 1
    now[0] += 1
    keys.key("one")
    assert len(server.asked) == 2


def test_key_when_unknown_then_fetched_anew_but_not_without_end(keys, server, now, private):
    keys.key("one")
    now[0] += 1
    server.reply = lambda _: (200, {}, {"keys": [_document(private, "two")]})
    assert keys.key("two").key_id == "two"
    for _ in range(20):
        now[0] += 0.1
        assert keys.key("three") is None
    assert len(server.asked) == 1 + FORCED_FETCHES
    now[0] += 120
    assert keys.key("three") is None
    assert len(server.asked) == 2 + FORCED_FETCHES


def test_key_when_first_fetch_does_not_have_it_then_not_asked_twice(keys, server):
    assert keys.key("three") is None
    assert len(server.asked) == 1


def test_key_when_set_holds_other_and_broken_keys_then_ours_is_found(keys, server, private):
    elliptic = ec.generate_private_key(ec.SECP256R1())
    server.reply = lambda _: (
        200,
        {},
        {
            "keys": [
                {**_public(pyjwt.algorithms.ECAlgorithm, elliptic), "kid": "ec", "alg": "ES256"},
                {"kty": "RSA", "kid": "broken", "alg": "RS256", "n": "!", "e": "AQAB"},
                _document(private, "encryption", alg="RSA-OAEP"),
                _document(private, "one", alg="RS256"),
            ]
        },
    )
    assert keys.key("one") is not None
    assert keys.key("ec") is keys.key("broken") is keys.key("encryption") is None


@pytest.mark.parametrize(
    "reply",
    [(503, {}, b""), (200, {}, b"<html>"), (200, {}, {}), (200, {}, []), (200, {}, {"keys": 7})],
    ids=["status", "html", "empty", "list", "number"],
)
def test_key_when_keys_can_not_be_had_then_unavailable(keys, server, reply):
    server.reply = lambda _: reply
    with pytest.raises(SsoUnavailable):
        keys.key("one")


def test_key_when_sso_is_away_then_unavailable(transport):
    with pytest.raises(SsoUnavailable):
        KeySet("http://127.0.0.1:1/", transport).key("one")


def test_key_when_outage_but_known_then_known_one_is_kept(keys, server, now, caplog):
    keys.key("one")
    server.reply = lambda _: (503, {}, b"")
    now[0] += KEYS_KEPT_S + 1
    assert keys.key("one") is not None
    assert "kept" in caplog.text
    with pytest.raises(SsoUnavailable):
        keys.key("two")
