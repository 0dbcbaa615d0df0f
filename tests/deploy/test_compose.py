"""The Compose file and its configuration, as far as they can be checked without an engine."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.settings import EmailChannel, HttpSettings, load_project
from tests.deploy.conftest import ROOT, Check

FILE = ROOT / "deploy" / "compose.yaml"
CONFIG = ROOT / "deploy" / "config" / "monitor.yaml"
ROLES = ("poll", "stream", "notify")
BROKER = {"KAFKA_BOOTSTRAP": "kafka:9092"}


@pytest.fixture(scope="module")
def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]
    return found


def after(service: dict[str, Any]) -> set[str]:
    return set(service.get("depends_on", ()))


def test_has_kafka_the_jobs_the_roles_and_a_mail_catcher(services: dict[str, dict[str, Any]]) -> None:
    assert services.keys() == {"kafka", "topics", "watches", *ROLES, "feeds", "mail"}


def test_roles_run_their_commands_once_the_topics_are_there(services: dict[str, dict[str, Any]]) -> None:
    for role in ROLES:
        assert services[role]["command"] == [role, "--config", "/etc/newsmonitor/monitor.yaml"]
        assert services[role]["depends_on"]["topics"] == {"condition": "service_completed_successfully"}
    assert services["topics"]["command"][:2] == ["topics", "create"]
    assert services["topics"]["depends_on"]["kafka"] == {"condition": "service_healthy"}


def test_watches_are_applied_and_followed(services: dict[str, dict[str, Any]]) -> None:
    assert services["watches"]["command"][:3] == ["watches", "apply", "/etc/newsmonitor/watches.yaml"]
    assert services["watches"]["depends_on"]["topics"] == {"condition": "service_completed_successfully"}
    main = yaml.safe_load((FILE.parent / "config" / "monitor.yaml").read_text(encoding="utf-8"))
    assert main["stream"]["follow"] is True


def test_what_stream_remembers_lies_in_a_volume_of_its_own(services: dict[str, dict[str, Any]]) -> None:
    stream = services["stream"]
    settings = load_project(CONFIG, environment=BROKER).settings.stream
    mounts = {target: source for source, target, *_ in (mount.split(":") for mount in stream["volumes"])}
    assert settings.store == "rocksdb"
    assert settings.folder is not None
    assert mounts[str(settings.folder.parent)] == "stream"
    assert not any(entry.startswith(str(settings.folder.parent)) for entry in stream["tmpfs"])


def test_every_dependency_and_named_volume_exists(services: dict[str, dict[str, Any]]) -> None:
    volumes = yaml.safe_load(FILE.read_text(encoding="utf-8"))["volumes"]
    for service in services.values():
        assert after(service) <= services.keys()
        for mount in service.get("volumes", ()):
            source = mount.split(":")[0]
            assert (FILE.parent / source).is_dir() if source.startswith(".") else source in volumes


def test_every_image_is_pinned(services: dict[str, dict[str, Any]]) -> None:
    for name, service in services.items():
        assert re.search(r":[^/:]+$", service["image"]), name
        assert not service["image"].endswith(":latest"), name


def test_our_containers_are_confined(services: dict[str, dict[str, Any]]) -> None:
    for name in ("topics", "watches", *ROLES, "feeds"):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert "privileged" not in services[name]


def test_publishes_nothing_beyond_this_machine(services: dict[str, dict[str, Any]]) -> None:
    ports = [port for service in services.values() for port in service.get("ports", ())]
    assert ports
    assert all(port.startswith("127.0.0.1:") for port in ports)


def test_roles_take_the_broker_by_reference(services: dict[str, dict[str, Any]]) -> None:
    for role in ROLES:
        assert services[role]["environment"] == {"KAFKA_BOOTSTRAP": "${KAFKA_BOOTSTRAP:-kafka:9092}"}
    assert services["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"] == "PLAINTEXT://kafka:9092"


def test_health_is_asked_where_it_is_served(services: dict[str, dict[str, Any]]) -> None:
    served = load_project(CONFIG, environment=BROKER).settings.http
    assert served == HttpSettings(host="0.0.0.0", port=9464)
    for role in ROLES:
        assert f"http://127.0.0.1:{served.port}/healthz" in services[role]["healthcheck"]["test"][-1]


def test_check_accepts_the_configuration(faults: Check) -> None:
    assert faults(CONFIG, BROKER) == ""


def test_check_sees_a_fault_in_it(faults: Check, tmp_path: Path) -> None:
    folder = shutil.copytree(CONFIG.parent, tmp_path / "config")
    watches = folder / "watches.yaml"
    watches.write_text(watches.read_text().replace("[console, mail]", "[console, male]", 1))
    assert "watches.yaml:" in faults(folder / "monitor.yaml", BROKER)


def test_feeds_are_served_by_a_host_that_may_be_asked(services: dict[str, dict[str, Any]]) -> None:
    project = load_project(CONFIG, environment=BROKER)
    assert project.settings.poll.allow_hosts == ("feeds",)
    folder = FILE.parent / services["feeds"]["volumes"][0].split(":")[0]
    for feed in project.feeds:
        assert feed.url.startswith("http://feeds:8080/")
        assert (folder / feed.url.rpartition("/")[2]).is_file()


def test_mail_goes_to_the_catcher(services: dict[str, dict[str, Any]]) -> None:
    channels = load_project(CONFIG, environment=BROKER).settings.channels
    assert [channel.host for channel in channels if isinstance(channel, EmailChannel)] == ["mail"]
    assert "mail" in after(services["notify"])


def test_docker_compose_reads_it() -> None:
    docker = shutil.which("docker")
    plugin = docker and subprocess.run([docker, "compose", "version"], capture_output=True, check=False, timeout=30)
    if not docker or not plugin or plugin.returncode:
        pytest.skip("docker's compose plugin is not installed")
    done = subprocess.run(
        [docker, "compose", "--file", FILE, "config", "--quiet"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
