"""Keeps the embedded services running for as long as any process needs them.

Each process that needs them holds a shared lock on one file until it ends, however it ends: the
kernel lets go of the lock of a killed process. Who leaves and finds nobody else stops the services.
"""

import atexit
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from procurement import env
from procurement.core.embedded.addresses import database_is_embedded, redis_is_embedded
from procurement.core.embedded.postgres import Cluster
from procurement.core.embedded.redis import Server


@dataclass(slots=True)
class _Held:
    """The lock that this process holds, and the process: a fork inherits the one, not the other."""

    descriptor: int
    process: int


_held: list[_Held] = []


def hold() -> None:
    """Start what is missing and keep it running until this process ends or calls `release`."""
    if any(held.process == os.getpid() for held in _held) or not _embedded():
        return
    with _alone():
        descriptor = os.open(_home() / "services.lease", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        _held[:] = [_Held(descriptor, os.getpid())]
        atexit.register(release)
        for service in _embedded():
            service.start()


def release() -> None:
    """Give up this process's hold; the last one out stops the services."""
    if not any(held.process == os.getpid() for held in _held):
        return
    with _alone():
        os.close(_held.pop().descriptor)
        if not _kept() and not _held_by_others():
            _stop_all()


def keep() -> None:
    """Start what is missing and leave it running with nobody holding it, until `stop`."""
    with _alone():
        (_home() / "services.keep").touch()
        for service in _embedded():
            service.start()


def stop() -> None:
    """Stop the services whoever holds them."""
    with _alone():
        (_home() / "services.keep").unlink(missing_ok=True)
        _stop_all()


def running() -> dict[str, bool]:
    """Return each embedded service by name, and whether it runs."""
    return {service.name: service.is_running() for service in _embedded()}


def _embedded() -> list[Cluster | Server]:
    """Return the services that this environment embeds."""
    services: list[Cluster | Server] = []
    if database_is_embedded():
        durable = not env.flag("PROCUREMENT_TESTING", default=False)
        services.append(Cluster(_home() / "postgres", durable=durable))
    if redis_is_embedded():
        services.append(Server(_home()))
    return services


def _stop_all() -> None:
    for service in reversed(_embedded()):
        service.stop()


def _home() -> Path:
    return env.home().resolve()


def _kept() -> bool:
    return (_home() / "services.keep").exists()


def _held_by_others() -> bool:
    descriptor = os.open(_home() / "services.lease", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def _alone() -> Iterator[None]:
    """Let one process at a time start or stop services."""
    descriptor = os.open(_home() / "services.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
