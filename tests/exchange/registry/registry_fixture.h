// A registry on a database with two agencies, and the people who act on it: two administrators of everything, an
// integrator of each agency.
#pragma once
#include <gtest/gtest.h>

#include "directory/commands.h"
#include "exchange/registry/issue.h"
#include "exchange/registry/members.h"
#include "exchange/registry/requests.h"
#include "exchange/registry/servers.h"
#include "store/ledger.h"
#include "support/engine_test.h"

namespace hl::exchange::fixture {

inline constexpr std::string_view insert_agency =
    "INSERT INTO directory_agency_versions (agency_id, valid_from, valid_to, code, old_code, code_verified, name, "
    "kind, "
    "area_id, parent_id, address, phone, basis) VALUES (?, 0, NULL, ?, '', 1, ?, 'department', '', '', '', '', '')";

class RegistryTest : public test::EngineTest {
  protected:
    [[nodiscard]] store::Migrations more_migrations() const override {
        auto all = directory::migrations();
        for (const auto* room : {&access::migrations(), &registry_migrations()})
            all.insert(all.end(), room->begin(), room->end());
        return all;
    }
    void SetUp() override {
        crypto::init();
        EngineTest::SetUp();
        ASSERT_TRUE(test::ok(store().write([&](store::Transaction& tx) -> Result<void> {
            tx.execute(insert_agency, {"ubnd", "H50", "UBND tỉnh"});
            tx.execute(insert_agency, {"stc", "H50.12", "Sở Tài chính"});
            return Nothing{};
        })));
        organisation = *store().read([](store::Reader& reader) -> Result<std::shared_ptr<const directory::Directory>> {
            return directory::Directory::load(reader);
        });
        admin = person("admin", access::Role::administrator, "");
        other_admin = person("admin-2", access::Role::administrator, "");
        caller = person("ubnd-it", access::Role::integrator, "ubnd");
        provider = person("stc-it", access::Role::integrator, "stc");
        open();
    }
    void open() {
        RegistrySettings settings;
        settings.url = "https://lgsp.example";
        auto opened = Registry::open(settings, folder.path(), std::string(32, 'k'), authority, random);
        ASSERT_TRUE(test::ok(opened));
        registry = std::move(*opened);
    }
    access::Actor person(std::string login, access::Role role, std::string_view agency) {
        access::Actor a;
        a.kind = access::ActorKind::officer;
        a.account = AccountId{std::move(login)};
        a.grants = {{role, AgencyId{agency}, from_day_number(0), std::nullopt}};
        a.organisation = organisation;
        return a;
    }
    Instant now() { return clock().now(); }
    Date today() { return local_date(now()); }
    template <class F>
    auto write(F f) {
        return store().write([&](store::Transaction& tx) { return f(tx); });
    }

    ClientId add_member(std::string code) {
        const auto made = write([&](auto& tx) {
            return register_member(tx, *registry, admin, {"GOV", std::move(code), "", today()}, now());
        });
        EXPECT_TRUE(test::ok(made));
        return made.ok() ? *made : ClientId{};
    }
    Result<ChangeRequest> ask(const access::Actor& who, RequestKind kind, const json::value& body) {
        return write([&](auto& tx) { return make_request(tx, *registry, who, kind, body, "", random, now()); });
    }
    Result<ChangeRequest> approve(const access::Actor& who, std::string_view id) {
        return write([&](auto& tx) { return approve_request(tx, *registry, who, id, now()); });
    }
    void granted(const access::Actor& who, RequestKind kind, const json::value& body) {
        const auto asked = ask(who, kind, body);
        ASSERT_TRUE(test::ok(asked));
        ASSERT_TRUE(test::ok(approve(admin, asked->id)));
    }
    /// Two members, a subsystem each, one REST service.
    void populate() {
        add_member("H50");
        add_member("H50.12");
        granted(caller, RequestKind::subsystem,
                {{"member", "QUANGTRI/GOV/H50"}, {"code", "MOT-CUA"}, {"name", "Một cửa"}});
        granted(provider, RequestKind::subsystem,
                {{"member", "QUANGTRI/GOV/H50.12"}, {"code", "DKKD"}, {"name", "Đăng ký kinh doanh"}});
        granted(provider, RequestKind::service,
                {{"provider", "QUANGTRI/GOV/H50.12/DKKD"}, {"type", "REST"}, {"code", "firms"}, {"title", "Tra cứu"}});
    }
    json::object right_body() {
        return {{"subject", "QUANGTRI/GOV/H50/MOT-CUA"},
                {"service", "QUANGTRI/GOV/H50.12/DKKD/firms"},
                {"method", "GET"},
                {"path", "/firms/*"},
                {"basis", "QĐ 12/2026/QĐ-UBND, Điều 3"}};
    }
    Issued current() {
        const auto found = store().read([](store::Reader& r) { return current_issue(r); });
        EXPECT_TRUE(test::ok(found));
        return found.ok() ? *found : Issued{};
    }
    Configuration configuration() {
        const auto read = read_configuration(current().document, registry->keys().main()->public_key);
        EXPECT_TRUE(test::ok(read));
        return read.ok() ? *read : Configuration{};
    }
    bool allowed(std::string_view path = "/firms/1") {
        return Knowledge(configuration()).decide(one_stop, firms, "GET", path, now()).allowed;
    }
    int64_t events(std::string_view type) {
        settle();
        return *store().read([&](store::Reader& r) -> Result<int64_t> {
            int64_t count = 0;
            for (const auto& e : store::read_events(r, 0, 1000)) count += e.type == type ? 1 : 0;
            return count;
        });
    }

    const ClientId one_stop{"QUANGTRI", "GOV", "H50", "MOT-CUA"};
    const ClientId register_of_firms{"QUANGTRI", "GOV", "H50.12", "DKKD"};
    const ServiceId firms{register_of_firms, "firms", {}};
    test::TempDir folder;
    SeededRandom random{11};
    std::shared_ptr<const directory::Directory> organisation;
    std::shared_ptr<DevelopmentAuthority> authority;
    std::unique_ptr<Registry> registry;
    access::Actor admin, other_admin, caller, provider;
};

}  // namespace hl::exchange::fixture
