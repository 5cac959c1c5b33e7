#include "documents/xml.h"

#include <libxml/SAX2.h>
#include <libxml/c14n.h>
#include <libxml/parser.h>

#include "base/text.h"

namespace hl::documents::xml {

namespace {

constexpr int deepest = 24;
constexpr int most_elements = 20'000;

Error malformed(std::string_view vi, std::string_view en) {
    return {ErrorKind::malformed, "edxml.malformed",
            fmt::format("Tệp edXML không đọc được: {}. Đề nghị bên gửi xuất lại tệp rồi gửi lại.", vi),
            fmt::format("The edXML file cannot be read: {}. The sender must export it again and send it again.", en)};
}

/// Counted while libxml2 reads, so that a deep or endless tree is never built.
struct Bounds {
    int depth = 0, elements = 0;
    bool broken = false;
};

void start(void* user, const xmlChar* local, const xmlChar* prefix, const xmlChar* uri, int namespaces,
           const xmlChar** declared, int attributes, int defaulted, const xmlChar** values) {
    auto* context = static_cast<xmlParserCtxt*>(user);
    auto& bounds = *static_cast<Bounds*>(context->_private);
    if (++bounds.depth > deepest || ++bounds.elements > most_elements) {
        bounds.broken = true;
        xmlStopParser(context);
        return;
    }
    xmlSAX2StartElementNs(user, local, prefix, uri, namespaces, declared, attributes, defaulted, values);
}

void end(void* user, const xmlChar* local, const xmlChar* prefix, const xmlChar* uri) {
    --static_cast<Bounds*>(static_cast<xmlParserCtxt*>(user)->_private)->depth;
    xmlSAX2EndElementNs(user, local, prefix, uri);
}

/// Each of the other kinds of nodes has been a way to show the verifier one text and the reader another.
bool only_elements_and_text(const xmlNode* node) {
    for (; node; node = node->next) {
        if (node->type == XML_TEXT_NODE) continue;
        if (node->type != XML_ELEMENT_NODE || !only_elements_and_text(node->children)) return false;
    }
    return true;
}

}  // namespace

Result<Document> parse(std::string_view bytes, size_t limit) {
    if (bytes.empty()) return malformed("tệp trống", "it is empty");
    if (bytes.size() > limit)
        return Error{
            ErrorKind::too_large, "edxml.too_large",
            fmt::format("Tệp edXML lớn quá {} MB. Chia nhỏ tệp đính kèm rồi gửi lại.", limit >> 20),
            fmt::format("The edXML file is larger than {} MB. Divide its attachments and send again.", limit >> 20)};
    if (!text::is_valid_utf8(bytes) || bytes.find('\0') != std::string_view::npos)
        return malformed("không phải UTF-8", "it is not UTF-8");
    if (bytes.find("<!DOCTYPE") != std::string_view::npos)
        return malformed("có DOCTYPE, không được phép", "it has a DOCTYPE, which is not allowed");
    static const bool ready = (xmlInitParser(), true);
    (void)ready;
    const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> context(xmlNewParserCtxt(), &xmlFreeParserCtxt);
    if (!context) return malformed("hết bộ nhớ", "no memory for reading it");
    Bounds bounds;
    context->_private = &bounds;
    context->sax->startElementNs = &start;
    context->sax->endElementNs = &end;
    // HUGE only lifts the limit of one text (an attachment); depth and size are bounded above. Whatever the XML
    // declaration says, the bytes are read as UTF-8.
    Document document(xmlCtxtReadMemory(context.get(), bytes.data(), static_cast<int>(bytes.size()), nullptr, "UTF-8",
                                        XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                            XML_PARSE_IGNORE_ENC | XML_PARSE_HUGE),
                      &xmlFreeDoc);
    if (bounds.broken) return malformed("lồng quá sâu hoặc quá nhiều phần tử", "it is nested too deeply or too long");
    if (!document || !context->wellFormed || !context->nsWellFormed || document->intSubset ||
        !xmlDocGetRootElement(document.get()))
        return malformed("không đúng cú pháp XML", "it is not well-formed XML");
    if (!only_elements_and_text(document->children))
        return malformed("có chú thích, CDATA hoặc chỉ thị xử lý, không được phép",
                         "it has comments, CDATA or processing instructions, which are not allowed");
    return document;
}

bool is(const xmlNode* node, std::string_view name_space, std::string_view local) {
    return node && node->type == XML_ELEMENT_NODE && node->ns && view(node->ns->href) == name_space &&
           name(node) == local;
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

const xmlNode* child(const xmlNode* parent, std::string_view name_space, std::string_view local) {
    for (const auto* node = first_element(parent); node; node = next_element(node))
        if (is(node, name_space, local)) return node;
    return nullptr;
}

std::string text(const xmlNode* node) {
    std::string out;
    for (const auto* n = node ? node->children : nullptr; n; n = n->next)
        if (n->type == XML_TEXT_NODE) out += view(n->content);
    return out;
}

std::optional<std::string> attribute(const xmlNode* node, std::string_view name_space, std::string_view local) {
    for (const auto* a = node->properties; a; a = a->next) {
        const auto space = a->ns ? view(a->ns->href) : std::string_view{};
        if (space != name_space || view(a->name) != local) continue;
        std::string out;
        for (const auto* n = a->children; n; n = n->next) out += view(n->content);
        return out;
    }
    return std::nullopt;
}

std::string canonical(xmlDoc* document) {
    xmlChar* out = nullptr;
    const int size = xmlC14NDocDumpMemory(document, nullptr, XML_C14N_EXCLUSIVE_1_0, nullptr, 0, &out);
    const std::unique_ptr<xmlChar, decltype(xmlFree)> owned(out, xmlFree);
    if (size < 0) return {};
    return {reinterpret_cast<const char*>(out), static_cast<size_t>(size)};
}

namespace {

/// Is the node, or what it belongs to, the part or inside it?
int inside(void* part, xmlNodePtr node, xmlNodePtr parent) {
    const xmlNode* at = node->type == XML_NAMESPACE_DECL || node->type == XML_ATTRIBUTE_NODE ? parent : node;
    for (; at; at = at->parent)
        if (at == part) return 1;
    return 0;
}

}  // namespace

std::string canonical_part(xmlDoc* document, const xmlNode* part, bool exclusive) {
    const std::unique_ptr<xmlOutputBuffer, decltype(&xmlOutputBufferClose)> out(xmlAllocOutputBuffer(nullptr),
                                                                                &xmlOutputBufferClose);
    if (!out || xmlC14NExecute(document, &inside, const_cast<xmlNode*>(part),
                               exclusive ? XML_C14N_EXCLUSIVE_1_0 : XML_C14N_1_0, nullptr, 0, out.get()) < 0)
        return {};
    return {reinterpret_cast<const char*>(xmlOutputBufferGetContent(out.get())), xmlOutputBufferGetSize(out.get())};
}

std::string serialise(xmlDoc* document) {
    xmlChar* out = nullptr;
    int size = 0;
    xmlDocDumpMemoryEnc(document, &out, &size, "UTF-8");
    const std::unique_ptr<xmlChar, decltype(xmlFree)> owned(out, xmlFree);
    return out ? std::string{reinterpret_cast<const char*>(out), static_cast<size_t>(size)} : std::string{};
}

}  // namespace hl::documents::xml
