// A disk that fills up in the middle of traffic, at the client's gateway and at the provider's: whoever had an answer
// finds it in the log, everybody else was told, and it goes on when there is space again.
#include <fcntl.h>
#include <sys/mount.h>

#include <future>

#include "exchange/gateway/gateway_fixture.h"

namespace hl::exchange::test {

class FullDisk : public GatewayTest {
  protected:
    void TearDown() override {
        GatewayTest::TearDown();
        for (auto* side : {&one_, &two_}) {
            side->gateway.reset();
            side->log.reset();
        }
        if (mounted_) ::umount(disk_.c_str());
    }
    /// False: this program may not mount anything.
    bool give_a_small_disk(Side& side, const char* size = "512k") {
        std::filesystem::create_directory(disk_);
        if (::mount("tmpfs", disk_.c_str(), "tmpfs", 0, fmt::format("size={}", size).c_str()) != 0) return false;
        mounted_ = true;
        GatewayTest::TearDown();
        side.gateway.reset();
        side.log.reset();
        MessageLogOptions o;
        o.folder = disk_ / "log";
        o.master_key = std::string(32, 'l');
        o.min_free_bytes = 0;
        o.reserve_bytes = 0;  // what is reserved could still be written when the disk is full
        side.log = MessageLog::open(o, clock_, random_).value();
        open_all();
        return true;
    }
    [[nodiscard]] std::filesystem::path filler() const { return disk_ / "filler"; }
    void fill() {
        const int file = ::open(filler().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        EXPECT_EQ(::posix_fallocate(file, 0, static_cast<off_t>(std::filesystem::space(disk_).available)), 0);
        EXPECT_EQ(std::filesystem::space(disk_).available, 0u);
        ::close(file);
    }
    /// A service that answers when the record of its question was lost, and there is space again.
    InformationSystem::Answer lost(Side& side, InformationSystem::Said said) {
        return [this, &side, said = std::move(said)](const auto&) {
            for (int i = 0; i < 1000 && side.log->health().writable; ++i)
                std::this_thread::sleep_for(std::chrono::milliseconds{5});
            EXPECT_FALSE(side.log->health().writable);
            std::filesystem::remove(filler());
            return said;
        };
    }
    /// Many at once, until the disk is full and for a while after; gives the ids of those that were answered.
    std::vector<std::string> talk(std::string_view refusal) {
        std::vector<std::future<std::vector<std::string>>> talkers;
        std::atomic<int> refused = 0;
        for (int t = 0; t < 4; ++t)
            talkers.push_back(std::async(std::launch::async, [this, t, refusal, &refused] {
                std::vector<std::string> answered;
                for (int i = 0; i < 60; ++i) {
                    const auto id = fmt::format("day-{}-{}", t, i);
                    const auto response = ask("POST", rest_path, {{"X-Road-Id", id}}, std::string(3000, 'x'));
                    if (response.status == 200) {
                        answered.push_back(id);
                    } else {
                        EXPECT_EQ(fault(response), refusal) << response.body;
                        ++refused;
                    }
                }
                return answered;
            }));
        std::vector<std::string> all;
        for (auto& talker : talkers)
            for (auto& id : talker.get()) all.push_back(std::move(id));
        EXPECT_GT(all.size(), 10u);
        EXPECT_GT(refused, 10);
        return all;
    }
    /// Each of them with its request and its answer.
    static void expect_logged(const MessageLog& log, const std::vector<std::string>& ids) {
        std::map<std::string, int> found;
        for (const auto& e : entries(log)) ++found[e.message_id];
        for (const auto& id : ids) EXPECT_EQ(found[id], 2) << id;
    }
    void grow() const { ASSERT_EQ(::mount("tmpfs", disk_.c_str(), "tmpfs", MS_REMOUNT, "size=16m"), 0); }
    const std::filesystem::path disk_ = folder_ / "disk";
    bool mounted_ = false;
};

TEST_F(FullDisk, OfTheClientsGatewayAnswersNothingThatIsNotLogged) {
    if (!give_a_small_disk(one_)) GTEST_SKIP() << "no right to mount a small disk here";
    const auto answered = talk("server.clientproxy.logging_failed");
    expect_logged(*one_.log, answered);
    expect_logged(*two_.log, answered);
    grow();
    EXPECT_EQ(ask("GET", rest_path).status, 200);
    const auto verified = verify_log(disk_ / "log", {});
    ASSERT_TRUE(verified.ok());
    EXPECT_TRUE(verified->problems.empty());
}

TEST_F(FullDisk, OfTheProvidersGatewayAnswersNothingThatIsNotLogged) {
    if (!give_a_small_disk(two_)) GTEST_SKIP() << "no right to mount a small disk here";
    const auto answered = talk("server.serverproxy.logging_failed");
    expect_logged(*one_.log, answered);
    expect_logged(*two_.log, answered);
    grow();
    EXPECT_EQ(ask("GET", rest_path).status, 200);
}

// A service is asked for what changes nothing while the request's record is being written. Here the disk fills up
// between two requests, and there is space again before the answer's own record is written.
TEST_F(FullDisk, AQuestionWhoseRecordIsLostIsNotAnswered) {
    if (!give_a_small_disk(two_, "100m")) GTEST_SKIP() << "no right to mount a small disk here";
    ASSERT_EQ(ask("GET", rest_path).status, 200);
    fill();
    system_.answer_with(lost(two_, {answer(200, "ok"), false}));
    EXPECT_EQ(fault(ask("GET", rest_path)), "server.serverproxy.logging_failed");
    EXPECT_EQ(system_.asked().size(), 2u);
    system_.answer_with([](const auto&) { return InformationSystem::Said{answer(200, "ok"), false}; });
    ASSERT_EQ(ask("GET", rest_path).status, 200);
    // The service's failure is an answer too.
    fill();
    system_.answer_with(lost(two_, {"", true}));
    EXPECT_EQ(fault(ask("GET", rest_path)), "server.serverproxy.logging_failed");
    // What changes something waits for its record.
    system_.answer_with([](const auto&) { return InformationSystem::Said{answer(200, "ok"), false}; });
    ASSERT_EQ(ask("GET", rest_path).status, 200);
    const auto asked = system_.asked().size();
    fill();
    EXPECT_EQ(fault(ask("POST", rest_path, {}, "x")), "server.serverproxy.logging_failed");
    EXPECT_EQ(system_.asked().size(), asked);
    std::filesystem::remove(filler());
    EXPECT_EQ(ask("POST", rest_path, {}, "x").status, 200);
    const auto verified = verify_log(disk_ / "log", {});
    ASSERT_TRUE(verified.ok());
    EXPECT_TRUE(verified->problems.empty());
}

// The client's gateway sends while its record is being written, and the answer waits for both: also a small one, one
// that is streamed, and a fault.
TEST_F(FullDisk, WhatTheClientsGatewayCouldNotWriteDownIsNotAnsweredEither) {
    if (!give_a_small_disk(one_, "100m")) GTEST_SKIP() << "no right to mount a small disk here";
    const std::vector<InformationSystem::Said> all{
        {answer(200, "ok"), false}, {answer(200, std::string(300'000, 'x')), false}, {"", true}};
    for (const auto& said : all) {
        for (const std::string method : {"GET", "POST"}) {
            system_.answer_with([](const auto&) { return InformationSystem::Said{answer(200, "ok"), false}; });
            ASSERT_EQ(ask("GET", rest_path).status, 200);
            const auto asked = system_.asked().size();
            fill();
            system_.answer_with(lost(one_, said));
            EXPECT_EQ(fault(ask(method, rest_path)), "server.clientproxy.logging_failed");
            EXPECT_GT(system_.asked().size(), asked) << "it was sent";
        }
    }
    const auto verified = verify_log(disk_ / "log", {});
    ASSERT_TRUE(verified.ok());
    EXPECT_TRUE(verified->problems.empty());
}

}  // namespace hl::exchange::test
