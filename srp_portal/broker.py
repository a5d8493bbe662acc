"""Celery as far as the web and its worker share it: the application, its queue, how to send to it.

Celery is an extra, and is imported only where `celery.broker_url` is set.
"""

from __future__ import annotations

import logging
from typing import Any

from srp_portal.services.crypto import Secrets
from srp_portal.settings import Settings, SettingsError

logger = logging.getLogger(__name__)

#: The names of the tasks; none of them takes arguments, what there is to do is in the database.
RUN_DUE = "srp_portal.run_due"
DELIVER = "srp_portal.deliver"

#: How long a broker may take to answer, in seconds.
PATIENCE_S = 2.0
#: After this time a message is thrown away unread, in seconds: the worker looks by itself anyway.
MESSAGE_LIFE_S = 60.0


class RemoteDelivery:
    """Has Celery's workers work the outbox off; for a DeliveryThread in the place of a Delivery."""

    def __init__(self, settings: Settings) -> None:
        """Connects to nothing yet. Raises SettingsError."""
        self._celery = make_celery(settings)
        self._celery.conf.broker_transport_options = {
            "max_retries": 0,
            "socket_connect_timeout": PATIENCE_S,
            "socket_timeout": PATIENCE_S,
        }

    def deliver_due(self) -> None:
        """Sends the task, once; a broker that doesn't take it is logged."""
        from kombu.exceptions import OperationalError

        try:
            self._celery.send_task(DELIVER, retry=False, expires=MESSAGE_LIFE_S, ignore_result=True)
        except OperationalError as error:
            # Nothing is lost: workers look into the outbox every few seconds, asked or not.
            logger.warning("The broker of celery.broker_url took no message: %s", error)

    def seconds_to_next(self) -> None:
        """None: the workers look after deliveries that wait for their next attempt."""


def make_celery(settings: Settings) -> Any:
    """A Celery application without tasks, on the broker of the settings.

    Portals that share a broker have queues of their own, named after their secrets. Raises
    SettingsError where there is no broker, or Celery can't work with it.
    """
    if settings.celery_broker_url is None:
        raise SettingsError("celery.broker_url", "is not set, so there is nothing to do for Celery")
    try:
        from celery import Celery
    except ModuleNotFoundError as error:
        raise _refused(
            f"the package {error.name} is missing; install srp-portal[celery]"
        ) from error
    queue = Secrets(settings.secret).digest("celery.queue", "")[:16]
    app = Celery("srp_portal", broker=settings.celery_broker_url, set_as_current=False)
    app.conf.update(
        task_default_queue=f"srp-portal-{queue}",
        task_serializer="json",
        result_serializer="json",
        accept_content=["json"],
        task_ignore_result=True,
        broker_connection_timeout=PATIENCE_S,
        broker_connection_retry_on_startup=True,
        worker_hijack_root_logger=False,
        timezone="UTC",
    )
    try:
        # Makes the transport, and connects to nothing.
        _ = app.connection_for_write().transport
    except KeyError as error:
        raise _refused("there is no such kind of broker") from error
    except ImportError as error:
        raise _refused(f"what this kind of broker needs is missing: {error}") from error
    except ValueError as error:
        raise _refused("the URL is malformed") from error
    return app


def _refused(why: str) -> SettingsError:
    return SettingsError("celery.broker_url", why)
