// The platform's words, read from packs/…/links/payment.yaml: names of messages, fixed fields, orders of the hash,
// codes. Data, since what is known of the platform comes from integrations and not from its specification. Values; any
// thread.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "links/connector/mapping.h"

namespace hl::payment {

struct Account {
    std::string account, bank, name;
    [[nodiscard]] bool known() const { return !account.empty() && !bank.empty() && !name.empty(); }
};
struct AgencyAccount {
    AgencyId agency;
    Account account;
    Date from;
    std::optional<Date> to;
};

struct Profile {
    std::string hash;  // of the mapping
    std::string version, currency;
    std::map<std::string, std::string> paths;     // init, query, bill
    std::map<std::string, std::string> messages;  // init, query, bill, confirm
    std::vector<std::pair<std::string, std::string>> fixed;
    std::vector<std::string> hash_init, hash_query, hash_confirm, hash_answer;
    std::vector<std::string> good, exists;                    // error_code of a reply
    std::vector<std::string> paid, pending, failed, unknown;  // MaLoi of a notice
    std::map<std::string, std::string> answers;               // accepted, unknown, held, signature, malformed, later
    std::string service_suffix;
    std::map<std::string, std::string> fee_kinds;
    std::vector<AgencyAccount> accounts;
    std::chrono::hours offer{24};
    std::vector<std::chrono::minutes> ask;  // waits between questions; the last goes on

    [[nodiscard]] const std::string& path(const std::string& what) const { return paths.at(what); }
    [[nodiscard]] const std::string& message(const std::string& what) const { return messages.at(what); }
    [[nodiscard]] const std::string& answer(const std::string& what) const { return answers.at(what); }
    [[nodiscard]] std::chrono::minutes wait_after(int asks) const;
    /// The agency's account on that day; unknown: none is given for it.
    [[nodiscard]] Account account_of(const AgencyId& agency, Date day) const;
};

/// Errors: link.mapping, with file and line.
[[nodiscard]] Result<Profile> parse_profile(const connector::MappingFile& file);
/// For `hienluong pack check`.
void check_profile(const connector::MappingFile& file, std::vector<Error>& errors);

}  // namespace hl::payment
