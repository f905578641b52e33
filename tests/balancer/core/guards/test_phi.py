"""Phi accrual: Akka's figures, and how suspicious a silence is given a node's own rhythm."""

from math import exp, inf, isfinite, log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balancer.core.guards.phi import Accrual, Rhythm, phi


@pytest.mark.parametrize(("silence", "expected"), [(1000, 0.3), (1200, 1.6), (1400, 4.7), (1600, 10.8), (1700, 15.3)])
def test_phi_is_akkas(silence, expected):
    assert phi(silence, 1000, 100) == pytest.approx(expected, abs=0.1)


@given(st.floats(0, 2000))
def test_phi_is_what_akkas_own_expression_gives(silence):
    y = (silence - 1000) / 100
    e = exp(-y * (1.5976 + 0.070566 * y * y))
    assert phi(silence, 1000, 100) == pytest.approx(-log10(e / (1 + e)) if silence > 1000 else log10(1 + 1 / e))


@given(st.floats(0, 1e9), st.floats(0, 1e9))
def test_phi_never_overflows_and_never_falls_with_the_silence(one, other):
    lower, higher = sorted([phi(one, 1000, 100), phi(other, 1000, 100)])
    assert isfinite(higher)
    assert lower >= 0
    assert phi(max(one, other), 1000, 100) == higher


def test_at_the_mean_it_is_wrong_every_second_time():
    assert phi(5.0, 5.0, 0.1) == pytest.approx(log10(2))


def beating(every: float, beats: int = 50) -> Rhythm:
    rhythm = Rhythm(Accrual(), every, 0.0)
    for beat in range(1, beats + 1):
        rhythm.beat(beat * every)
    return rhythm


def test_a_silence_of_half_an_interval_more_is_suspicious_at_one_beat_a_second():
    rhythm = beating(1.0)
    assert not rhythm.suspicious(rhythm.last + 1.4)
    assert rhythm.suspicious(rhythm.last + 1.6)


def test_who_beats_slowly_may_be_silent_for_longer():
    rhythm = beating(5.0)
    assert not rhythm.suspicious(rhythm.last + 5.4)
    assert rhythm.suspicious(rhythm.last + 6.5)


def test_who_beats_irregularly_may_be_silent_for_longer():
    rhythm, now = Rhythm(Accrual(), 1.0, 0.0), 0.0
    for beat in range(100):
        now += 0.5 if beat % 2 else 1.5
        rhythm.beat(now)
    assert not rhythm.suspicious(now + 2.5)


def test_a_suspicious_interval_is_not_learnt_from():
    rhythm = beating(1.0)
    before = rhythm.phi(rhythm.last + 1.5)
    rhythm.beat(rhythm.last + 60.0)
    assert rhythm.phi(rhythm.last + 1.5) == pytest.approx(before)


def test_only_the_last_intervals_count_and_are_kept():
    rhythm, now = Rhythm(Accrual(threshold=inf, intervals=10), 1.0, 0.0), 0.0
    for every in [1.0] * 20 + [3.0] * 10:
        now += every
        rhythm.beat(now)
    for silence in (3.0, 3.3):
        assert rhythm.phi(now + silence) == pytest.approx(phi(silence, 3.0, 0.1))
    assert len(rhythm._intervals) == 10


def test_the_defaults_are_those_of_akka_but_for_the_pause():
    assert Accrual() == Accrual(threshold=8.0, intervals=1000, least_deviation_s=0.1, pause_s=0.0)


def test_a_pause_is_added_to_what_is_expected():
    patient = Rhythm(Accrual(pause_s=3.0), 1.0, 0.0)
    assert not patient.suspicious(4.0)
    assert patient.suspicious(6.0)
