import re
from typing import Any

import pytest
import yaml

from procurement import env

COMPOSITION: dict[str, Any] = yaml.safe_load((env.ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSITION["services"]
OURS = ("migrate", "web", "worker", "beat")


def test_all_parts_of_an_installation_are_there() -> None:
    assert set(SERVICES) == {*OURS, "postgres", "valkey", "mailpit"}


@pytest.mark.parametrize("name", OURS)
def test_our_parts_may_change_nothing_but_their_home(name: str) -> None:
    assert SERVICES[name]["read_only"] is True
    assert SERVICES[name]["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", ["worker", "beat", "postgres", "valkey"])
def test_each_part_that_stays_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_nothing_starts_before_the_tables_are_there(name: str) -> None:
    assert SERVICES[name]["depends_on"]["migrate"] == {
        "condition": "service_completed_successfully"
    }


def test_only_this_machine_reaches_what_is_published() -> None:
    ports = [port for service in SERVICES.values() for port in service.get("ports", [])]

    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_the_databases_role_is_bound_by_row_level_security() -> None:
    role = COMPOSITION["configs"]["role"]["content"]

    assert "NOSUPERUSER" in role
    assert "NOBYPASSRLS" in role
    assert "POSTGRES_USER" not in SERVICES["postgres"]["environment"]


def test_everything_that_is_named_is_defined() -> None:
    for service in SERVICES.values():
        named = [volume.partition(":")[0] for volume in service.get("volumes", [])]
        assert set(named) <= set(COMPOSITION["volumes"])
        assert set(service.get("depends_on", {})) <= set(SERVICES)
        assert {use["source"] for use in service.get("configs", [])} <= set(COMPOSITION["configs"])


def test_the_image_runs_as_a_user_of_its_own_and_is_watched() -> None:
    dockerfile = (env.ROOT / "Dockerfile").read_text()
    last_stage = dockerfile[dockerfile.rindex("\nFROM ") :]

    assert re.search(r"^USER procurement$", last_stage, re.MULTILINE)
    assert "HEALTHCHECK" in last_stage
    assert "/healthz" in last_stage


def test_the_image_takes_every_app_and_no_tests() -> None:
    taken = {
        line.removeprefix("!")
        for line in (env.ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    apps = {path.parent.name for path in env.ROOT.glob("*/apps.py")}

    assert apps <= taken
    assert "tests" not in taken
