// The dossiers' test province with the notices on the connectors' bones, a real mail server on this machine and a
// gateway for short messages that answers as it is told.
#pragma once
#include "../dossiers/world.h"
#include "links/connector/commands.h"
#include "links/connector/hub.h"
#include "links/connector/journal.h"
#include "links/connector/schema.h"
#include "notices/bounce.h"
#include "notices/notices.h"
#include "notices/schema.h"
#include "smtp_double.h"
#include "store/followers.h"

namespace hl::notices::test {

using hl::test::ok;
namespace dt = dossiers::test;

struct Gateway {
    std::vector<std::string> received;  // "phone|text|id"
    std::deque<std::string> next;       // a whole answer "STATUS BODY", "timeout"
    Result<http::Response> answer(const http::ClientRequest& request) {
        const auto act = next.empty() ? std::string{} : next.front();
        if (!next.empty()) next.pop_front();
        if (act == "timeout") return Error{ErrorKind::unavailable, "http.timeout", "chậm", "slow"};
        const auto body = parse_json(request.body);
        const auto& o = body->get_object();
        const auto text = [&](std::string_view name) { return std::string{o.at(name).get_string()}; };
        if (act.empty() || act.starts_with("lost"))
            received.push_back(text("to") + "|" + text("text") + "|" + text("request_id"));
        if (act == "lost") return Error{ErrorKind::unavailable, "http.timeout", "mất", "lost"};
        if (act.empty()) return http::Response{200, {}, R"({"code":"0"})", nullptr};
        return http::Response{std::stoi(act), {}, act.substr(4), nullptr};
    }
};

class NoticesTest : public dt::WorldTest {
  protected:
    template <class F>
    auto write(F f) {
        return world->store().write(f);
    }
    /// A Tuesday morning, outside quiet hours.
    [[nodiscard]] Instant start() const override { return at_local(Date{std::chrono::year{2026} / 11 / 17}, 9); }

    void SetUp() override {
        WorldTest::SetUp();
        lay(connector::migrations());
        lay(migrations());
        std::vector<Error> errors;
        const auto pack = read_notices(dt::pack_folder, errors);
        for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
        ASSERT_TRUE(ok(write([&](store::Transaction& tx) { return apply_notices(tx, pack, "test", now()); })));
        connect();
    }
    void TearDown() override {
        hub.reset();
        WorldTest::TearDown();
    }

    /// Starts the connector as a new process would.
    void connect(bool mail = true, bool sms = true) {
        hub.reset();
        followers = std::make_unique<store::Followers>(world->store());
        connector::PartnerSettings partner;
        partner.url = mail ? smtp.url() : "sms";
        partner.more = {{"from", "mot-cua@tinh.example"},
                        {"from_name", "Một cửa tỉnh"},
                        {"public_url", "https://dvc.example"},
                        {"tls", "none"}};
        if (sms) partner.more["sms_url"] = "https://sms.example";
        partner.pace.timeout = std::chrono::milliseconds{300};
        partner.pace.breaker_failures = 2;
        auto settings = settings_from(partner);
        ASSERT_TRUE(ok(settings));
        notices = std::make_shared<Notices>(*settings, Notices::Parts{world->store(), world->vault(), world->clock(),
                                                                      random, [this] { return world->context(); }});
        hub = std::make_unique<connector::Hub>(
            connector::Ground{world->store(), world->vault(), world->clock(), random, "node-1",
                              [this](const http::ClientRequest& r) { return gateway.answer(r); }});
        hub->add(notices, partner, *followers);
        followers->add(std::make_shared<DueFollower>());
    }

    connector::Runner& runner() { return *hub->entries().front()->runner; }
    /// The outbox follows the ledger, then everything due goes out.
    void work() {
        ASSERT_TRUE(ok(world->store().settle()));
        ASSERT_TRUE(ok(followers->catch_up()));
        ASSERT_TRUE(ok(runner().drain()));
    }
    dossiers::Filing filing(std::string email, std::string phone = "0912 000 000") {
        auto f = world->filing();
        f.applicant.email = std::move(email);
        f.applicant.phone = std::move(phone);
        return f;
    }
    dossiers::Dossier receive(const dossiers::Filing& f) {
        auto filed = world->file(f);
        EXPECT_TRUE(ok(filed));
        auto d = world->run([&](auto& tx, auto& ctx, Instant t) {
            return dossiers::receive(tx, ctx, world->system(), {filed->code}, {}, t);
        });
        EXPECT_TRUE(ok(d));
        return d.ok() ? *d : dossiers::Dossier{};
    }
    std::vector<connector::MessageRow> messages() {
        return *world->ask([&](store::Reader& r) -> Result<std::vector<connector::MessageRow>> {
            return connector::find_messages(r, {"notices"});
        });
    }
    std::string state_of_newest() {
        const auto all = messages();
        return all.empty() ? "none" : std::string{connector::to_string(all.front().state)};
    }
    Instant now() { return world->now(); }

    SmtpDouble smtp;
    Gateway gateway;
    hl::test::SharedRandom random;
    std::shared_ptr<Notices> notices;
    std::unique_ptr<store::Followers> followers;
    std::unique_ptr<connector::Hub> hub;

  private:
    /// The world opens its own database: our tables are laid beside its own as their migrations say.
    void lay(const store::Migrations& rooms) {
        const auto made = write([&](store::Transaction& tx) -> Result<void> {
            for (const auto& m : rooms) {
                std::string sql = m.sql;
                const bool sqlite = GetParam() == store::Engine::sqlite;
                const std::string serial =
                    sqlite ? "INTEGER PRIMARY KEY" : "BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY";
                for (size_t at; (at = sql.find("{{serial}}")) != std::string::npos;) sql.replace(at, 10, serial);
                for (size_t at; (at = sql.find("{{blob}}")) != std::string::npos;)
                    sql.replace(at, 8, sqlite ? "BLOB" : "BYTEA");
                size_t from = 0;
                for (size_t at; (at = sql.find(";\n", from)) != std::string::npos; from = at + 2)
                    tx.execute(sql.substr(from, at - from));
            }
            return Nothing{};
        });
        ASSERT_TRUE(ok(made));
    }
};

}  // namespace hl::notices::test
