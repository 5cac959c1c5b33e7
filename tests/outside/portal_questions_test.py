#!/usr/bin/python3
"""The national portal's other services from outside, against the simulated portal: a result that the province recorded
electronically is found in the national store as soon as the dossier went over, and taken for the next dossier instead of
asking for it; citizens' questions come down, are given out, answered and corrected while the portal loses answers and the
program is killed, and stand there once; a procedure described otherwise there is told field by field. Every answer of the
program is held to the API document."""
import contextlib
import datetime
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

from served import PROGRAM, ROOT, call, checked, served

ADMIN, AGENCY = "mau-quan-tri", "ubnd-19333"
SIMULATOR = os.environ.get("HL_SIMULATOR", str(pathlib.Path(PROGRAM).parent / "hienluong-sim"))


class Portal:
    def __init__(self, folder):
        secret = folder / "sim.password"
        secret.write_text("mat-khau-chi-de-thu\n", encoding="utf-8")
        secret.chmod(0o600)
        self.secret, out = secret, folder / "sim.out"
        with out.open("w", encoding="utf-8") as printed:
            self.process = subprocess.Popen([SIMULATOR, "--port", "0", "--file", str(folder / "sim.db"), "--only", "portal", "--set", "portal.unit=H50",
                                             "--set-file", f"portal.password={secret}"], stdout=printed)
        while not (text := out.read_text(encoding="utf-8")).endswith("\n"):
            assert self.process.poll() is None
            time.sleep(0.01)
        self.base = text.strip()

    def post(self, path, **body):
        request = urllib.request.Request(self.base + "/control/portal" + path, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read())

    def answers(self):
        return {a["question"]: a for a in self.post("/do/answers")["items"]}

    def holdings(self):
        with urllib.request.urlopen(self.base + "/compare/portal?limit=5000", timeout=30) as answer:
            return {i["key"]: i["record"] for i in json.loads(answer.read())["items"]}

    def end(self):
        self.process.kill()
        self.process.wait()


def until(what, condition, seconds=40):
    for _ in range(int(seconds / 0.1)):
        if found := condition():
            return found
        time.sleep(0.1)
    raise AssertionError("never: " + what)


def tokens(base, folder):
    accounts = json.loads((folder / "data/demonstration.json").read_text(encoding="utf-8"))
    out = {}
    for a in accounts:
        status, answer = call(base, "POST", "/sessions", body={"login": a["login"], "password": a["password"]})
        if status in (200, 201) and "token" in answer:
            out[a["login"]] = answer["token"]
    return out


def run_task(base, token, task):
    was = next((t for t in call(base, "GET", "/links/portal", token)[1]["tasks"] if t["name"] == task), {}).get("last_at")
    # Times are told to the second: one that ran within this one could not be told from the next.
    until("the second is over", lambda: was is None or time.time() >= datetime.datetime.fromisoformat(was).timestamp() + 1)
    assert call(base, "POST", f"/links/portal/tasks/{task}", token, {})[0] == 200
    return until(task, lambda: next((t for t in call(base, "GET", "/links/portal", token)[1]["tasks"]
                                     if t["name"] == task and t["last_at"] not in (None, was) and not t["problem"]), None))["report"]


def store_of_papers(base, portal, who):
    """There and back: what our own dossiers told the portal is what its store answers."""
    clerk = who["mau-mot-cua"]
    with_result = {key: r for key, r in portal.holdings().items()
                   if r.get("DanhSachGiayToKetQua") and any(i["LoaiDinhDanh"] == "1" for i in r.get("DinhDanhCHS", []))}
    assert with_result, "no dossier of the demonstration has an electronic result of a person with a personal number"
    record = next(iter(with_result.values()))
    owner = next(i["SoDinhDanh"] for i in record["DinhDanhCHS"] if i["LoaiDinhDanh"] == "1")
    ask = {"owner": owner, "name": record["ChuHoSo"], "procedure": "1.001612"}
    status, found = call(base, "POST", "/national-results", clerk, ask)
    assert status == 200, found
    paper = record["DanhSachGiayToKetQua"][0]
    mine = [p for p in found["items"] if p["code"] == paper.get("MaGiayToKetQua") and p["agency"] == record["DonViXuLy"]]
    assert mine and mine[0]["name"] == paper.get("TenGiayTo") and mine[0]["number"] is None, found
    # Somebody else's paper, with its number; only the kind that is asked for.
    portal.post("/do/result", owner=owner, MaKetQua="KQ.MAU", TenGiayTo="Giấy phép mẫu", SoKyHieu="01/GP-MAU", CoQuanChuQuan="Cơ quan mẫu",
                DanhSachTepDinhKem=[{"TenTep": "mau.pdf", "DuongDan": "/mau.pdf"}])
    status, found = call(base, "POST", "/national-results", clerk, {**ask, "results": [{"code": "KQ.MAU"}]})
    assert status == 200 and [p["number"] for p in found["items"]] == ["01/GP-MAU"] and found["items"][0]["files"] == ["mau.pdf"], found
    assert call(base, "POST", "/national-results", clerk, {**ask, "owner": "045000999999"})[1]["items"] == []
    # Not exact, not a procedure of ours, not a clerk.
    for wrong, code in (({"owner": "12345"}, "results.number"), ({"procedure": "0.000000"}, "procedure.unknown")):
        status, refused = call(base, "POST", "/national-results", clerk, {**ask, **wrong})
        assert status in (404, 422) and refused["code"] == code, refused
    assert call(base, "POST", "/national-results", who["mau-quan-tri"], ask)[0] == 403
    assert call(base, "POST", "/national-results", None, ask)[0] == 401
    portal.post("", fault="down", times=1)
    status, refused = call(base, "POST", "/national-results", clerk, ask)
    assert status == 503, refused
    # Asking is a reading: each one that went out is in the log, with why.
    status, log = call(base, "GET", "/personal-reads?limit=100", who[ADMIN])
    assert status == 200, log
    asked = [r for r in log["items"] if r["what"] == "national_results"]
    assert len(asked) >= 4 and all("kho dữ liệu quốc gia" in r["purpose"] for r in asked), asked


def file_one(base, clerk, **first):
    """A made-up dossier, filed at the desk; `first` is said of its first component. (code, required components)"""
    status, card = call(base, "GET", "/procedures/1.001612", clerk)
    assert status == 200, card
    components = [c for c in card["card"]["components"] if c["required"]]
    place = next(a["area"] for a in call(base, "GET", "/agencies", clerk)[1]["items"] if a["id"] == AGENCY)
    filing = {"procedure": "1.001612", "channel": "desk", "place": place, "reception": AGENCY,
              "applicant": {"kind": "citizen", "name": "Người Mẫu", "id_kind": "personal_id", "id_number": "045185000001", "phone": "0912345678"},
              "answers": {"business_name": "Hộ kinh doanh Mẫu", "address": {"province": "Tỉnh Quảng Trị", "commune": "Phường Đông Hà"}, "lines": "Bán lẻ",
                          "capital": 50000000, "founded_by": "person", "authorised": False},
              "components": [{"id": c["id"], "originals": c["originals"], "copies": c["copies"], **(first if i == 0 else {})}
                             for i, c in enumerate(components)]}
    status, filed = call(base, "POST", "/dossiers", clerk, filing)
    assert status in (200, 201), filed
    return filed["code"], components


def take_it(base, portal, who):
    """A dossier received with a paper of the store: the portal and the index see that it was not asked for again."""
    clerk = who["mau-mot-cua"]
    code, components = file_one(base, clerk, national=True, reused=True)
    status, found = call(base, "POST", "/national-results", clerk, {"dossier": code})
    assert status == 200 and found["items"] == [], found
    # Which result of the store stands for it: of the card's components only, by who may receive, told with the dossier.
    laid = lambda component, result, token=clerk: call(base, "POST", "/national-results/taken", token, {"dossier": code, "papers": [{"component": component, "code": result}]})
    assert laid("khong-co", "KQ.MAU")[1]["code"] == "papers.component" and laid(components[0]["id"], "KQ MAU")[1]["code"] == "papers.code"
    assert laid(components[0]["id"], "KQ.MAU", who["mau-quan-tri"])[0] in (403, 404)
    status, taken = laid(components[0]["id"], "KQ.MAU")
    assert (status, taken["papers"]) == (200, [{"component": components[0]["id"], "code": "KQ.MAU"}]), taken
    status, received = call(base, "POST", f"/dossiers/{code}/receive", clerk, {})
    assert status == 200, received
    record = until("the dossier is there as received", lambda: (r := portal.holdings().get(code)) and r["TrangThaiHoSo"] == "2" and r)
    flags = {p["MaThanhPhanHoSo"]: (p["DuocLayTuKhoDMQG"], p["DuocTaiSuDung"]) for p in record["TaiLieuNop"]}
    assert flags[components[0]["id"]] == ("1", "1") and all(f == ("0", "0") for i, f in flags.items() if i != components[0]["id"]), flags
    replaced = {p["MaThanhPhanHoSo"]: p.get("MaKetQuaThayThe") for p in record["TaiLieuNop"]}
    assert replaced.pop(components[0]["id"]) == "KQ.MAU" and not any(replaced.values()), replaced
    # A code that the store does not have is refused there by name, and mended here.
    assert laid(components[0]["id"], "KQ.LA")[0] == 200
    dead = until("refused by name", lambda: [m for m in call(base, "GET", "/links/portal/messages?state=dead", who[ADMIN])[1]["items"] if m["key"] == code])
    assert dead[0]["reason"]["datum"] == "MaKetQuaThayThe", dead
    assert laid(components[0]["id"], "KQ.MAU")[0] == 200
    until("mended", lambda: not call(base, "GET", "/links/portal/messages?state=dead", who[ADMIN])[1]["items"])


def questions(base, portal, who, unit):
    """Down, out, up: the last answer stands there once."""
    handler, admin = who["mau-thu-ly"], who[ADMIN]
    ask = lambda number, **more: portal.post("/do/question", HOIDAPID=number, MADONVI=unit, TENDONVI="Đơn vị mẫu", HOVATEN="Người Hỏi Mẫu", THUDIENTU="hoi@example.vn",
                                             NOIDUNG=f"Câu hỏi mẫu số {number}", **more)
    for number in ("9001", "9002"):
        ask(number)
    ask("9003", TRANGTHAI="0")
    ask("9005")
    portal.post("/do/question", HOIDAPID="9004", MADONVI="H50.KHONG.CO", TENDONVI="Đơn vị lạ", NOIDUNG="Câu hỏi không rõ đơn vị")
    report = run_task(base, admin, "questions")
    assert (report["taken"], report["unreadable"]) == (4, []), report
    status, page = call(base, "GET", f"/portal-questions?agency={AGENCY}", handler)
    assert status == 200 and {q["id"] for q in page["items"]} == {"9001", "9002", "9005"} and page["counts"]["open"] == 3, page
    assert page["items"][0]["due"] and page["items"][0]["due_rule"]["verified"] is False and page["gives_out"] is False, page
    assert call(base, "GET", f"/portal-questions?agency={AGENCY}&state=waiting", handler)[0] == 403
    # Page by page, with counts of all; what is not his to see is not counted as none.
    status, first = call(base, "GET", f"/portal-questions?agency={AGENCY}&limit=2", handler)
    assert status == 200 and len(first["items"]) == 2 and first["counts"] == {"open": 3, "waiting": None, "over": 0, "overdue": 0, "changed": 0}, first
    status, second = call(base, "GET", f"/portal-questions?agency={AGENCY}&limit=2&cursor={first['next']}", handler)
    assert status == 200 and second["next"] is None and {q["id"] for q in first["items"] + second["items"]} == {"9001", "9002", "9005"}, second
    status, refused = call(base, "GET", f"/portal-questions?agency={AGENCY}&cursor=x", handler)
    assert (status, refused["code"]) == (422, "cursor.invalid"), refused
    # Lost on its way back, and the program killed before it could hear: sent again, and an update there.
    portal.post("", fault="lose", times=2)
    status, one = call(base, "GET", "/portal-questions/9001", handler)
    assert status == 200 and one["question"]["text"] == "Câu hỏi mẫu số 9001" and one["can"] == ["give_back", "answer"], one
    status, done = call(base, "POST", "/portal-questions/9001/answer", handler, {"text": "Trả lời mẫu thứ nhất"})
    assert (status, done["answers"]) == (200, 1), done
    assert call(base, "POST", "/portal-questions/9001/answer", who["mau-quan-tri"], {"text": "x"})[0] == 403


def after_the_kill(base, portal, who):
    handler = who["mau-thu-ly"]
    until("the answer is there", lambda: portal.answers().get("9001", {}).get("record", {}).get("NOIDUNGTRALOI") == "Trả lời mẫu thứ nhất")
    until("and known to be", lambda: call(base, "GET", "/portal-questions/9001", handler)[1]["sending"]["state"] == "accepted")
    status, done = call(base, "POST", "/portal-questions/9001/answer", handler, {"text": "Trả lời mẫu đã sửa"})
    assert (status, done["answers"]) == (200, 2), done
    until("the correction stands there", lambda: portal.answers()["9001"]["record"]["NOIDUNGTRALOI"] == "Trả lời mẫu đã sửa")
    assert len([a for a in portal.answers() if a == "9001"]) == 1
    told = portal.answers()["9001"]["record"]
    assert told["NGUOITRALOI"] == "Cán bộ thụ lý (mẫu)" and len(told["NGAYTRALOI"]) == 14, told
    status, same = call(base, "POST", "/portal-questions/9001/answer", handler, {"text": "Trả lời mẫu đã sửa"})
    assert (status, same["code"]) == (409, "question.same"), same
    # Not ours: back to the centre with a reason; answered at the portal itself: over here, too.
    assert call(base, "POST", "/portal-questions/9002/assign", handler, {})[0] == 422
    status, back = call(base, "POST", "/portal-questions/9002/assign", handler, {"note": "Việc của sở"})
    assert (status, back["state"]) == (200, "waiting"), back
    assert call(base, "GET", "/portal-questions/9002", handler)[0] == 403
    portal.post("/do/answer", HOIDAPID="9004", NOIDUNGTRALOI="Trả lời tại Cổng")
    assert run_task(base, who[ADMIN], "questions")["answered_there"] == 1
    status, over = call(base, "GET", f"/portal-questions?agency={AGENCY}&state=over", handler)
    assert status == 200 and [q["id"] for q in over["items"]] == ["9005", "9001"], over
    # The nightly comparison asks for answers, too.
    portal.post("/do/answer", HOIDAPID="9001", NOIDUNGTRALOI="Ai đó sửa ở Cổng")
    run_task(base, who[ADMIN], "reconcile")
    differences = call(base, "GET", "/links/portal/differences?limit=200", who[ADMIN])[1]["items"]
    mine = [d for d in differences if d["key"] == "cau-hoi/9001"]
    assert len(mine) == 1 and mine[0]["field"] == "NOIDUNGTRALOI" and mine[0]["page"].endswith("open=9001"), differences
    assert call(base, "POST", f"/links/portal/differences/{mine[0]['number']}/send", who[ADMIN], {})[0] == 200
    until("repaired", lambda: portal.answers()["9001"]["record"]["NOIDUNGTRALOI"] == "Trả lời mẫu đã sửa")


def earlier_answers(base, portal, who, unit):
    """An earlier answer of the same procedure is found and taken over; never who asked, nor his words."""
    handler, admin = who["mau-thu-ly"], who[ADMIN]
    for number, text in (("9010", "Đăng ký hộ kinh doanh cần giấy tờ gì?"), ("9011", "Tôi lập hộ kinh doanh thì nộp gì?")):
        portal.post("/do/question", HOIDAPID=number, MADONVI=unit, TENDONVI="Đơn vị mẫu", HOVATEN="Người Hỏi Mẫu", MATTHCDP="1.001612", NOIDUNG=text)
    assert run_task(base, admin, "questions")["taken"] == 2
    status, done = call(base, "POST", "/portal-questions/9010/answer", handler, {"text": "Cần tờ khai đăng ký."})
    assert status == 200, done
    look = lambda query, token=handler: call(base, "GET", "/portal-answers?" + urllib.parse.urlencode({"agency": AGENCY, **query}), token)
    status, page = until("the index has it", lambda: (r := look({"words": "to khai", "procedure": "1.001612", "except": "9011"}))[1].get("items") and r)
    assert status == 200 and [(f["id"], f["answer"]) for f in page["items"]] == [("9010", "Cần tờ khai đăng ký.")], page
    assert "Người Hỏi" not in json.dumps(page, ensure_ascii=False) and "giấy tờ gì" not in json.dumps(page, ensure_ascii=False)
    assert look({"words": "nguoi hoi mau"})[1]["items"] == [] and look({"procedure": "9.999999"})[1]["items"] == []
    assert look({"words": "ho kinh doanh"})[1]["items"][0]["id"] == "9010", "by the words of the question, too"
    assert look({"from": "2000-01-01", "to": "2000-01-02"})[1]["items"] == [] and look({"from": "x"})[1]["code"] == "query.date"
    assert look({"state": "x"})[1]["code"] == "query.state" and look({"cursor": "x"})[1]["code"] == "cursor.invalid"
    assert look({"agency": ""})[0] == 403 and look({"agency": "so-xay-dung"})[0] == 403 and look({}, who["mau-quan-tri"])[0] == 403
    status, done = call(base, "POST", "/portal-questions/9011/answer", handler, {"text": "Cần tờ khai đăng ký.", "from": "9010"})
    assert status == 200 and call(base, "GET", "/portal-questions/9011", handler)[1]["answer_from"] == "9010"
    assert call(base, "POST", "/portal-questions/9010/answer", handler, {"text": "Khác", "from": "9005"})[1]["code"] == "question.from"
    reads = call(base, "GET", "/personal-reads?limit=200", admin)[1]["items"]
    assert [r for r in reads if "dùng lại" in r["purpose"]], "looking is a reading"


def erasing(base, portal, who, unit):
    """Erased by whom and why; nothing of it is read again, whatever the portal lists, and what is counted stays."""
    handler, admin = who["mau-thu-ly"], who[ADMIN]
    before = call(base, "GET", f"/portal-questions?agency={AGENCY}", handler)[1]["counts"]
    assert call(base, "POST", "/portal-questions/9001/erasure", handler, {"reason": "Công dân yêu cầu"})[0] == 403
    status, seen = call(base, "GET", "/portal-questions/9001", admin)
    assert status == 200 and seen["hidden"] and seen["question"] is None and seen["can"] == ["erase"], seen
    assert call(base, "POST", "/portal-questions/9001/erasure", admin, {"reason": "x"})[1]["code"] == "question.reason"
    until("the answer is known to be there", lambda: call(base, "GET", "/portal-questions/9001", admin)[1]["sending"]["state"] == "accepted")
    status, done = call(base, "POST", "/portal-questions/9001/erasure", admin, {"reason": "Công dân yêu cầu xóa"})
    assert (status, done["state"]) == (200, "answered"), done
    assert call(base, "POST", "/portal-questions/9001/erasure", admin, {"reason": "Lần nữa"})[1]["code"] == "question.erased"
    for number, why in (("9001", "Công dân yêu cầu xóa"), ("9005", "Xóa bằng dòng lệnh")):
        portal.post("/do/question", HOIDAPID=number, MADONVI=unit, TENDONVI="Đơn vị mẫu", HOVATEN="Người Hỏi Mẫu", NOIDUNG="Hỏi lại sau khi xóa")
        assert run_task(base, admin, "questions")["taken"] == 0
        status, gone = call(base, "GET", f"/portal-questions/{number}", handler)
        assert status == 200 and gone["erased"] and gone["erased_at"] and gone["can"] == [] and gone["erasure"] is None, gone
        assert (gone["question"], gone["answer"], gone["note"]) == (None, None, None), gone
        assert call(base, "POST", f"/portal-questions/{number}/answer", handler, {"text": "x"})[1]["code"] == "question.erased"
        assert call(base, "GET", f"/portal-questions/{number}", admin)[1]["erasure"]["reason"] == why
    status, page = call(base, "GET", f"/portal-questions?agency={AGENCY}&state=over", handler)
    assert status == 200 and page["counts"] == before and {q["id"] for q in page["items"] if q["excerpt"] is None} == {"9001", "9005"}, page
    # Nor is anything of anybody in what the connector keeps of the lists that it fetched.
    rows, before = [], 0
    while True:
        page = call(base, "GET", f"/links/portal/exchanges?limit=200&before={before}", admin)[1]
        rows += page["items"]
        if not (before := page["next"]):
            break
    for operation, at_least in (("LayDanhSachHoiDapGuiTuDVCQG", 5), ("LayDanhSachHoSoNop", 1), ("TraCuuHoSo", 0)):
        kept = [call(base, "GET", f"/links/portal/exchanges/{e['number']}", admin)[1]["response"] for e in rows if e["operation"] == operation][:40]
        assert len(kept) >= at_least, (operation, len(kept), {e["operation"] for e in rows})
        assert not [r for r in kept if any(word in r for word in ("Hỏi Mẫu", "Câu hỏi mẫu", "Trả lời mẫu", "hoi@example"))], kept
        assert operation != "TraCuuHoSo" or all('"ChuHoSo":"•••"' in r or '"result":[]' in r for r in kept), kept


def catalogue(base, portal, who):
    admin = who[ADMIN]
    status, card = call(base, "GET", "/procedures/1.001612", admin)
    card = card["card"]
    portal.post("/do/procedure", MATTHC="1.001612", TENTTHC=card["name"]["vi"] if isinstance(card["name"], dict) else card["name"],
                CACHTHUCTHUCHIEN=[{"KENH": "1", "THOIGIAN": [{"THOIGIANGIAIQUYET": "77", "DONVITINH": "Ngày làm việc", "PHILEPHI": ["Theo quy định"]}]}],
                TRINHTUTHUCHIEN="Bước 1. Nộp hồ sơ.", KETQUATHUCHIEN=["Kết quả chỉ có ở Cổng"])
    report = run_task(base, admin, "catalogue")
    assert report["details_compared"] >= 1 and report["details_failed"] == 0, report
    status, page = call(base, "GET", "/portal-catalogue?limit=200", admin)
    lines = {(d["field"], d["kind"]) for p in page["items"] if p["procedure"] == "1.001612" for d in p["lines"]}
    assert all(p["name"] for p in page["items"]) and next(p["name"] for p in page["items"] if p["procedure"] == "1.001612") == "Đăng ký thành lập hộ kinh doanh", page
    assert status == 200 and {("time.desk", "differs"), ("results", "only_there"), ("steps", "prose")} <= lines, lines
    assert call(base, "GET", "/portal-catalogue", who["mau-thu-ly"])[0] == 403


@contextlib.contextmanager
def killed(folder, config):
    """A server that is killed, not told to end."""
    out = folder / "killed.out"
    with out.open("w", encoding="utf-8") as printed:
        server = subprocess.Popen([PROGRAM, "--config", config, "serve", "--port", "0"], cwd=ROOT, stdout=printed, stderr=subprocess.DEVNULL)
    try:
        base = until("listening", lambda: next((line.strip() for line in out.read_text(encoding="utf-8").splitlines() if line.startswith("http")), None))
        yield base
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()


def demonstration(folder, portal, dossiers):
    """A demonstration whose national portal is the simulated one. Its settings file."""
    config = folder / "settings.yaml"
    config.write_text(json.dumps({"data_dir": str(folder / "data"), "pack": str(ROOT / "packs/quang-tri"), "links": {"portal": {
        "url": portal.base + "/portal", "user": "quangtri", "secret_file": str(portal.secret), "first_retry_seconds": 0.1, "longest_retry_seconds": 0.5,
        "breaker_rest_seconds": 0.2, "more": {"unit": "H50", "provider": "VN:GOV:H50"}}}}), encoding="utf-8")
    made = subprocess.run([PROGRAM, "--config", config, "demo", "--dossiers", str(dossiers)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr[-500:]
    return config


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        portal = Portal(folder)
        try:
            config = demonstration(folder, portal, 120)
            with killed(folder, config) as base:
                who = tokens(base, folder)
                unit = next(a["code"] for a in call(base, "GET", "/agencies", who["mau-thu-ly"])[1]["items"] if a["id"] == AGENCY)
                until("the year is over there", lambda: (l := call(base, "GET", "/links/portal", who[ADMIN])[1])["lag_events"] == 0 and l["waiting"] == 0)
                questions(base, portal, who, unit)
            print("ok    questions came down and were answered; the portal lost the answer and the program was killed")
            erase = [PROGRAM, "--config", config, "links", "erase-question", "9005", "--reason", "Xóa bằng dòng lệnh"]
            assert subprocess.run([*erase[:-1], "x"], cwd=ROOT, capture_output=True, check=False).returncode != 0
            erased = subprocess.run(erase, cwd=ROOT, capture_output=True, text=True, check=False)
            assert erased.returncode == 0 and erased.stdout == "erased: question 9005, erased\n", erased
            with served(folder, "--config", config) as base, checked(base, folder) as through:
                who = tokens(base, folder)
                after_the_kill(through, portal, who)
                print("ok    the answer stands there once, corrected; what the portal changes or answers itself is seen")
                earlier_answers(through, portal, who, unit)
                print("ok    an earlier answer is found by its words and its procedure, and taken over")
                erasing(through, portal, who, unit)
                print("ok    who asked is erased by command and by API, and comes back by no fetch")
                store_of_papers(through, portal, who)
                take_it(through, portal, who)
                print("ok    a result of ours is found in the national store, another's is taken, and the portal sees it")
                catalogue(through, portal, who)
                print("ok    a procedure described otherwise there is told field by field")
        finally:
            portal.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
