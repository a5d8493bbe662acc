"""API keys kept out of logs: in URLs, in headers, in tracebacks."""

from __future__ import annotations

import logging
import re

MASK = "***"

_SECRETS = re.compile(
    r"(?P<name>apikey(?:=|%3D)|\bBearer(?:\s+|%20))[^\s&\"'<>#;%]+(?:%2C|%3D)?", re.IGNORECASE
)


def masked(text: str) -> str:
    """The text without what follows `apikey=` or `Bearer`."""
    return _SECRETS.sub(lambda match: match["name"] + MASK, text)


class KeyMask(logging.Filter):
    """Masks keys in whatever passes a handler; lets everything pass."""

    _formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrites the record where there is something to hide."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            # Arguments that don't fit: the handler reports that in its own way.
            return True
        clean = masked(message)
        if clean != message:
            record.msg, record.args = clean, ()
        if record.exc_info and not record.exc_text:
            # Formatters take the text that is there already.
            record.exc_text = self._formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = masked(record.exc_text)
        return True


def install() -> None:
    """Puts the filter on every handler there is; again, after logging was set up anew.

    On handlers, not on loggers: a logger's filter does not see what its children log.
    """
    known = [logging.getLogger(), *map(logging.getLogger, list(logging.root.manager.loggerDict))]
    handlers = [handler for logger in known for handler in logger.handlers]
    if logging.lastResort is not None:
        handlers.append(logging.lastResort)
    for handler in handlers:
        if not any(isinstance(each, KeyMask) for each in handler.filters):
            handler.addFilter(KeyMask())
