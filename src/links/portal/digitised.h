// Papers of a person that the national store has already: asked for by his exact identity number and for one procedure,
// so that a clerk takes what is there instead of asking for it again. Nothing is kept: every answer is the store's of
// this moment and says of which. Asking is itself a reading of personal data and is logged before it happens.
#pragma once
#include "dossiers/context.h"
#include "links/portal/profile.h"

namespace hl::links::portal {

struct ResultsQuestion {
    std::string owner;      // 12 digits, whose papers
    std::string name;       // of who asks for the service
    std::string requester;  // his identity number; the owner's when he asks for himself
    ProcedureCode procedure;
    procedures::Channel channel = procedures::Channel::desk;
    struct Kind {
        std::string code, number;
    };
    std::vector<Kind> kinds;  // only these; empty: whatever the procedure may use
};
/// The question in the store's fields. Errors: results.number, results.name, results.channel.
[[nodiscard]] Result<json::object> results_body(const ResultsQuestion& question, const Profile& profile);

struct StoredResult {
    std::string code, name, number, agency;  // empty: the store does not say
    std::vector<std::string> files;          // names
};
struct StoredResults {
    std::vector<StoredResult> items;
    int64_t unreadable = 0;  // entries without a code and a name
    Instant asked_at;
};
/// {"DanhSachGiayToKetQua": […]}. Error portal.answer.
[[nodiscard]] Result<StoredResults> read_results(const json::value& result);

}  // namespace hl::links::portal
