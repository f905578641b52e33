"""The load between two looks at a node, from its INFO, and what a request costs real servers."""

import pytest

from balancer.core.bounds import MOST_WORK
from balancer.traffic.load import Load, Reading, load, reading, report, restarted
from balancer.traffic.tally import Count
from balancer.traffic.work import ECHO, EVAL
from tests.balancer.traffic.driving import Watched, driving, settings

FIRST = (
    b"# Stats\r\ninstantaneous_ops_per_sec:70\r\neventloop_duration_sum:2000000\r\n"
    b"used_cpu_sys:0.500000\r\nused_cpu_user:1.000000\r\ncmdstat_echo:calls=100,usec=200,usec_per_call=2.00\r\n"
)
SECOND = (
    b"instantaneous_ops_per_sec:80\r\neventloop_duration_sum:2600000\r\n"
    b"used_cpu_sys:0.600000\r\nused_cpu_user:1.300000\r\ncmdstat_echo:calls=200,usec=500\r\ncmdstat_eval:calls=10,usec=900\r\n"
)


def both() -> tuple[Reading, Reading]:
    first, second = reading(FIRST, 10.0), reading(SECOND, 12.0)
    assert first
    assert second
    return first, second


def test_a_load_is_the_difference_between_two_looks():
    assert load(*both(), statistic=ECHO) == Load(cpu=0.2, busy=0.3, ops=80, cost_us=3.0)
    assert load(*both(), statistic=EVAL).cost_us == 90.0


def test_without_a_request_there_is_no_cost():
    first, _ = both()
    assert load(first, first._replace(at=11.0), ECHO).cost_us is None


def test_a_report_counts_requests_and_what_failed():
    told = report(*both(), failed=4)
    assert told == (55.0, 2.0, 0.3)


def test_a_server_that_does_not_tell_how_busy_it_is_is_as_busy_as_its_processor():
    first, second = (one._replace(busy_s=None) for one in both())
    assert load(first, second, ECHO).busy == 0.2


def test_a_server_that_began_anew_is_noticed():
    first, second = both()
    assert not restarted(first, second)
    assert restarted(second, first)


@pytest.mark.parametrize("text", [b"", b"used_cpu_sys:1.0\r\n", FIRST.replace(b"70", b"seventy")])
def test_a_reply_that_lacks_a_figure_says_nothing(text):
    assert reading(text, 1.0) is None


async def cost_us(at_work: Watched, work: int) -> float:
    """Of a request with so much work, once two looks lie after the first such request."""
    at_work.driver.configure(settings(rate=200, work=work))
    looks = [at_work.driver.nodes.probes["a"].newest]

    def looked() -> bool:
        newest = at_work.driver.nodes.probes["a"].newest
        if newest is not looks[-1]:
            looks.append(newest)
        return len(looks) > 3

    await at_work.until(lambda _: looked())
    told = at_work.driver.load("a")
    assert told
    assert told.cost_us
    return told.cost_us


async def test_a_request_costs_what_its_work_says(servers):
    """At the node, as the node itself measures it: ten times the turns cost clearly more."""
    async with driving(servers[:2], rate=200) as at_work:
        echo, least, some, most = [
            await cost_us(at_work, work) for work in (0, MOST_WORK // 100, MOST_WORK // 10, MOST_WORK)
        ]
        assert at_work.total(Count.ERROR) == at_work.total(Count.LOST) == 0
    assert echo < least
    assert 3 * least < some
    assert 3 * some < most


async def test_a_request_that_costs_work_stores_nothing(own_servers):
    async with driving(own_servers, rate=500, work=1_000) as at_work:
        await at_work.more(300)
    for server in own_servers:
        with server.client as client:
            assert client.dbsize() == 0
            assert client.execute_command("FUNCTION", "LIST") == []
