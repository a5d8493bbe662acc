"""Which texts are links with a killmail's id and hash."""

from __future__ import annotations

import pytest
from srp_portal_esi_killmail import API_VERSION, killmail_sources
from srp_portal_esi_killmail.links import KillReference, esi_link, kill_reference
from srp_portal_esi_killmail.settings import EsiLinkSettings

from srp_portal.plugin import SettingError

EVE = EsiLinkSettings.from_mapping({"base_url": " "})
OWN = EsiLinkSettings.from_mapping({"base_url": "http://127.0.0.1:6544/esi/"})
HASH = "0123456789abcdef0123456789abcdef01234567"
REFERENCE = KillReference(56733821, HASH)


@pytest.mark.parametrize(
    "text",
    [
        f"https://esi.evetech.net/killmails/56733821/{HASH}/",
        f"https://esi.evetech.net/killmails/56733821/{HASH}",
        f"http://esi.evetech.net/killmails/56733821/{HASH}/",
        f"https://ESI.evetech.net:443/killmails/56733821/{HASH.upper()}/",
        f"https://esi.evetech.net/latest/killmails/56733821/{HASH}/?datasource=tranquility",
        f"https://esi.evetech.net/v1/killmails/56733821/{HASH}/",
        f"https://esi.evetech.net/dev/killmails/56733821/{HASH}/#x",
        f"https://esi.evetech.net/legacy/killmails/56733821/{HASH}",
        f"killReport:56733821:{HASH}",
        f" killreport:56733821:{HASH.upper()}\n",
        f"<url=killReport:56733821:{HASH}>Kill: Pilot (Rifter)</url>",
        f"<url=killReport:56733821:{HASH}></url>",
        f"<URL=killReport:56733821:{HASH}>Kill: Zoë Ünal (Rifter)</URL>",
    ],
)
@pytest.mark.parametrize("settings", [EVE, OWN], ids=["eve", "sandbox"])
def test_link_when_it_carries_id_and_hash_then_is_recognised(settings, text):
    assert kill_reference(settings, text) == REFERENCE


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"56733821:{HASH}",
        f"esi.evetech.net/killmails/56733821/{HASH}/",
        f"ftp://esi.evetech.net/killmails/56733821/{HASH}/",
        f"https://user@esi.evetech.net/killmails/56733821/{HASH}/",
        f"https://www.esi.evetech.net/killmails/56733821/{HASH}/",
        f"https://esi.evetech.net:8443/killmails/56733821/{HASH}/",
        f"https://esi.evetech.net.evil.example/killmails/56733821/{HASH}/",
        f"https://evil.example/killmails/56733821/{HASH}/",
        f"https://evil.example/https://esi.evetech.net/killmails/56733821/{HASH}/",
        f"https://esi.evetech.net//killmails/56733821/{HASH}/",
        f"https://esi.evetech.net/v1x/killmails/56733821/{HASH}/",
        f"https://esi.evetech.net/latest/v1/killmails/56733821/{HASH}/",
        f"https://esi.evetech.net/killmails/56733821/{HASH}/x",
        f"https://esi.evetech.net/killmails/56733821/{HASH}//",
        f"https://esi.evetech.net/killmails/0/{HASH}/",
        f"https://esi.evetech.net/killmails/1234567890123456789/{HASH}/",
        f"https://esi.evetech.net/killmails/٣/{HASH}/",
        f"https://esi.evetech.net/killmails/56733821/{HASH[:-1]}/",
        f"https://esi.evetech.net/killmails/56733821/{HASH}0/",
        f"https://esi.evetech.net/killmails/56733821/{HASH[:-1]}g/",
        f"killReport:56733821:{HASH}:",
        f"killReport:0:{HASH}",
        f"killReport:56733821:{HASH[:-1]}",
        f"<url=killReport:56733821:{HASH}>Kill",
        f"<url=killReport:56733821:{HASH}>Kill</url> and more",
        f"<url=killReport:56733821:{HASH}><b>Kill</b></url>",
        f"<url=killReport:56733821:{HASH}>two\nlines</url>",
        f"<url=showinfo:56733821:{HASH}>Kill</url>",
        f"<url=killReport:56733821:{HASH}>{'x' * 301}</url>",
    ],
)
@pytest.mark.parametrize("settings", [EVE, OWN], ids=["eve", "sandbox"])
def test_link_when_anything_else_then_is_not_recognised(settings, text):
    assert kill_reference(settings, text) is None


@pytest.mark.parametrize(
    ("path", "reference"),
    [
        (f"/esi/killmails/56733821/{HASH}/", REFERENCE),
        (f"/esi/latest/killmails/56733821/{HASH}/", REFERENCE),
        (f"/killmails/56733821/{HASH}/", None),
        (f"/esikillmails/56733821/{HASH}/", None),
    ],
)
def test_link_when_of_the_configured_esi_then_its_path_counts(path, reference):
    assert kill_reference(OWN, f"http://127.0.0.1:6544{path}") == reference
    assert kill_reference(EVE, f"http://127.0.0.1:6544{path}") is None


def test_link_when_stored_then_is_that_of_the_configured_esi():
    assert esi_link(EVE, REFERENCE) == f"https://esi.evetech.net/killmails/56733821/{HASH}/"
    assert esi_link(OWN, REFERENCE) == f"http://127.0.0.1:6544/esi/killmails/56733821/{HASH}/"
    assert kill_reference(OWN, esi_link(OWN, REFERENCE)) == REFERENCE


def test_setting_when_wrong_then_the_error_names_it():
    with pytest.raises(SettingError, match=r"^base_url: must"):
        killmail_sources({"base_url": "esi.evetech.net"})


def test_source_when_made_then_calls_no_host_itself():
    (source,) = killmail_sources({})
    assert (tuple(source.hosts), API_VERSION) == ((), 1)
    assert "killReport" in source.description
