// What leaves the exchange does so on its day, with everything that hangs on it.
#include "exchange/registry/endings.h"

#include "exchange/registry/events.h"
#include "exchange/registry/registry_fixture.h"

namespace hl::exchange {
namespace {

using namespace std::chrono_literals;
using test::code_of;

class Endings : public fixture::RegistryTest {
  protected:
    void SetUp() override {
        RegistryTest::SetUp();
        populate();
        granted(caller, RequestKind::right, right_body());
        ASSERT_TRUE(allowed());
    }
    Result<void> end(const access::Actor& who, const ClientId& client, Date on) {
        return write([&](auto& tx) { return end_client(tx, *registry, who, client, on, now()); });
    }
};
HL_FOR_EVERY_ENGINE(Endings);

TEST_P(Endings, EndedServiceIsUnknownFromItsDayOn) {
    const auto end_it = [&](Date on) {
        return write([&](auto& tx) { return end_service(tx, *registry, provider, firms, on, now()); });
    };
    EXPECT_EQ(code_of(end_it(add_days(today(), -1))), "exchange.ending");
    ASSERT_TRUE(test::ok(end_it(add_days(today(), 1))));
    EXPECT_TRUE(allowed());
    clock().advance(24h);
    ASSERT_TRUE(test::ok(write([&](auto& tx) { return issue(tx, *registry, now()); })));
    EXPECT_EQ(Knowledge(configuration()).decide(one_stop, firms, "GET", "/firms/1", now()).fault, "unknown_service");
    EXPECT_EQ(code_of(end_it(today())), "exchange.ending");
    EXPECT_EQ(events(events::ended), 1);
}

TEST_P(Endings, WithASubsystemGoItsServices) {
    ASSERT_TRUE(test::ok(end(admin, register_of_firms, today())));
    const auto c = configuration();
    EXPECT_TRUE(c.services.empty());
    EXPECT_EQ(c.members.size(), 3u);
}

TEST_P(Endings, WithAMemberGoesEverythingOfIts) {
    ASSERT_TRUE(test::ok(end(admin, one_stop.member(), today())));
    EXPECT_EQ(Knowledge(configuration()).decide(one_stop, firms, "GET", "/firms/1", now()).fault, "unknown_member");
}

TEST_P(Endings, OnlyRegistrarsEndMembersAndSubsystems) {
    EXPECT_EQ(code_of(end(caller, one_stop, today())), "access.denied");
}

TEST_P(Endings, ServiceRegisteredAgainIsBack) {
    ASSERT_TRUE(test::ok(write([&](auto& tx) { return end_service(tx, *registry, provider, firms, today(), now()); })));
    EXPECT_FALSE(allowed());
    granted(provider, RequestKind::service,
            {{"provider", "QUANGTRI/GOV/H50.12/DKKD"}, {"type", "REST"}, {"code", "firms"}});
    EXPECT_TRUE(allowed());
}

}  // namespace
}  // namespace hl::exchange
