// Displays: made by leaders, opened once, never locked, reading nothing but figures, ended at once.
#include "access/displays.h"

#include "access_fixture.h"

namespace hl::access {
namespace {

TEST(Displays, SeesFiguresAndNothingOfPeopleOrDossiers) {
    for (const auto* path : {"/api/v1/me", "/api/v1/units", "/api/v1/agencies", "/api/v1/boundaries/communes",
                             "/api/v1/ioc/feed", "/api/v1/ioc/alerts", "/api/v1/ioc/components/health",
                             "/api/v1/ioc/index766", "/api/v1/ioc/index766/agencies", "/api/v1/ioc/indicators",
                             "/api/v1/ioc/indicators/HCC.TIEP_NHAN", "/api/v1/ioc/indicators/HCC.TIEP_NHAN/figures"}) {
        EXPECT_TRUE(serves_display("GET", path)) << path;
        EXPECT_FALSE(serves_display("POST", path)) << path;
    }
    for (const auto* path :
         {"/api/v1/dossiers", "/api/v1/feed", "/api/v1/ioc/index766/dossiers", "/api/v1/ioc/index766/dossiers/H50-1",
          "/api/v1/ioc/indicators/HCC.TIEP_NHAN/provenance", "/api/v1/ioc/indicators/HCC.TIEP_NHAN/values",
          "/api/v1/ioc/directives", "/api/v1/ioc/briefing", "/api/v1/displays", "/api/v1/accounts",
          "/api/v1/agencies/x", "/api/v1/ioc/proof"})
        EXPECT_FALSE(serves_display("GET", path)) << path;
    EXPECT_TRUE(serves_display("DELETE", "/api/v1/sessions/current"));
    EXPECT_FALSE(serves_display("DELETE", "/api/v1/displays/x"));
}

using namespace fixture;

class DisplayLife : public AccessTest {
  protected:
    Actor leader() {
        if (leader_.empty()) leader_ = add("lanh-dao", good, {{Role::head, AgencyId{}, today(), {}}});
        if (!signed_) signed_ = sessions().sign_in("lanh-dao", good, {}, "")->token;
        auto actor = sessions().actor_of(bearer(*signed_));
        EXPECT_TRUE(test::ok(actor));
        return actor.ok() ? *actor : Actor{};
    }
    Result<DisplayMade> made(const Actor& actor, int64_t days = 30) {
        return write([&](auto& tx) { return make_display(tx, actor, "Phòng họp", days, random, clock().now()); });
    }
    Result<DisplayPaired> paired(const std::string& code) {
        return write([&](auto& tx) { return pair_display(tx, code, "10.0.0.9", random, clock().now()); });
    }
    Result<Actor> asks(const std::string& token, const std::string& path, const std::string& method = "GET") {
        auto request = bearer(token, method);
        request.path = path;
        return sessions().actor_of(request);
    }
    Result<std::vector<Display>> listed(const Actor& actor) {
        return store().read([&](store::Reader& r) { return list_displays(r, actor, clock().now()); });
    }
    AccountId leader_;
    std::optional<std::string> signed_;
};
HL_FOR_EVERY_ENGINE(DisplayLife);

TEST_P(DisplayLife, OpensOnceDoesNotLockAndReadsFiguresOnly) {
    const auto display = made(leader());
    ASSERT_TRUE(test::ok(display));
    const auto session = paired(display->code);
    ASSERT_TRUE(test::ok(session));
    EXPECT_EQ(test::code_of(paired(display->code)), "display.code") << "its link works once";
    const auto actor = asks(session->token, "/api/v1/ioc/index766");
    ASSERT_TRUE(test::ok(actor));
    EXPECT_TRUE(is_display(*actor));
    EXPECT_EQ(test::code_of(asks(session->token, "/api/v1/dossiers")), "access.display");
    EXPECT_EQ(test::code_of(asks(session->token, "/api/v1/ioc/index766", "POST")), "access.display");
    // A week without anybody before it.
    clock().advance(std::chrono::days{7});
    EXPECT_TRUE(test::ok(asks(session->token, "/api/v1/ioc/index766")));
    clock().advance(std::chrono::days{24});
    EXPECT_EQ(test::code_of(asks(session->token, "/api/v1/ioc/index766")), "access.session_expired");
}

TEST_P(DisplayLife, LinkLapsesAndADisplayMakesNoOther) {
    const auto display = made(leader());
    ASSERT_TRUE(test::ok(display));
    clock().advance(display_code_life + std::chrono::seconds{1});
    EXPECT_EQ(test::code_of(paired(display->code)), "display.code");
    EXPECT_EQ(test::code_of(paired("")), "display.code");
    signed_.reset();
    const auto open = made(leader());
    const auto session = paired(open->code);
    ASSERT_TRUE(test::ok(session));
    const auto actor = asks(session->token, "/api/v1/me");
    ASSERT_TRUE(test::ok(actor));
    EXPECT_EQ(test::code_of(made(*actor)), "access.denied");
    EXPECT_EQ(test::code_of(made(leader(), 0)), "display.days");
}

TEST_P(DisplayLife, IsListedRevokedAtOnceAndEndsWithItsMakersRights) {
    const auto display = made(leader());
    const auto session = paired(display->code);
    ASSERT_TRUE(test::ok(session));
    const auto list = listed(leader());
    ASSERT_TRUE(test::ok(list));
    ASSERT_EQ(list->size(), 1u);
    EXPECT_EQ(list->front().name, "Phòng họp");
    EXPECT_TRUE(list->front().paired && !list->front().revoked);
    EXPECT_EQ(list->front().remote, "10.0.0.9");

    add("lanh-dao-khac", good, {{Role::head, AgencyId{"so-y-te"}, today(), {}}});
    const auto other = *sessions().actor_of(bearer(sessions().sign_in("lanh-dao-khac", good, {}, "")->token));
    EXPECT_TRUE(listed(other)->empty());
    EXPECT_EQ(test::code_of(write([&](auto& tx) { return revoke_display(tx, other, display->id, clock().now()); })),
              "display.unknown");
    add("kiem-toan", good, {{Role::auditor, AgencyId{}, today(), {}}});
    const auto auditor = *sessions().actor_of(bearer(sessions().sign_in("kiem-toan", good, {}, "")->token));
    EXPECT_EQ(test::code_of(made(auditor)), "access.denied");
    add("quan-tri", good, {{Role::administrator, AgencyId{}, today(), {}}});
    const auto admin = *sessions().actor_of(bearer(sessions().sign_in("quan-tri", good, {}, "")->token));
    EXPECT_EQ(listed(admin)->size(), 1u);

    ASSERT_TRUE(test::ok(write([&](auto& tx) { return revoke_display(tx, admin, display->id, clock().now()); })));
    sessions().forget_cache();
    EXPECT_EQ(test::code_of(asks(session->token, "/api/v1/ioc/index766")), "access.session_expired");
    EXPECT_TRUE(listed(admin)->front().revoked);

    // Another one, whose maker loses his role.
    const auto second = paired(made(leader())->code);
    ASSERT_TRUE(test::ok(second));
    ASSERT_TRUE(test::ok(write(
        [&](auto& tx) { return revoke_role(tx, leader_, Role::head, AgencyId{}, today(), "test", clock().now()); })));
    sessions().forget_cache();
    const auto actor = asks(second->token, "/api/v1/ioc/index766");
    if (actor.ok()) {
        EXPECT_FALSE(require_anywhere(*actor, Right::view_ioc, clock().now()).ok());
    }
}

}  // namespace
}  // namespace hl::access
