"""`screen --merge` and `replay` on the command line: what does not go together is told, never by a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.follow import run_here as run

PACK = "longkou-2021-1"
LIST = "户编号,残疾等级\nH1,一级\nH2,六级\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An office of its own, in whose folder the command runs."""
    for name, value in (("VAR", tmp_path / "var"), ("KEY_FILE", tmp_path / "key")):
        monkeypatch.setenv(f"SHOUWANG_{name}", str(value))
    monkeypatch.setenv("SHOUWANG_NOW", "2026-03-02T09:00:00+08:00")
    monkeypatch.delenv("SHOUWANG_PASSWORD", raising=False)
    monkeypatch.delenv("SHOUWANG_DATABASE_URL", raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "残联.csv").write_text(LIST, encoding="utf-8")
    return tmp_path


MERGE = ("screen", "--merge", "--pack", PACK, "--output", "out.csv")
ONE = ("--list", "残联.csv")
BOTH = ("replay", "--from", PACK, "--to", PACK)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (MERGE, "--merge needs lists"),
        ((*MERGE, *ONE, "--open"), "--open needs --households"),
        ((*MERGE, *ONE, "--input", "残联.csv"), "leave --input"),
        ((*MERGE, *ONE, "--month", "März"), "no date"),
        ((*MERGE, *ONE, "--households", "残联.csv", "--open", "--date", "2026-01-01"), "leave --date out"),
        (("screen", "--pack", PACK, "--output", "out.csv"), "--input is missing"),
        (("screen", "--pack", PACK, "--input", "残联.csv", "--output", "out.csv", *ONE), "go with --merge"),
        (("replay",), "Give --from and --to"),
        (("replay", "--from", PACK), "belong together"),
        ((*BOTH, "--pending"), "Give --from and --to"),
        ((*BOTH, "--apply"), "--user is missing"),
        ((*BOTH, "--apply", "--user", "root"), "No password"),
        (("replay", "--approve", "1"), "--user is missing"),
    ],
)
def test_what_does_not_go_together_is_told(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    status, said = run(*arguments)
    assert status == 2
    assert words in " ".join(said.replace("│", " ").split())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*MERGE[:-1], "out.docx", *ONE), "expected an output that ends in"),
        ((*MERGE[:-1], "残联.csv", *ONE), "is one of the lists"),
        ((*MERGE, *ONE, "--households", "none.csv"), "There is no file none.csv"),
        ((*MERGE, *ONE, "--list-kinds", "none"), "There is no folder none"),
        (("screen", "--merge", "--pack", "none", "--output", "out.csv", *ONE), "none"),
        (("replay", "--from", "none", "--to", PACK), "none"),
        (("replay", "--from", f"{PACK}@gestern", "--to", PACK), "YYYY-MM-DD"),
        ((*BOTH, "--input", "none.csv"), "There is no file"),
        ((*BOTH, "--input", "残联.csv"), "no column that is a fact"),
        ((*BOTH, "--output", "out.docx"), "expected an output that ends in"),
    ],
)
def test_what_cannot_be_done_ends_in_one_sentence(folder: Path, arguments: tuple[str, ...], words: str) -> None:
    status, said = run(*arguments)
    assert status == 1
    assert words in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize(("name", "password"), [("root", "wrong-password"), ("nobody", "first-password")])
def test_a_wrong_password_approves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, password: str
) -> None:
    monkeypatch.setenv("SHOUWANG_PASSWORD", "first-password")
    assert run("users", "add", "root", "--role", "admin")[0] == 0
    monkeypatch.setenv("SHOUWANG_PASSWORD", password)
    status, said = run("replay", "--approve", "1", "--user", name)
    assert (status, "名字或密码不对" in said) == (1, True)


def test_a_list_with_one_bad_cell_is_merged_and_the_status_says_so(folder: Path) -> None:
    status, said = run(*MERGE, *ONE)
    assert status == 1
    assert "残联.csv 第3行：“残疾等级”这一格是“六级”" in said
    assert "H1" in (folder / "out.csv").read_text("utf-8-sig")
    assert "已合并" in (folder / "out-remarks.csv").read_text("utf-8-sig")


def test_lists_in_order_end_with_status_0(folder: Path) -> None:
    assert run(*MERGE, "--list", "disability=残联.csv", "--month", "2026-02")[0] == 1
    (folder / "残联.csv").write_text(LIST.replace("六级", "四级"), encoding="utf-8")
    assert run(*MERGE, "--list", "disability=残联.csv", "--month", "2026-02", "--remarks", "left.xlsx")[0] == 0
    assert (folder / "left.xlsx").is_file()
