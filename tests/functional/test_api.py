"""The directory under /api/, each reader finding what is theirs."""

from __future__ import annotations

import pytest

from srp_portal.models.users import User
from srp_portal.services import groups
from srp_portal.testing.portal import PortalUnderTest


class Site:
    """A portal that tests only read from, with its browsers."""

    def __init__(self, portal):
        self.portal = portal
        self._browsers = {}

    def login(self, name):
        if name not in self._browsers:
            self._browsers[name] = self.portal.login(name)
        return self._browsers[name]


@pytest.fixture(scope="module")
def site(running_universe, portal_databases):
    """Two divisions: pia submits to the first, ben administers it, rita reviews the second.

    Made once, since every test here only reads.
    """
    running_universe.reset()
    portal = PortalUnderTest(portal_databases.sqlite(), running_universe)
    site = Site(portal)
    losses = [loss for loss in running_universe.losses.values() if loss.character_id]
    site.loss = next(loss for loss in losses if loss.zkb == "slim")
    site.rival = next(
        loss
        for loss in losses
        if loss.character_id != site.loss.character_id
        and loss.ship != site.loss.ship
        and loss.zkb == "slim"
    )
    site.ids = {"ada": portal.make_user("ada", is_admin=True)}
    for name in ("ben", "rita", "zoe"):
        site.ids[name] = portal.make_user(name)
    site.ids["pia"] = portal.make_pilot("pia", site.loss.character_id)
    site.ids["quin"] = portal.make_pilot("quin", site.rival.character_id)
    site.capitals = portal.make_division("Capitals", submit="pia", admin="ben")
    site.subcaps = portal.make_division("Subcaps", submit="quin", review="rita")
    portal.submit(site.login("pia"), site.loss, site.capitals)
    portal.submit(site.login("quin"), site.rival, site.subcaps)
    with portal.writing() as dbsession:
        group = groups.create_group(dbsession, "Friends", actor="test", now=portal.clock())
        user = dbsession.get(User, site.ids["zoe"])
        groups.add_member(dbsession, group, user, actor="test", now=portal.clock())
        site.friends = group.id
    yield site
    portal.close()


def names(rows):
    return [row["name"] for row in rows]


def test_user_when_oneself_then_everything_about_oneself(site):
    path = f"/api/user/{site.ids['pia']}/"
    document = site.login("pia").get(path).json
    assert document["href"] == path
    assert (document["name"], document["kind"], document["admin"]) == ("pia", "local", False)
    assert names(document["divisions"]["submit"]) == ["Capitals"]
    assert document["divisions"]["submit"][0]["href"] == f"/api/division/{site.capitals}/"
    assert [each["id"] for each in document["characters"]] == [site.loss.character_id]
    assert "requests" not in document


@pytest.mark.parametrize("reader", ["pia", "rita", "quin"])
def test_user_when_somebody_else_then_403(site, reader):
    browser = site.login(reader)
    browser.get(f"/api/user/{site.ids['zoe']}/", status=403)
    browser.get("/api/user/404/", status=403)


def test_user_when_division_administrator_then_without_characters_and_other_divisions(site):
    document = site.login("ben").get(f"/api/user/{site.ids['quin']}/").json
    assert "characters" not in document
    assert not any(document["divisions"].values())


def test_user_when_site_administrator_then_all_and_404_for_nobody(site):
    ada = site.login("ada")
    document = ada.get(f"/api/user/{site.ids['quin']}/").json
    assert names(document["divisions"]["submit"]) == ["Subcaps"]
    assert names(document["characters"])
    ada.get("/api/user/404/", status=404)


def test_group_when_administrator_then_members(site):
    path = f"/api/group/{site.friends}/"
    document = site.login("ben").get(path).json
    assert (document["name"], document["kind"], document["eve_id"]) == ("Friends", "manual", None)
    assert names(document["users"]) == ["zoe"]
    site.login("pia").get(path, status=403)
    assert names(site.login("ada").get(f"/api/user/{site.ids['zoe']}/").json["groups"]) == [
        "Friends"
    ]


@pytest.mark.parametrize(
    ("reader", "known"),
    [("ada", ["Capitals", "Subcaps"]), ("pia", ["Capitals"]), ("rita", ["Subcaps"]), ("zoe", [])],
)
def test_divisions_when_read_then_those_that_one_may_know(site, reader, known):
    assert names(site.login(reader).get("/api/division/").json["divisions"]) == known


def test_division_when_administrator_then_links_to_its_permissions(site):
    document = site.login("ben").get(f"/api/division/{site.capitals}/").json
    assert document["name"] == "Capitals"
    href = document["permissions"]["submit_href"]
    assert href == f"/api/division/{site.capitals}/submit/"
    entities = site.login("ben").get(href).json["entities"]
    assert entities == [
        {
            "href": f"/api/user/{site.ids['pia']}/",
            "id": site.ids["pia"],
            "name": "pia",
            "source": "local",
            "type": "User",
        }
    ]


def test_division_when_one_only_submits_then_name_and_id_alone(site):
    pia = site.login("pia")
    path = f"/api/division/{site.capitals}/"
    assert pia.get(path).json == {"href": path, "id": site.capitals, "name": "Capitals"}
    pia.get(f"{path}submit/", status=403)
    pia.get(f"/api/division/{site.subcaps}/", status=403)


def test_division_permission_when_unknown_then_404(site):
    site.login("ben").get(f"/api/division/{site.capitals}/own/", status=404)


def test_entities_when_administrator_then_users_and_groups_without_plugins(site):
    ben = site.login("ben")
    document = ben.get("/api/entities/").json
    assert names(document["entities"]) == [
        "ada", "ben", "Friends", "pia", "quin", "rita", "zoe",
    ]  # fmt: skip
    assert names(ben.get("/api/entities/?name=R").json["entities"]) == ["rita"]
    site.login("rita").get("/api/entities/", status=403)


def test_ships_when_read_then_those_of_visible_requests(site):
    pia = site.login("pia").get("/api/ships/").json["ships"]
    assert pia == [{"id": site.loss.ship_type_id, "name": site.loss.ship}]
    assert names(site.login("rita").get("/api/ships/").json["ships"]) == [site.rival.ship]
    assert site.login("zoe").get("/api/ships/").json["ships"] == []
    # Administrators of the site see the requests of no division that they hold nothing in.
    assert site.login("ada").get("/api/ships/").json["ships"] == []


@pytest.mark.parametrize(
    "attribute",
    [
        "ship", "system", "constellation", "region", "pilot", "corporation", "alliance", "division",
    ],
)  # fmt: skip
def test_filter_when_read_then_values_of_visible_requests_under_the_attributes_name(
    site, attribute
):
    path = f"/api/filter/{attribute}/"
    document = site.login("pia").get(path).json
    assert document["key"] == attribute
    assert document["complete"] is True
    assert len(document[attribute]) == (1 if attribute != "alliance" else len(document["alliance"]))
    assert site.login("zoe").get(path).json[attribute] == []


def test_filter_when_unknown_then_404(site):
    site.login("pia").get("/api/filter/password/", status=404)


def test_api_when_read_with_a_key_then_as_its_owner(site):
    key = site.portal.make_key(site.ids["pia"])
    browser = site.portal.browser()
    document = browser.get(f"/api/user/{site.ids['pia']}/?apikey={key}").json
    assert document["name"] == "pia"
    browser.get(f"/api/user/{site.ids['ben']}/?apikey={key}", status=403)
    browser.get("/api/division/?apikey=nonsense", status=401)


@pytest.mark.parametrize(
    "path",
    ["/api/division/", "/api/entities/", "/api/ships/", "/api/filter/ship/", "/api/user/1/"],
)
def test_api_when_anonymous_then_401_for_programs(site, path):
    answer = site.portal.browser().get(path, headers={"Accept": "application/json"}, status=401)
    assert answer.json["code"] == 401


def test_api_when_xml_then_the_same_facts(site):
    root = site.login("ben").get(f"/api/division/{site.capitals}/submit/?fmt=xml").lxml
    assert root.get("user") == "ben"
    assert root.xpath("//entities//name/text()") == ["pia"]
    site.login("ben").get("/api/ships/?fmt=xml", status=400)
