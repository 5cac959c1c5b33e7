// The groups of the figures by name.
#include "dossiers/slips_source.h"
#include "dossiers/statistics_xlsx.h"

namespace hl::dossiers {

namespace {

std::string procedure_name(const procedures::Catalogue& catalogue, const ProcedureCode& code, Instant at) {
    if (const auto valid = catalogue.valid(code, at); valid.ok()) return (*valid)->card.name;
    const auto history = catalogue.history(code);
    return history.empty() ? code.value : history.front()->card.name;
}

std::string channel_name(const std::string& word) {
    const auto channel = procedures::channel_from(word);
    if (!channel) return word;
    switch (*channel) {
        case Channel::desk:
            return "Trực tiếp";
        case Channel::online:
            return "Trực tuyến";
        case Channel::post:
            return "Bưu chính công ích";
    }
    throw std::logic_error("a channel has no name");
}

}  // namespace

StatisticsBook statistics_book(const Context& ctx, const StatisticsQuery& query, std::vector<StatisticsRow> rows,
                               Instant as_of, std::optional<int64_t> position) {
    const Date day = local_date(as_of);
    StatisticsBook book{query, {}, as_of, position, {}};
    if (!query.agency.empty()) book.agency = agency_name_at(*ctx.directory, query.agency, day);
    std::map<std::string, std::string> sectors;
    if (query.by == GroupBy::sector)
        for (const auto& release : ctx.catalogue->all_valid(as_of))
            sectors.emplace(release->card.sector, release->card.sector_name);
    const auto name_of = [&](const std::string& key) -> std::string {
        switch (query.by) {
            case GroupBy::total:
                return "Tất cả hồ sơ";
            case GroupBy::agency:
                return agency_name_at(*ctx.directory, AgencyId{key}, day);
            case GroupBy::sector: {
                const auto it = sectors.find(key);
                return it == sectors.end() || it->second.empty() ? key : it->second;
            }
            case GroupBy::procedure:
                return procedure_name(*ctx.catalogue, ProcedureCode{key}, as_of);
            case GroupBy::month:
                return key.size() == 7 ? fmt::format("Tháng {}/{}", key.substr(5), key.substr(0, 4)) : key;
            case GroupBy::channel:
                return channel_name(key);
        }
        throw std::logic_error("a grouping has no names");
    };
    for (auto& row : rows) {
        auto name = name_of(row.key);
        book.rows.push_back({std::move(name), std::move(row)});
    }
    return book;
}

}  // namespace hl::dossiers
