"""The operations of ESI that the client knows without asking the network."""

import json
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path

import orjson

from srp_portal.esi.catalogue.convert import catalogue_from, with_old_names
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

_BOM = b"\xef\xbb\xbf"


@cache
def load_shipped() -> Catalogue:
    """The catalogue that comes with this package, read once a process."""
    text = files(__name__).joinpath("operations.json").read_text(encoding="utf-8")
    return restore(json.loads(text))


def load_file(path: str | Path) -> Catalogue:
    """The catalogue of a specification file, Swagger 2.0 or OpenAPI 3.x, JSON.

    A file is read again only when it changed. Raises EsiConfigurationError when it
    can't be read or is something else.
    """
    file = Path(path)
    try:
        facts = file.stat()
        return _load(file, (facts.st_mtime_ns, facts.st_size))
    except (OSError, EsiConfigurationError) as error:
        message = f"esi.spec_file: {error}"
        raise EsiConfigurationError(message) from error


# A client for each token is made of one file, again and again.
@lru_cache(maxsize=4)
def _load(file: Path, _state: tuple[int, int]) -> Catalogue:
    try:
        spec = orjson.loads(file.read_bytes().removeprefix(_BOM))
    except ValueError as error:
        yaml = " (YAML has to be converted to JSON)" if file.suffix in (".yaml", ".yml") else ""
        raise EsiConfigurationError(f"{file.name} is not JSON{yaml}: {error}") from error
    catalogue = catalogue_from(spec)
    if catalogue.dialect == "swagger":
        return catalogue
    # OpenAPI has no names for bodies: the same call must do with and without a file.
    return with_old_names(catalogue, load_shipped())
