"""`python -m procurement.core.embedded start|stop|status|env`: the services without the product."""

import argparse
import shlex
import sys
from collections.abc import Iterator

from procurement.core.embedded import lease
from procurement.core.embedded.addresses import broker, database_url
from procurement.core.embedded.failures import EmbeddedServiceError


def main(arguments: list[str]) -> int:
    """Run one action; returns the exit code: `status` is 1 while something does not run."""
    parser = argparse.ArgumentParser(
        prog="python -m procurement.core.embedded", description=__doc__
    )
    parser.add_argument(
        "action",
        choices=["start", "stop", "status", "env"],
        help="start and leave running, stop, tell what runs, or print the addresses for a shell",
    )
    action = parser.parse_args(arguments).action
    try:
        if action == "start":
            lease.keep()
        elif action == "stop":
            lease.stop()
        elif action == "env":
            sys.stdout.writelines(_addresses())
            return 0
    except EmbeddedServiceError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    services = lease.running()
    for name, runs in services.items():
        sys.stdout.write(f"{name:<12}{'running' if runs else 'stopped'}\n")
    return 0 if action == "stop" or all(services.values()) else 1


def _addresses() -> Iterator[str]:
    yield f"export DATABASE_URL={shlex.quote(database_url())}\n"
    redis_url = broker().redis_url
    if redis_url is not None:
        yield f"export REDIS_URL={shlex.quote(redis_url)}\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
