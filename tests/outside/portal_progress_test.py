#!/usr/bin/python3
"""The simulated portal lies about progress alone: it loses some of a dossier's moments, all of them, or alters one, while
it says of the dossier itself what it was told. No service of the portal tells what progress it has, so the nightly
comparison cannot see that, and says nothing; what it can see beside it, it finds. The dossier's next step brings all its
moments there again, and so does sending the dossier again; nothing is doubled."""
import json
import pathlib
import sys
import tempfile
import urllib.request

from portal_questions_test import ADMIN, Portal, demonstration, file_one, run_task, tokens, until
from served import call, checked, served


def moments(portal, key):
    return {(p["ThoiDiemXuLy"], p["NoiDungXuLy"], p["PhongBanXuLy"]): p for p in portal.whole()[key]["progress"]}


def all_told(base, admin):
    until("all is told", lambda: (l := call(base, "GET", "/links/portal", admin)[1])["lag_events"] == 0 and l["waiting"] == 0)


def compare(base, admin):
    run_task(base, admin, "reconcile")
    return {(d["key"], d["field"]) for d in call(base, "GET", "/links/portal/differences?limit=200", admin)[1]["items"]}


def lies(base, portal, who):
    admin = who[ADMIN]
    all_told(base, admin)
    told = {key: i["progress"] for key, i in portal.whole().items()}
    # Three that are under way or over, with more than two moments each.
    lost_one, lost_all, altered = [key for key, progress in sorted(told.items()) if len(progress) > 2][:3]
    before = {key: moments(portal, key) for key in (lost_one, lost_all, altered)}
    assert portal.post("/do/forget_progress", key=lost_one)["done"] == 1
    assert portal.post("/do/forget_progress", key=lost_all, lines=-1)["done"] == len(before[lost_all])
    assert portal.post("/do/alter_progress", key=altered, field="TrangThai", value="9", lines=2)["done"] == 2
    assert portal.post("/do/forget_progress", key="khong-co")["done"] == 0
    assert len(moments(portal, lost_one)) == len(before[lost_one]) - 1 and not moments(portal, lost_all)
    assert moments(portal, altered) != before[altered]
    # TraCuuHoSo gives the dossier and not its progress: nothing can be seen of it, and nothing is claimed.
    assert compare(base, admin) == set()
    # What it does show is found as ever: the same lie told in the dossier itself.
    wrong = "4" if portal.whole()[altered]["record"]["TrangThaiHoSo"] != "4" else "2"
    assert portal.post("/alter", key=altered, field="TrangThaiHoSo", value=wrong)["altered"]
    assert compare(base, admin) == {(altered, "TrangThaiHoSo")}
    return before, (lost_one, lost_all, altered)


def mended(base, portal, who, before, keys):
    admin = who[ADMIN]
    for key in keys:
        status, sent = call(base, "POST", "/links/portal/replay", admin, {"key": key})
        assert status == 200, sent
    until("every moment is there again, as it was", lambda: all(moments(portal, key) == before[key] for key in keys))
    assert compare(base, admin) == set()


def by_the_next_step(base, portal, who):
    """A dossier whose progress was lost, and which then goes on: the next step tells all moments, not the last alone."""
    admin, clerk = who[ADMIN], who["mau-mot-cua"]
    code, _ = file_one(base, clerk)
    status, received = call(base, "POST", f"/dossiers/{code}/receive", clerk, {})
    assert status == 200, received
    before = until("it is there as received", lambda: (i := portal.whole().get(code)) and i["record"]["TrangThaiHoSo"] == "2" and moments(portal, code))
    portal.post("/do/forget_progress", key=code, lines=-1)
    status, moved = call(base, "POST", f"/dossiers/{code}/transfer", clerk, {})
    assert status == 200, moved
    after = until("all moments are there", lambda: (m := moments(portal, code)) and len(m) > len(before) and m)
    assert before.items() <= after.items(), (before, after)


class Whole(Portal):
    def whole(self):
        with urllib.request.urlopen(self.base + "/compare/portal?limit=5000", timeout=30) as answer:
            return {i["key"]: i for i in json.loads(answer.read())["items"]}


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        portal = Whole(folder)
        try:
            config = demonstration(folder, portal, 80)
            with served(folder, "--config", config) as base, checked(base, folder) as through:
                who = tokens(base, folder)
                before, keys = lies(through, portal, who)
                print("ok    progress lost or altered there alone cannot be seen, and nothing is claimed")
                mended(through, portal, who, before, keys)
                print("ok    sent again, every moment is there as it was, once")
                by_the_next_step(through, portal, who)
                print("ok    so it is by the dossier's next step")
        finally:
            portal.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
