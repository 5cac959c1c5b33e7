#include "store/search.h"

#include <limits>
#include <stdexcept>

#include "base/text.h"
#include "store/search_tokens.h"

namespace hl::store {

/// Built once per index; the statements of an engine name its tables.
struct SearchIndex::Sql {
    // SQLite: <name>_doc keeps what a document was made of, since a contentless FTS5 table must be told on removal
    // what it had been given; <name>_fts is the index itself, without positions or sizes.
    std::string select_doc, upsert_doc, delete_doc, delete_docs;
    std::string insert_fts, delete_fts, delete_all_fts, find_fts;
    // PostgreSQL: one table, a tsvector of our own tokens under a GIN index.
    std::string upsert_pg, delete_pg, delete_all_pg, find_recent_pg, find_all_pg;
};

namespace {

std::string join_secrets(const std::vector<std::string>& words) {
    return text::join(words, " ");
}

std::vector<std::string> split_secrets(std::string_view joined) {
    return joined.empty() ? std::vector<std::string>{} : text::split(joined, ' ');
}

/// Tokens are [a-z0-9], so neither syntax needs escaping.
std::string any_text(const TokenQuery::AnyOf& any, bool postgres) {
    std::string out = "(";
    for (const auto& token : any) {
        if (out.size() > 1) out += postgres ? " | " : " OR ";
        if (postgres)
            out += token.text + (token.prefix ? ":*" : "");
        else
            out += '"' + token.text + '"' + (token.prefix ? "*" : "");
    }
    return out + ")";
}

std::string all_text(const std::vector<TokenQuery::AnyOf>& all, bool postgres) {
    std::string out;
    for (const auto& any : all) {
        if (!out.empty()) out += postgres ? " & " : " AND ";
        out += any_text(any, postgres);
    }
    return out;
}

std::vector<TokenQuery::AnyOf> with_scopes(std::vector<TokenQuery::AnyOf> all, const TokenQuery::AnyOf& scopes) {
    if (!scopes.empty()) all.push_back(scopes);
    return all;
}

}  // namespace

SearchIndex::SearchIndex(std::string name) : name_(std::move(name)) {
    const bool good = !name_.empty() && std::all_of(name_.begin(), name_.end(),
                                                    [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
    if (!good) throw std::logic_error("search index name: " + name_);
    auto sql = std::make_shared<Sql>();
    const auto f = [&](std::string_view pattern) { return fmt::format(fmt::runtime(pattern), name_); };
    sql->select_doc = f("SELECT scope, words, secret FROM {0}_doc WHERE key = ?");
    sql->upsert_doc =
        f("INSERT INTO {0}_doc (key, scope, words, secret) VALUES (?, ?, ?, ?) ON CONFLICT (key) DO UPDATE SET "
          "scope = excluded.scope, words = excluded.words, secret = excluded.secret");
    sql->delete_doc = f("DELETE FROM {0}_doc WHERE key = ?");
    sql->delete_docs = f("DELETE FROM {0}_doc");
    sql->insert_fts = f("INSERT INTO {0}_fts (rowid, tokens) VALUES (?, ?)");
    sql->delete_fts = f("INSERT INTO {0}_fts ({0}_fts, rowid, tokens) VALUES ('delete', ?, ?)");
    sql->delete_all_fts = f("INSERT INTO {0}_fts ({0}_fts) VALUES ('delete-all')");
    sql->find_fts = f("SELECT rowid FROM {0}_fts WHERE {0}_fts MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?");
    sql->upsert_pg =
        f("INSERT INTO {0}_doc (key, tokens) VALUES (?, array_to_tsvector(string_to_array(?, ' '))) "
          "ON CONFLICT (key) DO UPDATE SET tokens = excluded.tokens WHERE {0}_doc.tokens <> excluded.tokens");
    sql->delete_pg = sql->delete_doc;
    sql->delete_all_pg = sql->delete_docs;
    // A planner that misjudges a word walks the whole table for a rare one, or sorts a common one's every hit. So it is
    // not asked: first the newest documents are looked at one by one, which is enough for a common word; a word that
    // fills no page from those is rare enough to be taken whole from the GIN index.
    sql->find_recent_pg =
        f("SELECT key FROM (SELECT key, tokens FROM {0}_doc WHERE key < ? ORDER BY key DESC LIMIT 4000) AS recent "
          "WHERE tokens @@ CAST(? AS tsquery) ORDER BY key DESC LIMIT ?");
    sql->find_all_pg =
        f("WITH found AS MATERIALIZED (SELECT key FROM {0}_doc WHERE key < ? AND tokens @@ CAST(? AS tsquery)) "
          "SELECT key FROM found ORDER BY key DESC LIMIT ?");
    sql_ = std::move(sql);
}

std::string SearchIndex::migration_sql_sqlite() const {
    return fmt::format(
        "CREATE TABLE {0}_doc (key INTEGER PRIMARY KEY, scope TEXT NOT NULL, words TEXT NOT NULL, secret TEXT NOT "
        "NULL);\n"
        "CREATE VIRTUAL TABLE {0}_fts USING fts5(tokens, content='', columnsize=0, detail=none, tokenize='ascii');\n",
        name_);
}

std::string SearchIndex::migration_sql_postgres() const {
    return fmt::format(
        "CREATE TABLE {0}_doc (key BIGINT PRIMARY KEY, tokens TSVECTOR NOT NULL);\n"
        // No pending list: it would be read through by every query until a vacuum comes by.
        "CREATE INDEX {0}_doc_tokens ON {0}_doc USING GIN (tokens) WITH (fastupdate = off);\n",
        name_);
}

void SearchIndex::put(Transaction& tx, const SearchDocument& document) const {
    const std::string words = index_words(document.text);
    if (tx.engine() == Engine::postgres) {
        const std::string tokens = document_tokens(words, document.scope, document.secret_words, false);
        tx.execute(sql_->upsert_pg, {document.key, tokens});
        return;
    }
    struct Old {
        std::string scope, words, secret;
    };
    const std::string secret = join_secrets(document.secret_words);
    const auto old = tx.first(sql_->select_doc, {document.key}, [](const Row& row) {
        return Old{row.string(0), row.string(1), row.string(2)};
    });
    if (old) {
        if (old->scope == document.scope && old->words == words && old->secret == secret) return;
        const std::string tokens = document_tokens(old->words, old->scope, split_secrets(old->secret), true);
        tx.execute(sql_->delete_fts, {document.key, tokens});
    }
    const std::string tokens = document_tokens(words, document.scope, split_secrets(secret), true);
    tx.execute(sql_->upsert_doc, {document.key, document.scope, words, secret});
    tx.execute(sql_->insert_fts, {document.key, tokens});
}

void SearchIndex::remove(Transaction& tx, int64_t key) const {
    if (tx.engine() == Engine::sqlite) {
        const auto tokens = tx.first(sql_->select_doc, {key}, [](const Row& row) {
            return document_tokens(row.text(1), row.text(0), split_secrets(row.text(2)), true);
        });
        if (!tokens) return;
        tx.execute(sql_->delete_fts, {key, *tokens});
    }
    tx.execute(sql_->delete_doc, {key});
}

void SearchIndex::clear(Transaction& tx) const {
    if (tx.engine() == Engine::sqlite) tx.execute(sql_->delete_all_fts);
    tx.execute(sql_->delete_docs);
}

std::vector<SearchIndex::Hit> SearchIndex::find(Reader& reader, const Query& query) const {
    const bool postgres = reader.engine() == Engine::postgres;
    const TokenQuery tokens = token_query(query, !postgres);
    std::vector<Hit> out;
    if (tokens.all.empty() || query.limit <= 0) return out;
    const auto run = [&](const std::string& text, bool exact, int64_t before) {
        const int64_t room = query.limit - static_cast<int64_t>(out.size());
        if (room <= 0) return;
        const size_t before_these = out.size();
        const auto take = [&](const Row& row) { out.push_back({row.integer(0), exact}); };
        if (!postgres) {
            reader.query(sql_->find_fts, {text, before, room}, take);
            return;
        }
        reader.query(sql_->find_recent_pg, {before, text, room}, take);
        if (static_cast<int64_t>(out.size() - before_these) == room) return;
        out.resize(before_these);
        reader.query(sql_->find_all_pg, {before, text, room}, take);
    };
    constexpr int64_t newest = std::numeric_limits<int64_t>::max();
    const int64_t before = query.before_key > 0 ? query.before_key : newest;
    const std::string folded = all_text(with_scopes(tokens.all, tokens.scopes), postgres);
    if (!tokens.has_exact) {
        run(folded, false, before);
        return out;
    }
    // Two passes, each newest first and cut off by LIMIT: nothing is ever sorted, however common the words are.
    const std::string exact = all_text(tokens.exact, postgres);
    const bool after_folded = query.before_exact && !*query.before_exact;
    if (!after_folded) run(all_text(with_scopes(tokens.exact, tokens.scopes), postgres), true, before);
    const bool from_newest = query.before_exact && *query.before_exact;
    run(postgres ? fmt::format("({}) & !({})", folded, exact) : fmt::format("({}) NOT ({})", folded, exact), false,
        from_newest ? newest : before);
    return out;
}

}  // namespace hl::store
