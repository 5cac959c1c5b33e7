#include "office.h"

namespace hl::links::portal::test {

class Faults : public Office {};
HL_FOR_EVERY_ENGINE(Faults);

/// Each fault at sign-in, at the dossier and at its progress: at the end the portal has the dossier as it is, once, and
/// its progress.
TEST_P(Faults, WhateverGoesWrongAtWhateverStepBothSidesAgree) {
    for (const std::string fault : {"timeout", "500", "half", "duplicate", "expire"})
        for (const int before : {0, 2, 3}) {
            SCOPED_TRACE(fault + " after " + std::to_string(before));
            const auto d = world().finished();
            portal_.next.assign(static_cast<size_t>(before), "");
            portal_.next.push_back(fault);
            run();
            restart();
            run();
            ASSERT_TRUE(portal_.holds.contains(d.code.value));
            EXPECT_EQ(word(portal_.holds.at(d.code.value), "TrangThaiHoSo"), "9");
            EXPECT_GT(portal_.progress[d.code.value], 2u);
            portal_.next.clear();
        }
    EXPECT_EQ(open().dead + open().held, 0);
}

TEST_P(Faults, ARefusalNamesTheFieldAndNobody) {
    const auto d = world().received();
    portal_.next = {"", "refuse"};
    run();
    const auto dead = messages(connector::MessageState::dead);
    ASSERT_EQ(dead.size(), 1u);
    EXPECT_EQ(dead.front().reason_datum, "NgayHenTra");
    EXPECT_EQ(dead.front().reason.vi.find("Người"), std::string::npos);
    EXPECT_EQ(connector_->page_of(d.code.value), "/app/desk?open=" + d.code.value);
}

TEST_P(Faults, ADossierThatItOnlySaidItTookIsFoundThoughItsProgressIsRefused) {
    const auto d = world().finished();
    portal_.next = {"", "lie"};
    run();
    EXPECT_TRUE(portal_.holds.empty());
    ASSERT_EQ(messages(connector::MessageState::dead).size(), 1u) << "progress of a dossier that it does not have";
    auto line = runner_->line();
    const auto compared = connector::reconcile(*ground_, *connector_, line, "system:test");
    ASSERT_TRUE(ok(compared));
    EXPECT_EQ(compared->differences, 1);
    const auto found = *world().ask([&](store::Reader& r) -> Result<std::vector<connector::Difference>> {
        return connector::differences(r, "portal", connector::DifferenceState::open, 0, 10);
    });
    ASSERT_EQ(found.size(), 1u);
    ASSERT_TRUE(ok(world().store().write([&](store::Transaction& tx) {
        return connector::repair_difference(tx, world().system(), "portal", found[0].number, world().now());
    })));
    run();
    EXPECT_TRUE(portal_.holds.contains(d.code.value));
    EXPECT_GT(portal_.progress[d.code.value], 2u);
    EXPECT_EQ(open().dead, 0);
    EXPECT_EQ(connector::reconcile(*ground_, *connector_, line, "system:test")->differences, 0);
}

TEST_P(Faults, TheSessionIsRenewedWhenThePortalEndsIt) {
    (void)world().received();
    run();
    EXPECT_EQ(portal_.sign_ins, 1);
    portal_.session = "phien-khac";
    (void)world().received();
    run();
    EXPECT_EQ(portal_.sign_ins, 2);
    EXPECT_EQ(portal_.holds.size(), 2u);
}

TEST_P(Faults, ReadingThePersonIsLoggedBeforeItIsSent) {
    const auto d = world().received();
    run();
    const auto reads = world().ask([&](store::Reader& r) -> Result<int64_t> {
        return r
            .first("SELECT COUNT(*) FROM personal_read WHERE what = 'link_message' AND subject = ?", {d.subject},
                   [](const store::Row& row) { return row.integer(0); })
            .value_or(0);
    });
    EXPECT_EQ(*reads, 1);
    // Nothing of him stands unsealed in the outbox or the journal.
    for (const auto* sql : {"SELECT facts || marks || reason_vi FROM link_message", "SELECT facts FROM link_key",
                            "SELECT url || code || problem FROM link_exchange"}) {
        const auto texts = *world().ask([&](store::Reader& r) -> Result<std::vector<std::string>> {
            return r.all(sql, {}, [](const store::Row& row) { return row.string(0); });
        });
        for (const auto& text : texts) EXPECT_EQ(text.find("Người Nộp"), std::string::npos) << sql;
    }
}

TEST_P(Faults, WhoWasErasedIsNotTold) {
    const auto d = world().received();
    ASSERT_TRUE(ok(world().store().write(
        [&](store::Transaction& tx) { return world().vault().erase_subject(tx, d.subject, world().now()); })));
    run();
    EXPECT_TRUE(portal_.holds.empty());
    const auto held = messages(connector::MessageState::held);
    ASSERT_FALSE(held.empty());
    EXPECT_EQ(held.back().reason_code, "subject.erased");
}

TEST_P(Faults, TheComparisonFindsWhatItChanged) {
    const auto d = world().finished();
    run();
    portal_.holds[d.code.value]["TrangThaiHoSo"] = "10";
    portal_.holds[d.code.value]["NgayTra"] = "20261120090000";
    auto line = runner_->line();
    const auto done = connector::reconcile(*ground_, *connector_, line, "system:test");
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->differences, 2);
}

TEST_P(Faults, FiledThereIsTakenInOnceAndItsStatusGoesBack) {
    const std::string code = "H50.99-261116-0009";
    portal_.filed.push_back({{"MaHoSo", code},
                             {"MaTTHC", dossiers::test::simple.value},
                             {"NgayNopHoSo", "20261116070000"},
                             {"MaDiaBan", "19333"},
                             {"ChuHoSo", "Người Nộp Thử"},
                             {"LoaiDoiTuong", "1"},
                             {"SoDienThoai", "0912000000"},
                             {"DinhDanhCHS", json::array{{{"LoaiDinhDanh", "1"}, {"SoDinhDanh", "999000000001"}}}}});
    portal_.filed.push_back({{"MaHoSo", "H50.99-261116-0010"}, {"MaTTHC", "x"}});
    portal_.holds[code] = {{"MaHoSo", code}};
    const auto first = runner_->run_task("filed");
    ASSERT_TRUE(ok(first));
    EXPECT_EQ(first->at("taken"), 1);
    EXPECT_EQ(first->at("unreadable").get_array().size(), 1u);
    EXPECT_EQ(runner_->run_task("filed")->at("known"), 1);
    EXPECT_EQ(world().stored(DossierCode{code}).state, dossiers::State::filed);
    run();
    EXPECT_EQ(word(portal_.holds.at(code), "TrangThaiHoSo"), "1");
}

TEST_P(Faults, TheCatalogueIsComparedAndNeverApplied) {
    EXPECT_EQ(runner_->run_task("catalogue").error().code, "portal.empty_catalogue");
    portal_.procedures = {{{"MATTHC", dossiers::test::simple.value}, {"TENTTHC", "Tên khác"}},
                          {{"MATTHC", "1.999999"}, {"TENTTHC", "Chỉ có ở Cổng"}}};
    const auto report = runner_->run_task("catalogue");
    ASSERT_TRUE(ok(report));
    std::map<std::string, std::string> kinds;
    for (const auto& d : report->at("shown").get_array())
        kinds[std::string{d.at("procedure").get_string()}] = std::string{d.at("kind").get_string()};
    EXPECT_EQ(kinds[dossiers::test::simple.value], "name");
    EXPECT_EQ(kinds["1.999999"], "missing_here");
    EXPECT_EQ(kinds[dossiers::test::hourly.value], "missing_there");
}

}  // namespace hl::links::portal::test
