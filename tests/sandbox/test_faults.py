"""The sandbox fails as it is told: refusals, delays, cuts before and after the effect, limits."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from telegram.error import BadRequest, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from bot.sandbox import faults
from bot.sandbox.faults import CUT_AFTER, CUT_BEFORE, Refuse, Slow, SlowReply

if TYPE_CHECKING:
    from telegram import Bot

    from bot.sandbox.chat import Person
    from bot.sandbox.server import SandboxServer


@pytest.fixture(autouse=True)
def modern_periods(monkeypatch: pytest.MonkeyPatch) -> None:
    """python-telegram-bot's own switch: without it, it warns of itself at each 429."""
    monkeypatch.setenv("PTB_TIMEDELTA", "true")


async def test_a_429_names_the_seconds_to_wait(api: Bot, server: SandboxServer, ana: Person) -> None:
    """As many times as the rule says, then all is well."""
    fault = server.faults.add(faults.flood(7), "send*", times=2)
    for _ in range(2):
        with pytest.raises(RetryAfter) as caught:
            await api.send_message(ana.id, "Hello")
        assert caught.value.retry_after == timedelta(seconds=7)
    await api.send_message(ana.id, "Hello")
    assert fault.hits == 2
    assert [message.text for message in ana.messages] == ["Hello"]


@pytest.mark.parametrize(
    ("refuse", "error"),
    [
        (faults.blocked(), Forbidden),
        (faults.unauthorized(), InvalidToken),
        (faults.server_error(), NetworkError),
        (faults.server_error(500), NetworkError),
        (faults.refusal(400, "Bad Request: chat not found"), BadRequest),
    ],
)
async def test_each_refusal_can_be_ordered(
    api: Bot, server: SandboxServer, ana: Person, refuse: Refuse, error: type[Exception]
) -> None:
    """Nothing happens, and the log of arrivals says so."""
    server.faults.add(refuse)
    with pytest.raises(error):
        await api.send_message(ana.id, "Hello")
    assert ana.messages == []
    assert (server.arrivals[-1].outcome, server.arrivals[-1].status) == ("refused", refuse.error.code)


async def test_a_rule_is_about_one_chat_or_some_calls(api: Bot, server: SandboxServer, ana: Person) -> None:
    """Others pass, and so do the first ones when the rule skips them."""
    rui = server.person(opened=True)
    server.faults.add(faults.blocked(), chat_id=ana.id)
    await api.send_message(rui.id, "Hello")
    with pytest.raises(Forbidden):
        await api.send_message(ana.id, "Hello")
    server.faults.clear()
    server.faults.add(faults.blocked(), "sendMessage", skip=1)
    await api.send_message(ana.id, "passes")
    with pytest.raises(Forbidden):
        await api.send_message(ana.id, "doesn't")


def test_chance_is_repeatable(server: SandboxServer) -> None:
    """The same seed strikes the same calls, about as often as it should."""
    strikes = []
    for _ in range(2):
        plan = faults.FaultPlan(seed=3)
        plan.add(CUT_BEFORE, probability=0.3)
        strikes.append([plan.strike("sendMessage", None) is not None for _ in range(300)])
    assert strikes[0] == strikes[1]
    assert 60 < sum(strikes[0]) < 120
    assert server.faults.strike("sendMessage", None) is None


async def test_a_cut_before_leaves_nothing(
    api: Bot, server: SandboxServer, ana: Person, caplog: pytest.LogCaptureFixture
) -> None:
    """The bot can't know, and there is no message."""
    server.faults.add(CUT_BEFORE, "sendMessage", times=1)
    with pytest.raises(NetworkError):
        await api.send_message(ana.id, "Hello")
    assert ana.messages == []
    assert (server.arrivals[-1].outcome, server.arrivals[-1].took_effect) == ("cut before", False)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_cut_after_leaves_the_message(api: Bot, server: SandboxServer, ana: Person) -> None:
    """The bot can't know, and there it is."""
    server.faults.add(CUT_AFTER, "sendMessage", times=1)
    with pytest.raises(NetworkError):
        await api.send_message(ana.id, "Hello")
    assert [message.text for message in ana.messages] == ["Hello"]
    arrival = server.arrivals[-1]
    assert (arrival.outcome, arrival.took_effect, arrival.message_id) == (
        "cut after",
        True,
        ana.messages[0].id,
    )


async def test_a_slow_answer_comes_after_the_effect(api: Bot, server: SandboxServer, ana: Person) -> None:
    """The reader gives up, the message stands."""
    server.faults.add(SlowReply(30), "sendMessage")
    with pytest.raises(TimedOut):
        await api.send_message(ana.id, "Hello", read_timeout=0.05)
    assert [message.text for message in ana.messages] == ["Hello"]


async def test_a_slow_call_takes_effect_late(api: Bot, server: SandboxServer, ana: Person) -> None:
    """The reader gives up first; the effect comes all the same."""
    server.faults.add(Slow(0.1), "sendMessage")
    with pytest.raises(TimedOut):
        await api.send_message(ana.id, "Hello", read_timeout=0.02)
    assert ana.messages == []
    await ana.wait_for_text("Hello")


async def test_latency_delays_each_call(api: Bot, server: SandboxServer) -> None:
    """By that long, whatever the call."""
    server.faults.latency_s = 0.05
    began = time.monotonic()
    await api.get_me()
    assert time.monotonic() - began >= 0.05


async def test_the_hard_limit_slides(api: Bot, server: SandboxServer, ana: Person) -> None:
    """Sends and edits count together; answers to presses and chat actions don't."""
    server.faults.rate_limit.per_second = 3
    message = await api.send_message(ana.id, "one")
    await api.send_message(ana.id, "two")
    await message.edit_text("three")
    await api.send_chat_action(ana.id, "typing")
    with pytest.raises(RetryAfter):
        await api.send_message(ana.id, "four")
    assert server.faults.rate_limit.refused == 1
    assert server.faults.rate_limit.retry_after == 1


async def test_arrivals_are_the_ground_truth(api: Bot, server: SandboxServer, ana: Person) -> None:
    """Each call with its method, chat, instant, parameters, outcome and message."""
    message = await api.send_message(ana.id, "Hello")
    with pytest.raises(BadRequest):
        await api.send_message(ana.id, "")
    good, bad = server.traffic.of("sendMessage", ana.id)
    assert (good.outcome, good.message_id, good.params["text"]) == ("ok", message.message_id, "Hello")
    assert good.at == server.clock.now()
    assert (bad.outcome, bad.description) == ("refused", "Bad Request: message text is empty")
    assert good.monotonic < bad.monotonic


async def test_a_stopped_server_is_an_outage(api: Bot, server: SandboxServer, ana: Person) -> None:
    """Polls break off, nothing answers; afterwards everything is there, on the same port."""
    poll = asyncio.create_task(api.get_updates(timeout=30))
    await server.until_polled()
    await ana.send_text("before")
    await poll
    poll = asyncio.create_task(api.get_updates(offset=(await poll)[-1].update_id + 1, timeout=30))
    await server.until_polled()
    address = server.base_url
    await server.stop()
    with pytest.raises(NetworkError):
        await poll
    with pytest.raises(NetworkError):
        await api.get_me()
    await ana.send_text("during")
    await server.start()
    assert server.base_url == address
    updates = await api.get_updates()
    assert [update.message.text for update in updates if update.message] == ["during"]
