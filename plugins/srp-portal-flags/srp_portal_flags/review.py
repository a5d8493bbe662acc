"""Makes the checks one by one; what fails leaves out one flag and nothing else."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from decimal import Decimal

from srp_portal.plugin import Flag
from srp_portal_flags.case import Case, NoAnswer
from srp_portal_flags.table import CHECKS, Check

logger = logging.getLogger(__name__)


def review(case: Case, thresholds: Mapping[str, Decimal]) -> list[Flag]:
    """The flags of those checks that have a threshold, at most one of each, in the table's order.

    Raises nothing: a check that fails is logged with the killmail's id.
    """
    checks = [check for check in CHECKS if check.code in thresholds]
    for check in checks:
        for question in check.questions:
            case.begin(question)
    found = []
    for check in checks:
        flag = _made(check, case, thresholds[check.code])
        if flag is not None:
            found.append(flag)
    return found


def _made(check: Check, case: Case, threshold: Decimal) -> Flag | None:
    killmail_id = case.killmail.killmail_id
    try:
        text = check.find(case, threshold)
        return None if text is None else Flag(check.code, check.level, text)
    except NoAnswer as error:
        logger.warning("No flag %s for killmail %d: %s", check.code, killmail_id, error)
    # Whatever it is: the other checks are as good as before, and the submission is not to blame.
    except Exception:
        logger.warning("No flag %s for killmail %d", check.code, killmail_id, exc_info=True)
    return None
