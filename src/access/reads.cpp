#include "access/reads.h"

#include "access/accounts.h"

namespace hl::access {

namespace {

constexpr std::string_view select_reads =
    "SELECT id, at, actor, purpose, what, request_id FROM personal_read WHERE subject = ? AND id < ? "
    "ORDER BY id DESC LIMIT ?";

}  // namespace

std::vector<ReadLine> reads_of(store::Reader& reader, const SubjectId& subject, int64_t before, int limit) {
    auto lines = reader.all(select_reads, {subject, before, limit}, [](const store::Row& row) {
        ReadLine line;
        line.id = row.integer(0);
        line.at = row.instant(1);
        line.actor = row.string(2);
        line.purpose = row.string(3);
        line.what = row.string(4);
        line.request_id = row.string(5);
        return line;
    });
    std::map<std::string, std::optional<Account>> known;
    for (auto& line : lines) {
        const auto colon = line.actor.find(':');
        const auto kind = line.actor.substr(0, colon);
        if (colon == std::string::npos || (kind != "account" && kind != "machine")) continue;
        const auto [it, fresh] = known.try_emplace(line.actor.substr(colon + 1));
        if (fresh) it->second = load_account(reader, AccountId{it->first});
        if (!it->second) continue;
        line.name = it->second->name;
        line.officer = it->second->officer;
    }
    return lines;
}

}  // namespace hl::access
