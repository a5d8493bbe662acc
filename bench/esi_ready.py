"""How long and how much memory a client needs until its first operation, in this fresh process.

    PYTHON bench/esi_ready.py ours|django-esi-7|django-esi-10 [SPECIFICATION]

Writes JSON: `import_s` and `ready_s` (seconds), `import_mb` and `ready_mb` (growth of the resident
set). The first pair is for importing the library where its framework and `requests` are loaded
already, the second for making the client and its first operation. Nothing is sent. It runs in the
environment of each library, so it needs the standard library alone.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

Make = Callable[[], object]


def ours(specification: str | None) -> Make:
    """The client of srp_portal.esi."""
    from srp_portal.esi import EsiClientProvider

    def make() -> object:
        client = EsiClientProvider(spec_file=specification).client
        return client.Universe.get_universe_types_type_id(type_id=587)

    return make


def django_esi_7(specification: str | None) -> Make:
    """django-esi's Swagger client, from a file, where it usually asks ESI."""
    from esi.clients import EsiClientProvider

    def make() -> object:
        provider = EsiClientProvider(spec_file=specification, ua_appname="Bench", ua_version="1")
        return provider.client.Universe.get_universe_types_type_id(type_id=587)

    return make


def django_esi_10(specification: str | None) -> Make:
    """django-esi's OpenAPI client with all operations, from a file, where it usually asks ESI."""
    from esi.openapi_clients import ESIClientProvider

    def make() -> object:
        provider = ESIClientProvider(
            compatibility_date="2025-12-16",
            ua_appname="Bench",
            ua_version="1",
            spec_file=specification,
        )
        return provider.client.Universe.GetUniverseTypesTypeId(type_id=587)

    return make


KINDS = {"ours": ours, "django-esi-7": django_esi_7, "django-esi-10": django_esi_10}


def prepare(kind: str) -> None:
    """Loads what an application has loaded before it comes to ESI."""
    import requests  # noqa: F401

    if kind == "ours":
        import pyramid.config  # noqa: F401

        return
    import django
    from django.conf import settings

    settings.configure(
        DEBUG=True,
        SECRET_KEY="bench",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes", "esi"],
        ESI_SSO_CLIENT_ID="id",
        ESI_SSO_CLIENT_SECRET="secret",
        ESI_SSO_CALLBACK_URL="http://localhost/sso/callback",
        ESI_USER_CONTACT_EMAIL="bench@example.org",
    )
    django.setup()


def resident_mb() -> float:
    """The resident set of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def main(kind: str, specification: str | None = None) -> None:
    """Writes the figures."""
    warnings.simplefilter("ignore")
    prepare(kind)
    moments = [(time.perf_counter(), resident_mb())]
    make = KINDS[kind](specification)
    moments.append((time.perf_counter(), resident_mb()))
    kept = make()
    moments.append((time.perf_counter(), resident_mb()))
    assert kept is not None
    (began, empty), (imported, loaded), (ready, full) = moments
    figures = {
        "import_s": imported - began,
        "import_mb": loaded - empty,
        "ready_s": ready - imported,
        "ready_mb": full - loaded,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    # This folder has an `esi` of its own.
    sys.path.pop(0)
    main(*sys.argv[1:])
