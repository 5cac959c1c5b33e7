// A partner of the tests: remembers what it was sent, and answers as it is told. Its connector asks for one message an
// event of type "thing.changed".
#pragma once
#include <gtest/gtest.h>

#include <deque>

#include "directory/commands.h"
#include "links/connector/commands.h"
#include "links/connector/hub.h"
#include "links/connector/journal.h"
#include "links/connector/schema.h"
#include "store/append.h"
#include "support/test_store.h"

namespace hl::connector::test {

/// What the partner has, and what it does next.
struct Partner {
    std::map<std::string, std::string> holds;  // key → value
    std::vector<std::string> received;         // "key=value", every request that it took in
    std::deque<std::string> next;              // "timeout", "500", "refuse", "garbage", "lost" (kept, no answer)
    bool strict = false;                       // a known key must come as an update

    Result<http::Response> answer(const http::ClientRequest& request) {
        const auto act = next.empty() ? std::string{} : next.front();
        if (!next.empty()) next.pop_front();
        const auto body = parse_json(request.body);
        if (act == "timeout") return Error{ErrorKind::unavailable, "http.timeout", "chậm", "slow"};
        if (act == "500") return http::Response{500, {}, "oops", nullptr};
        if (act == "garbage") return http::Response{200, {}, "{\"error_code\":", nullptr};
        const auto& o = body->get_object();
        const std::string key{o.at("key").get_string()};
        if (o.contains("ask")) {
            json::object out{{"code", 0}, {"value", nullptr}};
            if (const auto it = holds.find(key); it != holds.end()) out["value"] = it->second;
            return http::Response{200, {}, json::serialize(out), nullptr};
        }
        if (act == "refuse") return http::Response{200, {}, R"({"code":7,"datum":"value"})", nullptr};
        if (strict && holds.contains(key) && !o.at("update").get_bool())
            return http::Response{200, {}, R"({"code":3})", nullptr};
        const std::string value{o.at("value").get_string()};
        holds[key] = value;
        received.push_back(key + "=" + value);
        if (act == "lost") return Error{ErrorKind::unavailable, "http.timeout", "mất", "lost"};
        return http::Response{200, {}, R"({"code":0})", nullptr};
    }
};

class ThingConnector final : public Connector {
  public:
    std::string name() const override { return "things"; }
    Words title() const override { return {"Vật", "Things"}; }
    bool snapshot = true;
    int builds = 0;

    Result<void> wants(store::Reader&, const store::StoredEvent& event, std::vector<Wanted>& out) override {
        if (event.type == "thing.changed")
            out.push_back({std::string{event.data.at("key").get_string()}, "thing", event.stream, snapshot});
        return Nothing{};
    }
    Result<Building> build(store::Reader& reader, const Message& message, Instant) override {
        ++builds;
        json::value value;
        for (const auto& event : store::read_stream(reader, message.stream))
            if (event.position <= message.position) value = event.data.at("value");
        if (value.is_null())
            return Building{Held{"datum.missing", "value", {"Thiếu giá trị.", "The value is missing."}}};
        Built out;
        out.facts = {{"value", value}};
        out.bytes = json::serialize(json::object{{"key", message.key}, {"value", value}});
        return Building{std::move(out)};
    }
    Reply send(Line& line, const Message& message, std::string_view bytes) override {
        auto body = parse_json(bytes)->get_object();
        body["update"] = message.update;
        auto answer = line.send({"POST", "http://partner/things", {}, json::serialize(body)}, "put");
        if (!answer.ok()) return {Verdict::again, answer.error().code, "", {answer.error().vi, answer.error().en}};
        const auto parsed = parse_json(answer->body);
        if (answer->status != 200 || !parsed.ok()) return {Verdict::again, "partner.answer", "", {"lạ", "strange"}};
        switch (parsed->at("code").to_number<int>()) {
            case 0:
                return {Verdict::accepted};
            case 3:
                return {Verdict::exists, "3"};
            default:
                return {Verdict::refused, "7", "value", {"Không nhận.", "Not accepted."}};
        }
    }
    bool can_look_up() const override { return true; }
    Result<std::optional<json::object>> look_up(Line& line, const std::string& key) override {
        TRY(const auto answer,
            line.send({"POST", "http://partner/things", {}, json::serialize(json::object{{"key", key}, {"ask", true}})},
                      "ask"));
        TRY(const auto parsed, parse_json(answer.body));
        if (parsed.at("value").is_null()) return std::optional<json::object>{};
        return std::optional{json::object{{"value", parsed.at("value")}}};
    }
};

class Bones : public hl::test::EngineTest {
  protected:
    store::Migrations more_migrations() const override {
        store::Migrations all = directory::migrations();
        for (const auto* room : {&access::migrations(), &migrations()})
            all.insert(all.end(), room->begin(), room->end());
        return all;
    }
    void SetUp() override {
        EngineTest::SetUp();
        auto opened = store::Vault::open(keys_ / "master.key", test_store().random, true);
        ASSERT_TRUE(hl::test::ok(opened));
        vault_ = std::move(*opened);
        ground_.emplace(Ground{store(), *vault_, clock(), test_store().random, "node-1",
                               [this](const http::ClientRequest& r) { return partner_.answer(r); }});
        connector_ = std::make_shared<ThingConnector>();
        followers_.emplace(store());
        follower_ = std::make_shared<OutboxFollower>(connector_, clock(), [] {});
        followers_->add(follower_);
        restart();
    }
    void TearDown() override {
        followers_.reset();
        runner_.reset();
        ground_.reset();
        vault_.reset();
        EngineTest::TearDown();
    }
    /// As after a kill: nothing but the tables is left.
    void restart() {
        runner_ = std::make_unique<Runner>(*ground_, connector_, pace_);
        ASSERT_TRUE(hl::test::ok(runner_->recover()));
    }
    void change(const std::string& key, const json::value& value) {
        ASSERT_TRUE(hl::test::ok(store().write([&](store::Transaction& tx) -> Result<void> {
            tx.append(
                {"thing.changed", 1, "thing-" + key, "system:test", clock().now(), {{"key", key}, {"value", value}}});
            return Nothing{};
        })));
    }
    void follow() {
        settle();
        ASSERT_TRUE(hl::test::ok(followers_->catch_up()));
    }
    /// Follows and sends until nothing is due; waits over retries as long as something can still move.
    void run(int hours = 48) {
        follow();
        for (int i = 0; i < hours * 12; ++i) {
            const auto done = runner_->drain();
            ASSERT_TRUE(hl::test::ok(done));
            if (counts().queued == 0) return;
            clock().advance(std::chrono::minutes{5});
        }
    }
    Counts counts() {
        return *store().read([&](store::Reader& r) -> Result<Counts> { return count_open(r, "things"); });
    }
    std::vector<MessageRow> rows(std::optional<MessageState> state = {}) {
        return *store().read([&](store::Reader& r) -> Result<std::vector<MessageRow>> {
            return find_messages(r, {"things", state});
        });
    }
    std::vector<Difference> open_differences() {
        return *store().read([&](store::Reader& r) -> Result<std::vector<Difference>> {
            return differences(r, "things", DifferenceState::open, 0, 100);
        });
    }
    access::Actor actor() { return access::Actor::system("test", nullptr); }
    Comparison compare() {
        auto line = runner_->line();
        auto done = reconcile(*ground_, *connector_, line, "system:test");
        EXPECT_TRUE(hl::test::ok(done));
        return done.ok() ? *done : Comparison{};
    }

    hl::test::TempDir keys_;
    std::unique_ptr<store::Vault> vault_;
    Partner partner_;
    Pace pace_;
    std::optional<Ground> ground_;
    std::shared_ptr<ThingConnector> connector_;
    std::optional<store::Followers> followers_;
    std::shared_ptr<OutboxFollower> follower_;
    std::unique_ptr<Runner> runner_;
};

}  // namespace hl::connector::test
