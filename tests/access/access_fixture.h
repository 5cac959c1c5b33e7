// A database with the rooms up to access, sessions with a cheap password hash, and an organisation of three agencies.
#pragma once
#include "access/api.h"
#include "access/routes.h"
#include "access/sessions.h"
#include "directory/commands.h"
#include "store/sealing.h"
#include "support/engine_test.h"

namespace hl::access::fixture {

inline AccountPolicy cheap_policy() {
    AccountPolicy p;
    p.cost = {1, 8u << 20};
    return p;
}

class AccessTest : public test::EngineTest {
  protected:
    [[nodiscard]] store::Migrations more_migrations() const override {
        auto all = directory::migrations();
        all.insert(all.end(), migrations().begin(), migrations().end());
        return all;
    }
    void SetUp() override {
        EngineTest::SetUp();
        sessions_.emplace(
            store(), policy, [] { return std::shared_ptr<const directory::Directory>{}; }, clock(), random);
    }
    void TearDown() override {
        sessions_.reset();
        EngineTest::TearDown();
    }
    Sessions& sessions() { return *sessions_; }

    AccountId add(const std::string& login, const std::string& password, std::vector<Grant> grants = {},
                  AccountKind kind = AccountKind::officer) {
        auto id = store().write([&](store::Transaction& tx) -> Result<AccountId> {
            TRY(auto made, create_account(tx, {login, "Tài khoản thử " + login, kind, {}, {}, password, false}, policy,
                                          "test", random, clock().now()));
            for (const auto& g : grants) TRY_VOID(grant_role(tx, made, g, "test", clock().now()));
            return made;
        });
        EXPECT_TRUE(test::ok(id));
        return id.ok() ? *id : AccountId{};
    }
    Date today() { return local_date(clock().now()); }
    http::Request bearer(const std::string& token, std::string method = "GET") {
        http::Request r;
        r.method = std::move(method);
        r.headers.push_back({"Authorization", "Bearer " + token});
        return r;
    }
    template <class F>
    auto write(F f) {
        return store().write([&](store::Transaction& tx) { return f(tx); });
    }

    AccountPolicy policy = cheap_policy();
    SeededRandom random{7};
    std::optional<Sessions> sessions_;
    static constexpr const char* good = "mot-mat-khau-du-dai";
};

}  // namespace hl::access::fixture
