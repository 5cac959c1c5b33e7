#!/usr/bin/python3
"""Sign-in by a provider that has a profile: its endpoints and claims come from the pack, who is not proved well enough gets
no session, and what was vouched for is shown to the person himself and kept sealed."""
import json
import os
import pathlib
import secrets
import shutil
import subprocess
import sys
import tempfile

import oidc_test as oidc

ROOT = oidc.ROOT
PROFILE = """provider: test
valid: {from: 2025-01-01, to: null}
endpoints: {authorization: /auth, token: /token, userinfo: /me, jwks: /jwks}
parameters: {acr_values: LoA2}
claims: {kind: LoaiTaiKhoan, name: HoVaTen, number: SoDinhDanh, born: NgayThangNamSinh, level: loAs}
kinds: {"1": citizen, "2": organisation}
levels: ["2", "3"]
"""
PEOPLE = {
    "du-muc": {"LoaiTaiKhoan": "1", "HoVaTen": "Người Đủ Mức", "SoDinhDanh": "000000000001", "NgayThangNamSinh": "01/01/1990", "loAs": "2"},
    "chua-du": {"LoaiTaiKhoan": "1", "HoVaTen": "Người Chưa Đủ", "SoDinhDanh": "000000000002", "loAs": "1"},
    "khong-ten": {"LoaiTaiKhoan": "1", "SoDinhDanh": "000000000003", "loAs": "2"},
    "loai-la": {"LoaiTaiKhoan": "7", "HoVaTen": "Loại Lạ", "SoDinhDanh": "000000000004", "loAs": "2"},
}


def check(base, folder):
    person = oidc.Browser()
    status, _, body = person.go(oidc.walk_to_callback(person, base, "du-muc"))
    oidc.expect(status == 303, "who is proved well enough is signed in", f"{status} {body}")
    status, _, body = person.go(base + "/api/v1/me/identity")
    told = json.loads(body)
    oidc.expect(status == 200 and told.get("proved") is True and told.get("name") == "Người Đủ Mức" and told.get("number") == "000000000001" and told.get("level") == "2",
                "he sees what was vouched for", body)
    oidc.expect(told.get("phone") is None, "what was not said is not there", body)
    for login, code in (("chua-du", "oidc.level"), ("khong-ten", "oidc.claims"), ("loai-la", "oidc.kind")):
        other = oidc.Browser()
        status, _, body = other.go(oidc.walk_to_callback(other, base, login))
        oidc.expect((status, oidc.code_of(body)) == (403, code), f"{code} is refused", f"{status} {body}")
        oidc.expect(other.go(base + "/api/v1/me")[0] == 401, f"{code} gives no session")
    data = b"".join(p.read_bytes() for p in (folder / "data").glob("*.db*"))
    oidc.expect(b"000000000001" not in data and "Người Đủ Mức".encode() not in data, "nothing of it lies open in the database")


def main():
    started = []
    with tempfile.TemporaryDirectory(prefix="hienluong-vneid-") as name:
        folder = pathlib.Path(name)
        try:
            package = folder / "provider"
            shutil.copytree(ROOT / "tests/outside/oidc", package, ignore=shutil.ignore_patterns("node_modules"))
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=package, check=True)
            shutil.copytree(ROOT / "packs/quang-tri", folder / "pack")
            (folder / "pack/sign-in/test.yaml").write_text(PROFILE, encoding="utf-8")
            port, provider_port = oidc.free_port(), oidc.free_port()
            base = f"http://127.0.0.1:{port}"
            secret = secrets.token_hex(24)
            (folder / "secret").write_text(secret + "\n", encoding="utf-8")
            redirect = f"{base}/api/v1/oidc/test/callback"
            (folder / "config.yaml").write_text(
                f"data_dir: {folder}/data\npack: {folder}/pack\napi_document: {ROOT}/api/openapi.yaml\nport: {port}\n"
                f"oidc:\n  - name: test\n    issuer: http://127.0.0.1:{provider_port}\n    client_id: hien-luong\n"
                f"    client_secret_file: {folder}/secret\n    redirect_uri: {redirect}\n", encoding="utf-8")
            log = open(folder / "log", "w+", encoding="utf-8")
            env = os.environ | {"HL_OIDC_SECRET": secret, "HL_OIDC_CLAIMS": json.dumps(PEOPLE),
                                "HL_OIDC_CLAIMS_NAMES": "LoaiTaiKhoan HoVaTen SoDinhDanh NgayThangNamSinh loAs"}
            provider = subprocess.Popen(["node", "provider.mjs", str(provider_port), redirect], cwd=package, text=True,
                                        stdout=subprocess.PIPE, stderr=log, env=env)
            started.append(provider)
            if not any(line.startswith("listening") for line in provider.stdout):
                raise RuntimeError("the provider did not start")
            server = subprocess.Popen([oidc.PROGRAM, "--config", folder / "config.yaml", "serve"], stdout=subprocess.PIPE, stderr=log, text=True)
            started.append(server)
            if not any(line.startswith("http") for line in server.stdout):
                raise RuntimeError("the server did not start")
            check(base, folder)
        except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
            print(f"FAIL  {error}")
            oidc.failures.append(str(error))
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
            if oidc.failures and (folder / "log").exists():
                print((folder / "log").read_text(encoding="utf-8")[-4000:])
    return 1 if oidc.failures else 0


if __name__ == "__main__":
    sys.exit(main())
