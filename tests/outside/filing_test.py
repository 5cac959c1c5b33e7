#!/usr/bin/env python3
"""A citizen's dossier from beginning to end without a script: begun without an account, one question a page, signed in
for the papers, filed, supplemented, approved by the officers, returned, rated. And what must not work: wrong answers,
a stranger's form, another person's dossier, a session that ended while somebody typed."""
import html
import http.cookiejar
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import uuid

from portal_test import LARGEST_PAGE, Page
from served import PROGRAM, ROOT, served

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PROCEDURE = "1.001612"
RESULT = "giay-chung-nhan"


class Browser:
    """What a browser without scripts does: cookies, redirects, forms."""

    def __init__(self, base, language=None):
        self.base, self.jar = base, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))
        self.url, self.text, self.status, self.headers, self.language = base, "", 0, {}, language

    def send(self, path, body=None, kind=None, headers=()):
        request = urllib.request.Request(self.base + path if path.startswith("/") else path, data=body)
        request.add_header("Accept", "text/html")
        for name, value in headers:
            request.add_header(name, value)
        if kind:
            request.add_header("Content-Type", kind)
        try:
            answer = self.opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.status, self.url, self.headers = answer.status, answer.url, answer.headers
            self.text = answer.read().decode("utf-8", "replace")
        if (self.headers["Content-Type"] or "").startswith("text/html"):
            page = Page(self.text)
            assert page.headings.count("h1") == 1, (self.url, page.headings)
            assert len(page.ids) == len(set(page.ids)), (self.url, [i for i in page.ids if page.ids.count(i) > 1])
            assert set(page.controls) <= set(page.labels), (self.url, set(page.controls) - set(page.labels))
            assert "{{" not in self.text and len(self.text.encode()) <= LARGEST_PAGE, (self.url, len(self.text.encode()))
            for link in page.links:
                assert not link.startswith("#") or link[1:] in page.ids, (self.url, link)
        return self

    @property
    def path(self):
        return self.url[len(self.base):]

    def get(self, path):
        return self.send(path)

    def forms(self):
        found = []
        for tag, inside in re.findall(r"(<form\b[^>]*>)(.*?)</form>", self.text, re.S):
            action = html.unescape(re.search(r'action="([^"]*)"', tag).group(1))
            fields = {}
            for control in re.findall(r"<input\b[^>]*>", inside):
                name = re.search(r'\bname="([^"]*)"', control)
                kind = re.search(r'\btype="([^"]*)"', control)
                value = re.search(r'\bvalue="([^"]*)"', control)
                kind = kind.group(1) if kind else "text"
                if name and kind != "file" and (kind not in ("radio", "checkbox") or " checked" in control):
                    fields[name.group(1)] = html.unescape(value.group(1)) if value else ""
            for name, inner in re.findall(r'<textarea\b[^>]*\bname="([^"]*)"[^>]*>\n?(.*?)</textarea>', inside, re.S):
                fields[name] = html.unescape(inner)
            for name, inner in re.findall(r'<select\b[^>]*\bname="([^"]*)"[^>]*>(.*?)</select>', inside, re.S):
                chosen = re.search(r'<option value="([^"]*)" selected', inner)
                fields[name] = html.unescape(chosen.group(1)) if chosen else ""
            found.append((action, fields, "multipart" in tag))
        return found

    def form(self, *names):
        """The page's form that has these controls (beside the sign-out form)."""
        for action, fields, multipart in self.forms():
            if action != "/dang-xuat" and all(n in fields for n in names):
                return action, fields, multipart
        raise AssertionError((self.url, names, self.text[:3000]))

    def submit(self, values=None, files=(), names=(), drop=()):
        action, fields, multipart = self.form(*names)
        fields = {**fields, **(values or {})}
        for name in drop:
            fields.pop(name, None)
        if not multipart:
            return self.send(action, urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded")
        boundary = "x" + uuid.uuid4().hex
        body = b""
        for name, value in fields.items():
            body += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for file, content in files or [("", b"")]:
            body += (f'--{boundary}\r\nContent-Disposition: form-data; name="tep"; filename="{file}"\r\n'
                     "Content-Type: application/octet-stream\r\n\r\n").encode() + content + b"\r\n"
        return self.send(action, body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}")

    def has(self, *words):
        for w in words:
            assert w in html.unescape(self.text), (self.url, w, re.sub(r"<[^>]+>", " ", self.text)[-3000:])

    def no(self, *words):
        for w in words:
            assert w not in html.unescape(self.text), (self.url, w)


def answer_questions(b):
    """Every question of the form, right after one that is wrong."""
    answers = {"business_name": "Hộ kinh doanh mẫu", "lines": "Bán lẻ tạp hoá\nBán cà phê", "capital": "50.000.000",
               "founded_by": "person", "authorised": "false"}
    for _ in range(12):
        step = b.path.split("?")[0].split("/")[-1]
        if "/cau/" not in b.path:
            return
        if step == "address":
            b.submit({"address.detail": "12 Đường Mẫu", "viec": "tiep"})
            assert b.status == 422, b.status  # province and commune are missing
            b.has("<title>Lỗi:", 'href="#address-province"', 'aria-invalid="true"', "12 Đường Mẫu")
            b.submit({"address.province": "Quảng Trị", "address.commune": "Phường Đông Hà", "viec": "tiep"})
        else:
            b.submit({"viec": "tiep"}, drop=() if step not in ("founded_by", "authorised") else (step,))
            assert b.status == 422, (step, b.status)
            b.has("<title>Lỗi:", f'href="#{step}"', f'id="{step}-error"')
            if step == "capital":
                b.submit({"capital": "năm mươi", "viec": "tiep"})
                assert b.status == 422
                b.has("phải là số nguyên", 'value="năm mươi"')
            b.submit({step: answers[step], "viec": "tiep"})
        assert b.status == 200, (step, b.status, b.text)
    raise AssertionError("the questions never end")


def main():
    with tempfile.TemporaryDirectory(prefix="hienluong-filing-") as folder:
        data = f"{folder}/data"
        out = subprocess.run([PROGRAM, "--data", data, "demo", "--dossiers", "40"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
        passwords = dict(re.findall(r"^    (mau-\S+)  (\S+)$", out, re.M))
        with served(folder, "--data", data) as base:
            def api(method, path, token=None, body=None):
                request = urllib.request.Request(base + "/api/v1/" + path, method=method, data=None if body is None else json.dumps(body).encode(),
                                                 headers={"Content-Type": "application/json"})
                if token:
                    request.add_header("Authorization", "Bearer " + token)
                try:
                    with urllib.request.urlopen(request, timeout=30) as answer:
                        return json.loads(answer.read() or b"null")
                except urllib.error.HTTPError as error:
                    raise AssertionError((path, error.read().decode())) from error

            tokens = {login: api("POST", "sessions", body={"login": login, "password": p})["token"]
                      for login, p in passwords.items() if login != "mau-cong-dan"}

            def sign_in(b):
                b.submit({"ten": "mau-cong-dan", "mat-khau": passwords["mau-cong-dan"]}, names=("ten",))
                assert b.status == 200, b.text
                return b

            # --- Begun without an account -----------------------------------------------------------------------
            b = Browser(base)
            b.get(f"/thu-tuc/{PROCEDURE}").has("Nộp hồ sơ trực tuyến")
            b.get(f"/nop/{PROCEDURE}").has("Bắt đầu khai", "Chuẩn bị trước")
            action, fields, _ = b.form("csrf")
            # A form that another site made brings no mark, or a wrong one.
            for wrong in ({}, {"csrf": "x" * 43}):
                stranger = Browser(base)
                stranger.jar = b.jar
                stranger.send(action, urllib.parse.urlencode(wrong).encode(), "application/x-www-form-urlencoded")
                assert stranger.status == 403, stranger.status
            b.send(action, urllib.parse.urlencode(fields).encode(), "application/x-www-form-urlencoded", [("Sec-Fetch-Site", "cross-site")])
            assert b.status == 403
            b.get(f"/nop/{PROCEDURE}").submit(names=("csrf",))
            assert re.fullmatch(rf"/nop/{re.escape(PROCEDURE)}/[0-9a-f-]{{36}}/cau/business_name", b.path), b.path
            b.has('data-form="1.001612"', 'data-field="business_name"', "data-required", "data-draft")
            draft = "/".join(b.path.split("/")[:4])
            # Whoever has the address but not this browser's key learns nothing.
            other = Browser(base).get(b.path)
            assert other.path.startswith("/dang-nhap"), other.path
            # Saved as it is, to go on later.
            b.submit({"business_name": "Hộ dở dang", "viec": "sau"})
            assert b.path == draft + "/da-luu", b.path
            b.has("chỉ mở được trên trình duyệt này")
            b.get(draft + "/cau/business_name").has('value="Hộ dở dang"')
            # Two windows: the second to save is told, and what was typed stays.
            _, stale, _ = b.form("business_name")
            b.submit({"business_name": "Hộ mới hơn", "viec": "tiep"})
            b.send(draft + "/cau/business_name", urllib.parse.urlencode({**stale, "business_name": "Hộ cũ hơn", "viec": "tiep"}).encode(),
                   "application/x-www-form-urlencoded")
            assert b.status == 409, b.status
            b.has("Hộ cũ hơn", "Đang lưu:", "Hộ mới hơn")
            b.submit({"business_name": "", "viec": "sau"})
            b.get(draft)
            answer_questions(b)
            assert b.path.endswith("/nguoi-nop"), b.path
            b.submit({"name": "", "phone": "12", "viec": "tiep"})
            assert b.status == 422
            b.has("Hãy nhập họ và tên", 'href="#name"')
            b.submit({"name": "Người <b>Mẫu</b>", "id_kind": "personal_id", "id_number": "0451", "phone": "0912345678", "viec": "tiep"})
            assert b.status == 422
            b.has("phải có 12 chữ số", 'href="#id_number"')
            assert "<b>Mẫu" not in b.text
            b.submit({"name": "Người Mẫu", "id_number": "045185000001", "viec": "tiep"})
            assert b.path.endswith("/noi"), (b.path, b.status)
            b.submit({"viec": "tiep"})
            assert b.status == 422
            b.submit({"ten-xa": "khong co xa nay", "viec": "tiep"})
            assert b.status == 422
            b.submit({"ten-xa": "gio hai", "viec": "tiep"})  # a commune of before 1 July 2025
            assert b.status == 422 and b.path.endswith("/noi"), (b.status, b.path)
            b.has("tên cũ:")
            b.submit({"noi": "vn-19333", "ten-xa": "", "viec": "tiep"})
            # --- Papers want a known person ----------------------------------------------------------------------
            assert b.path.startswith("/dang-nhap?tiep="), b.path
            b.has("Những câu bạn đã trả lời vẫn được giữ")
            b.submit({"ten": "mau-cong-dan", "mat-khau": "sai"}, names=("ten",))
            assert b.status == 401
            b.has("<title>Lỗi:", "không đúng", 'value="mau-cong-dan"')
            sign_in(b)
            assert b.path.startswith(draft + "/giay-to/"), b.path
            assert not [c for c in b.jar if c.name == "drafts" and c.value], "the draft belongs to the account now"
            b.submit({"viec": "tiep"})
            assert b.status == 422
            b.has("Hãy gửi giấy tờ này")
            b.submit({"viec": "them"}, [("ảnh.pdf", b"no pdf at all")])
            assert b.status in (415, 422), b.status
            b.has("ảnh.pdf")
            b.submit({"viec": "them"}, [("Giấy đề nghị.pdf", PDF), ("Trang 2.pdf", PDF + b"2")])
            assert b.status == 200
            b.has("Giấy đề nghị.pdf", "Trang 2.pdf")
            remove = re.search(r'name="xoa-tep" value="([^"]+)"', b.text).group(1)
            action, fields, _ = b.forms()[1]
            b.send(action, urllib.parse.urlencode({**fields, "xoa-tep": remove}).encode(), "application/x-www-form-urlencoded")
            assert b.status == 200 and len(re.findall("xoa-tep", b.text)) == 1
            for _ in range(12):
                if b.path.split("?")[0].endswith("/kiem-tra"):
                    break
                boundary = "BB"
                action, fields, _ = [f for f in b.forms() if f[2]][0]
                fields = {**fields, "viec": "tiep"}
                if "Giấy đề nghị" not in b.text and "khong-co" in b.text:
                    fields["khong-co"] = "later"
                body = "".join(f'--{boundary}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items())
                b.send(action, (body + f"--{boundary}--\r\n").encode(), f"multipart/form-data; boundary={boundary}")
                assert b.status == 200, (b.path, b.status, b.text)
            assert b.path.endswith("/kiem-tra"), b.path
            b.has("Hộ kinh doanh mẫu", "50.000.000", "Bán cà phê", "Người Mẫu", "Phường Đông Hà", "Cá nhân", "Không")
            # Resumed on another device.
            phone = Browser(base)
            phone.get("/ho-so")
            assert phone.path.startswith("/dang-nhap")
            sign_in(phone)
            phone.has("Đang khai dở", draft)
            phone.get(draft)
            assert phone.path.endswith("/kiem-tra"), phone.path
            # Changed from the check, and back to it.
            phone.get(draft + "/cau/business_name?ve=kiem-tra").submit({"business_name": "Hộ kinh doanh mẫu số 2", "viec": "tiep"})
            assert phone.path.endswith("/kiem-tra"), phone.path
            phone.has("Hộ kinh doanh mẫu số 2")
            # --- Filed -----------------------------------------------------------------------------------------
            b.get(draft + "/kiem-tra").submit(drop=("cam-doan",))
            assert b.status == 422
            b.has("Hãy đánh dấu cam đoan")
            b.submit({"cam-doan": "co"})
            assert b.status == 200 and b.path.endswith("/bien-nhan"), (b.status, b.path, b.text)
            code = b.path.split("/")[2]
            b.has(code, "<svg", "Đã nộp hồ sơ", "data-forget", "Tiếp theo")
            phone.get(draft + "/kiem-tra")
            assert phone.status == 404, phone.status
            b.get("/ho-so").has(code, "Mới đăng ký")
            clerk, handler, head = (tokens[x] for x in ("mau-mot-cua", "mau-thu-ly", "mau-lanh-dao"))
            seen = api("GET", f"dossiers/{code}", clerk)
            text = json.dumps(seen, ensure_ascii=False)
            assert "Hộ kinh doanh mẫu số 2" in text and "045185000001" in text, text
            files = api("GET", f"dossiers/{code}/files", clerk)["items"]
            assert len(files) == 1 and files[0]["role"] == "paper", files
            # Another person's dossier is not there, whatever one tries.
            foreign = api("POST", "dossiers", clerk, {
                "procedure": PROCEDURE, "channel": "desk", "place": "vn-19333",
                "applicant": {"name": "Người Khác (mẫu)", "id_kind": "personal_id", "id_number": "045185000002", "phone": "0900000009", "address": "Mẫu"},
                "answers": {"business_name": "Hộ khác", "address": "Mẫu", "lines": "Bán lẻ", "capital": 1000, "founded_by": "person", "authorised": False},
                "components": [{"id": "giay-de-nghi", "originals": 1}]})["code"]
            for path in ("", "/bien-nhan", "/bo-sung", "/danh-gia", "/rut", "/tep/x"):
                b.get(f"/ho-so/{foreign}{path}")
                assert b.status == 404, (path, b.status)
                b.no("Người Khác")
                b.get(f"/ho-so/H99.9-261124-9999{path}")
                assert b.status == 404, (path, b.status)
            anonymous = Browser(base).get(f"/ho-so/{code}")
            assert anonymous.path.startswith("/dang-nhap"), anonymous.path
            # --- Received; a supplement asked for and answered ----------------------------------------------------
            api("POST", f"dossiers/{code}/receive", clerk, {})
            api("POST", f"dossiers/{code}/transfer", clerk, {})
            api("POST", f"dossiers/{code}/complete", head, {})
            api("POST", f"dossiers/{code}/claim", handler, {})
            b.get(f"/ho-so/{code}").has("Cán bộ thụ lý (mẫu)", "Ngày hẹn được tính thế nào", "Giấy đề nghị.pdf" if "Giấy đề nghị.pdf" in b.text else "Trang 2.pdf")
            api("POST", f"dossiers/{code}/supplement", handler, {"items": ["Hợp đồng thuê nhà"], "reason": "Còn thiếu", "contact": "Bộ phận một cửa"})
            b.get(f"/ho-so/{code}").has("Hợp đồng thuê nhà", "Còn thiếu", "Gửi giấy tờ bổ sung")
            b.get(f"/ho-so/{code}/bo-sung").submit({"viec": "gui"})
            assert b.status == 422
            b.has("Hãy gửi ít nhất một tệp hoặc viết lời nhắn")
            b.submit({"viec": "gui", "loi-nhan": "Gửi bổ sung\nđủ hai trang"}, [("Hợp đồng.pdf", PDF + b"3")])
            assert b.status == 200 and b.path == f"/ho-so/{code}", (b.status, b.path, b.text)
            b.has("Hợp đồng.pdf", "Đang xử lý")
            roles = [f["role"] for f in api("GET", f"dossiers/{code}/files", clerk)["items"]]
            assert roles == ["paper", "supplement"], roles
            link = re.search(rf'href="(/ho-so/{re.escape(code)}/tep/[^"]+)"', b.text).group(1)
            b.send(link)
            assert b.status == 200 and b.headers["Content-Disposition"].startswith("attachment") and b.text.startswith("%PDF")
            # --- A session that ends while somebody types -----------------------------------------------------------
            b.get(f"/nop/{PROCEDURE}").submit(names=("csrf",))
            second = "/".join(b.path.split("/")[:4])
            action, fields, _ = b.form("business_name")
            signed_out = Browser(base)
            signed_out.jar = http.cookiejar.CookieJar()
            for c in b.jar:
                signed_out.jar.set_cookie(c)
            signed_out.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(signed_out.jar))
            signed_out.get("/ho-so")
            action_out, out_fields, _ = [f for f in signed_out.forms() if f[0] == "/dang-xuat"][0]
            signed_out.send(action_out, urllib.parse.urlencode(out_fields).encode(), "application/x-www-form-urlencoded").has("Đã đăng xuất")
            b.send(action, urllib.parse.urlencode({**fields, "business_name": "Gõ trước khi hết phiên", "viec": "tiep"}).encode(), "application/x-www-form-urlencoded")
            assert b.status == 401, b.status
            b.has("Nội dung bạn vừa gõ vẫn được giữ")
            sign_in(b)
            b.has("Đã đăng nhập", 'value="Gõ trước khi hết phiên"')
            b.submit(names=("business_name",))
            assert b.path.startswith(second), b.path
            b.get(second + "/cau/business_name").has('value="Gõ trước khi hết phiên"')
            b.get(second + "/xoa").submit()
            assert b.path == "/ho-so", b.path
            b.no(second)
            # --- Approved, returned, rated -----------------------------------------------------------------------------
            api("POST", f"dossiers/{code}/complete", handler, {"note": "Đủ điều kiện"})
            for _ in range(6):
                state = api("GET", f"dossiers/{code}", clerk)["state"]
                if state == "finished":
                    break
                if state == "signing":
                    api("POST", f"dossiers/{code}/result", head, {"kind": RESULT, "number": "MAU-01", "signature": "digital"})
                else:
                    api("POST", f"dossiers/{code}/complete", handler, {})
            assert api("GET", f"dossiers/{code}", clerk)["state"] == "finished"
            b.get(f"/ho-so/{code}").has("MAU-01", "nhận kết quả tại")
            unpaid = [c for c in api("GET", f"dossiers/{code}", clerk)["charges"] if not c.get("paid_at")]
            if unpaid:
                api("POST", f"dossiers/{code}/charge", clerk, {"charges": [{"id": c["id"], "amount": 100000} for c in unpaid]})
                b.get(f"/ho-so/{code}").has("Khoản phải nộp", "100.000 ₫")
                api("POST", f"dossiers/{code}/payment", clerk, {"method": "cash", "receipt": "MAU-BL-1"})
            api("POST", f"dossiers/{code}/deliver", clerk, {"method": "desk"})
            b.get(f"/ho-so/{code}").has("Đánh giá việc giải quyết")
            b.get(f"/ho-so/{code}/danh-gia").submit()
            assert b.status == 422
            b.has("Hãy chọn một mức")
            b.submit({"muc": "4", "y-kien": "Nhanh gọn"})
            assert b.path == f"/ho-so/{code}", b.path
            b.has("Cảm ơn bạn đã đánh giá")
            # Without an account: code and phone, once.
            api("POST", f"dossiers/{foreign}/receive", clerk, {})
            tracked = Browser(base).get(f"/tra-cuu/danh-gia?ma={code}")
            tracked.submit({"muc": "5", "dien-thoai": "0912345679"})
            assert tracked.status == 404, tracked.status
            tracked.submit({"muc": "5", "dien-thoai": "0912345678"})
            assert tracked.status == 409, tracked.status
            tracked.has("đã được đánh giá")
            # --- Stopped at his request ---------------------------------------------------------------------------------
            own = re.findall(r'href="/ho-so/([^"/]+)"', b.get("/ho-so").text)
            mine = [c for c in own if c not in (code, "du-lieu-cua-toi")]
            assert len(mine) == 3, mine  # what the demonstration gave the citizen
            b.get(f"/ho-so/{mine[-1]}/rut").submit({"ly-do": ""})
            assert b.status == 422
            b.submit({"ly-do": "Không còn nhu cầu", "chac": "co"})
            assert b.path == f"/ho-so/{mine[-1]}", (b.path, b.text)
            b.has("rút hồ sơ", "Không còn nhu cầu")
            # --- Who read it -----------------------------------------------------------------------------------------------
            b.get("/ho-so/du-lieu-cua-toi").has("Cán bộ một cửa (mẫu)", "giải quyết hồ sơ thủ tục hành chính", "Người Mẫu", "045185000001", "Bạn")
            english = Browser(base)
            english.get("/dang-nhap?lang=en")
            sign_in(english)
            for path in ("/ho-so", f"/ho-so/{code}", "/ho-so/du-lieu-cua-toi", f"/ho-so/{code}/bien-nhan", f"/nop/{PROCEDURE}"):
                english.get(path)
                assert english.status == 200 and 'lang="en"' in english.text, path
            # Where to go on is a path of ours, never elsewhere.
            for where in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"):
                away = Browser(base).get("/dang-nhap?tiep=" + urllib.parse.quote(where))
                assert away.form("ten")[1]["tiep"] == "/ho-so", where
            # Staff sign in here too, and find their own desk.
            clerk_page = Browser(base).get("/dang-nhap")
            action, fields, _ = clerk_page.form("ten")
            class Stay(urllib.request.HTTPRedirectHandler):
                def redirect_request(self, *_):
                    return None
            opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(clerk_page.jar), Stay)
            try:
                opener.open(urllib.request.Request(base + action, urllib.parse.urlencode({**fields, "ten": "mau-mot-cua", "mat-khau": passwords["mau-mot-cua"]}).encode(),
                                                   {"Content-Type": "application/x-www-form-urlencoded"}), timeout=30)
                raise AssertionError("no redirect")
            except urllib.error.HTTPError as moved:
                assert (moved.status, moved.headers["Location"]) == (303, "/app/desk")
            # A large body of nobody is not read.
            nobody = Browser(base)
            nobody.get("/")
            nobody.send(f"/ho-so/{code}/bo-sung", b"x" * 3_000_000, "multipart/form-data; boundary=x")
            assert nobody.path.startswith("/dang-nhap"), nobody.path
            log = pathlib.Path(f"{folder}/log").read_text(encoding="utf-8")
            for secret in ("0912345678", "Người Mẫu", "Hộ kinh doanh mẫu", "045185000001", passwords["mau-cong-dan"]):
                assert secret not in log, secret
    print("filed, supplemented, returned and rated without a script; strangers kept out")
    return 0


if __name__ == "__main__":
    sys.exit(main())
