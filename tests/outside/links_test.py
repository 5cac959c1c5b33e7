#!/usr/bin/python3
"""The connector to the national portal from outside: a demonstration year goes over to the simulated portal while that
is slow, down, killed, answers by halves, twice, not at all, refuses and lies, and while the program itself is killed in
the middle of it. At the end both sides have every dossier, status and time alike (held against the database's rows
here, not against the connector's own tables), and the index 766 of every agency and month is, from what the portal
holds, what the program computes from its ledger (portal_index.py; what the portal cannot know is named there).

--dossiers 20000 is the whole demonstration year (docs/links.md says how long it takes)."""
import argparse
import contextlib
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
import portal_index
import portal_rehearsal
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
            with urllib.request.urlopen(f"{self.base}/compare/portal?limit=2000&after={after}", timeout=60) as answer:
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


PATIENCE = 40  # seconds; more for more dossiers


def until(what, ready):
    end = time.monotonic() + PATIENCE
    while not (got := ready()):
        assert time.monotonic() < end, what
        time.sleep(0.1)
    return got


def killed(folder, config, simulator, token, share):
    """The program killed in the middle of sending, whatever the portal does just then, and started again."""
    for fault, more in [("slow", {"milliseconds": 5}), ("lose", {"of": 3}), ("half", {"of": 3})]:
        simulator.fault(fault, **more)
        with pathlib.Path(folder, "killed.log").open("a", encoding="utf-8") as log:
            server = subprocess.Popen([PROGRAM, "--config", config, "serve", "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, stderr=log, text=True)
        try:
            base = next(line.strip() for line in server.stdout if line.startswith("http"))
            token = token or signed_in(folder, base)
            until("it sends nothing", lambda: call(base, "GET", "/links/portal", token)[1]["since_start"]["sent"] >= share)
        finally:
            server.send_signal(signal.SIGKILL)
            server.wait()
    simulator.fault("none")
    return token


def signed_in(folder, base, login="mau-quan-tri"):
    accounts = {a["login"]: a["password"] for a in json.loads(pathlib.Path(folder, "data/demonstration.json").read_text(encoding="utf-8"))}
    return call(base, "POST", "/sessions", body={"login": login, "password": accounts[login]})[1]["token"]


def pay_online(folder, base):
    """In the demonstration year everybody pays at the counter: one who filed today is charged, and pays online."""
    with sqlite3.connect(f"file:{folder}/data/hienluong.db?mode=ro", uri=True) as db:
        (code,) = db.execute("SELECT code FROM dossier WHERE state = 3 AND lead = 'ubnd-19333' ORDER BY received_at DESC LIMIT 1").fetchone()
    handler = signed_in(folder, base, "mau-thu-ly")
    charges = [{"id": "le-phi-mau", "name": "Lệ phí mẫu", "kind": "fee", "amount": 50000}]
    for act, body in (("charge", {"charges": charges}), ("payment", {"charges": ["le-phi-mau"], "method": "online", "receipt": "MAU-1"})):
        status, said = call(base, "POST", f"/dossiers/{code}/{act}", handler, body)
        assert status == 200, (act, said)


def misbehave(simulator, link, again, share, wrongs):
    """Every fault there is, while dossiers go over; when too few are left, all are sent once more."""
    for step, (fault, more) in enumerate([("slow", {"milliseconds": 30}), ("error", {"of": 2}), ("half", {"of": 2}), ("lose", {"of": 2}), ("duplicate", {}),
                                          ("lie", {"of": 5, "times": 2 * wrongs}), ("refuse", {"of": 4, "times": wrongs})]):
        if link()["waiting"] < share + 40:
            again()
        simulator.fault(fault, **more)
        start = link()["since_start"]["sent"]
        until(f"nothing moves while it is told to {fault}", lambda: link()["since_start"]["sent"] >= start + share)
        if step % 3 == 1:
            simulator.kill()
            time.sleep(0.3)
            simulator.start()
        if step % 3 == 2:
            simulator.post("/control/portal/do/end_sessions")
    simulator.fault("down")
    time.sleep(0.5)
    simulator.fault("none")


def portal_status(word):
    return {"filed": 1, "received": 2, "processing": 4, "consulting": 4, "signing": 4, "awaiting_supplement": 5, "awaiting_payment": 6, "finished": 9,
            "refused": 3, "withdrawn": 7, "stopped": 8, "returned": 10}[word]


def portal_time(ms):
    return None if ms is None else index.instant(ms).strftime("%Y%m%d%H%M%S")


def agree(database, held):
    """Every dossier of the database is there, with the status and the times that it has here, and none else is."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        rows = db.execute("SELECT code, procedure, channel, state, filed_at, received_at, due, finished_at, returned_at, clock FROM dossier").fetchall()
    assert set(held) == {r[0] for r in rows}, (len(held), len(rows))
    for code, procedure, channel, state, filed, received, due, finished, returned, clock in rows:
        record = held[code]["record"]
        want = {"MaTTHC": procedure, "KenhThucHien": str(channel + 1), "TrangThaiHoSo": str(STATUS[state]), "NgayNopHoSo": portal_time(filed),
                "NgayTiepNhan": portal_time(received), "NgayHenTra": portal_time(due if received and due < 9007199254740991 else None),
                "NgayTra": portal_time(returned), "NgayTuChoi": portal_time(finished if state == 20 else None),
                "NgayKetThucXuLy": portal_time(finished if state in (8, 21, 22, 23) else None)}
        got = {field: record.get(field) for field in want}
        assert got == want, (code, state, got, want)
        acts = json.loads(clock)["a"] if clock else []
        asked = [portal_time(a[0]) for a in acts if a[1] == "p" and a[2] == "supplement"]
        answered = [portal_time(a[0]) for a in acts if a[1] == "n"]
        there = record.get("DanhSachHoSoBoSung", [])
        assert [s["NgayBoSung"] for s in there] == asked, (code, there, acts)
        assert [s["NgayTiepNhanBoSung"] for s in there if "NgayTiepNhanBoSung" in s] == answered, (code, there, acts)
    return len(rows)


def agree_on_progress(database, held):
    """Every line of progress has come: one for each task that ended, each change without a task, each new date."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        events = db.execute("SELECT type, data, at FROM ledger_event WHERE type LIKE 'dossier.%' ORDER BY position")
        want = {code: set() for code in held}
        for kind, data, at in events:
            event = json.loads(data)
            if event.get("ended") or event["from"] != event["to"] or kind == "dossier.extended":
                want[event["code"]].add((portal_time(at), str(portal_status(event["to"]))))
    for code, item in held.items():
        got = {(p["ThoiDiemXuLy"], p["TrangThai"]) for p in item["progress"]}
        assert got == want[code], (code, "there", sorted(got - want[code]), "here", sorted(want[code] - got))
    return sum(map(len, want.values()))


def main() -> int:
    global PATIENCE
    parser = argparse.ArgumentParser()
    parser.add_argument("--dossiers", type=int, default=260)
    dossiers = parser.parse_args().dossiers
    PATIENCE += dossiers // 20
    share, wrongs, began = max(60, dossiers // 10), 6 + dossiers // 400, time.monotonic()
    spent = lambda: f"{time.monotonic() - began:.0f} s"
    with tempfile.TemporaryDirectory(prefix="hienluong-links-") as folder, simulated(folder) as simulator:
        data = folder + "/data"
        config = settings(folder, simulator)
        subprocess.run([PROGRAM, "--data", data, "demo", "--dossiers", str(dossiers), "--seed", "6", "--until", UNTIL], cwd=ROOT, capture_output=True, text=True,
                       check=True)
        timed = {"the year": spent()}
        token = killed(folder, config, simulator, None, share // 2)
        timed["killed three times"] = spent()
        simulator.fault("slow", milliseconds=20)
        with served(folder, "--config", config) as plain, checked(plain, folder) as base:
            clerk = signed_in(folder, base, "mau-mot-cua")
            pay_online(folder, base)
            link = lambda: call(plain, "GET", "/links/portal", token)[1]
            quiet = lambda: (s := link())["waiting"] == 0 and s["lag_events"] == 0
            assert call(base, "GET", "/links", clerk)[0] == 403
            replay = lambda: call(plain, "POST", "/links/portal/replay", token, {"all": True})
            misbehave(simulator, link, replay, share, wrongs)
            timed["every fault"] = spent()
            until("the outbox does not empty", quiet)
            timed["all sent"] = spent()
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

            keys = sorted(simulator.holdings())
            victim = keys[3]
            simulator.post("/control/portal/alter", key=victim, field="NgayTiepNhan", value="20260101080000")
            simulator.post("/control/portal/forget", key=keys[5])
            first = compared()
            assert first["differences"] >= 2, first
            differences = call(base, "GET", "/links/portal/differences?limit=200", token)[1]["items"]
            changed = next(d for d in differences if d["key"] == victim)
            assert changed["field"] == "NgayTiepNhan" and changed["theirs"] == "20260101080000" and changed["ours"] != changed["theirs"], changed
            after = 0
            while differences:
                for d in differences:
                    status, said = call(base, "POST", f"/links/portal/differences/{d['number']}/send", token, {})
                    assert status in (200, 409), said  # 409: another difference of the same dossier sent it
                after = differences[-1]["number"]
                differences = call(base, "GET", f"/links/portal/differences?limit=200&after={after}", token)[1]["items"]
            until("the outbox does not empty", quiet)
            assert compared()["differences"] == 0, call(base, "GET", "/links/portal/differences", token)[1]
            assert link()["dead"] == 0, call(base, "GET", "/links/portal/messages?state=dead&limit=3", token)[1]
            for path in ("messages", "exchanges", "comparisons", "accepted?limit=5", "cost", "differences?state=all"):
                status, answer = call(base, "GET", "/links/portal/" + path, token)
                assert status == 200, (path, answer)
            opened = call(base, "GET", "/links/portal/exchanges", token)[1]["items"]
            opened = call(base, "GET", f"/links/portal/exchanges/{opened[0]['number']}", token)[1]
            assert "•••" in opened["request"] and PASSWORD not in json.dumps(opened), opened
            database = pathlib.Path(data) / "hienluong.db"
            count = agree(database, simulator.holdings())
            timed["compared and mended"] = spent()
            # No service tells what progress it has: a lie about that is mended by sending all again, and not found.
            assert replay()[0] == 200
            until("the outbox does not empty", quiet)
            held = simulator.holdings()
            assert agree(database, held) == count
            lines = agree_on_progress(database, held)
            timed["sent again"] = spent()
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
        portal_rehearsal.rehearse()
        judged, counted = portal_index.compare_index(data, held, database)
        timed["the index"] = spent()
        alone = subprocess.run([PROGRAM, "--data", data, "links", "list"], cwd=ROOT, capture_output=True, text=True, check=True)
        assert alone.stdout == "" and "links:" in alone.stderr and "no partner is connected" in alone.stderr, alone
        words = subprocess.run([PROGRAM, "--config", config, "links", "list"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        assert words.startswith("portal\t") and "waiting 0" in words, words
    print(f"{count} dossiers with {lines} moments of progress agree on both sides after every fault; {judged} criteria of agencies and months are the same "
          f"from what the portal holds, as are {counted} counts and durations of criteria without a source")
    for code, why in portal_index.CANNOT.items():
        print(f"{code} is known there but for: " + "; ".join(f"{fact} ({words})" for fact, words in why.items()))
    print("; ".join(f"{what} after {when}" for what, when in timed.items()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
