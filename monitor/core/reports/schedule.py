"""When a feed is polled next."""

LONGEST_DELAY_SECONDS = 3600.0
JITTER = 0.1


def next_delay(interval_seconds: float, failures: int, wait_seconds: float | None, spread: float) -> float:
    """Seconds until the next poll: the interval, doubled with each failure in a row up to an hour (or the interval).

    Never less than the server asked for; `spread`, from 0 to 1, moves it by a tenth so that feeds do not march in step.
    """
    longest = max(LONGEST_DELAY_SECONDS, interval_seconds)
    backed_off = min(interval_seconds * 2.0 ** min(failures, 32), longest)
    jittered = backed_off * (1 + JITTER * (2 * spread - 1))
    return max(jittered, (wait_seconds or 0.0) * (1 + JITTER * spread))
