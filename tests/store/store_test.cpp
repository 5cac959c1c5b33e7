#include "store/store.h"

#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "store/ledger.h"
#include "support/test_store.h"

namespace hl::store {
namespace {

using test::code_of;
using test::ok;

Migrations book_tables() {
    return {
        {"book", 1, "books",
         "CREATE TABLE book (name TEXT NOT NULL PRIMARY KEY, pages BIGINT, price DOUBLE PRECISION, cover {{blob}});"}};
}

constexpr std::string_view put = "INSERT INTO book (name, pages) VALUES (?, ?)";
constexpr std::string_view count = "SELECT COUNT(*) FROM book";

Error refused() {
    return {ErrorKind::conflict, "test.refused", "Không.", "No."};
}

class StoreTest : public test::EngineTest {
  protected:
    Migrations more_migrations() const override { return book_tables(); }
    int64_t books() {
        auto n = store().read([](Reader& r) -> Result<int64_t> {
            return r.first(count, {}, [](const Row& row) { return row.integer(0); }).value_or(-1);
        });
        return n.ok() ? *n : -1;
    }
    Result<void> add(std::string_view name, int64_t pages = 1) {
        return store().write([&](Transaction& tx) -> Result<void> {
            tx.execute(put, {name, pages});
            return Nothing{};
        });
    }
    static Event event(std::string stream) {
        return {"book.added", 1, std::move(stream), "tester", from_ms(test::start_ms), {{"b", 2}, {"a", 1}}};
    }
};
HL_FOR_EVERY_ENGINE(StoreTest);

TEST_P(StoreTest, GivesBackEveryTypeAsItWasBound) {
    const std::string bytes("\0\x01\xff\\x'\n\0", 7);
    EXPECT_TRUE(ok(store().write([&](Transaction& tx) -> Result<void> {
        tx.execute("INSERT INTO book (name, pages, price, cover) VALUES (?, ?, ?, ?)",
                   {"Truyện Kiều \"\\\t", int64_t{1} << 60, 0.1, Blob{bytes}});
        tx.execute("INSERT INTO book (name, pages, price, cover) VALUES (?, ?, ?, ?)",
                   {"", std::nullopt, std::optional<int>{}, Blob{""}});
        return Nothing{};
    })));
    struct Book {
        std::string name, cover;
        bool pages_null;
        int64_t pages;
        double price;
    };
    auto rows = store().read([](Reader& r) -> Result<std::vector<Book>> {
        return r.all("SELECT name, cover, pages, price FROM book ORDER BY name", {}, [](const Row& row) {
            return Book{row.string(0), row.string(1), row.is_null(2), row.integer(2), row.real(3)};
        });
    });
    ASSERT_TRUE(ok(rows));
    ASSERT_EQ(rows->size(), 2u);
    EXPECT_EQ((*rows)[0].name, "");
    EXPECT_EQ((*rows)[0].cover, "");
    EXPECT_TRUE((*rows)[0].pages_null);
    EXPECT_EQ((*rows)[0].pages, 0);
    EXPECT_EQ((*rows)[1].name, "Truyện Kiều \"\\\t");
    EXPECT_EQ((*rows)[1].cover, bytes);
    EXPECT_EQ((*rows)[1].pages, int64_t{1} << 60);
    EXPECT_EQ((*rows)[1].price, 0.1);
}

TEST_P(StoreTest, AnErrorUndoesTheWriteAndIsReturnedAsItIs) {
    auto result = store().write([&](Transaction& tx) -> Result<int> {
        tx.execute(put, {"a", 1});
        tx.append(event("a"));
        return refused();
    });
    EXPECT_EQ(code_of(result), "test.refused");
    EXPECT_EQ(books(), 0);
    ASSERT_TRUE(ok(store().settle()));
    EXPECT_EQ(*store().read([](Reader& r) -> Result<int64_t> { return ledger_size(r); }), 0);
}

TEST_P(StoreTest, AnExceptionUndoesTheWriteAndReachesTheCaller) {
    EXPECT_THROW((void)store().write([&](Transaction& tx) -> Result<void> {
        tx.execute(put, {"a", 1});
        throw std::runtime_error("mistake");
    }),
                 std::runtime_error);
    EXPECT_EQ(books(), 0);
    EXPECT_TRUE(ok(add("b")));
}

TEST_P(StoreTest, ABrokenConstraintIsAConflict) {
    EXPECT_TRUE(ok(add("a")));
    const auto result = add("a");
    EXPECT_EQ(code_of(result), "store.constraint");
    EXPECT_EQ(result.error().kind, ErrorKind::conflict);
    EXPECT_FALSE(result.error().vi.empty());
    EXPECT_EQ(books(), 1);
}

TEST_P(StoreTest, WrongSqlIsABugAndTheStoreGoesOn) {
    EXPECT_EQ(code_of(store().write([](Transaction& tx) -> Result<void> {
                  tx.execute("INSERT INTO nowhere VALUES (1)");
                  return Nothing{};
              })),
              "store.bug");
    EXPECT_EQ(code_of(store().write([](Transaction& tx) -> Result<void> {
                  tx.execute(put, {"one parameter too few"});
                  return Nothing{};
              })),
              "store.bug");
    EXPECT_EQ(code_of(store().read([](Reader& r) -> Result<void> {
                  r.query("SELECT nothing FROM nowhere", {}, [](const Row&) {});
                  return Nothing{};
              })),
              "store.bug");
    EXPECT_TRUE(ok(add("a")));
    EXPECT_EQ(books(), 1);
}

TEST_P(StoreTest, ReadersCannotWrite) {
    EXPECT_EQ(code_of(store().read([](Reader& r) -> Result<void> {
                  r.query("DELETE FROM book", {}, [](const Row&) {});
                  return Nothing{};
              })),
              "store.bug");
}

TEST_P(StoreTest, AReaderStaysOnItsSnapshot) {
    EXPECT_TRUE(ok(add("a")));
    auto seen = store().read([&](Reader& r) -> Result<std::pair<int64_t, int64_t>> {
        const auto one = [](const Row& row) { return row.integer(0); };
        const int64_t before = *r.first(count, {}, one);
        std::thread([&] { EXPECT_TRUE(ok(add("b"))); }).join();
        return std::pair{before, *r.first(count, {}, one)};
    });
    ASSERT_TRUE(ok(seen));
    EXPECT_EQ(*seen, (std::pair<int64_t, int64_t>{1, 1}));
    EXPECT_EQ(books(), 2);
}

TEST_P(StoreTest, AStatementMayRunInsideItself) {
    for (const char* name : {"a", "b", "c"}) EXPECT_TRUE(ok(add(name)));
    auto pairs = store().read([](Reader& r) -> Result<int> {
        int n = 0;
        constexpr std::string_view names = "SELECT name FROM book WHERE pages = ? ORDER BY name";
        r.query(names, {1}, [&](const Row& outer) {
            const std::string before = outer.string(0);
            r.query(names, {1}, [&](const Row&) { ++n; });
            EXPECT_EQ(outer.text(0), before);
        });
        return n;
    });
    ASSERT_TRUE(ok(pairs));
    EXPECT_EQ(*pairs, 9);
}

TEST_P(StoreTest, ExecuteSaysHowManyRowsChanged) {
    for (const char* name : {"a", "b", "c"}) EXPECT_TRUE(ok(add(name)));
    EXPECT_TRUE(ok(store().write([](Transaction& tx) -> Result<void> {
        EXPECT_EQ(tx.execute("UPDATE book SET pages = pages + ? WHERE name <> ?", {5, "a"}), 2);
        EXPECT_EQ(tx.execute("INSERT INTO book (name) VALUES (?) ON CONFLICT (name) DO NOTHING", {"a"}), 0);
        EXPECT_EQ(tx.execute("DELETE FROM book WHERE name = ?", {"nobody"}), 0);
        EXPECT_EQ(tx.first("SELECT pages FROM book WHERE name = ? FOR UPDATE", {"b"},
                           [](const Row& row) { return row.integer(0); }),
                  6);
        return Nothing{};
    })));
}

TEST_P(StoreTest, EventsGetDensePositionsInCommitOrder) {
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(ok(store().write([&](Transaction& tx) -> Result<void> {
            ids.push_back(tx.append(event("s" + std::to_string(i))));
            ids.push_back(tx.append(event("s" + std::to_string(i))));
            return Nothing{};
        })));
        (void)store().write([&](Transaction& tx) -> Result<void> {
            tx.append(event("never"));
            return refused();
        });
    }
    ASSERT_TRUE(ok(store().settle()));
    auto events = store().read([](Reader& r) -> Result<std::vector<StoredEvent>> { return read_events(r, 0, 100); });
    ASSERT_TRUE(ok(events));
    ASSERT_EQ(events->size(), 10u);
    for (size_t i = 0; i < 10; ++i) {
        EXPECT_EQ((*events)[i].position, static_cast<int64_t>(i));
        EXPECT_EQ((*events)[i].id, ids[i]);
        EXPECT_EQ((*events)[i].stream, "s" + std::to_string(i / 2));
        EXPECT_EQ((*events)[i].data_text, R"({"a":1,"b":2})");
    }
}

TEST_P(StoreTest, PositionsGoOnAfterARestart) {
    for (int i = 0; i < 3; ++i) {
        EXPECT_TRUE(ok(store().write([&](Transaction& tx) -> Result<void> {
            tx.append(event("s"));
            return Nothing{};
        })));
        ASSERT_TRUE(ok(store().settle()));
        test_store().reopen();
    }
    auto events = store().read([](Reader& r) -> Result<std::vector<StoredEvent>> { return read_stream(r, "s"); });
    ASSERT_EQ(events->size(), 3u);
    for (int64_t i = 0; i < 3; ++i) EXPECT_EQ((*events)[static_cast<size_t>(i)].position, i);
}

TEST_P(StoreTest, ActionsRunAfterTheCommitAndOnlyThen) {
    std::atomic<int> ran = 0;
    (void)store().write([&](Transaction& tx) -> Result<void> {
        tx.after_commit([&] { ++ran; });
        return refused();
    });
    EXPECT_EQ(ran, 0);
    EXPECT_TRUE(ok(store().write([&](Transaction& tx) -> Result<void> {
        tx.execute(put, {"a", 1});
        tx.after_commit([&] {
            ++ran;
            EXPECT_EQ(books(), 1);
        });
        EXPECT_EQ(ran, 0);
        return Nothing{};
    })));
    EXPECT_EQ(ran, 1);
}

TEST_P(StoreTest, AWriteInsideAWriteIsAMistakeAndNotADeadlock) {
    EXPECT_THROW((void)store().write([&](Transaction&) -> Result<void> { return add("inner"); }), std::logic_error);
    EXPECT_EQ(books(), 0);
}

TEST_P(StoreTest, AsynchronousWritesAnswerAfterTheCommitAndMayGoOn) {
    std::promise<Result<boost::json::value>> second;
    store().write_async(
        [](Transaction& tx) -> Result<boost::json::value> {
            tx.execute(put, {"a", 1});
            return boost::json::value("first");
        },
        [&](Result<boost::json::value> done) {
            EXPECT_TRUE(ok(done));
            EXPECT_EQ(books(), 1);
            store().write_async(
                [](Transaction& tx) -> Result<boost::json::value> {
                    tx.execute(put, {"a", 1});
                    return boost::json::value{};
                },
                [&](Result<boost::json::value> again) { second.set_value(std::move(again)); });
        });
    EXPECT_EQ(code_of(second.get_future().get()), "store.constraint");
}

TEST_P(StoreTest, ClosingFinishesWhatIsWaiting) {
    std::atomic<int> answered = 0;
    for (int i = 0; i < 50; ++i)
        store().write_async(
            [i](Transaction& tx) -> Result<boost::json::value> {
                tx.execute(put, {"b" + std::to_string(i), i});
                return boost::json::value{};
            },
            [&](Result<boost::json::value> done) { answered += done.ok() ? 1 : 0; });
    test_store().reopen();
    EXPECT_EQ(answered, 50);
    EXPECT_EQ(books(), 50);
}

TEST_P(StoreTest, TellsWhenTheLedgerGrew) {
    std::promise<void> grown;
    std::atomic<bool> told = false;
    store().on_ledger_growth([&] {
        if (!told.exchange(true)) grown.set_value();
    });
    EXPECT_TRUE(ok(add("no event")));
    EXPECT_TRUE(ok(store().write([&](Transaction& tx) -> Result<void> {
        tx.append(event("s"));
        return Nothing{};
    })));
    ASSERT_EQ(grown.get_future().wait_for(std::chrono::seconds{20}), std::future_status::ready);
    store().on_ledger_growth({});
    EXPECT_EQ(*store().read([](Reader& r) -> Result<int64_t> { return ledger_size(r); }), 1);
}

TEST_P(StoreTest, StatisticsCountCommits) {
    EXPECT_TRUE(ok(add("a")));
    const auto s = store().statistics();
    EXPECT_EQ(s.at("engine"), GetParam() == Engine::sqlite ? "sqlite" : "postgresql");
    EXPECT_GE(s.at("commits").as_int64(), 1);
    EXPECT_GT(s.at("size_bytes").as_int64(), 0);
}

TEST_P(StoreTest, ManyThreadsReadAndWrite) {
    std::vector<std::thread> threads;
    std::atomic<int> failures = 0;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([&, t] {
            for (int i = 0; i < 25; ++i) {
                if (!add(fmt::format("{}-{}", t, i)).ok()) ++failures;
                if (books() < i + 1) ++failures;
            }
        });
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(failures, 0);
    EXPECT_EQ(books(), 100);
}

TEST(StoreUrl, AnUnknownAddressIsExplainedWithoutItsPassword) {
    SystemClock clock;
    SystemRandom random;
    const auto opened = Store::open({.url = "mysql://root:secret@host/db"}, migrations(), clock, random);
    ASSERT_EQ(code_of(opened), "store.url");
    EXPECT_EQ(opened.error().en.find("secret"), std::string::npos);
}

TEST(SqliteStore, ABackupTakenUnderWritesIsWholeAndPrivate) {
    auto t = test::open_test_store(Engine::sqlite, book_tables());
    std::atomic<bool> stop = false;
    std::thread writer([&] {
        for (int i = 0; !stop; ++i)
            (void)(*t)->write([&](Transaction& tx) -> Result<void> {
                tx.execute(put, {"x" + std::to_string(i), i});
                tx.append({"book.added", 1, "s", "tester", from_ms(0), {}});
                return Nothing{};
            });
    });
    const auto copy = t->database.folder() / "copy.db";
    const auto made = (*t)->backup_to(copy);
    stop = true;
    writer.join();
    ASSERT_TRUE(ok(made));
    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(copy).permissions() & (perms::group_all | perms::others_all), perms::none);
    auto opened = Store::open({.url = "sqlite:" + copy.string()}, t->migrations, t->clock, t->random);
    ASSERT_TRUE(ok(opened));
    auto counts = (*opened)->read([](Reader& r) -> Result<std::pair<int64_t, int64_t>> {
        return std::pair{*r.first(count, {}, [](const Row& row) { return row.integer(0); }), ledger_size(r)};
    });
    EXPECT_EQ(counts->first, counts->second);
}

TEST(SqliteStore, RefusesWritesEarlyWhenTheDiskIsNearlyFullAndGoesOnReading) {
    test::TestStore t(Engine::sqlite, migrations());
    t.options.min_free_bytes = int64_t{1} << 60;
    t.reopen();
    const auto result = t->write([](Transaction& tx) -> Result<void> {
        tx.execute("INSERT INTO counter (name, value) VALUES ('a', 1)");
        return Nothing{};
    });
    EXPECT_EQ(code_of(result), "store.full");
    EXPECT_EQ(result.error().kind, ErrorKind::full);
    EXPECT_EQ(*t->read([](Reader& r) -> Result<int64_t> { return ledger_size(r); }), 0);
}

}  // namespace
}  // namespace hl::store
