// What trust services and strangers send: certificates, OCSP questions and answers, time-stamp requests and answers,
// PKCS#10 requests, addresses of tokens, one kind an input by its first byte. Nothing that was changed is believed,
// every question gets an answer that can be read, and what was refused leaves nothing behind.
#include <cstdlib>
#include <filesystem>

#include "base/crypto.h"
#include "base/files.h"
#include "exchange/trust/authority.h"
#include "exchange/trust/certificate_chain.h"
#include "exchange/trust/token_uri.h"

using namespace hl;
using namespace hl::exchange;

namespace {

void demand(bool truth) {
    if (!truth) std::abort();
}

struct World {
    ScratchFolder folder = std::move(ScratchFolder::make("trust-fuzz")).value();
    ManualClock clock{from_ms(1'795'000'000'000)};
    SeededRandom random{1};
    std::unique_ptr<DevelopmentAuthority> authority;
    std::optional<Certificate> subject;
    const Digest512 imprint = sha512("imprint");

    World() {
        crypto::init();
        authority =
            DevelopmentAuthority::open(folder.path() / "ca", std::string(32, 'k'), "Fuzz", clock, random).value();
        const auto key = make_key(KeyKind::p256).value();
        subject = authority
                      ->issue(certificate_request(*key, {.common_name = "subject"}).value(), KeyUse::signing,
                              std::chrono::days{30})
                      .value();
    }
};

void answers(World& world, std::string_view bytes) {
    const auto root = world.authority->root();
    const auto now = world.clock.now();
    if (const auto ocsp = check_ocsp(bytes, *world.subject, root, std::chrono::hours{1}, now, {root.der()}); ocsp.ok())
        demand(ocsp->this_update <= now + std::chrono::minutes{5} && ocsp->this_update + std::chrono::hours{1} >= now);
    // No input can know this run's keys: a stamp that is believed would be a forged one.
    demand(!check_time_stamp(bytes, world.imprint, {root.der()}).ok());
    if (const auto token = token_of_response(bytes); token.ok())
        demand(!check_time_stamp(*token, world.imprint, {root.der()}).ok());
}

void questions(World& world, std::string_view bytes) {
    demand(!world.authority->answer_ocsp(bytes).empty());
    const auto stamp = world.authority->answer_time_stamp(bytes);
    demand(stamp.ok());
    (void)token_of_response(*stamp, bytes);
}

void certificates(World& world, std::string_view bytes) {
    if (const auto one = Certificate::from_der(bytes); one.ok()) {
        demand(Certificate::from_pem(one->pem()).value().der() == one->der());
        (void)ocsp_url_of(*one);
        (void)check_use(*one, CertificateUse::signing);
        demand(
            !check_certificate(*one, {}, {world.authority->root().der()}, world.clock.now(), CertificateUse::any).ok());
        (void)make_ocsp_request(*one, world.authority->root());
    }
    (void)read_certificates(bytes);
    (void)import_authority(bytes, world.clock.now());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    static World world;
    if (size == 0) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 5) {
        case 0:
            answers(world, bytes);
            break;
        case 1:
            questions(world, bytes);
            break;
        case 2:
            certificates(world, bytes);
            break;
        case 3:
            (void)world.authority->issue(bytes, KeyUse::signing, std::chrono::days{0});
            break;
        default:
            (void)parse_token_uri(bytes);
            break;
    }
    return 0;
}
