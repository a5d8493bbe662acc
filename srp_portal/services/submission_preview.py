"""What a loss would be as a request, for its submitter, before anything is stored."""

from __future__ import annotations

from dataclasses import dataclass

from srp_portal.services.killmail_lookup import Loss
from srp_portal.services.results import Reference


@dataclass(frozen=True, slots=True)
class SubmissionPreview:
    """A loss that was looked up for its submitter, in the division that was chosen.

    Whoever shows it leaves out the loss's flags, which are for the staff.
    """

    reader: Reference
    division: Reference
    loss: Loss
