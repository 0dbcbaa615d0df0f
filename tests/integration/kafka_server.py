"""A real Apache Kafka on loopback for tests and scripts: one Java process, one node, nothing left behind.

::

    with start_kafka(folder) as kafka:
        kafka.bootstrap        # 127.0.0.1:PORT, topics are not created by themselves
        kafka.pause(); kafka.resume(); kafka.kill(); kafka.restart()
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

VERSION = "4.1.0"
POM = Path(__file__).with_name("pom.xml")
CACHE = Path.home() / ".cache" / "newsmonitor" / f"kafka-{VERSION}"
START_SECONDS = 60
STOP_SECONDS = 20
JAVA_AT_LEAST = 17


class KafkaUnavailable(RuntimeError):
    """This machine cannot run a Kafka; the text says what it lacks."""


class Kafka:
    """A broker of its own process; what it stores lives in `folder`, and so survives `kill` and `restart`."""

    def __init__(self, command: Sequence[str], port: int, folder: Path) -> None:
        self.bootstrap = f"127.0.0.1:{port}"
        self._command, self._port, self._folder = command, port, folder
        self._process = self._spawn()

    @property
    def pid(self) -> int:
        """Process id of the broker."""
        return self._process.pid

    @property
    def output(self) -> str:
        """The last that the broker printed."""
        return (self._folder / "output.log").read_text(errors="replace")[-4000:]

    def pause(self) -> None:
        """Freeze the broker: connections stay open and nobody answers."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a frozen broker go on."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End the broker without warning."""
        self._process.kill()
        self._process.wait()

    def restart(self) -> None:
        """Start again where `kill` or `stop` ended it, on the same port and with the same records."""
        self._process = self._spawn()
        self.wait_until_ready()

    def stop(self) -> None:
        """End the broker, by force where it does not obey."""
        if self._process.poll() is not None:
            return
        self._process.terminate()
        self.resume()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def wait_until_ready(self) -> None:
        """Return once the broker accepts connections. Raises RuntimeError with its output where it does not."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise RuntimeError(f"Kafka ended at once with code {self._process.returncode}:\n{self.output}")
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self._port), timeout=1):
                return
            time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"Kafka did not start within {START_SECONDS} s:\n{self.output}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    def _spawn(self) -> subprocess.Popen[bytes]:
        with (self._folder / "output.log").open("ab") as output:
            return subprocess.Popen(self._command, stdout=output, stderr=output, stdin=subprocess.DEVNULL)


def start_kafka(
    folder: Path, users: Mapping[str, str] | None = None, properties: Mapping[str, str] | None = None
) -> Kafka:
    """A fresh broker that keeps its files in this empty folder; `users` = name → password: SASL, PLAIN and SCRAM.

    Raises KafkaUnavailable where Java or Maven is missing, RuntimeError where the broker does not start.
    """
    java, libs = find_java(), jars()
    folder.mkdir(parents=True, exist_ok=True)
    port, controller_port = _free_ports(2)
    settings = {**_properties(folder, port, controller_port, users or {}), **(properties or {})}
    file = folder / "server.properties"
    file.write_text("".join(f"{name}={value}\n" for name, value in settings.items()))
    file.chmod(0o600)
    _format(java, libs, file, users or {})
    kafka = Kafka([*_java(java, libs), "-Xmx1g", "kafka.Kafka", str(file)], port, folder)
    kafka.wait_until_ready()
    return kafka


def find_java() -> str:
    """Path of a Java that can run this Kafka. Raises KafkaUnavailable."""
    java = shutil.which("java")
    if java is None:
        raise KafkaUnavailable(f"no java on the PATH: install Java {JAVA_AT_LEAST} or set KAFKA_BOOTSTRAP")
    banner = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', banner)
    if version is None or int(version[1]) < JAVA_AT_LEAST:
        raise KafkaUnavailable(f"java is older than {JAVA_AT_LEAST}: {banner.splitlines()[:1]}")
    return java


def jars(cache: Path = CACHE) -> Path:
    """The folder of Kafka's jars, filled on first use by Maven. Raises KafkaUnavailable."""
    if cache.is_dir():
        return cache
    maven = shutil.which("mvn")
    if maven is None:
        raise KafkaUnavailable("no mvn on the PATH to get Kafka's jars with: install Maven or set KAFKA_BOOTSTRAP")
    cache.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache.parent) as scratch:
        shutil.copy(POM, scratch)
        command = [maven, "-q", "-B", "dependency:copy-dependencies", "-DoutputDirectory=libs"]
        done = subprocess.run(command, cwd=scratch, capture_output=True, text=True, check=False)
        if done.returncode:
            raise KafkaUnavailable(f"Maven could not get Kafka's jars:\n{done.stdout[-2000:]}")
        with contextlib.suppress(OSError):  # another run was quicker: its folder is as good
            os.rename(Path(scratch) / "libs", cache)
    return cache


def _properties(folder: Path, port: int, controller_port: int, users: Mapping[str, str]) -> dict[str, str]:
    clients = "SASL_PLAINTEXT" if users else "PLAINTEXT"
    return {
        "process.roles": "broker,controller",
        "node.id": "1",
        "controller.quorum.voters": f"1@127.0.0.1:{controller_port}",
        "listeners": f"CLIENTS://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": f"CLIENTS://127.0.0.1:{port}",
        "listener.security.protocol.map": f"CLIENTS:{clients},CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "CLIENTS",
        "controller.listener.names": "CONTROLLER",
        "log.dirs": str(folder / "logs"),
        "offsets.topic.replication.factor": "1",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.replication.factor": "1",
        "transaction.state.log.min.isr": "1",
        "transaction.state.log.num.partitions": "4",
        "group.initial.rebalance.delay.ms": "0",
        "auto.create.topics.enable": "false",
        **(_sasl(users) if users else {}),
    }


def _sasl(users: Mapping[str, str]) -> dict[str, str]:
    """The listener's logins; the broker talks to itself as the first user."""
    name, password = next(iter(users.items()))
    known = " ".join(f'user_{user}="{secret}"' for user, secret in users.items())
    own = f'required username="{name}" password="{password}"'
    mechanism = "listener.name.clients.{}.sasl.jaas.config"
    return {
        "sasl.enabled.mechanisms": "PLAIN,SCRAM-SHA-512",
        "sasl.mechanism.inter.broker.protocol": "PLAIN",
        mechanism.format("plain"): f"org.apache.kafka.common.security.plain.PlainLoginModule {own} {known};",
        mechanism.format("scram-sha-512"): f"org.apache.kafka.common.security.scram.ScramLoginModule {own};",
    }


def _format(java: str, libs: Path, file: Path, users: Mapping[str, str]) -> None:
    tool = [*_java(java, libs), "kafka.tools.StorageTool"]
    cluster = subprocess.run([*tool, "random-uuid"], capture_output=True, text=True, check=True).stdout.split()[-1]
    scram = [f"--add-scram=SCRAM-SHA-512=[name={name},password={word}]" for name, word in users.items()]
    command = [*tool, "format", "-t", cluster, "-c", str(file), *scram]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"Kafka's folder could not be prepared:\n{done.stdout}\n{done.stderr}")


def _java(java: str, libs: Path) -> list[str]:
    return [java, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{libs}/*"]


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [int(one.getsockname()[1]) for one in sockets]
