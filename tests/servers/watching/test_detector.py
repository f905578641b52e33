"""The rounds of the failure detector: which servers are suspected, and that none is wrongly declared dead."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from servers.watching.detector import MOST_LATE_S, Detector, Finding, ServerKey

LATE = MOST_LATE_S + 0.01

# A round: how late the observer was, and which of the servers (by number) miss it.
rounds = st.lists(
    st.tuples(st.sampled_from([0.0, MOST_LATE_S, LATE, 30.0]), st.sets(st.integers(1, 8))), min_size=1, max_size=30
)


def key(number: int, cluster: int = 1) -> ServerKey:
    return cluster, number, "primary"


def watching(*keys: ServerKey) -> Detector:
    detector = Detector()
    for each in keys:
        detector.watch(each)
    return detector


def run(detector: Detector, missing: set[ServerKey], *, now: float = 0.0, late_s: float = 0.0) -> list[Finding]:
    """One round that asks whom the detector wants."""
    return detector.judge(now, {each: each not in missing for each in detector.wanted()}, late_s)


def suspicion(each: ServerKey, misses: int = 1) -> Finding:
    return Finding("suspicion", each, misses)


def verdict(each: ServerKey) -> Finding:
    return Finding("verdict", each, 2)


def clear(each: ServerKey) -> Finding:
    return Finding("clear", each, 0)


@given(st.integers(1, 8), rounds)
@example(4, [(0.0, {1}), (LATE, {1}), (0.0, {1})])
@example(4, [(0.0, {1}), (0.0, {1, 2, 3}), (0.0, {1})])
@example(4, [(0.0, {1}), (0.0, set()), (0.0, {1})])
def test_a_verdict_needs_two_misses_in_a_row_that_count(servers, story):
    detector = watching(*(key(number) for number in range(1, servers + 1)))
    counted: dict[int, int] = {}
    for late_s, missing in story:
        asked = {each[1] for each in detector.wanted()}
        silent = missing & asked
        convicted = {
            f.key[1] for f in run(detector, {key(number) for number in missing}, late_s=late_s) if f.kind == "verdict"
        }
        if late_s > MOST_LATE_S or len(silent) * 2 > len(asked):
            assert not convicted
            # A late round forgets everybody's misses; a common miss those of the silent, and the others have answered.
            counted = {}
            continue
        counted = {number: counted.get(number, 0) + 1 for number in silent}
        assert convicted == {number for number, misses in counted.items() if misses == 2}


@given(st.integers(1, 8), rounds)
def test_what_is_told_follows_its_order(servers, story):
    """A clear only after a suspicion, a verdict only after one, nothing after a verdict."""
    detector = watching(*(key(number) for number in range(1, servers + 1)))
    state = {key(number): "clear" for number in range(1, servers + 1)}
    for late_s, missing in story:
        for finding in run(detector, {key(number) for number in missing}, late_s=late_s):
            before = state[finding.key]
            assert before != "verdict"
            assert finding.kind == "suspicion" or before == "suspicion"
            state[finding.key] = finding.kind


@given(st.integers(1, 8), rounds)
def test_a_thawed_server_is_cleared(servers, story):
    """Whatever happened: one round in which all answer leaves nobody suspected who is not convicted."""
    detector = watching(*(key(number) for number in range(1, servers + 1)))
    suspected: set[ServerKey] = set()
    for late_s, missing in story:
        for finding in run(detector, {key(number) for number in missing}, late_s=late_s):
            (suspected.add if finding.kind == "suspicion" else suspected.discard)(finding.key)
    assert {finding.key for finding in run(detector, set())} == suspected
    assert run(detector, set()) == []


@given(st.lists(st.sets(st.integers(1, 8)), min_size=1, max_size=30), st.floats(MOST_LATE_S, exclude_min=True))
def test_an_observer_that_is_always_late_finds_nothing(story, late_s):
    detector = watching(*(key(number) for number in range(1, 9)))
    for missing in story:
        assert run(detector, {key(number) for number in missing}, late_s=late_s) == []


def test_suspicion_then_verdict_then_silence():
    detector = watching(key(1), key(2))
    assert run(detector, {key(1)}) == [suspicion(key(1))]
    assert run(detector, {key(1)}) == [verdict(key(1))]
    assert detector.wanted() == [key(2)]
    assert detector.judge(0, {key(1): True, key(2): True}) == []


@pytest.mark.parametrize(
    ("servers", "most"),
    [(1, 0), (2, 1), (3, 1), (8, 4)],
    ids=["the only one never", "one of two", "one of three", "four of eight"],
)
def test_at_most_half_are_convicted_together(servers, most):
    """No verdict where more than half miss together: exactly half is not more. One more, and nobody is convicted."""
    together = {key(number) for number in range(1, most + 1)}
    detector = watching(*(key(number) for number in range(1, servers + 1)))
    assert run(detector, together) == [suspicion(each) for each in sorted(together)]
    assert run(detector, together) == [verdict(each) for each in sorted(together)]

    too_many = together | {key(most + 1)}
    detector = watching(*(key(number) for number in range(1, servers + 1)))
    assert run(detector, too_many) == [suspicion(each, 0) for each in sorted(too_many)]
    assert [run(detector, too_many) for _ in range(5)] == [[]] * 5


def test_the_convicted_count_in_no_half_of_those_that_are_left():
    """Four of eight, then two of the four that are left: never more than half of those that are asked."""
    detector = watching(*(key(number) for number in range(1, 9)))
    four, two = {key(number) for number in range(1, 5)}, {key(5), key(6)}
    run(detector, four)
    run(detector, four)
    assert run(detector, two) == [suspicion(key(5)), suspicion(key(6))]
    assert run(detector, two) == [verdict(key(5)), verdict(key(6))]


def test_the_only_server_is_suspected_and_never_convicted():
    detector = watching(key(1))
    assert run(detector, {key(1)}) == [suspicion(key(1), 0)]
    assert [run(detector, {key(1)}) for _ in range(5)] == [[]] * 5
    assert run(detector, set()) == [clear(key(1))]


def test_misses_of_a_common_fault_do_not_count_when_it_ends():
    detector = watching(*(key(number) for number in range(1, 4)))
    common = {key(1), key(2)}
    assert run(detector, common) == [suspicion(key(1), 0), suspicion(key(2), 0)]
    assert run(detector, common) == []
    assert run(detector, {key(1)}) == [clear(key(2)), suspicion(key(1))]
    assert run(detector, {key(1)}) == [verdict(key(1))]


def test_clusters_are_halved_apart():
    detector = watching(*(key(number, cluster) for cluster in (1, 2) for number in range(1, 4)))
    all_of_the_second = {key(number, 2) for number in range(1, 4)}
    run(detector, all_of_the_second | {key(1)})
    assert run(detector, all_of_the_second | {key(1)}) == [verdict(key(1))]


def test_an_excused_server_is_not_suspected_until_its_excuse_ends():
    detector = watching(*(key(number) for number in range(1, 5)))
    detector.excuse(key(1), until=10)
    assert [run(detector, {key(1)}, now=now) for now in (1, 2, 9.9)] == [[]] * 3
    assert run(detector, {key(1)}, now=10) == [suspicion(key(1))]
    assert run(detector, {key(1)}, now=11) == [verdict(key(1))]


def test_the_excused_are_not_counted_among_the_silent():
    """Of the two that are left one is half; with the excused it would be three."""
    detector = watching(*(key(number) for number in range(1, 5)))
    detector.excuse(key(1), until=10)
    detector.excuse(key(2), until=10)
    missing = {key(1), key(2), key(3)}
    assert run(detector, missing, now=1) == [suspicion(key(3))]
    assert run(detector, missing, now=2) == [verdict(key(3))]


@pytest.mark.parametrize("answers", [False, True])
def test_the_excused_are_not_counted_among_those_that_were_asked(answers):
    """Of the three that are left two are more than half; of all four they would be half. An answer changes nothing."""
    detector = watching(*(key(number) for number in range(1, 5)))
    detector.excuse(key(1), until=10)
    missing = {key(2), key(3)} | (set() if answers else {key(1)})
    assert run(detector, missing, now=1) == [suspicion(key(2), 0), suspicion(key(3), 0)]
    assert [run(detector, missing, now=now) for now in (2, 3)] == [[]] * 2


def test_an_excuse_forgets_a_miss():
    detector = watching(key(1), key(2))
    assert run(detector, {key(1)}) == [suspicion(key(1))]
    detector.excuse(key(1), until=1)
    assert run(detector, {key(1)}, now=1) == [], "the first miss again, and that was said"
    assert run(detector, {key(1)}, now=2) == [verdict(key(1))]


def test_an_excused_server_that_answers_is_cleared():
    detector = watching(key(1), key(2))
    run(detector, {key(1)})
    detector.excuse(key(1), until=1)
    assert run(detector, set(), now=0.5) == [clear(key(1))]
    assert run(detector, {key(1)}, now=2) == [suspicion(key(1))]


def test_watched_anew_it_begins_anew():
    detector = watching(key(1), key(2))
    run(detector, {key(1)})
    run(detector, {key(1)})
    detector.watch(key(1))
    assert run(detector, {key(1)}) == [suspicion(key(1))]
    detector.unwatch(key(1))
    assert detector.judge(0, {key(1): False, key(2): True}) == []
    detector.unwatch(key(1))
    detector.excuse(key(1), until=5)
    assert detector.wanted() == [key(2)]


def judged(detector: Detector, rounds: int, stopped: float) -> list[Finding]:
    """So many rounds in which server 1 of four stays silent, stopped on purpose for a share of each."""
    answers = {key(number): number != 1 for number in range(1, 5)}
    found = [
        detector.judge(0.0, {k: answers[k] for k in detector.wanted()}, 0.0, {key(1): stopped}) for _ in range(rounds)
    ]
    return [finding for findings in found for finding in findings]


def test_a_silence_in_which_it_was_stopped_on_purpose_is_no_miss():
    assert judged(watching(*map(key, range(1, 5))), 100, 1.0) == []


@pytest.mark.parametrize(("stopped", "rounds"), [(0.0, 2), (0.5, 4), (0.75, 8)])
def test_a_silence_beside_the_stops_is_convicted_when_it_makes_two_rounds(stopped, rounds):
    detector = watching(*map(key, range(1, 5)))
    assert verdict(key(1)) not in judged(detector, rounds - 1, stopped)
    assert judged(detector, 1, stopped) == [verdict(key(1))]


def test_an_answer_wipes_out_the_silence_beside_the_stops():
    detector = watching(*map(key, range(1, 5)))
    for _ in range(50):
        assert judged(detector, 1, 0.5) == []
        assert run(detector, set()) == []


def test_who_is_stopped_on_purpose_is_not_counted_with_those_who_are_silent_together():
    detector = watching(key(1), key(2), key(3))
    answers = {key(1): False, key(2): False, key(3): True}
    for _ in range(2):
        found = detector.judge(0.0, answers, 0.0, {key(1): 1.0})
    assert found == [verdict(key(2))], "two of three are silent, and one of them by itself"
