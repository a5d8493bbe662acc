"""Celery's worker: `celery -A srp_portal.worker worker --beat`.

SRP_CONFIG names the ini; without it the worker starts from what `srp-portal` without `-c` does.
"""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import Any

from srp_portal import logmask
from srp_portal.broker import DELIVER, RUN_DUE, make_celery
from srp_portal.composition import Portal, compose
from srp_portal.services.tasks import (
    CLEANUP_CALLBACKREDIRECT,
    CLEANUP_TOKEN,
    LOGIN_KEPT_S,
    POLL_S,
    callback_cleanup,
    run_due,
    run_now,
)
from srp_portal.settings import Settings, config_of_environment

#: A message about a clean-up that no worker took for so long is thrown away, in seconds.
MISSED_S = 3600.0


class PortalOfProcess:
    """A portal for whichever process asks: its connections and threads survive no fork."""

    def __init__(self, settings: Settings) -> None:
        """Raises SettingsError now, rather than in each task, if no portal can be made."""
        compose(settings).close()
        self._settings = settings
        self._lock = threading.Lock()
        self._owner: int | None = None
        self._portal: Portal | None = None

    def get(self) -> Portal:
        """The portal of this process."""
        with self._lock:
            if self._portal is None or self._owner != os.getpid():
                self._portal, self._owner = compose(self._settings), os.getpid()
            return self._portal


def make_worker(settings: Settings) -> Any:
    """The Celery application with its tasks and its beat. Raises SettingsError."""
    from celery.schedules import crontab

    app = make_celery(settings)
    portal = PortalOfProcess(settings)

    # Shared ones would be put into every other Celery application of the process, too.
    @app.task(name=RUN_DUE, shared=False)
    def run_due_tasks() -> None:
        run_due(portal.get())

    @app.task(name=DELIVER, shared=False)
    def deliver() -> None:
        portal.get().delivery.deliver_due()

    @app.task(name=CLEANUP_CALLBACKREDIRECT, shared=False)
    def cleanup_callbackredirect(max_age: float = 300) -> None:
        run_now(portal.get(), CLEANUP_CALLBACKREDIRECT, (callback_cleanup(max_age),))

    @app.task(name=CLEANUP_TOKEN, shared=False)
    def cleanup_token() -> None:
        run_now(portal.get(), CLEANUP_TOKEN)

    app.conf.update(
        # When which task is due is in the database: the beat has nothing to remember in a file.
        beat_scheduler="celery.beat:Scheduler",
        # What the two of ESI's miss while no beat is there, the first one makes up for.
        beat_schedule={
            RUN_DUE: {"task": RUN_DUE, "schedule": POLL_S, "options": {"expires": POLL_S}},
            CLEANUP_CALLBACKREDIRECT: {
                "task": CLEANUP_CALLBACKREDIRECT,
                "schedule": crontab(minute=17, hour="*/4"),
                "kwargs": {"max_age": LOGIN_KEPT_S},
                "options": {"expires": MISSED_S},
            },
            CLEANUP_TOKEN: {
                "task": CLEANUP_TOKEN,
                "schedule": crontab(minute=47, hour=4),
                "options": {"expires": MISSED_S},
            },
        },
    )
    return app


def __getattr__(name: str) -> Any:
    # Celery looks for `app`. Made when it is asked for: importing this module reads no settings.
    if name != "app":
        raise AttributeError(f"module {__name__} has no attribute {name}")
    return _application()


@cache
def _application() -> Any:
    from srp_portal.cli import bootstrap

    config = config_of_environment()
    try:
        app = make_worker(bootstrap.read_settings(config))
    except (bootstrap.CommandError, SystemExit) as error:
        # Celery shows a traceback of anything else.
        raise SystemExit(f"srp-portal: {error}") from None
    keep_secrets_out_of_logs()
    if config is not None:
        _log_as_the_file_says(config)
    return app


def keep_secrets_out_of_logs() -> None:
    from celery.signals import celeryd_after_setup, worker_process_init

    # When the worker has its handlers, whether they are Celery's own or the file's.
    for signal in (celeryd_after_setup, worker_process_init):
        signal.connect(lambda **_: logmask.install(), weak=False)


def _log_as_the_file_says(config: str) -> None:
    import plaster
    from celery.signals import setup_logging

    def set_up(**_: Any) -> None:
        plaster.setup_logging(config)

    setup_logging.connect(set_up, weak=False)
