// Building hash chains: a binary Merkle tree over the inputs, whose last node of an odd level moves up unchanged, and
// for each input the steps from the top down to it.
#include "exchange/trust/container.h"
#include "exchange/trust/hash_chain_form.h"
#include "exchange/trust/hash_chain_reader.h"
#include "exchange/trust/xades_text.h"

namespace hl::exchange {

namespace {

void append_length(std::string& out, size_t length) {
    if (length < 0x80) {
        out += static_cast<char>(length);
        return;
    }
    int bytes = 1;
    while (length >> (8 * bytes)) ++bytes;
    out += static_cast<char>(0x80 | bytes);
    while (bytes-- > 0) out += static_cast<char>(length >> (8 * bytes) & 0xff);
}

struct Node {
    Digest512 digest{};
    std::string text;  // base64: each is written into many chains
};
Node node_of(const Digest512& digest) {
    return {digest, base64(view(digest))};
}

void append_data_ref(std::string& out, const SignedPart& part) {
    out += form::data_ref_begin;
    append_attribute(out, part.name);
    out += form::data_ref_digest;
    append_base64(out, part.digest);
    out += form::data_ref_end;
}
void append_hash_value(std::string& out, const Node& node) {
    for (const auto piece : {form::hash_value_begin, std::string_view(node.text), form::hash_value_end}) out += piece;
}
void append_step_ref(std::string& out, size_t number) {
    out += form::step_ref_begin;
    out += std::to_string(number);
    out += form::step_ref_end;
}
void append_step_begin(std::string& out, size_t number) {
    out += form::step_begin;
    out += std::to_string(number);
    out += form::named;
}

Digest512 digest_of_parts(const std::vector<SignedPart>& parts) {
    std::vector<Digest512> digests;
    digests.reserve(parts.size());
    for (const auto& part : parts) digests.push_back(part.digest);
    return digest_of_step(digests);
}

using Levels = std::vector<std::vector<Node>>;  // the inputs first, the top last

Levels build_levels(const std::vector<std::vector<SignedPart>>& inputs) {
    Levels levels(1);
    levels[0].reserve(inputs.size());
    // The digest of a message without attachments is its own; one with attachments, or alone, has a step of its own.
    for (const auto& parts : inputs)
        levels[0].push_back(node_of(parts.size() == 1 && inputs.size() > 1 ? parts[0].digest : digest_of_parts(parts)));
    while (levels.back().size() > 1) {
        const auto& below = levels.back();
        std::vector<Node> above;
        above.reserve((below.size() + 1) / 2);
        for (size_t i = 0; i + 1 < below.size(); i += 2)
            above.push_back(node_of(digest_of_step({below[i].digest, below[i + 1].digest})));
        if (below.size() % 2 == 1) above.push_back(below.back());
        levels.push_back(std::move(above));
    }
    return levels;
}

std::string chain_of(const Levels& levels, size_t input, const std::vector<SignedPart>& parts) {
    std::string out;
    out.reserve(400 + levels.size() * 260 + parts.size() * 180);
    out += form::chain_begin;
    const bool alone = levels[0].size() == 1;
    const bool own_step = parts.size() > 1 || alone;
    size_t step = 0;
    // The lowest level at which the input has a neighbour: its step refers to the input itself.
    size_t lowest = 0;
    while (lowest + 1 < levels.size() && ((input >> lowest) ^ 1) >= levels[lowest].size()) ++lowest;
    for (size_t level = levels.size() - 1; level-- > 0;) {
        const size_t mine = input >> level;
        const size_t other = mine ^ 1;
        if (other >= levels[level].size()) continue;  // moved up unchanged
        append_step_begin(out, step++);
        if (mine & 1) append_hash_value(out, levels[level][other]);
        if (level == lowest && !own_step)
            append_data_ref(out, parts[0]);
        else
            append_step_ref(out, step);
        if (!(mine & 1)) append_hash_value(out, levels[level][other]);
        out += form::step_end;
    }
    if (own_step) {
        append_step_begin(out, step);
        for (const auto& part : parts) append_data_ref(out, part);
        out += form::step_end;
    }
    out += form::chain_end;
    return out;
}

}  // namespace

Digest512 digest_of_step(const std::vector<Digest512>& values) {
    constexpr size_t single = 2 + 64 + 2 + sha512_uri.size() + 2;
    static_assert(single < 0x80 && sha512_uri.size() < 0x80);
    std::string der;
    der.reserve(8 + values.size() * (single + 2));
    der += '\x30';
    append_length(der, values.size() * (single + 2));
    for (const auto& value : values) {
        der += '\x30';
        der += static_cast<char>(single);
        der += "\x04\x40";
        der += view(value);
        der += '\x0c';
        der += static_cast<char>(sha512_uri.size());
        der += sha512_uri;
        der.append("\x30\x00", 2);
    }
    return sha512(der);
}

HashChain build_hash_chain(const std::vector<std::vector<SignedPart>>& inputs, std::string_view /*result_uri*/,
                           std::string_view chain_uri) {
    if (inputs.empty()) return {};
    const auto levels = build_levels(inputs);
    HashChain out;
    out.result = form::result_begin;
    append_attribute(out.result, chain_uri);
    out.result += form::result_digest;
    out.result += levels.back()[0].text;
    out.result += form::result_end;
    out.chains.reserve(inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i) out.chains.push_back(chain_of(levels, i, inputs[i]));
    return out;
}

}  // namespace hl::exchange
