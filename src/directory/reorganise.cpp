// Ending agencies and units and naming their successors. All checks run on the directory as it will be, before a row
// is written: no work may be left without a living holder.
#include "base/json.h"
#include "directory/commands.h"
#include "directory/events.h"
#include "directory/loader.h"
#include "directory/pack_reader.h"
#include "directory/rows.h"
#include "directory/words.h"

namespace hl::directory {

namespace {

Error refuse(std::string code, std::string vi, std::string en, size_t index) {
    return Error{ErrorKind::conflict, std::move(code), std::move(vi), std::move(en),
                 fmt::format("/successions/{}", index)}
        .under("Luật Tổ chức chính quyền địa phương 72/2025/QH15");
}

/// A general row ends its origin; a row for one function or place leaves it alive unless a general one is there too.
bool general(const Succession& s) {
    return s.function.empty() && s.area.empty();
}

template <class Thing>
bool end_at(Thing& thing, Date date) {
    for (auto& v : thing.versions)
        if (v.valid.covers(add_days(date, -1))) {
            if (v.valid.to && *v.valid.to < date) return false;
            v.valid.to = date;
            std::erase_if(thing.versions, [&](const auto& x) { return x.valid.from >= date; });
            return true;
        }
    return false;
}

/// From `date` on the version reads as `change` makes it.
template <class Thing, class Change>
void change_from(Thing& thing, Date date, Change change) {
    std::vector<std::remove_reference_t<decltype(thing.versions.front())>> out;
    for (auto v : thing.versions) {
        if (v.valid.from < date && v.valid.covers(date)) {
            auto later = v;
            v.valid.to = date;
            later.valid.from = date;
            change(later);
            out.push_back(std::move(v));
            out.push_back(std::move(later));
        } else {
            if (v.valid.from >= date) change(v);
            out.push_back(std::move(v));
        }
    }
    thing.versions = std::move(out);
}

class Reorganisation {
  public:
    Reorganisation(DirectoryData data, const std::vector<Succession>& successions)
        : data_(std::move(data)), successions_(successions) {
        for (size_t i = 0; i < data_.units.size(); ++i) units_.emplace(data_.units[i].id.value, i);
        for (size_t i = 0; i < data_.agencies.size(); ++i) agencies_.emplace(data_.agencies[i].id.value, i);
    }

    Result<void> run() {
        TRY_VOID(check_rows());
        TRY_VOID(end_origins());
        TRY_VOID(check_successors());
        TRY_VOID(follow_parents_and_areas());
        return Nothing{};
    }

    void write(store::Transaction& tx) const {
        for (const auto& s : successions_) rows::put(tx, s, "command");
        for (const auto& [id, date] : touched_) {
            rows::mark_moved(tx, id, date);
            if (const auto it = units_.find(id); it != units_.end()) rows::replace(tx, data_.units[it->second]);
            if (const auto it = agencies_.find(id); it != agencies_.end())
                rows::replace(tx, data_.agencies[it->second]);
        }
        for (const auto& [id, date] : ended_)
            if (agencies_.contains(id)) rows::end_places(tx, AgencyId{id}, date);
    }

  private:
    Result<void> check_rows() {
        if (successions_.empty())
            return refuse("reorganise.unknown", "Chưa ghi tổ chức nào được sắp xếp.", "nothing to reorganise was given",
                          0);
        for (size_t i = 0; i < successions_.size(); ++i) {
            const auto& s = successions_[i];
            const bool units = units_.contains(s.from) && units_.contains(s.to);
            const bool agencies = agencies_.contains(s.from) && agencies_.contains(s.to);
            if (s.to.empty())
                return refuse(
                    "reorganise.no_successor",
                    fmt::format("“{}” kết thúc mà chưa ghi nơi tiếp nhận công việc: hãy chọn nơi kế thừa.", s.from),
                    fmt::format("\"{}\" ends and names no successor", s.from), i);
            if (!units && !agencies)
                return refuse(
                    "reorganise.unknown",
                    fmt::format("“{}” và “{}” phải là hai cơ quan hoặc hai đơn vị có trong danh bạ.", s.from, s.to),
                    fmt::format("\"{}\" and \"{}\" must be two agencies or two units of the directory", s.from, s.to),
                    i);
            if (!s.area.empty() && !units_.contains(s.area.value))
                return refuse("reorganise.unknown", fmt::format("Không có địa bàn “{}”.", s.area.value),
                              fmt::format("there is no unit \"{}\"", s.area.value), i);
            if (s.from == s.to)
                return refuse("reorganise.cycle", fmt::format("“{}” không thể kế thừa chính mình.", s.from),
                              fmt::format("\"{}\" cannot succeed itself", s.from), i);
            if (s.kind == SuccessionKind::transfer && general(s))
                return refuse("reorganise.no_successor",
                              "Chuyển giao (transfer) phải ghi rõ việc hoặc địa bàn được chuyển.",
                              "a transfer names the function or the place that moves", i);
        }
        return Nothing{};
    }

    Result<void> end_origins() {
        for (size_t i = 0; i < successions_.size(); ++i) {
            const auto& s = successions_[i];
            if (!general(s)) continue;
            const auto [it, fresh] = ended_.emplace(s.from, s.date);
            if (!fresh) {
                return refuse(
                    "reorganise.date",
                    fmt::format(
                        "“{}” có hai dòng kế thừa chung: chỉ giữ một, các dòng khác phải ghi việc hoặc địa bàn.",
                        s.from),
                    fmt::format("\"{}\" has two general successors; keep one and give the others a function or place",
                                s.from),
                    i);
            }
            const bool done = units_.contains(s.from) ? end_at(data_.units[units_.at(s.from)], s.date)
                                                      : end_at(data_.agencies[agencies_.at(s.from)], s.date);
            if (!done)
                return refuse("reorganise.date",
                              fmt::format("“{}” không hoạt động trước ngày {}: kiểm tra lại ngày.", s.from,
                                          to_vietnamese(s.date)),
                              fmt::format("\"{}\" is not alive before {}; check the date", s.from, to_iso(s.date)), i);
            touched_[s.from] = s.date;
        }
        return Nothing{};
    }

    Result<void> check_successors() {
        auto all = data_.successions;
        all.insert(all.end(), successions_.begin(), successions_.end());
        if (const auto cycle = find_cycle(all); !cycle.empty())
            return refuse("reorganise.cycle", fmt::format("Chuỗi kế thừa quay vòng qua “{}”.", cycle.front()),
                          fmt::format("the successions run in a circle through \"{}\"", cycle.front()), 0);
        for (size_t i = 0; i < successions_.size(); ++i) {
            const auto& s = successions_[i];
            const bool unit = units_.contains(s.to);
            const bool alive = unit ? data_.units[units_.at(s.to)].at(s.date) != nullptr
                                    : data_.agencies[agencies_.at(s.to)].at(s.date) != nullptr;
            if (!alive)
                return refuse("reorganise.no_successor",
                              fmt::format("Nơi kế thừa “{}” không hoạt động ngày {}.", s.to, to_vietnamese(s.date)),
                              fmt::format("the successor \"{}\" does not exist on {}", s.to, to_iso(s.date)), i);
            const bool origin_goes_on = unit ? data_.units[units_.at(s.from)].at(s.date) != nullptr
                                             : data_.agencies[agencies_.at(s.from)].at(s.date) != nullptr;
            if (!general(s) && !origin_goes_on && !ended_.contains(s.from))
                return refuse(
                    "reorganise.no_successor",
                    fmt::format("“{}” không còn hoạt động ngày {} và cần thêm một dòng kế thừa chung (không ghi việc, "
                                "địa bàn).",
                                s.from, to_vietnamese(s.date)),
                    fmt::format("\"{}\" is not alive on {} and needs a general successor", s.from, to_iso(s.date)), i);
            if (!general(s) && ended_.contains(s.from) && ended_.at(s.from) != s.date)
                return refuse("reorganise.date", fmt::format("Các dòng kế thừa của “{}” phải cùng một ngày.", s.from),
                              fmt::format("the rows of \"{}\" must have one date", s.from), i);
        }
        return Nothing{};
    }

    /// What stood under or over something that ended stands under or over its general successor from then on.
    Result<void> follow_parents_and_areas() {
        for (size_t i = 0; i < successions_.size(); ++i) {
            const auto& s = successions_[i];
            if (!general(s)) continue;
            const bool is_unit = units_.contains(s.from);
            for (auto& unit : data_.units) {
                const auto* v = unit.at(s.date);
                if (!is_unit || !v || v->parent.value != s.from) continue;
                change_from(unit, s.date, [&](UnitVersion& x) {
                    if (x.parent.value == s.from) x.parent = UnitId{s.to};
                });
                touched_[unit.id.value] = s.date;
            }
            for (auto& agency : data_.agencies) {
                const auto* v = agency.at(s.date);
                if (!v) continue;
                if (is_unit && v->area.value == s.from) {
                    const bool governs = v->kind == AgencyKind::commune_committee ||
                                         v->kind == AgencyKind::district_committee ||
                                         v->kind == AgencyKind::province_committee;
                    if (governs)
                        return refuse(
                            "reorganise.no_successor",
                            fmt::format("“{}” quản lý địa bàn kết thúc ngày {} nên phải được sắp xếp cùng lúc.",
                                        v->name, to_vietnamese(s.date)),
                            fmt::format("\"{}\" governs the unit that ends on {} and must be reorganised with it",
                                        agency.id.value, to_iso(s.date)),
                            i);
                    change_from(agency, s.date, [&](AgencyVersion& x) {
                        if (x.area.value == s.from) x.area = UnitId{s.to};
                    });
                    touched_[agency.id.value] = s.date;
                } else if (!is_unit && v->parent.value == s.from) {
                    change_from(agency, s.date, [&](AgencyVersion& x) {
                        if (x.parent.value == s.from) x.parent = AgencyId{s.to};
                    });
                    touched_[agency.id.value] = s.date;
                }
            }
        }
        return Nothing{};
    }

    DirectoryData data_;
    const std::vector<Succession>& successions_;
    std::unordered_map<std::string, size_t> units_, agencies_;
    std::map<std::string, Date> ended_, touched_;
};

}  // namespace

Result<void> reorganise(store::Transaction& tx, const std::vector<Succession>& successions, std::string_view actor,
                        Instant now) {
    Reorganisation plan(read_directory(tx), successions);
    TRY_VOID(plan.run());
    plan.write(tx);
    // One event for each day and instrument: that is what people call a reorganisation.
    std::map<std::pair<Date, std::string>, json::array> events;
    for (const auto& s : successions)
        events[{s.date, s.basis}].push_back(json::object{{"from", s.from},
                                                         {"to", s.to},
                                                         {"kind", word_of(succession_kinds, s.kind)},
                                                         {"function", s.function},
                                                         {"area", s.area.value}});
    for (auto& [key, list] : events)
        tx.append({std::string{events::reorganised},
                   1,
                   "directory",
                   std::string{actor},
                   now,
                   {{"date", to_iso(key.first)}, {"basis", key.second}, {"successions", std::move(list)}}});
    return Nothing{};
}

}  // namespace hl::directory
