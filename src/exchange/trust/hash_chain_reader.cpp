#include "exchange/trust/hash_chain_reader.h"

#include "exchange/trust/container.h"
#include "exchange/trust/xades_xml.h"

namespace hl::exchange {

namespace {

using Kind = ChainValue::Kind;
constexpr size_t chain_limit = 4u << 20, result_limit = 16u << 10;

Error malformed(std::string_view why) {
    return dom::malformed(dom::chain_document, why);
}

Error wrong(std::string_view why) {
    return {ErrorKind::invalid, "exchange.hash_chain",
            "Chuỗi băm không khớp với thông điệp: thông điệp, tệp đính kèm hoặc chuỗi băm đã bị sửa. Không dùng nội "
            "dung này; đề nghị bên gửi gửi lại.",
            fmt::format("The hash chain does not fit the message: {}. Do not use the content; ask the sender to send "
                        "it again.",
                        why)};
}

bool only_sha512(const xmlNode* method) {
    return dom::attribute(method, "Algorithm") == sha512_uri;
}

std::optional<Digest512> digest_in(const xmlNode* node) {
    if (!dom::is(node, dom::ds, "DigestValue")) return std::nullopt;
    const auto bytes = dom::bytes(node);
    Digest512 out;
    if (!bytes || bytes->size() != out.size()) return std::nullopt;
    std::copy(bytes->begin(), bytes->end(), out.begin());
    return out;
}

/// DigestMethod? then, for all but references to steps, DigestValue; nothing else. X-Road knows Transforms but writes
/// none, and a value that was transformed could not be compared here.
Result<ChainValue> read_value(const xmlNode* node, bool& method_needed) {
    ChainValue value{dom::is(node, dom::hash_chain, "HashValue") ? Kind::hash
                     : dom::is(node, dom::hash_chain, "StepRef") ? Kind::step
                                                                 : Kind::data,
                     {},
                     {}};
    if (value.kind == Kind::data && !dom::is(node, dom::hash_chain, "DataRef"))
        return malformed("a step has an element that is not known");
    const auto* child = dom::first_element(node);
    if (dom::is(child, dom::ds, "DigestMethod")) {
        if (!only_sha512(child)) return malformed("a digest is not SHA-512");
        child = dom::next_element(child);
    } else {
        method_needed = true;
    }
    if (value.kind != Kind::hash) {
        auto uri = dom::attribute(node, "URI");
        if (!uri) return malformed("a reference has no URI");
        value.uri = *std::move(uri);
    }
    if (value.kind != Kind::step) {
        const auto digest = digest_in(child);
        if (!digest) return malformed("a digest is not base64 of 64 bytes");
        value.digest = *digest;
        child = dom::next_element(child);
    }
    if (child) return malformed("a value has more than its digest");
    return value;
}

/// Computes steps from the top down, each once, and notes the parts that were met on the way.
struct Evaluation {
    const ChainSteps& steps;
    const std::string& document;
    const std::vector<SignedPart>& parts;
    std::vector<bool> met = std::vector<bool>(parts.size());
    std::unordered_map<std::string, std::optional<Digest512>> done = {};  // empty while it is being computed

    Result<Digest512> step(const std::string& id, size_t depth) {
        const auto found = steps.find(id);
        if (found == steps.end()) return malformed("a step that it refers to is not in it");
        if (depth > deepest_chain) return malformed("its steps are nested too deeply");
        const auto [entry, fresh] = done.try_emplace(id);
        if (!fresh) {
            if (!entry->second) return malformed("its steps refer to one another in a circle");
            return *entry->second;
        }
        std::vector<Digest512> digests;
        digests.reserve(found->second.size());
        for (const auto& value : found->second) {
            TRY(const auto digest, value_of(value, depth));
            digests.push_back(digest);
        }
        const auto digest = digest_of_step(digests);
        done[id] = digest;
        return digest;
    }

  private:
    Result<Digest512> value_of(const ChainValue& value, size_t depth) {
        if (value.kind == Kind::hash) return value.digest;
        if (value.kind == Kind::step) {
            std::string_view id = value.uri;
            if (id.starts_with(document)) id.remove_prefix(document.size());
            if (!id.starts_with('#')) return malformed("it refers to a step of another document");
            return step(std::string(id.substr(1)), depth + 1);
        }
        for (size_t i = 0; i < parts.size(); ++i) {
            if (parts[i].name != value.uri) continue;
            if (parts[i].digest != value.digest) return wrong(fmt::format("{} has another digest", parts[i].name));
            met[i] = true;
            return value.digest;
        }
        return wrong(fmt::format("it covers {}, which is not there", value.uri.substr(0, 100)));
    }
};

Result<ChainSteps> read_steps(std::string_view xml) {
    if (auto own = read_own_chain(xml)) return *std::move(own);
    return read_chain_tree(xml);
}

}  // namespace

Result<ChainSteps> read_chain_tree(std::string_view xml) {
    TRY(const auto document, dom::parse(xml, chain_limit, dom::chain_document));
    const auto* root = xmlDocGetRootElement(document.get());
    if (!dom::is(root, dom::hash_chain, "HashChain")) return malformed("its root is not HashChain");
    const auto* child = dom::first_element(root);
    bool has_default = false;
    if (dom::is(child, dom::hash_chain, "DefaultDigestMethod")) {
        if (!only_sha512(child)) return malformed("its digests are not SHA-512");
        has_default = true;
        child = dom::next_element(child);
    }
    ChainSteps steps;
    size_t values = 0;
    for (; child; child = dom::next_element(child)) {
        auto id = dom::attribute(child, "id");
        if (!dom::is(child, dom::hash_chain, "HashStep") || !id) return malformed("a child is not a step with an id");
        std::vector<ChainValue> step;
        for (const auto* v = dom::first_element(child); v; v = dom::next_element(v)) {
            bool method_needed = false;
            TRY(auto value, read_value(v, method_needed));
            if (method_needed && !has_default) return malformed("a digest names no algorithm");
            if (++values > most_chain_values) return malformed("it has too many values");
            step.push_back(std::move(value));
        }
        if (steps.size() == most_chain_steps) return malformed("it has too many steps");
        steps.emplace(*std::move(id), std::move(step));
    }
    return steps;
}

Result<ChainResult> read_chain_result(std::string_view xml) {
    TRY(const auto document, dom::parse(xml, result_limit, dom::chain_document));
    const auto* root = xmlDocGetRootElement(document.get());
    if (!dom::is(root, dom::hash_chain, "HashChainResult"))
        return malformed("its result's root is not HashChainResult");
    const auto* method = dom::first_element(root);
    if (!dom::is(method, dom::ds, "DigestMethod") || !only_sha512(method))
        return malformed("its result's digest is not SHA-512");
    const auto* value = dom::next_element(method);
    const auto digest = digest_in(value);
    if (!digest || dom::next_element(value)) return malformed("its result has no digest of 64 bytes");
    const auto uri = dom::attribute(root, "URI");
    const size_t hash = uri ? uri->find('#') : std::string::npos;
    if (hash == std::string::npos || hash == 0) return malformed("its result names no step");
    return ChainResult{uri->substr(0, hash), uri->substr(hash + 1), *digest};
}

Result<void> verify_chain(const ChainResult& result, std::string_view chain, const std::vector<SignedPart>& parts) {
    TRY(const auto steps, read_steps(chain));
    Evaluation evaluation{steps, result.document, parts};
    TRY(const auto top, evaluation.step(result.step, 1));
    for (size_t i = 0; i < parts.size(); ++i)
        if (!evaluation.met[i]) return wrong(fmt::format("it does not cover {}", parts[i].name));
    if (top != result.digest) return wrong("its steps do not lead to the signed result");
    return {};
}

Result<void> verify_hash_chain(std::string_view result, std::string_view chain, const std::vector<SignedPart>& parts) {
    TRY(const auto read, read_chain_result(result));
    return verify_chain(read, chain, parts);
}

}  // namespace hl::exchange
