#!/usr/bin/python3
"""The index 766 a second time, slowly and obviously: from the rows of dossiers as the database has them (neither the
events nor the index's own tables), by the pack's rules and its calendar, for every agency and every month of the
demonstration year. Then: a rebuild that is killed again and again ends at the same figures, and the check says so."""
import collections
import datetime
import json
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

import yaml

from served import PROGRAM, ROOT, call, checked, served

UNTIL = "2026-10-30"
ZONE = datetime.timezone(datetime.timedelta(hours=7))
SHIFTS = ((450, 690), (780, 1020))
FACTS = ["timing", "filing", "payment", "result", "digitised", "reused", "national", "rating"]


def at(day, minute=0):
    return datetime.datetime.combine(day, datetime.time(), ZONE) + datetime.timedelta(minutes=minute)


def instant(ms):
    return None if ms is None else datetime.datetime.fromtimestamp(0, ZONE) + datetime.timedelta(milliseconds=ms)


class Calendar:
    def __init__(self):
        sheet = yaml.safe_load((ROOT / "packs/quang-tri/calendar/vn.yaml").read_text(encoding="utf-8"))
        self.days = {}
        for year in sheet["years"].values():
            for rule in year["days"]:
                day, last = rule["date"], rule.get("to", rule["date"])
                while day <= last:
                    self.days[day] = rule["kind"] == "swap_work"
                    day += datetime.timedelta(days=1)

    def works(self, day):
        return self.days.get(day, day.weekday() < 5)

    def after(self, day):
        day += datetime.timedelta(days=1)
        while not self.works(day):
            day += datetime.timedelta(days=1)
        return day

    def spans(self, day):
        return [(at(day, a), at(day, b)) for a, b in SHIFTS] if self.works(day) else []

    def minutes(self, a, b):
        total, day = datetime.timedelta(), a.date()
        while day <= b.date():
            for opens, closes in self.spans(day):
                total += max(datetime.timedelta(), min(b, closes) - max(a, opens))
            day += datetime.timedelta(days=1)
        return total // datetime.timedelta(minutes=1)

    def later(self, a, minutes):
        left, day = datetime.timedelta(minutes=minutes), a.date()
        while True:
            for opens, closes in self.spans(day):
                opens = max(a, opens)
                if opens >= closes:
                    continue
                if left <= closes - opens:
                    return opens + left
                left -= closes - opens
            day += datetime.timedelta(days=1)


def timing(calendar, tape, end, over):
    """The outcome at `end`: by the tape of the dossier's clock, act after act."""
    limit, due, paused, counts_from, requests = tape.get("l"), None, None, None, 0
    for act in tape["a"]:
        when, what = instant(act[0]), act[1]
        if when > end or (not over and when >= end):
            break
        if what == "s":
            day = when.date()
            late = not calendar.works(day) or when > at(day, 900)
            counts_from = at(calendar.after(day), SHIFTS[0][0]) if late else when
            if not limit:
                continue
            value, unit, same_day = limit[0], limit[1], len(limit) > 2
            if same_day:
                due = at(calendar.after(day) if late else day, SHIFTS[-1][1])
            elif unit == "working_hours":
                due = calendar.later(counts_from, 60 * value)
            else:
                counts_from = at(calendar.after(day), SHIFTS[0][0])
                last = day + datetime.timedelta(days=value if unit == "calendar_days" else 0)
                if unit == "calendar_days":
                    last = last if calendar.works(last) else calendar.after(last)
                else:
                    for _ in range(value):
                        last = calendar.after(last)
                due = at(last, SHIFTS[-1][1])
        elif what == "p":
            paused = paused or when
            requests += act[2] == "supplement"
        elif what == "e":
            due = instant(act[2])
        elif paused:
            began, paused = max(paused, counts_from), None
            if due and limit and limit[1] == "calendar_days" and len(limit) == 2:
                days = (when.date() - began.date()).days
                if days > 0:
                    last = due.date() + datetime.timedelta(days=days)
                    due = at(last if calendar.works(last) else calendar.after(last), SHIFTS[-1][1])
            elif due and when > began and calendar.minutes(began, when) > 0:
                due = calendar.later(due, calendar.minutes(began, when))
    if not over and paused:
        end = paused
    name = "second_request" if requests > 1 else "no_deadline" if due is None else "late" if end > due else "on_time"
    return name if over else "unfinished_in_time" if name == "on_time" else "unfinished_" + name


def payment(charges):
    if any(c.get("method") == "online" for c in charges):
        return "online"
    due = [c for c in charges if c.get("amount", 0) > 0]
    if due:
        return "unpaid" if any("paid_at" not in c for c in due) else "otherwise"
    return "unknown" if any("amount" not in c for c in charges) else "free"


def seen(calendar, d, year_month, end):
    """{fact: outcome} of one dossier in one month."""
    month_of = lambda t: (t.year, t.month)
    received, ended = d["received"], d["ended"]
    over = ended is not None and month_of(ended) == year_month
    over_before = ended is not None and month_of(ended) < year_month
    result, digital = d["state"] in (8, 23), any(r.get("signature") == "digital" for r in d["results"])
    if received is None:
        return {"timing": "not_received"} if over else {}
    out = {}
    if received < end and not over_before:
        out["timing"] = timing(calendar, d["tape"], ended if over else end, over)
    if month_of(received) == year_month:
        online = "online_unfinished" if not ended else "online_no_result" if not result else "online_electronic" if digital else "online_paper"
        out["filing"] = {0: "desk", 2: "post"}.get(d["channel"], online)
        out["payment"] = payment(d["charges"])
        out["reused"] = "reused" if any(c.get("reused") for c in d["components"]) else "none"
        out["national"] = "national" if any(c.get("national") for c in d["components"]) else "none"
    if over:
        out["result"] = "none" if not result else "electronic" if digital else "paper"
        scanned = sum(bool(c.get("digitised")) for c in d["components"])
        out["digitised"] = ("no_result" if not result else "none" if scanned == 0 and d["components"] else "paper_result" if not digital
                            else "all" if scanned == len(d["components"]) else "some")
        if result:
            out["rating"] = ["unrated", "one", "two", "three", "four", "five"][d["rating"]]
    return out


def scores(criteria, counts):
    """{criterion: (numerator, denominator, hundredths of a point or None)} by the rules' own words."""
    out = {}
    for c in criteria:
        if "fact" not in c:
            continue
        total = {v: sum(counts[c["fact"], o] for o in c["outcomes"].get(v, [])) for v in ("met", "lost", "unknown")}
        also = c.get("also_lost")
        less = sum(counts[also["fact"], o] for o in also["outcomes"]) if also else 0
        how = c.get("unknown_counts", "excluded")
        if sum(total.values()) == 0:
            out[c["code"]] = (0, 0, None)
            continue
        bottom = total["met"] + total["lost"] + (0 if how == "excluded" else total["unknown"])
        top = max(0, total["met"] + (total["unknown"] if how == "as_met" else 0) - less)
        # Rounded half up to a hundredth.
        most = round(c["max"]["points"] * 100)
        full = c.get("full_at", 100)
        points = None if bottom == 0 else min(most, (2 * most * top * 100 + bottom * full) // (2 * bottom * full))
        out[c["code"]] = (top, bottom, points)
    return out


def rows_of(database):
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        for row in db.execute("SELECT d.code, d.lead, d.state, d.channel, d.received_at, d.finished_at, d.clock, e.components, e.charges, e.results, "
                              "r.overall, r.scores FROM dossier d JOIN dossier_detail e ON e.dossier = d.key LEFT JOIN dossier_rating r ON r.dossier = d.key"):
            rating = 0 if row[10] is None else row[10] or 1 + sum(map(int, row[11])) * 4 // (2 * len(row[11]))
            yield {"code": row[0], "agency": row[1], "state": row[2], "channel": row[3], "received": instant(row[4]), "ended": instant(row[5]),
                   "tape": json.loads(row[6]) if row[6] else {"a": []}, "components": json.loads(row[7]), "charges": json.loads(row[8]),
                   "results": json.loads(row[9]), "rating": rating}


def asked(folder, *words):
    done = subprocess.run([PROGRAM, "--data", folder, "--json", "ioc", "766", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def compare_month(folder, criteria, calendar, rows, year, month):
    text = f"{year}-{month:02}"
    answer, province = asked(folder, "--agencies", "--month", text), asked(folder, "--month", text)
    end = min(at(datetime.date(year + month // 12, month % 12 + 1, 1)), datetime.datetime.fromisoformat(answer["as_of"]))
    counts = collections.defaultdict(collections.Counter)
    for d in rows:
        for fact, outcome in seen(calendar, d, (year, month), end).items():
            counts[d["agency"]][fact, outcome] += 1
            counts[""][fact, outcome] += 1
    assert {a for a in counts if a} == {i["id"] for i in answer["items"]}, text
    compared = 0
    for item in answer["items"] + [province | {"id": ""}]:
        want = scores(criteria, counts[item["id"]])
        got = {c["code"]: (c["numerator"], c["denominator"], c["points"]) for g in item["groups"] for c in g["criteria"] if c["code"] in want}
        for code, (top, bottom, points) in want.items():
            mine = (top, bottom, None if points is None else points / 100)
            assert got[code] == mine, (text, item["id"], code, "the program", got[code], "here", mine)
            compared += 1
        known = [p for _, _, p in want.values() if p is not None]
        if known:
            assert round(item["points"] * 100) == sum(known), (text, item["id"])
        else:
            assert item["points"] is None and item["of"] == 0, (text, item["id"], "unknown is not zero")
    return compared


def killed_rebuilds(folder):
    """Whatever moment a rebuild is killed at, going on gives the same."""
    before = asked(folder, "--agencies", "--year", "2026")
    base = [PROGRAM, "--data", folder]
    for wait in (0.25, 0.4, 0.6):
        rebuild = subprocess.Popen([*base, "follower", "rebuild", "ioc.index766"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(wait)
        rebuild.send_signal(signal.SIGKILL)
        rebuild.wait()
    after = asked(folder, "--agencies", "--year", "2026")
    assert before["items"] == after["items"]
    checked = subprocess.run([*base, "ioc", "766", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    with sqlite3.connect(pathlib.Path(folder) / "hienluong.db") as db:
        db.execute("UPDATE ioc_766_count SET n = n + 1 WHERE agency = '' AND fact = 0 AND letter = 'm' AND month = (SELECT MIN(month) FROM ioc_766_count "
                   "WHERE agency = '' AND fact = 0 AND letter = 'm')")
    checked = subprocess.run([*base, "ioc", "766", "--check"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert checked.returncode == 1 and "the province, month 2025" in checked.stdout, checked.stdout + checked.stderr


def explained(folder, rows):
    """A dossier that lost 2.1 says why, in both languages."""
    lost = asked(folder, "--lost", "2.1", "--year", "2026")["items"]
    assert lost and all(i["reason"]["vi"] and i["reason"]["en"] for i in lost), lost[:2]
    one = asked(folder, "--explain", lost[0]["code"], "--year", "2026")
    verdict = next(c for c in one["criteria"] if c["criterion"] == "2.1")
    assert verdict["verdict"] == "lost" and verdict["reason"] == lost[0]["reason"], (verdict, lost[0])
    assert {d["code"] for d in rows} >= {i["code"] for i in lost}


def over_http(folder, data):
    """The same over HTTP, every answer held to the API document, with the rights of an administrator, a head and a clerk."""
    accounts = {a["login"]: a["password"] for a in json.loads((data / "demonstration.json").read_text(encoding="utf-8"))}
    where = "/ioc/index766"
    with served(folder, "--data", str(data)) as plain, checked(plain, folder) as base:
        def signed_in(login):
            status, session = call(base, "POST", "/sessions", body={"login": login, "password": accounts[login]})
            assert status in (200, 201), session
            return session["token"]

        whole, head, clerk = signed_in("mau-quan-tri"), signed_in("mau-lanh-dao"), signed_in("mau-mot-cua")
        status, year = call(base, "GET", where + "?year=2026", whole)
        assert status == 200 and year["max"] == 100 and year["position"] > 0, year
        mine = asked(data, "--year", "2026")
        assert [g["points"] for g in year["groups"]] == [g["points"] for g in mine["groups"]]
        petitions = next(c for g in year["groups"] for c in g["criteria"] if c["code"] == "5.2")
        assert petitions["points"] is None and petitions["no_source"]["vi"] and petitions["low"] == 0 and petitions["high"] == petitions["max"]
        assert len(call(base, "GET", where + "/agencies?quarter=2026-Q3&kind=commune", whole)[1]["items"]) > 10
        assert call(base, "GET", where + "/rules", whole)[1]["items"][0]["groups"][0]["criteria"][0]["max_verified"] is False
        codes, cursor = [], ""
        while True:
            status, page = call(base, "GET", f"{where}/dossiers?criterion=2.1&year=2026&limit=7&cursor={cursor}", whole)
            assert status == 200, page
            codes += [i["code"] for i in page["items"]]
            cursor = page["next"]
            if not cursor:
                break
        lost = sum(c["lost"] for g in year["groups"] for c in g["criteria"] if c["code"] == "2.1")
        assert len(codes) == len(set(codes)) == lost > 0, (len(codes), lost)
        assert call(base, "GET", f"{where}/dossiers/{codes[0]}?year=2026", whole)[1]["code"] == codes[0]
        assert call(base, "GET", f"{where}/dossiers?criterion=5.2&year=2026", whole)[1]["code"] == "index766.no_source"
        assert call(base, "GET", f"{where}?month=2026-13", whole)[0] == 422
        assert call(base, "GET", f"{where}/dossiers?criterion=2.1&year=2026&agency=ubnd-19333", head)[0] == 200
        assert call(base, "GET", f"{where}/dossiers?criterion=2.1&year=2026&agency=ubnd-19360", head)[0] == 403
        assert call(base, "GET", f"{where}/dossiers?criterion=2.1&year=2026", head)[0] == 403
        assert call(base, "GET", where + "?year=2026", clerk)[0] == 403
        table = "period,agency,criterion,numerator,denominator,points\n2026,,2.1,,,20\n2026,,5.2,,,5.5\n2026,,total,,,91\n"
        request = urllib.request.Request(base + "/api/v1" + where + "/comparison", method="POST", data=table.encode(),
                                         headers={"Authorization": "Bearer " + whole, "Content-Type": "text/csv"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            differences = json.loads(answer.read())["items"]
        assert [d["agrees"] for d in differences] == [False] * 3 and all(d["because"] for d in differences), differences
        for path in (f"{where}?year=2026", f"{where}/agencies?year=2026", f"{where}/dossiers?criterion=2.1&year=2026"):
            request = urllib.request.Request(base + "/api/v1" + path + "&format=csv", headers={"Authorization": "Bearer " + whole})
            with urllib.request.urlopen(request, timeout=60) as answer:
                assert answer.read().decode("utf-8-sig").startswith("period,"), path


def main() -> int:
    rules = yaml.safe_load((ROOT / "packs/quang-tri/index766/quyet-dinh-766-2022.yaml").read_text(encoding="utf-8"))
    criteria = [c for g in rules["groups"] for c in g["criteria"]]
    calendar = Calendar()
    with tempfile.TemporaryDirectory(prefix="hienluong-766-") as folder:
        data = folder + "/data"
        subprocess.run([PROGRAM, "--data", data, "demo", "--dossiers", "900", "--seed", "766", "--until", UNTIL], cwd=ROOT, capture_output=True,
                       text=True, check=True)
        rows = list(rows_of(pathlib.Path(data) / "hienluong.db"))
        assert len(rows) >= 900, len(rows)
        months = [(2025, m) for m in (11, 12)] + [(2026, m) for m in range(1, 11)]
        compared = sum(compare_month(data, criteria, calendar, rows, *m) for m in months)
        explained(data, rows)
        over_http(folder, pathlib.Path(data))
        killed_rebuilds(data)
    print(f"{compared} criteria of agencies and months are those of the tables of {len(rows)} dossiers")
    return 0


if __name__ == "__main__":
    sys.exit(main())
