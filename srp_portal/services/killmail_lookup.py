"""Everything that is asked of the network and the plugins before a request is stored."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from srp_portal.domain.errors import AlreadySubmitted, InvalidInput, Unavailable
from srp_portal.domain.money import LIMIT, ZERO, pretty_isk
from srp_portal.domain.payout import ModifierKind, ModifierTerm, payout
from srp_portal.esi.deadlines import remaining
from srp_portal.esi.errors import EsiError
from srp_portal.esi.lookups import names
from srp_portal.hooks.border import FETCH
from srp_portal.hooks.context import ContextFactory
from srp_portal.hooks.errors import PluginFailed
from srp_portal.hooks.registry import ContextFor, PluginRegistry
from srp_portal.models.requests import SrpRequest
from srp_portal.plugin import (
    DivisionInfo,
    Flag,
    History,
    Killmail,
    KillmailNotFound,
    KillmailUnverified,
    ProposedModifier,
    SourceUnavailable,
    SubmissionRejected,
    UserInfo,
)
from srp_portal.services.deadline import TookTooLong, those_within, within

logger = logging.getLogger(__name__)

#: All look-ups of a submission together (contract/http.md, "Submitting").
SECONDS = 15.0
#: Longest time for all plugins that flag, side by side; they come last, and within the above. More
#: than a plugin should wait for EVE, so that it can still leave out alone what had no answer.
FLAG_SECONDS = 5.0
#: The part of what is left of the time that flags may have: the answer must not be late for them.
_FLAG_SHARE = 0.8
#: Longest link in characters.
URL_LENGTH = 2_000
TOO_SLOW = (
    "The killmail's source or EVE did not answer in time. Nothing was stored; try again in a while."
)

_REFUSALS = (KillmailNotFound, KillmailUnverified, SubmissionRejected)


@dataclass(frozen=True, slots=True)
class Loss:
    """A killmail with what the plugins say of it: all that a request is made of.

    item_names: type id to name of what was on board, as far as EVE could be asked.
    """

    killmail: Killmail
    base_payout: Decimal
    modifiers: tuple[tuple[str, ProposedModifier], ...]
    flags: tuple[tuple[str, Flag], ...]
    item_names: Mapping[int, str]

    @property
    def payout(self) -> Decimal:
        """ISK with the modifiers that count from the start."""
        terms = (
            ModifierTerm(ModifierKind(m.kind), m.value, is_suggested=not m.apply)
            for _, m in self.modifiers
        )
        return payout(self.base_payout, terms)


@dataclass(frozen=True)
class KillmailLookup:
    """Asks sources, EVE and plugins; opens no transaction but short ones of its own.

    seconds: how long one submission may take.
    """

    plugins: PluginRegistry
    contexts: ContextFactory
    session_factory: sessionmaker[Session]
    esi: Any
    seconds: float = SECONDS

    def look_up(
        self, url: str, division: DivisionInfo, submitter: UserInfo, history: History
    ) -> Loss:
        """The loss behind a link, checked for this submitter.

        Raises InvalidInput (field `url`) for a refusal, AlreadySubmitted, Unavailable (also when
        it takes too long).
        """
        if not url:
            raise InvalidInput("url", "Paste the link of a killmail.")
        if len(url) > URL_LENGTH:
            raise self._no_link()
        try:
            return within(
                self.seconds,
                lambda: self._look_up(url, division, submitter, history),
                too_slow=TOO_SLOW,
            )
        except TookTooLong as late:
            if late.running is None or late.running.hook.startswith(FETCH):
                raise
            raise Unavailable(
                f"The plugin {late.running.plugin} did not answer in time. Nothing was stored; try"
                " again in a while."
            ) from late

    def _no_link(self) -> InvalidInput:
        kinds = " ".join(source.description for source in self.plugins.sources)
        return InvalidInput("url", f"This is no killmail link that works here. {kinds}".strip())

    def _look_up(
        self, url: str, division: DivisionInfo, submitter: UserInfo, history: History
    ) -> Loss:
        try:
            # Within the deadline too: `matches` is a plugin's code as well, and may hang.
            loaded = self.plugins.find_source(url)
            if loaded is None:
                raise self._no_link()
            killmail = self.plugins.fetch(loaded, url, self.contexts.for_source(loaded, history))
            self._check_victim(killmail, submitter)
            return self._judged(killmail, division, submitter, history)
        except _REFUSALS as error:
            raise InvalidInput("url", error.message) from error
        except SourceUnavailable as error:
            raise Unavailable(error.message) from error
        except PluginFailed as error:
            # The border has logged what it was.
            raise _unavailable(error) from error

    def _check_victim(self, killmail: Killmail, submitter: UserInfo) -> None:
        with self.session_factory() as dbsession:
            is_known = dbsession.scalar(
                select(SrpRequest.id).where(SrpRequest.id == killmail.killmail_id)
            )
        if is_known is not None:
            raise AlreadySubmitted(killmail.killmail_id)
        if killmail.pilot_id not in submitter.character_ids:
            raise InvalidInput(
                "url",
                f"The victim is {killmail.pilot}, which is not one of your characters."
                " Add the character to your account first, if it is yours.",
            )

    def _judged(
        self, killmail: Killmail, division: DivisionInfo, submitter: UserInfo, history: History
    ) -> Loss:
        context_for = self.contexts.for_hooks(history)
        self.plugins.validate_submission(killmail, division, submitter, context_for)
        base_payout = base_payout_of(self.plugins, killmail, division, context_for)
        modifiers = self.plugins.payout_modifiers(killmail, division, submitter, context_for)
        item_names = self._item_names(killmail)
        # Flags last, in what is left of the time: a request is never refused for want of them.
        calls = self.plugins.review_flag_calls(killmail, division, submitter, context_for)
        loss = Loss(
            killmail=killmail,
            base_payout=base_payout,
            modifiers=tuple(modifiers),
            flags=tuple(those_within(_seconds_for_flags(), calls)),
            item_names=item_names,
        )
        if max(loss.base_payout, loss.payout) > LIMIT:
            raise InvalidInput("url", f"The payout would be more than {pretty_isk(LIMIT)} ISK.")
        return loss

    def _item_names(self, killmail: Killmail) -> dict[int, str]:
        inner = (item for outer in killmail.items for item in (outer, *outer.items))
        ids = {item.type_id for item in inner}
        if not ids:
            return {}
        try:
            return {id_: name for id_, (_, name) in names(self.esi, ids).items()}
        except EsiError:
            # Names of modules decide nothing; the page shows their numbers.
            logger.warning("Names of items of killmail %d unknown", killmail.killmail_id)
            return {}


def base_payout_of(
    plugins: PluginRegistry, killmail: Killmail, division: DivisionInfo, context_for: ContextFor
) -> Decimal:
    """ISK: what the first plugin says that answers, else the killmail's value, else nothing.

    Raises the public errors of plugins, else PluginFailed.
    """
    base = plugins.base_payout(killmail, division, context_for)
    if base is not None:
        return base
    return ZERO if killmail.value is None else killmail.value


def _seconds_for_flags() -> float:
    left = remaining()
    return FLAG_SECONDS if left is None else max(0.0, min(FLAG_SECONDS, left * _FLAG_SHARE))


def _unavailable(error: PluginFailed) -> Unavailable:
    return Unavailable(
        f"The plugin {error.plugin} failed, so nothing was stored. The administrator finds the"
        " reason in the log."
    )
