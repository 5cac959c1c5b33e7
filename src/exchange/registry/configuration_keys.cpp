#include "exchange/registry/configuration_keys.h"

#include "base/log.h"
#include "exchange/registry/events.h"
#include "exchange/registry/issue.h"
#include "exchange/registry/rows.h"

namespace hl::exchange {

namespace {

constexpr std::chrono::days longest_overlap{90};

constexpr std::string_view select_statements =
    "SELECT s.statement, s.announced_by, f.at, d.at FROM exchange_key_statement s LEFT JOIN exchange_key_step f ON "
    "f.fingerprint = s.fingerprint AND f.step = 'in_force' LEFT JOIN exchange_key_step d ON d.fingerprint = s.previous "
    "AND d.step = 'destroyed' ORDER BY s.number";
constexpr std::string_view select_in_force =
    "SELECT s.number, s.fingerprint, s.statement FROM exchange_key_statement s LEFT JOIN exchange_key_step f ON "
    "f.fingerprint = s.fingerprint AND f.step = 'in_force' WHERE s.valid_from <= ? OR f.at IS NOT NULL ORDER BY "
    "s.number "
    "DESC LIMIT 1";
constexpr std::string_view insert_statement =
    "INSERT INTO exchange_key_statement (number, fingerprint, previous, valid_from, reason, statement, announced_at, "
    "announced_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?)";
constexpr std::string_view insert_step =
    "INSERT INTO exchange_key_step (fingerprint, step, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";

/// What was read before it was stored: a statement that does not read is a bug, or somebody changed the table.
KeyStatement statement_of(std::string_view text) {
    auto out = read_key_statement(text);
    if (!out.ok()) throw std::runtime_error("exchange_key_statement holds what cannot be read: " + out.error().en);
    return *std::move(out);
}

std::string stream_of(const Registry& registry) {
    return "exchange:" + registry.settings().instance;
}

/// The caller holds the lock of exchange_state and has judged the statement.
void enter(store::Transaction& tx, const Registry& registry, const KeyStatement& s, const std::string& text,
           const access::Actor& actor, Instant now) {
    const auto fingerprint = key_fingerprint(s.key), previous = key_fingerprint(s.previous), by = actor.label();
    tx.execute(insert_statement,
               {s.number, fingerprint, previous, s.valid_from, to_string(s.reason), text, s.issued, by});
    append(tx, events::configuration_key_announced, stream_of(registry), actor, now,
           {{"number", s.number},
            {"key", fingerprint},
            {"previous", previous},
            {"from", to_rfc3339(s.valid_from)},
            {"reason", to_string(s.reason)},
            {"statement", crypto::to_hex(crypto::sha256(text))}});
}

access::Actor the_registry() {
    return access::Actor::system("exchange", nullptr);
}

void lock_state(store::Transaction& tx) {
    tx.execute("UPDATE exchange_state SET number = number WHERE id = 1");
}

Error pending(const KeyRecord& last) {
    return {ErrorKind::conflict, "exchange.key_pending",
            fmt::format("Khoá {} đã được công bố, sẽ ký từ {}. Hãy đợi đến lúc đó rồi mới đổi tiếp.", last.fingerprint,
                        to_vietnamese(last.statement.valid_from)),
            fmt::format("The key {} is announced already and signs from {}. Wait until then before the next change.",
                        last.fingerprint, to_rfc3339(last.statement.valid_from))};
}

}  // namespace

std::vector<KeyRecord> key_records(store::Reader& reader) {
    std::vector<KeyRecord> out;
    reader.query(select_statements, {}, [&](const store::Row& row) {
        KeyRecord one;
        one.text = row.string(0);
        one.statement = statement_of(one.text);
        one.fingerprint = key_fingerprint(one.statement.key);
        one.previous = key_fingerprint(one.statement.previous);
        one.announced_by = row.string(1);
        if (!row.is_null(2)) one.in_force = row.instant(2);
        if (!row.is_null(3)) one.destroyed = row.instant(3);
        out.push_back(std::move(one));
    });
    return out;
}

std::vector<std::string> key_statement_texts(store::Reader& reader) {
    std::vector<std::string> out;
    reader.query("SELECT statement FROM exchange_key_statement ORDER BY number", {},
                 [&](const store::Row& row) { out.push_back(row.string(0)); });
    return out;
}

KeyInForce key_in_force(store::Reader& reader, const Registry& registry, Instant now) {
    auto found = reader.first(select_in_force, {now}, [](const store::Row& row) {
        return KeyInForce{row.integer(0), statement_of(row.text(2)).key, row.string(1)};
    });
    if (found) return *std::move(found);
    // None is in force: the first key, which the first statement names when one is announced.
    if (const auto first = reader.first("SELECT statement FROM exchange_key_statement WHERE number = 1", {},
                                        [](const store::Row& row) { return statement_of(row.text(0)).previous; }))
        return {0, *first, key_fingerprint(*first)};
    const auto main = registry.keys().main();
    return {0, main->public_key, key_fingerprint(main->public_key)};
}

KeyInForce key_of_the_last_issue(store::Reader& reader, const Registry& registry) {
    return key_in_force(reader, registry, Instant{});  // before every statement: only what has signed counts
}

Result<KeyFiles::Key> key_to_sign_with(store::Transaction& tx, const Registry& registry, Instant now) {
    const auto in_force = key_in_force(tx, registry, now);
    TRY(auto key, registry.keys().find(in_force.fingerprint));
    if (in_force.number == 0) return key;
    if (tx.execute(insert_step, {in_force.fingerprint, "in_force", now}) > 0)
        append(tx, events::configuration_key_in_force, stream_of(registry), the_registry(), now,
               {{"number", in_force.number}, {"key", in_force.fingerprint}});
    return key;
}

Result<KeyRecord> announce_key(store::Store& store, const Registry& registry, const access::Actor& actor,
                               const NewKey& wanted, Random& random, Instant now) {
    TRY_VOID(require_registrar(actor, AgencyId{}, now));
    if (wanted.overlap < std::chrono::days{0} || wanted.overlap > longest_overlap)
        return Error{ErrorKind::invalid, "exchange.key_overlap", "Khoá cũ ký tiếp từ 0 đến 90 ngày.",
                     "The old key goes on signing for 0 to 90 days.", "/overlap"};
    TRY_VOID(recover_keys(store, registry, now));
    struct Before {
        KeyInForce in_force;
        std::vector<KeyRecord> records;
    };
    TRY(const auto before, store.read([&](store::Reader& reader) -> Result<Before> {
        return Before{key_in_force(reader, registry, now), key_records(reader)};
    }));
    const auto length = std::ssize(before.records);
    // Who fears a theft waits for no day: the announced key signs the statement on the one that takes its place.
    const bool planned = wanted.reason == KeyReason::planned;
    if (planned && before.in_force.number != length) return pending(before.records.back());
    if (static_cast<size_t>(length) >= most_key_statements)
        return Error{ErrorKind::conflict, "exchange.key_chain_full",
                     "Chuỗi khoá đã đủ 10000 văn bản. Hãy dựng nơi đăng ký mới.",
                     "The chain of keys holds 10,000 statements, as many as gateways read. Set up a new registry."};
    TRY(const auto old,
        registry.keys().find(length > 0 ? before.records.back().fingerprint : before.in_force.fingerprint));
    TRY(const auto key, registry.keys().make(random));
    KeyStatement statement{length + 1, registry.settings().instance, key->public_key, old->public_key,
                           now,        now + wanted.overlap,         wanted.reason};
    if (length > 0) {  // a clock that was set back: dates in the chain never go back
        const auto& last = before.records.back().statement;
        statement.issued = std::max(statement.issued, last.issued);
        statement.valid_from = std::max(statement.valid_from, planned ? last.valid_from : statement.issued);
    }
    const auto text = sign_key_statement(statement, *old, *key);
    const auto fingerprint = key_fingerprint(key->public_key);
    auto done = store.write([&](store::Transaction& tx) -> Result<KeyRecord> {
        lock_state(tx);
        const auto there = key_records(tx);
        if (std::ssize(there) != length) return pending(there.back());
        enter(tx, registry, statement, text, actor, now);
        TRY_VOID(issue(tx, registry, now));
        return key_records(tx).back();
    });
    // Refused by us, it was rolled back. A commit that the database did not confirm may stand: its key stays.
    if (!done.ok() && done.error().code.starts_with("exchange.")) registry.keys().forget(fingerprint);
    return done;
}

Result<void> require_keys_here(store::Reader& reader, const Registry& registry) {
    TRY_VOID(registry.keys().find(key_of_the_last_issue(reader, registry).fingerprint));
    const auto newest = reader.first("SELECT fingerprint FROM exchange_key_statement ORDER BY number DESC LIMIT 1", {},
                                     [](const store::Row& row) { return row.string(0); });
    if (newest) TRY_VOID(registry.keys().find(*newest));
    return Nothing{};
}

Result<void> recover_keys(store::Store& store, const Registry& registry, Instant now) {
    TRY(const auto copy, registry.keys().chain());
    if (copy.empty()) return Nothing{};
    TRY(const auto copied, texts_of_key_chain(copy));
    TRY(const auto known, store.read([](store::Reader& reader) -> Result<std::vector<std::string>> {
        return key_statement_texts(reader);
    }));
    const auto common = std::min(copied.size(), known.size());
    if (!std::equal(copied.begin(), copied.begin() + static_cast<std::ptrdiff_t>(common), known.begin()))
        return Error{
            ErrorKind::conflict, "exchange.key_copy",
            "Chuỗi khoá cấu hình trong cơ sở dữ liệu khác bản chép cạnh các khoá. Hãy khôi phục cả hai từ cùng một "
            "lần sao lưu.",
            "The chain of configuration keys in the database is not the copy beside the keys. Restore both from "
            "one backup."};
    if (copied.size() == common) return Nothing{};
    TRY(const auto chain, read_key_chain(copy));
    return store.write([&](store::Transaction& tx) -> Result<void> {
        lock_state(tx);
        if (key_statement_texts(tx).size() != known.size()) return Nothing{};  // another node was faster
        for (auto n = common; n < copied.size(); ++n)
            enter(tx, registry, chain.statements[n], copied[n], the_registry(), now);
        log::warning("exchange",
                     "statements on the configuration's key were entered again from the copy beside the keys",
                     {{"statements", copied.size() - common}});
        return Nothing{};
    });
}

Result<void> settle_keys(store::Store& store, const Registry& registry, Instant now) {
    TRY(const auto records,
        store.read([](store::Reader& reader) -> Result<std::vector<KeyRecord>> { return key_records(reader); }));
    if (records.empty()) return Nothing{};
    std::vector<std::string> texts;
    for (const auto& r : records) texts.push_back(r.text);
    const auto whole = key_chain_json(registry.settings().instance, texts);
    TRY(const auto copy, registry.keys().chain());
    if (copy != whole) TRY_VOID(registry.keys().keep_chain(whole));
    const auto last =
        std::find_if(records.rbegin(), records.rend(), [](const auto& r) { return r.in_force.has_value(); });
    if (last == records.rend()) return Nothing{};
    TRY(const auto destroyed, registry.keys().promote(last->fingerprint));
    if (destroyed) log::info("exchange", "a key that signed configurations was destroyed", {{"key", last->previous}});
    std::vector<std::string> gone;
    for (auto r = last; r != records.rend(); ++r) {
        if (r != last) registry.keys().forget(r->fingerprint);  // one that was announced and never signed
        if (!r->destroyed) gone.push_back(r->previous);
    }
    if (gone.empty()) return Nothing{};
    return store.write([&](store::Transaction& tx) -> Result<void> {
        for (const auto& fingerprint : gone)
            if (tx.execute(insert_step, {fingerprint, "destroyed", now}) > 0)
                append(tx, events::configuration_key_destroyed, stream_of(registry), the_registry(), now,
                       {{"key", fingerprint}});
        return Nothing{};
    });
}

}  // namespace hl::exchange
