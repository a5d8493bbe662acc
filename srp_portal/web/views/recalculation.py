"""The page on which administrators have the present rules applied to requests in evaluation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pyramid.httpexceptions import HTTPSeeOther
from pyramid.view import view_config

from srp_portal.domain.errors import InvalidInput, NotAllowed
from srp_portal.services import identities
from srp_portal.services.division_access import administers_some
from srp_portal.services.recalculation import Plan
from srp_portal.services.recalculation_apply import NOT_REACHED, Outcome, apply_plans
from srp_portal.services.recalculation_cases import (
    Case,
    administered,
    chosen_cases,
    count_open,
    open_cases,
)
from srp_portal.services.recalculation_results import RecalculationOutcome, RecalculationPage
from srp_portal.services.request_work import Work
from srp_portal.services.results import Reference
from srp_portal.web.forms.recalculation import (
    AFTER,
    ALL,
    DIVISION,
    FORM,
    MOST,
    parse_after,
    parse_changes,
    parse_division,
)
from srp_portal.web.views.request_detail import make_outbox, wake_delivery

FORMATS = ("html", "json", "xml")
TEMPLATE = "srp_portal:web/templates/recalculation.jinja2"
#: Requests that a message names.
_NAMED = 8


@view_config(
    route_name="recalculation",
    request_method="GET",
    permission="user",
    formats=FORMATS,
    renderer=TEMPLATE,
    gives=RecalculationPage,
    asks=(DIVISION, AFTER),
)
def recalculation(request: Any) -> dict[str, Any]:
    """What the present rules would make of requests in evaluation, for their administrators."""
    divisions = _divisions(request)
    chosen, after = parse_division(request.GET), parse_after(request.GET)
    reader = Reference(request.identity.user_id, request.identity.name)
    problem = request.portal.recalculation.problem
    if chosen == "":
        return {"document": RecalculationPage(reader, divisions, problem=problem)}
    wanted = [each for each in divisions if chosen in (ALL, each.id)]
    if not wanted and chosen != ALL:
        raise _not_administered("recalculate")
    ids = [each.id for each in wanted]
    count = count_open(request.dbsession, ids)
    division = None if chosen == ALL else wanted[0]
    if problem:
        page = RecalculationPage(
            reader, divisions, division, is_asked=True, count=count, problem=problem
        )
        return {"document": page}
    cases = open_cases(
        request.dbsession,
        request.identity,
        ids,
        after=after,
        # One more, to see whether there is another page.
        limit=MOST + 1,
        self_review=request.portal.settings.self_review,
    )
    plans = _plans(request, cases[:MOST])
    page = RecalculationPage(
        reader=reader,
        divisions=divisions,
        division=division,
        is_asked=True,
        count=count,
        plans=plans,
        after=after,
        following=plans[-1].case.id if len(plans) < len(cases) else None,
    )
    return {"document": page}


@view_config(
    route_name="recalculation",
    request_method="POST",
    permission="user",
    formats=FORMATS,
    renderer=TEMPLATE,
    gives=RecalculationOutcome,
    takes=(FORM,),
)
def recalculate(request: Any) -> Any:
    """Applies what the rules make of requests, each only as it was shown."""
    divisions = _divisions(request)
    is_page = request.representation == "html"
    try:
        tokens = parse_changes(request.POST)
        problem = request.portal.recalculation.problem
        if problem:
            raise InvalidInput("change", problem)
    except InvalidInput as error:
        if not is_page:
            raise
        request.flash(error.message, "warning")
        return _back(request)
    outcome = RecalculationOutcome(
        Reference(request.identity.user_id, request.identity.name),
        _apply(request, divisions, tokens),
    )
    wake_delivery(request)
    if not is_page:
        return {"document": outcome}
    _tell(request, outcome)
    return _back(request)


def _divisions(request: Any) -> tuple[Reference, ...]:
    if not administers_some(request.identity):
        raise _not_administered("recalculate")
    return administered(request.dbsession, request.identity)


def _not_administered(attempt: str) -> NotAllowed:
    return NotAllowed("Only administrators of the division may do that.", attempt=attempt)


def _plans(request: Any, cases: Sequence[Case]) -> tuple[Plan, ...]:
    """Asks the plugins, with no transaction open meanwhile."""
    request.tm.abort()
    try:
        return request.portal.recalculation.plans(cases)
    finally:
        request.tm.begin()


def _apply(
    request: Any, divisions: Sequence[Reference], tokens: dict[int, str]
) -> tuple[Outcome, ...]:
    """Works everything out again, and makes the changes that come out as they were shown.

    What somebody agreed to counts, and neither what the page says nor what is newer than it.
    """
    self_review = request.portal.settings.self_review
    ids = [division.id for division in divisions]
    cases = chosen_cases(request.dbsession, request.identity, ids, tokens, self_review=self_review)
    plans = _plans(request, cases)
    # As the rights are now: asking may have taken its time.
    present = identities.load_identity(
        request.dbsession,
        request.identity.user_id,
        now=request.clock(),
        settings=request.portal.settings,
    )
    if present is None:
        raise _not_administered("recalculate")
    late = {case.id for case in cases} - {plan.case.id for plan in plans}

    def work_on(request_id: int, version: int) -> Work:
        return Work(
            dbsession=request.dbsession,
            identity=present,
            outbox=make_outbox(request),
            now=request.clock(),
            request_id=request_id,
            version=version,
            self_review=self_review,
        )

    reached = {id_: token for id_, token in tokens.items() if id_ not in late}
    outcomes = [*apply_plans(plans, reached, work_on)]
    outcomes += [Outcome(id_, NOT_REACHED) for id_ in late]
    return tuple(sorted(outcomes, key=lambda outcome: outcome.request_id))


def _tell(request: Any, outcome: RecalculationOutcome) -> None:
    count = len(outcome.applied)
    if count:
        request.flash(f"Changed: {count} {'request' if count == 1 else 'requests'}.")
    if outcome.left_alone:
        named = ", ".join(f"#{each.request_id}" for each in outcome.left_alone[:_NAMED])
        more = " and others" if len(outcome.left_alone) > _NAMED else ""
        reason = outcome.left_alone[0].problem
        request.flash(f"Left as they are: {named}{more}. {reason}", "warning")


def _back(request: Any) -> HTTPSeeOther:
    """The page from which the form came, worked out anew."""
    chosen, after = parse_division(request.POST), parse_after(request.POST)
    query = {name: str(value) for name, value in (("division", chosen), ("after", after)) if value}
    return HTTPSeeOther(request.route_path("recalculation", _query=query))
