"""Run the whole product on this machine."""

import fcntl
import http.client
import io
import os
import signal
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from procurement import env
from procurement.core import directory
from procurement.core.embedded import addresses
from procurement.core.supervision import Program, Supervisor

_START_SECONDS = 60.0
# As root Celery only warns, at length; a trial on one's own machine may be root's.
_CELERY = [sys.executable, "-W", "ignore:::celery.platforms", "-m", "celery"]
_CELERY += ["--app", "procurement.celery", "--quiet"]
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _StopRequestedError(BaseException):
    """Somebody asked to stop before everything was running."""


class Command(BaseCommand):
    """Starts web server, worker and beat (and what they stand on), until Ctrl-C."""

    help = "Run web server, worker and beat, on embedded services where no others are named."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer where to listen and what to load."""
        parser.add_argument("--port", type=int, default=8000, help="the web server's port (8000)")
        parser.add_argument(
            "--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)"
        )
        parser.add_argument(
            "--demo", action="store_true", help="seed the demo organization where it is missing"
        )
        parser.add_argument(
            "--history",
            metavar="FILE",
            help="a purchase history to load, instead of the demo's own (with --demo)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Prepare, run, and stop on SIGINT, SIGTERM or SIGHUP with exit code 0.

        Raises `CommandError` (exit code 1) when it cannot start, or when a part ends by itself.
        """
        started = time.monotonic()
        if isinstance(sys.stdout, io.TextIOWrapper):
            # Whoever reads along through a pipe is to see each line when it is said.
            sys.stdout.reconfigure(line_buffering=True)
        with _signals() as stop, _only_one():
            try:
                _refuse_taken_port(options["host"], options["port"])
                self._prepare(demo=options["demo"], history=options["history"])
                stop.may_raise = False
                self._run(stop, options["host"], options["port"], started)
            except _StopRequestedError:
                self.stdout.write("Stopped before everything was running.")

    def _prepare(self, *, demo: bool, history: str | None) -> None:
        self._tell_what_is_embedded()
        self.check(databases=["default"])
        call_command("migrate", interactive=False, verbosity=0)
        if not settings.WHITENOISE_USE_FINDERS:
            call_command("collectstatic", interactive=False, verbosity=0)
        if demo:
            if not directory.tenants():
                self.stdout.write("Making the demo. This first time takes about a minute.")
            call_command("seed_demo", **({"history": history} if history else {}))
        elif history:
            call_command("replay", history)

    def _tell_what_is_embedded(self) -> None:
        if addresses.database_is_embedded():
            self.stdout.write(f"PostgreSQL is our own, in {env.home()}")
        if settings.BROKER.redis_url is None:
            self.stdout.write(
                "There is no Redis here (install redis-server or valkey-server, or set REDIS_URL), "
                "so background work is queued in files. Nothing is lost, it is only slower."
            )

    def _run(self, stop: "_Stop", host: str, port: int, started: float) -> None:
        address = f"http://{_shown(host)}:{port}"
        environment = {
            **os.environ,
            "BASE_URL": os.environ.get("BASE_URL", address),
            "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
            "PYTHONUNBUFFERED": "1",
        }
        supervisor = Supervisor(self.stdout.write)
        try:
            # The others wait for the web server: it is what somebody sits in front of.
            supervisor.start([_web(host, port)], environment)
            ended = supervisor.wait(lambda: stop.requested or _answers(host, port, started))
            if ended is None and not stop.requested:
                supervisor.start([_worker(), _beat()], environment)
                self._greet(address, time.monotonic() - started)
                ended = supervisor.wait(lambda: stop.requested)
        finally:
            if stop.requested:
                self.stdout.write("\nStopping ...")
            supervisor.stop(quiet=stop.requested)
        if ended is not None:
            raise CommandError(
                f"The {ended.name} ended by itself (exit code {ended.code}), so all was stopped."
            )
        self.stdout.write("Stopped.")

    def _greet(self, address: str, seconds: float) -> None:
        lines = ["", f"Procurement runs at   {address}/   (started in {seconds:.1f} seconds)", ""]
        if settings.DEMO_PAGES:
            people = io.StringIO()
            call_command("demo_people", stdout=people)
            lines += [f"  Sign in with a click   {address}/demo/"]
            lines += [f"      {person}" for person in people.getvalue().splitlines()]
            lines += [f"  Mail that was sent     {address}/demo/mailbox/", ""]
        self.stdout.write("\n".join([*lines, "Ctrl-C stops everything.", ""]))


class _Stop:
    """Whether somebody asked to stop; while preparing the request interrupts what is running."""

    def __init__(self) -> None:
        self.requested = False
        self.may_raise = True

    def __call__(self, number: int, _frame: FrameType | None) -> None:
        self.requested = True
        if self.may_raise:
            raise _StopRequestedError


@contextmanager
def _signals() -> Iterator[_Stop]:
    """Take the signals to stop, to the end of the process: its last act is to stop the services."""
    stop = _Stop()
    for number in _SIGNALS:
        signal.signal(number, stop)
    try:
        yield stop
    finally:
        stop.may_raise = False


@contextmanager
def _only_one() -> Iterator[None]:
    """Refuse to run twice on one home: two beats would do everything twice."""
    descriptor = os.open(env.home() / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CommandError(
                f"It is running already on {env.home()}. "
                "Stop that one first, or set PROCUREMENT_HOME to another folder."
            ) from error
        yield
    finally:
        os.close(descriptor)


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            raise CommandError(
                f"Port {port} of {host} cannot be used ({error}). Choose another with --port "
                "(make demo PORT=...)."
            ) from error


def _web(host: str, port: int) -> Program:
    command = [sys.executable, "-m", "granian", "procurement.wsgi:application"]
    command += ["--interface", "wsgi", "--host", host, "--port", str(port), "--workers", "1"]
    command += ["--blocking-threads", "4", "--backpressure", "64", "--no-ws"]
    return Program("web", [*command, "--no-access-log", "--log-level", "warning"])


def _worker() -> Program:
    options = ["--concurrency", "2", "--loglevel", "WARNING", "--without-gossip"]
    return Program("worker", [*_CELERY, "worker", *options, "--without-mingle"])


def _beat() -> Program:
    schedule = str(env.home() / "beat-schedule")
    options = ["--schedule", schedule, "--pidfile", "", "--loglevel", "WARNING"]
    return Program("beat", [*_CELERY, "beat", *options])


def _answers(host: str, port: int, started: float) -> bool:
    """Return whether the web server answers; raises when it takes too long."""
    if time.monotonic() - started > _START_SECONDS * 5:
        raise CommandError("The web server does not answer.")
    client = http.client.HTTPConnection(_reachable(host), port, timeout=5)
    try:
        client.request("GET", "/healthz", headers={"Host": "localhost"})
        return client.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
    except OSError:
        return False
    finally:
        client.close()


def _reachable(host: str) -> str:
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound


def _shown(host: str) -> str:
    name = "localhost" if _reachable(host) in {"127.0.0.1", "::1"} else host
    return f"[{name}]" if ":" in name else name
