"""The small tables that plugins add to a request's page for its reviewers."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from srp_portal.domain.errors import Unavailable
from srp_portal.plugin import Panel
from srp_portal.services.deadline import within
from srp_portal.services.history import history_of
from srp_portal.services.infos import division_info
from srp_portal.services.results import RequestDetail
from srp_portal.services.stored_killmails import stored_killmail

#: Longest time that plugins may take before the page is shown without their panels.
SECONDS = 3.0


def panels_for(portal: Any, dbsession: Session, detail: RequestDetail) -> list[tuple[str, Panel]]:
    """Panels with the names of their plugins, for readers who may review; else none."""
    if not detail.rights.see_internal or not portal.plugins.has_panels:
        return []
    killmail = stored_killmail(dbsession, detail.row.id)
    division = division_info(dbsession, detail.row.division.id)
    if division is None:
        return []
    history = history_of(portal.read_session_factory, detail.row.submitter.id, portal.clock)
    context_for = portal.contexts.for_hooks(history)
    try:
        return within(
            SECONDS,
            lambda: portal.plugins.request_panels(killmail, division, context_for),
            too_slow="plugins took too long",
        )
    except Unavailable:
        return []
