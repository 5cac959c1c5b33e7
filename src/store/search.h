// Full-text search that ignores Vietnamese diacritics and case, the same on both engines: words are made by base/text
// here, the engines only match tokens. Exact spelling ranks above folded, then the newer key above the older.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/db.h"

namespace hl::store {

/// One index = one table pair created by search_migration(name). `key` is a row id chosen by the owner (ascending =
/// newer).
struct SearchDocument {
    int64_t key = 0;
    std::string scope{};                      // filter word, e.g. agency id; [A-Za-z0-9._-]
    std::string text{};                       // plain words
    std::vector<std::string> secret_words{};  // already blinded tokens ([a-z0-9]), matched like folded words
};

class SearchIndex {
  public:
    explicit SearchIndex(std::string name);  // [a-z_]+
    [[nodiscard]] std::string migration_sql_sqlite() const;
    [[nodiscard]] std::string migration_sql_postgres() const;
    void put(Transaction& tx, const SearchDocument& document) const;  // replaces
    void remove(Transaction& tx, int64_t key) const;
    void clear(Transaction& tx) const;  // a follower's reset
    struct Query {
        std::string words{};                                          // as typed; last word matches as a prefix
        std::vector<std::string> scopes{};                            // any of; empty = all
        std::vector<std::vector<std::string>> secret_alternatives{};  // per typed word: blinded tokens that also count
        int64_t before_key = 0;                                       // cursor: keys below it; 0 = from the newest
        /// Going on after a hit: its `exact`, beside its key in before_key, so that the page after the last exact hit
        /// begins with the newest folded one. Without it before_key only says "older than".
        std::optional<bool> before_exact{};
        int limit = 20;
    };
    struct Hit {
        int64_t key = 0;
        bool exact = false;  // every word typed with diacritics was found spelled so; false when none was typed so
    };
    [[nodiscard]] std::vector<Hit> find(Reader& reader, const Query& query) const;

  private:
    struct Sql;
    std::string name_;
    std::shared_ptr<const Sql> sql_;
};

}  // namespace hl::store
