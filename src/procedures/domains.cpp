#include "procedures/domains.h"

namespace hl::procedures {

Domains::Domains(const Form& form, const Card& card) : form_(form), card_(card) {}

const Field* Domains::field(const std::string& name) const {
    for (const auto& f : form_.fields)
        if (f.id == name) return &f;
    return nullptr;
}

bool Domains::knows(const std::string& name) const {
    return name == "channel" || name == "subject_kind" || name == "place" || field(name) != nullptr;
}

void Domains::add_constants(const feel::Node& node) {
    if (node.op == feel::Op::number) numbers_.insert(node.number);
    if (node.op == feel::Op::text) {
        texts_.insert(node.word);
        if (auto d = parse_date(node.word); d.ok()) dates_.insert(d.value());
    }
    for (const auto& kid : node.kids) add_constants(*kid);
}

std::vector<feel::Value> Domains::values(const std::string& name, bool with_null) const {
    std::vector<feel::Value> out;
    if (name == "channel") {
        for (const auto& c : card_.channels) out.push_back({std::string{to_string(c.channel)}});
        return out;
    }
    if (name == "subject_kind") {
        for (const auto& s : card_.subjects) out.push_back({s});
        if (out.empty()) out.push_back({std::string{"citizen"}});
        return out;
    }
    const auto* f = field(name);
    const std::string type = f ? f->type : "string";
    if (type == "enum") {
        for (const auto& o : f->values) out.push_back({o.id});
    } else if (type == "boolean") {
        out = {{true}, {false}};
    } else if (type == "integer" || type == "number" || type == "money") {
        std::set<feel::Number> points{feel::Number{0}, feel::Number{1}};
        for (const auto& n : numbers_) {
            points.insert(n);
            if (const auto up = n.add(1)) points.insert(*up);
            if (const auto down = n.subtract(1)) points.insert(*down);
            const auto half = feel::Number::fraction(1, 2);
            if (type == "number" && half)
                if (const auto between = n.add(*half)) points.insert(*between);
        }
        for (const auto& n : points)
            if (type == "number" || n.is_integer()) out.push_back({n});
    } else if (type == "date") {
        std::set<Date> points{Date{std::chrono::year{1900} / 1 / 1}, Date{std::chrono::year{2026} / 7 / 1}};
        for (const auto& d : dates_)
            for (const int shift : {-1, 0, 1}) points.insert(add_days(d, shift));
        for (const auto& d : points) out.push_back({d});
    } else if (type != "person" && type != "address") {
        for (const auto& t : texts_) out.push_back({t});
        out.push_back({std::string{"·"}});  // something nobody mentions
    } else {
        out.push_back({feel::Fields{}});
    }
    if (with_null && f && (!f->required || !f->when.empty())) out.push_back({});
    return out;
}

bool Domains::each(const std::set<std::string>& names, bool with_null, size_t limit,
                   const std::function<bool(const feel::Fields&)>& visit) const {
    std::vector<std::pair<std::string, std::vector<feel::Value>>> axes;
    size_t total = 1;
    for (const auto& name : names) {
        axes.emplace_back(name, values(name, with_null));
        if (axes.back().second.empty()) return true;
        total *= axes.back().second.size();
        if (total > limit) return false;
    }
    feel::Fields context;
    for (const auto& f : form_.fields) context[f.id] = {};
    context["channel"] =
        card_.channels.empty() ? feel::Value{} : feel::Value{std::string{to_string(card_.channels[0].channel)}};
    context["subject_kind"] = {card_.subjects.empty() ? std::string{"citizen"} : card_.subjects[0]};
    context["place"] = {std::string{"·"}};
    for (size_t i = 0; i < total; ++i) {
        size_t rest = i;
        for (const auto& [name, choices] : axes) {
            context[name] = choices[rest % choices.size()];
            rest /= choices.size();
        }
        if (!visit(context)) return false;
    }
    return true;
}

}  // namespace hl::procedures
