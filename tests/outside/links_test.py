#!/usr/bin/python3
"""The connector to the national portal from outside: a demonstration year goes over to the simulated portal while that
is slow, down, killed, answers by halves, twice, not at all, refuses and lies. At the end both sides have every dossier,
status and time alike (held against the database's rows here, not against the connector's own tables), and what of the
index 766 can be computed from what the portal holds is what the program computes from its ledger."""
import collections
import contextlib
import datetime
import json
import os
import pathlib
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

import yaml

import index766_test as index
from served import PROGRAM, ROOT, call, checked, served

SIMULATOR = os.environ.get("HL_SIMULATOR", str(pathlib.Path(PROGRAM).parent / "hienluong-sim"))
UNTIL = "2026-10-30"
STATUS = {1: 1, 2: 2, 3: 4, 4: 4, 5: 4, 6: 5, 7: 6, 8: 9, 20: 3, 21: 7, 22: 8, 23: 10}
PASSWORD = "mat-khau-chi-de-thu"


class Simulator:
    """hienluong-sim on one port for its whole life, which may be several processes."""

    def __init__(self, folder):
        self.folder, self.port, self.process = pathlib.Path(folder), 0, None
        secret = self.folder / "sim.password"
        secret.write_text(PASSWORD + "\n")
        secret.chmod(0o600)
        self.start()

    def start(self):
        out = self.folder / "sim.out"
        with out.open("w", encoding="utf-8") as printed:
            self.process = subprocess.Popen([SIMULATOR, "--port", str(self.port), "--file", str(self.folder / "sim.db"), "--only", "portal", "--set",
                                             "portal.unit=H50", "--set-file", f"portal.password={self.folder / 'sim.password'}"], stdout=printed)
        while not (text := out.read_text(encoding="utf-8")).endswith("\n"):
            assert self.process.poll() is None
            time.sleep(0.01)
        self.base = text.strip()
        self.port = int(self.base.rsplit(":", 1)[1])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def post(self, path, **body):
        request = urllib.request.Request(self.base + path, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def fault(self, word, **more):
        return self.post("/control/portal", fault=word, **more)

    def holdings(self):
        after, items = "", []
        while True:
            with urllib.request.urlopen(f"{self.base}/compare/portal?limit=100&after={after}", timeout=30) as answer:
                page = json.loads(answer.read())
            items += page["items"]
            if page["next"] is None:
                return {i["key"]: i for i in items}
            after = page["next"]


@contextlib.contextmanager
def simulated(folder):
    simulator = Simulator(folder)
    try:
        yield simulator
    finally:
        simulator.process.kill()
        simulator.process.wait()


def settings(folder, simulator):
    config = pathlib.Path(folder, "config.yaml")
    config.write_text(yaml.safe_dump({"data_dir": folder + "/data", "links": {"portal": {
        "url": simulator.base + "/portal", "user": "quangtri", "secret_file": str(simulator.folder / "sim.password"), "workers": 3, "batch": 16,
        "timeout_seconds": 2, "first_retry_seconds": 0.05, "longest_retry_seconds": 0.5, "breaker_rest_seconds": 0.1, "longest_rest_seconds": 0.5,
        "more": {"unit": "H50", "provider": "VN:GOV:H50"}}}}), encoding="utf-8")
    return str(config)


def until(what, ready, seconds=40):
    end = time.monotonic() + seconds
    while not (got := ready()):
        assert time.monotonic() < end, what
        time.sleep(0.1)
    return got


def misbehave(simulator, link, again):
    """Every fault there is, while dossiers go over; when too few are left, all are sent once more."""
    for step, (fault, more) in enumerate([("slow", {"milliseconds": 30}), ("error", {"of": 2}), ("half", {"of": 2}), ("lose", {"of": 2}), ("duplicate", {}),
                                          ("lie", {"of": 5, "times": 12}), ("refuse", {"of": 4, "times": 6})]):
        if link()["waiting"] < 100:
            again()
        simulator.fault(fault, **more)
        start = link()["since_start"]["sent"]
        until(f"nothing moves while it is told to {fault}", lambda: link()["since_start"]["sent"] >= start + 60)
        if step % 3 == 1:
            simulator.kill()
            time.sleep(0.3)
            simulator.start()
        if step % 3 == 2:
            simulator.post("/control/portal/do/end_sessions")
    simulator.fault("down")
    time.sleep(0.5)
    simulator.fault("none")


def portal_time(ms):
    return None if ms is None else index.instant(ms).strftime("%Y%m%d%H%M%S")


def agree(database, held):
    """Every dossier of the database is there, with the status and the times that it has here, and none else is."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        rows = db.execute("SELECT code, procedure, channel, state, filed_at, received_at, due, finished_at, returned_at FROM dossier").fetchall()
    assert set(held) == {r[0] for r in rows}, (len(held), len(rows))
    for code, procedure, channel, state, filed, received, due, finished, returned in rows:
        record = held[code]["record"]
        want = {"MaTTHC": procedure, "KenhThucHien": str(channel + 1), "TrangThaiHoSo": str(STATUS[state]), "NgayNopHoSo": portal_time(filed),
                "NgayTiepNhan": portal_time(received), "NgayHenTra": portal_time(due if received and due < 9007199254740991 else None),
                "NgayTra": portal_time(returned)}
        if state in (8, 21, 22, 23):
            want["NgayKetThucXuLy"] = portal_time(finished)
        got = {field: record.get(field) for field in want}
        assert got == want, (code, state, got, want)
    return len(rows)


def portal_time_back(text):
    return datetime.datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=index.ZONE) if text else None


def index_of_portal(data, held):
    """What the index can see in the portal's records, by the same slow re-implementation, beside the program's points."""
    rules = yaml.safe_load((ROOT / "packs/quang-tri/index766/quyet-dinh-766-2022.yaml").read_text(encoding="utf-8"))
    facts = {"filing", "result", "digitised", "reused", "national"}
    criteria = [c for g in rules["groups"] for c in g["criteria"] if c.get("fact") in facts and not c.get("also_lost")]
    assert len(criteria) >= 4, [c["code"] for c in criteria]
    rows = []
    for item in held.values():
        r = item["record"]
        rows.append({"agency": "", "state": {"9": 8, "10": 23}.get(r["TrangThaiHoSo"], 3), "channel": int(r["KenhThucHien"]) - 1,
                     "received": portal_time_back(r.get("NgayTiepNhan")), "ended": portal_time_back(r.get("NgayKetThucXuLy")), "tape": {"a": []}, "rating": 0,
                     "components": [{"reused": p["DuocTaiSuDung"] == "1", "national": p["DuocLayTuKhoDMQG"] == "1", "digitised": p["DuocSoHoa"] == "1"}
                                    for p in r.get("TaiLieuNop", [])],
                     "results": [{"signature": "digital"}] if r.get("DanhSachGiayToKetQua") else [],
                     "charges": [{"amount": f["Gia"]} for f in r.get("DanhSachLePhi", [])]})
    compared = 0
    for year, month in [(2025, 11), (2025, 12)] + [(2026, m) for m in range(1, 11)]:
        counts = collections.Counter()
        for d in rows:
            for fact, outcome in without_timing(d, (year, month)).items():
                counts[fact, outcome] += 1
        province = index.asked(data, "--month", f"{year}-{month:02}")
        got = {c["code"]: (c["numerator"], c["denominator"]) for g in province["groups"] for c in g["criteria"]}
        for code, (top, bottom, _) in index.scores(criteria, counts).items():
            assert got[code] == (top, bottom), (year, month, code, got[code], (top, bottom))
            compared += 1
    return compared


def without_timing(d, month):
    """What index766_test.seen() tells of a dossier but its clocks, which need the calendar's arithmetic."""
    real, index.timing = index.timing, lambda *_: "on_time"
    try:
        return index.seen(None, d, month, index.at(datetime.date(2100, 1, 1)))
    finally:
        index.timing = real


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="hienluong-links-") as folder, simulated(folder) as simulator:
        data = folder + "/data"
        config = settings(folder, simulator)
        subprocess.run([PROGRAM, "--data", data, "demo", "--dossiers", "260", "--seed", "6", "--until", UNTIL], cwd=ROOT, capture_output=True, text=True,
                       check=True)
        accounts = {a["login"]: a["password"] for a in json.loads(pathlib.Path(data, "demonstration.json").read_text(encoding="utf-8"))}
        simulator.fault("slow", milliseconds=20)
        with served(folder, "--config", config) as plain, checked(plain, folder) as base:
            token = call(base, "POST", "/sessions", body={"login": "mau-quan-tri", "password": accounts["mau-quan-tri"]})[1]["token"]
            clerk = call(base, "POST", "/sessions", body={"login": "mau-mot-cua", "password": accounts["mau-mot-cua"]})[1]["token"]
            link = lambda: call(plain, "GET", "/links/portal", token)[1]
            quiet = lambda: (s := link())["waiting"] == 0 and s["lag_events"] == 0
            assert call(base, "GET", "/links", clerk)[0] == 403
            misbehave(simulator, link, lambda: call(plain, "POST", "/links/portal/replay", token, {"all": True}))
            until("the outbox does not empty", quiet)
            # What was refused for no reason is tried again; what was lied about is found by asking.
            dead = call(base, "GET", "/links/portal/messages?state=dead", token)[1]["items"]
            # A dossier that it lied about is one that it does not know when its progress comes.
            assert {m["reason"]["datum"] for m in dead} <= {"NgayHenTra", "MaHoSo"} and all(m["page"] for m in dead), dead[:2]
            one = next(m["number"] for m in dead if m["reason"]["datum"] == "NgayHenTra")
            assert call(base, "POST", f"/links/portal/messages/{one}/retry", token, {})[0] == 200
            assert call(base, "POST", "/links/portal/retry", token, {"state": "dead"})[0] == 200
            until("the outbox does not empty", quiet)
            assert link()["held"] == 0, link()

            def compared():
                before = (link()["comparison"] or {"number": 0})["number"]
                assert call(base, "POST", "/links/portal/tasks/reconcile", token, {})[0] == 200
                return until("no comparison", lambda: (c := link()["comparison"]) and c["number"] > before and c["ended_at"] and c)

            victim = sorted(simulator.holdings())[3]
            simulator.post("/control/portal/alter", key=victim, field="NgayTiepNhan", value="20260101080000")
            simulator.post("/control/portal/forget", key=sorted(simulator.holdings())[5])
            first = compared()
            assert first["differences"] >= 2, first
            differences = call(base, "GET", "/links/portal/differences?limit=200", token)[1]["items"]
            changed = next(d for d in differences if d["key"] == victim)
            assert changed["field"] == "NgayTiepNhan" and changed["theirs"] == "20260101080000" and changed["ours"] != changed["theirs"], changed
            for d in differences:
                status, said = call(base, "POST", f"/links/portal/differences/{d['number']}/send", token, {})
                assert status in (200, 409), said  # 409: another difference of the same dossier sent it
            until("the outbox does not empty", quiet)
            assert compared()["differences"] == 0 and link()["dead"] == 0, call(base, "GET", "/links/portal/differences", token)[1]
            for path in ("messages", "exchanges", "comparisons", "accepted?limit=5", "cost", "differences?state=all"):
                status, answer = call(base, "GET", "/links/portal/" + path, token)
                assert status == 200, (path, answer)
            opened = call(base, "GET", "/links/portal/exchanges", token)[1]["items"]
            opened = call(base, "GET", f"/links/portal/exchanges/{opened[0]['number']}", token)[1]
            assert "•••" in opened["request"] and PASSWORD not in json.dumps(opened), opened
            held = simulator.holdings()
            count = agree(pathlib.Path(data) / "hienluong.db", held)
            assert all(i["progress"] for i in held.values() if i["record"]["TrangThaiHoSo"] in ("9", "10")), "progress is missing"
            # Filed at the portal: at the desk within a minute, or at once when somebody asks.
            simulator.post("/control/portal/do/file", MaHoSo="H50.99-261029-0007", MaTTHC=next(iter(held.values()))["record"]["MaTTHC"],
                           NgayNopHoSo="20261029080000", MaDiaBan="19333", ChuHoSo="Người Nộp Thử (dữ liệu mẫu)", LoaiDoiTuong="1", SoDienThoai="0912000000",
                           DinhDanhCHS=[{"LoaiDinhDanh": "1", "SoDinhDanh": "999000000001"}])
            assert call(base, "POST", "/links/portal/tasks/filed", token, {})[0] == 200
            taken = until("not taken in", lambda: next((t for t in link()["tasks"] if t["name"] == "filed" and t["report"].get("taken")), None))
            assert taken["report"]["refused"] == [] and taken["report"]["unreadable"] == [], taken
            until("its status does not go back", lambda: quiet() and "ChuHoSo" in simulator.holdings()["H50.99-261029-0007"]["record"])
            log = pathlib.Path(folder, "log").read_text(encoding="utf-8")
            assert PASSWORD not in log and "Người Nộp" not in log and "dữ liệu mẫu" not in log
        judged = index_of_portal(data, held)
        words = subprocess.run([PROGRAM, "--config", config, "links", "list"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert words.startswith("portal\t") and "waiting 0" in words, words
    print(f"{count} dossiers agree on both sides after every fault; {judged} criteria of the index are the same from what the portal holds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
