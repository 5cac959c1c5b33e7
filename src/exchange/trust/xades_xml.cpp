#include "exchange/trust/xades_xml.h"

#include <libxml/c14n.h>
#include <libxml/parser.h>

#include <cstring>

#include "base/crypto.h"
#include "base/text.h"

namespace hl::exchange::dom {

namespace {

constexpr int deepest = 32;

std::string_view view(const xmlChar* s) {
    return s ? std::string_view(reinterpret_cast<const char*>(s)) : std::string_view{};
}

bool is_id(const xmlAttr* a) {
    const auto name = view(a->name);
    return !a->ns && (name == "Id" || name == "ID" || name == "id");
}

std::string value_of(const xmlAttr* a) {
    std::string out;
    for (const auto* n = a->children; n; n = n->next) out += view(n->content);
    return out;
}

/// Elements and text only, ids unique, not too deep. A document with anything else is of no signer known here, and each
/// of the other kinds of nodes has been a way to show the verifier one text and the application another.
std::optional<std::string_view> objection(const xmlNode* node, int depth, std::set<std::string>& ids) {
    if (depth > deepest) return "its elements are nested too deeply";
    for (; node; node = node->next) {
        if (node->type == XML_TEXT_NODE) continue;
        if (node->type != XML_ELEMENT_NODE) return "it has comments, CDATA or processing instructions";
        for (const auto* a = node->properties; a; a = a->next)
            if (is_id(a) && !ids.insert(value_of(a)).second) return "two of its elements have the same Id";
        if (const auto why = objection(node->children, depth + 1, ids)) return why;
    }
    return std::nullopt;
}

}  // namespace

Error malformed(const Subject& subject, std::string_view why) {
    return {ErrorKind::malformed, std::string(subject.code),
            fmt::format("{} không đúng khuôn dạng X-Road nên không được nhận. Đề nghị bên gửi kiểm tra phần mềm "
                        "máy chủ bảo mật rồi gửi lại.",
                        subject.vi),
            fmt::format("{} is not in X-Road's form: {}. The sender must check its security server and send again.",
                        subject.en, why)};
}

Result<Document> parse(std::string_view bytes, size_t limit, const Subject& subject) {
    if (bytes.empty()) return malformed(subject, "it is empty");
    if (bytes.size() > limit) return malformed(subject, fmt::format("it is larger than {} bytes", limit));
    // Whatever the XML declaration says, the bytes are read as UTF-8: nothing can hide in another encoding.
    if (!text::is_valid_utf8(bytes) || bytes.find('\0') != std::string_view::npos)
        return malformed(subject, "it is not UTF-8");
    if (bytes.find("<!DOCTYPE") != std::string_view::npos) return malformed(subject, "it has a DOCTYPE");
    static const bool ready = (xmlInitParser(), true);
    (void)ready;
    const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> context(xmlNewParserCtxt(), &xmlFreeParserCtxt);
    if (!context) return malformed(subject, "no memory for reading it");
    Document document(
        xmlCtxtReadMemory(context.get(), bytes.data(), static_cast<int>(bytes.size()), nullptr, "UTF-8",
                          XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_IGNORE_ENC),
        &xmlFreeDoc);
    // A namespace error (an undeclared prefix) does not make libxml2 refuse the document, but canonical form is not
    // defined for it.
    if (!document || !context->wellFormed || !context->nsWellFormed || document->intSubset)
        return malformed(subject, "it is not well-formed XML");
    const auto* root = xmlDocGetRootElement(document.get());
    if (!root) return malformed(subject, "it has no element");
    std::set<std::string> ids;
    if (const auto why = objection(document->children, 0, ids)) return malformed(subject, *why);
    return document;
}

bool is(const xmlNode* node, std::string_view name_space, std::string_view name) {
    return node && node->type == XML_ELEMENT_NODE && node->ns && view(node->ns->href) == name_space &&
           view(node->name) == name;
}

const xmlNode* first_element(const xmlNode* parent) {
    const auto* node = parent ? parent->children : nullptr;
    while (node && node->type != XML_ELEMENT_NODE) node = node->next;
    return node;
}

const xmlNode* next_element(const xmlNode* node) {
    do node = node->next;
    while (node && node->type != XML_ELEMENT_NODE);
    return node;
}

const xmlNode* only(const xmlNode* parent, std::string_view name_space, std::string_view name) {
    const xmlNode* found = nullptr;
    for (const auto* node = first_element(parent); node; node = next_element(node)) {
        if (!is(node, name_space, name)) continue;
        if (found) return nullptr;
        found = node;
    }
    return found;
}

std::optional<std::string> attribute(const xmlNode* node, std::string_view name) {
    if (!node) return std::nullopt;
    for (const auto* a = node->properties; a; a = a->next)
        if (!a->ns && view(a->name) == name) return value_of(a);
    return std::nullopt;
}

std::optional<std::string> text(const xmlNode* node) {
    if (!node || first_element(node)) return std::nullopt;
    std::string out;
    for (const auto* n = node->children; n; n = n->next) out += view(n->content);
    return out;
}

std::optional<std::string> bytes(const xmlNode* node) {
    auto encoded = text(node);
    if (!encoded) return std::nullopt;
    std::erase_if(*encoded, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return crypto::from_base64(*encoded);
}

std::optional<Canonical> canonical_of(std::string_view uri) {
    if (uri == "http://www.w3.org/2001/10/xml-exc-c14n#") return Canonical::exclusive;
    if (uri == "http://www.w3.org/TR/2001/REC-xml-c14n-20010315") return Canonical::inclusive;
    if (uri == "http://www.w3.org/2006/12/xml-c14n11") return Canonical::inclusive_1_1;
    return std::nullopt;
}

std::string canonical(const xmlNode* apex, Canonical method) {
    const std::unique_ptr<xmlBuffer, decltype(&xmlBufferFree)> memory(xmlBufferCreate(), &xmlBufferFree);
    auto* out = xmlOutputBufferCreateBuffer(memory.get(), nullptr);
    // libxml2 asks for each node of the document; a namespace or an attribute belongs to the element it is asked with.
    const auto inside = [](void* user, xmlNodePtr node, xmlNodePtr parent) -> int {
        const auto* top = static_cast<const xmlNode*>(user);
        const xmlNode* at = node->type == XML_ELEMENT_NODE || node->type == XML_TEXT_NODE ? node : parent;
        for (; at; at = at->parent)
            if (at == top) return 1;
        return 0;
    };
    const int mode = method == Canonical::exclusive       ? XML_C14N_EXCLUSIVE_1_0
                     : method == Canonical::inclusive_1_1 ? XML_C14N_1_1
                                                          : XML_C14N_1_0;
    auto* top = const_cast<xmlNode*>(apex);
    const int done = xmlC14NExecute(apex->doc, inside, top, mode, nullptr, 0, out);
    xmlOutputBufferClose(out);
    if (done < 0) return {};
    return {reinterpret_cast<const char*>(xmlBufferContent(memory.get())),
            static_cast<size_t>(xmlBufferLength(memory.get()))};
}

}  // namespace hl::exchange::dom
