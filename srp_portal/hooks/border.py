"""The border between plugins and the portal: guarded calls, and checks of what comes over.

Every refusal names plugin, hook, field and value. A plugin's own answers (the public errors) pass.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import islice
from typing import TypeVar

from srp_portal.domain.money import round_isk
from srp_portal.domain.payout import ModifierKind
from srp_portal.hooks.errors import PluginFailed, describe
from srp_portal.hooks.interrupts import interrupts
from srp_portal.hooks.running import Report, is_awaited, running
from srp_portal.plugin import (
    Flag,
    IskOutOfRange,
    Killmail,
    KillmailNotFound,
    KillmailUnverified,
    Panel,
    SourceUnavailable,
    SubmissionRejected,
)
from srp_portal.plugin import ProposedModifier as Modifier
from srp_portal.plugin.checks import isk_amount, shown

logger = logging.getLogger(__name__)

T = TypeVar("T", Killmail, Modifier, Flag, Panel)

#: The errors by which a plugin answers on purpose.
ANSWERS = (KillmailNotFound, KillmailUnverified, SubmissionRejected, SourceUnavailable)

#: More than this from one hook is a runaway generator and not an answer.
MOST_RESULTS = 100
#: Relative modifiers are kept to a thousandth of a percent.
_RATIO_STEP = Decimal("0.00001")
#: How the names of the calls begin that fetch killmails.
FETCH = "fetch of source"


def unreported(failure: PluginFailed) -> None:
    """Takes no note: the log has it."""


@contextmanager
def guarded(plugin: str, hook: str, report: Report = unreported) -> Iterator[None]:
    """Turns whatever a plugin raises into PluginFailed, logged with its traceback and reported.

    The public errors of `srp_portal.plugin` pass: they are answers. So do PluginFailed and the
    operator's Ctrl-C.
    """
    with interrupts() as is_interrupt, running(plugin, hook, report):
        try:
            yield
        except ANSWERS:
            raise
        except PluginFailed as wrong:
            _report(wrong, report)
            raise
        # A plugin that calls sys.exit(), or whose asyncio is cancelled, must not end the thread
        # that serves others.
        except BaseException as error:
            if is_interrupt(error):
                raise
            failure = PluginFailed(plugin, hook, describe(error))
            logger.exception("Plugin %s: %s failed", plugin, hook)
            _report(failure, report)
            raise failure from error


def _report(failure: PluginFailed, report: Report) -> None:
    # What fails when its time is over has been reported as late.
    if is_awaited():
        report(failure)


@contextmanager
def skipped(plugin: str, hook: str, report: Report = unreported) -> Iterator[None]:
    """A guard for hooks that must not stop anything: failures are logged, the rest is left out."""
    try:
        with guarded(plugin, hook, report):
            yield
    except PluginFailed as failure:
        logger.warning("%s; its answer is left out", failure)
    except ANSWERS as error:
        logger.warning("Plugin %s: %s answered %s; it is left out", plugin, hook, describe(error))


def checked_killmail(plugin: str, source: str, result: object) -> Killmail:
    """The killmail that a source gave, its ISK rounded, its source filled in.

    Raises KillmailUnverified where the source itself does not vouch for it.
    """
    hook = f"{FETCH} {source}"
    killmail = _revalidated(plugin, hook, result, Killmail)
    if not killmail.verified:
        raise KillmailUnverified("The killmail could not be verified.")
    return replace(
        killmail,
        source=killmail.source or source,
        value=None if killmail.value is None else round_isk(killmail.value),
        values={name: round_isk(amount) for name, amount in killmail.values.items()},
    )


def checked_base_payout(plugin: str, result: object) -> Decimal | None:
    """ISK from 0, rounded, or None."""
    if result is None:
        return None
    if isinstance(result, str):
        raise _wrong(plugin, "base_payout", f"result must be a Decimal, not {shown(result)}")
    try:
        return round_isk(isk_amount("result", result))
    except IskOutOfRange as error:
        raise _beyond(plugin, "base_payout", error) from error
    except (TypeError, ValueError) as error:
        raise _wrong(plugin, "base_payout", str(error)) from error


def checked_modifiers(plugin: str, result: object) -> list[Modifier]:
    """Proposed modifiers, ISK rounded to 0.01 and fractions to five decimals, both half-even."""
    return [
        replace(modifier, value=_rounded(modifier))
        for modifier in _listed(plugin, "payout_modifiers", result, Modifier)
    ]


def checked_flags(plugin: str, result: object) -> list[Flag]:
    """Flags for reviewers."""
    return _listed(plugin, "review_flags", result, Flag)


def checked_panels(plugin: str, result: object) -> list[Panel]:
    """Panels for the request page."""
    return _listed(plugin, "request_panels", result, Panel)


def check_nothing(plugin: str, hook: str, result: object) -> None:
    """Refuses an answer from a hook that has none: a refusal returned would go unheard."""
    if result is not None:
        raise _wrong(plugin, hook, f"result must be None, not {shown(result)}")


def _rounded(modifier: Modifier) -> Decimal:
    if modifier.kind == ModifierKind.ABSOLUTE.value:
        return round_isk(modifier.value)
    return modifier.value.quantize(_RATIO_STEP, rounding=ROUND_HALF_EVEN)


def _listed(plugin: str, hook: str, result: object, kind: type[T]) -> list[T]:
    """The results of a hook that gives several; None is none. Consumes generators."""
    if result is None:
        return []
    if isinstance(result, str | bytes | Mapping) or not isinstance(result, Iterable):
        raise _wrong(
            plugin, hook, f"result must be an iterable of {kind.__name__}, not {shown(result)}"
        )
    items = list(islice(result, MOST_RESULTS + 1))
    if len(items) > MOST_RESULTS:
        raise _wrong(plugin, hook, f"result has more than {MOST_RESULTS} of {kind.__name__}")
    return [_revalidated(plugin, hook, item, kind) for item in items]


def _revalidated(plugin: str, hook: str, value: object, kind: type[T]) -> T:
    """The value, checked once more: frozen is a convention that a plugin can get around."""
    if not isinstance(value, kind):
        raise _wrong(plugin, hook, f"result must be of {kind.__name__}, not {shown(value)}")
    try:
        return replace(value)
    except IskOutOfRange as error:
        raise _beyond(plugin, hook, error) from error
    except (TypeError, ValueError) as error:
        raise _wrong(plugin, hook, str(error)) from error


def _beyond(plugin: str, hook: str, error: IskOutOfRange) -> IskOutOfRange:
    """The refusal of an amount, with the name of the plugin that gave it."""
    logger.warning("Plugin %s, hook %s: %s", plugin, hook, error.message)
    return IskOutOfRange(
        f"The plugin {plugin} gives an amount that can't be taken: {error.message}"
    )


def _wrong(plugin: str, hook: str, message: str) -> PluginFailed:
    logger.error("Plugin %s: %s gave a wrong value: %s", plugin, hook, message)
    return PluginFailed(plugin, hook, message)
