// What the commands share. Private to this room.
#pragma once
#include "base/json.h"
#include "documents/commands.h"
#include "documents/rows.h"

namespace hl::documents {

[[nodiscard]] std::string message_key(const BusinessMessage& m);
void append(store::Transaction& tx, std::string_view type, const Document& d, std::string_view actor, Instant now,
            json::object data);
/// Records a status owed to `to` and says so to the ledger.
void give_status(store::Transaction& tx, const Document& d, std::string_view code, std::string_view to,
                 std::string_view description, const access::Actor& actor, Instant now);
/// The document, after right and state were checked.
[[nodiscard]] Result<Document> load_for(store::Transaction& tx, const access::Actor& actor, const DocumentKey& key,
                                        Command command, access::Right right, Instant now);
[[nodiscard]] Error wrong_state(const Document& d);
[[nodiscard]] Error field(std::string_view at, std::string_view vi, std::string_view en);
/// Errors: document.signature_unsure, where a person must say why he goes on all the same.
[[nodiscard]] Result<void> overrule(store::Transaction& tx, const Context& ctx, const access::Actor& actor, Document& d,
                                    const std::string& why, Instant now);
void enroll_in(store::Transaction& tx, Document& d, std::string_view register_name, Instant now);

inline constexpr std::string_view in_register = "den", out_register = "di";

}  // namespace hl::documents
