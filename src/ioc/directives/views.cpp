#include "ioc/directives/views.h"

#include "dossiers/file_types.h"

namespace hl::directives {

namespace {

json::value or_null(std::string_view text) {
    return text.empty() ? json::value() : json::value(text);
}
json::value said(const std::optional<std::string>& text) {
    return text ? json::value(*text) : json::value();
}
json::value or_null(const std::optional<Instant>& at) {
    return at ? json::value(to_rfc3339_local(*at)) : json::value();
}
json::value or_null(const std::optional<int>& n) {
    return n ? json::value(*n) : json::value();
}

/// "account:…" is for the ledger; people see what kind of hand it was, and the officer beside it.
std::string_view party(std::string_view label) {
    if (label.starts_with("machine:")) return "machine";
    return label.starts_with("system:") ? "system" : "officer";
}

json::object view(const Timing& t) {
    return {{"overdue", t.overdue},
            {"due_soon", t.due_soon},
            {"unacknowledged", t.unacknowledged},
            {"left_minutes", t.left ? json::value(t.left->count) : json::value()}};
}

json::value view(const Origin& o) {
    if (o.rule.empty()) return {};
    return json::object{{"rule", o.rule},
                        {"indicator", o.indicator},
                        {"period", o.period},
                        {"agency", or_null(o.agency.value)},
                        {"value", o.value ? json::value(*o.value) : json::value()},
                        {"since", or_null(o.since)}};
}

/// Officers act by name.
json::value officer(const OfficerId& id, const directory::Directory& organisation) {
    const auto* found = id.empty() ? nullptr : organisation.officer(id);
    if (id.empty()) return {};
    return json::object{{"id", id.value}, {"name", found ? found->name : id.value}};
}

json::object view(const Line& l, const directory::Directory& organisation) {
    return {{"number", l.number},
            {"at", to_rfc3339_local(l.at)},
            {"kind", l.kind},
            {"by", party(l.actor)},
            {"officer", officer(l.officer, organisation)},
            {"percent", or_null(l.percent)},
            {"due", or_null(l.due)},
            {"text", said(l.text)}};
}

json::object view(const Evidence& e) {
    json::value file, reference;
    if (e.kind == EvidenceKind::file) {
        const auto* type = dossiers::file_type(e.file_kind);
        file = json::object{{"name", said(e.name)},
                            {"type", type ? type->mime : "application/octet-stream"},
                            {"bytes", e.bytes},
                            {"scan", e.scan}};
    } else {
        reference = e.reference;
    }
    return {{"id", e.id},
            {"kind", to_string(e.kind)},
            {"at", to_rfc3339_local(e.at)},
            {"file", std::move(file)},
            {"reference", std::move(reference)}};
}

}  // namespace

json::object view(const Deadline& d) {
    json::array days;
    for (const auto& day : d.days)
        days.push_back(json::object{{"date", to_iso(day.date)}, {"work_minutes", day.worked.count}});
    return {{"from", to_rfc3339_local(d.from)}, {"due", to_rfc3339_local(d.due)},
            {"work_minutes", d.work.count},     {"words", directory::in_words(d.work)},
            {"calendar", d.calendar},           {"provisional", d.provisional},
            {"days", std::move(days)}};
}

json::object view(const Directive& d, const Timing& timing, const directory::Directory& organisation) {
    json::value extension;
    if (d.asked)
        extension = json::object{{"at", to_rfc3339_local(d.asked->at)},
                                 {"work_minutes", d.asked->more.count},
                                 {"words", directory::in_words(d.asked->more)},
                                 {"due", to_rfc3339_local(d.asked->due)}};
    return {{"code", d.code},
            {"agency", d.agency.value},
            {"officer", officer(d.officer, organisation)},
            {"issuer", d.issuer.value},
            {"title", d.title},
            {"state", ioc::directive::to_string(d.state)},
            {"issued_at", to_rfc3339_local(d.issued_at)},
            {"deadline", view(d.deadline)},
            {"percent", d.percent},
            {"acknowledged_at", or_null(d.acknowledged_at)},
            {"handed_in_at", or_null(d.handed_in_at)},
            {"closed_at", or_null(d.closed_at)},
            {"verdict", d.verdict ? json::value(ioc::directive::to_string(*d.verdict)) : json::value()},
            {"extension", std::move(extension)},
            {"extensions", d.extensions},
            {"reopened", d.reopened},
            {"internal", d.internal()},
            {"timing", view(timing)},
            {"origin", view(d.origin)},
            {"version", d.version}};
}

json::object view(const Whole& w, const directory::Directory& organisation) {
    auto out = view(w.directive, w.timing, organisation);
    json::array lines, evidence, may;
    for (const auto& l : w.lines) lines.push_back(view(l, organisation));
    for (const auto& e : w.evidence) evidence.push_back(view(e));
    for (const auto c : w.may) may.emplace_back(to_string(c));
    out["text"] = said(w.text);
    out["lines"] = std::move(lines);
    out["evidence"] = std::move(evidence);
    out["may"] = std::move(may);
    return out;
}

json::object view(const Summary& s) {
    return {{"open", s.open},           {"overdue", s.overdue},
            {"due_soon", s.due_soon},   {"unacknowledged", s.unacknowledged},
            {"handed_in", s.handed_in}, {"extension_asked", s.extension_asked}};
}

json::object view(const Proposal& p) {
    return {{"agency", p.issue.agency.value},
            {"title", p.issue.title},
            {"text", p.issue.text},
            {"work_minutes", p.issue.deadline.work_minutes.value_or(0)},
            {"deadline", view(p.deadline)},
            {"rule", p.issue.rule},
            {"rule_agency", or_null(p.issue.rule_agency.value)}};
}

}  // namespace hl::directives
