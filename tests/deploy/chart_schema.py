"""What the chart's schema says of configuration, feeds and watches comes from the program's own models.

`python -m tests.deploy.chart_schema` writes it anew; the chart's own keys are written by hand and stay.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from monitor.feedfile import FeedFile
from monitor.settings import Settings
from monitor.watchfile import WatchFile

FILE = Path(__file__).parents[2] / "helm" / "newsmonitor" / "values.schema.json"
SET_BY_CHART = {"http", "feeds", "watches", "cache_dir"}

Schema = dict[str, Any]


def read() -> Schema:
    """The schema as the chart ships it."""
    found: Schema = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def renewed(schema: Schema) -> Schema:
    """The same schema with the program's parts as the models say them now."""
    config, feeds, watches = _of(Settings), _of(FeedFile), _of(WatchFile)
    definitions = {**config.pop("$defs"), **feeds.pop("$defs"), **watches.pop("$defs")}
    for name in SET_BY_CHART:
        del config["properties"][name]
    del definitions["HttpSettings"]
    del definitions["KafkaSettings"]["properties"]["bootstrap"]
    del definitions["StreamSettings"]["properties"]["follow"]
    for section in config["properties"].values():
        section.pop("default")  # the chart has defaults of its own
    own = {name: part for name, part in schema["$defs"].items() if name.startswith("chart")}
    parts = {"config": config, **feeds["properties"], **watches["properties"]}
    return {**schema, "properties": {**schema["properties"], **parts}, "$defs": {**own, **definitions}}


def _of(model: type[BaseModel]) -> Schema:
    return model.model_json_schema()


if __name__ == "__main__":
    FILE.write_text(json.dumps(renewed(read()), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
