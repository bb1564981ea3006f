"""What a scripted agent finds to do, by what its mirror shows."""

from __future__ import annotations

from agentdesk.client.bot import Job, Manners, jobs
from agentdesk.core.commands import EndInteraction, SendMessage
from tests.client.fake_port import FakeDesk

PATIENT = Manners()


def desk() -> FakeDesk:
    desk = FakeDesk("ana")
    desk.connect()
    return desk


def test_first_it_says_that_it_is_available() -> None:
    fake = desk()
    (job,) = jobs(fake.mirror, PATIENT)
    assert job.kind == "available"
    fake.available()
    assert jobs(fake.mirror, PATIENT) == []


def test_it_accepts_answers_and_waits() -> None:
    fake = desk()
    fake.available()
    chat = fake.customer_writes("Budi", "halo")
    (offer,) = fake.mirror.offers
    assert jobs(fake.mirror, PATIENT) == [Job("accept", offer)]
    fake.accept(chat)
    last = fake.mirror.conversations[chat].interaction.last_inbound_id
    assert jobs(fake.mirror, PATIENT) == [Job("reply", chat, last)]
    fake.submit(SendMessage(chat, "ya?"))
    assert jobs(fake.mirror, PATIENT) == []


def test_each_message_of_the_customer_is_a_job_of_its_own() -> None:
    fake = desk()
    chat = fake.chat("Budi", "halo")
    (first,) = jobs(fake.mirror, PATIENT)
    fake.customer_writes("Budi", "halo??")
    (second,) = jobs(fake.mirror, PATIENT)
    assert first.id == second.id == chat and first != second


def test_while_a_reply_is_on_its_way_there_is_nothing_to_say() -> None:
    fake = desk()
    chat = fake.chat("Budi", "halo")
    fake.hold()
    fake.submit(SendMessage(chat, "ya?"))
    assert jobs(fake.mirror, PATIENT) == []


def test_it_ends_after_a_goodbye_or_enough_replies() -> None:
    fake = desk()
    chat = fake.chat("Budi", "Terima kasih!")
    fake.submit(SendMessage(chat, "sama-sama"))
    assert jobs(fake.mirror, Manners(goodbyes=("terima kasih",))) == [Job("end", chat)]
    assert jobs(fake.mirror, Manners(replies_max=1)) == [Job("end", chat)]
    assert jobs(fake.mirror, PATIENT) == []


def test_it_wraps_up_what_has_ended() -> None:
    fake = desk()
    chat = fake.chat("Budi", "halo")
    fake.submit(EndInteraction(chat))
    assert jobs(fake.mirror, PATIENT) == [Job("wrapup", chat)]
