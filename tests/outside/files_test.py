#!/usr/bin/python3
"""Attachments over the installed program: uploads up to the limit and refused beyond it, who is let in before the body
is read, what comes back, what is logged, clamd, and a backup that holds the files."""
import concurrent.futures
import http.client
import json
import os
import pathlib
import signal
import socket
import socketserver
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROXY = ROOT / "tests/contract/checked_proxy.py"
PROGRAM = os.environ.get("HL_PROGRAM", str(ROOT / "build/release/bin/hienluong"))
PDF = b"%PDF-1.4\n1 0 obj\n<</Type/Catalog>>\nendobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MIB = 1 << 20


class Clamd(socketserver.ThreadingTCPServer):
    """Speaks clamd's INSTREAM; finds a virus where the bytes say VIRUS."""

    class Handler(socketserver.BaseRequestHandler):
        def handle(self):
            stream = self.request.makefile("rb")
            assert stream.read(10) == b"zINSTREAM\0"
            data = b""
            while size := int.from_bytes(stream.read(4), "big"):
                data += stream.read(size)
            self.server.seen.append(len(data))
            self.request.sendall(b"stream: Thu.VIRUS FOUND\0" if b"VIRUS" in data else b"stream: OK\0")

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Clamd.Handler)
        self.seen = []
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Installation:
    def __init__(self, folder, settings=""):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        (folder / "settings.yaml").write_text(f"data_dir: {folder}\nport: 0\n{settings}", encoding="utf-8")
        self.base = ["--config", str(folder / "settings.yaml")]

    def run(self, *arguments):
        done = subprocess.run([PROGRAM, *self.base, *arguments], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{arguments}: {done.stdout[-800:]} {done.stderr[-800:]}"
        return done.stdout

    def prepare(self):
        self.run("migrate")
        self.run("pack", "apply", str(ROOT / "packs/quang-tri"))
        self.run("user", "add", "may", "--name", "Máy thử", "--kind", "machine")
        for role in ("clerk", "handler", "integrator"):
            self.run("user", "grant", "may", role, "--agency", "ubnd-19333")
        self.key = self.run("user", "key", "may", "--label", "thử").strip()
        self.run("user", "add", "kiem-toan", "--name", "Kiểm toán (mẫu)", "--kind", "machine")
        self.run("user", "grant", "kiem-toan", "auditor")
        self.auditor = self.run("user", "key", "kiem-toan", "--label", "thử").strip()

    def __enter__(self):
        self.process = subprocess.Popen([PROGRAM, *self.base, "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        base = next(line.strip() for line in self.process.stdout if line.startswith("http"))
        self.address = urllib.parse.urlsplit(base).netloc
        # Every answer is held to the API document on its way.
        self.report = self.folder / "answers.txt"
        self.report.touch()
        self.proxy = subprocess.Popen([sys.executable, PROXY, base, self.report], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.checked = urllib.parse.urlsplit(self.proxy.stdout.readline().strip()).netloc
        return self

    def __exit__(self, kind, *_):
        for process in (self.proxy, self.process):
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)
        wrong = self.report.read_text(encoding="utf-8")
        assert kind or not wrong, "answers that are not what the document says:\n" + wrong

    def call(self, method, path, body=None, headers=None, key=True, address=None):
        connection = http.client.HTTPConnection(address or self.checked, timeout=60)
        headers = dict(headers or {})
        if key:
            headers["Authorization"] = "Bearer " + (self.key if key is True else key)
        if isinstance(body, dict):
            body, headers["Content-Type"] = json.dumps(body).encode(), "application/json"
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        data = answer.read()
        connection.close()
        return answer.status, dict((k.lower(), v) for k, v in answer.getheaders()), data

    def file(self):
        status, _, data = self.call("POST", "/api/v1/dossiers", {
            "procedure": "1.001612", "channel": "desk", "place": "vn-19333",
            "applicant": {"name": "Người Nộp Mẫu", "id_kind": "personal_id", "id_number": "999000000001", "phone": "0900000001"},
            "answers": {"business_name": "Hộ mẫu", "address": "Địa chỉ mẫu", "lines": "Bán lẻ", "capital": 1, "founded_by": "person", "authorised": False},
            "components": [{"id": "giay-de-nghi", "originals": 1}]})
        assert status == 201, data
        return json.loads(data)["code"]

    def upload(self, code, body, name="Giấy đề nghị.pdf", query="role=paper&component=giay-de-nghi", **more):
        status, headers, data = self.call("POST", f"/api/v1/dossiers/{code}/files?{query}", body, {"X-File-Name": urllib.parse.quote(name)}, **more)
        return status, headers, json.loads(data)


def sized(size):
    return PDF + os.urandom(16) + b"x" * (size - len(PDF) - 16)


def uploads(installation):
    with installation as server:
        code = server.file()
        path = f"/api/v1/dossiers/{code}/files"
        whole = sized(20 * MIB)
        status, headers, made = server.upload(code, whole)
        assert status == 201, made
        location = headers["location"]
        assert location == f"{path}/{made['file']['id']}" and made["file"]["scan"] == "none" and made["file"]["type"] == "application/pdf"
        status, headers, same = server.upload(code, whole)
        assert status == 200 and same["file"]["id"] == made["file"]["id"] and same["dossier"]["version"] == made["dossier"]["version"]

        status, headers, data = server.call("GET", location)
        assert status == 200 and data == whole, status
        assert headers["content-type"] == "application/pdf" and headers["x-content-type-options"] == "nosniff"
        assert headers["content-disposition"].startswith("attachment;") and "filename*=UTF-8''Gi%E1%BA%A5y" in headers["content-disposition"]
        assert headers["cache-control"] == "private, no-store" and headers["etag"] == f'"{made["file"]["hash"]}"'
        assert server.call("GET", location, headers={"If-None-Match": headers["etag"]})[0] == 304
        assert server.call("GET", location, key=None)[0] == 401
        assert server.call("GET", location, key=server.auditor)[0] == 403

        # One over, and far over: the second is refused from its head alone.
        for size, wanted in ((20 * MIB + 1, "file.too_large"), (30 * MIB, "http.body_large")):
            try:
                status, _, problem = server.upload(code, sized(size), address=server.address)
                assert (status, problem["code"]) == (413, wanted), problem
            except (BrokenPipeError, ConnectionResetError):
                assert wanted == "http.body_large"
        # No other route takes more than before.
        with_limit = server.call("POST", "/api/v1/dossiers", b" " * (1 * MIB + 1), {"Content-Type": "application/json"})
        assert with_limit[0] == 413, with_limit[0]

        # Nobody unknown makes the server wait for a body: the answer comes while it is still to be sent.
        with socket.create_connection(server.address.split(":"), timeout=20) as raw:
            raw.sendall(f"POST {path} HTTP/1.1\r\nHost: x\r\nX-File-Name: a.pdf\r\nContent-Length: {20 * MIB}\r\n\r\n".encode())
            answer = raw.recv(4096).decode()
            assert answer.startswith("HTTP/1.1 401 "), answer

        for body, name, query, wanted in (
                (b"", "a.pdf", "", (422, "file.empty")), (b"MZ" + bytes(200), "a.pdf", "", (415, "file.type")), (PDF, "a.docx", "", (415, "file.ending")),
                (PDF, "", "", (422, "file.name")), (PDF, "a.pdf", "component=khong-co", (422, "file.component")),
                (PDF, "a.pdf", "role=x", (422, "file.role")), (PDF, "a.pdf", "role=result", (409, "file.wrong_time"))):
            status, _, problem = server.upload(code, body, name, query)
            assert (status, problem["code"]) == wanted, problem
        status, _, data = server.call("POST", path, b"x", {"X-File-Name": "a.pdf", "Content-Type": "multipart/form-data; boundary=x"})
        assert status == 415 and json.loads(data)["code"] == "file.form"
        english = json.loads(server.call("POST", path, b"", {"X-File-Name": "a.pdf", "Accept-Language": "en"})[2])
        assert english["title"].startswith("The file is empty"), english

        status, _, other = server.upload(code, PDF, "bỏ đi.pdf")
        assert status == 201
        status, headers, data = server.call("DELETE", f"{path}/{other['file']['id']}", {"reason": "gửi nhầm tệp"})
        assert status == 200 and json.loads(data)["version"] == other["dossier"]["version"] + 1, data
        status, _, data = server.call("GET", f"{path}/{other['file']['id']}")
        assert status == 404 and json.loads(data)["code"] == "file.withdrawn"
        listed = json.loads(server.call("GET", path)[2])
        assert listed["bytes"] == 20 * MIB and [f["withdrawn"] and f["withdrawn"]["reason"] for f in listed["items"]] == [None, "gửi nhầm tệp"]
        assert listed["limits"]["file_bytes"] == 20 * MIB

        reads = json.loads(server.call("GET", "/api/v1/personal-reads", key=server.auditor)[2])
        logged = {(r["what"], r["purpose"]) for r in reads["items"]}
        assert {("file", "xem tệp của hồ sơ thủ tục hành chính"), ("files", "xem tệp của hồ sơ thủ tục hành chính")} <= logged, logged
        events = server.call("GET", "/api/v1/ledger/events?limit=200", key=server.auditor)[2].decode()
        assert "dossier.file_added" in events and "dossier.file_withdrawn" in events and "Giấy đề nghị" not in events
        print("  20 MiB goes in and comes back; what is too large, of a wrong type or from nobody does not")
    left = subprocess.run(["grep", "-rla", "%PDF-1.4", str(installation.folder)], capture_output=True, text=True, check=False).stdout
    assert not left, f"unsealed on disk: {left}"
    return location, whole


def drafts(folder):
    installation = Installation(folder / "drafts")
    installation.prepare()
    typed = {"business_name": "Hộ mẫu", "address": "Địa chỉ mẫu", "lines": "Bán lẻ", "capital": 1, "founded_by": "person", "authorised": False}
    with installation as server:
        token = {"X-Draft-Token": "m" * 43}
        begin = {"procedure": "1.001612", "body": {"answers": typed}}
        assert server.call("POST", "/api/v1/drafts", begin, key=None)[0] == 422
        status, headers, data = server.call("POST", "/api/v1/drafts", begin, token, key=None)
        assert status == 201 and "Hộ mẫu" not in data.decode(), data
        path = headers["location"]
        assert server.call("GET", path, key=None)[0] == 404
        draft = json.loads(server.call("GET", path, headers=token, key=None)[2])
        assert draft["body"] == begin["body"] and draft["files"] == [] and draft["version"] == 1
        assert server.call("PUT", path, {"version": 1, "body": {"answers": {}}}, token, key=None)[0] == 200
        status, _, data = server.call("PUT", path, {"version": 1, "body": {}}, token, key=None)
        assert status == 409 and json.loads(data)["code"] == "draft.changed", data
        assert server.call("POST", path + "/files", PDF, {"X-File-Name": "a.pdf"} | token, key=None)[0] == 401
        assert server.call("DELETE", path, headers=token, key=None)[0] == 204
        assert server.call("GET", path, headers=token, key=None)[0] == 404
        statuses = [server.call("POST", "/api/v1/drafts", begin, token, key=None)[0] for _ in range(31)]
        assert statuses[:28] == [201] * 28 and statuses[-1] == 429, statuses

        repeated = [server.call("POST", "/api/v1/drafts", begin, {"Idempotency-Key": "mot"}) for _ in range(2)]
        assert repeated[0][2] == repeated[1][2] and repeated[1][1]["idempotency-replayed"] == "true"
        path = repeated[0][1]["location"]
        whole = sized(20 * MIB)
        status, headers, data = server.call("POST", path + "/files?component=giay-de-nghi", whole, {"X-File-Name": urllib.parse.quote("Giấy đề nghị.pdf")})
        assert status == 201, data
        assert server.call("GET", headers["location"])[2] == whole
        assert [d["id"] for d in json.loads(server.call("GET", "/api/v1/drafts")[2])["items"]] == [path.rsplit("/", 1)[1]]
        filing = {"procedure": "1.001612", "channel": "desk", "place": "vn-19333", "answers": typed,
                  "applicant": {"name": "Người Nộp Mẫu", "id_kind": "personal_id", "id_number": "999000000002", "phone": "0900000002"},
                  "components": [{"id": "giay-de-nghi", "originals": 1}]}
        filed = [server.call("POST", path + "/file", filing, {"Idempotency-Key": "hai"}) for _ in range(2)]
        assert filed[0][0] == 201 and filed[0][2] == filed[1][2], filed[0][2]
        code = json.loads(filed[0][2])["code"]
        listed = json.loads(server.call("GET", f"/api/v1/dossiers/{code}/files")[2])["items"]
        assert [(f["name"], f["role"], f["component"]) for f in listed] == [("Giấy đề nghị.pdf", "paper", "giay-de-nghi")], listed
        assert server.call("GET", f"/api/v1/dossiers/{code}/files/{listed[0]['id']}")[2] == whole
        assert server.call("GET", path)[0] == 404
    print("  a draft is kept, saved without overwriting, and becomes a dossier with its papers")


def killed(folder):
    """Every upload that was acknowledged is there after kill -9, whole; the ledger is too."""
    installation = Installation(folder / "killed")
    installation.prepare()
    acknowledged = {}
    with installation as server:
        codes = [server.file() for _ in range(4)]

        def one(number):
            body = sized(1000 + 997 * number)
            try:
                status, headers, made = server.upload(codes[number % 4], body, f"tep {number}.pdf", "", address=server.address)
            except (OSError, http.client.HTTPException):
                return  # dead by then
            assert status == 201, made
            acknowledged[headers["location"]] = body

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            jobs = [pool.submit(one, n) for n in range(400)]
            while len(acknowledged) < 60 and not all(j.done() for j in jobs):
                time.sleep(0.005)
            server.process.send_signal(signal.SIGKILL)
            for job in jobs:
                job.result()
    assert 60 <= len(acknowledged) < 400
    with installation as server:
        for location, body in acknowledged.items():
            status, _, data = server.call("GET", location, address=server.address)
            assert status == 200 and data == body, (location, status)
        listed = sum(len(json.loads(server.call("GET", f"/api/v1/dossiers/{c}/files")[2])["items"]) for c in codes)
        assert len(acknowledged) <= listed <= len(acknowledged) + 8, (listed, len(acknowledged))
    installation.run("ledger", "verify")
    print(f"  killed after {len(acknowledged)} acknowledged uploads: all there, whole")


def backup(folder, installation, location, whole):
    installation.run("backup", str(folder / "copy"))
    copied = Installation(folder / "restored")
    subprocess.run(["cp", "-a", installation.folder / "keys", copied.folder / "keys"], check=True)
    copied.run("restore", str(folder / "copy"))
    copied.key = installation.key
    with copied as server:
        status, _, data = server.call("GET", location)
        assert status == 200 and data == whole, "the file did not come back from the backup"
    broken = next((folder / "copy/blobs").rglob("[0-9a-f]" * 64))
    data = bytearray(broken.read_bytes())
    data[len(data) // 2] ^= 1
    broken.write_bytes(data)
    refused = Installation(folder / "refused")
    subprocess.run(["cp", "-a", installation.folder / "keys", refused.folder / "keys"], check=True)
    done = subprocess.run([PROGRAM, *refused.base, "restore", str(folder / "copy")], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "restore.damaged" in done.stderr, done.stderr
    print("  a restored backup gives the file back; one altered byte in the backup is found")


def scanned(folder):
    clamd = Clamd()
    installation = Installation(folder / "scanned", f"clamd: 127.0.0.1:{clamd.server_address[1]}\nfile_mib: 2\n")
    installation.prepare()
    with installation as server:
        code = server.file()
        status, _, made = server.upload(code, sized(2 * MIB))
        assert status == 201 and made["file"]["scan"] == "clean" and clamd.seen == [2 * MIB], made
        status, _, problem = server.upload(code, PDF + b"VIRUS")
        assert (status, problem["code"]) == (422, "file.infected") and "Thu.VIRUS" in problem["title"], problem
        assert server.upload(code, sized(2 * MIB + 1))[2]["code"] == "file.too_large"
        clamd.shutdown()
        clamd.server_close()
        status, headers, problem = server.upload(code, PDF + b"other")
        assert (status, problem["code"]) == (503, "scan.unavailable") and "retry-after" in headers, problem
        assert len(json.loads(server.call("GET", f"/api/v1/dossiers/{code}/files")[2])["items"]) == 1
    wrong = Installation(folder / "wrong", "clamd: nowhere\n")
    done = subprocess.run([PROGRAM, *wrong.base, "migrate"], capture_output=True, text=True, check=False)
    assert done.returncode != 0 and "clamd" in done.stderr, done.stderr
    print("  clamd is asked and obeyed; without it nothing is taken")


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        installation = Installation(folder / "a")
        installation.prepare()
        location, whole = uploads(installation)
        backup(folder, installation, location, whole)
        scanned(folder)
        drafts(folder)
        killed(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
