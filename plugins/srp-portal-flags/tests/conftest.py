"""Submissions as the checks see them, without a portal."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from srp_portal_flags import review_flags

from srp_portal.plugin import DivisionInfo, PastRequest, UserInfo
from srp_portal.testing.plugins import PluginBench

#: When the killmail of `make_killmail` happened.
LOST_AT = datetime(2014, 7, 2, 19, 26, tzinfo=UTC)


@pytest.fixture
def make_division():
    """Makes a division without groups, or with those given."""

    def make(**fields):
        return DivisionInfo(**{"id": 1, "name": "Fleet", **fields})

    return make


@pytest.fixture
def make_past():
    """Makes earlier requests for the hull of `make_killmail`, an hour before it."""

    def make(request_id, minutes=-60, **fields):
        killed_at = LOST_AT + timedelta(minutes=minutes)
        facts = {
            "request_id": request_id,
            "pilot_id": 1,
            "ship_id": 11987,
            "ship": "Guardian",
            "killed_at": killed_at,
            "submitted_at": killed_at,
            "status": "evaluating",
            "value": Decimal("285000000.00"),
            "payout": Decimal("100.00"),
        }
        return PastRequest(**{**facts, **fields})

    return make


@pytest.fixture
def flags_of(universe, make_division):
    """Gives flags_of(killmail, …): text by code, as the portal would be given them.

    own: characters of the submitter. history: earlier requests. Other names are settings.
    """
    with ExitStack() as benches:
        made = {}

        def flags_of(killmail, division=None, own=(), history=(), **settings):
            key = (tuple(sorted(settings.items())), tuple(history))
            if key not in made:
                made[key] = benches.enter_context(
                    PluginBench(universe, ["flags"], {"flags": settings}, history)
                )
            context = made[key].context_for("flags")
            submitter = UserInfo(1, "pilot", False, tuple(own))
            flags = review_flags(killmail, division or make_division(), submitter, context)
            found = {flag.code: flag.text for flag in flags}
            assert len(found) == len(flags)
            return found

        yield flags_of
