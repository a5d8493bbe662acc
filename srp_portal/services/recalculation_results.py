"""What the page of recalculation shows, and what it tells after changes were made."""

from __future__ import annotations

from dataclasses import dataclass

from srp_portal.services.recalculation import Plan
from srp_portal.services.recalculation_apply import Outcome
from srp_portal.services.results import Reference


@dataclass(frozen=True, slots=True)
class RecalculationPage:
    """Some of the requests that are evaluated, with what the rules would make of them.

    divisions: those that the reader may choose. division: the chosen one; None for all of them,
    and where is_asked is false, so that no request was looked at. count: of the evaluated requests
    there. plans: of those that were looked at, the oldest submission first. after: the request
    behind which they begin. following: the one behind which to go on, None at the end. problem: why
    no request at all is looked at or changed; else empty.
    """

    reader: Reference
    divisions: tuple[Reference, ...]
    division: Reference | None = None
    is_asked: bool = False
    count: int = 0
    plans: tuple[Plan, ...] = ()
    after: int | None = None
    following: int | None = None
    problem: str = ""

    @property
    def changes(self) -> tuple[Plan, ...]:
        """What can be applied."""
        return tuple(plan for plan in self.plans if plan.is_change and not plan.problem)

    @property
    def left_alone(self) -> tuple[Plan, ...]:
        """What can't be applied, each with its problem."""
        return tuple(plan for plan in self.plans if plan.problem)

    @property
    def refused(self) -> tuple[Plan, ...]:
        """What stays as it is, but would not be taken as a new submission."""
        return tuple(plan for plan in self.plans if plan.refusal)


@dataclass(frozen=True, slots=True)
class RecalculationOutcome:
    """What became of the changes that were asked for, by the requests' ids."""

    reader: Reference
    outcomes: tuple[Outcome, ...]

    @property
    def applied(self) -> tuple[int, ...]:
        """Ids of the requests that were changed."""
        return tuple(each.request_id for each in self.outcomes if not each.problem)

    @property
    def left_alone(self) -> tuple[Outcome, ...]:
        """The others, each with its problem."""
        return tuple(each for each in self.outcomes if each.problem)
