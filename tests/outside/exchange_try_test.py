#!/usr/bin/python3
"""A call tried out from the console: only who acts for the calling system may, it is judged by rights like any other,
what was approved a moment ago holds at once, every attempt has its own id, and the look at the answer is on record. A
server without a gateway says so."""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from served import PROGRAM, ROOT, call, checked, served

DESK, LAND = "QUANGTRI/GOV/H50.20/MOT-CUA", "QUANGTRI/GOV/H50.06/DAT-DAI"
FIRMS, PARCELS = "QUANGTRI/GOV/H50.04/DKKD/doanh-nghiep", "QUANGTRI/GOV/H50.06/DAT-DAI/traCuuThuaDat/v1"
ONE = {"client": DESK, "service": FIRMS, "type": "REST", "method": "GET", "path": "/0100000001", "purpose": "thử kết nối"}


def person(base, admin, login, role, agency=None):
    """A new account with one role, signed in."""
    status, made = call(base, "POST", "/accounts", admin, {"login": login, "name": login})
    assert status == 201, made
    assert call(base, "POST", f"/accounts/{login}/grants", admin, {"role": role, **({"agency": agency} if agency else {})})[0] in (200, 201, 204)
    token = call(base, "POST", "/sessions", body={"login": login, "password": made["one_time_password"]})[1]["token"]
    assert call(base, "POST", "/me/password", token, {"old_password": made["one_time_password"], "password": "cau dai de nho mau"})[0] < 300
    return call(base, "POST", "/sessions", body={"login": login, "password": "cau dai de nho mau"})[1]["token"]


def administrator(base, printed):
    login, password = re.search(r"administrator '(\w+)', one-time password \(shown once\): (\S+)", printed).groups()
    token = call(base, "POST", "/sessions", body={"login": login, "password": password})[1]["token"]
    assert call(base, "POST", "/me/password", token, {"old_password": password, "password": "cau dai de nho mau"})[0] < 300
    return call(base, "POST", "/sessions", body={"login": login, "password": "cau dai de nho mau"})[1]["token"]


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        made = subprocess.run([PROGRAM, "--data", folder / "data", "demo", "--dossiers", "20"], cwd=ROOT, capture_output=True, text=True, check=False)
        assert made.returncode == 0, made.stderr[-500:]
        with served(folder, "--data", folder / "data") as base, checked(base, folder) as through:
            admin = administrator(base, made.stdout)
            second = person(base, admin, "quan-tri-hai", "administrator")
            auditor = person(base, admin, "kiem-toan", "auditor")
            agency = next(m["agency"] for m in call(base, "GET", "/exchange/members", admin)[1]["items"] if m["member"] == "QUANGTRI/GOV/H50.20")
            integrator = person(base, admin, "ket-noi", "integrator", agency)

            status, own = call(through, "GET", "/exchange/gateway", auditor)
            assert status == 200 and own["server"] and DESK in own["clients"] and own["health"]["status"] == "ok", own
            ids = set()
            for _ in range(2):
                status, found = call(through, "POST", "/exchange/try", integrator, ONE)
                assert (status, found["status"], found["fault"]) == (200, 200, None), found
                assert json.loads(found["body"])["code"] == "0100000001", found
                ids.add(found["message_id"])
            assert len(ids) == 2, ids
            assert call(through, "POST", "/exchange/try", auditor, ONE)[0] == 403
            assert call(through, "POST", "/exchange/try", None, ONE)[0] == 401
            assert call(through, "POST", "/exchange/try", integrator, {**ONE, "client": LAND})[0] == 403
            for wrong in ({"path": "/a b"}, {"path": "/a#b"}, {"purpose": " "}, {"service": "x"}, {"method": "TRACE"}, {"type": "FTP"}):
                status, refused = call(through, "POST", "/exchange/try", integrator, {**ONE, **wrong})
                assert status in (400, 422), (wrong, refused)
            print("ok    who acts for the calling system tries a call; nobody else, and nothing that is no call")

            refused = call(through, "POST", "/exchange/try", admin, {**ONE, "client": LAND})[1]
            assert refused["fault"] == "Server.ServerProxy.AccessDenied", refused
            asked = call(base, "POST", "/exchange/requests", admin, {"kind": "right", "body": {"subject": LAND, "service": FIRMS, "method": "GET", "path": "/*", "basis": "Quyết định mẫu"}})[1]
            assert call(base, "POST", f"/exchange/requests/{asked['request']}/approval", second, {})[0] == 200
            granted = call(through, "POST", "/exchange/try", admin, {**ONE, "client": LAND})[1]
            assert (granted["fault"], granted["status"]) == (None, 200), granted
            print("ok    a right that was granted a moment ago holds for the next attempt")

            body = '<p:traCuuThuaDat xmlns:p="urn:quangtri:dat-dai"><p:soTo>1</p:soTo><p:soThua>2</p:soThua></p:traCuuThuaDat>'
            parcel = call(through, "POST", "/exchange/try", admin, {"client": DESK, "service": PARCELS, "type": "SOAP", "body": body, "purpose": "thử kết nối"})[1]
            assert "Server.ServerProxy.ServiceMissingUrl" in parcel["body"], parcel  # nothing stands behind it here
            print("ok    a SOAP call gets its X-Road headers")

            reads = [r for r in call(base, "GET", "/personal-reads", auditor)[1]["items"] if r["what"] == "exchange_try"]
            assert {r["subject"] for r in reads} >= ids and {r["purpose"] for r in reads} == {"thử kết nối"}, reads
            print("ok    who looked at which answer, and why, is on record")

        settings = folder / "without.yaml"
        settings.write_text("own_gateway: false\n", encoding="utf-8")
        made = subprocess.run([PROGRAM, "--data", folder / "other", "demo", "--dossiers", "20"], cwd=ROOT, capture_output=True, text=True, check=False)
        with served(folder, "--data", folder / "other", "--config", settings) as base, checked(base, folder) as through:
            admin = administrator(base, made.stdout)
            assert call(through, "GET", "/exchange/gateway", admin) == (200, {"server": None, "clients": [], "health": None})
        print("ok    a server without a gateway says that it has none")
    return 0


if __name__ == "__main__":
    sys.exit(main())
