"""Whose fault a flood of dead letters is."""

from monitor.core.floods import MANY_SOURCES, Floods, Verdict


def test_up_to_the_limit_it_goes_on() -> None:
    floods = Floods(3, 60)
    assert {floods.failed("a", 0)[0] for _ in range(3)} == {Verdict.GO_ON}
    assert not floods.calm


def test_one_source_beyond_the_limit_is_quarantined() -> None:
    floods = Floods(3, 60)
    assert [floods.failed("a", 0) for _ in range(4)][-1] == (Verdict.QUARANTINE, "a")
    assert floods.holds("a", 59)
    assert not floods.holds("b", 59)
    assert not floods.holds("a", 60)
    assert floods.calm


def test_good_records_of_others_in_between_do_not_save_a_source() -> None:
    floods = Floods(3, 60)
    for _ in range(3):
        assert floods.failed("a", 0)[0] is Verdict.GO_ON
        floods.fine("b")
    assert floods.failed("a", 0) == (Verdict.QUARANTINE, "a")


def test_a_good_record_of_its_own_does() -> None:
    floods = Floods(3, 60)
    for _ in range(10):
        assert floods.failed("a", 0)[0] is Verdict.GO_ON
        floods.fine("a")
    assert floods.calm


def test_many_sources_in_one_row_stop() -> None:
    floods = Floods(5, 60)
    verdicts = [floods.failed("abc"[n % MANY_SOURCES], 0)[0] for n in range(6)]
    assert verdicts == [Verdict.GO_ON] * 5 + [Verdict.STOP]


def test_of_two_sources_in_one_row_the_worse_is_quarantined_and_its_letters_forgotten() -> None:
    floods = Floods(4, 60)
    assert [floods.failed(source, 0) for source in "aabab"][-1] == (Verdict.QUARANTINE, "a")
    assert floods.failed("b", 0)[0] is Verdict.GO_ON


def test_as_many_quarantines_as_the_limit_are_nobody_s_fault_but_ours() -> None:
    floods = Floods(2, 60)
    last = Verdict.GO_ON
    for source in ("a", "b", "c"):
        floods.fine("x")
        last = [floods.failed(source, 0)[0] for _ in range(3)][-1]
    assert last is Verdict.STOP
    assert floods.quarantined == ("a", "b")


def test_quarantines_that_are_over_do_not_count() -> None:
    floods = Floods(2, 60)
    for at, source in ((0, "a"), (0, "b"), (60, "c")):
        floods.fine("x")
        assert [floods.failed(source, at)[0] for _ in range(3)][-1] is Verdict.QUARANTINE
    assert floods.quarantined == ("c",)


def test_names_from_outside_do_not_fill_the_memory() -> None:
    floods = Floods(4, 60)
    for n in range(1000):
        floods.failed(f"source {n}", 0)
        floods.fine("x")
    assert len(floods._runs) <= 4 * 4
