"""Runs several programs as one: started together, stopped together, their output told apart.

Knows nothing of the product; `manage.py up` says which programs there are.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

_STOP_SECONDS = 20.0
_POLL_SECONDS = 0.1
_NAME_WIDTH = 6

# On Linux a program is ended with us even when we are killed: a few lines ask the system for that
# (PR_SET_PDEATHSIG is 1, SIGTERM is 15) and turn into the program.
_TIE = "import ctypes, os, sys;ctypes.CDLL(None).prctl(1, 15);os.execvp(sys.argv[1], sys.argv[1:])"
_TIED_TO_US = [sys.executable, "-I", "-S", "-c", _TIE] if sys.platform == "linux" else []


@dataclass(frozen=True, slots=True)
class Program:
    """One program to run: a short name for its output, and its command line."""

    name: str
    command: Sequence[str]


@dataclass(frozen=True, slots=True)
class Ended:
    """A program that ended by itself, and its exit code (negative: the signal that killed it)."""

    name: str
    code: int


class Supervisor:
    """The running programs. Each has a session of its own, so a Ctrl-C reaches only us."""

    def __init__(self, write: Callable[[str], object]) -> None:
        """Say who takes the programs' output, a line at a time."""
        self._write = write
        self._writing = threading.Lock()
        self._children: list[tuple[str, subprocess.Popen[str]]] = []
        self._readers: list[threading.Thread] = []
        self._is_quiet = False

    def start(self, programs: Sequence[Program], environment: Mapping[str, str]) -> None:
        """Start programs beside those that run already, all in one environment."""
        for program in programs:
            child = subprocess.Popen(  # noqa: S603 - the caller's own command lines
                [*_TIED_TO_US, *program.command],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                env=dict(environment),
                start_new_session=True,
            )
            self._children.append((program.name, child))
            assert child.stdout is not None
            reader = threading.Thread(
                target=self._relay,
                args=(f"{program.name:<{_NAME_WIDTH}} | ", child.stdout),
                daemon=True,
            )
            reader.start()
            self._readers.append(reader)

    def wait(self, is_over: Callable[[], bool]) -> Ended | None:
        """Wait until the caller says that it is over (None) or a program ends by itself."""
        while not is_over():
            ended = self.ended()
            if ended is not None:
                return ended
            time.sleep(_POLL_SECONDS)
        return None

    def ended(self) -> Ended | None:
        """Return the first program that has ended by itself, if any has."""
        for name, child in self._children:
            code = child.poll()
            if code is not None:
                return Ended(name, code)
        return None

    def stop(self, *, quiet: bool = False) -> None:
        """Ask every program to end, in reverse order of starting, and kill what does not.

        ``quiet`` drops what they say while they end.
        """
        self._is_quiet = quiet
        for _, child in reversed(self._children):
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + _STOP_SECONDS
        for _, child in self._children:
            with suppress(subprocess.TimeoutExpired):
                child.wait(timeout=max(deadline - time.monotonic(), 0))
            # Whatever the program left behind in its session goes with it.
            _signal(child, signal.SIGKILL, whole_group=True)
            child.wait()
        for reader in self._readers:
            reader.join(timeout=1)

    def _relay(self, prefix: str, stream: IO[str]) -> None:
        with stream:
            for line in stream:
                if line.strip() and not self._is_quiet:
                    with self._writing:
                        self._write(f"{prefix}{line.rstrip()}")


def _signal(
    child: subprocess.Popen[str], number: signal.Signals, *, whole_group: bool = False
) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if whole_group:
            os.killpg(child.pid, number)
        else:
            child.send_signal(number)
