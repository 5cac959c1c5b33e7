#include "ioc/indicators/routes.h"

#include <charconv>

#include "access/query_values.h"
#include "ioc/indicators/directive_events.h"
#include "ioc/indicators/recompute.h"
#include "ioc/indicators/views.h"

namespace hl::ioc {

using access::Answer;
using access::Call;
using access::Right;

namespace {

constexpr int64_t most_recomputed = 300'000;  // events an HTTP request may fold anew

std::string param(const Call& call, std::string_view name) {
    return call.request.query_value(name).value_or("");
}

Result<const Indicator*> indicator_of(const Book& book, const Call& call, Date d) {
    if (const auto* found = book.find(call.param("code"), d)) return found;
    return Error{ErrorKind::not_found, "ioc.no_indicator", "Không có chỉ tiêu này.", "There is no such indicator."};
}

/// What the call asks, held to what the actor may see. The indicator's owner sees all of it.
Result<Question> question_of(const Book& book, const Call& call) {
    Question q;
    q.now = call.now;
    const auto today = local_date(call.now);
    TRY(const auto* now, indicator_of(book, call, today));
    const auto single = param(call, "period");
    auto grain = grain_from(param(call, "grain"));
    if (!param(call, "grain").empty() && !grain)
        return Error{ErrorKind::invalid, "ioc.grain",
                     "grain là hour, day, week, month, quarter, half, year hoặc five_years.",
                     "grain is hour, day, week, month, quarter, half, year or five_years.", "grain"};
    const auto last = single.empty() ? param(call, "to") : single,
               first = single.empty() ? param(call, "from") : single;
    if (last.empty() || first.empty()) {
        if (!grain) grain = now->has(Grain::month) ? Grain::month : *now->grains.begin();
        q.last = period_of(*grain, call.now);
        q.first = q.last.next(first.empty() && !single.empty() ? 0 : -11);
    }
    if (!last.empty()) {
        TRY(q.last, parse_period(last));
    }
    if (!first.empty()) {
        TRY(q.first, parse_period(first));
    }
    TRY(q.indicator, indicator_of(book, call, std::min(q.last.first_day(), today)));
    TRY(const auto see, viewable(call.actor, call.now));
    const AgencyId agency{param(call, "agency")};
    const bool owns = access::require(call.actor, Right::view_ioc, q.indicator->owner, call.now).ok();
    q.small = owns || !see;
    if (!agency.empty()) {
        if (!owns) TRY_VOID(access::require(call.actor, Right::view_ioc, agency, call.now));
        q.where.agencies = std::vector{agency};
    } else if (!owns && see) {
        q.where.agencies = *see;
    }
    q.where.unit = param(call, "unit");
    q.where.procedure = param(call, "procedure");
    q.where.sector = param(call, "sector");
    q.where.channel = param(call, "channel");
    if (const auto by = param(call, "by"); !by.empty()) {
        q.by = dimension_from(by);
        if (!q.by)
            return Error{ErrorKind::invalid, "ioc.dimension", "by là agency, unit, procedure, sector hoặc channel.",
                         "by is agency, unit, procedure, sector or channel.", "by"};
    }
    if (const auto day = param(call, "known_on"); !day.empty()) {
        TRY(q.known_on, parse_date(day));
    }
    return q;
}

json::object scope_view(const Question& q) {
    json::value agencies;
    if (q.where.agencies) {
        json::array list;
        for (const auto& a : *q.where.agencies) list.emplace_back(a.value);
        agencies = std::move(list);
    }
    return {{"agencies", std::move(agencies)},
            {"by", q.by ? json::value(to_string(*q.by)) : json::value()},
            {"known_on", q.known_on ? json::value(to_iso(*q.known_on)) : json::value()}};
}

json::object figures_view(const Question& q, const Figures& found) {
    json::array items;
    for (const auto& f : found.items) items.push_back(view(*q.indicator, f));
    return {{"indicator", q.indicator->code},      {"unit", q.indicator->unit},
            {"grain", to_string(q.first.grain)},   {"scope", scope_view(q)},
            {"position", or_null(found.position)}, {"items", std::move(items)}};
}

void add_definitions(access::Api& api, const RouteSources& s) {
    api.query("/api/v1/ioc/indicators", [s](store::Reader&, const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, Right::view_ioc, call.now));
        const auto book = s.book();
        const auto component = param(call, "component");
        json::array items, components;
        for (const auto c : all_components()) components.push_back({{"code", to_string(c)}, {"name", name_of(c)}});
        for (const auto& i : book->all())
            if (component.empty() || component == to_string(i.component)) items.push_back(view(i));
        return Answer{json::object{{"components", std::move(components)}, {"items", std::move(items)}}};
    });
    api.query("/api/v1/ioc/indicators/{code}", [s](store::Reader&, const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, Right::view_ioc, call.now));
        const auto book = s.book();
        TRY(const auto* i, indicator_of(*book, call, local_date(call.now)));
        return Answer{view(*i)};
    });
}

/// One component at a glance: the newest figure of each of its indicators.
void add_board(access::Api& api, const RouteSources& s) {
    api.query("/api/v1/ioc/components/{component}", [s](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(const auto see, viewable(call.actor, call.now));
        const auto component = component_from(call.param("component"));
        if (!component)
            return Error{ErrorKind::not_found, "ioc.no_component", "Không có phân hệ này.",
                         "There is no such component."};
        const auto book = s.book();
        const Date today = local_date(call.now);
        json::array items;
        for (const auto& i : book->all()) {
            if (i.component != *component || !i.covers(today)) continue;
            Question q;
            q.indicator = &i;
            q.now = call.now;
            q.latest = true;
            const bool owns = access::require(call.actor, Right::view_ioc, i.owner, call.now).ok();
            q.small = owns || !see;
            if (!owns && see) q.where.agencies = *see;
            const auto grain = i.has(Grain::month) ? Grain::month : *i.grains.begin();
            q.last = period_of(grain, call.now);
            // The last period that has a value: a ratio of the running one may not have one yet.
            q.first = q.last.next(-3);
            TRY(const auto found, figures(reader, *book, q));
            const Figure* best = found.items.empty() ? nullptr : &found.items.back();
            for (const auto& f : found.items)
                if (f.value) best = &f;
            json::object one{{"indicator", i.code},
                             {"name", {{"vi", i.vi}, {"en", i.en}}},
                             {"unit", i.unit},
                             {"owner", i.owner.value},
                             {"grade", to_string(i.grade)},
                             {"grain", to_string(grain)},
                             {"position", or_null(found.position)},
                             {"figure", best ? json::value(view(i, *best)) : json::value()}};
            items.push_back(std::move(one));
        }
        return Answer{json::object{{"component", to_string(*component)},
                                   {"name", name_of(*component)},
                                   {"as_of", to_rfc3339_local(call.now)},
                                   {"items", std::move(items)}}};
    });
}

void add_figures(access::Api& api, const RouteSources& s) {
    access::RouteOptions slow;
    slow.slow = true;
    api.raw(
        "GET", "/api/v1/ioc/indicators/{code}/figures",
        [s](const Call& call) -> Result<Answer> {
            const auto book = s.book();
            TRY(const auto q, question_of(*book, call));
            TRY(const auto position, number_in_query(call, "position", 0, 1, std::numeric_limits<int64_t>::max()));
            if (position > most_recomputed)
                return Error{
                    ErrorKind::invalid, "ioc.too_long",
                    fmt::format("Qua giao diện chỉ tính lại được {} sự kiện đầu tiên. Hãy hỏi theo known_on, hoặc "
                                "dùng «hienluong ioc figure --at».",
                                most_recomputed),
                    fmt::format("Only the first {} events are folded anew here. Ask with known_on, or use "
                                "'hienluong ioc figure --at'.",
                                most_recomputed),
                    "position"};
            if (position > 0) {
                TRY(const auto found, figures_at(s.store, book, q, position));
                return Answer{figures_view(q, found)};
            }
            TRY(const auto found, s.store.read([&](store::Reader& r) { return figures(r, *book, q); }));
            return Answer{figures_view(q, found)};
        },
        slow);

    api.query("/api/v1/ioc/indicators/{code}/restatements",
              [s](store::Reader& reader, const Call& call) -> Result<Answer> {
                  const auto book = s.book();
                  TRY(const auto q, question_of(*book, call));
                  TRY(const auto limit, number_in_query(call, "limit", 100, 1, 1000));
                  const auto grain = param(call, "grain") == "day" ? Grain::day : Grain::month;
                  TRY(const auto list, restatements(reader, *book, *q.indicator, q.where.agencies, grain, limit));
                  json::array items;
                  for (const auto& r : list) items.push_back(view(r));
                  return Answer{json::object{{"items", std::move(items)}}};
              });
}

/// Code of the dossier an event is about, from the event itself.
std::string code_at(store::Reader& reader, int64_t position) {
    const auto events = store::read_events(reader, position, 1);
    if (events.empty()) return "";
    const auto* code = events.front().data.if_contains("code");
    return code && code->is_string() ? std::string{code->get_string()} : "";
}

/// What an event is about: a dossier by its id, or a directive by its code.
std::string_view directive_of(const Behind& b) {
    const std::string_view stream = b.dossier;
    return stream.starts_with(directive::stream_prefix) ? stream.substr(directive::stream_prefix.size()) : "";
}
std::string_view dossier_of(const Behind& b) {
    return directive_of(b).empty() ? std::string_view{b.dossier} : "";
}

void add_provenance(access::Api& api, const RouteSources& s) {
    api.query(
        "/api/v1/ioc/indicators/{code}/provenance", [s](store::Reader& reader, const Call& call) -> Result<Answer> {
            const auto book = s.book();
            TRY(auto q, question_of(*book, call));
            if (param(call, "period").empty()) q.first = q.last;
            TRY(const auto limit, number_in_query(call, "limit", 50, 1, 200));
            TRY(const auto found, figures(reader, *book, q));
            json::array figures_list, events, values;
            for (const auto& f : found.items) figures_list.push_back(view(*q.indicator, f));
            json::value next;
            if (q.indicator->supplied) {
                for (const auto& v : values_of(reader, q.indicator->code, {}, 500))
                    if (v.period >= period_of(v.period.grain, q.first.begin()) && v.period.begin() < q.last.end())
                        values.push_back(view(v));
            } else if (q.indicator->fold->measure == Measure::stock) {
                const auto open = open_now(reader, *book, q, param(call, "after"), limit);
                for (const auto& b : open)
                    events.push_back({{"position", nullptr},
                                      {"day", to_iso(b.day)},
                                      {"dossier", or_null(dossier_of(b))},
                                      {"directive", or_null(directive_of(b))},
                                      {"code", or_null(directive_of(b))},
                                      {"agency", b.agency},
                                      {"procedure", b.procedure},
                                      {"channel", b.channel}});
                if (static_cast<int64_t>(open.size()) == limit) next = open.back().dossier;
            } else {
                std::optional<std::pair<int64_t, int64_t>> after;
                if (const auto text = param(call, "after"); !text.empty()) {
                    const auto dot = text.find('.');
                    int64_t day = 0, position = 0;
                    if (dot == std::string::npos ||
                        std::from_chars(text.data(), text.data() + dot, day).ec != std::errc{} ||
                        std::from_chars(text.data() + dot + 1, text.data() + text.size(), position).ec != std::errc{})
                        return Error{ErrorKind::invalid, "query.after", "after là giá trị next của trang trước.",
                                     "after is the next of the page before.", "after"};
                    after = {day, position};
                }
                const auto page = behind(reader, *book, q, after, limit);
                for (const auto& b : page.items)
                    events.push_back({{"position", b.position},
                                      {"day", to_iso(b.day)},
                                      {"dossier", or_null(dossier_of(b))},
                                      {"directive", or_null(directive_of(b))},
                                      {"code", or_null(code_at(reader, b.position))},
                                      {"agency", b.agency},
                                      {"procedure", b.procedure},
                                      {"channel", b.channel}});
                if (page.next) next = fmt::format("{}.{}", page.next->first, page.next->second);
            }
            return Answer{json::object{{"indicator", view(*q.indicator)},
                                       {"scope", scope_view(q)},
                                       {"position", or_null(found.position)},
                                       {"figures", std::move(figures_list)},
                                       {"events", std::move(events)},
                                       {"values", std::move(values)},
                                       {"next", std::move(next)}}};
        });

    // That the figure rests on a signed ledger: the last event it counted is under a checkpoint.
    api.raw("GET", "/api/v1/ioc/proof", [s](const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, Right::view_ioc, call.now));
        TRY(const auto position, number_in_query(call, "position", 0, 1, std::numeric_limits<int64_t>::max()));
        TRY(const auto id, s.store.read([&](store::Reader& r) -> Result<std::string> {
            const auto events =
                position < 1 ? std::vector<store::StoredEvent>{} : store::read_events(r, position - 1, 1);
            if (events.empty())
                return Error{ErrorKind::not_found, "ioc.position", "Sổ cái chưa tới vị trí này.",
                             "The ledger has no such position yet.", "position"};
            return events.front().id;
        }));
        TRY(auto proof, store::prove_event(s.store, s.keys, id, call.now));
        return Answer{json::object{{"position", position}, {"proof", std::move(proof)}}};
    });
}

void add_alerts(access::Api& api, const RouteSources& s) {
    api.query("/api/v1/ioc/alerts", [s](store::Reader& reader, const Call& call) -> Result<Answer> {
        TRY(const auto see, viewable(call.actor, call.now));
        const auto book = s.book();
        json::array items;
        for (const auto& a : standing_alerts(reader, *book, see)) items.push_back(view(a));
        return Answer{json::object{{"items", std::move(items)}}};
    });
}

void add_intake(access::Api& api, const RouteSources& s) {
    api.command("POST", "/api/v1/ioc/values", [s](store::Transaction& tx, const Call& call) -> Result<Answer> {
        TRY_VOID(access::require_anywhere(call.actor, Right::supply_indicators, call.now));
        const auto batch = read_batch(call.body);
        if (!batch.errors.empty()) return batch.errors.front();
        TRY(const auto done, store_batch(tx, *s.book(), call.actor, batch, call.now));
        return Answer{view(done)};
    });
    access::RouteOptions raw;
    raw.raw_body = true;
    raw.max_body = 4u << 20;
    // Not a command: what a check says is not an answer to be repeated.
    api.raw(
        "POST", "/api/v1/ioc/values/csv",
        [s](const Call& call) -> Result<Answer> {
            TRY_VOID(access::require_anywhere(call.actor, Right::supply_indicators, call.now));
            const auto source = param(call, "source"), name = param(call, "batch");
            const bool check = param(call, "check") == "true";
            if ((source.empty() || name.empty()) && !check)
                return Error{ErrorKind::invalid, "ioc.batch_name",
                             "Cần source (tên hệ thống) và batch (số lô) trên địa chỉ.",
                             "The address needs source (the system's name) and batch (its number).", "batch"};
            TRY(const auto batch, read_csv_batch(call.request.body, source, name));
            const auto book = s.book();
            if (check) {
                TRY(const auto found, s.store.read([&](store::Reader& r) -> Result<Intake> {
                    return check_batch(r, *book, call.actor, batch, call.now);
                }));
                return Answer{view(found)};
            }
            TRY(const auto done, s.store.write([&](store::Transaction& tx) {
                return store_batch(tx, *book, call.actor, batch, call.now);
            }));
            return Answer{view(done)};
        },
        raw);
    api.query("/api/v1/ioc/indicators/{code}/values", [s](store::Reader& reader, const Call& call) -> Result<Answer> {
        const auto book = s.book();
        TRY(const auto* i, indicator_of(*book, call, local_date(call.now)));
        TRY(const auto see, viewable(call.actor, call.now));
        const bool all = !see || access::require(call.actor, Right::view_ioc, i->owner, call.now).ok();
        TRY(const auto before, number_in_query(call, "before", 0, 1, std::numeric_limits<int64_t>::max()));
        TRY(const auto limit, number_in_query(call, "limit", 50, 1, 500));
        const auto list = values_of(reader, i->code, before > 0 ? std::optional{before} : std::nullopt, limit);
        json::array items;
        for (const auto& v : list)
            if (all || std::find(see->begin(), see->end(), v.agency) != see->end()) items.push_back(view(v));
        json::value next;
        if (static_cast<int64_t>(list.size()) == limit) next = list.back().key;
        return Answer{json::object{{"items", std::move(items)}, {"next", std::move(next)}}};
    });
}

}  // namespace

Result<std::optional<std::vector<AgencyId>>> viewable(const access::Actor& actor, Instant now) {
    TRY_VOID(access::require_anywhere(actor, Right::view_ioc, now));
    // Whoever holds the right over an agency that does not exist holds it over all.
    if (access::require(actor, Right::view_ioc, AgencyId{}, now).ok() || !actor.organisation)
        return std::optional<std::vector<AgencyId>>{};
    const Date today = local_date(now);
    std::vector<AgencyId> out;
    for (const auto* agency : actor.organisation->agencies_at(today)) {
        if (!access::require(actor, Right::view_ioc, agency->id, now).ok()) continue;
        if (agency->at(today)->kind == directory::AgencyKind::province_committee)
            return std::optional<std::vector<AgencyId>>{};
        out.push_back(agency->id);
    }
    return std::optional{std::move(out)};
}

void add_indicator_routes(access::Api& api, RouteSources sources) {
    add_definitions(api, sources);
    add_board(api, sources);
    add_figures(api, sources);
    add_provenance(api, sources);
    add_alerts(api, sources);
    add_intake(api, sources);
    add_supplied_routes(api, sources);
}

}  // namespace hl::ioc
