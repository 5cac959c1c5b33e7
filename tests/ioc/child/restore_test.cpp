// An end that was restored from an older backup is recognised: the child goes on by its operator's word only, the
// parent gets everything again.
#include "two_sites.h"

namespace hl::ioc::child::test {
namespace {

class Restored : public TwoSites {
  protected:
    void SetUp() override {
        TwoSites::SetUp();
        join();
        lower->ledger->busy(20, 8);
        ASSERT_TRUE(ok(round()));
    }
    std::filesystem::path backup(const Site& site, const std::string& name) {
        const auto file = backups / name;
        EXPECT_TRUE(ok(site.store().backup_to(file)));
        return file;
    }
    void more(const std::string& id) {
        advance(std::chrono::minutes{2});
        take_in(id);
    }
    Result<ToldResume> decide() {
        auto wanted = what_parts(end());
        if (!wanted.ok()) return wanted.error();
        wanted->reason = "khôi phục sau sự cố đĩa";
        wanted->by = "system:test";
        return lower->write([&](store::Transaction& tx) { return resume(tx, *wanted, random, now()); });
    }
    hl::test::TempDir backups;
};
INSTANTIATE_TEST_SUITE_P(Engines, Restored, testing::Values(store::Engine::sqlite), hl::test::engine_name);

TEST_P(Restored, AChildFromAnOlderBackupStopsAndGoesOnByItsOperatorsWord) {
    const auto old = backup(*lower, "child");
    for (const auto* id : {"lost1", "lost2", "lost3"}) {
        more(id);
        ASSERT_TRUE(ok(round()));
    }
    ASSERT_EQ(child().last.number, 4);
    lower->restore(old);
    more("new1");
    EXPECT_EQ(code_of(round()), "child.forked");
    EXPECT_NE(line().state, LineState::running);
    EXPECT_EQ(child().health, LineHealth::parted);
    more("new2");
    EXPECT_FALSE(round().ok());
    EXPECT_EQ(child().last.number, 4);  // never silently
    EXPECT_EQ(events(*lower, "ioc.line_parted").size(), 1u);
    ASSERT_EQ(tile("HCC.TIEP_NHAN").at("status").as_string(), "stale");

    const auto told = decide();
    ASSERT_TRUE(ok(told));
    EXPECT_EQ(told->common, 1);
    EXPECT_EQ(told->adopted, 3);
    EXPECT_GE(told->abandoned, 1);
    EXPECT_EQ(code_of(decide()), "child.not_parted");
    ASSERT_TRUE(ok(round()));
    expect_the_same();
    EXPECT_EQ(events(*lower, "ioc.line_resumed").size(), 1u);
    EXPECT_EQ(events(*upper, "ioc.child_resume_seen").size(), 1u);
    EXPECT_EQ(child().health, LineHealth::running);
    more("new3");
    ASSERT_TRUE(ok(round()));
    expect_the_same();
}

TEST_P(Restored, AParentFromAnOlderBackupGetsTheRestAgain) {
    const auto old = backup(*upper, "parent");
    for (const auto* id : {"a", "b", "c"}) {
        more(id);
        ASSERT_TRUE(ok(round()));
    }
    upper->restore(old);
    upper->database->clock.set(now());
    EXPECT_EQ(child().last.number, 1);
    const auto done = round();
    ASSERT_TRUE(ok(done));
    EXPECT_EQ(done->sent, 3);
    expect_the_same();
    EXPECT_EQ(events(*lower, "ioc.line_parent_went_back").size(), 1u);
}

TEST_P(Restored, AParentFromAnOlderBackupTellsEverythingDownAgain) {
    std::vector<std::string> got;
    takers["word"] = [&](store::Transaction&, const Message& m, Instant) -> Result<void> {
        got.push_back(m.id);
        return Nothing{};
    };
    const auto tell = [&](const std::string& id) {
        ASSERT_TRUE(ok(upper->write([&](store::Transaction& tx) {
            return tell_down(tx, parent, ChildId{"dong-ha"}, {id, "word", 1, {{"text", id}}}, random, now());
        })));
    };
    tell("a");
    ASSERT_TRUE(ok(round()));
    const auto old = backup(*upper, "parent");
    tell("b");
    ASSERT_TRUE(ok(round()));
    upper->restore(old);
    upper->database->clock.set(now());
    tell("c");  // under the number that b had
    ASSERT_TRUE(ok(round()));
    EXPECT_EQ(got, (std::vector<std::string>{"a", "b", "a", "c"}));
    EXPECT_EQ(events(*upper, "ioc.child_down_restarted").size(), 1u);
    expect_chains();
}

TEST_P(Restored, AChildWithoutAnyBackupTakesItsPastFromTheParent) {
    more("b");
    ASSERT_TRUE(ok(round()));
    lower = std::make_unique<Site>(GetParam());
    lower->database->clock.set(upper->database->clock.now());
    own_key = *open_line_key(lower->keys.path(), random);  // its key is gone, too
    ASSERT_TRUE(ok(enrol_at(end(), code())));
    lower->ledger->busy(3, 9);
    EXPECT_EQ(code_of(round()), "child.forked");
    EXPECT_EQ(line().state, LineState::behind);
    const auto told = decide();
    ASSERT_TRUE(ok(told));
    EXPECT_EQ(told->adopted, 2);
    ASSERT_TRUE(ok(round()));
    EXPECT_EQ(child().last.number, 3);
    expect_the_same();
}

TEST_P(Restored, MessagesOfBatchesThatArePutAsideAreToldAgain) {
    std::vector<std::string> up;
    parent.takers["done"] = [&](store::Transaction&, const ChildId&, const Message& m, Instant) -> Result<void> {
        up.push_back(m.id);
        return Nothing{};
    };
    const auto old = backup(*lower, "child");
    more("lost");
    ASSERT_TRUE(ok(round()));
    lower->restore(old);
    ASSERT_TRUE(ok(lower->write([&](store::Transaction& tx) -> Result<void> {
        tell_up(tx, {"a:1", "done", 1, {}});
        return Nothing{};
    })));
    more("new");
    EXPECT_FALSE(round().ok());
    ASSERT_TRUE(ok(decide()));
    ASSERT_TRUE(ok(round()));
    EXPECT_EQ(up, (std::vector<std::string>{"a:1"}));
}

}  // namespace
}  // namespace hl::ioc::child::test
