// Tables of records by code ("code", "record" as JSON), as the registers keep them: changed behind the other side's
// back, and listed for comparison.
#pragma once
#include "module.h"

namespace sim {

inline bool alter_records(Memory& memory, const std::vector<std::string>& tables, const std::string& key,
                          const std::string& field, const json::value& value) {
    return memory.transaction([&] {
        bool done = false;
        for (const auto& table : tables)
            for (const auto& row : memory.run("SELECT record FROM " + table + " WHERE code = ?", {key})) {
                auto record = json::parse(text_of(row[0]));
                record.as_object()[field] = value;
                memory.run("UPDATE " + table + " SET record = ? WHERE code = ?", {json::serialize(record), key});
                done = true;
            }
        return done;
    });
}

inline json::object list_records(Memory& memory, const std::string& table, const std::string& after, int limit) {
    json::array items;
    const auto rows = memory.transaction([&] {
        return memory.run("SELECT code, record FROM " + table + " WHERE code > ? ORDER BY code LIMIT ?",
                          {after, int64_t{limit}});
    });
    for (const auto& r : rows) {
        auto item = json::parse(text_of(r[1])).as_object();
        item["key"] = text_of(r[0]);
        items.push_back(std::move(item));
    }
    const bool more = static_cast<int>(rows.size()) == limit;
    return {{"items", items}, {"next", more ? json::value(text_of(rows.back()[0])) : json::value()}};
}

}  // namespace sim
