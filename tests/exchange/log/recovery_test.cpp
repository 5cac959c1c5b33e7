// What the log promises when something goes wrong: a crash at any byte, damage, a disk that is full.
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <csignal>

#include "exchange/log/frame.h"
#include "exchange/log/records.h"
#include "log_fixture.h"

namespace hl::exchange {
namespace {

using namespace fixture;
namespace fs = std::filesystem;

class Recovery : public LogTest {
  protected:
    /// Bytes of the only segment; the log is closed.
    std::string closed_bytes() {
        log.reset();
        return *read_file(segment_files().at(0));
    }
    void put(std::string_view bytes) { ASSERT_TRUE(ok(write_file(segment_files().at(0), bytes))); }
    /// The segment as it stood when the log was still open: without the mark of an orderly end.
    std::string crashed_bytes() {
        auto bytes = *read_file(segment_files().at(0));
        log.reset();
        bytes.resize(static_cast<size_t>(ends(bytes).back()));  // without the room reserved behind them
        return bytes;
    }
    std::vector<int64_t> ends(const std::string& bytes) {
        std::vector<int64_t> out;
        journal::FrameReader reader(
            [&](int64_t at, size_t n) { return std::optional{bytes.substr(static_cast<size_t>(at), n)}; },
            static_cast<int64_t>(bytes.size()), journal::segment_head_size, 0, {});
        journal::Frame frame;
        while (reader.next(frame) == journal::FrameReader::State::frame) out.push_back(frame.end);
        return out;
    }
};

TEST_F(Recovery, ATornTailIsCutOffAtEveryByteAndWhatIsWholeStays) {
    open();
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(ok(append(entry(i))));
    const auto bytes = crashed_bytes();
    const auto frames = ends(bytes);
    const auto last = frames[frames.size() - 2];
    for (int64_t size = last; size < static_cast<int64_t>(bytes.size()); size += 29) {
        put(bytes.substr(0, static_cast<size_t>(size)));
        open();
        EXPECT_EQ(log->size(), static_cast<RecordNumber>(frames.size()) - 1);
        const auto next = append(entry(9));
        ASSERT_TRUE(ok(next));
        EXPECT_EQ(log->entry(*next)->message_id, "id-9");
        log.reset();
        const auto verified = verify_log(folder.path(), {});
        ASSERT_TRUE(ok(verified));
        EXPECT_TRUE(verified->problems.empty()) << verified->problems[0];
    }
}

TEST_F(Recovery, ATailOfZerosIsCutOff) {
    open();
    ASSERT_TRUE(ok(append(entry(1))));
    const auto bytes = crashed_bytes();
    put(bytes + std::string(5000, '\0'));
    const auto verified = verify_log(folder.path(), {});
    ASSERT_TRUE(ok(verified));
    EXPECT_TRUE(verified->problems.empty());
    EXPECT_EQ(verified->unfinished, 0) << "room that was reserved is no record";
    open();
    EXPECT_EQ(read_file(segment_files()[0])->size(), bytes.size());
    EXPECT_EQ(log->entry(1)->message_id, "id-1");
    ASSERT_TRUE(ok(append(entry(2))));
    log.reset();
    EXPECT_TRUE(verify_log(folder.path(), {})->problems.empty());
}

TEST_F(Recovery, RoomIsReservedWhileTheLogIsOpenAndGivenBackWhenASegmentIsClosed) {
    auto o = options();
    o.segment_bytes = 300'000;
    const auto start_with = [&] {
        auto opened = MessageLog::open(o, clock, random);
        ASSERT_TRUE(ok(opened));
        log = std::move(*opened);
    };
    start_with();
    int n = 0;
    for (; segment_files().size() < 3; ++n) ASSERT_TRUE(ok(append(entry(n, signature(std::to_string(n))))));
    auto last = *read_file(segment_files()[2]);
    EXPECT_GE(last.size(), 300'000U) << "reserved as far as the segment goes";
    const auto sizes_are_their_records = [&] {
        RecordNumber next = 0;
        for (const auto& path : segment_files()) {
            const auto bytes = *read_file(path);
            const auto head = journal::segment_head_of(std::string_view{bytes}.substr(0, journal::segment_head_size));
            ASSERT_TRUE(head);
            EXPECT_EQ(head->first, next);
            journal::FrameReader reader(
                [&](int64_t at, size_t size) { return std::optional{bytes.substr(static_cast<size_t>(at), size)}; },
                static_cast<int64_t>(bytes.size()), journal::segment_head_size, head->first, head->before);
            journal::Frame frame;
            while (reader.next(frame) == journal::FrameReader::State::frame) next = frame.head.number + 1;
            EXPECT_EQ(reader.offset(), static_cast<int64_t>(bytes.size())) << path;
        }
        EXPECT_GE(next, n);
    };
    log.reset();
    sizes_are_their_records();
    // As after a crash: the last segment still has the room behind its records.
    auto crashed = *read_file(segment_files()[2]);
    ASSERT_TRUE(ok(write_file(segment_files()[2], crashed + std::string(100'000, '\0'))));
    start_with();
    for (const auto until = n + 20; n < until; ++n) ASSERT_TRUE(ok(append(entry(n, signature(std::to_string(n))))));
    log.reset();
    sizes_are_their_records();
    EXPECT_TRUE(verify_log(folder.path(), {})->problems.empty());
}

// Room that was reserved reads as zeros, as a page does that a disk lost: what a later record says was there is missed.
TEST_F(Recovery, ZerosWhereARecordWasAcknowledgedAreDamage) {
    open();
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(ok(append(entry(i))));
    auto bytes = crashed_bytes();
    const auto frames = ends(bytes);
    std::fill(bytes.begin() + frames[1], bytes.begin() + frames[2], '\0');
    put(bytes + std::string(5000, '\0'));
    EXPECT_EQ(code_of(MessageLog::open(options(), clock, random)), "exchange.log_damaged");
}

TEST_F(Recovery, AnAcknowledgedRecordIsNeverCutOffButNamedAsDamage) {
    open();
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(ok(append(entry(i))));
    const auto bytes = crashed_bytes();
    const auto frames = ends(bytes);
    // Every record but the last was acknowledged before the last was written.
    for (size_t i = 0; i + 1 < frames.size(); ++i) {
        for (const int64_t back : {int64_t{1}, int64_t{70}}) {
            auto bad = bytes;
            bad[static_cast<size_t>(frames[i] - back)] =
                static_cast<char>(bad[static_cast<size_t>(frames[i] - back)] ^ 1);
            put(bad);
            const auto opened = MessageLog::open(options(), clock, random);
            ASSERT_EQ(code_of(opened), "exchange.log_damaged");
            EXPECT_NE(opened.error().at.find(fmt::format("record {}", i)), std::string::npos) << opened.error().at;
            EXPECT_EQ(*read_file(segment_files()[0]), bad) << "evidence is left as it is";
        }
    }
}

TEST_F(Recovery, AfterAnOrderlyEndTheLastRecordIsSafeToo) {
    open();
    ASSERT_TRUE(ok(append(entry(1))));
    auto bytes = closed_bytes();
    const auto frames = ends(bytes);
    ASSERT_EQ(frames.size(), 3U) << "batch, message, mark";
    bytes[static_cast<size_t>(frames[1] - 5)] ^= 1;
    put(bytes);
    EXPECT_EQ(code_of(MessageLog::open(options(), clock, random)), "exchange.log_damaged");
}

TEST_F(Recovery, ASegmentBegunAndNeverWrittenToIsTakenAway) {
    open();
    ASSERT_TRUE(ok(append(entry(1))));
    log.reset();
    ASSERT_TRUE(ok(write_file(folder / "0000000000000003.hlog", "HLX")));
    open();
    EXPECT_EQ(log->size(), 3);
    EXPECT_TRUE(ok(append(entry(2))));
}

TEST_F(Recovery, ASegmentThatIsMissingIsNamed) {
    open();
    ASSERT_TRUE(ok(append(entry(1))));
    log.reset();
    fs::rename(folder / "0000000000000000.hlog", folder / "aside");
    open();
    ASSERT_TRUE(ok(append(entry(1))));
    log.reset();
    fs::rename(folder / "0000000000000000.hlog", folder / "0000000000000007.hlog");
    fs::rename(folder / "aside", folder / "0000000000000000.hlog");
    EXPECT_EQ(code_of(MessageLog::open(options(), clock, random)), "exchange.log_damaged");
}

TEST_F(Recovery, AChangedRecordIsNamedByTheVerification) {
    open();
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(ok(append(entry(i))));
    auto bytes = closed_bytes();
    const auto frames = ends(bytes);
    int64_t done = 0, total = 0;
    auto verified = verify_log(folder.path(), [&](int64_t d, int64_t t) {
        EXPECT_GE(d, done);
        done = d;
        total = t;
    });
    ASSERT_TRUE(ok(verified));
    EXPECT_TRUE(verified->problems.empty());
    EXPECT_EQ(verified->messages, 5);
    EXPECT_EQ(verified->records, 7);
    EXPECT_EQ(verified->head.size(), 64U);
    EXPECT_EQ(done, total);
    EXPECT_EQ(total, static_cast<int64_t>(bytes.size()));
    bytes[static_cast<size_t>(frames[2] + 100)] ^= 4;
    put(bytes);
    verified = verify_log(folder.path(), {});
    ASSERT_TRUE(ok(verified));
    ASSERT_EQ(verified->problems.size(), 1U);
    EXPECT_NE(verified->problems[0].find("record 3"), std::string::npos) << verified->problems[0];
}

TEST_F(Recovery, ARecordDamagedWhileTheLogIsOpenIsNotGivenAsRight) {
    open();
    ASSERT_TRUE(ok(append(entry(1))));
    const auto path = segment_files()[0];
    auto bytes = *read_file(path);
    bytes[static_cast<size_t>(ends(bytes).back() - 3)] ^= 1;
    put(bytes);
    EXPECT_EQ(code_of(log->entry(1)), "exchange.log_damaged");
}

TEST_F(Recovery, AnErasureThatACrashInterruptedIsFinishedAtTheStart) {
    open();
    const auto number = append(entry(1));
    ASSERT_TRUE(ok(number));
    const auto keys = folder / "keys/0000000001.keys";
    const auto old_keys = *read_file(keys);
    ASSERT_TRUE(ok(log->erase(*number, true, "thử", "an")));
    log.reset();
    EXPECT_FALSE(fs::exists(folder / "erasing"));
    // As after a crash before the keys were destroyed: the intent is there, and the old keys.
    journal::ErasureRecord record{*number, 0, true, "thử", "an", {{1, 0}}};
    ASSERT_TRUE(ok(write_file(folder / "erasing", journal::encode(record))));
    ASSERT_TRUE(ok(write_file(keys, old_keys)));
    open();
    EXPECT_TRUE(log->entry(*number)->message_erased);
    EXPECT_FALSE(fs::exists(folder / "erasing"));
}

/// A limit on the size of files gives EFBIG in the middle of a write.
TEST_F(Recovery, AFullDiskAcknowledgesNothingAndTheLogGoesOnByItself) {
    open();
    struct sigaction before {};
    struct sigaction ignore {};
    ignore.sa_handler = SIG_IGN;
    ::sigaction(SIGXFSZ, &ignore, &before);
    rlimit old{};
    ::getrlimit(RLIMIT_FSIZE, &old);
    std::vector<RecordNumber> there;
    ASSERT_TRUE(ok(append(entry(0))));
    there.push_back(1);
    const auto size = static_cast<rlim_t>(ends(*read_file(segment_files()[0])).back());
    rlimit tight{size + 2000, old.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &tight);
    int refused = 0;
    for (int i = 1; i < 12; ++i) {
        const auto n = append(entry(i));
        if (n.ok()) {
            there.push_back(*n);
        } else {
            EXPECT_EQ(n.error().code, "exchange.log_full");
            ++refused;
        }
    }
    EXPECT_GT(refused, 0);
    EXPECT_FALSE(log->health().writable);
    // A body in pieces of which one could not be written is refused with its message, whenever that comes.
    auto writer = log->open_body();
    (void)writer.write(std::string(400'000, 'x'));
    const auto handle = writer.finish();
    (void)append(entry(99));
    ::setrlimit(RLIMIT_FSIZE, &old);
    ::sigaction(SIGXFSZ, &before, nullptr);
    auto with_body = entry(50);
    with_body.bodies.push_back({Digest512{}, 400'000, handle});
    EXPECT_EQ(code_of(append(std::move(with_body))), "exchange.log_full");
    const auto after = append(entry(100));
    ASSERT_TRUE(ok(after));
    there.push_back(*after);
    EXPECT_TRUE(log->health().writable);
    for (int round = 0; round < 2; ++round) {
        RecordNumber messages = 0;
        for (RecordNumber n = 0; n < log->size(); ++n) messages += log->entry(n).ok();
        EXPECT_EQ(messages, static_cast<RecordNumber>(there.size())) << "nothing more, nothing less";
        for (const auto n : there) EXPECT_TRUE(ok(log->entry(n)));
        open();
    }
    EXPECT_TRUE(verify_log(folder.path(), {})->problems.empty());
}

TEST_F(Recovery, ARealFullDiskIsOutlived) {
    const auto disk = folder / "disk";
    fs::create_directory(disk);
    if (::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=256k") != 0)
        GTEST_SKIP() << "no right to mount a small disk here";
    auto o = options();
    o.folder = disk / "log";
    auto opened = MessageLog::open(o, clock, random);
    ASSERT_TRUE(ok(opened));
    log = std::move(*opened);
    int there = 0, refused = 0;
    for (int i = 0; i < 120; ++i) {
        auto e = entry(i);
        e.bodies.push_back({Digest512{}, 3000, log->whole_body(std::string(3000, 'x'))});
        const auto n = append(std::move(e));
        ++(n.ok() ? there : refused);
        if (!n.ok()) {
            EXPECT_EQ(n.error().code, "exchange.log_full");
        }
    }
    EXPECT_GT(there, 10);
    EXPECT_GT(refused, 10);
    ASSERT_EQ(::mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=4m"), 0);
    EXPECT_TRUE(ok(append(entry(1000))));
    log.reset();
    const auto verified = verify_log(o.folder, {});
    EXPECT_TRUE(ok(verified));
    EXPECT_EQ(verified->messages, there + 1);
    EXPECT_TRUE(verified->problems.empty());
    ::umount(disk.c_str());
}

TEST_F(Recovery, WhatAKilledProgramAcknowledgedIsThere) {
    for (const int kill_after : {1, 40, 90}) {
        int pipe[2];
        ASSERT_EQ(::pipe(pipe), 0);
        const auto child = ::fork();
        ASSERT_GE(child, 0);
        if (child == 0) {
            auto o = options();
            o.segment_bytes = 30'000;
            auto opened = MessageLog::open(o, clock, random);
            for (int i = 0; opened.ok(); ++i)
                (*opened)->append(entry(i, signature(std::to_string(i / 4))), [&](const Result<RecordNumber>& n) {
                    const auto number = n.ok() ? *n : -1;
                    if (::write(pipe[1], &number, sizeof number) != sizeof number) ::_exit(1);
                });
            ::_exit(1);
        }
        ::close(pipe[1]);
        std::vector<RecordNumber> acknowledged;
        RecordNumber number = 0;
        while (::read(pipe[0], &number, sizeof number) == sizeof number) {
            acknowledged.push_back(number);
            if (acknowledged.size() == static_cast<size_t>(kill_after)) ::kill(child, SIGKILL);
        }
        ::close(pipe[0]);
        ::waitpid(child, nullptr, 0);
        ASSERT_GE(acknowledged.size(), static_cast<size_t>(kill_after));
        open();
        for (size_t i = 0; i < acknowledged.size(); i += 1 + acknowledged.size() / 50)
            EXPECT_TRUE(ok(log->entry(acknowledged[i]))) << acknowledged[i];
        EXPECT_TRUE(ok(log->entry(acknowledged.back())));
        EXPECT_TRUE(ok(append(entry(1))));
        log.reset();
        EXPECT_TRUE(verify_log(folder.path(), {})->problems.empty());
    }
}

class Reserve : public LogTest {
    [[nodiscard]] MessageLogOptions options() const override {
        auto o = LogTest::options();
        o.min_free_bytes = int64_t{1} << 60;
        return o;
    }
};

TEST_F(Reserve, SpaceKeptFreeIsNotTouched) {
    open();
    EXPECT_EQ(code_of(append(entry(1))), "exchange.log_full");
    EXPECT_EQ(log->size(), 0);
    EXPECT_FALSE(log->health().writable);
    EXPECT_NE(log->health().problem, "");
}

}  // namespace
}  // namespace hl::exchange
