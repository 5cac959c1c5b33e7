// Values fetched from another system that answers in the shape of the province's socio-economic API: one indicator, one
// kind, one period a question (GET …/indicators?officeCode=…&indicatorCode=…&dataTypeId=…&periodId=…&dataYear=…). What
// is the same changes nothing, what has no value stays unknown, what cannot be taken is told and hinders nothing else.
// Plain functions; any thread.
#pragma once
#include "base/ids.h"
#include "ioc/indicators/supplied.h"
#include "store/store.h"

namespace hl::ioc {

struct PullItem {
    std::string theirs;     // their code
    std::string indicator;  // ours
    std::string unit;       // as they name it; another one is refused. Empty: whatever they say
    std::vector<ValueKind> kinds{ValueKind::performed};
    Grain grain = Grain::month;
    int back = 2;  // periods, the running one included
};
struct PullSource {
    std::string name;
    std::string url;     // up to and without "/indicators"
    std::string office;  // officeCode
    std::vector<PullItem> items;
    std::vector<std::string> good_codes{"0", "200"};  // of `error.code`, beside none at all
};
/// The body of a good answer.
using Fetch = std::function<Result<std::string>(const std::string& url)>;

/// Nothing: they have no value. Errors: pull.answer, pull.refused (with their words), pull.unit, value.number.
[[nodiscard]] Result<std::optional<std::string>> read_pulled(std::string_view body, const PullSource& source,
                                                             const PullItem& item);
[[nodiscard]] std::string pull_url(const PullSource& source, const PullItem& item, ValueKind kind, int64_t year,
                                   int64_t code);

struct Pulled {
    int64_t asked = 0, stored = 0, same = 0, missing = 0;
    std::vector<Error> problems;  // `at`: indicator, period and kind
};
/// Asks for everything once and stores what is new; how it went is written down. Errors: the store's.
[[nodiscard]] Result<Pulled> pull(store::Store& store, const Book& book,
                                  std::shared_ptr<const directory::Directory> organisation, const PullSource& source,
                                  const Fetch& fetch, Instant now);

struct PullState {
    std::string source;
    Instant tried_at;
    std::optional<Instant> good_at, stored_at;  // without a problem; with something new
    int64_t asked = 0, missing = 0, problems = 0;
    std::string problem, vi, en, at;  // the first one
};
[[nodiscard]] std::vector<PullState> pull_states(store::Reader& reader);

}  // namespace hl::ioc
