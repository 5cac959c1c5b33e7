"""The index 766 from nothing but what the national portal holds: its records of dossiers and of their progress, the
province's list of agencies, the catalogue's units of time (the national one's own data) and the calendar of working
days. Slow and obvious; the words by which progress and remarks are known are those of the mapping."""
import collections
import csv
import datetime
import itertools
import json
import sqlite3

import yaml

import index766_test as index
from served import ROOT

KNOWN = {"timing", "filing", "payment", "result", "digitised", "reused", "national"}
# What the record's documented shape has no field for. docs/links.md names the same.
CANNOT = {"5.4": {"rating": "how satisfied the applicant was: the one-stop's own question, for which the dossier record has no field"}}
# Criteria that neither side computes, since their data is not in dossiers or not connected.
ELSEWHERE = {"1.1", "1.2", "1.3", "1.4", "2.2", "3.1", "3.2", "3.5", "5.1", "5.2", "5.3"}
MONTHS = [(2025, 11), (2025, 12)] + [(2026, m) for m in range(1, 11)]


def instant(text):
    return datetime.datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=index.ZONE) if text else None


def milliseconds(t):
    return (t - index.instant(0)) // datetime.timedelta(milliseconds=1)


def in_pack(path):
    return yaml.safe_load((ROOT / "packs/quang-tri" / path).read_text(encoding="utf-8"))


def earlier(calendar, due, minutes):
    """The moment from which that much working time leads to `due`; never the opening of a shift."""
    left, day = datetime.timedelta(minutes=minutes), due.date()
    while True:
        for opens, closes in reversed(calendar.spans(day)):
            closes = min(due, closes)
            if closes <= opens:
                continue
            if left < closes - opens:
                return closes - left
            left -= closes - opens
        day -= datetime.timedelta(days=1)


class There:
    """Reads the portal's records."""

    def __init__(self):
        self.calendar = index.Calendar()
        mapping = in_pack("links/portal.yaml")
        self.apology, self.not_known = mapping["acts"]["extended"], mapping["remarks"]["unknown_amount"]
        self.status = {state: str(rule["code"] if isinstance(rule, dict) else rule) for state, rule in mapping["statuses"].items()}
        self.channels = {str(code): word for word, code in mapping["channels"].items()}
        named = collections.defaultdict(set)
        with (ROOT / "packs/quang-tri/agencies.csv").open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                named[row["name"]].add(row["id"])
        self.agencies = {name: next(iter(ids)) for name, ids in named.items() if len(ids) == 1}
        self.times = {}
        for file in (ROOT / "packs/quang-tri/procedures").glob("*.yaml"):
            card = yaml.safe_load(file.read_text(encoding="utf-8"))
            for channel in card["channels"]:
                if channel.get("time"):
                    self.times[card["code"], channel["channel"]] = channel["time"]

    def dossier(self, held):
        """As index766_test.seen() wants it."""
        r = held["record"]
        # Ended: 9 first, then 10, then stopped, withdrawn or refused, whatever the portal was told of these.
        ended = instant(r.get("NgayKetThucXuLy") or r.get("NgayTuChoi"))
        over = r["TrangThaiHoSo"] in {self.status[s] for s in ("finished", "returned", "refused", "withdrawn", "stopped")}
        assert over == (ended is not None), r["MaHoSo"]
        given = r["TrangThaiHoSo"] in (self.status["finished"], self.status["returned"])
        method = {"method": "online"} if r.get("DuocThanhToanTrucTuyen") in ("1", "2") else {}
        charges = [{"amount": f["Gia"]} | ({"paid_at": 1} if f.get("HinhThucThu") else {}) for f in r.get("DanhSachLePhi", [])]
        if r.get("GhiChu", "").startswith(self.not_known):
            charges.append({})
        if method:
            charges.append(method)
        d = {"code": r["MaHoSo"], "procedure": r["MaTTHC"], "agency": self.agencies[r["DonViXuLy"]], "state": 23 if given else 3,
             "channel": int(r["KenhThucHien"]) - 1, "received": instant(r.get("NgayTiepNhan")), "ended": ended, "rating": 0, "charges": charges,
             "components": [{"reused": p["DuocTaiSuDung"] == "1", "national": p["DuocLayTuKhoDMQG"] == "1", "digitised": p["DuocSoHoa"] == "1"}
                            for p in r.get("TaiLieuNop", [])],
             "results": [{"signature": "digital"}] if r.get("DanhSachGiayToKetQua") else []}
        d["tape"] = self.tape(d, r, held["progress"]) if d["received"] else {"a": []}
        return d

    def waits_for_payment(self, progress):
        """(from, until or None) of every time that the status was 6."""
        waiting = None
        lines = sorted(progress, key=lambda p: p["ThoiDiemXuLy"])
        for second, group in itertools.groupby(lines, key=lambda p: p["ThoiDiemXuLy"]):
            is_waiting = any(p["TrangThai"] == self.status["awaiting_payment"] for p in group)
            if is_waiting and not waiting:
                waiting = instant(second)
            elif waiting and not is_waiting:
                yield waiting, instant(second)
                waiting = None
        if waiting:
            yield waiting, None

    def tape(self, d, record, progress):
        """The acts that moved its clock, in the words of the ledger's tape: received, waited, a new date, over."""
        time = self.times.get((d["procedure"], self.channels[record["KenhThucHien"]]))
        days = time and time["unit"] != "working_hours" and not time.get("same_day")
        late = d["received"] > index.at(d["received"].date(), 900) or not self.calendar.works(d["received"].date())
        opening = index.at(self.calendar.after(d["received"].date()), index.SHIFTS[0][0])
        d["counts_from"] = opening if days or late else d["received"]
        d["in_calendar_days"] = bool(days) and time["unit"] == "calendar_days"

        acts = [(d["received"], "received", None)]
        for s in record.get("DanhSachHoSoBoSung", []):
            acts.append((instant(s["NgayBoSung"]), "asked", instant(s.get("NgayHenTraTruoc"))))
            if s.get("NgayTiepNhanBoSung"):
                acts.append((instant(s["NgayTiepNhanBoSung"]), "answered", None))
        for began, until in self.waits_for_payment(progress):
            acts.append((began, "owes", None))
            if until:
                acts.append((until, "paid", None))
        acts += [(instant(p["ThoiDiemXuLy"]), "new date", instant(p["NgayKetThucTheoQuyDinh"])) for p in progress if p["NoiDungXuLy"] == self.apology]
        acts.sort(key=lambda a: a[0])
        if d["ended"]:
            acts.append((d["ended"], "over", None))

        # A promise is known where it ended: at a request, at a new date, now. Payments waited for in between moved it.
        promises, waits, began, since = {}, [], None, 0
        for i, (when, what, due) in enumerate(acts + [(None, "now", instant(record.get("NgayHenTra")))]):
            if what == "owes":
                began = when
            elif what == "paid":
                waits.append((began, when))
                began = None
            elif what in ("asked", "new date", "now") and since is not None:
                promises[since] = self.before(d, due, waits)
                since = None
            if what in ("new date", "answered"):
                since, waits = i, []
        tape = []
        for i, (when, what, _) in enumerate(acts):
            at = milliseconds(when)
            tape.append({"received": [at, "s"], "asked": [at, "p", "supplement"], "owes": [at, "p", "payment"], "over": [at, "x"], "answered": [at, "r"],
                         "paid": [at, "r"]}.get(what) or [at, "e", milliseconds(promises[i])])
            if what == "received" and promises[i]:
                tape.append([at, "e", milliseconds(promises[i])])
        limit = [1, time["unit"]] + ([True] if time.get("same_day") else []) if time and promises[0] else None
        return {"a": tape} | ({"l": limit} if limit else {})

    def before(self, d, due, waits):
        for began, until in reversed(waits) if due else ():
            began = max(began, d["counts_from"])
            if d["in_calendar_days"]:
                days = (until.date() - began.date()).days
                day = due.date() - datetime.timedelta(days=max(0, days))
                while not self.calendar.works(day):
                    day -= datetime.timedelta(days=1)
                due = index.at(day, index.SHIFTS[-1][1])
            elif until > began and (minutes := self.calendar.minutes(began, until)) > 0:
                due = earlier(self.calendar, due, minutes)
        return due

    def worked(self, d):
        """Working minutes from reception to the end, the waiting taken off: what 2.2 is an average of."""
        waited, began = 0, None
        for act in d["tape"]["a"]:
            if act[1] == "p":
                began = began or max(index.instant(act[0]), d["counts_from"])
            elif act[1] in "rx" and began:
                waited += self.calendar.minutes(began, index.instant(act[0])) if index.instant(act[0]) > began else 0
                began = None
        return max(0, self.calendar.minutes(d["counts_from"], d["ended"]) - waited) if d["ended"] > d["counts_from"] else 0


def disliked(database):
    """{code: True} of the dossiers that somebody rated 1 or 2, which the ledger alone knows."""
    return {d["code"] for d in index.rows_of(database) if d["rating"] in (1, 2)}


def compare_index(data, held, database):
    """Every criterion of every agency and month: the program's from its ledger, ours from the portal."""
    rules = in_pack("index766/quyet-dinh-766-2022.yaml")
    criteria = [c for g in rules["groups"] for c in g["criteria"]]
    facts = {c["code"]: {c["fact"]} | ({c["also_lost"]["fact"]} if "also_lost" in c else set()) for c in criteria if "fact" in c}
    assert {c["code"] for c in criteria} - set(facts) == ELSEWHERE
    assert {code: f - KNOWN for code, f in facts.items() if f - KNOWN} == {code: set(why) for code, why in CANNOT.items()}
    # What cannot be known is left out of them, and told apart below.
    visible = [{k: v for k, v in c.items() if k != "also_lost"} for c in criteria]
    there = There()
    rows = [there.dossier(item) for item in held.values()]
    angry = disliked(database)
    compared, now = 0, datetime.datetime.now(index.ZONE)
    for year, month in dict.fromkeys(MONTHS + [(now.year, now.month)]):
        text = f"{year}-{month:02}"
        answer, province = index.asked(data, "--agencies", "--month", text), index.asked(data, "--month", text)
        end = min(index.at(datetime.date(year + month // 12, month % 12 + 1, 1)), datetime.datetime.fromisoformat(answer["as_of"]))
        counts, dislikes = collections.defaultdict(collections.Counter), collections.Counter()
        for d in rows:
            seen = index.seen(there.calendar, d, (year, month), end)
            for agency in ("", d["agency"]):
                for fact, outcome in seen.items():
                    counts[agency][fact, outcome] += 1
                dislikes[agency] += "rating" in seen and d["code"] in angry
        assert {a for a in counts if a} == {i["id"] for i in answer["items"]}, text
        for item in answer["items"] + [province | {"id": ""}]:
            got = {c["code"]: c for g in item["groups"] for c in g["criteria"]}
            for c in visible:
                if "fact" not in c:
                    continue
                code, (top, bottom, points) = c["code"], index.scores([c], counts[item["id"]])[c["code"]]
                split = {v: sum(counts[item["id"]][c["fact"], o] for o in c["outcomes"].get(v, [])) for v in ("lost", "unknown")}
                mine = (top, bottom, split["lost"], split["unknown"], None if points is None else points / 100)
                if code in CANNOT:
                    # All but the ratings; and these are the whole of the difference.
                    mine = (max(0, top - dislikes[item["id"]]), *mine[1:4], got[code]["points"])
                its = tuple(got[code][k] for k in ("numerator", "denominator", "lost", "unknown", "points"))
                assert its == mine, (text, item["id"], code, "the program", its, "from the portal", mine)
                compared += 1
    return compared, of_dossiers(there, rows, database)


def of_dossiers(there, rows, database):
    """What criteria without a source here need of dossiers is there all the same: 1.4 how many, 3.2 and 3.5 which
    procedures had some filed or paid online, 2.2 the average working time; by procedure and month."""
    month_of = lambda t: t and (t.year, t.month)
    mine, its, worked, elapsed = ({} for _ in range(4))
    codes = {d["code"] for d in rows}
    for d in rows:
        key = d["procedure"], month_of(d["received"])
        mine.setdefault(key, collections.Counter())["dossiers"] += 1
        mine[key]["online"] += d["channel"] == 1
        mine[key]["paid online"] += any("method" in c for c in d["charges"])
        # Taken in within the very second of 15:00: the portal's whole seconds do not say on which side of it.
        if d["received"] and d["ended"] and d["received"].time() != datetime.time(15):
            worked[d["code"]] = there.worked(d)
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        for code, procedure, channel, received, charges in db.execute("SELECT code, procedure, channel, received_at, charges FROM dossier d "
                                                                      "JOIN dossier_detail e ON e.dossier = d.key"):
            if code not in codes:  # filed later, at the portal
                continue
            counts = its.setdefault((procedure, month_of(index.instant(received))), collections.Counter())
            counts["dossiers"] += 1
            counts["online"] += channel == 1
            counts["paid online"] += any(c.get("method") == "online" for c in json.loads(charges))
        for (data,) in db.execute("SELECT data FROM ledger_event WHERE type LIKE 'dossier.%' AND data LIKE '%\"closing\":{%'"):
            event = json.loads(data)
            elapsed[event["code"]] = event["closing"].get("elapsed", 0)
    assert mine == its and any(c["paid online"] for c in mine.values())
    # The portal has whole seconds: a minute may begin in one that the ledger divides. Of each stretch, once.
    far = {code: (n, elapsed[code]) for code, n in worked.items() if abs(n - elapsed[code]) > 2}
    assert not far, list(far.items())[:5]
    return len(mine) + len(worked)
