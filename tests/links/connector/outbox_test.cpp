#include "partner.h"

namespace hl::connector::test {

HL_FOR_EVERY_ENGINE(Bones);

TEST_P(Bones, WhatHappenedReachesThePartnerOnce) {
    change("a", "1");
    change("b", "2");
    run();
    EXPECT_EQ(partner_.received, (std::vector<std::string>{"a=1", "b=2"}));
    run();
    EXPECT_EQ(partner_.received.size(), 2u);
    EXPECT_EQ(rows(MessageState::accepted).size(), 2u);
}

TEST_P(Bones, ASnapshotThatHasNotGoneOutMovesToTheNewerEvent) {
    change("a", "1");
    follow();
    change("a", "2");
    follow();
    change("a", "3");
    run();
    EXPECT_EQ(partner_.received, (std::vector<std::string>{"a=3"}));
    EXPECT_EQ(rows().front().merged, 2);
}

TEST_P(Bones, RecordsGoOutEachAndInOrder) {
    connector_->snapshot = false;
    for (const auto* v : {"1", "2", "3"}) change("a", v);
    partner_.next = {"timeout"};
    run();
    EXPECT_EQ(partner_.received, (std::vector<std::string>{"a=1", "a=2", "a=3"}));
}

TEST_P(Bones, ARefusedRecordStopsThoseBehindItUntilItIsLaidAside) {
    connector_->snapshot = false;
    change("a", "1");
    change("a", "2");
    change("b", "9");
    partner_.next = {"refuse"};
    follow();
    ASSERT_TRUE(hl::test::ok(runner_->drain()));
    EXPECT_EQ(partner_.received, (std::vector<std::string>{"b=9"}));
    const auto dead = rows(MessageState::dead);
    ASSERT_EQ(dead.size(), 1u);
    EXPECT_EQ(dead.front().reason_datum, "value");
    ASSERT_TRUE(hl::test::ok(store().write([&](store::Transaction& tx) {
        return explain_message(tx, actor(), "things", dead.front().message.number, "gửi tay", clock().now());
    })));
    run();
    EXPECT_EQ(partner_.received.back(), "a=2");
}

TEST_P(Bones, ARefusedSnapshotOfAnotherKindStandsBehindWhatIsNew) {
    // The partner lost a thing and refuses what is told of it: the thing, told again, must not wait for that.
    ASSERT_TRUE(hl::test::ok(store().write([&](store::Transaction& tx) -> Result<void> {
        enqueue(tx, "things", {"a", "progress", "thing-a", true}, 5, clock().now());
        enqueue(tx, "things", {"b", "progress", "thing-b", true}, 6, clock().now());
        tx.execute("UPDATE link_message SET state = 3, attempts = 4, reason_code = '4'");
        enqueue(tx, "things", {"a", "thing", "thing-a", true}, 7, clock().now());
        enqueue(tx, "things", {"a", "progress", "thing-a", true}, 7, clock().now());
        return Nothing{};
    })));
    auto waiting = rows(MessageState::queued);
    std::sort(waiting.begin(), waiting.end(),
              [](const MessageRow& x, const MessageRow& y) { return x.message.number < y.message.number; });
    ASSERT_EQ(waiting.size(), 2u);
    EXPECT_EQ(waiting[0].message.kind, "thing");
    EXPECT_EQ(waiting[1].message.kind, "progress");
    EXPECT_EQ(waiting[1].message.position, 7);
    EXPECT_EQ(waiting[1].message.attempts, 0);
    EXPECT_EQ(rows(MessageState::dead).size(), 1u);  // of the other key
}

TEST_P(Bones, WhatLacksADatumIsHeldAndGoesOutWhenItIsThere) {
    change("a", nullptr);
    run();
    EXPECT_TRUE(partner_.received.empty());
    ASSERT_EQ(rows(MessageState::held).size(), 1u);
    EXPECT_EQ(rows(MessageState::held).front().reason_datum, "value");
    change("a", "1");
    run();
    EXPECT_EQ(partner_.received, (std::vector<std::string>{"a=1"}));
    EXPECT_EQ(counts().held, 0);
}

TEST_P(Bones, KnownThereIsSentAgainAsAnUpdateAtOnce) {
    partner_.strict = true;
    partner_.holds["a"] = "old";
    change("a", "1");
    run();
    EXPECT_EQ(partner_.holds["a"], "1");
    EXPECT_TRUE(rows().front().message.update);
}

TEST_P(Bones, BytesAreBuiltOnceAndSentAgainUnchanged) {
    change("a", "1");
    partner_.next = {"timeout", "500", "garbage", "lost"};
    run();
    EXPECT_EQ(connector_->builds, 1);
    // Kept without an answer, then sent again: the same value under the same key.
    EXPECT_EQ(partner_.received, (std::vector<std::string>{"a=1", "a=1"}));
    EXPECT_EQ(rows().front().message.attempts, 5);
}

/// Killed at any of its steps, nothing is lost and nothing is told that was not so.
TEST_P(Bones, KilledAtEveryStepNothingIsLost) {
    connector_->snapshot = false;
    int value = 0;
    for (const std::string at : {"followed", "claimed", "lost", "refused-line", "recorded"}) {
        change("a", json::value(std::to_string(++value)));
        follow();
        if (at == "claimed") {
            // The process ended with the row in its hands.
            ASSERT_TRUE(hl::test::ok(store().write([&](store::Transaction& tx) -> Result<void> {
                tx.execute("UPDATE link_message SET holder = 'node-1:dead', not_before = ? WHERE state = 1",
                           {clock().now() + std::chrono::hours{9}});
                return Nothing{};
            })));
        }
        if (at == "lost") partner_.next = {"lost"};
        if (at == "refused-line") partner_.next = {"timeout", "timeout"};
        if (at != "followed" && at != "claimed") {
            ASSERT_TRUE(hl::test::ok(runner_->drain()));
        }
        restart();
    }
    run();
    std::vector<std::string> seen;
    for (const auto& r : partner_.received)
        if (seen.empty() || seen.back() != r) seen.push_back(r);
    EXPECT_EQ(seen, (std::vector<std::string>{"a=1", "a=2", "a=3", "a=4", "a=5"}));
    EXPECT_EQ(partner_.holds["a"], "5");
    EXPECT_EQ(counts().queued, 0);
}

/// Its own threads have two batches in hand: the one that is sent, and the next.
TEST_P(Bones, StoppedInTheMiddleNothingStaysTakenAndNothingIsSentTwice) {
    std::mutex mutex;
    std::condition_variable enough;
    ground_->transport = [&](const http::ClientRequest& r) {
        std::scoped_lock lock(mutex);
        auto answer = partner_.answer(r);
        if (partner_.received.size() >= 40) enough.notify_all();
        return answer;
    };
    pace_.workers = 2;
    pace_.batch = 8;
    constexpr int all = 200;
    for (int i = 0; i < all; ++i) change(fmt::format("k{}", i), json::value(std::to_string(i)));
    follow();
    restart();
    for (const int until : {40, all}) {
        runner_->start();
        std::unique_lock lock(mutex);
        ASSERT_TRUE(enough.wait_for(lock, std::chrono::minutes{1},
                                    [&] { return static_cast<int>(partner_.received.size()) >= until; }));
        lock.unlock();
        runner_->stop();
        for (const auto& row : rows(MessageState::queued)) EXPECT_EQ(row.holder, "") << row.message.key;
        EXPECT_EQ(all - counts().queued, static_cast<int64_t>(partner_.received.size()));
    }
    EXPECT_EQ(partner_.holds.size(), static_cast<size_t>(all));
    EXPECT_EQ(partner_.received.size(), static_cast<size_t>(all));
}

TEST_P(Bones, ReadFromTheBeginningAgainNothingIsSentTwice) {
    change("a", "1");
    run();
    ASSERT_TRUE(hl::test::ok(followers_->restart("links.things", "system:test")));
    run();
    EXPECT_EQ(partner_.received.size(), 1u);
}

TEST_P(Bones, TheBreakerRestsAndLetsOneThrough) {
    for (int i = 0; i < 40; ++i) change("k" + std::to_string(i), "1");
    for (int i = 0; i < 6; ++i) partner_.next.push_back("timeout");
    follow();
    ASSERT_TRUE(hl::test::ok(runner_->drain()));
    EXPECT_EQ(runner_->breaker().state(clock().now()), Breaker::State::open);
    EXPECT_EQ(partner_.next.size(), 1u);  // five tried, no more
    clock().advance(std::chrono::minutes{1});
    ASSERT_TRUE(hl::test::ok(runner_->drain()));
    EXPECT_TRUE(partner_.next.empty());
    EXPECT_TRUE(partner_.received.empty());  // the probe failed, too
    run();
    EXPECT_EQ(partner_.received.size(), 40u);
    EXPECT_EQ(counts().dead, 0);
}

TEST_P(Bones, PausedNothingGoesOutAndNothingIsLost) {
    ASSERT_TRUE(hl::test::ok(store().write(
        [&](store::Transaction& tx) { return pause(tx, actor(), "things", "đối tác bảo trì", clock().now()); })));
    change("a", "1");
    follow();
    ASSERT_TRUE(hl::test::ok(runner_->drain()));
    EXPECT_TRUE(partner_.received.empty());
    ASSERT_TRUE(hl::test::ok(
        store().write([&](store::Transaction& tx) { return resume(tx, actor(), "things", clock().now()); })));
    run();
    EXPECT_EQ(partner_.received.size(), 1u);
}

TEST_P(Bones, ATaskOfExchangesIsKeptSealedAndOpenedWithItsSecretsBlack) {
    change("a", "1");
    run();
    const auto opened = store().read([&](store::Reader& r) -> Result<Opened> {
        const auto rows = find_exchanges(r, {"things"});
        EXPECT_EQ(rows.size(), 1u);
        EXPECT_EQ(rows.front().verdict, "accepted");
        return open_exchange(r, *vault_, "things", rows.front().number);
    });
    ASSERT_TRUE(hl::test::ok(opened));
    EXPECT_EQ(opened->request, R"({"key":"a","value":"1","update":false})");
    Line line(clock(), [](const http::ClientRequest&) {
        return http::Response{200, {}, R"({"session":"S3CRET"})", nullptr};
    });
    ASSERT_TRUE(hl::test::ok(line.send({"POST", "http://p", {}, "password=hunter22"}, "login")));
    line.hide("hunter22");
    line.hide("S3CRET");
    const auto taken = line.take();
    EXPECT_EQ(taken.front().request, "password=•••");
    EXPECT_EQ(taken.front().response, R"({"session":"•••"})");
}

TEST_P(Bones, AcceptanceIsAnEventWithoutTheContent) {
    change("a", "sealed?");
    run();
    settle();
    const auto events = store().read([](store::Reader& r) -> Result<std::vector<store::StoredEvent>> {
        return store::read_stream(r, "link:things");
    });
    ASSERT_EQ(events->size(), 1u);
    EXPECT_EQ(events->front().type, "link.accepted");
    EXPECT_EQ(events->front().data_text.find("sealed"), std::string::npos);
}

TEST_P(Bones, AsFastAsItIsAllowed) {
    pace_.per_second = 2;
    restart();
    for (int i = 0; i < 10; ++i) change("k" + std::to_string(i), "1");
    follow();
    ASSERT_TRUE(hl::test::ok(runner_->drain()));
    const auto first = partner_.received.size();
    EXPECT_LE(first, 2u);
    clock().advance(std::chrono::seconds{1});
    ASSERT_TRUE(hl::test::ok(runner_->drain()));
    EXPECT_LE(partner_.received.size(), first + 2);
    run();
    EXPECT_EQ(partner_.received.size(), 10u);
}

/// Events, faults, kills and waiting in any order: at the end the partner holds what was so last, and of records every
/// one in its order.
TEST_P(Bones, WhateverHappensInWhateverOrderBothSidesAgree) {
    SeededRandom chance(2026);
    for (int sequence = 0; sequence < 6; ++sequence) {
        SCOPED_TRACE(sequence);
        connector_->snapshot = sequence % 2 == 0;
        std::map<std::string, std::vector<std::string>> told;
        partner_.received.clear();
        for (int act = 0; act < 24; ++act) {
            const auto key = fmt::format("s{}k{}", sequence, chance.below(3));
            switch (chance.below(8)) {
                case 0:
                case 1:
                    told[key].push_back(std::to_string(act));
                    change(key, json::value(std::to_string(act)));
                    break;
                case 2:
                    for (const auto* fault : {"timeout", "500", "garbage", "lost"})
                        if (chance.below(2) == 0) partner_.next.emplace_back(fault);
                    break;
                case 3:
                    restart();
                    break;
                case 4:
                    clock().advance(std::chrono::seconds{chance.below(90)});
                    break;
                default:
                    follow();
                    ASSERT_TRUE(hl::test::ok(runner_->drain()));
            }
        }
        partner_.next.clear();
        run();
        std::map<std::string, std::vector<std::string>> heard;
        for (const auto& r : partner_.received) {
            const auto is = r.find('=');
            auto& values = heard[r.substr(0, is)];
            // Sent again because its answer was lost: the same once more.
            if (values.empty() || values.back() != r.substr(is + 1)) values.push_back(r.substr(is + 1));
        }
        for (const auto& [key, values] : told) {
            EXPECT_EQ(partner_.holds[key], values.back());
            if (!connector_->snapshot) {
                EXPECT_EQ(heard[key], values);
            }
        }
        EXPECT_EQ(counts().queued + counts().held + counts().dead, 0);
    }
}

TEST_P(Bones, TheJournalForgetsInTimeAndWhatThePartnerHasIsKept) {
    change("a", "1");
    run();
    clock().advance(std::chrono::hours{24} * 91);
    EXPECT_EQ(*drop_old(store(), "things", pace_, clock().now()), 1);
    const auto left = *store().read([](store::Reader& r) -> Result<std::pair<size_t, bool>> {
        return std::pair{find_exchanges(r, {"things"}).size(), accepted_key(r, "things", "a", "thing").has_value()};
    });
    EXPECT_EQ(left.first, 0u);
    EXPECT_TRUE(left.second);
}

}  // namespace hl::connector::test
