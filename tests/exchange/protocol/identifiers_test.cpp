// Identifiers, targets, paths and globs: PR-REST 4.1, 4.2 and the rules of X-Road's endpoint rights.
#include "exchange/protocol/identifiers.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "exchange/protocol/percent.h"

namespace hl::exchange {
namespace {

const ClientId registry{"QUANGTRI", "GOV", "H50.12", "DKKD"};

/// A code of printable characters, ASCII specials and Vietnamese letters among them.
rc::Gen<std::string> code() {
    static const std::vector<std::string> letters{"a", "Z", "0", "-", ".", "_", "~", "/", "%",  "+",  " ", ":", ";",
                                                  "?", "#", "&", "=", "'", "Đ", "ế", "ợ", "\\", "\"", "@", "2F"};
    return rc::gen::map(rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(rc::gen::elementOf(letters))),
                        [](const std::vector<std::string>& parts) {
                            std::string out;
                            for (const auto& p : parts)
                                if (out.size() + p.size() <= 255) out += p;
                            return out;
                        });
}
ClientId any_client(bool with_subsystem) {
    return {*code(), *code(), *code(), with_subsystem ? *code() : std::string{}};
}

TEST(Identifiers, ClientHasThreeOrFourParts) {
    EXPECT_EQ(*parse_client("QUANGTRI/GOV/H50.12/DKKD"), registry);
    EXPECT_EQ(*parse_client("QUANGTRI/GOV/H50.12"), registry.member());
    for (const auto* bad : {"", "QUANGTRI", "QUANGTRI/GOV", "a/b/c/d/e", "/a/b/c", "a/b/c/", "a//c"})
        EXPECT_EQ(parse_client(bad).error().code, "exchange.identifier") << bad;
}
TEST(Identifiers, SlashInsideAPartIsEncodedAndAPathOfOneEncodedPartIsRefused) {
    EXPECT_EQ(parse_client("A/B/C/BAR%2FSERVICE")->subsystem, "BAR/SERVICE");
    EXPECT_FALSE(parse_client("A%2FB%2FC%2FD").ok());
}
TEST(Identifiers, PlusIsAPlus) {
    EXPECT_EQ(parse_client("A/B/C+D")->member_code, "C+D");
}
TEST(Identifiers, MalformedEscapesAreRefused) {
    for (const auto* bad : {"A/B/%", "A/B/%4", "A/B/%G1", "A/B/%C3", "A/B/%FF%FE", "A/B/%ED%A0%80"})
        EXPECT_EQ(parse_client(bad).error().code, "exchange.identifier") << bad;
}
TEST(Identifiers, ControlCharactersAreRefused) {
    for (const auto* bad : {"A/B/%00", "A/B/x%0A", "A/B/%7F", "A/B/%C2%85", "A/B/%1B[0m"})
        EXPECT_FALSE(parse_client(bad).ok()) << bad;
}
TEST(Identifiers, PartOfMoreThan255BytesIsRefused) {
    EXPECT_TRUE(parse_client("A/B/" + std::string(255, 'x')).ok());
    EXPECT_FALSE(parse_client("A/B/" + std::string(256, 'x')).ok());
}
TEST(Identifiers, ServiceHasFivePartsOrSixWithItsVersion) {
    EXPECT_EQ(parse_service("I/C/M/S/tra-cuu")->code, "tra-cuu");
    EXPECT_EQ(parse_service("I/C/M/S/getData/v1")->version, "v1");
    EXPECT_FALSE(parse_service("I/C/M/S").ok());
}
TEST(Identifiers, ServerHasFourParts) {
    EXPECT_EQ(parse_server("I/C/M/ss1")->server_code, "ss1");
    EXPECT_FALSE(parse_server("I/C/M").ok());
}
TEST(Identifiers, TextNamesTheKind) {
    EXPECT_EQ(to_text(registry), "SUBSYSTEM:QUANGTRI/GOV/H50.12/DKKD");
    EXPECT_EQ(to_text(registry.member()), "MEMBER:QUANGTRI/GOV/H50.12");
    EXPECT_EQ(to_text(ServiceId{registry, "tracuu", "v1"}), "SERVICE:QUANGTRI/GOV/H50.12/DKKD/tracuu/v1");
    EXPECT_EQ(to_text(ServerId{"I", "C", "M", "ss1"}), "SERVER:I/C/M/ss1");
}
TEST(Identifiers, TextOfDifferentIdentifiersDiffers) {
    EXPECT_NE(to_text(ClientId{"a", "b", "c/d", ""}), to_text(ClientId{"a", "b/c", "d", ""}));
    EXPECT_NE(to_text(ClientId{"a", "b", "c%2Fd", ""}), to_text(ClientId{"a", "b", "c/d", ""}));
}
RC_GTEST_PROP(Identifiers, PathIsReadBackAsWritten, (bool subsystem)) {
    const auto id = any_client(subsystem);
    RC_ASSERT(*parse_client(to_path(id)) == id);
}
RC_GTEST_PROP(Identifiers, ServicePathIsReadBackAsWritten, (bool version)) {
    const ServiceId id{any_client(true), *code(), version ? *code() : std::string{}};
    RC_ASSERT(*parse_service(to_path(id)) == id);
}
RC_GTEST_PROP(Identifiers, TextIsReadBackAsWritten, (bool subsystem)) {
    const auto id = any_client(subsystem);
    RC_ASSERT(*client_from_text(to_text(id)) == id);
}
RC_GTEST_PROP(Identifiers, AnyBytesAreReadOrRefused, (std::string bytes)) {
    if (const auto id = parse_client(bytes); id.ok()) RC_ASSERT(*parse_client(to_path(*id)) == *id);
}

TEST(RestTarget, IsServicePathAndQuery) {
    const auto t = parse_rest_target("/r1/I/C/M/S/so%20ho/v1/bar%3B/x?quu=1&a=%20?");
    ASSERT_TRUE(t.ok());
    EXPECT_EQ(t->service, (ServiceId{{"I", "C", "M", "S"}, "so ho", ""}));
    EXPECT_EQ(t->path, "/v1/bar%3B/x") << "escapes of the path stay as they were sent";
    EXPECT_EQ(t->query, "quu=1&a=%20?");
}
TEST(RestTarget, PathMayBeEmptyOrASlash) {
    EXPECT_EQ(parse_rest_target("/r1/I/C/M/S/x")->path, "");
    EXPECT_EQ(parse_rest_target("/r1/I/C/M/S/x/")->path, "/");
    EXPECT_EQ(parse_rest_target("/r1/I/C/M/S/x?a=/b")->path, "");
}
TEST(RestTarget, OtherVersionsAndShortServicesAreRefused) {
    for (const auto* bad :
         {"/r1/invalid", "/r2/I/C/M/S/x", "/", "", "/r1", "/r1/I/C/M/S", "/r1/I/C//S/x", "r1/I/C/M/S/x"})
        EXPECT_FALSE(parse_rest_target(bad).ok()) << bad;
}
TEST(RestTarget, WhiteSpaceLineBreaksAndFragmentsAreRefused) {
    for (const auto* bad : {"/r1/I/C/M/S/x/a b", "/r1/I/C/M/S/x/a\r\nX:y", "/r1/I/C/M/S/x#f"})
        EXPECT_FALSE(parse_rest_target(bad).ok()) << bad;
}

TEST(NormalisedPath, ResolvesDotsAndDoubleSlashes) {
    EXPECT_EQ(*normalised_path(""), "/");
    EXPECT_EQ(*normalised_path("/"), "/");
    EXPECT_EQ(*normalised_path("/a//b"), "/a/b");
    EXPECT_EQ(*normalised_path("/a/./b/../c"), "/a/c");
    EXPECT_EQ(*normalised_path("/a/b/.."), "/a/");
    EXPECT_EQ(*normalised_path("/a/"), "/a/");
    EXPECT_EQ(*normalised_path("/a/..."), "/a/...");
}
TEST(NormalisedPath, DecodesBeforeItResolves) {
    EXPECT_EQ(*normalised_path("/a/%2e%2e/b"), "/b");
    EXPECT_EQ(*normalised_path("/a/..%2Fb"), "/b");
    EXPECT_EQ(*normalised_path("/h%E1%BB%93-s%C6%A1"), "/hồ-sơ");
    EXPECT_EQ(*normalised_path("/%252e%252e/b"), "/%2e%2e/b") << "once, as the provider does";
}
TEST(NormalisedPath, ClimbingAboveTheRootIsRefused) {
    for (const auto* bad : {"/..", "/a/../..", "/%2e%2e/etc", "/a/..%2f..%2fb"})
        EXPECT_EQ(normalised_path(bad).error().code, "exchange.path") << bad;
}
TEST(NormalisedPath, UndecodablePathsAreRefused) {
    for (const auto* bad : {"/%", "/%zz", "/%FF", "/%00", "/a%0d%0a"}) EXPECT_FALSE(normalised_path(bad).ok()) << bad;
}
TEST(NormalisedPath, DotsThatOnlySomeProvidersResolveAreRefused) {
    for (const auto* bad : {"/public/..;/admin", "/public/..;a=1/admin", "/public/..%5Cadmin", "/public%5C..%5Cadmin",
                            "/public%5C..", "/a/.%3Bx/b"})
        EXPECT_FALSE(normalised_path(bad).ok()) << bad;
    EXPECT_EQ(*normalised_path("/a;v=1/b"), "/a;v=1/b");
    EXPECT_EQ(*normalised_path("/a%5Cb"), "/a\\b");
}
RC_GTEST_PROP(NormalisedPath, IsItsOwnNormalForm, (const std::vector<std::string>& unused)) {
    (void)unused;
    std::string raw;
    for (const auto& part : *rc::gen::container<std::vector<std::string>>(
             rc::gen::element<std::string>("a", "b%20c", ".", "..", "", "%2e", "x.y")))
        raw += "/" + part;
    if (const auto once = normalised_path(raw); once.ok()) {
        RC_ASSERT(once->starts_with('/'));
        RC_ASSERT(once->find("//") == std::string::npos);
        std::string encoded;
        append_percent_encoded(encoded, *once);
        RC_ASSERT(*normalised_path(encoded) == *once);
    }
}

TEST(Glob, StarStaysWithinASegmentTwoStarsDoNot) {
    EXPECT_TRUE(glob_matches("/pets/*", "/pets/1"));
    EXPECT_TRUE(glob_matches("/pets/*", "/pets/"));
    EXPECT_FALSE(glob_matches("/pets/*", "/pets/1/owner"));
    EXPECT_TRUE(glob_matches("/pets/**", "/pets/1/owner"));
    EXPECT_TRUE(glob_matches("/*/owner", "/1/owner"));
    EXPECT_FALSE(glob_matches("/*/owner", "/1/2/owner"));
    EXPECT_TRUE(glob_matches("**", ""));
    EXPECT_TRUE(glob_matches("**", "/a/b/c"));
    EXPECT_TRUE(glob_matches("***", "/a/b/*"));
    EXPECT_TRUE(glob_matches("/*/", "/a/"));
    EXPECT_FALSE(glob_matches("/*/", "/a/b/"));
    EXPECT_TRUE(glob_matches("**/so/**", "a/b/so/c"));
    EXPECT_FALSE(glob_matches("**/so/**", "a/b/s/c"));
    EXPECT_TRUE(glob_matches("**/*/**", "//"));
    EXPECT_FALSE(glob_matches("**/*/**", "a/b"));
}
TEST(Glob, WithoutStarsIsEquality) {
    EXPECT_TRUE(glob_matches("", ""));
    EXPECT_FALSE(glob_matches("", " "));
    EXPECT_TRUE(glob_matches(".^$+{[]|()", ".^$+{[]|()"));
    EXPECT_FALSE(glob_matches("simple", "prefix.simple"));
}
TEST(Glob, BackslashEscapesStarsAndItself) {
    EXPECT_TRUE(glob_matches("**\\*", "/what/ever*"));
    EXPECT_FALSE(glob_matches("**\\*", "/what/ever!"));
    EXPECT_TRUE(glob_matches("\\A", "\\A"));
    EXPECT_TRUE(glob_matches("\\*", "*"));
    EXPECT_FALSE(glob_matches("\\*", "\\*"));
    EXPECT_TRUE(glob_matches("\\\\", "\\"));
    EXPECT_TRUE(glob_matches("aa\\", "aa\\"));
}
TEST(Glob, ManyStarsOverALongPathEnd) {
    std::string glob, path(4000, 'a');
    for (int i = 0; i < 50; ++i) glob += "**a*";
    EXPECT_FALSE(glob_matches(glob + "b", path));
    EXPECT_TRUE(glob_matches(glob, path));
}
/// What the glob means, by trying everything.
bool tried(std::string_view g, std::string_view p) {
    if (g.empty()) return p.empty();
    if (g[0] == '*') {
        size_t stars = 0;
        while (stars < g.size() && g[stars] == '*') ++stars;
        for (size_t n = 0; n <= p.size(); ++n) {
            if (n > 0 && stars == 1 && p[n - 1] == '/') return false;
            if (tried(g.substr(stars), p.substr(n))) return true;
        }
        return false;
    }
    return !p.empty() && p[0] == g[0] && tried(g.substr(1), p.substr(1));
}
RC_GTEST_PROP(Glob, AgreesWithTryingEverything, ()) {
    const auto glob = *rc::gen::resize(9, rc::gen::container<std::string>(rc::gen::elementOf(std::string{"*ab/"})));
    const auto path = *rc::gen::resize(9, rc::gen::container<std::string>(rc::gen::elementOf(std::string{"ab/"})));
    RC_ASSERT(glob_matches(glob, path) == tried(glob, path));
}

}  // namespace
}  // namespace hl::exchange
