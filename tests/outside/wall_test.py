#!/usr/bin/python3
"""The wall from the outside: boundaries checked, stored and served; the briefing says what the API says; its feed tells of a
change within a second; a display reads figures, nothing else, and goes dark when it is revoked."""
import gzip
import http.client
import json
import math
import pathlib
import re
import subprocess
import tempfile
import threading
import time
import urllib.parse

from ioc_test import run, sign_in
from served import call, checked, served

SOURCE = ["--source", "Lưới mẫu tự vẽ", "--licence", "mẫu", "--date", "2026-01-02"]


def ring(x, y, size=0.1, steps=12):
    """A square whose sides wind, the same whoever draws them."""
    def side(a, b):
        points = []
        for i in range(steps):
            t = i / steps
            off = 0.04 * size * math.sin(4 * math.pi * t) * (1 if a < b else -1)
            points.append((a[0] + (b[0] - a[0]) * t + (off if a[0] == b[0] else 0), a[1] + (b[1] - a[1]) * t + (off if a[1] == b[1] else 0)))
        return points
    corners = [(x, y), (x + size, y), (x + size, y + size), (x, y + size)]
    out = []
    for i in range(4):
        a, b = corners[i], corners[(i + 1) % 4]
        points = side(a, b) + [b] if a < b else list(reversed(side(b, a) + [a]))
        out += points[:-1]
    return [[round(px, 6), round(py, 6)] for px, py in out + out[:1]]


def grid(units):
    features = []
    for n, unit in enumerate(u for u in units if u["kind"] != "special_zone"):
        features.append((unit, ring(round(106 + n % 9 / 10, 6), round(16.5 + n // 9 / 10, 6))))
    features += [(u, ring(107.4, 17.1, 0.05)) for u in units if u["kind"] == "special_zone"]
    return {"type": "FeatureCollection", "features": [
        {"type": "Feature", "properties": {"code": u["code"], "name": u["name"]}, "geometry": {"type": "Polygon", "coordinates": [r]}} for u, r in features]}


def raw(base, path, headers):
    where = urllib.parse.urlsplit(base)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
    connection.request("GET", "/api/v1" + path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, {k.lower(): v for k, v in answer.getheaders()}, body


def boundaries(direct, base, folder, data, admin):
    units = [u for u in call(base, "GET", "/units", admin)[1]["items"] if u["live"] and u["level"] == "commune"]
    assert len(units) == 78, len(units)
    assert call(base, "GET", "/boundaries", admin) == (200, {"items": []})
    assert call(base, "GET", "/boundaries/communes", admin)[1]["code"] == "boundaries.none"
    file = folder / "areas.geojson"
    whole = grid(units)
    file.write_text(json.dumps({**whole, "features": whole["features"][1:]}), encoding="utf-8")
    said = run("--data", data, "pack", "boundaries", file, *SOURCE, code=1)
    assert "boundaries.missing" in said and units[0]["name"] in said, said
    file.write_text(json.dumps(whole), encoding="utf-8")
    assert "stored" not in run("--data", data, "pack", "boundaries", file, "--check")
    run("--data", data, "pack", "boundaries", file, code=1)  # without its source
    assert "stored" in run("--data", data, "pack", "boundaries", file, *SOURCE)
    assert "nothing to change" in run("--data", data, "pack", "boundaries", file, *SOURCE)
    layer = call(base, "GET", "/boundaries", admin)[1]["items"][0]
    assert (layer["layer"], layer["features"], layer["source"], layer["date"]) == ("communes", 78, "Lưới mẫu tự vẽ", "2026-01-02"), layer

    bearer = {"Authorization": "Bearer " + admin}
    status, headers, body = raw(direct, "/boundaries/communes", {**bearer, "Accept-Encoding": "gzip"})
    assert status == 200 and headers["content-encoding"] == "gzip", headers
    topology = json.loads(gzip.decompress(body))
    assert len(topology["objects"]["units"]["geometries"]) == 78
    # Neighbours share their arcs: far fewer than four sides each.
    assert len(topology["arcs"]) < 78 * 3, len(topology["arcs"])
    assert raw(direct, "/boundaries/communes", {**bearer, "If-None-Match": headers["etag"]})[0] == 304
    status, headers, body = raw(direct, "/boundaries/communes?format=geojson", bearer)
    assert status == 200 and headers["content-type"].startswith("application/geo+json"), headers
    assert {f["properties"]["code"] for f in json.loads(body)["features"]} == {u["code"] for u in units}
    assert call(base, "GET", "/boundaries/roads", admin)[0] == 404
    assert call(base, "GET", "/boundaries/communes")[0] == 401


def said(value, unit):
    if value is None:
        return "Chưa rõ"
    whole, _, part = f"{abs(value):.2f}".partition(".")
    whole = re.sub(r"(?<=\d)(?=(\d{3})+$)", ".", whole)
    part = part.rstrip("0")
    return f"{'-' if value < 0 else ''}{whole}{',' + part if part else ''}{'%' if unit == '%' else ' ' + unit}"


def words(pdf, folder):
    file = folder / "briefing.pdf"
    file.write_bytes(pdf)
    text = subprocess.run(["pdftotext", "-layout", file, "-"], capture_output=True, text=True, check=True).stdout
    return text, re.sub(r"\s+", " ", text)


def briefing(base, folder, data, admin):
    bearer = {"Authorization": "Bearer " + admin}
    status, headers, pdf = raw(base, "/ioc/briefing", bearer)
    assert status == 200 and headers["content-type"] == "application/pdf" and pdf.startswith(b"%PDF-1."), headers
    text, flat = words(pdf, folder)
    index = call(base, "GET", "/ioc/index766", admin)[1]
    if index["of"] > 0:
        assert f"{said(index['points'], '').strip()} điểm trên {said(index['of'], '').strip()} điểm" in flat, flat
        lowest = min((g for g in index["groups"] if g["of"]), key=lambda g: g["points"] / g["of"])
        assert "(thấp nhất)" in flat and lowest["name"]["vi"].split()[0] in flat
    compared = 0
    for component in call(base, "GET", "/ioc/indicators", admin)[1]["components"]:
        board = call(base, "GET", f"/ioc/components/{component['code']}", admin)[1]
        if board["items"]:
            assert component["name"] in flat, component
        for item in board["items"]:
            figure = item["figure"]
            if figure and figure["value"] is not None:
                # Long values are broken over lines of a narrow column: the number itself is not.
                assert said(figure["value"], "%" if item["unit"] == "%" else "").strip() in flat, (item, flat)
                compared += 1
    assert compared > 5, compared
    alerts = call(base, "GET", "/ioc/alerts", admin)[1]["items"]
    assert alerts or "Không có cảnh báo nào" in flat
    position = call(base, "GET", "/ioc/indicators/HCC.TIEP_NHAN/figures", admin)[1]["position"]
    assert f"{said(position, '').strip()} sự kiện đầu tiên của sổ cái" in flat, position
    assert "Trang 1" in text
    info = subprocess.run(["pdfinfo", folder / "briefing.pdf"], capture_output=True, text=True, check=True).stdout
    assert re.search(r"Title:\s+Báo cáo giao ban điều hành ngày \d\d/\d\d/\d{4}", info), info
    structure = subprocess.run(["pdfinfo", "-struct", folder / "briefing.pdf"], capture_output=True, text=True, check=True).stdout
    assert {"H1", "H2", "Table", "TH", "TD"} <= set(re.findall(r"^\s*(\w+)", structure, re.M)), structure[:2000]

    # Of a day that is over: what was known then.
    day = (call(base, "GET", "/ioc/index766", admin)[1]["as_of"])[:8] + "01"
    status, _, pdf = raw(base, f"/ioc/briefing?date={day}", bearer)
    assert status == 200 and "như đã biết đến hết ngày" in words(pdf, folder)[1]
    assert call(base, "GET", "/ioc/briefing?date=2099-01-01", admin)[1]["code"] == "briefing.future"
    out = folder / "morning.pdf"
    assert "ledger position" in run("--data", data, "ioc", "briefing", "--out", out)
    assert "Báo cáo giao ban điều hành" in words(out.read_bytes(), folder)[1]


def feed(base, token, heard):
    """Listens in a thread; `heard` gets (when, event, data)."""
    where = urllib.parse.urlsplit(base)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
    connection.request("GET", "/api/v1/ioc/feed", headers={"Authorization": "Bearer " + token})
    answer = connection.getresponse()
    assert answer.status == 200, answer.status

    def listen():
        event = None
        try:
            for line in answer:
                line = line.decode().strip()
                if line.startswith("event:"):
                    event = line[6:].strip()
                elif line.startswith("data:"):
                    heard.append((time.monotonic(), event, json.loads(line[5:])))
        except (OSError, ValueError, AttributeError):
            pass
        heard.append((time.monotonic(), "end", None))
    threading.Thread(target=listen, daemon=True).start()
    return connection


def wait_for(heard, what, seconds=15):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if (found := next((h for h in heard if what(h)), None)):
            return found
        time.sleep(0.02)
    raise AssertionError(f"not heard: {heard}")


def displays(direct, base, admin, leader):
    status, made = call(base, "POST", "/displays", leader, {"name": "Phòng giao ban", "days": 30})
    assert status == 201, made
    # The code works once, on the screen's machine.
    where = urllib.parse.urlsplit(direct)
    connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
    connection.request("POST", "/api/v1/displays/pair", body=json.dumps({"code": made["code"]}), headers={"Content-Type": "application/json", "Cookie": "session=ended"})
    answer = connection.getresponse()
    answer.read()
    cookie = answer.getheader("Set-Cookie")
    assert answer.status == 204 and "HttpOnly" in cookie, (answer.status, cookie)
    token = re.match(r"session=([^;]+)", cookie).group(1)
    assert call(base, "POST", "/displays/pair", body={"code": made["code"]})[1]["code"] == "display.code"

    status, me = call(base, "GET", "/me", token)
    assert status == 200 and me["display"] is True and me["login"] == "" and me["officer"] is None, me
    for path in ("/ioc/index766", "/ioc/components/administrative_services", "/ioc/indicators/HCC.TIEP_NHAN/figures", "/ioc/alerts", "/boundaries/communes", "/agencies"):
        assert call(base, "GET", path, token)[0] == 200, path
    for path in ("/dossiers", "/ioc/index766/dossiers?criterion=2.1", "/ioc/indicators/HCC.TIEP_NHAN/provenance", "/ioc/briefing", "/displays", "/accounts"):
        assert call(base, "GET", path, token)[1].get("code") == "access.display", path
    assert call(base, "POST", "/displays", token, {"name": "x", "days": 1})[1]["code"] == "access.display"

    heard = []
    listening = feed(direct, token, heard)
    wait_for(heard, lambda h: h[1] == "ready")
    item = call(base, "GET", "/displays", leader)[1]["items"][0]
    assert (item["id"], item["state"], item["name"]) == (made["id"], "open", "Phòng giao ban"), item
    assert call(base, "DELETE", f"/displays/{made['id']}", admin)[0] == 204
    assert call(base, "GET", "/ioc/index766", token)[0] == 401
    wait_for(heard, lambda h: h[1] == "end")
    listening.close()
    assert call(base, "GET", "/displays", admin)[1]["items"][0]["state"] == "ended"


def live(direct, base, admin, clerk):
    heard = []
    listening = feed(direct, admin, heard)
    wait_for(heard, lambda h: h[1] == "ready")
    before = call(base, "GET", "/ioc/indicators/HCC.TIEP_NHAN/figures", admin)[1]["position"]
    # A dossier of a made-up person is filed and received.
    filing = {"procedure": "1.001612", "channel": "desk", "place": "vn-19333", "reception": "ubnd-19333", "summary": "Đăng ký thành lập hộ kinh doanh (mẫu)",
              "applicant": {"kind": "citizen", "name": "Nguyễn Thị Mẫu", "id_kind": "personal_id", "id_number": "045085900001", "phone": "0900000101", "address": "Khu phố Mẫu"},
              "answers": {"business_name": "Hộ mẫu", "address": "Địa chỉ mẫu", "lines": "Bán lẻ", "capital": 50000000, "founded_by": "person", "authorised": False},
              "components": [{"id": "giay-de-nghi", "originals": 1, "digitised": True}, {"id": "can-cuoc", "copies": 1, "digitised": True}]}
    status, answer = call(base, "POST", "/dossiers", clerk, filing)
    assert status == 201, answer
    code = answer["code"]
    status, answer = call(base, "POST", f"/dossiers/{code}/receive", clerk, {})
    assert status == 200, answer
    _, _, told = wait_for(heard, lambda h: h[1] == "ioc")
    told = wait_for(heard, lambda h: h[1] == "ioc" and "HCC.TIEP_NHAN" in h[2]["indicators"])[2]
    assert told["position"] > before, told
    assert set(told) == {"position", "indicators"} and code not in json.dumps(heard), heard
    listening.close()


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        data = folder / "demo"
        out = run("--data", data, "demo", "--dossiers", "400")
        passwords = dict(re.findall(r"^    (mau-\S+)  (\S+)$", out, re.M))
        passwords["admin"] = re.search(r"'admin'.*: (\S+)$", out, re.M).group(1)
        with served(folder, "--data", str(data)) as direct, checked(direct, folder) as base:
            admin = sign_in(base, "admin", passwords["admin"])
            boundaries(direct, base, folder, data, admin)
            briefing(direct, folder, data, admin)
            login = next(x for x in passwords if "lanh-dao" in x)
            displays(direct, base, admin, sign_in(base, login, passwords[login]))
            login = next(x for x in passwords if "tiep-nhan" in x or "mot-cua" in x)
            live(direct, base, admin, sign_in(base, login, passwords[login]))
    print("boundaries, briefing, displays and the wall's feed hold from the outside")


if __name__ == "__main__":
    main()
