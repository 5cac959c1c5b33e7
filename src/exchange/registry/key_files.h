// The private keys that sign configurations, sealed with the master key, in the folder of the installation's keys: the
// one that signs now, and the one that follows it until its day. The next one takes the other's place by a rename,
// which destroys the old one at the same moment. Beside them lies a copy of the chain of statements, so that an older
// database, restored, learns again which key follows which. Thread-safe; nodes may share the folder.
#pragma once
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/crypto.h"

namespace hl::exchange {

class KeyFiles {
  public:
    using Key = std::shared_ptr<const crypto::SigningKey>;

    /// Makes the first key when there is none. Errors: exchange.registry_key.
    [[nodiscard]] static Result<std::unique_ptr<KeyFiles>> open(std::filesystem::path folder, std::string master_key,
                                                                Random& random);
    ~KeyFiles();
    KeyFiles(const KeyFiles&) = delete;
    KeyFiles& operator=(const KeyFiles&) = delete;

    /// The key in the first place: the one that signs while no statement says otherwise.
    [[nodiscard]] Key main() const;
    /// The key with this fingerprint, wherever it lies now. Error exchange.registry_key (not on this machine).
    [[nodiscard]] Result<Key> find(std::string_view fingerprint) const;
    /// A new one, sealed and on disk.
    [[nodiscard]] Result<Key> make(Random& random);
    /// Removes one that nothing came of.
    void forget(std::string_view fingerprint);
    /// This key takes the first place; the one that was there is gone from the disk and from memory. False: it is there
    /// already. Error exchange.registry_key.
    [[nodiscard]] Result<bool> promote(std::string_view fingerprint);

    /// Fingerprints of the keys that lie beside the first one. One that no statement names was left by a change that
    /// was interrupted; it is never removed here, since an older database may only not know it yet.
    [[nodiscard]] std::vector<std::string> beside() const;

    /// The copy of the chain; empty: none yet.
    [[nodiscard]] Result<std::string> chain() const;
    [[nodiscard]] Result<void> keep_chain(std::string_view json);

  private:
    KeyFiles(std::filesystem::path folder, std::string master_key)
        : folder_(std::move(folder)), master_key_(std::move(master_key)) {}
    [[nodiscard]] std::filesystem::path main_file() const { return folder_ / "exchange-configuration.key"; }
    [[nodiscard]] std::filesystem::path file_of(std::string_view fingerprint) const;
    [[nodiscard]] Result<Key> read(const std::filesystem::path& file) const;

    const std::filesystem::path folder_;
    std::string master_key_;
    mutable std::mutex mutex_;
    mutable Key main_;
    mutable std::map<std::string, Key, std::less<>> others_;
};

}  // namespace hl::exchange
