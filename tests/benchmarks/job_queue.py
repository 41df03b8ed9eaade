"""The way everyone does it: JobQueue with one `run_daily` per patient, set up again at each start.

Arguments: the API's base URL, the path of the SQLite file, the token. PTB's defaults throughout.
"""

from __future__ import annotations

import sqlite3
import sys
import warnings
from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import Application, CallbackQueryHandler, ContextTypes


async def remind(context: ContextTypes.DEFAULT_TYPE) -> None:
    """Send one patient's reminder."""
    assert context.job is not None
    assert context.job.chat_id is not None
    await context.bot.send_message(
        context.job.chat_id,
        f"Time for your LDN, {context.job.data} mg.",
        reply_markup=InlineKeyboardMarkup([[InlineKeyboardButton("Taken", callback_data="taken")]]),
    )


async def taken(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:  # noqa: ARG001 - PTB's signature
    """Answer a tap."""
    query = update.callback_query
    assert query is not None
    await query.answer()
    await query.edit_message_text("Taken. Well done!")


async def schedule(application: Application[Any, Any, Any, Any, Any, Any]) -> None:
    """Give every patient a job."""
    with closing(sqlite3.connect(sys.argv[2])) as database:
        rows = database.execute(
            "SELECT p.telegram_id, d.due_at, s.dose_mg FROM patients p "
            "JOIN doses d ON d.patient_id = p.id JOIN dose_steps s ON s.patient_id = p.id"
        ).fetchall()
    queue = application.job_queue
    assert queue is not None
    for telegram_id, due_at, dose_mg in rows:
        at = datetime.fromisoformat(due_at).replace(tzinfo=UTC).timetz()
        queue.run_daily(remind, at, chat_id=telegram_id, data=dose_mg, name=str(telegram_id))


async def ready(context: ContextTypes.DEFAULT_TYPE) -> None:  # noqa: ARG001 - a job's signature
    """Say that jobs run."""
    print("ready", flush=True)  # noqa: T201 - the protocol


def main() -> None:
    """Run until SIGTERM."""
    warnings.simplefilter("ignore")
    application = Application.builder().token(sys.argv[3]).base_url(sys.argv[1]).post_init(schedule).build()
    assert application.job_queue is not None
    # With the default grace of a second it would misfire, and never run, once there are thousands of jobs.
    application.job_queue.run_once(ready, 0, job_kwargs={"misfire_grace_time": None})
    application.add_handler(CallbackQueryHandler(taken))
    application.run_polling()


if __name__ == "__main__":
    main()
