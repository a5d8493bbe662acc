"""Which texts are kill links."""

from __future__ import annotations

import pytest
from srp_portal_zkillboard.links import kill_id, kill_link
from srp_portal_zkillboard.settings import BoardSettings

EVE = BoardSettings.from_mapping({})
OWN = BoardSettings.from_mapping({"base_url": "http://127.0.0.1:6544/zkb"})


@pytest.mark.parametrize(
    "text",
    [
        "https://zkillboard.com/kill/39861569/",
        "https://zkillboard.com/kill/39861569",
        "http://zkillboard.com/kill/39861569/",
        "https://www.zkillboard.com/kill/39861569/",
        " https://zKillboard.com:443/kill/39861569/\n",
        "https://zkillboard.com/kill/39861569/?a=b#c",
        "https://zkillboard.com/kill/39861569#c",
        "https://zkillboard.com/kill/39861569/redirect/related/",
        "https://zkillboard.com/kill/39861569/redirect",
    ],
)
@pytest.mark.parametrize("settings", [EVE, OWN], ids=["zkillboard", "other board"])
def test_link_when_of_zkillboard_then_is_recognised(settings, text):
    assert kill_id(settings, text) == 39861569


@pytest.mark.parametrize(
    "text",
    [
        "",
        "39861569",
        "zkillboard.com/kill/39861569/",
        "ftp://zkillboard.com/kill/39861569/",
        "https://zkillboard.com/",
        "https://zkillboard.com/kill/",
        "https://zkillboard.com/kill/0/",
        "https://zkillboard.com/kill/01/",
        "https://zkillboard.com/kill/-1/",
        "https://zkillboard.com/kill/1234567890123456789/",
        "https://zkillboard.com/kill/٣٩/",
        "https://zkillboard.com/kill/1/2/",
        "https://zkillboard.com/kill/1/redirected/",
        "https://zkillboard.com//kill/1/",
        "https://zkillboard.com/character/1/",
        "https://zkillboard.com/x/kill/1/",
        "https://zkillboard.com/kill/1%2F",
        "https://zkillboard.com/kill/1/\\evil",
        "https://zkillboard.com/kill/1 /",
        "https://zkillboard.com/kill/1\x00/",
        "https://zkillboard.com:8443/kill/1/",
        "https://user@zkillboard.com/kill/1/",
        "https://zkillboard.com@evil.example/kill/1/",
        "https://zkillboard.com.evil.example/kill/1/",
        "https://evil.example/kill/1/",
        "https://evil.example/https://zkillboard.com/kill/1/",
        "https://api.zkillboard.com/kill/1/",
        "https://www.www.zkillboard.com/kill/1/",
    ],
)
@pytest.mark.parametrize("settings", [EVE, OWN], ids=["zkillboard", "other board"])
def test_link_when_anything_else_then_is_not_recognised(settings, text):
    assert kill_id(settings, text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://127.0.0.1:6544/zkb/kill/5/", 5),
        ("https://127.0.0.1:6544/zkb/kill/5", 5),
        ("http://127.0.0.1:6544/kill/5/", None),
        ("http://127.0.0.1:6544/zkbkill/5/", None),
        ("http://127.0.0.1/zkb/kill/5/", None),
        ("https://zkillboard.com/zkb/kill/5/", None),
    ],
)
def test_link_when_the_base_has_a_path_then_it_counts_on_its_own_host_alone(text, expected):
    assert kill_id(OWN, text) == expected


def test_link_when_stored_then_is_the_boards_own():
    assert kill_link(EVE, 5) == "https://zkillboard.com/kill/5/"
    assert kill_link(OWN, 5) == "http://127.0.0.1:6544/zkb/kill/5/"
