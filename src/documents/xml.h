// XML of outside senders, read as small trees: UTF-8, no DOCTYPE, no entities, no network, no comments, CDATA or
// processing instructions, bounded size, depth and number of elements. Private to this room; a tree by one thread.
#pragma once
#include <libxml/tree.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hl::documents::xml {

using Document = std::unique_ptr<xmlDoc, decltype(&xmlFreeDoc)>;

inline constexpr std::string_view edxml = "http://www.mic.gov.vn/TBT/QCVN_102_2016";
inline constexpr std::string_view ds = "http://www.w3.org/2000/09/xmldsig#";
inline constexpr std::string_view xlink = "http://www.w3.org/1999/xlink";

/// Errors: edxml.malformed, edxml.too_large.
[[nodiscard]] Result<Document> parse(std::string_view bytes, size_t limit);

[[nodiscard]] inline std::string_view view(const xmlChar* s) {
    return s ? std::string_view(reinterpret_cast<const char*>(s)) : std::string_view{};
}
[[nodiscard]] inline std::string_view name(const xmlNode* node) {
    return view(node->name);
}
[[nodiscard]] bool is(const xmlNode* node, std::string_view name_space, std::string_view local);
[[nodiscard]] const xmlNode* first_element(const xmlNode* parent);
[[nodiscard]] const xmlNode* next_element(const xmlNode* node);
/// The first child element of that name.
[[nodiscard]] const xmlNode* child(const xmlNode* parent, std::string_view name_space, std::string_view local);
[[nodiscard]] std::string text(const xmlNode* node);
[[nodiscard]] std::optional<std::string> attribute(const xmlNode* node, std::string_view name_space,
                                                   std::string_view local);
/// Exclusive canonical form of the whole document: two documents say the same when these bytes are equal.
[[nodiscard]] std::string canonical(xmlDoc* document);
/// One element with what is in it, in the canonical form of a signature: with the names that it uses, or all in scope.
[[nodiscard]] std::string canonical_part(xmlDoc* document, const xmlNode* part, bool exclusive);
[[nodiscard]] std::string serialise(xmlDoc* document);

}  // namespace hl::documents::xml
