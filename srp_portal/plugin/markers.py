"""The decorators by which pluggy finds specifications and implementations of hooks."""

from __future__ import annotations

import pluggy

#: The version of the plugin API; a plugin says which one it was written for by a literal.
API_VERSION = 1

#: Name of the pluggy project, and of the entry-point group that plugins are found in.
PROJECT_NAME = "srp_portal"

hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)
