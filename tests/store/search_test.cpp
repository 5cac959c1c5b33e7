#include "store/search.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/text.h"
#include "store/search_tokens.h"
#include "support/engine_test.h"

namespace hl::store {
namespace {

/// What `find` promises, said slowly: every document looked at, then sorted. Both engines are held to it, and so to
/// each other.
class Oracle {
  public:
    std::map<int64_t, SearchDocument> documents;

    std::vector<std::pair<int64_t, bool>> find(const SearchIndex::Query& query) const {
        std::vector<std::pair<int64_t, bool>> out;
        const auto typed = text::words(query.words);
        if (typed.empty()) return out;
        const bool any_exact =
            std::any_of(typed.begin(), typed.end(), [](const auto& w) { return text::fold(w) != w; });
        for (const auto& [key, document] : documents) {
            if (!query.scopes.empty() &&
                std::find(query.scopes.begin(), query.scopes.end(), document.scope) == query.scopes.end())
                continue;
            bool all = true, spelled = true;
            const auto words = text::words(document.text);
            for (size_t i = 0; i < typed.size(); ++i) {
                const bool last = i + 1 == typed.size();
                const auto fits = [&](const std::string& word, const std::string& wanted) {
                    return last ? word.starts_with(wanted) : word == wanted;
                };
                bool found = std::any_of(words.begin(), words.end(), [&](const auto& word) {
                    return fits(text::fold(word), text::fold(typed[i]));
                });
                if (i < query.secret_alternatives.size())
                    for (const auto& secret : query.secret_alternatives[i])
                        found = found || std::find(document.secret_words.begin(), document.secret_words.end(),
                                                   secret) != document.secret_words.end();
                all = all && found;
                if (text::fold(typed[i]) != typed[i])
                    spelled = spelled && std::any_of(words.begin(), words.end(),
                                                     [&](const auto& word) { return fits(word, typed[i]); });
            }
            if (all) out.emplace_back(key, any_exact && spelled);
        }
        std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
            return std::pair(a.second, a.first) > std::pair(b.second, b.first);
        });
        return out;
    }
};

using Found = std::vector<std::pair<int64_t, bool>>;

class SearchTest : public EngineTest {
  protected:
    void SetUp() override {
        EngineTest::SetUp();
        write([&](Transaction& tx) {
            const std::string sql =
                store().engine() == Engine::sqlite ? index_.migration_sql_sqlite() : index_.migration_sql_postgres();
            for (const auto& statement : text::split(sql, ';'))
                if (!text::trim(statement).empty()) tx.execute(statement);
        });
    }
    void write(const std::function<void(Transaction&)>& fn) {
        const auto done = store().write([&](Transaction& tx) -> Result<void> {
            fn(tx);
            return Nothing{};
        });
        ASSERT_TRUE(done.ok()) << done.error().en;
    }
    void put(int64_t key, std::string text, std::string scope = "a", std::vector<std::string> secrets = {}) {
        write([&](Transaction& tx) { index_.put(tx, {key, scope, text, secrets}); });
    }
    Found ask(const SearchIndex::Query& query) {
        const auto read = store().read([&](Reader& reader) -> Result<Found> {
            Found out;
            for (const auto& hit : index_.find(reader, query)) out.emplace_back(hit.key, hit.exact);
            return out;
        });
        EXPECT_TRUE(read.ok()) << read.error().en << " for: " << query.words;
        return read.ok() ? *read : Found{{-1, false}};
    }
    Found find(std::string words) { return ask(SearchIndex::Query{.words = std::move(words)}); }

    SearchIndex index_{"test_search"};
};

HL_FOR_EVERY_ENGINE(SearchTest);

TEST_P(SearchTest, DiacriticsTypedRankTheSpellingFirstAndStillFindTheRest) {
    put(1, "Lệ Thuỷ");
    put(2, "le thuy");
    put(3, "Lê Thụy");
    put(4, "Lệ Thủy");
    EXPECT_EQ(find("lệ thuỷ"), (Found{{4, true}, {1, true}, {3, false}, {2, false}}));
    EXPECT_EQ(find("Lê Thuỵ"), (Found{{3, true}, {4, false}, {2, false}, {1, false}}));
}

TEST_P(SearchTest, WithoutDiacriticsEverySpellingMatchesNewestFirst) {
    put(1, "Đường Trần Hưng Đạo");
    put(2, "duong tran hung dao");
    put(3, "ĐƯỜNG TRẦN HƯNG ĐẠO");
    EXPECT_EQ(find("duong dao"), (Found{{3, false}, {2, false}, {1, false}}));
    EXPECT_EQ(find("DUONG"), (Found{{3, false}, {2, false}, {1, false}}));
}

TEST_P(SearchTest, TheLastWordIsABeginningTheOthersAreWhole) {
    put(1, "nguyễn văn an");
    EXPECT_EQ(find("nguyen v").size(), 1u);
    EXPECT_EQ(find("nguyen văn").size(), 1u);
    EXPECT_EQ(find("ng").size(), 1u);
    EXPECT_EQ(find("nguy an").size(), 0u);
    EXPECT_EQ(find("nguyễ"), (Found{{1, true}}));
    EXPECT_EQ(find("nguyệ"), (Found{{1, false}}));
}

TEST_P(SearchTest, LongWordsAreFoundByAnyBeginning) {
    const std::string word = "abcdefghijklmnopqrstuvwxyz0123456789";
    put(1, word);
    for (const size_t length : {1u, 11u, 12u, 13u, 20u, 36u})
        EXPECT_EQ(find(word.substr(0, length)).size(), 1u) << length;
    EXPECT_EQ(find(word + "x").size(), 0u);
}

TEST_P(SearchTest, CodesAreFoundByTheirParts) {
    put(1, "H50.12.34-261123-0001");
    put(2, "H50.12.35-261123-0001");
    EXPECT_EQ(find("H50.12.34-261123-0001").size(), 1u);
    EXPECT_EQ(find("h50.12.3").size(), 2u);
    EXPECT_EQ(find("261123").size(), 2u);
}

TEST_P(SearchTest, ScopesNarrowAndSecretsMatchLikeFoldedWords) {
    put(1, "khai sinh", "agency-1", {"aa11", "bb22"});
    put(2, "khai sinh", "agency-2", {"cc33"});
    put(3, "khai tử", "agency-1.x", {});
    EXPECT_EQ(ask({.words = "khai", .scopes = {"agency-1"}}), (Found{{1, false}}));
    EXPECT_EQ(ask({.words = "khai", .scopes = {"agency-2", "agency-1.x"}}), (Found{{3, false}, {2, false}}));
    EXPECT_EQ(ask({.words = "khai", .scopes = {"agency"}}), Found{});
    EXPECT_EQ(ask({.words = "khai", .scopes = {"') OR 1=1 --"}}), Found{});
    EXPECT_EQ(ask({.words = "an", .secret_alternatives = {{"bb22", "zz"}}}), (Found{{1, false}}));
    EXPECT_EQ(ask({.words = "khai ân", .secret_alternatives = {{}, {"cc33"}}}), (Found{{2, false}}));
    EXPECT_EQ(ask({.words = "an", .secret_alternatives = {{"bb22\" OR \"aa"}}}), Found{});
}

TEST_P(SearchTest, PuttingAgainReplacesAndRemovingRemoves) {
    put(1, "khai sinh");
    put(1, "kết hôn");
    EXPECT_EQ(find("khai").size(), 0u);
    EXPECT_EQ(find("ket hon").size(), 1u);
    put(1, "kết hôn");
    EXPECT_EQ(find("ket hon").size(), 1u);
    write([&](Transaction& tx) {
        index_.remove(tx, 1);
        index_.remove(tx, 99);
    });
    EXPECT_EQ(find("ket hon").size(), 0u);
    put(2, "chứng thực");
    write([&](Transaction& tx) { index_.clear(tx); });
    EXPECT_EQ(find("chung thuc").size(), 0u);
    put(2, "chứng thực");
    EXPECT_EQ(find("chung thuc").size(), 1u);
}

TEST_P(SearchTest, APageGoesOnWhereTheLastEnded) {
    for (int64_t key = 1; key <= 30; ++key) put(key, key % 3 == 0 ? "hộ tịch" : "ho tich");
    const auto all = ask({.words = "hộ tịch", .limit = 100});
    ASSERT_EQ(all.size(), 30u);
    Found paged;
    SearchIndex::Query query{.words = "hộ tịch", .limit = 7};
    for (int page = 0; page < 10; ++page) {
        const auto hits = ask(query);
        paged.insert(paged.end(), hits.begin(), hits.end());
        if (hits.size() < 7) break;
        query.before_key = hits.back().first;
        query.before_exact = hits.back().second;
    }
    EXPECT_EQ(paged, all);
    EXPECT_EQ(ask({.words = "ho tich", .before_key = 5}).size(), 4u);
    EXPECT_EQ(ask({.words = "hộ tịch", .before_key = 5}).size(), 4u);
}

TEST_P(SearchTest, WhatPeopleTypeIsNeverAnError) {
    put(1, "một hồ sơ");
    for (const char* typed : {"",
                              " ",
                              "\"",
                              "'",
                              "\"\"\"",
                              "*",
                              "a*",
                              "NEAR(a b)",
                              "AND",
                              "OR NOT",
                              "a AND",
                              "(",
                              ")",
                              "NOT",
                              "^a",
                              "-a",
                              "{a b}",
                              "tokens:a",
                              "a:b",
                              "a & b",
                              "!",
                              "a | ",
                              ":*",
                              "a:*",
                              "<->",
                              "\\",
                              "%",
                              "_",
                              ";DROP TABLE x",
                              "💥",
                              "\xff\xfe",
                              "e\xcc\x81",
                              "\xcc\x81",
                              "一二",
                              "ﬁ",
                              "ß",
                              "İ",
                              "\n\t",
                              "--",
                              "/*",
                              "$1",
                              "?",
                              "{}"})
        (void)find(typed);
    (void)find(std::string("\0abc", 4));
    (void)find(std::string(10'000, 'a'));
    std::string many;
    for (int i = 0; i < 3000; ++i) many += "hồ ";
    EXPECT_EQ(find(many).size(), 1u);
    EXPECT_EQ(find("\"một\" (hồ*) AND").size(), 0u) << "AND is a word like any other";
    EXPECT_EQ(find("\"một\" (hồ*)").size(), 1u);
    EXPECT_EQ(ask({.words = "hồ", .limit = 0}).size(), 0u);
}

TEST_P(SearchTest, EveryEngineAnswersLikeTheOracle) {
    const std::vector<std::string> vocabulary = {
        "an",    "ân",    "ẩn", "anh", "ánh", "ba",  "bà",  "hoà", "hòa", "hoa", "thuỷ", "thủy", "thụy",  "đường",
        "dương", "duong", "lệ", "le",  "lê",  "văn", "van", "z",   "zz",  "h50", "12",   "0001", "quỳnh", "q"};
    const std::vector<std::string> scopes = {"a", "b", "c.1"};
    const auto one_of = [](const std::vector<std::string>& list) {
        return list[*rc::gen::inRange<size_t>(0, list.size())];
    };
    EXPECT_TRUE(rc::check([&] {
        write([&](Transaction& tx) { index_.clear(tx); });
        Oracle oracle;
        const int changes = *rc::gen::inRange(1, 40);
        write([&](Transaction& tx) {
            for (int i = 0; i < changes; ++i) {
                SearchDocument document{*rc::gen::inRange<int64_t>(1, 30), one_of(scopes), {}, {}};
                if (*rc::gen::inRange(0, 8) == 0) {
                    index_.remove(tx, document.key);
                    oracle.documents.erase(document.key);
                    continue;
                }
                for (int w = *rc::gen::inRange(0, 5); w > 0; --w) document.text += one_of(vocabulary) + " ";
                if (*rc::gen::inRange(0, 3) == 0) document.secret_words = {"s1"};
                if (*rc::gen::inRange(0, 3) == 0) document.secret_words.push_back("s2");
                index_.put(tx, document);
                oracle.documents[document.key] = document;
            }
        });
        for (int q = 0; q < 12; ++q) {
            SearchIndex::Query query{.limit = 1000};
            const int words = *rc::gen::inRange(1, 4);
            for (int w = 0; w < words; ++w) query.words += one_of(vocabulary) + (w + 1 < words ? " " : "");
            if (*rc::gen::inRange(0, 3) == 0) query.scopes = {one_of(scopes)};
            if (*rc::gen::inRange(0, 5) == 0) query.scopes.push_back(one_of(scopes));
            if (*rc::gen::inRange(0, 3) == 0) query.secret_alternatives = {{"s1"}};
            RC_ASSERT(ask(query) == oracle.find(query));
            query.limit = 3;
            auto expected = oracle.find(query);
            expected.resize(std::min<size_t>(expected.size(), 3));
            RC_ASSERT(ask(query) == expected);
        }
    }));
}

TEST(SearchTokens, ABeginningOfAWordIsABeginningOfItsCode) {
    EXPECT_TRUE(encode_word("nguyễn").starts_with(encode_word("nguyễ")));
    EXPECT_FALSE(encode_word("nguyễn").starts_with(encode_word("nguyệ")));
    EXPECT_NE(encode_word("z"), encode_word("zz").substr(0, 1));
    for (const char c : encode_word("Đường–💥 z\"'")) EXPECT_TRUE((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) << c;
}

TEST(SearchTokens, IndexNamesAreCheckedBecauseTheyBecomeSql) {
    EXPECT_THROW(SearchIndex("x; DROP TABLE y"), std::logic_error);
    EXPECT_THROW(SearchIndex(""), std::logic_error);
}

}  // namespace
}  // namespace hl::store
