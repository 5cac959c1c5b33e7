// Who may send: codes that work once, keys, holding.
#include "ioc/child/events.h"
#include "ioc/child/parent_parts.h"

namespace hl::ioc::child {

namespace {

using access::Right;

constexpr std::string_view select_child =
    "SELECT public_key, held, number, hash, position, series, down_number, down_hash, down_confirmed FROM ioc_child "
    "WHERE id = ?";
constexpr std::string_view lock_child = "SELECT id FROM ioc_child WHERE id = ? FOR UPDATE";
constexpr std::string_view select_key = "SELECT child FROM ioc_child_key WHERE fingerprint = ?";
constexpr std::string_view insert_child =
    "INSERT INTO ioc_child (id, name, agencies, public_key, held, number, hash, position, skew_ms, waiting, head, "
    "refusal, series, down_number, down_hash, down_confirmed) VALUES (?, ?, ?, '', '', 0, ?, 0, 0, 0, 0, '', '', 0, ?, "
    "0) ON CONFLICT (id) DO UPDATE SET name = excluded.name, agencies = excluded.agencies";
constexpr std::string_view select_agencies = "SELECT id, agencies FROM ioc_child ORDER BY id";
constexpr std::string_view insert_code =
    "INSERT INTO ioc_child_code (id, child, secret_hash, expires, made_by, used_key) VALUES (?, ?, ?, ?, ?, '')";
constexpr std::string_view end_codes = "DELETE FROM ioc_child_code WHERE child = ? AND used_key = ''";
constexpr std::string_view select_code =
    "SELECT child, secret_hash, expires, used_key FROM ioc_child_code WHERE id = ? FOR UPDATE";
constexpr std::string_view use_code = "UPDATE ioc_child_code SET used_key = ? WHERE id = ?";
constexpr std::string_view insert_key =
    "INSERT INTO ioc_child_key (fingerprint, child, public_key, since) VALUES (?, ?, ?, ?)";
constexpr std::string_view set_key = "UPDATE ioc_child SET public_key = ?, enrolled_at = ? WHERE id = ?";
constexpr std::string_view set_held = "UPDATE ioc_child SET held = ? WHERE id = ?";

Error code_refused() {
    return {ErrorKind::denied, "child.code_refused",
            "Mã ghép nối không đúng, đã dùng hoặc đã hết hạn. Hãy xin mã mới của cấp trên.",
            "The code is wrong, used or over. Ask the parent for a new one."};
}

Result<void> may_manage(const access::Actor& actor, Instant now) {
    return access::require(actor, Right::manage_directory, AgencyId{}, now);
}

}  // namespace

std::string child_stream(const ChildId& id) {
    return "ioc:child:" + id.value;
}

std::optional<ChildRow> load_child(store::Reader& reader, const ChildId& id) {
    return reader.first(select_child, {id}, [&](const store::Row& r) {
        return ChildRow{id,
                        crypto::from_base64(r.text(0)).value_or(""),
                        r.string(1),
                        {r.integer(2), r.string(3)},
                        r.integer(4),
                        r.string(5),
                        {r.integer(6), r.string(7)},
                        r.integer(8)};
    });
}

std::optional<ChildId> signed_by(store::Reader& reader, const Sealed& sealed) {
    return reader.first(select_key, {sealed.key}, [](const store::Row& r) { return r.id<ChildId>(0); });
}

Result<ChildRow> signer_of(store::Reader& reader, const Sealed& sealed) {
    const auto id = signed_by(reader, sealed);
    if (!id) return unknown_key();
    auto child = load_child(reader, *id);
    if (!child || fingerprint(child->public_key) != sealed.key) return unknown_key();
    return *std::move(child);
}

Result<ChildRow> lock_signer(store::Transaction& tx, const Sealed& sealed) {
    TRY(const auto found, signer_of(tx, sealed));
    tx.query(lock_child, {found.id}, [](const store::Row&) {});
    return signer_of(tx, sealed);
}

std::optional<ChildId> child_of(store::Reader& reader, const AgencyId& agency) {
    std::optional<ChildId> out;
    reader.query(select_agencies, {}, [&](const store::Row& r) {
        const auto list = parse_json(r.text(1));
        if (out || !list.ok() || !list->is_array()) return;
        for (const auto& a : list->get_array())
            if (a.is_string() && std::string_view{a.get_string()} == agency.value) out = r.id<ChildId>(0);
    });
    return out;
}

Result<EnrolCode> make_code(store::Transaction& tx, const Parent& parent, const access::Actor& actor,
                            const NewChild& wanted, Random& random, Instant now) {
    TRY_VOID(may_manage(actor, now));
    if (!is_child_id(wanted.id.value))
        return Error{ErrorKind::invalid, "child.id",
                     "Mã IOC con gồm chữ thường không dấu, chữ số và dấu gạch nối, ví dụ «dong-ha».",
                     "A child's id is made of lower-case letters, digits and hyphens, for instance 'dong-ha'.", "id"};
    if (wanted.name.empty())
        return Error{ErrorKind::invalid, "child.name", "Cần tên của IOC con.", "The child's name is wanted.", "name"};
    TRY_VOID(check_address(wanted.url));
    json::array agencies;
    for (const auto& a : wanted.agencies) {
        if (actor.organisation && !actor.organisation->agency(a))
            return Error{ErrorKind::invalid, "child.agency", "Không có cơ quan " + a.value + ".",
                         "There is no agency " + a.value + ".", "agencies"};
        if (const auto owner = child_of(tx, a); owner && *owner != wanted.id)
            return Error{ErrorKind::conflict, "child.agency_taken",
                         fmt::format("Cơ quan {} đã thuộc IOC con {}.", a.value, owner->value),
                         fmt::format("The agency {} belongs to the child {} already.", a.value, owner->value),
                         "agencies"};
        agencies.emplace_back(a.value);
    }
    EnrolCode code;
    code.id = make_uuid7(now, random);
    code.secret = crypto::to_base64url(crypto::random_bytes(random, 32));
    code.child = wanted.id;
    code.name = wanted.name;
    code.url = wanted.url;
    code.fingerprint = fingerprint(parent.key.public_key);
    code.expires = now + wanted.life;
    tx.execute(insert_child, {wanted.id, wanted.name, json::serialize(agencies), no_hash, no_hash});
    tx.execute(end_codes, {wanted.id});  // one code at a time
    tx.execute(insert_code,
               {code.id, wanted.id, crypto::to_hex(crypto::sha256(code.secret)), code.expires, actor.label()});
    tx.append({std::string{events::code_made},
               1,
               child_stream(wanted.id),
               actor.label(),
               now,
               {{"child", wanted.id.value},
                {"code", code.id},
                {"name", wanted.name},
                {"agencies", std::move(agencies)},
                {"expires", to_rfc3339(code.expires)}}});
    return code;
}

Result<Sealed> enrol(store::Transaction& tx, const Parent& parent, const Sealed& request, Instant now) {
    // The key is in the text that it signs: the signature says that the sender holds it.
    TRY(const auto unverified, parse_json(request.text));
    JsonReader in(unverified);
    (void)in.one_of("type", {"enrol"});
    const auto code = in.secret("code"), secret = in.secret("secret"), key_text = in.secret("public_key"),
               nonce = in.secret("nonce");
    (void)in.instant("sent_at");
    TRY_VOID(in.finish());
    const auto key = crypto::from_base64(key_text);
    if (!key || key->size() != 32 || fingerprint(*key) != request.key) return unknown_key();
    TRY_VOID(open_sealed(request, *key));
    struct Stored {
        ChildId child;
        std::string hash;
        Instant expires;
        std::string used;
    };
    const auto stored = tx.first(select_code, {code}, [](const store::Row& r) {
        return Stored{r.id<ChildId>(0), r.string(1), r.instant(2), r.string(3)};
    });
    if (!stored || !crypto::equal_constant_time(stored->hash, crypto::to_hex(crypto::sha256(secret))))
        return code_refused();
    const bool again = stored->used == request.key;
    if (!again && (!stored->used.empty() || stored->expires <= now)) return code_refused();
    auto child = load_child(tx, stored->child);
    if (!child) return no_child();
    if (!again) {
        if (const auto owner =
                tx.first(select_key, {request.key}, [](const store::Row& r) { return r.id<ChildId>(0); });
            owner && *owner != child->id)
            return Error{ErrorKind::conflict, "child.key_taken", "Khóa này thuộc một IOC con khác.",
                         "This key belongs to another child."};
        else if (!owner)
            tx.execute(insert_key, {request.key, child->id, key_text, now});
        const bool before = !child->public_key.empty();
        tx.execute(set_key, {key_text, now, child->id});
        tx.execute(use_code, {request.key, code});
        tx.append({std::string{events::enrolled},
                   1,
                   child_stream(child->id),
                   "child:" + child->id.value,
                   now,
                   {{"child", child->id.value}, {"code", code}, {"key", request.key}, {"again", before}}});
    }
    return seal(json::object{{"type", "enrolled"},
                             {"child", child->id.value},
                             {"nonce", nonce},
                             {"parent", parent.settings.name},
                             {"public_key", crypto::to_base64(parent.key.public_key)},
                             {"last", to_json(child->last)}},
                parent.key);
}

Result<void> hold(store::Transaction& tx, const access::Actor& actor, const ChildId& child, const std::string& reason,
                  Instant now) {
    TRY_VOID(may_manage(actor, now));
    if (reason.empty()) return Error{ErrorKind::invalid, "child.reason", "Hãy ghi lý do.", "Give a reason.", "reason"};
    if (tx.execute(set_held, {reason, child}) == 0) return no_child();
    tx.append({std::string{events::held},
               1,
               child_stream(child),
               actor.label(),
               now,
               {{"child", child.value}, {"reason", reason}}});
    return Nothing{};
}

Result<void> release(store::Transaction& tx, const access::Actor& actor, const ChildId& child, Instant now) {
    TRY_VOID(may_manage(actor, now));
    if (tx.execute(set_held, {"", child}) == 0) return no_child();
    tx.append({std::string{events::released}, 1, child_stream(child), actor.label(), now, {{"child", child.value}}});
    return Nothing{};
}

}  // namespace hl::ioc::child
