#include "notices/choice.h"

#include <algorithm>

#include "notices/gateway.h"
#include "notices/mail.h"

namespace hl::notices {

namespace {

constexpr std::string_view select_choice =
    "SELECT way, language, source, changed_at FROM notice_choice WHERE subject = ?";
constexpr std::string_view put_choice =
    "INSERT INTO notice_choice (subject, way, language, source, changed_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT "
    "(subject) DO UPDATE SET way = excluded.way, language = excluded.language, source = excluded.source, changed_at = "
    "excluded.changed_at";
constexpr std::string_view select_refused = "SELECT 1 FROM notice_address WHERE address = ?";
constexpr std::string_view put_refused =
    "INSERT INTO notice_address (address, way, code, since) VALUES (?, ?, ?, ?) ON CONFLICT (address) DO NOTHING";

std::string blinded(const store::Vault& vault, Way way, std::string_view address) {
    // Zalo goes by the telephone number, and yet it is another inbox.
    return vault.blind("notices.address", fmt::format("{}\n{}", to_string(way), address));
}

}  // namespace

Choice choice_of(store::Reader& reader, const SubjectId& subject) {
    auto found = reader.first(select_choice, {subject}, [](const store::Row& r) {
        Choice c;
        c.way = way_from(r.text(0));
        c.none = r.text(0) == "none";
        c.language = r.string(1);
        c.source = r.string(2);
        c.changed_at = r.instant(3);
        return c;
    });
    return found.value_or(Choice{});
}

Result<void> choose(store::Transaction& tx, const SubjectId& subject, const std::string& way,
                    const std::string& language, const std::string& source, const std::string& actor, Instant now) {
    if (!way.empty() && way != "none" && !way_from(way))
        return Error{ErrorKind::invalid, "notices.way", "Hãy chọn thư điện tử, SMS, Zalo hoặc không nhận tin.",
                     "Choose mail, SMS, Zalo or no notices.", "/way"};
    if (language != "vi" && language != "en")
        return Error{ErrorKind::invalid, "notices.language", "Hãy chọn tiếng Việt hoặc tiếng Anh.",
                     "Choose Vietnamese or English.", "/language"};
    tx.execute(put_choice, {subject, way, language, source, now});
    tx.append({"notices.choice_changed",
               1,
               "subject:" + subject.value,
               actor,
               now,
               {{"subject", subject.value}, {"way", way}, {"language", language}, {"source", source}}});
    return Nothing{};
}

std::string unsubscribe_token(const store::Vault& vault, const SubjectId& subject) {
    return subject.value + "." + vault.blind("notices.unsubscribe", subject.value);
}

Result<SubjectId> subject_of_token(const store::Vault& vault, std::string_view token) {
    const auto dot = token.rfind('.');
    if (dot != std::string_view::npos && dot > 0 && token.size() < 200) {
        const SubjectId subject{token.substr(0, dot)};
        if (crypto::equal_constant_time(token, unsubscribe_token(vault, subject))) return subject;
    }
    return Error{ErrorKind::not_found, "notices.token",
                 "Đường dẫn này không đúng hoặc bị cắt mất một phần. Hãy mở lại từ thư đã nhận.",
                 "This link is wrong or part of it is missing. Open it again from the mail."};
}

bool is_refused(store::Reader& reader, const store::Vault& vault, Way way, std::string_view address) {
    return reader.first(select_refused, {blinded(vault, way, address)}, [](const store::Row&) { return true; })
        .has_value();
}

void mark_refused(store::Transaction& tx, const store::Vault& vault, Way way, std::string_view address,
                  const std::string& code, Instant now) {
    tx.execute(put_refused, {blinded(vault, way, address), to_string(way), code, now});
}

Picking pick_way(store::Reader& reader, const store::Vault& vault, const Rules& rules, const Choice& choice,
                 const dossiers::Applicant& applicant, const std::vector<Way>& ways) {
    auto order = rules.order;
    if (choice.way) {
        order.erase(std::remove(order.begin(), order.end(), *choice.way), order.end());
        order.insert(order.begin(), *choice.way);
    }
    // Who acts for the applicant hears of it when the applicant himself left no address.
    std::vector<std::string> mails = {applicant.email}, phones = {applicant.phone};
    if (applicant.representative) {
        mails.push_back(applicant.representative->email);
        phones.push_back(applicant.representative->phone);
    }
    Picking out;
    for (const auto way : order) {
        if (std::find(ways.begin(), ways.end(), way) == ways.end()) continue;
        for (const auto& address : way == Way::mail ? mails : phones) {
            if (address.empty()) continue;
            if (way == Way::mail ? !is_mail_address(address) : !takes_briefs(address)) continue;
            if (is_refused(reader, vault, way, address)) {
                out.refused = true;
                continue;
            }
            out.picked = Picked{way, address};
            return out;
        }
    }
    return out;
}

}  // namespace hl::notices
