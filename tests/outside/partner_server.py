"""The server and hienluong-sim together, on ports that stay, either of which may be killed and started again."""
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import time
import urllib.request

import yaml

from served import PROGRAM, ROOT, call, checked

SIMULATOR = os.environ.get("HL_SIMULATOR", str(pathlib.Path(PROGRAM).parent / "hienluong-sim"))
SECRET = "bi-mat-chi-de-thu"
QUICK = {"timeout_seconds": 2, "first_retry_seconds": 0.05, "longest_retry_seconds": 0.4, "breaker_rest_seconds": 0.1, "longest_rest_seconds": 0.4}


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(what, ready, seconds=30):
    end = time.monotonic() + seconds
    while not (got := ready()):
        assert time.monotonic() < end, what
        time.sleep(0.05)
    return got


class Process:
    def __init__(self, folder, name, command):
        self.folder, self.name, self.command, self.process = pathlib.Path(folder), name, command, None
        self.start()

    def start(self):
        out = self.folder / (self.name + ".out")
        with out.open("w", encoding="utf-8") as printed, (self.folder / (self.name + ".log")).open("a", encoding="utf-8") as logged:
            self.process = subprocess.Popen(self.command, cwd=ROOT, stdout=printed, stderr=logged)
        while "http://127.0.0.1:" not in out.read_text(encoding="utf-8"):
            assert self.process.poll() is None, (self.folder / (self.name + ".log")).read_text(encoding="utf-8")[-2000:]
            time.sleep(0.02)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=60)


class Both:
    """`partner`: the connector's name; `settings`: what the settings file says of it beside the address and the secret."""

    def __init__(self, folder, partner, settings, options=()):
        self.folder, self.partner = pathlib.Path(folder), partner
        secret = self.folder / "secret"
        secret.write_text(SECRET + "\n")
        secret.chmod(0o600)
        self.port, sim_port = free_port(), free_port()
        self.base, self.sim = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{sim_port}"
        data = str(self.folder / "data")
        subprocess.run([PROGRAM, "--data", data, "demo", "--dossiers", "40", "--seed", "6"], cwd=ROOT, capture_output=True, text=True, check=True)
        self.accounts = {a["login"]: a["password"] for a in json.loads(pathlib.Path(data, "demonstration.json").read_text(encoding="utf-8"))}
        config = self.folder / "config.yaml"
        config.write_text(yaml.safe_dump({"data_dir": data, "links": {partner: {"url": f"{self.sim}/{partner}", "secret_file": str(secret), **QUICK, **settings}}}),
                          encoding="utf-8")
        self.config = str(config)
        self.simulator = Process(folder, "sim", [SIMULATOR, "--port", str(sim_port), "--file", str(self.folder / "sim.db"), "--only", partner, "--set-file",
                                                 f"{partner}.secret={secret}", *[o.replace("CALLBACK", str(self.port)) for o in options]])
        self.server = Process(folder, "server", [PROGRAM, "--config", self.config, "serve", "--port", str(self.port)])
        self.tokens, self.through = {}, self.base  # `through`: where answers are held to the API document
        self.sign_in()

    def sign_in(self):
        self.tokens = {login: call(self.base, "POST", "/sessions", body={"login": login, "password": p})[1]["token"]
                       for login, p in self.accounts.items() if login in ("mau-quan-tri", "mau-mot-cua", "mau-thu-ly", "mau-lanh-dao")}

    def api(self, method, path, who="mau-mot-cua", body=None, status=(200, 201, 202)):
        got, answer = call(self.through, method, path, self.tokens[who] if who else None, body)
        assert got in (status if isinstance(status, tuple) else (status,)), (method, path, got, answer)
        return answer

    def control(self, path, **body):
        request = urllib.request.Request(f"{self.sim}/control/{self.partner}{path}", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def fault(self, word, **more):
        return self.control("", fault=word, **more)

    def held(self):
        with urllib.request.urlopen(f"{self.sim}/compare/{self.partner}?limit=5000", timeout=30) as answer:
            return {i["key"]: i for i in json.loads(answer.read())["items"]}

    def link(self):
        return self.api("GET", f"/links/{self.partner}", "mau-quan-tri")

    def messages(self, state):
        return self.api("GET", f"/links/{self.partner}/messages?state={state}", "mau-quan-tri")["items"]

    def task(self, name):
        """Runs a task now; its report when it has run."""
        before = next((t for t in self.link()["tasks"] if t["name"] == name), {"last_at": None})["last_at"]
        time.sleep(1.1)  # the time is told in seconds: another run shows in another one
        self.api("POST", f"/links/{self.partner}/tasks/{name}", "mau-quan-tri", {})
        return until(f"{name} does not run", lambda: next((t for t in self.link()["tasks"] if t["name"] == name and t["last_at"] != before), None))

    def dossier(self, number, phone, address="Số 1 đường Mẫu, Phường Đông Hà, Tỉnh Quảng Trị", channel="desk"):
        """Filed, received and at work; the code."""
        code = self.api("POST", "/dossiers", body={
            "procedure": "1.001612", "channel": channel, "place": "vn-19333",
            "applicant": {"name": "Người Nộp (mẫu)", "id_kind": "personal_id", "id_number": f"0451850{number:05}", "phone": phone, "address": address},
            "answers": {"business_name": "Hộ mẫu", "address": "Mẫu", "lines": "Bán lẻ", "capital": 1000, "founded_by": "person", "authorised": False},
            "components": [{"id": "giay-de-nghi", "originals": 1}]})["code"]
        for command, who in (("receive", "mau-mot-cua"), ("transfer", "mau-mot-cua"), ("complete", "mau-lanh-dao"), ("claim", "mau-thu-ly")):
            self.api("POST", f"/dossiers/{code}/{command}", who, {})
        return code

    def charge(self, code, amount):
        self.api("POST", f"/dossiers/{code}/charge", "mau-thu-ly", {"charges": [{"id": "le-phi-mau", "name": "Lệ phí mẫu", "kind": "fee", "amount": amount}]})

    def finish(self, code):
        self.api("POST", f"/dossiers/{code}/complete", "mau-thu-ly", {"note": "đủ"})
        self.api("POST", f"/dossiers/{code}/result", "mau-lanh-dao", {"number": "M-1", "signature": "ink", "kind": "giay-chung-nhan"})
        assert self.api("GET", f"/dossiers/{code}")["state"] == "finished"

    def events(self, code, kind):
        return sum(e["type"] == kind for e in self.api("GET", f"/dossiers/{code}/history")["items"])

    def log(self):
        return (self.folder / "server.log").read_text(encoding="utf-8")

    def verify(self):
        done = subprocess.run([PROGRAM, "--config", self.config, "ledger", "verify"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@contextlib.contextmanager
def both(folder, partner, settings, options=()):
    pair = Both(folder, partner, settings, options)
    try:
        with checked(pair.base, folder) as pair.through:
            yield pair
        pair.server.end()
        assert pair.server.process.returncode == 0, pair.server.process.returncode
    finally:
        for process in (pair.server, pair.simulator):
            if process.process.poll() is None:
                process.process.kill()
                process.process.wait()
