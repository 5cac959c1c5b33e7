// Who has a dossier open right now. In memory of one node, kept alive by heartbeats, forgotten when they stop: a
// courtesy between colleagues, not a lock (what decides between two of them is the dossier's version). Where several
// nodes share a database, each writes its pages down beside and reads the others', who are seen a heartbeat later. Safe
// on any thread; blocks while it asks the store.
#pragma once
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "store/store.h"

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

    /// `shared`: where other nodes write theirs; none: this node is alone.
    explicit Presence(store::Store* shared = nullptr) : shared_(shared) {}

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
    [[nodiscard]] std::vector<Present> elsewhere(const DossierCode& code, Instant now);
    bool here_alone(const DossierCode& code, const AccountId& account, const std::string& page, const std::string& name,
                    Instant now);
    bool left_alone(const DossierCode& code, const AccountId& account, const std::string& page, Instant now);

    store::Store* shared_;
    std::mutex mutex_;
    std::map<DossierCode, std::vector<Page>> pages_;
    size_t count_ = 0;
};

}  // namespace hl::dossiers
