import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import environ
import psycopg
import pytest
from redis import Redis

from procurement import env
from procurement.core.embedded import addresses, broker, database_url, lease, postgres
from procurement.core.embedded.failures import EmbeddedServiceError
from procurement.core.embedded.postgres import Cluster

pytestmark = pytest.mark.skipif(
    postgres.programs() is None, reason="there is no embedded PostgreSQL for this platform"
)

# Holds the services, says so, and stays until its input ends.
_HOLDER = """
import sys
from procurement.core.embedded import lease
lease.hold()
print("held", flush=True)
sys.stdin.read()
"""


def _environment(home: Path) -> dict[str, str]:
    outside = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    inherited = {name: value for name, value in os.environ.items() if name not in outside}
    return {**inherited, "PROCUREMENT_HOME": str(home), "PROCUREMENT_TESTING": "1"}


def _run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "procurement.core.embedded", *arguments],
        cwd=env.ROOT,
        env=_environment(home),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _holder(home: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER],
        cwd=env.ROOT,
        env=_environment(home),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def _leave(holder: subprocess.Popen[str]) -> None:
    holder.communicate(timeout=60)
    assert holder.returncode == 0


def _runs(home: Path) -> bool:
    return _run(home, "status").returncode == 0


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A home of the test's own; what is left running in it is stopped."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PROCUREMENT_HOME", str(tmp_path))
    yield tmp_path
    _run(tmp_path, "stop")


def test_a_named_server_is_used_and_nothing_is_embedded(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://buyer@db.example/shop")
    monkeypatch.setenv("REDIS_URL", "redis://cache.example:6380/3")

    assert database_url() == "postgres://buyer@db.example/shop"
    assert broker().url == broker().redis_url == "redis://cache.example:6380/3"
    assert lease.running() == {}


def test_a_redis_on_a_socket_is_spelled_as_celery_does(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDIS_URL", "unix:///run/redis.sock?db=4")

    assert broker().url == "redis+socket:///run/redis.sock?virtual_host=4"
    assert broker().redis_url == "unix:///run/redis.sock?db=4"


def test_django_reads_the_embedded_address_as_a_socket(home: Path) -> None:
    read = environ.Env.db_url_config(database_url())

    assert read["OPTIONS"] == {"host": str(addresses.run_folder())}
    assert (read["USER"], read["NAME"]) == ("procurement", "procurement")


def test_a_home_too_deep_for_a_socket_has_its_sockets_elsewhere(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = home / ("deep" * 30)
    monkeypatch.setenv("PROCUREMENT_HOME", str(deep))
    folder = addresses.run_folder()

    assert not folder.is_relative_to(deep)
    assert len(str(folder / ".s.PGSQL.5432.lock")) < 104


def test_without_any_redis_work_is_queued_in_files(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(addresses, "redis_program", lambda: None)
    found = broker()

    assert found.url == "filesystem://"
    assert found.redis_url is None
    assert {Path(folder).parent.parent for folder in found.options.values()} == {home.resolve()}


def test_the_products_role_may_make_databases_and_nothing_more(home: Path) -> None:
    assert _run(home, "start").returncode == 0
    with psycopg.connect(database_url()) as connection:
        rights = connection.execute(
            "SELECT rolcreatedb, rolsuper, rolbypassrls, rolcreaterole, rolreplication"
            " FROM pg_roles WHERE rolname = current_user"
        ).fetchone()
        folded = connection.execute("SELECT lower('ÉCLAIR')").fetchone()
        room = connection.execute("SHOW max_connections").fetchone()

    assert rights == (True, False, False, False, False)
    assert folded == ("éclair",)
    assert room is not None
    assert int(room[0]) >= 120


def test_nobody_signs_in_as_the_superuser(home: Path) -> None:
    assert _run(home, "start").returncode == 0

    with pytest.raises(psycopg.OperationalError, match=r"pg_hba\.conf rejects"):
        psycopg.connect(database_url(), user="postgres")


def test_sockets_and_files_are_closed_to_other_users(home: Path) -> None:
    assert _run(home, "start").returncode == 0

    assert addresses.run_folder().stat().st_mode & 0o077 == 0
    assert (home / "postgres").stat().st_mode & 0o077 == 0


def test_services_run_until_the_last_who_holds_them_has_left(home: Path) -> None:
    first, second = _holder(home), _holder(home)
    _leave(first)
    assert _runs(home)

    _leave(second)
    assert not _runs(home)


def test_a_killed_holder_does_not_keep_services_running_for_ever(home: Path) -> None:
    killed = _holder(home)
    killed.send_signal(signal.SIGKILL)
    killed.communicate(timeout=60)
    assert _runs(home)

    _leave(_holder(home))
    assert not _runs(home)


def test_what_was_written_is_there_after_a_restart(home: Path) -> None:
    holder = _holder(home)
    with psycopg.connect(database_url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS figure")
    _leave(holder)

    holder = _holder(home)
    with psycopg.connect(database_url()) as connection:
        assert connection.execute("SELECT figure FROM kept").fetchall() == [(42,)]
    _leave(holder)


def test_explicitly_started_services_stay_when_a_holder_leaves(home: Path) -> None:
    assert _run(home, "start").returncode == 0
    _leave(_holder(home))
    assert _runs(home)

    assert _run(home, "stop").returncode == 0
    assert not _runs(home)


def test_the_shell_gets_addresses_that_work(home: Path) -> None:
    assert _run(home, "start").returncode == 0
    exports = dict(
        line.removeprefix("export ").replace("'", "").split("=", 1)
        for line in _run(home, "env").stdout.splitlines()
    )

    with psycopg.connect(exports["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    if "REDIS_URL" in exports:
        with Redis.from_url(exports["REDIS_URL"]) as client:
            assert client.ping()


def test_a_first_start_cut_short_leaves_nothing_half_made(home: Path) -> None:
    draft = home / "postgres.new"
    draft.mkdir()
    (draft / "PG_VERSION").write_text("half")

    assert _run(home, "start").returncode == 0
    assert not draft.exists()


def test_data_of_another_version_is_refused_in_words(home: Path) -> None:
    folder = home / "postgres"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("12\n")

    with pytest.raises(EmbeddedServiceError, match="made by PostgreSQL 12"):
        Cluster(folder, durable=False).start()


def test_a_folder_of_sockets_that_belongs_to_a_stranger_is_refused(home: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can make a folder for somebody else")
    folder = addresses.run_folder()
    folder.mkdir()
    os.chown(folder, 12345, 12345)

    started = _run(home, "start")
    assert started.returncode == 1
    assert "belongs to another user" in started.stderr
