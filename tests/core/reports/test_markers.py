import pytest

from monitor.core.reports.markers import is_notice, quoted_headlines, says_corrected, unmark


@pytest.mark.parametrize(
    ("title", "kind", "label", "rest"),
    [
        ("UPDATE 2-Dam cracks", "update", "UPDATE 2", "Dam cracks"),
        ("UPDATE 1 - Dam cracks", "update", "UPDATE 1", "Dam cracks"),
        ("Update: dam cracks", "update", "UPDATE", "dam cracks"),
        ("WRAPUP 4-Dam cracks", "update", "WRAPUP 4", "Dam cracks"),
        ("RECAST-Dam cracks", "update", "RECAST", "Dam cracks"),
        ("(UPDATED) Dam cracks", "update", "UPDATED", "Dam cracks"),
        ("CORRECTED-Dam cracks", "correction", "CORRECTED", "Dam cracks"),
        ("CORRECTION: Dam cracks", "correction", "CORRECTION", "Dam cracks"),
        ("[Correction] Dam cracks", "correction", "CORRECTION", "Dam cracks"),
        ("KORREKTUR - Damm bricht", "correction", "KORREKTUR", "Damm bricht"),
        ("تصحيح: انهيار السد", "correction", "تصحيح", "انهيار السد"),
        ("KILL KILL KILL - Dam cracks", "kill", "KILL", "Dam cracks"),
        ("KILL-Dam cracks", "kill", "KILL", "Dam cracks"),
        ("HOLD HOLD HOLD", "kill", "HOLD", "HOLD HOLD HOLD"),
        ("WITHDRAWN: Dam cracks", "kill", "WITHDRAWN", "Dam cracks"),
        ("WITHDRAWAL: Dam cracks", "kill", "WITHDRAWAL", "Dam cracks"),
        ("(Corrected) Dam cracks", "correction", "CORRECTED", "Dam cracks"),
        ("Correction: Dam-Lesno story", "correction", "CORRECTION", "Dam-Lesno story"),
        ("REFILE-Dam cracks", "refile", "REFILE", "Dam cracks"),
        ("RPT-Dam cracks", "refile", "RPT", "Dam cracks"),
    ],
)
def test_marker_in_a_headline(title: str, kind: str, label: str, rest: str) -> None:
    found = unmark(title, "Text.")
    assert found.marker is not None
    assert (found.marker.kind, found.marker.label, found.title) == (kind, label, rest)


@pytest.mark.parametrize(
    "title",
    [
        "Kill switch of dam was never tested",
        "Kill: a film that divides",
        "Hold on, says minister",
        "HOLD-UP AT HARBOUR BANK",
        "Update on dam expected",
        "Correction officers strike",
        "CORRECTION OFFICERS STRIKE",
        "Withdrawn troops come home",
        "Lead 2 found in water",
        "Repeat: never again, say villagers",
        "Minister issues correction: dam is safe",
        "Withdrawal: what the US exit from Syria means for the Kurds",
        "Withdrawal-weary Kurds wait for word",
        "WITHDRAWAL-WEARY KURDS WAIT FOR WORD",
        "Correction: oil prices slide as US leaves Syria",
        "Corrected vision: how one clinic works",
        "Retraction - a word that ministers fear",
        "",
    ],
)
def test_headline_that_only_holds_the_word(title: str) -> None:
    found = unmark(title, "Text.")
    assert (found.marker, found.title) == (None, title)


def test_marker_at_the_start_of_the_text() -> None:
    found = unmark("Dam", "CORRECTION: The dam is in Lesno.")
    assert found.marker is not None
    assert (found.marker.kind, found.text) == ("correction", "The dam is in Lesno.")


@pytest.mark.parametrize(
    ("advisory", "kind"),
    [
        ("(Adds quote by mayor in para 2)", "update"),
        ("(Corrects day in paragraph 1)", "correction"),
        ("(Refiles to add dropped word)", "refile"),
    ],
)
def test_bracketed_advisory_is_a_marker_and_no_content(advisory: str, kind: str) -> None:
    found = unmark("Dam", f"{advisory}\nThe dam cracked.")
    assert found.marker is not None
    assert (found.marker.kind, found.text) == (kind, "The dam cracked.")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("EDITORS' NOTE: This story was withdrawn on Monday.", "kill"),
        ("[Editor’s note: The name of the mayor has been corrected.]", "correction"),
        ("Editors' note: Prices are those of Monday.", None),
    ],
)
def test_editors_note_at_the_start(text: str, kind: str | None) -> None:
    found = unmark("Dam", text)
    assert (found.marker and found.marker.kind, found.text) == (kind, text)


@pytest.mark.parametrize(
    ("title", "text", "expected"),
    [
        ("KILL-Dam cracks", "Please disregard what was sent at noon.", True),
        ("WITHDRAWN", "The report about the dam is withdrawn.", True),
        ("Dam cracks", "(Corrects day)\nThe dam cracked.", True),
        ("WITHDRAWAL: WHAT IT MEANS", "The army withdraws from three towns.", False),
        ("WITHDRAWAL: WHAT IT MEANS", "WITHDRAWAL: What it means. The army leaves three towns.", False),
        ("Dam cracks", "The report on the dam was wrong, says the mayor.", False),
    ],
)
def test_whether_a_marked_text_speaks_of_a_report(title: str, text: str, expected: bool) -> None:
    assert unmark(title, text).of_report is expected


def test_headline_rules_where_both_have_a_marker() -> None:
    found = unmark("UPDATE 3-Dam", "(Corrects day)\nThe dam cracked.")
    assert found.marker is not None
    assert (found.marker.label, found.text) == ("UPDATE 3", "The dam cracked.")


def test_brackets_with_content_stay() -> None:
    assert unmark("Dam", "(Lesno) The dam cracked.").text == "(Lesno) The dam cracked."


@pytest.mark.parametrize(
    ("title", "corrects", "expected"),
    [
        ("KILL KILL KILL", None, True),
        ("CORRECTION: Dam", None, True),
        ("Dam", "Old", True),
        ("UPDATE 1-Dam", None, False),
    ],
)
def test_notices_concern_those_who_were_told(title: str, corrects: str | None, expected: bool) -> None:
    assert is_notice(title, "", corrects) is expected


def test_quoted_headlines() -> None:
    text = 'The item "Dam cracks in Lesno" and «Le barrage cède» are “short”, and “Villagers flee at night.”'
    assert quoted_headlines(text) == ("Dam cracks in Lesno", "Le barrage cède", "Villagers flee at night")


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("An earlier version of this report named another town.", True),
        ("This article was amended on Tuesday to say whose dog it was.", True),
        ("Correction: the dam is older.", True),
        ("The course of the river was corrected in 1911.", False),
    ],
)
def test_sentence_that_owns_to_a_mistake(sentence: str, expected: bool) -> None:
    assert says_corrected(sentence) is expected
