// XML documents of signatures from outside, read as small trees: UTF-8, no DOCTYPE, no entities, no comments, no
// processing instructions, bounded size and depth, ids unique; and their canonical form. Private to this folder; any
// thread, a document by one at a time.
#pragma once
#include <libxml/tree.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hl::exchange::dom {

/// What is being read, for its errors: a stable code, and what it is called.
struct Subject {
    std::string_view code, vi, en;
};
inline constexpr Subject signature_document{"exchange.malformed_signature", "Chữ ký", "The signature"};
inline constexpr Subject chain_document{"exchange.malformed_hash_chain", "Chuỗi băm của chữ ký", "The hash chain"};

/// The error of a document that is not what it should be; `why` is an English clause.
[[nodiscard]] Error malformed(const Subject& subject, std::string_view why);

using Document = std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)>;
[[nodiscard]] Result<Document> parse(std::string_view bytes, size_t limit, const Subject& subject);

inline constexpr std::string_view ds = "http://www.w3.org/2000/09/xmldsig#";
inline constexpr std::string_view xades = "http://uri.etsi.org/01903/v1.3.2#";
inline constexpr std::string_view asic = "http://uri.etsi.org/02918/v1.2.1#";
inline constexpr std::string_view hash_chain = "http://cyber.ee/hashchain";

[[nodiscard]] bool is(const xmlNode* node, std::string_view name_space, std::string_view name);
[[nodiscard]] const xmlNode* first_element(const xmlNode* parent);
[[nodiscard]] const xmlNode* next_element(const xmlNode* node);
/// The only child element of that name; null when there is none or more than one.
[[nodiscard]] const xmlNode* only(const xmlNode* parent, std::string_view name_space, std::string_view name);
/// The value of an attribute without namespace.
[[nodiscard]] std::optional<std::string> attribute(const xmlNode* node, std::string_view name);
/// The text of an element without child elements.
[[nodiscard]] std::optional<std::string> text(const xmlNode* node);
/// Text as base64, whatever white space is in it (X-Road's older files have CR and LF inside).
[[nodiscard]] std::optional<std::string> bytes(const xmlNode* node);

enum class Canonical { inclusive, inclusive_1_1, exclusive };  // all without comments
[[nodiscard]] std::optional<Canonical> canonical_of(std::string_view algorithm_uri);
/// The canonical bytes of one element with everything in it.
[[nodiscard]] std::string canonical(const xmlNode* apex, Canonical method);

}  // namespace hl::exchange::dom
