#include "base/text.h"
#include "dossiers/refusals.h"
#include "dossiers/work.h"

namespace hl::dossiers {

using access::Right;

Result<Dossier> request_supplement(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                   const Target& target, const SupplementRequest& request, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::request_supplement, now));
    auto& d = w.dossier;
    TRY_VOID(w.require({Right::handle_dossier, Right::receive_dossier}, d.agency));
    json::array items;
    for (const auto& i : request.items)
        if (auto item = text::normalise(i); !item.empty()) items.emplace_back(std::move(item));
    if (items.empty())
        return invalid("supplement.items_required", "Hãy ghi từng giấy tờ cần bổ sung, hoàn thiện.",
                       "List each paper to complete.", "/items", "Thông tư 03/2025/TT-VPCP, mẫu 02");
    const auto reason = text::normalise(request.reason);
    if (reason.empty())
        return invalid("supplement.reason_required", "Hãy ghi lý do phải bổ sung để người nộp làm đúng một lần.",
                       "State why, so that the applicant gets it right at once.", "/reason",
                       "Thông tư 03/2025/TT-VPCP, mẫu 02");
    // The completed dossier is taken in anew, so the days to ask are counted from the last start of the promise.
    Instant from = d.received_at.value_or(d.filed_at);
    for (const auto& act : d.clock.acts)
        if (act.act == ClockAct::start || act.act == ClockAct::restart) from = act.at;
    const auto until = supplement_until(from, w.release->clock, w.calendar(d.agency));
    if (until && now > until->at)
        return conflict(
            "supplement.too_late",
            fmt::format("Chỉ được yêu cầu bổ sung trong {} ngày làm việc kể từ ngày tiếp nhận (đến {}). Hãy giải quyết "
                        "trên hồ sơ hiện có, hoặc ban hành kết quả từ chối.",
                        w.release->clock.supplement_days, to_vietnamese(until->at)),
            fmt::format("A supplement may be asked for within {} working days of reception (until {}). Decide on "
                        "what is there, or issue a refusal as the result.",
                        w.release->clock.supplement_days, to_rfc3339_local(until->at)),
            law::resolution);
    ++d.requests;
    events::SupplementRequested event;
    event.request = d.requests;
    event.items = static_cast<int>(items.size());
    event.note =
        w.note(NoteKind::supplement, 0,
               {{"items", std::move(items)}, {"reason", reason}, {"contact", text::normalise(request.contact)}});
    w.act(ClockAct::pause, PauseReason::supplement);
    d.state = State::awaiting_supplement;
    return w.save(std::move(event));
}

Result<Dossier> answer_supplement(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                  const Target& target, const std::vector<Component>& components,
                                  const std::string& note, Instant now) {
    TRY(auto w, Work::open(tx, ctx, actor, target, Command::answer_supplement, now));
    auto& d = w.dossier;
    const bool own = actor.kind == access::ActorKind::citizen && !actor.subject.empty() && actor.subject == d.subject;
    if (!own) TRY_VOID(w.require({Right::receive_dossier, Right::handle_dossier}, d.reception));
    events::SupplementAnswered event;
    event.request = d.requests;
    for (const auto& c : components) {
        auto& list = w.detail().components;
        const auto it = std::find_if(list.begin(), list.end(), [&](const Component& x) { return x.id == c.id; });
        if (it == list.end())
            list.push_back(c);
        else
            *it = c;
        event.components.push_back({c.id, c.digitised, c.reused, c.from_national});
        w.detail_changed();
    }
    if (auto words = text::normalise(note); !words.empty()) event.note = w.note(NoteKind::answer, 0, {{"text", words}});
    w.resume(true);
    const bool before_transfer =
        w.has_open([](const Task& t) { return t.kind == procedures::StepKind::receive && t.stage <= 0; });
    d.state = before_transfer ? State::received : State::processing;
    w.settle();
    return w.save(std::move(event));
}

}  // namespace hl::dossiers
