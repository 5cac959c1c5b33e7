// Tokens of the search index: plain [a-z0-9] words with a class letter in front, so that no engine's own idea of
// letters, case or accents ever comes in. Private to the store room; pure functions, any thread.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "store/search.h"

namespace hl::store {

/// Class letters: what the rest of the token is.
namespace token_class {
inline constexpr char folded = 'f';         // a whole word, folded
inline constexpr char exact = 'e';          // a whole word with diacritics, as spelled
inline constexpr char folded_prefix = 'p';  // the beginning of a folded word (SQLite)
inline constexpr char exact_prefix = 'q';   // the beginning of a word, diacritics in it (SQLite)
inline constexpr char secret = 'x';
inline constexpr char scope = 's';
}  // namespace token_class

/// Lower-case letters and digits stand as they are; any other code point becomes 'z' and four base-36 digits ('z'
/// itself too), so that a beginning of a word stays a beginning of its code.
[[nodiscard]] std::string encode_word(std::string_view utf8);

/// Words longer than this are cut; a beginning longer than the second is looked up by the engine's prefix search.
inline constexpr size_t longest_word = 48;
inline constexpr size_t longest_prefix = 12;
inline constexpr size_t most_document_words = 4000;
inline constexpr size_t most_query_words = 16;

/// The words of a text as the index sees them: exact form, cut, space-separated. What is kept beside the index.
[[nodiscard]] std::string index_words(std::string_view text);
/// All tokens of a document, each once, space-separated. `words` comes from index_words. With `prefixes`, the
/// beginnings of words too: SQLite then answers every query from single doclists, which end early at LIMIT.
[[nodiscard]] std::string document_tokens(std::string_view words, std::string_view scope,
                                          const std::vector<std::string>& secret_words, bool prefixes);

/// A query in the form both engines' syntaxes are made from: all of `all`, each any of its tokens.
struct TokenQuery {
    struct Token {
        std::string text;
        bool prefix = false;  // by the engine's prefix search
    };
    using AnyOf = std::vector<Token>;
    std::vector<AnyOf> all;
    bool has_exact = false;    // some word was typed with diacritics
    std::vector<AnyOf> exact;  // the same with those words as spelled
    AnyOf scopes;
};
[[nodiscard]] TokenQuery token_query(const SearchIndex::Query& query, bool prefixes);

}  // namespace hl::store
