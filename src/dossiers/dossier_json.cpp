// The parts of a dossier that are kept as JSON: the sealed person, and the lists of components, charges and results.
#include "dossiers/codec.h"
#include "dossiers/dossier.h"
#include "dossiers/events.h"

namespace hl::dossiers {

namespace {

void put(json::object& o, const char* name, const std::string& v) {
    if (!v.empty()) o[name] = v;
}
std::string get(const json::object& o, const char* name) {
    const auto* x = o.if_contains(name);
    return x && x->is_string() ? std::string{x->get_string()} : std::string{};
}
std::optional<int64_t> get_number(const json::object& o, const char* name) {
    const auto* x = o.if_contains(name);
    return x && x->is_int64() ? std::optional{x->get_int64()} : std::nullopt;
}
bool get_flag(const json::object& o, const char* name) {
    const auto* x = o.if_contains(name);
    return x && x->is_bool() && x->get_bool();
}

template <class F>
void each(const json::value& value, F f) {
    if (const auto* list = value.if_array())
        for (const auto& item : *list)
            if (item.is_object()) f(item.get_object());
}

}  // namespace

json::object to_json(const Applicant& a) {
    json::object o;
    put(o, "kind", a.kind), put(o, "name", a.name), put(o, "id_kind", a.id_kind), put(o, "id_number", a.id_number);
    put(o, "phone", a.phone), put(o, "email", a.email), put(o, "address", a.address);
    if (a.representative) {
        json::object r;
        put(r, "name", a.representative->name), put(r, "id_number", a.representative->id_number);
        put(r, "phone", a.representative->phone), put(r, "email", a.representative->email);
        put(r, "authority", a.representative->authority);
        o["representative"] = std::move(r);
    }
    return o;
}

json::object to_json(const Person& p) {
    json::object o;
    o["applicant"] = to_json(p.applicant);
    put(o, "summary", p.summary);
    if (!p.answers.empty()) o["answers"] = p.answers;
    return o;
}

Person person_from_json(const json::value& value) {
    Person p;
    const auto* o = value.if_object();
    if (!o) return p;
    p.summary = get(*o, "summary");
    if (const auto* x = o->if_contains("answers"); x && x->is_object()) p.answers = x->get_object();
    const auto* x = o->if_contains("applicant");
    if (!x || !x->is_object()) return p;
    const auto& a = x->get_object();
    p.applicant = {get(a, "kind"),  get(a, "name"),  get(a, "id_kind"), get(a, "id_number"),
                   get(a, "phone"), get(a, "email"), get(a, "address"), {}};
    if (const auto* r = a.if_contains("representative"); r && r->is_object()) {
        const auto& ro = r->get_object();
        p.applicant.representative = Applicant::Representative{get(ro, "name"), get(ro, "id_number"), get(ro, "phone"),
                                                               get(ro, "email"), get(ro, "authority")};
    }
    return p;
}

json::array to_json(const std::vector<Component>& list) {
    json::array out;
    for (const auto& c : list) {
        json::object o{{"id", c.id}};
        if (c.originals) o["originals"] = c.originals;
        if (c.copies) o["copies"] = c.copies;
        if (c.digitised) o["digitised"] = true;
        if (c.reused) o["reused"] = true;
        if (c.from_national) o["national"] = true;
        out.push_back(std::move(o));
    }
    return out;
}

std::vector<Component> components_from_json(const json::value& value) {
    std::vector<Component> out;
    each(value, [&](const json::object& o) {
        out.push_back({get(o, "id"), static_cast<int>(get_number(o, "originals").value_or(0)),
                       static_cast<int>(get_number(o, "copies").value_or(0)), get_flag(o, "digitised"),
                       get_flag(o, "reused"), get_flag(o, "national")});
    });
    return out;
}

json::array to_json(const std::vector<Charge>& list) {
    json::array out;
    for (const auto& c : list) {
        json::object o{{"id", c.id}, {"kind", c.kind}};
        put(o, "name", c.name), put(o, "basis", c.basis), put(o, "method", c.method), put(o, "receipt", c.receipt);
        if (c.amount) o["amount"] = *c.amount;
        if (c.paid_at) o["paid_at"] = to_ms(*c.paid_at);
        out.push_back(std::move(o));
    }
    return out;
}

std::vector<Charge> charges_from_json(const json::value& value) {
    std::vector<Charge> out;
    each(value, [&](const json::object& o) {
        Charge c{get(o, "id"), get(o, "name"),   get(o, "kind"),   get_number(o, "amount"), get(o, "basis"),
                 {},           get(o, "method"), get(o, "receipt")};
        if (const auto at = get_number(o, "paid_at")) c.paid_at = from_ms(*at);
        out.push_back(std::move(c));
    });
    return out;
}

json::array to_json(const std::vector<ResultPaper>& list) {
    json::array out;
    for (const auto& r : list) {
        json::object o{{"outcome", to_string(r.outcome)}, {"at", to_ms(r.at)}};
        put(o, "kind", r.kind), put(o, "number", r.number), put(o, "signature", r.signature);
        put(o, "file", r.file.value);
        out.push_back(std::move(o));
    }
    return out;
}

std::vector<ResultPaper> results_from_json(const json::value& value) {
    std::vector<ResultPaper> out;
    each(value, [&](const json::object& o) {
        out.push_back({get(o, "kind"), get(o, "number"),
                       get(o, "outcome") == "declined" ? Outcome::declined : Outcome::granted, get(o, "signature"),
                       FileHash{get(o, "file")}, from_ms(get_number(o, "at").value_or(0))});
    });
    return out;
}

bool from_word(std::string_view word, State& out) {
    const auto state = state_from(word);
    if (state) out = *state;
    return state.has_value();
}
bool from_word(std::string_view word, TaskState& out) {
    for (const auto s : {TaskState::open, TaskState::done, TaskState::sent_back, TaskState::dropped, TaskState::silent})
        if (to_string(s) == word) return out = s, true;
    return false;
}
bool from_word(std::string_view word, Verdict& out) {
    for (const auto v : {Verdict::on_time, Verdict::late, Verdict::unknown})
        if (to_string(v) == word) return out = v, true;
    return false;
}
bool from_word(std::string_view word, Outcome& out) {
    for (const auto o : {Outcome::granted, Outcome::declined})
        if (to_string(o) == word) return out = o, true;
    return false;
}
bool from_word(std::string_view word, Channel& out) {
    const auto channel = procedures::channel_from(word);
    if (channel) out = *channel;
    return channel.has_value();
}

namespace events {
namespace {
/// Reads only what all events share.
struct Common : Change {
    template <class Self, class V>
    static void fields(Self& s, V& v) {
        Change::common(s, v);
    }
};
}  // namespace

Result<Change> change_of(const store::StoredEvent& event) {
    TRY(auto common, from_json<Common>(event.data));
    return Change{std::move(common)};
}
}  // namespace events

}  // namespace hl::dossiers
