#!/usr/bin/env python3
"""The installed program over TLS: a client that checks the certificate is served, old protocol versions and plain HTTP
are not, a client that never finishes its handshake harms nobody, a wrong key keeps the server from starting."""
import pathlib
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

from served import PROGRAM, ROOT, served


def certificate(folder, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
                    "-keyout", f"{folder}/{name}.key", "-out", f"{folder}/{name}.crt"], check=True, capture_output=True)


def settings(folder, key):
    file = pathlib.Path(folder, "settings.yaml")
    file.write_text(f"data_dir: {folder}/data\ntls_certificate: {folder}/one.crt\ntls_key: {folder}/{key}.key\n", encoding="utf-8")
    return str(file)


def main():
    with tempfile.TemporaryDirectory(prefix="hienluong-tls-") as folder:
        certificate(folder, "one")
        certificate(folder, "other")
        file = settings(folder, "other")
        subprocess.run([PROGRAM, "-c", file, "migrate"], cwd=ROOT, check=True, capture_output=True)
        refused = subprocess.run([PROGRAM, "-c", file, "serve", "--port", "0"], cwd=ROOT, capture_output=True, text=True, timeout=60)
        assert refused.returncode == 1 and "[http.tls]" in refused.stderr, (refused.returncode, refused.stderr)

        file = settings(folder, "one")
        with served(folder, "-c", file) as base:
            assert base.startswith("https://"), base
            port = int(base.rsplit(":", 1)[1])
            trusting = ssl.create_default_context(cafile=f"{folder}/one.crt")

            def get(path, context=trusting):
                return urllib.request.urlopen(f"https://127.0.0.1:{port}{path}", context=context, timeout=20)

            with get("/healthz") as answer:
                assert answer.status == 200 and "max-age" in answer.headers["Strict-Transport-Security"]
            try:
                get("/healthz", ssl.create_default_context(cafile=f"{folder}/other.crt"))
                raise AssertionError("a certificate that is not trusted was taken")
            except urllib.error.URLError:
                pass

            # Handshakes that stand still: others are served meanwhile.
            idle = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
            idle[0].sendall(b"\x16\x03\x01\x02\x00")
            with get("/api/v1/units?search=dong%20ha") as answer:
                assert answer.status == 200
            for s in idle:
                s.close()

            # Plain HTTP and noise on the TLS port are cut.
            for noise in [b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"\x00" * 2000, b"\x16\x03\x01\xff\xff" + b"\x01" * 500]:
                with socket.create_connection(("127.0.0.1", port), timeout=20) as s:
                    s.sendall(noise)
                    s.settimeout(20)
                    try:
                        answer = s.recv(4096)
                    except ConnectionResetError:
                        answer = b""
                    assert not answer.startswith(b"HTTP/1.1 200"), answer

            def speaks(version):
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
                context.load_verify_locations(f"{folder}/one.crt")
                context.check_hostname = False
                context.set_ciphers("DEFAULT:@SECLEVEL=0")
                context.minimum_version = context.maximum_version = version
                try:
                    with socket.create_connection(("127.0.0.1", port), timeout=20) as s, context.wrap_socket(s) as t:
                        return t.version()
                except (ssl.SSLError, ConnectionResetError):
                    return None

            assert speaks(ssl.TLSVersion.TLSv1_2) == "TLSv1.2" and speaks(ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
            assert speaks(ssl.TLSVersion.TLSv1) is None and speaks(ssl.TLSVersion.TLSv1_1) is None
            with get("/healthz") as answer:
                assert answer.status == 200
    print("TLS: trusted clients are served, everybody else is cut, nobody waits for a stalled handshake")
    return 0


if __name__ == "__main__":
    sys.exit(main())
