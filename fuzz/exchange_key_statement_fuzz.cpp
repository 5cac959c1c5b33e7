// How one key that signs configurations follows another, from outside: statements, chains of them, a gateway's file of
// its pinned key. What is read is what was signed, to the byte; nothing that nobody signed is read; whatever chain is
// offered, no way leads from a believed key to one that its statements do not name.
//
// In content that is signed here, @0 and @1 stand for the two keys and @i for the fingerprint of the second.
#include <cstdlib>

#include "exchange/registry/pinned_key.h"

using namespace hl;
using namespace hl::exchange;

namespace {

void demand(bool truth) {
    if (!truth) std::abort();
}

const crypto::SigningKey& key(int number) {
    static const std::array<crypto::SigningKey, 2> made = [] {
        crypto::init();
        SeededRandom random{1};
        return std::array{crypto::make_signing_key(random), crypto::make_signing_key(random)};
    }();
    return made[static_cast<size_t>(number)];
}

std::string with_keys(std::string_view text) {
    std::string out;
    for (size_t i = 0; i < text.size(); ++i) {
        const char next = i + 1 < text.size() ? text[i + 1] : ' ';
        if (text[i] != '@' || (next != '0' && next != '1' && next != 'i')) {
            out += text[i];
            continue;
        }
        out += next == 'i' ? key_fingerprint(key(1).public_key) : crypto::to_base64(key(next - '0').public_key);
        ++i;
    }
    return out;
}

void signed_content(const std::string& content) {
    const auto text =
        sign_compact("hl-configuration-key", sign_compact("hl-configuration-key-possession", content, key(1)), key(0));
    const auto read = read_key_statement(text);
    if (!read.ok()) return;
    demand(sign_key_statement(*read, key(0), key(1)) == text);
    demand(read->previous == key(0).public_key && read->key == key(1).public_key && read->number >= 1);
    const auto chain = read_key_chain(key_chain_json(read->instance, {text}));
    demand(chain.ok() == (read->number == 1));
    if (!chain.ok()) return;
    const auto to = key_fingerprint(key(1).public_key);
    const auto followed = follow_keys(*chain, {key_fingerprint(key(0).public_key), std::nullopt}, to, read->valid_from);
    demand(followed.ok() == (read->reason == KeyReason::planned));
    demand(!follow_keys(*chain, {std::string(64, '0'), std::nullopt}, to, read->valid_from).ok());
    demand(!follow_keys(*chain, {to, 1}, key_fingerprint(key(0).public_key), read->valid_from).ok());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    (void)key(0);
    // Neither of the keys signed what comes from outside.
    if (const auto read = read_key_statement(all); read.ok())
        demand(read->key != key(1).public_key && read->previous != key(0).public_key);
    if (const auto chain = read_key_chain(all); chain.ok())
        for (size_t i = 0; i < chain->statements.size(); ++i)
            demand(chain->statements[i].number == static_cast<int64_t>(i) + 1);
    if (const auto signer = signer_of_compact(all, "hl-configuration")) demand(signer->size() == 64);
    signed_content(with_keys(all));
    if (const auto pin = pinned_key_from_json(with_keys(all)))
        demand(pinned_key_from_json(pinned_key_json(*pin)) == *pin);
    return 0;
}
