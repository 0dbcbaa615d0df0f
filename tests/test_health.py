"""/healthz: a complaint is 503, a note is told and nothing to start anew for."""

import asyncio
import urllib.error
import urllib.request

import orjson

from monitor.health import Health, serve


async def asked(health: Health) -> tuple[int, dict[str, str]]:
    def get(url: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    async with serve("127.0.0.1", 0, health) as port:
        status, body = await asyncio.to_thread(get, f"http://127.0.0.1:{port}/healthz")
    return status, orjson.loads(body)


async def test_all_is_well() -> None:
    health = Health()
    health.add("stream", lambda: None)
    assert await asked(health) == (200, {"stream": "ok"})


async def test_a_note_is_told_and_healthy() -> None:
    health = Health()
    health.add("stream", lambda: None)
    health.note("broker", lambda: "no Kafka answers")
    assert await asked(health) == (200, {"stream": "ok", "broker": "no Kafka answers"})


async def test_a_complaint_is_not() -> None:
    health = Health()
    health.add("stream", lambda: "stands still")
    assert await asked(health) == (503, {"stream": "stands still"})
