// Personal data at rest: every subject (person or organisation) has a key of its own, wrapped by a master key that
// lives outside the database; erasing the subject's key erases the person everywhere while the ledger stays whole.
// Blind indexes let an exact number or a word of a name be found without storing it. Vault is safe on any thread.
#pragma once
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "store/db.h"

namespace hl::store {

class Vault {
  public:
    /// Reads the master key file (32 bytes, 0600), creating it on first start. Errors: vault.key_missing,
    /// vault.key_damaged, vault.key_mode.
    [[nodiscard]] static Result<std::unique_ptr<Vault>> open(const std::filesystem::path& key_file, Random& random,
                                                             bool create);

    [[nodiscard]] SubjectId create_subject(Transaction& tx, Instant now);
    /// Seals one field; `column` is bound to it ("dossier.applicant") so that ciphertexts cannot be swapped.
    /// For who will seal or unseal something of this subject.
    static void ask_ahead(Ahead& ahead, const SubjectId& subject);
    [[nodiscard]] Result<std::string> seal(Reader& reader, const SubjectId& subject, std::string_view column,
                                           std::string_view plain);
    [[nodiscard]] Result<std::string> unseal(Reader& reader, const SubjectId& subject, std::string_view column,
                                             std::string_view sealed);
    /// Destroys the key. Later unseal gives "subject.erased".
    [[nodiscard]] Result<void> erase_subject(Transaction& tx, const SubjectId& subject, Instant now);

    /// 16 hex characters for exact look-up of a normalised value within `purpose` ("id_number").
    [[nodiscard]] std::string blind(std::string_view purpose, std::string_view value) const;
    /// Blinded search tokens of a name: one per folded word, and one per exact word where that differs.
    [[nodiscard]] std::vector<std::string> blind_words(std::string_view text) const;
    [[nodiscard]] const std::string& blob_key() const { return blob_key_; }

  private:
    Vault(std::string master, Random& random);
    Result<std::string> subject_key(Reader& reader, const SubjectId& subject);
    std::string wrap_key_, index_key_, blob_key_;
    Random& random_;
    std::mutex mutex_;  // guards random_
};

}  // namespace hl::store
