#!/usr/bin/python3
"""The registry of the data-sharing platform from the outside: a service is registered and a right granted through
requests that another person approves; what was approved is in the signed configuration at once; a gateway joins with a
one-time code. The document's signature, the certificates, OCSP and time-stamps are judged by OpenSSL, not by us."""
import base64
import contextlib
import hashlib
import json
import pathlib
import re
import subprocess
import tempfile
import urllib.error
import urllib.request

from served import PROGRAM, ROOT, checked, served

DESK, FIRMS = "QUANGTRI/GOV/H50.20/MOT-CUA", "QUANGTRI/GOV/H50.04/DKKD"
OPENAPI = {"openapi": "3.0.3", "info": {"title": "Tra cứu doanh nghiệp", "version": "1"},
           "paths": {"/enterprises/{code}": {"get": {"responses": {"200": {"description": "x"}}}}}}


def openssl(*arguments):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"openssl {arguments}: {done.stdout} {done.stderr}"
    return done.stdout + done.stderr


def run(folder, *arguments):
    done = subprocess.run([PROGRAM, "--data", folder / "data", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stdout[-500:]} {done.stderr[-500:]}"
    return done.stdout


def ask(base, method, path, token=None, body=None, headers=None):
    """Status, headers, bytes. A body of bytes goes as it is."""
    raw = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    request = urllib.request.Request(base + "/api/v1" + path, method=method, data=raw)
    if token:
        request.add_header("Authorization", "Bearer " + token)
    if body is not None and not isinstance(body, bytes):
        request.add_header("Content-Type", "application/json")
    for name, value in (headers or {}).items():
        request.add_header(name, value)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def call(base, method, path, token=None, body=None, headers=None):
    status, _, data = ask(base, method, path, token, body, headers)
    return status, json.loads(data or b"null")


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def configuration(base, folder):
    """The current document, its signature checked by OpenSSL against the key that the registry names."""
    _, named = call(base, "GET", "/exchange/key")
    key = base64.b64decode(named["key"])
    assert hashlib.sha256(key).hexdigest() == named["fingerprint"]
    status, headers, data = ask(base, "GET", "/exchange/configuration")
    assert (status, headers["Content-Type"]) == (200, "application/jose"), (status, data[:200])
    header, payload, signature = data.decode().split(".")
    assert json.loads(unpadded(header)) == {"alg": "EdDSA", "kid": named["fingerprint"], "typ": "hl-configuration"}
    (folder / "key.der").write_bytes(bytes.fromhex("302a300506032b6570032100") + key)
    (folder / "signed").write_bytes(f"{header}.{payload}".encode())
    (folder / "signature").write_bytes(unpadded(signature))
    openssl("pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", folder / "key.der", "-rawin", "-in", folder / "signed",
            "-sigfile", folder / "signature")
    document = json.loads(unpadded(payload))
    assert headers["ETag"] == f'"{document["number"]}"'
    return document


def request_for(folder, name):
    """A key of its own and a PKCS#10 request for it."""
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", folder / f"{name}.key",
            "-out", folder / f"{name}.csr", "-subj", f"/C=VN/O=Mau/CN={name}")
    return (folder / f"{name}.csr").read_text(encoding="utf-8")


def changes(base, folder, tokens):
    one, two, caller, provider = tokens
    for code in ("H50.20", "H50.04"):
        status, made = call(base, "POST", "/exchange/members", one, {"class": "GOV", "code": code})
        assert status == 201, made
    status, refused = call(base, "POST", "/exchange/members", caller, {"class": "GOV", "code": "H50.03"})
    assert (status, refused["code"]) == (403, "access.denied"), refused

    def asked(token, kind, body):
        status, made = call(base, "POST", "/exchange/requests", token, {"kind": kind, "body": body})
        assert status == 201, made
        return made["request"]

    def approved(token, request):
        status, done = call(base, "POST", f"/exchange/requests/{request}/approval", token)
        assert (status, done["state"]) == (200, "approved"), done

    approved(one, asked(caller, "subsystem", {"member": DESK.rsplit("/", 1)[0], "code": "MOT-CUA", "name": "Một cửa", "contact": "Phòng CNTT"}))
    approved(one, asked(provider, "subsystem", {"member": FIRMS.rsplit("/", 1)[0], "code": "DKKD", "name": "Đăng ký kinh doanh"}))
    approved(one, asked(provider, "service", {"provider": FIRMS, "type": "OPENAPI3", "code": "doanh-nghiep", "document": json.dumps(OPENAPI)}))
    status, wrong = call(base, "POST", "/exchange/requests", provider, {"kind": "service", "body": {"provider": FIRMS, "type": "OPENAPI3", "code": "x", "document": "{"}})
    assert (status, wrong["code"]) in {(422, "exchange.description"), (400, "exchange.description")}, wrong

    before = configuration(base, folder)["number"]
    right = {"subject": DESK, "service": FIRMS + "/doanh-nghiep", "method": "GET", "path": "/enterprises/*", "basis": "QĐ 1/QĐ-UBND, Điều 2 (mẫu)"}
    question = {"client": DESK, "service": FIRMS + "/doanh-nghiep", "method": "GET", "path": "/enterprises/0100"}
    assert call(base, "POST", "/exchange/rights/check", caller, question)[1]["fault"] == "access_denied"
    tried = call(base, "POST", "/exchange/rights/check", caller, question | {"proposed": {"method": "GET", "path": "/enterprises/*"}})[1]
    assert tried["allowed"] and tried["by"]["right"] == "proposed", tried

    # Repeated with its key a request is one request; who asked does not decide; the provider's own people may.
    body, key = {"kind": "right", "body": right}, {"Idempotency-Key": "r-1"}
    status, first = call(base, "POST", "/exchange/requests", one, body, key)
    assert status == 201, first
    assert call(base, "POST", "/exchange/requests", one, body, key)[1]["request"] == first["request"]
    status, refused = call(base, "POST", f"/exchange/requests/{first['request']}/approval", one)
    assert (status, refused["code"]) == (403, "exchange.same_person"), refused
    assert configuration(base, folder)["rights"] == []
    approved(provider, first["request"])
    document = configuration(base, folder)
    assert document["number"] > before and [r["path"] for r in document["rights"]] == ["/enterprises/*"], document
    decision = call(base, "POST", "/exchange/rights/check", two, question | {"path": "/enterprises/../secret"})[1]
    assert not decision["allowed"] and decision["looked"][0]["missed"] == "path" and decision["looked"][0]["vi"], decision
    assert call(base, "POST", "/exchange/rights/check", two, question)[1]["allowed"]

    status, second = call(base, "POST", "/exchange/requests", caller, {"kind": "right", "body": right | {"path": "**"}})
    assert status == 201, second
    status, done = call(base, "POST", f"/exchange/requests/{second['request']}/refusal", provider, {"reason": "Chưa cần cả dịch vụ"})
    assert (status, done["state"]) == (200, "refused"), done
    item = call(base, "GET", f"/exchange/catalogue?client={DESK}&search=doanh%20nghiep", caller)[1]["items"][0]
    assert (item["right"]["state"], item["endpoints"], item["reachable"]) == ("part", [{"method": "GET", "path": "/enterprises/*"}], False), item


def joining(base, folder, one):
    status, code = call(base, "POST", "/exchange/join-codes", one, {"owner": FIRMS.rsplit("/", 1)[0], "server": "CONG-1", "clients": [FIRMS]})
    assert status == 201, code
    parts = json.loads(unpadded(code["text"].split(".")[1]))
    request = {"code": parts["id"], "secret": parts["secret"], "address": "127.0.0.1:5500", "authentication": request_for(folder, "cong"),
               "signing": [{"member": FIRMS.rsplit("/", 1)[0], "request": request_for(folder, "so-tai-chinh")}]}
    status, refused = call(base, "POST", "/exchange/join", body=request | {"secret": "khong-dung"})
    assert (status, refused["code"]) == (403, "exchange.join_code"), refused
    status, joined = call(base, "POST", "/exchange/join", body=request)
    assert status == 200 and not joined["waiting"], joined
    assert call(base, "POST", "/exchange/join", body=request)[1]["authentication"] == joined["authentication"]
    other = request | {"authentication": request_for(folder, "khac")}
    status, refused = call(base, "POST", "/exchange/join", body=other)
    assert (status, refused["code"]) == (403, "exchange.join_code_used"), refused

    (folder / "ca.pem").write_bytes(ask(base, "GET", "/exchange/ca.pem")[2])
    (folder / "cong.pem").write_text(joined["authentication"], encoding="utf-8")
    openssl("verify", "-CAfile", folder / "ca.pem", folder / "cong.pem")
    der = subprocess.run(["openssl", "x509", "-in", folder / "cong.pem", "-outform", "DER"], capture_output=True, check=True).stdout
    server = configuration(base, folder)["servers"][0]
    assert server["certificates"] == [hashlib.sha256(der).hexdigest()] and server["clients"] == [FIRMS], server

    openssl("ocsp", "-issuer", folder / "ca.pem", "-cert", folder / "cong.pem", "-reqout", folder / "ocsp.req", "-no_nonce")
    status, headers, answer = ask(base, "POST", "/exchange/ocsp", body=(folder / "ocsp.req").read_bytes(), headers={"Content-Type": "application/ocsp-request"})
    assert (status, headers["Content-Type"]) == (200, "application/ocsp-response")
    (folder / "ocsp.res").write_bytes(answer)
    said = openssl("ocsp", "-respin", folder / "ocsp.res", "-issuer", folder / "ca.pem", "-cert", folder / "cong.pem", "-CAfile", folder / "ca.pem")
    assert "cong.pem: good" in said, said

    openssl("ts", "-query", "-data", folder / "signed", "-sha512", "-cert", "-out", folder / "ts.req")
    status, headers, answer = ask(base, "POST", "/exchange/tsa", body=(folder / "ts.req").read_bytes(), headers={"Content-Type": "application/timestamp-query"})
    assert (status, headers["Content-Type"]) == (200, "application/timestamp-reply")
    (folder / "ts.res").write_bytes(answer)
    openssl("ts", "-verify", "-in", folder / "ts.res", "-queryfile", folder / "ts.req", "-CAfile", folder / "ca.pem")

    status, _, _ = ask(base, "POST", f"/exchange/certificates/{hashlib.sha256(der).hexdigest()}/revocation", one)
    assert status == 204
    assert "certificates" not in configuration(base, folder)["servers"][0]


def reads(base, folder, one):
    """Every list answers what the document says; strangers get the public part alone."""
    for path in ("members", "subsystems", "groups", "servers", "join-codes", "services", "rights", "requests", "requests?state=refused", "catalogue",
                 "trust-services", "services/GOV/H50.04/DKKD/doanh-nghiep", "services/GOV/H50.04/DKKD/doanh-nghiep/description"):
        status, _, data = ask(base, "GET", "/exchange/" + path, one)
        assert status == 200, (path, data)
        assert ask(base, "GET", "/exchange/" + path)[0] == 401, path
    listed = call(base, "GET", "/exchange/members?limit=1", one)[1]
    assert len(listed["items"]) == 1 and call(base, "GET", f"/exchange/members?limit=1&cursor={listed['next']}", one)[1]["next"] is None, listed
    status, headers, _ = ask(base, "GET", "/exchange/configuration")
    assert ask(base, "GET", "/exchange/configuration", headers={"If-None-Match": headers["ETag"]})[0] == 304
    assert call(base, "GET", "/exchange/requests/khong-co", one)[1]["code"] == "exchange.unknown_request"
    status, refused = call(base, "POST", "/exchange/groups", one, {"code": "mot cua", "title": "x"})
    assert (status, refused["code"]) == (422, "exchange.code"), refused
    assert call(base, "POST", "/exchange/groups", one, {"code": "mot-cua", "title": "Một cửa"})[0] == 201
    assert ask(base, "POST", "/exchange/groups/mot-cua/members", one, {"subsystem": DESK})[0] == 204
    assert configuration(base, folder)["groups"] == [{"code": "mot-cua", "members": [DESK], "title": "Một cửa"}]


def endings(base, folder, one):
    """An end is a day: announced it is shown and everything goes on; when it has come, the configuration is without it."""
    firms, path = "services/GOV/H50.04/DKKD/doanh-nghiep", "QUANGTRI/GOV/H50.04/DKKD"
    assert call(base, "GET", "/exchange/" + firms, one)[1]["ended"] is None
    assert ask(base, "POST", f"/exchange/{firms}/ending", one, {"on": "2099-12-31"})[0] == 204
    assert call(base, "GET", "/exchange/" + firms, one)[1]["ended"] == "2099-12-31"
    assert any(s["id"].startswith(path) for s in configuration(base, folder)["services"])
    status, refused = call(base, "POST", f"/exchange/{firms}/ending", one, {"on": "2020-01-01"})
    assert (status, refused["code"]) == (409, "exchange.ending"), refused
    assert ask(base, "POST", f"/exchange/{firms}/ending", one, {})[0] == 204
    assert not any(s["id"].startswith(path) for s in configuration(base, folder).get("services", []))
    assert ask(base, "POST", "/exchange/members/GOV/H50.04/ending", one, {})[0] == 204
    ended = {m["member"]: m["ended"] for m in call(base, "GET", "/exchange/members", one)[1]["items"]}
    assert ended["QUANGTRI/GOV/H50.04"] is not None and list(ended.values()).count(None) == len(ended) - 1, ended


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        run(folder, "migrate")
        run(folder, "pack", "apply", str(ROOT / "packs/quang-tri"))
        people = {"quan-tri-mot": ("administrator",), "quan-tri-hai": ("administrator",),
                  "ket-noi-mot-cua": ("integrator", "--agency", "trung-tam-hcc-tinh"), "ket-noi-tai-chinh": ("integrator", "--agency", "so-tai-chinh")}
        passwords = {}
        for login, role in people.items():
            passwords[login] = re.search(r"once\)\s+(\S+)", run(folder, "user", "add", login, "--name", "Người thử (mẫu)")).group(1)
            run(folder, "user", "grant", login, *role)

        @contextlib.contextmanager
        def serving(settings=""):
            (folder / "settings.yaml").write_text(f"data_dir: {folder}/data\npack: {ROOT}/packs/quang-tri\n{settings}", encoding="utf-8")
            with served(folder, "--config", folder / "settings.yaml") as server, checked(server, folder) as base:
                yield base

        def sign_in(base, login):
            status, session = call(base, "POST", "/sessions", body={"login": login, "password": passwords[login]})
            assert status == 201, session
            if session["must_change_password"]:
                own = "mot cau dai de nho " + login[-3:]
                assert ask(base, "POST", "/me/password", session["token"], {"old_password": passwords[login], "password": own})[0] == 204
                passwords[login] = own
            return session["token"]

        with serving("development_authority: true\n") as base:
            tokens = [sign_in(base, login) for login in people]
            changes(base, folder, tokens)
            joining(base, folder, tokens[0])
            reads(base, folder, tokens[0])
            endings(base, folder, tokens[0])
            number = configuration(base, folder)["number"]
        with serving() as base:  # started again, in production: the numbers go on, no development authority answers
            one = sign_in(base, "quan-tri-mot")
            assert configuration(base, folder)["number"] > number
            status, refused = call(base, "GET", "/exchange/ca.pem")
            assert (status, refused["code"]) == (404, "exchange.no_development_authority"), refused
            assert call(base, "GET", "/exchange/members", one)[1]["items"]
        run(folder, "ledger", "verify")
    print("the registry: requests, approvals, signed configuration, joining")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
