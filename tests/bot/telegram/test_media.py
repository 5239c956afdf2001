"""Photos, voice, documents, places, contacts and corrections: answered kindly, kept, and seen by a person."""

from __future__ import annotations

from typing import Any

import pytest

from actions.transcript import transcript
from storage import models
from tests.bot.telegram.conftest import Running
from tests.bot.telegram.test_talking import agree, conversation
from tests.support.telegram_api import Someone

FILE = {"file_id": "AgAC-1", "file_unique_id": "u1", "file_size": 1000}
PHOTO = [FILE | {"width": 90, "height": 60}, FILE | {"file_id": "AgAC-2", "width": 900, "height": 600}]
VOICE = FILE | {"duration": 9, "mime_type": "audio/ogg"}
DOCUMENT = FILE | {"file_name": "诊断书.pdf", "mime_type": "application/pdf"}
STICKER = FILE | {"width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"}
VIDEO = FILE | {"width": 1, "height": 1, "duration": 3}
PLACE = {"latitude": 35.96, "longitude": 105.73}
CARD = {"phone_number": "+86 138 0000 1234", "first_name": "马"}
# what is sent, the kind that is kept, the line that staff see, words of the answer, whether a person is called
SENT: list[tuple[dict[str, Any], str, str, str, bool]] = [
    ({"photo": PHOTO}, "photo", "【照片】", "照片收到了", True),
    ({"voice": VOICE}, "voice", "【语音】", "听不懂语音", True),
    ({"video_note": FILE | {"length": 5, "duration": 3}}, "video", "【视频】", "视频收到了", True),
    ({"video": VIDEO}, "video", "【视频】", "视频收到了", True),
    ({"document": DOCUMENT}, "document", "【文件】诊断书.pdf", "文件收到了", True),
    ({"location": PLACE}, "location", "【位置】", "打字说一下家在哪个县", False),
    ({"contact": CARD}, "contact", "【名片】", "名片收到了", False),
    ({"sticker": STICKER}, "other", "【表情】", "直接打字说就行", False),
    ({"dice": {"emoji": "🎲", "value": 3}}, "other", "【别的内容】", "看不懂", False),
]


@pytest.mark.parametrize(("sent", "kind", "line", "answer", "called"), SENT, ids=[next(iter(s[0])) for s in SENT])
async def test_what_is_sent_is_kept_and_answered(
    running: Running, farmer: Someone, sent: dict[str, Any], kind: str, line: str, answer: str, called: bool
) -> None:
    conv = await agree(running, farmer)
    farmer.send(**sent)
    await running.hears(farmer, answer)
    await running.quiet()
    (kept,) = running.rows(models.Attachment)
    assert kept.kind == kind
    assert transcript(running.office, conv.id).lines[-2].text == line
    assert bool(running.rows(models.Task, kind="media")) is called
    if kind != "contact":
        assert "遇到啥难处" in farmer.heard[-1].text, "the pending question is shown again"


async def test_what_is_needed_to_fetch_a_photo_again_is_kept_sealed(running: Running, farmer: Someone) -> None:
    await agree(running, farmer)
    farmer.send(photo=PHOTO)
    await running.quiet()
    (kept,) = running.rows(models.Attachment)
    assert (kept.reference["file_id"], kept.reference["width"]) == ("AgAC-2", 900)


async def test_a_location_never_sets_the_place_by_itself(running: Running, farmer: Someone) -> None:
    await agree(running, farmer)
    farmer.send(location=PLACE)
    await running.quiet()
    assert conversation(running).place is None
    (kept,) = running.rows(models.Attachment)
    assert kept.reference == PLACE


async def test_a_contacts_number_is_taken_only_when_it_is_chosen(running: Running, farmer: Someone) -> None:
    await agree(running, farmer)
    farmer.send(contact=CARD)
    offered = await running.hears(farmer, "名片收到了")
    assert offered.titles == ["就打这个：138****1234"]
    assert "person" not in conversation(running).state
    farmer.press("就打这个", offered)
    await running.until(lambda: conversation(running).state.get("person", {}).get("phone") == "13800001234")


async def test_the_words_under_a_photo_are_words(running: Running, farmer: Someone) -> None:
    await agree(running, farmer)
    farmer.send(photo=PHOTO, caption="老伴得了肺癌，家里三口人")
    await running.hears(farmer, "照片收到了")
    await running.quiet()
    assert "老伴得了肺癌，家里三口人" in running.acts.order
    assert {row.fact_id: row.value for row in running.rows(models.Fact)}["household_size"] == 3


async def test_an_album_is_kept_whole_answered_once_and_one_task(running: Running, farmer: Someone) -> None:
    await agree(running, farmer)
    for _ in range(4):
        farmer.send(photo=PHOTO, media_group_id="77")
    await running.until(lambda: len(running.rows(models.Attachment)) == 4)
    await running.quiet()
    assert sum("照片收到了" in one.text for one in farmer.heard) == 1
    (task,) = running.rows(models.Task)
    assert task.kind == "media"
    assert task.conversation_id == conversation(running).id


async def test_an_edited_message_is_kept_beside_the_old_one_and_undoes_nothing(
    running: Running, farmer: Someone
) -> None:
    conv = await agree(running, farmer)
    farmer.say("家里五口人")
    await running.until(lambda: "家里五口人" in running.acts.order)
    farmer.edit("家里四口人")
    await running.hears(farmer, "您改的那句我看到了")
    await running.quiet()
    said = [line.text for line in transcript(running.office, conv.id).lines if line.author == "person"]
    assert said[-2:] == ["家里五口人", "【把前面的话改成】家里四口人"]
    assert {row.fact_id: row.value for row in running.rows(models.Fact)}["household_size"] == 5
    assert "家里四口人" not in running.acts.order


async def test_who_does_not_agree_leaves_no_photo_no_voice_and_no_correction(running: Running, farmer: Someone) -> None:
    farmer.say("俺爹得了肺癌")
    await running.hears(farmer, "您同意吗")
    farmer.send(photo=PHOTO)
    farmer.send(document=DOCUMENT)
    farmer.edit("俺爹得了胃癌")
    await running.hears(farmer, "您改的那句我看到了")
    await running.quiet()
    farmer.say("不同意")
    await running.hears(farmer, "已经删掉了")
    await running.quiet()
    assert running.rows(models.Attachment) == []
    left = [row.text for row in running.rows(models.InboundMessage)]
    assert [text for text in left if text] == ["不同意"]
    assert all(row.body == {} for row in running.rows(models.ChannelUpdate))


async def test_a_voice_message_before_consent_calls_a_person_too(running: Running, farmer: Someone) -> None:
    farmer.send(voice=VOICE)
    await running.hears(farmer, "听不懂语音")
    assert [task.kind for task in running.rows(models.Task)] == ["media"]


async def test_a_kept_photo_can_be_fetched_again_and_one_that_is_gone_cannot(running: Running) -> None:
    assert await running.door.api.file({"file_id": "AgAC-2"}) == b"content of photos/AgAC-2.jpg"
    assert await running.door.api.file({"latitude": 35.9}) is None
    running.api.down = True
    assert await running.door.api.file({"file_id": "AgAC-2"}) is None
