#include "dossiers/queries.h"

#include "dossiers/events.h"
#include "dossiers/people.h"
#include "dossiers/refusals.h"
#include "dossiers/storage.h"

namespace hl::dossiers {

namespace {

constexpr std::string_view select_other_codes = "SELECT code FROM dossier_old_code WHERE dossier = ? ORDER BY code";

bool holds_task(store::Reader& reader, const access::Actor& actor, const Dossier& d, Instant now) {
    for (const auto& t : storage::all_tasks(reader, d.key)) {
        if (!t.officer.empty() && t.officer == actor.officer) return true;
        if (access::require(actor, access::Right::read_dossier, t.agency, now).ok()) return true;
    }
    return false;
}

}  // namespace

Result<void> may_read(store::Reader& reader, const access::Actor& actor, const Dossier& d, Instant now) {
    if (actor.kind == access::ActorKind::citizen && !actor.subject.empty() && actor.subject == d.subject)
        return Nothing{};
    Result<void> last;
    for (const auto* agency : {&d.agency, &d.reception, &d.lead}) {
        last = access::require(actor, access::Right::read_dossier, *agency, now);
        if (last.ok()) return last;
    }
    if (holds_task(reader, actor, d, now)) return Nothing{};
    return last;
}

Result<Dossier> find_dossier(store::Reader& reader, const access::Actor& actor, std::string_view code, Instant now) {
    TRY(auto d, storage::find(reader, code));
    TRY_VOID(may_read(reader, actor, d, now));
    return d;
}

Result<WholeDossier> load_whole(store::Reader& reader, const Context& ctx, const Dossier& d) {
    WholeDossier out;
    out.dossier = d;
    out.detail = storage::load_detail(reader, d.key);
    out.tasks = storage::all_tasks(reader, d.key);
    out.other_codes = reader.all(select_other_codes, {d.key}, [](const store::Row& row) { return row.string(0); });
    auto person = storage::load_person(reader, ctx, d);
    if (!person.ok()) {
        // An erased person leaves the dossier standing without him.
        if (person.error().code == "subject.erased") return out;
        return std::move(person).error();
    }
    out.person = std::move(*person);
    if (d.notes > 0) {
        TRY(out.notes, storage::load_notes(reader, ctx, d));
    }
    return out;
}

Result<Clocks> clocks_of(store::Reader& reader, const Context& ctx, const Dossier& d, Instant as_of) {
    TRY(const auto release, ctx.catalogue->release(d.release));
    const auto newest = ctx.calendars->for_agency(d.agency);
    const auto printed = ctx.calendars->by_label(d.calendar);
    const auto& promised = printed ? *printed : *newest;
    const Instant end = d.finished_at.value_or(as_of);
    Clocks out;
    out.promised = d.due;
    out.promised_under = d.calendar;
    out.provisional = d.due_provisional;
    out.promise = promise_clock(d.clock, release->clock, promised, as_of);
    out.index = index_clock(d.clock, release->clock, *newest, as_of);
    out.promise_now = judge_promise(d.due, end);
    out.index_now = judge_index(d.clock, release->clock, *newest, end);
    if (const auto again = promise_clock(d.clock, release->clock, *newest, as_of);
        d.due && again.due && *again.due != *d.due && d.calendar != newest->label())
        out.recomputed = again.due;
    for (auto& t : storage::all_tasks(reader, d.key)) {
        auto reading = lane_clock(t.started, t.planned, t.ended, d.clock, *ctx.calendars->for_agency(t.agency), as_of);
        out.lanes.push_back({std::move(t), std::move(reading)});
    }
    return out;
}

namespace {

std::string agency_name(const directory::Directory& directory, const AgencyId& id, Instant at) {
    const auto* agency = directory.agency(id);
    if (!agency) return id.value;
    if (const auto* v = agency->at(local_date(at))) return v->name;
    return agency->versions.empty() ? id.value : agency->versions.back().name;
}

std::string step_name(const procedures::Release* release, const std::string& id) {
    const auto* step = release ? release->flow.step(id) : nullptr;
    if (step) return step->name;
    if (id == "lay-y-kien") return "Lấy ý kiến";
    if (id == "tiep-nhan") return "Tiếp nhận và chuyển hồ sơ";
    if (id == "tra-ket-qua") return "Trả kết quả";
    return id;
}

std::string who_did(const directory::Directory& directory, const events::Change& change, std::string_view actor) {
    if (const auto* officer = change.officer.empty() ? nullptr : directory.officer(change.officer))
        return officer->name;
    if (actor.starts_with("citizen:") || actor == "anonymous") return "Người nộp hồ sơ";
    if (actor.starts_with("machine:")) return "Hệ thống kết nối";
    if (actor.starts_with("system:")) return "Hệ thống";
    return "Cán bộ";
}

}  // namespace

Result<std::vector<HistoryEntry>> history_of(store::Reader& reader, const Context& ctx, const Dossier& d) {
    std::vector<HistoryEntry> out;
    const auto release = ctx.catalogue->release(d.release);
    const procedures::Release* known = release.ok() ? release->get() : nullptr;
    for (const auto& event : store::read_stream(reader, d.id.value)) {
        if (!event.type.starts_with("dossier.")) continue;
        TRY(const auto change, events::change_of(event));
        HistoryEntry e;
        e.at = event.at;
        e.type = event.type;
        e.event_id = event.id;
        e.who = who_did(*ctx.directory, change, event.actor);
        e.agency_id = change.ended.empty() ? change.agency : change.ended.front().agency;
        e.agency = agency_name(*ctx.directory, e.agency_id, event.at);
        if (const auto* step = event.data.if_contains("step"); step && step->is_string())
            e.step = step_name(known, std::string{step->get_string()});
        else if (change.ended.size() == 1)
            e.step = step_name(known, change.ended.front().step);
        e.from = change.from;
        e.to = change.to;
        e.status = change.status;
        e.due = change.due;
        for (const auto& t : change.started)
            e.started.push_back(fmt::format("{} ({}{})", step_name(known, t.step),
                                            agency_name(*ctx.directory, t.agency, event.at),
                                            t.rule.empty() ? "" : "; " + t.rule));
        out.push_back(std::move(e));
    }
    return out;
}

Result<Tracking> track(store::Reader& reader, const Context& ctx, std::string_view code, std::string_view phone) {
    // The same work is done whether the code exists or not, and the numbers are compared in constant time.
    const auto typed = normalise_phone(phone);
    const auto blind = ctx.vault->blind("phone", typed.ok() ? typed.value() : "0");
    auto found = storage::find(reader, code);
    const auto stored = storage::phone_blind(reader, found.ok() ? found->key : 0);
    const bool same = crypto::equal_constant_time(stored.empty() ? std::string(blind.size(), '-') : stored, blind);
    if (!found.ok() || !typed.ok() || !same)
        return refusal(ErrorKind::not_found, "tracking.not_found",
                       "Không tìm thấy hồ sơ với mã và số điện thoại này. Hãy nhập đúng như trên giấy tiếp nhận.",
                       "No dossier has this code and phone number. Type both as on the receipt.");
    Tracking out;
    TRY(out.history, history_of(reader, ctx, *found));
    out.charges = storage::load_detail(reader, found->key).charges;
    out.dossier = std::move(*found);
    return out;
}

}  // namespace hl::dossiers
