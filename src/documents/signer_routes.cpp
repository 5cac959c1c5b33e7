// The table of signers and the lists of revoked certificates over HTTP: for who connects partners.
#include "base/text.h"
#include "documents/route_parts.h"
#include "documents/signer_commands.h"

namespace hl::documents {

namespace {

json::object view(const SignerBinding& b, std::string_view state, Instant now) {
    const bool over = b.to && *b.to <= local_date(now);
    return {{"id", or_null(b.id)},
            {"organ", b.organ},
            {"rule", to_string(b.rule)},
            {"sha256", or_null(b.sha256)},
            {"issuer_key", or_null(b.issuer_key)},
            {"serial", or_null(b.serial)},
            {"subject", or_null(write_name_rule(b.subject))},
            {"from", to_iso(b.from)},
            {"to", or_null(b.to)},
            {"source", b.source},
            {"state", state == "in_force" && over ? "ended" : state}};
}

json::object view(const SignerRow& row, const access::Actor& actor, Instant now) {
    auto out = view(row.binding, row.state, now);
    out["origin"] = "console";
    out["certificate"] = or_null(row.certificate);
    out["proposed_by_me"] = row.proposed_by == actor.label();
    out["proposed_at"] = to_rfc3339(row.proposed_at);
    out["decided_at"] = or_null(row.decided_at);
    out["reason"] = or_null(row.reason);
    return out;
}

Result<void> allowed_to(const Call& call) {
    return access::require(call.actor, Right::manage_links, AgencyId{}, call.now);
}

Result<Answer> signers(const Axis& axis, store::Reader& reader, const Call& call) {
    TRY_VOID(allowed_to(call));
    json::array items;
    for (const auto& row : signer_rows(reader)) items.push_back(view(row, call.actor, call.now));
    const auto fixed = [&](const SignerBinding& b) {
        auto one = view(b, "in_force", call.now);
        one["origin"] = "pack";
        for (const auto* name : {"certificate", "proposed_at", "decided_at", "reason"}) one[name] = nullptr;
        one["proposed_by_me"] = false;
        items.push_back(std::move(one));
    };
    for (const auto& b : axis.judging()->fixed) fixed(b);
    return Answer{.value = json::object{{"items", std::move(items)},
                                        {"four_eyes", axis.settings().four_eyes},
                                        {"own_keys", static_cast<int64_t>(axis.judging()->own.size())},
                                        {"accept_unbound", axis.settings().accept_unbound},
                                        {"accept_unchecked", axis.settings().accept_unchecked}}};
}

/// Certificates of documents whose signer is not bound to their sender: what there is to do.
Result<Answer> unbound(const Axis&, store::Reader& reader, const Call& call) {
    TRY_VOID(allowed_to(call));
    json::array items;
    reader.query(
        "SELECT c.sha256, c.subject, c.issuer, c.serial, c.issuer_key, d.from_organ, MAX(d.from_name), COUNT(*), "
        "MAX(d.arrived_at) FROM document d JOIN document_signature s ON s.document = d.key JOIN document_certificate c "
        "ON c.sha256 = s.certificate WHERE d.signature = 'unbound' GROUP BY c.sha256, c.subject, c.issuer, c.serial, "
        "c.issuer_key, d.from_organ ORDER BY MAX(d.arrived_at) DESC, c.sha256 LIMIT 200",
        {}, [&](const store::Row& row) {
            items.push_back(json::object{{"sha256", row.text(0)},
                                         {"subject", row.text(1)},
                                         {"issuer", row.text(2)},
                                         {"serial", row.text(3)},
                                         {"issuer_known", !row.text(4).empty()},
                                         {"organ", row.text(5)},
                                         {"name", or_null(row.string(6))},
                                         {"documents", row.integer(7)},
                                         {"last_at", to_rfc3339(row.instant(8))}});
        });
    json::array held;
    for (const auto& h : held_messages(reader))
        if (h.reason_code.starts_with("signer."))
            held.push_back(json::object{{"of_document", h.of_document},
                                        {"from", h.from_organ},
                                        {"signer", h.signer},
                                        {"reason", h.reason_code},
                                        {"vi", h.reason_vi},
                                        {"en", h.reason_en},
                                        {"held_at", to_rfc3339(h.held_at)}});
    return Answer{.value = json::object{{"items", std::move(items)}, {"held", std::move(held)}}};
}

/// A certificate that was pasted, or one that was seen on a document.
Result<Certificate> chosen(const Axis& axis, store::Reader& reader, JsonReader& r) {
    const auto* raw = r.raw("certificate");
    const auto* pem = raw ? raw->if_string() : nullptr;
    const auto seen = r.optional_text("sha256", 64);
    if (seen) {
        auto found = find_certificate(reader, *seen);
        if (found) return *std::move(found);
        return Error{ErrorKind::not_found, "documents.certificate", "Không có chứng thư này. Tải lại bảng.",
                     "There is no such certificate. Load the table again."}
            .pointing("/sha256");
    }
    const std::string text = pem && pem->size() <= 20'000 ? std::string{*pem} : std::string{};  // its lines as they are
    return read_certificate(text, axis.judging()->anchors_pem);
}

Result<Answer> propose(const Axis& axis, store::Transaction& tx, const Call& call) {
    TRY_VOID(allowed_to(call));
    JsonReader r(call.body);
    SignerBinding b;
    b.organ = r.text("organ", 35);
    b.rule = signer_rule_from(r.one_of("rule", {"certificate", "serial", "subject"})).value_or(b.rule);
    b.from = r.date("from");
    b.to = r.optional_date("to");
    b.source = r.text("source", 500);
    const auto rule = r.optional_text("subject", 1000);
    TRY(const auto certificate, chosen(axis, tx, r));
    TRY_VOID(r.finish());
    if (b.rule == SignerBinding::Rule::certificate) {
        b.sha256 = certificate.sha256;
    } else {
        b.issuer_key = certificate.issuer_key;
        if (b.rule == SignerBinding::Rule::serial) b.serial = certificate.serial;
    }
    if (b.rule == SignerBinding::Rule::subject) {
        b.subject = certificate.names;
        if (rule) {
            TRY(b.subject, read_name_rule(*rule));
        }
        for (auto& part : b.subject) part.value = text::normalise(part.value);
        if (!b.fits(certificate))
            return Error{ErrorKind::invalid, "documents.signer_rule",
                         "Quy tắc không khớp với chính chứng thư này, hoặc tổ chức chứng thực của nó chưa có trong kho "
                         "tin cậy. Sửa quy tắc cho đúng như chủ thể của chứng thư.",
                         "The rule does not fit this very certificate, or its authority is not in the trust store. "
                         "Write it as the certificate's subject has it."}
                .pointing("/subject");
    }
    TRY(const auto row, propose_signer(tx, call.actor, b, certificate.subject, *axis.context().random, call.now));
    return Answer{.value = view(row, call.actor, call.now), .status = 201};
}

Result<std::string> reason_in(const Call& call, std::optional<Date>* day = nullptr) {
    if (call.body.is_null()) return std::string{};
    JsonReader r(call.body);
    auto reason = r.optional_text("reason", 1000).value_or("");
    if (day) *day = r.optional_date("to");
    TRY_VOID(r.finish());
    return reason;
}

Result<Answer> turn_down(const Axis&, store::Transaction& tx, const Call& call) {
    TRY(const auto reason, reason_in(call));
    TRY(const auto row, turn_down_signer(tx, call.actor, call.param("id"), reason, call.now));
    return Answer{.value = view(row, call.actor, call.now)};
}

/// A decision, then what it concerns is looked at again: outside the write, for there may be much of it.
template <class Decide>
Result<Answer> decided(const Axis& axis, const Call& call, Decide decide) {
    TRY(const auto row, axis.ground().store.write(decide));
    TRY(const auto again, axis.look_again(call.now, &row.binding));
    auto out = view(row, call.actor, call.now);
    out["documents"] = again.documents;
    out["released"] = again.released;
    return Answer{.value = std::move(out)};
}

Result<Answer> approve(const Axis& axis, const Call& call) {
    return decided(axis, call, [&](store::Transaction& tx) {
        return approve_signer(tx, call.actor, call.param("id"), axis.settings().four_eyes, call.now);
    });
}

Result<Answer> end(const Axis& axis, const Call& call) {
    std::optional<Date> day;
    TRY(const auto reason, reason_in(call, &day));
    return decided(axis, call, [&](store::Transaction& tx) {
        return end_signer(tx, call.actor, call.param("id"), day.value_or(local_date(call.now)), reason, call.now);
    });
}

json::object lists_view(const Axis& axis, const std::vector<ListRow>& rows, Instant now) {
    json::array items;
    for (const auto& row : rows)
        items.push_back(json::object{
            {"source", row.source},
            {"issuer", or_null(row.issuer)},
            {"state", row.state(now)},
            {"verified", row.verified},
            {"entries", row.entries},
            {"this_update", or_null(row.this_update)},
            {"next_update", or_null(row.next_update)},
            {"fetched_at", or_null(row.fetched_at)},
            {"tried_at", to_rfc3339(row.tried_at)},
            {"problem",
             row.problem.empty()
                 ? json::value()
                 : json::value(json::object{{"code", row.problem}, {"vi", row.problem_vi}, {"en", row.problem_en}})}});
    return {{"items", std::move(items)}, {"accept_unchecked", axis.settings().accept_unchecked}};
}

Result<Answer> revocation(const Axis& axis, store::Reader& reader, const Call& call) {
    TRY_VOID(allowed_to(call));
    return Answer{.value = lists_view(axis, list_rows(reader), call.now)};
}

Result<Answer> fetch_now(const Axis& axis, const Call& call) {
    TRY_VOID(allowed_to(call));
    TRY(const auto again, axis.refresh_lists(call.now, true));
    TRY(auto out, axis.ground().store.read([&](store::Reader& reader) -> Result<json::object> {
        return lists_view(axis, list_rows(reader), call.now);
    }));
    out["documents"] = again.documents;
    out["released"] = again.released;
    return Answer{.value = std::move(out)};
}

}  // namespace

void add_signer_routes(access::Api& api, Routes& r, const Axis* axis) {
    r.query("/api/v1/documents/signers", signers);
    r.query("/api/v1/documents/signers/unbound", unbound);
    r.query("/api/v1/documents/revocation", revocation);
    r.command("/api/v1/documents/signers", propose);
    r.command("/api/v1/documents/signers/{id}/turn-down", turn_down);
    const auto raw = [&](const std::string& pattern, Result<Answer> (*run)(const Axis&, const Call&)) {
        access::RouteOptions options;
        options.slow = true;
        api.raw(
            "POST", pattern,
            [axis, run](const Call& call) -> Result<Answer> {
                if (!axis) return no_axis();
                return run(*axis, call);
            },
            std::move(options));
    };
    raw("/api/v1/documents/signers/{id}/approve", approve);
    raw("/api/v1/documents/signers/{id}/end", end);
    raw("/api/v1/documents/revocation/fetch", fetch_now);
}

}  // namespace hl::documents
