// The four artefacts of a release as canonical JSON: what is hashed, stored once and never changed. Reading back what
// was written gives an equal value. Pure; any thread. Errors: procedure.artefact.
#pragma once
#include "procedures/model.h"

namespace hl::procedures {

struct Rules {
    ClockRules clock;
    std::vector<DecisionTable> tables;
};

[[nodiscard]] json::object to_json(const LegalTime& time);
[[nodiscard]] json::object to_json(const Card& card);
[[nodiscard]] json::object to_json(const Form& form);
[[nodiscard]] json::object to_json(const Flow& flow);
[[nodiscard]] json::object to_json(const Rules& rules);

[[nodiscard]] Result<Card> card_from_json(const json::value& value);
[[nodiscard]] Result<Form> form_from_json(const json::value& value);
[[nodiscard]] Result<Flow> flow_from_json(const json::value& value);
[[nodiscard]] Result<Rules> rules_from_json(const json::value& value);

/// Canonical text and its SHA-256 in hex.
struct Artefact {
    std::string kind, hash, body;
};
struct Artefacts {
    Artefact card, form, flow, rules;
};
[[nodiscard]] Artefacts make_artefacts(const Card& card, const Form& form, const Flow& flow, const Rules& rules);

}  // namespace hl::procedures
