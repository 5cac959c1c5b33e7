// Everything that is kept of a line, recomputed: hashes, links, signatures, receipts.
#include "ioc/child/children.h"
#include "ioc/child/outbox.h"

namespace hl::ioc::child {

namespace {

constexpr std::string_view select_keys = "SELECT fingerprint, public_key FROM ioc_child_key WHERE child = ?";
constexpr std::string_view select_sent =
    "SELECT number, previous, hash, signer, signature, text, receipt FROM ioc_child_batch WHERE child = ? ORDER BY "
    "number";
constexpr std::string_view select_own =
    "SELECT number, previous, hash, signer, signature, text, receipt FROM ioc_line_batch ORDER BY number";
constexpr std::string_view select_received =
    "SELECT number, hash, signature, text FROM ioc_line_received WHERE series = ? ORDER BY number";
constexpr std::string_view select_last = "SELECT number, hash FROM ioc_child WHERE id = ?";

struct Checker {
    ChainReport report;
    Mark last;
    void wrong(int64_t number, std::string_view what) {
        report.problems.push_back(fmt::format("batch {}: {}", number, what));
    }
    /// `key`: of the signer, raw; nothing: not known here, the chain alone vouches.
    void batch(int64_t number, const std::string& previous, const std::string& hash, const Sealed& sealed,
               const std::optional<std::string>& key) {
        ++report.batches;
        if (number != last.number + 1) wrong(number, fmt::format("comes after {}", last.number));
        if (previous != last.hash) wrong(number, "does not name the hash of the one before");
        if (hash_of(sealed.text) != hash) wrong(number, "its text has another hash");
        if (key)
            if (const auto open = open_sealed(sealed, *key); !open.ok()) wrong(number, open.error().en);
        if (const auto value = parse_json(sealed.text); value.ok()) {
            const auto read = read_batch(*value, "batch");
            if (!read.ok())
                wrong(number, read.error().en);
            else if (read->number != number || read->previous != previous)
                wrong(number, "its text says another number or another one before");
        }
        last = {number, hash};
    }
    void receipt(int64_t number, const std::string& hash, std::string_view text, const std::string& parent_key) {
        ++report.receipts;
        const auto sealed = read_sealed(text);
        if (!sealed.ok()) return wrong(number, "its receipt cannot be read");
        const auto payload = open_sealed(*sealed, parent_key);
        if (!payload.ok()) return wrong(number, "its receipt: " + payload.error().en);
        const auto* o = payload->if_object();
        const auto* n = o ? o->if_contains("number") : nullptr;
        const auto* h = o ? o->if_contains("hash") : nullptr;
        if (!n || !h || *n != number || *h != json::value(hash)) wrong(number, "its receipt is for another batch");
    }
};

Sealed sealed_of(const store::Row& r) {
    return {r.string(3), r.string(5), crypto::from_base64(r.text(4)).value_or("")};
}

}  // namespace

ChainReport verify_child(store::Reader& reader, const std::string& parent_key, const ChildId& child) {
    std::map<std::string, std::string> keys;
    reader.query(select_keys, {child},
                 [&](const store::Row& r) { keys[r.string(0)] = crypto::from_base64(r.text(1)).value_or(""); });
    Checker c;
    reader.query(select_sent, {child}, [&](const store::Row& r) {
        const auto key = keys.find(r.string(3));
        if (key == keys.end()) c.wrong(r.integer(0), "signed by a key that nobody knows");
        c.batch(r.integer(0), r.string(1), r.string(2), sealed_of(r),
                key == keys.end() ? std::nullopt : std::optional{key->second});
        c.receipt(r.integer(0), r.string(2), r.text(6), parent_key);
    });
    const auto last = reader.first(select_last, {child}, [](const store::Row& r) {
        return Mark{r.integer(0), r.string(1)};
    });
    if (!last || *last != c.last) c.wrong(c.last.number, "is not the one that the child's record says to be the last");
    return std::move(c.report);
}

ChainReport verify_line(store::Reader& reader, const std::string& own_key) {
    Checker c;
    const auto line = line_of(reader);
    if (!line) return {};
    reader.query(select_own, {}, [&](const store::Row& r) {
        const bool own = r.text(3) == fingerprint(own_key);
        c.batch(r.integer(0), r.string(1), r.string(2), sealed_of(r), own ? std::optional{own_key} : std::nullopt);
        if (!r.text(6).empty()) c.receipt(r.integer(0), r.string(2), r.text(6), line->parent_key);
    });
    if (line->last != c.last) c.wrong(c.last.number, "is not the one that the line says to be the last");
    Mark down;
    reader.query(select_received, {line->series}, [&](const store::Row& r) {
        const Sealed sealed{"", r.string(3), crypto::from_base64(r.text(2)).value_or("")};
        const auto payload = open_sealed(sealed, line->parent_key);
        const auto read = payload.ok() ? read_batch(*payload, "down") : Result<Batch>(payload.error());
        if (!read.ok())
            c.report.problems.push_back(fmt::format("received {}: {}", r.integer(0), read.error().en));
        else if (read->number != down.number + 1 || read->previous != down.hash || hash_of(sealed.text) != r.text(1))
            c.report.problems.push_back(fmt::format("received {}: out of order or changed", r.integer(0)));
        down = {r.integer(0), r.string(1)};
    });
    return std::move(c.report);
}

}  // namespace hl::ioc::child
