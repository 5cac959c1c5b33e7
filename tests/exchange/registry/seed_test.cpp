// The demonstration's exchange: made through requests and approvals, once.
#include "exchange/registry/seed.h"

#include "exchange/registry/registry_fixture.h"

namespace hl::exchange {
namespace {

class Seed : public fixture::RegistryTest {
  protected:
    Result<Seeded> seed() {
        return write([&](auto& tx) { return seed_exchange(tx, *registry, organisation, random, now()); });
    }
    void agencies(std::vector<std::string> codes) {
        ASSERT_TRUE(test::ok(write([&](auto& tx) -> Result<void> {
            for (const auto& code : codes)
                tx.execute(fixture::insert_agency, {"agency-" + code, code, "Sở mẫu " + code});
            return Nothing{};
        })));
        organisation = *store().read([](store::Reader& reader) -> Result<std::shared_ptr<const directory::Directory>> {
            return directory::Directory::load(reader);
        });
    }
};
HL_FOR_EVERY_ENGINE(Seed);

TEST_P(Seed, MembersSystemsServicesAndRightsAreThereAndIssued) {
    agencies({"H50.20", "H50.04", "H50.03", "H50.06"});
    const auto made = seed();
    ASSERT_TRUE(test::ok(made));
    EXPECT_EQ(made->subsystems, 4u);
    EXPECT_EQ(made->rights, 4u);
    const Knowledge k(configuration());
    const ClientId desk{"QUANGTRI", "GOV", "H50.20", "MOT-CUA"};
    const ServiceId business{{"QUANGTRI", "GOV", "H50.04", "DKKD"}, "doanh-nghiep", ""};
    const ServiceId land{{"QUANGTRI", "GOV", "H50.06", "DAT-DAI"}, "traCuuThuaDat", "v1"};
    EXPECT_TRUE(k.decide(desk, business, "GET", "/3200000000", now()).allowed);
    EXPECT_FALSE(k.decide(desk, business, "GET", "/3200000000/changes", now()).allowed);
    EXPECT_TRUE(k.decide(desk, land, "POST", "/", now()).allowed);
    EXPECT_EQ(store().read([](store::Reader& r) -> Result<size_t> { return seeded_subsystems(r).size(); }).value(), 4u);
}

TEST_P(Seed, AgainChangesNothing) {
    agencies({"H50.20", "H50.04", "H50.03", "H50.06"});
    ASSERT_TRUE(test::ok(seed()));
    const auto before = current().number;
    const auto again = seed();
    ASSERT_TRUE(test::ok(again));
    EXPECT_EQ(again->members, 0u);
    EXPECT_EQ(current().number, before);
}

TEST_P(Seed, AgenciesThatAreNotThereAreLeftOutWithWhatIsTheirs) {
    agencies({"H50.20", "H50.04"});
    const auto made = seed();
    ASSERT_TRUE(test::ok(made));
    EXPECT_EQ(made->members, 2u);
    EXPECT_EQ(made->rights, 2u);
}

}  // namespace
}  // namespace hl::exchange
