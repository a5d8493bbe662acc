"""The lists of requests: which statuses each holds, and in what order it comes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from srp_portal.domain.filter_kinds import KINDS, StatusCondition
from srp_portal.domain.filter_text import FilterError
from srp_portal.domain.lifecycle import Status


class ListName(StrEnum):
    """The lists, as their URLs name them."""

    PERSONAL = "personal"
    PENDING = "pending"
    PAY = "pay"
    COMPLETED = "completed"
    ALL = "all"


#: What each list holds without a filter (contract/http.md, "Routes").
LIST_STATUSES: Mapping[ListName, frozenset[Status]] = MappingProxyType(
    {
        ListName.PERSONAL: frozenset(Status),
        ListName.PENDING: frozenset({Status.EVALUATING, Status.INCOMPLETE, Status.APPROVED}),
        ListName.PAY: frozenset({Status.APPROVED}),
        ListName.COMPLETED: frozenset({Status.PAID, Status.REJECTED}),
        ListName.ALL: frozenset(Status),
    }
)

SORT_ATTRIBUTES = tuple(sorted(KINDS.keys() - {"details"}))


@dataclass(frozen=True, slots=True)
class Sort:
    """An order of requests; ties break by id in the same direction. Raises FilterError."""

    attribute: str
    is_descending: bool = False

    def __post_init__(self) -> None:
        if self.attribute not in SORT_ATTRIBUTES:
            raise FilterError(
                "sort", str(self), f"requests are sorted by one of {', '.join(SORT_ATTRIBUTES)}"
            )

    def __str__(self) -> str:
        """As the path has it: `-payout`."""
        return "-" + self.attribute if self.is_descending else self.attribute


def default_sort(list_name: ListName) -> Sort:
    """Newest submission first; what is to be paid comes oldest first."""
    return Sort("submit_timestamp", is_descending=list_name is not ListName.PAY)


def effective_statuses(list_name: ListName, condition: StatusCondition | None) -> frozenset[Status]:
    """The statuses that remain of the list's own; a filter never adds one. May be empty."""
    statuses = LIST_STATUSES[list_name]
    if condition is None:
        return statuses
    if condition.any_of:
        statuses = statuses.intersection(condition.any_of)
    return statuses.difference(condition.none_of)
