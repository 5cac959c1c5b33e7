// A small province whose dossiers go to a portal of the tests: a table of what it holds and of how it answers next.
#pragma once
#include <deque>

#include "base/files.h"
#include "dossiers/world.h"
#include "links/connector/commands.h"
#include "links/connector/hub.h"
#include "links/connector/journal.h"
#include "links/connector/schema.h"
#include "links/portal/portal.h"
#include "links/portal/schema.h"

namespace hl::links::portal::test {

using dossiers::test::World;
using hl::test::ok;

inline std::string word(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    return v && v->is_string() ? std::string{v->get_string()} : std::string{};
}

class FakePortal {
  public:
    std::map<std::string, json::object> holds;
    std::map<std::string, size_t> progress;
    std::map<std::string, json::array> lines;
    json::array filed, procedures;
    std::deque<std::string> next;  // timeout, 500, half, refuse, duplicate, expire
    std::string session = "phien-1";
    int sign_ins = 0, puts = 0;
    /// Services of one test's own.
    std::function<std::optional<http::Response>(const std::string& service, const json::object& body)> more;

    Result<http::Response> answer(const http::ClientRequest& request) {
        const auto act = next.empty() ? std::string{} : next.front();
        if (!next.empty()) next.pop_front();
        if (act == "timeout") return Error{ErrorKind::unavailable, "http.timeout", "chậm", "slow"};
        if (act == "500") return http::Response{500, {}, "", nullptr};
        if (act == "expire") session = "phien-" + std::to_string(++sign_ins + 10);
        const auto body = parse_json(request.body)->get_object();
        if (request.url.ends_with("/auth")) {
            ++sign_ins;
            if (word(body, "password") != "mat khau thu") return say(1, "sai");
            return reply(json::object{{"error_code", 0}, {"session", session}});
        }
        if (word(body, "session") != session || word(body, "madonvi") != "H50") return say(-2, "phiên");
        const std::string service{body.at("service").get_string()};
        if (act == "lie") return say(0, "");
        if (act == "refuse") return say(6, "Thiếu NgayHenTra của Người Nộp Thử");
        auto out = serve(service, body);
        if (act == "duplicate") out = serve(service, body);
        if (act == "half") return http::Response{200, {}, out.body.substr(0, out.body.size() / 2), nullptr};
        return out;
    }

    static http::Response reply(const json::object& o) { return {200, {}, json::serialize(o), nullptr}; }
    static http::Response say(int code, std::string_view message, json::value result = nullptr) {
        return reply({{"error_code", code}, {"message", message}, {"result", std::move(result)}});
    }

  private:
    http::Response serve(const std::string& service, const json::object& body) {
        if (more)
            if (auto answer = more(service, body)) return *answer;
        if (service == "DongBoHoSoMC") {
            const auto& record = body.at("data").get_array().front().get_object();
            const std::string code{record.at("MaHoSo").get_string()};
            const bool updating = word(body, "isUpdating") == "True";
            if (holds.contains(code) && !updating) return say(3, "đã có");
            if (!holds.contains(code) && updating) return say(4, "chưa có");
            holds[code] = record;
            ++puts;
            return say(0, "");
        }
        if (service == "CapNhatTienDoHoSoMC") {
            const auto& data = body.at("data").get_array();
            const std::string code{data.front().at("MaHoSo").get_string()};
            if (!holds.contains(code)) return say(4, "chưa có");
            progress[code] = data.size();
            lines[code] = data;
            return say(0, "");
        }
        if (service == "TraCuuHoSo") {
            json::array found;
            if (const auto it = holds.find(std::string{body.at("mahoso").get_string()}); it != holds.end())
                found.push_back(it->second);
            return say(0, "", std::move(found));
        }
        if (service == "LayDanhSachHoSoNop") return say(0, "", filed);
        if (service == "LayDanhSachTTHC") return say(0, "", procedures);
        return say(1, "không có dịch vụ");
    }
};

class Office : public testing::TestWithParam<store::Engine> {
  protected:
    void SetUp() override {
        auto tables = connector::migrations();
        tables.insert(tables.end(), migrations().begin(), migrations().end());
        world_.emplace(GetParam(), at_local(Date{std::chrono::year{2026} / 11 / 16}, 8), tables);
        ASSERT_TRUE(ok(write_file_durably(keys_ / "password", "mat khau thu\n", 0600)));
        std::vector<Error> errors;
        const auto pack = connector::read_mappings(dossiers::test::pack_folder, errors, {{"portal", check_profile}});
        for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
        ASSERT_TRUE(ok(world_->store().write([&](store::Transaction& tx) {
            return connector::apply_mappings(tx, pack, "system:test", world_->now());
        })));
        connector::PartnerSettings settings;
        settings.url = "http://portal";
        settings.user = "quangtri";
        settings.secret_file = keys_ / "password";
        settings.more = {{"unit", "H50"}, {"provider", "VN:GOV:H50"}};
        connector_ = std::make_shared<PortalConnector>(
            Parts{[this] { return world_->context(); }, world_->store(), world_->clock()}, settings);
        ground_.emplace(connector::Ground{world_->store(), world_->vault(), world_->clock(), random_, "node-1",
                                          [this](const http::ClientRequest& r) { return portal_.answer(r); }});
        followers_.emplace(world_->store());
        followers_->add(std::make_shared<connector::OutboxFollower>(connector_, world_->clock(), [] {}));
        restart();
    }
    void TearDown() override {
        followers_.reset();
        runner_.reset();
        world_.reset();
    }
    void restart() {
        runner_ = std::make_unique<connector::Runner>(*ground_, connector_, connector::Pace{});
        ASSERT_TRUE(ok(runner_->recover()));
    }
    void run() {
        ASSERT_TRUE(ok(world_->store().settle()));
        ASSERT_TRUE(ok(followers_->catch_up()));
        for (int i = 0; i < 400; ++i) {
            ASSERT_TRUE(ok(runner_->drain()));
            if (open().queued == 0) return;
            world_->clock().advance(std::chrono::minutes{3});
        }
        ADD_FAILURE() << "the outbox does not empty";
    }
    connector::Counts open() {
        return *world_->ask(
            [](store::Reader& r) -> Result<connector::Counts> { return connector::count_open(r, "portal"); });
    }
    std::vector<connector::MessageRow> messages(std::optional<connector::MessageState> state = {}) {
        return *world_->ask([&](store::Reader& r) -> Result<std::vector<connector::MessageRow>> {
            return connector::find_messages(r, {"portal", state});
        });
    }
    World& world() { return *world_; }

    hl::test::TempDir keys_;
    hl::test::SharedRandom random_;
    std::optional<World> world_;
    FakePortal portal_;
    std::shared_ptr<PortalConnector> connector_;
    std::optional<connector::Ground> ground_;
    std::optional<store::Followers> followers_;
    std::unique_ptr<connector::Runner> runner_;
};

}  // namespace hl::links::portal::test
