"""Operations whose long answers are walked by a cursor, or from an id on."""

from __future__ import annotations

from functools import partial

from srp_portal.sandbox.operation import Operation, Query

READ_PROJECTS = "esi-corporations.read_projects.v1"
READ_FREELANCE_JOBS = "esi-corporations.read_freelance_jobs.v1"
READ_CHARACTER_WALLET = "esi-wallet.read_character_wallet.v1"
READ_CORPORATION_WALLETS = "esi-wallet.read_corporation_wallets.v1"

# Younger than the old versions. ESI lets clients ask again at once.
_by_cursor = partial(Operation, "GET", age=0, versions=(), paging="cursor")
_from_id = partial(Operation, "GET", tag="Wallet", paging="from_id")

RECORD_OPERATIONS: tuple[Operation, ...] = (
    _by_cursor(
        "/corporations/{corporation_id}/projects",
        "Corporation Projects",
        "projects",
        "Projects of a corporation",
        group=("corp-project", 600),
        scope=READ_PROJECTS,
        name="GetCorporationsProjectsListing",
        query=(Query("state", "string", choices=("All", "Active"), default="Active"),),
        since="2025-08-26",
    ),
    _by_cursor(
        "/corporations/{corporation_id}/projects/{project_id}/contributors",
        "Corporation Projects",
        "project_contributors",
        "Who contributed to a project",
        group=("corp-project", 600),
        scope=READ_PROJECTS,
        name="GetCorporationsProjectsContributors",
        since="2025-08-26",
    ),
    _by_cursor(
        "/freelance-jobs",
        "Freelance Jobs",
        "freelance_jobs",
        "Freelance jobs that everybody may take",
        group=("freelance-job", 900),
        name="GetFreelanceJobsListing",
        query=(Query("corporation_id"),),
        since="2025-12-16",
    ),
    _by_cursor(
        "/corporations/{corporation_id}/freelance-jobs",
        "Freelance Jobs",
        "corporation_freelance_jobs",
        "Freelance jobs of a corporation",
        group=("corp-freelance-job", 300),
        scope=READ_FREELANCE_JOBS,
        name="GetCorporationsFreelanceJobsListing",
        since="2025-12-16",
    ),
    _by_cursor(
        "/corporations/{corporation_id}/freelance-jobs/{job_id}/participants",
        "Freelance Jobs",
        "freelance_job_participants",
        "Who takes part in a freelance job",
        group=("corp-freelance-job", 300),
        scope=READ_FREELANCE_JOBS,
        name="GetCorporationsFreelanceJobsParticipants",
        since="2025-12-16",
    ),
    _from_id(
        path="/characters/{character_id}/wallet/transactions",
        handler="character_transactions",
        summary="What a character bought and sold",
        group=("char-wallet", 150),
        scope=READ_CHARACTER_WALLET,
    ),
    _from_id(
        path="/corporations/{corporation_id}/wallets/{division}/transactions",
        handler="corporation_transactions",
        summary="What a division of a corporation bought and sold",
        group=("corp-wallet", 300),
        scope=READ_CORPORATION_WALLETS,
    ),
)
