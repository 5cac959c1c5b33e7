// Messages between the boxes and the wire: what came is verified, read, put into the file store and placed; what goes
// is written, signed and put there. Used by the HTTP face, the command line and the connector; safe on any thread.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>

#include "documents/commands.h"
#include "documents/revocation_rows.h"
#include "documents/schema_check.h"
#include "store/blobs.h"
#include "store/store.h"

namespace hl::documents {

struct AxisSettings {
    std::filesystem::path data;                // packs/…/documents: edxml.yaml, edxml.xsd, agency-codes.csv
    std::filesystem::path signing_keys;        // AGENCY.key and AGENCY.crt; default.key and default.crt for the rest
    std::filesystem::path trust;               // anchors of others' signatures
    std::filesystem::path stampers{};          // certificates of time-stamping authorities
    std::filesystem::path lists{};             // lists of revoked certificates that are brought as files
    std::vector<std::string> list_urls{};      // http(s) addresses where they are fetched
    std::chrono::seconds list_interval{3600};  // how often, unless one runs out before
    bool accept_unbound = false;               // work goes on with a signer who is bound to no agency; marked
    bool accept_unchecked = false;             // and with a certificate that no list speaks about; marked
    bool four_eyes = true;                     // a binding wants two persons
    bool accept_sha1 = false;
    bool accept_unsigned = false;  // taken in and marked
    bool send_unsigned = false;    // where no key is there: sent and marked
};

/// What came of looking again.
struct LookedAgain {
    int documents = 0;  // whose mark changed
    int released = 0;   // held messages that went on
};

class Axis {
  public:
    struct Ground {
        store::Store& store;
        const store::Blobs& blobs;
        Random& random;
        std::function<std::shared_ptr<const directory::Directory>()> organisation;
        std::function<std::shared_ptr<const directory::Calendars>()> calendars;
    };
    /// Errors: documents.profile, documents.codes, documents.schema, documents.trust.
    [[nodiscard]] static Result<std::unique_ptr<Axis>> open(Ground ground, AxisSettings settings);

    [[nodiscard]] Context context() const;
    [[nodiscard]] const Profile& profile() const { return *profile_; }
    [[nodiscard]] const Schema& schema() const { return *schema_; }
    [[nodiscard]] const CodeTable& codes() const { return *codes_; }
    [[nodiscard]] const Ground& ground() const { return ground_; }
    [[nodiscard]] const AxisSettings& settings() const { return settings_; }

    /// Every mistake of a file: schema, content, signature.
    [[nodiscard]] std::vector<Error> check(std::string_view edxml, Instant now) const;
    /// Taken in whole or refused; the same bytes again change nothing. Messages that waited for this one follow.
    [[nodiscard]] Result<Outcome> take_in(std::string_view edxml, Instant now) const;
    /// Writes, signs, stores and marks as sent.
    [[nodiscard]] Result<Document> send(const access::Actor& actor, const DocumentKey& key, Instant now) const;
    /// The signed status message of a `document.status_given`; the same bytes for the same status, but for ECDSA's
    /// chance.
    [[nodiscard]] Result<std::string> status_edxml(store::Reader& reader, const DocumentKey& key, int64_t number) const;
    [[nodiscard]] Result<std::string> content(const FileHash& hash) const { return ground_.blobs.get(hash); }
    /// A file for a document that is being written.
    [[nodiscard]] Result<FileRow> put_file(std::string_view name, std::string_view type, std::string_view bytes) const;
    /// Signs with the agency's key. Errors: documents.no_key.
    [[nodiscard]] Result<std::string> sign(std::string_view edxml, const AgencyId& agency) const;
    [[nodiscard]] Result<SignatureFacts> verify(std::string_view edxml, Instant at) const;
    [[nodiscard]] std::shared_ptr<const Judging> judging() const;
    /// Fetches the lists that are due (or all), takes over what changed in folders and table, and looks again at what
    /// the change concerns. Blocks while it fetches. Errors: store.*; what a source answered wrongly is kept with it.
    Result<LookedAgain> refresh_lists(Instant now, bool all = false) const;
    /// Documents and held messages of these certificates (all of them: none named) are judged anew.
    Result<LookedAgain> look_again(Instant now, const SignerBinding* changed = nullptr) const;
    /// May this come in at all: signature as the settings want it, schema. Nothing: unsigned, and let in so.
    [[nodiscard]] Result<std::optional<SignatureFacts>> judge(std::string_view edxml, Instant now) const;

  private:
    Axis(Ground ground, AxisSettings settings) : ground_(std::move(ground)), settings_(std::move(settings)) {}
    [[nodiscard]] Result<Incoming> read(std::string_view edxml, Instant now) const;
    void release_waiting(std::string_view document_id, Instant now) const;
    bool release_one(const HeldMessage& held, Instant now) const;
    [[nodiscard]] std::shared_ptr<const Judging> read_judging(
        std::shared_ptr<const RevocationLists> lists_as_they_are = nullptr) const;
    Result<void> fetch(const std::string& source, Instant now) const;
    /// Documents that came before signers were judged. How many.
    Result<int> judge_old_ones(Instant now) const;
    Result<bool> judge_one(const DocumentKey& key, const Certificate& certificate, const Revocation& revocation,
                           Instant now) const;

    Ground ground_;
    AxisSettings settings_;
    std::shared_ptr<const Profile> profile_;
    std::shared_ptr<const CodeTable> codes_;
    std::shared_ptr<const Schema> schema_;
    std::shared_ptr<const Verifier> verifier_;  // null: no trust store is set
    std::vector<SignerBinding> fixed_signers_;
    mutable std::mutex mutex_;
    mutable std::shared_ptr<const Judging> judging_;
    mutable std::string looked_at_;  // the lists as they were when all was looked at
};

}  // namespace hl::documents
