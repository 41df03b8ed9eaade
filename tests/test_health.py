"""What an operator can see: /healthz and /metrics of the running bot."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.health import Health
from bot.metrics import Metrics
from bot.sandbox.faults import blocked
from bot.storage.database import Database
from bot.telegram_io.contact import Contact
from tests.features.reminded import DUE, enrol

if TYPE_CHECKING:
    from bot.sandbox.chat import Person
    from tests.harness import RunningBot


async def numbers(bot: RunningBot) -> dict[str, float]:
    """Return every line of /metrics."""
    lines = (await bot.companion.health.metrics()).decode().splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


async def test_a_night_can_be_followed_in_numbers(bot: RunningBot, chat: Person) -> None:
    """Sent, lateness, updates, slots: each counts what happened, and no label names a patient."""
    reminded = await enrol(bot, chat)
    bot.clock.travel_to(DUE + timedelta(minutes=3))
    before = await numbers(bot)
    await bot.settle()
    await reminded.tap("Taken")
    after = await numbers(bot)
    assert before["ldn_deliveries_due"] == 1
    assert before["ldn_queue_age_seconds"] == 180
    assert after["ldn_deliveries_due"] == after["ldn_deliveries_in_flight"] == 0
    assert after['ldn_deliveries_sent_total{kind="reminder"}'] == 1
    assert after['ldn_delivery_late_seconds_bucket{kind="reminder",le="60.0"}'] == 0
    assert after['ldn_delivery_late_seconds_bucket{kind="reminder",le="300.0"}'] == 1
    assert after['ldn_updates_handled_total{outcome="done"}'] == 2
    assert after['ldn_budget_slots_total{lane="bulk"}'] >= 1
    assert after['ldn_budget_slots_total{lane="answer"}'] >= 2
    assert after["ldn_budget_used_ratio"] > 0
    assert after["ldn_database_up"] == 1
    assert str(chat.id) not in "".join(after)


async def test_what_goes_wrong_is_counted_by_its_reason(bot: RunningBot, chat: Person) -> None:
    """A patient who blocked the bot is one failure, with Telegram's reason in our word."""
    await enrol(bot, chat)
    bot.server.faults.add(blocked(), "sendMessage", chat_id=chat.id)
    await bot.travel_to(DUE)
    assert (await numbers(bot))['ldn_deliveries_failed_total{reason="blocked"}'] == 1


async def test_health_tells_which_part_is_ill(bot: RunningBot) -> None:
    """A database that is gone, a tick that sleeps, a Telegram that is silent: each shows by itself."""
    companion = bot.companion
    assert await companion.health.check() == {"database": True, "tick": True, "telegram": True}
    gone, silent = Database("sqlite+aiosqlite:////nowhere/at/all"), Contact()
    companion.tick.last_at -= 11
    ill = Health(
        database=gone,
        clock=bot.clock,
        tick=companion.tick,
        sender=companion.sender,
        contact=silent,
        metrics=companion.metrics,
    )
    assert await ill.check() == {"database": False, "tick": False, "telegram": False}
    assert b"ldn_database_up 0.0" in await ill.metrics()
    assert b"ldn_telegram_age_seconds +Inf" in await ill.metrics()
    await gone.close()


def test_labels_never_grow_without_end() -> None:
    """However many different reasons come, /metrics stays small and shows nothing long."""
    metrics = Metrics()
    for number in range(500):
        metrics.ended("reply", "failed", f"reason {number}", None)
    metrics.retried("x" * 41)
    text = metrics.render({}).decode()
    assert text.count("ldn_deliveries_failed_total{") == 41
    assert 'ldn_deliveries_retried_total{reason="other"} 1.0' in text
