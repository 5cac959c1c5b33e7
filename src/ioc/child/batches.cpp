// What a child sent, as it is kept: batches, refusals.
#include "ioc/child/children.h"

namespace hl::ioc::child {

namespace {

constexpr std::string_view select_batches =
    "SELECT number, previous, hash, from_position, to_position, made_at, received_at, bytes, not_understood FROM "
    "ioc_child_batch WHERE child = ? AND number < ? ORDER BY number DESC LIMIT ?";
constexpr std::string_view select_refusals =
    "SELECT number, hash, reason, first_at, last_at, times FROM ioc_child_refusal WHERE child = ? ORDER BY last_at "
    "DESC "
    "LIMIT ?";
constexpr std::string_view select_batch =
    "SELECT signer, text, signature, receipt FROM ioc_child_batch WHERE child = ? AND number = ?";

json::value parsed(std::string_view text) {
    auto value = parse_json(text);
    return value.ok() ? *std::move(value) : json::value();
}

}  // namespace

json::array batches_of(store::Reader& reader, const ChildId& child, int64_t before, int64_t limit) {
    json::array out;
    reader.query(select_batches, {child, before, limit}, [&](const store::Row& r) {
        out.push_back({{"number", r.integer(0)},
                       {"previous", r.text(1)},
                       {"hash", r.text(2)},
                       {"from", r.integer(3)},
                       {"to", r.integer(4)},
                       {"made_at", to_rfc3339_local(r.instant(5))},
                       {"received_at", to_rfc3339_local(r.instant(6))},
                       {"bytes", r.integer(7)},
                       {"not_understood", r.integer(8)}});
    });
    return out;
}

json::array refusals_of(store::Reader& reader, const ChildId& child, int64_t limit) {
    json::array out;
    reader.query(select_refusals, {child, limit}, [&](const store::Row& r) {
        out.push_back({{"number", r.integer(0)},
                       {"hash", r.text(1)},
                       {"code", r.text(2)},
                       {"first_at", to_rfc3339_local(r.instant(3))},
                       {"last_at", to_rfc3339_local(r.instant(4))},
                       {"times", r.integer(5)}});
    });
    return out;
}

json::value batch_of(store::Reader& reader, const ChildId& child, int64_t number) {
    const auto found = reader.first(select_batch, {child, number}, [](const store::Row& r) {
        return json::object{
            {"key", r.text(0)}, {"signature", r.text(2)}, {"text", r.text(1)}, {"receipt", parsed(r.text(3))}};
    });
    return found ? json::value(*found) : json::value();
}

}  // namespace hl::ioc::child
