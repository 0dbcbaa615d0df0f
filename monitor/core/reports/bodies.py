"""The several bodies of one entry → its text."""

from collections.abc import Iterable


def join_bodies(bodies: Iterable[str]) -> str:
    """All bodies, longest first, without those that another one holds (a teaser that ends in dots included)."""
    told = {body: " ".join(body.split()).rstrip(" .…[]") for body in bodies if body}
    kept: list[str] = []
    for body in sorted(told, key=lambda body: len(told[body]), reverse=True):
        if not any(told[body] in told[other] for other in kept):
            kept.append(body)
    return "\n".join(kept)
