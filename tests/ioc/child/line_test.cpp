// Texts that go over the line: what is signed is what is read, and nothing else is.
#include "ioc/child/line.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "ioc/child/code.h"
#include "ioc/child/content.h"
#include "support/temp_dir.h"

namespace hl::ioc::child {
namespace {

crypto::SigningKey key(uint64_t seed) {
    crypto::init();
    SeededRandom random(seed);
    return crypto::make_signing_key(random);
}

TEST(LineTexts, ASealedTextOpensWithItsKeyOnlyAndUnchangedOnly) {
    const auto k = key(1);
    const auto sealed = seal(json::object{{"b", 1}, {"a", "ă"}}, k);
    EXPECT_EQ(sealed.text, R"({"a":"ă","b":1})");
    const auto back = read_sealed(json::serialize(to_json(sealed)));
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(*back, sealed);
    EXPECT_TRUE(open_sealed(sealed, k.public_key).ok());
    EXPECT_EQ(open_sealed(sealed, key(2).public_key).error().code, "child.signature");
    auto other = sealed;
    other.text[8] = 'b';
    EXPECT_EQ(open_sealed(other, k.public_key).error().code, "child.signature");
}

TEST(LineTexts, ATextThatIsNotCanonicalIsRefusedEvenWhenItIsSigned) {
    const auto k = key(1);
    for (const std::string text : {R"({"b":1,"a":2})", R"({ "a":2})", R"({"a":1,"a":1})"}) {
        const Sealed s{fingerprint(k.public_key), text, crypto::sign("hienluong ioc line 1\n" + text, k)};
        EXPECT_EQ(open_sealed(s, k.public_key).error().code, "child.not_canonical") << text;
    }
}

TEST(LineTexts, ABatchIsReadAsItWasWrittenAndEveryMemberIsWanted) {
    Batch b;
    b.child = ChildId{"dong-ha"};
    b.number = 7;
    b.from = 3, b.to = 9;
    b.made_at = from_ms(1'795'399'200'000);
    b.messages = {{"figures:7", "figures", 1, {{"items", json::array{}}}}};
    const auto written = to_json(b, "batch");
    const auto read = read_batch(written, "batch");
    ASSERT_TRUE(read.ok()) << read.error().en;
    EXPECT_EQ(json::value(to_json(*read, "batch")), json::value(written));
    for (const auto& member : written) {
        auto less = written;
        less.erase(member.key());
        if (member.key() == "messages") continue;  // a batch may tell nothing
        EXPECT_EQ(read_batch(less, "batch").error().code, "child.content") << member.key();
    }
    auto more = written;
    more["extra"] = 1;
    EXPECT_EQ(read_batch(more, "batch").error().code, "child.content");
    EXPECT_FALSE(read_batch(written, "down").ok());
}

RC_GTEST_PROP(LineTexts, AFigureSaysTheSameAfterItsJourney, ()) {
    ToldFigure f;
    f.indicator = "HCC.TIEP_NHAN";
    f.newest = *rc::gen::arbitrary<bool>();
    f.figure.period = period_of(*rc::gen::elementOf(std::vector{Grain::day, Grain::month, Grain::year}),
                                from_ms(*rc::gen::inRange<int64_t>(0, 4'000'000'000'000)));
    f.figure.status = *rc::gen::elementOf(std::vector{Status::known, Status::zero, Status::unknown, Status::provisional,
                                                      Status::stale, Status::suppressed});
    if (f.figure.status != Status::unknown && f.figure.status != Status::suppressed)
        f.figure.value = static_cast<double>(*rc::gen::inRange<int64_t>(-1'000'000'000, 1'000'000'000)) /
                         static_cast<double>(*rc::gen::inRange<int64_t>(1, 1000));
    if (*rc::gen::arbitrary<bool>()) f.figure.numerator = *rc::gen::inRange<int64_t>(-1'000'000, 1'000'000);
    if (*rc::gen::arbitrary<bool>()) f.figure.denominator = *rc::gen::inRange<int64_t>(0, 1'000'000);
    if (*rc::gen::arbitrary<bool>()) f.figure.why = {"vì", "because"};
    const auto k = key(3);
    const auto sealed = seal(figures_data({f}, true, 5), k);
    const auto opened = open_sealed(sealed, k.public_key);
    RC_ASSERT(opened.ok());
    const auto read = read_figures(opened->as_object());
    RC_ASSERT(read.ok());
    RC_ASSERT(read->items.size() == 1u);
    RC_ASSERT(canonical_json(to_json(read->items[0])) == canonical_json(to_json(f)));
    RC_ASSERT(read->items[0].figure.value == f.figure.value);
}

TEST(LineTexts, UnknownHasNoValueAndEveryOtherStatusHasOne) {
    const auto read = [](std::string_view status, bool value) {
        json::object item{{"indicator", "A"}, {"period", "2026-11"}, {"status", status}};
        if (value) item["value"] = "0";
        return read_figures({{"items", json::array{item}}}).ok();
    };
    EXPECT_TRUE(read("unknown", false));
    EXPECT_TRUE(read("suppressed", false));
    EXPECT_TRUE(read("zero", true));
    EXPECT_FALSE(read("unknown", true));
    EXPECT_FALSE(read("suppressed", true));
    EXPECT_FALSE(read("zero", false));
    EXPECT_FALSE(read("fine", true));
}

TEST(EnrolCodes, ACodeThatLostALetterIsToldFromOneThatIsWhole) {
    const EnrolCode code{"id",
                         "secret",
                         ChildId{"dong-ha"},
                         "IOC Đông Hà",
                         "https://a.example",
                         std::string(32, 'a'),
                         from_ms(1'795'399'200'000)};
    const auto text = to_text(code);
    const auto read = code_from_text("  " + text.substr(0, 20) + "\n " + text.substr(20) + "\n");
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(*read, code);
    for (size_t i = 0; i < text.size(); i += 7)
        EXPECT_EQ(code_from_text(std::string{text}.erase(i, 1)).error().code, "child.code_damaged") << i;
}

TEST(EnrolCodes, TheKeyIsMadeOnceAndReadByItsOwnerOnly) {
    crypto::init();
    hl::test::TempDir folder;
    SeededRandom random(1);
    const auto made = open_line_key(folder.path(), random);
    ASSERT_TRUE(made.ok());
    EXPECT_EQ(open_line_key(folder.path(), random)->public_key, made->public_key);
    std::filesystem::permissions(folder / "ioc-line.key", std::filesystem::perms::others_read,
                                 std::filesystem::perm_options::add);
    EXPECT_EQ(open_line_key(folder.path(), random).error().code, "child.key_mode");
}

TEST(EnrolCodes, TheLineGoesOverTlsOrStaysOnThisMachine) {
    for (const auto* good : {"https://ioc.example", "http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"})
        EXPECT_TRUE(check_address(good).ok()) << good;
    for (const auto* bad : {"http://ioc.example", "http://127.0.0.1.example", "http://localhostile", "ftp://x", ""})
        EXPECT_EQ(check_address(bad).error().code, "child.tls") << bad;
}

}  // namespace
}  // namespace hl::ioc::child
