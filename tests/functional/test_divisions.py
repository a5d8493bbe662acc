"""The pages of divisions, as their administrators use them."""

from __future__ import annotations

from itertools import count

import pytest
from sqlalchemy import select

from srp_portal.models.divisions import Grant
from srp_portal.models.events import AuditEntry
from srp_portal.testing.portal import PortalUnderTest

TRANSFORMERS = "ship | Wiki | https://wiki.example/{}\npilot | Who | https://who.example/{}"


class Site:
    """A portal that is made once, since that takes long, with divisions of each test's own."""

    def __init__(self, portal):
        self.portal = portal
        self._browsers = {}
        self._numbers = count(1)

    def login(self, name):
        if name not in self._browsers:
            self._browsers[name] = self.portal.login(name)
        return self._browsers[name]

    def post(self, browser, path, form, **options):
        return self.portal.post(browser, path, form, **options)

    def make_divisions(self):
        number = next(self._numbers)
        self.name, self.other = f"Capitals {number}", f"Subcaps {number}"
        self.division_id = self.portal.make_division(self.name, admin="ben", review="rita")
        self.other_id = self.portal.make_division(self.other)


@pytest.fixture(scope="module")
def shared_site(running_universe, portal_databases):
    portal = PortalUnderTest(
        portal_databases.sqlite(), running_universe, {"srp.transformers": TRANSFORMERS}
    )
    portal.make_user("ada", is_admin=True)
    for name in ("ben", "rita", "wolves"):
        portal.make_user(name)
    yield Site(portal)
    portal.close()


@pytest.fixture
def site(shared_site):
    """Ada administers the site; Ben one division, in which Rita reviews, and not the other."""
    shared_site.make_divisions()
    return shared_site


def path_of(site):
    return f"/division/{site.division_id}/"


def entity_form(action="add", permission="pay", **choice):
    return {"form_id": "entity", "action": action, "permission": permission, **choice}


def holders(browser, path, permission):
    document = browser.get(f"{path}?fmt=json").json
    return [(entity["type"], entity["name"]) for entity in document["permissions"][permission]]


def test_list_when_site_administrator_then_all_and_may_add(site):
    page = site.login("ada").get("/division/")
    assert site.name in page
    assert site.other in page
    assert "/division/add/" in page


def test_list_when_administrator_of_one_then_that_one_alone(site):
    page = site.login("ben").get("/division/")
    assert site.name in page
    assert site.other not in page
    assert "/division/add/" not in page


@pytest.mark.parametrize("path", ["/division/", "/division/add/", "/division/1/"])
@pytest.mark.parametrize("accept", ["text/html", "application/json"])
def test_pages_when_no_administrator_then_403(site, path, accept):
    site.login("rita").get(path, headers={"Accept": accept}, status=403)


@pytest.mark.parametrize(
    "path", ["/division/", "/division/add/", "/division/1/", "/division/1/transformers/"]
)
def test_pages_when_anonymous_then_login_or_401(site, path):
    page = site.portal.browser().get(path, headers={"Accept": "text/html"})
    if "transformers" not in path:
        assert page.status_int == 303
        assert page.location.startswith("http://localhost/login/?next=")
        site.portal.browser().get(path, headers={"Accept": "application/json"}, status=401)


def test_change_when_of_another_division_then_403_and_in_the_log(site):
    ben = site.login("ben")
    path = f"/division/{site.other_id}/"
    ben.get(path, status=403)
    site.post(ben, path, entity_form(name="ben", permission="admin"), status=403)
    with site.portal.reading() as dbsession:
        held = select(Grant).where(Grant.division_id == site.other_id)
        assert dbsession.scalars(held).all() == []
        last = select(AuditEntry).where(AuditEntry.is_refused).order_by(AuditEntry.id.desc())
        entry = dbsession.scalars(last.limit(1)).one()
    assert entry.actor == "ben"
    assert "grant.add" in f"{entry.action} {entry.payload}"
    assert path in entry.payload


def test_add_when_named_then_it_leads_to_the_division(site):
    ada = site.login("ada")
    answer = site.post(ada, "/division/add/", {"name": "Marauders"}, status=303)
    assert "Marauders" in answer.follow()
    assert "Marauders" in ada.get("/division/")


@pytest.mark.parametrize("name", ["", "taken", "x" * 101], ids=["empty", "taken", "long"])
def test_add_when_the_name_is_no_good_then_422_with_what_was_typed(site, name):
    ada = site.login("ada")
    name = site.name.upper() if name == "taken" else name
    before = len(ada.get("/division/?fmt=json").json["divisions"])
    page = site.post(ada, "/division/add/", {"name": name}, status=422)
    assert 'aria-invalid="true"' in page
    assert [form["name"].value for form in page.forms.values() if "name" in form.fields] == [name]
    headers = {"Accept": "application/json"}
    answer = site.post(ada, "/division/add/", {"name": name}, status=422, headers=headers)
    assert answer.json["code"] == 422
    assert len(ada.get("/division/?fmt=json").json["divisions"]) == before


def test_add_when_a_form_without_token_then_refused(site):
    site.login("ada").post("/division/add/", {"name": "Marauders"}, status=400)


def test_grant_when_by_name_then_it_shows_and_counts_at_once(site):
    ben = site.login("ben")
    wolves = site.login("wolves")
    wolves.get("/request/pay/", status=403)
    answer = site.post(ben, path_of(site), entity_form(name="WOLVES"), status=303)
    assert "wolves may pay now." in answer.follow()
    assert holders(ben, path_of(site), "pay") == [("User", "wolves")]
    wolves.get("/request/pay/")
    answer = site.post(ben, path_of(site), entity_form("delete", name="wolves"), status=303)
    assert "taken from wolves" in answer.follow()
    wolves.get("/request/pay/", status=403)


def test_grant_when_program_asks_then_the_fresh_document(site):
    headers = {"Accept": "application/json"}
    answer = site.post(
        site.login("ben"), path_of(site), entity_form(name="wolves"), headers=headers, status=200
    )
    assert [entity["name"] for entity in answer.json["permissions"]["pay"]] == ["wolves"]


def test_revoke_when_by_the_pages_own_button_then_it_is_gone(site):
    ben = site.login("ben")
    page = ben.get(path_of(site))
    form = next(
        form
        for form in page.forms.values()
        if "id_" in form.fields and form["permission"].value == "review"
    )
    form.submit().follow()
    assert holders(ben, path_of(site), "review") == []


def test_revoke_when_not_held_then_a_warning(site):
    ben = site.login("ben")
    answer = site.post(ben, path_of(site), entity_form("delete", name="rita"), status=303)
    assert "did not hold" in answer.follow()


@pytest.mark.parametrize(
    "form",
    [
        entity_form(name="nobody"),
        entity_form(name=""),
        entity_form(id_="404"),
        entity_form(id_="robot:1"),
        entity_form(name="rita", permission="own"),
        {"form_id": "transformer", "attribute": "ship", "transformer": "Nothing"},
        {"form_id": "transformer", "attribute": "colour", "transformer": "Wiki"},
    ],
    ids=["unknown", "empty", "number", "type", "permission", "transformer", "attribute"],
)
def test_change_when_it_can_not_be_taken_then_422_and_nothing_changes(site, form):
    ben = site.login("ben")
    before = ben.get(f"{path_of(site)}?fmt=json").json
    page = site.post(ben, path_of(site), form, status=422)
    assert site.name in page
    assert "field-error" in page or "message-danger" in page
    site.post(ben, path_of(site), form, status=422, headers={"Accept": "application/json"})
    assert ben.get(f"{path_of(site)}?fmt=json").json == before


@pytest.mark.parametrize(
    "form",
    [{}, {"form_id": "other"}, {"form_id": "entity", "action": "own", "permission": "pay"}],
    ids=["none", "unknown", "action"],
)
def test_change_when_the_form_is_unknown_then_400(site, form):
    site.post(site.login("ben"), path_of(site), form, status=400)


def test_change_when_a_field_is_a_file_then_422(site):
    ben = site.login("ben")
    site.post(
        ben,
        path_of(site),
        entity_form(),
        upload_files=[("name", "name.txt", b"wolves")],
        status=422,
    )


def test_detail_when_there_is_none_then_404_for_site_administrators_and_403_for_others(site):
    site.login("ada").get("/division/404/", status=404)
    site.login("ben").get("/division/404/", status=403)
    site.login("ada").get("/division/9999999999999999999/", status=404)


def test_transformers_when_chosen_then_the_form_and_the_json_say_so(site):
    ben = site.login("ben")
    form = {"form_id": "transformer", "attribute": "ship", "transformer": "Wiki"}
    site.post(ben, path_of(site), form, status=303)
    path = f"{path_of(site)}transformers/"
    assert ben.get(path).json == {
        "ship": [["none", "None", False], ["Wiki", "Wiki", True]],
        "pilot": [["none", "None", True], ["Who", "Who", False]],
    }
    assert list(ben.get(f"{path}pilot/").json) == ["pilot"]
    ben.get(f"{path}colour/", status=404)
    site.login("rita").get(path, status=403)
    site.post(ben, path_of(site), {**form, "transformer": "none"}, status=303)
    assert ben.get(f"{path}ship/").json["ship"][0] == ["none", "None", True]


def test_pages_when_asked_for_xml_then_the_same_facts(site):
    ben = site.login("ben")
    assert site.name in ben.get("/division/?fmt=xml").text
    root = ben.get(f"{path_of(site)}?fmt=xml").lxml
    assert root.get("user") == "ben"
    assert "rita" in root.xpath("//permissions/review//name/text()")
