"""The job of the chart that applies watches."""

import yaml

from tests.deploy.test_chart import Render, mounted, one


def test_the_watches_job_applies_what_the_values_say_once_the_rest_is_there(render: Render) -> None:
    objects = render()
    job = one(objects, "Job", "-watches")
    assert job["metadata"]["annotations"]["helm.sh/hook"] == "post-install,post-upgrade"
    spec = job["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    assert container["args"][:3] == ["watches", "apply", "/etc/newsmonitor/watches.yaml"]
    assert mounted(spec) == one(objects, "ConfigMap", "newsmonitor")["metadata"]["name"]
    main = yaml.safe_load(one(objects, "ConfigMap", "newsmonitor")["data"]["monitor.yaml"])
    assert main["stream"]["follow"] is True


def test_the_watches_job_can_be_left_to_people(render: Render) -> None:
    jobs = [each for each in render("--set", "watchesJob.create=false") if each["kind"] == "Job"]
    assert [each["metadata"]["name"].rpartition("-")[2] for each in jobs] == ["topics"]
