// The exchange's signed configuration and a gateway's join code from outside. What is read can be written and is read
// back the same; a document that nobody signed is never read; decisions on whatever was read do not fall over.
#include <cstdlib>

#include "base/crypto.h"
#include "exchange/registry/certificate_request.h"
#include "exchange/registry/configuration.h"
#include "exchange/registry/join_code.h"

using namespace hl;
using namespace hl::exchange;

namespace {

void demand(bool truth) {
    if (!truth) std::abort();
}

const crypto::SigningKey& key() {
    static const crypto::SigningKey made = [] {
        crypto::init();
        SeededRandom random{1};
        return crypto::make_signing_key(random);
    }();
    return made;
}

void decide_everything(const Configuration& configuration, std::string_view path) {
    const Knowledge knowledge(configuration);
    const auto& c = knowledge.configuration();
    for (const auto& member : c.members)
        for (const auto& service : c.services) {
            const auto decision = knowledge.decide(member.id, service.id, "GET", path, c.issued, true);
            demand(decision.allowed == (decision.by.has_value() && service.enabled));
            demand(decision.allowed || !decision.fault.empty());
            demand(decision.allowed == knowledge.decide(member.id, service.id, "GET", path, c.issued).allowed);
            (void)knowledge.providers(service.id);
        }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    (void)key();
    demand(!read_configuration(all, key().public_key).ok());
    if (auto read = configuration_from_json(all); read.ok()) {
        const auto again = read_configuration(sign_configuration(*read, key()), key().public_key);
        demand(again.ok() && *again == *read);
        if (read->members.size() * read->services.size() < 100) decide_everything(*read, "/a/b");
    }
    if (const auto code = join_code_from_text(all); code.ok()) demand(*join_code_from_text(to_text(*code)) == *code);
    (void)read_certificate_request(all);
    return 0;
}
