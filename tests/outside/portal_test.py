#!/usr/bin/env python3
"""The citizen's pages from the outside: every link of them leads somewhere, both languages, tracking with code and
phone, wrong guesses are slowed down, what is typed comes back escaped, no phone number in an address."""
import html.parser
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from served import PROGRAM, ROOT, served

LARGEST_PAGE = 30 * 1024  # before islands
ISLANDS = int((ROOT / "web/portal/static/islands.js").exists())  # the one script, when it is built


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.ids, self.labels, self.controls, self.headings = [], [], [], [], []
        self.language, self.scripts = None, 0
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        at = dict(attributes)
        if tag == "html":
            self.language = at.get("lang")
        if tag == "a" and "href" in at:
            self.links.append(at["href"])
        if tag in ("img", "script") and "src" in at:
            self.links.append(at["src"])
        if tag == "link":
            self.links.append(at["href"])
        if tag == "script":
            self.scripts += 1
        if "id" in at:
            self.ids.append(at["id"])
        if tag == "label":
            self.labels.append(at.get("for"))
        if tag in ("input", "select") and at.get("type") != "hidden":
            self.controls.append(at.get("id"))
        if tag in ("h1", "h2"):
            self.headings.append(tag)


def colours(text):
    """The custom properties of the kit, in the light and the dark scheme."""
    light, dark = text.split("prefers-color-scheme: dark", 1)
    return [dict(re.findall(r"(--hl-[a-z0-9-]+):\s*(#[0-9a-f]{6})", part)) for part in (light, dark)]


def main():
    kit, own = (colours((ROOT / p).read_text(encoding="utf-8")) for p in ("web/kit/tokens.css", "web/portal/static/portal.css"))
    for scheme in (0, 1):
        assert own[scheme] and own[scheme].items() <= kit[scheme].items(), set(own[scheme].items()) - set(kit[scheme].items())

    with tempfile.TemporaryDirectory(prefix="hienluong-portal-") as folder:
        data = f"{folder}/data"
        out = subprocess.run([PROGRAM, "--data", data, "demo", "--dossiers", "150"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        passwords = dict(re.findall(r"^    (mau-\S+)  (\S+)$", out, re.M))
        with served(folder, "--data", data) as base:
            def get(path, form=None, accept="text/html", language=None, kind="application/x-www-form-urlencoded"):
                body = urllib.parse.urlencode(form).encode() if form is not None else None
                request = urllib.request.Request(base + path, data=body, headers={"Accept": accept})
                if body is not None:
                    request.add_header("Content-Type", kind)
                if language:
                    request.add_header("Cookie", f"lang={language}")
                try:
                    with urllib.request.urlopen(request, timeout=30) as answer:
                        return answer.status, answer.headers, answer.read().decode("utf-8", "replace")
                except urllib.error.HTTPError as error:
                    return error.code, error.headers, error.read().decode("utf-8", "replace")

            # Every page that a link leads to, from the front page on.
            seen, waiting = {}, ["/"]
            while waiting and len(seen) < 400:
                path = waiting.pop()
                if path in seen:
                    continue
                status, headers, text = get(path)
                seen[path] = status
                assert status == 200, (path, status)
                if not headers["Content-Type"].startswith("text/html"):
                    continue
                page = Page(text)
                assert len(text.encode()) <= LARGEST_PAGE, (path, len(text.encode()))
                assert page.language == ("en" if "lang=en" in path else "vi"), path
                assert page.headings.count("h1") == 1, path
                assert len(page.ids) == len(set(page.ids)), path
                assert set(page.controls) <= set(page.labels), (path, page.controls, page.labels)
                assert "{{" not in text and "script-src 'self'" in headers["Content-Security-Policy"], path
                assert page.scripts == ISLANDS, path
                for link in page.links:
                    if link.startswith("#"):
                        assert link[1:] in page.ids, (path, link)
                    elif link.startswith("/") and not link.startswith("/app"):
                        waiting.append(link.replace("&amp;", "&"))
            assert sum("/thu-tuc/" in p for p in seen) >= 40 and any("lang=en" in p for p in seen), len(seen)

            # What is typed is data.
            status, _, text = get("/thu-tuc?q=" + urllib.parse.quote('"><script>alert(1)</script>'))
            assert status == 200 and "<script>" not in text and "&lt;script&gt;" in text
            status, _, text = get("/thu-tuc?q=khai+sinh")
            assert "1.001193" in text
            # A former commune behind the words is understood, and where it is now is said.
            status, _, text = get("/thu-tuc?q=" + urllib.parse.quote("khai sinh gio hai"))
            assert "1.001193" in text and "Xã Gio Hải" in text and "nay thuộc" in text, text
            status, _, text = get("/thu-tuc?q=" + urllib.parse.quote("khai sinh phường đông hà"))
            assert "1.001193" in text and "chọn nơi giải quyết là <strong>Phường Đông Hà" in text, text
            assert "nay thuộc" not in get("/thu-tuc?q=khai+sinh")[2]
            for nonsense in ["?trang=99999", "?trang=-1", "?trang=x", "?cap=zzz", "?linh-vuc=%00", "?q=" + "a" * 3000]:
                status, _, text = get("/thu-tuc" + nonsense)
                assert status in (200, 400), (nonsense, status)
            for nonsense in ["?tu=2026-13", "?tu=9999-99&den=x", "?theo=zzz", "?tu=2031-01&den=2020-01"]:
                status, _, text = get("/cong-khai" + nonsense)
                assert status == 200 and "<table" in text, nonsense

            # Nothing there: a page for people, a problem document for programs.
            status, headers, text = get("/khong-co")
            assert (status, headers["Content-Type"]) == (404, "text/html; charset=utf-8") and "Không có trang này" in text
            status, headers, text = get("/khong-co", language="en")
            assert status == 404 and "There is no such page" in text
            status, headers, text = get("/khong-co", accept="application/json")
            assert (status, headers["Content-Type"]) == (404, "application/problem+json")

            # Tracking: code and phone in the body. The demonstration gives us a dossier whose phone the clerk may read.
            def api(method, path, token=None, body=None):
                request = urllib.request.Request(base + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                                 headers={"Content-Type": "application/json"})
                if token:
                    request.add_header("Authorization", "Bearer " + token)
                try:
                    with urllib.request.urlopen(request, timeout=30) as answer:
                        return json.loads(answer.read())
                except urllib.error.HTTPError as error:
                    raise AssertionError(error.read().decode()) from error

            token = api("POST", "/api/v1/sessions", body={"login": "mau-mot-cua", "password": passwords["mau-mot-cua"]})["token"]
            filed = api("POST", "/api/v1/dossiers", token, {
                "procedure": "1.001612", "channel": "desk", "place": "vn-19333",
                "applicant": {"name": "Người Mẫu", "id_kind": "personal_id", "id_number": "999000000001", "phone": "0912345678", "address": "Khu phố Mẫu"},
                "summary": "Mẫu",
                "answers": {"business_name": "Hộ mẫu", "address": "Mẫu", "lines": "Bán lẻ", "capital": 50000000, "founded_by": "person", "authorised": False},
                "components": [{"id": "giay-de-nghi", "originals": 1}]})
            code = filed["code"]
            status, _, text = get(f"/tra-cuu?ma={code}")
            assert status == 200 and f'value="{code}"' in text
            status, headers, text = get("/tra-cuu", {"ma": f" {code.lower()} ", "dien-thoai": "0912345678"})
            assert status == 200, text
            assert "Nộp hồ sơ" in text and "Hộ mẫu" not in text and "Người Mẫu" not in text and "0912" not in text
            assert headers["Cache-Control"] == "private, no-store"
            status, _, text = get("/tra-cuu", {"ma": code, "dien-thoai": "0912345678"}, language="en")
            assert status == 200 and "Filed" in text and 'lang="en"' in text
            wrong = None
            for n in range(12):
                status, _, text = get("/tra-cuu", {"ma": code, "dien-thoai": f"09000000{n:02}"})
                assert status in (404, 429) and 'role="alert"' in text and "<title>Lỗi:" in text, status
                wrong = status
            assert wrong == 429
            status, _, text = get("/tra-cuu", {"ma": code, "dien-thoai": "0912345678"})
            assert status == 429  # also for the right one, until the window has passed
            assert get("/tra-cuu", {"ma": "x"}, kind="text/plain")[0] == 415
            subprocess.run([PROGRAM, "--data", data, "user", "add", "kiem-toan", "--name", "Kiểm toán (mẫu)", "--kind", "machine"],
                           cwd=ROOT, capture_output=True, check=True)
            subprocess.run([PROGRAM, "--data", data, "user", "grant", "kiem-toan", "auditor"], cwd=ROOT, capture_output=True, check=True)
            key = subprocess.run([PROGRAM, "--data", data, "user", "key", "kiem-toan", "--label", "mẫu"], cwd=ROOT,
                                 capture_output=True, text=True, check=True).stdout.strip()
            tracked = [r for r in api("GET", "/api/v1/personal-reads", key)["items"] if r["what"] == "tracking"]
            assert [r["actor"] for r in tracked] == ["anonymous"] * 2, tracked
            by_month = get("/cong-khai?theo=thang")[2]
            row = re.search(r'<tbody><tr>.*?</tr>', by_month, re.S).group(0)
            assert row.count('>–<') >= 2 and re.search(r"<td>\d", row), row
            log = pathlib.Path(f"{folder}/log").read_text(encoding="utf-8")
            assert "0912345678" not in log and "Người Mẫu" not in log

            # The banner and the accounts are a demonstration's alone.
            assert passwords["mau-thu-ly"] in get("/")[2]
            print(f"{len(seen)} pages and files, every link leads somewhere; tracking holds")
        (pathlib.Path(data) / "demonstration.json").unlink()
        with served(folder, "--data", data) as base:
            text = urllib.request.urlopen(base + "/", timeout=30).read().decode()
            assert "mau-thu-ly" not in text and 'class="demo"' not in text
    return 0


if __name__ == "__main__":
    sys.exit(main())
