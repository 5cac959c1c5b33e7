// A log in a folder of its own, and entries to put into it.
#pragma once
#include <gtest/gtest.h>

#include <fcntl.h>

#include <future>
#include <iostream>
#include <thread>

#include "base/crypto.h"
#include "base/files.h"
#include "exchange/log/message_log.h"
#include "support/temp_dir.h"
#include "support/test_store.h"

namespace hl::exchange::fixture {

using test::code_of;
using test::ok;

inline ClientId client(std::string subsystem = "DKKD") {
    return {"QUANGTRI", "GOV", "H50.12", std::move(subsystem)};
}
inline ServiceId service(std::string code = "tra-cuu") {
    return {{"QUANGTRI", "GOV", "H50.01", "DANCU"}, std::move(code), ""};
}

inline MessageSignature signature(const std::string& text, bool batch = true) {
    MessageSignature s;
    s.xml = std::make_shared<const std::string>("<signatures>" + text + std::string(6000, 's') + "</signatures>");
    if (batch) {
        s.chain_result = std::make_shared<const std::string>("<result>" + text + "</result>");
        s.chain = "<chain>" + text + "</chain>";
    }
    return s;
}

inline LogEntry entry(int n, MessageSignature by = signature("one")) {
    LogEntry e;
    e.at = from_ms(test::start_ms + n);
    e.message_id = fmt::format("id-{}", n);
    e.request_id = fmt::format("request-{}", n / 2);
    e.client = client();
    e.service = service();
    e.user_id = "VN045188000123";
    e.issue = "H50.12-261123-0001";
    e.message = fmt::format("GET\r\n/cong-dan/{}\r\n", n);
    e.signature = std::move(by);
    e.signer_sha256 = std::string(64, 'a');
    e.status = n % 2 ? 200 : 0;
    e.direction = n % 2 ? Direction::response : Direction::request;
    return e;
}

class LogTest : public testing::Test {
  protected:
    void SetUp() override { crypto::init(); }
    [[nodiscard]] virtual MessageLogOptions options() const {
        MessageLogOptions o;
        o.folder = folder.path();
        o.master_key = std::string(32, 'k');
        o.min_free_bytes = 0;
        return o;
    }
    void open() {
        log.reset();
        auto opened = MessageLog::open(options(), clock, random);
        ASSERT_TRUE(ok(opened));
        log = std::move(*opened);
    }
    [[nodiscard]] std::future<Result<RecordNumber>> start(LogEntry e) {
        auto promise = std::make_shared<std::promise<Result<RecordNumber>>>();
        log->append(std::move(e), [promise](Result<RecordNumber> r) { promise->set_value(std::move(r)); });
        return promise->get_future();
    }
    [[nodiscard]] Result<RecordNumber> append(LogEntry e) { return start(std::move(e)).get(); }
    /// All at once: one flush, or one a segment.
    [[nodiscard]] std::vector<RecordNumber> append_all(std::vector<LogEntry> entries) {
        std::vector<std::future<Result<RecordNumber>>> answers;
        std::vector<RecordNumber> out;
        for (auto& e : entries) answers.push_back(start(std::move(e)));
        for (auto& a : answers) {
            auto n = a.get();
            EXPECT_TRUE(ok(n));
            out.push_back(n.ok() ? *n : -1);
        }
        return out;
    }
    [[nodiscard]] Result<RecordNumber> stamp(std::vector<RecordNumber> records, std::string token) {
        std::promise<Result<RecordNumber>> promise;
        std::vector<std::string> chains;
        for (const auto n : records) chains.push_back(fmt::format("chain of {}", n));
        log->append_stamp(std::move(records), "result", std::move(chains), std::move(token),
                          [&](Result<RecordNumber> r) { promise.set_value(std::move(r)); });
        return promise.get_future().get();
    }
    [[nodiscard]] Result<std::string> body_text(const LogEntry::Body& body) const {
        std::string all;
        TRY_VOID(log->read_body(body, [&](std::string_view piece) -> Result<void> {
            all += piece;
            return {};
        }));
        return all;
    }
    [[nodiscard]] std::vector<std::filesystem::path> segment_files() const {
        std::vector<std::filesystem::path> out;
        for (const auto& file : std::filesystem::directory_iterator(folder.path()))
            if (file.path().extension() == ".hlog") out.push_back(file.path());
        std::sort(out.begin(), out.end());
        return out;
    }

    test::TempDir folder;
    ManualClock clock{from_ms(test::start_ms)};
    test::SharedRandom random;
    std::unique_ptr<MessageLog> log;
};

}  // namespace hl::exchange::fixture
