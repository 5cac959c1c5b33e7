#!/usr/bin/python3
"""Topics of the demonstration from the outside: published, taken, acknowledged, replayed, given up, delivered through
the gateway; the program is killed while both sides work, and nothing that it had confirmed is lost or out of order."""
import contextlib
import http.client
import http.server
import json
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from served import PROGRAM, ROOT, checked

DESK, CIVIL = "QUANGTRI/GOV/H50.20/MOT-CUA", "QUANGTRI/GOV/H50.03/HO-TICH"
TOPIC = "ho-tich.khai-sinh"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def run(data, *arguments):
    done = subprocess.run([PROGRAM, "--data", data, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stdout[-500:]} {done.stderr[-500:]}"
    return done.stdout


def ask(base, method, path, token=None, body=None, headers=None, raw=None):
    """(status, answer); no answer at all is (0, None)."""
    data = raw if raw is not None else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + "/api/v1/exchange" + path, method=method, data=data)
    if token:
        request.add_header("Authorization", "Bearer " + token)
    if body is not None:
        request.add_header("Content-Type", "application/json")
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            data = answer.read()
            return answer.status, data if "asic" in (answer.headers["Content-Type"] or "") else json.loads(data or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
    except (urllib.error.URLError, ConnectionError, http.client.HTTPException):
        return 0, None


def publish(base, token, name, body, key=""):
    return ask(base, "POST", f"/topics/{TOPIC}/messages?key={urllib.parse.quote(key)}", token, raw=body.encode(),
               headers={"Idempotency-Key": name, "Content-Type": "text/plain; charset=utf-8"})


class Program:
    """Served on one port over its lives."""

    def __init__(self, data):
        self.data, self.port, self.lives = data, free_port(), 0
        self.base = f"http://127.0.0.1:{self.port}"
        self.process = None

    def start(self):
        self.lives += 1
        out = self.data.parent / f"out-{self.lives}"
        with out.open("w", encoding="utf-8") as printed, (self.data.parent / f"log-{self.lives}").open("w", encoding="utf-8") as logged:
            self.process = subprocess.Popen([PROGRAM, "--data", self.data, "serve", "--port", str(self.port)], cwd=ROOT, stdout=printed, stderr=logged)
        while "http" not in out.read_text(encoding="utf-8"):
            assert self.process.poll() is None, (self.data.parent / f"log-{self.lives}").read_text(encoding="utf-8")[-2000:]
            time.sleep(0.02)

    def kill(self):
        self.process.kill()
        self.process.wait(timeout=30)

    def stop(self):
        self.process.terminate()
        assert self.process.wait(timeout=60) == 0


class Subscriber(http.server.BaseHTTPRequestHandler):
    """The information system that is pushed to: takes what it is given, once it has woken up; one message never."""
    taken, refused, awake = [], [], threading.Event()

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        good = self.awake.is_set() and body != "không nhận được"
        (self.taken if good else self.refused).append((body, self.headers["X-Road-Client"], self.headers["X-Road-Id"]))
        self.send_response(204 if good else 500)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def wait_for(what, seconds=40):
    for _ in range(seconds * 20):
        if found := what():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come about")


def owners_and_readers(base, owner, reader, stranger):
    topic = {"topic": TOPIC, "title": "Đăng ký khai sinh (mẫu)", "owner": CIVIL, "attempts": 2}
    status, refused = ask(base, "POST", "/topics", reader, topic)
    assert (status, refused["code"]) == (403, "access.denied"), refused
    status, made = ask(base, "POST", "/topics", owner, topic, {"Idempotency-Key": "t-1"})
    assert (status, made["owner"], made["next_position"]) == (201, CIVIL, 1), made
    assert ask(base, "POST", "/topics", owner, topic, {"Idempotency-Key": "t-1"}) == (201, made)
    assert ask(base, "POST", "/topics", owner, topic)[1]["code"] == "topic.exists"
    assert ask(base, "PATCH", f"/topics/{TOPIC}", reader, {"title": "x"})[0] == 403
    assert ask(base, "PATCH", f"/topics/{TOPIC}", owner, {"retention_hours": 48})[1]["retention_hours"] == 48
    assert ask(base, "GET", "/topics", stranger)[0] == 403 and ask(base, "GET", "/topics")[0] == 401
    wanted = {"topic": TOPIC, "subscriber": DESK, "from": 1}
    status, refused = ask(base, "POST", "/subscriptions", reader, wanted)
    assert (status, refused["code"]) == (403, "topic.not_admitted"), refused
    assert ask(base, "POST", f"/topics/{TOPIC}/readers", reader, {"client": DESK, "basis": "tự cho"})[0] == 403
    assert ask(base, "POST", f"/topics/{TOPIC}/readers", owner, {"client": DESK, "basis": "QĐ 1/QĐ-UBND (mẫu)"})[0] == 204
    assert ask(base, "GET", f"/topics/{TOPIC}/readers", owner)[1]["items"][0]["client"] == DESK
    assert ask(base, "POST", "/subscriptions", owner, wanted)[0] == 403  # the owner does not act for the reader
    status, made = ask(base, "POST", "/subscriptions", reader, wanted)
    assert (status, made["position"], made["waiting"]) == (201, 1, 0), made
    assert [s["subscription"] for s in ask(base, "GET", "/subscriptions", owner)[1]["items"]] == [made["subscription"]]
    print("ok    a topic's owner decides who reads it")
    return "/subscriptions/" + made["subscription"]


def pulled(base, reader, sub, query=""):
    status, got = ask(base, "GET", f"{sub}/messages?{query}", reader)
    assert status == 200, got
    return got["messages"]


def taking(base, owner, reader, sub):
    status, first = publish(base, owner, "m-1", "một", "k")
    assert (status, first["position"]) == (201, 1), first
    assert publish(base, owner, "m-1", "một", "k")[1]["position"] == 1
    status, refused = publish(base, owner, "m-1", "khác", "k")
    assert refused["code"] == "topic.message_id", refused
    assert publish(base, reader, "m-2", "x")[0] == 403
    assert ask(base, "POST", f"/topics/{TOPIC}/messages", owner, raw=b"x")[1]["code"] == "topic.message_id"
    one = pulled(base, reader, sub, "limit=1")[0]
    assert (one["position"], one["id"], one["body"], one["attempt"], one["log_record"]) == (1, "m-1", "một", 1, None), one
    assert pulled(base, reader, sub) == []  # leased
    assert ask(base, "GET", f"{sub}/messages", owner)[0] == 403
    status, refused = ask(base, "POST", f"{sub}/acknowledgements", reader, {"messages": [{"position": 1, "lease": "x"}]})
    assert (status, refused["code"]) == (409, "delivery.lease"), refused
    assert ask(base, "POST", f"{sub}/acknowledgements", reader, {"messages": [{"position": 1, "lease": one["lease"]}]})[0] == 204
    # Who waits is woken.
    got = []
    waiting = threading.Thread(target=lambda: got.extend(pulled(base, reader, sub, "wait=30")), daemon=True)
    waiting.start()
    time.sleep(0.3)
    began = time.monotonic()
    assert publish(base, owner, "m-2", "hai", "k")[0] == 201
    waiting.join()
    assert [m["position"] for m in got] == [2] and time.monotonic() - began < 10, got
    assert pulled(base, reader, sub, "after=2") == []
    # Held, and let go on.
    assert ask(base, "POST", f"{sub}/pausing", reader, {"paused": True})[0] == 204
    assert publish(base, owner, "m-3", "ba", "k")[0] == 201 and pulled(base, reader, sub) == []
    assert ask(base, "POST", f"{sub}/pausing", reader, {"paused": False})[0] == 204
    three = pulled(base, reader, sub)[0]
    # Twice failed, it is a dead letter; delivered again, it comes; given up, it is gone.
    fail = {"position": 3, "lease": three["lease"], "reason": "chưa xử lý được"}
    assert ask(base, "POST", f"{sub}/failures", reader, fail)[1]["outcome"] == "again"
    three = pulled(base, reader, sub)[0]
    assert three["attempt"] == 2, three
    assert ask(base, "POST", f"{sub}/failures", reader, fail | {"lease": three["lease"]})[1]["outcome"] == "dead"
    letters = ask(base, "GET", f"{sub}/dead-letters", owner)[1]["items"]
    assert [(d["first"], d["last"], d["reason"], d["expired"]) for d in letters] == [(3, 3, "chưa xử lý được", False)], letters
    assert ask(base, "POST", f"{sub}/dead-letters/3/redriving", reader)[0] == 204
    assert [m["position"] for m in pulled(base, reader, sub)] == [3] and pulled(base, reader, sub, "after=3") == []
    assert ask(base, "POST", f"{sub}/dead-letters/3/dropping", reader)[1]["code"] == "dead_letter.unknown"
    # Replayed from the beginning, in order.
    assert ask(base, "POST", f"{sub}/moving", reader, {"position": 1})[0] == 204
    assert [m["body"] for m in pulled(base, reader, sub)] == ["một", "hai", "ba"] and pulled(base, reader, sub, "after=3") == []
    print("ok    published, taken, acknowledged, held, failed, given up, replayed")


def killed(program, owner, reader, sub, after):
    """Both sides go on over two deaths of the program, each as a careful system does: what was not confirmed is said
    again."""
    confirmed, seen, total = [], [], 120
    assert ask(program.base, "PATCH", f"/topics/{TOPIC}", owner, {"attempts": 20})[0] == 200

    def publishing():
        for i in range(total):
            while True:
                status, made = publish(program.base, owner, f"giet-{i}", f"tin {i}", f"k{i % 3}")
                if status == 201:
                    confirmed.append(made["position"])
                    break
                time.sleep(0.05)

    def consuming():
        done, turn = after, 0
        while len({m["id"] for m in seen}) < total:
            status, got = ask(program.base, "GET", f"{sub}/messages?after={done}&limit=7&wait=1&lease=1", reader)
            turn += status == 200 and bool(got["messages"])
            if status == 200 and turn in (2, 9):
                turn, got = turn + 1, None  # lost on its way
            if status != 200 or got is None:
                time.sleep(0.05)
                continue
            seen.extend(got["messages"])
            done = max([done, *(m["position"] for m in got["messages"])])

    threads = [threading.Thread(target=publishing, daemon=True), threading.Thread(target=consuming, daemon=True)]
    for thread in threads:
        thread.start()
    for share in (0.3, 0.6):
        wait_for(lambda wanted=share * total: len(confirmed) >= wanted)
        program.kill()
        program.start()
    for thread in threads:
        thread.join(timeout=40)
        assert not thread.is_alive(), (len(confirmed), len({m["id"] for m in seen}), ask(program.base, "GET", sub, reader), ask(program.base, "GET", sub + "/dead-letters", reader))
    assert confirmed == list(range(after + 1, after + 1 + total)), confirmed  # dense, in order, each once
    firsts = {}
    for m in seen:
        firsts.setdefault(m["id"], m)
    assert [firsts[f"giet-{i}"]["position"] for i in range(total)] == confirmed
    for key in ("k0", "k1", "k2"):  # of each key, the first time that each came is in order
        order = [m["position"] for m in firsts.values() if m["key"] == key]
        assert order == sorted(order) and len(order) == total / 3, order
    wait_for(lambda: pulled(program.base, reader, sub, f"after={after + total}") == [])
    print(f"ok    killed twice in the middle: {total} messages, none lost, though two answers with some of them were")
    assert ask(program.base, "PATCH", f"/topics/{TOPIC}", owner, {"attempts": 2})[0] == 200
    return after + total


def registered(base, asks, decides):
    """Services and rights of this test, asked for by one and approved by another."""
    def asked(kind, body):
        status, made = ask(base, "POST", "/requests", asks, {"kind": kind, "body": body})
        assert status == 201, made
        status, done = ask(base, "POST", f"/requests/{made['request']}/approval", decides)
        assert (status, done["state"]) == (200, "approved"), done

    for code in ("nhan-tin", "chu-de"):
        asked("service", {"provider": DESK, "type": "REST", "code": code, "title": "Mẫu", "endpoints": []})
        asked("right", {"subject": CIVIL, "service": f"{DESK}/{code}", "method": "POST", "path": "**", "basis": "QĐ 2/QĐ-UBND (mẫu)"})


def pushed(program, owner, reader, gateway, after):
    base = program.base
    status, refused = ask(base, "POST", "/subscriptions", reader, {"topic": TOPIC, "subscriber": DESK, "push_to": CIVIL + "/khai-sinh"})
    assert (status, refused["code"]) == (422, "subscription.push_to"), refused
    status, made = ask(base, "POST", "/subscriptions", reader, {"topic": TOPIC, "subscriber": DESK, "push_to": DESK + "/nhan-tin"})
    assert (status, made["position"]) == (201, after + 1), made
    sub = "/subscriptions/" + made["subscription"]

    # Through the gateway as any signed message: who publishes is what the gateway says, and its log has the evidence.
    request = urllib.request.Request(f"{gateway}/r1/{DESK}/chu-de/{TOPIC}/messages?key=d", method="POST", data="tin đầu".encode(),
                                     headers={"X-Road-Client": CIVIL, "X-Road-Id": "qua-cong-1", "Content-Type": "text/plain", "Authorization": "Bearer " + owner})
    with urllib.request.urlopen(request, timeout=60) as answer:
        first = json.loads(answer.read())
    assert (first["position"], first["id"]) == (after + 1, "qua-cong-1") and "/cong-tinh/" in first["log_record"], first
    status, container = ask(base, "GET", f"/topics/{TOPIC}/messages/{first['position']}/container", reader)
    assert status == 200, container
    (program.data.parent / "published.asice").write_bytes(container)
    with urllib.request.urlopen(base + "/api/v1/exchange/ca.pem", timeout=60) as answer:
        (program.data.parent / "ca.pem").write_bytes(answer.read())
    run(program.data, "exchange", "verify", program.data.parent / "published.asice", "--ca", program.data.parent / "ca.pem", "--no-time-stamp")
    print("ok    a message published through the gateway carries who signed it, and its container verifies alone")

    # The subscriber's system sleeps at first: the message is tried again, and what follows its key waits.
    wait_for(lambda: Subscriber.refused)
    for i in range(3):
        assert publish(base, owner, f"day-{i}", f"đẩy {i}", "d")[0] == 201
    assert publish(base, owner, "day-xau", "không nhận được", "xau")[0] == 201
    assert ask(base, "GET", sub, owner)[1]["problem"]
    Subscriber.awake.set()
    wait_for(lambda: len(Subscriber.taken) == 4)
    assert [t[0] for t in Subscriber.taken] == ["tin đầu", "đẩy 0", "đẩy 1", "đẩy 2"], Subscriber.taken
    assert {t[1] for t in Subscriber.taken} == {CIVIL} and Subscriber.taken[1][2] == "day-0", Subscriber.taken
    letters = wait_for(lambda: ask(base, "GET", f"{sub}/dead-letters", reader)[1]["items"])
    assert [d["attempts"] for d in letters] == [2] and "500" in letters[0]["reason"], letters
    assert ask(base, "POST", f"{sub}/dead-letters/{letters[0]['first']}/dropping", reader)[0] == 204
    wait_for(lambda: (state := ask(base, "GET", sub, owner)[1]) and (state["waiting"], state["dead"]) == (0, 0))
    print("ok    pushed through the gateway as the owner, in order, again until it was taken; what never was is a dead letter")


def main():
    with tempfile.TemporaryDirectory() as name, contextlib.ExitStack() as ends:
        data = pathlib.Path(name) / "data"
        made = run(data, "demo", "--dossiers", "20")
        system = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Subscriber)
        threading.Thread(target=system.serve_forever, daemon=True).start()
        ends.callback(system.shutdown)
        keys = {}
        for login, role in {"phat": ("integrator", "--agency", "so-tu-phap"), "nhan": ("integrator", "--agency", "trung-tam-hcc-tinh"), "khach": ("clerk", "--agency", "so-tu-phap")}.items():
            run(data, "user", "add", login, "--name", "Hệ thống thử (mẫu)", "--kind", "machine")
            run(data, "user", "grant", login, *role)
            keys[login] = run(data, "user", "key", login, "--label", "thử").strip().split("\n")[-1]
        passwords = {"admin": re.search(r"'admin'.*: (\S+)$", made, re.M).group(1)}
        passwords["hai"] = re.search(r"once\)\s+(\S+)", run(data, "user", "add", "hai", "--name", "Quản trị hai (mẫu)")).group(1)
        run(data, "user", "grant", "hai", "administrator")
        owner, reader = keys["phat"], keys["nhan"]
        program = Program(data)
        program.start()
        ends.callback(lambda: program.process.poll() is None and program.kill())

        def signed_in(login):
            for path, body in (("/sessions", {"login": login, "password": passwords[login]}),):
                request = urllib.request.Request(program.base + "/api/v1" + path, method="POST", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
                with urllib.request.urlopen(request, timeout=60) as answer:
                    session = json.loads(answer.read())
            own = {"old_password": passwords[login], "password": "mot cau dai de nho"}
            request = urllib.request.Request(program.base + "/api/v1/me/password", method="POST", data=json.dumps(own).encode(),
                                             headers={"Content-Type": "application/json", "Authorization": "Bearer " + session["token"]})
            with urllib.request.urlopen(request, timeout=60):
                return session["token"]

        with checked(program.base, pathlib.Path(name)) as base:
            sub = owners_and_readers(base, owner, reader, keys["khach"])
            taking(base, owner, reader, sub)
            registered(base, signed_in("hai"), signed_in("admin"))
        after = killed(program, owner, reader, sub, 3)

        program.stop()
        settings = data / "gateway/gateway.yaml"
        settings.write_text(settings.read_text(encoding="utf-8") + f"  - id: {DESK}/nhan-tin\n    type: rest\n    url: http://127.0.0.1:{system.server_port}/nhan\n"
                            f"  - id: {DESK}/chu-de\n    type: rest\n    url: {program.base}/api/v1/exchange/topics\n", encoding="utf-8")
        port = re.search(r"^http_port: (\d+)$", settings.read_text(encoding="utf-8"), re.M).group(1)
        program.start()
        pushed(program, owner, reader, f"http://127.0.0.1:{port}", after)
        assert ask(program.base, "POST", f"/topics/{TOPIC}/dismissals", owner, {"client": DESK})[0] == 204
        assert ask(program.base, "GET", "/subscriptions", reader)[1]["items"] == []
        assert ask(program.base, "POST", f"/topics/{TOPIC}/closing", owner)[0] == 204
        assert publish(program.base, owner, "m-9", "x")[1]["code"] == "topic.closed"
        program.stop()
        run(data, "ledger", "verify")
        print("ok    readers dismissed, the topic closed, the ledger whole")
    return 0


if __name__ == "__main__":
    sys.exit(main())
