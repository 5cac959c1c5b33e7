#include "exchange/protocol/xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <cstring>
#include <memory>

#include "base/text.h"
#include "exchange/protocol/content_type.h"
#include "http/parse.h"

namespace hl::exchange::xml {

namespace {

constexpr int deepest = 128;

Error invalid(std::string_view why) {
    return {ErrorKind::malformed, "exchange.invalid_xml",
            "Không đọc được XML của thông điệp. Kiểm tra cú pháp, bảng mã, và không dùng DOCTYPE.",
            fmt::format("The XML cannot be read: {}. Check its syntax and encoding.", why)};
}

std::string_view view(const xmlChar* s) {
    return s ? std::string_view(reinterpret_cast<const char*>(s)) : std::string_view{};
}

struct Reader {
    explicit Reader(Events& e) : events(e) {}
    Events& events;
    xmlParserCtxtPtr context = nullptr;
    std::optional<Error> error;
    int depth = 0;
    std::vector<Attribute> attributes;

    void stop(Error e) {
        if (!error) error = std::move(e);
        xmlStopParser(context);
    }
};

void on_start(void* user, const xmlChar* name, const xmlChar*, const xmlChar* uri, int, const xmlChar**, int count, int,
              const xmlChar** raw) {
    auto& r = *static_cast<Reader*>(user);
    if (r.error) return;
    if (++r.depth > deepest) return r.stop(invalid(fmt::format("more than {} levels of elements", deepest)));
    r.attributes.clear();
    for (int i = 0; i < count; ++i, raw += 5) {
        const auto* begin = reinterpret_cast<const char*>(raw[3]);
        const auto* end = reinterpret_cast<const char*>(raw[4]);
        r.attributes.push_back({view(raw[2]), view(raw[0]), {begin, static_cast<size_t>(end - begin)}});
    }
    if (auto done = r.events.start(view(uri), view(name), r.attributes); !done.ok()) r.stop(std::move(done).error());
}

void on_end(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
    auto& r = *static_cast<Reader*>(user);
    if (r.error) return;
    --r.depth;
    if (auto done = r.events.end(); !done.ok()) r.stop(std::move(done).error());
}

void on_text(void* user, const xmlChar* text, int length) {
    auto& r = *static_cast<Reader*>(user);
    if (!r.error) r.events.text({reinterpret_cast<const char*>(text), static_cast<size_t>(length)});
}

// A document type is the door to entities, external files and expansion attacks: X-Road refuses it, so do we.
void on_doctype(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
    static_cast<Reader*>(user)->stop(invalid("it has a DOCTYPE"));
}

xmlSAXHandler make_handler() {
    xmlSAXHandler h{};
    h.initialized = XML_SAX2_MAGIC;
    h.startElementNs = on_start;
    h.endElementNs = on_end;
    h.characters = on_text;
    h.cdataBlock = on_text;
    h.ignorableWhitespace = on_text;
    h.internalSubset = on_doctype;
    return h;
}

std::string why_not(xmlParserCtxtPtr context) {
    const auto* last = xmlCtxtGetLastError(context);
    if (!last || !last->message) return "it is not well-formed";
    return fmt::format("{} (line {})", text::normalise(std::string_view(last->message).substr(0, 200)), last->line);
}

bool ascii_is_markup(std::string_view charset) {
    return charset == "utf-8" || charset == "utf8" || charset == "us-ascii" || charset == "ascii" ||
           charset.starts_with("iso-8859-") || charset.starts_with("windows-125");
}

}  // namespace

Result<void> read(std::string_view document, std::string_view charset, Events& events) {
    if (charset.empty()) return invalid("its character encoding is not known here; send UTF-8");
    if (document.empty()) return invalid("it is empty");
    if (document.size() > std::size_t{1} << 30) return invalid("it is too large");
    static const bool ready = (xmlInitParser(), true);
    (void)ready;
    Reader reader(events);
    xmlSAXHandler handler = make_handler();
    // The bytes go in after the options and the encoding are set: the XML declaration must not choose the encoding.
    const std::unique_ptr<xmlParserCtxt, decltype(&xmlFreeParserCtxt)> context(
        xmlCreatePushParserCtxt(&handler, &reader, nullptr, 0, nullptr), &xmlFreeParserCtxt);
    if (!context) return invalid("no memory for reading it");
    reader.context = context.get();
    // HUGE lifts the limit of 10 MB for one text (attachments inlined as base64); depth is bounded above, and without
    // a DOCTYPE nothing expands: NOENT concerns the five entities that every document has.
    xmlCtxtUseOptions(context.get(), XML_PARSE_NONET | XML_PARSE_NOENT | XML_PARSE_IGNORE_ENC | XML_PARSE_HUGE |
                                         XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    if (charset == "utf-8" || charset == "utf8") {
        document = without_mark(document);
        xmlSwitchEncoding(context.get(), XML_CHAR_ENCODING_UTF8);
    } else {
        auto* encoding = xmlFindCharEncodingHandler(std::string(charset).c_str());
        if (!encoding) return invalid("its character encoding is not known here; send UTF-8");
        xmlSwitchToEncoding(context.get(), encoding);
    }
    const int code = xmlParseChunk(context.get(), document.data(), static_cast<int>(document.size()), 1);
    if (reader.error) return std::move(*reader.error);
    if (code != 0 || !context->wellFormed) return invalid(why_not(context.get()));
    return {};
}

std::string charset_of(std::string_view content_type) {
    const auto named = lower_case(content_type_parameter(content_type, "charset"));
    if (named.empty()) return "utf-8";
    return ascii_is_markup(named) ? named : std::string{};
}

std::string declared_charset(std::string_view document) {
    document = without_mark(document);
    if (!document.starts_with("<?xml")) return "utf-8";
    const auto declaration = document.substr(0, std::min<size_t>(document.find("?>"), 200));
    const auto at = declaration.find("encoding");
    if (at == std::string_view::npos) return "utf-8";
    const auto open = declaration.find_first_of("\"'", at);
    if (open == std::string_view::npos) return "utf-8";
    const auto close = declaration.find(declaration[open], open + 1);
    return charset_of(fmt::format("text/xml;charset={}", declaration.substr(open + 1, close - open - 1)));
}

std::string_view without_mark(std::string_view document) {
    constexpr std::string_view mark = "\xEF\xBB\xBF";
    if (document.starts_with(mark)) document.remove_prefix(mark.size());
    return document;
}

void append_escaped(std::string& out, std::string_view text) {
    std::string clean;
    if (!text::is_valid_utf8(text)) {
        clean = text::normalise(text);
        text = clean;
    }
    for (size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        switch (c) {
            case '&':
                out += "&amp;";
                break;
            case '<':
                out += "&lt;";
                break;
            case '>':
                out += "&gt;";
                break;
            case '"':
                out += "&quot;";
                break;
            case '\'':
                out += "&apos;";
                break;
            case '\t':
            case '\n':
                out += c;
                break;
            case '\r':
                out += "&#13;";
                break;
            default:
                if (static_cast<unsigned char>(c) < 0x20)
                    out += "\xEF\xBF\xBD";
                else if (text.substr(i, 3) == "\xEF\xBF\xBE" || text.substr(i, 3) == "\xEF\xBF\xBF")
                    out += "\xEF\xBF\xBD", i += 2;
                else
                    out += c;
        }
    }
}

std::string escaped(std::string_view text) {
    std::string out;
    out.reserve(text.size() + 16);
    append_escaped(out, text);
    return out;
}

std::string_view Tag::local() const {
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
}
std::string_view Tag::prefix() const {
    const auto colon = name.find(':');
    return colon == std::string_view::npos ? std::string_view{} : name.substr(0, colon);
}

std::optional<Tag> TagWalker::next() {
    const auto skip = [&](std::string_view ending) {
        const auto found = document_.find(ending, at_);
        at_ = found == std::string_view::npos ? document_.size() : found + ending.size();
    };
    for (;;) {
        at_ = document_.find('<', at_);
        if (at_ == std::string_view::npos || at_ + 1 >= document_.size()) break;
        const auto rest = document_.substr(at_);
        if (rest.starts_with("<!--")) {
            at_ += 4;
            skip("-->");
        } else if (rest.starts_with("<![CDATA[")) {
            skip("]]>");
        } else if (rest.starts_with("<?")) {
            skip("?>");
        } else {
            Tag tag;
            tag.begin = at_;
            tag.closing = rest[1] == '/';
            const size_t name = at_ + (tag.closing ? 2 : 1);
            const size_t name_end = document_.find_first_of(" \t\r\n/>", name);
            if (name_end == std::string_view::npos) break;
            tag.name = document_.substr(name, name_end - name);
            // A ">" inside a quoted value is no end.
            size_t end = name_end;
            while (end < document_.size() && document_[end] != '>') {
                if (document_[end] == '"' || document_[end] == '\'') end = document_.find(document_[end], end + 1);
                if (end == std::string_view::npos) break;
                ++end;
            }
            if (end >= document_.size()) break;
            tag.empty = !tag.closing && document_[end - 1] == '/';
            tag.end = at_ = end + 1;
            if (tag.closing && depth_ > 0) --depth_;
            tag.depth = depth_;
            if (!tag.closing && !tag.empty) ++depth_;
            return tag;
        }
    }
    at_ = document_.size();
    return std::nullopt;
}

std::optional<std::pair<size_t, size_t>> attribute_of(std::string_view document, const Tag& tag,
                                                      std::string_view name) {
    constexpr std::string_view white = " \t\r\n";
    size_t at = tag.begin + 1 + tag.name.size();
    while (at < tag.end) {
        at = document.find_first_not_of(white, at);
        if (at == std::string_view::npos || at >= tag.end || document[at] == '>' || document[at] == '/') break;
        const size_t equals = document.find('=', at);
        if (equals == std::string_view::npos || equals >= tag.end) break;
        auto key = document.substr(at, equals - at);
        key = key.substr(0, key.find_first_of(white));
        const size_t open = document.find_first_of("\"'", equals);
        if (open == std::string_view::npos || open >= tag.end) break;
        const size_t close = document.find(document[open], open + 1);
        if (close == std::string_view::npos || close >= tag.end) break;
        if (key == name) return std::pair{open + 1, close};
        at = close + 1;
    }
    return std::nullopt;
}

}  // namespace hl::exchange::xml
