// What one can do with documents: each runs in the caller's transaction, checks the right over the agency and the
// state, changes it and appends its events. Statuses that the sender is owed (01…06, 13, 15, 16) are recorded with the
// change that causes them; who carries them reads `document.status_given`.
#pragma once
#include "access/access.h"
#include "documents/context.h"
#include "documents/document.h"
#include "documents/signature.h"
#include "documents/standing.h"

namespace hl::documents {

/// A message as it came over the axis. Its bytes and files were put into the file store before.
struct Incoming {
    Message message;
    FileHash content;
    std::vector<FileRow> files{};  // of its attachments, in their order
    std::optional<SignatureFacts> signature{};
    Revocation revocation{};  // of the signer's certificate, as the lists have it now
};
struct Outcome {
    enum class Kind { stored, duplicate, status, held };
    Kind kind = Kind::stored;
    std::vector<DocumentKey> documents;  // one for each of our agencies that it is for
    std::string held_reason;
};
/// Takes in what came, once however often it comes; what cannot be placed (an update before its document, a status
/// about none of ours, nobody here it is for) is held with the reason and looked at again when something comes.
[[nodiscard]] Result<Outcome> receive(store::Transaction& tx, const Context& ctx, const Incoming& incoming,
                                      Instant now);

/// Held messages about `document_id` that may go on now: read again by whoever holds the file store.
struct HeldMessage {
    std::string key, document_id, of_document, from_organ, reason_code, reason_vi, reason_en, signature, signer;
    AgencyId agency;
    FileHash content;
    Instant held_at;
};
[[nodiscard]] std::vector<HeldMessage> held_messages(store::Reader& reader, std::string_view of_document = {});
void release(store::Transaction& tx, const HeldMessage& held, const Outcome& outcome, Instant now);

/// A document that came on paper or by mail, taken into the in-box by a clerk.
struct Entered {
    AgencyId agency;
    std::string channel = "paper";
    std::string from_organ, from_name, number, notation, kind, subject;
    Date promulgated;
    int priority = 0;
    std::optional<Date> due{};
    std::vector<FileRow> files{};
};
/// Errors: access.*, document.duplicate, document.field.
[[nodiscard]] Result<Document> enter(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                     const Entered& entered, Instant now);

/// Gives the number of the in-register (status 03). One whose signature is not sure needs `despite`: why it is
/// registered all the same. Errors: access.*, document.not_found, document.wrong_state, document.signature_unsure.
[[nodiscard]] Result<Document> enroll(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                      const DocumentKey& key, Instant now, const std::string& despite = {});
/// Status 02. Errors: also document.reason_required.
[[nodiscard]] Result<Document> refuse(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                      const DocumentKey& key, const std::string& reason, Instant now);
/// Status 04. Errors: also document.officer (not of this agency today).
[[nodiscard]] Result<Document> assign(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                      const DocumentKey& key, const OfficerId& officer, std::optional<Date> due,
                                      Instant now);
/// Status 05; the officer it is assigned to, or who may assign.
[[nodiscard]] Result<Document> start(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                     const DocumentKey& key, Instant now);
/// Status 06.
[[nodiscard]] Result<Document> finish(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                      const DocumentKey& key, Instant now);
/// To a sender who wants a document back, or who updates, replaces or recalls one by a message: 15 or 16. Accepting a
/// recall or a request takes the document out of work. Errors: also document.nothing_asked.
[[nodiscard]] Result<Document> answer(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                      const DocumentKey& key, bool accept, const std::string& reason, Instant now);

/// A document of ours: it gets the next number of the out-register, and so its code and DocumentId.
struct Issued {
    AgencyId agency;
    std::string notation, place, kind, subject;
    int priority = 0;
    std::optional<Date> due{};
    std::vector<ReceiverRow> receivers;
    std::vector<FileRow> files{};
    Business business = Business::fresh;
    std::string reason{};
    std::vector<std::string> replies{}, of{};  // DocumentIds it answers; it recalls, updates or replaces
};
/// Errors: access.*, document.field, agency_code.invalid.
[[nodiscard]] Result<Document> issue(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                     const Issued& issued, Instant now);
/// The message as it is to be sent; the files' bytes are filled in by the caller. Errors: document.field.
[[nodiscard]] Result<BusinessMessage> message_of(const Context& ctx, const Document& document, Instant now);
/// `content`: the signed edXML in the file store. Errors: also document.nobody.
[[nodiscard]] Result<Document> send(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                    const DocumentKey& key, const FileHash& content, bool is_signed, Instant now);
/// Asks the receivers to give a sent document back (status 13).
[[nodiscard]] Result<Document> take_back(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                         const DocumentKey& key, const std::string& reason, Instant now);

/// The status message that a `document.status_given` event stands for. Errors: document.not_found.
[[nodiscard]] Result<StatusMessage> status_message(store::Reader& reader, const Context& ctx, const DocumentKey& key,
                                                   int64_t number);

/// Is this content of the file store named by a document?
[[nodiscard]] bool content_is_referenced(store::Reader& reader, const FileHash& content);

}  // namespace hl::documents
