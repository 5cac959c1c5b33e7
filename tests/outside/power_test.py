#!/usr/bin/python3
"""Medium-voltage supply as one dossier with the simulated power company: asked once whatever it answers and although the
server is killed, its lane ends when it says so and the agencies' lanes go on, late is its own lateness, and a request that
it lost is found by comparing."""
import datetime
import json
import pathlib
import subprocess
import sys
import tempfile
import urllib.request

import yaml

from partner_server import PROGRAM, QUICK, ROOT, SECRET, SIMULATOR, Process, free_port, until
from served import call, checked


class Place:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        secret = self.folder / "secret"
        secret.write_text(SECRET + "\n")
        secret.chmod(0o600)
        self.port, sim_port = free_port(), free_port()
        self.base, self.sim = f"http://127.0.0.1:{self.port}", f"http://127.0.0.1:{sim_port}"
        self.checked = self.base
        data = str(self.folder / "data")
        subprocess.run([PROGRAM, "--data", data, "demo", "--dossiers", "10", "--seed", "9"], cwd=ROOT, capture_output=True, text=True, check=True)
        self.accounts = {a["login"]: a["password"] for a in json.loads(pathlib.Path(data, "demonstration.json").read_text(encoding="utf-8"))}
        config = self.folder / "config.yaml"
        config.write_text(yaml.safe_dump({"data_dir": data, "links": {"power": {"url": f"{self.sim}/evn", "secret_file": str(secret), **QUICK}}}), encoding="utf-8")
        self.simulator = Process(folder, "sim", [SIMULATOR, "--port", str(sim_port), "--file", str(self.folder / "sim.db"), "--only", "evn", "--set-file", f"evn.token={secret}"])
        self.server = Process(folder, "server", [PROGRAM, "--config", str(config), "serve", "--port", str(self.port)])
        self.tokens = {}
        self.sign_in("mau-quan-tri", "mau-mot-cua")
        made = self.api("POST", "/accounts", "mau-quan-tri", {"login": "so-cong-thuong", "name": "Cán bộ Sở (mẫu)"})
        for role in ("head", "handler"):
            self.api("POST", "/accounts/so-cong-thuong/grants", "mau-quan-tri", {"role": role, "agency": "so-cong-thuong"}, status=(200, 201, 204))
        self.accounts["so-cong-thuong"] = made["one_time_password"]
        self.sign_in("so-cong-thuong")
        self.accounts["so-cong-thuong"] = "cau dai de nho mau"
        self.api("POST", "/me/password", "so-cong-thuong", {"old_password": made["one_time_password"], "password": "cau dai de nho mau"}, status=(200, 201, 204))
        self.sign_in("so-cong-thuong")

    def sign_in(self, *logins):
        for login in logins or tuple(self.tokens):
            self.tokens[login] = call(self.base, "POST", "/sessions", body={"login": login, "password": self.accounts[login]})[1]["token"]

    def api(self, method, path, who, body=None, status=(200, 201, 202)):
        got, answer = call(self.checked, method, path, self.tokens[who], body)
        assert got in status, (method, path, got, answer)
        return answer

    def control(self, path, **body):
        request = urllib.request.Request(f"{self.sim}/control/evn{path}", data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def held(self):
        with urllib.request.urlopen(f"{self.sim}/compare/evn?limit=500", timeout=30) as answer:
            return {i["key"]: i for i in json.loads(answer.read())["items"]}

    def running(self, number):
        """A dossier whose three lanes run; the code."""
        code = self.api("POST", "/dossiers", "mau-mot-cua", {
            "procedure": "0.000001", "channel": "desk", "place": "vn-19333", "reception": "ubnd-19333",
            "applicant": {"name": "Người Nộp (mẫu)", "id_kind": "personal_id", "id_number": f"0451870{number:05}", "phone": f"0912{number:06}", "address": "Mẫu"},
            "answers": {"site": "Địa chỉ mẫu", "capacity": 560, "line": "overhead", "purpose": "Sản xuất"},
            "components": [{"id": i, "originals": 1, "copies": 1} for i in ("giay-to-tuy-than", "chu-the", "muc-dich", "dau-noi")]})["code"]
        for command, who in (("receive", "mau-mot-cua"), ("transfer", "mau-mot-cua"), ("complete", "so-cong-thuong")):
            self.api("POST", f"/dossiers/{code}/{command}", who, {})
        return code

    def lane(self, code):
        return next(iter(self.api("GET", f"/power/lanes?code={code}", "mau-quan-tri")["items"]), None)

    def task(self, name, done, what):
        def again():
            self.api("POST", f"/links/power/tasks/{name}", "mau-quan-tri", {})
            return done()
        return until(what, again)

    def end(self):
        for process in (self.server, self.simulator):
            if process.process.poll() is None:
                process.process.kill()
                process.process.wait()


def when(days=0):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


def asked(place):
    for number, (fault, more) in enumerate([("none", {}), ("error", {"times": 2}), ("half", {"times": 2}), ("lose", {"times": 1}), ("duplicate", {"times": 1}), ("down", {"times": 2})], 1):
        place.control("", fault=fault, **more)
        code = place.running(number)
        request = until(f"{fault}: the company was not asked", lambda c=code: place.held().get(c))
        assert request["thong_tin"]["capacity"] == 560 and request["khach_hang"] == "Người Nộp (mẫu)", request
        place.control("", fault="none")
        until(f"{fault}: it is not done with", lambda: place.api("GET", "/links/power", "mau-quan-tri")["waiting"] == 0)
    place.control("", fault="down")
    code = place.running(20)
    place.server.kill()
    place.control("", fault="none")
    place.server.start()
    place.sign_in()
    until("the request was lost in the crash", lambda: place.held().get(code))


def lanes(place):
    code = place.running(30)
    until("the company was not asked", lambda: place.held().get(code))
    until("the lane is not seen", lambda: place.lane(code))
    place.control("/do/move", ma_ho_so=code, buoc="khao_sat", luc=when())
    place.task("progress", lambda: place.lane(code)["word"] == "khao_sat", "the company's word does not come")
    assert place.lane(code)["judgement"] == "running"
    place.control("/do/move", ma_ho_so=code, buoc="dong_dien", luc=when())
    done = place.task("progress", lambda: (l := place.lane(code))["ended_at"] and l, "the lane does not end")
    assert (done["judgement"], done["late_minutes"]) == ("in_time", None), done
    assert place.api("GET", f"/dossiers/{code}", "so-cong-thuong")["state"] in ("processing", "consulting"), "the agencies' lanes go on"
    late = place.running(31)
    until("the company was not asked", lambda: place.held().get(late))
    place.control("/do/move", ma_ho_so=late, buoc="dong_dien", luc=when(200))
    seen = place.task("progress", lambda: (l := place.lane(late)) and l["ended_at"] and l, "the lane does not end")
    assert seen["judgement"] == "late" and seen["late_minutes"] > 0, seen
    year = place.api("GET", "/power/lanes", "mau-quan-tri")["year"]
    assert (year["in_time"], year["late"]) == (1, 1), year


def compared(place):
    place.control("/forget", key=next(iter(place.held())))
    place.task("reconcile", lambda: place.api("GET", "/links/power", "mau-quan-tri")["differences"] == 1, "the lost request is not found")


def main():
    with tempfile.TemporaryDirectory(prefix="hienluong-power-") as folder:
        place = Place(folder)
        try:
            with checked(place.base, folder) as place.checked:
                for part in (asked, lanes, compared):
                    part(place)
                    print(f"ok    {part.__name__}", flush=True)
        except BaseException:
            print((place.folder / "server.log").read_text(encoding="utf-8")[-2000:])
            raise
        finally:
            place.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
