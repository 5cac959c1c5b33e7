#include "base/text.h"
#include "dossiers/refusals.h"
#include "dossiers/work.h"

namespace hl::dossiers {

using access::Right;

Result<Dossier> extend(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                       Date new_date, const std::string& reason, Instant now) {
    const char* rule = row_of(Command::extend).rule.data();
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::extend, now));
    auto& d = w.dossier;
    TRY_VOID(w.require({Right::approve_dossier}, d.agency));
    const auto why = text::normalise(reason);
    if (why.empty())
        return invalid("extension.reason_required", "Phiếu xin lỗi phải nêu lý do chậm.",
                       "The apology must state the reason.", "/reason", rule);
    if (!d.due)
        return conflict(
            "extension.no_deadline", "Hồ sơ không có ngày hẹn (thời hạn chưa được kiểm chứng), nên không gia hạn được.",
            "The dossier has no promised date (its legal time is not verified), so there is nothing to extend.", rule);
    if (d.extensions >= w.release->clock.extension_max)
        return conflict(
            "extension.used", fmt::format("Chỉ được hẹn lại {} lần và đã dùng hết.", w.release->clock.extension_max),
            fmt::format("A new date may be set {} time(s), and that is used up.", w.release->clock.extension_max),
            rule);
    const auto& calendar = w.calendar(d.agency);
    const Instant until = apology_until(*d.due, w.release->clock, calendar);
    if (now > until)
        return conflict(
            "extension.too_late",
            fmt::format(
                "Phải xin lỗi và đề nghị gia hạn trước ngày hẹn ít nhất {} (chậm nhất {}). Nay đã muộn: hãy trả "
                "kết quả sớm nhất có thể.",
                directory::in_words(w.release->clock.apology_before), to_vietnamese(until)),
            fmt::format("The apology must come at least one working day before the deadline (by {}). It is too "
                        "late now: return the result as soon as possible.",
                        to_rfc3339_local(until)),
            rule);
    if (!calendar.is_workday(new_date))
        return invalid("extension.date", "Ngày hẹn mới phải là ngày làm việc.", "The new date must be a working day.",
                       "/date", rule);
    const Instant new_due = calendar.closing(new_date);
    if (new_due <= *d.due)
        return invalid("extension.date", fmt::format("Ngày hẹn mới phải sau ngày hẹn cũ ({}).", to_vietnamese(*d.due)),
                       fmt::format("The new date must lie after the old one ({}).", to_rfc3339_local(*d.due)), "/date",
                       rule);
    events::Extended event;
    event.old_due = *d.due;
    event.new_due = new_due;
    event.note =
        w.note(NoteKind::extension, 0, {{"reason", why}, {"old_due", to_ms(*d.due)}, {"new_due", to_ms(new_due)}});
    ++d.extensions;
    d.due = new_due;
    d.due_provisional = calendar.provisional(new_date);
    d.calendar = calendar.label();
    w.act(ClockAct::extend, PauseReason::none, new_due);
    return w.save(std::move(event));
}

Result<Dossier> withdraw(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                         const std::string& reason, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::withdraw, now));
    auto& d = w.dossier;
    const bool own = actor.kind == access::ActorKind::citizen && !actor.subject.empty() && actor.subject == d.subject;
    if (!own) TRY_VOID(w.require({Right::receive_dossier}, d.reception));
    if (d.results > 0)
        return conflict(
            "withdraw.result_exists",
            "Đã có quyết định hoặc kết quả nên không dừng theo yêu cầu được nữa. Hãy nhận kết quả, hoặc khiếu nại nếu "
            "không đồng ý.",
            "A decision exists, so the dossier can no longer be stopped on request. Take the result, or appeal.",
            law::withdrawal);
    events::Withdrawn event;
    event.note = w.note(NoteKind::stop, 0, {{"reason", text::normalise(reason)}, {"by", "applicant"}});
    w.end_all(TaskState::dropped);
    w.close(State::withdrawn);
    return w.save(std::move(event));
}

Result<Dossier> stop(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                     const std::string& reason, const std::string& basis, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::stop, now));
    TRY_VOID(w.require({Right::approve_dossier}, w.dossier.agency));
    const auto why = text::normalise(reason), act = text::normalise(basis);
    if (why.empty())
        return invalid("stop.reason_required", "Hãy ghi lý do dừng giải quyết.", "State the reason for stopping.",
                       "/reason", law::form_05);
    if (act.empty())
        return invalid("stop.basis_required", "Hãy ghi căn cứ pháp lý của việc dừng (văn bản, điều khoản).",
                       "State the legal basis for stopping (instrument and article).", "/basis", law::form_05);
    events::Stopped event;
    event.note = w.note(NoteKind::stop, 0, {{"reason", why}, {"basis", act}, {"by", "agency"}});
    w.end_all(TaskState::dropped);
    w.close(State::stopped);
    return w.save(std::move(event));
}

}  // namespace hl::dossiers
