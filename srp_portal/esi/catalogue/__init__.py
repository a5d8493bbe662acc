"""The operations of ESI that the client knows without asking the network."""

import json
from functools import cache
from importlib.resources import files
from pathlib import Path

from srp_portal.esi.catalogue.convert import catalogue_from
from srp_portal.esi.catalogue.model import (
    Catalogue,
    Dialect,
    OperationSpec,
    Parameter,
    Place,
    restore,
)
from srp_portal.esi.errors import EsiConfigurationError

__all__ = [
    "Catalogue",
    "Dialect",
    "OperationSpec",
    "Parameter",
    "Place",
    "catalogue_from",
    "load_file",
    "load_shipped",
]


@cache
def load_shipped() -> Catalogue:
    """The catalogue that comes with this package, read once a process."""
    text = files(__name__).joinpath("operations.json").read_text(encoding="utf-8")
    return restore(json.loads(text))


def load_file(path: str) -> Catalogue:
    """The catalogue of a specification file, Swagger 2.0 or OpenAPI 3.x, JSON.

    Raises EsiConfigurationError when the file can't be read or is something else.
    """
    try:
        spec = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        message = f"esi.spec_file: {error}"
        raise EsiConfigurationError(message) from error
    return catalogue_from(spec)
