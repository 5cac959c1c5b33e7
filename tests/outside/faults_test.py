#!/usr/bin/python3
"""The installed program under faults, on both engines: killed in the middle of a thousand commands, backed up and
restored, two nodes on one PostgreSQL, a row changed behind its back."""
import concurrent.futures
import json
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("HL_PROGRAM", str(ROOT / "build/release/bin/hienluong"))
POSTGRES = os.environ.get("HL_TEST_PG")


class Installation:
    def __init__(self, folder, database=None):
        self.base = ["--data", str(folder)] + (["--database", database] if database else [])
        self.database = database

    def run(self, *arguments, good=True):
        done = subprocess.run([PROGRAM, *self.base, *arguments], capture_output=True, text=True, check=False)
        if good and done.returncode:
            raise AssertionError(f"{arguments}: {done.stdout[-800:]} {done.stderr[-800:]}")
        return done

    def prepare(self):
        self.run("migrate")
        self.run("pack", "apply", str(ROOT / "packs/quang-tri"))
        self.run("user", "add", "may", "--name", "Máy thử", "--kind", "machine")
        for role in ("clerk", "integrator"):
            self.run("user", "grant", "may", role, "--agency", "ubnd-19333")
        self.key = self.run("user", "key", "may", "--label", "thử").stdout.strip()

    def serve(self):
        process = subprocess.Popen([PROGRAM, *self.base, "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        process.base = next(line.strip() for line in process.stdout if line.startswith("http"))
        return process

    def call(self, server, method, path, body=None, idempotency=None):
        request = urllib.request.Request(server.base + path, method=method, data=None if body is None else json.dumps(body).encode())
        request.add_header("Authorization", "Bearer " + self.key)
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if idempotency:
            request.add_header("Idempotency-Key", idempotency)
        with urllib.request.urlopen(request, timeout=20) as answer:
            return json.loads(answer.read())

    def file(self, server, number, idempotency):
        return self.call(server, "POST", "/api/v1/dossiers", {
            "procedure": "1.001612", "channel": "desk", "place": "vn-19333",
            "applicant": {"name": f"Người Nộp Mẫu {number}", "id_kind": "personal_id", "id_number": f"999{number:09}", "phone": f"09{number:08}"},
            "answers": {"business_name": "Hộ mẫu", "address": "Địa chỉ mẫu", "lines": "Bán lẻ", "capital": 1, "founded_by": "person", "authorised": False},
            "components": [{"id": "giay-de-nghi", "originals": 1}]}, idempotency)["code"]

    def verify(self):
        return self.run("ledger", "verify", good=False)


def killed(installation, commands=1000):
    server = installation.serve()
    keys = [str(uuid.uuid4()) for _ in range(commands)]
    acknowledged, failures = {}, []

    def one(number):
        try:
            acknowledged[number] = installation.file(server, number, keys[number])
        except urllib.error.HTTPError as error:
            failures.append(error.read().decode())
        except (OSError, urllib.error.URLError):
            pass  # the server is dead by then

    with concurrent.futures.ThreadPoolExecutor(32) as pool:
        jobs = [pool.submit(one, n) for n in range(commands)]
        while len(acknowledged) < commands // 3 and not failures:
            time.sleep(0.01)
        server.send_signal(signal.SIGKILL)
        concurrent.futures.wait(jobs)
    server.wait()
    assert not failures, failures[0]
    assert len(set(acknowledged.values())) == len(acknowledged), "a code was given twice"

    server = installation.serve()
    try:
        for code in acknowledged.values():
            assert installation.call(server, "GET", f"/api/v1/dossiers/{code}")["code"] == code
        # Every command again with its key: what was done gives its first answer, what was lost is done now.
        again = {n: installation.file(server, n, keys[n]) for n in range(0, commands, 7)}
        for number, code in again.items():
            assert acknowledged.get(number, code) == code, "a repeated key had a second effect"
        assert len(set(list(acknowledged.values()) + list(again.values()))) == len(set(acknowledged) | set(again))
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)
    done = installation.verify()
    assert done.returncode == 0, done.stdout
    print(f"  killed after {len(acknowledged)} acknowledged commands: all there, the ledger is whole")


def two_nodes(folder, database):
    nodes = [Installation(folder, database) for _ in range(2)]
    first = nodes[0]
    first.prepare()
    nodes[1].key = first.key
    servers = [n.serve() for n in nodes]
    try:
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            codes = list(pool.map(lambda n: first.file(servers[n % 2], n, str(uuid.uuid4())), range(200)))
        assert len(set(codes)) == 200, "two nodes gave one code"
        one, other = str(uuid.uuid4()), str(uuid.uuid4())
        assert first.file(servers[0], 900, one) == first.file(servers[1], 900, one), "a key counts on every node"
        assert first.file(servers[0], 901, other) != first.file(servers[0], 900, one)
    finally:
        for s in servers:
            s.send_signal(signal.SIGTERM)
            s.wait(timeout=30)
    done = first.verify()
    assert done.returncode == 0, done.stdout
    print("  two nodes on one PostgreSQL: 200 different codes, one ledger, whole")


def backup_and_tamper(folder):
    source = Installation(folder / "a")
    source.run("demo", "--dossiers", "300")
    copy = folder / "copy"
    source.run("backup", str(copy))
    assert source.run("backup", str(copy), good=False).returncode == 1, "a backup was overwritten"
    target = Installation(folder / "b")
    assert target.run("restore", str(copy), good=False).returncode == 1, "restored without keys"
    (folder / "b").mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", folder / "a/keys", folder / "b/keys"], check=True)
    out = target.run("restore", str(copy)).stdout
    assert "the ledger is whole" in out, out
    assert target.run("restore", str(copy), good=False).returncode == 1, "restored over a database"
    print("  " + out.strip())

    broken = copy / "database.sqlite"
    data = bytearray(broken.read_bytes())
    data[len(data) // 2] ^= 1
    broken.write_bytes(data)
    (folder / "c").mkdir()
    subprocess.run(["cp", "-a", folder / "a/keys", folder / "c/keys"], check=True)
    refused = Installation(folder / "c").run("restore", str(copy), good=False)
    assert refused.returncode == 1 and "restore.damaged" in refused.stderr, refused.stderr

    connection = sqlite3.connect(folder / "b/hienluong.db")
    connection.execute("UPDATE ledger_event SET data = replace(data, '\"desk\"', '\"post\"') WHERE position = "
                       "(SELECT position FROM ledger_event WHERE data LIKE '%\"desk\"%' LIMIT 1)")
    assert connection.total_changes == 1
    connection.commit()
    connection.close()
    found = target.verify()
    assert found.returncode == 1 and re.search(r"PROBLEM .*[Pp]osition \d+", found.stdout), found.stdout
    print("  " + re.search(r"PROBLEM\s+(.*)", found.stdout).group(1)[:150])


def backed_up(folder, database):
    """The same on PostgreSQL, by its own tools: out of one database, into another."""
    source = Installation(folder / "a", database)
    source.run("demo", "--dossiers", "60")
    out = source.run("backup", str(folder / "copy")).stdout
    assert re.search(r"[1-9]\d* events, ", out), out
    other = re.sub(r"/([^/?]+)(\?|$)", r"/\1_copy\2", database)
    name = re.search(r"/([^/?]+_copy)", other).group(1)
    subprocess.run(["psql", "-qX", POSTGRES, "-c", f"CREATE DATABASE {name}"], check=True)
    try:
        (folder / "b").mkdir()
        subprocess.run(["cp", "-a", folder / "a/keys", folder / "b/keys"], check=True)
        target = Installation(folder / "b", other)
        restored = target.run("restore", str(folder / "copy")).stdout
        assert "the ledger is whole" in restored, restored
        assert target.run("restore", str(folder / "copy"), good=False).returncode == 1, "restored over a database"
        print("  " + restored.strip())
    finally:
        subprocess.run(["psql", "-qX", POSTGRES, "-c", f"DROP DATABASE {name} WITH (FORCE)"], check=False)


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        print("SQLite")
        installation = Installation(folder / "kill")
        installation.prepare()
        killed(installation)
        backup_and_tamper(folder)
        if POSTGRES:
            print("PostgreSQL")
            for number, test in enumerate((lambda f, d: (i := Installation(f, d), i.prepare(), killed(i)), two_nodes, backed_up)):
                database = f"faults_{os.getpid()}_{number}"
                subprocess.run(["psql", "-qX", POSTGRES, "-c", f"CREATE DATABASE {database}"], check=True)
                try:
                    test(folder / f"pg{number}", re.sub(r"/[^/?]+(\?|$)", f"/{database}\\1", POSTGRES))
                finally:
                    subprocess.run(["psql", "-qX", POSTGRES, "-c", f"DROP DATABASE {database} WITH (FORCE)"], check=False)
    return 0


if __name__ == "__main__":
    sys.exit(main())
