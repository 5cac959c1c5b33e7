#include "documents/queries.h"

#include "base/text.h"
#include "documents/rows.h"
#include "documents/standing.h"

namespace hl::documents {

json::value or_null(const std::optional<Instant>& t) {
    return t ? json::value(to_rfc3339(*t)) : json::value();
}
json::value or_null(const std::optional<Date>& d) {
    return d ? json::value(to_iso(*d)) : json::value();
}
json::value or_null(const std::string& s) {
    return s.empty() ? json::value() : json::value(s);
}

namespace {

/// "arrived_at/key" of the last row of a page.
std::pair<int64_t, std::string> place(const std::string& cursor) {
    const auto stroke = cursor.find('/');
    int64_t at = std::numeric_limits<int64_t>::max();
    if (stroke == std::string::npos) return {at, "~"};
    for (int64_t value = 0; const char c : cursor.substr(0, stroke)) {
        if (c < '0' || c > '9') return {at, "~"};
        value = value * 10 + (c - '0');
        at = value;
    }
    return {at, cursor.substr(stroke + 1)};
}

constexpr std::string_view page =
    "SELECT key, agency, direction, channel, document_id, from_organ, from_name, number, notation, place, "
    "promulgated_on, kind, subject, priority, business, reason, state, asked, arrived_at, register_by, registered_at, "
    "assigned_at, finished_at, sent_at, due_on, register_name, register_year, register_number, officer, signature, "
    "signer, content, version FROM document WHERE agency = ? AND direction = ? AND (arrived_at < ? OR (arrived_at = ? "
    "AND key < ?)) ORDER BY arrived_at DESC, key DESC LIMIT 500";

bool matches(const Document& d, const BoxQuery& q, const std::string& words, Instant now) {
    if (!q.states.empty() && std::ranges::find(q.states, d.state) == q.states.end()) return false;
    if (q.late_only && lateness(d, now).empty()) return false;
    if (words.empty()) return true;
    return text::fold(fmt::format("{} {}/{} {} {}", d.subject, d.number, d.notation, d.from_name, d.document_id))
               .find(words) != std::string::npos;
}

}  // namespace

Box find_documents(store::Reader& reader, const BoxQuery& q, Instant now) {
    Box out;
    auto [at, key] = place(q.cursor);
    const auto words = text::fold(q.words);
    const auto limit = static_cast<size_t>(std::clamp(q.limit, 1, 200));
    for (int pages = 0; pages < 40; ++pages) {
        size_t seen = 0;
        std::vector<Document> rows;
        reader.query(page, {q.agency, to_string(q.direction), at, at, key}, [&](const store::Row& row) {
            ++seen;
            rows.push_back(document_from(row));
        });
        for (auto& d : rows) {
            at = to_ms(d.arrived_at);
            key = d.key.str();
            if (!matches(d, q, words, now)) continue;
            if (out.items.size() == limit) {
                out.next = fmt::format("{}/{}", to_ms(out.items.back().arrived_at), out.items.back().key.str());
                return out;
            }
            out.items.push_back(std::move(d));
        }
        if (seen < 500) return out;
    }
    out.next = fmt::format("{}/{}", at, key);
    return out;
}

std::string lateness(const Document& d, Instant now) {
    if (d.direction == Direction::out)
        return d.register_by && d.sent_at.value_or(d.state == State::registered ? now : *d.register_by) > *d.register_by
                   ? "send"
                   : "";
    if (d.state == State::refused || d.state == State::taken_back) return "";
    if (d.due && local_date(d.finished_at.value_or(now)) > *d.due) return "due";
    if (d.register_by && d.registered_at.value_or(now) > *d.register_by) return "register";
    return "";
}

bool may(const access::Actor& actor, const Document& d, std::string_view command, Instant now) {
    using access::Right;
    const auto has = [&](Right right) { return access::require(actor, right, d.agency, now).ok(); };
    if (command == "assign") return has(Right::assign_document) || has(Right::register_document);
    if (command == "send" || command == "take_back") return has(Right::send_document);
    if (command == "start" || command == "finish")
        return has(Right::assign_document) ||
               (!actor.officer.empty() && actor.officer == d.officer && has(Right::read_document));
    return has(Right::register_document);
}

json::object view_row(const Document& d, const Context& ctx, Instant now, const access::Actor* actor) {
    const auto* priority = ctx.profile->priority(d.priority);
    const auto* officer = ctx.organisation->officer(d.officer);
    json::array can;
    for (auto& word : allowed_words(d.direction, d.state))
        if ((word != "answer" || !d.asked.empty()) && (!actor || may(*actor, d, word, now)))
            can.emplace_back(std::move(word));
    return {{"key", d.key.str()},
            {"agency", d.agency.str()},
            {"direction", to_string(d.direction)},
            {"channel", d.channel},
            {"document_id", or_null(d.document_id)},
            {"from", json::object{{"organ_id", or_null(d.from_organ)}, {"name", or_null(d.from_name)}}},
            {"number", or_null(d.number)},
            {"notation", or_null(d.notation)},
            {"promulgated", or_null(d.promulgated)},
            {"kind", or_null(d.kind)},
            {"subject", d.subject},
            {"priority", d.priority},
            {"urgent", priority && priority->urgent},
            {"business", static_cast<int>(d.business)},
            {"state", to_string(d.state)},
            {"asked", or_null(d.asked)},
            {"can", std::move(can)},
            {"arrived_at", to_rfc3339(d.arrived_at)},
            {"register_by", or_null(d.register_by)},
            {"registered_at", or_null(d.registered_at)},
            {"sent_at", or_null(d.sent_at)},
            {"finished_at", or_null(d.finished_at)},
            {"due", or_null(d.due)},
            {"late", or_null(lateness(d, now))},
            {"register_number", d.register_number ? json::value(*d.register_number) : json::value()},
            {"register_year", d.register_year ? json::value(*d.register_year) : json::value()},
            {"officer", d.officer.empty() ? json::value()
                                          : json::value(json::object{{"id", d.officer.str()},
                                                                     {"name", officer ? officer->name : ""}})},
            {"signature", d.signature}};
}

namespace {

json::value signature_view(const Document& d, const Context& ctx) {
    if (!d.judged) return nullptr;
    const auto& j = *d.judged;
    json::array reasons;
    for (const auto& reason : read_reasons(j.reasons)) {
        const auto words = say(reason);
        reasons.push_back(json::object{{"code", reason.code}, {"vi", words.vi}, {"en", words.en}});
    }
    return json::object{{"certificate", or_null(j.certificate)},
                        {"sure", settled(ctx.judging.get(), d.signature)},
                        {"reasons", std::move(reasons)},
                        {"stamped_at", or_null(j.stamped_at)},
                        {"checked_against", or_null(j.as_of)},
                        {"judged_at", to_rfc3339(j.judged_at)},
                        {"overruled_why", or_null(j.overruled_why)},
                        {"overruled_at", or_null(j.overruled_at)}};
}

}  // namespace

json::object view(const Document& d, const Context& ctx, Instant now, const access::Actor* actor) {
    auto out = view_row(d, ctx, now, actor);
    out["signature_facts"] = signature_view(d, ctx);
    out["signer"] = or_null(d.signer);
    out["reason"] = or_null(d.reason);
    out["place"] = or_null(d.place);
    out["has_message"] = !d.content.empty();
    json::array receivers, statuses, files, relations;
    for (const auto& r : d.receivers)
        receivers.push_back(json::object{{"organ_id", r.organ_id},
                                         {"name", or_null(r.name)},
                                         {"sent_at", or_null(r.sent_at)},
                                         {"status", or_null(r.status)},
                                         {"status_at", or_null(r.status_at)}});
    for (const auto& s : d.statuses) {
        const auto known = ctx.profile->status(s.code);
        statuses.push_back(json::object{{"number", s.number},
                                        {"given", s.given},
                                        {"organ_id", or_null(s.organ_id)},
                                        {"code", s.code},
                                        {"vi", known.ok() ? known->vi : ""},
                                        {"en", known.ok() ? known->en : ""},
                                        {"description", or_null(s.description)},
                                        {"at", to_rfc3339(s.at)}});
    }
    for (const auto& f : d.files)
        files.push_back(json::object{{"position", f.position},
                                     {"name", f.name},
                                     {"type", f.type},
                                     {"description", or_null(f.description)},
                                     {"size", f.size},
                                     {"sha256", f.sha256}});
    for (const auto& r : d.relations)
        relations.push_back(
            json::object{{"relation", r.relation}, {"document_id", r.document_id}, {"key", or_null(r.other.str())}});
    out["receivers"] = std::move(receivers);
    out["statuses"] = std::move(statuses);
    out["files"] = std::move(files);
    out["relations"] = std::move(relations);
    return out;
}

std::vector<Correspondent> find_correspondents(store::Reader& reader, std::string_view words, size_t limit) {
    const auto wanted = text::fold(words);
    std::vector<Correspondent> out;
    reader.query(
        "SELECT organ_id, old_code, name, source FROM document_correspondent ORDER BY organ_id", {},
        [&](const store::Row& row) {
            Correspondent c{row.string(0), row.string(1), row.string(2), row.string(3)};
            if (out.size() < limit &&
                text::fold(fmt::format("{} {} {}", c.organ_id, c.old_code, c.name)).find(wanted) != std::string::npos)
                out.push_back(std::move(c));
        });
    return out;
}

void replace_correspondents(store::Transaction& tx, const std::vector<Correspondent>& all, Instant now) {
    for (const auto& c : all)
        tx.execute(
            "INSERT INTO document_correspondent (organ_id, old_code, name, source, seen_at) VALUES (?, ?, ?, ?, ?) ON "
            "CONFLICT (organ_id) DO UPDATE SET old_code = excluded.old_code, name = excluded.name, source = "
            "excluded.source, seen_at = excluded.seen_at",
            {c.organ_id, c.old_code, c.name, c.source, now});
    tx.execute("DELETE FROM document_correspondent WHERE seen_at < ?", {now});
}

Counts count(store::Reader& reader, const AgencyId& agency, Instant now) {
    Counts c;
    const auto today = day_number(local_date(now));
    reader.query(
        "SELECT direction, state, asked, register_by, due_on, COUNT(*) FROM document WHERE agency = ? AND state IN "
        "('arrived', 'registered', 'assigned', 'processing') GROUP BY direction, state, asked, register_by, due_on",
        {agency}, [&](const store::Row& row) {
            const auto n = row.integer(5);
            const bool in = row.text(0) == "in";
            const auto state = row.text(1);
            if (!in) {
                c.to_send += n;
                return;
            }
            if (state == "arrived") {
                c.waiting += n;
                if (!row.is_null(3) && row.instant(3) < now) c.late_to_register += n;
            } else {
                c.in_work += n;
            }
            if (!row.is_null(4) && row.integer(4) < today) c.overdue += n;
            if (!row.text(2).empty()) c.asked += n;
        });
    return c;
}

}  // namespace hl::documents
