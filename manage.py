#!/usr/bin/env python
"""Command line of the product: `manage.py help` lists what it can do."""

import os
import sys
from collections.abc import Sequence

from django.core.management import execute_from_command_line

from procurement.core.embedded import lease
from procurement.core.embedded.failures import EmbeddedServiceError

_NEED_NO_SERVICES = frozenset(
    {"check", "collectstatic", "findstatic", "help", "spectacular", "version"}
)


def main(arguments: Sequence[str]) -> None:
    """Run one management command, on embedded services where the environment names none.

    Without a secret key this is somebody's own checkout, never a server: it gets a key of its own
    and the pages of the demo.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "procurement.settings")
    if not os.environ.get("SECRET_KEY"):
        os.environ.setdefault("DEMO_PAGES", "1")
    command = arguments[1] if len(arguments) > 1 else "help"
    if command not in _NEED_NO_SERVICES and not {"-h", "--help", "--version"} & set(arguments):
        try:
            lease.hold()
        except EmbeddedServiceError as error:
            sys.exit(str(error))
    execute_from_command_line(list(arguments))


if __name__ == "__main__":
    main(sys.argv)
