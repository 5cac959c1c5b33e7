#!/usr/bin/python3
"""Sign-in through a real OpenID Connect provider: the way there and back ends in a session of a citizen, the second
visit is the same account, and a used, foreign or missing state ends in a refusal and no session."""
import http.cookiejar
import json
import os
import pathlib
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("HL_PROGRAM", str(ROOT / "build/release/bin/hienluong"))
failures = []


def expect(condition, what, seen=""):
    print(("ok    " if condition else "FAIL  ") + what + ("" if condition else f": {seen}"))
    if not condition:
        failures.append(what)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


class Browser:
    """Keeps cookies and follows redirects one at a time, so that each step can be looked at."""

    def __init__(self):
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), NoRedirect(), urllib.request.HTTPCookieProcessor(self.cookies))

    def go(self, url, form=None):
        """(status, Location made absolute or "", body)"""
        data = None if form is None else urllib.parse.urlencode(form).encode()
        try:
            answer = self.opener.open(urllib.request.Request(url, data=data), timeout=15)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            location = answer.headers.get("Location", "")
            return answer.status, urllib.parse.urljoin(url, location) if location else "", answer.read().decode()


def walk_to_callback(browser, base, login, return_to="/me"):
    """From our start through the provider's forms to the address it sends the browser back to (not opened)."""
    status, url, body = browser.go(f"{base}/api/v1/oidc/test/start?return_to={urllib.parse.quote(return_to)}")
    if status != 302:
        raise RuntimeError(f"start answered {status}: {body}")
    callback = f"{base}/api/v1/oidc/test/callback"
    for _ in range(20):
        if url.startswith(callback):
            return url
        status, location, body = browser.go(url)
        if location:
            url = location
            continue
        action = re.search(r'<form[^>]*action="([^"]+)"', body)
        prompt = re.search(r'name="prompt" value="(\w+)"', body)
        if not action or not prompt:
            raise RuntimeError(f"{url} answered {status}: {body[:2000]}")
        form = {"prompt": prompt[1]}
        if prompt[1] == "login":
            form |= {"login": login, "password": "any"}
        status, location, body = browser.go(urllib.parse.urljoin(url, action[1]), form)
        if not location:
            raise RuntimeError(f"the {prompt[1]} form answered {status}: {body[:2000]}")
        url = location
    raise RuntimeError("no way back from the provider")


def code_of(body):
    try:
        return json.loads(body).get("code")
    except ValueError:
        return None


def check(base):
    browser = Browser()
    callback = walk_to_callback(browser, base, "nguoi-dan-mot")
    status, location, body = browser.go(callback)
    expect(status == 303, "the callback answers 303", f"{status} {body}")
    expect(location == base + "/me", "it leads to where the sign-in began", location)
    expect("token" not in body, "the token is in the cookie alone", body)
    status, _, body = browser.go(base + "/api/v1/me")
    me = json.loads(body)
    expect(status == 200 and me.get("kind") == "citizen", "the session is a citizen's", body)
    expect("nguoi-dan-mot" not in body, "the provider's subject is kept blinded only", body)

    status, _, body = Browser().go(callback)
    expect((status, code_of(body)) == (401, "oidc.state"), "the same callback a second time is refused", f"{status} {body}")

    again = Browser()
    again.go(walk_to_callback(again, base, "nguoi-dan-mot"))
    _, _, body = again.go(base + "/api/v1/me")
    expect(json.loads(body).get("account") == me.get("account"), "a second visit is the same account", body)
    other = Browser()
    other.go(walk_to_callback(other, base, "nguoi-dan-hai"))
    _, _, body = other.go(base + "/api/v1/me")
    expect(json.loads(body).get("account") not in (None, me.get("account")), "another person is another account", body)

    for what, change in (("a foreign state", {"state": secrets.token_urlsafe(24)}), ("no state", {"state": ""})):
        stranger = Browser()
        parts = urllib.parse.urlsplit(walk_to_callback(stranger, base, "nguoi-dan-ba"))
        query = dict(urllib.parse.parse_qsl(parts.query)) | change
        status, _, body = stranger.go(parts._replace(query=urllib.parse.urlencode(query)).geturl())
        expect((status, code_of(body)) == (401, "oidc.state"), f"{what} is refused", f"{status} {body}")
        expect(stranger.go(base + "/api/v1/me")[0] == 401, f"{what} gives no session")

    # A stranger's link, unused: it must not sign the person who follows it in to the stranger's account.
    stranger, victim = Browser(), Browser()
    link = walk_to_callback(stranger, base, "nguoi-dan-ba")
    status, _, body = victim.go(link)
    expect((status, code_of(body)) == (401, "oidc.state"), "a stranger's link is refused in another browser", f"{status} {body}")
    expect(victim.go(base + "/api/v1/me")[0] == 401, "a stranger's link gives no session")

    # A code the provider did not give for this sign-in: the provider itself must be asked, and refuses.
    swapped = Browser()
    parts = urllib.parse.urlsplit(walk_to_callback(swapped, base, "nguoi-dan-ba"))
    query = dict(urllib.parse.parse_qsl(parts.query)) | {"code": secrets.token_urlsafe(32)}
    status, _, body = swapped.go(parts._replace(query=urllib.parse.urlencode(query)).geturl())
    expect((status, code_of(body)) == (401, "oidc.refused"), "a made-up code is refused", f"{status} {body}")

    status, _, body = Browser().go(f"{base}/api/v1/oidc/test/start?return_to=//elsewhere.example/")
    expect((status, code_of(body)) == (422, "oidc.return_to"), "no sign-in leads off this site", f"{status} {body}")
    status, _, body = Browser().go(f"{base}/api/v1/oidc/nothing/start")
    expect((status, code_of(body)) == (404, "oidc.unknown"), "an unknown provider is not found", f"{status} {body}")


def main():
    started = []
    with tempfile.TemporaryDirectory(prefix="hienluong-oidc-") as name:
        folder = pathlib.Path(name)
        try:
            # Installed in a copy: the source tree stays as it is.
            package = folder / "provider"
            shutil.copytree(ROOT / "tests/outside/oidc", package, ignore=shutil.ignore_patterns("node_modules"))
            subprocess.run(["npm", "ci", "--no-audit", "--no-fund", "--silent"], cwd=package, check=True)
            port, provider_port = free_port(), free_port()
            base = f"http://127.0.0.1:{port}"
            secret = secrets.token_hex(24)
            (folder / "secret").write_text(secret + "\n", encoding="utf-8")
            redirect = f"{base}/api/v1/oidc/test/callback"
            (folder / "config.yaml").write_text(
                f"data_dir: {folder}/data\npack: {ROOT}/packs/quang-tri\napi_document: {ROOT}/api/openapi.yaml\nport: {port}\n"
                f"oidc:\n  - name: test\n    issuer: http://127.0.0.1:{provider_port}\n    client_id: hien-luong\n"
                f"    client_secret_file: {folder}/secret\n    redirect_uri: {redirect}\n", encoding="utf-8")
            log = open(folder / "log", "w+", encoding="utf-8")
            provider = subprocess.Popen(["node", "provider.mjs", str(provider_port), redirect], cwd=package, text=True,
                                        stdout=subprocess.PIPE, stderr=log, env=os.environ | {"HL_OIDC_SECRET": secret})
            started.append(provider)
            if not any(line.startswith("listening") for line in provider.stdout):
                raise RuntimeError("the provider did not start")
            server = subprocess.Popen([PROGRAM, "--config", folder / "config.yaml", "serve"], stdout=subprocess.PIPE, stderr=log, text=True)
            started.append(server)
            if not any(line.startswith("http") for line in server.stdout):
                raise RuntimeError("the server did not start")
            check(base)
        except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
            print(f"FAIL  {error}")
            failures.append(str(error))
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
            if failures and (folder / "log").exists():
                print((folder / "log").read_text(encoding="utf-8")[-4000:])
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
