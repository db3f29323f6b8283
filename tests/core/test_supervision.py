import os
import sys
import time
from pathlib import Path

import pytest

from procurement.core.supervision import Ended, Program, Supervisor


def _python(name: str, code: str) -> Program:
    return Program(name, [sys.executable, "-c", code])


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def _eventually(path: Path) -> str:
    deadline = time.monotonic() + 20
    while not path.exists() or not path.read_text():
        assert time.monotonic() < deadline, f"{path} was never written"
        time.sleep(0.02)
    return path.read_text()


def test_every_line_says_which_program_it_is_from() -> None:
    lines: list[str] = []
    supervisor = Supervisor(lines.append)
    supervisor.start([_python("web", "print('hello')"), _python("worker", "")], os.environ)
    supervisor.wait(lambda: bool(lines))
    supervisor.stop()

    assert lines == ["web    | hello"]


def test_a_program_that_ends_by_itself_is_named_with_its_exit_code() -> None:
    supervisor = Supervisor(print)
    supervisor.start(
        [_python("steady", "import time; time.sleep(60)"), _python("weak", "raise SystemExit(3)")],
        os.environ,
    )
    ended = supervisor.wait(lambda: False)
    supervisor.stop()

    assert ended == Ended("weak", 3)


def test_waiting_ends_when_the_caller_says_so() -> None:
    supervisor = Supervisor(print)
    supervisor.start([_python("steady", "import time; time.sleep(60)")], os.environ)

    assert supervisor.wait(lambda: True) is None
    supervisor.stop()


def test_stopping_lets_programs_end_their_work(tmp_path: Path) -> None:
    started, ended = tmp_path / "started", tmp_path / "ended"
    code = f"""
import pathlib, signal, sys, time
def end(*_):
    pathlib.Path({str(ended)!r}).write_text("in order")
    sys.exit()
signal.signal(signal.SIGTERM, end)
pathlib.Path({str(started)!r}).write_text("yes")
while True:  # a signal just before a long sleep would only be handled after it
    time.sleep(0.05)
"""
    supervisor = Supervisor(print)
    supervisor.start([_python("careful", code)], os.environ)
    _eventually(started)
    supervisor.stop()

    assert ended.read_text() == "in order"


def test_what_a_program_started_goes_with_it(tmp_path: Path) -> None:
    grandchild = tmp_path / "grandchild"
    code = f"""
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
pathlib.Path({str(grandchild)!r}).write_text(str(child.pid))
time.sleep(60)
"""
    supervisor = Supervisor(print)
    supervisor.start([_python("parent", code)], os.environ)
    process = int(_eventually(grandchild))
    supervisor.stop()

    deadline = time.monotonic() + 10
    while _is_alive(process) and not _is_a_zombie(process):
        assert time.monotonic() < deadline, "the grandchild outlived its parent"
        time.sleep(0.02)


def _is_a_zombie(process: int) -> bool:
    try:
        return ") Z " in Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_programs_end_even_when_their_supervisor_is_killed(tmp_path: Path) -> None:
    child = tmp_path / "child"
    program = f"""
import os, pathlib, time
pathlib.Path({str(child)!r}).write_text(str(os.getpid()))
time.sleep(60)
"""
    code = f"""
import os, pathlib, signal, sys, time
from procurement.core.supervision import Program, Supervisor
supervisor = Supervisor(print)
supervisor.start([Program("child", [sys.executable, "-c", {program!r}])], os.environ)
written = pathlib.Path({str(child)!r})
# A file is there before its text is: killed in between, the child would never say who it is.
while not written.exists() or not written.read_text():
    time.sleep(0.02)
os.kill(os.getpid(), signal.SIGKILL)
"""
    outer = Supervisor(print)
    outer.start([_python("supervisor", code)], os.environ)
    process = int(_eventually(child))

    deadline = time.monotonic() + 10
    while _is_alive(process) and not _is_a_zombie(process):
        assert time.monotonic() < deadline, "the child outlived its supervisor"
        time.sleep(0.02)
    outer.stop()
