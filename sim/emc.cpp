// The measurement of online services (EMC), from the shapes in docs/links-measurement.md: a snapshot a dossier. Strict:
// every field, numbers within their ranges, nobody's identity in User. Mounted as "measurement".
#include <algorithm>

#include "module.h"

namespace sim {

namespace {

bool within(const json::object& o, const char* name, int64_t from, int64_t to) {
    const auto* v = o.if_contains(name);
    return v && v->is_int64() && v->get_int64() >= from && v->get_int64() <= to;
}
std::string member(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    return v && v->is_string() ? std::string{v->get_string()} : std::string{};
}

class Emc final : public Module {
  public:
    explicit Emc(Ground ground) : ground_(std::move(ground)) {
        ground_.memory.transaction([&] {
            ground_.memory.script(
                "CREATE TABLE IF NOT EXISTS measurement_usage (code TEXT PRIMARY KEY, body TEXT NOT NULL, "
                "times INTEGER NOT NULL)");
        });
    }
    std::string name() const override { return "measurement"; }
    std::string what() const override { return "measurement of online services (EMC): one snapshot a dossier"; }

    Reply answer(const Request& r) override {
        if (r.path != "/TrackingMCDT" || r.method != "POST")
            return reply_json(json::object{{"error_code", "404"}}, 404);
        boost::system::error_code failed;
        const auto value = json::parse(r.body, failed);
        if (failed || !value.is_object()) return said("1", "JSON");
        const auto& o = value.get_object();
        if (const auto field = wrong(o); !field.empty()) return said("2", field);
        ground_.memory.transaction([&] {
            ground_.memory.run(
                "INSERT INTO measurement_usage VALUES (?, ?, 1) ON CONFLICT (code) DO UPDATE SET body = "
                "excluded.body, times = times + 1",
                {member(o, "CodeProfile"), r.body});
        });
        return said("0", "");
    }
    Reply lie(const Request&) override { return reply_json(json::object{{"ok", true}}); }
    Reply refuse(const Request&) override { return said("5", "tu choi"); }
    int64_t forget(const std::string& key) override {
        return ground_.memory.transaction([&] {
            const auto n = number_of(
                ground_.memory.run("SELECT COUNT(*) FROM measurement_usage WHERE ? = '' OR code = ?", {key, key})
                    .at(0)
                    .at(0));
            ground_.memory.run("DELETE FROM measurement_usage WHERE ? = '' OR code = ?", {key, key});
            return n;
        });
    }
    bool alter(const std::string& key, const std::string& field, const json::value& value) override {
        return ground_.memory.transaction([&] {
            const auto rows = ground_.memory.run("SELECT body FROM measurement_usage WHERE code = ?", {key});
            if (rows.empty()) return false;
            auto o = json::parse(text_of(rows[0][0])).as_object();
            if (!o.contains(field)) return false;
            o[field] = value;
            ground_.memory.run("UPDATE measurement_usage SET body = ? WHERE code = ?", {json::serialize(o), key});
            return true;
        });
    }
    json::object holdings(const std::string& after, int limit) override {
        return ground_.memory.transaction([&] {
            json::array items;
            std::string last;
            for (const auto& row : ground_.memory.run(
                     "SELECT code, body, times FROM measurement_usage WHERE code > ? ORDER BY code LIMIT ?",
                     {after, int64_t{limit}})) {
                last = text_of(row[0]);
                items.push_back(
                    json::object{{"key", last}, {"times", number_of(row[2])}, {"usage", json::parse(text_of(row[1]))}});
            }
            json::value next = static_cast<int>(items.size()) == limit ? json::value(last) : json::value();
            return json::object{{"items", std::move(items)}, {"next", std::move(next)}};
        });
    }

  private:
    static Reply said(const std::string& code, const std::string& words) {
        return reply_json(json::object{{"error_code", code}, {"message", words}});
    }
    std::string wrong(const json::object& o) const {
        if (o.size() != 13) return "(fields)";
        for (const char* name : {"CodeProfile", "SiteId", "CodeTTHC", "NameTTHC", "MaHoSo", "User"})
            if (member(o, name).empty()) return name;
        if (member(o, "SiteId") != ground_.option("site", "QUANGTRI")) return "SiteId";
        if (!within(o, "Status", 0, 4)) return "Status";
        if (!within(o, "FormsReception", 1, 2)) return "FormsReception";
        if (!within(o, "FormsPayments", 0, 2)) return "FormsPayments";
        if (!within(o, "Level", 0, 4)) return "Level";
        if (!within(o, "IsDVCBC", 0, 2)) return "IsDVCBC";
        const auto* national = o.if_contains("IsFromDVCQG");
        if (!national || !national->is_bool()) return "IsFromDVCQG";
        boost::system::error_code failed;
        const auto user = json::parse(member(o, "User"), failed);
        if (failed || !user.is_object() || !within(user.get_object(), "TYPE", 1, 2)) return "User";
        return {};
    }
    Ground ground_;
};

std::unique_ptr<Module> make_emc(Ground ground) {
    return std::make_unique<Emc>(std::move(ground));
}
const Registration here("measurement", make_emc);

}  // namespace

}  // namespace sim
