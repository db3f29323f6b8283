import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from procurement import env
from procurement.core.embedded import postgres

pytestmark = pytest.mark.skipif(
    postgres.programs() is None, reason="there is no embedded PostgreSQL for this platform"
)

_PATIENCE = 120.0


class Running:
    """A `manage.py up` of the test's own, and what it says."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(port)],
            cwd=env.ROOT,
            env=_environment(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stream:
            self.lines.extend(stream)

    def said(self) -> str:
        return "".join(self.lines)

    def wait_until_it_says(self, words: str) -> None:
        deadline = time.monotonic() + _PATIENCE
        while words not in self.said():
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)

    def get(self, path: str) -> int:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            client.request("GET", path)
            return client.getresponse().status
        finally:
            client.close()

    def parts(self) -> dict[str, psutil.Process]:
        names = {"granian": "web", "worker": "worker", "beat": "beat"}
        found: dict[str, psutil.Process] = {}
        for child in psutil.Process(self.process.pid).children():
            words = child.cmdline()
            found.update({part: child for word, part in names.items() if word in words})
        return found

    def end(self) -> int:
        """Wait until it has ended by itself; returns its exit code."""
        code = self.process.wait(timeout=_PATIENCE)
        self._reader.join(timeout=10)
        return code

    def close(self) -> None:
        """End it if it runs, in order if it can."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            self.end()
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.end()


def _environment(home: Path) -> dict[str, str]:
    """An environment in which nobody has configured anything."""
    kept = {"PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV"}
    return {
        **{name: value for name, value in os.environ.items() if name in kept},
        "PROCUREMENT_HOME": str(home),
    }


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _up(home: Path, port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", "up", "--port", str(port)],
        cwd=env.ROOT,
        env=_environment(home),
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE,
    )


def _processes_of(home: Path) -> list[str]:
    return [
        " ".join(process.info["cmdline"])
        for process in psutil.process_iter(["cmdline"])
        if any(str(home) in word for word in process.info["cmdline"] or [])
    ]


@pytest.fixture
def starting(tmp_path: Path) -> Iterator[Running]:
    """The product on a home of its own, just started."""
    up = Running(tmp_path, _free_port())
    yield up
    up.close()


@pytest.fixture
def running(starting: Running) -> Running:
    """The product with all of its parts running."""
    starting.wait_until_it_says("Ctrl-C stops everything")
    return starting


def test_an_interrupt_stops_everything_cleanly(running: Running) -> None:
    assert f"http://localhost:{running.port}/" in running.said()
    assert running.get("/healthz") == 200
    assert set(running.parts()) == {"web", "worker", "beat"}
    children = psutil.Process(running.process.pid).children(recursive=True)

    second = _up(running.home, _free_port())
    assert second.returncode == 1
    assert "running already" in second.stderr

    running.process.send_signal(signal.SIGINT)

    assert running.end() == 0, running.said()
    assert "Traceback" not in running.said()
    assert [child for child in children if child.is_running()] == []
    assert _processes_of(running.home) == []


def test_a_part_that_ends_by_itself_ends_all_and_is_named(running: Running) -> None:
    running.parts()["worker"].kill()

    assert running.end() == 1
    assert "The worker ended by itself" in running.said()
    assert _processes_of(running.home) == []


def test_a_request_to_stop_before_all_is_running_is_no_error(starting: Running) -> None:
    starting.wait_until_it_says("PostgreSQL is our own")
    starting.process.send_signal(signal.SIGTERM)

    assert starting.end() == 0, starting.said()
    assert "Traceback" not in starting.said()
    assert _processes_of(starting.home) == []


def test_a_taken_port_is_said_in_words(tmp_path: Path) -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        port = somebody.getsockname()[1]
        refused = _up(tmp_path, port)

    assert refused.returncode == 1
    assert f"Port {port} of 127.0.0.1 cannot be used" in refused.stderr
    assert "--port" in refused.stderr
