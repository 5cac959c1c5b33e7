// Named parameters found where PostgreSQL would see them and nowhere else; statements that are no single query refused.
#include "exchange/adapters/sql_statement.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hl::exchange::adapters {
namespace {

std::string numbered(std::string_view statement) {
    auto r = number_parameters(statement);
    return r.ok() ? r->text : r.error().code;
}

TEST(SqlStatement, NamesBecomeNumbersEachOnce) {
    const auto r = number_parameters("SELECT a FROM t WHERE a = :ma AND (b = :loai OR c = :ma)");
    ASSERT_TRUE(r.ok());
    EXPECT_EQ(r->text, "SELECT a FROM t WHERE a = $1 AND (b = $2 OR c = $1)");
    EXPECT_EQ(r->names, (std::vector<std::string>{"ma", "loai"}));
}
TEST(SqlStatement, TextsCommentsQuotedNamesAndCastsAreLeftAlone) {
    for (const std::string_view s :
         {"SELECT ':a'", "SELECT 'it''s :a'", "SELECT E'\\':a'", "SELECT \":a\" FROM t", "SELECT $$:a$$",
          "SELECT $x$ :a $$ :b $x$", "SELECT 1 -- :a; )\n", "SELECT /* :a /* :b */ ; */ 1", "SELECT '1'::int",
          "SELECT a[1:2] FROM t", "select make_interval(days := 1)", "WITH x AS (SELECT 1) SELECT * FROM x",
          "SELECT a$b FROM t"})
        EXPECT_EQ(numbered(s), s);
    EXPECT_EQ(numbered("SELECT :a::int"), "SELECT $1::int");
}
TEST(SqlStatement, WhatIsNoSingleQueryIsRefused) {
    for (const std::string_view s :
         {"", "DELETE FROM t", "SELECT 1; DROP TABLE t", "SELECT 1) AS r; --", "SELECT 1) UNION (SELECT 2", "SELECT 'a",
          "SELECT \"a", "SELECT $$a", "SELECT /* a", "SELECT (1", "SELECT $1", "SELECT : a", "(SELECT 1", "SELECT (1]",
          "INSERT INTO t SELECT 1", "EXPLAIN SELECT 1", "/* SELECT */ UPDATE t SET a = 1"})
        EXPECT_EQ(numbered(s), "adapter.statement") << s;
}
TEST(SqlStatement, IsWrappedWithPlacesForPositionAndLimit) {
    const auto s = *number_parameters("SELECT * FROM t WHERE x = :x -- all");
    EXPECT_EQ(wrapped(s, {{"a", "b\"c"}, {"a"}, Paging::keyset, true}),
              "SELECT r.\"a\", r.\"b\"\"c\" FROM (SELECT * FROM t WHERE x = $1 -- all\n) AS r WHERE (r.\"a\") > ($2) "
              "ORDER BY r.\"a\" LIMIT $3");
    EXPECT_EQ(wrapped(s, {{"a"}, {"a"}, Paging::offset, false}),
              "SELECT r.\"a\" FROM (SELECT * FROM t WHERE x = $1 -- all\n) AS r ORDER BY r.\"a\" LIMIT $2 OFFSET $3");
}
RC_GTEST_PROP(SqlStatement, NeverReadsBeyondItsEnd, ()) {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(
        rc::gen::element<std::string>("'", "\"", "$", "$$", "$a$", ":", "::", ":a", "--", "\n", "/*", "*/", "(", ")",
                                      "[", "]", "E'", "\\", "x", ";", "1"));
    std::string s = "SELECT ";
    for (const auto& p : pieces) s += p;
    const auto r = number_parameters(s);
    if (r.ok()) RC_ASSERT(r->text.size() + 100 * r->names.size() + 10 >= s.size() / 4);
}

}  // namespace
}  // namespace hl::exchange::adapters
