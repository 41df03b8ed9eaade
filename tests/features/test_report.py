"""The way to the page for the doctor: chosen by buttons, typed into, looked at, sent, forgotten."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from bot.features.report.drawing import Choice, read_choice
from bot.sandbox.files import image_size
from bot.storage.tables import Delivery, Patient, ReportDraft
from tests.features.summed_up import NOON, TUESDAY, keep_two_weeks, somebody

if TYPE_CHECKING:
    from pathlib import Path

    from bot.clock import ManualClock
    from bot.sandbox.chat import Person
    from bot.sandbox.chat_state import ChatMessage
    from tests.harness import RunningBot


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """SQLite alone: the rows have no special ways."""
    return sqlite_url


@pytest.fixture
async def patient(bot: RunningBot, chat: Person, clock: ManualClock) -> Patient:
    """A patient with two weeks of diary; it is noon on 24 November."""
    clock.travel_to(NOON)
    patient = await somebody(bot.database, telegram_id=chat.id)
    await keep_two_weeks(bot.database, patient)
    return patient


def files_in(folder: Path) -> set[str]:
    """Return the names of everything in the folder."""
    return {path.name for path in folder.iterdir()}


def text_of(message: ChatMessage) -> str:
    """Return the words of the PDF in a message."""
    assert message.file is not None
    assert message.file.mime_type == "application/pdf"
    pages = PdfReader(BytesIO(message.file.content)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.usefixtures("patient")
async def test_two_taps_from_a_summary_make_the_page(bot: RunningBot, chat: Person) -> None:
    """Without a typed word there is no name and no question on it."""
    await bot.say(chat, "/summary")
    screen = await bot.tap(chat, "For my doctor")
    assert "One page (A4) about the 30 days to 24 Nov 2026" in screen.text
    assert "Name on it: nothing" in screen.text
    sent = await bot.tap(chat, "Send me the PDF")
    assert sent.file is not None
    assert sent.file.name == "LDN-diary-2026-11-24.pdf"
    text = text_of(sent)
    assert "Doses: taken 5 · not taken 1 · not answered 1, of 7" in text
    assert "My questions" not in text


@pytest.mark.usefixtures("patient")
async def test_what_is_typed_stands_on_it_until_it_is_forgotten(bot: RunningBot, chat: Person) -> None:
    """Also after a restart in the middle of the question."""
    await bot.say(chat, "/report")
    asked = await bot.tap(chat, "✏️ Name")
    assert "I keep what you type for your next page" in asked.text
    await bot.restart()
    screen = await bot.say(chat, "Ana <P>, born 1980")
    assert "Name on it: “Ana <P>, born 1980”" in screen.text
    await bot.tap(chat, "✏️ My questions")
    await bot.say(chat, "Why 4.5 mg?\nFor how long?")
    text = text_of(await bot.tap(chat, "Send me the PDF"))
    assert "Ana <P>, born 1980" in text
    assert "My questions Why 4.5 mg? For how long?" in text
    await bot.tap(chat, "‹ Change it")
    screen = await bot.tap(chat, "Forget what I typed")
    assert "Forgotten." in screen.text
    async with bot.database.read() as session:
        (draft,) = (await session.execute(select(ReportDraft))).scalars()
        assert (draft.identification, draft.questions) == (None, None)


@pytest.mark.usefixtures("patient")
async def test_letters_that_cannot_be_printed_are_said_before_the_doctor_sees_them(
    bot: RunningBot, chat: Person
) -> None:
    """A page with empty boxes for a name helps nobody."""
    await bot.say(chat, "/report")
    await bot.tap(chat, "✏️ Name")
    screen = await bot.say(chat, "山田花子")
    assert "others will be a “?” on the page" in screen.text
    await bot.tap(chat, "✏️ Name")
    screen = await bot.say(chat, "Łucja Müller, Ανδρέας 😀")
    assert "“?”" not in screen.text


@pytest.mark.usefixtures("patient")
async def test_a_question_with_a_safety_word_is_answered_and_kept(bot: RunningBot, chat: Person) -> None:
    """The words go on the page, and the warning comes at once."""
    await bot.say(chat, "/report")
    await bot.tap(chat, "✏️ My questions")
    await bot.say(chat, "May I take codeine with it?")
    texts = [message.text for message in chat.bot_messages]
    assert any("Naltrexone blocks opioids" in text for text in texts)
    screen = await bot.say(chat, "/report")
    assert "May I take codeine with it?" in screen.text


@pytest.mark.usefixtures("patient")
async def test_the_preview_comes_before_the_sending_and_leads_back(bot: RunningBot, chat: Person) -> None:
    """A picture of the page, with both buttons below it."""
    await bot.say(chat, "/report")
    await bot.tap(chat, "US Letter")
    preview = await bot.tap(chat, "Preview")
    assert preview.file is not None
    size = image_size(preview.file.content)
    assert size is not None
    assert abs(size[1] / size[0] - 11 / 8.5) < 0.01
    screen = await bot.tap(chat, "‹ Change it")
    assert screen.file is None
    assert "(US Letter)" in screen.text
    assert preview.buttons == ()
    assert "US Letter" in (await bot.say(chat, "/report")).text


async def test_nothing_of_the_page_stays(
    bot: RunningBot, chat: Person, patient: Patient, tmp_path: Path
) -> None:
    """No file beside the database; the row of the message is blank when it is sent."""
    before = files_in(tmp_path)
    await bot.say(chat, "/report")
    await bot.tap(chat, "Send me the PDF")
    assert files_in(tmp_path) == before
    async with bot.database.read() as session:
        rows = (await session.execute(select(Delivery).where(Delivery.patient_id == patient.id))).scalars()
        assert all(row.payload is None for row in rows if row.state == "sent")


async def test_a_discreet_patients_phone_shows_a_neutral_file(
    bot: RunningBot, chat: Person, patient: Patient
) -> None:
    """The page itself names the medicine: the doctor needs it, and the screen says so before."""
    async with bot.database.write() as session:
        row = await session.get(Patient, patient.id)
        assert row is not None
        row.discreet = True
    screen = await bot.say(chat, "/report")
    assert "names your medicine" in screen.text
    sent = await bot.tap(chat, "Send me the PDF")
    assert sent.file is not None
    assert sent.file.name == "diary-2026-11-24.pdf"
    assert "LDN" not in screen.text + sent.text


async def test_an_empty_diary_makes_no_page(bot: RunningBot, chat: Person, clock: ManualClock) -> None:
    """A sheet of zeros would waste an appointment."""
    clock.travel_to(NOON)
    await somebody(bot.database, telegram_id=chat.id)
    await bot.say(chat, "/report")
    answer = await bot.tap(chat, "Send me the PDF")
    assert answer.file is None
    assert answer.text.startswith("There is nothing in the diary of these 90 days yet")


@pytest.mark.usefixtures("patient")
async def test_a_question_left_open_takes_no_other_words(bot: RunningBot, chat: Person) -> None:
    """After half an hour, and for a word about the dose, the words are for somebody else."""
    await bot.say(chat, "/report")
    await bot.tap(chat, "✏️ Name")
    await bot.travel(timedelta(minutes=31))
    await bot.say(chat, "Ana")
    async with bot.database.read() as session:
        drafts = (await session.execute(select(ReportDraft))).scalars().all()
    assert all(draft.identification is None for draft in drafts)


@pytest.mark.parametrize(
    ("args", "choice"),
    [
        ((), Choice(90, TUESDAY, "a4")),
        (("7", "2026-11-20"), Choice(30, TUESDAY - timedelta(days=4), "a4")),
        (("9999", "2031-01-01", "papyrus"), Choice(365, TUESDAY, "a4")),
        (("x", "y", "us-letter"), Choice(90, TUESDAY, "us-letter")),
    ],
)
def test_whatever_a_button_says_a_page_can_be_made_of_it(args: tuple[str, ...], choice: Choice) -> None:
    """A week is too short for a doctor; inventions are the usual page."""
    assert read_choice(args, TUESDAY, "a4") == choice
