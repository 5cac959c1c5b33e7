// Who has a dossier open right now. In memory of one node, kept alive by heartbeats, forgotten when they stop: a
// courtesy between colleagues, not a lock (what decides between two of them is the dossier's version). Safe on any
// thread.
#pragma once
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace hl::dossiers {

struct Present {
    AccountId account;
    std::string name;  // an officer's, as colleagues know him
    Instant since;
};

class Presence {
  public:
    static constexpr std::chrono::seconds life{50};  // two heartbeats may be lost
    static constexpr size_t most_pages = 20'000;

    /// `page` is one open page of the account: two pages of one person are one person.
    /// True when the people at the dossier changed.
    bool here(const DossierCode& code, const AccountId& account, const std::string& page, const std::string& name,
              Instant now);
    bool left(const DossierCode& code, const AccountId& account, const std::string& page, Instant now);
    /// In the order in which they came.
    [[nodiscard]] std::vector<Present> at(const DossierCode& code, Instant now);

  private:
    struct Page {
        AccountId account;
        std::string page, name;
        Instant since, last;
    };
    [[nodiscard]] std::vector<Page>& alive(const DossierCode& code, Instant now);
    std::mutex mutex_;
    std::map<DossierCode, std::vector<Page>> pages_;
    size_t count_ = 0;
};

}  // namespace hl::dossiers
