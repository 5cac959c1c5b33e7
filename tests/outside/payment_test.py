#!/usr/bin/python3
"""Fees paid through the simulated payment platform: from the desk, from a citizen's own page, by code and phone. The
platform is slow, down, answers by halves, lies and refuses; its call-backs are forged, wrong, late, said twice; and the
server is killed between a call-back and its answer. At the end every fee that was paid there is paid here, once."""
import hashlib
import json
import re
import socket
import sys
import tempfile
import time

import filing_test
from partner_server import SECRET, both, until
from served import call

ORDER = ["LoaiBanTin", "MaLoi", "MaDoiTac", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich", "MaNganHang", "ThoiGianGD", "ThongTinGiaoDich"]
CONFIRM = "/api/v1/links/payment/confirm"


def notice(reference, amount, transaction="GDTHU", **more):
    n = {"LoaiBanTin": "CONFIRM", "MaLoi": "00", "MaDoiTac": "QUANGTRI", "MaThamChieu": reference, "SoTien": str(amount), "MaTienTe": "VND",
         "MaGiaoDich": transaction, "MaNganHang": "NGANHANGMAU", "ThoiGianGD": "20261129150405", "ThongTinGiaoDich": "THANH TOAN", **more}
    n["MaXacThuc"] = hashlib.sha256("|".join([str(n[f]) for f in ORDER] + [SECRET]).encode()).hexdigest()
    return n


def say(pair, message):
    status, answer = call(pair.base, "POST", "/links/payment/confirm", body=message)
    return status, answer["MaLoi"]


def begin(pair, number, amount=30_000):
    code = pair.dossier(number, f"0912{number:06}")
    pair.charge(code, amount)
    reference = pair.api("POST", f"/dossiers/{code}/payments", body={})["reference"]
    return code, reference


def state(pair, reference):
    return pair.api("GET", f"/payments/{reference}", "mau-quan-tri")


def offered(pair, reference):
    return until(f"no page for {reference}", lambda: (s := state(pair, reference))["url"] and s)


def unpaid(pair, code):
    return pair.api("GET", f"/dossiers/{code}/payments")["unpaid"]


def faults(pair):
    for number, (fault, more) in enumerate([("none", {}), ("slow", {"milliseconds": 200}), ("error", {"times": 3}), ("half", {"times": 2}), ("lose", {"times": 2}),
                                            ("duplicate", {"times": 2}), ("lie", {"times": 2}), ("down", {"times": 3})]):
        pair.fault(fault, **more)
        code, reference = begin(pair, 100 + number)
        url = offered(pair, reference)["url"]
        assert url == f"{pair.sim}/payment/pay/{reference}", url
        pair.fault("none")
        told = pair.control("/do/pay", reference=reference)
        assert told["answer"]["status"] == 200 and told["answer"]["body"]["MaLoi"] == "00" and told["answer"]["signed"], told
        again = pair.control("/do/tell", reference=reference)
        assert again["answer"]["body"]["MaLoi"] == "00", again
        assert unpaid(pair, code) == 0 and pair.events(code, "dossier.paid") == 1, fault
        until("no receipt", lambda: state(pair, reference)["receipt"])
    pair.fault("refuse", times=1)
    code, reference = begin(pair, 120)
    dead = until("nothing is refused", lambda: pair.messages("dead"))
    assert dead[0]["key"] == reference and dead[0]["page"].endswith(code), dead[0]
    assert pair.api("GET", f"/dossiers/{code}/payments")["items"][0]["problem"]["code"] == "payment.stuck"
    pair.api("POST", f"/links/payment/messages/{dead[0]['number']}/retry", "mau-quan-tri", {})
    offered(pair, reference)


def lies(pair):
    code, reference = begin(pair, 130)
    offered(pair, reference)
    pair.control("/do/pay", reference=reference, transaction="GDTHU", call=False)
    good = notice(reference, 30_000)
    assert say(pair, {**good, "MaXacThuc": "0" * 64}) == (403, "97")
    assert say(pair, {**good, "SoTien": "1"}) == (403, "97")
    assert say(pair, {"x": 1}) == (400, "98")
    assert say(pair, notice("KHONGCO", 1)) == (200, "03")
    assert unpaid(pair, code) == 30_000
    assert say(pair, notice(reference, 29_999)) == (200, "04")
    odd = pair.api("GET", "/payments", "mau-quan-tri")["items"]
    assert [p["reference"] for p in odd] == [reference] and odd[0]["problem"]["code"] == "amount_differs", odd
    assert call(pair.base, "GET", "/payments", pair.tokens["mau-mot-cua"])[0] == 403
    assert unpaid(pair, code) == 30_000 and pair.api("GET", f"/dossiers/{code}/payments")["items"][0]["state"] == "held"
    assert say(pair, good) == (200, "00") and unpaid(pair, code) == 0
    assert say(pair, notice(reference, 30_000, "GDHAI")) == (200, "04")
    assert state(pair, reference)["problem"]["code"] == "second_transaction"
    pair.api("POST", f"/payments/{reference}/explain", "mau-quan-tri", {"note": "Đã chuyển Phòng Tài chính hoàn, chứng từ 7"})
    assert pair.api("GET", "/payments", "mau-quan-tri")["items"] == [] and pair.events(code, "dossier.paid") == 1


def asked(pair):
    """The call-back never comes: asking finds it, at somebody's wish or by the comparison."""
    code, reference = begin(pair, 140)
    offered(pair, reference)
    pair.control("/do/pay", reference=reference, call=False)
    assert unpaid(pair, code) == 30_000
    pair.fault("lie", times=1)
    pair.api("POST", f"/payments/{reference}/ask", body={})
    time.sleep(1)
    assert unpaid(pair, code) == 30_000, "what was not signed was believed"
    pair.fault("none")
    pair.api("POST", f"/payments/{reference}/ask", body={})
    until("asking does not find it", lambda: unpaid(pair, code) == 0)
    other, second = begin(pair, 141)
    offered(pair, second)
    pair.control("/do/pay", reference=second, call=False)
    until("the outbox does not empty", lambda: pair.link()["waiting"] == 0)
    report = pair.task("reconcile")["report"]
    assert unpaid(pair, other) == 0 and report["differences"] == 0, report


def killed(pair):
    """kill -9 between the call-back and its answer, sooner and later."""
    for number, milliseconds in enumerate([0, 1, 4, 12]):
        code, reference = begin(pair, 150 + number)
        offered(pair, reference)
        pair.control("/do/pay", reference=reference, transaction="GDTHU", call=False)
        body = json.dumps(notice(reference, 30_000)).encode()
        with socket.create_connection(("127.0.0.1", pair.port)) as line:
            line.sendall(f"POST {CONFIRM} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
            time.sleep(milliseconds / 1000)
            pair.server.kill()
        pair.server.start()
        pair.sign_in()
        paid = unpaid(pair, code) == 0
        assert (pair.events(code, "dossier.paid") == 1) == paid == (state(pair, reference)["state"] == "paid"), "a part of it stands without the other"
        if number % 2:
            assert say(pair, notice(reference, 30_000)) == (200, "00")
        else:
            pair.api("POST", f"/payments/{reference}/ask", body={})
        until("the fee is lost", lambda: unpaid(pair, code) == 0)
        assert pair.events(code, "dossier.paid") == 1
        until("no receipt", lambda: state(pair, reference)["receipt"])


def simulator_killed(pair):
    code, reference = begin(pair, 160)
    offered(pair, reference)
    pair.simulator.kill()
    other, second = begin(pair, 161)
    pair.simulator.start()
    offered(pair, second)
    pair.control("/do/pay", reference=reference)
    assert unpaid(pair, code) == 0 and unpaid(pair, other) == 30_000


def pages(pair):
    """Without a script: by code and phone, then from a citizen's own page."""
    code = pair.dossier(170, "0912000170")
    pair.charge(code, 45_000)
    b = filing_test.Browser(pair.base)
    b.get("/tra-cuu").submit({"ma": code, "dien-thoai": "0912000170"}, names=("ma",))
    b.has("Nộp trực tuyến", f"/tra-cuu/nop-phi?ma={code}")
    b.get(f"/tra-cuu/nop-phi?ma={code}").submit({"dien-thoai": "0900000000"}, names=("dien-thoai",))
    assert b.status == 404, b.status
    b.submit({"dien-thoai": "0912000170"}, names=("dien-thoai",))
    assert b.status == 200, b.text
    b.has("45.000", "Đến trang của nền tảng thanh toán")
    page = re.search(r'href="(http://127\.0\.0\.1:\d+/payment/pay/\w+)"', b.text).group(1)
    platform = filing_test.Browser(page.rsplit("/payment", 1)[0])
    platform.send(page.removeprefix(platform.base))
    assert "45000" in platform.text and "MÔ PHỎNG" in platform.text
    platform.send(page.removeprefix(platform.base), b"tra=co", "application/x-www-form-urlencoded")
    assert unpaid(pair, code) == 0
    b.get("/tra-cuu").submit({"ma": code, "dien-thoai": "0912000170"}, names=("ma",))
    b.no("Nộp trực tuyến")

    b = filing_test.Browser(pair.base)
    b.get("/ho-so").submit({"ten": "mau-cong-dan", "mat-khau": pair.accounts["mau-cong-dan"]}, names=("ten",))
    own = next((c for c in dict.fromkeys(re.findall(r'href="/ho-so/(H[^"/]+)"', b.text))
                if call(pair.base, "GET", f"/dossiers/{c}", pair.tokens["mau-mot-cua"])[1].get("state") in ("received", "processing", "signing", "finished")), None)
    if own is None:
        return "by code and phone"
    pair.charge(own, 20_000)
    b.get(f"/ho-so/{own}").has("Nộp trực tuyến")
    b.get(f"/ho-so/{own}/nop-phi").submit(names=("csrf",))
    assert b.status == 200 and b.path == f"/ho-so/{own}/nop-phi", (b.status, b.path)
    b.has("Đến trang của nền tảng thanh toán", "20.000")
    reference = re.search(r"/payment/pay/(\w+)", b.text).group(1)
    pair.control("/do/pay", reference=reference)
    until("no receipt", lambda: state(pair, reference)["receipt"])
    b.get(f"/ho-so/{own}/nop-phi").has("đã nộp", "Biên lai")
    b.send(f"/ho-so/{own}/bien-lai/{reference}")
    assert b.status == 200 and b.text.startswith("%PDF-"), b.status
    english = filing_test.Browser(pair.base)
    english.jar, english.opener = b.jar, b.opener
    english.get(f"/ho-so/{own}/nop-phi?lang=en").has("Receipt")
    stranger = filing_test.Browser(pair.base).get(f"/ho-so/{own}/bien-lai/{reference}")
    assert stranger.path.startswith("/dang-nhap"), stranger.path
    return "by code and phone and from one's own page"


def main():
    with tempfile.TemporaryDirectory(prefix="hienluong-payment-") as folder:
        more = {"partner": "QUANGTRI", "account": "0000000000", "bank": "NGANHANGMAU", "account_name": "Tai khoan mau"}
        settings = {"more": more}
        # The port is known once the pair has chosen it: the simulator is told by the first that starts.
        with both(folder, "payment", settings, ("--set", "payment.callback=http://127.0.0.1:CALLBACK" + CONFIRM)) as pair:
            faults(pair)
            lies(pair)
            asked(pair)
            killed(pair)
            simulator_killed(pair)
            how = pages(pair)
            held = pair.held()
            for reference, order in held.items():
                ours = state(pair, reference)
                assert (ours["state"] == "paid") == (order["state"] == "paid"), (reference, ours["state"], order["state"])
                assert ours["amount"] == int(order["SoTien"])
            log = pair.log()
            assert SECRET not in log and "Người Nộp" not in log
        pair.verify()
    print(f"{len(held)} payments are the same on both sides after every fault; a fee is paid once whenever the server is killed; paid {how}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
