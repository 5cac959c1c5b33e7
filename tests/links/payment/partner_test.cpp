// The connector: what the platform is sent, and every way in which the talk with it can go wrong.
#include "links/payment/payment_world.h"
#include "links/payment/routes.h"

namespace hl::payment::test {
namespace {

using connector::MessageState;
using hl::test::code_of;

class PaymentPartner : public PaymentTest {
  protected:
    [[nodiscard]] int64_t asked(const std::string& what) const {
        return std::count_if(platform_.asked.begin(), platform_.asked.end(),
                             [&](const std::string& a) { return a.starts_with(what); });
    }
};
HL_FOR_EVERY_ENGINE(PaymentPartner);

TEST_P(PaymentPartner, InitSaysWhatTheShapeAsksAndNothingMadeUp) {
    const auto d = owing();
    const auto p = opened(d.code);
    deliver();
    const auto& m = platform_.orders.at(p.reference).message;
    const auto text = [](const json::value& v) { return std::string{v.as_string()}; };
    EXPECT_EQ(text(m.at("LoaiBanTin")), "INIT");
    EXPECT_EQ(text(m.at("PhienBan")), "1.0.6");
    EXPECT_EQ(text(m.at("SoTien")), "50000");
    EXPECT_EQ(text(m.at("MaTienTe")), "VND");
    EXPECT_EQ(text(m.at("LoaiHinhThanhToan")), "PAY");
    EXPECT_EQ(text(m.at("MaNganHang")), "PAYMENT");
    EXPECT_EQ(text(m.at("ThoiGianGD")).substr(0, 12), "202611161504");  // 15 hours, not 03
    EXPECT_EQ(text(m.at("Ip")), "10.0.0.7");
    const auto& b = m.at("ThongTinBienLai").as_object();
    EXPECT_EQ(text(b.at("MaHoSo")), d.code.value);
    EXPECT_EQ(text(b.at("MaTTHC")), d.procedure.value);
    EXPECT_EQ(text(b.at("MaDVC")), d.procedure.value + ".01");
    EXPECT_EQ(text(b.at("HoTenNguoiNop")), "Người Nộp Thử");
    EXPECT_EQ(text(b.at("SoCMNDNguoiNop")), "000000000000");  // the number of the test's applicant
    EXPECT_EQ(text(b.at("TKThuHuong")), "0001");
    EXPECT_EQ(text(b.at("PhiLePhi").at(0).at("LoaiPhiLePhi")), "LePhi");
    EXPECT_EQ(text(b.at("PhiLePhi").at(0).at("SoTien")), "50000");
    EXPECT_EQ(stored(p.reference).state, PaymentState::offered);
    EXPECT_EQ(stored(p.reference).url, "https://pay.example/" + p.reference);
}

TEST_P(PaymentPartner, WithoutAPayersNumberItIsHeldAndSaysWhich) {
    auto filing = world_->filing();
    filing.applicant.id_number.clear();
    filing.applicant.id_kind.clear();
    const auto f = world_->file(filing);
    ASSERT_TRUE(ok(f));
    ASSERT_TRUE(ok(world_->run([&](auto& tx, auto& ctx, Instant t) {
        return dossiers::receive(tx, ctx, world_->system(), {f->code, {}}, {}, t);
    })));
    charge(f->code, 50'000);
    (void)opened(f->code);
    deliver();
    ASSERT_EQ(messages(MessageState::held).size(), 1u);
    EXPECT_EQ(messages(MessageState::held)[0].reason_datum, "SoCMNDNguoiNop");
    EXPECT_TRUE(platform_.asked.empty());
}

TEST_P(PaymentPartner, WithoutAnAccountOrASecretItIsHeldAndSaysWhich) {
    settings_.more.erase("account");
    restart();
    const auto d = owing();
    (void)opened(d.code);
    deliver();
    ASSERT_EQ(messages(MessageState::held).size(), 1u);
    EXPECT_EQ(messages(MessageState::held)[0].reason_datum, "TKThuHuong");
    settings_.more["account"] = "0001";
    settings_.secret_file = keys_ / "none";
    restart();
    const auto other = owing();
    (void)opened(other.code);
    deliver();
    ASSERT_EQ(messages(MessageState::held).size(), 2u);
    EXPECT_EQ(messages(MessageState::held)[0].reason_code, "link.secret_missing");
    EXPECT_TRUE(platform_.asked.empty());
}

TEST_P(PaymentPartner, AnAgencysOwnAccountGoesBeforeTheCommonOne) {
    std::vector<Error> errors;
    auto pack = connector::read_mappings(dossiers::test::pack_folder, errors);
    for (auto& file : pack.files)
        if (file.connector == "payment") {
            const std::string none = "accounts: []";
            file.text.replace(
                file.text.find(none), none.size(),
                "accounts: [{agency: ubnd-19333, account: \"77\", bank: KB, name: Phuong, from: 2026-01-01}]");
        }
    pack.hash += "-other";
    apply(pack);
    const auto p = opened(owing().code);
    deliver();
    EXPECT_EQ(platform_.orders.at(p.reference).message.at("ThongTinBienLai").at("TKThuHuong").as_string(), "77");
}

TEST_P(PaymentPartner, EveryFaultOfInitEndsWithOnePageAndTheSameBytes) {
    for (const char* fault : {"timeout", "500", "lost", "half", "bad_url"}) {
        const auto p = opened(owing().code);
        platform_.next = {fault, fault};
        deliver();
        EXPECT_EQ(stored(p.reference).state, PaymentState::offered) << fault;
        EXPECT_EQ(stored(p.reference).url, "https://pay.example/" + p.reference) << fault;
    }
    EXPECT_EQ(counts().dead, 0);
    EXPECT_EQ(platform_.orders.size(), 5u);
}

TEST_P(PaymentPartner, ARefusedOneIsADeadLetterThatSaysWhy) {
    const auto p = opened(owing().code);
    platform_.next = {"refuse"};
    deliver();
    ASSERT_EQ(messages(MessageState::dead).size(), 1u);
    EXPECT_EQ(messages(MessageState::dead)[0].reason_code, "5");
    const auto q = opened(owing().code);
    platform_.next = {"exists"};
    deliver();
    EXPECT_EQ(messages(MessageState::dead)[0].reason_code, "payment.reference_used");
    EXPECT_EQ(stored(p.reference).state, PaymentState::opened);
    EXPECT_EQ(stored(q.reference).state, PaymentState::opened);
}

TEST_P(PaymentPartner, ARestartAtEveryStepLosesAndDoublesNothing) {
    const auto d = owing();
    const auto p = opened(d.code);
    restart();
    ASSERT_TRUE(ok(world_->store().settle()));
    ASSERT_TRUE(ok(followers_->catch_up()));
    restart();
    platform_.next = {"lost"};
    ASSERT_TRUE(ok(runner_->drain()));
    restart();
    deliver();
    restart();
    platform_.pay(p.reference);
    (void)call_back(platform_.notice(p.reference));  // and the answer is lost
    restart();
    EXPECT_EQ(call_back(platform_.notice(p.reference)), "00");
    platform_.next = {"lost"};
    deliver();
    restart();
    deliver();
    EXPECT_EQ(events("dossier.paid"), 1);
    EXPECT_EQ(events(events::confirmed), 1);
    EXPECT_EQ(events(events::receipt), 1);
    EXPECT_TRUE(stored(p.reference).has_receipt);
    EXPECT_EQ(counts().queued + counts().held + counts().dead, 0);
    EXPECT_TRUE(world_->agrees(d.code));
}

TEST_P(PaymentPartner, ACallBackThatNeverCameIsFoundByAsking) {
    const auto d = owing();
    const auto p = opened(d.code);
    deliver();
    platform_.pay(p.reference);
    EXPECT_EQ(query().at("due").to_number<int>(), 0);  // not at once: the call-back may be on its way
    world_->clock().advance(std::chrono::minutes{3});
    EXPECT_EQ(query().at("paid").to_number<int>(), 1);
    EXPECT_EQ(world_->stored(d.code).unpaid, 0);
    EXPECT_EQ(query().at("due").to_number<int>(), 0);
    EXPECT_EQ(call_back(platform_.notice(p.reference)), "00");  // comes late after all
    EXPECT_EQ(events("dossier.paid"), 1);
}

TEST_P(PaymentPartner, WhatIsAskedAndAnsweredWronglyChangesNothing) {
    const auto d = owing();
    const auto p = opened(d.code);
    deliver();
    platform_.pay(p.reference);
    for (const char* fault : {"timeout", "500", "half", "other", "unsigned", "refuse"}) {
        world_->clock().advance(std::chrono::hours{1});
        platform_.next = {fault};
        EXPECT_FALSE(runner_->run_task("query").ok()) << fault;
        EXPECT_EQ(world_->stored(d.code).unpaid, 50'000) << fault;
        EXPECT_EQ(stored(p.reference).state, PaymentState::offered) << fault;
    }
    world_->clock().advance(std::chrono::hours{1});
    EXPECT_EQ(query().at("paid").to_number<int>(), 1);
}

TEST_P(PaymentPartner, WhoDoesNotPayIsAskedAboutLessAndLessAndThenNoMore) {
    const auto p = opened(owing().code);
    deliver();
    int64_t rounds = 0;
    for (int i = 0; i < 60 * 60; ++i) {  // 60 hours by the minute
        world_->clock().advance(std::chrono::minutes{1});
        if (stored(p.reference).ask_at && *stored(p.reference).ask_at <= world_->now()) {
            (void)query();
            ++rounds;
        } else if (!stored(p.reference).ask_at) {
            break;
        } else {
            world_->clock().set(*stored(p.reference).ask_at - std::chrono::minutes{1});
        }
    }
    EXPECT_EQ(stored(p.reference).state, PaymentState::expired);
    EXPECT_FALSE(stored(p.reference).ask_at);
    EXPECT_GT(rounds, 20);
    EXPECT_LT(rounds, 40);
    EXPECT_EQ(events(events::expired), 1);
}

TEST_P(PaymentPartner, TheComparisonFindsAPaymentThatNobodyTold) {
    const auto d = owing();
    const auto p = opened(d.code);
    deliver();
    platform_.pay(p.reference);
    auto line = runner_->line();
    const auto done = connector::reconcile(*ground_, *partner_, line, "system:test");
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->compared, 1);
    EXPECT_EQ(world_->stored(d.code).unpaid, 0);
}

TEST_P(PaymentPartner, TheComparisonShowsAnotherAmountAndAReferenceThatIsGone) {
    const auto p = opened(owing().code);
    const auto q = opened(owing().code);
    deliver();
    platform_.orders.at(p.reference).message["SoTien"] = "1";
    platform_.orders.erase(q.reference);
    auto line = runner_->line();
    const auto done = connector::reconcile(*ground_, *partner_, line, "system:test");
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->differences, 2);
}

TEST_P(PaymentPartner, AReceiptIsKeptSealedAndThatThereIsNoneYetIsNotTheEnd) {
    const auto d = owing();
    const auto p = opened(d.code);
    deliver();
    // Our side knows it before the platform has booked it.
    EXPECT_EQ(call_back(notice_of(p)), "00");
    ASSERT_TRUE(ok(world_->store().settle()));
    ASSERT_TRUE(ok(followers_->catch_up()));
    ASSERT_TRUE(ok(runner_->drain()));
    EXPECT_FALSE(stored(p.reference).has_receipt);
    platform_.pay(p.reference);
    deliver();
    ASSERT_TRUE(stored(p.reference).has_receipt);
    const auto open = *world_->ask([&](store::Reader& r) -> Result<std::string> {
        EXPECT_EQ(rows::receipt_of(r, p.reference).find("%PDF"), std::string::npos);
        return receipt_of(r, world_->context(), stored(p.reference));
    });
    EXPECT_TRUE(open.starts_with("%PDF-"));
}

TEST_P(PaymentPartner, TheJournalHoldsTheTalkSealedAndNotTheSecret) {
    const auto d = owing();
    const auto p = opened(d.code);
    deliver();
    EXPECT_EQ(call_back(notice_of(p)), "00");
    const auto rows = *world_->ask([&](store::Reader& r) -> Result<std::vector<connector::JournalRow>> {
        return connector::find_exchanges(r, {"payment", p.reference});
    });
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].operation, "CONFIRM");
    EXPECT_EQ(rows[0].verdict, "paid");
    EXPECT_EQ(rows[1].operation, "INIT");
    for (const auto& row : rows) {
        const auto opened = *world_->ask([&](store::Reader& r) -> Result<connector::Opened> {
            return connector::open_exchange(r, world_->vault(), "payment", row.number);
        });
        EXPECT_EQ(opened.request.find(secret), std::string::npos);
        EXPECT_NE(opened.request.find(p.reference), std::string::npos);
    }
}

}  // namespace
}  // namespace hl::payment::test
