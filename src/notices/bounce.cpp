#include "notices/bounce.h"

#include <limits>

#include "base/text.h"
#include "links/connector/outbox.h"
#include "notices/notices.h"

namespace hl::notices {

namespace {

constexpr std::string_view put_bounce =
    "INSERT INTO notice_bounce (key, status, permanent, at) VALUES (?, ?, ?, ?) ON CONFLICT (key, status) DO NOTHING";
constexpr std::string_view select_bounces =
    "SELECT number, key, status, permanent, at FROM notice_bounce WHERE number < ? ORDER BY number DESC LIMIT ?";
constexpr size_t longest = 1u << 20;

Error not_a_report() {
    return {ErrorKind::invalid, "notices.report", "Đây không phải báo không gửi được của một tin do hệ thống này gửi.",
            "This is no report of non-delivery about a notice that this program sent."};
}

/// The value of a header line by its name in lower case, or nothing.
std::optional<std::string_view> value_of(std::string_view line, std::string_view name) {
    if (line.size() <= name.size() || line[name.size()] != ':') return std::nullopt;
    for (size_t i = 0; i < name.size(); ++i) {
        const char c = line[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c) != name[i]) return std::nullopt;
    }
    auto value = line.substr(name.size() + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
    return value;
}

bool is_status(std::string_view s) {
    if (s.size() < 5 || s.size() > 11 || (s[0] != '4' && s[0] != '5') || s[1] != '.') return false;
    return s.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace

Result<Report> parse_report(std::string_view message) {
    if (message.size() > longest) return not_a_report();
    Report out;
    std::string_view action;
    while (!message.empty()) {
        const auto end = message.find('\n');
        auto line = message.substr(0, end);
        message.remove_prefix(end == std::string_view::npos ? message.size() : end + 1);
        if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
        if (const auto v = value_of(line, "action"); v && action.empty()) {
            action = *v;
        } else if (const auto s = value_of(line, "status"); s && out.status.empty()) {
            const auto word = s->substr(0, s->find(' '));
            if (is_status(word)) out.status = word;
        } else if (const auto r = value_of(line, "final-recipient"); r && out.recipient.empty()) {
            const auto at = r->find(';');
            if (at != std::string_view::npos) out.recipient = text::trim(r->substr(at + 1));
        } else if (const auto id = value_of(line, "message-id")) {
            // The report has one of its own; ours is the one that holds a key.
            const auto open = id->find('<'), close = id->find('>');
            if (open == std::string_view::npos || close == std::string_view::npos || close < open) continue;
            if (auto key = key_in_message_id(id->substr(open + 1, close - open - 1))) out.key = std::move(*key);
        }
    }
    if (out.key.empty() || out.status.empty() || text::lower(action) != "failed") return not_a_report();
    out.permanent = out.status.front() == '5';
    return out;
}

Result<void> take_report(store::Transaction& tx, const store::Vault& vault, const Report& report,
                         const std::string& actor, Instant now) {
    const auto key = parse_key(report.key);
    if (!key || !connector::accepted_key(tx, connector_name, report.key, key->kind)) return not_a_report();
    if (tx.execute(put_bounce, {report.key, report.status, report.permanent ? 1 : 0, now}) == 0) return Nothing{};
    // 5.1.x and 5.2.1: no such address, or one that is closed. A full or strict one may take the next mail.
    const bool dead = report.status.starts_with("5.1.") || report.status == "5.2.1";
    if (dead && !report.recipient.empty())
        mark_refused(tx, vault, Way::mail, report.recipient, "smtp." + report.status, now);
    tx.append({"notices.bounced",
               1,
               "notices",
               actor,
               now,
               {{"key", report.key}, {"status", report.status}, {"permanent", report.permanent}}});
    return Nothing{};
}

std::vector<Bounce> bounces(store::Reader& reader, int64_t before, int limit) {
    return reader.all(select_bounces, {before > 0 ? before : std::numeric_limits<int64_t>::max(), limit},
                      [](const store::Row& r) {
                          return Bounce{r.integer(0), r.string(1), r.string(2), r.integer(3) != 0, r.instant(4)};
                      });
}

}  // namespace hl::notices
