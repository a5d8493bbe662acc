"""A loopback universe for development and tests: EVE's SSO, ESI, image server and zKillboard."""

from srp_portal.sandbox.entities import Alliance, Character, Corporation, Loss
from srp_portal.sandbox.faults import Fault
from srp_portal.sandbox.sandbox import DEFAULT_PORT, Sandbox, serve

__all__ = [
    "DEFAULT_PORT",
    "Alliance",
    "Character",
    "Corporation",
    "Fault",
    "Loss",
    "Sandbox",
    "serve",
]
