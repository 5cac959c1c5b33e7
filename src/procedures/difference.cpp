#include "procedures/difference.h"

namespace hl::procedures {

namespace {

constexpr std::string_view bodies_of_newest =
    "SELECT c.body, f.body, w.body, u.body, r.valid_from, r.valid_to FROM procedure_release r "
    "JOIN procedure_artefact c ON c.hash = r.card_hash JOIN procedure_artefact f ON f.hash = r.form_hash "
    "JOIN procedure_artefact w ON w.hash = r.flow_hash JOIN procedure_artefact u ON u.hash = r.rules_hash "
    "WHERE r.procedure_code = ? ORDER BY r.number DESC LIMIT 1";

/// What names an element of a list for people; empty: only its position does.
std::string name_of(const json::value& v) {
    if (v.is_string()) return std::string{std::string_view{v.get_string()}};
    if (!v.is_object()) return {};
    for (const auto* key : {"id", "channel", "act", "where"})
        if (const auto* name = v.get_object().if_contains(key);
            name && name->is_string() && !name->get_string().empty())
            return std::string{std::string_view{name->get_string()}};
    return {};
}

class Walk {
  public:
    Walk(std::string part, std::vector<PartChange>& out) : part_(std::move(part)), out_(out) {}

    void compare(const std::string& path, const json::value& a, const json::value& b) {
        if (a == b) return;
        if (a.is_object() && b.is_object()) return objects(path, a.get_object(), b.get_object());
        if (a.is_array() && b.is_array()) return arrays(path, a.get_array(), b.get_array());
        out_.push_back({part_, path, a, b});
    }

  private:
    static std::string under(const std::string& path, std::string_view name) {
        return path.empty() ? std::string{name} : path + "/" + std::string{name};
    }
    void objects(const std::string& path, const json::object& a, const json::object& b) {
        std::set<std::string> keys;
        for (const auto* o : {&a, &b})
            for (const auto& member : *o) keys.insert(std::string{member.key()});
        const json::value none;
        for (const auto& key : keys) {
            const auto* x = a.if_contains(key);
            const auto* y = b.if_contains(key);
            compare(under(path, key), x ? *x : none, y ? *y : none);
        }
    }
    void arrays(const std::string& path, const json::array& a, const json::array& b) {
        // The n-th of a name meets the n-th of that name.
        const auto named = [](const json::array& list) {
            std::map<std::string, int> seen;
            std::vector<std::string> names;
            for (size_t i = 0; i < list.size(); ++i) {
                auto name = name_of(list[i]);
                if (name.empty()) name = std::to_string(i + 1);
                const int n = seen[name]++;
                names.push_back(n == 0 ? name : fmt::format("{} ({})", name, n + 1));
            }
            return names;
        };
        const auto before = named(a), after = named(b);
        const json::value none;
        std::vector<std::string> common_before, common_after;
        for (size_t i = 0; i < b.size(); ++i) {
            const auto it = std::ranges::find(before, after[i]);
            if (it == before.end()) {
                out_.push_back({part_, under(path, after[i]), none, b[i]});
                continue;
            }
            common_after.push_back(after[i]);
            compare(under(path, after[i]), a[static_cast<size_t>(it - before.begin())], b[i]);
        }
        for (size_t i = 0; i < a.size(); ++i) {
            if (std::ranges::find(after, before[i]) == after.end())
                out_.push_back({part_, under(path, before[i]), a[i], none});
            else
                common_before.push_back(before[i]);
        }
        // The same things in another order: steps and form fields are read in theirs.
        if (common_before != common_after)
            out_.push_back({part_, under(path, "*"), json::value_from(common_before), json::value_from(common_after)});
    }

    std::string part_;
    std::vector<PartChange>& out_;
};

}  // namespace

std::vector<PartChange> differences(std::string part, const json::value& before, const json::value& after) {
    std::vector<PartChange> out;
    Walk(std::move(part), out).compare("", before, after);
    return out;
}

Result<std::optional<ProcedureDifference>> difference(store::Reader& reader, const Draft& draft) {
    ProcedureDifference out{draft.card.code.value, draft.card.name, false, draft.valid_from, {}};
    struct Newest {
        std::array<std::string, 4> bodies;
        Instant from;
        std::optional<Instant> to;
    };
    const auto stored = reader.first(bodies_of_newest, {draft.card.code}, [](const store::Row& r) {
        return Newest{{r.string(0), r.string(1), r.string(2), r.string(3)}, r.instant(4), r.optional_instant(5)};
    });
    if (!stored) {
        out.fresh = true;
        return std::optional{std::move(out)};
    }
    const auto now = make_artefacts(draft.card, draft.form, draft.flow, draft.rules);
    const std::array<const Artefact*, 4> parts{&now.card, &now.form, &now.flow, &now.rules};
    for (size_t i = 0; i < parts.size(); ++i) {
        if (stored->bodies[i] == parts[i]->body) continue;
        const auto before = parse_json(stored->bodies[i]);
        if (!before.ok())
            return Error{ErrorKind::internal, "procedure.artefact",
                         "Nội dung đã công bố của thủ tục bị hỏng. Hãy khôi phục từ bản sao lưu.",
                         "a stored artefact cannot be read: " + before.error().en};
        TRY(const auto after, parse_json(parts[i]->body));
        for (auto& change : differences(parts[i]->kind, *before, after)) out.changes.push_back(std::move(change));
    }
    // The end stands beside the artefacts, and says that a procedure is abolished. Of a later version it is no change.
    std::optional<Instant> to;
    if (draft.valid_to) to = at_local(*draft.valid_to, 0);
    if (to != stored->to && (out.changes.empty() || to)) {
        const auto day = [](const std::optional<Instant>& at) {
            return at ? json::value_from(to_iso(local_date(*at))) : json::value{};
        };
        out.changes.push_back({"card", "valid.to", day(stored->to), day(to)});
    }
    if (out.changes.empty()) return std::optional<ProcedureDifference>{};
    return std::optional{std::move(out)};
}

json::object view(const ProcedureDifference& d) {
    json::array changes;
    for (const auto& c : d.changes)
        changes.push_back(json::object{{"part", c.part}, {"path", c.path}, {"before", c.before}, {"after", c.after}});
    return {{"code", d.code},
            {"name", d.name},
            {"change", d.fresh ? "added" : "changed"},
            {"valid_from", d.valid_from ? json::value_from(to_iso(*d.valid_from)) : json::value{}},
            {"changes", std::move(changes)}};
}

}  // namespace hl::procedures
