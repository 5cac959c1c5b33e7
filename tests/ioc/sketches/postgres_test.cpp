// The same values to PostgreSQL's own sketches (postgresql-15-tdigest, postgresql-15-hll): both are near the truth, and
// ours not further from it than the error it promises.
#include <gtest/gtest.h>

#include <cmath>

#include "ioc/sketches/hyperloglog.h"
#include "ioc/sketches/tdigest.h"
#include "support/test_store.h"

namespace hl::ioc {
namespace {

class AgainstPostgres : public hl::test::EngineTest {
  protected:
    /// The schema an extension's functions are in; empty when this server does not offer it.
    std::string schema_of(const std::string& extension) {
        if (GetParam() != store::Engine::postgres) return "";
        const auto found = store().write([&](store::Transaction& tx) -> Result<std::string> {
            const auto offered = tx.first("SELECT 1 FROM pg_available_extensions WHERE name = ?", {extension},
                                          [](const store::Row&) { return true; });
            if (!offered) return std::string{};
            tx.execute("CREATE EXTENSION IF NOT EXISTS " + extension);
            return tx
                .first("SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE "
                       "e.extname = ?",
                       {extension}, [](const store::Row& r) { return r.string(0); })
                .value_or("");
        });
        EXPECT_TRUE(hl::test::ok(found));
        return found.ok() ? *found : "";
    }
    double ask(const std::string& sql) {
        const auto value = store().read([&](store::Reader& reader) -> Result<double> {
            return reader.first(sql, {}, [](const store::Row& r) { return r.real(0); }).value_or(std::nan(""));
        });
        EXPECT_TRUE(hl::test::ok(value));
        return value.ok() ? *value : std::nan("");
    }
};
HL_FOR_EVERY_ENGINE(AgainstPostgres);

constexpr int many = 50'000;

TEST_P(AgainstPostgres, QuantilesAgree) {
    const auto schema = schema_of("tdigest");
    if (schema.empty()) GTEST_SKIP() << "no tdigest here";
    TDigest ours;
    std::vector<double> values;
    for (int64_t i = 1; i <= many; ++i) values.push_back(std::pow(static_cast<double>(i * 7919 % 50'021), 2));
    for (const double v : values) ours.add(v);
    std::sort(values.begin(), values.end());
    for (const double q : {0.01, 0.1, 0.5, 0.9, 0.99}) {
        const double theirs = ask(fmt::format("SELECT {}.tdigest_percentile(power((i::bigint * 7919 % 50021)::float8, "
                                              "2), 100, {}) FROM generate_series(1, {}) i",
                                              schema, q, many));
        const auto rank = [&](double v) {
            return static_cast<double>(std::upper_bound(values.begin(), values.end(), v) - values.begin()) / many;
        };
        const double allowed = 4 * 3.1416 / TDigest::compression * std::sqrt(q * (1 - q)) + 2.0 / many;
        EXPECT_NEAR(rank(*ours.quantile(q)), q, allowed);
        EXPECT_NEAR(rank(theirs), rank(*ours.quantile(q)), 2 * allowed) << q;
    }
}

TEST_P(AgainstPostgres, CountsOfDifferentValuesAgree) {
    const auto schema = schema_of("hll");
    if (schema.empty()) GTEST_SKIP() << "no hll here";
    HyperLogLog ours;
    for (int i = 1; i <= many; ++i) ours.add(fmt::format("v{}", i % 20'000));
    const double theirs = ask(fmt::format(
        "SELECT {0}.hll_cardinality({0}.hll_add_agg({0}.hll_hash_text('v' || (i % 20000)), 12)) FROM generate_series(1, "
        "{1}) i",
        schema, many));
    const double error = 1.04 / std::sqrt(HyperLogLog::registers) * 20'000;
    EXPECT_NEAR(ours.estimate(), 20'000, 4 * error);
    EXPECT_NEAR(theirs, ours.estimate(), 6 * error);
}

}  // namespace
}  // namespace hl::ioc
