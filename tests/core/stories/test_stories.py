"""The index of one partition: whom an article concerns, what is held back, repeats, expiry, rebuilding from rows."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.core.stories.alerts import alert_id, label
from monitor.core.stories.stories import Outcome, StoryIndex, event_at
from monitor.model import Decision, Field, Hit
from tests.core.newsroom import SETTINGS, START, article, judged, match, tell, unwatched

DAY = 24.0
BRIDGE = (
    "The bridge over the Onar at Velm was closed on Friday after a barge struck a pillar. No one was hurt. Lorries are "
    "sent by way of the ferry at Sund, which crosses each half hour. The harbour wants to know why the barge left "
    "its lane in clear weather, and has asked its crew to stay in port."
)
STRIKE = (
    "Bakers in Velm will stop work on Sunday night because talks about pay for night shifts failed. The union said "
    "that small shops and hospitals would be served. A judge is to hear the owners on Saturday morning."
)


class TestWhomItConcerns:
    def test_each_watch_has_its_own_story_and_alert(self) -> None:
        outcome = tell(StoryIndex(), match(article("a", "Bridge shut", BRIDGE), "one", "two"))
        assert [row.watch for row in outcome.judgements] == ["one", "two"]
        assert len({row.story for row in outcome.judgements}) == 2
        assert len({alert.id for alert in outcome.alerts}) == 2

    def test_a_copy_is_news_to_a_watch_that_was_not_told_the_original(self) -> None:
        index = StoryIndex()
        tell(index, match(article("a", "Bridge shut", BRIDGE), "one"))
        outcome = tell(index, match(article("b", "Barge hits pillar", BRIDGE, hours=1), "one", "two"))
        assert [row.decision for row in outcome.judgements] == [Decision.COPY, Decision.NEW]

    def test_an_edit_concerns_who_was_told_although_it_matches_no_more(self) -> None:
        index = StoryIndex()
        tell(index, match(article("a", "Bridge shut", BRIDGE), "one"))
        edit = article("a", "Bridge shut", BRIDGE.replace("a barge", "2 barges"), hours=1, edited=True)
        outcome = tell(index, unwatched(edit))
        assert [(row.watch, row.decision, row.told) for row in outcome.judgements] == [("one", Decision.UPDATE, True)]
        assert [alert.channel for alert in outcome.alerts] == ["desk"]

    def test_an_edit_of_what_was_never_told_concerns_nobody(self) -> None:
        index = StoryIndex()
        tell(index, match(article("a", "Bridge shut", BRIDGE, backlog=True), "one"))
        edit = article("a", "Bridge shut", BRIDGE + " Divers are at work below it today.", hours=1, edited=True)
        assert index.judge(unwatched(edit)) == Outcome()

    def test_a_notice_concerns_who_was_told_what_it_names(self) -> None:
        index = StoryIndex()
        tell(index, match(article("a", "Bridge shut after a barge struck it", BRIDGE), "one"))
        notice = article("b", "WITHDRAWN", "The item “Bridge shut after a barge struck it” is withdrawn.", hours=1)
        outcome = tell(index, unwatched(notice))
        assert [(row.watch, row.decision) for row in outcome.judgements] == [("one", Decision.KILL)]

    def test_a_notice_of_something_unknown_concerns_nobody(self) -> None:
        notice = article("b", "WITHDRAWN", "The item “Something that we never saw” is withdrawn.")
        assert StoryIndex().judge(unwatched(notice)) == Outcome()

    def test_a_notice_that_matches_but_whose_original_is_unknown_is_told_as_new(self) -> None:
        (row,) = judged(article("b", "CORRECTION: Bridge at Velm", BRIDGE))
        assert (row.decision, row.told) == (Decision.NEW, True)


class TestHeldBack:
    def test_backlog_is_not_told_unless_the_watch_wants_it(self) -> None:
        old = article("a", "Bridge shut", BRIDGE, backlog=True)
        (held,), (told,) = judged(old), judged(old, settings=replace(SETTINGS, backlog=True))
        assert (held.told, held.held, label(held)) == (False, "backlog", "backlog")
        assert held.reason == "first of its story; not told: it was already in its feed when the feed was first seen"
        assert (told.told, label(told)) == (True, "new")

    def test_only_what_the_watch_asks_for_is_told(self) -> None:
        wanted = replace(SETTINGS, alert_on=(Decision.UPDATE,))
        first, update = judged(
            article("a", "Bridge shut", BRIDGE),
            article("b", "UPDATE 1-Bridge shut", BRIDGE, hours=1),
            settings=wanted,
        )
        assert (first.told, first.held) == (False, "alert_on")
        assert first.reason.endswith("not told: this watch does not ask for “new”")
        assert (update.decision, update.told) == (Decision.UPDATE, True)

    def test_a_copy_of_what_was_not_asked_for_is_held_back_in_its_place(self) -> None:
        wanted = replace(SETTINGS, alert_on=(Decision.UPDATE,))
        _, copy = judged(article("a", "Bridge", BRIDGE), article("b", "Barge", BRIDGE, hours=1), settings=wanted)
        assert (copy.decision, copy.held, copy.copy_of) == (Decision.NEW, "alert_on", "a")

    def test_the_second_independent_source_sets_off_the_alert(self) -> None:
        rows = judged(
            article("a", "Bridge shut", BRIDGE, source="Velm Post"),
            article("b", "Barge", BRIDGE, hours=1, source="Sund Mirror"),
            article("c", "UPDATE 1-Bridge", BRIDGE, hours=2, source="Onar Radio"),
            settings=replace(SETTINGS, origins=2),
        )
        assert [(row.told, row.held) for row in rows[:2]] == [(False, "origins"), (False, "origins")]
        assert rows[0].reason.endswith("independent sources still wanted: 1")
        assert rows[1].reason.endswith("independent sources still wanted: 1"), "a copy is no second source"
        other = article("d", "Velm bridge closed", _RETOLD, hours=3, source="Onar Radio")
        *_, last = judged(
            article("a", "Bridge shut", BRIDGE, source="Velm Post"), other, settings=replace(SETTINGS, origins=2)
        )
        assert (last.decision, last.told) == (Decision.NEW, True)

    def test_a_kill_is_told_though_it_is_backlog(self) -> None:
        _, kill = judged(
            article("a", "Bridge shut by barge", BRIDGE),
            article("b", "KILL KILL KILL", "Kill “Bridge shut by barge”.", hours=1, backlog=True),
        )
        assert (kill.decision, kill.told) == (Decision.KILL, True)


_RETOLD = (
    "No lorry crosses the Onar at Velm any more: a barge ran into a pillar of the bridge on Friday. Drivers queue for "
    "the Sund ferry, and the crew of the barge may not leave port until the harbour office has heard them."
)


class TestRepeats:
    def test_the_same_again_gets_the_same_judgement_and_alerts(self) -> None:
        index = StoryIndex()
        first = tell(index, match(article("a", "Bridge shut", BRIDGE)))
        tell(index, match(article("b", "UPDATE 1-Bridge", BRIDGE, hours=1)))
        again = tell(index, match(article("a", "Bridge shut", BRIDGE)))
        assert again.judgements == first.judgements
        assert again.alerts == first.alerts
        assert again.sketch is None

    def test_a_watch_that_comes_later_for_the_same_article_is_judged_as_if_it_had_come_at_once(self) -> None:
        together, apart = StoryIndex(), StoryIndex()
        found = article("a", "Bridge shut", BRIDGE)
        at_once = tell(together, match(found, "one", "two")).judgements
        split = [tell(apart, match(found, watch)).judgements[0] for watch in ("one", "two")]
        assert list(at_once) == split

    def test_a_notice_that_comes_again_concerns_nobody_who_was_told_since(self) -> None:
        index = StoryIndex()
        notice = unwatched(article("n", "WITHDRAWN", "The item “Bridge shut by barge” is withdrawn.", hours=1))
        assert tell(index, notice, 4) == Outcome()
        tell(index, match(article("a", "Bridge shut by barge", BRIDGE, hours=0)), 5)
        assert tell(index, notice, 4) == Outcome()
        assert tell(index, notice, 6).judgements[0].decision is Decision.KILL, "another record of it comes after"

    def test_a_notice_that_was_told_and_comes_again_concerns_nobody_who_was_told_since(self) -> None:
        index = StoryIndex()
        notice = match(article("n", "WITHDRAWN", "The item “Bridge shut by barge” is withdrawn."), "airfield")
        first = tell(index, notice, 4)
        tell(index, match(article("a", "Bridge shut by barge", BRIDGE, hours=0), "bridge"), 5)
        assert [row.watch for row in first.judgements] == ["airfield"]
        assert tell(index, notice, 4).judgements == first.judgements

    def test_an_article_keeps_its_place_in_the_order(self) -> None:
        index = StoryIndex()
        tell(index, match(article("a", "Bridge shut", BRIDGE), "one"))
        second = match(article("b", "Bakers to strike", STRIKE), "one")
        assert tell(index, second).sequence == 1
        tell(index, match(article("c", "Barge", BRIDGE), "one"))
        assert tell(index, match(second.article, "two")).sequence == 1

    def test_judge_changes_nothing(self) -> None:
        index = StoryIndex()
        tell(index, match(article("a", "Bridge shut", BRIDGE)))
        later = match(article("b", "Barge", BRIDGE, hours=1))
        assert index.judge(later) == index.judge(later)

    def test_ids_come_from_watch_article_and_revision_alone(self) -> None:
        (alert,) = tell(StoryIndex(), match(article("a", "Bridge shut", BRIDGE))).alerts
        assert alert.id == alert_id("desk", "a", article("a", "Bridge shut", BRIDGE).revision)

    def test_one_alert_a_channel_under_one_id(self) -> None:
        both = replace(SETTINGS, channels=("desk", "night"))
        alerts = tell(StoryIndex(), match(article("a", "Bridge shut", BRIDGE), settings=both)).alerts
        assert [alert.channel for alert in alerts] == ["desk", "night"]
        assert len({alert.id for alert in alerts}) == 1


class TestAlertsOfAStory:
    def test_they_name_who_carried_and_who_reported(self) -> None:
        index = StoryIndex()
        tell(index, match(article("a", "Bridge shut", BRIDGE, source="Velm Post")))
        tell(index, match(article("b", "Barge", BRIDGE, hours=1, source="Sund Mirror")))
        (alert,) = tell(index, match(article("c", "Velm bridge", _RETOLD, hours=2, source="Onar Radio"))).alerts
        assert alert.carried_by == ("Sund Mirror",)
        assert alert.reported_by == ("Velm Post",)
        assert (alert.outlets, alert.originals) == (3, ("Velm Post", "Onar Radio"))
        assert not alert.loud, "a report is told quietly"

    def test_what_nine_outlets_took_from_one_agency_has_one_original(self) -> None:
        index, told = StoryIndex(), f"VELM (AFP) - {BRIDGE}"
        for number in range(8):
            tell(index, match(article(f"a{number}", "Bridge shut", told, hours=number / 10, source=f"Post {number}")))
        notice = article("k", "KILL: Bridge shut", f"Editors: please kill. {told}", hours=1, source="Post 9")
        (alert,) = tell(index, match(notice)).alerts
        assert (alert.outlets, alert.originals) == (9, ("AFP",))

    def test_hits_of_the_watch_alone_are_shown(self) -> None:
        found = article("a", "Bridge shut", BRIDGE)
        hit = Hit(field=Field.TEXT, start=4, end=10, text="bridge", what="bridge")
        other = Hit(field=Field.TITLE, start=7, end=11, text="shut", what="shut")
        matched = match(found, hits=(hit, other))
        only_first = replace(matched, watches=(replace(matched.watches[0], hits=(0,)),))
        (alert,) = tell(StoryIndex(), only_first).alerts
        assert alert.hits == (hit,)


class TestTime:
    @pytest.mark.parametrize(("published", "expected"), [(-1, -1), (-24 * 30, -24 * 7), (5, 1 / 6), (None, 0)])
    def test_event_time_is_held_near_first_sight(self, published: float | None, expected: float) -> None:
        at = None if published is None else START + timedelta(hours=published)
        found = replace(article("a", "t", "x"), published_at=at)
        assert event_at(found, window_days=7) == START + timedelta(hours=expected)

    def test_rows_are_forgotten_after_the_window_of_their_watch(self) -> None:
        index = StoryIndex()
        short = replace(SETTINGS, window_days=1)
        first = tell(index, match(article("a", "Bridge shut", BRIDGE), "short", settings=short))
        tell(index, match(article("a", "Bridge shut", BRIDGE), "long"))
        assert index.expired(START + timedelta(hours=23)) == ((), ())
        copies = tell(index, match(article("c", "Barge", BRIDGE, hours=30), "short", "long"))
        assert [row.decision for row in copies.judgements] == [Decision.NEW, Decision.COPY]
        tell(index, match(article("b", "Bakers to strike", STRIKE, hours=31), "short", "long"))
        later = tell(index, match(article("e", "Bakers to strike", STRIKE, hours=32), "short", "long"))
        assert later.expired_judgements == (first.judgements[0].key,)
        assert later.expired_sketches == (), "the other watch still needs it"
        dropped: list[str] = []
        for n in range(7):
            found = article(f"d{n}", "Bakers", f"{STRIKE} Loaf {n}.", hours=DAY * 8)
            dropped += tell(index, match(found, "long")).expired_sketches
        assert f"a|{first.judgements[0].revision}" in dropped

    @pytest.mark.parametrize("wrong", [1, 4])
    def test_wrong_dates_far_ahead_forget_nothing(self, wrong: int) -> None:
        index = StoryIndex()
        for n in range(6):
            tell(index, match(article(f"r{n}", f"River {n}", f"Gauge {n} at the weir {n} stood at {n} on day {n}.")))
        tell(index, match(article("a", "Bridge shut", BRIDGE, hours=1)))
        for n in range(wrong):
            ahead = article(f"x{n}", "Bakers to strike", f"{STRIKE} Oven {n}.", hours=DAY * 365 * 73)
            outcome = tell(index, match(ahead))
            assert (outcome.expired_judgements, outcome.expired_sketches) == ((), ())
        copy = tell(index, match(article("c", "Barge", BRIDGE, hours=2))).judgements[0]
        assert (copy.decision, copy.of) == (Decision.COPY, "a")

    def test_what_is_over_by_its_own_date_is_gone_for_an_article(self) -> None:
        index = StoryIndex()
        tell(index, match(article("a", "Bridge shut", BRIDGE)))
        ahead = tell(index, match(article("x", "Barge", BRIDGE, hours=DAY * 365)))
        assert ahead.judgements[0].decision is Decision.NEW
        assert ahead.expired_judgements == ()

    def test_a_repeat_that_is_due_is_kept_as_it_is_written_anew(self) -> None:
        index = StoryIndex()
        short = replace(SETTINGS, window_days=1)
        first = match(article("a", "Bridge shut", BRIDGE), settings=short)
        tell(index, first)
        tell(index, match(article("b", "Bakers", STRIKE, hours=20), settings=short))
        index.apply(
            replace(
                index.judge(match(article("c", "Wet roads", "It rained.", hours=40), settings=short)),
                expired_judgements=(),
                expired_sketches=(),
            )
        )
        again = index.judge(first)
        assert again.judgements[0].key not in again.expired_judgements
