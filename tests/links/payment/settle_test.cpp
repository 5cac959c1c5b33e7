// Money and fee: what a notice does to both, whatever order notices come in and however often.
#include "links/payment/payment_world.h"

namespace hl::payment::test {
namespace {

class Settling : public PaymentTest {
  protected:
    bool fee_paid(const DossierCode& code) { return world_->stored(code).unpaid == 0; }
};
HL_FOR_EVERY_ENGINE(Settling);

TEST_P(Settling, ACallBackPaysTheFeeWithItsEventInOneTransaction) {
    const auto d = owing();
    const auto p = opened(d.code);
    EXPECT_EQ(p.amount, 50'000);
    EXPECT_EQ(call_back(notice_of(p)), "00");
    EXPECT_TRUE(fee_paid(d.code));
    EXPECT_EQ(stored(p.reference).state, PaymentState::paid);
    EXPECT_EQ(stored(p.reference).transaction, "GD1");
    EXPECT_EQ(events("dossier.paid"), 1);
    EXPECT_EQ(events(events::confirmed), 1);
    EXPECT_TRUE(world_->agrees(d.code));
    const auto detail = *world_->ask(
        [&](store::Reader& r) -> Result<dossiers::Detail> { return dossiers::storage::load_detail(r, d.key); });
    EXPECT_EQ(detail.charges.at(0).method, "online");
    EXPECT_EQ(detail.charges.at(0).receipt, "GD1");
}

TEST_P(Settling, TheSameCallBackAgainChangesNothingAndIsAnsweredAlike) {
    const auto d = owing();
    const auto p = opened(d.code);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(call_back(notice_of(p)), "00");
    EXPECT_EQ(events("dossier.paid"), 1);
    EXPECT_EQ(events(events::confirmed), 1);
}

TEST_P(Settling, AFeeIsNeverPaidByWhoDoesNotKnowTheSecret) {
    const auto d = owing();
    const auto p = opened(d.code);
    auto forged = notice_of(p);
    forged["MaXacThuc"] = std::string(64, '0');
    EXPECT_EQ(call_back(forged), "97");
    forged["SoTien"] = 1;
    EXPECT_EQ(call_back(forged), "97");
    auto other = notice_of(p);
    other["MaDoiTac"] = "TINHKHAC";
    ASSERT_TRUE(ok(hl::payment::sign(other, platform_.profile.hash_confirm, secret)));
    EXPECT_EQ(call_back(other), "97");
    EXPECT_FALSE(fee_paid(d.code));
    EXPECT_EQ(stored(p.reference).state, PaymentState::opened);
    EXPECT_EQ(events(events::held), 0);
}

TEST_P(Settling, WhatDoesNotFitIsHeldAndNeverAccepted) {
    struct Case {
        json::object with;
        const char* problem;
    };
    for (const auto& c : {Case{{{"SoTien", 49'999}}, "amount_differs"}, Case{{{"SoTien", 50'001}}, "amount_differs"},
                          Case{{{"SoTien", ""}}, "amount_differs"}, Case{{{"MaTienTe", "USD"}}, "currency_differs"},
                          Case{{{"MaGiaoDich", ""}}, "transaction_missing"}, Case{{{"MaLoi", "77"}}, "code_unknown"}}) {
        const auto d = owing();
        const auto p = opened(d.code);
        const auto before = events(events::held);
        EXPECT_EQ(call_back(notice_of(p, c.with)), "04") << c.problem;
        EXPECT_EQ(call_back(notice_of(p, c.with)), "04") << c.problem;
        EXPECT_EQ(stored(p.reference).state, PaymentState::held);
        EXPECT_EQ(stored(p.reference).problem, c.problem);
        EXPECT_FALSE(fee_paid(d.code));
        EXPECT_EQ(events(events::held), before + 1) << c.problem;
    }
    const auto odd =
        *world_->ask([&](store::Reader& r) -> Result<std::vector<Payment>> { return rows::odd(r, 0, 100); });
    EXPECT_EQ(odd.size(), 6u);
}

TEST_P(Settling, MoneyForAChargeThatWasPaidAtTheDeskIsHeld) {
    const auto d = owing();
    const auto p = opened(d.code);
    ASSERT_TRUE(ok(world_->run([&](auto& tx, auto& ctx, Instant t) {
        return dossiers::pay(tx, ctx, world_->system(), {d.code, {}}, {{}, "cash", "BL-1"}, t);
    })));
    EXPECT_EQ(call_back(notice_of(p)), "04");
    EXPECT_EQ(stored(p.reference).problem, "charge_paid");
    EXPECT_EQ(events("dossier.paid"), 1);
}

TEST_P(Settling, MoneyForAChargeThatWasChangedIsHeld) {
    const auto d = owing();
    const auto p = opened(d.code);
    charge(d.code, 70'000);
    EXPECT_EQ(call_back(notice_of(p)), "04");
    EXPECT_EQ(stored(p.reference).problem, "charge_changed");
    EXPECT_EQ(world_->stored(d.code).unpaid, 70'000);
}

TEST_P(Settling, MoneyForADossierThatIsOverIsHeld) {
    const auto d = owing();
    const auto p = opened(d.code);
    ASSERT_TRUE(ok(world_->run([&](auto& tx, auto& ctx, Instant t) {
        return dossiers::withdraw(tx, ctx, world_->system(), {d.code, {}}, "không cần nữa", t);
    })));
    EXPECT_EQ(call_back(notice_of(p)), "04");
    EXPECT_EQ(stored(p.reference).problem, "dossier_closed");
}

TEST_P(Settling, ASecondTransactionIsShownAndTheFeeStaysPaidOnce) {
    const auto d = owing();
    const auto p = opened(d.code);
    EXPECT_EQ(call_back(notice_of(p)), "00");
    EXPECT_EQ(call_back(notice_of(p, {{"MaGiaoDich", "GD2"}})), "04");
    EXPECT_EQ(call_back(notice_of(p, {{"MaGiaoDich", "GD2"}})), "00");
    EXPECT_EQ(stored(p.reference).state, PaymentState::paid);
    EXPECT_EQ(stored(p.reference).transaction, "GD1");
    EXPECT_EQ(stored(p.reference).problem, "second_transaction");
    EXPECT_EQ(events("dossier.paid"), 1);
    EXPECT_EQ(events(events::second), 1);
}

TEST_P(Settling, AFailureAfterSuccessChangesNothingAndSuccessAfterFailurePays) {
    const auto d = owing();
    const auto p = opened(d.code);
    EXPECT_EQ(call_back(notice_of(p, {{"MaLoi", "02"}, {"MaGiaoDich", ""}})), "00");
    EXPECT_EQ(stored(p.reference).state, PaymentState::failed);
    EXPECT_EQ(call_back(notice_of(p)), "00");
    EXPECT_EQ(stored(p.reference).state, PaymentState::paid);
    EXPECT_EQ(call_back(notice_of(p, {{"MaLoi", "02"}, {"MaGiaoDich", ""}})), "00");
    EXPECT_EQ(stored(p.reference).state, PaymentState::paid);
    EXPECT_TRUE(fee_paid(d.code));
}

TEST_P(Settling, ALateCallBackPaysWhatWasGivenUp) {
    const auto d = owing();
    const auto p = opened(d.code);
    deliver();
    world_->clock().advance(std::chrono::hours{25});
    query();
    EXPECT_EQ(stored(p.reference).state, PaymentState::expired);
    EXPECT_EQ(call_back(notice_of(p)), "00");
    EXPECT_TRUE(fee_paid(d.code));
}

TEST_P(Settling, ASignedNoticeForAReferenceThatIsNotOursIsKept) {
    Payment nobody;
    nobody.reference = "LAC";
    nobody.amount = 7;
    EXPECT_EQ(call_back(notice_of(nobody)), "03");
    EXPECT_EQ(call_back(notice_of(nobody)), "03");
    EXPECT_EQ(events(events::stray), 1);
}

TEST_P(Settling, GarbageIsRefusedAndLeavesNothing) {
    const auto before = events(events::held) + events(events::stray);
    for (const std::string body : {"", "{", "[]", "{}", R"({"MaLoi":"00"})", "\xff\xfe"})
        EXPECT_EQ(partner_->call_back(body, world_->now()).status, 400) << body;
    EXPECT_EQ(partner_->call_back(std::string(70'000, ' '), world_->now()).status, 413);
    EXPECT_EQ(events(events::held) + events(events::stray), before);
}

TEST_P(Settling, AHeldOneIsClearedByAPersonWhoSaysHow) {
    const auto d = owing();
    const auto p = opened(d.code);
    (void)call_back(notice_of(p, {{"SoTien", 1}}));
    const auto run = [&](const access::Actor& actor, const std::string& note) {
        return world_->store().write(
            [&](store::Transaction& tx) { return explain(tx, actor, p.reference, note, world_->now()); });
    };
    EXPECT_EQ(hl::test::code_of(run(world_->clerk(), "đã hoàn")), "access.denied");
    EXPECT_EQ(hl::test::code_of(run(world_->system(), "  ")), "payment.note_required");
    ASSERT_TRUE(ok(run(world_->system(), "Phòng Tài chính hoàn theo chứng từ 12")));
    EXPECT_EQ(stored(p.reference).state, PaymentState::explained);
    EXPECT_EQ(call_back(notice_of(p, {{"SoTien", 1}})), "00");  // nothing more to do about what was dealt with
    EXPECT_EQ(stored(p.reference).state, PaymentState::explained);
    EXPECT_EQ(hl::test::code_of(run(world_->system(), "nữa")), "payment.not_odd");
}

TEST_P(Settling, AMappingThatLearnsTheCodeLetsAHeldOneBePaid) {
    const auto d = owing();
    const auto p = opened(d.code);
    EXPECT_EQ(call_back(notice_of(p, {{"MaLoi", "77"}})), "04");
    EXPECT_EQ(call_back(notice_of(p)), "00");
    EXPECT_EQ(stored(p.reference).state, PaymentState::paid);
    EXPECT_EQ(stored(p.reference).problem, "");
}

TEST_P(Settling, OnePaymentIsOpenForWhatIsOwed) {
    const auto d = owing();
    const auto p = opened(d.code);
    EXPECT_EQ(opened(d.code).reference, p.reference);
    charge(d.code, 70'000);
    const auto other = opened(d.code);
    EXPECT_NE(other.reference, p.reference);
    EXPECT_EQ(other.amount, 70'000);
    EXPECT_EQ(call_back(notice_of(other, {{"MaGiaoDich", "GD9"}})), "00");
    EXPECT_EQ(hl::test::code_of(open(d.code)), "payment.nothing_due");
}

TEST_P(Settling, OnlyHisOwnDossierIsPaidFromACitizensPage) {
    const auto d = owing();
    const auto stranger = world_->store().write([&](store::Transaction& tx) {
        return open_payment(tx, world_->context(), world_->citizen(), *profile(), {d.code, "citizen", "10.0.0.7"},
                            world_->now());
    });
    EXPECT_EQ(hl::test::code_of(stranger), "dossier.not_found");
}

TEST_P(Settling, InAnyOrderTheFeeIsPaidExactlyWhenAFittingNoticeCameAndThenOnce) {
    SeededRandom dice{20261116};
    for (int round = 0; round < 20; ++round) {
        const auto d = owing();
        const auto p = opened(d.code);
        const auto before = events("dossier.paid");
        bool fits = false;
        std::string told;
        for (int step = 0; step < 6; ++step) {
            const auto n = dice.below(7);
            told += static_cast<char>('0' + n);
            auto notice = notice_of(p);
            if (n == 0) fits = true;
            if (n == 1) notice = notice_of(p, {{"SoTien", 1}});
            if (n == 2) notice = notice_of(p, {{"MaLoi", "02"}, {"MaGiaoDich", ""}});
            if (n == 3) notice = notice_of(p, {{"MaTienTe", "USD"}});
            if (n == 4) notice = notice_of(p, {{"MaLoi", "77"}});
            if (n == 5) notice["MaXacThuc"] = "0";
            if (n == 6)
                world_->clock().advance(std::chrono::hours{5});
            else
                (void)call_back(notice);
        }
        EXPECT_EQ(world_->stored(d.code).unpaid == 0, fits) << told;
        EXPECT_EQ(events("dossier.paid"), before + (fits ? 1 : 0)) << told;
        EXPECT_EQ(stored(p.reference).state == PaymentState::paid, fits) << told;
    }
}

}  // namespace
}  // namespace hl::payment::test
