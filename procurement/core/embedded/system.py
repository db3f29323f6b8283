"""Whom the services run as, and who may reach their files and sockets."""

import functools
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from procurement.core.embedded.addresses import run_folder
from procurement.core.embedded.failures import EmbeddedServiceError

_SYSTEM_USER = "pgserver"


@dataclass(frozen=True, slots=True)
class Identity:
    """A user of the operating system."""

    user: int
    group: int


@functools.cache
def database_identity() -> Identity | None:
    """Return whom PostgreSQL runs as: it refuses root, so root has a user made for it.

    None stands for ourselves, whenever we are not root.
    """
    if os.geteuid() != 0:
        return None
    if not any(entry.pw_name == _SYSTEM_USER for entry in pwd.getpwall()):
        useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if useradd is None:
            raise EmbeddedServiceError(
                "PostgreSQL does not run as root, and no user can be made for it here. "
                f"Make one named {_SYSTEM_USER}, or run this as another user than root."
            )
        subprocess.run(  # noqa: S603 - a fixed command
            [useradd, "--system", "--shell", "/usr/sbin/nologin", _SYSTEM_USER],
            check=True,
            capture_output=True,
        )
    entry = pwd.getpwnam(_SYSTEM_USER)
    return Identity(entry.pw_uid, entry.pw_gid)


def hand_over(path: Path) -> None:
    """Give a file or folder to PostgreSQL's user, for that user alone, and a way to reach it."""
    identity = database_identity()
    owner = path.stat().st_uid
    if owner not in {os.geteuid(), identity.user if identity else owner}:
        raise EmbeddedServiceError(f"{path} belongs to another user; it is not used.")
    path.chmod(0o700 if path.is_dir() else 0o600)
    if identity is not None:
        os.chown(path, identity.user, identity.group)
        let_pass(path)


def let_pass(path: Path) -> None:
    """Let any user pass through the folders above a path (pass, not list or read them)."""
    for parent in path.parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXGRP | stat.S_IXOTH)


def make_run_folder() -> Path:
    """Make the folder of the sockets, which only we (and PostgreSQL's user) can enter."""
    folder = run_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    hand_over(folder)
    return folder
