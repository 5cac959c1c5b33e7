// A provider's profile as data: what its claims mean, and what is never taken for a person.
#include "access/oidc_profile.h"

#include <gtest/gtest.h>

namespace hl::access {
namespace {

std::vector<OidcProfile> of_the_pack() {
    std::vector<Error> errors;
    auto out = read_oidc_profiles(HL_SOURCE_DIR "/packs/quang-tri", errors);
    for (const auto& e : errors) ADD_FAILURE() << e.at << ": " << e.en;
    return out;
}

boost::json::object claims(std::string_view level = "2", std::string_view kind = "1") {
    return {{"sub", "x"},
            {"LoaiTaiKhoan", kind},
            {"SoDinhDanh", "000000000000"},
            {"HoVaTen", "Người  Mẫu"},
            {"loAs", level},
            {"NgayThangNamSinh", "01/01/1990"}};
}

TEST(OidcProfile, TheNationalOnesAreInThePack) {
    const auto all = of_the_pack();
    const auto* vneid = profile_of(all, "vneid", Date{std::chrono::year{2026} / 11 / 1});
    ASSERT_NE(vneid, nullptr);
    EXPECT_TRUE(vneid->has_endpoints());
    EXPECT_EQ(profile_of(all, "vneid", Date{std::chrono::year{2020} / 1 / 1}), nullptr);
    EXPECT_NE(profile_of(all, "dvcqg", Date{std::chrono::year{2026} / 11 / 1}), nullptr);
    const auto person = proved_person(*vneid, claims());
    ASSERT_TRUE(person.ok());
    EXPECT_EQ(person->name, "Người Mẫu");
    EXPECT_EQ(person->number, "000000000000");
    EXPECT_EQ(person->kind, "citizen");
}

TEST(OidcProfile, NobodyIsTakenForAPersonWhoIsNotProvedToBeOne) {
    const auto all = of_the_pack();
    const auto& p = *profile_of(all, "vneid", Date{std::chrono::year{2026} / 11 / 1});
    const auto code = [&](const boost::json::object& c) {
        const auto r = proved_person(p, c);
        return r.ok() ? std::string{} : r.error().code;
    };
    EXPECT_EQ(code(claims("1")), "oidc.level");
    EXPECT_EQ(code(claims("")), "oidc.level");
    EXPECT_EQ(code(claims("2", "9")), "oidc.kind");
    auto nameless = claims();
    nameless.erase("HoVaTen");
    EXPECT_EQ(code(nameless), "oidc.claims");
    auto numberless = claims();
    numberless["SoDinhDanh"] = "  ";
    EXPECT_EQ(code(numberless), "oidc.claims");
    auto list = claims();
    list["SoDinhDanh"] = boost::json::array{"000000000000"};
    EXPECT_EQ(code(list), "oidc.claims") << "another form than a text is no number";
}

TEST(OidcProfile, EveryMistakeHasItsLine) {
    std::vector<Error> errors;
    EXPECT_FALSE(parse_oidc_profile(R"(provider: x
valid: {from: soon}
endpoints: {authorization: /a, token: http://plain, other: /b}
parameters: {state: mine}
claims: {name: N, surname: S}
kinds: {"1": dog}
levels: ["2"]
odd: 1
)",
                                    "x.yaml", errors));
    std::set<std::string> places;
    for (const auto& e : errors) places.insert(e.at);
    for (const auto* at : {"x.yaml:2", "x.yaml:3", "x.yaml:4", "x.yaml:5", "x.yaml:6", "x.yaml:7", "x.yaml:8"})
        EXPECT_TRUE(places.contains(at)) << at;
}

}  // namespace
}  // namespace hl::access
