#!/usr/bin/python3
"""Two installations with a line between them: a child's figures at its parent, through a proxy that delays, cuts
answers in half, loses and repeats them; the child killed and restored from a backup, the parent killed and restored
from one, too. At the end both show the same, every batch verifies and so do both ledgers."""
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid

from served import PROGRAM, ROOT

CODES = ["HCC.TIEP_NHAN", "HCC.DANG_MO", "HCC.GIAI_QUYET", "HCC.TY_LE_DUNG_HAN", "KTXH.THU_NS"]


class Line:
    """A proxy for one request a connection. `mode`: pass, cut, half, late, twice, mixed."""
    def __init__(self):
        self.upstream, self.mode, self.dice, self.carried = None, "pass", random.Random(5), 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.carry, args=(connection,), daemon=True).start()

    def ask(self, request):
        with socket.create_connection(("127.0.0.1", self.upstream), timeout=20) as server:
            server.sendall(request)
            return self.message(server)

    @staticmethod
    def message(connection):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return data
            data += piece
        head, body = data.split(b"\r\n\r\n", 1)
        length = re.search(rb"(?i)content-length: *(\d+)", head)
        wanted = int(length.group(1)) if length else 0
        while len(body) < wanted:
            piece = connection.recv(65536)
            if not piece:
                break
            body += piece
        return head + b"\r\n\r\n" + body

    def carry(self, connection):
        with connection:
            try:
                mode = self.mode
                if mode == "mixed":
                    mode = self.dice.choice(["pass", "half", "late", "twice", "cut", "lost"])
                if mode == "cut":
                    return
                request = self.message(connection)
                if mode == "late":
                    time.sleep(0.3)
                answer = self.ask(request)
                if mode == "twice":
                    answer = self.ask(request)
                if mode == "half":
                    answer = answer[:len(answer) // 2]
                if mode != "lost":
                    connection.sendall(answer)
                self.carried += 1
            except OSError:
                pass


class Installation:
    def __init__(self, folder, name, settings):
        self.data, self.name = folder / name, name
        self.config = folder / f"{name}.yaml"
        self.config.write_text(json.dumps({"child_ioc": settings, "own_gateway": False}), encoding="utf-8")
        self.server = None

    def run(self, *arguments, code=0):
        done = subprocess.run([PROGRAM, "-c", str(self.config), "--data", str(self.data), *map(str, arguments)],
                              capture_output=True, text=True, cwd=ROOT, check=False)
        assert done.returncode == code, (arguments, done.returncode, done.stdout[-800:], done.stderr[-800:])
        return done.stdout + done.stderr

    def prepare(self, roles):
        self.run("migrate")
        self.run("pack", "apply", ROOT / "packs/quang-tri")
        self.run("user", "add", "may", "--name", "Máy thử", "--kind", "machine")
        for role, agency in roles:
            self.run("user", "grant", "may", role, *(["--agency", agency] if agency else []))
        self.key = self.run("user", "key", "may", "--label", "thử").strip().splitlines()[0]

    def serve(self):
        out = self.data.parent / f"{self.name}.out"
        self.server = subprocess.Popen([PROGRAM, "-c", str(self.config), "--data", str(self.data), "serve", "--port", "0"], cwd=ROOT,
                                       stdout=out.open("w", encoding="utf-8"), stderr=(self.data.parent / f"{self.name}.log").open("a", encoding="utf-8"))
        while not (found := re.search(r"http://127\.0\.0\.1:(\d+)", out.read_text(encoding="utf-8"))):
            assert self.server.poll() is None, (self.data.parent / f"{self.name}.log").read_text(encoding="utf-8")[-2000:]
            time.sleep(0.02)
        self.port = int(found.group(1))

    def stop(self, how=signal.SIGTERM):
        if self.server:
            self.server.send_signal(how)
            self.server.wait(timeout=60)
            self.server = None

    def second_key(self, login, role, agency):
        self.run("user", "add", login, "--name", "Máy thử", "--kind", "machine")
        self.run("user", "grant", login, role, "--agency", agency)
        return self.run("user", "key", login, "--label", "thử").strip().splitlines()[0]

    def call(self, method, path, body=None, key=None):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/api/v1{path}", method=method, data=None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", "Bearer " + (key or self.key))
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.add_header("Idempotency-Key", str(uuid.uuid4()))
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def file(self, count):
        for _ in range(count):
            number = random.randrange(10**8)
            status, answer = self.call("POST", "/dossiers", {
                "procedure": "1.001612", "channel": "desk", "place": "vn-19333",
                "applicant": {"name": "Người Nộp Mẫu", "id_kind": "personal_id", "id_number": f"999{number:09}", "phone": f"09{number:08}"},
                "answers": {"business_name": "Hộ mẫu", "address": "Địa chỉ mẫu", "lines": "Bán lẻ", "capital": 1, "founded_by": "person", "authorised": False},
                "components": [{"id": "giay-de-nghi", "originals": 1}]})
            assert status == 201, answer
            status, answer = self.call("POST", f"/dossiers/{answer['code']}/receive", {})
            assert status in (200, 409), answer

    def restore(self, copy):
        """The database is gone, the keys are there: from a copy."""
        for path in self.data.glob("hienluong.db*"):
            path.unlink()
        shutil.rmtree(self.data / "blobs", ignore_errors=True)
        assert "the ledger is whole" in self.run("restore", copy)


def told(parent, code):
    status, answer = parent.call("GET", f"/ioc/children/dong-ha/indicators/{code}")
    assert status == 200, answer
    return {i["period"]: (i["told_status"], i["value"], i["numerator"], i["denominator"]) for i in answer["items"]}


def own(child, code, periods):
    out = {}
    for grain in ("day", "month", "year"):
        mine = sorted(p for p in periods if len(p) == {"day": 10, "month": 7, "year": 4}[grain])
        if mine:
            status, answer = child.call("GET", f"/ioc/indicators/{code}/figures?from={mine[0]}&to={mine[-1]}&grain={grain}")
            assert status == 200, answer
            out |= {i["period"]: (i["status"], i["value"], i["numerator"], i["denominator"]) for i in answer["items"]}
    return out


def the_same(parent, child, seconds=25):
    end = time.monotonic() + seconds
    while True:
        wrong, count = [], 0
        for code in CODES:
            there = told(parent, code)
            mine = own(child, code, there)
            count += len(there)
            wrong += [(code, period, figure, mine.get(period)) for period, figure in there.items() if mine.get(period) != figure]
            wrong += [] if there else [(code, "nothing was told")]
        if not wrong:
            return count
        assert time.monotonic() < end, wrong[0]
        time.sleep(0.3)


def wait_for(what, condition, seconds=20):
    end = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < end, what
        time.sleep(0.2)
    return found


def health(parent):
    return parent.call("GET", "/ioc/children")[1]["items"][0]["health"]


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        line = Line()
        parent = Installation(folder, "tinh", {"name": "Tỉnh", "silent_seconds": 5})
        child = Installation(folder, "dongha", {"interval_seconds": 1, "longest_wait_seconds": 2, "timeout_seconds": 5})
        parent.prepare([("administrator", None), ("head", "ubnd-tinh")])
        child.prepare([("administrator", None), ("clerk", "ubnd-19333"), ("integrator", "ubnd-19333"), ("head", "ubnd-tinh")])
        try:
            parent.serve()
            line.upstream = parent.port
            child.ward = child.second_key("phuong", "head", "ubnd-19333")
            code = parent.run("ioc", "child", "code", "dong-ha", "--name", "IOC Đông Hà", "--agency", "ubnd-19333",
                              "--url", f"http://127.0.0.1:{line.port}").split()[0]
            assert "damaged" in child.run("ioc", "child", "enrol", code[:-3], code=1)
            child.run("ioc", "child", "enrol", code)
            child.serve()
            child.file(12)
            print(f"ok    {the_same(parent, child)} figures are the same at both, right after the enrolment")

            line.mode = "mixed"
            for _ in range(6):
                child.file(3)
                time.sleep(0.5)
            line.mode = "cut"
            child.file(4)
            wait_for("silence is seen", lambda: health(parent) == "silent")
            tiles = {t["indicator"]: t["figure"] for t in parent.call("GET", "/ioc/children/figures")[1]["items"][0]["tiles"]}
            assert tiles["HCC.TIEP_NHAN"]["status"] == "stale" and tiles["HCC.TIEP_NHAN"]["told_status"] == "provisional", tiles["HCC.TIEP_NHAN"]
            assert tiles["KTXH.THU_NS"]["status"] == "unknown" and tiles["KTXH.THU_NS"]["value"] is None
            state = wait_for("the child says that it reaches nobody", lambda: child.call("GET", "/ioc/parent")[1]["line"]["problem"])
            line.mode = "mixed"
            time.sleep(2)
            line.mode = "pass"
            the_same(parent, child)
            wait_for("the line runs again", lambda: health(parent) == "running")
            print(f"ok    after {line.carried} calls over a bad line, and a cut ({state['code']}), they are the same again")

            # A directive to the child's agency goes down; what the agency answers comes up; the issuer judges.
            line.mode = "mixed"
            status, directive = parent.call("POST", "/ioc/directives", {"agency": "ubnd-19333", "title": "Giải quyết hồ sơ quá hạn",
                                                                        "text": "Rà soát và giải quyết dứt điểm.", "work_hours": 16})
            assert status == 201, directive
            code = directive["code"]
            status, other = parent.call("POST", "/ioc/directives", {"agency": "ubnd-19351", "title": "Của phường khác", "text": "Không gửi xuống.", "work_hours": 16})
            assert status == 201, other
            got = wait_for("the directive goes down", lambda: child.call("GET", "/ioc/parent")[1]["directives"], 40)
            assert [(d["code"], d["problem"]) for d in got] == [(code, None)] and got[0]["own_code"], got
            status, mine = child.call("GET", f"/ioc/directives/{got[0]['own_code']}", key=child.ward)
            assert status == 200 and mine["text"] == "Rà soát và giải quyết dứt điểm.", mine
            for word, body in (("acknowledge", {"text": "Đã nhận"}), ("report", {"text": "Xong một nửa", "percent": 50}), ("hand-in", {"text": "Đã xong"})):
                status, answer = child.call("POST", f"/ioc/directives/{got[0]['own_code']}/{word}", body, key=child.ward)
                assert status in (200, 201), (word, answer)
            seen = lambda: parent.call("GET", f"/ioc/directives/{code}")[1]
            wait_for("the answers come up", lambda: seen()["state"] == "handed_in", 40)
            assert seen()["percent"] == 50 or seen()["percent"] == 100, seen()
            status, answer = parent.call("POST", f"/ioc/directives/{code}/accept", {"text": "Đạt"})
            assert status in (200, 201), answer
            wait_for("the judgement goes down", lambda: child.call("GET", f"/ioc/directives/{got[0]['own_code']}", key=child.ward)[1]["state"] == "closed", 40)
            answers = parent.call("GET", "/ioc/children/dong-ha")[1]["answers"]
            assert sorted(a["kind"] for a in answers) == ["acknowledged", "handed_in", "reported"] and not any(a["problem"] for a in answers), answers
            line.mode = "pass"
            print("ok    a directive went down over the bad line, the answers came up, the judgement went down")

            # Killed in the middle, and restored from a backup that knows less than the parent.
            # What is answered after a backup beside the running server is there after a kill, too.
            line.mode = "late"
            child.run("backup", folder / "copy1")
            child.file(3)
            child.stop(signal.SIGKILL)
            line.mode = "pass"
            child.serve()
            the_same(parent, child)
            child.file(5)
            the_same(parent, child)
            before = parent.call("GET", "/ioc/children")[1]["items"][0]["last"]["number"]
            child.stop(signal.SIGKILL)
            child.restore(folder / "copy1")
            child.serve()
            child.file(2)
            wait_for("the parent sees that they have parted", lambda: health(parent) == "parted")
            assert "parted" in child.run("ioc", "child", "status")
            time.sleep(2)
            assert parent.call("GET", "/ioc/children")[1]["items"][0]["last"]["number"] == before, "went on silently"
            assert "taken from the parent's copy" in child.run("ioc", "child", "resume", "--reason", "khôi phục sau khi hỏng đĩa")
            the_same(parent, child)
            wait_for("the line runs again", lambda: health(parent) == "running")
            assert "child.not_parted" in child.run("ioc", "child", "resume", "--reason", "lần nữa", code=1)
            print("ok    a child from an older backup stopped, and went on by its operator's word")

            parent.run("backup", folder / "copy2")
            child.file(4)
            the_same(parent, child)
            parent.stop(signal.SIGKILL)
            child.file(2)
            parent.restore(folder / "copy2")
            parent.serve()
            line.upstream = parent.port
            the_same(parent, child)
            print("ok    a parent from an older backup got everything again")

            status, detail = parent.call("GET", "/ioc/children/dong-ha?limit=200")
            assert status == 200 and detail["child"]["last"]["number"] == detail["batches"][0]["number"], detail
            status, batch = parent.call("GET", "/ioc/children/dong-ha/batches/1")
            assert status == 200 and json.loads(batch["text"])["number"] == 1, batch
            for one in (parent, child):
                one.stop()
                out = one.run("ioc", "child", "verify")
                assert "PROBLEM" not in out, out
                one.run("ledger", "verify")
                assert "every figure is what the events give" in one.run("ioc", "recompute", "--check")
            print("ok    every batch, receipt and both ledgers verify")
        finally:
            for one in (parent, child):
                one.stop(signal.SIGKILL)
    return 0


if __name__ == "__main__":
    sys.exit(main())
