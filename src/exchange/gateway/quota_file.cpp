#include "exchange/gateway/quota_file.h"

#include "base/files.h"
#include "base/json.h"

namespace hl::exchange::gateway {

namespace {

constexpr int64_t most = 10'000'000'000;  // of a month; settings allow no larger quota
constexpr size_t most_uses = 200'000, largest = 64u << 20;

Error damaged(std::string_view why) {
    return Error{ErrorKind::malformed, "exchange.quotas",
                 "Không đọc được tệp hạn ngạch của cổng. Việc đếm bắt đầu lại từ đầu.",
                 fmt::format("The gateway's file of quotas cannot be read ({}). Counting begins anew.", why)};
}

}  // namespace

std::string quotas_json(const std::vector<QuotaCounter::Use>& uses) {
    json::array list;
    for (const auto& use : uses)
        list.push_back(json::object{{"consumer", use.key.consumer},
                                    {"service", use.key.service},
                                    {"day", to_iso(use.day)},
                                    {"of_day", use.of_day},
                                    {"of_month", use.of_month}});
    return json::serialize(json::object{{"used", std::move(list)}});
}

Result<std::vector<QuotaCounter::Use>> quotas_from_json(std::string_view text) {
    const auto value = parse_json(text);
    if (!value.ok()) return damaged("it is no JSON");
    JsonReader in(*value);
    std::vector<QuotaCounter::Use> out;
    for (const auto& [one, at] : in.array("used", most_uses)) {
        JsonReader use(*one, at);
        QuotaCounter::Use read;
        read.key = {use.secret("consumer"), use.secret("service")};  // as written, whatever it is
        read.day = use.date("day");
        read.of_day = use.integer("of_day", 0, most);
        read.of_month = use.integer("of_month", 0, most);
        if (const auto whole = use.finish(); !whole.ok()) return damaged(whole.error().at);
        out.push_back(std::move(read));
    }
    if (const auto whole = in.finish(); !whole.ok()) return damaged(whole.error().at);
    return out;
}

Result<std::vector<QuotaCounter::Use>> read_quotas(const std::filesystem::path& file) {
    std::error_code ec;
    if (!std::filesystem::exists(file, ec)) return std::vector<QuotaCounter::Use>{};
    TRY(const auto text, read_file(file, largest));
    return quotas_from_json(text);
}

}  // namespace hl::exchange::gateway
