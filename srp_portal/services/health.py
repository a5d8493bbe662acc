"""Whether a portal can serve: its database and its cache, never EVE."""

from __future__ import annotations

import contextlib
import logging

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

logger = logging.getLogger(__name__)

CACHE_TIMEOUT_S = 2.0


def readiness(engine: Engine, cache_url: str | None) -> dict[str, bool]:
    """Each part that must work to whether it does: `database`, and `cache` where one is set.

    What is wrong goes to the log; a stranger is told only which part it is.
    """
    parts = {"database": _database_works(engine)}
    if cache_url is not None:
        parts["cache"] = _cache_works(cache_url)
    return parts


def _database_works(engine: Engine) -> bool:
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        logger.warning("The database is not ready: %s", error)
        return False
    return True


def _cache_works(url: str) -> bool:
    # redis is an extra of the distribution: a portal with a cache URL and without it is not ready.
    try:
        import redis
    except ImportError as error:
        logger.warning("The cache is not ready: %s", error)
        return False
    try:
        client = redis.Redis.from_url(
            url, socket_timeout=CACHE_TIMEOUT_S, socket_connect_timeout=CACHE_TIMEOUT_S
        )
        with contextlib.closing(client):
            client.ping()
    except (redis.RedisError, OSError, ValueError) as error:
        logger.warning("The cache is not ready: %s", error)
        return False
    return True
