"""What an error leaves in the database: nothing, also when its page is a redirect."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import transaction
from pyramid.config import Configurator
from pyramid.httpexceptions import HTTPForbidden
from pyramid.response import Response
from webtest import TestApp

from srp_portal.domain.errors import NotAllowed


class Store:
    """A data manager that remembers how its transactions ended; `conflicts` fail at first."""

    def __init__(self) -> None:
        self.ends: list[str] = []
        self.attempts = 0
        self.error: Exception | None = None
        self.is_conflict = False

    def join(self, manager: Any) -> None:
        self.transaction_manager = manager
        manager.get().join(self)

    def tpc_finish(self, transaction: Any) -> None:
        self.ends.append("commit")

    def abort(self, transaction: Any) -> None:
        self.ends.append("abort")

    def should_retry(self, error: Exception) -> bool:
        return self.is_conflict

    def commit(self, transaction: Any) -> None:
        """Nothing is left to do."""

    tpc_begin = tpc_vote = commit
    tpc_abort = abort

    def sortKey(self) -> str:  # noqa: N802 - the interface's name
        return "store"

    def view(self, request: Any) -> Response:
        self.attempts += 1
        self.join(request.tm)
        if self.error is not None and (self.attempts == 1 or not self.is_conflict):
            raise self.error
        return Response("done")


class Anonymous:
    """Knows nobody."""

    def identity(self, request: Any) -> None:
        return None


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def app(store: Store) -> TestApp:
    settings = {
        "tm.manager_hook": "pyramid_tm.explicit_manager",
        "tm.commit_veto": "pyramid_tm.default_commit_veto",
        "tm.annotate_user": False,
        "retry.attempts": 3,
    }
    with Configurator(settings=settings) as config:
        config.set_security_policy(Anonymous())
        config.include("pyramid_retry")
        config.include("pyramid_tm")
        config.add_request_method(
            lambda request: SimpleNamespace(settings=SimpleNamespace(site_name="S")), "portal"
        )
        config.include("srp_portal.web.representation")
        config.add_route("login", "/login/")
        config.add_route("page", "/")
        config.add_view(store.view, route_name="page")
    return TestApp(config.make_wsgi_app())


def test_view_that_succeeds_commits(app: TestApp, store: Store) -> None:
    app.get("/")
    assert store.ends == ["commit"]


@pytest.mark.parametrize(
    ("error", "status"),
    [(RuntimeError("crash"), 500), (NotAllowed("No."), 401), (HTTPForbidden(), 401)],
    ids=["crash", "refused", "forbidden"],
)
def test_view_that_fails_aborts(error: Exception, status: int, app: TestApp, store: Store) -> None:
    store.error = error
    app.get("/?fmt=json", status=status)
    assert store.ends == ["abort"]


def test_way_to_the_login_commits_nothing_of_the_view(app: TestApp, store: Store) -> None:
    store.error = NotAllowed("No.")
    assert app.get("/", status=303).location == "http://localhost/login/?next=%2F"
    assert store.ends == ["abort"]


def test_conflict_that_only_the_database_knows_is_tried_again(app: TestApp, store: Store) -> None:
    store.error, store.is_conflict = RuntimeError("serialization failure"), True
    assert app.get("/").text == "done"
    assert store.attempts == 2
    assert store.ends == ["abort", "commit"]


def test_conflict_that_stays_is_500_after_the_last_attempt(app: TestApp, store: Store) -> None:
    store.error = transaction.interfaces.TransientError("again and again")
    app.get("/?fmt=json", status=500)
    assert store.attempts == 3
    assert store.ends == ["abort"] * 3


def test_transaction_that_somebody_doomed_is_left_to_them(app: TestApp, store: Store) -> None:
    manager = transaction.TransactionManager(explicit=True)
    manager.begin()
    manager.doom()
    store.error = RuntimeError("crash")
    environ = {"tm.active": True, "tm.manager": manager}
    app.get("/?fmt=json", extra_environ=environ, status=500)
    assert store.ends == []
    manager.abort()
    assert store.ends == ["abort"]
