#include "store/append.h"

#include <stdexcept>

#include "base/json.h"
#include "store/ledger_rows.h"
#include "store/merkle.h"

namespace hl::store {

LedgerRow make_ledger_row(Event&& event, Instant now, Random& random) {
    if (event.type.empty() || event.stream.empty()) throw std::logic_error("an event needs a type and a stream");
    LedgerRow row{make_uuid7(now, random),
                  std::move(event.type),
                  std::move(event.stream),
                  std::move(event.actor),
                  canonical_json(json::value(std::move(event.data))),
                  event.version,
                  to_ms(event.at),
                  {}};
    std::string leaf;
    leaf.reserve(row.data.size() + 256);
    append_leaf(leaf, {row.id, row.type, row.stream, row.actor, row.data, row.version, row.at_ms});
    row.leaf = merkle_leaf(leaf);
    return row;
}

}  // namespace hl::store
