"""Keeps the secret parts of webhooks' URLs out of the log lines of urllib3.

At level DEBUG it logs the path and query of every request, and there Discord has its token.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

import requests

_LOGGER = logging.getLogger("urllib3.connectionpool")


class _Mask(logging.Filter):
    """Puts `/…` in the place of the locations that it knows."""

    def __init__(self) -> None:
        super().__init__()
        self.locations: frozenset[str] = frozenset()

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                "/…" if isinstance(part, str) and part in self.locations else part
                for part in record.args
            )
        return True


_MASK = _Mask()


def keep_out_of_logs(urls: Iterable[str]) -> None:
    """Masks the paths of URLs, with their queries, from now on in this process."""
    # As they are sent, which is not always as they were written.
    sent = {requests.Request("POST", url).prepare().path_url for url in urls}
    _MASK.locations |= sent - {"/"}
    _LOGGER.addFilter(_MASK)
