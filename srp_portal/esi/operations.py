"""One call of an operation: `esi.client.Universe.get_universe_types_type_id(type_id=587)`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from srp_portal.esi.catalogue import OperationSpec
from srp_portal.esi.connections import Answer
from srp_portal.esi.credentials import TokenSource, credential
from srp_portal.esi.deadlines import deadline
from srp_portal.esi.fetching import Environment, How, fetch
from srp_portal.esi.paging import collect
from srp_portal.esi.parameters import LANGUAGES, language_code, place, settled
from srp_portal.esi.records import (
    MOST_RECORDS,
    Ask,
    Records,
    all_by_cursor,
    all_from_id,
    by_cursor,
    from_id,
    listed,
    numbered,
    older,
    single,
)
from srp_portal.esi.transport import Timeout

__all__ = ["Environment", "Operation", "RequestConfig"]


@dataclass
class RequestConfig:
    """What a caller may change about an operation before its result is asked for."""

    also_return_response: bool = False


class Operation:
    """A call with its arguments, sent each time a result is asked for.

    arguments: those of the operation, and with any of them `token` (an access token
    or a `Token`), `language` and `datasource`. Raises TypeError for one that is
    unknown, missing or of a wrong type, and for two cursors at once.
    """

    def __init__(
        self, environment: Environment, spec: OperationSpec, arguments: Mapping[str, Any]
    ) -> None:
        self._environment = environment
        self._spec = spec
        own = dict(arguments)
        self._token: str | TokenSource | None = own.pop("token", None) or environment.token
        if not isinstance(self._token, str | TokenSource | None):
            kind = type(self._token).__name__
            message = f"{spec.old_name}(): token must be a text or a Token, not {kind}"
            raise TypeError(message)
        self._tenant: str = own.pop("datasource", None) or environment.tenant
        language = own.pop("language", None)
        self._language = None if language is None else language_code(language)
        self._arguments = settled(own)
        self._placed = place(spec, self._arguments)
        if spec.paging == "cursor" and len(_start(self._arguments)) > 1:
            raise TypeError(f"{spec.old_name}(): after and before exclude each other")
        self.request_config = RequestConfig()

    def __repr__(self) -> str:
        return f"<Operation {self._spec.name}>"

    def result(
        self,
        *,
        timeout: Timeout | None = None,
        retries: int | None = None,
        language: str | None = None,
        ignore_cache: bool = False,
    ) -> Any:
        """What ESI answers: the decoded value, or (value, `Answer`) where the config asks for both.

        timeout: seconds, or seconds to connect and to read. retries: how often to try
        again. ignore_cache: fetch it anew in full. Raises EsiError and its children,
        ValueError for an unknown language.
        """
        how = self._how(timeout, retries, language, ignore_cache)
        with deadline(self._environment.settings.requests_total_timeout):
            answer, value = fetch(self._environment, self._spec, self._placed, how)
        return self._result(value, answer)

    def results(
        self,
        *,
        timeout: Timeout | None = None,
        retries: int | None = None,
        language: str | None = None,
        ignore_cache: bool = False,
    ) -> Any:
        """All pages as one list; an operation without pages answers as with `result()`.

        Counted pages are read all, whatever `page` says. A listing with cursors is in
        ESI's order, newest last: all of it, or from `after` on, or what is older than
        `before`. One that goes on by `from_id` is newest first. One deadline is for all.
        The second value is that of the highest page, or of the last request. Raises
        IncompleteResponseError too, when the pages don't fit together.
        """
        how = self._how(timeout, retries, language, ignore_cache)
        with deadline(self._environment.settings.requests_total_timeout):
            value, answer = self._all(how)
        return self._result(value, answer)

    def records(
        self,
        *,
        timeout: Timeout | None = None,
        retries: int | None = None,
        language: str | None = None,
        ignore_cache: bool = False,
    ) -> Records:
        """An iterator over all records, which fetches them as they are wanted.

        For long walks in little memory: options as with `result()`, the deadline is for
        each request. Counted pages come in order, others newest first; from `after` on
        oldest first, where a record that changed meanwhile comes again as it is then. An
        operation without pages gives its list, or its value as the only record.
        """
        if language is not None:
            language_code(language)
        total_timeout = self._environment.settings.requests_total_timeout

        def ask(changes: Mapping[str, Any], fresh: bool) -> tuple[Answer, Any]:
            # The credential for each request anew: a long walk outlives an access token.
            how = self._how(timeout, retries, language, ignore_cache or fresh)
            with deadline(total_timeout):
                return self._ask(how, changes)

        name = self._spec.name
        match self._spec.paging:
            case "pages":
                return Records(numbered(name, ask))
            case "from_id":
                return Records(from_id(name, ask))
            case "cursor":
                start = _start(self._arguments)
                if "after" in start:
                    steps = by_cursor(name, ask, start, "after")
                    return Records.by_cursor(steps, is_forward=True)
                steps = older(by_cursor(name, ask, start, "before"))
                return Records.by_cursor(steps, is_forward=False)
        return Records(single(ask))

    def results_localized(
        self, languages: Iterable[str] | None = None, **options: Any
    ) -> dict[str, Any]:
        """What `results()` gives in each language, by language code.

        languages: all of ESI's unless given. options: those of `results()` but language.
        One deadline is for all. Raises ValueError for an unknown language before anything
        is sent.
        """
        codes = LANGUAGES if languages is None else [language_code(each) for each in languages]
        with deadline(self._environment.settings.requests_total_timeout):
            return {code: self.results(language=code, **options) for code in codes}

    def _all(self, how: How) -> tuple[Any, Answer]:
        """All records and the last answer; the value as it is where there are no pages."""
        name = self._spec.name

        def ask(changes: Mapping[str, Any], fresh: bool) -> tuple[Answer, Any]:
            return self._ask(replace(how, ignore_cache=True) if fresh else how, changes)

        match self._spec.paging:
            case "pages":
                return self._all_pages(ask)
            case "from_id":
                return all_from_id(name, ask)
            case "cursor":
                return all_by_cursor(name, ask, _start(self._arguments))
        answer, value = ask({}, False)
        return value, answer

    def _all_pages(self, ask: Ask) -> tuple[list[Any], Answer]:
        name = self._spec.name
        values: dict[int, list[Any]] = {}

        def fetch_page(number: int, fresh: bool) -> Answer:
            # Read where it was fetched: decoding one page fills the wait for others.
            answer, value = ask({"page": number}, fresh)
            values[number] = listed(name, answer, value)
            return answer

        answers = collect(name, fetch_page, self._environment.settings.connection_pool_maxsize)
        numbers = range(1, len(answers) + 1)
        return [record for number in numbers for record in values[number]], answers[-1]

    def _ask(self, how: How, changes: Mapping[str, Any]) -> tuple[Answer, Any]:
        placed = self._placed
        if changes or self._spec.paging == "cursor":
            given = {name: each for name, each in self._arguments.items() if each is not None}
            if changes:
                # One cursor takes the place of the other.
                given = {k: v for k, v in given.items() if k not in ("after", "before")}
            if any(parameter.name == "limit" for parameter in self._spec.parameters):
                given.setdefault("limit", MOST_RECORDS)
            placed = place(self._spec, {**given, **changes})
        return fetch(self._environment, self._spec, placed, how)

    def _result(self, value: Any, answer: Answer) -> Any:
        return (value, answer) if self.request_config.also_return_response else value

    def _how(
        self,
        timeout: Timeout | None,
        retries: int | None,
        language: str | None,
        ignore_cache: bool,
    ) -> How:
        code = (self._language or "en") if language is None else language_code(language)
        # Once and in the caller's thread: a token row belongs to a database session.
        using = credential(self._token)
        return How(timeout, retries, code, ignore_cache, using, self._tenant)


def _start(arguments: Mapping[str, Any]) -> dict[str, str]:
    """Where a walk by cursor begins, from the arguments of its operation."""
    given = {name: arguments.get(name) for name in ("after", "before")}
    return {name: cursor for name, cursor in given.items() if cursor is not None}
