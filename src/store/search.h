// Full-text search that ignores Vietnamese diacritics and case, the same on both engines: words are made by base/text
// here, the engines only match tokens. Exact spelling ranks above folded, then the newer key above the older.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "store/db.h"

namespace hl::store {

/// One index = one table pair created by search_migration(name). `key` is a row id chosen by the owner (ascending =
/// newer).
struct SearchDocument {
    int64_t key = 0;
    std::string scope;                      // filter word, e.g. agency id; [A-Za-z0-9._-]
    std::string text;                       // plain words
    std::vector<std::string> secret_words;  // already blinded tokens ([a-z0-9]), matched like folded words
};

class SearchIndex {
  public:
    explicit SearchIndex(std::string name);  // [a-z_]+
    [[nodiscard]] std::string migration_sql_sqlite() const;
    [[nodiscard]] std::string migration_sql_postgres() const;
    void put(Transaction& tx, const SearchDocument& document) const;  // replaces
    void remove(Transaction& tx, int64_t key) const;
    struct Query {
        std::string words;                                          // as typed; last word matches as a prefix
        std::vector<std::string> scopes;                            // any of; empty = all
        std::vector<std::vector<std::string>> secret_alternatives;  // per typed word: blinded tokens that also count
        int64_t before_key = 0;                                     // cursor: keys below it; 0 = from the newest
        int limit = 20;
    };
    struct Hit {
        int64_t key = 0;
        bool exact = false;
    };
    [[nodiscard]] std::vector<Hit> find(Reader& reader, const Query& query) const;

  private:
    std::string name_;
    std::string put_sql_, remove_sql_;
};

}  // namespace hl::store
