// Texts are packed against words that tell of nobody, and every form in which a table ever held one can be read.
#include <zlib.h>

#include "partner.h"

namespace hl::connector::test {

namespace {

std::string message(const std::string& code, const std::string& name) {
    json::array papers;
    for (const auto* paper : {"Tờ khai", "Giấy chứng sinh"})
        papers.push_back({{"TenTepDinhKem", paper}, {"DuocSoHoa", "0"}, {"MaThanhPhanHoSo", "TP01"}});
    return json::serialize(json::object{{"service", "DongBoHoSoMC"},
                                        {"MaHoSo", code},
                                        {"ChuHoSo", name},
                                        {"LePhi", 120'000},
                                        {"DuocXacThuc", true},
                                        {"TaiLieuNop", papers},
                                        {"DanhSachHoSoBoSung", json::array{}}});
}

}  // namespace

class Packed : public Bones {
  protected:
    int64_t count(MessageState state) {
        return *store().read([&](store::Reader& r) -> Result<int64_t> {
            return *r.first("SELECT COUNT(*) FROM link_message WHERE state = ?", {static_cast<int>(state)},
                            [](const store::Row& row) { return row.integer(0); });
        });
    }
};
HL_FOR_EVERY_ENGINE(Packed);

TEST(Packing, WordsHaveTheFieldsAndNoValue) {
    const auto words = words_of(message("H50.1-261129-0001", "Người Mẫu"));
    for (const auto* field : {"MaHoSo", "ChuHoSo", "TenTepDinhKem", "DanhSachHoSoBoSung"})
        EXPECT_NE(words.find(field), std::string::npos) << field;
    for (const auto* value : {"H50", "Người", "Mẫu", "120000", "Tờ khai", "TP01"})
        EXPECT_EQ(words.find(value), std::string::npos) << value;
    for (const auto* none : {"", "x", "[1]", "<a/>", "\"MaHoSo\""}) EXPECT_EQ(words_of(none), "") << none;
}

TEST_P(Packed, APackedTextIsTheSameAgainAndMuchShorterOnceItsWordsAreKnown) {
    Packing packing("things");
    const auto first = message("H50.1-261129-0001", "Người Mẫu");
    ASSERT_TRUE(hl::test::ok(packing.look(store())));
    EXPECT_EQ(packing.find("put"), nullptr);
    const auto alone = pack(first, packing.find("put").get());
    ASSERT_TRUE(hl::test::ok(store().write([&](store::Transaction& tx) -> Result<void> {
        packing.learn(tx, "put", first, clock().now());
        packing.learn(tx, "put", message("another", "one"), clock().now());
        packing.learn(tx, "mail", std::string(300, 'x'), clock().now());
        return Nothing{};
    })));
    ASSERT_TRUE(hl::test::ok(packing.look(store())));
    EXPECT_EQ(packing.find("mail"), nullptr);
    Packing elsewhere("things");  // another node, later
    ASSERT_TRUE(hl::test::ok(elsewhere.look(store())));
    Packing other("others");
    ASSERT_TRUE(hl::test::ok(other.look(store())));
    EXPECT_EQ(other.find("put"), nullptr);
    const auto second = message("H50.2-261130-0777", "Một Người Khác");
    for (const auto* of : {&packing, &elsewhere}) {
        ASSERT_NE(of->find("put"), nullptr);
        const auto packed = pack(second, of->find("put").get());
        EXPECT_LT(packed.size() * 3, alone.size() * 2);
        EXPECT_EQ(*store().read([&](store::Reader& r) { return unpack(r, packed); }), second);
    }
    EXPECT_EQ(*store().read([&](store::Reader& r) { return unpack(r, alone); }), first);
}

TEST_P(Packed, AWriteThatIsUndoneTeachesNothing) {
    Packing packing("things");
    ASSERT_TRUE(hl::test::ok(packing.look(store())));
    const auto undone = store().write([&](store::Transaction& tx) -> Result<void> {
        packing.learn(tx, "put", message("a", "b"), clock().now());
        return Error{ErrorKind::conflict, "test.undone", "thôi", "no"};
    });
    EXPECT_FALSE(undone.ok());
    ASSERT_TRUE(hl::test::ok(packing.look(store())));
    EXPECT_EQ(packing.find("put"), nullptr);
}

TEST_P(Packed, AnyTextComesBackAndADamagedOneIsRefused) {
    Packing packing("things");
    ASSERT_TRUE(hl::test::ok(store().write([&](store::Transaction& tx) -> Result<void> {
        packing.learn(tx, "put", message("a", "b"), clock().now());
        return Nothing{};
    })));
    ASSERT_TRUE(hl::test::ok(packing.look(store())));
    const auto words = packing.find("put");
    const auto back = [&](const std::string& packed) {
        return store().read([&](store::Reader& r) { return unpack(r, packed); });
    };
    for (const size_t size : {0, 1, 199, 200, 201, 5'000, 100'000})
        for (const auto& text : {std::string(size, 'a'), hl::crypto::random_bytes(test_store().random, size)})
            for (const auto* with : {words.get(), static_cast<const Vocabulary*>(nullptr)}) {
                const auto packed = pack(text, with);
                EXPECT_LE(packed.size(), text.size() + 1);
                EXPECT_EQ(*back(packed), text);
            }
    const auto good = pack(message("H50.1", "Người"), words.get());
    ASSERT_EQ(good.front(), 'w');
    for (size_t cut = 1; cut < good.size(); ++cut) EXPECT_FALSE(back(good.substr(0, cut)).ok()) << cut;
    auto elsewhere = good;
    elsewhere[8] = static_cast<char>(elsewhere[8] + 1);
    EXPECT_EQ(back(elsewhere).error().code, "link.packed_damaged");
    EXPECT_EQ(back("?").error().code, "link.packed_damaged");
    EXPECT_EQ(*back(""), "");
}

TEST_P(Packed, TheJournalOpensWhatItPackedWithWords) {
    const std::string longish(260, 'v');
    for (int i = 0; i < 3; ++i) {
        change("a", json::value(longish + std::to_string(i)));
        run();
    }
    const auto rows = *store().read([](store::Reader& r) -> Result<std::vector<JournalRow>> {
        return find_exchanges(r, {"things", "a"});
    });
    ASSERT_EQ(rows.size(), 3u);
    for (int i = 0; i < 3; ++i) {
        const auto opened = store().read([&](store::Reader& r) {
            return open_exchange(r, *vault_, "things", rows[static_cast<size_t>(2 - i)].number);
        });
        ASSERT_TRUE(hl::test::ok(opened));
        EXPECT_NE(opened->request.find(longish + std::to_string(i)), std::string::npos);
        EXPECT_EQ(opened->response, R"({"code":0})");
    }
    EXPECT_EQ(*store().read([](store::Reader& r) -> Result<int64_t> {
        return *r.first("SELECT COUNT(*) FROM link_words WHERE connector = 'things'", {},
                        [](const store::Row& row) { return row.integer(0); });
    }),
              1);
}

TEST_P(Packed, TheJournalOpensEntriesThatWereMadeBeforeTextsWerePackedTogether) {
    const std::string request = message("H50.1", "Người"), response = R"({"code":0})";
    std::string deflated(compressBound(request.size()), '\0');
    uLongf length = deflated.size();
    ASSERT_EQ(compress(reinterpret_cast<Bytef*>(deflated.data()), &length,
                       reinterpret_cast<const Bytef*>(request.data()), request.size()),
              Z_OK);
    deflated.resize(length);
    for (const auto& kept : {"z" + deflated, pack(request), "p" + request}) {
        const auto opened = store().write([&](store::Transaction& tx) -> Result<Opened> {
            const auto own = own_subject(tx, *vault_, "things", clock().now());
            TRY(const auto q, vault_->seal(tx, own, "link.request", kept));
            TRY(const auto a, vault_->seal(tx, own, "link.response", "p" + response));
            tx.execute(
                "INSERT INTO link_exchange (connector, key, message, operation, url, at, took_ms, status, verdict, "
                "code, "
                "problem, subject, request_bytes, response_bytes, request, response) VALUES ('things', 'old', 0, "
                "'put', "
                "'', 0, 0, 200, 'accepted', '', '', ?, ?, ?, ?, ?)",
                {own, static_cast<int64_t>(request.size()), static_cast<int64_t>(response.size()), store::Blob{q},
                 store::Blob{a}});
            return open_exchange(tx, *vault_, "things", find_exchanges(tx, {"things", "old"}).front().number);
        });
        ASSERT_TRUE(hl::test::ok(opened));
        EXPECT_EQ(opened->request, request);
        EXPECT_EQ(opened->response, response);
    }
}

TEST_P(Packed, EveryExchangeOfAKeyIsFoundByTheKey) {
    connector_->snapshot = false;
    partner_.next = {"timeout", "garbage"};
    for (const auto* key : {"a", "b", "a"}) change(key, "1");
    run();
    ASSERT_TRUE(hl::test::ok(store().write([&](store::Transaction& tx) {
        JournalEntry asked;
        asked.key = "a";
        asked.verdict = "accepted";
        asked.exchange.operation = "ask";
        asked.exchange.at = clock().now();
        return write_journal(tx, *vault_, "things", asked);
    })));
    const auto found = [&](const std::string& key, int64_t before = 0, int limit = 50) {
        return *store().read([&](store::Reader& r) -> Result<std::vector<JournalRow>> {
            return find_exchanges(r, {"things", key, before, limit});
        });
    };
    const auto all = found("");
    size_t of_a = 0;
    for (const auto& row : all) of_a += row.key == "a" ? 1 : 0;
    const auto a = found("a");
    EXPECT_EQ(a.size(), of_a);
    EXPECT_GE(a.size(), 4u);  // two that went well, one at least that did not, one that was asked by somebody
    EXPECT_TRUE(std::is_sorted(a.begin(), a.end(), [](const auto& x, const auto& y) { return x.number > y.number; }));
    const auto pages = found("a", a[1].number, 1);
    ASSERT_EQ(pages.size(), 1u);
    EXPECT_EQ(pages.front().number, a[2].number);
    EXPECT_TRUE(found("nobody").empty());
}

TEST_P(Packed, OldRowsGoByTheThousandAndWhatWaitsStays) {
    connector_->snapshot = false;
    for (int i = 0; i < 1'050; ++i) change("k" + std::to_string(i), "1");
    run();
    partner_.next = {"refuse"};
    change("dead", "1");
    run();
    ASSERT_EQ(count(MessageState::dead), 1);
    clock().advance(std::chrono::hours{24} * 100);
    change("new", "1");
    run();
    EXPECT_EQ(*drop_old(store(), "things", pace_, clock().now()), 1'051);  // of the journal
    EXPECT_EQ(count(MessageState::accepted), 1'051);
    clock().advance(std::chrono::hours{24} * 300);
    EXPECT_EQ(*drop_old(store(), "things", pace_, clock().now()), 1 + 1'050);
    EXPECT_EQ(count(MessageState::accepted), 1);
    EXPECT_EQ(count(MessageState::dead), 1);
    EXPECT_EQ(*drop_old(store(), "things", pace_, clock().now()), 0);
}

}  // namespace hl::connector::test
