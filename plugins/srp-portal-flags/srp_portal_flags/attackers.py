"""Checks of who shot: own characters, friends, NPCs, one pilot alone."""

from __future__ import annotations

import logging
from collections import Counter
from decimal import Decimal

from srp_portal.plugin import Attacker
from srp_portal_flags.case import Case, NoAnswer
from srp_portal_flags.eve import own_attacker_names
from srp_portal_flags.words import counted, some

logger = logging.getLogger(__name__)

# In EVE's own corporations strangers are together that nobody has chosen.
_NPC_CORPORATIONS = range(1_000_000, 2_000_000)


def own_character(case: Case, _threshold: Decimal) -> str | None:
    """A character of the submitter's, or the pilot, among the attackers."""
    attackers = {attacker.character_id for attacker in case.killmail.attackers}
    found = sorted(case.people & attackers)
    if not found:
        return None
    names = {case.killmail.pilot_id: case.killmail.pilot} | _asked_names(case)
    shown = [names.get(character_id, str(character_id)) for character_id in found]
    return f"Own character{'s' if len(shown) > 1 else ''} {some(shown)} among the attackers"


def friendly_fire(case: Case, threshold: Decimal) -> str | None:
    """So many attackers of the pilot's corporation or alliance, or of the division's groups."""
    killmail = case.killmail
    others = [
        attacker
        for attacker in killmail.attackers
        if attacker.character_id not in (None, killmail.pilot_id)
    ]
    friends = Counter(side for each in others if (side := _side(case, each)))
    if friends.total() >= threshold:
        sides = ", ".join(f"{number} of {side}" for side, number in friends.most_common())
        return f"Friendly fire by {friends.total()} of {counted(len(others), 'pilot')}: {sides}"
    if killmail.awox and threshold == 1:
        return f"{_board(case)} calls it friendly fire"
    return None


def npc(case: Case, _threshold: Decimal) -> str | None:
    """No player among the attackers."""
    if case.killmail.attackers and not _players(case):
        return "Killed by NPCs alone"
    return f"{_board(case)} calls it a loss to NPCs" if case.killmail.npc else None


def solo(case: Case, threshold: Decimal) -> str | None:
    """So few players among the attackers, but one at least."""
    players = len(_players(case))
    if 0 < players <= threshold:
        return f"Killed by {counted(players, 'pilot')} alone"
    return f"{_board(case)} calls it a solo kill" if case.killmail.solo else None


def _players(case: Case) -> list[Attacker]:
    return [each for each in case.killmail.attackers if each.character_id is not None]


def _side(case: Case, attacker: Attacker) -> str:
    """What makes the attacker a friend, blank for an enemy."""
    killmail, division = case.killmail, case.division
    corporation_id, alliance_id = attacker.corporation_id, attacker.alliance_id
    if corporation_id == killmail.corporation_id and corporation_id not in _NPC_CORPORATIONS:
        return killmail.corporation
    if alliance_id is not None and alliance_id == killmail.alliance_id:
        return killmail.alliance or ""
    if corporation_id in division.corporation_ids or alliance_id in division.alliance_ids:
        return "the division's other groups"
    return ""


def _asked_names(case: Case) -> dict[int, str]:
    """Names by character id, where EVE may be asked and answers."""
    if not case.options.names:
        return {}
    try:
        return case.answer(own_attacker_names)
    except NoAnswer as error:
        # The flag matters more than the name in it.
        logger.warning("Names of own characters are left out: %s", error)
        return {}


def _board(case: Case) -> str:
    return case.killmail.source or "The killmail's source"
