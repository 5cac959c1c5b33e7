// A SoftHSM with a token store of its own, as long as the object lives. Keys are imported, so that tests know them.
#pragma once
#include <cstdlib>

#include "exchange/trust/authority_fixture.h"

namespace hl::exchange::test {

class SoftToken {
  public:
    static constexpr const char* module = "/usr/lib/softhsm/libsofthsm2.so";

    SoftToken() {
        std::filesystem::create_directory(store());
        const auto settings = folder_ / "softhsm2.conf";
        (void)write_file(settings, "directories.tokendir = " + store().string() +
                                       "\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n");
        ::setenv("SOFTHSM2_CONF", settings.c_str(), 1);
    }
    ~SoftToken() { ::unsetenv("SOFTHSM2_CONF"); }

    [[nodiscard]] std::filesystem::path store() const { return folder_ / "tokens"; }
    void make(const std::string& label, const std::string& pin = "1234") {
        expect(run("softhsm2-util --init-token --free --so-pin 5678 --label '" + label + "' --pin " + pin));
    }
    /// `how`: "RSA -pkeyopt rsa_keygen_bits:2048" or "EC -pkeyopt ec_paramgen_curve:P-256".
    void add_key(const std::string& token, const std::string& label, const std::string& id, const std::string& how) {
        const auto file = (folder_ / "key.pem").string();
        expect(run("openssl genpkey -algorithm " + how + " -out " + file + " && softhsm2-util --import " + file +
                   " --token '" + token + "' --label " + label + " --id " + id + " --pin 1234"));
    }
    void pull() { std::filesystem::rename(store(), folder_ / "pulled"); }
    void put_back() { std::filesystem::rename(folder_ / "pulled", store()); }
    [[nodiscard]] const hl::test::TempDir& folder() const { return folder_; }

    static constexpr const char* rsa = "RSA -pkeyopt rsa_keygen_bits:2048";
    static constexpr const char* p256 = "EC -pkeyopt ec_paramgen_curve:P-256";

  private:
    static void expect(const Ran& ran) {
        if (ran.status != 0) throw std::runtime_error(ran.output);
    }
    hl::test::TempDir folder_;
};

}  // namespace hl::exchange::test
