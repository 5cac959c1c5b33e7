// The parts that the parent's end is put together from. Private to the room.
#pragma once
#include "ioc/child/content.h"
#include "ioc/child/parent.h"
#include "ioc/child/refusals.h"

namespace hl::ioc::child {

struct ChildRow {
    ChildId id;
    std::string public_key;  // raw bytes
    std::string held;
    Mark last;
    int64_t position = 0;
    std::string series;
    Mark down;
    int64_t down_confirmed = 0;
};
[[nodiscard]] std::optional<ChildRow> load_child(store::Reader& reader, const ChildId& id);
/// Whoever signed it, by the key that is his now.
[[nodiscard]] Result<ChildRow> signer_of(store::Reader& reader, const Sealed& sealed);
/// The same, and nobody else writes for him meanwhile.
[[nodiscard]] Result<ChildRow> lock_signer(store::Transaction& tx, const Sealed& sealed);
[[nodiscard]] std::string child_stream(const ChildId& id);

/// What a batch says, read and judged before anything is written.
struct Content {
    std::optional<ToldFigures> figures;
    std::vector<ToldRestatement> restatements;
    std::optional<std::vector<ToldAlert>> alerts;
    std::optional<std::vector<ToldIndicator>> indicators;
    std::optional<ToldResume> resume;
    std::vector<const Message*> others;
};
/// Errors: child.content.
[[nodiscard]] Result<Content> read_content(const Batch& batch);
void feed(store::Transaction& tx, const ChildId& child, const Batch& batch, const Content& content, Instant now);

/// Opens a new series of messages down with everything of the old one in it.
void restart_down(store::Transaction& tx, const Parent& parent, ChildRow& child, Random& random, Instant now);

}  // namespace hl::ioc::child
