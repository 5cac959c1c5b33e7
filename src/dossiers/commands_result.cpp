#include "base/text.h"
#include "dossiers/files.h"
#include "dossiers/people.h"
#include "dossiers/refusals.h"
#include "dossiers/work.h"

namespace hl::dossiers {

using access::Right;
using procedures::StepKind;

namespace {
constexpr std::string_view select_result_file =
    "SELECT id FROM dossier_file WHERE dossier = ? AND hash = ? AND role = ? AND withdrawn_at IS NULL";
}  // namespace

Result<Dossier> record_result(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                              const Target& target, const ResultInput& result, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::record_result, now));
    auto& d = w.dossier;
    TRY_VOID(access::require_anywhere(actor, Right::approve_dossier, now));
    const auto& kinds = w.release->card.results;
    const bool known = std::any_of(kinds.begin(), kinds.end(), [&](const auto& k) { return k.id == result.kind; });
    const bool declined = result.outcome == Outcome::declined;
    if (!declined && !known && !(kinds.empty() && result.kind.empty())) {
        std::vector<std::string> ids;
        for (const auto& k : kinds) ids.push_back(k.id);
        return invalid("result.kind",
                       "Loại kết quả không thuộc thủ tục này. Hãy chọn một trong: " + text::join(ids, ", ") + ".",
                       "This is no result of the procedure. Choose one of: " + text::join(ids, ", ") + ".", "/kind",
                       law::return_of_result);
    }
    if (result.signature != "digital" && result.signature != "ink")
        return invalid("result.signature", "Hình thức ký phải là digital hoặc ink.", "The signature is digital or ink.",
                       "/signature", law::return_of_result);
    const auto reason = text::normalise(result.reason);
    if (declined && reason.empty())
        return invalid("result.reason_required", "Kết quả từ chối giải quyết phải nêu lý do cụ thể.",
                       "A refusal as the result must state its reasons.", "/reason", law::form_03);
    // Who reads the ledger must find the document that it names.
    if (!result.file.empty() && !tx.first(select_result_file, {d.key, result.file, static_cast<int>(FileRole::result)},
                                          [](const store::Row&) { return true; }))
        return invalid(
            "result.file",
            "Hồ sơ không có tệp kết quả này. Hãy đính kèm tệp với vai trò kết quả, rồi nêu mã băm (hash) của "
            "nó.",
            "The dossier has no such result file. Attach it with the role result and name its hash.", "/file",
            law::return_of_result);
    Task* task = nullptr;
    for (auto& t : w.tasks) {
        if (t.state != TaskState::open || t.asked || t.kind == StepKind::consult) continue;
        const auto* step = w.release->flow.step(t.step);
        const bool fits = t.kind == StepKind::sign || (step && step->can_return_result) || declined;
        if (result.task ? t.number == *result.task : fits && !task) task = &t;
    }
    // Who signs answers for the step's agency, which need not be the lead: a department's dossier may be signed by the
    // province's committee.
    TRY_VOID(w.require({Right::approve_dossier}, task ? task->agency : d.agency));
    if (!task || (!declined && task->kind != StepKind::sign &&
                  !(w.release->flow.step(task->step) && w.release->flow.step(task->step)->can_return_result)))
        return conflict("result.step", "Bước hiện tại chưa phải bước ký. Hãy hoàn thành các bước trước rồi ký.",
                        "The present step is not the signing step. Complete the steps before it first.",
                        law::return_of_result);
    if (!task->officer.empty() && task->officer != actor.officer && actor.kind != access::ActorKind::system)
        TRY_VOID(w.require_task(*task));
    w.detail().results.push_back(
        {result.kind, text::normalise(result.number), result.outcome, result.signature, result.file, now});
    w.detail_changed();
    ++d.results;
    events::ResultRecorded event;
    event.task = task->number;
    event.kind = result.kind;
    event.signature = result.signature;
    event.outcome = result.outcome;
    event.file = result.file;
    const Task ended = *task;
    w.end(*task, TaskState::done);
    if (declined) {
        w.note(NoteKind::refusal, ended.number, {{"reasons", json::array{reason}}});
        TRY_VOID(w.finish());
    } else {
        TRY_VOID(w.advance(ended));
    }
    w.settle();
    return w.save(std::move(event));
}

Result<Dossier> deliver(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                        const Delivery& delivery, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::deliver, now));
    auto& d = w.dossier;
    TRY_VOID(w.require({Right::receive_dossier}, d.reception));
    if (delivery.method != "desk" && delivery.method != "post" && delivery.method != "electronic")
        return invalid("deliver.method", "Cách trả phải là desk, post hoặc electronic.",
                       "The method is desk, post or electronic.", "/method", law::return_of_result);
    if (delivery.method == "post" && text::normalise(delivery.tracking).empty())
        return invalid("deliver.tracking_required", "Hãy ghi số vận đơn bưu chính.", "Give the post's tracking number.",
                       "/tracking", law::return_of_result);
    if (d.unpaid > 0)
        return conflict("deliver.unpaid",
                        fmt::format("Còn {} đồng chưa nộp. Hãy ghi nhận thanh toán trước khi trả kết quả.",
                                    text::group_digits(d.unpaid)),
                        fmt::format("{} đồng are unpaid. Record the payment before returning the result.", d.unpaid),
                        law::fees);
    const auto& results = w.detail().results;
    events::Delivered event;
    event.method = delivery.method;
    event.electronic_result =
        std::any_of(results.begin(), results.end(), [](const ResultPaper& r) { return r.signature == "digital"; });
    json::object content;
    if (auto who = text::normalise(delivery.receiver); !who.empty()) content["receiver"] = who;
    if (auto number = text::normalise(delivery.tracking); !number.empty()) content["tracking"] = number;
    if (!content.empty()) event.note = w.note(NoteKind::delivery, 0, std::move(content));
    w.end_all(TaskState::done);
    d.state = State::returned;
    d.returned_at = now;
    return w.save(std::move(event));
}

namespace {
constexpr std::string_view select_rating = "SELECT overall FROM dossier_rating WHERE dossier = ?";
constexpr std::string_view insert_rating =
    "INSERT INTO dossier_rating (dossier, overall, scores, at) VALUES (?, ?, ?, ?)";
}  // namespace

Result<Dossier> rate(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                     const Rating& rating, Instant now) {
    // Who may rate is asked before the state: a stranger learns nothing about the dossier.
    const auto denied = [] {
        return refusal(ErrorKind::not_found, "rating.phone",
                       "Mã hồ sơ và số điện thoại không khớp. Hãy nhập số đã ghi trên giấy tiếp nhận.",
                       "The code and the phone number do not match. Use the number on the receipt.", {}, "/phone");
    };
    auto found = storage::find(tx, target.code.value);
    const bool signed_in_owner = found.ok() && actor.kind == access::ActorKind::citizen && !actor.subject.empty() &&
                                 actor.subject == found->subject;
    if (!signed_in_owner) {
        const auto phone = rating.phone ? normalise_phone(*rating.phone) : Result<std::string>{std::string{}};
        const auto stored = found.ok() ? storage::phone_blind(tx, found->key) : std::string{};
        const auto blind = ctx.vault->blind("phone", phone.ok() ? phone.value() : "");
        if (!rating.phone || !phone.ok() || stored.empty() || !crypto::equal_constant_time(stored, blind))
            return denied();
    }
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::rate, now));
    const bool nine = rating.scores.size() == 9 && std::all_of(rating.scores.begin(), rating.scores.end(),
                                                               [](char c) { return c >= '0' && c <= '2'; });
    const bool overall = rating.overall >= 1 && rating.overall <= 5;
    if (!(nine && rating.overall == 0) && !(overall && rating.scores.empty()))
        return invalid("rating.scores",
                       "Hãy chấm chín tiêu chí, mỗi tiêu chí 0, 1 hoặc 2 điểm; hoặc một mức chung từ 1 đến 5.",
                       "Give nine scores of 0, 1 or 2, or one overall mark from 1 to 5.", "/scores", law::rating);
    if (tx.first(select_rating, {w.dossier.key}, [](const store::Row&) { return true; }))
        return conflict("rating.given", "Hồ sơ này đã được đánh giá.", "This dossier was rated already.", law::rating);
    events::Rated event;
    event.overall = rating.overall;
    event.scores = rating.scores;
    if (auto comment = text::normalise(rating.comment); !comment.empty())
        event.note = w.note(NoteKind::rating, 0, {{"comment", comment}});
    const int64_t key = w.dossier.key;
    TRY(auto saved, w.save(std::move(event)));
    tx.execute(insert_rating, {key, rating.overall, rating.scores, now});
    return saved;
}

}  // namespace hl::dossiers
