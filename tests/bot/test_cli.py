"""The command itself, run as a person runs it: answers, sentences instead of tracebacks, exit statuses."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.support.command import SHOUWANG, Command

PACKS = {"guokaifa-2020-6", "ningxia-2020-8", "longkou-2021-1", "luan-2019-15", "ganzhou-2020-4"}
AREAS = "code,name,level,parent_code\n37,山东省,province,\n3706,烟台市,city,37\n370681,龙口市,county,3706\n"


@pytest.fixture
def shouwang(tmp_path: Path) -> Command:
    return Command(tmp_path)


def one_sentence(done: subprocess.CompletedProcess[bytes]) -> str:
    """What was said on stderr; fails on a traceback or on more than a short message."""
    said = done.stderr.decode()
    assert done.returncode == 1, said
    assert "Traceback" not in said
    assert 0 < len(said.strip().splitlines()) <= 2, said
    return said


# -- extract ----------------------------------------------------------------------------------------------------


def test_extract_answers_line_by_line_in_the_shape_of_the_contract(shouwang: Command) -> None:
    story = "俺爹去年查出肺癌，报完自己还掏了五万多，家里五口人"
    found, status = shouwang.lines("extract", given=[{"id": 7, "text": story}, {"id": "x", "text": ""}])
    assert status == 0
    assert [line["id"] for line in found] == [7, "x"]
    shape = {"id", "intent", "hardships", "amounts", "household_size", "complaint_topic", "facts"}
    assert all(shape <= set(line) for line in found)
    for mention in found[0]["hardships"] + found[0]["amounts"]:
        assert story[mention["start"] : mention["end"]] == mention["text"]
    assert found[0]["household_size"] == 5


def test_extract_reads_a_bare_answer_in_the_light_of_its_question(shouwang: Command) -> None:
    found, _ = shouwang.lines("extract", given=[{"id": 1, "text": "没有", "asks": "disability"}])
    assert found[0]["facts"] == {"disability": False}


@pytest.mark.parametrize(
    "text", ["\x00\x07\u200b\u202e", "🆘" * 50, "/affirm", "\ud83d", "字" * 20_000, "{{7*7}} %s %n", "1" * 5000]
)
def test_extract_answers_hostile_text(shouwang: Command, text: str) -> None:
    found, status = shouwang.lines("extract", given=[{"id": 1, "text": text}])
    assert (found[0]["id"], status) == (1, 0)
    assert "intent" in found[0]


def test_extract_goes_on_after_lines_that_are_none(shouwang: Command) -> None:
    found, status = shouwang.lines("extract", given=[b"\xff\xfe", b"{", {"id": 3}, {"id": 4, "text": "你好"}])
    assert [line["id"] for line in found] == [None, None, 3, 4]
    assert ["error" in line for line in found] == [True, True, True, False]
    assert status == 1


def test_extract_answers_while_its_input_is_still_open(shouwang: Command) -> None:
    process = subprocess.Popen(
        [SHOUWANG, "extract"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=shouwang.environment
    )
    assert process.stdin
    assert process.stdout
    process.stdin.write(b'{"id": 1, "text": "x"}\n')
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["id"] == 1
    process.stdin.close()
    assert process.wait(10) == 0


def test_a_reader_that_has_enough_is_no_error(shouwang: Command) -> None:
    lines = b'{"id": 1, "text": "x"}\n' * 20_000
    shell = f"'{SHOUWANG}' extract | head -n 1"
    done = subprocess.run(
        ["bash", "-c", shell], input=lines, env=shouwang.environment, capture_output=True, timeout=60, check=False
    )
    assert done.stdout.count(b"\n") == 1
    assert not done.stderr


# -- assess -----------------------------------------------------------------------------------------------------


def test_assess_answers_in_the_shape_of_the_contract(shouwang: Command) -> None:
    facts = {"household_kind": "general", "income_per_capita": 3000}
    found, status = shouwang.lines(
        "assess", "--pack", "guokaifa-2020-6", "--date", "2020-06-01", given=[{"id": 1, "facts": facts}]
    )
    assert status == 0
    shape = {"id", "pack", "outcome", "category", "possible", "exclusions", "unknown", "next_question", "reasons"}
    assert shape <= set(found[0])
    assert (found[0]["outcome"], found[0]["category"]) == ("meets", "marginal")
    assert all({"clause", "holds", "facts", "text"} <= set(reason) for reason in found[0]["reasons"])


@pytest.mark.parametrize(
    ("facts", "fact"),
    [
        ({"no_such_fact": True}, "no_such_fact"),
        ({"disability": 1}, "disability"),
        ({"income_year": True}, "income_year"),
        ({"income_year": -1}, "income_year"),
        ({"income_year": float("nan")}, "income_year"),
        ({"income_year": float("inf")}, "income_year"),
        ({"household_size": 0}, "household_size"),
        ({"household_size": 2.5}, "household_size"),
        ({"income_transfer_share": 1.2}, "income_transfer_share"),
        ({"household_kind": "rich"}, "household_kind"),
    ],
)
def test_assess_names_the_fact_that_cannot_be(shouwang: Command, facts: dict[str, Any], fact: str) -> None:
    given = [{"id": 1, "facts": facts}, {"id": 2, "facts": {"disability": None}}]
    found, status = shouwang.lines("assess", "--pack", "guokaifa-2020-6", given=given)
    assert found[0]["error"]["fact"] == fact
    assert found[0]["error"]["message"]
    assert found[1]["outcome"] == "undetermined"
    assert status == 1


def test_assess_counts_dated_incomes_in_the_documents_own_period(shouwang: Command) -> None:
    incomes = [{"month": f"2020-{month:02d}", "amount": 500} for month in range(9, 13)]
    incomes += [{"month": f"2021-{month:02d}", "amount": 500} for month in range(1, 10)]
    facts = {"household_size": 1, "household_kind": "general", "income_dropped_sharply": True, "living_difficult": True}
    given = [
        {"id": 1, "facts": facts, "incomes": incomes},
        {"id": 2, "facts": facts, "incomes": incomes[1:]},
        {"id": 3, "facts": facts, "incomes": [{"month": "2021-3", "amount": 500}]},
    ]
    first, status = shouwang.lines("assess", "--pack", "longkou-2021-1", "--date", "2021-09-15", given=given)
    window = {"first": "2020-09", "last": "2021-08", "missing": [], "total": 6000}
    assert (first[0]["outcome"], first[0]["income_window"]) == ("meets", window)
    assert (first[1]["outcome"], first[1]["income_window"]["missing"]) == ("undetermined", ["2020-09"])
    assert first[2]["error"]["fact"] == "incomes"
    assert status == 1
    later, _ = shouwang.lines("assess", "--pack", "longkou-2021-1", "--date", "2021-10-15", given=given[1:2])
    assert (later[0]["outcome"], later[0]["income_window"]["missing"]) == ("meets", [])


def test_assess_picks_the_pack_by_place(shouwang: Command) -> None:
    places = ["宁夏固原市西吉县", "山东省龙口市", "海南省三亚市", None]
    found, _ = shouwang.lines("assess", given=[{"id": 1, "facts": {}, "place": place} for place in places])
    expected = ["ningxia-2020-8", "longkou-2021-1", "guokaifa-2020-6", "guokaifa-2020-6"]
    assert [line["pack"] for line in found] == expected


def test_assess_does_not_ask_again_what_was_asked(shouwang: Command) -> None:
    line = {"id": 1, "facts": {}}
    first, _ = shouwang.lines("assess", "--pack", "longkou-2021-1", given=[line])
    asked = first[0]["next_question"]
    second, _ = shouwang.lines("assess", "--pack", "longkou-2021-1", given=[{**line, "asked": [asked]}])
    assert asked is not None
    assert second[0]["next_question"] not in (asked, None)


def test_a_pack_that_is_not_there_is_told_in_one_sentence(shouwang: Command) -> None:
    assert "nowhere-1999" in one_sentence(shouwang("assess", "--pack", "nowhere-1999"))


# -- screen -----------------------------------------------------------------------------------------------------


def test_screen_judges_a_list_and_tells_what_was_wrong_with_which_row(shouwang: Command, tmp_path: Path) -> None:
    source, target = tmp_path / "list.csv", tmp_path / "judged.csv"
    source.write_text("户主,household_kind,household_size\n周大山,脱贫户,3\n吴小河,一般户,三口半\n", encoding="utf-8")
    options = ("--pack", "guokaifa-2020-6", "--date", "2020-06-01", "--input", str(source), "--output", str(target))
    done = shouwang("screen", *options)
    said = done.stderr.decode()
    assert done.returncode == 1
    assert "row 3, column household_size: Found '三口半'; expected a whole number of at least 1." in said
    assert "1 rows could not be judged" in said
    assert (
        target.read_text(encoding="utf-8").splitlines()[1].startswith("周大山,脱贫户,3,undetermined,,unstable_lifted,,")
    )


def test_screen_without_a_list_ends_in_one_sentence(shouwang: Command, tmp_path: Path) -> None:
    options = ("--input", str(tmp_path / "none.csv"), "--output", str(tmp_path / "x.csv"))
    assert "There is no file" in one_sentence(shouwang("screen", "--pack", "guokaifa-2020-6", *options))


def test_packs_show_prints_the_statement_of_a_pack(shouwang: Command) -> None:
    done = shouwang("packs", "show", "longkou-2021-1", "--sql", "--dialect", "spark", "--date", "2021-07-01")
    assert done.returncode == 0
    assert done.stdout.decode().startswith("-- ")
    assert "FROM households" in done.stdout.decode()


# -- packs, settings, the office --------------------------------------------------------------------------------


def test_packs_are_listed_shown_and_sound(shouwang: Command) -> None:
    listed = shouwang("packs", "list").stdout.decode()
    assert {line.split("\t")[0] for line in listed.splitlines()} == PACKS
    shown = shouwang("packs", "show", "longkou-2021-1").stdout.decode()
    assert "龙扶贫组字" in shown
    assert "四(" in shown or "二(" in shown
    assert shouwang("packs", "check").returncode == 0


def test_what_became_of_every_clause_is_shown(shouwang: Command) -> None:
    summary = shouwang("packs", "show", "longkou-2021-1").stdout.decode().splitlines()[3]
    lines = shouwang("packs", "show", "longkou-2021-1", "--coverage").stdout.decode().splitlines()
    assert lines[1] == summary
    numbers = [int(n) for n in re.findall(r"\d+", summary)]
    told = [line for line in lines[2:] if not line.startswith("      ")]
    left = [line for line in told if "没有编：" in line]
    assert numbers == [len(told), len(told) - len(left), len(lines) - 2 - len(told), len(left)]
    assert any(line.startswith("  四(一)  步骤 household_check") for line in told)
    assert any(line.startswith("  七(二)  没有编：") for line in told)


def test_a_bad_pack_is_told_with_all_its_faults(shouwang: Command, tmp_path: Path) -> None:
    assert shouwang("packs", "new", "xinhe-2030-1", "--folder", str(tmp_path)).returncode == 0
    folder = tmp_path / "xinhe-2030-1"
    assert "is sound" in shouwang("packs", "check", str(folder)).stdout.decode()
    for name, old, new in (("pack.yml", "version: 1", "version: one"), ("measures.yml", "stage: plan", "stage: plann")):
        (folder / name).write_text((folder / name).read_text("utf-8").replace(old, new), "utf-8")
    done = shouwang("packs", "check", str(tmp_path))
    assert done.returncode == 1
    first, second, last = done.stderr.decode().splitlines()
    assert first.startswith("xinhe-2030-1/measures.yml:9:10: 0.stage: Found 'plann'")
    assert second.startswith("xinhe-2030-1/pack.yml:4:10: version: Found 'one'")
    assert last.startswith("2 faults")
    assert "There is no folder" in one_sentence(shouwang("packs", "check", str(tmp_path / "nowhere")))
    assert "there already" in one_sentence(shouwang("packs", "new", "xinhe-2030-1", "--folder", str(tmp_path)))


def test_packs_are_compared_and_their_schemas_written(shouwang: Command, tmp_path: Path) -> None:
    found = shouwang("packs", "diff", "guokaifa-2020-6", "longkou-2021-1").stdout.decode()
    assert "增加：突发严重困难户（sudden_severe）" in found
    assert "nowhere" in one_sentence(shouwang("packs", "diff", "guokaifa-2020-6", "nowhere"))
    written = shouwang("packs", "schema", str(tmp_path / "schema")).stdout.decode().split()
    assert len(written) == 6
    assert all(json.loads(Path(path).read_text("utf-8")) for path in written)


def test_settings_are_printed_with_secrets_masked(shouwang: Command) -> None:
    done = shouwang("settings", SHOUWANG_TELEGRAM_TOKEN="123:secret-token")
    text = done.stdout.decode()
    assert "SHOUWANG_DATABASE_URL" in text
    assert "secret-token" not in text


def test_an_unknown_receipt_ends_in_one_sentence(shouwang: Command) -> None:
    assert "260302-000-000" in one_sentence(shouwang("case", "260302-000-000"))


def test_areas_and_users_are_kept(shouwang: Command, tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text(AREAS, "utf-8")
    assert b"3 areas added" in shouwang("areas", "import", str(file)).stdout
    assert "山东省/烟台市/龙口市" in shouwang("areas", "list").stdout.decode()
    added = shouwang("users", "add", "wang", "--role", "cadre", "--area", "龙口市", SHOUWANG_PASSWORD="longenough-1")
    assert added.returncode == 0, added.stderr.decode()
    assert "longenough" not in (added.stdout + added.stderr).decode()
    linked = shouwang("users", "link", "wang").stdout.decode()
    assert re.search(r"wang sends this .*: /start [0-9A-Z]{8}$", linked.strip())
    assert shouwang("users", "disable", "wang").returncode == 0
    assert "wang" in one_sentence(shouwang("users", "link", "wang"))
    listed = shouwang("users", "list").stdout.decode()
    assert "wang\tcadre\t山东省/烟台市/龙口市\tdisabled" in listed


def test_a_wrong_line_of_an_area_file_is_named_and_the_others_are_taken(shouwang: Command, tmp_path: Path) -> None:
    file = tmp_path / "areas.csv"
    file.write_text(AREAS + "999,,village,370681\n", "utf-8")
    done = shouwang("areas", "import", str(file))
    assert done.returncode == 1
    assert b"3 areas added" in done.stdout
    assert "line 5" in done.stderr.decode()


def test_a_file_that_is_not_there_is_told_in_one_sentence(shouwang: Command) -> None:
    assert "nowhere.csv" in one_sentence(shouwang("areas", "import", "nowhere.csv"))


def test_a_weak_password_and_an_unknown_area_are_refused_in_one_sentence(shouwang: Command) -> None:
    one_sentence(shouwang("users", "add", "li", "--role", "admin", SHOUWANG_PASSWORD="short"))
    one_sentence(
        shouwang("users", "add", "li", "--role", "cadre", "--area", "无名县", SHOUWANG_PASSWORD="longenough-1")
    )


def test_a_busy_port_is_told_in_one_sentence_at_once(shouwang: Command) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = str(holder.getsockname()[1])
        started = time.monotonic()
        done = shouwang("serve", SHOUWANG_PORT=port)
    assert port in one_sentence(done)
    assert time.monotonic() - started < 10


def test_a_database_that_cannot_be_opened_is_told_in_one_sentence(shouwang: Command, tmp_path: Path) -> None:
    (tmp_path / "noise.sqlite3").write_bytes(b"this is no database at all" * 100)
    one_sentence(shouwang("users", "list", SHOUWANG_DATABASE_URL=f"sqlite:///{tmp_path / 'noise.sqlite3'}"))


def test_a_wrong_office_file_is_told_with_its_place(shouwang: Command, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "office.yml").write_text("contacts: {polise: '110'}\n", "utf-8")
    assert "polise" in one_sentence(shouwang("users", "list"))


def test_an_area_file_without_its_columns_is_told_in_one_sentence(shouwang: Command, tmp_path: Path) -> None:
    (tmp_path / "areas.csv").write_text("a,b\n1,2\n", "utf-8")
    assert "code" in one_sentence(shouwang("areas", "import", str(tmp_path / "areas.csv")))


def test_chat_without_an_office_says_how_to_start_one(shouwang: Command) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{free.getsockname()[1]}"
        assert "make run" in one_sentence(shouwang("chat", "--url", address))


def test_a_cut_end_of_the_audit_log_ends_in_one_sentence(tmp_path: Path) -> None:
    shouwang = Command(tmp_path)
    assert shouwang("demo").returncode == 0
    whole = shouwang("audit")
    assert (whole.returncode, whole.stderr) == (0, b"")
    assert b"whole" in whole.stdout
    with closing(sqlite3.connect(tmp_path / "var" / "shouwang.sqlite3")) as raw, raw:
        raw.execute("DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)")
    broken = shouwang("audit")
    assert broken.returncode == 1
    assert b"does not fit together" in broken.stderr
    assert b"Traceback" not in broken.stderr
