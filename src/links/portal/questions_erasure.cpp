// Erasing who asked: his key goes, and with it the question, the answer and the note; what is counted stays.
#include "base/text.h"
#include "links/connector/outbox.h"
#include "links/portal/questions_found.h"
#include "links/portal/questions_own.h"

namespace hl::links::portal {

namespace {

constexpr std::string_view reason_column = "portal_question_erasure.reason";
constexpr size_t shortest_reason = 3, longest_reason = 500;
constexpr std::string_view forget =
    "UPDATE portal_question SET content = ?, note = NULL, answer = NULL, print = '', erased_at = ? WHERE id = ?";
constexpr std::string_view keep_why =
    "INSERT INTO portal_question_erasure (question, subject, reason, actor, erased_at) VALUES (?, ?, ?, ?, ?)";
constexpr std::string_view select_why =
    "SELECT subject, reason, actor, erased_at FROM portal_question_erasure WHERE question = ?";

/// Its last answer is not, or not known to be, at the portal.
bool on_its_way(store::Reader& reader, const Question& q) {
    if (q.answers == 0) return false;
    // The follower may not have come to the last answer yet, nor the ledger to stamping it.
    int told = 0;
    int64_t newest = 0;
    for (const auto& event : store::read_stream(reader, stream_of_question(q.id)))
        if (event.type == "portal.question_answered") {
            ++told;
            newest = event.position;
        }
    const auto rows = connector::find_messages(reader, {"portal", {}, std::string{question_key} + q.id, 0, 1});
    return told < q.answers || rows.empty() || rows.front().message.position < newest ||
           rows.front().state < connector::MessageState::accepted;
}

}  // namespace

Result<void> may_erase(const access::Actor& actor, Instant now) {
    return access::require(actor, access::Right::manage_links, AgencyId{}, now);
}

Result<Question> erase_question(store::Transaction& tx, store::Vault& vault, const access::Actor& actor,
                                std::string_view id, const Erasing& erasing, Instant now) {
    TRY_VOID(may_erase(actor, now));
    TRY(auto q, own::lock(tx, id));
    const auto reason = text::trim(erasing.reason);
    if (text::length(reason) < shortest_reason || text::length(reason) > longest_reason)
        return Error{ErrorKind::invalid, "question.reason", "Hãy ghi vì sao xóa, từ 3 đến 500 ký tự.",
                     "Say why it is erased, in 3 to 500 characters.", "/reason"};
    TRY_VOID(own::unchanged(q, erasing.version));
    if (q.erased_at) return own::erased();
    if (!erasing.unsent && on_its_way(tx, q))
        return Error{
            ErrorKind::conflict, "question.unsent",
            "Câu trả lời chưa lên tới Cổng. Chờ Cổng nhận rồi xóa, hoặc xác nhận xóa khi chưa gửi: công dân sẽ "
            "không nhận được câu trả lời này.",
            "The answer has not reached the portal. Wait until it has, or confirm that it is erased unsent: "
            "the citizen will not get this answer.",
            "/unsent"};
    TRY_VOID(vault.erase_subject(tx, q.subject, now));
    // The reason is somebody's words and may name whom it is about: sealed with a key of its own.
    const auto why = vault.create_subject(tx, now);
    TRY(const auto sealed, vault.seal(tx, why, reason_column, reason));
    tx.execute(keep_why, {q.id, why, store::Blob{sealed}, actor.label(), now});
    tx.execute(forget, {store::Blob{std::string_view{}}, now, q.id});
    question_index().remove(tx, q.number);
    const auto before = q.state;
    q.erased_at = now;
    q.changed = false;
    // Nobody can answer what nobody can read: it ends, and ends as what it is.
    if (q.state < QuestionState::answered) q.state = QuestionState::erased;
    own::save(tx, q);
    tx.append({"portal.question_erased", 1, stream_of_question(q.id), actor.label(), now,
               json::object{{"question", q.id},
                            {"agency", q.agency.empty() ? json::value() : json::value(q.agency.value)},
                            {"before", to_string(before)},
                            {"answers", q.answers},
                            {"unsent", erasing.unsent}}});
    return q;
}

Result<std::optional<Erasure>> erasure_of(store::Reader& reader, store::Vault& vault, std::string_view id) {
    struct Row {
        SubjectId subject;
        std::string sealed, actor;
        Instant at;
    };
    const auto row = reader.first(select_why, {id}, [](const store::Row& r) {
        return Row{SubjectId{r.text(0)}, r.string(1), r.string(2), r.instant(3)};
    });
    if (!row) return std::optional<Erasure>{};
    const auto reason = vault.unseal(reader, row->subject, reason_column, row->sealed);
    if (!reason.ok() && reason.error().code != "subject.erased") return reason.error();
    return std::optional{Erasure{row->at, row->actor, reason.ok() ? *reason : std::string{}}};
}

}  // namespace hl::links::portal
