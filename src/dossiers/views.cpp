#include "dossiers/views.h"

namespace hl::dossiers {

namespace {

json::value time_or_null(const std::optional<Instant>& t) {
    return t ? json::value(to_rfc3339_local(*t)) : json::value();
}
json::value text_or_null(const std::string& s) {
    return s.empty() ? json::value() : json::value(s);
}
json::value minutes_or_null(const std::optional<WorkMinutes>& m) {
    return m ? json::value(m->count) : json::value();
}
json::array texts(const std::vector<std::string>& list) {
    json::array out;
    for (const auto& s : list) out.emplace_back(s);
    return out;
}
std::string agency_name(const Context& ctx, const AgencyId& id) {
    const auto* agency = ctx.directory->agency(id);
    return agency && !agency->versions.empty() ? agency->versions.back().name : id.value;
}

json::object view(const ClockReading& r) {
    return {{"state", to_string(r.state)},
            {"reason", r.reason == PauseReason::none ? json::value() : json::value(to_string(r.reason))},
            {"elapsed_minutes", r.elapsed.count},
            {"remaining_minutes", minutes_or_null(r.remaining)},
            {"due", time_or_null(r.due)},
            {"provisional", r.provisional},
            {"calendar", r.calendar},
            {"arithmetic", texts(r.arithmetic)}};
}
json::object view(const Judgement& j) {
    return {{"verdict", to_string(j.verdict)}, {"why", j.why}};
}
json::array view(const std::vector<Component>& list) {
    json::array out;
    for (const auto& c : list)
        out.push_back(json::object{{"id", c.id},
                                   {"originals", c.originals},
                                   {"copies", c.copies},
                                   {"digitised", c.digitised},
                                   {"reused", c.reused},
                                   {"national", c.from_national}});
    return out;
}
json::array view(const std::vector<Charge>& list) {
    json::array out;
    for (const auto& c : list)
        out.push_back(json::object{{"id", c.id},
                                   {"name", c.name},
                                   {"kind", c.kind},
                                   {"amount", c.amount ? json::value(*c.amount) : json::value()},
                                   {"basis", text_or_null(c.basis)},
                                   {"paid_at", time_or_null(c.paid_at)},
                                   {"method", text_or_null(c.method)},
                                   {"receipt", text_or_null(c.receipt)}});
    return out;
}
json::array view(const std::vector<ResultPaper>& list) {
    json::array out;
    for (const auto& r : list)
        out.push_back(json::object{{"kind", text_or_null(r.kind)},
                                   {"number", text_or_null(r.number)},
                                   {"outcome", to_string(r.outcome)},
                                   {"signature", r.signature},
                                   {"file", text_or_null(r.file.value)},
                                   {"at", to_rfc3339_local(r.at)}});
    return out;
}
json::object view(const Applicant& a) {
    json::object out{{"kind", a.kind},
                     {"name", a.name},
                     {"id_kind", text_or_null(a.id_kind)},
                     {"id_number", text_or_null(a.id_number)},
                     {"phone", text_or_null(a.phone)},
                     {"email", text_or_null(a.email)},
                     {"address", text_or_null(a.address)},
                     {"representative", nullptr}};
    if (const auto& r = a.representative)
        out["representative"] = json::object{{"name", r->name},
                                             {"id_number", text_or_null(r->id_number)},
                                             {"phone", text_or_null(r->phone)},
                                             {"email", text_or_null(r->email)},
                                             {"authority", text_or_null(r->authority)}};
    return out;
}
json::object view(const Note& n) {
    return {{"number", n.number},
            {"kind", to_string(n.kind)},
            {"task", n.task > 0 ? json::value(n.task) : json::value()},
            {"officer", text_or_null(n.officer.value)},
            {"at", to_rfc3339_local(n.at)},
            {"content", n.content}};
}

}  // namespace

std::string etag_of(const Dossier& d) {
    return fmt::format("\"{}\"", d.version);
}

json::object view(const Dossier& d) {
    return {{"code", d.code.value},
            {"id", d.id.value},
            {"procedure", d.procedure.value},
            {"release", d.release.value},
            {"state", to_string(d.state)},
            {"status", d.national()},
            {"status_name", national_name(d.national())},
            {"channel", procedures::to_string(d.channel)},
            {"agency", d.agency.value},
            {"reception", d.reception.value},
            {"lead", d.lead.value},
            {"area", d.area.value},
            {"subject", d.subject.value},
            {"filed_at", to_rfc3339_local(d.filed_at)},
            {"received_at", time_or_null(d.received_at)},
            {"due", time_or_null(d.due)},
            {"due_provisional", d.due_provisional},
            {"calendar", text_or_null(d.calendar)},
            {"finished_at", time_or_null(d.finished_at)},
            {"returned_at", time_or_null(d.returned_at)},
            {"requests", d.requests},
            {"extensions", d.extensions},
            {"results", d.results},
            {"unpaid", d.unpaid},
            {"version", d.version}};
}

json::object view(const Task& t, const Context& ctx, const procedures::Release* release) {
    const auto* step = release ? release->flow.step(t.step) : nullptr;
    const auto* officer = t.officer.empty() ? nullptr : ctx.directory->officer(t.officer);
    return {{"number", t.number},
            {"step", t.step},
            {"lane", t.lane},
            {"stage", t.stage},
            {"kind", procedures::to_string(t.kind)},
            {"function", t.function},
            {"agency", t.agency.value},
            {"position", text_or_null(t.position.value)},
            {"officer", text_or_null(t.officer.value)},
            {"step_name", step ? json::value(step->name) : json::value()},
            {"agency_name", agency_name(ctx, t.agency)},
            {"officer_name", officer ? json::value(officer->name) : json::value()},
            {"planned_minutes", minutes_or_null(t.planned)},
            {"started", to_rfc3339_local(t.started)},
            {"due", time_or_null(t.due)},
            {"ended", time_or_null(t.ended)},
            {"state", to_string(t.state)},
            {"required", t.required},
            {"asked", t.asked},
            {"silence_reported", t.reported}};
}

json::object view(const WholeDossier& w, const Context& ctx) {
    json::object out = view(w.dossier);
    const auto release = ctx.catalogue->release(w.dossier.release);
    out["procedure_name"] = release.ok() ? json::value((*release)->card.name) : json::value();
    out["agency_name"] = agency_name(ctx, w.dossier.agency);
    out["other_codes"] = texts(w.other_codes);
    out["erased"] = !w.person.has_value();
    out["applicant"] = w.person ? json::value(view(w.person->applicant)) : json::value();
    out["summary"] = w.person ? text_or_null(w.person->summary) : json::value();
    out["answers"] = w.person ? json::value(w.person->answers) : json::value();
    out["components"] = view(w.detail.components);
    out["charges"] = view(w.detail.charges);
    out["papers"] = view(w.detail.results);
    json::array tasks, notes;
    for (const auto& t : w.tasks) tasks.push_back(view(t, ctx, release.ok() ? release->get() : nullptr));
    for (const auto& n : w.notes) notes.push_back(view(n));
    out["tasks"] = std::move(tasks);
    out["notes"] = std::move(notes);
    return out;
}

json::object view(const Clocks& c) {
    json::array lanes;
    for (const auto& lane : c.lanes)
        lanes.push_back(json::object{{"task", lane.task.number},
                                     {"step", lane.task.step},
                                     {"agency", lane.task.agency.value},
                                     {"clock", view(lane.reading)}});
    return {{"promised", time_or_null(c.promised)},
            {"promised_under", text_or_null(c.promised_under)},
            {"provisional", c.provisional},
            {"recomputed", time_or_null(c.recomputed)},
            {"promise", view(c.promise)},
            {"index", view(c.index)},
            {"promise_verdict", view(c.promise_now)},
            {"index_verdict", view(c.index_now)},
            {"lanes", std::move(lanes)}};
}

json::object view(const HistoryEntry& e) {
    return {{"at", to_rfc3339_local(e.at)},
            {"type", e.type},
            {"event", e.event_id},
            {"who", e.who},
            {"agency", e.agency_id.value},
            {"agency_name", e.agency},
            {"step", text_or_null(e.step)},
            {"from", to_string(e.from)},
            {"to", to_string(e.to)},
            {"status", e.status},
            {"status_name", national_name(e.status)},
            {"due", time_or_null(e.due)},
            {"started", texts(e.started)}};
}

namespace {

/// What a row shows by signs. Late is what the promise says, or the step's own time when there is no promise yet.
json::object flags(State state, int requests, int extensions, int64_t unpaid, bool provisional,
                   const std::optional<Instant>& due, Instant now) {
    const bool answered = requests > 0 && state != State::awaiting_supplement;
    return {{"supplement", requests == 0 ? json::value() : json::value(answered ? "answered" : "asked")},
            {"unpaid", unpaid > 0},
            {"extended", extensions > 0},
            {"overdue", is_open(state) && state != State::finished && due && *due < now},
            {"provisional", provisional}};
}

/// Pages repeat few procedures: each release is looked up once.
class ReleaseNames {
  public:
    explicit ReleaseNames(const Context& ctx) : ctx_(ctx) {}
    const procedures::Release* release(const ReleaseId& id) {
        auto [it, fresh] = known_.try_emplace(id);
        if (fresh)
            if (auto found = ctx_.catalogue->release(id); found.ok()) it->second = std::move(*found);
        return it->second.get();
    }
    json::value name(const ReleaseId& id) {
        const auto* r = release(id);
        return r ? json::value(r->card.name) : json::value();
    }

  private:
    const Context& ctx_;
    std::map<ReleaseId, std::shared_ptr<const procedures::Release>> known_;
};

}  // namespace

json::object view(const QueuePage& page, const Context& ctx, Instant now) {
    ReleaseNames names(ctx);
    json::array items;
    for (const auto& i : page.items)
        items.push_back(json::object{{"code", i.code.value},
                                     {"procedure", i.procedure.value},
                                     {"procedure_name", names.name(i.release)},
                                     {"state", to_string(i.state)},
                                     {"status", national_status(i.state)},
                                     {"due", time_or_null(i.dossier_due)},
                                     {"received_at", time_or_null(i.received_at)},
                                     {"flags", flags(i.state, i.requests, i.extensions, i.unpaid, i.due_provisional,
                                                     i.dossier_due ? i.dossier_due : i.task.due, now)},
                                     {"task", view(i.task, ctx, names.release(i.release))}});
    return {{"items", std::move(items)}, {"next", text_or_null(page.next)}};
}

json::object view(const DossierPage& page, const Context& ctx, Instant now) {
    ReleaseNames names(ctx);
    json::array items;
    for (const auto& d : page.items) {
        auto row = view(d);
        row["procedure_name"] = names.name(d.release);
        row["flags"] = flags(d.state, d.requests, d.extensions, d.unpaid, d.due_provisional, d.due, now);
        items.push_back(std::move(row));
    }
    return {{"items", std::move(items)}, {"next", text_or_null(page.next)}};
}

json::object view(const Tracking& t, const Context& ctx) {
    const auto release = ctx.catalogue->release(t.dossier.release);
    json::array history, charges;
    for (const auto& e : t.history) history.push_back(view(e));
    for (const auto& c : t.charges)
        charges.push_back(json::object{{"name", c.name},
                                       {"amount", c.amount ? json::value(*c.amount) : json::value()},
                                       {"paid_at", time_or_null(c.paid_at)}});
    return {{"code", t.dossier.code.value},
            {"procedure", t.dossier.procedure.value},
            {"procedure_name", release.ok() ? json::value((*release)->card.name) : json::value()},
            {"status", t.dossier.national()},
            {"status_name", national_name(t.dossier.national())},
            {"agency_name", agency_name(ctx, t.dossier.agency)},
            {"reception_name", agency_name(ctx, t.dossier.reception)},
            {"filed_at", to_rfc3339_local(t.dossier.filed_at)},
            {"received_at", time_or_null(t.dossier.received_at)},
            {"due", time_or_null(t.dossier.due)},
            {"due_provisional", t.dossier.due_provisional},
            {"finished_at", time_or_null(t.dossier.finished_at)},
            {"returned_at", time_or_null(t.dossier.returned_at)},
            {"charges", std::move(charges)},
            {"history", std::move(history)}};
}

json::object view(const StatisticsRow& r) {
    const auto counts = [](const VerdictCounts& c) {
        return json::object{{"on_time", c.on_time}, {"late", c.late}, {"unknown", c.unknown}};
    };
    return {{"key", r.key},
            {"carried_over", r.carried_over},
            {"received", r.received},
            {"moved_in", r.moved_in},
            {"moved_out", r.moved_out},
            {"finished", r.finished},
            {"by_promise", counts(r.promise)},
            {"by_index", counts(r.index)},
            {"refused", r.refused},
            {"withdrawn", r.withdrawn},
            {"stopped", r.stopped},
            {"returned", r.returned},
            {"supplements", r.supplements},
            {"extensions", r.extensions},
            {"working_minutes", r.minutes},
            {"in_progress", r.in_progress},
            {"overdue", r.overdue},
            {"due_unknown", r.due_unknown}};
}

json::object view(const BulkReport& report) {
    json::array items;
    int64_t accepted = 0;
    for (const auto& item : report) {
        json::object one{
            {"code", item.code.value}, {"accepted", item.result.ok()}, {"dossier", nullptr}, {"problem", nullptr}};
        if (item.result.ok()) {
            ++accepted;
            one["dossier"] = view(item.result.value());
        } else {
            const auto& e = item.result.error();
            one["problem"] = json::object{{"code", e.code},
                                          {"vi", e.vi},
                                          {"en", e.en},
                                          {"pointer", text_or_null(e.at)},
                                          {"rule", text_or_null(e.rule)}};
        }
        items.push_back(std::move(one));
    }
    return {{"accepted", accepted},
            {"refused", static_cast<int64_t>(report.size()) - accepted},
            {"items", std::move(items)}};
}

}  // namespace hl::dossiers
