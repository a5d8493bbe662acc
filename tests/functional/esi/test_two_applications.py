"""Two applications in a process, each with an ESI of its own."""

import pytest
from webtest import TestApp

from srp_portal.esi import EsiClientProvider, esi_client_factory

MODULE_LEVEL = EsiClientProvider()


def _host(config):
    config.add_route("status", "/status")
    config.add_view(_status, route_name="status", renderer="json")


def _status(request):
    clients = [MODULE_LEVEL.client, request.esi.client, esi_client_factory()]
    return [client.Status.get_status().result(ignore_cache=True) for client in clients]


def _contacts(universe):
    agents = [entry.headers["User-Agent"] for entry in universe.log]
    return {agent.partition("(")[2].partition(")")[0] for agent in agents}


@pytest.fixture
def both(app_with):
    return [
        TestApp(app_with(_host, **{"esi.user_contact_email": contact}))
        for contact in ("first@example.com", "second@example.com")
    ]


def test_client_when_an_application_serves_a_request_then_it_is_that_applications(both, universe):
    first, second = both
    for app, contact in ((first, "first"), (second, "second"), (first, "first")):
        universe.clear_log()
        app.get("/status")
        assert _contacts(universe) == {f"{contact}@example.com"}


def test_client_when_no_request_is_served_then_that_of_the_application_made_last(
    app_with, universe
):
    first = TestApp(app_with(_host, **{"esi.user_contact_email": "first@example.com"}))
    first.get("/status")
    app_with(_host, **{"esi.user_contact_email": "second@example.com"})
    universe.clear_log()
    MODULE_LEVEL.client.Status.get_status().result(ignore_cache=True)
    assert _contacts(universe) == {"second@example.com"}
