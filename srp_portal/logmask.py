"""API keys, webhooks' tokens and passwords kept out of logs: in URLs, headers, tracebacks."""

from __future__ import annotations

import logging
import re

from srp_portal.domain.redaction import without_secrets

MASK = "***"
#: Loggers, with their children, that tell of what is called: ours, those of the plugins that come
#: with the portal, and that of the library by which all of them call.
_CALLING = re.compile(r"(?:srp_portal\w*|urllib3)(?:\.|$)")


def _coded(text: str) -> str:
    """A pattern for the text, of which any character may be percent-encoded, and that again."""
    return "".join(
        rf"(?:{letter}|%(?:25)*(?:{ord(letter):02X}|{ord(letter.upper()):02X}))" for letter in text
    )


#: What surely ends a value, as it stands and as it is encoded within another URL's value.
_PLAIN = r"[^\s&\"'<>#;]+"
_ENCODED = r"(?:[^\s&\"'<>#;%]|%(?!(?:25)*26))+"
_QUOTE = r"\\?[\"']"

_SECRETS = re.compile(
    rf"""
    (?P<before>
        {_coded("apikey")} (?: = | {_QUOTE}\s*[:,]\s*\[?[bu]?(?={_QUOTE}) ) (?:{_QUOTE})?
        | \bBearer(?: \s+ | \+ | (?=%(?:25)*20) )
    ) {_PLAIN}
    | (?P<before_encoded> {_coded("apikey")} %(?:25)*3D ) {_ENCODED}
    """,
    re.IGNORECASE | re.VERBOSE,
)


def masked(text: str) -> str:
    """The text without what follows `apikey` or `Bearer`, in a URL, a header or a repr."""
    return _SECRETS.sub(lambda match: (match["before"] or match["before_encoded"]) + MASK, text)


class KeyMask(logging.Filter):
    """Masks keys in whatever passes a handler; lets everything pass.

    Tracebacks of all loggers, and messages of those that tell of calls, are without paths and
    passwords of URLs as well.
    """

    _formatter = logging.Formatter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrites the record where there is something to hide."""
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            # Arguments that don't fit: the handler reports that in its own way.
            return True
        clean = masked(message)
        if _CALLING.match(record.name):
            clean = without_secrets(clean)
        if clean != message:
            record.msg, record.args = clean, ()
        if record.exc_info and not record.exc_text:
            # Formatters take the text that is there already.
            record.exc_text = self._formatter.formatException(record.exc_info)
        if record.exc_text:
            record.exc_text = without_secrets(masked(record.exc_text))
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
