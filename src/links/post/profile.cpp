#include "links/post/profile.h"

#include <algorithm>

#include "base/text.h"
#include "directory/directory.h"
#include "dossiers/addresses.h"

namespace hl::post {

namespace {

Error wrong(const connector::MappingFile& file, const YAML::Node& node, std::string_view what) {
    return {ErrorKind::invalid, "link.mapping", fmt::format("Bảng ánh xạ bưu chính: cần {}.", what),
            fmt::format("The postal mapping: {} is wanted.", what),
            fmt::format("{}:{}", file.file, node.IsDefined() ? node.Mark().line + 1 : 1)};
}

std::vector<std::string> list_of(const YAML::Node& node) {
    return node ? node.as<std::vector<std::string>>() : std::vector<std::string>{};
}
std::map<std::string, std::string> words_of(const YAML::Node& node) {
    return node ? node.as<std::map<std::string, std::string>>() : std::map<std::string, std::string>{};
}
bool among(const std::vector<std::string>& codes, const std::string& code) {
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

Result<DistrictTable> table_from(const connector::MappingFile& file, const YAML::Node& node) {
    DistrictTable table;
    const auto from = parse_date(node["from"].as<std::string>(""));
    if (!from.ok() || !node["units"].IsMap()) return wrong(file, node, "districts: from, to, units");
    table.from = *from;
    if (node["to"] && !node["to"].IsNull()) {
        TRY(table.to, parse_date(node["to"].as<std::string>()));
    }
    table.units = words_of(node["units"]);
    return table;
}

Result<Profile> read(const connector::MappingFile& file) {
    const auto& root = file.root;
    Profile p;
    p.hash = file.hash;
    p.paths = words_of(root["paths"]);
    p.fixed = words_of(root["fixed"]);
    p.order_number = words_of(root["order_number"]);
    p.descriptions = words_of(root["descriptions"]);
    for (const char* name : {"token", "order", "cancel", "tracking"})
        if (p.paths[name].empty()) return wrong(file, root["paths"], fmt::format("paths.{}", name));
    for (const char* way : {"return", "collect"})
        if (p.order_number[way].find("{code}") == std::string::npos || p.descriptions[way].empty())
            return wrong(file, root["order_number"], "order_number, descriptions: return, collect, {code}");
    if (p.order_number["return"] == p.order_number["collect"])
        return wrong(file, root["order_number"], "order_number: return and collect that differ");
    p.good = list_of(root["replies"]["good"]);
    p.exists = list_of(root["replies"]["exists"]);
    p.unknown = list_of(root["replies"]["unknown"]);
    p.refused = list_of(root["replies"]["refused"]);
    p.registered = list_of(root["states"]["registered"]);
    p.collecting = list_of(root["states"]["collecting"]);
    p.delivered = list_of(root["states"]["delivered"]);
    p.cancelled = list_of(root["states"]["cancelled"]);
    if (p.good.empty() || p.delivered.empty()) return wrong(file, root, "replies.good, states.delivered");
    std::set<std::string> seen;
    for (const auto* list : {&p.registered, &p.collecting, &p.delivered, &p.cancelled})
        for (const auto& code : *list)
            if (!seen.insert(code).second) return wrong(file, root["states"], "states: one meaning for each code");
    p.province = root["province"].as<std::string>("");
    p.page = root["tracking"]["page"].as<int>(100);
    p.cod_field = root["tracking"]["cod"].as<std::string>("");
    p.item_field = root["tracking"]["item"].as<std::string>("");
    if (p.province.empty() || p.page < 1 || p.page > 1000) return wrong(file, root, "province, tracking.page");
    for (const auto& node : root["districts"]) {
        TRY(auto table, table_from(file, node));
        p.districts.push_back(std::move(table));
    }
    return p;
}

std::string filled(std::string text, const DossierCode& code) {
    constexpr std::string_view mark = "{code}";
    for (size_t at; (at = text.find(mark)) != std::string::npos;) text.replace(at, mark.size(), code.value);
    return text;
}

std::optional<std::string> member(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    if (!v) return std::nullopt;
    if (v->is_string()) return std::string{v->get_string()}.substr(0, 500);
    if (v->is_int64()) return std::to_string(v->get_int64());
    return std::nullopt;
}

Error unreadable() {
    return {ErrorKind::unavailable, "post.reply_malformed", "Trả lời của bưu chính không đọc được.",
            "The post's reply cannot be read."};
}

std::string words_only(std::string_view text) {
    return text::join(text::folded_words(text), " ");
}

}  // namespace

std::optional<std::string> Profile::district_of(const UnitId& unit, Date day) const {
    for (const auto& table : districts) {
        if (day < table.from || (table.to && day >= *table.to)) continue;
        if (const auto it = table.units.find(unit.value); it != table.units.end() && !it->second.empty())
            return it->second;
    }
    return std::nullopt;
}

std::optional<OrderState> Profile::state_of(const std::string& status) const {
    if (among(registered, status)) return OrderState::registered;
    if (among(collecting, status)) return OrderState::collecting;
    if (among(delivered, status)) return OrderState::delivered;
    if (among(cancelled, status)) return OrderState::cancelled;
    return std::nullopt;
}

std::string Profile::number_for(const DossierCode& code, Way way, int turn) const {
    const auto number = filled(order_number.at(std::string{to_string(way)}), code);
    return turn > 1 ? fmt::format("{}-{}", number, turn) : number;
}
std::string Profile::description_for(const DossierCode& code, Way way) const {
    return filled(descriptions.at(std::string{to_string(way)}), code);
}

Result<Profile> parse_profile(const connector::MappingFile& file) {
    try {
        return read(file);
    } catch (const YAML::Exception& e) {
        return Error{ErrorKind::invalid, "link.mapping", fmt::format("Bảng ánh xạ bưu chính: {}.", e.what()),
                     fmt::format("The postal mapping: {}.", e.what()),
                     fmt::format("{}:{}", file.file, e.mark.line + 1)};
    }
}

void check_profile(const connector::MappingFile& file, std::vector<Error>& errors) {
    if (auto profile = parse_profile(file); !profile.ok()) errors.push_back(std::move(profile).error());
}

std::optional<UnitId> commune_of(const directory::Directory& directory, std::string_view address, Date day) {
    if (const auto old = dossiers::address_today(directory, address, day)) return old->unit;
    std::set<std::string> found;
    for (const auto& part : text::split(text::normalise(address), ',')) {
        const auto typed = words_only(part);
        if (typed.empty()) continue;
        for (const auto* unit : directory.units_at(day, directory::UnitLevel::commune))
            if (const auto* version = unit->at(day); version && words_only(version->name) == typed)
                found.insert(unit->id.value);
    }
    if (found.size() != 1) return std::nullopt;
    return UnitId{*found.begin()};
}

Result<std::vector<Movement>> parse_movements(std::string_view bytes, const Profile& profile) {
    const auto value = parse_json(bytes);
    if (!value.ok() || !value->is_object()) return unreadable();
    const auto* embedded = value->get_object().if_contains("_embedded");
    if (!embedded) return std::vector<Movement>{};
    if (!embedded->is_object()) return unreadable();
    const auto* list = embedded->get_object().if_contains("rh:doc");
    if (!list || !list->is_array()) return unreadable();
    std::vector<Movement> out;
    for (const auto& item : list->get_array()) {
        if (!item.is_object()) return unreadable();
        const auto& o = item.get_object();
        const auto* id = o.if_contains("_id");
        const auto oid = id && id->is_object() ? member(id->get_object(), "$oid") : std::nullopt;
        const auto order = member(o, "OrderNumber");
        const auto status = member(o, "StatusCode");
        if (!oid || oid->empty() || !order || !status) return unreadable();
        Movement m{
            *oid, *order, *status, member(o, "StatusMessage").value_or(""), member(o, profile.item_field).value_or(""),
            {}};
        if (const auto* cod = o.if_contains(profile.cod_field)) {
            if (!cod->is_int64() || cod->get_int64() < 0) return unreadable();
            m.cod = cod->get_int64();
        }
        out.push_back(std::move(m));
    }
    return out;
}

Result<OrderReply> parse_order_reply(std::string_view bytes, const Profile& profile) {
    const auto value = parse_json(bytes);
    if (!value.ok() || !value->is_object()) return unreadable();
    const auto& o = value->get_object();
    const auto status = member(o, "Status");
    if (!status) return unreadable();
    return OrderReply{*status, member(o, "Message").value_or(""), member(o, profile.item_field).value_or("")};
}

}  // namespace hl::post
