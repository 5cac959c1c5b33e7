#!/usr/bin/python3
"""Two real gateways and a registry on bad days: a body larger than memory should hold, the database of the index locked,
the registry away, a gateway killed while messages pass. Nothing is answered that is not in the log, and it goes on by
itself. HL_LARGE_BYTES is the size of the large body in each direction: the release benchmark takes 2 GiB
(HL_PROGRAM=build/release/bin/hienluong HL_LARGE_BYTES=2147483648), tests under sanitizers a part of it."""
import concurrent.futures
import contextlib
import hashlib
import http.client
import http.server
import json
import os
import pathlib
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("HL_PROGRAM", str(ROOT / "build/dev/bin/hienluong"))
SANITIZED = any(f"/{name}/" in PROGRAM for name in ("asan", "tsan"))
LARGE = int(os.environ.get("HL_LARGE_BYTES", 64 << 20 if SANITIZED else 256 << 20))
# What a gateway may hold at its worst, whatever passes through it; sanitizers keep what was freed for a while.
MOST_RESIDENT = (900 if SANITIZED else 160) << 20
PIECE = os.urandom(1 << 20)
CLIENT, PROVIDER, LAND = "QUANGTRI/GOV/H50.20/MOT-CUA", "QUANGTRI/GOV/H50.04/DKKD", "QUANGTRI/GOV/H50.06/DAT-DAI"


def pieces(size):
    """A body of this size, no two pieces of it alike, made as it is asked for."""
    for number in range((size + len(PIECE) - 1) // len(PIECE)):
        yield (number.to_bytes(8, "big") + PIECE[8:])[:size - number * len(PIECE)]


def digest_of(size):
    whole = hashlib.sha256()
    for piece in pieces(size):
        whole.update(piece)
    return whole.hexdigest()


class InformationSystem(http.server.BaseHTTPRequestHandler):
    """GET /0100000001: a business. GET /receive: says what came. GET /send-N: N bytes."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        length, whole = 0, hashlib.sha256()
        for piece in self.body():
            whole.update(piece)
            length += len(piece)
        self.server.seen.append(self.headers.get("X-Road-Id"))
        if self.path.startswith("/send-"):
            size = int(self.path[6:])
            self.send_response(200)
            self.send_header("Content-Length", str(size))
            self.end_headers()
            for piece in pieces(size):
                self.wfile.write(piece)
            return
        said = json.dumps({"code": self.path[1:], "length": length, "sha256": whole.hexdigest()}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def body(self):
        if self.headers.get("Transfer-Encoding", "") == "chunked":
            while size := int(self.rfile.readline(), 16):
                while size > 0:
                    piece = self.rfile.read(min(size, 1 << 20))
                    size -= len(piece)
                    yield piece
                self.rfile.readline()
            self.rfile.readline()
            return
        left = int(self.headers.get("Content-Length", 0))
        while left > 0:
            piece = self.rfile.read(min(left, 1 << 20))
            left -= len(piece)
            yield piece

    def log_message(self, *_):
        pass


def free_ports(count):
    held = [socket.socket() for _ in range(count)]
    for s in held:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in held]
    for s in held:
        s.close()
    return ports


class Instance:
    def __init__(self, folder):
        self.folder = folder
        self.registry_port, self.a_port, a_peers, b_port, b_peers = free_ports(5)
        self.registry_url = f"http://127.0.0.1:{self.registry_port}"
        self.processes = {}
        self.environment = dict(os.environ)
        if SANITIZED:
            old = self.environment.get("ASAN_OPTIONS", "")
            self.environment["ASAN_OPTIONS"] = old + ":quarantine_size_mb=16:detect_leaks=0"
        self.system = http.server.ThreadingHTTPServer(("127.0.0.1", 0), InformationSystem)
        self.system.daemon_threads = True
        self.system.handle_error = lambda *_: None  # a killed gateway's connections end as they end
        self.system.seen = []
        threading.Thread(target=self.system.serve_forever, daemon=True).start()
        (folder / "province.yaml").write_text("own_gateway: false\n")
        self.run("province", "demo", "--dossiers", "5")
        self.start("registry")
        self.join("a", "H50.20", "cong-a", [CLIENT], a_peers, self.a_port)
        self.join("b", "H50.04", "cong-b", [PROVIDER], b_peers, b_port)
        settings = folder / "b/gateway/gateway.yaml"
        kept = "".join(line for line in settings.read_text().splitlines(True) if not line.startswith("services:"))
        settings.write_text(kept + f"services:\n  - id: {PROVIDER}/doanh-nghiep\n    type: openapi3\n"
                            f"    url: http://127.0.0.1:{self.system.server_port}\n")
        self.start("b")
        self.start("a")

    def run(self, data, *arguments, given=None):
        done = subprocess.run([PROGRAM, "--data", str(self.folder / data), *arguments], input=given, capture_output=True,
                              text=True, check=False, env=self.environment)
        assert done.returncode == 0, f"{arguments}: {done.stdout[-2000:]} {done.stderr[-2000:]}"
        return done.stdout

    def join(self, name, owner, server, subsystems, peers, port):
        asked = [argument for s in subsystems for argument in ("--subsystem", s)]
        code = self.run("province", "exchange", "code", "--url", self.registry_url, "--owner", f"QUANGTRI/GOV/{owner}",
                        "--server", server, *asked)
        self.run(name, "gateway", "join", "-", "--address", f"127.0.0.1:{peers}", "--listen", "127.0.0.1",
                 "--http-port", str(port), "--https-port", "-1", "--no-check", given=code)

    def start(self, name):
        if name == "registry":
            command = ["--data", str(self.folder / "province"), "--config", str(self.folder / "province.yaml"), "serve",
                       "--port", str(self.registry_port)]
        else:
            command = ["--data", str(self.folder / name), "gateway", "run", "--watch-port", "-1"]
        out = self.folder / f"{name}.out"
        with out.open("w") as printed, (self.folder / f"{name}.log").open("a") as logged:
            process = subprocess.Popen([PROGRAM, *command], stdout=printed, stderr=logged, env=self.environment)
        self.processes[name] = process
        ready = "http" if name == "registry" else "gateways"
        while not any(line.startswith(ready) for line in out.read_text().splitlines()):
            assert process.poll() is None, (self.folder / f"{name}.log").read_text()[-3000:]
            time.sleep(0.05)

    def stop(self, name, how=signal.SIGTERM):
        process = self.processes.pop(name)
        process.send_signal(how)
        process.wait(timeout=60)
        if how == signal.SIGTERM:
            assert process.returncode == 0, (name, process.returncode, (self.folder / f"{name}.log").read_text()[-3000:])

    def end(self):
        for process in self.processes.values():
            process.kill()
            process.wait()
        self.system.shutdown()

    def ask(self, path, message_id=None, timeout=60):
        """(status, headers, body) of one GET through both gateways."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.a_port}/r1/{PROVIDER}/doanh-nghiep{path}")
        request.add_header("X-Road-Client", CLIENT)
        if message_id:
            request.add_header("X-Road-Id", message_id)
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def wait_until_it_passes(self):
        """A gateway that has just joined may know a configuration that is older than the other's joining."""
        until = time.monotonic() + 60
        while (answered := self.ask("/0100000001"))[0] != 200:
            assert time.monotonic() < until, answered
            time.sleep(0.2)

    def evidence(self, message_id):
        """Status and number of bytes of the messages with this id in the log of the client's gateway."""
        asked = f"queryId={message_id}&xRoadInstance=QUANGTRI&memberClass=GOV&memberCode=H50.20&subsystemCode=MOT-CUA"
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.a_port}/asic?{asked}", timeout=60) as answer:
                return answer.status, answer.headers["Content-Type"]
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def resident(self, name, reset=False):
        """The most memory that a gateway has held since the last reset."""
        process = pathlib.Path(f"/proc/{self.processes[name].pid}")
        if reset:
            (process / "clear_refs").write_text("5")
        peak = next(line for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM"))
        return int(peak.split()[1]) * 1024


def large(instance):
    began = time.monotonic()
    for name in "ab":
        instance.resident(name, reset=True)
    connection = http.client.HTTPConnection("127.0.0.1", instance.a_port, timeout=120)
    connection.request("GET", f"/r1/{PROVIDER}/doanh-nghiep/receive", body=pieces(LARGE),
                       headers={"X-Road-Client": CLIENT, "Transfer-Encoding": "chunked"}, encode_chunked=True)
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, body
    expected = digest_of(LARGE)
    assert json.loads(body) == {"code": "receive", "length": LARGE, "sha256": expected}, body
    connection.request("GET", f"/r1/{PROVIDER}/doanh-nghiep/send-{LARGE}", headers={"X-Road-Client": CLIENT})
    answer = connection.getresponse()
    assert answer.status == 200
    whole, length = hashlib.sha256(), 0
    while piece := answer.read(1 << 20):
        whole.update(piece)
        length += len(piece)
    connection.close()
    assert (length, whole.hexdigest()) == (LARGE, expected)
    took = time.monotonic() - began
    held = {name: instance.resident(name) for name in "ab"}
    for name, most in held.items():
        assert most < MOST_RESIDENT, f"gateway {name} held {most >> 20} MiB"
    print(f"  {LARGE >> 20} MiB there and {LARGE >> 20} MiB back, signed and logged on both sides, "
          f"{2 * (LARGE >> 20) / took:.0f} MiB/s; at most {max(held.values()) >> 20} MiB held")


def database_locked(instance):
    database = sqlite3.connect(instance.folder / "a/gateway/gateway.db", isolation_level=None, timeout=30)
    database.execute("BEGIN IMMEDIATE")
    for number in range(30):
        status, _, body = instance.ask("/0100000001", f"khoa-{number}")
        assert status == 200, body
    database.execute("ROLLBACK")
    database.close()
    until = time.monotonic() + 30
    while (found := instance.evidence("khoa-29"))[0] != 200 and time.monotonic() < until:
        time.sleep(0.1)
    for number in (0, 29):
        assert instance.evidence(f"khoa-{number}") == (200, "application/zip"), found
    print("  the database of the index locked: 30 messages passed, are in the log and, once it was free, in the index")


def registry_away(instance):
    instance.stop("registry")
    for number in range(10):
        assert instance.ask("/0100000001", f"vang-{number}")[0] == 200
    # A gateway that starts meanwhile has what it kept.
    instance.stop("a")
    instance.start("a")
    assert instance.ask("/0100000001", "vang-10")[0] == 200
    instance.start("registry")
    print("  the registry away: messages pass by the configuration that is kept, also after a start")


def killed(instance, name):
    """SIGKILL in the middle of traffic: who got an answer finds both messages in the log after the restart."""
    answered, refused, stop = [], [], threading.Event()

    def talk(talker):
        number = 0
        while not stop.is_set():
            message_id = f"giet-{name}-{talker}-{number}"
            number += 1
            try:
                status, headers, body = instance.ask("/0100000001", message_id, timeout=20)
            except (OSError, http.client.HTTPException):
                time.sleep(0.02)  # the client's own gateway is gone
                continue
            if status == 200:
                answered.append(message_id)
            else:
                refused.append((status, headers.get("X-Road-Error", ""), body))
                time.sleep(0.02)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        talkers = [pool.submit(talk, t) for t in range(8)]
        with contextlib.ExitStack() as ending:
            ending.callback(stop.set)
            while len(answered) < 200:
                time.sleep(0.01)
            instance.stop(name, signal.SIGKILL)
            before = len(answered)
            time.sleep(0.3)
            instance.start(name)
            while len(answered) < before + 100:
                time.sleep(0.01)
                assert all(not t.done() for t in talkers)
        for t in talkers:
            t.result()
    for status, code, body in refused:
        flat = code.lower().replace("_", "")
        assert status == 500 and flat.startswith("server."), (status, code, body)
        assert "detail" in json.loads(body), body
    for message_id in answered[::7] + answered[-20:]:
        assert instance.evidence(message_id) == (200, "application/zip"), message_id
    print(f"  {'the client' if name == 'a' else 'the provider'}'s gateway killed: {len(answered)} answered, all in the log; "
          f"{len(refused)} refused in X-Road's form; it went on by itself")


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        instance = Instance(folder)
        try:
            instance.wait_until_it_passes()
            large(instance)
            database_locked(instance)
            killed(instance, "b")
            killed(instance, "a")
            registry_away(instance)
            for gateway in "ab":
                instance.stop(gateway)
                verified = instance.run(gateway, "exchange", "verify-log")
                print("  " + verified.strip().splitlines()[-1])
            instance.stop("registry")
        finally:
            instance.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
