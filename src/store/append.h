// From an event handed over by a domain room to the row that the ledger keeps: id, canonical data, leaf hash. Both
// engines buffer events while a function runs and write them when it has succeeded. Private to the store room.
#pragma once
#include <vector>

#include "base/crypto.h"
#include "store/db.h"

namespace hl::store {

struct LedgerRow {
    std::string id, type, stream, actor;
    std::string data;  // canonical JSON
    int64_t version = 1;
    int64_t at_ms = 0;
    crypto::Hash leaf{};
};

/// An event without a type or a stream is a mistake of the caller: std::logic_error.
[[nodiscard]] LedgerRow make_ledger_row(Event&& event, Instant now, Random& random);

}  // namespace hl::store
