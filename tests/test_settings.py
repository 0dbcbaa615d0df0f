"""monitor.yaml: what is taken, and that whatever is wrong is told with its place and without a secret."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from monitor.errors import BrokerRefused
from monitor.settings import EmailChannel, KafkaSettings, Settings, SlackChannel, load_project, load_settings
from tests.configurations import faults_of, write

WEBHOOK = "https://hooks.example.org/services/T0/B0/very-secret"


def _main_faults(tmp_path: Path, text: str, environment: Mapping[str, str] | None = None) -> list[str]:
    return faults_of(load_settings, write(tmp_path, text), environment=environment or {})


def test_everything_has_a_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings(write(tmp_path, ""), environment={}) == Settings()
    monkeypatch.chdir(tmp_path / "..")
    assert load_settings(environment={}) == Settings()


def test_the_file_of_the_current_folder_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write(tmp_path, "http: {port: 8080}").parent)
    assert load_settings(environment={}).http.port == 8080
    assert load_project(environment={}).settings.http.port == 8080


def test_a_file_that_is_named_must_be_there(tmp_path: Path) -> None:
    for load in (load_settings, load_project):
        (fault,) = faults_of(load, tmp_path / "gone.yaml", environment={})
        assert fault == "gone.yaml: no such file; `monitor init` writes a configuration to start from"


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "kafka: {bootstrap: 'file:1'}\ncache_dir: kept")
    environment = {"KAFKA_BOOTSTRAP": "environment:2", "MONITOR_CACHE_DIR": "/elsewhere"}
    assert load_settings(path, environment={}).kafka.bootstrap == "file:1"
    assert load_settings(path, environment=environment).kafka.bootstrap == "environment:2"
    assert load_settings(path, environment=environment, bootstrap="option:3").kafka.bootstrap == "option:3"
    assert load_settings(path, environment={"KAFKA_BOOTSTRAP": ""}).kafka.bootstrap == "file:1"
    assert load_settings(path, environment={}).cache_dir == path.parent / "kept"
    assert load_settings(path, environment=environment).cache_dir == Path("/elsewhere")


def test_the_environment_of_the_process_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA_BOOTSTRAP", "environment:2")
    assert load_settings(write(tmp_path, "")).kafka.bootstrap == "environment:2"


HOST = "a host such as intranet.example.org, or an IP address, with no scheme, port or path"
EXPECTED = "expected an address such as desk@example.org, its part before the @ in ASCII"


@pytest.mark.parametrize(
    "address", ["kafka", "kafka:", ":9092", "kafka:port", "http://kafka:9092", "a:1,b", "a:99999", "a:²", "a:٣"]
)
def test_a_broker_is_named_by_host_and_port(tmp_path: Path, address: str) -> None:
    path = write(tmp_path, f"kafka: {{bootstrap: '{address}'}}")
    says = "expected HOST:PORT of a Kafka broker (several with commas between them)"
    assert faults_of(load_settings, path, environment={}) == [f"monitor.yaml:1: kafka.bootstrap: {says}"]
    path = write(tmp_path, "")
    assert faults_of(load_settings, path, environment={"KAFKA_BOOTSTRAP": address}) == [f"KAFKA_BOOTSTRAP: {says}"]
    assert faults_of(load_settings, path, environment={}, bootstrap=address) == [f"--bootstrap: {says}"]


@pytest.mark.parametrize("address", ["kafka:9092", "a:1,b:2, c:3", "[::1]:9092"])
def test_brokers_are_taken_as_they_are(address: str) -> None:
    assert load_settings(environment={}, bootstrap=address).kafka.bootstrap == address


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "poll:\n  connect_seconds: soon",
            "2: poll.connect_seconds: expected a number above 0 and up to 60, found 'soon'",
        ),
        ("poll:\n  conect_seconds: 3", "2: poll.conect_seconds: unknown key; did you mean 'connect_seconds'?"),
        ("pole: {}", "1: pole: unknown key; did you mean 'poll'?"),
        ("1: {}", "1: 1: unknown key"),
        (
            "poll: 7",
            "1: poll: expected keys and values (user_agent, allow_hosts, connect_seconds, total_seconds, "
            "max_body_bytes, per_host), found 7",
        ),
        ("poll: {per_host: many}", "1: poll.per_host: expected a whole number from 1 to 16, found 'many'"),
        ("poll: {per_host: 1.5}", "1: poll.per_host: expected a whole number from 1 to 16, found 1.5"),
        ("poll: {allow_hosts: a.org}", "1: poll.allow_hosts: expected a list, found 'a.org'"),
        ("http: {port: 99999}", "1: http.port: expected a whole number from 0 to 65535, found 99999"),
        (
            "stream: {deadletters_in_a_row: 1}",
            "1: stream.deadletters_in_a_row: expected a whole number of at least 2, found 1",
        ),
        ("log: {level: loud}", "1: log.level: expected one of debug, info, warning, error, found 'loud'"),
        ("stream: {store: disk}", "1: stream.store: expected one of memory, rocksdb, found 'disk'"),
        (
            "- a",
            "1: expected keys and values (kafka, poll, http, stream, log, channels, feeds, watches, cache_dir), "
            "found a list",
        ),
        ("feeds: [a]", "1: feeds: expected a text, found a list"),
        ("kafka: {replication: null}", "1: kafka.replication: expected a whole number from 1 to 5, found nothing"),
        ("channels: [7]", "1: channels[0]: expected one of console, email, slack, found 7"),
        ("channels:\n  - id: a", "2: channels[0].kind: expected one of console, email, slack, found nothing"),
        (
            "channels:\n  - id: a\n    kind: slak",
            "3: channels[0].kind: expected one of console, email, slack, found 'slak'",
        ),
        (
            "channels:\n  - kind: console",
            "2: channels[0].id: expected a name of small letters, digits, . _ -, found nothing",
        ),
        (
            "channels: [{id: 7, kind: console}]",
            "1: channels[0].id: expected a name of small letters, digits, . _ -, found 7: put it in quotes",
        ),
        (
            "channels:\n  - {id: a, kind: console}\n  - {id: b, kind: console}\n  - {id: a, kind: console}",
            "4: channels[2].id: 'a' is here twice, first in line 2",
        ),
        (
            "kafka: {security_protocol: SASL_SSL}",
            "1: kafka: security_protocol SASL_SSL needs sasl_username and sasl_password",
        ),
        (
            "kafka: {ssl_ca_file: %s}" % ("x" * 300),
            "1: kafka.ssl_ca_file: {folder}/" + "x" * 300 + " cannot be read: File name too long",
        ),
        ('cache_dir: "\\0"', "1: cache_dir: expected a path, found one with a NUL character in it"),
        (
            "cache_dir: ~nobody-of-this-name/x",
            "1: cache_dir: there is no user of the name that ~nobody-of-this-name/x begins with",
        ),
        ('poll: {user_agent: "a\\nX: y"}', "1: poll.user_agent: expected a text of one line, found 'a\\nX: y'"),
        ("poll: {user_agent: ''}", "1: poll.user_agent: expected a text of one line, found ''"),
        *(
            (f"poll: {{allow_hosts: [e.org, '{host}']}}", f"1: poll.allow_hosts[1]: expected {HOST}, found '{shown}'")
            for host, shown in (
                ("http://e.org/x", "http://e.org/…"),
                ("e.org:8080", "e.org:8080"),
                ("e.org/x", "e.org/x"),
                ("10.0.0.0/8", "10.0.0.0/8"),
                ("[::1]:80", "[::1]:80"),
                ("", ""),
                ("büro", "büro"),
            )
        ),
        ("kafka: {ssl_ca_file: gone.pem}", "1: kafka.ssl_ca_file: no such file: {folder}/gone.pem"),
    ],
)
def test_a_fault_says_where_what_was_expected_and_what_was_found(tmp_path: Path, text: str, fault: str) -> None:
    path = write(tmp_path, text)
    assert faults_of(load_settings, path, environment={}) == [
        f"monitor.yaml:{fault.replace('{folder}', str(path.parent))}"
    ]


EMAIL = "channels:\n  - id: a\n    kind: email\n    host: h\n    sender: a@b.org\n    to: [c@d.org]\n"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (EMAIL.replace("[c@d.org]", "[]"), "6: channels[0].to: expected a list of at least 1, found an empty list"),
        (
            EMAIL.replace("[c@d.org]", "[c]"),
            "6: channels[0].to[0]: expected an address such as desk@example.org, found 'c'",
        ),
        (EMAIL.replace("a@b.org", '"a@b.org\\r\\nBcc: x@y.org"'), "5: channels[0].sender: expected an address such as"),
        *(
            (EMAIL.replace("a@b.org", address), f"5: channels[0].sender: {EXPECTED}")
            for address in ("desk@b..c", "köln@b.org", f"a@{'x' * 70}.org", "a@b.org:25", "a@.", '"desk@b/c"')
        ),
        (EMAIL.replace("host: h", "host: ''"), "4: channels[0].host: expected a host such as"),
        (EMAIL.replace("host: h", "host: 'smtp://h'"), "4: channels[0].host: expected a host such as"),
        (EMAIL + "    password: {env: SMTP_PASSWORD}\n", "2: channels[0]: username and password go together"),
        (EMAIL + "    username: a\n", "2: channels[0]: username and password go together"),
    ],
)
def test_a_mailbox_must_be_one(tmp_path: Path, text: str, fault: str) -> None:
    (found,) = _main_faults(tmp_path, text, {"SMTP_PASSWORD": "hunter2"})
    assert found.startswith(f"monitor.yaml:{fault}")
    assert "hunter2" not in found


@pytest.mark.parametrize(
    ("secret", "says"),
    [
        (WEBHOOK, "a secret is named, not written here: {env: NAME} or {file: PATH}"),
        ("{env: SLACK_URL}", "the environment variable SLACK_URL is not set"),
        ("{env: EMPTY}", "the environment variable EMPTY is not set"),
        (f"{{env: '{WEBHOOK}'}}", "expected the name of an environment variable after env"),
        ("{env: [a]}", "expected {env: NAME} or {file: PATH}"),
        ("{vault: a}", "expected {env: NAME} or {file: PATH}"),
        ("{env: A, file: b}", "a secret is named, not written here: {env: NAME} or {file: PATH}"),
        ("{file: gone}", "the file 'gone' cannot be read: No such file or directory"),
        ("{file: empty}", "the file 'empty' is empty"),
        ("{file: binary}", "the file 'binary' is no text"),
        ("{env: NO_URL}", "the secret named here is not a web address, as a Slack webhook is"),
        ("~", "a secret is named, not written here: {env: NAME} or {file: PATH}"),
    ],
)
def test_a_secret_that_is_not_there_is_told_and_never_shown(tmp_path: Path, secret: str, says: str) -> None:
    path = write(tmp_path, f"channels:\n  - id: a\n    kind: slack\n    webhook_url: {secret}\n")
    (path.parent / "empty").write_text("\n")
    (path.parent / "binary").write_bytes(b"\xff\xfe\x00")
    found = faults_of(load_settings, path, environment={"EMPTY": "", "NO_URL": "very-secret"})
    assert found == [f"monitor.yaml:4: channels[0].webhook_url: {says}"]


def test_a_channel_without_its_secret_is_refused(tmp_path: Path) -> None:
    (fault,) = _main_faults(tmp_path, "channels:\n  - id: a\n    kind: slack\n")
    expected = "where the secret is, {env: NAME} or {file: PATH}"
    assert fault == f"monitor.yaml:2: channels[0].webhook_url: expected {expected}, found nothing"


def test_secrets_come_from_the_environment_or_a_file_and_stay_out_of_sight(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "channels:\n"
        "  - {id: a, kind: slack, webhook_url: {env: SLACK_URL}}\n"
        "  - {id: b, kind: slack, webhook_url: {file: webhook.txt}}\n",
    )
    (path.parent / "webhook.txt").write_text(f"{WEBHOOK}\n")
    loaded = load_settings(path, environment={"SLACK_URL": WEBHOOK})
    urls = [channel.webhook_url for channel in loaded.channels if isinstance(channel, SlackChannel)]
    assert [url.get_secret_value() for url in urls] == [WEBHOOK, WEBHOOK]
    assert "very-secret" not in repr(loaded)
    assert "very-secret" not in loaded.model_dump_json()


def test_a_channel_can_be_made_in_code() -> None:
    channel = SlackChannel(id="a", kind="slack", webhook_url=SecretStr(WEBHOOK))
    assert channel.webhook_url.get_secret_value() == WEBHOOK
    assert EmailChannel(id="b", kind="email", host="h", sender="a@b.org", to=("c@d.org",)).port == 587


def test_hosts_and_mailboxes_that_can_be_used_are_taken(tmp_path: Path) -> None:
    hosts = ["intranet", "a_b.e.org.", "10.0.0.1", "::1", "[fd00::1]", "::ffff:1.2.3.4", "xn--bro-hoa"]
    mailboxes = EMAIL.replace("a@b.org", "desk@bücher.example").replace("c@d.org", "'a.b+c@[10.0.0.1]'")
    settings = load_settings(write(tmp_path, f"poll: {{allow_hosts: {hosts}}}\n{mailboxes}"), environment={})
    assert settings.poll.allow_hosts == tuple(hosts)
    assert isinstance(settings.channels[0], EmailChannel)


def test_a_connection_carries_what_the_clients_need(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "kafka:\n  bootstrap: kafka:9093\n  security_protocol: SASL_SSL\n"
        "  sasl_username: {env: U}\n  sasl_password: {env: P}\n  ssl_ca_file: ca.pem\n",
    )
    (path.parent / "ca.pem").write_text("x")
    connection = load_settings(path, environment={"U": "reader", "P": "hunter2"}).kafka.connection()
    assert (connection.bootstrap, connection.security_protocol) == ("kafka:9093", "SASL_SSL")
    assert (connection.sasl_username, connection.sasl_password) == ("reader", "hunter2")
    assert connection.ssl_ca_file == path.parent / "ca.pem"
    assert "hunter2" not in repr(connection)


def test_without_a_broker_there_is_no_connection() -> None:
    with pytest.raises(BrokerRefused, match="KAFKA_BOOTSTRAP"):
        KafkaSettings().connection()


def test_the_member_name_of_a_worker_comes_from_the_file_or_the_environment(tmp_path: Path) -> None:
    path = write(tmp_path, "stream: {instance_id: stream-0, store: rocksdb, folder: rows}")
    stream = load_settings(path, environment={}).stream
    assert (stream.instance_id, stream.store, stream.folder) == ("stream-0", "rocksdb", path.parent / "rows")
    assert load_settings(path, environment={"MONITOR_INSTANCE_ID": "pod-1"}).stream.instance_id == "pod-1"
    expected = "expected a name of up to 200 letters, digits, dots, dashes and underscores"
    assert _main_faults(tmp_path, "", {"MONITOR_INSTANCE_ID": "pod 1"}) == [f"MONITOR_INSTANCE_ID: {expected}"]
    assert _main_faults(tmp_path, "stream: {instance_id: ..}") == [f"monitor.yaml:1: stream.instance_id: {expected}"]
