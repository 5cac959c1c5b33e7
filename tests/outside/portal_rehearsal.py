"""What the demonstration year does not have, for portal_index.py: lives with payments waited for, new dates and
supplements in any order."""
import datetime
import random

import index766_test as index
import portal_index


def rehearse(times=400):
    """Waiting for payments, which the demonstration year does not have: made-up lives, told once as the ledger's tape and
    once as the portal's record, are judged alike at any moment."""
    there, chance = portal_index.There(), random.Random(766)
    cal, kinds = there.calendar, sorted(there.times)
    stamp = lambda t: t.strftime("%Y%m%d%H%M%S")
    for _ in range(times):
        procedure, channel = chance.choice(kinds)
        time = there.times[procedure, channel]
        limit = [time["value"], time["unit"]] + ([True] if time.get("same_day") else [])
        now = index.at(datetime.date(2026, 1, 5) + datetime.timedelta(days=chance.randrange(250)), chance.randrange(450, 1020))
        record = {"KenhThucHien": {"desk": "1", "online": "2", "post": "3"}[channel], "NgayTiepNhan": stamp(now)}
        acts, progress, asked, moved = [[portal_index.milliseconds(now), "s"]], [], [], False
        walk = lambda: promise_of(cal, acts, limit)
        for what in chance.choices(["pay", "supplement", "new date"], k=chance.randrange(4)):
            now += datetime.timedelta(minutes=chance.randrange(1, 4000))
            if what == "new date":
                if moved or not walk():
                    continue
                moved, old = True, walk()
                new = index.at(cal.after(old.date() + datetime.timedelta(days=chance.randrange(9))), index.SHIFTS[-1][1])
                progress.append({"ThoiDiemXuLy": stamp(now), "TrangThai": "4", "NoiDungXuLy": there.apology, "NgayKetThucTheoQuyDinh": stamp(old)})
                acts.append([portal_index.milliseconds(now), "e", portal_index.milliseconds(new)])
                continue
            if what == "supplement":
                asked.append({"NgayBoSung": stamp(now), "NgayHenTraTruoc": stamp(walk())})
            acts.append([portal_index.milliseconds(now), "p", "payment" if what == "pay" else what])
            progress.append({"ThoiDiemXuLy": stamp(now), "TrangThai": "6" if what == "pay" else "5", "NoiDungXuLy": ""})
            now += datetime.timedelta(minutes=chance.randrange(1, 9000))
            progress.append({"ThoiDiemXuLy": stamp(now), "TrangThai": "4", "NoiDungXuLy": ""})
            acts.append([portal_index.milliseconds(now), "r" if what == "pay" else "n"])
            if what == "supplement":
                asked[-1] |= {"NgayTiepNhanBoSung": stamp(now), "NgayHenTraMoi": stamp(walk())}
        record |= {"NgayHenTra": stamp(walk()), "DanhSachHoSoBoSung": asked}
        told = there.tape({"procedure": procedure, "received": portal_index.instant(record["NgayTiepNhan"]), "ended": None}, record, progress)
        for _ in range(12):
            end = index.at(portal_index.instant(record["NgayTiepNhan"]).date(), 0) + datetime.timedelta(minutes=chance.randrange(150000))
            judged = [index.timing(cal, tape, end, False) for tape in ({"a": acts, "l": limit}, told)]
            assert judged[0] == judged[1], (procedure, channel, limit, acts, record, progress, end, judged)


def promise_of(calendar, acts, limit):
    """The promise at the end of these acts: a supplement begins it anew, a payment waited for moves it."""
    due, paused, first = None, None, None
    for when, what, *more in ((index.instant(a[0]), *a[1:]) for a in acts):
        if what in "sn":
            due, first, paused = begun(calendar, when, limit), when if limit[1] == "working_hours" else index.at(calendar.after(when.date()), 450), None
        elif what == "p":
            paused = when
        elif what == "e":
            due = index.instant(more[0])
        elif what == "r":
            began = max(paused, first)
            if limit[1] == "calendar_days" and len(limit) == 2:
                day = due.date() + datetime.timedelta(days=max(0, (when.date() - began.date()).days))
                due = index.at(day if calendar.works(day) else calendar.after(day), index.SHIFTS[-1][1])
            elif when > began and calendar.minutes(began, when) > 0:
                due = calendar.later(due, calendar.minutes(began, when))
    return due


def begun(calendar, when, limit):
    late = not calendar.works(when.date()) or when > index.at(when.date(), 900)
    if len(limit) > 2:
        return index.at(calendar.after(when.date()) if late else when.date(), index.SHIFTS[-1][1])
    last = when.date() + datetime.timedelta(days=limit[0] if limit[1] == "calendar_days" else 0)
    if limit[1] == "calendar_days":
        return index.at(last if calendar.works(last) else calendar.after(last), index.SHIFTS[-1][1])
    for _ in range(limit[0]):
        last = calendar.after(last)
    return index.at(last, index.SHIFTS[-1][1])
