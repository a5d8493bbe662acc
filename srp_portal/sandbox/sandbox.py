"""One running sandbox: the server with all its services, and the same powers from Python."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

from srp_portal.sandbox import images, pages
from srp_portal.sandbox.control import Control
from srp_portal.sandbox.entities import Character, Loss
from srp_portal.sandbox.esi import Esi
from srp_portal.sandbox.faults import Fault, Faults
from srp_portal.sandbox.grants import Switches
from srp_portal.sandbox.journal import Entry, Journal
from srp_portal.sandbox.messages import Request, Response, html_response
from srp_portal.sandbox.server import LoopbackServer, loopback
from srp_portal.sandbox.sso import Sso
from srp_portal.sandbox.switches import EsiSwitches
from srp_portal.sandbox.universe import Universe
from srp_portal.sandbox.zkillboard import ZKillboard

DEFAULT_PORT = 6544


def utc_now() -> datetime:
    """The present."""
    return datetime.now(UTC)


class Sandbox:
    """A universe at a loopback address, running from `start` to `stop` or in a `with`.

    port: 0 picks a free one. host: a loopback address, else ValueError. clock: gives the
    present, aware UTC; for tests that travel in time. Whatever reads or changes the
    universe works only while it runs, and raises RuntimeError otherwise.
    """

    def __init__(
        self,
        port: int = 0,
        host: str = "127.0.0.1",
        *,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        self._host = loopback(host)
        self._wanted_port = port
        self._clock = clock
        self._world: _World | None = None

    def start(self) -> Self:
        """Begins to serve; raises OSError when the port is taken."""
        if self._world is None:
            self._world = _World(self._host, self._wanted_port, self._clock)
        return self

    def stop(self) -> None:
        """Ends serving and closes all connections; does nothing when it does not run."""
        world, self._world = self._world, None
        if world is not None:
            world.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """Where it is, `http://127.0.0.1:PORT`."""
        return self._running.universe.base_url

    @property
    def port(self) -> int:
        """The port it listens at."""
        return self._running.server.port

    def settings(self) -> dict[str, str]:
        """The settings that point the portal at it."""
        return {
            "esi.base_url": f"{self.url}/esi",
            "esi.sso_base_url": f"{self.url}/sso",
            "esi.image_base_url": f"{self.url}/images",
            "zkillboard.base_url": f"{self.url}/zkb",
        }

    @property
    def characters(self) -> dict[int, Character]:
        """The characters by id, as they are now."""
        return dict(self._running.universe.characters)

    @property
    def losses(self) -> dict[int, Loss]:
        """The losses by killmail id."""
        return dict(self._running.universe.losses)

    @property
    def requests(self) -> list[tuple[str, str]]:
        """Method and path of each request so far, those to `/control` left out."""
        return [(entry.method, entry.path) for entry in self._running.journal.entries()]

    @property
    def log(self) -> list[Entry]:
        """The same requests with query, headers and status, without secrets."""
        return self._running.journal.entries()

    def clear_log(self) -> None:
        """Forgets the requests so far."""
        self._running.journal.clear()

    def add_fault(self, match: str, kind: str, times: int | None = None, **detail: Any) -> Fault:
        """Switches a fault on, see `Faults.add`."""
        return self._running.faults.add(match, kind, times, **detail)

    @property
    def faults(self) -> list[Fault]:
        """The faults that may still happen."""
        return self._running.faults.all()

    def clear_faults(self) -> None:
        """Switches all faults off."""
        self._running.faults.clear()

    def add_kill(self, character_id: int | None, **loss: Any) -> Loss:
        """A new loss, see `Universe.add_kill`."""
        return self._running.universe.add_kill(character_id, **loss)

    def set_character(self, character_id: int, **changes: Any) -> Character:
        """Moves, sells or renames a character, see `Universe.set_character`."""
        return self._running.universe.set_character(character_id, **changes)

    def sell_character(self, character_id: int) -> Character:
        """Gives a character a new owner hash."""
        return self._running.universe.sell_character(character_id)

    def rebuild(self, name: str, entries: int | None = None) -> None:
        """Makes a long answer of ESI anew, see `Listings.rebuild`."""
        self._running.universe.listings.rebuild(name, entries)

    def touch(self, name: str, record_id: str | int | None = None) -> dict[str, Any]:
        """Changes a record of a listing with cursors, see `Records.touch`."""
        return self._running.universe.listings.touch(name, record_id)

    def set_tokens(self, group: str, remaining: int = 0, **more: Any) -> None:
        """Leaves so many tokens of a rate-limit group, see `Limits.set_tokens`."""
        self._running.esi.limits.set_tokens(group, remaining, **more)

    def set_errors(self, remaining: int = 0, *, reset: float | None = None) -> None:
        """Leaves so many errors until ESI answers 420 to everything, see `Limits.set_errors`."""
        self._running.esi.limits.set_errors(remaining, reset=reset)

    def sso(self, **switches: Any) -> Switches:
        """Changes how the SSO behaves, see `Switches`; `new_kid=True` makes a new key."""
        return self._running.sso.set(**switches)

    def esi(self, **switches: Any) -> EsiSwitches:
        """Changes how ESI behaves, see `EsiSwitches`."""
        return self._running.esi.set(**switches)

    def reset(self) -> None:
        """Universe, switches, limits, faults and log as at the start; logins are forgotten."""
        self._running.reset()

    def approve(self, authorize_url: str, character_id: int) -> str:
        """What a person does on the page of the SSO: picks a character.

        Result: the address of the application's callback, with code and state. Raises
        ValueError with what the SSO said when it does not send the person back.
        """
        return self._choose(authorize_url, {"approve": "1", "character_id": str(character_id)})

    def refuse(self, authorize_url: str) -> str:
        """The same for a person who cancels."""
        return self._choose(authorize_url, {"cancel": "1"})

    def _choose(self, authorize_url: str, choice: dict[str, str]) -> str:
        parts = urlsplit(authorize_url)
        fields = [*parse_qsl(parts.query, keep_blank_values=True), *choice.items()]
        connection = http.client.HTTPConnection(self._host, self.port, timeout=10)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request("POST", parts.path, urlencode(fields), headers)
            answer = connection.getresponse()
            body = answer.read().decode("utf-8", "replace")
        finally:
            connection.close()
        location = answer.getheader("Location")
        if answer.status != 302 or location is None:
            raise ValueError(f"the SSO answered {answer.status}: {_complaint(body)}")
        return location

    @property
    def _running(self) -> _World:
        if self._world is None:
            raise RuntimeError("the sandbox does not run: call start() first")
        return self._world


class _World:
    """Server and services between one start and the next stop."""

    def __init__(self, host: str, port: int, clock: Callable[[], datetime]) -> None:
        self.faults = Faults()
        self.journal = Journal()
        self.server = LoopbackServer(
            host, port, self.answer, self.faults, self.journal, happen=self.happen
        )
        self.universe = Universe(self.server.url, clock)
        self.sso = Sso(self.universe)
        self.esi = Esi(self.universe, self.sso.tokens)
        self.zkillboard = ZKillboard(self.universe)
        self.control = Control(self)
        self.server.start()

    def stop(self) -> None:
        self.server.stop()

    def reset(self) -> None:
        self.faults.clear()
        self.journal.clear()
        self.universe.reset()
        self.sso.reset()
        self.esi.reset()

    def happen(self, fault: Fault) -> None:
        listings = self.universe.listings
        if fault.kind == "rebuild":
            listings.rebuild(**fault.detail)
        elif fault.kind == "touch":
            listings.touch(**fault.detail)

    def answer(self, request: Request) -> Response:
        first = request.path.split("/", 2)[1] if request.path.startswith("/") else ""
        services: dict[str, Callable[[Request], Response]] = {
            "sso": self.sso.answer,
            "esi": self.esi.answer,
            "zkb": self.zkillboard.answer,
            "images": images.answer,
            "control": self.control.answer,
        }
        if first in services:
            return services[first](request.below(f"/{first}"))
        if request.path == "/" and request.method in {"GET", "HEAD"}:
            return html_response(pages.index(self.universe))
        return html_response(pages.missing("such page"), 404)


def serve(
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
    *,
    stop: threading.Event | None = None,
) -> None:
    """Serves a sandbox until a KeyboardInterrupt, or until `stop` is set.

    Raises OSError when the port is taken, ValueError for an address that is not loopback.
    """
    done = stop or threading.Event()
    with Sandbox(port, host):
        try:
            # With a timeout, since a wait without one can't be interrupted on every platform.
            while not done.wait(0.5):
                continue
        except KeyboardInterrupt:
            done.set()


def _complaint(body: str) -> str:
    try:
        return str(json.loads(body)["error_description"])
    except (ValueError, KeyError, TypeError):
        return body[:200]
