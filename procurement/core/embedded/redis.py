"""The embedded Redis: broker and cache on a private socket, keeping nothing on disk.

What is lost with it is found again by the sweepers; it holds no fact of its own.
"""

import os
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from procurement.core.embedded.addresses import redis_program, redis_socket
from procurement.core.embedded.failures import EmbeddedServiceError
from procurement.core.embedded.system import make_run_folder

_START_SECONDS = 10.0
_STOP_SECONDS = 10.0
_ANSWER_SECONDS = 2.0


class Server:
    """One Redis on the socket in the run folder."""

    name = "Redis"

    def __init__(self, home: Path) -> None:
        """Name the folder that its log goes to."""
        self.log = home / "redis.log"

    def is_running(self) -> bool:
        """Return whether a Redis answers on the socket."""
        return _answer("PING").startswith("+PONG")

    def start(self) -> None:
        """Start the server unless it runs (a few hundredths of a second)."""
        program = redis_program()
        if program is None or self.is_running():
            return
        make_run_folder()
        command = [str(program), "--port", "0", "--unixsocket", str(redis_socket())]
        command += ["--unixsocketperm", "700", "--daemonize", "yes", "--save", ""]
        command += ["--appendonly", "no", "--dir", str(self.log.parent), "--logfile", str(self.log)]
        done = subprocess.run(  # noqa: S603 - a program of the wheel or on PATH, arguments of our own
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
        )
        if done.returncode != 0 or not _comes_true(self.is_running, _START_SECONDS):
            last = self.log.read_text(errors="replace")[-1000:] if self.log.exists() else ""
            raise EmbeddedServiceError(
                f"{program} did not start:\n{done.stdout}{done.stderr}{last}".rstrip()
            )

    def stop(self) -> None:
        """Stop the server where it runs."""
        if not self.is_running():
            return
        # The server answers by hanging up.
        _answer("SHUTDOWN NOSAVE")
        _comes_true(lambda: not self.is_running(), _STOP_SECONDS)
        redis_socket().unlink(missing_ok=True)


def _answer(command: str) -> str:
    """Return what the server says to an inline command; empty where there is none.

    Two commands do not need the client library, which takes long to import.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(_ANSWER_SECONDS)
        try:
            client.connect(str(redis_socket()))
            client.sendall(f"{command}\r\n".encode())
            return client.recv(512).decode(errors="replace")
        except OSError:
            return ""


def _comes_true(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
