#include "store/search_tokens.h"

#include <unordered_set>

#include "base/text.h"

namespace hl::store {

namespace {

/// Length in bytes of the code point that begins with this byte.
size_t width(char lead) {
    const auto byte = static_cast<unsigned char>(lead);
    return byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
}

/// Byte offsets where the 1st, 2nd… code point ends.
std::vector<size_t> ends(std::string_view utf8) {
    std::vector<size_t> out;
    for (size_t at = 0; at < utf8.size();) {
        at = std::min(at + width(utf8[at]), utf8.size());
        out.push_back(at);
    }
    return out;
}

uint32_t code_point(std::string_view bytes) {
    if (bytes.size() == 1) return static_cast<unsigned char>(bytes[0]);
    uint32_t out = static_cast<unsigned char>(bytes[0]) & (0xffu >> (bytes.size() + 1));
    for (size_t i = 1; i < bytes.size(); ++i) out = (out << 6) | (static_cast<unsigned char>(bytes[i]) & 0x3fu);
    return out;
}

std::string cut(std::string_view word) {
    const auto at = ends(word);
    return std::string{at.size() > longest_word ? word.substr(0, at[longest_word - 1]) : word};
}

std::string token(char kind, std::string_view word) {
    return kind + encode_word(word);
}

bool is_plain_token(std::string_view s) {
    return !s.empty() && s.size() <= 200 &&
           std::all_of(s.begin(), s.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); });
}

class TokenSet {
  public:
    void add(std::string text) {
        if (!seen_.insert(text).second) return;
        if (!out_.empty()) out_ += ' ';
        out_ += text;
    }
    [[nodiscard]] std::string take() { return std::move(out_); }

  private:
    std::unordered_set<std::string> seen_;
    std::string out_;
};

void add_beginnings(TokenSet& tokens, std::string_view word, std::string_view folded) {
    const auto folded_ends = ends(folded);
    for (size_t i = 0; i < std::min(folded_ends.size(), longest_prefix); ++i)
        tokens.add(token(token_class::folded_prefix, folded.substr(0, folded_ends[i])));
    if (word == folded) return;
    const auto word_ends = ends(word);
    for (size_t i = 0; i < std::min(word_ends.size(), longest_prefix); ++i) {
        const auto beginning = word.substr(0, word_ends[i]);
        if (text::fold(beginning) != beginning) tokens.add(token(token_class::exact_prefix, beginning));
    }
}

/// The last word as it is being typed: a beginning.
TokenQuery::Token beginning(char whole, char prefix, std::string_view word, bool prefixes) {
    if (prefixes && ends(word).size() <= longest_prefix) return {token(prefix, word), false};
    return {token(whole, word), true};
}

}  // namespace

std::string encode_word(std::string_view utf8) {
    constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";
    std::string out;
    for (size_t at = 0; at < utf8.size();) {
        const size_t n = std::min(width(utf8[at]), utf8.size() - at);
        const uint32_t cp = code_point(utf8.substr(at, n));
        if ((cp >= 'a' && cp < 'z') || (cp >= '0' && cp <= '9')) {
            out += static_cast<char>(cp);
        } else {
            out += 'z';
            for (const uint32_t place : {46656u, 1296u, 36u, 1u}) out += digits[(cp / place) % 36];
        }
        at += n;
    }
    return out;
}

std::string index_words(std::string_view text) {
    std::string out;
    size_t count = 0;
    std::unordered_set<std::string> seen;
    for (const std::string& word : text::words(text)) {
        if (++count > most_document_words) break;
        std::string kept = cut(word);
        if (kept.empty() || !seen.insert(kept).second) continue;
        if (!out.empty()) out += ' ';
        out += kept;
    }
    return out;
}

std::string document_tokens(std::string_view words, std::string_view scope,
                            const std::vector<std::string>& secret_words, bool prefixes) {
    TokenSet tokens;
    while (!words.empty()) {
        const size_t space = std::min(words.find(' '), words.size());
        const std::string_view word = words.substr(0, space);
        words.remove_prefix(std::min(space + 1, words.size()));
        const std::string folded = text::fold(word);
        if (folded.empty()) continue;
        tokens.add(token(token_class::folded, folded));
        if (folded != word) tokens.add(token(token_class::exact, word));
        if (prefixes) add_beginnings(tokens, word, folded);
    }
    for (const std::string& secret : secret_words)
        if (is_plain_token(secret)) tokens.add(token_class::secret + secret);
    if (!scope.empty()) tokens.add(token(token_class::scope, scope));
    return tokens.take();
}

TokenQuery token_query(const SearchIndex::Query& query, bool prefixes) {
    TokenQuery out;
    const auto words = text::words(query.words);
    for (size_t i = 0; i < std::min(words.size(), most_query_words); ++i) {
        const bool last = i + 1 == words.size();
        const std::string word = cut(words[i]);
        const std::string folded = text::fold(word);
        TokenQuery::AnyOf any;
        if (!folded.empty())
            any.push_back(last ? beginning(token_class::folded, token_class::folded_prefix, folded, prefixes)
                               : TokenQuery::Token{token(token_class::folded, folded)});
        if (i < query.secret_alternatives.size())
            for (const std::string& secret : query.secret_alternatives[i])
                if (is_plain_token(secret)) any.push_back({token_class::secret + secret});
        if (any.empty()) continue;
        TokenQuery::AnyOf spelled = any;
        if (!folded.empty() && folded != word) {
            out.has_exact = true;
            spelled = {last ? beginning(token_class::exact, token_class::exact_prefix, word, prefixes)
                            : TokenQuery::Token{token(token_class::exact, word)}};
        }
        out.all.push_back(std::move(any));
        out.exact.push_back(std::move(spelled));
    }
    for (const std::string& scope : query.scopes)
        if (!scope.empty()) out.scopes.push_back({token(token_class::scope, scope)});
    return out;
}

}  // namespace hl::store
