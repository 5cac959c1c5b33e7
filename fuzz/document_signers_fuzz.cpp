// What comes from outside about signers: lists of revoked certificates, certificates, rules over their subjects.
#include <cstddef>
#include <cstdint>

#include "documents/revocation.h"
#include "documents/standing.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace hl::documents;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    auto list = read_revocation_list(bytes, {});
    const auto certificate = read_certificate(bytes, {});
    if (list.ok() && list->der.empty()) __builtin_trap();  // what was read can be written
    if (certificate.ok()) {
        std::vector<RevocationList> all;
        if (list.ok()) all.push_back(*std::move(list));
        // Nobody is good by the word of nobody.
        const auto said = RevocationLists(std::move(all)).judge(*certificate, {}, hl::Instant{});
        if (said.state == Revocation::State::good) __builtin_trap();
    }
    if (const auto rule = read_name_rule(bytes); rule.ok()) {
        const auto again = read_name_rule(write_name_rule(*rule));
        if (!again.ok() || *again != *rule) __builtin_trap();
    }
    (void)read_reasons(bytes);
    return 0;
}
