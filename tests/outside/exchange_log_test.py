#!/usr/bin/python3
"""What passed the demonstration's own gateway, as its administrators, integrators and auditors may see it: masked until
a purpose is given, every such look logged, a container that verifies alone, a body erased for good while the log stays
whole."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

from served import PROGRAM, ROOT, call, checked, served

DESK, FIRMS = "QUANGTRI/GOV/H50.20/MOT-CUA", "QUANGTRI/GOV/H50.04/DKKD"
WHY = "purpose=" + urllib.parse.quote("kiểm tra một khiếu nại (mẫu)")


def run(data, *arguments):
    done = subprocess.run([PROGRAM, "--data", data, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stdout[-500:]} {done.stderr[-500:]}"
    return done.stdout


def signed_in(base, login, password):
    status, session = call(base, "POST", "/sessions", body={"login": login, "password": password})
    assert status == 201, session
    if session["must_change_password"]:
        status, refused = call(base, "POST", "/me/password", session["token"], {"old_password": password, "password": "mot cau dai de nho"})
        assert status == 204, refused
    return session["token"]


def found(base, token, query):
    """The index follows the log within seconds."""
    for _ in range(200):
        status, page = call(base, "GET", "/exchange/messages" + query, token)
        assert status == 200, page
        if page["items"] and page["behind"] == 0:
            return page
        time.sleep(0.1)
    raise AssertionError(page)


def container(base, token, number, query):
    request = urllib.request.Request(f"{base}/api/v1/exchange/messages/{number}/container?{query}", headers={"Authorization": "Bearer " + token})
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.headers["Content-Type"] == "application/vnd.etsi.asic-e+zip"
        return answer.read()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data = folder / "data"
        made = run(data, "demo", "--dossiers", "20")
        accounts = {a["login"]: a["password"] for a in json.loads((data / "demonstration.json").read_text(encoding="utf-8"))}
        accounts["admin"] = re.search(r"'admin'.*: (\S+)$", made, re.M).group(1)
        for login, role in {"ket-noi": ("integrator", "--agency", "so-tai-chinh"), "soat": ("auditor",)}.items():
            accounts[login] = re.search(r"once\)\s+(\S+)", run(data, "user", "add", login, "--name", "Người thử (mẫu)")).group(1)
            run(data, "user", "grant", login, *role)
        with served(folder, "--data", data) as server, checked(server, folder) as base:
            admin, clerk, integrator, auditor = (signed_in(base, login, accounts[login]) for login in ("admin", "mau-mot-cua", "ket-noi", "soat"))
            status, business = call(base, "GET", "/businesses/0100000001", clerk)
            assert status == 200, business
            mine = f"?message_id={business['message_id']}"
            page = found(base, admin, mine)
            assert len(page["items"]) == 4 and all(row["masked"] and row["succeeded"] for row in page["items"]), page
            row = next(r for r in page["items"] if r["direction"] == "response" and r["side"] == "client")
            assert (row["client"], row["service"], row["status"]) == (DESK, FIRMS + "/doanh-nghiep", 200), row
            first = call(base, "GET", "/exchange/messages" + mine + "&limit=3", admin)[1]
            rest = call(base, "GET", "/exchange/messages" + mine + f"&limit=3&cursor={first['next']}", admin)[1]
            assert [r["number"] for r in first["items"] + rest["items"]] == [r["number"] for r in page["items"]] and rest["next"] is None, rest
            assert call(base, "GET", "/exchange/messages?from=2000-01-01T00:00:00Z&to=2000-01-02T00:00:00Z", admin)[1]["items"] == []
            assert len(call(base, "GET", f"/exchange/messages{mine}&side=provider&direction=request", admin)[1]["items"]) == 1
            print("ok    what passed is found by member, service, id and time, page by page")

            # A clerk sees nothing, an integrator his agency's messages, an auditor that they passed.
            assert call(base, "GET", "/exchange/messages", clerk)[0] == 403 and call(base, "GET", "/exchange/messages")[0] == 401
            assert call(base, "GET", "/exchange/messages", integrator)[0] == 403
            assert call(base, "GET", f"/exchange/messages?client={DESK}", integrator)[0] == 403
            assert len(call(base, "GET", f"/exchange/messages?provider={FIRMS}&message_id={business['message_id']}", integrator)[1]["items"]) == 4
            assert call(base, "GET", "/exchange/messages", auditor)[0] == 200
            status, refused = call(base, "GET", f"/exchange/messages?personal=true&{WHY}", auditor)
            assert (status, refused["code"]) == (403, "access.denied"), refused
            one = f"/exchange/messages/{row['number']}"
            status, shown = call(base, "GET", one, integrator)
            assert status == 200 and shown["masked"] and shown["message"] is None and shown["bodies"][0]["kept"], shown
            status, refused = call(base, "GET", one + "?personal=true", admin)
            assert (status, refused["code"]) == (422, "exchange.purpose"), refused
            status, refused = call(base, "GET", one + "/container?purpose=", admin)
            assert (status, refused["code"]) == (422, "exchange.purpose"), refused
            status, shown = call(base, "GET", f"{one}?personal=true&{WHY}", admin)
            assert status == 200 and not shown["masked"] and shown["message"], shown
            (folder / "one.asice").write_bytes(container(base, admin, row["number"], WHY))
            with urllib.request.urlopen(base + "/api/v1/exchange/ca.pem", timeout=60) as answer:
                (folder / "ca.pem").write_bytes(answer.read())
            run(data, "exchange", "verify", folder / "one.asice", "--ca", folder / "ca.pem", "--no-time-stamp")
            status, reads = call(base, "GET", "/personal-reads", auditor)
            looked = [r for r in reads["items"] if r["what"].startswith("exchange_")]
            assert {r["what"] for r in looked} == {"exchange_message", "exchange_container"} and all("khiếu nại" in r["purpose"] for r in looked), looked
            print("ok    what is personal is masked until somebody says why, and that is in the log of reads; the container verifies alone")

            assert call(base, "POST", one + "/erasure", integrator, {"reason": "x"})[0] == 403
            status, refused = call(base, "POST", one + "/erasure", admin, {})
            assert status == 422, refused
            assert call(base, "POST", one + "/erasure", admin, {"reason": "theo yêu cầu của chủ thể dữ liệu (mẫu)", "message": True})[0] == 204
            status, gone = call(base, "GET", f"{one}?personal=true&{WHY}", admin)
            assert status == 200 and gone["erased"] and gone["message"] is None and gone["user_id"] is None, gone
            status, refused = call(base, "GET", f"{one}/container?{WHY}", admin)
            assert refused["code"] == "exchange.erased", refused
            server_id = call(base, "GET", "/exchange/gateway", admin)[1]["server"]
            print("ok    an erased message is gone, by an administrator alone")

            for _ in range(200):
                status, usage = call(base, "GET", "/exchange/usage", integrator)
                if len({i["side"] for i in usage["items"]}) == 2:  # each side's is written when its exchange has ended
                    break
                time.sleep(0.1)
            assert status == 200 and {i["side"] for i in usage["items"]} == {"client", "provider"}, usage
            status, records = call(base, "GET", "/exchange/operations?fields=messageId,succeeded,serviceCode", admin)
            assert status == 200 and {"messageId": business["message_id"], "succeeded": True, "serviceCode": "doanh-nghiep"} in records["records"], records
            assert call(base, "GET", "/exchange/operations?fields=khong-co", admin)[0] == 422
            status, services = call(base, "GET", "/exchange/service-health", auditor)
            firms = next(s for s in services["items"] if s["side"] == "provider" and s["service"].endswith("/doanh-nghiep"))
            assert firms["messages"] >= 1 and firms["failed"] == 0 and firms["circuit"] == "closed", services
            assert call(base, "GET", "/exchange/usage", clerk)[0] == 403
            print("ok    usage, operational records and services' health")
        verified = run(data, "ledger", "verify")
        assert server_id and verified
        report = json.loads(run(data, "--json", "exchange", "verify-log").splitlines()[-1])
        assert report["problems"] == [], report
        print("ok    ledger and message log are whole after the erasure")
    return 0


if __name__ == "__main__":
    sys.exit(main())
