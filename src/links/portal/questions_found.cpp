#include "links/portal/questions_found.h"

#include "base/text.h"
#include "links/portal/questions_own.h"

namespace hl::links::portal {

namespace {

constexpr std::string_view select_by_number = "SELECT " HL_QUESTION_COLUMNS " FROM portal_question WHERE number = ?";
constexpr std::string_view select_by_id = "SELECT " HL_QUESTION_COLUMNS " FROM portal_question WHERE id = ?";
/// Hits that are looked at for one page: the rest is behind its cursor.
constexpr int hits_at_once = 100, most_hits = 1'000;
constexpr int most_on_a_page = 50;
// A scope is a word: those that wait for the centre have this one.
constexpr std::string_view no_agency = "none";

bool matters(std::string_view type) {
    return type.starts_with("portal.question_");
}

void index(store::Transaction& tx, const dossiers::Context& ctx, const Question& q) {
    const auto contents = contents_of(tx, *ctx.vault, q);
    const auto answer = answer_of(tx, *ctx.vault, q);
    if (!contents.ok() || !answer.ok()) return question_index().remove(tx, q.number);
    std::string words = q.procedure;
    if (!q.procedure.empty())
        if (const auto release = ctx.catalogue->valid(ProcedureCode{q.procedure}, q.received_at); release.ok())
            words += " " + (*release)->card.name;
    question_index().put(tx, {q.number, q.agency.empty() ? std::string{no_agency} : q.agency.value, words,
                              ctx.vault->blind_words(contents->text + " " + *answer)});
}

bool fits(const FoundQuery& query, const Question& q) {
    if (q.id == query.except || q.erased_at) return false;
    if (query.agency && q.agency != *query.agency) return false;
    if (!query.procedure.empty() && q.procedure != query.procedure) return false;
    if (query.state && q.state != *query.state) return false;
    if (query.from && q.received_at < at_local(*query.from, 0)) return false;
    return !query.to || q.received_at < at_local(add_days(*query.to, 1), 0);
}

Result<QuestionPage> by_columns(store::Reader& reader, const FoundQuery& query, int limit) {
    int64_t before = std::numeric_limits<int64_t>::max();
    if (!query.cursor.empty()) {
        TRY(before, own::number_of_cursor(query.cursor));
    }
    // Only what was asked for stands in the statement: each form of it finds its index.
    std::string sql =
        "SELECT " HL_QUESTION_COLUMNS " FROM portal_question WHERE number < ? AND id <> ? AND erased_at IS NULL";
    std::vector<store::Param> values{before, query.except};
    const auto also = [&](std::string_view condition, store::Param value) {
        sql += condition;
        values.push_back(value);
    };
    if (query.agency) also(" AND agency = ?", *query.agency);
    if (!query.procedure.empty()) also(" AND procedure = ?", query.procedure);
    if (query.state) also(" AND state = ?", static_cast<int>(*query.state));
    // Said again, as the index of an agency's ended ones says it.
    if (query.state && *query.state >= QuestionState::answered) sql += " AND state >= 10";
    if (query.from) also(" AND received_at >= ?", at_local(*query.from, 0));
    if (query.to) also(" AND received_at < ?", at_local(add_days(*query.to, 1), 0));
    also(" ORDER BY number DESC LIMIT ?", limit + 1);
    QuestionPage page;
    reader.query(sql, values, [&](const store::Row& row) { page.items.push_back(own::question_from(row)); });
    if (std::ssize(page.items) <= limit) return page;
    page.items.pop_back();
    page.next = std::to_string(page.items.back().number);
    return page;
}

Result<QuestionPage> by_words(store::Reader& reader, const store::Vault& vault, const FoundQuery& query, int limit) {
    store::SearchIndex::Query search;
    search.words = text::normalise(query.words);
    search.limit = hits_at_once;
    for (const auto& word : text::words(search.words)) search.secret_alternatives.push_back(vault.blind_words(word));
    if (query.agency) search.scopes = {query.agency->empty() ? std::string{no_agency} : query.agency->value};
    if (!query.cursor.empty()) {
        const char kind = query.cursor.front();
        if (kind != 'e' && kind != 'f') return own::bad_cursor();
        TRY(search.before_key, own::number_of_cursor(std::string_view{query.cursor}.substr(1)));
        search.before_exact = kind == 'e';
    }
    QuestionPage page;
    for (int looked = 0; looked < most_hits; looked += hits_at_once) {
        const auto hits = question_index().find(reader, search);
        for (const auto& hit : hits) {
            search.before_key = hit.key;
            search.before_exact = hit.exact;
            page.next = fmt::format("{}{}", hit.exact ? 'e' : 'f', hit.key);
            auto q = reader.first(select_by_number, {hit.key}, own::question_from);
            if (!q || !fits(query, *q)) continue;
            page.items.push_back(std::move(*q));
            if (std::ssize(page.items) == limit) return page;
        }
        if (std::ssize(hits) < hits_at_once) {
            page.next.clear();
            return page;
        }
    }
    return page;
}

}  // namespace

const store::SearchIndex& question_index() {
    static const store::SearchIndex index("portal_question_search");
    return index;
}

void QuestionSearch::reset(store::Transaction& tx) {
    question_index().clear(tx);
}

Result<void> QuestionSearch::apply(store::Transaction& tx, std::span<const store::StoredEvent> events) {
    std::set<std::string> ids;
    for (const auto& event : events)
        if (matters(event.type))
            if (const auto* id = event.data.if_contains("question"); id && id->is_string())
                ids.insert(std::string{id->get_string()});
    if (ids.empty()) return Nothing{};
    const auto ctx = context_();
    for (const auto& id : ids)
        if (const auto q = tx.first(select_by_id, {id}, own::question_from)) index(tx, ctx, *q);
    return Nothing{};
}

Result<QuestionPage> look_for_questions(store::Reader& reader, const store::Vault& vault, const FoundQuery& query) {
    const int limit = std::clamp(query.limit, 1, most_on_a_page);
    return text::normalise(query.words).empty() ? by_columns(reader, query, limit)
                                                : by_words(reader, vault, query, limit);
}

}  // namespace hl::links::portal
