"""Generated data for trying and measuring a portal: the same for the same seed, loaded in bulk."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from srp_portal.domain.errors import InvalidInput
from srp_portal.models.events import AuditEntry
from srp_portal.models.killmails import InventoryType
from srp_portal.models.requests import SrpRequest
from srp_portal.seeding import people
from srp_portal.seeding.bulk import BulkLoad, loading
from srp_portal.seeding.people import Casting
from srp_portal.seeding.requests import MODELS as REQUEST_MODELS
from srp_portal.seeding.requests import Requests
from srp_portal.seeding.ships import MODULES
from srp_portal.seeding.wording import RULES
from srp_portal.services import accounts, apikeys, audit
from srp_portal.services.accounts import COMMAND_LINE
from srp_portal.services.crypto import Secrets
from srp_portal.services.results import Reference

#: When generated data ends; fixed, so that its times are the same whenever it is made.
NOW = datetime(2025, 7, 1, 12, tzinfo=UTC)

#: Ids run out of their ranges above this.
MOST_REQUESTS = 10_000_000
LARGEST_SEED = 2**31 - 1

_ACTION = "seed.applied"
_SUBJECT = "seed"


@dataclass(frozen=True, slots=True)
class SeedReport:
    """What was made: divisions, and a local account that reviews and pays in all of them."""

    divisions: tuple[Reference, ...]
    reviewer: str
    password: str
    api_key: str
    requests: int


def seed(
    engine: Engine,
    secrets: Secrets,
    *,
    requests: int,
    seed: int,
    progress: Callable[[int], None] | None = None,
) -> SeedReport:
    """Adds users, divisions and so many requests, in one transaction.

    The same numbers make the same data in an empty database, times included; under the same
    `srp.secret` the reviewer's password and API key are the same as well. What the database holds
    already stays. progress: told how many requests are loaded so far. Raises InvalidInput for a
    number out of range, and for a seed that is in the database already.
    """
    _check("requests", requests, 1, MOST_REQUESTS)
    _check("seed", seed, 0, LARGEST_SEED)
    with loading(engine) as connection, Session(connection) as dbsession:
        load = BulkLoad(connection)
        models = (*people.MODELS, *REQUEST_MODELS)
        load.lock(models)
        _check_new(dbsession, seed)
        # On a table that is full already, its indexes are cheaper kept than built anew.
        is_worthwhile = requests > load.count(SrpRequest)
        with (
            load.without_tallies(),
            load.without_full_text(),
            load.without_indexes(REQUEST_MODELS if is_worthwhile else ()),
        ):
            report = _load(
                load, dbsession, secrets, requests=requests, seed=seed, progress=progress
            )
        load.finish(models)
        _remember(dbsession, report, seed)
    return report


def _load(
    load: BulkLoad,
    dbsession: Session,
    secrets: Secrets,
    *,
    requests: int,
    seed: int,
    progress: Callable[[int], None] | None,
) -> SeedReport:
    password, key = _password(secrets, seed), _api_key(secrets, seed)
    reviewer = accounts.create_local_user(
        dbsession, f"seed-reviewer-{seed}", password, is_admin=False, now=NOW
    )
    apikeys.create(
        dbsession,
        secrets,
        user_id=reviewer.id,
        actor=COMMAND_LINE,
        name="Generated data",
        now=NOW,
        key=key,
    )
    rules = accounts.plugin_user(dbsession, RULES, NOW)
    _add_item_names(dbsession)
    source = random.Random(f"srp_portal {seed}")  # noqa: S311 - nothing secret is drawn
    casting = Casting(load, dbsession, source, seed, NOW)
    cast = casting.cast(requests, reviewer_id=reviewer.id, rules_id=rules.id)
    made, loader = 0, Requests(load, source, cast, requests, NOW)
    while made < requests:
        made = loader.load_chunk(made)
        if progress is not None:
            progress(made)
    return SeedReport(
        divisions=tuple(staff.division for staff in cast.staff),
        reviewer=reviewer.name,
        password=password,
        api_key=key,
        requests=made,
    )


def _check(name: str, number: int, least: int, most: int) -> None:
    if not least <= number <= most:
        raise InvalidInput(name, f"--{name} is a number from {least:,} to {most:,}.")


def _check_new(dbsession: Session, seed: int) -> None:
    entry = select(AuditEntry.id).where(
        AuditEntry.subject_type == _SUBJECT,
        AuditEntry.subject_id == seed,
        AuditEntry.action == _ACTION,
    )
    if dbsession.scalar(entry.limit(1)) is not None:
        raise InvalidInput(
            "seed", f"The data of seed {seed} is in this database already; take another --seed."
        )


def _remember(dbsession: Session, report: SeedReport, seed: int) -> None:
    audit.record(
        dbsession,
        now=NOW,
        actor=COMMAND_LINE,
        action=_ACTION,
        subject_type=_SUBJECT,
        subject_id=seed,
        payload={
            "requests": report.requests,
            "divisions": [division.name for division in report.divisions],
        },
    )
    dbsession.flush()


def _add_item_names(dbsession: Session) -> None:
    known = set(dbsession.scalars(select(InventoryType.id).where(InventoryType.id.in_(MODULES))))
    dbsession.add_all(
        InventoryType(id=type_id, name=name)
        for type_id, name in MODULES.items()
        if type_id not in known
    )
    dbsession.flush()


# Derived from the site's secret: the same each time here, and nobody's guess elsewhere.
def _password(secrets: Secrets, seed: int) -> str:
    return secrets.digest("seed password", str(seed))[:20]


def _api_key(secrets: Secrets, seed: int) -> str:
    key = bytes.fromhex(secrets.digest("seed apikey", str(seed)))
    return base64.urlsafe_b64encode(key).decode().replace("=", ",")
