#include "base/text.h"
#include "dossiers/competence.h"
#include "dossiers/refusals.h"
#include "dossiers/work.h"

namespace hl::dossiers {

using access::Right;

namespace {

/// Every paper that is asked for must be there before a dossier may be taken in.
Result<void> check_components(const std::vector<procedures::Component>& asked, const std::vector<Component>& given) {
    std::vector<std::string> missing;
    for (const auto& c : asked) {
        if (!c.required || c.show_only) continue;
        const auto found = std::find_if(given.begin(), given.end(), [&](const Component& g) { return g.id == c.id; });
        if (found == given.end()) missing.push_back(c.name);
    }
    if (missing.empty()) return Nothing{};
    return invalid(
        "components.missing",
        "Hồ sơ còn thiếu: " + text::join(missing, "; ") + ". Hãy hướng dẫn bổ sung, hoặc từ chối bằng mẫu 03.",
        "The dossier lacks: " + text::join(missing, "; ") + ". Ask for them, or refuse with form 03.", "/components",
        law::reception);
}

std::vector<events::ComponentFlags> flags_of(const std::vector<Component>& list) {
    std::vector<events::ComponentFlags> out;
    for (const auto& c : list) out.push_back({c.id, c.digitised, c.reused, c.from_national});
    return out;
}

std::vector<Charge> charges_of(const procedures::Decision& decision, const std::vector<Charge>& typed) {
    std::vector<Charge> out;
    if (decision.charges) {
        for (const auto& c : *decision.charges) out.push_back({c.id, c.name, c.kind, c.amount, "", {}, "", ""});
    } else {
        // Not verified is not free: the desk sees that it must look the amount up.
        out.push_back({"chua-kiem-chung", "Phí, lệ phí chưa được kiểm chứng", "fee", std::nullopt, "", {}, "", ""});
    }
    for (const auto& t : typed) {
        const auto it = std::find_if(out.begin(), out.end(), [&](const Charge& c) { return c.id == t.id; });
        if (it == out.end()) {
            out.push_back(t);
        } else {
            it->amount = t.amount;
            it->basis = t.basis;
        }
    }
    return out;
}

}  // namespace

Result<Dossier> receive(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                        const Reception& reception, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::receive, now));
    auto& d = w.dossier;
    TRY_VOID(w.require({Right::receive_dossier}, d.reception));
    TRY(w.release, ctx.catalogue->valid(d.procedure, now));
    d.release = w.release->id;
    TRY(const auto person, storage::load_person(tx, ctx, d));
    const procedures::Answers answers{person.answers, d.channel, person.applicant.kind, d.area};
    TRY(const auto decision, procedures::decide(*w.release, answers));
    const auto& given = reception.components ? *reception.components : w.detail().components;
    TRY_VOID(check_components(decision.components, given));
    for (const auto& c : reception.amounts)
        if (!c.amount || *c.amount < 0)
            return invalid("charge.amount", "Số tiền phải là số đồng không âm.",
                           "An amount is a non-negative number of đồng.", "/amounts", law::fees);
    TRY(d.lead, competent_agency(ctx, *w.release, decision, d.area, local_date(now)));

    if (reception.components) w.detail().components = *reception.components;
    w.detail().charges = charges_of(decision, reception.amounts);
    w.detail_changed();
    w.recount_unpaid();
    d.state = State::received;
    d.received_at = now;
    d.clock.limit = decision.time;
    w.act(ClockAct::start);
    const auto& calendar = w.calendar(d.lead);
    d.calendar = calendar.label();
    if (decision.time) {
        const auto due = deadline(now, *decision.time, w.release->clock, calendar);
        d.due = due.at;
        d.due_provisional = due.provisional;
    }
    for (auto& t : w.tasks) {
        if (t.kind != procedures::StepKind::receive) continue;
        t.due = transfer_due(now, w.release->clock, w.calendar(t.agency));
        w.move(t, t.agency, t.position, actor.officer);
    }
    events::Received event;
    event.release = d.release;
    event.limit = decision.time;
    event.components = flags_of(w.detail().components);
    for (const auto& c : w.detail().charges) event.charges.push_back({c.id, c.kind, c.amount, ""});
    return w.save(std::move(event));
}

Result<Dossier> refuse(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                       const std::vector<std::string>& reasons, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::refuse, now));
    TRY_VOID(w.require({Right::receive_dossier}, w.dossier.reception));
    json::array list;
    for (const auto& r : reasons)
        if (auto reason = text::normalise(r); !reason.empty()) list.emplace_back(std::move(reason));
    if (list.empty())
        return invalid(
            "refusal.reason_required", "Hãy ghi rõ lý do từ chối: phiếu từ chối phải nêu lý do cụ thể cho người nộp.",
            "State the reasons: the refusal slip must give them to the applicant.", "/reasons", law::form_03);
    events::Refused event;
    event.note = w.note(NoteKind::refusal, 0, {{"reasons", std::move(list)}});
    w.end_all(TaskState::dropped);
    w.close(State::refused);
    return w.save(std::move(event));
}

Result<Dossier> transfer(store::Transaction& tx, const Context& ctx, const access::Actor& actor, const Target& target,
                         Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::transfer, now));
    auto& d = w.dossier;
    TRY_VOID(w.require({Right::receive_dossier}, d.reception));
    const auto receiving = std::find_if(w.tasks.begin(), w.tasks.end(), [](const Task& t) {
        return t.kind == procedures::StepKind::receive && t.state == TaskState::open;
    });
    if (receiving == w.tasks.end())
        return conflict("dossier.wrong_state", "Hồ sơ không còn bước tiếp nhận đang mở.",
                        "The dossier has no open reception step.", law::transfer);
    d.agency = d.lead;
    d.state = State::processing;
    const Task receive_task = *receiving;
    w.end(*receiving, TaskState::done);
    TRY_VOID(w.advance(receive_task));
    // Lanes beside the one that begins with the reception start with it.
    if (receive_task.stage == 0 && d.stage == 0) {
        const auto& lanes = w.release->flow.stages.front().lanes;
        for (size_t i = 1; i < lanes.size(); ++i)
            if (!lanes[i].steps.empty()) {
                TRY(auto* started, w.start(lanes[i].steps.front(), 0, lanes[i].id, lanes[i].required));
                (void)started;
            }
    }
    w.settle();
    return w.save(events::Transferred{});
}

}  // namespace hl::dossiers
