// Signature and hash chain documents from outside. What is read without a tree is what the tree reads too; a canonical
// form read again has the same canonical form; a chain that verifies does not verify another message.
#include <cstdlib>

#include "exchange/trust/container.h"
#include "exchange/trust/hash_chain_reader.h"
#include "exchange/trust/verifier_steps.h"

using namespace hl::exchange;

namespace {
void demand(bool truth) {
    if (!truth) std::abort();
}

void same(const SignatureParts& a, const SignatureParts& b) {
    demand(a.signed_info == b.signed_info && a.signed_properties == b.signed_properties);
    demand(a.elliptic == b.elliptic && a.method_digest == b.method_digest && a.value == b.value);
    demand(a.data_uri == b.data_uri && a.data.value == b.data.value && a.data.kind == b.data.kind);
    demand(a.properties.value == b.properties.value && a.properties.kind == b.properties.kind);
    demand(a.certificate == b.certificate && a.certificate_digest.value == b.certificate_digest.value);
    demand(a.signed_at == b.signed_at && a.issuers == b.issuers && a.ocsp == b.ocsp && a.time_stamp == b.time_stamp);
}

void signature(std::string_view xml) {
    const auto own = read_own_form(xml);
    const auto tree = read_signature_tree(xml);
    if (own) {
        demand(tree.ok());
        same(*own, *tree);
    }
    if (!tree.ok()) return;
    demand(tree->data_uri.empty() || tree->data_uri[0] != '#');
    if (const auto key = public_key_of(*tree); key.ok()) (void)check_signature_value(*tree, *key);
    for (const auto& bytes : {tree->signed_info, tree->signed_properties}) {
        const auto again = dom::parse(bytes, signature_limit, dom::signature_document);
        demand(again.ok());
        demand(dom::canonical(xmlDocGetRootElement(again->get()), dom::Canonical::inclusive) == bytes);
    }
}

void same(const ChainSteps& a, const ChainSteps& b) {
    demand(a.size() == b.size());
    for (const auto& [name, step] : a) {
        const auto other = b.find(name);
        demand(other != b.end() && other->second.size() == step.size());
        for (size_t i = 0; i < step.size(); ++i)
            demand(step[i].kind == other->second[i].kind && step[i].uri == other->second[i].uri &&
                   step[i].digest == other->second[i].digest);
    }
}

void chain(std::string_view all) {
    const auto cut = all.find('\0');
    const auto result = all.substr(0, cut);
    const auto steps = cut == std::string_view::npos ? std::string_view() : all.substr(cut + 1);
    if (const auto own = read_own_chain(steps)) {
        const auto tree = read_chain_tree(steps);
        demand(tree.ok());
        same(*own, *tree);
    }
    const std::vector<SignedPart> parts{{"/message.xml", sha512("m")}, {"/attachment1", sha512("a")}};
    const std::vector<SignedPart> others{{"/message.xml", sha512("n")}, {"/attachment1", sha512("a")}};
    if (verify_hash_chain(result, steps, parts).ok()) demand(!verify_hash_chain(result, steps, others).ok());
}
}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    signature(all);
    chain(all);
    return 0;
}
