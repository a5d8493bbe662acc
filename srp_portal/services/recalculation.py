"""What the present rules of plugins would make of requests that are still evaluated."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy.orm import Session, sessionmaker

from srp_portal.domain.errors import Unavailable
from srp_portal.domain.money import LIMIT, pretty_isk
from srp_portal.domain.payout import ModifierKind, payout
from srp_portal.domain.recalculation import NewModifier, StoredModifier, difference
from srp_portal.esi.deadlines import remaining
from srp_portal.hooks.context import ContextFactory
from srp_portal.hooks.errors import PluginFailed
from srp_portal.hooks.manager import NOT_NAMED
from srp_portal.hooks.registry import ContextFor, PluginRegistry
from srp_portal.plugin import (
    KillmailNotFound,
    KillmailUnverified,
    SourceUnavailable,
    SubmissionRejected,
)
from srp_portal.services.deadline import within
from srp_portal.services.history import history_of
from srp_portal.services.killmail_lookup import base_payout_of
from srp_portal.services.recalculation_cases import Case

TOO_SLOW = "The rules took too long."
OWN = "Nobody may review a request of their own."
BY_HAND = "Its base payout was set by a reviewer, so rules leave the request as it is."

_REFUSALS = (KillmailNotFound, KillmailUnverified, SubmissionRejected)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the rules would make of a request.

    held: plugins whose modifiers stay, since a person has voided or taken one of them. refusal:
    what a plugin would say if it was submitted now; then nothing else is worked out. problem: why
    the request is left as it is, whatever the rest says.
    """

    case: Case
    base_payout: Decimal
    payout: Decimal
    removed: tuple[StoredModifier, ...] = ()
    added: tuple[NewModifier, ...] = ()
    held: tuple[str, ...] = ()
    refusal: str = ""
    problem: str = ""

    @property
    def is_change(self) -> bool:
        """Whether anything of the request would be another."""
        return bool(self.base_payout != self.case.base_payout or self.removed or self.added)

    @property
    def token(self) -> str:
        """Names request, version and all that would change; equal where these are."""
        told = repr(
            (
                str(self.base_payout),
                [modifier.id for modifier in self.removed],
                [(*map(str, modifier.key), modifier.is_suggested) for modifier in self.added],
            )
        )
        digest = hashlib.sha256(told.encode()).hexdigest()[:16]
        return f"{self.case.id}.{self.case.version}.{digest}"


def unchanged(case: Case, *, problem: str = "", refusal: str = "") -> Plan:
    """A request that stays as it is."""
    return Plan(case, case.base_payout, case.payout, problem=problem, refusal=refusal)


@dataclass(frozen=True)
class Recalculation:
    """Asks plugins about requests; no transaction should be open meanwhile.

    seconds: how long all of the requests at hand may take together.
    """

    plugins: PluginRegistry
    contexts: ContextFactory
    session_factory: sessionmaker[Session]
    clock: Callable[[], datetime]
    seconds: float

    @property
    def problem(self) -> str:
        """Why nothing at all may be worked out, else empty.

        Without a plugin that could not be loaded, all that it gave would be taken away.
        """
        missing = sorted(
            {
                report.name
                for report in self.plugins.reports
                if not report.enabled and report.reason != NOT_NAMED
            }.difference(self.plugins.names)
        )
        if not missing:
            return ""
        one = len(missing) == 1
        return (
            f"The {'plugin' if one else 'plugins'} {', '.join(missing)} could not be loaded, so"
            f" nobody knows what {'it' if one else 'they'} would give, and nothing is worked out. A"
            f" site administrator has to mend {'it' if one else 'them'}, or to leave"
            f" {'it' if one else 'them'} out of srp.plugins."
        )

    def plans(self, cases: Sequence[Case]) -> tuple[Plan, ...]:
        """The plans of the first of the requests, as far as the time suffices, of one at least."""
        done: list[Plan] = []
        is_late = threading.Event()

        def work() -> None:
            for case in cases:
                plan = self.plan(case)
                left = remaining()
                if is_late.is_set() or (left is not None and left <= 0):
                    # What failed for want of time has not failed.
                    return
                done.append(plan)

        try:
            within(self.seconds, work, too_slow=TOO_SLOW)
        except Unavailable:
            is_late.set()
        # As many as there are now: a plugin that doesn't come back may do so any time.
        found = tuple(done)
        return found or tuple(unchanged(case, problem=TOO_SLOW) for case in cases[:1])

    def plan(self, case: Case) -> Plan:
        """What would become of one request; raises nothing that a plugin raises."""
        if case.is_base_by_hand:
            # Caps and minimums would be worked out on a base payout that doesn't count.
            return unchanged(case, problem=BY_HAND)
        # As it was at the submission: what came later is no earlier request.
        history = history_of(
            self.session_factory,
            case.submitter.id,
            self.clock,
            before=(case.submitted_at, case.id),
        )
        context_for = self.contexts.for_hooks(history, case.given_by)
        try:
            # In the order of a submission.
            refusal = self._refusal(case, context_for)
            if refusal:
                return unchanged(case, refusal=refusal)
            plan = self._judged(case, context_for)
        except (*_REFUSALS, SourceUnavailable) as error:
            return unchanged(case, problem=error.message)
        except PluginFailed as error:
            return unchanged(
                case, problem=f"The plugin {error.plugin} failed at {error.hook}: {error.message}"
            )
        if max(plan.base_payout, plan.payout) > LIMIT:
            beyond = f"The payout would be more than {pretty_isk(LIMIT)} ISK."
            return unchanged(case, problem=beyond)
        if plan.held and (plan.base_payout != case.base_payout or not plan.is_change):
            # What they would add to another base payout may be far from what they added to this.
            return replace(unchanged(case, problem=_held(plan.held)), held=plan.held)
        own = OWN if plan.is_change and not case.may_change else ""
        return replace(plan, problem=own)

    def _judged(self, case: Case, context_for: ContextFor) -> Plan:
        killmail, division = case.killmail, case.division
        base = base_payout_of(self.plugins, killmail, division, context_for)
        proposed = [
            NewModifier(
                plugin,
                ModifierKind(modifier.kind),
                modifier.value,
                modifier.note,
                is_suggested=not modifier.apply,
            )
            for plugin, modifier in self.plugins.payout_modifiers(
                killmail, division, case.submitter, context_for
            )
        ]
        found = difference(case.by_plugins, proposed)
        terms = [*case.by_people, *found.terms()]
        return Plan(case, base, payout(base, terms), found.removed, found.added, found.held)

    def _refusal(self, case: Case, context_for: ContextFor) -> str:
        try:
            self.plugins.validate_submission(
                case.killmail, case.division, case.submitter, context_for
            )
        except _REFUSALS as error:
            return error.message
        return ""


def _held(plugins: Sequence[str]) -> str:
    return (
        f"What {' and '.join(plugins)} gave stays: a reviewer voided or took a modifier of"
        f" {'it' if len(plugins) == 1 else 'each'}."
    )
