// Two installations: what a child tells is shown at the parent as it is, whatever happens to the line.
#include "two_sites.h"

namespace hl::ioc::child::test {
namespace {

INSTANTIATE_TEST_SUITE_P(Engines, TwoSites, testing::ValuesIn(hl::test::engines()), hl::test::engine_name);

TEST_P(TwoSites, TheParentShowsWhatTheChildShows) {
    join();
    lower->ledger->busy(60, 1);
    const auto done = round();
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->made, 1);
    EXPECT_EQ(done->sent, 1);
    expect_the_same();
    EXPECT_EQ(child().health, LineHealth::running);
    // The indicator's own words come along.
    const auto h = told("HCC.TIEP_NHAN");
    EXPECT_EQ(h.at("name").at("vi").as_string(), pack_book()->find("HCC.TIEP_NHAN", local_date(now()))->vi);
    // Nothing of it is in the province's own cells.
    upper->catch_up();
    const auto cells = upper->read([](store::Reader& r) -> Result<int64_t> {
        return r.first("SELECT COUNT(*) FROM ioc_cell", {}, [](const store::Row& row) { return row.integer(0); })
            .value_or(-1);
    });
    EXPECT_EQ(*cells, 0);
}

TEST_P(TwoSites, NothingNewIsNoBatchAndIsSaid) {
    join();
    lower->ledger->busy(20, 2);
    ASSERT_TRUE(ok(round()));
    advance(std::chrono::minutes{5});
    const auto done = round();
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->made, 0);
    EXPECT_EQ(line().last.number, 1);
    EXPECT_EQ(child().current_at, now());  // as fresh as the child's last look
}

TEST_P(TwoSites, WhatIsUnknownZeroOrProvisionalStaysSo) {
    join();
    auto d = lower->ledger->filed("a", day(11, 20));
    lower->ledger->received(d, day(11, 20, 10), day(12, 20));
    ASSERT_TRUE(ok(round()));
    const auto h = told("HCC.TIEP_NHAN");
    std::map<std::string, std::string> by_period;
    for (const auto& i : h.at("items").as_array())
        by_period[std::string{i.at("period").as_string()}] = i.at("status").as_string();
    EXPECT_EQ(by_period.at("2026-11"), "provisional");
    EXPECT_EQ(by_period.at("2026-10"), "unknown");  // the ledger was not there yet
    EXPECT_EQ(by_period.at("2026-11-21"), "zero");
    EXPECT_EQ(by_period.at("2026-11-20"), "known");
    EXPECT_EQ(tile("KTXH.THU_NS").at("status").as_string(), "unknown");
    EXPECT_TRUE(tile("KTXH.THU_NS").at("value").is_null());
}

TEST_P(TwoSites, ALostAnswerChangesNothingWhenTheBatchComesAgain) {
    join();
    lower->ledger->busy(20, 3);
    plan = [](const std::string&) { return Cut::after; };
    next_cut = Cut::none;
    EXPECT_FALSE(round().ok());  // polled; the batch arrived, its receipt was lost
    EXPECT_EQ(line().acknowledged, 0);
    EXPECT_EQ(child().last.number, 1);
    plan = {};
    next_cut = Cut::none;
    ASSERT_TRUE(ok(round()));
    EXPECT_EQ(line().acknowledged, 1);
    EXPECT_EQ(events(*upper, "ioc.child_batch_taken").size(), line().last.number);
    expect_the_same();
}

TEST_P(TwoSites, EverythingSentTwiceIsTakenOnce) {
    join();
    twice = true;
    for (int i = 0; i < 3; ++i) {
        take_in(fmt::format("d{}", i));
        ASSERT_TRUE(ok(round()));
        advance(std::chrono::minutes{1});
    }
    EXPECT_EQ(events(*upper, "ioc.child_batch_taken").size(), 3u);
    expect_the_same();
}

TEST_P(TwoSites, ALongBreakIsReplayedInOrderAndTheTileIsStaleMeanwhile) {
    join();
    lower->ledger->busy(10, 4);
    ASSERT_TRUE(ok(round()));
    ASSERT_EQ(tile("HCC.TIEP_NHAN").at("status").as_string(), "provisional");
    down = true;
    for (int i = 0; i < 5; ++i) {
        advance(std::chrono::minutes{10});
        take_in(fmt::format("cut{}", i));
        EXPECT_EQ(code_of(round()), "http.unreachable");
    }
    EXPECT_EQ(line().last.number, 6);
    EXPECT_EQ(line().acknowledged, 1);
    EXPECT_EQ(line().failures, 5);
    EXPECT_EQ(child().health, LineHealth::silent);
    const auto old = tile("HCC.TIEP_NHAN");
    EXPECT_EQ(old.at("status").as_string(), "stale");
    EXPECT_EQ(old.at("told_status").as_string(), "provisional");
    EXPECT_FALSE(old.at("value").is_null());
    EXPECT_FALSE(old.at("why").at("en").as_string().empty());
    EXPECT_EQ(tile("KTXH.THU_NS").at("status").as_string(), "unknown");  // never stale: there was nothing
    down = false;
    const auto done = round();
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->sent, 5);
    EXPECT_EQ(line().failures, 0);
    EXPECT_EQ(child().health, LineHealth::running);
    expect_the_same();
}

TEST_P(TwoSites, ALineThatLosesEveryOtherAnswerEndsWithTheSame) {
    join();
    SeededRandom dice(7);
    plan = [&](const std::string&) {
        const auto n = dice.below(5);
        return n == 0 ? Cut::before : n == 1 ? Cut::after : Cut::none;
    };
    lower->ledger->busy(30, 5);
    for (int i = 0; i < 12; ++i) {
        take_in(fmt::format("e{}", i));
        (void)round();
        advance(std::chrono::minutes{1});
    }
    plan = {};
    next_cut = Cut::none;
    ASSERT_TRUE(ok(round()));
    expect_the_same();
}

TEST_P(TwoSites, AClosedMonthThatChangesIsShownWithWhatItWas) {
    join();
    auto d = lower->ledger->filed("a", day(10, 5));
    lower->ledger->received(d, day(10, 5, 10), day(12, 20));
    ASSERT_TRUE(ok(round()));
    const auto imported = lower->ledger->imported("late", now(), day(10, 20), day(10, 25), dossiers::Verdict::on_time);
    ASSERT_TRUE(ok(round()));
    expect_the_same();
    const auto h = told("HCC.TIEP_NHAN");
    const auto& changes = h.at("changes").as_array();
    ASSERT_FALSE(changes.empty());
    bool october = false;
    for (const auto& c : changes)
        if (c.at("period").as_string() == "2026-10") {
            october = true;
            EXPECT_EQ(c.at("before").as_double(), 1);
            EXPECT_EQ(c.at("after").as_double(), 2);
        }
    EXPECT_TRUE(october);
}

TEST_P(TwoSites, ACodeWorksOnceAndForTheSameKeyAgain) {
    const auto c = code();
    plan = [](const std::string&) { return Cut::none; };
    next_cut = Cut::after;  // enrolled there, not known here
    EXPECT_FALSE(enrol_at(end(), c).ok());
    ASSERT_TRUE(ok(enrol_at(end(), c)));
    own_key = crypto::make_signing_key(random);
    EXPECT_EQ(code_of(enrol_at(end(), c)), "child.code_refused");
    const auto another = code();
    EXPECT_TRUE(ok(enrol_at(end(), another)));  // a new key for the same child
    advance(std::chrono::hours{100});
    EXPECT_EQ(code_of(enrol_at(end(), another)), "child.code_expired");
}

TEST_P(TwoSites, SomebodyElseAtTheParentsAddressIsNotBelieved) {
    const auto c = code();
    const auto real = parent.key;
    parent.key = crypto::make_signing_key(random);
    EXPECT_EQ(code_of(enrol_at(end(), c)), "child.parent_key");
    parent.key = real;
    ASSERT_TRUE(ok(enrol_at(end(), c)));
    lower->ledger->busy(5, 1);
    parent.key = crypto::make_signing_key(random);
    EXPECT_EQ(code_of(round()), "child.signature");
    EXPECT_EQ(line().acknowledged, 0);
}

TEST_P(TwoSites, AChangedGapOrForeignBatchIsRefusedByNameAndWrittenDown) {
    join();
    lower->ledger->busy(10, 6);
    ASSERT_TRUE(ok(round()));
    const auto post = [&](Batch b, const crypto::SigningKey& k) {
        const auto reply = deliver(std::string{batch_path}, json::serialize(to_json(seal(to_json(b, "batch"), k))));
        return std::string{parse_json(reply->body)->at("code").as_string()};
    };
    Batch b;
    b.child = ChildId{"dong-ha"};
    b.made_at = now();
    b.from = b.to = line().covered;
    b.number = 3, b.previous = line().last.hash;
    EXPECT_EQ(post(b, own_key), "child.gap");
    b.number = 2, b.previous = std::string{no_hash};
    EXPECT_EQ(post(b, own_key), "child.forked");
    b.number = 1;
    EXPECT_EQ(post(b, own_key), "child.forked");
    b.number = 2, b.previous = line().last.hash;
    b.from = 0;
    EXPECT_EQ(post(b, own_key), "child.positions");
    b.from = b.to;
    b.messages = {{"figures:2", "figures", 1, {{"items", json::array{{{"indicator", "X"}}}}}}};
    EXPECT_EQ(post(b, own_key), "child.content");
    EXPECT_EQ(post(b, crypto::make_signing_key(random)), "child.unknown_key");
    b.child = ChildId{"khac"};
    b.messages.clear();
    EXPECT_EQ(post(b, own_key), "child.unknown_key");
    EXPECT_EQ(child().last, line().last);  // nothing of it was taken
    const auto list =
        upper->read([](store::Reader& r) -> Result<json::array> { return refusals_of(r, ChildId{"dong-ha"}, 50); });
    EXPECT_EQ(list->size(), 6u);
    EXPECT_EQ(events(*upper, "ioc.child_batch_refused").size(), 6u);
    // The right one is taken, and the line is well again.
    advance(std::chrono::minutes{1});
    take_in("z");
    ASSERT_TRUE(ok(round()));
    EXPECT_EQ(child().health, LineHealth::running);
}

TEST_P(TwoSites, ABatchChangedOnItsWayIsRefused) {
    join();
    lower->ledger->busy(10, 6);
    mangle = [](const std::string& url, std::string body) {
        if (url.ends_with(batch_path)) body[body.find("provisional") + 1] = 'x';
        return body;
    };
    EXPECT_EQ(code_of(round()), "child.signature");
    mangle = {};
    ASSERT_TRUE(ok(round()));
    expect_the_same();
}

TEST_P(TwoSites, AQuestionThatWasOvertakenByABatchPartsNobodyForLong) {
    join();
    take_in("a");
    std::string old;
    mangle = [&](const std::string& url, std::string body) {
        if (url.ends_with(poll_path) && old.empty()) old = body;
        return body;
    };
    ASSERT_TRUE(ok(round()));
    take_in("b");
    ASSERT_TRUE(ok(round()));
    (void)deliver(std::string{poll_path}, old);  // says that it has one batch less
    EXPECT_EQ(child().health, LineHealth::parted);
    ASSERT_TRUE(ok(round()));
    EXPECT_EQ(child().health, LineHealth::running);
    EXPECT_EQ(line().state, LineState::running);
}

TEST_P(TwoSites, AHeldChildSendsNothingUntilItIsReleased) {
    join();
    lower->ledger->busy(10, 6);
    ASSERT_TRUE(ok(upper->write(
        [&](store::Transaction& tx) { return hold(tx, operator_(), ChildId{"dong-ha"}, "kiểm tra", now()); })));
    EXPECT_EQ(code_of(round()), "child.held");
    EXPECT_EQ(child().last.number, 0);
    EXPECT_EQ(child().health, LineHealth::held);
    ASSERT_TRUE(
        ok(upper->write([&](store::Transaction& tx) { return release(tx, operator_(), ChildId{"dong-ha"}, now()); })));
    ASSERT_TRUE(ok(round()));
    expect_the_same();
}

TEST_P(TwoSites, MoreThanTheQuotaWaits) {
    join();
    parent.settings.batches_per_minute = 2;
    for (int i = 0; i < 2; ++i) {
        take_in(fmt::format("q{}", i));
        ASSERT_TRUE(ok(round()));
    }
    take_in("q3");
    EXPECT_EQ(code_of(round()), "child.quota");
    advance(std::chrono::seconds{61});
    ASSERT_TRUE(ok(round()));
    expect_the_same();
}

TEST_P(TwoSites, AClockThatIsAheadIsShownAndMakesNothingFresher) {
    join();
    lower->database->clock.advance(std::chrono::hours{3});
    lower->ledger->busy(10, 6);
    ASSERT_TRUE(ok(round()));
    ASSERT_TRUE(ok(round()));
    EXPECT_EQ(child().skew_ms, 3 * 3600 * 1000);
    EXPECT_EQ(line().skew_ms, 3 * 3600 * 1000);
    EXPECT_EQ(child().current_at, upper->database->clock.now());
}

TEST_P(TwoSites, WhatIsToldDownArrivesInOrderOnceAndIsConfirmed) {
    join();
    std::vector<std::string> got;
    takers["word"] = [&](store::Transaction&, const Message& m, Instant) -> Result<void> {
        got.push_back(m.id);
        return Nothing{};
    };
    const auto tell = [&](const std::string& id) {
        ASSERT_TRUE(ok(upper->write([&](store::Transaction& tx) {
            return tell_down(tx, parent, ChildId{"dong-ha"}, {id, "word", 1, {{"text", id}}}, random, now());
        })));
    };
    tell("a");
    tell("b");
    tell("a");
    ASSERT_TRUE(ok(round()));
    next_cut = Cut::after;  // the answer that carries it is lost
    tell("c");
    EXPECT_FALSE(round().ok());
    ASSERT_TRUE(ok(round()));
    EXPECT_EQ(got, (std::vector<std::string>{"a", "b", "c"}));
    ASSERT_TRUE(ok(round()));
    EXPECT_EQ(child().down_confirmed, 3);
    // And up: what another room leaves is told once, and taken in the batch's transaction.
    std::vector<std::string> up;
    parent.takers["done"] = [&](store::Transaction&, const ChildId& c, const Message& m, Instant) -> Result<void> {
        up.push_back(c.value + ":" + m.id);
        return Nothing{};
    };
    ASSERT_TRUE(ok(lower->write([&](store::Transaction& tx) -> Result<void> {
        tell_up(tx, {"a:1", "done", 1, {}});
        tell_up(tx, {"a:1", "done", 1, {}});
        tell_up(tx, {"x:1", "unheard-of", 1, {}});
        return Nothing{};
    })));
    ASSERT_TRUE(ok(round()));
    EXPECT_EQ(up, (std::vector<std::string>{"dong-ha:a:1"}));
    expect_chains();
}

TEST_P(TwoSites, AnAgencyBelongsToOneChild) {
    (void)code({AgencyId{"ubnd-19333"}});
    const auto second = upper->write([&](store::Transaction& tx) {
        return make_code(tx, parent, operator_(),
                         {ChildId{"khac"}, "Khác", {AgencyId{"ubnd-19333"}}, "https://tinh.example"}, random, now());
    });
    EXPECT_EQ(code_of(second), "child.agency_taken");
    const auto owner = upper->read(
        [](store::Reader& r) -> Result<std::optional<ChildId>> { return child_of(r, AgencyId{"ubnd-19333"}); });
    EXPECT_EQ(*owner, ChildId{"dong-ha"});
}

TEST(BackOff, DoublesToItsLimitAndNeverTwiceTheSameForAll) {
    SeededRandom random(1);
    using std::chrono::milliseconds;
    for (int64_t n = 1; n < 30; ++n) {
        const auto whole = std::min<int64_t>(300'000, n < 20 ? 1000LL << (n - 1) : 300'000);
        for (int i = 0; i < 20; ++i) {
            const auto w = back_off(n, milliseconds{1000}, milliseconds{300'000}, random);
            EXPECT_GE(w.count(), whole / 2) << n;
            EXPECT_LE(w.count(), whole) << n;
        }
    }
}

}  // namespace
}  // namespace hl::ioc::child::test
