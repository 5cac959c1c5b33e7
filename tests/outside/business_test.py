#!/usr/bin/python3
"""The demonstration's own gateway: a clerk looks a business up by its code, and what he saw is an exchange that was
signed, logged and bound; what the register does not have or say is told as such. The server starts again on another port
with the same gateway."""
import json
import pathlib
import subprocess
import sys
import tempfile

from served import PROGRAM, ROOT, call, checked, served


def signed_in(base, accounts, login):
    password = next(a["password"] for a in accounts if a["login"] == login)
    status, answer = call(base, "POST", "/sessions", body={"login": login, "password": password})
    assert status in (200, 201), answer
    return answer["token"]


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data = folder / "data"
        made = subprocess.run([PROGRAM, "--data", data, "demo", "--dossiers", "20"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr[-500:]
        accounts = json.loads((data / "demonstration.json").read_text(encoding="utf-8"))
        ids = set()
        for _ in range(2):
            with served(folder, "--data", data) as base, checked(base, folder) as through:
                clerk = signed_in(base, accounts, "mau-mot-cua")
                status, found = call(through, "GET", "/businesses/0100000001", clerk)
                assert status == 200, found
                assert found["name"] == "Công ty TNHH Mẫu Một (dữ liệu mẫu)" and found["status"] == "Đang hoạt động", found
                assert found["message_id"] and found["message_id"] not in ids, found
                ids.add(found["message_id"])
                status, found = call(through, "GET", "/businesses/0100000003", clerk)
                assert (status, found["status"], found["address"]) == (200, None, None), found
                status, missing = call(through, "GET", "/businesses/0100000009", clerk)
                assert (status, missing["code"]) == (404, "business.not_found"), missing
                status, wrong = call(through, "GET", "/businesses/12345", clerk)
                assert (status, wrong["code"]) == (422, "business.code"), wrong
                assert call(through, "GET", "/businesses/0100000001")[0] == 401
        print("ok    businesses are looked up through the gateway, before and after a restart on another port")
        log = subprocess.run([PROGRAM, "--data", data, "--json", "exchange", "verify-log"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert log.returncode == 0, log.stderr
        report = json.loads(log.stdout.splitlines()[-1])
        # Two sides of a request and an answer each, for what was found, not found and restarted.
        assert report["problems"] == [] and report["messages"] >= 2 * 3 * 2, report
        print("ok    every question and answer is in the log, which is whole")
    return 0


if __name__ == "__main__":
    sys.exit(main())
