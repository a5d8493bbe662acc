"""Make the catalogue that ships, from specifications of ESI.

    python -m srp_portal.esi.catalogue.generate OPENAPI.json [SWAGGER.json] > operations.json

The first is today's `GET https://esi.evetech.net/meta/openapi.json` (with the
compatibility date wanted in `X-Compatibility-Date`). The second, optional, is a
Swagger 2.0 of ESI: its operation names and names of bodies stay usable. The
result holds facts only, no descriptions, one operation a line, in a fixed
order, so that two of them can be compared.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from srp_portal.esi.catalogue.convert import catalogue_from
from srp_portal.esi.catalogue.model import Catalogue, dump
from srp_portal.esi.errors import EsiConfigurationError


def write(catalogue: Catalogue, out: TextIO) -> None:
    """Write a catalogue as compact JSON with a line for each operation."""
    data = dump(catalogue)
    operations = [_compact(operation) for operation in data.pop("operations")]
    head = _compact(data).removesuffix("}")
    out.write(head + ',"operations":[\n' + ",\n".join(operations) + "\n]}\n")


def _compact(value: object) -> str:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def main(arguments: Sequence[str]) -> int:
    """The command; 0 on success, 2 with a message when a file is missing or not a specification."""
    if len(arguments) not in (1, 2):
        sys.stderr.write("usage: generate OPENAPI.json [SWAGGER.json] > operations.json\n")
        return 2
    try:
        specs = [json.loads(Path(name).read_text(encoding="utf-8")) for name in arguments]
        catalogue = catalogue_from(*specs)
    except (OSError, ValueError, EsiConfigurationError) as error:
        sys.stderr.write(f"generate: {error}\n")
        return 2
    write(catalogue, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
