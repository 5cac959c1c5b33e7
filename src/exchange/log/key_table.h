// Keys that can be destroyed one by one without storing one by one: each epoch is a tree of seeds, the key of a slot is
// what its path leads to (a puncturable pseudo-random function). To erase a slot, the seeds above it are replaced by
// those of everything else; the file stays small, and nobody who has it later can come to the key again. Files are
// sealed with the master key. Any thread.
#pragma once
#include <filesystem>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include "base/crypto.h"
#include "base/ids.h"
#include "base/result.h"

namespace hl::exchange::journal {

/// Where a key lies.
struct Slot {
    uint32_t epoch = 0;
    uint32_t index = 0;
    auto operator<=>(const Slot&) const = default;
};
struct SlotKey {
    Slot slot;
    std::string key;  // 32 bytes
};

class KeyTable {
  public:
    KeyTable(std::filesystem::path folder, std::string master_key, Random& random);
    /// A slot never given before. Errors: those of writing a file, when a new epoch begins.
    [[nodiscard]] Result<SlotKey> fresh();
    /// Errors: exchange.erased, exchange.log_damaged (the file is missing or does not open).
    [[nodiscard]] Result<std::string> key(Slot slot);
    /// The epoch that `fresh` gives from; earlier ones hold no body that is still streaming in.
    [[nodiscard]] uint32_t current_epoch();
    /// On disk when it returns; a slot already erased is left as it is.
    [[nodiscard]] Result<void> erase(Slot slot);

  private:
    static constexpr int depth = 20;
    using Seed = std::array<uint8_t, 32>;
    using Node = std::pair<int, uint32_t>;  // level, index on that level
    struct Epoch {
        std::map<Node, Seed> seeds;
        std::array<Seed, depth + 1> path{};  // of the last slot asked for
        std::optional<uint32_t> last;
        int last_top = 0;
    };
    [[nodiscard]] std::optional<Seed> derive(Epoch& epoch, uint32_t index);
    [[nodiscard]] Result<Epoch*> load(uint32_t number);
    [[nodiscard]] Result<void> save(uint32_t number, const Epoch& epoch);
    [[nodiscard]] Result<void> begin_epoch();
    [[nodiscard]] std::filesystem::path file_of(uint32_t number) const;

    const std::filesystem::path folder_;
    const std::string master_key_;
    Random& random_;
    std::mutex mutex_;
    std::map<uint32_t, Epoch> epochs_;  // those in use lately
    std::list<uint32_t> loaded_;
    uint32_t current_ = 0;  // 0: none yet
    uint32_t next_ = 0;
};

/// Seals and unseals one whole text with a slot's key; each key seals one text only.
[[nodiscard]] std::string seal_once(std::string_view plain, const std::string& key, uint64_t counter, bool last);
[[nodiscard]] std::optional<std::string> unseal_once(std::string_view sealed, const std::string& key, uint64_t counter,
                                                     bool last);
inline constexpr size_t seal_size = 16;  // what sealing adds

}  // namespace hl::exchange::journal
