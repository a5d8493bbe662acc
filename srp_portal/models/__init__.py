"""The tables, one module per aggregate; importing this package registers them all."""

from srp_portal.models import (  # noqa: F401
    access,
    divisions,
    events,
    killmails,
    payments,
    requests,
    search,
    tallies,
    users,
)
from srp_portal.models.meta import Base

metadata = Base.metadata

__all__ = ["Base", "metadata"]
