#!/usr/bin/python3
"""Documents between agencies from outside, over the simulated axis. An agency elsewhere (played here, signing with the
xmlsec1 tool) writes to the province: its letter is received, registered, assigned, finished, and it is told each step;
the province writes back. On the way the axis is down, slow, answers by halves and twice, the program is killed, a letter
comes twice, an update before its document, a wrong signature, a status about nothing. At the end nothing is lost or
doubled, and the xmlsec1 tool verifies every file that was sent. Who signs is bound to its agency by two administrators, and
revoked over HTTP: what came before stays, what comes after is marked and needs a written reason."""
import base64
import contextlib
import datetime
import hashlib
import http.server
import io
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import zipfile
from xml.sax.saxutils import escape

import yaml

from served import PROGRAM, ROOT, call, checked, served

SIMULATOR = os.environ.get("HL_SIMULATOR", str(pathlib.Path(PROGRAM).parent / "hienluong-sim"))
PASSWORD = "cau dai de nho ma khong ai doan"
AGENCY, CODE, THERE = "so-noi-vu", "H50.02", "G22"
DATA = ROOT / "packs/quang-tri/documents"
ZONE = datetime.timezone(datetime.timedelta(hours=7))
SPACE = 'xmlns="http://www.mic.gov.vn/TBT/QCVN_102_2016" xmlns:edXML="http://www.mic.gov.vn/TBT/QCVN_102_2016"'
SIGNATURE = """<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>
<CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>
<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/><Reference URI=""><Transforms>
<Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/></Transforms>
<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue/></Reference></SignedInfo><SignatureValue/>
<KeyInfo><X509Data><X509Certificate/></X509Data></KeyInfo></Signature>"""


def until(what, ready, seconds=30):
    end = time.monotonic() + seconds
    while not (got := ready()):
        assert time.monotonic() < end, what
        time.sleep(0.1)
    return got


def shell(*command, **more):
    done = subprocess.run([str(c) for c in command], cwd=ROOT, capture_output=True, text=True, check=False, **more)
    assert done.returncode == 0, f"{command}: {done.stdout[-800:]} {done.stderr[-800:]}"
    return done.stdout


class Keys:
    """A root, a signer for the province and one for the agency elsewhere, one under nobody."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder, "pki")
        self.folder.mkdir()
        self.make("root", None)
        for name in ("province", "there"):
            self.make(name, "root")
        self.make("stranger", None)

    def path(self, name):
        return self.folder / name

    def make(self, name, issuer):
        f = self.path
        shell("openssl", "req", "-newkey", "rsa:2048", "-nodes", "-keyout", f(name + ".key"), "-out", f(name + ".csr"), "-subj", f"/CN={name} (thu)")
        f(name + ".key").chmod(0o600)
        kind = "CA:TRUE" if issuer is None else "CA:FALSE\nkeyUsage=digitalSignature"
        f("ext").write_text(f"basicConstraints=critical,{kind}\n")
        by = ["-signkey", f(name + ".key")] if issuer is None else ["-CA", f(issuer + ".crt"), "-CAkey", f(issuer + ".key"), "-CAcreateserial"]
        shell("openssl", "x509", "-req", "-in", f(name + ".csr"), "-out", f(name + ".crt"), "-days", "365", "-extfile", f("ext"), *by)

    def revocation_list(self, *revoked):
        """As the root's authority makes it, by the openssl tool."""
        database = self.path("index.txt")
        serial = lambda name: shell("openssl", "x509", "-in", self.path(name + ".crt"), "-noout", "-serial").strip().split("=")[1]
        now = datetime.datetime.now(datetime.timezone.utc)
        later, since = (now + datetime.timedelta(days=300)).strftime("%y%m%d%H%M%SZ"), now.strftime("%y%m%d%H%M%SZ")
        database.write_text("".join(f"R\t{later}\t{since}\t{serial(name)}\tunknown\t/CN={name} (thu)\n" for name in revoked))
        self.path("ca.cnf").write_text(f"[ca]\ndefault_ca=own\n[own]\ndatabase={database}\ndefault_md=sha256\ndefault_crl_days=7\n")
        shell("openssl", "ca", "-gencrl", "-config", self.path("ca.cnf"), "-keyfile", self.path("root.key"), "-cert", self.path("root.crt"), "-out", self.path("root.crl"))
        return self.path("root.crl").read_bytes()

    def sign(self, edxml, who="there"):
        plain, done = self.path("plain.edxml"), self.path("signed.edxml")
        plain.write_text(edxml.replace("</edXML:edXMLHeader>", SIGNATURE + "</edXML:edXMLHeader>"), encoding="utf-8")
        shell("xmlsec1", "--sign", "--privkey-pem", f"{self.path(who + '.key')},{self.path(who + '.crt')}", "--output", done, plain)
        return done.read_text(encoding="utf-8")

    def verifies(self, edxml):
        file = self.path("check.edxml")
        file.write_text(edxml, encoding="utf-8")
        return subprocess.run(["xmlsec1", "--verify", "--trusted-pem", str(self.path("root.crt")), str(file)], capture_output=True, check=False).returncode == 0


def letter(number, business=0, of=None, priority=0, files=(("Công văn.pdf", b"%PDF-1.4 thu"),)):
    """As the agency elsewhere writes it."""
    today = datetime.datetime.now(ZONE)
    day, now = today.strftime("%Y/%m/%d"), today.strftime("%Y/%m/%d %H:%M:%S")
    e = lambda name, value: f"<edXML:{name}>{escape(str(value))}</edXML:{name}>"
    references = encoded = ""
    for i, (name, content) in enumerate(files):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as z:
            z.writestr(name, content)
        references += f"<edXML:Reference>{e('ContentId', f'cid:f{i}')}{e('ContentType', 'application/pdf')}{e('AttachmentName', name)}</edXML:Reference>"
        encoded += (f"<Attachment><ContentId>f{i}</ContentId><AttachmentName>{escape(name)}</AttachmentName><ContentType>application/pdf</ContentType>"
                    f"<ContentTransferEncoded>{base64.b64encode(packed.getvalue()).decode()}</ContentTransferEncoded></Attachment>")
    change = "" if of is None else e("BussinessDocReason", "Sửa") + e("DocumentId", of) + "<edXML:BussinessDocumentInfo><edXML:DocumentInfo>1</edXML:DocumentInfo></edXML:BussinessDocumentInfo>"
    document_id = f"{THERE},{day},{number}/VPCP-TH"
    return document_id, (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<edXML {SPACE}><edXML:edXMLEnvelope><edXML:edXMLHeader><edXML:MessageHeader>'
        f"<edXML:From>{e('OrganId', THERE)}{e('OrganName', 'Cơ quan thử')}</edXML:From><edXML:To>{e('OrganId', CODE)}</edXML:To>{e('DocumentId', document_id)}"
        f"<edXML:Code>{e('CodeNumber', number)}{e('CodeNotation', 'VPCP-TH')}</edXML:Code><edXML:PromulgationInfo>{e('PromulgationDate', day)}</edXML:PromulgationInfo>"
        f"{e('Subject', f'V/v thử số {number} <&>')}<edXML:OtherInfo>{e('Priority', priority)}</edXML:OtherInfo></edXML:MessageHeader>"
        f"<edXML:TraceHeaderList><edXML:TraceHeader>{e('OrganId', THERE)}{e('Timestamp', now)}</edXML:TraceHeader><edXML:Bussiness>{e('BussinessDocType', business)}{change}"
        f'</edXML:Bussiness></edXML:TraceHeaderList></edXML:edXMLHeader><edXML:edXMLBody><edXML:edXMLManifest version="1.0">{references}</edXML:edXMLManifest></edXML:edXMLBody>'
        f"</edXML:edXMLEnvelope><AttachmentEncoded>{encoded}</AttachmentEncoded></edXML>")


def status(document_id, code, to):
    now = datetime.datetime.now(ZONE).strftime("%Y/%m/%d %H:%M:%S")
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<edXML {SPACE}><edXML:edXMLEnvelope><edXML:edXMLHeader><edXML:Status><edXML:ResponseFor>'
            f"<edXML:OrganId>{to}</edXML:OrganId><edXML:DocumentId>{escape(document_id)}</edXML:DocumentId></edXML:ResponseFor>"
            f"<edXML:From><edXML:OrganId>{THERE}</edXML:OrganId></edXML:From><edXML:StatusCode>{code}</edXML:StatusCode><edXML:Timestamp>{now}</edXML:Timestamp>"
            f"</edXML:Status></edXML:edXMLHeader></edXML:edXMLEnvelope></edXML>")


class Lists:
    """Where the authority puts its list of revoked certificates."""

    def __init__(self, content):
        self.content = content
        lists = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200 if lists.content else 503)
                self.end_headers()
                self.wfile.write(lists.content or b"")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/root.crl"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Axis:
    """hienluong-sim as the axis."""

    def __init__(self, folder, keys):
        self.folder, self.keys, self.port = pathlib.Path(folder), keys, 0
        self.secret = self.folder / "axis.secret"
        self.secret.write_text("bi-mat-chi-de-thu\n")
        self.secret.chmod(0o600)
        self.start()

    def start(self):
        out = self.folder / "axis.out"
        with out.open("w", encoding="utf-8") as printed:
            self.process = subprocess.Popen(
                [SIMULATOR, "--port", str(self.port), "--file", str(self.folder / "axis.db"), "--only", "vxp", "--set-file", f"vxp.secret={self.secret}", "--set",
                 f"vxp.systems=quangtri=H50,vpcp={THERE}", "--set", f"vxp.schema={DATA / 'edxml.xsd'}", "--set", f"vxp.anchor={self.keys.path('root.crt')}"], stdout=printed)
        while not (text := out.read_text(encoding="utf-8")).endswith("\n"):
            assert self.process.poll() is None
            time.sleep(0.01)
        self.base = text.strip()
        self.port = int(self.base.rsplit(":", 1)[1])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def post(self, path, **body):
        request = urllib.request.Request(self.base + path, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def fault(self, word, **more):
        self.post("/control/vxp", fault=word, **more)

    def deliver(self, edxml, kind="edoc"):
        self.post("/control/vxp/do/deliver", system="quangtri", **{"from": THERE}, kind=kind, edxml=edxml)

    def inbox(self, system="quangtri"):
        return self.post("/control/vxp/do/inbox", system=system)

    def held(self):
        with urllib.request.urlopen(f"{self.base}/compare/vxp?limit=500", timeout=30) as answer:
            return json.loads(answer.read())["items"]

    def read(self, key):
        return self.post("/control/vxp/do/read", key=key)


def account(folder, login, role, *more):
    printed = shell(PROGRAM, "--data", folder + "/data", "user", "add", login, "--name", login + " (mẫu)")
    shell(PROGRAM, "--data", folder + "/data", "user", "grant", login, role, *more)
    return re.search(r"once\)\s+(\S+)", printed).group(1)


def sign_in(base, login, once):
    token = call(base, "POST", "/sessions", body={"login": login, "password": once})[1]["token"]
    code, said = call(base, "POST", "/me/password", token, {"old_password": once, "password": PASSWORD})
    assert code < 300, said
    return token


def command_line(keys, folder):
    """check explains every mistake; sign and verify agree with the tool."""
    _, edxml = letter(900)
    file, out, trust = keys.path("cli.edxml"), keys.path("cli.signed"), keys.path("trust")
    trust.mkdir()
    (trust / "root.pem").write_bytes(keys.path("root.crt").read_bytes())
    file.write_text(edxml, encoding="utf-8")
    assert "no mistakes" in shell(PROGRAM, "documents", "check", file, "--data", DATA)
    shell(PROGRAM, "documents", "sign", file, "--key", keys.path("province.key"), "--certificates", keys.path("province.crt"), "--out", out)
    assert keys.verifies(out.read_text(encoding="utf-8"))
    assert "rsa-sha256" in shell(PROGRAM, "documents", "verify", out, "--anchors", trust)
    file.write_text(re.sub("<edXML:BussinessDocType>0", "<edXML:BussinessDocType>9", edxml).replace("Subject>", "Subjekt>"), encoding="utf-8")
    done = subprocess.run([PROGRAM, "documents", "check", str(file), "--data", str(DATA)], cwd=ROOT, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 1 and "Subject" in said and "BussinessDocType" in said, said


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="hienluong-documents-") as folder:
        keys = Keys(folder)
        command_line(keys, folder)
        axis = Axis(folder, keys)
        lists = Lists(keys.revocation_list())
        try:
            config = prepare(folder + "/own", keys, {
                "url": axis.base + "/vxp", "user": "quangtri", "secret_file": str(axis.secret), "timeout_seconds": 2, "first_retry_seconds": 0.05,
                "longest_retry_seconds": 0.3, "breaker_rest_seconds": 0.1, "longest_rest_seconds": 0.3, "more": {"revocation_lists": lists.url}})
            passwords = {"van-thu": account(folder + "/own", "van-thu", "registrar", "--agency", AGENCY), "quan-tri": account(folder + "/own", "quan-tri", "administrator"), "quan-tri-hai": account(folder + "/own", "quan-tri-hai", "administrator"),
                         "nguoi-la": account(folder + "/own", "nguoi-la", "registrar", "--agency", "so-tu-phap")}
            scenes(folder + "/own", config, axis, keys, passwords, lists)
            two_installations(folder, keys)
            return 0
        finally:
            axis.process.kill()
            axis.process.wait()


def scenes(folder, config, axis, keys, passwords, lists):
    tokens = {}

    def sign_all(base):
        for login, once in passwords.items():
            tokens[login] = sign_in(base, login, once)

    def box(base, direction="in", who="van-thu", **more):
        query = "".join(f"&{k}={v}" for k, v in more.items())
        code, answer = call(base, "GET", f"/documents?agency={AGENCY}&direction={direction}{query}", tokens[who])
        return answer["items"] if code == 200 else code

    fetch = lambda base: call(base, "POST", "/links/documents/tasks/receive", tokens["quan-tri"])

    def arrived(base, document_id):
        fetch(base)
        return until(f"{document_id} does not arrive", lambda: next((d for d in box(base) if d["document_id"] == document_id), None) or (fetch(base) and None))

    # 0. A letter whose signer nobody knows is kept and marked, until two administrators say whose certificate it is.
    with served(folder, "--config", config) as plain, checked(plain, folder) as base:
        sign_all(base)
        stranger, edxml = letter(50)
        axis.deliver(keys.sign(edxml))
        d = arrived(base, stranger)
        assert d["signature"] == "unbound", d
        whole = call(base, "GET", f"/documents/{d['key']}", tokens["van-thu"])[1]
        assert [r["code"] for r in whole["signature_facts"]["reasons"]] == ["signer.nobody"] and not whole["signature_facts"]["sure"], whole
        code, said = call(base, "POST", f"/documents/{d['key']}/register", tokens["van-thu"])
        assert code == 409 and said["code"] == "document.signature_unsure", said
        seen = call(base, "GET", "/documents/signers/unbound", tokens["quan-tri"])[1]["items"]
        assert len(seen) == 1 and seen[0]["organ"] == THERE and seen[0]["documents"] == 1 and "there" in seen[0]["subject"], seen
        body = {"organ": THERE, "rule": "certificate", "sha256": seen[0]["sha256"], "from": datetime.datetime.now(ZONE).strftime("%Y-%m-%d"), "source": "Danh sách chứng thư của cơ quan (mẫu)"}
        assert call(base, "POST", "/documents/signers", tokens["van-thu"], body)[0] == 403
        code, line = call(base, "POST", "/documents/signers", tokens["quan-tri"], body)
        assert code == 201 and line["state"] == "proposed", line
        code, said = call(base, "POST", f"/documents/signers/{line['id']}/approve", tokens["quan-tri"])
        assert code == 409 and said["code"] == "documents.same_person", said
        code, line = call(base, "POST", f"/documents/signers/{line['id']}/approve", tokens["quan-tri-hai"])
        assert code == 200 and line["state"] == "in_force" and line["documents"] == 1, line
        assert call(base, "GET", f"/documents/{d['key']}", tokens["van-thu"])[1]["signature"] == "valid"
        assert call(base, "GET", "/documents/signers/unbound", tokens["quan-tri"])[1]["items"] == []
        code, said = call(base, "GET", "/documents/revocation", tokens["quan-tri"])
        assert said["items"][0]["state"] == "good" and said["items"][0]["verified"] and said["items"][0]["problem"] is None, said

    # 1. A letter comes while the axis misbehaves, and is told each step.
    first, edxml = letter(1)
    update, early = letter(2, business=2, of=first)
    axis.deliver(keys.sign(early))           # before its document
    with served(folder, "--config", config) as plain, checked(plain, folder) as base:
        sign_again(base, tokens, passwords)
        until("the early update is not held", lambda: (fetch(base), call(base, "GET", "/documents/held", tokens["van-thu"])[1]["items"])[1])
        signed = keys.sign(edxml)
        axis.deliver(signed)
        axis.deliver(signed)                 # twice
        axis.fault("half", of=3)
        d = arrived(base, first)
        axis.fault("none")
        assert [x["document_id"] for x in box(base)].count(first) == 1
        until("the update does not follow its document", lambda: any(x["document_id"] == update and x["asked"] == "update" for x in box(base)))
        assert call(base, "GET", "/documents/held", tokens["van-thu"])[1]["items"] == []
        assert call(base, "GET", f"/documents/{d['key']}", tokens["nguoi-la"])[0] == 403
        assert box(base, who="nguoi-la") == 403
        code, whole = call(base, "POST", f"/documents/{d['key']}/register", tokens["van-thu"])
        assert code == 200 and whole["register_number"] == 1 and whole["signature"] == "valid", whole
        assert call(base, "POST", f"/documents/{d['key']}/register", tokens["van-thu"])[0] == 409
        # What it carries is what was sent.
        request = urllib.request.Request(f"{base}/api/v1/documents/{d['key']}/files/0", headers={"Authorization": "Bearer " + tokens["van-thu"]})
        with urllib.request.urlopen(request, timeout=30) as answer:
            assert answer.read() == b"%PDF-1.4 thu" and hashlib.sha256(b"%PDF-1.4 thu").hexdigest() == whole["files"][0]["sha256"]
        answered = next(x for x in box(base) if x["document_id"] == update)
        assert call(base, "POST", f"/documents/{answered['key']}/answer", tokens["van-thu"], {"accept": True})[0] == 200

    # 2. Forged, unsigned and changed letters stay out, and the axis is told why.
    with served(folder, "--config", config) as plain, checked(plain, folder) as base:
        sign_again(base, tokens, passwords)
        for n, bad in ((11, keys.sign(letter(11)[1], "stranger")), (12, letter(12)[1]), (13, keys.sign(letter(13)[1]).replace("V/v thử số 13", "V/v thử số 31"))):
            axis.deliver(bad)
        axis.deliver(keys.sign(status(f"{CODE},2026/01/01,77/X", "03", CODE)), "status")
        until("the forged ones are not refused", lambda: (fetch(base), [m["reason"] for m in axis.inbox() if m["state"] == "fail"])[1].__len__() == 3)
        reasons = [m["reason"] for m in axis.inbox() if m["state"] == "fail"]
        assert reasons == ["edxml.signature_untrusted", "edxml.unsigned", "edxml.signature_wrong"], reasons
        until("the status about nothing is not held", lambda: (fetch(base), all(m["state"] != "initial" for m in axis.inbox()))[1])
        assert not any(x["number"] in ("11", "12", "13") for x in box(base))

        # 3. The province writes; killed and down in between, it arrives once.
        body = {"agency": AGENCY, "notation": "SNV-VP", "place": "Đồng Hới", "kind": "cong-van", "subject": "V/v trả lời <thử> & kiểm tra", "priority": 1,
                "receivers": [{"organ_id": THERE, "name": "Cơ quan thử"}], "replies": [first], "files": [{"name": "a.pdf", "type": "application/pdf", "base64": base64.b64encode(b"%PDF tra loi").decode()}]}
        assert call(base, "POST", "/documents/outgoing", tokens["van-thu"], {**body, "receivers": [{"organ_id": "sai"}]})[0] == 422
        keys_out = []
        for n in range(3):
            code, out = call(base, "POST", "/documents/outgoing", tokens["van-thu"], body)
            assert code == 201 and out["number"] == str(n + 1), out
            keys_out.append(out["key"])
        axis.fault("down")
        for key in keys_out[:2]:
            assert call(base, "POST", f"/documents/{key}/send", tokens["van-thu"])[1]["state"] == "sent"
        assert call(base, "POST", f"/documents/{keys_out[0]}/send", tokens["van-thu"])[0] == 409
        time.sleep(0.3)
    axis.fault("lose", of=2)                 # the answer is lost: sent again, known there
    with served(folder, "--config", config) as plain, checked(plain, folder) as base:
        sign_again(base, tokens, passwords)
        call(base, "POST", f"/documents/{keys_out[2]}/send", tokens["van-thu"])
        time.sleep(0.3)
        axis.kill()
        axis.start()
        axis.fault("none")
        link = lambda: call(plain, "GET", "/links/documents", tokens["quan-tri"])[1]
        until("the outbox does not empty", lambda: (s := link())["waiting"] == 0 and s["lag_events"] == 0)
        assert link()["dead"] == 0 and link()["held"] == 0, link()
        there = [m for m in axis.inbox("vpcp") if m["kind"] == "edoc"]
        assert len(there) == 3, there
        sent = {m["document_id"]: m for m in axis.held() if m["kind"] == "edoc" and m["from"] == CODE}
        assert len(sent) == 3, sent
        told = sorted(m["code"] for m in axis.held() if m["kind"] == "status" and m["document_id"] == first)
        assert told == ["01", "03"], told
        assert sorted(m["code"] for m in axis.held() if m["kind"] == "status" and m["document_id"] == update) == ["01", "15"]
        for m in axis.held():
            text = axis.read(m["key"])
            assert keys.verifies(text), m
            assert "no mistakes" in check_text(keys, text)

        # 4. The receiver says what became of it.
        document_id = next(iter(sorted(sent)))
        for code in ("01", "03"):
            axis.deliver(keys.sign(status(document_id, code, CODE)), "status")
            time.sleep(1.1)                  # statuses have whole seconds
        key = next(d["key"] for d in box(base, "out") if d["document_id"] == document_id)
        got = lambda: (fetch(base), call(base, "GET", f"/documents/{key}", tokens["van-thu"])[1]["receivers"][0]["status"])[1]
        until("the status does not come", lambda: got() == "03")
        counts = call(base, "GET", f"/documents/counts?agency={AGENCY}", tokens["van-thu"])[1]
        assert counts["to_send"] == 0 and counts["in_work"] == 1, counts
        call(base, "POST", "/links/documents/tasks/agencies", tokens["quan-tri"])
        until("the axis' agencies are not there", lambda: any(a["organ_id"] == THERE for a in call(base, "GET", "/documents/correspondents?words=G22", tokens["van-thu"])[1]["items"]))
        assert call(base, "GET", "/documents/codes", tokens["van-thu"])[1]["kinds"].__len__() == 29

        # 5. The signer's certificate is revoked: what came before stays, what comes after is marked. A list that cannot be had, or is no list, changes nothing.
        for content, problem in ((None, "http.503"), (b"khong phai", "documents.revocation_list")):
            lists.content = content
            one = call(base, "POST", "/documents/revocation/fetch", tokens["quan-tri"])[1]["items"][0]
            assert one["problem"]["code"] == problem and one["state"] == "good", one
        time.sleep(1.1)
        lists.content = keys.revocation_list("there")
        answer = call(base, "POST", "/documents/revocation/fetch", tokens["quan-tri"])[1]
        assert answer["items"][0]["entries"] == 1 and answer["items"][0]["problem"] is None, answer
        time.sleep(1.1)
        late, edxml = letter(60)
        axis.deliver(keys.sign(edxml))
        d = arrived(base, late)
        assert d["signature"] == "revoked", d
        assert next(x for x in box(base) if x["document_id"] == first)["signature"] == "valid"
        assert call(base, "POST", f"/documents/{d['key']}/register", tokens["van-thu"])[1]["code"] == "document.signature_unsure"
        code, whole = call(base, "POST", f"/documents/{d['key']}/register", tokens["van-thu"], {"reason": "Đã gọi điện xác nhận"})
        assert code == 200 and whole["signature_facts"]["overruled_why"] == "Đã gọi điện xác nhận", whole
        shell(PROGRAM, "--data", folder + "/data", "ledger", "verify")
    print(f"{len(axis.held())} messages on the axis, each verified by xmlsec1; nothing lost, nothing doubled")
    return 0


def prepare(folder, keys, links, systems=None):
    """An installation with the province's keys; gives its settings file."""
    pathlib.Path(folder).mkdir(exist_ok=True)
    shell(PROGRAM, "--data", folder + "/data", "migrate")
    shell(PROGRAM, "--data", folder + "/data", "pack", "apply", ROOT / "packs/quang-tri")
    own = pathlib.Path(folder, "data/keys/documents")
    for d in ("signing", "trust", "revocation"):
        (own / d).mkdir(parents=True)
    (own / "revocation/root.crl").write_bytes(keys.path("root.crl").read_bytes())
    for kind in ("key", "crt"):
        (own / "signing" / f"default.{kind}").write_bytes(keys.path(f"province.{kind}").read_bytes())
    (own / "signing/default.key").chmod(0o600)
    (own / "trust/root.pem").write_bytes(keys.path("root.crt").read_bytes())
    for name, (text, mode) in (systems or {}).items():
        (own / name).write_text(text)
        (own / name).chmod(mode)
    config = pathlib.Path(folder, "config.yaml")
    config.write_text(yaml.safe_dump({"data_dir": folder + "/data", **({"links": {"documents": links}} if links else {})}), encoding="utf-8")
    return str(config)


def two_installations(folder, keys):
    """A department with software of its own speaks to the province's node: ours on both ends."""
    secret = pathlib.Path(folder, "department.secret")
    secret.write_text("bi-mat-cua-so\n")
    secret.chmod(0o600)
    province = prepare(folder + "/province", keys, None, {"systems.csv": ("system,organ,secret_file\nso-y-te,H50.11,so.secret\n", 0o644), "so.secret": ("bi-mat-cua-so\n", 0o600)})
    once = {"van-thu": account(folder + "/province", "van-thu", "registrar", "--agency", AGENCY)}
    with served(folder + "/province", "--config", province) as node:
        links = {"url": node + "/vxp", "user": "so-y-te", "secret_file": str(secret), "first_retry_seconds": 0.05, "longest_retry_seconds": 0.3}
        department = prepare(folder + "/department", keys, links)
        there_once = {"van-thu": account(folder + "/department", "van-thu", "registrar", "--agency", "so-y-te"), "quan-tri": account(folder + "/department", "quan-tri", "administrator")}
        with served(folder + "/department", "--config", department) as base:
            here = sign_in(node, "van-thu", once["van-thu"])
            there = {login: sign_in(base, login, password) for login, password in there_once.items()}
            code, out = call(base, "POST", "/documents/outgoing", there["van-thu"], {"agency": "so-y-te", "notation": "SYT-VP", "kind": "bao-cao", "subject": "Báo cáo thử", "priority": 3, "receivers": [{"organ_id": CODE}]})
            assert code == 201, out
            assert call(base, "POST", f"/documents/{out['key']}/send", there["van-thu"])[0] == 200
            d = until("the node has nothing", lambda: next(iter(call(node, "GET", f"/documents?agency={AGENCY}", here)[1]["items"]), None))
            assert d["urgent"] and d["document_id"] == out["document_id"] and d["kind"] == "bao-cao", d
            assert call(node, "POST", f"/documents/{d['key']}/register", here)[0] == 200
            told = lambda: (call(base, "POST", "/links/documents/tasks/receive", there["quan-tri"]), call(base, "GET", f"/documents/{out['key']}", there["van-thu"])[1]["receivers"][0]["status"])[1]
            until("the department is not told", lambda: told() == "03")
            wrong = urllib.request.Request(node + "/vxp/getReceivedEdocList", data=b"{}", method="POST")
            with contextlib.suppress(urllib.error.HTTPError):
                urllib.request.urlopen(wrong, timeout=10)
                raise AssertionError("an unsigned request was answered")


def check_text(keys, text):
    file = keys.path("sent.edxml")
    file.write_text(text, encoding="utf-8")
    return shell(PROGRAM, "documents", "check", file, "--data", DATA)


def sign_again(base, tokens, passwords):
    for login in passwords:
        tokens[login] = call(base, "POST", "/sessions", body={"login": login, "password": PASSWORD})[1]["token"]


if __name__ == "__main__":
    sys.exit(main())
