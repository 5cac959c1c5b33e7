#include "ioc/indicators/roll.h"

#include "dossiers/events.h"
#include "ioc/indicators/directive_events.h"

namespace hl::ioc {

namespace {

namespace on = dossiers::events;
constexpr size_t most_known = 500'000;
constexpr size_t most_restated = 50'000;

constexpr std::string_view select_mark = "SELECT value FROM ioc_mark WHERE name = ?";
constexpr std::string_view put_mark =
    "INSERT INTO ioc_mark (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
constexpr std::string_view high_mark[] = {"high", "check.high"};
constexpr std::string_view select_known[] = {
    "SELECT agency, unit, procedure, sector, channel, state, due, received_at, supplements, digitised FROM ioc_dossier "
    "WHERE dossier = ?",
    "SELECT agency, unit, procedure, sector, channel, state, due, received_at, supplements, digitised FROM "
    "ioc_check_dossier WHERE dossier = ?"};

const json::value* at_path(const json::object& data, const std::vector<std::string>& path) {
    const json::object* object = &data;
    const json::value* found = nullptr;
    for (const auto& key : path) {
        if (!object) return nullptr;
        found = object->if_contains(key);
        if (!found) return nullptr;
        object = found->if_object();
    }
    return found;
}

std::optional<int64_t> integer(const json::object& data, const char* key) {
    const auto* v = data.if_contains(key);
    return v && v->is_int64() ? std::optional{v->get_int64()} : std::nullopt;
}
std::string_view word(const json::object& data, const char* key) {
    const auto* v = data.if_contains(key);
    return v && v->is_string() ? std::string_view{v->get_string()} : std::string_view{};
}

// The order of the remembered fields, shared by `ready` and the two readers of them.
enum Remembered { agency, unit, procedure, sector, channel, state, supplements, received_now, digitised, due_known };
constexpr std::string_view remembered_names[] = {"agency", "unit",        "procedure",    "sector",    "channel",
                                                 "state",  "supplements", "received_now", "digitised", "due_known"};

/// Whether every component of a received dossier was digital; -1 when none was told of.
int digitised_in(const json::object& data) {
    const auto* list = data.if_contains("components");
    if (!list || !list->is_array() || list->get_array().empty()) return -1;
    for (const auto& c : list->get_array()) {
        const auto* flag = c.is_object() ? c.get_object().if_contains("digitised") : nullptr;
        if (!flag || !flag->is_bool() || !flag->get_bool()) return 0;
    }
    return 1;
}

struct Acts {
    std::optional<int64_t> start, stop;
};
Result<Acts> acts_in(const json::object& data) {
    Acts out;
    const auto* clock = data.if_contains("clock");
    if (!clock) return out;
    TRY(const auto acts, dossiers::acts_from_json(*clock));
    for (const auto& a : acts) {
        if (a.act == dossiers::ClockAct::start && !out.start) out.start = to_ms(a.at);
        if (a.act == dossiers::ClockAct::stop) out.stop = to_ms(a.at);
    }
    return out;
}

}  // namespace

Roll::Roll(std::shared_ptr<const Book> book, Side side) : book_(std::move(book)), side_(side) {
    for (size_t n = 0; n < book_->parts().size(); ++n)
        if (book_->parts()[n].part.kind == PartKind::stock) stocks_.push_back(static_cast<int>(n));
    forget();
}

void Roll::forget() {
    landed_ = {};
    names_ = std::make_unique<Names>();
    cells_ = std::make_unique<Cells>(*book_, *names_, side_);
    known_.clear();
    touched_.clear();
    facts_.clear();
    restated_.clear();
    known_all_ = false;
    position_ = -1;
}

void Roll::begin_empty() {
    forget();
    cells_->begin_empty();
    known_all_ = true;
    high_ = 0;
    position_ = 0;
}

Result<void> Roll::apply(store::Transaction& tx, std::span<const store::StoredEvent> events) {
    if (events.empty()) return Nothing{};
    if (events.front().position != position_) {
        forget();
        high_ = tx.first(select_mark, {high_mark[static_cast<int>(side_)]}, [](const store::Row& r) {
                      return r.integer(0);
                  }).value_or(0);
    }
    position_ = -1;  // until all of it is written, nothing that is held may be relied on
    agencies_.clear();
    for (const auto& event : events) TRY_VOID(take(tx, event));
    write(tx);
    tx.post(put_mark, {high_mark[static_cast<int>(side_)], high_});
    position_ = events.back().position + 1;
    if (known_.size() > most_known) {
        known_.clear();
        known_all_ = false;
    }
    if (restated_.size() > most_restated) restated_.clear();
    return Nothing{};
}

Roll::Remembered::value_type* Roll::find(store::Reader& reader, const std::string& dossier) {
    const auto it = known_.find(dossier);
    if (it != known_.end()) return it->second ? &*it : nullptr;
    if (known_all_) return nullptr;
    auto row = reader.first(select_known[static_cast<int>(side_)], {dossier}, [&](const store::Row& r) {
        Known k;
        for (int i = 0; i < static_cast<int>(dimensions); ++i) k.dims[static_cast<size_t>(i)] = names_->id(r.text(i));
        k.state = static_cast<int>(r.integer(5));
        k.due = r.optional_integer(6);
        k.received_at = r.optional_integer(7);
        k.supplements = r.integer(8);
        k.digitised = static_cast<int>(r.integer(9));
        k.stored = true;
        return k;
    });
    auto& place = *known_.try_emplace(dossier).first;
    place.second = std::move(row);
    return place.second ? &place : nullptr;
}

Result<void> Roll::take(store::Transaction& tx, const store::StoredEvent& event) {
    high_ = std::max(high_, to_ms(event.at));
    if (event.type.starts_with(directive::family)) return take_directive(tx, event);
    if (!event.type.starts_with("dossier.")) return Nothing{};
    const auto& data = event.data;
    const bool imported = event.type == on::Imported::type;
    const bool begins = imported || event.type == on::Filed::type;
    const bool received = event.type == on::Received::type;
    Remembered::value_type* node = nullptr;
    if (begins) {
        const auto* about = data.if_contains("dossier");
        if (!about || !about->is_object())
            return Error{ErrorKind::internal, "event.damaged", "Sự kiện của hồ sơ không đọc được. Hãy kiểm tra sổ cái.",
                         "The dossier's event cannot be read. Run the ledger check."};
        const auto& d = about->get_object();
        Known fresh;
        fresh.dims = {names_->id(word(d, "lead")), names_->id(word(d, "area")), names_->id(word(d, "procedure")),
                      names_->id(word(d, "sector")), names_->id(word(d, "channel"))};
        fresh.stored = !known_all_;  // perhaps: what cannot be there need not be dropped
        node = &*known_.insert_or_assign(event.stream, fresh).first;
    } else {
        node = find(tx, event.stream);
    }
    if (!node) return Nothing{};  // closed before
    Known* const k = &*node->second;
    if (!k->changed) touched_.push_back(node);
    k->changed = true;

    const Known before = *k;
    Acts acts;
    if (begins || received) {
        TRY(acts, acts_in(data));
    }
    Seen seen{event, *k, false, 0, to_ms(event.at)};
    if (const auto lead = word(data, "lead"); !lead.empty()) k->dims[agency] = names_->id(lead);
    if (!k->received_at && (received || acts.start)) {
        k->received_at = received ? to_ms(event.at) : *acts.start;
        seen.received_now = true;
    }
    if (imported && acts.stop) seen.ended = *acts.stop;
    seen.received = k->received_at.value_or(seen.ended);
    if (event.type == on::SupplementRequested::type) ++k->supplements;
    if (received || event.type == on::SupplementAnswered::type)
        if (const int told = digitised_in(data); told >= 0) k->digitised = told;
    const auto to = dossiers::state_from(word(data, "to"));
    if (to) k->state = static_cast<int>(*to);
    k->due = integer(data, "due");

    TRY_VOID(count(tx, seen));

    const bool open = to && dossiers::is_open(*to);
    if (imported) {
        // All that is known of its past: it was being worked on from its reception to its end.
        Known working = *k;
        if (!open) working.state = static_cast<int>(dossiers::State::processing);
        TRY_VOID(move_stocks(tx, before, working, k->received_at.value_or(to_ms(event.at)), event.position));
        if (!open || *to == dossiers::State::finished)
            TRY_VOID(move_stocks(tx, working, *k, seen.ended, event.position));
    } else {
        TRY_VOID(move_stocks(tx, before, *k, to_ms(event.at), event.position));
    }
    return Nothing{};
}

/// A directive is remembered from its issue to its end, like a dossier: its agency, its state, its deadline.
Result<void> Roll::take_directive(store::Transaction& tx, const store::StoredEvent& event) {
    const auto& data = event.data;
    if (const auto* internal = data.if_contains("internal"); internal && internal->is_bool() && internal->get_bool())
        return Nothing{};
    const auto to = directive::state_from(word(data, "to"));
    const auto due = integer(data, "due");
    if (!to || !due)
        return Error{ErrorKind::internal, "event.damaged", "Sự kiện của chỉ đạo không đọc được. Hãy kiểm tra sổ cái.",
                     "The directive's event cannot be read. Run the ledger check."};
    auto* node = find(tx, event.stream);
    // Issued, or closed before and taken up again: then all that is remembered is in the event.
    if (!node) {
        Known fresh;
        fresh.state = directive_states + static_cast<int>(directive::State::closed);
        fresh.stored = !known_all_;
        node = &*known_.insert_or_assign(event.stream, fresh).first;
    }
    Known* const k = &*node->second;
    if (!k->changed) touched_.push_back(node);
    k->changed = true;
    const Known before = *k;
    k->dims = {names_->id(word(data, "agency")), names_->id(word(data, "area")), 0, 0, 0};
    k->state = directive_states + static_cast<int>(*to);
    k->due = due;
    if (!k->received_at) k->received_at = to_ms(event.at);
    Seen seen{event, *k, false, *k->received_at, to_ms(event.at)};
    TRY_VOID(count(tx, seen));
    return move_stocks(tx, before, *k, to_ms(event.at), event.position);
}

const std::vector<Roll::Ready>& Roll::parts_for(const std::string& type) {
    const auto it = by_type_.find(type);
    if (it != by_type_.end()) return it->second;
    std::vector<Ready> out;
    for (size_t n = 0; n < book_->parts().size(); ++n) {
        const auto& part = book_->parts()[n].part;
        if (part.kind == PartKind::stock) continue;
        const bool wanted = std::any_of(part.select.events.begin(), part.select.events.end(), [&](const auto& e) {
            return e == type || (e.ends_with(".*") && type.starts_with(std::string_view{e}.substr(0, e.size() - 1)));
        });
        if (!wanted) continue;
        Ready r;
        r.part = static_cast<int>(n);
        for (const auto& f : part.select.where) r.asks.push_back(ready(f.field, &f));
        r.field = ready(part.select.field, nullptr);
        out.push_back(std::move(r));
    }
    return by_type_.emplace(type, std::move(out)).first->second;
}

Roll::Ask Roll::ready(const std::string& field, const Filter* filter) const {
    Ask out;
    out.filter = filter;
    if (field.starts_with("dossier.")) {
        for (int i = 0; i < static_cast<int>(std::size(remembered_names)); ++i)
            if (std::string_view{field}.substr(8) == remembered_names[i]) out.remembered = i;
        if (out.remembered >= 0) return out;
    }
    for (size_t from = 0; from < field.size();) {
        const auto dot = std::min(field.find('.', from), field.size());
        out.path.push_back(field.substr(from, dot - from));
        from = dot + 1;
    }
    return out;
}

std::optional<std::string> Roll::text_of(const Ask& ask, const Seen& seen) const {
    switch (ask.remembered) {
        case agency:
        case unit:
        case procedure:
        case sector:
        case channel: {
            const auto& text = names_->text(seen.known.dims[static_cast<size_t>(ask.remembered)]);
            return text.empty() ? std::nullopt : std::optional{text};
        }
        case state:
            if (seen.known.state >= directive_states)
                return std::string{
                    directive::to_string(static_cast<directive::State>(seen.known.state - directive_states))};
            return std::string{dossiers::to_string(static_cast<dossiers::State>(seen.known.state))};
        case received_now:
            return seen.received_now ? "true" : "false";
        case digitised:
            if (seen.known.digitised < 0) return std::nullopt;
            return seen.known.digitised == 1 ? "true" : "false";
        case due_known:
            return seen.known.due ? "true" : "false";
        case supplements:
            return std::to_string(seen.known.supplements);
        default:
            break;
    }
    if (ask.path.empty()) return seen.event.stream;  // the dossier itself
    const auto* v = at_path(seen.event.data, ask.path);
    if (!v) return std::nullopt;
    if (v->is_string()) return std::string{v->get_string()};
    if (v->is_bool()) return v->get_bool() ? "true" : "false";
    if (v->is_int64()) return std::to_string(v->get_int64());
    return std::nullopt;
}

std::optional<int64_t> Roll::number_of(const Ask& ask, const Seen& seen) const {
    if (ask.remembered == supplements) return seen.known.supplements;
    if (ask.remembered >= 0) return std::nullopt;
    if (const auto* v = at_path(seen.event.data, ask.path))
        return v->is_int64() ? std::optional{v->get_int64()} : std::nullopt;
    // Events leave out what is zero: where its surroundings are told, it is.
    const auto around = std::vector<std::string>{ask.path.begin(), ask.path.end() - 1};
    if (around.empty() || at_path(seen.event.data, around)) return 0;
    return std::nullopt;
}

bool Roll::holds(const Ask& ask, const Seen& seen) const {
    const auto& f = *ask.filter;
    switch (f.op) {
        case Filter::Op::exists:
        case Filter::Op::absent: {
            const bool there =
                ask.remembered >= 0 ? text_of(ask, seen).has_value() : at_path(seen.event.data, ask.path) != nullptr;
            return there == (f.op == Filter::Op::exists);
        }
        case Filter::Op::one_of:
        case Filter::Op::none_of: {
            // An empty member is left out of events: false and zero are written by not being there.
            const auto text = text_of(ask, seen);
            const bool in = text && std::find(f.values.begin(), f.values.end(), *text) != f.values.end();
            return in == (f.op == Filter::Op::one_of);
        }
        case Filter::Op::at_least:
        case Filter::Op::at_most: {
            const auto number = number_of(ask, seen);
            return number && (f.op == Filter::Op::at_least ? *number >= f.number : *number <= f.number);
        }
    }
    return false;
}

Result<void> Roll::count(store::Transaction& tx, Seen& seen) {
    int64_t days[2] = {0, 0}, masks[2] = {0, 0};
    size_t used = 0;
    for (const auto& r : parts_for(seen.event.type)) {
        const auto& part = book_->parts()[static_cast<size_t>(r.part)].part;
        if (!std::all_of(r.asks.begin(), r.asks.end(), [&](const Ask& a) { return holds(a, seen); })) continue;
        int64_t value = 1;
        std::string text;
        if (part.kind == PartKind::distinct) {
            auto t = text_of(r.field, seen);
            if (!t) continue;
            text = std::move(*t);
        } else if (part.kind != PartKind::count) {
            // A sum of nothing is nothing; a smallest or middle value of nothing does not exist.
            const auto number = number_of(r.field, seen);
            if (!number && part.kind != PartKind::sum) continue;
            value = number.value_or(0);
        }
        const int64_t at = part.select.at == FactTime::received ? seen.received
                           : part.select.at == FactTime::ended  ? seen.ended
                                                                : to_ms(seen.event.at);
        TRY_VOID(add(tx, r.part, seen.known.dims, at, value, text, seen.event.position));
        const int64_t day = place_of(at).day;
        size_t i = 0;
        while (i < used && days[i] != day) ++i;
        if (i == used && used < 2) days[used++] = day;
        if (i < 2) masks[i] |= int64_t{1} << r.part;
    }
    for (size_t i = 0; i < used; ++i)
        facts_.push_back({days[i], seen.event.position, seen.known.dims, seen.event.stream, masks[i]});
    return Nothing{};
}

}  // namespace hl::ioc
