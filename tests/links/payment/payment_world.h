// The dossiers' test province with a payment platform beside it that is told what to do wrong.
#pragma once
#include <sys/stat.h>

#include <deque>
#include <fstream>

#include "dossiers/world.h"
#include "links/connector/journal.h"
#include "links/connector/reconcile.h"
#include "links/connector/schema.h"
#include "links/payment/events.h"
#include "links/payment/partner.h"
#include "links/payment/schema.h"

namespace hl::payment::test {

using hl::test::ok;

inline constexpr const char* secret = "bi-mat-thu-nghiem";

/// Answers as the platform's shapes say; `next` makes one answer wrong: "timeout", "500", "lost" (done, no answer),
/// "half", "refuse", "exists", "bad_url", "unsigned", "other".
struct Platform {
    struct Order {
        std::string body, state = "waiting", transaction;
        json::object message;
    };
    std::map<std::string, Order> orders;
    std::deque<std::string> next;
    std::vector<std::string> asked;  // "init REFERENCE"…
    Profile profile;

    json::object notice(const std::string& reference, const json::object& with = {}, bool sign = true) {
        const auto it = orders.find(reference);
        const bool known = it != orders.end();
        const auto state = known ? it->second.state : "unknown";
        json::object n{{"LoaiBanTin", "CONFIRM"},
                       {"MaLoi", state == "paid"      ? "00"
                                 : state == "failed"  ? "02"
                                 : state == "unknown" ? "03"
                                                      : "01"},
                       {"MaDoiTac", "QUANGTRI"},
                       {"MaThamChieu", reference},
                       {"SoTien", known ? it->second.message.at("SoTien") : json::value("")},
                       {"MaTienTe", "VND"},
                       {"MaGiaoDich", known ? it->second.transaction : ""},
                       {"MaNganHang", "NGANHANGMAU"},
                       {"ThoiGianGD", "20261116150405"},
                       {"ThongTinGiaoDich", "THANH TOAN"}};
        for (const auto& m : with) n[m.key()] = m.value();
        EXPECT_TRUE(ok(hl::payment::sign(n, profile.hash_confirm, sign ? secret : "khac")));
        return n;
    }
    void pay(const std::string& reference, const std::string& transaction = "GD1") {
        orders.at(reference).state = "paid";
        orders.at(reference).transaction = transaction;
    }

    Result<http::Response> answer(const http::ClientRequest& r) {
        const auto act = next.empty() ? std::string{} : next.front();
        if (!next.empty()) next.pop_front();
        if (act == "timeout") return Error{ErrorKind::unavailable, "http.timeout", "chậm", "slow"};
        if (act == "500") return http::Response{500, {}, "oops", nullptr};
        const auto o = parse_json(r.body)->get_object();
        const std::string reference{o.at("MaThamChieu").get_string()};
        const auto said = [&](std::string text) -> Result<http::Response> {
            if (act == "lost") return Error{ErrorKind::unavailable, "http.timeout", "mất", "lost"};
            if (act == "half") text.resize(text.size() / 2);
            return http::Response{200, {}, std::move(text), nullptr};
        };
        const bool init = r.url.ends_with("/init");
        asked.push_back((init ? "init " : r.url.ends_with("/bill") ? "bill " : "query ") + reference);
        EXPECT_TRUE(ok(check_signature(o, init ? profile.hash_init : profile.hash_query, secret))) << r.body;
        if (act == "refuse") return said(R"({"error_code":"5","message":"tu choi"})");
        if (act == "exists") return said(R"({"error_code":"2","message":"da dung"})");
        if (init) {
            if (act == "bad_url")
                return said(R"({"error_code":"0","message":"{\"UrlThanhToan\":\"javascript:alert(1)\"}"})");
            auto& order = orders[reference];
            EXPECT_TRUE(order.body.empty() || order.body == r.body) << "other bytes under the same reference";
            order.body = r.body;
            order.message = o;
            return said(R"({"error_code":"0","message":"{\"UrlThanhToan\":\"https://pay.example/)" + reference +
                        "\\\"}\"}");
        }
        if (r.url.ends_with("/bill"))
            return orders.contains(reference) && orders[reference].state == "paid"
                       ? said("%PDF-1.4 bien lai " + reference)
                       : said(R"({"error_code":"3","message":"chua co"})");
        if (act == "other") return said(json::serialize(notice("KHAC")));
        return said(json::serialize(notice(reference, {}, act != "unsigned")));
    }
};

class PaymentTest : public testing::TestWithParam<store::Engine> {
  protected:
    void SetUp() override {
        store::Migrations more = connector::migrations();
        more.insert(more.end(), migrations().begin(), migrations().end());
        world_.emplace(GetParam(), at_local(Date{std::chrono::year{2026} / 11 / 16}, 15, 4), more);
        std::vector<Error> errors;
        auto pack = connector::read_mappings(dossiers::test::pack_folder, errors, {{"payment", check_profile}});
        for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
        apply(pack);
        write_file(keys_ / "secret", secret);
        ::chmod((keys_ / "secret").c_str(), 0600);
        settings_.url = "https://pay.example/api";
        settings_.secret_file = keys_ / "secret";
        settings_.more = {
            {"partner", "QUANGTRI"}, {"account", "0001"}, {"bank", "KB"}, {"account_name", "Kho bac mau"}};
        ground_.emplace(connector::Ground{world_->store(), world_->vault(), world_->clock(), random_, "node-1",
                                          [this](const http::ClientRequest& r) { return platform_.answer(r); }});
        restart();
        platform_.profile = *profile();
    }
    void TearDown() override {
        runner_.reset();
        followers_.reset();
        partner_.reset();
        ground_.reset();
        world_.reset();
    }
    void apply(const connector::MappingPack& pack) {
        ASSERT_TRUE(ok(world_->store().write(
            [&](store::Transaction& tx) { return connector::apply_mappings(tx, pack, "test", world_->now()); })));
    }
    static void write_file(const std::filesystem::path& file, const std::string& text) {
        std::ofstream(file) << text << "\n";
    }
    /// As after a kill: nothing but the tables is left.
    void restart() {
        runner_.reset();
        followers_.reset();
        partner_ = std::make_shared<Partner>(
            PartnerParts{world_->store(), world_->clock(), [this] { return world_->context(); }, settings_});
        runner_ = std::make_unique<connector::Runner>(*ground_, partner_, settings_.pace);
        ASSERT_TRUE(ok(runner_->recover()));
        followers_.emplace(world_->store());
        followers_->add(std::make_shared<connector::OutboxFollower>(partner_, world_->clock(), [] {}));
    }
    std::shared_ptr<const Profile> profile() {
        auto p = partner_->profile(world_->now());
        EXPECT_TRUE(ok(p));
        return *p;
    }

    /// A dossier at work that owes `amount` for one charge.
    dossiers::Dossier owing(int64_t amount = 50'000) {
        const auto d = world_->working();
        charge(d.code, amount);
        return world_->stored(d.code);
    }
    void charge(const DossierCode& code, int64_t amount, const std::string& id = "le-phi") {
        ASSERT_TRUE(ok(world_->run([&](auto& tx, auto& ctx, Instant t) {
            return dossiers::charge(tx, ctx, world_->system(), {code, {}},
                                    {{id, "Lệ phí", "fee", amount, "", {}, "", ""}}, t);
        })));
    }
    Result<Payment> open(const DossierCode& code, const std::string& via = "desk") {
        return world_->store().write([&](store::Transaction& tx) {
            return open_payment(tx, world_->context(), world_->system(), *profile(), {code, via, "10.0.0.7"},
                                world_->now());
        });
    }
    Payment opened(const DossierCode& code) {
        auto p = open(code);
        EXPECT_TRUE(ok(p));
        return p.ok() ? *p : Payment{};
    }
    /// Follows the ledger and sends until nothing is due, over a day at most.
    void deliver() {
        ASSERT_TRUE(ok(world_->store().settle()));
        ASSERT_TRUE(ok(followers_->catch_up()));
        for (int i = 0; i < 24 * 12; ++i) {
            ASSERT_TRUE(ok(runner_->drain()));
            if (counts().queued == 0) return;
            world_->clock().advance(std::chrono::minutes{5});
        }
    }
    connector::Counts counts() {
        return *world_->ask(
            [&](store::Reader& r) -> Result<connector::Counts> { return connector::count_open(r, "payment"); });
    }
    std::vector<connector::MessageRow> messages(connector::MessageState state) {
        return *world_->ask([&](store::Reader& r) -> Result<std::vector<connector::MessageRow>> {
            return connector::find_messages(r, {"payment", state});
        });
    }
    Payment stored(const std::string& reference) {
        auto p =
            *world_->ask([&](store::Reader& r) -> Result<std::optional<Payment>> { return rows::find(r, reference); });
        EXPECT_TRUE(p.has_value()) << reference;
        return p.value_or(Payment{});
    }
    /// The platform calls back; the code that it was answered.
    std::string call_back(const json::object& notice) {
        auto answered = partner_->call_back(json::serialize(notice), world_->now());
        if (answered.body.empty()) return fmt::format("{}", answered.status);
        EXPECT_TRUE(ok(check_signature(answered.body, platform_.profile.hash_answer, secret)));
        return std::string{answered.body.at("MaLoi").get_string()};
    }
    json::object notice_of(const Payment& p, const json::object& with = {}) {
        json::object n{{"LoaiBanTin", "CONFIRM"},
                       {"MaLoi", "00"},
                       {"MaDoiTac", "QUANGTRI"},
                       {"MaThamChieu", p.reference},
                       {"SoTien", p.amount},
                       {"MaTienTe", "VND"},
                       {"MaGiaoDich", "GD1"},
                       {"MaNganHang", "NGANHANGMAU"},
                       {"ThoiGianGD", "20261116150405"},
                       {"ThongTinGiaoDich", "THANH TOAN"}};
        for (const auto& m : with) n[m.key()] = m.value();
        EXPECT_TRUE(ok(hl::payment::sign(n, platform_.profile.hash_confirm, secret)));
        return n;
    }
    int64_t events(std::string_view type) {
        EXPECT_TRUE(ok(world_->store().settle()));
        return *world_->ask([&](store::Reader& r) -> Result<int64_t> {
            int64_t n = 0;
            for (const auto& e : store::read_events(r, 0, 100'000)) n += e.type == type;
            return n;
        });
    }
    json::object query() {
        auto report = runner_->run_task("query");
        EXPECT_TRUE(ok(report));
        return report.ok() ? *report : json::object{};
    }

    hl::test::TempDir keys_;
    std::optional<dossiers::test::World> world_;
    Platform platform_;
    hl::test::SharedRandom random_;
    connector::PartnerSettings settings_;
    std::optional<connector::Ground> ground_;
    std::shared_ptr<Partner> partner_;
    std::optional<store::Followers> followers_;
    std::unique_ptr<connector::Runner> runner_;
};

}  // namespace hl::payment::test
