#!/usr/bin/python3
"""Directives from the outside: from an alert to a closed directive over HTTP, who may what, bad input, the same key
twice, a restart in the middle, files, figures that lead back to the directives, and a check that finds nothing."""
import json
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from served import PROGRAM, call, checked, served

HEALTH, HOME = "so-y-te", "so-noi-vu"
PAPER = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def run(*arguments, code=0):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
    return done.stdout


def person(data, login, role, agency):
    once = re.search(r"\S+$", run("--data", data, "user", "add", login, "--name", f"Người mẫu {login}").strip()).group(0)
    run("--data", data, "user", "grant", login, role, "--agency", agency)
    return once


def sign_in(base, login, once):
    status, session = call(base, "POST", "/sessions", body={"login": login, "password": once})
    assert status == 201, session
    status, answer = call(base, "POST", "/me/password", session["token"], {"old_password": once, "password": "mot cau dai de nho"})
    assert status == 204, answer
    return session["token"]


def send(base, method, path, token, body=None, raw=None, **headers):
    """(status, answer, headers): with headers of one's own, and bytes."""
    request = urllib.request.Request(base + "/api/v1" + path, method=method, data=raw if raw is not None else json.dumps(body or {}).encode())
    request.add_header("Authorization", "Bearer " + token)
    request.add_header("Content-Type", "application/octet-stream" if raw is not None else "application/json")
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"null"), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read()), error.headers


def until(what, ask, seconds=60):
    end = time.monotonic() + seconds
    while not (found := ask()):
        assert time.monotonic() < end, what
        time.sleep(0.1)
    return found


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data = folder / "demo"
        run("--data", data, "demo", "--dossiers", "100")
        once = {login: person(data, login, role, agency) for login, role, agency in [
            ("thu-chu-tich", "head", "ubnd-tinh"), ("thu-giam-doc", "head", HEALTH), ("thu-chuyen-vien", "handler", HEALTH),
            ("thu-nguoi-khac", "head", HOME)]}
        task = {"agency": HEALTH, "title": "Rà soát hồ sơ quá hạn", "text": "Rà soát từng hồ sơ và báo cáo.", "work_hours": 16}
        with served(folder, "--data", str(data)) as direct, checked(direct, folder) as base:
            tokens = {login: sign_in(base, login, password) for login, password in once.items()}
            leader, head, handler, stranger = (tokens[x] for x in ("thu-chu-tich", "thu-giam-doc", "thu-chuyen-vien", "thu-nguoi-khac"))

            # Bad input says what to do.
            for wrong, code in [({**task, "work_hours": None}, "directive.deadline"), ({**task, "due": "2020-01-01T00:00:00Z", "work_hours": None}, "directive.deadline"),
                                ({**task, "agency": "khong-co"}, "directive.agency"), ({**task, "officer": "khong-co"}, "directive.officer"),
                                ({**task, "rule": "khong-co"}, "directive.alert_over"), ({**task, "title": ""}, None), ({**task, "colour": 1}, None)]:
                status, problem, _ = send(base, "POST", "/ioc/directives", leader, {k: v for k, v in wrong.items() if v is not None})
                assert status in (409, 422) and (code is None or problem["code"] == code), (wrong, status, problem)
            assert call(base, "GET", "/ioc/directives?state=none", leader)[0] == 422
            assert call(base, "GET", "/ioc/directives?limit=0", leader)[0] == 422
            assert call(base, "GET", "/ioc/directives")[0] == 401
            # Rights: heads give to those below; nobody else does.
            assert send(base, "POST", "/ioc/directives", handler, task)[0] == 403
            assert send(base, "POST", "/ioc/directives", head, {**task, "agency": HOME})[0] == 403

            status, deadline = call(base, "GET", f"/ioc/directives/deadline?agency={HEALTH}&work_hours=16", leader)
            assert status == 200 and sum(d["work_minutes"] for d in deadline["days"]) == 16 * 60, deadline

            # The same key twice is one directive.
            status, made, headers = send(base, "POST", "/ioc/directives", leader, task, Idempotency_Key="k1")
            assert status == 201 and headers["ETag"] == '"1"', made
            status, again, _ = send(base, "POST", "/ioc/directives", leader, task, Idempotency_Key="k1")
            assert status == 201 and again["code"] == made["code"], again
            assert send(base, "POST", "/ioc/directives", leader, {**task, "title": "Khác"}, Idempotency_Key="k1")[0] == 422
            code = made["code"]
            assert [d["code"] for d in call(base, "GET", "/ioc/directives?state=open", handler)[1]["items"]] == [code]
            assert call(base, "GET", "/ioc/directives", stranger)[1]["items"] == []
            status, refused = call(base, "GET", f"/ioc/directives/{code}", stranger)
            assert status == 403, refused
            assert call(base, "GET", "/ioc/directives/CD-2000-000001", leader)[0] == 404

            # From an alert that stands, a filled form.
            alerts = until("an alert stands", lambda: [a for a in call(base, "GET", "/ioc/alerts", leader)[1]["items"] if a["agency"]], 100)
            alert = alerts[0]
            status, form = call(base, "GET", f"/ioc/directives/proposal?rule={alert['rule']}&agency={alert['agency']}", leader)
            assert status == 200 and form["agency"] == alert["agency"], form
            status, from_alert, _ = send(base, "POST", "/ioc/directives", leader, {
                "agency": form["agency"], "title": form["title"], "text": form["text"], "work_hours": form["work_minutes"] // 60,
                "rule": form["rule"], "rule_agency": form["rule_agency"]})
            assert status == 201 and from_alert["origin"]["rule"] == alert["rule"], from_alert
            found = call(base, "GET", f"/ioc/directives?rule={alert['rule']}&rule_agency={alert['agency']}", leader)[1]["items"]
            assert [d["code"] for d in found] == [from_alert["code"]], found

            # The agency answers.
            at = f"/ioc/directives/{code}"
            assert send(base, "POST", at + "/hand-in", handler, {"text": "Xong."})[1]["code"] == "directive.wrong_state"
            assert send(base, "POST", at + "/acknowledge", leader)[1]["code"] == "directive.issuers_side"
            status, seen, headers = send(base, "POST", at + "/acknowledge", handler, If_Match='"1"')
            assert status == 200 and seen["state"] == "working" and headers["ETag"] == '"2"', seen
            status, late, _ = send(base, "POST", at + "/report", handler, {"percent": 30, "text": "Muộn."}, If_Match='"1"')
            assert status == 412 and late["code"] == "directive.changed", late
            assert send(base, "POST", at + "/report", handler, {"percent": 130, "text": "x"})[0] == 422
            assert send(base, "POST", at + "/report", handler, {"percent": 40, "text": "Đã rà 40 hồ sơ."})[0] == 200
            assert send(base, "POST", at + "/files", handler, raw=PAPER, X_File_Name="bao%20c%C3%A1o.pdf")[0] == 200
            assert send(base, "POST", at + "/files", handler, raw=b"MZ", X_File_Name="a.exe")[0] in (415, 422)
            assert send(base, "POST", at + "/files", stranger, raw=PAPER, X_File_Name="a.pdf")[0] == 403
            status, answer, _ = send(base, "POST", at + "/evidence", handler, {"kind": "figure", "indicator": "CD.DANG_MO", "period": time.strftime("%Y-%m")})
            assert status == 200, answer
            assert send(base, "POST", at + "/ask-extension", handler, {"work_hours": 8, "text": "Chờ số liệu."})[0] == 200

        # A restart in between loses nothing.
        with served(folder, "--data", str(data)) as direct, checked(direct, folder) as base:
            status, whole = call(base, "GET", at, leader)
            assert status == 200 and whole["extension"] and len(whole["evidence"]) == 2, whole
            assert "grant_extension" in whole["may"] and "report" not in whole["may"], whole["may"]
            assert send(base, "POST", at + "/grant-extension", handler)[0] == 403
            status, longer, _ = send(base, "POST", at + "/grant-extension", leader, Idempotency_Key="g1")
            assert status == 200 and longer["deadline"]["work_minutes"] == 24 * 60 and longer["extension"] is None, longer
            assert send(base, "POST", at + "/grant-extension", leader, Idempotency_Key="g1")[1]["version"] == longer["version"]
            file = next(e for e in whole["evidence"] if e["kind"] == "file")
            request = urllib.request.Request(f"{base}/api/v1{at}/files/{file['id']}", headers={"Authorization": "Bearer " + leader})
            with urllib.request.urlopen(request) as content:
                assert content.read() == PAPER and "attachment" in content.headers["Content-Disposition"]
            assert send(base, "POST", at + "/hand-in", handler, {"text": "Đã xong."})[0] == 200
            assert send(base, "POST", at + "/send-back", leader, {"text": "Thiếu phụ lục."})[0] == 200
            assert send(base, "POST", at + "/hand-in", handler, {"text": "Đã bổ sung."})[0] == 200
            status, closed, _ = send(base, "POST", at + "/accept", leader)
            assert status == 200 and closed["verdict"] == "on_time", closed
            assert send(base, "POST", at + "/reopen", leader, {"work_hours": 8, "text": "Lại phát sinh."})[0] == 200
            assert send(base, "POST", at + "/withdraw", leader, {"text": "Không cần nữa."})[0] == 200
            assert send(base, "POST", at + "/reopen", leader, {"work_hours": 8, "text": "Lại."})[0] == 409
            kinds = [line["kind"] for line in call(base, "GET", at, head)[1]["lines"]]
            assert kinds == ["issued", "acknowledged", "reported", "evidence_added", "evidence_added", "extension_asked", "extended", "handed_in",
                             "sent_back", "handed_in", "closed", "reopened", "withdrawn"], kinds
            status, counts = call(base, "GET", "/ioc/directives/summary", leader)
            assert status == 200 and counts["open"] == 1, counts

            # Counted, and the figure leads back to the directive.
            def figure(indicator):
                return call(base, "GET", f"/ioc/indicators/{indicator}/figures?period={time.strftime('%Y')}&agency={HEALTH}", leader)[1]["items"][0]["value"]
            until("the figures follow", lambda: figure("CD.DUNG_HAN") == 1)
            assert figure("CD.BAN_HANH") == 1 + (alert["agency"] == HEALTH), figure("CD.BAN_HANH")
            status, behind = call(base, "GET", f"/ioc/indicators/CD.DUNG_HAN/provenance?period={time.strftime('%Y')}", leader)
            assert status == 200 and [e["directive"] for e in behind["events"]] == [code] and behind["events"][0]["dossier"] is None, behind

        listed = run("--data", data, "ioc", "directives", "--state", "all")
        assert code in listed and from_alert["code"] in listed, listed
        assert len(json.loads(run("--data", data, "--json", "ioc", "directives"))) == 1
        run("--data", data, "ioc", "directives", "--state", "none", code=1)
        assert "every figure is what the events give" in run("--data", data, "ioc", "recompute", "--check")
        # Nothing that people wrote is in the ledger or stands open in the table.
        raw = b"".join(path.read_bytes() for path in data.glob("*.db*"))
        assert "Đã rà 40 hồ sơ.".encode() not in raw and "Thiếu phụ lục".encode() not in raw


if __name__ == "__main__":
    begun = time.monotonic()
    main()
    print(f"directives hold ({time.monotonic() - begun:.0f} s)")
