#!/usr/bin/python3
"""The operations centre from the outside: figures of a demonstration, what is behind them, values handed in once and
again, rights, a proof that checks, and a check that finds nothing until somebody changes a cell."""
import json
import pathlib
import re
import sqlite3
import subprocess
import sys
import tempfile
import time

from served import PROGRAM, call, checked, served


def run(*arguments, code=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout


def sign_in(base, login, password):
    status, session = call(base, "POST", "/sessions", body={"login": login, "password": password})
    assert status == 201, session
    if session["must_change_password"]:
        change = {"old_password": password, "password": "mot cau dai de nho"}
        status, answer = call(base, "POST", "/me/password", session["token"], change)
        assert status == 204, answer
    return session["token"]


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data = folder / "demo"
        out = run("--data", data, "demo", "--dossiers", "600")
        passwords = dict(re.findall(r"^    (mau-\S+)  (\S+)$", out, re.M))
        passwords["admin"] = re.search(r"'admin'.*: (\S+)$", out, re.M).group(1)
        assert "every figure is what the events give" in run("--data", data, "ioc", "recompute", "--check")
        assert "--check" in run("ioc", "recompute", "--help")

        with served(folder, "--data", str(data)) as direct, checked(direct, folder) as base:
            admin = sign_in(base, "admin", passwords["admin"])
            status, listed = call(base, "GET", "/ioc/indicators", admin)
            assert status == 200 and len(listed["components"]) == 11 and len(listed["items"]) > 40, listed
            status, board = call(base, "GET", "/ioc/components/administrative_services", admin)
            assert status == 200, board
            by_code = {i["indicator"]: i["figure"] for i in board["items"]}
            assert by_code["HCC.TIEP_NHAN"]["value"] > 0, by_code["HCC.TIEP_NHAN"]
            status, empty = call(base, "GET", "/ioc/components/health", admin)
            assert {i["figure"]["status"] for i in empty["items"]} == {"unknown"}, empty

            # Years and their months say the same; every agency's figures are the province's.
            year = max(f["period"] for f in call(base, "GET", "/ioc/indicators/HCC.TIEP_NHAN/figures?grain=year", admin)[1]["items"] if f["value"])
            whole = call(base, "GET", f"/ioc/indicators/HCC.TIEP_NHAN/figures?period={year}", admin)[1]["items"][0]["value"]
            months = call(base, "GET", f"/ioc/indicators/HCC.TIEP_NHAN/figures?from={year}-01&to={year}-12", admin)[1]["items"]
            assert sum(m["value"] or 0 for m in months) == whole
            status, agencies = call(base, "GET", f"/ioc/indicators/HCC.TIEP_NHAN/figures?period={year}&by=agency", admin)
            assert sum(a["value"] or 0 for a in agencies["items"]) == whole
            position = agencies["position"]

            month = next(m for m in months if m["value"])
            behind, after = [], ""
            while after is not None:
                status, page = call(base, "GET", f"/ioc/indicators/HCC.TIEP_NHAN/provenance?period={month['period']}&limit=20{after and '&after=' + after}", admin)
                assert status == 200, page
                behind += page["events"]
                after = page["next"]
            assert len({e["position"] for e in behind}) == month["value"], (len(behind), month)
            assert all(e["code"] for e in behind)

            status, proof = call(base, "GET", f"/ioc/proof?position={position}", admin)
            assert status == 200, proof
            (folder / "proof.json").write_text(json.dumps(proof["proof"]), encoding="utf-8")
            key = run("--data", data, "ledger", "key").strip()
            assert "holds" in run("ledger", "check", folder / "proof.json", "--verifier", key)

            # An agency's head sees its own, and no other's.
            heads = [login for login in passwords if "lanh-dao" in login]
            assert heads, passwords
            head = sign_in(base, heads[0], passwords[heads[0]])
            status, own = call(base, "GET", "/ioc/indicators/HCC.TIEP_NHAN/figures", head)
            assert status == 200, own
            if own["scope"]["agencies"] is not None:
                status, refused = call(base, "GET", "/ioc/indicators/HCC.TIEP_NHAN/figures?agency=so-tai-chinh", head)
                assert status == 403 and refused["code"] == "access.denied", refused
            status, nobody = call(base, "GET", "/ioc/indicators")
            assert status == 401, nobody
            for path, want in [("/ioc/indicators/NO.SUCH", 404), ("/ioc/indicators/HCC.TIEP_NHAN/figures?period=x", 422),
                               ("/ioc/indicators/HCC.TIEP_NHAN/figures?by=colour", 422), ("/ioc/components/none", 404)]:
                status, problem = call(base, "GET", path, admin)
                assert status == want, (path, status, problem)

            # Handing values in is a right of its own.
            status, refused = call(base, "POST", "/ioc/values", admin, {"source": "s", "batch": "1", "values": []})
            assert status == 403, refused

        with sqlite3.connect(next(data.glob("*.db"))) as database:
            database.execute("DELETE FROM ioc_cell WHERE level = 6")
        assert "DIFFERENT" in run("--data", data, "ioc", "recompute", "--check", code=1)
        run("--data", data, "ioc", "recompute")
        assert "every figure is what the events give" in run("--data", data, "ioc", "recompute", "--check")
        line = run("--data", data, "ioc", "figure", "HCC.TIEP_NHAN", year, "--at", position)
        assert f"\t{int(whole)}\t" in line.replace(".0\t", "\t"), (line, whole)


if __name__ == "__main__":
    begun = time.monotonic()
    main()
    print(f"the operations centre holds ({time.monotonic() - begun:.0f} s)")
