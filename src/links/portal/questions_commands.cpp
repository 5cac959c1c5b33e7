// Giving a question to an agency, answering it, correcting the answer.
#include "base/crypto.h"
#include "base/text.h"
#include "links/portal/fields.h"
#include "links/portal/questions.h"
#include "links/portal/questions_own.h"

namespace hl::links::portal {

using access::Right;

namespace {

constexpr size_t longest_answer = 10'000, longest_note = 1'000;

Result<void> any_of(const access::Actor& actor, std::initializer_list<Right> rights, const AgencyId& agency,
                    Instant now) {
    Result<void> last = Nothing{};
    for (const auto right : rights) {
        last = access::require(actor, right, agency, now);
        if (last.ok()) return last;
    }
    return last;
}

Error wrong(std::string code, std::string at, std::string vi, std::string en) {
    return {ErrorKind::invalid, std::move(code), std::move(vi), std::move(en), std::move(at)};
}

/// Only a question that was answered here can have given the words.
Result<void> can_follow(store::Reader& reader, const Question& q, const std::string& from) {
    const auto earlier = load_question(reader, from);
    if (earlier.ok() && earlier->id != q.id && earlier->answers > 0 && !earlier->erased_at) return Nothing{};
    return wrong("question.from", "/from",
                 "Câu trả lời được lấy lại không còn (chưa trả lời hoặc đã xóa). Hãy bỏ phần ghi nguồn rồi gửi lại.",
                 "The answer that this one comes from is not there (not answered, or erased). Leave the source out and "
                 "send it again.");
}

}  // namespace

namespace own {

Result<void> unchanged(const Question& q, const std::optional<int64_t>& version) {
    if (!version || *version == q.version) return Nothing{};
    return Error{ErrorKind::conflict, "question.changed",
                 "Câu hỏi vừa có thay đổi (người khác xử lý hoặc Cổng gửi nội dung mới). Hãy xem lại rồi làm tiếp.",
                 "The question has changed meanwhile (somebody else, or the portal). Look at it again, then go on."};
}

}  // namespace own

Result<void> may_answer(const access::Actor& actor, const AgencyId& agency, Instant now) {
    return any_of(actor, {Right::handle_dossier, Right::approve_dossier, Right::receive_dossier}, agency, now);
}

Result<void> may_assign(const access::Actor& actor, const QuestionRules& rules, Instant now) {
    return any_of(actor, {Right::receive_dossier, Right::handle_dossier, Right::reassign_dossier}, rules.centre, now);
}

Result<Question> assign_question(store::Transaction& tx, const dossiers::Context& ctx, const access::Actor& actor,
                                 const QuestionRules& rules, std::string_view id, const Assignment& assignment,
                                 Instant now) {
    TRY(auto q, own::lock(tx, id));
    const bool back = assignment.agency.empty();
    // Who has it may give it back; giving it to somebody else is the centre's.
    if (back && !q.agency.empty())
        TRY_VOID(may_answer(actor, q.agency, now));
    else
        TRY_VOID(may_assign(actor, rules, now));
    TRY_VOID(own::unchanged(q, assignment.version));
    if (q.erased_at) return own::erased();
    if (q.state >= QuestionState::answered)
        return Error{ErrorKind::conflict, "question.over", "Câu hỏi đã được trả lời nên không chuyển được nữa.",
                     "The question is answered: it cannot be given to anybody any more."};
    const auto* to = back ? nullptr : ctx.directory->agency(assignment.agency);
    if (!back && (!to || !to->at(local_date(now))))
        return wrong("question.agency", "/agency",
                     "Không có cơ quan này, hoặc cơ quan đã kết thúc. Hãy chọn cơ quan khác.",
                     "There is no such agency, or it has ended. Choose another.");
    const auto note = tidy(assignment.note);
    if (back && note.empty())
        return wrong("question.note_required", "/note", "Hãy ghi vì sao câu hỏi không thuộc cơ quan mình.",
                     "Say why the question is not this agency's.");
    if (text::length(note) > longest_note)
        return wrong("question.note_required", "/note", "Lời ghi dài quá 1.000 ký tự.",
                     "The note is longer than 1,000 characters.");
    const auto from = q.agency;
    if (from == assignment.agency) return q;
    q.agency = assignment.agency;
    q.rule = "officer";
    q.state = back ? QuestionState::waiting : QuestionState::assigned;
    q.assigned_at = back ? std::nullopt : std::optional{now};
    if (!note.empty()) {
        TRY(const auto sealed, ctx.vault->seal(tx, q.subject, own::note_column, note));
        tx.execute("UPDATE portal_question SET note = ? WHERE id = ?", {store::Blob{sealed}, q.id});
    }
    own::save(tx, q);
    tx.append({"portal.question_assigned", 1, stream_of_question(q.id), actor.label(), now,
               json::object{{"question", q.id},
                            {"from", from.empty() ? json::value() : json::value(from.value)},
                            {"agency", back ? json::value() : json::value(q.agency.value)}}});
    return q;
}

Result<Question> answer_question(store::Transaction& tx, const dossiers::Context& ctx, const access::Actor& actor,
                                 std::string_view id, const Answering& answering, Instant now) {
    TRY(auto q, own::lock(tx, id));
    if (q.agency.empty())
        return Error{ErrorKind::conflict, "question.unassigned",
                     "Câu hỏi đang chờ Trung tâm Phục vụ hành chính công tỉnh giao cho một cơ quan.",
                     "The question waits for the province's centre to give it to an agency."};
    TRY_VOID(may_answer(actor, q.agency, now));
    TRY_VOID(own::unchanged(q, answering.version));
    if (q.erased_at) return own::erased();
    if (q.state == QuestionState::answered_there)
        return Error{ErrorKind::conflict, "question.over", "Câu hỏi đã được trả lời trực tiếp trên Cổng.",
                     "The question was answered at the portal itself."};
    if (actor.officer.empty() || actor.name.empty())
        return Error{ErrorKind::denied, "question.no_officer",
                     "Chỉ cán bộ có tên trong danh bạ mới trả lời được: Cổng ghi tên người trả lời.",
                     "Only an officer of the directory may answer: the portal names who did."};
    const auto words = tidy(answering.text);
    if (words.empty() || text::length(words) > longest_answer)
        return wrong("question.text", "/text", "Câu trả lời có từ 1 đến 10.000 ký tự.",
                     "An answer has 1 to 10,000 characters.");
    TRY(const auto before, answer_of(tx, *ctx.vault, q));
    if (words == before && !q.changed)
        return Error{ErrorKind::conflict, "question.same", "Câu trả lời không khác câu đã gửi.",
                     "The answer is the one that stands already."};
    if (!answering.from.empty()) TRY_VOID(can_follow(tx, q, answering.from));
    TRY(const auto sealed, ctx.vault->seal(tx, q.subject, own::answer_column, words));
    tx.execute("UPDATE portal_question SET answer = ? WHERE id = ?", {store::Blob{sealed}, q.id});
    ++q.answers;
    q.answered_at = now;
    q.answered_by = actor.officer;
    // A correction of what was taken over stays what was taken over, unless it says otherwise.
    if (!answering.from.empty()) q.answer_from = answering.from;
    q.state = QuestionState::answered;
    q.changed = false;
    own::save(tx, q);
    // The digest is of the sealed bytes: it binds the event to this text and tells nothing of it.
    tx.append({"portal.question_answered", 1, stream_of_question(q.id), actor.label(), now,
               json::object{{"question", q.id},
                            {"agency", q.agency.value},
                            {"officer", q.answered_by.value},
                            {"answer", q.answers},
                            {"from", q.answer_from.empty() ? json::value() : json::value(q.answer_from)},
                            {"digest", crypto::to_hex(crypto::sha256(sealed))}}});
    return q;
}

}  // namespace hl::links::portal
