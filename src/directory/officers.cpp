#include "base/json.h"
#include "base/text.h"
#include "directory/commands.h"
#include "directory/events.h"

namespace hl::directory {

namespace {
constexpr std::string_view select_officer = "SELECT name FROM directory_officers WHERE id = ?";
constexpr std::string_view insert_officer = "INSERT INTO directory_officers (id, name) VALUES (?, ?)";
constexpr std::string_view select_position = "SELECT valid_from, valid_to FROM directory_positions WHERE id = ?";
constexpr std::string_view select_holdings =
    "SELECT valid_from, valid_to FROM directory_holdings WHERE officer_id = ? AND position_id = ?";
constexpr std::string_view insert_holding =
    "INSERT INTO directory_holdings (officer_id, position_id, valid_from, valid_to) VALUES (?, ?, ?, ?)";

bool overlap(const Validity& a, const Validity& b) {
    return (!a.to || b.from < *a.to) && (!b.to || a.from < *b.to);
}
}  // namespace

Result<OfficerId> add_officer(store::Transaction& tx, const OfficerId& id, std::string_view name, std::string_view,
                              Instant) {
    const auto clean = text::normalise(name);
    if (id.empty() || clean.empty())
        return Error{ErrorKind::invalid, "officer.required", "Hãy ghi mã và họ tên cán bộ.",
                     "give the officer's id and name", "/name"};
    if (const auto known = tx.first(select_officer, {id}, [](const store::Row& r) { return r.string(0); })) {
        if (*known == clean) return id;  // said twice, done once
        return Error{ErrorKind::conflict, "officer.exists",
                     fmt::format("Mã cán bộ “{}” đã dùng cho người khác: chọn mã khác.", id.value),
                     fmt::format("the officer id \"{}\" belongs to someone else; choose another", id.value), "/id"};
    }
    tx.execute(insert_officer, {id, clean});
    return id;
}

Result<void> assign_officer(store::Transaction& tx, const OfficerId& officer, const PositionId& position,
                            Validity valid, std::string_view actor, Instant now) {
    if (!tx.first(select_officer, {officer}, [](const store::Row& r) { return r.string(0); }))
        return Error{ErrorKind::not_found, "officer.unknown", fmt::format("Không có cán bộ “{}”.", officer.value),
                     fmt::format("there is no officer \"{}\"", officer.value), "/officer"};
    const auto life = tx.first(select_position, {position}, [](const store::Row& r) {
        return Validity{r.date(0), r.optional_date(1)};
    });
    if (!life)
        return Error{ErrorKind::not_found, "position.unknown", fmt::format("Không có vị trí “{}”.", position.value),
                     fmt::format("there is no position \"{}\"", position.value), "/position"};
    if (valid.to && *valid.to <= valid.from)
        return Error{ErrorKind::invalid, "officer.dates", "Ngày thôi giữ vị trí phải sau ngày bắt đầu.",
                     "the end must be after the start", "/to"};
    if (valid.from < life->from || (life->to && valid.from >= *life->to))
        return Error{ErrorKind::conflict, "officer.dates",
                     fmt::format("Vị trí “{}” không có vào ngày {}.", position.value, to_vietnamese(valid.from)),
                     fmt::format("the position \"{}\" does not exist on {}", position.value, to_iso(valid.from)),
                     "/from"};
    if (life->to && (!valid.to || *valid.to > *life->to))
        valid.to = life->to;  // nobody holds a position that has ended
    const auto held = tx.all(select_holdings, {officer, position}, [](const store::Row& r) {
        return Validity{r.date(0), r.optional_date(1)};
    });
    if (std::ranges::any_of(held, [&](const Validity& v) { return overlap(v, valid); }))
        return Error{ErrorKind::conflict, "officer.assigned", "Cán bộ này đã giữ vị trí đó trong thời gian trên.",
                     "the officer already holds that position in this time", "/from"};
    tx.execute(insert_holding, {officer, position, valid.from, valid.to});
    json::object data{
        {"officer", officer.value}, {"position", position.value}, {"from", to_iso(valid.from)}, {"to", nullptr}};
    if (valid.to) data["to"] = to_iso(*valid.to);
    tx.append({std::string{events::officer_assigned}, 1, "officer:" + officer.value, std::string{actor}, now,
               std::move(data)});
    return Nothing{};
}

}  // namespace hl::directory
