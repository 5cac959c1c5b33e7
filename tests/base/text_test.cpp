#include "base/text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hl::text {
namespace {

TEST(Text, NormaliseComposesWhateverOrderTheMarksCameIn) {
    EXPECT_EQ(normalise("e\u0302\u0301"), "ế");
    EXPECT_EQ(normalise("e\u0301\u0302"), "ế");  // wrong order: Unicode alone leaves it as it is
    EXPECT_EQ(normalise("é\u0302"), "ế");
    EXPECT_EQ(normalise("o\u0323\u031B"), "ợ");
    EXPECT_EQ(normalise("e\u0301\u200D\u0302"), "ế");  // an invisible joiner between the marks
    EXPECT_EQ(normalise("ế"), "ế");
}

TEST(Text, NormaliseTidiesSpacesAndInvisibles) {
    EXPECT_EQ(normalise("  Đông\t\u00A0 Hà \n"), "Đông Hà");
    EXPECT_EQ(normalise("\uFEFFĐông\u200B Hà"), "Đông Hà");
    EXPECT_EQ(normalise(" \n "), "");
    EXPECT_EQ(normalise("a\xFFz"), "a\uFFFDz");
}

TEST(Text, FoldTakesOffEveryMark) {
    EXPECT_EQ(fold("Đường Lệ Thuỷ"), "duong le thuy");
    EXPECT_EQ(fold("\u00D0ông H\u00C0"), "dong ha");
    EXPECT_EQ(fold("ẮẰẲẴẶ ươ ỲỴ"), "aaaaa uo yy");
    EXPECT_EQ(fold("QT-01"), "qt-01");
}

TEST(Text, ToneStandsWhereTheModernSpellingHasIt) {
    EXPECT_EQ(canonical_tone("Hóa"), "hoá");
    EXPECT_EQ(canonical_tone("Hoá"), "hoá");
    EXPECT_EQ(canonical_tone("Thủy"), canonical_tone("Thuỷ"));
    EXPECT_EQ(canonical_tone("khỏe"), canonical_tone("khoẻ"));
    for (const char* fixed :
         {"quý", "giá", "già", "mùa", "của", "hoàng", "người", "thuế", "khuyết", "gì", "đường", "ngoài"})
        EXPECT_EQ(canonical_tone(fixed), fixed);
}

TEST(Text, WordsAreLettersAndDigits) {
    EXPECT_EQ(words("Xã Hướng-Hóa, số 12/QĐ"), (std::vector<std::string>{"xã", "hướng", "hoá", "số", "12", "qđ"}));
    EXPECT_EQ(folded_words("Xã Hướng-Hóa"), (std::vector<std::string>{"xa", "huong", "hoa"}));
    EXPECT_TRUE(words(" .,;- ").empty());
}

TEST(Text, NumbersInWords) {
    EXPECT_EQ(number_in_words(0), "không");
    EXPECT_EQ(number_in_words(5), "năm");
    EXPECT_EQ(number_in_words(10), "mười");
    EXPECT_EQ(number_in_words(15), "mười lăm");
    EXPECT_EQ(number_in_words(21), "hai mươi mốt");
    EXPECT_EQ(number_in_words(11), "mười một");
    EXPECT_EQ(number_in_words(101), "một trăm linh một");
    EXPECT_EQ(number_in_words(1'005), "một nghìn không trăm linh năm");
    EXPECT_EQ(number_in_words(1'000'000), "một triệu");
    EXPECT_EQ(number_in_words(1'234'567), "một triệu hai trăm ba mươi bốn nghìn năm trăm sáu mươi bảy");
    EXPECT_EQ(number_in_words(2'000'000'001), "hai tỷ không trăm linh một");
    EXPECT_EQ(number_in_words(-3), "âm ba");
}

TEST(Text, DigitsInGroups) {
    EXPECT_EQ(group_digits(0), "0");
    EXPECT_EQ(group_digits(999), "999");
    EXPECT_EQ(group_digits(1'000), "1.000");
    EXPECT_EQ(group_digits(1'234'567), "1.234.567");
    EXPECT_EQ(group_digits(-123), "-123");
    EXPECT_EQ(group_digits(-1'234), "-1.234");
}

TEST(Text, ListsFollowTheVietnameseAlphabet) {
    std::vector<std::string> names = {"Em", "Đan", "Ăn", "Dung", "An", "Ân", "Ơn", "Ôn", "Oanh"};
    std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return compare(a, b) < 0; });
    EXPECT_EQ(names, (std::vector<std::string>{"An", "Ăn", "Ân", "Dung", "Đan", "Em", "Oanh", "Ôn", "Ơn"}));
    EXPECT_EQ(compare("Hà", "Hà"), 0);
}

TEST(Text, CountsAndCuts) {
    EXPECT_EQ(length("Đông"), 4u);
    EXPECT_TRUE(is_valid_utf8("Đông"));
    EXPECT_FALSE(is_valid_utf8("\xC0\x80"));
    EXPECT_FALSE(is_valid_utf8("\xED\xA0\x80"));
    EXPECT_EQ(split("a,,b", ','), (std::vector<std::string>{"a", "", "b"}));
    EXPECT_EQ(upper("đông hà"), "ĐÔNG HÀ");
    EXPECT_EQ(lower("ĐÔNG HÀ"), "đông hà");
}

RC_GTEST_PROP(TextProperty, NormaliseIsStable, (const std::string& bytes)) {
    const auto once = normalise(bytes);
    RC_ASSERT(is_valid_utf8(once));
    RC_ASSERT(normalise(once) == once);
}

/// Any order of marks and joiners over a letter ends in one text that normalising does not change again.
RC_GTEST_PROP(TextProperty, MarksInAnyOrderAreStable, ()) {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
        "e", "o", " ", "\u0300", "\u0301", "\u0302", "\u0306", "\u031B", "\u0323", "\u200D", "đ"));
    const auto once = normalise(join(pieces, ""));
    RC_ASSERT(normalise(once) == once);
    RC_ASSERT(canonical_tone(canonical_tone(once)) == canonical_tone(once));
    RC_ASSERT(fold(fold(once)) == fold(once));
}

RC_GTEST_PROP(TextProperty, SplitAndJoinAreInverse, (const std::string& s)) {
    RC_ASSERT(join(split(s, ';'), ";") == s);
}

}  // namespace
}  // namespace hl::text
