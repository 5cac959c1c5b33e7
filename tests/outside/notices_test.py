#!/usr/bin/python3
"""People are told of their dossiers by mail and short message through the simulated servers while these are down, busy, lose
answers and refuse, and while the program is killed: each event is told once, nobody who signed out is told, an address that
refuses is shown. Over TLS a server whose certificate is not vouched for gets nothing. Beside it the registers: looked up,
kept, compared exactly, lied about; and what a central system handles is mirrored and counted apart."""
import email
import email.policy
import json
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request

import yaml

from partner_server import PROGRAM, QUICK, ROOT, SECRET, SIMULATOR, Process, free_port, until
from served import call, checked


class Place:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.secret = self.folder / "secret"
        self.secret.write_text(SECRET + "\n")
        self.secret.chmod(0o600)
        # The hour of the day must not matter here: quiet hours have tests of their own.
        pack = self.folder / "pack"
        shutil.copytree(ROOT / "packs/quang-tri", pack)
        rules = pack / "notices/quy-tac.yaml"
        rules.write_text(rules.read_text(encoding="utf-8").replace('from: "21:00", to: "07:00"', 'from: "00:00", to: "00:00"'), encoding="utf-8")
        self.port, self.sim_port, self.smtp_port = free_port(), free_port(), free_port()
        self.base, self.sim = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{self.sim_port}"
        self.config = self.folder / "config.yaml"
        self.write_config(f"smtp://127.0.0.1:{self.smtp_port}", {"tls": "none"})
        subprocess.run([PROGRAM, "--config", self.config, "demo", "--dossiers", "20", "--seed", "8"], cwd=ROOT, capture_output=True, text=True, check=True)
        self.accounts = {a["login"]: a["password"] for a in json.loads((self.folder / "data/demonstration.json").read_text(encoding="utf-8"))}
        secrets = [o for name in ("messages.secret", "business.password") for o in ("--set-file", f"{name}={self.secret}")]
        only = [o for name in ("messages", "business", "budget") for o in ("--only", name)]
        self.simulator = Process(folder, "sim", [SIMULATOR, "--port", str(self.sim_port), "--file", str(self.folder / "sim.db"), *only, *secrets,
                                                 "--set", f"messages.smtp-port={self.smtp_port}"])
        self.server = Process(folder, "server", [PROGRAM, "--config", self.config, "serve", "--port", str(self.port)])
        self.tokens, self.checked = {}, self.base
        self.sign_in()

    def write_config(self, smtp, more, ca=None):
        notices = {"url": smtp, **QUICK, "breaker_failures": 2, "secret_files": {"sms": str(self.secret), "zalo": str(self.secret)},
                   "more": {"from": "mot-cua@tinh.example", "from_name": "Một cửa (mẫu)", "public_url": self.base, "sms_url": f"{self.sim}/messages",
                            "sms_brand": "MAU", **more}}
        if ca:
            notices["ca_file"] = str(ca)
        register = {"user": "quangtri", "secret_file": str(self.secret), **QUICK}
        self.config.write_text(yaml.safe_dump({"data_dir": str(self.folder / "data"), "pack": str(self.folder / "pack"), "links": {
            "notices": notices, "business": {"url": f"{self.sim}/business", **register}, "budget": {"url": f"{self.sim}/budget", **register}}}), encoding="utf-8")

    def sign_in(self):
        self.tokens = {login: call(self.base, "POST", "/sessions", body={"login": login, "password": p})[1]["token"]
                       for login, p in self.accounts.items() if login in ("mau-quan-tri", "mau-mot-cua", "mau-thu-ly", "mau-lanh-dao")}

    def api(self, method, path, who="mau-mot-cua", body=None, status=(200, 201, 202)):
        got, answer = call(self.checked, method, path, self.tokens[who], body)
        assert got in (status if isinstance(status, tuple) else (status,)), (method, path, got, answer)
        return answer

    def control(self, module, path, **body):
        request = urllib.request.Request(f"{self.sim}/control/{module}{path}", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def held(self):
        with urllib.request.urlopen(f"{self.sim}/compare/messages?limit=5000", timeout=30) as answer:
            return json.loads(answer.read())["items"]

    def told(self, code):
        """What people got about a dossier: (way, to, text)."""
        out = []
        for item in self.held():
            text = item["text"]
            if item["way"] == "mail":
                text = email.message_from_string(text, policy=email.policy.default).get_body(("plain",)).get_content()
            if code in text:
                out.append((item["way"], item["to"], text))
        return out

    def received(self, number, **applicant):
        code = self.api("POST", "/dossiers", body={
            "procedure": "1.001612", "channel": "desk", "place": "vn-19333",
            "applicant": {"name": "Người Nộp (mẫu)", "id_kind": "personal_id", "id_number": f"0451860{number:05}", **applicant},
            "answers": {"business_name": "Hộ mẫu", "address": "Mẫu", "lines": "Bán lẻ", "capital": 1000, "founded_by": "person", "authorised": False},
            "components": [{"id": "giay-de-nghi", "originals": 1}]})["code"]
        self.api("POST", f"/dossiers/{code}/receive", body={})
        return code

    def messages(self, state):
        return self.api("GET", f"/links/notices/messages?state={state}", "mau-quan-tri")["items"]

    def end(self):
        for process in (self.server, self.simulator):
            if process.process.poll() is None:
                process.process.kill()
                process.process.wait()


def mails(place):
    code = place.received(1, phone="0912000001", email="mot@thu.example")
    until("no mail came", lambda: place.told(code))
    for number, fault in enumerate(["busy", "tempfail", "drop"], 2):
        place.control("messages", "/do/smtp", fault=fault, times=2)
        code = place.received(number, phone=f"091200000{number}", email="mot@thu.example")
        until(f"no mail came after {fault}", lambda c=code: place.told(c))
        until(f"{fault}: it is not done with", lambda: not place.messages("queued"))
        assert len(place.told(code)) == 1, (fault, place.told(code))
    # Killed with mails on their way.
    place.control("messages", "/do/smtp", fault="busy")
    codes = [place.received(10 + n, phone=f"09120000{10 + n}", email="mot@thu.example") for n in range(5)]
    place.server.kill()
    place.control("messages", "/do/smtp", fault="none")
    place.server.start()
    place.sign_in()
    for code in codes:
        until("a mail was lost in the crash", lambda c=code: place.told(c))
    assert all(len(place.told(c)) == 1 for c in codes)
    code = place.received(20, phone="0912000020", email="khong-co@thu.example")
    dead = until("the refused address is not shown", lambda: place.messages("dead"))
    assert code in dead[0]["key"] and dead[0]["reason"]["code"] == "smtp.550", dead
    assert "khong-co" not in json.dumps(dead), "a reason names no address"
    place.api("POST", f"/links/notices/messages/{dead[0]['number']}/retry", "mau-quan-tri", {})
    way, to, _ = until("it goes no other way", lambda: place.told(code))[0]
    assert (way, to) == ("sms", "84912000020"), (way, to)


def briefs(place):
    for number, (fault, more) in enumerate([("none", {}), ("slow", {"milliseconds": 150}), ("error", {"times": 2}), ("half", {"times": 2}), ("lose", {"times": 1}),
                                            ("duplicate", {"times": 2}), ("down", {"times": 2})], 30):
        place.control("messages", "", fault=fault, **more)
        code = place.received(number, phone=f"09120000{number}")
        way, to, text = until(f"{fault}: no message came", lambda c=code: place.told(c))[0]
        assert (way, to) == ("sms", f"849120000{number}") and "1.001612" not in text and "hộ" not in text.lower(), text
        place.control("messages", "", fault="none")
        until(f"{fault}: it is not done with", lambda: not place.messages("queued"))
        assert len(place.told(code)) == 1, fault


def signing_out(place):
    code = place.received(1, phone="0912000001", email="mot@thu.example")
    text = until("no mail came", lambda: place.told(code))[0][2]
    link = re.search(r"\S+/api/v1/notices/unsubscribe\S+", text)[0]
    with urllib.request.urlopen(link, timeout=10) as page:
        assert "Thôi nhận tin" in page.read().decode()
    after = place.received(1, phone="0912000001", email="mot@thu.example")
    until("looking at the link signed him out", lambda: place.told(after))
    with urllib.request.urlopen(urllib.request.Request(link, data=b"List-Unsubscribe=One-Click"), timeout=10) as page:
        assert page.status == 200
    silent = place.received(1, phone="0912000001", email="mot@thu.example")
    other = place.received(2, phone="0912000002", email="hai@thu.example")
    until("no mail came", lambda: place.told(other))
    assert not place.told(silent)
    try:
        urllib.request.urlopen(link + "0", timeout=10)
        raise AssertionError("a wrong token is taken")
    except urllib.error.HTTPError as refused:
        assert refused.code == 404


def texts(place):
    seen = place.api("GET", "/notices/texts", "mau-quan-tri")
    assert all(k["text"] for k in seen["kinds"]) and seen["rules"]["order"][0] == "mail"
    shown = place.api("GET", "/notices/preview?kind=extended&language=en", "mau-quan-tri")
    assert "apologises" in shown["text"] and "{" not in shown["text"] + shown["brief"] + shown["subject"]
    place.api("GET", "/notices/texts", "mau-thu-ly", status=403)


def registers(place):
    found = place.api("GET", "/registers/businesses/3200000001")
    assert (found["source"], found["fields"]["name"]) == ("register", "CÔNG TY TNHH MẪU THỬ NGHIỆM"), found
    place.control("business", "", fault="down")
    again = place.api("GET", "/registers/businesses/3200000001")
    assert again["source"] == "cache" and again["fetched_at"] == found["fetched_at"]
    old = place.api("GET", "/registers/businesses/3200000001?fresh=true")
    assert old["stale"] and old["trouble"], old
    place.control("business", "", fault="lie")
    assert place.api("GET", "/registers/businesses/3200000001?fresh=true", status=409)["code"] == "register.mismatch"
    place.control("business", "", fault="none")
    place.control("business", "/do/expire")
    assert place.api("GET", "/registers/businesses/3200000001?fresh=true")["source"] == "register"
    assert place.api("GET", "/registers/businesses/3200000009", status=404)["code"] == "register.not_found"
    assert place.api("GET", "/registers/businesses/12", status=422)["code"] == "register.code"
    same = place.api("POST", "/registers/businesses/3200000001/compare", body={"name": "Công ty trách nhiệm hữu hạn Mẫu thử nghiệm"})
    other = place.api("POST", "/registers/businesses/3200000001/compare", body={"name": "Công ty TNHH Mẫu thử nghiêm"})
    assert same["same"] and not other["same"], (same, other)
    assert place.api("GET", "/registers/budget-units/1000001")["fields"]["name"] == "Đơn vị mẫu"
    assert place.api("GET", "/registers/budget-units/4000001", status=422)["code"] == "budget.code"


def mirrors(place):
    def own():
        return place.api("GET", "/statistics?from=2026-01&to=2026-06&by=procedure", "mau-quan-tri")["rows"]
    before = own()
    for n, (status, finished) in enumerate([("10", "20260304100000"), ("9", "20260401100000"), ("4", None), ("99", None)]):
        item = {"MaHoSo": f"DKKD-{n}", "MaTTHC": "2.001610", "MaDonVi": "H50.5", "TrangThai": status, "NgayTiepNhan": "20260302080000", "NgayHenTra": "20260305170000"}
        place.control("business", "/do/dossier", **item, **({"NgayKetThucXuLy": finished} if finished else {}))
    def report():
        place.api("POST", "/links/business/tasks/mirror", "mau-quan-tri", {})
        items = place.api("GET", "/registers/mirrors?from=2026-01-01&to=2026-12-31", "mau-quan-tri")["items"]
        return next((i for i in items if i["system"] == "business" and i["received"] == 4), None)
    seen = until("nothing is mirrored", report)
    assert (seen["in_time"], seen["late"], seen["open"], seen["unknown"]) == (1, 1, 1, 1), seen
    assert before == own(), "mirrored dossiers got among our own"
    place.control("business", "/forget", key="DKKD-2")
    def gone():
        place.api("POST", "/links/business/tasks/mirror", "mau-quan-tri", {})
        items = place.api("GET", "/registers/mirrors?from=2026-01-01&to=2026-12-31", "mau-quan-tri")["items"]
        return next((i for i in items if i["system"] == "business" and i["gone"] == 1), None)
    assert until("what is gone is not seen to be", gone)["open"] == 0


class TlsServer(threading.Thread):
    """A mail server that speaks STARTTLS only."""

    def __init__(self, certificate, key):
        super().__init__(daemon=True)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.mails, self.in_the_clear = [], []

    def run(self):
        while True:
            s, _ = self.listener.accept()
            try:
                s.settimeout(5)
                self.talk(s)
            except (OSError, ssl.SSLError):
                pass
            finally:
                s.close()

    def talk(self, s):
        secure, data = False, None
        stream = s.makefile("rwb")
        say = lambda text: (stream.write(text.encode() + b"\r\n"), stream.flush())
        say("220 tls")
        while line := stream.readline():
            word = line.strip().decode().upper()
            if not secure:
                self.in_the_clear.append(word.split(" ")[0])
            if word.startswith("EHLO"):
                say("250 STARTTLS" if not secure else "250 ok")
            elif word == "STARTTLS":
                say("220 go")
                s = self.context.wrap_socket(s, server_side=True)
                stream, secure = s.makefile("rwb"), True
            elif word == "DATA":
                say("354 go")
                data = b""
                while (line := stream.readline()).strip() != b".":
                    data += line
                self.mails.append(data.decode())
                say("250 kept")
            elif word == "QUIT":
                return say("221 bye")
            else:
                say("250 ok")


def over_tls(place):
    certificates = {}
    for name in ("good", "other"):
        certificates[name] = (place.folder / f"{name}.pem", place.folder / f"{name}.key")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                        "-keyout", certificates[name][1], "-out", certificates[name][0]], capture_output=True, check=True)
    server = TlsServer(*map(str, certificates["good"]))
    server.start()
    for ca, arrives in (("other", False), ("good", True)):
        place.server.end()
        place.write_config(f"smtp://localhost:{server.port}", {}, certificates[ca][0])
        place.server.start()
        place.sign_in()
        if not arrives:
            place.received(50, phone="0912000050", email="mot@thu.example")
            until("a foreign certificate is not noticed", lambda: any(m["reason"] and m["reason"]["code"] == "http.tls" for m in place.messages("queued")))
            assert not server.mails
    until("no mail came over TLS", lambda: server.mails)
    assert not {"MAIL", "RCPT", "DATA", "AUTH"} & set(server.in_the_clear), server.in_the_clear


def main():
    with tempfile.TemporaryDirectory(prefix="hienluong-notices-") as folder:
        place = Place(folder)
        try:
            with checked(place.base, folder) as place.checked:
                for part in (texts, mails, briefs, signing_out, registers, mirrors, over_tls):
                    part(place)
                    print(f"ok    {part.__name__}", flush=True)
        except BaseException:
            print((place.folder / "server.log").read_text(encoding="utf-8")[-3000:])
            raise
        finally:
            place.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
