// Connectors as JSON: for the API and the command line alike.
#include "links/connector/views.h"

#include "links/connector/commands.h"

namespace hl::connector {

json::value at_or_null(const std::optional<Instant>& at) {
    return at ? json::value(to_rfc3339_local(*at)) : json::value();
}
json::value text_or_null(const std::string& text) {
    return text.empty() ? json::value() : json::value(text);
}

namespace {
json::value reason_or_null(const std::string& code, const std::string& datum, const Words& words) {
    if (code.empty() && words.vi.empty()) return {};
    return json::object{{"code", code}, {"datum", text_or_null(datum)}, {"vi", words.vi}, {"en", words.en}};
}
}  // namespace

json::object view(const MessageRow& row, const Connector& connector) {
    const auto& m = row.message;
    return {{"number", m.number},
            {"key", m.key},
            {"kind", m.kind},
            {"position", m.position},
            {"state", to_string(row.state)},
            {"attempts", m.attempts},
            {"update", m.update},
            {"events", row.merged + 1},
            {"made_at", to_rfc3339_local(m.made_at)},
            {"next_try", row.state == MessageState::queued && to_ms(row.not_before) > 0 ? at_or_null(row.not_before)
                                                                                        : json::value()},
            {"last_try", at_or_null(row.last_try)},
            {"accepted_at", at_or_null(row.accepted_at)},
            {"reason", reason_or_null(row.reason_code, row.reason_datum, row.reason)},
            {"facts", row.facts},
            {"marks", row.marks},
            {"page", text_or_null(connector.page_of(m.key))}};
}

json::object view(const Difference& d, const Connector& connector) {
    json::array can;
    const bool open = d.state == DifferenceState::open || d.state == DifferenceState::sent_again;
    if (open && d.kind != DifferenceKind::missing_here) can.emplace_back("send_again");
    if (open) can.emplace_back("explain");
    return {{"number", d.number},
            {"key", d.key},
            {"kind", to_string(d.kind)},
            {"field", text_or_null(d.field)},
            {"ours", d.ours},
            {"theirs", d.theirs},
            {"state", to_string(d.state)},
            {"first_run", d.first_run},
            {"last_run", d.last_run},
            {"found_at", to_rfc3339_local(d.found_at)},
            {"settled_at", at_or_null(d.settled_at)},
            {"settled_by", text_or_null(d.settled_by)},
            {"note", text_or_null(d.note)},
            {"can", std::move(can)},
            {"page", text_or_null(connector.page_of(d.key))}};
}

json::object view(const Comparison& c) {
    return {{"number", c.number},
            {"started_at", to_rfc3339_local(c.started_at)},
            {"ended_at", at_or_null(c.ended_at)},
            {"compared", c.compared},
            {"differences", c.differences},
            {"waiting", c.waiting},
            {"problem", text_or_null(c.problem)}};
}

json::object view(const JournalRow& row) {
    return {{"number", row.number},
            {"key", text_or_null(row.key)},
            {"message", row.message > 0 ? json::value(row.message) : json::value()},
            {"operation", row.operation},
            {"at", to_rfc3339_local(row.at)},
            {"took_ms", row.took_ms},
            {"status", row.status > 0 ? json::value(row.status) : json::value()},
            {"verdict", row.verdict},
            {"code", text_or_null(row.code)},
            {"problem", text_or_null(row.problem)},
            {"request_bytes", row.request_bytes},
            {"response_bytes", row.response_bytes}};
}

json::object view(store::Reader& reader, Hub::Entry& entry, Instant now) {
    const auto name = entry.connector->name();
    const auto title = entry.connector->title();
    const auto counts = count_open(reader, name);
    const auto position = store::follower_position(reader, *entry.follower);
    const auto head = store::ledger_size(reader);
    const auto rates = entry.runner->rates();
    auto& breaker = entry.runner->breaker();
    const auto state = breaker.state(now);
    json::value pause;
    if (const auto p = paused(reader, name))
        pause = json::object{{"at", to_rfc3339_local(p->at)}, {"by", p->by}, {"reason", p->reason}};
    json::array tasks;
    std::map<std::string, Words> titles;
    for (const auto& task : entry.connector->tasks()) titles[task.name] = task.title;
    titles[std::string{reconcile_task}] = {"Đối soát với đối tác", "Compare with the partner"};
    for (const auto& row : task_rows(reader, name)) {
        const auto& words = titles[row.task];
        tasks.push_back(
            {{"name", row.task},
             {"vi", words.vi.empty() ? row.task : words.vi},
             {"en", words.en.empty() ? row.task : words.en},
             {"last_at", at_or_null(row.last_at)},
             {"last_good", at_or_null(row.last_good)},
             {"next_at", at_or_null(row.next_at)},
             {"problem",
              row.problem ? reason_or_null(row.problem->code, "", {row.problem->vi, row.problem->en}) : json::value()},
             {"report", row.report}});
    }
    const auto last = comparisons(reader, name, 1);
    const auto accepted = reader
                              .first("SELECT COUNT(*) FROM link_key WHERE connector = ?", {name},
                                     [](const store::Row& r) { return r.integer(0); })
                              .value_or(0);
    return {{"name", name},
            {"vi", title.vi},
            {"en", title.en},
            {"url", entry.settings.url},
            {"simulated", entry.settings.simulated},
            {"paused", std::move(pause)},
            {"breaker", to_string(state)},
            {"breaker_until", state == Breaker::State::open ? at_or_null(breaker.open_until()) : json::value()},
            {"lag_events", position ? json::value(head - *position) : json::value()},
            {"waiting", counts.queued},
            {"behind", counts.behind},
            {"retrying", counts.retrying},
            {"held", counts.held},
            {"dead", counts.dead},
            {"oldest_waiting", at_or_null(counts.oldest)},
            {"accepted_keys", accepted},
            {"differences", count_differences(reader, name, DifferenceState::open)},
            {"can_compare", entry.connector->can_look_up()},
            {"comparison", last.empty() ? json::value() : json::value(view(last.front()))},
            {"since_start", json::object{{"sent", rates.sent},
                                         {"accepted", rates.accepted},
                                         {"refused", rates.refused},
                                         {"again", rates.again},
                                         {"held", rates.held},
                                         {"per_second", rates.per_second}}},
            {"tasks", std::move(tasks)}};
}

}  // namespace hl::connector
