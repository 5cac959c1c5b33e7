#include "documents/command_parts.h"

#include "base/text.h"
#include "documents/events.h"

namespace hl::documents {

std::string message_key(const BusinessMessage& m) {
    return fmt::format("{}|{}", m.document_id, static_cast<int>(m.business));
}

void append(store::Transaction& tx, std::string_view type, const Document& d, std::string_view actor, Instant now,
            json::object data) {
    data["agency"] = d.agency.str();
    tx.append({std::string{type}, 1, "document:" + d.key.str(), std::string{actor}, now, std::move(data)});
}

void give_status(store::Transaction& tx, const Document& d, std::string_view code, std::string_view to,
                 std::string_view description, const access::Actor& actor, Instant now) {
    const auto number = add_status(
        tx, d.key, {0, true, std::string{to}, std::string{code}, std::string{description}, actor.label(), now});
    // What did not come over the axis has nobody there to tell.
    if (d.channel != "axis" || d.document_id.empty()) return;
    append(tx, events::status_given, d, actor.label(), now,
           {{"number", number}, {"code", code}, {"to", to}, {"document_id", d.document_id}});
}

Error wrong_state(const Document& d) {
    return {
        ErrorKind::conflict, "document.wrong_state",
        fmt::format("Văn bản đang ở trạng thái “{}” nên không làm được việc này. Tải lại văn bản.", to_string(d.state)),
        fmt::format("The document is \"{}\", so this cannot be done. Load it again.", to_string(d.state))};
}

Error field(std::string_view at, std::string_view vi, std::string_view en) {
    return Error{ErrorKind::invalid, "document.field", std::string{vi}, std::string{en}}.pointing(std::string{at});
}

Result<Document> load_for(store::Transaction& tx, const access::Actor& actor, const DocumentKey& key, Command command,
                          access::Right right, Instant now) {
    TRY(auto d, load_document(tx, key));
    TRY_VOID(access::require(actor, right, d.agency, now));
    if (!allowed(d.direction, d.state, command)) return wrong_state(d);
    return d;
}

Result<void> overrule(store::Transaction& tx, const Context& ctx, const access::Actor& actor, Document& d,
                      const std::string& why, Instant now) {
    if (d.direction != Direction::in || settled(ctx.judging.get(), d.signature)) return Nothing{};
    if (text::trim(why).empty()) {
        std::string vi, en;
        for (const auto& reason : read_reasons(d.judged ? d.judged->reasons : "[]")) {
            const auto words = say(reason);
            vi += words.vi + " ";
            en += words.en + " ";
        }
        return Error{ErrorKind::conflict, "document.signature_unsure",
                     vi + "Nếu vẫn vào sổ thì ghi lý do; lý do được lưu cùng văn bản.",
                     en + "To register it all the same, write why; that is kept with the document."}
            .pointing("/reason");
    }
    auto kept = d.judged.value_or(SignatureRow{});
    kept.overruled_by = actor.label();
    kept.overruled_why = text::normalise(why);
    kept.overruled_at = now;
    save_signature(tx, d.key, kept);
    append(tx, events::signature_overruled, d, actor.label(), now,
           {{"document_id", d.document_id}, {"signature", d.signature}});
    return Nothing{};
}

void enroll_in(store::Transaction& tx, Document& d, std::string_view register_name, Instant now) {
    const auto year = static_cast<int>(local_date(now).year());
    d.register_name = std::string{register_name};
    d.register_year = year;
    d.register_number = next_number(tx, d.agency, register_name, year);
    d.registered_at = now;
    d.state = State::registered;
}

}  // namespace hl::documents
