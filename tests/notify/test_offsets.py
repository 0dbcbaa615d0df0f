from monitor.notify.offsets import Offsets, Ticket


def take(offsets: Offsets, offset: int) -> Ticket:
    ticket = offsets.take(offset)
    assert ticket is not None
    return ticket


def test_only_an_unbroken_row_is_finished() -> None:
    offsets = Offsets()
    first, second, third = (take(offsets, offset) for offset in (4, 5, 9))
    third.done = second.done = True
    assert offsets.finished() is None
    first.done = True
    assert offsets.finished() == 9
    assert offsets.finished() == 9


def test_a_record_seen_before_gets_no_second_ticket() -> None:
    offsets = Offsets()
    take(offsets, 4).done = True
    assert offsets.finished() == 4
    assert offsets.take(4) is offsets.take(3) is None


def test_a_lost_partition_marks_what_came_from_it() -> None:
    offsets, other = Offsets(), Offsets()
    ticket, stranger = take(offsets, 0), take(other, 0)
    offsets.tenure.lost = True
    assert (ticket.lost, stranger.lost) == (True, False)
