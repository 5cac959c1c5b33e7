// Reads chains of exactly the form that build_hash_chain writes, without a tree: each message of a batch has one to be
// read.
#include "exchange/trust/hash_chain_form.h"
#include "exchange/trust/hash_chain_reader.h"
#include "exchange/trust/xades_matcher.h"

namespace hl::exchange {

namespace {

using Kind = ChainValue::Kind;

bool read_digest(Matcher& m, Digest512& digest) {
    const auto bytes = m.base64();
    if (!bytes || bytes->size() != digest.size()) return false;
    std::copy(bytes->begin(), bytes->end(), digest.begin());
    return true;
}

/// Nothing where something else stands; the text is then of another form.
std::optional<ChainValue> read_value(Matcher& m) {
    ChainValue value;
    if (m.literal(form::hash_value_begin)) {
        if (read_digest(m, value.digest) && m.literal(form::hash_value_end)) return value;
    } else if (m.literal(form::step_ref_begin)) {
        value.kind = Kind::step;
        const auto number = m.slot([](char c) { return c >= '0' && c <= '9'; });
        if (!number || !m.literal(form::step_ref_end)) return std::nullopt;
        value.uri = "#STEP";
        value.uri += *number;
        return value;
    } else if (m.literal(form::data_ref_begin)) {
        value.kind = Kind::data;
        const auto uri = m.slot([](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '.' ||
                   c == '-';
        });
        if (!uri || !m.literal(form::data_ref_digest)) return std::nullopt;
        value.uri = *uri;
        if (read_digest(m, value.digest) && m.literal(form::data_ref_end)) return value;
    }
    return std::nullopt;
}

}  // namespace

std::optional<ChainSteps> read_own_chain(std::string_view xml) {
    Matcher m(xml);
    if (!m.literal(form::chain_begin)) return std::nullopt;
    ChainSteps steps;
    size_t values = 0;
    while (m.literal(form::step_begin)) {
        const auto number = std::to_string(steps.size());
        if (steps.size() == most_chain_steps || !m.literal(number) || !m.literal(form::named)) return std::nullopt;
        auto& step = steps["STEP" + number];
        while (!m.literal(form::step_end)) {
            auto value = read_value(m);
            if (!value || ++values > most_chain_values) return std::nullopt;
            step.push_back(*std::move(value));
        }
    }
    if (!m.literal(form::chain_end) || !m.rest().empty()) return std::nullopt;
    return steps;
}

}  // namespace hl::exchange
