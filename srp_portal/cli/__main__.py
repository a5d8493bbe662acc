"""`python -m srp_portal.cli`, where the script `srp-portal` is not on the path."""

from __future__ import annotations

import sys

from srp_portal.cli.main import main

sys.exit(main())
