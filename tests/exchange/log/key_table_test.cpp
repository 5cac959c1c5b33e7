// What the key table promises: keys stay what they were until they are erased, and are gone for good then; what waits
// for a time-stamp is remembered up to a bound.
#include "exchange/log/key_table.h"

#include "exchange/log/stamp_book.h"
#include "log_fixture.h"

namespace hl::exchange::journal {
namespace {

using namespace fixture;

class Keys : public testing::Test {
  protected:
    void SetUp() override { crypto::init(); }
    test::TempDir folder;
    SeededRandom random{7};
};

TEST_F(Keys, AnErasedSlotIsGoneAndAllOthersStayWhatTheyWere) {
    std::vector<SlotKey> keys;
    {
        KeyTable t(folder.path(), std::string(32, 'm'), random);
        for (int i = 0; i < 200; ++i) keys.push_back(*t.fresh());
    }
    std::set<std::string> different;
    for (const auto& k : keys) different.insert(k.key);
    EXPECT_EQ(different.size(), keys.size());
    std::set<size_t> gone;
    for (int round = 0; round < 30; ++round) {
        KeyTable t(folder.path(), std::string(32, 'm'), random);
        const auto which = static_cast<size_t>(random.below(keys.size()));
        ASSERT_TRUE(ok(t.erase(keys[which].slot)));
        ASSERT_TRUE(ok(t.erase(keys[which].slot))) << "twice is once";
        gone.insert(which);
        for (int reopened = 0; reopened < 2; ++reopened) {
            KeyTable again(folder.path(), std::string(32, 'm'), random);
            auto& look = reopened == 0 ? t : again;
            for (size_t i = 0; i < keys.size(); ++i) {
                // In an order that does not follow the tree.
                const auto at = i * 77 % keys.size();
                const auto key = look.key(keys[at].slot);
                if (gone.contains(at))
                    ASSERT_EQ(code_of(key), "exchange.erased") << at;
                else
                    ASSERT_EQ(*key, keys[at].key) << at;
            }
        }
    }
}

TEST_F(Keys, ASlotIsNeverGivenTwiceAlsoAfterARestart) {
    std::set<Slot> seen;
    for (int run = 0; run < 3; ++run) {
        KeyTable t(folder.path(), std::string(32, 'm'), random);
        for (int i = 0; i < 10; ++i) EXPECT_TRUE(seen.insert(t.fresh()->slot).second);
    }
}

TEST_F(Keys, AnotherMasterKeyOpensNothing) {
    SlotKey one;
    {
        KeyTable t(folder.path(), std::string(32, 'm'), random);
        one = *t.fresh();
    }
    KeyTable other(folder.path(), std::string(32, 'x'), random);
    EXPECT_EQ(code_of(other.key(one.slot)), "exchange.log_damaged");
    EXPECT_EQ(code_of(other.key({99, 0})), "exchange.log_damaged") << "an epoch that is not there";
}

TEST_F(Keys, WhatIsSealedOpensWithItsOwnKeyPlaceAndEndOnly) {
    const std::string key(32, 'k'), other(32, 'o');
    const auto sealed = seal_once("nội dung", key, 3, false);
    EXPECT_EQ(unseal_once(sealed, key, 3, false), "nội dung");
    EXPECT_FALSE(unseal_once(sealed, other, 3, false));
    EXPECT_FALSE(unseal_once(sealed, key, 4, false));
    EXPECT_FALSE(unseal_once(sealed, key, 3, true));
    EXPECT_FALSE(unseal_once(sealed.substr(1), key, 3, false));
    EXPECT_FALSE(unseal_once("", key, 3, false));
}

TEST(StampBooks, MoreThanMemoryHoldsIsReadAgainInItsTurn) {
    StampBook book(3);
    const auto tell = [&](RecordNumber from, RecordNumber to) {
        for (auto n = from; n < to; ++n) book.message(n, from_ms(n), 0);
    };
    tell(0, 8);
    EXPECT_EQ(book.waiting(10).size(), 3U);
    EXPECT_EQ(book.unread(), 3);
    EXPECT_EQ(book.done_below({0, 1, 2}, 8), 3) << "what was not kept is not done";
    StampRecord stamp;
    stamp.records = {0, 1, 2};
    book.stamped(stamp);
    EXPECT_EQ(book.oldest(), from_ms(3));
    book.reading_again();
    tell(3, 8);
    EXPECT_EQ(book.waiting(10).front().number, 3);
    EXPECT_EQ(book.unread(), 6);
    EXPECT_EQ(book.done_below({}, 8), 3);
}

}  // namespace
}  // namespace hl::exchange::journal
