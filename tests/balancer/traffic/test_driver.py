"""Real requests to real servers. Every tick of every test asserts that each request is accounted for."""

import asyncio
import time

import pytest

from balancer.core.guards.eligible import Rules
from balancer.core.guards.limits import Limits
from balancer.core.guards.outliers import Outlying
from balancer.core.guards.slow_start import SlowStart
from balancer.core.guards.standing import Code, State
from balancer.core.named import OnlySimulated, UnknownPolicy
from balancer.traffic.driver import Driver
from balancer.traffic.nodes import Target
from balancer.traffic.sampled import Sample
from balancer.traffic.tally import Count
from servers.address import Address
from tests.balancer.traffic.driving import DEADLINE_S, PATIENT_S, driving, percentiles, settings, targets
from tests.servers.driver.servers import PASSWORD


def name_of_stream(driver: Driver) -> str:
    assert driver.stream is not None
    return driver.stream.name


def times(sample: Sample) -> tuple[float, float]:
    """When it was first in line, and when it ended."""
    assert sample.first_s is not None
    assert sample.latency_s is not None
    return sample.first_s, sample.latency_s


async def test_round_robin_gives_every_node_the_same(servers):
    async with driving(servers, rate=3000) as at_work:
        await at_work.more(2000)
        sent = at_work.driver.tally.counts[Count.SENT]
        assert max(sent) - min(sent) <= 1
        seen = at_work.driver.seen()
    assert seen.total.errors == {"lost": 0, "away": 0, "error": 0}
    assert seen.total.refused == seen.homeless == 0
    assert sum(node.sent for node in seen.nodes.values()) == seen.total.sent
    for node in seen.nodes.values():
        assert node.share == pytest.approx(0.2, abs=0.02)
        p50, p95, p99 = percentiles(node)
        assert 0 < p50 <= p95 <= p99


async def test_what_the_servers_count_is_what_the_driver_counts(own_servers):
    async with driving(own_servers) as at_work:
        await at_work.more(500)
        await at_work.driver.stop(PATIENT_S)
        assert at_work.total(Count.ANSWERED) == at_work.total(Count.SENT)
        for name, server in zip("abc", own_servers, strict=True):
            with server.client as client:
                stats = client.info("commandstats")
                assert client.dbsize() == 0  # nothing is stored
            assert stats["cmdstat_echo"]["calls"] == at_work.of(name)[Count.ANSWERED]


async def test_the_rate_is_kept(servers):
    async with driving(servers, rate=500) as at_work:
        begun = time.perf_counter()
        await at_work.more(1000)
        assert 1.6 < time.perf_counter() - begun < 10  # 2 s; no faster, whatever the machine


async def test_a_frozen_node_piles_up_under_round_robin_and_its_latency_shows(servers):
    async with driving(servers, rate=1000) as at_work:
        await at_work.more(200)
        servers[1].child.freeze()
        begun = time.perf_counter()
        await at_work.until(lambda seen: seen.nodes["b"].in_flight >= 100)
        frozen_ms = (time.perf_counter() - begun) * 1000
        assert at_work.of("b")[Count.SENT] - at_work.of("a")[Count.SENT] <= 1  # it gets its share all the same
        servers[1].child.thaw()
        seen = await at_work.until(lambda seen: seen.nodes["b"].in_flight < 50 and (seen.nodes["b"].p99_ms or 0) > 200)
        # A hundred requests at 200 a second take half a second: the first of them has waited all that time.
        assert frozen_ms > 350
        assert percentiles(seen.nodes["b"])[2] > 0.8 * min(frozen_ms, 1000)
        assert seen.total.errors == {"lost": 0, "away": 0, "error": 0}


@pytest.mark.parametrize("policy", ["p2c", "jsq"])
async def test_who_looks_at_what_is_in_flight_leaves_a_frozen_node_alone(servers, policy):
    async with driving(servers, policy, rate=2000) as at_work:
        await at_work.more(200)
        servers[1].child.freeze()
        seen = await at_work.until(lambda seen: (seen.nodes["b"].share or 1) < 0.06)
        others = [node.share or 0 for name, node in seen.nodes.items() if name != "b"]
        assert min(others) > 0.2
        assert seen.nodes["b"].in_flight > 0


async def test_a_killed_node_counts_errors_and_gets_nothing_once_it_is_gone(own_servers):
    async with driving(own_servers, rate=1000) as at_work:
        await at_work.more(200)
        own_servers[1].child.kill()
        await at_work.until(lambda seen: sum(seen.nodes["b"].errors.values()) >= 5)
        at_work.driver.know([one for one in targets(own_servers) if one.name != "b"])
        sent = at_work.of("b")[Count.SENT]
        own_servers[1].again()  # were it asked, it would answer
        await at_work.more(1000)
        assert at_work.of("b")[Count.SENT] == sent
        with own_servers[1].client as client:
            assert "cmdstat_echo" not in client.info("commandstats")


async def test_a_node_that_keeps_failing_is_ejected_by_the_guards(own_servers):
    async with driving(own_servers, rate=1000) as at_work:
        await at_work.more(200)
        own_servers[1].child.kill()
        await at_work.until(lambda seen: at_work.driver.nodes.pool.ready == [0, 2])
        counts = at_work.of("b")
        assert counts[Count.LOST] + counts[Count.AWAY] >= 5
        await at_work.more(500)
        assert at_work.of("b")[Count.SENT] == counts[Count.SENT]


async def test_a_node_that_was_ejected_returns_by_slow_start(own_servers):
    rules = Rules(outlying=Outlying(base_s=1.0), slow_start=SlowStart(window_s=6.0))
    async with driving(own_servers, "smooth_wrr", rate=1000, rules=rules) as at_work:
        guards, weights = at_work.driver.nodes.guards, at_work.driver.nodes.pool.weights
        await at_work.more(200)
        own_servers[1].child.kill()
        await at_work.until(lambda seen: guards.standing(1).state is State.EJECTED)
        own_servers[1].again()
        await at_work.until(lambda seen: guards.standing(1).state is State.STARTING)
        assert guards.standing(1).reason.code is Code.EJECTION_OVER
        assert weights == [1.0, rules.slow_start.least, 1.0]
        sent = {name: at_work.of(name)[Count.SENT] for name in "abc"}
        await at_work.until(lambda seen: weights[1] >= 0.4)
        since = {name: at_work.of(name)[Count.SENT] - sent[name] for name in "abc"}
        assert 0 < since["b"] < 0.4 * since["a"]
        await at_work.until(lambda seen: guards.standing(1).state is State.UP)
        sent = {name: at_work.of(name)[Count.SENT] for name in "abc"}
        await at_work.more(600)
        since = {name: at_work.of(name)[Count.SENT] - sent[name] for name in "abc"}
        assert since["b"] > 0.9 * since["a"]


async def test_an_error_that_a_node_answers_is_an_error(own_servers):
    async with driving(own_servers[:1]) as at_work:
        await at_work.more(100)
        with own_servers[0].client as client:
            client.execute_command("ACL", "SETUSER", "default", "-echo")
        await at_work.until(lambda seen: seen.nodes["a"].errors["error"] > 0)
        assert at_work.of("a")[Count.LOST] == 0


async def test_the_same_seed_sends_the_same_keys_at_the_same_intended_times(servers):
    async def sent(seed: int):
        async with driving(servers, rate=500, seed=seed, skew=1.0, sample=5) as at_work:
            await at_work.more(100)
            samples = sorted(at_work.driver.samples.recent(), key=lambda sample: sample.request.number)
            return {sample.request.number: sample.request for sample in samples}

    one, same, other = await sent(7), await sent(7), await sent(8)
    both = one.keys() & same.keys() & other.keys()
    assert len(both) >= 10
    assert [one[number] for number in both] == [same[number] for number in both]
    assert [one[number] for number in both] != [other[number] for number in both]


async def test_the_policy_is_switched_and_what_is_in_flight_stays(servers):
    async with driving(servers, rate=1000) as at_work:
        servers[1].child.freeze()
        await at_work.until(lambda seen: seen.nodes["b"].in_flight >= 50)
        before = at_work.in_flight("b")
        at_work.driver.use("jsq")
        assert at_work.in_flight("b") == before
        sent = at_work.of("b")[Count.SENT]
        await at_work.more(300)
        assert at_work.of("b")[Count.SENT] == sent
        servers[1].child.thaw()
        await at_work.until(lambda _: at_work.of("b")[Count.SENT] > sent)
        assert at_work.of("b")[Count.ANSWERED] >= before


async def test_what_would_be_too_much_in_flight_to_a_node_is_refused(servers):
    async with driving(servers, rate=1000, cap=10) as at_work:
        servers[1].child.freeze()
        await at_work.until(lambda seen: seen.nodes["b"].refused >= 20)
        assert at_work.in_flight("b") == 10
        assert at_work.of("b")[Count.LOST] == 0


async def test_the_guards_limit_of_all_nodes_together_holds(servers):
    async with driving(servers, rate=1000, rules=Rules(limits=Limits(requests=30))) as at_work:
        servers[1].child.freeze()
        await at_work.until(lambda seen: seen.homeless > 0)
        assert at_work.in_flight("b") <= 30


async def test_stopping_drains(servers):
    async with driving(servers, rate=1000) as at_work:
        servers[1].child.freeze()
        await at_work.until(lambda seen: seen.nodes["b"].in_flight >= 20)
        stopping = asyncio.ensure_future(at_work.driver.stop(PATIENT_S))
        await asyncio.sleep(0)
        servers[1].child.thaw()
        await stopping
        assert at_work.total(Count.LOST) == 0
        assert at_work.total(Count.ANSWERED) == at_work.total(Count.SENT)


async def test_stopping_without_patience_loses_what_is_in_flight(servers):
    async with driving(servers, rate=1000) as at_work:
        servers[1].child.freeze()
        await at_work.until(lambda seen: seen.nodes["b"].in_flight >= 20)
        await at_work.driver.stop()
        assert at_work.of("b")[Count.LOST] >= 20
        assert at_work.in_flight("b") == 0


async def test_a_node_that_joins_gets_requests_and_one_that_leaves_gets_none(servers):
    async with driving(servers[:2]) as at_work:
        await at_work.more(100)
        at_work.driver.know(targets(servers[:3]))
        await at_work.until(
            lambda _: at_work.driver.nodes.pool.names == ["a", "b", "c"] and at_work.of("c")[Count.ANSWERED] > 20
        )
        at_work.driver.know(targets(servers[:3])[1:])
        sent = at_work.of("a")[Count.SENT]
        await at_work.more(200)
        assert at_work.of("a")[Count.SENT] == sent
        await at_work.until(lambda _: not at_work.driver.nodes.lines[0].is_up)
        at_work.driver.know(targets(servers[:3]))
        await at_work.until(lambda _: at_work.of("a")[Count.ANSWERED] > sent)


async def test_a_node_at_another_address_is_found_there(servers):
    async with driving(servers[:2]) as at_work:
        await at_work.more(100)
        moved = [Target("a", servers[3].address), *targets(servers[:2])[1:]]
        with servers[3].client as client:
            before = client.info("commandstats").get("cmdstat_echo", {"calls": 0})["calls"]
        at_work.driver.know(moved)
        await at_work.more(200)
        with servers[3].client as client:
            assert client.info("commandstats")["cmdstat_echo"]["calls"] > before
        assert at_work.total(Count.LOST) == 0


async def test_other_settings_lose_nothing_that_is_in_flight(servers):
    async with driving(servers) as at_work:
        servers[1].child.freeze()
        await at_work.until(lambda seen: seen.nodes["b"].in_flight >= 20)
        at_work.driver.configure(settings(rate=200, timeout_s=PATIENT_S + 1))
        servers[1].child.thaw()
        await at_work.until(lambda seen: seen.nodes["b"].in_flight == 0)
        await at_work.more(50)
        assert at_work.total(Count.LOST) == 0


async def test_without_a_node_requests_have_no_home():
    async with driving([]) as at_work:
        seen = await at_work.until(lambda seen: seen.homeless > 10)
        assert seen.total.sent == 0
        assert seen.total.share is seen.total.p50_ms is None


async def test_a_sample_says_why(servers):
    async with driving(servers, "p2c", sample=7) as at_work:
        await at_work.until(lambda _: sum(one.end is not None for one in at_work.driver.samples.recent()) >= 20)
        samples = list(at_work.driver.samples.recent())
        slowest = at_work.driver.samples.slowest()
        name = name_of_stream(at_work.driver)
    for sample in samples:
        assert sample.run == name
        assert abs(sample.at_s - time.time()) < 2 * DEADLINE_S
        assert {one.standing.state for one in sample.candidates} == {State.UP}
        (turn,) = sample.turns
        assert (turn.policy, turn.place) == ("round_robin", sample.request.number % 5)
        if sample.end is Count.ANSWERED:
            first_s, latency_s = times(sample)
            assert 0 <= sample.sent_s <= first_s <= latency_s
        assert [one.name for one in sample.candidates] == ["a", "b", "c", "d", "e"]
        assert len(sample.choice.drawn) == 2
        for place, score in sample.choice.scores.items():
            assert score == sample.candidates[place].in_flight
        assert sample.node == "abcde"[sample.choice.place]
        assert sample.choice.scores[sample.choice.place] == min(sample.choice.scores.values())
    took = [one.latency_s or 0 for one in slowest]
    assert took == sorted(took, reverse=True)
    assert len(took) == 20


async def test_a_sample_tells_how_long_it_was_in_line_behind_others(servers):
    """The frozen node's line grows. Once it answers, those at the end were in line nearly all of their time."""
    async with driving(servers[:1], rate=500, sample=1) as at_work:
        servers[0].child.freeze()
        await at_work.until(lambda seen: seen.nodes["a"].in_flight >= 100)
        newest = next(at_work.driver.samples.recent())
        servers[0].child.thaw()
        await at_work.until(lambda _: newest.end is not None)
    assert newest.end is Count.ANSWERED
    assert newest.candidates[0].in_flight >= 99
    first_s, latency_s = times(newest)
    assert latency_s / 2 < first_s <= latency_s


async def test_other_settings_begin_another_stream(servers):
    async with driving(servers[:1], rate=500) as at_work:
        before = name_of_stream(at_work.driver)
        at_work.driver.configure(settings(rate=400))
        assert name_of_stream(at_work.driver) != before


async def test_a_blocked_loop_shows_as_lag_and_in_the_latencies(servers):
    async with driving(servers, rate=2000) as at_work:
        await at_work.more(500)
        time.sleep(0.2)  # noqa: ASYNC251 - that is what is tested
        # 400 requests were due meanwhile, a fifth of the window at least: they count from the times at which they were.
        seen = await at_work.until(lambda seen: percentiles(seen.total)[1] >= 80)
        assert (seen.lag_max_ms or 0) >= 150
        assert (seen.lag_p99_ms or 0) >= 100
        assert seen.late == 0


async def test_what_is_later_than_a_second_is_given_up_and_told(servers):
    async with driving(servers, rate=1000) as at_work:
        await at_work.more(100)
        time.sleep(1.5)  # noqa: ASYNC251
        seen = await at_work.until(lambda seen: seen.late > 0)
        assert seen.late >= 300


@pytest.mark.parametrize(("policy", "error"), [("no-such", UnknownPolicy), ("central", OnlySimulated)])
async def test_a_policy_that_cannot_drive_is_refused_and_changes_nothing(servers, policy, error):
    with pytest.raises(error):
        Driver(targets(servers), PASSWORD, settings(), policy)
    async with driving(servers) as at_work:
        with pytest.raises(error):
            at_work.driver.use(policy)
        assert at_work.driver.policy == "round_robin"
        await at_work.more(50)


async def test_a_node_that_was_never_heard_is_not_asked(servers):
    async with driving(servers[:2]) as at_work:
        at_work.driver.know([*targets(servers[:3]), Target("nobody", Address("127.0.0.1", 1))])
        await at_work.until(lambda seen: "c" in seen.nodes)
        await at_work.more(1500)
        assert at_work.driver.nodes.pool.names == ["a", "b", "c"]
        assert sum(at_work.driver.seen().total.errors.values()) == 0
