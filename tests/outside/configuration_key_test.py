#!/usr/bin/python3
"""The key that signs the exchange's configuration is changed while messages pass, with real gateways and a registry: twice
while one gateway is away, which follows when it comes back; with gateways killed in the middle; with a chain that somebody
alters on the way, which is refused by name while the old configuration goes on; and after a suspected theft, when only a
person's pin counts. The statements' signatures are judged by OpenSSL, not by us."""
import base64
import contextlib
import hashlib
import http.server
import json
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

from gateway_faults_test import CLIENT, LAND, PROGRAM, PROVIDER, Instance, free_ports
from served import call, checked

KEYS = "/exchange/configuration-keys"


def unpadded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def fingerprint(key):
    return hashlib.sha256(key).hexdigest()


class Line(http.server.ThreadingHTTPServer):
    """Between a gateway and the registry: passes everything, and alters the chain of keys as it is told."""
    daemon_threads = True

    def __init__(self, registry):
        self.registry, self.alter, self.altered = registry, None, 0
        super().__init__(("127.0.0.1", 0), Passing)
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Passing(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        try:
            with urllib.request.urlopen(self.server.registry + self.path, timeout=20) as answer:
                status, body = answer.status, answer.read()
        except urllib.error.HTTPError as error:
            status, body = error.code, error.read()
        if self.path.endswith("/configuration-keys") and self.server.alter:
            chain = json.loads(body)
            chain["statements"] = self.server.alter(chain["statements"])
            body = json.dumps(chain).encode()
            self.server.altered += 1
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class Rotating(Instance):
    """A third gateway, c, reaches the registry over a line that can lie, and is asked how it is."""

    def __init__(self, folder):
        super().__init__(folder)
        self.line = Line(self.registry_url)
        self.c_port, c_peers, self.watch_port = free_ports(3)
        self.join("c", "H50.06", "cong-c", [LAND], c_peers, self.c_port)
        settings = folder / "c/gateway/gateway.yaml"
        settings.write_text(settings.read_text().replace(self.registry_url, f"http://127.0.0.1:{self.line.server_port}"))
        self.start("c")

    def join(self, name, *rest):
        super().join(name, *rest)
        with (self.folder / name / "gateway/gateway.yaml").open("a") as settings:
            settings.write("configuration_seconds: 1\n")

    def start(self, name):
        super().start(name)
        if name == "c":  # again with its eyes open
            super().stop(name)
            command = [PROGRAM, "--data", str(self.folder / name), "gateway", "run", "--watch-port", str(self.watch_port)]
            with (self.folder / "c.log").open("a") as logged:
                self.processes[name] = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=logged, env=self.environment)
            wait_for("gateway c", lambda: self.health()["configuration"]["known"])

    def rotate(self, *arguments):
        """The new key's fingerprint; it signs at once."""
        shown = json.loads(self.run("province", "--json", "exchange", "configuration-key", "rotate", "--overlap", "0", *arguments))
        newest = shown["statements"][-1]
        assert (newest["state"], newest["fingerprint"]) == ("signs", shown["fingerprint"]), shown
        return shown["fingerprint"]

    def pinned(self, name):
        """The fingerprint that a gateway's file names; None: that of its settings."""
        file = self.folder / name / "gateway/configuration-key.json"
        return fingerprint(base64.b64decode(json.loads(file.read_text())["key"])) if file.exists() else None

    def signer(self, name):
        header = (self.folder / name / "gateway/configuration.jws").read_text().split(".")[0]
        return json.loads(unpadded(header))["kid"]

    def health(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.watch_port}/healthz", timeout=20) as answer:
                return json.loads(answer.read())["gateway"]
        except urllib.error.HTTPError as error:
            return json.loads(error.read())["gateway"]
        except OSError:
            return {"configuration": {"known": False}}

    def ask_from_c(self):
        """A question through gateway c to the other one."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.c_port}/r1/{PROVIDER}/listMethods")
        request.add_header("X-Road-Client", LAND)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status


def wait_for(what, truth, seconds=30):
    until = time.monotonic() + seconds
    while not truth():
        assert time.monotonic() < until, f"waited in vain: {what}"
        time.sleep(0.05)


@contextlib.contextmanager
def messages_flow(instance, least=20):
    """Messages from a to b all the while; each must be answered."""
    stop, answered, refused = threading.Event(), [], []

    def talk():
        while not stop.is_set():
            status, headers, body = instance.ask("/0100000001")
            (answered if status == 200 else refused).append((status, headers.get("X-Road-Error"), body))

    talker = threading.Thread(target=talk)
    talker.start()
    try:
        yield answered
        wait_for("messages", lambda: len(answered) >= least or refused)
    finally:
        stop.set()
        talker.join()
    assert not refused, refused[:3]


def away_for_two_changes(instance):
    first = instance.signer("c")
    instance.stop("c")
    with messages_flow(instance) as answered:
        for _ in range(2):
            new = instance.rotate()
            wait_for("a and b follow", lambda: instance.signer("a") == new == instance.signer("b"))
        assert instance.signer("c") == first
        instance.start("c")
        wait_for("c follows across both", lambda: instance.signer("c") == new)
    for name in "abc":
        assert instance.pinned(name) == new, name
    assert json.loads((instance.folder / "c/gateway/configuration-key.json").read_text())["statement"] == 2
    assert instance.ask_from_c() == 200
    assert "the configuration's key was followed" in (instance.folder / "c.log").read_text()
    keys = [f.name for f in (instance.folder / "province/keys").glob("exchange-configuration*.key")]
    assert keys == ["exchange-configuration.key"], f"former keys are there: {keys}"
    print(f"  changed twice while {len(answered)} messages passed; the gateway that was away followed; the old keys are gone")


def by_openssl(instance):
    """Every statement by the key before it and by its own, from the key that the gateways joined with."""
    with checked(instance.registry_url, instance.folder) as base:
        status, chain = call(base, "GET", KEYS)
    assert (status, chain["instance"]) == (200, "QUANGTRI"), chain
    settings = (instance.folder / "a/gateway/gateway.yaml").read_text()
    believed = base64.b64decode(json.loads(next(l for l in settings.splitlines() if l.startswith("registry_key")).split(": ")[1]))

    def signed(text, key, kind):
        header, payload, signature = text.split(".")
        assert json.loads(unpadded(header)) == {"alg": "EdDSA", "kid": fingerprint(key), "typ": kind}, header
        files = {"key": bytes.fromhex("302a300506032b6570032100") + key, "signed": f"{header}.{payload}".encode(),
                 "signature": unpadded(signature)}
        for name, data in files.items():
            (instance.folder / name).write_bytes(data)
        done = subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", instance.folder / "key", "-rawin",
                               "-in", instance.folder / "signed", "-sigfile", instance.folder / "signature"],
                              capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return unpadded(payload).decode()

    for number, text in enumerate(chain["statements"], 1):
        inner = signed(text, believed, "hl-configuration-key")
        said = json.loads(unpadded(inner.split(".")[1]))
        assert (said["number"], base64.b64decode(said["previous"])) == (number, believed), said
        believed = base64.b64decode(said["key"])
        assert signed(inner, believed, "hl-configuration-key-possession")
    _, named = call(instance.registry_url, "GET", "/exchange/key")
    assert base64.b64decode(named["key"]) == believed
    print(f"  OpenSSL follows {len(chain['statements'])} statements from the key of the joining to the one that signs")


def killed_in_the_middle(instance):
    """SIGKILL somewhere around the change: the gateway has the old pin or the new one, and comes to the new one."""
    pause, found = random.Random(7), {"old": 0, "new": 0}
    for _ in range(6):
        old = instance.signer("a")
        new = instance.rotate()
        time.sleep(pause.random() * 1.6)
        instance.stop("a", signal.SIGKILL)
        pinned = instance.pinned("a")
        assert pinned in (old, new), pinned
        found["new" if pinned == new else "old"] += 1
        instance.start("a")
        wait_for("a message", lambda: instance.ask("/0100000001")[0] == 200)
        wait_for("a follows", lambda: instance.pinned("a") == new == instance.signer("a"))
    wait_for("c follows, too", lambda: instance.signer("c") == new)
    print(f"  killed six times around the change: the old pin was there {found['old']} times, the new one {found['new']}")


def killed_at_the_registry(instance):
    """SIGKILL of the command that changes the key: it was announced whole, or not at all; the next change works."""
    command = [PROGRAM, "--data", str(instance.folder / "province"), "exchange", "configuration-key", "rotate", "--overlap", "0"]
    show = lambda: json.loads(instance.run("province", "--json", "exchange", "configuration-key", "show"))
    keys = lambda: {f.name for f in (instance.folder / "province/keys").glob("exchange-configuration-*.key")}
    pause, changed, rounds = random.Random(11), 0, 8
    for _ in range(rounds):
        before, there = show(), keys()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=instance.environment)
        while process.poll() is None and not keys() - there:  # the new key is on disk, its statement nowhere
            time.sleep(0.001)
        time.sleep(0.03 * pause.random())
        process.kill()
        process.wait()
        after = show()
        more = len(after["statements"]) - len(before["statements"])
        assert more in (0, 1) and after["private_key_here"], after
        assert (after["fingerprint"] == before["fingerprint"]) == (more == 0), after
        changed += more
    new = instance.rotate()
    wait_for("a and c follow", lambda: instance.signer("a") == instance.signer("c") == new)
    assert show()["statements"][-1]["previous_destroyed"]
    print(f"  the command killed {rounds} times in its middle: {changed} announced whole, the others not at all; all is followed")


def altered_on_the_way(instance):
    def changed(statements):
        middle = len(statements[-1]) // 2
        letter = "A" if statements[-1][middle] != "A" else "B"
        return statements[:-1] + [statements[-1][:middle] + letter + statements[-1][middle + 1:]]

    kept = instance.signer("c")
    lies = [("a changed letter", changed, ("cannot be read", "does not bear", "lacks the new key's own")),
            ("the last one left out", lambda s: s[:-1], ("does not lead to",)),
            ("one in the middle left out", lambda s: s[:1] + s[2:], ("has a gap",)),
            ("the first one left out", lambda s: s[1:], ("has a gap",)),
            ("shorter than it was", lambda s: s[:1], ("has followed it to statement",)),
            ("nothing", lambda s: [], ("has followed it to statement",)),
            ("one twice", lambda s: s + s[-1:], ("forks at",))]
    instance.line.alter = lies[0][1]
    new = instance.rotate()
    for what, lie, words in lies:
        instance.line.alter, before = lie, instance.line.altered
        wait_for(what, lambda: instance.line.altered > before + 1)  # pylint: disable=cell-var-from-loop
        said = instance.health()["configuration"].get("fetch_problem", "")
        assert any(w in said for w in words), (what, said)
        assert instance.signer("c") == instance.pinned("c") == kept, what
        assert instance.ask_from_c() == 200, "the old configuration stays in use"
    instance.line.alter = None
    wait_for("c follows the true chain", lambda: instance.signer("c") == new)
    wait_for("and is well", lambda: "fetch_problem" not in instance.health()["configuration"])
    print(f"  {len(lies)} altered chains refused by name, messages went on by the old configuration; the true one was followed")


def joined_with_an_older_code(instance):
    code = instance.run("province", "exchange", "code", "--url", instance.registry_url, "--owner", "QUANGTRI/GOV/H50.20",
                        "--server", "cong-d", "--subsystem", CLIENT)
    new = instance.rotate()
    port, peers = free_ports(2)
    instance.run("d", "gateway", "join", "-", "--address", f"127.0.0.1:{peers}", "--listen", "127.0.0.1", "--http-port", str(port),
                 "--https-port", "-1", "--no-check", given=code)
    assert instance.signer("d") == new
    print("  a code that was made before a change works after it")


def after_a_theft(instance):
    old = json.loads(instance.run("province", "--json", "exchange", "configuration-key", "show"))["fingerprint"]
    wait_for("all follow", lambda: instance.signer("a") == instance.signer("b") == instance.signer("c") == old)
    planned = instance.run("province", "--json", "exchange", "configuration-key", "rotate")
    assert json.loads(planned)["statements"][-1]["state"] == "announced"

    def stolen(*overlap):
        done = subprocess.run([PROGRAM, "--data", str(instance.folder / "province"), "exchange", "configuration-key", "rotate",
                               "--reason", "compromise", *overlap], capture_output=True, text=True, check=False,
                              env=instance.environment)
        assert done.returncode == 0 and "PROVES NOTHING" in done.stderr, done.stderr
        return done

    # With days given: pinned for its day, the old key counts until then.
    ahead = stolen("--overlap", "2").stdout.split("fingerprint")[1].split()[0]
    assert "for the day" in instance.run("c", "gateway", "repin", ahead)
    time.sleep(1.2)
    said = instance.health()["configuration"]
    assert instance.signer("c") == instance.pinned("c") == old and "fetch_problem" not in said, said
    # At once.
    done = stolen()
    new = next(line.split()[1] for line in done.stdout.splitlines() if line.startswith("fingerprint"))
    assert f"hienluong gateway repin {new}" in done.stderr, done.stderr
    wait_for("c refuses", lambda: "may have been stolen" in instance.health()["configuration"].get("fetch_problem", ""))
    assert instance.signer("c") == old and instance.ask_from_c() == 200
    wrong = subprocess.run([PROGRAM, "--data", str(instance.folder / "c"), "gateway", "repin", "00" * 32], capture_output=True,
                           text=True, check=False, env=instance.environment)
    assert wrong.returncode == 1 and "gateway.other_key" in wrong.stderr, wrong.stderr
    with messages_flow(instance):
        spoken = [new[i:i + 4].upper() for i in range(0, 64, 4)]  # as it is read out
        for name in "abc":
            instance.run(name, "gateway", "repin", *spoken)
        for name in "abc":
            wait_for(name, lambda: instance.signer(name) == new)  # pylint: disable=cell-var-from-loop
        wait_for("and is well", lambda: "fetch_problem" not in instance.health()["configuration"])
        assert instance.ask_from_c() == 200
        then = instance.rotate()
        wait_for("planned changes are followed again", lambda: instance.signer("a") == instance.signer("c") == then)
    shown = instance.run("province", "exchange", "configuration-key", "show")
    assert then in shown and "compromise" in shown, shown
    print("  after a suspected theft nobody followed; pinned by hand while messages passed, then followed again")


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        instance = Rotating(pathlib.Path(name))
        try:
            instance.wait_until_it_passes()
            wait_for("c is known", lambda: instance.health()["configuration"].get("known"))
            away_for_two_changes(instance)
            by_openssl(instance)
            killed_in_the_middle(instance)
            killed_at_the_registry(instance)
            altered_on_the_way(instance)
            joined_with_an_older_code(instance)
            after_a_theft(instance)
            verified = instance.run("province", "ledger", "verify")
            print("  " + verified.strip().splitlines()[-1])
            for gateway in "abc":
                instance.stop(gateway)
            instance.stop("registry")
        finally:
            instance.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
