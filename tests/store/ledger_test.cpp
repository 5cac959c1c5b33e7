#include "store/ledger.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>

#include "base/json.h"
#include "store/ledger_note.h"
#include "store/merkle.h"
#include "support/engine_test.h"

namespace hl::store {
namespace {

namespace fs = std::filesystem;

class LedgerTest : public EngineTest {
  protected:
    void SetUp() override {
        EngineTest::SetUp();
        std::string name = (fs::temp_directory_path() / "hl-ledger-XXXXXX").string();
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        directory_ = name;
        auto keys = LedgerKeys::open(directory_ / "keys", "quang-tri.example/ledger", random_);
        ASSERT_TRUE(keys.ok()) << keys.error().en;
        keys_.emplace(std::move(*keys));
    }
    void TearDown() override {
        fs::remove_all(directory_);
        EngineTest::TearDown();
    }

    void append(int count, const std::string& stream = "dossier-1") {
        while (count > 0) {
            const int now = std::min(count, 100);
            const auto done = store().write([&](Transaction& tx) -> Result<void> {
                for (int i = 0; i < now; ++i)
                    tx.append({"test.happened", 1, stream, "account-1", from_ms(now_ms_++), {{"n", made_++}}});
                return Nothing{};
            });
            ASSERT_TRUE(done.ok()) << done.error().en;
            count -= now;
        }
        settle();
    }
    Checkpoint sign() {
        auto signed_now = sign_checkpoint(store(), *keys_, from_ms(now_ms_++));
        EXPECT_TRUE(signed_now.ok() && *signed_now) << (signed_now.ok() ? "nothing to sign" : signed_now.error().en);
        return signed_now.ok() && *signed_now ? **signed_now : Checkpoint{};
    }
    int64_t tamper(std::string_view sql, std::initializer_list<Param> params = {}) {
        int64_t changed = 0;
        const auto done = store().write([&](Transaction& tx) -> Result<void> {
            changed = tx.execute(sql, params);
            return Nothing{};
        });
        EXPECT_TRUE(done.ok()) << done.error().en;
        return changed;
    }
    VerifyReport verify() {
        auto report = verify_ledger(store(), *keys_);
        EXPECT_TRUE(report.ok()) << report.error().en;
        return report.ok() ? *report : VerifyReport{};
    }
    std::string problems() {
        std::string out;
        const auto report = verify();
        EXPECT_EQ(report.problems.size(), report.problems_vi.size());
        for (const auto& problem : report.problems) out += problem + "\n";
        return out;
    }
    std::vector<StoredEvent> events() {
        auto read = store().read(
            [](Reader& reader) -> Result<std::vector<StoredEvent>> { return read_events(reader, 0, 100'000); });
        return read.ok() ? *read : std::vector<StoredEvent>{};
    }

    SystemRandom random_;
    fs::path directory_;
    std::optional<LedgerKeys> keys_;
    int64_t now_ms_ = 1'764'000'000'000;
    int64_t made_ = 0;
};

HL_FOR_EVERY_ENGINE(LedgerTest);

TEST_P(LedgerTest, ReadsEventsByPositionStreamAndId) {
    append(3, "dossier-1");
    append(2, "dossier-2");
    const auto all = events();
    ASSERT_EQ(all.size(), 5u);
    for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].position, static_cast<int64_t>(i));
    EXPECT_EQ(all[4].data.at("n").as_int64(), 4);
    EXPECT_EQ(all[4].data_text, "{\"n\":4}");
    const auto done = store().read([&](Reader& reader) -> Result<void> {
        EXPECT_EQ(ledger_size(reader), 5);
        EXPECT_EQ(read_stream(reader, "dossier-2").size(), 2u);
        EXPECT_EQ(read_events(reader, 3, 10).size(), 2u);
        EXPECT_EQ(read_events(reader, 1, 2).back().position, 2);
        const auto found = find_event(reader, all[2].id);
        EXPECT_TRUE(found && found->position == 2);
        EXPECT_FALSE(find_event(reader, "nothing"));
        EXPECT_FALSE(latest_checkpoint(reader));
        return Nothing{};
    });
    EXPECT_TRUE(done.ok());
}

TEST_P(LedgerTest, AWriteThatFailsLeavesNoEventAndNoLeaf) {
    append(3);
    const auto failed = store().write([&](Transaction& tx) -> Result<void> {
        tx.append({"test.happened", 1, "x", "y", from_ms(now_ms_), {}});
        return Error{ErrorKind::conflict, "test.refused", "không", "no"};
    });
    EXPECT_FALSE(failed.ok());
    append(300);
    sign();
    EXPECT_EQ(events().size(), 303u);
    EXPECT_EQ(problems(), "");
}

TEST_P(LedgerTest, ACheckpointSignsTheRootOfAllLeavesAndOnlyWhenThereIsSomethingNew) {
    auto nothing = sign_checkpoint(store(), *keys_, from_ms(1));
    ASSERT_TRUE(nothing.ok());
    EXPECT_FALSE(*nothing);
    append(300);
    const auto checkpoint = sign();
    EXPECT_EQ(checkpoint.size, 300);
    MerkleFrontier tree;
    for (const auto& event : events()) tree.add(merkle_leaf(leaf_bytes(event)));
    EXPECT_EQ(checkpoint.root, tree.root());
    EXPECT_TRUE(keys_->check_note(checkpoint.note).ok());
    nothing = sign_checkpoint(store(), *keys_, from_ms(2));
    ASSERT_TRUE(nothing.ok());
    EXPECT_FALSE(*nothing);
    const auto stored =
        store().read([](Reader& reader) -> Result<std::optional<Checkpoint>> { return latest_checkpoint(reader); });
    ASSERT_TRUE(stored.ok() && *stored);
    EXPECT_EQ((*stored)->note, checkpoint.note);
    EXPECT_EQ((*stored)->root, checkpoint.root);
}

TEST_P(LedgerTest, AClockSetBackLeavesItWholeAndInTheOrderOfCommits) {
    append(20);
    const auto before = sign();
    now_ms_ -= 86'400'000;  // the machine's clock, a day back
    append(20);
    const auto after = sign();
    EXPECT_GT(before.at, after.at);
    EXPECT_EQ(problems(), "");
    const auto all = events();
    ASSERT_EQ(all.size(), 40u);
    for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].position, static_cast<int64_t>(i));
    EXPECT_GT(all[19].at, all[20].at);
}

TEST_P(LedgerTest, TheAppenderStartsWhereItStopped) {
    append(777);
    const auto done = store().read([&](Reader& reader) -> Result<void> {
        const auto appender = MerkleAppender::load(reader);
        EXPECT_EQ(appender.size(), 777);
        EXPECT_EQ(std::optional{appender.root()}, MerkleTree(merkle_rows(reader), 777).root());
        return Nothing{};
    });
    EXPECT_TRUE(done.ok());
}

TEST_P(LedgerTest, ASoundLedgerVerifiesAndReportsProgress) {
    for (const int more : {10, 246, 1, 300, 143}) {
        append(more);
        sign();
    }
    int64_t last = 0, total = 0;
    const auto report = verify_ledger(store(), *keys_, [&](int64_t done, int64_t all) {
        EXPECT_GE(done, last);
        last = done;
        total = all;
    });
    ASSERT_TRUE(report.ok());
    EXPECT_TRUE(report->problems.empty()) << report->problems.front();
    EXPECT_EQ(report->events, 700);
    EXPECT_EQ(report->checkpoints, 5);
    EXPECT_EQ(last, 700);
    EXPECT_EQ(total, 700);
    EXPECT_EQ(
        report->root,
        (*store().read([](Reader& r) -> Result<std::optional<Checkpoint>> { return latest_checkpoint(r); }))->root);
}

TEST_P(LedgerTest, AnEmptyLedgerVerifies) {
    EXPECT_EQ(problems(), "");
}

TEST_P(LedgerTest, VerifyNamesTheRowWhoseFieldsWereChanged) {
    append(600);
    sign();
    const auto all = events();
    const char* const changes[] = {
        "UPDATE ledger_event SET data = '{\"n\":100000}' WHERE position = 300",
        "UPDATE ledger_event SET data = 'not json' WHERE position = 300",
        "UPDATE ledger_event SET actor = 'account-2' WHERE position = 300",
        "UPDATE ledger_event SET stream = 'dossier-2' WHERE position = 300",
        "UPDATE ledger_event SET type = 'test.other' WHERE position = 300",
        "UPDATE ledger_event SET version = 2 WHERE position = 300",
        "UPDATE ledger_event SET at = at + 1 WHERE position = 300",
    };
    for (const char* change : changes) {
        ASSERT_EQ(tamper(change), 1);
        const auto report = verify();
        ASSERT_EQ(report.problems.size(), 1u) << change;
        EXPECT_NE(report.problems[0].find("Position 300"), std::string::npos) << report.problems[0];
        EXPECT_NE(report.problems[0].find(all[300].id), std::string::npos) << report.problems[0];
        EXPECT_NE(report.problems_vi[0].find("Vị trí 300"), std::string::npos);
        const auto& e = all[300];
        tamper(
            "UPDATE ledger_event SET data = ?, actor = ?, stream = ?, type = ?, version = ?, at = ? WHERE position = "
            "300",
            {e.data_text, e.actor, e.stream, e.type, e.version, e.at});
        ASSERT_EQ(problems(), "");
    }
}

TEST_P(LedgerTest, VerifySaysThatItIsTheLeafHashThatWasAltered) {
    append(600);
    sign();
    const auto zero = std::string(32, 'z');
    ASSERT_EQ(tamper("UPDATE ledger_event SET leaf = ? WHERE position = 20", {Blob{zero}}), 1);
    const auto report = verify();
    ASSERT_EQ(report.problems.size(), 2u);
    EXPECT_NE(report.problems[0].find("Position 20"), std::string::npos);
    EXPECT_NE(report.problems[1].find("Position 20: the fields are as they were written"), std::string::npos);
}

TEST_P(LedgerTest, VerifyFindsAnEventRewrittenTogetherWithItsLeafHash) {
    append(600);
    sign();
    auto event = events()[300];
    event.data_text = "{\"n\":0}";
    const auto leaf = merkle_leaf(leaf_bytes(event));
    tamper("UPDATE ledger_event SET data = ?, leaf = ? WHERE position = 300",
           {event.data_text, Blob{crypto::view(leaf)}});
    const auto found = problems();
    EXPECT_NE(found.find("positions 256 to 511"), std::string::npos) << found;
    EXPECT_NE(found.find("events in this range were altered"), std::string::npos) << found;
}

TEST_P(LedgerTest, VerifyFindsARewrittenEventThatNoTileCoversYet) {
    append(100);
    sign();
    append(50);
    sign();
    auto event = events()[120];
    event.data_text = "{\"n\":0}";
    const auto leaf = merkle_leaf(leaf_bytes(event));
    tamper("UPDATE ledger_event SET data = ?, leaf = ? WHERE position = 120",
           {event.data_text, Blob{crypto::view(leaf)}});
    const auto found = problems();
    EXPECT_NE(found.find("checkpoint of size 150"), std::string::npos) << found;
    EXPECT_NE(found.find("positions 100 to 149"), std::string::npos) << found;
}

constexpr std::string_view move_row = "UPDATE ledger_event SET position = ? WHERE position = ?";

TEST_P(LedgerTest, VerifyNamesTwoExchangedRows) {
    append(600);
    sign();
    tamper(move_row, {-7, 40});
    tamper(move_row, {40, 201});
    tamper(move_row, {201, -7});
    const auto report = verify();
    ASSERT_EQ(report.problems.size(), 1u) << report.problems.back();
    EXPECT_NE(report.problems[0].find("positions 40 and 201 were exchanged"), std::string::npos) << report.problems[0];
}

TEST_P(LedgerTest, VerifyNamesTwoExchangedRowsUnderACheckpointAlone) {
    append(60);
    sign();
    tamper(move_row, {-7, 4});
    tamper(move_row, {4, 20});
    tamper(move_row, {20, -7});
    const auto found = problems();
    EXPECT_NE(found.find("positions 4 and 20 were exchanged"), std::string::npos) << found;
}

TEST_P(LedgerTest, VerifyNamesADeletedRow) {
    append(600);
    sign();
    ASSERT_EQ(tamper("DELETE FROM ledger_event WHERE position = 77"), 1);
    ASSERT_EQ(tamper("DELETE FROM ledger_event WHERE position >= 550 AND position < 560"), 10);
    const auto report = verify();
    ASSERT_EQ(report.problems.size(), 2u) << report.problems.back();
    EXPECT_NE(report.problems[0].find("Position 77: the event is missing"), std::string::npos);
    EXPECT_NE(report.problems[1].find("Positions 550 to 559: 10 events are missing"), std::string::npos);
    EXPECT_EQ(report.events, 589);
}

TEST_P(LedgerTest, VerifyNamesATailCutOff) {
    append(600);
    sign();
    ASSERT_EQ(tamper("DELETE FROM ledger_event WHERE position >= 590"), 10);
    const auto found = problems();
    EXPECT_NE(found.find("Checkpoint of size 600: the ledger has only 590 events, the events at positions 590 to 599 "
                         "were removed"),
              std::string::npos)
        << found;
}

TEST_P(LedgerTest, ACutTailIsNeverSignedOver) {
    append(600);
    sign();
    tamper("DELETE FROM ledger_event WHERE position >= 590");
    const auto refused = sign_checkpoint(store(), *keys_, from_ms(1));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "ledger.inconsistent");
}

TEST_P(LedgerTest, AHistoryThatDiffersFromTheLastSignedOneIsNotSigned) {
    append(10);
    sign();
    tamper(move_row, {-7, 4});
    tamper(move_row, {4, 5});
    tamper(move_row, {5, -7});
    append(3);
    const auto refused = sign_checkpoint(store(), *keys_, from_ms(1));
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, "ledger.inconsistent");
}

TEST_P(LedgerTest, VerifyNamesAnAlteredTile) {
    append(600);
    sign();
    const auto zero = std::string(32, 'z');
    ASSERT_EQ(tamper("UPDATE ledger_tile SET hash = ? WHERE level = 8 AND idx = 1", {Blob{zero}}), 1);
    const auto report = verify();
    ASSERT_EQ(report.problems.size(), 1u);
    EXPECT_NE(report.problems[0].find("Tile 1 of level 8"), std::string::npos);
    EXPECT_NE(report.problems[0].find("it is the tile that was altered"), std::string::npos) << report.problems[0];
    ASSERT_EQ(tamper("DELETE FROM ledger_tile WHERE level = 8 AND idx = 1"), 1);
    EXPECT_NE(problems().find("Tile 1 of level 8 (positions 256 to 511) is missing"), std::string::npos);
}

TEST_P(LedgerTest, VerifyNamesATileOfNoEvents) {
    append(10);
    const auto zero = std::string(32, 'z');
    tamper("INSERT INTO ledger_tile (level, idx, hash) VALUES (8, 5, ?)", {Blob{zero}});
    EXPECT_NE(problems().find("Tile 5 of level 8 stands for events that are not in the ledger"), std::string::npos);
}

TEST_P(LedgerTest, VerifyNamesAnAlteredCheckpoint) {
    append(100);
    const auto first = sign();
    append(100);
    sign();
    const auto zero = std::string(32, 'z');
    ASSERT_EQ(tamper("UPDATE ledger_checkpoint SET root = ? WHERE size = 100", {Blob{zero}}), 1);
    EXPECT_NE(problems().find("Checkpoint of size 100: its root column differs"), std::string::npos);
    ASSERT_EQ(
        tamper("UPDATE ledger_checkpoint SET root = ?, size = 101 WHERE size = 100", {Blob{crypto::view(first.root)}}),
        1);
    EXPECT_NE(problems().find("Checkpoint of size 101: its signed note speaks of 100 events"), std::string::npos);
    SeededRandom other_random(9);
    const auto other = crypto::make_signing_key(other_random);
    const auto forged = sign_note_text(checkpoint_text({keys_->origin(), 101, first.root}), keys_->origin(), other);
    ASSERT_EQ(tamper("UPDATE ledger_checkpoint SET note = ? WHERE size = 101", {forged}), 1);
    EXPECT_NE(problems().find("Checkpoint of size 101: No signature is by a known key"), std::string::npos);
    ASSERT_EQ(tamper("UPDATE ledger_checkpoint SET note = ?, size = 100 WHERE size = 101", {first.note}), 1);
    EXPECT_EQ(problems(), "");
}

TEST_P(LedgerTest, VerifyStopsAtNoAbsurdPosition) {
    append(300);
    sign();
    tamper(move_row, {int64_t{1} << 50, 299});
    tamper(move_row, {-5, 0});
    const auto found = problems();
    EXPECT_NE(found.find("negative positions"), std::string::npos) << found;
    EXPECT_NE(found.find("Position 0: the event is missing"), std::string::npos) << found;
    EXPECT_NE(found.find("Positions 299 to"), std::string::npos) << found;
}

TEST_P(LedgerTest, EveryEventCanBeProvedToSomebodyWithoutTheDatabase) {
    append(520);
    const auto all = events();
    for (const size_t at : {0u, 1u, 255u, 256u, 511u, 519u}) {
        const auto proof = prove_event(store(), *keys_, all[at].id, from_ms(now_ms_));
        ASSERT_TRUE(proof.ok()) << proof.error().en;
        const auto received = parse_json(json::serialize(*proof));
        ASSERT_TRUE(received.ok());
        EXPECT_TRUE(check_proof(received->as_object(), keys_->verifier_line()).ok());
        EXPECT_EQ(canonical_json(proof->at("leaf")), leaf_bytes(all[at]));
        EXPECT_EQ(proof->at("position").as_int64(), static_cast<int64_t>(at));
    }
}

TEST_P(LedgerTest, ProvingANewEventSignsACheckpointThatCoversIt) {
    append(5);
    sign();
    append(1);
    const auto proof = prove_event(store(), *keys_, events().back().id, from_ms(now_ms_));
    ASSERT_TRUE(proof.ok());
    EXPECT_EQ(proof->at("size").as_int64(), 6);
    EXPECT_EQ(verify().checkpoints, 2);
}

TEST_P(LedgerTest, NoProofForWhatIsNotThereOrWasChanged) {
    append(5);
    sign();
    const auto none = prove_event(store(), *keys_, "no such id", from_ms(now_ms_));
    ASSERT_FALSE(none.ok());
    EXPECT_EQ(none.error().code, "ledger.no_event");
    tamper("UPDATE ledger_event SET actor = 'account-2' WHERE position = 2");
    const auto changed = prove_event(store(), *keys_, events()[2].id, from_ms(now_ms_));
    ASSERT_FALSE(changed.ok());
    EXPECT_EQ(changed.error().code, "ledger.damaged");
}

TEST_P(LedgerTest, RotationIsAnEventSignedByTheOldKeyAndOldCheckpointsStayGood) {
    append(5);
    const auto old_note = sign().note;
    const auto old_line = keys_->verifier_line();
    ASSERT_TRUE(keys_->rotate(store(), random_, from_ms(now_ms_)).ok());
    settle();
    EXPECT_NE(keys_->verifier_line(), old_line);
    EXPECT_TRUE(keys_->check_note(old_note).ok());
    const auto event = events().back();
    EXPECT_EQ(event.type, "ledger.key_rotated");
    EXPECT_EQ(event.data.at("old_key").as_string(), old_line);
    EXPECT_EQ(event.data.at("new_key").as_string(), keys_->verifier_line());
    const auto note = sign().note;
    const NoteVerifier fresh[] = {*parse_verifier(keys_->verifier_line())};
    EXPECT_TRUE(check_signed_note(note, fresh).ok());
    EXPECT_EQ(problems(), "");
    // The next start knows both, signs with the new one, and the old secret is gone.
    auto again = LedgerKeys::open(directory_ / "keys", "quang-tri.example/ledger", random_);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(again->verifier_line(), keys_->verifier_line());
    EXPECT_TRUE(again->check_note(old_note).ok());
    EXPECT_FALSE(fs::exists(directory_ / "keys" / "0001.key"));
}

TEST_P(LedgerTest, ARotationByAnUnknownKeyIsNamed) {
    append(1);
    SeededRandom other_random(9);
    const auto other = crypto::make_signing_key(other_random);
    const auto line = verifier_text(keys_->origin(), other.public_key);
    ASSERT_TRUE(store()
                    .write([&](Transaction& tx) -> Result<void> {
                        tx.append({"ledger.key_rotated",
                                   1,
                                   "ledger",
                                   "ledger",
                                   from_ms(now_ms_),
                                   {{"old_key", line},
                                    {"new_key", line},
                                    {"origin", keys_->origin()},
                                    {"signature", crypto::to_base64(crypto::sign("x", other))}}});
                        return Nothing{};
                    })
                    .ok());
    settle();
    EXPECT_NE(problems().find("Position 1: the rotation of the signing key"), std::string::npos);
}

TEST_P(LedgerTest, ARotationCutShortAnywhereIsFinishedByTheNext) {
    append(1);
    const auto keys = directory_ / "keys";
    const auto copy = [&](const fs::path& to) { fs::copy(keys, to, fs::copy_options::recursive); };
    const auto open = [&](const fs::path& at) { return LedgerKeys::open(at, "quang-tri.example/ledger", random_); };
    copy(directory_ / "before");
    ASSERT_TRUE(keys_->rotate(store(), random_, from_ms(now_ms_)).ok());
    settle();
    const auto new_line = keys_->verifier_line();

    // The new key was written and the event committed, but `active` was not moved.
    const auto cut = directory_ / "before";
    fs::copy_file(keys / "0002.key", cut / "0002.key");
    auto begun = open(cut);
    ASSERT_TRUE(begun.ok()) << begun.error().en;
    EXPECT_NE(begun->verifier_line(), new_line);
    EXPECT_EQ(verify_ledger(store(), *begun)->problems.size(), 0u);
    const auto size = events().size();
    ASSERT_TRUE(begun->rotate(store(), random_, from_ms(now_ms_)).ok());
    settle();
    EXPECT_EQ(begun->verifier_line(), new_line);
    EXPECT_EQ(events().size(), size) << "the event was there already";

    // `active` was moved, but the old secret not yet removed.
    std::ofstream(cut / "active") << "2\n";
    ASSERT_TRUE(open(cut).ok());
    EXPECT_FALSE(fs::exists(cut / "0001.key"));
}

TEST_P(LedgerTest, AVerifierMadeForAnotherLedgerIsRefused) {
    EXPECT_EQ(LedgerKeys::open(directory_ / "keys", "elsewhere.example", random_).error().code, "ledger.key_origin");
    EXPECT_EQ(LedgerKeys::open(directory_ / "new", "has space", random_).error().code, "ledger.origin");
    EXPECT_EQ(LedgerKeys::open(directory_ / "new", "", random_).error().code, "ledger.origin");
}

TEST_P(LedgerTest, KeyFilesThatOthersCanReadAreRefused) {
    const auto file = directory_ / "keys" / "0001.key";
    struct stat info {};
    ASSERT_EQ(::stat(file.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u);
    ASSERT_EQ(::chmod(file.c_str(), 0640), 0);
    const auto opened = LedgerKeys::open(directory_ / "keys", "quang-tri.example/ledger", random_);
    ASSERT_FALSE(opened.ok());
    EXPECT_EQ(opened.error().code, "ledger.key_mode");
}

TEST_P(LedgerTest, ADamagedOrLostKeyFileIsSaidAndNeverReplaced) {
    const auto keys = directory_ / "keys";
    const auto code = [&] {
        const auto opened = LedgerKeys::open(keys, "quang-tri.example/ledger", random_);
        return opened.ok() ? "opened" : opened.error().code;
    };
    fs::resize_file(keys / "0001.key", 40);
    EXPECT_EQ(code(), "ledger.key_damaged");
    fs::remove(keys / "0001.key");
    EXPECT_EQ(code(), "ledger.key_missing");
    EXPECT_FALSE(fs::exists(keys / "0001.key"));
}

}  // namespace
}  // namespace hl::store
