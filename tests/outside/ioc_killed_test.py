#!/usr/bin/python3
"""Figures that can be trusted after anything: the server killed again and again while the demonstration's dossiers move,
agencies reorganised and records from other systems arriving late in between; then the indicators and the index 766,
rebuilt from the events beside the live ones, are the same to the last byte. On both engines."""
import concurrent.futures
import datetime
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid

from served import PROGRAM, ROOT

POSTGRES = os.environ.get("HL_TEST_PG")
WARDS = ["ubnd-19333", "ubnd-19351", "ubnd-18880", "ubnd-18859"]
ROUNDS = 5


class Installation:
    def __init__(self, folder, database=None):
        self.base = ["--data", str(folder)] + (["--database", database] if database else [])
        self.folder, self.key, self.server = folder, None, None
        self.done, self.lost = {}, 0

    def run(self, *arguments, code=0):
        done = subprocess.run([PROGRAM, *self.base, *map(str, arguments)], capture_output=True, text=True, cwd=ROOT, check=False)
        assert done.returncode == code, (arguments, done.returncode, done.stdout[-1500:], done.stderr[-800:])
        return done.stdout

    def prepare(self, dossiers):
        self.run("demo", "--dossiers", dossiers)
        (self.folder / "demonstration.json").unlink()  # no made-up gateway beside it: it takes time to start
        self.run("user", "add", "may", "--name", "Máy thử", "--kind", "machine")
        for role in ("clerk", "handler", "approver", "head", "integrator"):
            self.run("user", "grant", "may", role, "--agency", "ubnd-tinh")
        self.key = self.run("user", "key", "may", "--label", "thử").strip()

    def serve(self):
        self.server = subprocess.Popen([PROGRAM, *self.base, "serve", "--port", "0"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.address = next(line.strip() for line in self.server.stdout if line.startswith("http"))

    def stop(self, how):
        if self.server:
            self.server.send_signal(how)
            self.server.wait(timeout=60)
            self.server = None

    def call(self, method, path, body=None):
        request = urllib.request.Request(self.address + "/api/v1" + path, method=method, data=None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", "Bearer " + self.key)
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.add_header("Idempotency-Key", str(uuid.uuid4()))
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def command(self, word, method, path, body):
        """True when it was done; a server that is dead by then has lost it."""
        try:
            status, answer = self.call(method, path, body)
        except (OSError, urllib.error.URLError, json.JSONDecodeError):
            self.lost += 1
            return None
        if status < 300:
            self.done[word] = self.done.get(word, 0) + 1
            return answer
        return None


def filing(number):
    place = ["vn-19333", "vn-19351", "vn-18859"][number % 3]
    return {"procedure": "1.001612", "channel": "desk", "place": place,
            "applicant": {"name": f"Người Nộp Mẫu {number}", "id_kind": "personal_id", "id_number": f"999{number:09}", "phone": f"09{number:08}"},
            "answers": {"business_name": "Hộ mẫu", "address": "Địa chỉ mẫu", "lines": "Bán lẻ", "capital": 1, "founded_by": "person", "authorised": False},
            "components": [{"id": "giay-de-nghi", "originals": 1}]}


def late(number, dice):
    """A record of another system: of months that are over."""
    day = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=dice.randrange(40, 200))
    at = lambda days: (day + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")
    item = {"code": f"H50.142-{day:%y%m%d}-{9000 + number}", "procedure": "1.001612", "channel": "desk", "place": "vn-19333",
            "applicant": {"name": f"Người Cũ {number}", "id_kind": "personal_id", "id_number": f"998{number:09}", "phone": f"08{number:08}"},
            "status": 10, "filed_at": at(0), "received_at": at(0), "due": at(5), "finished_at": at(dice.choice([2, 9])), "returned_at": at(10)}
    return {"items": [item]}


def move(installation, codes, seed, stop):
    dice = random.Random(seed)
    tomorrow = datetime.date.today() + datetime.timedelta(days=40)
    while not stop.is_set():
        code = dice.choice(codes)
        word = dice.choice(["file", "file", "late", "receive", "transfer", "supplement", "supplement-answer", "withdraw", "extend", "stop", "complete", "result", "deliver"])
        if word == "file":
            number = dice.randrange(10**8)
            answer = installation.command(word, "POST", "/dossiers", filing(number))
            if answer:
                codes.append(answer["code"])
            continue
        if word == "late":
            installation.command(word, "POST", "/imports/dossiers", late(dice.randrange(10**8), dice))
            continue
        body = {"supplement": {"items": ["Bản sao"], "reason": "Thiếu giấy tờ mẫu"}, "withdraw": {"reason": "Thử"}, "extend": {"date": f"{tomorrow}", "reason": "Thử"},
                "stop": {"reason": "Thử", "basis": "Điều 1"}, "deliver": {"method": "desk", "receiver": "Người Nhận Mẫu"},
                "result": {"outcome": "granted", "signature": "ink"}}.get(word, {})
        installation.command(word, "POST", f"/dossiers/{code}/{word}", body)


def clean(installation):
    assert "every figure is what the events give" in installation.run("ioc", "recompute", "--check")
    installation.run("ioc", "766", "--check")


def killed(folder, database=None):
    import threading
    installation = Installation(folder, database)
    installation.prepare(300)
    dice = random.Random(11)
    codes, moved = [], 0
    try:
        for turn in range(ROUNDS):
            installation.serve()
            if not codes:
                for ward in WARDS:
                    status, page = installation.call("GET", f"/dossiers?agency={ward}&limit=200")
                    assert status == 200, page
                    codes += [d["code"] for d in page["items"]]
                for number in range(12):
                    codes.append(installation.command("file", "POST", "/dossiers", filing(number))["code"])
            stop = threading.Event()
            with concurrent.futures.ThreadPoolExecutor(6) as pool:
                jobs = [pool.submit(move, installation, codes, turn * 100 + n, stop) for n in range(6)]
                time.sleep(0.5 + dice.random() * 1.2)
                installation.stop(signal.SIGKILL)
                stop.set()
                for job in jobs:
                    job.result()
            if turn in (1, 3):
                # A ward's work goes to its neighbour today; whatever the followers had not read yet included.
                csv = folder / f"succession{turn}.csv"
                source, target = (WARDS[1], WARDS[0]) if turn == 1 else (WARDS[3], WARDS[2])
                csv.write_text(f"from,to,date,kind,function,area,basis\n{source},{target},{datetime.date.today()},merge,,,Thử nghiệm\n", encoding="utf-8")
                out = installation.run("reorganise", csv)
                moved += int(re.search(r"(\d+) open dossiers", out).group(1))
        # What was committed when it died is followed when it lives again.
        installation.serve()
        deadline = time.monotonic() + 30
        while True:
            with urllib.request.urlopen(installation.address + "/healthz", timeout=20) as answer:
                if all(f["lag"] == 0 for f in json.loads(answer.read())["followers"]):
                    break
            assert time.monotonic() < deadline, "the followers do not catch up"
            time.sleep(0.2)
        installation.stop(signal.SIGTERM)
        clean(installation)
        assert len(installation.done) >= 5 and installation.done.get("late"), installation.done
        assert moved > 0, "nothing was handed over"
        out = installation.run("ledger", "verify")
        print(f"  killed {ROUNDS} times: {sum(installation.done.values())} commands of {len(installation.done)} kinds done, {installation.lost} lost, "
              f"{moved} dossiers handed over, {installation.done['late']} late records; every figure is what the events give")
        return out
    finally:
        installation.stop(signal.SIGKILL)


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        print("SQLite")
        killed(folder / "sqlite")
        if POSTGRES:
            print("PostgreSQL")
            database = f"ioc_killed_{os.getpid()}"
            subprocess.run(["psql", "-qX", POSTGRES, "-c", f"CREATE DATABASE {database}"], check=True)
            try:
                killed(folder / "postgres", re.sub(r"/([^/?]*)(\?|$)", rf"/{database}\2", POSTGRES))
            finally:
                subprocess.run(["psql", "-qX", POSTGRES, "-c", f"DROP DATABASE {database} WITH (FORCE)"], check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
