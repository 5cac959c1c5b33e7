#!/usr/bin/python3
"""Warnings from the outside: issued and seen by everybody as JSON, Atom and CAP and on the portal's start page, updated,
cancelled; a message of another source twice, late and altered; rights, bad input, a restart in the middle."""
import json
import pathlib
import re
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import xml.etree.ElementTree as xml

from served import PROGRAM, call, checked, served

CAP = "{urn:oasis:names:tc:emergency:cap:1.2}"
ATOM = "{http://www.w3.org/2005/Atom}"


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


def send(base, path, token, body=None, raw=None, key=None):
    request = urllib.request.Request(base + "/api/v1" + path, method="POST", data=raw if raw is not None else json.dumps(body or {}).encode())
    request.add_header("Authorization", "Bearer " + token)
    request.add_header("Content-Type", "application/cap+xml" if raw is not None else "application/json")
    if key:
        request.add_header("Idempotency-Key", key)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())


def text(address):
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read(), answer.headers["Content-Type"]


def at(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S+07:00", time.gmtime(time.time() + 7 * 3600 + seconds))


def foreign(identifier, kind="Alert", sent=-60, references="", event="Mưa lớn &amp; lũ"):
    rest = f"<references>{references}</references>" if references else ""
    info = "" if kind == "Cancel" else (f"<info><language>vi-VN</language><category>Met</category><event>{event}</event><urgency>Immediate</urgency>"
                                        f"<severity>Extreme</severity><certainty>Observed</certainty><expires>{at(7200)}</expires><headline>Mưa rất lớn</headline>"
                                        "<area><areaDesc>Miền núi</areaDesc></area></info>")
    when = at(sent) if isinstance(sent, int) else sent
    return (f'<?xml version="1.0" encoding="UTF-8"?><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier>'
            f"<sender>dai@khi.tuong</sender><sent>{when}</sent><status>Actual</status><msgType>{kind}</msgType><scope>Public</scope>{rest}{info}</alert>").encode(), when


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data = folder / "demo"
        run("--data", data, "demo", "--dossiers", "50")
        once = {login: person(data, login, role, agency) for login, role, agency in [
            ("thu-chu-tich", "head", "ubnd-tinh"), ("thu-phuong", "head", "ubnd-19333"), ("thu-may", "integrator", "ubnd-tinh"), ("thu-can-bo", "handler", "ubnd-19333")]}
        storm = {"agency": "ubnd-tinh", "categories": ["Met"], "responses": ["Prepare"], "urgency": "Expected", "severity": "Severe", "certainty": "Likely",
                 "expires": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 6 * 3600)), "communes": ["19333"],
                 "circles": [{"lat": 16.81, "lon": 107.1, "km": 12.5}],
                 "vi": {"event": "Bão", "headline": "Bão <số 9> vào bờ tối nay", "description": "Gió giật cấp 10.", "instruction": "Ở trong nhà."},
                 "en": {"event": "Storm", "headline": "A storm lands tonight", "description": "Gusts of force 10."}}
        with served(folder, "--data", str(data)) as direct, checked(direct, folder) as base:
            tokens = {login: sign_in(base, login, password) for login, password in once.items()}
            leader, ward, relay, clerk = (tokens[x] for x in ("thu-chu-tich", "thu-phuong", "thu-may", "thu-can-bo"))
            assert call(base, "GET", "/warnings")[1]["items"] == []
            for wrong in [{**storm, "severity": "severe"}, {**storm, "expires": "2020-01-01T00:00:00Z"}, {**storm, "communes": ["x"]}, {**storm, "categories": []},
                          {**storm, "polygons": [[{"lat": 1, "lon": 2}]]}, {**storm, "colour": 1}, {k: v for k, v in storm.items() if k != "vi"}]:
                status, problem = send(base, "/ioc/warnings", leader, wrong)
                assert status == 422, (wrong, status, problem)
            assert send(base, "/ioc/warnings", clerk, storm)[0] == 403
            assert send(base, "/ioc/warnings", ward, storm)[0] == 403
            status, refused = send(base, "/ioc/warnings", ward, {**storm, "agency": "ubnd-19333"})
            assert status == 422 and refused["code"] == "warning.area", refused  # draws a shape

            status, made = send(base, "/ioc/warnings", leader, storm, key="w1")
            assert status == 201 and made["active"], made
            assert send(base, "/ioc/warnings", leader, storm, key="w1")[1]["id"] == made["id"]
            assert [w["id"] for w in call(base, "GET", "/warnings")[1]["items"]] == [made["id"]]
            # Anybody's reader of XML reads it.
            cap, kind = text(f"{base}/api/v1/warnings/{made['id']}/cap")
            alert = xml.fromstring(cap)
            assert kind.startswith("application/cap+xml") and alert.tag == CAP + "alert"
            assert [i.findtext(CAP + "language") for i in alert.findall(CAP + "info")] == ["vi-VN", "en"]
            assert alert.find(f".//{CAP}geocode/{CAP}value").text == "19333"
            assert alert.find(f".//{CAP}circle").text == "16.81,107.1 12.5"
            feed, kind = text(base + "/api/v1/warnings/feed")
            entry = xml.fromstring(feed).find(ATOM + "entry")
            assert kind.startswith("application/atom+xml") and entry.findtext(ATOM + "title") == storm["vi"]["headline"]
            assert text(base + entry.find(ATOM + "link").get("href"))[0] == cap
            page = text(direct + "/")[0].decode()
            assert "Bão &lt;số 9&gt; vào bờ tối nay" in page and "Cảnh báo đang có hiệu lực" in page

            status, newer = send(base, f"/ioc/warnings/{made['id']}/update", leader, {k: v for k, v in {**storm, "severity": "Extreme"}.items() if k != "agency"})
            assert status == 201 and newer["type"] == "Update" and newer["references"][0]["identifier"] == made["identifier"], newer
            old = call(base, "GET", f"/warnings/{made['id']}")[1]
            assert not old["active"] and old["ended_by"] == {"id": newer["id"], "how": "Update"}, old

            # Another source: twice is once, another content is refused, late comes late.
            first, sent = foreign("mua-1")
            assert send(base, "/ioc/warnings/received?feed=dai", clerk, raw=first)[0] == 403
            assert send(base, "/ioc/warnings/received", relay, raw=first)[0] == 422
            status, taken = send(base, "/ioc/warnings/received?feed=dai", relay, raw=first)
            assert status == 201 and taken["fresh"] and taken["warning"]["feed"] == "dai" and not taken["warning"]["own"], taken
            status, again = send(base, "/ioc/warnings/received?feed=dai", relay, raw=first)
            assert status == 200 and not again["fresh"] and again["warning"]["id"] == taken["warning"]["id"], again
            assert text(f"{base}/api/v1/warnings/{taken['warning']['id']}/cap")[0] == first  # byte by byte
            status, problem = send(base, "/ioc/warnings/received?feed=dai", relay, raw=foreign("mua-1", event="Khác", sent=sent)[0])
            assert status == 409 and problem["code"] == "warning.altered", problem
            late, late_sent = foreign("mua-2", sent=-50)
            assert send(base, "/ioc/warnings/received?feed=dai", relay, raw=foreign("mua-3", "Cancel", -40, f"dai@khi.tuong,mua-2,{late_sent}")[0])[0] == 201
            assert not send(base, "/ioc/warnings/received?feed=dai", relay, raw=late)[1]["warning"]["active"]
            for bad, status in [(b"", 400), (b"<alert/>", 422), (first.replace(b"Public", b"public"), 422), (b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + first, 400),
                                (first[:-10], 400), (b"<" * (1 << 20) + b"<", 413)]:
                got, problem = send(base, "/ioc/warnings/received?feed=dai", relay, raw=bad)
                assert got == status, (bad[:60], got, problem)
            assert len(call(base, "GET", "/warnings")[1]["items"]) == 2

        with served(folder, "--data", str(data)) as direct, checked(direct, folder) as base:
            assert [w["infos"][0]["severity"] for w in call(base, "GET", "/warnings")[1]["items"]] == ["Extreme", "Extreme"]
            assert send(base, f"/ioc/warnings/{newer['id']}/cancel", ward, {"vi": "Hết"})[0] == 403
            assert send(base, f"/ioc/warnings/{taken['warning']['id']}/cancel", leader, {"vi": "Hết"})[1]["code"] == "warning.not_own"
            status, end = send(base, f"/ioc/warnings/{newer['id']}/cancel", leader, {"vi": "Bão đã tan.", "en": "It is over."})
            assert status == 201 and end["type"] == "Cancel" and len(end["references"]) == 2, end
            assert send(base, f"/ioc/warnings/{newer['id']}/cancel", leader, {"vi": "Hết"})[1]["code"] == "warning.over"
            assert [w["identifier"] for w in call(base, "GET", "/warnings")[1]["items"]] == ["mua-1"]
            seen, cursor = [], ""
            while cursor is not None:
                page = call(base, "GET", f"/ioc/warnings?limit=2{cursor and '&cursor=' + cursor}", leader)[1]
                seen += [w["id"] for w in page["items"]]
                cursor = page["next"]
            assert len(seen) == len(set(seen)) == 6, seen
            assert call(base, "GET", "/ioc/warnings")[0] == 401
            assert call(base, "GET", "/warnings/khong-co")[0] == 404
        assert "every figure is what the events give" in run("--data", data, "ioc", "recompute", "--check")
        run("--data", data, "ledger", "verify")


if __name__ == "__main__":
    begun = time.monotonic()
    main()
    print(f"warnings hold ({time.monotonic() - begun:.0f} s)")
