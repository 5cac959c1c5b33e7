// Who acts for a system, and until when a system takes part.
#include "exchange/registry/taking_part.h"

#include "exchange/registry/endings.h"
#include "exchange/registry/registry_fixture.h"

namespace hl::exchange {
namespace {

using test::code_of;

class TakingPart : public fixture::RegistryTest {
  protected:
    void SetUp() override {
        RegistryTest::SetUp();
        populate();
    }
    Result<void> acts(const access::Actor& who, const ClientId& client) {
        return store().read([&](store::Reader& reader) { return require_acting_for(reader, who, client, now()); });
    }
    Result<void> takes_part(const ClientId& client, Date on) {
        return store().read([&](store::Reader& reader) { return require_taking_part(reader, client, on); });
    }
};
HL_FOR_EVERY_ENGINE(TakingPart);

TEST_P(TakingPart, AnAgencysIntegratorActsForItsSystemsAndNobodyElses) {
    EXPECT_TRUE(test::ok(acts(provider, register_of_firms)));
    EXPECT_TRUE(test::ok(acts(provider, register_of_firms.member())));
    EXPECT_EQ(code_of(acts(provider, one_stop)), "access.denied");
    EXPECT_TRUE(test::ok(acts(admin, one_stop)));
    EXPECT_EQ(code_of(acts(person("mot-cua", access::Role::clerk, "stc"), register_of_firms)), "access.denied");
    EXPECT_EQ(code_of(acts(admin, {"QUANGTRI", "GOV", "H50", "KHONG-CO"})), "exchange.unknown_member");
}

TEST_P(TakingPart, ASystemTakesPartUntilItOrItsMemberLeaves) {
    EXPECT_TRUE(test::ok(takes_part(register_of_firms, today())));
    EXPECT_EQ(code_of(takes_part(register_of_firms, add_days(today(), -1))), "exchange.not_taking_part");
    const auto leaves = add_days(today(), 3);
    ASSERT_TRUE(test::ok(
        write([&](auto& tx) { return end_client(tx, *registry, admin, register_of_firms.member(), leaves, now()); })));
    EXPECT_TRUE(test::ok(takes_part(register_of_firms, add_days(leaves, -1))));
    EXPECT_EQ(code_of(takes_part(register_of_firms, leaves)), "exchange.not_taking_part");
    EXPECT_TRUE(test::ok(takes_part(one_stop, leaves)));
}

}  // namespace
}  // namespace hl::exchange
