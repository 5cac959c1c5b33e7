// Messages to a partner and what is exchanged are mostly the same words each time: the names of its fields. A connector
// keeps those words once, by what they are about, and its texts are compressed against them, which takes fewer bytes
// and less time than each by itself. Words are a message without its values, so that none of them tells of anybody:
// what is packed with them can be erased and they stay. They are kept for good: what was packed needs them.
#pragma once
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/json.h"
#include "store/store.h"

namespace hl::connector {

/// A message's fields without its values: every string empty, every number zero, of a list its first. Empty: no JSON
/// object.
[[nodiscard]] std::string words_of(std::string_view json_text);

class Vocabulary;  // prepared for packing; any thread

/// The words of one connector, as this process knows them. Any thread.
class Packing {
  public:
    explicit Packing(std::string connector) : connector_(std::move(connector)) {}
    /// Nothing: not learnt yet, or there are none.
    [[nodiscard]] std::shared_ptr<const Vocabulary> find(const std::string& about) const;
    /// Within a write: keeps this message's words unless somebody has. They are found after `look`.
    void learn(store::Transaction& tx, const std::string& about, std::string_view text, Instant now);
    /// Reads what was learnt since; a write that was undone left nothing.
    [[nodiscard]] Result<void> look(store::Store& store);

  private:
    const std::string connector_;
    mutable std::mutex mutex_;
    bool stale_ = true;
    std::map<std::string, std::shared_ptr<const Vocabulary>> words_;  // null: none can be made
};

/// Shorter where that can be; never more than a byte longer.
[[nodiscard]] std::string pack(std::string_view text, const Vocabulary* words = nullptr);
/// Error: link.packed_damaged.
[[nodiscard]] Result<std::string> unpack(store::Reader& reader, std::string_view packed);

}  // namespace hl::connector
