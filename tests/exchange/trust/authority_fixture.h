// A development authority in a folder of its own, a clock set by hand, and OpenSSL's command line beside them.
#pragma once
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <string>

#include "base/crypto.h"
#include "base/files.h"
#include "exchange/trust/authority.h"
#include "exchange/trust/certificate_chain.h"
#include "support/temp_dir.h"

namespace hl::exchange::test {

struct Ran {
    int status = -1;
    std::string output;
};
/// Runs a shell command to its end; standard error goes with standard output.
inline Ran run(const std::string& command) {
    Ran out;
    FILE* pipe = ::popen(("(" + command + ") 2>&1").c_str(), "r");
    if (!pipe) return out;
    std::array<char, 4096> buffer{};
    while (const size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe)) out.output.append(buffer.data(), n);
    out.status = ::pclose(pipe);
    return out;
}

inline const std::string master_key(32, 'm');

class AuthorityTest : public ::testing::Test {
  protected:
    AuthorityTest() {
        crypto::init();
        reopen();
    }
    void reopen() {
        authority_.reset();
        auto opened = DevelopmentAuthority::open(folder_ / "ca", master_key, "Quảng Trị thử nghiệm", clock_, random_);
        if (!opened.ok()) throw std::runtime_error(opened.error().en);
        authority_ = std::move(opened).value();
    }
    [[nodiscard]] static KeyPtr new_key(KeyKind kind = KeyKind::p256) { return make_key(kind).value(); }
    [[nodiscard]] Certificate issued(const PrivateKey& key, KeyUse use = KeyUse::signing,
                                     std::chrono::days valid = std::chrono::days{365}) {
        const auto request =
            certificate_request(key, {.organisation = "Sở Tư pháp", .common_name = "Sở Tư pháp tỉnh Quảng Trị"});
        return authority_->issue(request.value(), use, valid).value();
    }
    std::string file(const std::string& name, std::string_view bytes) {
        const auto path = folder_ / name;
        EXPECT_TRUE(write_file(path, bytes).ok());
        return path.string();
    }
    /// What `openssl ...` says in the test's folder.
    Ran openssl(const std::string& arguments) {
        return run("cd " + folder_.path().string() + " && openssl " + arguments);
    }
    [[nodiscard]] std::string seconds() const { return std::to_string(to_ms(clock_.now()) / 1000); }

    hl::test::TempDir folder_;
    ManualClock clock_{parse_rfc3339("2026-11-28T02:00:00.250Z").value()};
    SystemRandom random_;
    std::unique_ptr<DevelopmentAuthority> authority_;
};

}  // namespace hl::exchange::test
