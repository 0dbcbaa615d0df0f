"""The chart: what it renders is sound Kubernetes and a sound configuration, what it cannot use is refused."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from monitor import __version__
from monitor.settings import HttpSettings
from tests.deploy import chart_readme, chart_schema
from tests.deploy.conftest import CHART, Check, Helm, Objects

Render = Callable[..., Objects]

VALUES = [None, *sorted((CHART / "ci").glob("*-values.yaml"))]
SECRETS = {
    "KAFKA_USERNAME": "monitor",
    "KAFKA_PASSWORD": "a password",
    "SLACK_WEBHOOK_URL": "https://hooks.example.org/services/T/B/x",
    "SMTP_PASSWORD": "another",
}


def name(values: Path | None) -> str:
    return values.name if values else "defaults"


def arguments(values: Path | None) -> list[str | Path]:
    return ["--values", values] if values else []


def one(objects: Objects, kind: str, suffix: str = "") -> dict[str, Any]:
    (found,) = [each for each in objects if each["kind"] == kind and each["metadata"]["name"].endswith(suffix)]
    return found


def pods(objects: Objects) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name and spec of every pod that the chart makes."""
    for each in objects:
        if each["kind"] == "Pod":
            yield each["metadata"]["name"], each["spec"]
        elif "template" in each.get("spec", {}):
            yield each["metadata"]["name"], each["spec"]["template"]["spec"]


def containers(objects: Objects) -> Iterator[dict[str, Any]]:
    for _, spec in pods(objects):
        yield from [*spec.get("initContainers", []), *spec["containers"]]


def mounted(spec: dict[str, Any]) -> str:
    """The ConfigMap that a pod reads its configuration from."""
    (found,) = [str(each["configMap"]["name"]) for each in spec["volumes"] if each["name"] == "config"]
    return found


@pytest.mark.parametrize("values", VALUES, ids=name)
class TestEveryValuesFile:
    def test_passes_lint(self, helm: Helm, values: Path | None) -> None:
        done = helm("lint", "--strict", CHART, *arguments(values))
        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.parametrize("version", ["1.25", "1.34"])
    def test_renders_sound_objects(self, render: Render, values: Path | None, version: str) -> None:
        objects = render(*arguments(values))
        assert {"Deployment", "StatefulSet", "Service"} <= {each["kind"] for each in objects}
        for each in objects:
            kubernetes_validate.validate(each, version, strict=True)

    def test_names_no_object_twice(self, render: Render, values: Path | None) -> None:
        names = [(each["kind"], each["metadata"]["name"]) for each in render(*arguments(values))]
        assert len(names) == len(set(names))

    def test_ships_a_configuration_that_check_accepts(
        self, render: Render, values: Path | None, tmp_path: Path, faults: Check
    ) -> None:
        for each in render(*arguments(values)):
            if each["kind"] == "ConfigMap":
                for file, text in each["data"].items():
                    (tmp_path / file).write_text(text, encoding="utf-8")
                assert faults(tmp_path / "monitor.yaml", {"KAFKA_BOOTSTRAP": "kafka:9092", **SECRETS}) == ""

    def test_every_pod_is_confined(self, render: Render, values: Path | None) -> None:
        objects = render(*arguments(values))
        for _, spec in pods(objects):
            assert spec["securityContext"]["runAsNonRoot"] is True
            assert spec["securityContext"]["runAsUser"] >= 10_000
            assert spec["automountServiceAccountToken"] is False
        for container in containers(objects):
            context = container["securityContext"]
            assert context["readOnlyRootFilesystem"] is True
            assert context["allowPrivilegeEscalation"] is False
            assert context["capabilities"] == {"drop": ["ALL"]}
            assert {"requests", "limits"} <= container["resources"].keys()

    def test_every_mount_has_its_volume(self, render: Render, values: Path | None) -> None:
        for _, spec in pods(render(*arguments(values))):
            volumes = {volume["name"] for volume in spec["volumes"]}
            for container in [*spec.get("initContainers", []), *spec["containers"]]:
                assert {mount["name"] for mount in container["volumeMounts"]} <= volumes


class TestRoles:
    @pytest.mark.parametrize(
        ("kind", "role"), [("Deployment", "poll"), ("StatefulSet", "stream"), ("Deployment", "notify")]
    )
    def test_runs_its_command_and_is_probed(self, render: Render, kind: str, role: str) -> None:
        (container,) = one(render(), kind, role)["spec"]["template"]["spec"]["containers"]
        assert "command" not in container  # the image's entry point is monitor
        assert container["args"] == [role, "--config", "/etc/newsmonitor/monitor.yaml"]
        assert container["ports"] == [{"name": "metrics", "containerPort": HttpSettings().port}]
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            assert container[probe]["httpGet"] == {"path": "/healthz", "port": "metrics"}

    def test_serves_where_the_probes_ask(self, render: Render) -> None:
        objects = render("--set", "metrics.port=9100")
        served = yaml.safe_load(one(objects, "ConfigMap", "newsmonitor")["data"]["monitor.yaml"])["http"]
        assert served == {"host": "0.0.0.0", "port": 9100}
        ports = [port["containerPort"] for each in containers(objects) for port in each.get("ports", [])]
        assert ports == [9100] * 3

    def test_each_stream_worker_has_its_pods_name(self, render: Render) -> None:
        """So that a worker that comes back is given its partitions at once."""
        for kind, name in (("StatefulSet", "stream"), ("Deployment", "notify"), ("Deployment", "poll")):
            (pod,) = [one for one in render() if one["kind"] == kind and one["metadata"]["name"].endswith(name)]
            variables = {v["name"]: v for c in pod["spec"]["template"]["spec"]["containers"] for v in c["env"]}
            found = variables.get("MONITOR_INSTANCE_ID", {}).get("valueFrom")
            assert found == ({"fieldRef": {"fieldPath": "metadata.name"}} if name == "stream" else None)

    def test_what_a_stream_worker_remembers_lies_on_its_nodes_disk(self, render: Render) -> None:
        objects = render()
        settings = yaml.safe_load(one(objects, "ConfigMap", "newsmonitor")["data"]["monitor.yaml"])["stream"]
        pod = one(objects, "StatefulSet")["spec"]["template"]["spec"]
        mounts = pod["containers"][0]["volumeMounts"]
        (mounted,) = [each["name"] for each in mounts if settings["folder"].startswith(each["mountPath"])]
        assert settings["store"] == "rocksdb"
        assert {"name": mounted, "emptyDir": {}} in pod["volumes"]

    def test_selectors_tell_the_roles_apart(self, render: Render) -> None:
        found = [each["spec"] for each in render() if each["kind"] in {"Deployment", "StatefulSet"}]
        selectors = [json.dumps(spec["selector"]["matchLabels"], sort_keys=True) for spec in found]
        assert len(set(selectors)) == 3
        for spec in found:
            assert spec["selector"]["matchLabels"].items() <= spec["template"]["metadata"]["labels"].items()

    def test_an_edit_of_a_watch_restarts_the_pods(self, render: Render) -> None:
        def checksum(query: str) -> str:
            watch = json.dumps([{"id": "one", "query": query, "channels": ["console"]}])
            objects = render("--set-json", f"watches={watch}")
            return str(one(objects, "StatefulSet")["spec"]["template"]["metadata"]["annotations"]["checksum/config"])

        assert checksum("place:Raqqa") == checksum("place:Raqqa")
        assert checksum("place:Raqqa") != checksum("place:Idlib")

    def test_the_stream_worker_has_the_service_that_its_names_need(self, render: Render) -> None:
        objects = render()
        service = one(objects, "Service")
        assert one(objects, "StatefulSet")["spec"]["serviceName"] == service["metadata"]["name"]
        assert service["spec"]["clusterIP"] == "None"


class TestTopicsJob:
    def test_checks_and_creates_before_anything_else(self, render: Render) -> None:
        job = one(render(), "Job", "-topics")
        assert job["metadata"]["annotations"]["helm.sh/hook"] == "pre-install,pre-upgrade"
        spec = job["spec"]["template"]["spec"]
        assert [each["args"][:2] for each in spec["initContainers"]] == [["check", "--config"]]
        assert [each["args"][:2] for each in spec["containers"]] == [["topics", "create"]]

    def test_brings_its_own_files_since_no_other_are_there_yet(self, render: Render) -> None:
        objects = render()
        job, files = one(objects, "Job", "-topics"), one(objects, "ConfigMap", "-topics")
        (mounted,) = [
            each["configMap"]["name"] for each in job["spec"]["template"]["spec"]["volumes"] if "configMap" in each
        ]
        assert mounted == files["metadata"]["name"]
        weights = [int(each["metadata"]["annotations"]["helm.sh/hook-weight"]) for each in (files, job)]
        assert weights[0] < weights[1]
        assert files["data"] == one(objects, "ConfigMap", "newsmonitor")["data"]

    def test_reads_the_users_own_config_map(self, render: Render) -> None:
        objects = render("--set", "existingConfigMap=mine")
        assert not [each for each in objects if each["kind"] == "ConfigMap"]
        for _, spec in pods(objects):
            assert mounted(spec) == "mine"


class TestSecrets:
    def test_come_by_reference_to_every_role(self, render: Render) -> None:
        objects = render("--values", CHART / "ci" / "newsroom-values.yaml")
        assert "Secret" not in {each["kind"] for each in objects}
        for container in containers(objects):
            variables = {each["name"]: each for each in container["env"]}
            assert variables.keys() >= SECRETS.keys()
            reference = variables["SLACK_WEBHOOK_URL"]["valueFrom"]["secretKeyRef"]
            assert reference == {"name": "newsmonitor-channels", "key": "slack"}


class TestNumbers:
    """helm/helm#9162: numbers from a million up came out as 1e+06, and the program could not read them."""

    def test_from_a_million_up_are_rendered_plainly(self, render: Render, tmp_path: Path) -> None:
        values = tmp_path / "values.yaml"
        values.write_text(
            "config: {poll: {max_body_bytes: 33554432}, stream: {deadletters_in_a_row: 1000000}}\n"
            "notify: {terminationGracePeriodSeconds: 1000000}\n"
            "topics: {activeDeadlineSeconds: 2000000}\n"
            "probes: {startup: {failureThreshold: 3000000}}\n"
            "extraEnv: [{name: LIMIT, value: '1000000'}]\n"
        )
        objects = render("--values", values)
        config = one(objects, "ConfigMap", "newsmonitor")["data"]["monitor.yaml"]
        assert "max_body_bytes: 33554432\n" in config
        assert "deadletters_in_a_row: 1000000\n" in config
        notify = one(objects, "Deployment", "notify")["spec"]["template"]["spec"]
        assert notify["terminationGracePeriodSeconds"] == 1_000_000
        assert notify["containers"][0]["startupProbe"]["failureThreshold"] == 3_000_000
        assert {"name": "LIMIT", "value": "1000000"} in notify["containers"][0]["env"]
        assert one(objects, "Job", "-topics")["spec"]["activeDeadlineSeconds"] == 2_000_000

    def test_no_number_is_in_exponent_notation(self, helm: Helm) -> None:
        numbers = "config.poll.max_body_bytes=268435456,topics.activeDeadlineSeconds=1000000"
        done = helm("template", "news", CHART, "--set", numbers)
        assert done.returncode == 0, done.stderr
        assert "268435456" in done.stdout
        assert "e+0" not in done.stdout

    def test_a_quoted_tag_stays_as_it_is(self, render: Render, tmp_path: Path) -> None:
        values = tmp_path / "values.yaml"
        values.write_text('image: {tag: "31517e4"}\n')
        assert {each["image"] for each in containers(render("--values", values))} == {"newsmonitor:31517e4"}


class TestRefusals:
    @pytest.mark.parametrize(
        ("values", "where", "what"),
        [
            ("image: {tag: 31517e4}", "/image/tag", "want string"),
            ("image: {tag: 1.10}", "/image/tag", "want string"),
            ("pol: {}", "", "'pol' not allowed"),
            ("kafka: {bootstrap: ''}", "/kafka/bootstrap", "pattern"),
            ("kafka: {bootstrap: 'http://kafka:9092'}", "/kafka/bootstrap", "pattern"),
            ("config: {http: {port: 1}}", "/config", "'http' not allowed"),
            ("config: {kafka: {bootstrap: 'a:1'}}", "/config/kafka", "'bootstrap' not allowed"),
            ("config: {poll: {max_body: 5}}", "/config/poll", "'max_body' not allowed"),
            ("config: {poll: {per_host: 99}}", "/config/poll/per_host", "maximum"),
            (
                "config: {channels: [{id: desk, kind: slack, webhook_url: 'https://hooks.example.org/x'}]}",
                "/config/channels/0/webhook_url",
                "want object",
            ),
            ("watches: [{id: one}]", "/watches/0", "'query'"),
            ("watches: [{id: One, query: x}]", "/watches/0/id", "pattern"),
            ("feeds: [{url: 'https://example.org', every: 5}]", "/feeds/0", "'every' not allowed"),
            ("extraEnv: [{name: LIMIT, value: 1000000}]", "/extraEnv/0/value", "want string"),
            ("secrets: [{env: TOKEN, value: secret}]", "/secrets/0", "'value' not allowed"),
            ("stream: {replicas: two}", "/stream/replicas", "want integer"),
            ("podAnnotations: {port: 9464}", "/podAnnotations/port", "want string"),
        ],
    )
    def test_names_the_place_and_what_was_expected(
        self, helm: Helm, tmp_path: Path, values: str, where: str, what: str
    ) -> None:
        file = tmp_path / "values.yaml"
        file.write_text(values)
        done = helm("template", "news", CHART, "--values", file)
        assert done.returncode != 0
        assert f"at '{where}'" in done.stderr
        assert what in done.stderr


class TestShipped:
    def test_the_schema_is_that_of_the_program(self) -> None:
        schema = chart_schema.read()
        assert schema == chart_schema.renewed(schema), "run: python -m tests.deploy.chart_schema"

    def test_the_version_is_the_programs(self) -> None:
        chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
        assert chart["appVersion"] == __version__

    def test_the_readme_has_every_value_with_its_default(self) -> None:
        readme = chart_readme.README.read_text(encoding="utf-8")
        assert readme == chart_readme.renewed(readme), "run: python -m tests.deploy.chart_readme"

    def test_every_value_has_a_comment_that_explains_it(self) -> None:
        text = (CHART / "values.yaml").read_text(encoding="utf-8")
        explained = " ".join(chart_readme.rows(text))
        for key, default in yaml.safe_load(text).items():
            inner = [f"{key}.{name}" for name in default] if isinstance(default, dict) else []
            assert f"`{key}`" in explained or all(f"`{name}`" in explained for name in inner), key
