#include "base/text.h"
#include "dossiers/refusals.h"
#include "dossiers/work.h"

namespace hl::dossiers {

using access::Right;

Result<Dossier> charge(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                       const std::vector<Charge>& charges, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::charge, now));
    auto& d = w.dossier;
    TRY_VOID(w.require({Right::handle_dossier, Right::receive_dossier}, d.agency));
    if (charges.empty())
        return invalid("charge.empty", "Hãy nêu ít nhất một khoản phải nộp.", "Name at least one amount due.",
                       "/charges", law::fees);
    events::Charged event;
    auto& list = w.detail().charges;
    for (size_t i = 0; i < charges.size(); ++i) {
        const auto& c = charges[i];
        const auto at = fmt::format("/charges/{}", i);
        if (!c.amount || *c.amount < 0 || c.id.empty())
            return invalid("charge.amount", "Mỗi khoản phải có mã và số tiền là số đồng không âm.",
                           "Each charge has an id and a non-negative number of đồng.", at, law::fees);
        const auto it = std::find_if(list.begin(), list.end(), [&](const Charge& x) { return x.id == c.id; });
        if (it != list.end() && it->paid_at)
            return conflict("charge.paid",
                            fmt::format("Khoản «{}» đã nộp, không sửa được. Hãy thêm khoản khác.", it->name),
                            fmt::format("The charge {} is paid and cannot change. Add another.", it->id), law::fees);
        Charge declared = c;
        declared.paid_at.reset();
        declared.name = text::normalise(c.name);
        if (it == list.end()) {
            list.push_back(declared);
        } else {
            if (declared.name.empty()) declared.name = it->name;
            *it = declared;
        }
        event.charges.push_back({c.id, c.kind, c.amount, ""});
    }
    w.detail_changed();
    w.recount_unpaid();
    // In work the applicant's duty holds the dossier up; before that, and with the result ready, it is only owed.
    const bool at_work = d.state == State::processing || d.state == State::consulting || d.state == State::signing;
    if (at_work && d.unpaid > 0) w.act(ClockAct::pause, PauseReason::payment);
    w.settle();
    return w.save(std::move(event));
}

Result<Dossier> pay(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                    const Payment& payment, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::pay, now));
    auto& d = w.dossier;
    if (actor.kind != access::ActorKind::machine ||
        !access::require_anywhere(actor, Right::import_dossiers, now).ok()) {
        auto at_reception = w.require({Right::receive_dossier, Right::handle_dossier}, d.reception);
        if (!at_reception.ok()) TRY_VOID(w.require({Right::receive_dossier, Right::handle_dossier}, d.agency));
    }
    if (payment.method != "cash" && payment.method != "transfer" && payment.method != "online")
        return invalid("payment.method", "Hình thức phải là cash, transfer hoặc online.",
                       "The method must be cash, transfer or online.", "/method", law::fees);
    if (payment.receipt.empty())
        return invalid("payment.receipt_required", "Hãy ghi số biên lai hoặc mã giao dịch.",
                       "Give the number of the receipt or transaction.", "/receipt", law::fees);
    events::Paid event;
    auto& list = w.detail().charges;
    const auto settle_one = [&](Charge& c) {
        c.paid_at = now;
        c.method = payment.method;
        c.receipt = payment.receipt;
        event.charges.push_back({c.id, c.kind, c.amount, payment.method});
    };
    for (const auto& id : payment.charges) {
        const auto it =
            std::find_if(list.begin(), list.end(), [&](const Charge& c) { return c.id == id && !c.paid_at; });
        if (it == list.end())
            return invalid("payment.unknown", fmt::format("Không có khoản «{}» chưa nộp.", id),
                           fmt::format("There is no unpaid charge {}.", id), "/charges", law::fees);
        if (!it->amount)
            return conflict("payment.amount_unknown",
                            fmt::format("Khoản «{}» chưa có số tiền. Hãy nhập số tiền theo thông báo trước.", it->name),
                            fmt::format("The amount of {} is not known. Declare it first.", id), law::fees);
        settle_one(*it);
    }
    if (payment.charges.empty())
        for (auto& c : list)
            if (c.amount && !c.paid_at) settle_one(c);
    if (event.charges.empty())
        return conflict("payment.nothing_due", "Hồ sơ không còn khoản nào phải nộp.", "The dossier owes nothing.",
                        law::fees);
    w.detail_changed();
    w.recount_unpaid();
    event.unpaid = d.unpaid;
    if (d.unpaid == 0 && d.state == State::awaiting_payment) {
        w.resume(false);
        for (auto& t : w.tasks)
            if (t.state == TaskState::open && t.kind == procedures::StepKind::pay) {
                const Task ended = t;
                w.end(t, TaskState::done);
                TRY_VOID(w.advance(ended));
                break;
            }
        if (is_open(d.state) && d.state != State::finished) d.state = State::processing;
    }
    w.settle();
    return w.save(std::move(event));
}

}  // namespace hl::dossiers
