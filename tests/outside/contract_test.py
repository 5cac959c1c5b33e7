#!/usr/bin/python3
"""The server's routes and the API document are the same set, both ways; and every answer the walkthrough and the reads
below get is what the document says."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("HL_PROGRAM", str(ROOT / "build/release/bin/hienluong"))
PROXY = ROOT / "tests/contract/checked_proxy.py"


def compare_routes():
    listed = subprocess.run([PROGRAM, "routes"], capture_output=True, text=True, check=True).stdout.split("\n")
    served = {tuple(line.split(" ", 1)) for line in listed if line}
    document = yaml.safe_load((ROOT / "api/openapi.yaml").read_text(encoding="utf-8"))
    described = {(m.upper(), p) for p, item in document["paths"].items() for m in item if m in {"get", "post", "put", "patch", "delete"}}
    for method, path in sorted(served - described):
        print(f"served but not described: {method} {path}")
    for method, path in sorted(described - served):
        print(f"described but not served: {method} {path}")
    print(f"{len(served & described)} routes are served and described")
    return served == described


def reads(folder):
    """Reads of every kind on a small demonstration, and errors of every kind."""
    data = folder / "demo"
    out = subprocess.run([PROGRAM, "--data", data, "demo", "--dossiers", "2000"], capture_output=True, text=True, check=True).stdout
    passwords = dict(re.findall(r"^    (mau-\S+)  (\S+)$", out, re.M))
    passwords["admin"] = re.search(r"'admin'.*: (\S+)$", out, re.M).group(1)
    server = subprocess.Popen([PROGRAM, "--data", data, "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    report = folder / "reads.txt"
    report.touch()
    proxy = None
    try:
        base = next(line.strip() for line in server.stdout if line.startswith("http"))
        proxy = subprocess.Popen([sys.executable, PROXY, base, report], stdout=subprocess.PIPE, text=True)
        base = proxy.stdout.readline().strip()

        def call(method, path, token=None, body=None):
            request = urllib.request.Request(base + path, method=method, data=None if body is None else json.dumps(body).encode())
            if token:
                request.add_header("Authorization", "Bearer " + token)
            if body is not None:
                request.add_header("Content-Type", "application/json")
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    return answer.status, answer.read()
            except urllib.error.HTTPError as error:
                return error.code, error.read()

        def sign_in(login):
            status, answer = call("POST", "/api/v1/sessions", body={"login": login, "password": passwords[login]})
            assert status == 201, answer
            session = json.loads(answer)
            if session["must_change_password"]:
                status, refused = call("GET", "/api/v1/followers", session["token"])
                assert (status, json.loads(refused)["code"]) == (403, "access.password_due"), refused
                change = {"old_password": passwords[login], "password": "mot cau dai de nho"}
                status, answer = call("POST", "/api/v1/me/password", session["token"], change)
                assert status == 204, answer
            return session["token"]

        admin, clerk, head = sign_in("admin"), sign_in("mau-mot-cua"), sign_in("mau-lanh-dao")
        seen = []
        for path in ["/healthz", "/metrics", "/api/v1/procedures", "/api/v1/procedures?search=khai%20sinh", "/api/v1/procedures/1.001193",
                     "/api/v1/procedures/1.001193/releases", "/api/v1/procedures/1.001193/flow.svg", "/api/v1/procedures/1.001193/flow.bpmn",
                     "/api/v1/units", "/api/v1/units?search=dong%20ha", "/api/v1/agencies", "/api/v1/agencies/ubnd-19333", "/api/v1/agencies/ubnd-19333/succession", "/api/v1/agencies/none/succession",
                     "/api/v1/calendar?year=2026", "/api/v1/ledger/checkpoint", "/api/v1/procedures/0.0", "/api/v1/me",
                     "/api/v1/tracking?code=x&phone=0900000000", "/api/v1/units?date=nonsense"]:
            seen.append((path, call("GET", path)[0]))
        for path in ["/api/v1/me", "/api/v1/accounts", "/api/v1/accounts?kind=machine", "/api/v1/keys", "/api/v1/system", "/api/v1/accounts/admin", "/api/v1/accounts/nobody", "/api/v1/followers",
                     "/api/v1/statistics?from=2026-01&to=2026-11&by=agency", "/api/v1/statistics?from=2026-01&to=2026-11&by=month",
                     "/api/v1/statistics?format=xlsx&by=procedure", "/api/v1/statistics?format=pdf",
                     "/api/v1/ledger/events", "/api/v1/personal-reads", "/api/v1/queues?agency=ubnd-19333"]:
            seen.append((path, call("GET", path, admin)[0]))
        for path in ["/api/v1/dossiers?agency=ubnd-19333", "/api/v1/dossiers?search=mau", "/api/v1/queues?agency=ubnd-19333",
                     "/api/v1/register?agency=ubnd-19333&from=2025-11-01&to=2026-11-30", "/api/v1/dossiers/none",
                     "/api/v1/register?agency=ubnd-19333&from=2025-11-01&to=2026-11-30&limit=3",
                     "/api/v1/register?agency=ubnd-19333&cursor=nonsense", "/api/v1/register?agency=ubnd-19333&limit=0"]:
            seen.append((path, call("GET", path, clerk)[0]))
        status, book = call("GET", "/api/v1/statistics?from=2026-01&to=2026-11&by=procedure&format=xlsx", admin)
        assert status == 200 and book.startswith(b"PK"), (status, book[:200])
        part = "/api/v1/register?agency=ubnd-19333&from=2025-11-01&to=2026-11-30&limit=3"
        first = json.loads(call("GET", part, clerk)[1])
        second = json.loads(call("GET", part + "&cursor=" + urllib.parse.quote(first["next"]), clerk)[1])
        assert (len(first["rows"]), first["first_number"], second["first_number"]) == (3, 1, 4), (first, second)
        assert not {r["code"] for r in first["rows"]} & {r["code"] for r in second["rows"]}
        status, page = call("GET", "/api/v1/dossiers?agency=ubnd-19333", head)
        for item in json.loads(page)["items"][:5]:
            for part in ["", "/history", "/clock", "/slips/01", "/slips/02", "/slips/06", "/slips/99",
                         "/slips/01?note=1", "/slips/02?note=99", "/slips/02?note=x", "/slips/01?format=xlsx", "/slips/01?format=pdf"]:
                seen.append((part, call("GET", f"/api/v1/dossiers/{item['code']}{part}", head)[0]))
        for body in [{}, {"procedure": 1}, {"colour": "red"}]:
            seen.append(("file", call("POST", "/api/v1/dossiers", clerk, body)[0]))
        auditor = subprocess.run([PROGRAM, "--data", data, "user", "add", "kiem-toan", "--name", "Kiểm toán (mẫu)"], capture_output=True, text=True, check=True).stdout
        subprocess.run([PROGRAM, "--data", data, "user", "grant", "kiem-toan", "auditor"], check=True)
        passwords["kiem-toan"] = re.search(r"once\)  (\S+)$", auditor, re.M).group(1)
        auditor = sign_in("kiem-toan")
        status, events = call("GET", "/api/v1/ledger/events?from=5&limit=3", auditor)
        seen.append(("proof", call("GET", f"/api/v1/ledger/events/{json.loads(events)['items'][0]['id']}/proof", auditor)[0]))
        for path in ["/api/v1/personal-reads", "/api/v1/personal-reads?actor=mau-lanh-dao&from=2026-01-01&purpose=in%20phi%E1%BA%BFu",
                     "/api/v1/personal-reads?format=csv", "/api/v1/personal-reads?actor=nobody", "/api/v1/personal-reads/purposes", "/api/v1/system"]:
            seen.append((path, call("GET", path, auditor)[0]))
        for name in ["dossiers.statistics", "none"]:
            seen.append(("restart", call("POST", f"/api/v1/followers/{name}/restart", admin, {})[0]))
        status, made = call("POST", "/api/v1/accounts", admin, {"login": "may-hop-dong", "name": "Máy thử", "kind": "machine"})
        status, key = call("POST", "/api/v1/accounts/may-hop-dong/keys", admin, {"label": "thử"})
        assert status == 201, key
        assert call("GET", "/api/v1/me", json.loads(key)["key"])[0] == 200
        status, keys = call("GET", "/api/v1/keys?login=may-hop-dong", admin)
        seen.append(("revoke", call("DELETE", "/api/v1/keys/" + json.loads(keys)["items"][0]["id"], admin)[0]))
        seen.append(("keys", call("GET", "/api/v1/keys", admin)[0]))
        bad = [s for s in seen if s[1] >= 500]
        print(f"{len(seen)} calls answered")
        for path, status in bad:
            print(f"{path}: {status}")
        return not bad and report.read_text(encoding="utf-8")
    finally:
        for process in (proxy, server):
            if process:
                process.terminate()
                process.wait(timeout=30)


def walk(folder):
    report = folder / "walk.txt"
    report.touch()
    done = subprocess.run(["bash", ROOT / "docs/walkthrough.sh"], env=os.environ | {"HL_CHECK": f"{sys.executable} {PROXY}", "HL_CHECK_REPORT": str(report)},
                          capture_output=True, text=True, check=False)
    if done.returncode:
        print(done.stdout[-3000:], done.stderr[-3000:])
        return None
    return report.read_text(encoding="utf-8")


def main() -> int:
    same = compare_routes()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        reports = [reads(folder), walk(folder)]
    for report in reports:
        if report:
            print("answers that are not what the document says:\n" + "\n".join(sorted(set(report.splitlines()))))
    return 0 if same and reports == ["", ""] else 1


if __name__ == "__main__":
    sys.exit(main())
