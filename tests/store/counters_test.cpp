#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "store/ledger.h"
#include "support/test_store.h"

namespace hl::store {
namespace {

using test::ok;

class Counters : public test::EngineTest {};
HL_FOR_EVERY_ENGINE(Counters);

/// What each of some threads was given by committed writes, thread by thread, two stores (nodes) taking turns.
std::vector<std::vector<int64_t>> draw(Store& one, Store& two, int threads, int each) {
    std::vector<std::vector<int64_t>> drawn(static_cast<size_t>(threads));
    std::vector<std::thread> running;
    for (int t = 0; t < threads; ++t)
        running.emplace_back([&, t] {
            Store& store = t % 2 ? one : two;
            for (int i = 0; i < each; ++i) {
                auto number = store.write([&](Transaction& tx) -> Result<int64_t> {
                    const int64_t n = tx.next_number("slips");
                    // Every third write is refused after it drew: the number may be lost, never given twice.
                    if (i % 3 == 2) return Error{ErrorKind::conflict, "test.refused", "Không.", "No."};
                    tx.append({"slip.drawn", 1, "node", "tester", from_ms(0), {{"n", n}}});
                    return n;
                });
                if (number.ok()) drawn[static_cast<size_t>(t)].push_back(*number);
            }
        });
    for (auto& thread : running) thread.join();
    return drawn;
}

TEST_P(Counters, TwoNodesNeverDrawTheSameNumberAndOneLedgerStaysDense) {
    auto other = Store::open(test_store().options, test_store().migrations, clock(), test_store().random);
    ASSERT_TRUE(ok(other));
    const auto drawn = draw(store(), **other, 6, 60);
    std::set<int64_t> all;
    size_t count = 0;
    for (const auto& numbers : drawn) {
        EXPECT_TRUE(std::is_sorted(numbers.begin(), numbers.end()));
        all.insert(numbers.begin(), numbers.end());
        count += numbers.size();
    }
    EXPECT_EQ(count, 6u * 40u);
    EXPECT_EQ(all.size(), count);
    ASSERT_TRUE(ok((*other)->settle()));
    settle();
    const auto events =
        store().read([](Reader& r) -> Result<std::vector<StoredEvent>> { return read_events(r, 0, 10'000); });
    ASSERT_TRUE(ok(events));
    std::set<int64_t> stamped;
    for (size_t i = 0; i < events->size(); ++i) {
        EXPECT_EQ((*events)[i].position, static_cast<int64_t>(i));
        stamped.insert((*events)[i].data.at("n").as_int64());
    }
    EXPECT_EQ(stamped, all);
}

TEST_P(Counters, CountFromOneEachByItsName) {
    EXPECT_TRUE(ok(store().write([](Transaction& tx) -> Result<void> {
        EXPECT_EQ(tx.next_number("a"), 1);
        EXPECT_EQ(tx.next_number("a"), 2);
        EXPECT_EQ(tx.next_number("b"), 1);
        return Nothing{};
    })));
    test_store().reopen();
    EXPECT_EQ(*store().write([](Transaction& tx) -> Result<int64_t> { return tx.next_number("a"); }), 3);
}

}  // namespace
}  // namespace hl::store
