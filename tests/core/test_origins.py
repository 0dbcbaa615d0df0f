import pytest

from monitor.core.origins import find_origin


@pytest.mark.parametrize(
    ("source", "author", "text", "expected"),
    [
        ("Reuters", None, "Rain fell.", "Reuters"),
        ("Agence France-Presse", None, "Rain fell.", "AFP"),
        ("Velm Post", "By Associated Press", "Rain fell.", "AP"),
        ("Velm Post", None, "VELM, Onar (Reuters) - Rain fell.", "Reuters"),
        ("Velm Post", None, "Velm/AFP: Rain fell.", "AFP"),
        ("Velm Post", None, "VELM (dpa) — Rain fell.", "dpa"),
        ("Velm Post", None, "By Jo Miller, Associated Press\nRain fell.", "AP"),
        ("Velm Post", None, "Rain fell.\n\nSource: AFP", "AFP"),
        ("Velm Post", None, "Rain fell all day. (AFP)", "AFP"),
        ("Velm Post", None, "Rain fell. (Reporting by A. Person; Editing by B. Person)", "Reuters"),
        ("Velm Post", None, "The rain, an AFP reporter said, was warm.", None),
        ("Velm Post", "Jo Miller", "Rain fell.", None),
        ("Velm Post", None, "", None),
    ],
)
def test_origin(source: str, author: str | None, text: str, expected: str | None) -> None:
    assert find_origin(source, author, text) == expected
