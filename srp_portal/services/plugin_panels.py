"""The small tables that plugins add to a request's page for its reviewers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from srp_portal.plugin import DivisionInfo, Killmail, Panel
from srp_portal.services.deadline import those_within
from srp_portal.services.history import history_of
from srp_portal.services.infos import division_info
from srp_portal.services.results import RequestDetail

#: Longest time that plugins, side by side, may take before the page is shown without their panels.
SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Question:
    """What plugins are asked about a request."""

    killmail: Killmail
    division: DivisionInfo
    submitter_id: int


def question(portal: Any, dbsession: Session, detail: RequestDetail) -> Question | None:
    """What to ask plugins for this reader's page; None for the submitter, or where none answers.

    detail: with its killmail.
    """
    if not detail.rights.see_internal or not portal.plugins.has_panels:
        return None
    division = division_info(dbsession, detail.row.division.id)
    if division is None or detail.killmail is None:
        return None
    return Question(detail.killmail, division, detail.row.submitter.id)


def answers(portal: Any, asked: Question) -> list[tuple[str, Panel]]:
    """Panels with the names of their plugins; without those of plugins that take too long.

    Plugins may ask the network, so no transaction should be open meanwhile.
    """
    history = history_of(portal.read_session_factory, asked.submitter_id, portal.clock)
    context_for = portal.contexts.for_hooks(history)
    calls = portal.plugins.request_panel_calls(asked.killmail, asked.division, context_for)
    return those_within(SECONDS, calls)
