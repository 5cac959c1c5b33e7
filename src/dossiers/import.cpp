#include "dossiers/import.h"

#include "base/text.h"
#include "dossiers/codes.h"
#include "dossiers/competence.h"
#include "dossiers/people.h"
#include "dossiers/refusals.h"
#include "dossiers/work.h"

namespace hl::dossiers {

using procedures::StepKind;

namespace {

constexpr std::string_view insert_old_code = "INSERT INTO dossier_old_code (code, dossier) VALUES (?, ?)";

std::optional<State> state_of(int status) {
    switch (status) {
        case 1:
            return State::filed;
        case 2:
            return State::received;
        case 3:
            return State::refused;
        case 4:
            return State::processing;
        case 5:
            return State::awaiting_supplement;
        case 6:
            return State::awaiting_payment;
        case 7:
            return State::withdrawn;
        case 8:
            return State::stopped;
        case 9:
            return State::finished;
        case 10:
            return State::returned;
        default:
            return std::nullopt;
    }
}

Error wrong_dates() {
    return invalid("import.dates",
                   "Các mốc thời gian không khớp trạng thái hoặc không theo thứ tự: nộp ≤ tiếp nhận ≤ kết thúc ≤ trả. "
                   "Hãy kiểm tra hệ thống cũ.",
                   "The dates do not fit the status or are out of order: filed, received, finished, returned. Check "
                   "the old system.",
                   "/items");
}

Result<void> check_dates(const ImportItem& item, State state, Instant now) {
    const bool taken_in = state != State::filed && state != State::refused;
    if (taken_in && state != State::withdrawn && !item.received_at) return wrong_dates();
    const bool done = !is_open(state) || state == State::finished;
    if (done != item.finished_at.has_value()) return wrong_dates();
    if ((state == State::returned) != item.returned_at.has_value()) return wrong_dates();
    Instant last = item.filed_at;
    for (const auto& t : {item.received_at, item.paused_at, item.finished_at, item.returned_at}) {
        if (!t) continue;
        if (*t < last || *t > now) return wrong_dates();
        last = *t;
    }
    return Nothing{};
}

Result<procedures::ReleasePtr> release_then(const Context& ctx, const ImportItem& item, Instant now) {
    // Releases before this installation was set up are not known; the one valid today stands in for them.
    auto then = ctx.catalogue->valid(item.procedure, item.received_at.value_or(item.filed_at));
    return then.ok() ? std::move(then) : ctx.catalogue->valid(item.procedure, now);
}

/// The task that the imported state stands for.
Result<void> start_task(Work& w) {
    auto& d = w.dossier;
    const auto& flow = w.release->flow;
    if (d.state == State::filed || d.state == State::received) {
        const auto& step = receive_step_of(flow);
        const bool in_flow = flow.step(step.id) != nullptr;
        d.stage = in_flow ? 0 : -1;
        TRY(auto* task, w.start(step, d.stage, in_flow ? flow.stages.front().lanes.front().id : "", true));
        task->due.reset();
        return Nothing{};
    }
    if (d.state == State::finished) {
        TRY(auto* task, w.start(return_step_of(flow), static_cast<int>(flow.stages.size()), "", true));
        (void)task;
        return Nothing{};
    }
    for (size_t s = 0; s < flow.stages.size(); ++s)
        for (const auto& lane : flow.stages[s].lanes)
            for (const auto& step : lane.steps)
                if (step.kind == StepKind::work || step.kind == StepKind::sign) {
                    d.stage = static_cast<int>(s);
                    TRY(auto* task, w.start(step, d.stage, lane.id, true));
                    task->due.reset();  // what the old system planned for the step is not known
                    task->planned.reset();
                    return Nothing{};
                }
    return conflict("import.flow", "Quy trình của thủ tục không có bước xử lý nào.",
                    "The procedure's flow has no working step.");
}

Result<Dossier> import_one(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                           const ImportItem& item, Instant now) {
    TRY_VOID(parse_code(item.code.value));
    const auto state = state_of(item.status);
    if (!state)
        return invalid("import.status", "Trạng thái phải từ 1 đến 10.", "The status must be from 1 to 10.", "/status",
                       "Nghị định 118/2025/NĐ-CP");
    TRY_VOID(check_dates(item, *state, now));
    const auto code = normalise_code(item.code.value);
    std::vector<std::string> others;
    for (const auto& c : item.other_codes) others.push_back(normalise_code(c));
    for (const auto& c : others)
        if (storage::find(tx, c).ok())
            return conflict("import.exists", fmt::format("Mã {} đã có trong hệ thống.", c),
                            fmt::format("{} exists already.", c));
    if (storage::find(tx, code).ok())
        return conflict("import.exists", fmt::format("Mã {} đã có trong hệ thống.", code),
                        fmt::format("{} exists already.", code));
    TRY(auto release, release_then(ctx, item, now));
    if (!ctx.directory->unit(item.place))
        return invalid("filing.place", "Không có địa bàn này.", "There is no such place.", "/place");
    Person person;
    TRY(person.applicant, check_applicant(item.applicant));
    person.summary = text::normalise(item.summary);
    const Date today = local_date(now);

    Work w = Work::create(tx, ctx, actor, release, now);
    auto& d = w.dossier;
    d.area = item.place;
    TRY(d.reception,
        reception_of(ctx, *release, item.reception.empty() ? item.agency : item.reception, item.place, today));
    if (item.agency.empty()) {
        TRY(d.lead, competent_agency(ctx, *release, {}, item.place, today));
    } else {
        TRY(d.lead, ctx.directory->holder(item.agency, receive_step_of(release->flow).function, item.place, today));
    }
    d.state = *state;
    d.agency = *state == State::filed || *state == State::received ? d.reception : d.lead;
    d.code = DossierCode{code};
    d.procedure = item.procedure;
    d.release = release->id;
    d.channel = item.channel;
    d.filed_at = item.filed_at;
    d.received_at = item.received_at;
    d.due = item.due;
    d.calendar = item.due ? "import" : "";
    d.finished_at = item.finished_at;
    d.returned_at = item.returned_at;
    d.requests = item.requests;
    if (*state == State::finished || *state == State::returned) d.results = 1;
    if (const auto* rule = release->card.channel(item.channel)) d.clock.limit = rule->time;
    const auto add = [&](Instant at, ClockAct act, PauseReason reason = PauseReason::none) {
        w.act_at(at, act, reason);
    };
    if (item.received_at) {
        add(*item.received_at, ClockAct::start);
        if (*state == State::awaiting_supplement)
            add(item.paused_at.value_or(*item.received_at), ClockAct::pause, PauseReason::supplement);
        if (*state == State::awaiting_payment)
            add(item.paused_at.value_or(*item.received_at), ClockAct::pause, PauseReason::payment);
        if (item.finished_at) add(*item.finished_at, ClockAct::stop);
    }
    if (item.finished_at) w.judge(*item.finished_at);
    const auto blinds = storage::blinds_of(*ctx.vault, person.applicant);
    if (is_open(*state)) TRY_VOID(start_task(w));
    d.id = DossierId{make_uuid7(item.filed_at, *ctx.random)};
    if (auto known = storage::subject_of(tx, blinds.id_number))
        d.subject = *std::move(known);
    else
        d.subject = ctx.vault->create_subject(tx, now);
    w.person = std::move(person);
    events::Imported event;
    event.dossier = {d.procedure, d.release, release->card.sector, d.channel, d.reception, d.lead, d.area, d.subject};
    if (!others.empty()) event.old_code = others.front();
    event.filed_at = d.filed_at;
    event.limit = d.clock.limit;
    event.requests = d.requests;
    TRY(auto saved, w.save(std::move(event)));
    for (const auto& c : others) tx.execute(insert_old_code, {c, saved.key});
    return saved;
}

}  // namespace

Result<BulkReport> import_dossiers(store::Transaction& tx, const Context& ctx, const access::Actor& actor,
                                   const std::vector<ImportItem>& items, Instant now) {
    TRY_VOID(access::require_anywhere(actor, access::Right::import_dossiers, now));
    if (items.empty())
        return invalid("bulk.empty", "Hãy gửi ít nhất một hồ sơ.", "Send at least one dossier.", "/items");
    if (items.size() > most_in_bulk)
        return invalid("bulk.too_many", fmt::format("Mỗi lần tối đa {} hồ sơ. Hãy chia nhỏ.", most_in_bulk),
                       fmt::format("At most {} dossiers at a time. Split them.", most_in_bulk), "/items");
    BulkReport report;
    for (const auto& item : items) report.push_back({item.code, import_one(tx, ctx, actor, item, now)});
    return report;
}

}  // namespace hl::dossiers
