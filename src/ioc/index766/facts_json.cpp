// Facts as they lie in the follower's row: short member names, empty ones left out.
#include "ioc/index766/facts.h"

namespace hl::index766 {

namespace {

Error damaged() {
    return {ErrorKind::internal, "index766.damaged",
            "Dữ liệu chỉ số của hồ sơ bị hỏng. Hãy chạy «hienluong follower rebuild ioc.index766».",
            "The index's data of a dossier is damaged. Run 'hienluong follower rebuild ioc.index766'."};
}

std::optional<int64_t> number(const json::object& o, std::string_view key) {
    const auto* v = o.if_contains(key);
    return v && v->is_int64() ? std::optional{v->get_int64()} : std::nullopt;
}
std::string text(const json::object& o, std::string_view key) {
    const auto* v = o.if_contains(key);
    return v && v->is_string() ? std::string{v->get_string()} : std::string{};
}
std::optional<Instant> instant(const json::object& o, std::string_view key) {
    const auto n = number(o, key);
    return n ? std::optional{from_ms(*n)} : std::nullopt;
}
void put(json::object& o, const char* key, const std::string& v) {
    if (!v.empty()) o[key] = v;
}
void put(json::object& o, const char* key, std::optional<Instant> v) {
    if (v) o[key] = to_ms(*v);
}
void put(json::object& o, const char* key, int64_t v) {
    if (v != 0) o[key] = v;
}
const json::array& list(const json::object& o, std::string_view key) {
    static const json::array none;
    const auto* v = o.if_contains(key);
    return v && v->is_array() ? v->get_array() : none;
}

}  // namespace

json::object to_json(const Facts& f) {
    json::object out;
    put(out, "code", f.code.value), put(out, "agency", f.agency.value), put(out, "reception", f.reception.value);
    put(out, "procedure", f.procedure.value), put(out, "release", f.release.value), put(out, "calendar", f.calendar);
    put(out, "channel", static_cast<int64_t>(f.channel)), put(out, "state", static_cast<int64_t>(f.state));
    put(out, "received", f.received_at), put(out, "ended", f.ended_at);
    put(out, "earlier", f.earlier_requests), put(out, "imported", f.imported ? 1 : 0);
    put(out, "result", f.result ? 1 : 0), put(out, "electronic", f.electronic ? 1 : 0), put(out, "rating", f.rating);
    put(out, "seen", f.seen), put(out, "version", f.version);
    out["clock"] = dossiers::to_json(f.clock);
    json::array papers, fees, steps;
    for (const auto& p : f.papers)
        papers.push_back({p.id, (p.digitised ? 1 : 0) + (p.reused ? 2 : 0) + (p.national ? 4 : 0)});
    for (const auto& fee : f.fees)
        fees.push_back({fee.id, fee.amount ? json::value(*fee.amount) : json::value(), fee.method});
    for (const auto& [n, s] : f.steps)
        steps.push_back({n, s.step, s.agency.value, s.due ? json::value(to_ms(*s.due)) : json::value(),
                         s.ended ? json::value(to_ms(*s.ended)) : json::value()});
    if (!papers.empty()) out["papers"] = std::move(papers);
    if (!fees.empty()) out["fees"] = std::move(fees);
    if (!steps.empty()) out["steps"] = std::move(steps);
    return out;
}

Result<Facts> facts_from_json(const json::value& value) {
    const auto* o = value.if_object();
    if (!o) return damaged();
    Facts f;
    f.code = DossierCode{text(*o, "code")};
    f.agency = AgencyId{text(*o, "agency")};
    f.reception = AgencyId{text(*o, "reception")};
    f.procedure = ProcedureCode{text(*o, "procedure")};
    f.release = ReleaseId{text(*o, "release")};
    f.calendar = text(*o, "calendar");
    f.channel = static_cast<procedures::Channel>(number(*o, "channel").value_or(0));
    f.state = static_cast<dossiers::State>(number(*o, "state").value_or(0));
    f.received_at = instant(*o, "received");
    f.ended_at = instant(*o, "ended");
    f.earlier_requests = static_cast<int>(number(*o, "earlier").value_or(0));
    f.imported = number(*o, "imported").has_value();
    f.result = number(*o, "result").has_value();
    f.electronic = number(*o, "electronic").has_value();
    f.rating = static_cast<int>(number(*o, "rating").value_or(0));
    f.seen = number(*o, "seen").value_or(0);
    f.version = number(*o, "version").value_or(0);
    const auto* clock = o->if_contains("clock");
    if (!clock) return damaged();
    TRY(f.clock, dossiers::tape_from_json(*clock));
    for (const auto& item : list(*o, "papers")) {
        const auto* p = item.if_array();
        if (!p || p->size() != 2 || !(*p)[0].is_string() || !(*p)[1].is_int64()) return damaged();
        const auto bits = (*p)[1].get_int64();
        f.papers.push_back({std::string{(*p)[0].get_string()}, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0});
    }
    for (const auto& item : list(*o, "fees")) {
        const auto* p = item.if_array();
        if (!p || p->size() != 3 || !(*p)[0].is_string() || !(*p)[2].is_string()) return damaged();
        Fee fee{std::string{(*p)[0].get_string()}, {}, std::string{(*p)[2].get_string()}};
        if ((*p)[1].is_int64()) fee.amount = (*p)[1].get_int64();
        f.fees.push_back(std::move(fee));
    }
    for (const auto& item : list(*o, "steps")) {
        const auto* p = item.if_array();
        if (!p || p->size() != 5 || !(*p)[0].is_int64() || !(*p)[1].is_string() || !(*p)[2].is_string())
            return damaged();
        StepTime s{static_cast<int>((*p)[0].get_int64()),
                   std::string{(*p)[1].get_string()},
                   AgencyId{std::string{(*p)[2].get_string()}},
                   {},
                   {}};
        if ((*p)[3].is_int64()) s.due = from_ms((*p)[3].get_int64());
        if ((*p)[4].is_int64()) s.ended = from_ms((*p)[4].get_int64());
        f.steps[s.number] = std::move(s);
    }
    return f;
}

}  // namespace hl::index766
