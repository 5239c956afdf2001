"""What administrators do in the pages and over the API: figures and numbers with dates, areas, moving staff."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta

import httpx
import pytest

from actions import accounts, figures, staffing
from actions.chat import ChatDesk
from actions.contacts import Contacts
from actions.figures import OwnFigures
from actions.office import Office
from actions.refusals import Invalid, NotAllowed
from bot.web import create_app
from storage import models
from tests.web.doors import PASSWORD, DirectActs, Watch, browser

Staff = dict[str, accounts.Staff]
LONGKOU, LINE = "longkou-2021-1", "monitoring_line"


@pytest.fixture
def own_office(office: Office) -> Office:
    """An office whose library is its own, so that what is set here is not seen by other tests."""
    from policy_kb import load_library

    library = load_library(None)
    return replace(office, library=library, own=OwnFigures(Contacts(office_phone="0535-1"), library, office.db))


@pytest.fixture
async def client(own_office: Office, staff: Staff) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(own_office, ChatDesk(own_office, DirectActs(own_office)), lambda: {}, secure_cookies=False)
    async with browser(app) as client:
        yield client


async def bearer(client: httpx.AsyncClient, name: str) -> dict[str, str]:
    token = (await client.post("/api/login", json={"name": name, "password": PASSWORD})).json()["token"]
    return {"authorization": f"Bearer {token}"}


def audited(office: Office, action: str) -> list[models.AuditEntry]:
    with office.db.read() as uow:
        return [entry for entry in uow.audit.latest() if entry.action == action]


# -- figures and numbers ------------------------------------------------------------------------------------------


def line_on(office: Office, day: str) -> tuple[float, str]:
    found = office.library.figures(LONGKOU, date.fromisoformat(day))[LINE]
    return found.value, found.origin


def test_a_line_counts_on_its_days_and_the_documents_figure_on_the_others(own_office: Office, staff: Staff) -> None:
    figures.set_figure(
        own_office, staff["root"], LONGKOU, LINE, 8200,
        valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31), source="市监测线通知",
    )  # fmt: skip
    assert line_on(own_office, "2026-03-02") == (8200, "office")
    assert line_on(own_office, "2021-06-01") == (6500, "document")
    facts: dict[str, object] = {"household_kind": "general", "household_size": 1, "income_year": 7000}
    facts |= {"income_dropped_sharply": True, "living_difficult": True}
    assert own_office.library.assess(LONGKOU, facts, date(2026, 3, 2)).outcome == "meets"
    (entry,) = audited(own_office, "setting.put")
    assert (entry.actor, entry.detail["key"]) == (f"user:{staff['root'].id}", f"{LONGKOU}/{LINE}")


def test_an_entry_taken_back_leaves_what_was_there_before(own_office: Office, staff: Staff) -> None:
    root = staff["root"]
    figures.set_figure(own_office, root, LONGKOU, LINE, 8200, valid_from=date(2026, 1, 1), source="通知")
    (entry,) = figures.entries(own_office, root)
    figures.end_entry(own_office, root, entry.number)
    assert line_on(own_office, "2026-03-02") == (6500, "document")
    assert figures.entries(own_office, root) == ()
    with own_office.db.read() as uow:
        assert uow.count(models.OfficeSetting) == 1, "what was set stays on record"


def test_a_later_entry_for_the_same_first_day_takes_the_place_of_the_earlier(own_office: Office, staff: Staff) -> None:
    for value in (8000, 8200):
        figures.set_figure(
            own_office, staff["root"], LONGKOU, LINE, value, valid_from=date(2026, 1, 1), source="通知"
        )  # fmt: skip
    assert line_on(own_office, "2026-03-02") == (8200, "office")
    assert len(figures.entries(own_office, staff["root"])) == 1


def test_another_process_goes_by_it_too(own_office: Office, staff: Staff) -> None:
    from policy_kb import load_library

    library = load_library(None)
    neighbour = replace(own_office, library=library, own=OwnFigures(Contacts(), library, own_office.db))
    figures.set_figure(own_office, staff["root"], LONGKOU, LINE, 8200, valid_from=date(2026, 1, 1), source="通知")
    figures.set_contact(own_office, staff["root"], "office_phone", "0535-8500000")
    assert neighbour.contacts.office_phone == "0535-8500000"
    assert line_on(neighbour, "2026-03-02") == (8200, "office")


def test_a_number_counts_from_its_day_on(own_office: Office, staff: Staff, watch: Watch) -> None:
    assert own_office.contacts.office_phone == "0535-1"
    figures.set_contact(own_office, staff["root"], "office_phone", "0535-8500000", valid_from=date(2026, 3, 5))
    assert own_office.contacts.office_phone == "0535-1"
    watch.pass_(days=3)
    assert own_office.contacts.office_phone == "0535-8500000"
    assert own_office.contacts.police == "110"


def test_days_of_a_step_are_the_offices_own(own_office: Office, staff: Staff) -> None:
    step = own_office.library.pack("ganzhou-2020-4").procedure[0].id
    figures.set_step_days(own_office, staff["root"], "ganzhou-2020-4", step, 5, "working")
    assert own_office.library.step_days("ganzhou-2020-4", step) == (5, "working", "office")


WRONG = [
    ({"value": float("nan")}, "0 or more"),
    ({"value": -1}, "0 or more"),
    ({"name": "no_such_line"}, "no_such_line"),
    ({"pack": "atlantis-1"}, "atlantis-1"),
    ({"source": "  "}, "根据"),
    ({"valid_to": date(2025, 1, 1)}, "ends before"),
    ({"pack": "ganzhou-2020-4", "name": "transfer_share_limit", "value": 40}, "share"),
]


@pytest.mark.parametrize(("over", "why"), WRONG)
def test_a_figure_that_cannot_be_is_refused_and_nothing_changes(
    own_office: Office, staff: Staff, over: dict[str, object], why: str
) -> None:
    given = {"pack": LONGKOU, "name": LINE, "value": 8200.0, "valid_from": date(2026, 1, 1), "source": "通知"} | over
    if over.get("name") == "transfer_share_limit":
        shares = own_office.library.figures("ganzhou-2020-4", date(2026, 1, 1)).values()
        given["name"] = next(figure.name for figure in shares if figure.unit == "share")
    with pytest.raises(Invalid, match=why):
        figures.set_figure(own_office, staff["root"], **given)  # type: ignore[arg-type]
    assert figures.entries(own_office, staff["root"]) == ()
    assert line_on(own_office, "2026-03-02") == (6500, "document")


@pytest.mark.parametrize("number", ["打电话", "", "1", "<b>110</b>", "110110110110110110110110110"])
def test_what_cannot_be_dialled_is_no_number(own_office: Office, staff: Staff, number: str) -> None:
    with pytest.raises(Invalid):
        figures.set_contact(own_office, staff["root"], "police", number)
    assert own_office.contacts.police == "110"


@pytest.mark.parametrize("name", ["wang", "county", "phone"])
async def test_only_administrators_reach_figures_areas_and_accounts(client: httpx.AsyncClient, name: str) -> None:
    headers = await bearer(client, name)
    assert (await client.get("/api/office/figures", headers=headers)).status_code == 403
    body = {"name": "police", "value": "119"}
    assert (await client.post("/api/office/contacts", json=body, headers=headers)).status_code == 403
    assert (await client.post("/api/areas/import", content=b"x", headers=headers)).status_code == 403
    assert (await client.get("/api/areas", headers=headers)).status_code == 403
    assert (await client.patch("/api/users/li", json={"role": "admin"}, headers=headers)).status_code == 403
    assert (await client.delete("/api/office/settings/1", headers=headers)).status_code == 403


async def test_figures_over_the_api(client: httpx.AsyncClient) -> None:
    headers = await bearer(client, "root")
    body = {"pack": LONGKOU, "name": LINE, "value": 8200, "valid_from": "2026-01-01", "source": "通知"}
    assert (await client.post("/api/office/figures", json=body, headers=headers)).status_code == 204
    shown = (await client.get("/api/office/figures", headers=headers)).json()
    (entry,) = shown["entries"]
    assert (entry["value"], entry["by"]) == (8200, "root")
    number = entry["number"]
    assert (await client.delete(f"/api/office/settings/{number}", headers=headers)).status_code == 204
    assert (await client.delete(f"/api/office/settings/{number}", headers=headers)).status_code == 404
    for wrong in ({"value": "much"}, {"valid_from": "soon"}, {"extra": 1}):
        assert (await client.post("/api/office/figures", json=body | wrong, headers=headers)).status_code == 422


# -- areas --------------------------------------------------------------------------------------------------------

TABLE = (
    "code,name,level,parent_code\n64-zhao,赵家庄村,village,64-town\n64-new,新镇,town,64-county\n9,无上级村,village,77\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
async def test_a_table_is_checked_then_taken_in(client: httpx.AsyncClient, own_office: Office, encoding: str) -> None:
    headers = await bearer(client, "root")
    file = TABLE.replace("\n", "\r\n").encode(encoding)
    checked = await client.post("/api/areas/import", params={"dry_run": "true"}, content=file, headers=headers)
    assert checked.json()["added"] == 2
    assert not (await client.get("/api/areas", params={"q": "赵家庄"}, headers=headers)).json()
    taken = (await client.post("/api/areas/import", content=file, headers=headers)).json()
    assert (taken["added"], [error["row"] for error in taken["errors"]], taken["stored"]) == (2, [4], True)
    (found,) = (await client.get("/api/areas", params={"q": "赵家庄"}, headers=headers)).json()
    assert found["path"].endswith("西吉县/将台堡镇/赵家庄村")
    assert audited(own_office, "areas.import")


@pytest.mark.parametrize(
    ("file", "why"),
    [
        (b"PK\x03\x04 a workbook", "另存为"),
        (b"name,phone\n1,2\n", "code,name"),
        (b"code,name,level,parent_code\n", "一行地区都没有"),
        (b"", "code,name"),
        (b"\x81\xff\xfe\x00", "code,name"),
    ],
)
async def test_what_is_no_table_is_refused_in_a_sentence(client: httpx.AsyncClient, file: bytes, why: str) -> None:
    refused = await client.post("/api/areas/import", content=file, headers=await bearer(client, "root"))
    assert refused.status_code == 422
    assert why in refused.json()["detail"]


async def test_a_file_may_be_larger_than_other_posts_but_not_endless(client: httpx.AsyncClient) -> None:
    headers = await bearer(client, "root")
    rows = "".join(f"v{n},第{n}村,village,64-town\n" for n in range(6_000))
    large = ("code,name,level,parent_code\n" + rows).encode()
    assert len(large) > 100_000
    assert (await client.post("/api/areas/import", content=large, headers=headers)).json()["added"] == 6_000
    assert (await client.post("/api/areas/import", content=b"x" * 5_000_000, headers=headers)).status_code == 413


# -- moving staff -------------------------------------------------------------------------------------------------


def test_whoever_is_moved_sees_the_new_area_alone_and_signs_in_anew(office: Office, staff: Staff) -> None:
    token = accounts.login(office, "wang", PASSWORD)
    staffing.move(office, staff["root"], "wang", area="64-li", display_name="王干事")
    assert accounts.session(office, token) is None
    with office.db.read() as uow:
        moved = uow.users.by_name("wang")
        assert moved is not None
        area = uow.get(models.Area, moved.area_id or 0)
    assert area is not None
    assert (area.code, moved.display_name) == ("64-li", "王干事")


def test_a_new_name_alone_signs_nobody_out(office: Office, staff: Staff) -> None:
    token = accounts.login(office, "wang", PASSWORD)
    staffing.move(office, staff["root"], "wang", display_name="王干事")
    assert accounts.session(office, token) is not None


def test_what_the_moved_had_taken_goes_back_to_the_queue(office: Office, staff: Staff, watch: Watch) -> None:
    with office.db.begin() as uow:
        task = uow.add(models.Task(key="t", kind="person", area_id=staff["wang"].area_id, created_at=watch.at))
        uow.flush()
        uow.tasks.take(task, staff["wang"].id, watch.at, watch.at + timedelta(hours=1))
        uow.commit()
    staffing.move(office, staff["root"], "wang", area="64-li")
    with office.db.read() as uow:
        (left,) = uow.find(models.Task)
    assert (left.status, left.taken_by) == ("open", None)


def test_the_last_administrator_stays_one_and_a_cadre_needs_an_area(office: Office, staff: Staff) -> None:
    with pytest.raises(NotAllowed):
        staffing.move(office, staff["root"], "root", role="operator")
    with pytest.raises(Invalid):
        staffing.move(office, staff["root"], "wang", area="")
    with pytest.raises(NotAllowed):
        staffing.move(office, staff["county"], "wang", role="admin")


# -- the pages ----------------------------------------------------------------------------------------------------


async def sign_in(client: httpx.AsyncClient, name: str) -> str:
    await client.post("/office/login", data={"name": name, "password": PASSWORD})
    found = re.search(r'name="csrf" value="([^"]+)"', (await client.get("/office/me")).text)
    assert found is not None
    return found[1]


async def test_the_pages_of_an_administrator(client: httpx.AsyncClient, own_office: Office) -> None:
    csrf = await sign_in(client, "root")
    data = {
        "csrf": csrf, "figure": f"{LONGKOU}/{LINE}", "value": "8,200", "valid_from": "2026-01-01", "valid_to": "",
        "source": "市通知",
    }  # fmt: skip
    assert (await client.post("/office/figures/figure", data=data)).status_code == 303
    shown = (await client.get("/office/figures")).text
    assert "8200元" in shown
    assert "市通知" in shown
    wrong = await client.post("/office/figures/figure", data=data | {"source": ""})
    assert wrong.status_code == 422
    assert "根据哪个文件" in wrong.text
    assert 'value="8,200"' in wrong.text, "what was typed is still there"
    files = {"file": ("areas.csv", TABLE.encode("gb18030"), "text/csv")}
    checked = await client.post("/office/areas/import", data={"csrf": csrf, "check": "1"}, files=files)
    assert "还没有导入" in checked.text
    assert "新加 2 个" in checked.text
    stored = await client.post("/office/areas/import", data={"csrf": csrf, "store": "1"}, files=files)
    assert "已经导入" in stored.text
    assert "赵家庄村" in (await client.get("/office/areas", params={"q": "赵家庄"})).text
    moved = await client.post(
        "/office/users/move", data={"csrf": csrf, "name": "wang", "role": "cadre", "area": "64-li"}
    )
    assert moved.headers["location"] == "/office/users?said=moved"


async def test_without_the_token_of_the_page_no_file_is_taken(client: httpx.AsyncClient) -> None:
    await sign_in(client, "root")
    files = {"file": ("areas.csv", TABLE.encode(), "text/csv")}
    assert (await client.post("/office/areas/import", data={"store": "1"}, files=files)).status_code == 403


@pytest.mark.parametrize("path", ["/office/figures", "/office/areas", "/office/users"])
async def test_other_staff_are_shown_none_of_these_pages(client: httpx.AsyncClient, path: str) -> None:
    await sign_in(client, "county")
    assert (await client.get(path)).status_code == 403
    assert f'href="{path}"' not in (await client.get("/office/me")).text
