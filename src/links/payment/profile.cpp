#include "links/payment/profile.h"

#include <algorithm>

namespace hl::payment {

namespace {

Error wrong(const connector::MappingFile& file, const YAML::Node& node, std::string_view what) {
    return {ErrorKind::invalid, "link.mapping", fmt::format("Bảng ánh xạ thanh toán: cần {}.", what),
            fmt::format("The payment mapping: {} is wanted.", what),
            fmt::format("{}:{}", file.file, node.IsDefined() ? node.Mark().line + 1 : 1)};
}

std::vector<std::string> list_of(const YAML::Node& node) {
    return node ? node.as<std::vector<std::string>>() : std::vector<std::string>{};
}

std::map<std::string, std::string> words_of(const YAML::Node& node) {
    return node ? node.as<std::map<std::string, std::string>>() : std::map<std::string, std::string>{};
}

Result<void> need(const connector::MappingFile& file, const std::map<std::string, std::string>& words,
                  std::string_view section, std::initializer_list<const char*> names) {
    for (const char* name : names)
        if (const auto it = words.find(name); it == words.end() || it->second.empty())
            return wrong(file, file.root[std::string{section}], fmt::format("{}.{}", section, name));
    return Nothing{};
}

Result<Profile> read(const connector::MappingFile& file) {
    const auto& root = file.root;
    Profile p;
    p.hash = file.hash;
    p.version = root["version"].as<std::string>("");
    p.currency = root["currency"].as<std::string>("");
    if (p.version.empty() || p.currency.empty()) return wrong(file, root, "version, currency");
    p.paths = words_of(root["paths"]);
    p.messages = words_of(root["messages"]);
    p.answers = words_of(root["answers"]);
    p.fee_kinds = words_of(root["fee_kinds"]);
    TRY_VOID(need(file, p.paths, "paths", {"init", "query", "bill"}));
    TRY_VOID(need(file, p.messages, "messages", {"init", "query", "bill", "confirm"}));
    TRY_VOID(need(file, p.answers, "answers", {"accepted", "unknown", "held", "signature", "malformed", "later"}));
    for (const auto& entry : root["fixed"])
        p.fixed.emplace_back(entry.first.as<std::string>(), entry.second.as<std::string>());
    p.hash_init = list_of(root["hash"]["init"]);
    p.hash_query = list_of(root["hash"]["query"]);
    p.hash_confirm = list_of(root["hash"]["confirm"]);
    p.hash_answer = list_of(root["hash"]["answer"]);
    for (const auto* order : {&p.hash_init, &p.hash_query, &p.hash_confirm, &p.hash_answer})
        if (order->empty()) return wrong(file, root["hash"], "hash.init, query, confirm, answer");
    // What a notice is believed for must be under its signature.
    for (const char* field : {"MaLoi", "MaThamChieu", "SoTien", "MaTienTe", "MaGiaoDich"})
        if (std::find(p.hash_confirm.begin(), p.hash_confirm.end(), field) == p.hash_confirm.end())
            return wrong(file, root["hash"]["confirm"], fmt::format("hash.confirm: {}", field));
    p.good = list_of(root["replies"]["good"]);
    p.exists = list_of(root["replies"]["exists"]);
    p.paid = list_of(root["results"]["paid"]);
    p.pending = list_of(root["results"]["pending"]);
    p.failed = list_of(root["results"]["failed"]);
    p.unknown = list_of(root["results"]["unknown"]);
    if (p.good.empty() || p.paid.empty()) return wrong(file, root, "replies.good, results.paid");
    for (const auto& code : p.paid)
        for (const auto* other : {&p.pending, &p.failed, &p.unknown})
            if (std::find(other->begin(), other->end(), code) != other->end())
                return wrong(file, root["results"], "results: one meaning for each code");
    p.service_suffix = root["service_suffix"].as<std::string>("");
    for (const auto& a : root["accounts"]) {
        AgencyAccount row;
        row.agency = AgencyId{a["agency"].as<std::string>("")};
        row.account = {a["account"].as<std::string>(""), a["bank"].as<std::string>(""), a["name"].as<std::string>("")};
        const auto from = parse_date(a["from"].as<std::string>(""));
        if (row.agency.empty() || !row.account.known() || !from.ok())
            return wrong(file, a, "accounts: agency, account, bank, name, from");
        row.from = *from;
        if (a["to"] && !a["to"].IsNull()) {
            TRY(row.to, parse_date(a["to"].as<std::string>()));
        }
        p.accounts.push_back(std::move(row));
    }
    p.offer = std::chrono::hours{root["offer_hours"].as<int>(24)};
    for (const auto& m : root["ask_minutes"]) p.ask.emplace_back(m.as<int>());
    if (p.ask.empty()) p.ask.emplace_back(5);
    if (p.offer.count() <= 0 || std::any_of(p.ask.begin(), p.ask.end(), [](auto m) { return m.count() <= 0; }))
        return wrong(file, root["ask_minutes"], "offer_hours, ask_minutes > 0");
    return p;
}

}  // namespace

std::chrono::minutes Profile::wait_after(int asks) const {
    return ask[std::min(static_cast<size_t>(std::max(asks, 0)), ask.size() - 1)];
}

Account Profile::account_of(const AgencyId& agency, Date day) const {
    for (const auto& row : accounts)
        if (row.agency == agency && row.from <= day && (!row.to || day < *row.to)) return row.account;
    return {};
}

Result<Profile> parse_profile(const connector::MappingFile& file) {
    try {
        return read(file);
    } catch (const YAML::Exception& e) {
        return Error{ErrorKind::invalid, "link.mapping", fmt::format("Bảng ánh xạ thanh toán: {}.", e.what()),
                     fmt::format("The payment mapping: {}.", e.what()),
                     fmt::format("{}:{}", file.file, e.mark.line + 1)};
    }
}

void check_profile(const connector::MappingFile& file, std::vector<Error>& errors) {
    if (auto profile = parse_profile(file); !profile.ok()) errors.push_back(std::move(profile).error());
}

}  // namespace hl::payment
