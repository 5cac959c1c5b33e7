// XML → message, strictly: the elements of the protocol's schema in their order and number, values in their form.
// Bytes come from outside: no DOCTYPE (and so no entities), no network, bounded size, depth and number of elements.
#include <fmt/format.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>

#include "ioc/warnings/cap.h"

namespace hl::warnings {

namespace {

constexpr int deepest = 8;
constexpr size_t most_elements = 20'000;
constexpr std::string_view signature_space = "http://www.w3.org/2000/09/xmldsig#";

Error bad_xml(std::string_view why) {
    return {ErrorKind::malformed, "cap.invalid_xml",
            "Không đọc được XML của bản tin. Kiểm tra cú pháp, bảng mã UTF-8, và không dùng DOCTYPE.",
            fmt::format("The message's XML cannot be read: {}. Check its syntax and encoding (UTF-8).", why)};
}
Error structure(std::string at, std::string_view why_vi, std::string_view why_en) {
    return {ErrorKind::invalid, "cap.structure", fmt::format("Phần tử {}: {}.", at, why_vi),
            fmt::format("Element {}: {}.", at, why_en), at};
}
Error bad_value(std::string at, std::string_view text) {
    std::string shown{text.substr(0, 60)};
    while (!shown.empty() && (static_cast<unsigned char>(shown.back()) & 0xC0) == 0x80) shown.pop_back();
    if (!shown.empty() && static_cast<unsigned char>(shown.back()) >= 0xC0) shown.pop_back();
    return {ErrorKind::invalid, "cap.value", fmt::format("Phần tử {} có giá trị không hợp lệ: «{}».", at, shown),
            fmt::format("Element {} has a value that the protocol does not allow: '{}'.", at, shown), at};
}

struct Node {
    std::string name, text;
    std::vector<Node> children;
};

/// A small tree of the document, put together as libxml2 reads it.
struct Tree {
    Node root;
    std::vector<Node*> path;
    size_t elements = 0;
    int skipping = 0;  // inside a signature: kept in the bytes, not looked at
    std::optional<Error> error;
    xmlParserCtxtPtr context = nullptr;
    void stop(Error e) {
        if (!error) error = std::move(e);
        xmlStopParser(context);
    }
};

std::string_view view(const xmlChar* s) {
    return s ? std::string_view(reinterpret_cast<const char*>(s)) : std::string_view{};
}

void on_start(void* user, const xmlChar* name, const xmlChar*, const xmlChar* uri, int, const xmlChar**, int, int,
              const xmlChar**) {
    auto& t = *static_cast<Tree*>(user);
    if (t.error) return;
    if (++t.elements > most_elements) return t.stop(bad_xml("it has too many elements"));
    if (t.skipping > 0) {
        if (++t.skipping > 32) t.stop(bad_xml("it is too deep"));
        return;
    }
    if (view(uri) == signature_space && t.path.size() == 1) {
        t.skipping = 1;
        return;
    }
    if (view(uri) != name_space)
        return t.stop({ErrorKind::invalid, "cap.namespace",
                       fmt::format("Bản tin phải theo CAP 1.2 (không gian tên {}).", name_space),
                       fmt::format("The message must be CAP 1.2 (namespace {}).", name_space),
                       std::string{view(name)}});
    if (t.path.size() >= deepest) return t.stop(bad_xml("it is too deep"));
    Node* into = &t.root;
    if (!t.path.empty()) into = &t.path.back()->children.emplace_back();
    into->name = view(name);
    t.path.push_back(into);
}
void on_end(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
    auto& t = *static_cast<Tree*>(user);
    if (t.error) return;
    if (t.skipping > 0) {
        --t.skipping;
        return;
    }
    t.path.pop_back();
}
void on_text(void* user, const xmlChar* text, int length) {
    auto& t = *static_cast<Tree*>(user);
    if (!t.error && t.skipping == 0 && !t.path.empty())
        t.path.back()->text.append(reinterpret_cast<const char*>(text), static_cast<size_t>(length));
}
void on_doctype(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
    static_cast<Tree*>(user)->stop(bad_xml("it has a DOCTYPE"));
}
void on_error(void* user, xmlErrorPtr e) {
    auto& t = *static_cast<Tree*>(user);
    if (!t.error && e->level >= XML_ERR_ERROR) t.error = bad_xml(fmt::format("line {}", e->line));
}

Result<Node> tree_of(std::string_view xml) {
    xmlSAXHandler handler{};
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = on_start;
    handler.endElementNs = on_end;
    handler.characters = on_text;
    handler.cdataBlock = on_text;
    handler.internalSubset = on_doctype;
    handler.serror = on_error;
    Tree tree;
    const std::unique_ptr<xmlParserCtxt, void (*)(xmlParserCtxtPtr)> context(
        xmlCreatePushParserCtxt(&handler, &tree, nullptr, 0, nullptr), xmlFreeParserCtxt);
    if (!context) return bad_xml("out of memory");
    tree.context = context.get();
    xmlCtxtUseOptions(context.get(), XML_PARSE_NONET);
    xmlSwitchEncoding(context.get(), XML_CHAR_ENCODING_UTF8);
    (void)xmlParseChunk(context.get(), xml.data(), static_cast<int>(xml.size()), 1);
    if (tree.error) return std::move(*tree.error);
    if (!context->wellFormed || tree.root.name.empty()) return bad_xml("it is not well-formed");
    return std::move(tree.root);
}

std::string trimmed(std::string_view text) {
    constexpr std::string_view space = " \t\r\n";
    const auto from = text.find_first_not_of(space);
    if (from == std::string_view::npos) return {};
    return std::string{text.substr(from, text.find_last_not_of(space) - from + 1)};
}

/// The children of one element in the schema's order: each is taken at its place, and nothing may be left over.
class Sequence {
  public:
    Sequence(const Node& node, std::string at) : node_(node), at_(std::move(at)) {
        if (!trimmed(node.text).empty() && !node.children.empty())
            fail(structure(at_, "có chữ nằm giữa các phần tử con", "there is text between its children"));
    }
    /// Nothing when it is not there; an error is recorded when it must be.
    const Node* one(std::string_view name, bool required = false) {
        if (next_ < node_.children.size() && node_.children[next_].name == name) return &node_.children[next_++];
        if (required)
            fail(structure(path(name), "bị thiếu, hoặc không đúng thứ tự", "is missing, or out of its order"));
        return nullptr;
    }
    std::vector<const Node*> all(std::string_view name, bool required = false) {
        std::vector<const Node*> out;
        while (const Node* n = one(name)) out.push_back(n);
        if (out.empty() && required)
            fail(structure(path(name), "bị thiếu, hoặc không đúng thứ tự", "is missing, or out of its order"));
        return out;
    }
    std::string text(std::string_view name, bool required = false) {
        const Node* n = one(name, required);
        return n ? leaf(*n, required) : std::string{};
    }
    std::string leaf(const Node& n, bool required) {
        if (!n.children.empty()) fail(structure(path(n.name), "không có phần tử con", "has no children"));
        auto out = trimmed(n.text);
        if (out.empty() && required) fail(structure(path(n.name), "bị bỏ trống", "is empty"));
        return out;
    }
    template <class E>
    E word(std::string_view name, E otherwise) {
        const Node* n = one(name, true);
        return n ? word_of<E>(*n, otherwise) : otherwise;
    }
    template <class E>
    E word_of(const Node& n, E otherwise) {
        const auto t = leaf(n, true);
        // A word of CAP 1.0 that 1.2 asks to be read so.
        if constexpr (std::is_same_v<E, Certainty>)
            if (t == "Very Likely") return Certainty::likely;
        const auto found = from_word<E>(t);
        if (!found) fail(bad_value(path(n.name), t));
        return found.value_or(otherwise);
    }
    template <class E>
    std::vector<E> list_of_words(std::string_view name, bool required) {
        std::vector<E> out;
        for (const Node* n : all(name, required)) out.push_back(word_of<E>(*n, E{}));
        return out;
    }
    std::optional<Instant> instant(std::string_view name, bool required = false) {
        const Node* n = one(name, required);
        if (!n) return std::nullopt;
        const auto t = leaf(*n, true);
        const auto at = instant_of(t);
        if (!at) fail(bad_value(path(name), t));
        return at;
    }
    /// The form that the protocol demands: seconds, and an offset with its sign.
    static std::optional<Instant> instant_of(std::string_view t) {
        constexpr std::string_view shape = "dddd-dd-ddTdd:dd:ddsdd:dd";
        if (t.size() != shape.size()) return std::nullopt;
        for (size_t i = 0; i < shape.size(); ++i) {
            const bool digit = t[i] >= '0' && t[i] <= '9';
            if (shape[i] == 'd' ? !digit : shape[i] == 's' ? t[i] != '+' && t[i] != '-' : t[i] != shape[i])
                return std::nullopt;
        }
        const auto at = parse_rfc3339(t);
        if (!at.ok() || *at < Instant{} || *at > from_ms(253'402'300'799'000)) return std::nullopt;
        return *at;
    }
    std::vector<Named> named(std::string_view name) {
        std::vector<Named> out;
        for (const Node* n : all(name)) {
            Sequence in(*n, path(name));
            Named one;
            one.name = in.text("valueName", true);
            one.value = in.text("value", true);
            absorb(in);
            out.push_back(std::move(one));
        }
        return out;
    }
    static std::optional<double> number_of(std::string_view t) {
        double v = 0;
        const auto [end, ec] = std::from_chars(t.data(), t.data() + t.size(), v);
        if (ec != std::errc{} || end != t.data() + t.size() || !std::isfinite(v)) return std::nullopt;
        return v;
    }
    std::optional<double> number(std::string_view name) {
        const Node* n = one(name);
        if (!n) return std::nullopt;
        const auto t = leaf(*n, true);
        const auto v = number_of(t);
        if (!v) fail(bad_value(path(name), t));
        return v;
    }
    void absorb(Sequence& child) {
        child.finish();
        if (child.error_) fail(std::move(*child.error_));
    }
    void finish() {
        if (next_ < node_.children.size())
            fail(structure(path(node_.children[next_].name), "không có trong CAP 1.2, thừa, hoặc không đúng thứ tự",
                           "is not of CAP 1.2, one too many, or out of its order"));
    }
    void fail(Error e) {
        if (!error_) error_ = std::move(e);
    }
    [[nodiscard]] std::string path(std::string_view name) const { return at_ + "/" + std::string{name}; }
    std::optional<Error> error_;

  private:
    const Node& node_;
    std::string at_;
    size_t next_ = 0;
};

std::vector<std::string_view> split(std::string_view text) {
    std::vector<std::string_view> out;
    constexpr std::string_view space = " \t\r\n";
    for (size_t from = text.find_first_not_of(space); from != std::string_view::npos;) {
        const auto end = std::min(text.find_first_of(space, from), text.size());
        out.push_back(text.substr(from, end - from));
        from = text.find_first_not_of(space, end);
    }
    return out;
}

std::optional<Point> point_of(std::string_view text) {
    const auto comma = text.find(',');
    if (comma == std::string_view::npos) return std::nullopt;
    const auto lat = Sequence::number_of(text.substr(0, comma)), lon = Sequence::number_of(text.substr(comma + 1));
    if (!lat || !lon || std::abs(*lat) > 90 || std::abs(*lon) > 180) return std::nullopt;
    return Point{*lat, *lon};
}

std::optional<std::vector<Point>> polygon_of(std::string_view text) {
    std::vector<Point> out;
    for (const auto word : split(text)) {
        const auto p = point_of(word);
        if (!p) return std::nullopt;
        out.push_back(*p);
    }
    if (out.size() < 4 || !(out.front() == out.back())) return std::nullopt;
    return out;
}

std::optional<Circle> circle_of(std::string_view text) {
    const auto parts = split(text);
    if (parts.size() != 2) return std::nullopt;
    const auto centre = point_of(parts[0]);
    const auto km = Sequence::number_of(parts[1]);
    if (!centre || !km || *km < 0) return std::nullopt;
    return Circle{*centre, *km};
}

Area area_of(Sequence& in) {
    Area a;
    a.description = in.text("areaDesc", true);
    for (const Node* n : in.all("polygon")) {
        const auto t = in.leaf(*n, true);
        if (auto p = polygon_of(t))
            a.polygons.push_back(std::move(*p));
        else
            in.fail(bad_value(in.path("polygon"), t));
    }
    for (const Node* n : in.all("circle")) {
        const auto t = in.leaf(*n, true);
        if (const auto c = circle_of(t))
            a.circles.push_back(*c);
        else
            in.fail(bad_value(in.path("circle"), t));
    }
    a.geocodes = in.named("geocode");
    a.altitude = in.number("altitude");
    a.ceiling = in.number("ceiling");
    if (a.ceiling && !a.altitude) in.fail(structure(in.path("ceiling"), "cần có altitude", "needs an altitude"));
    return a;
}

Resource resource_of(Sequence& in) {
    Resource r;
    r.description = in.text("resourceDesc", true);
    r.mime = in.text("mimeType", true);
    if (const Node* n = in.one("size")) {
        const auto t = in.leaf(*n, true);
        int64_t bytes = 0;
        const auto [end, ec] = std::from_chars(t.data(), t.data() + t.size(), bytes);
        if (ec != std::errc{} || end != t.data() + t.size() || bytes < 0)
            in.fail(bad_value(in.path("size"), t));
        else
            r.bytes = bytes;
    }
    r.uri = in.text("uri");
    r.content = in.text("derefUri");
    r.digest = in.text("digest");
    return r;
}

Info info_of(Sequence& in) {
    Info i;
    if (auto language = in.text("language"); !language.empty()) i.language = std::move(language);
    i.categories = in.list_of_words<Category>("category", true);
    i.event = in.text("event", true);
    i.responses = in.list_of_words<Response>("responseType", false);
    i.urgency = in.word("urgency", Urgency::unknown);
    i.severity = in.word("severity", Severity::unknown);
    i.certainty = in.word("certainty", Certainty::unknown);
    i.audience = in.text("audience");
    i.event_codes = in.named("eventCode");
    i.effective = in.instant("effective");
    i.onset = in.instant("onset");
    i.expires = in.instant("expires");
    i.sender_name = in.text("senderName");
    i.headline = in.text("headline");
    i.description = in.text("description");
    i.instruction = in.text("instruction");
    i.web = in.text("web");
    i.contact = in.text("contact");
    i.parameters = in.named("parameter");
    for (const Node* n : in.all("resource")) {
        Sequence child(*n, in.path("resource"));
        i.resources.push_back(resource_of(child));
        in.absorb(child);
    }
    for (const Node* n : in.all("area")) {
        Sequence child(*n, in.path("area"));
        i.areas.push_back(area_of(child));
        in.absorb(child);
    }
    return i;
}

/// What the protocol calls a token: no spaces, commas, < or &.
bool is_token(std::string_view text) {
    return !text.empty() && text.find_first_of(" \t\r\n,<&") == std::string_view::npos;
}

std::vector<Reference> references_in(Sequence& in) {
    std::vector<Reference> out;
    const Node* n = in.one("references");
    if (!n) return out;
    const auto text = in.leaf(*n, true);
    for (const auto word : split(text)) {
        const auto first = word.find(','), last = word.rfind(',');
        if (first == std::string_view::npos || first == last) {
            in.fail(bad_value(in.path("references"), word));
            continue;
        }
        const auto sent = Sequence::instant_of(word.substr(last + 1));
        const auto identifier = word.substr(first + 1, last - first - 1);
        if (!sent || !is_token(identifier) || !is_token(word.substr(0, first)))
            in.fail(bad_value(in.path("references"), word));
        else
            out.push_back({std::string{word.substr(0, first)}, std::string{identifier}, *sent});
    }
    return out;
}

}  // namespace

Result<Message> parse(std::string_view xml) {
    if (xml.size() > most_bytes)
        return Error{ErrorKind::too_large, "cap.too_large", "Bản tin lớn quá 1 MB. Hãy để ảnh, tệp ở ngoài bằng uri.",
                     "The message is larger than 1 MB. Keep pictures and files outside, by their uri."};
    TRY(const auto root, tree_of(xml));
    if (root.name != "alert")
        return structure(root.name, "phần tử gốc phải là alert", "the root element must be alert");
    Sequence in(root, "alert");
    Message m;
    m.identifier = in.text("identifier", true);
    m.sender = in.text("sender", true);
    m.sent = in.instant("sent", true).value_or(Instant{});
    m.status = in.word("status", Status::draft);
    m.type = in.word("msgType", MessageType::error);
    m.source = in.text("source");
    m.scope = in.word("scope", Scope::private_);
    m.restriction = in.text("restriction");
    m.addresses = in.text("addresses");
    for (const Node* n : in.all("code")) m.codes.push_back(in.leaf(*n, true));
    m.note = in.text("note");
    m.references = references_in(in);
    m.incidents = in.text("incidents");
    for (const Node* n : in.all("info")) {
        Sequence child(*n, "alert/info");
        m.infos.push_back(info_of(child));
        in.absorb(child);
    }
    in.finish();
    if (in.error_) return std::move(*in.error_);
    TRY_VOID(check(m));
    return m;
}

Result<void> check(const Message& m) {
    if (!is_token(m.identifier)) return bad_value("alert/identifier", m.identifier);
    if (!is_token(m.sender)) return bad_value("alert/sender", m.sender);
    if (m.scope == Scope::restricted && m.restriction.empty())
        return structure("alert/restriction", "bắt buộc khi scope là Restricted",
                         "is needed when the scope is Restricted");
    if (m.scope == Scope::private_ && m.addresses.empty())
        return structure("alert/addresses", "bắt buộc khi scope là Private", "is needed when the scope is Private");
    const bool rests = m.type != MessageType::alert;
    if (rests && m.references.empty())
        return structure("alert/references", "bắt buộc với Update, Cancel, Ack và Error",
                         "is needed for Update, Cancel, Ack and Error");
    if ((m.type == MessageType::alert || m.type == MessageType::update) && m.infos.empty())
        return structure("alert/info", "bắt buộc với Alert và Update", "is needed for Alert and Update");
    return Nothing{};
}

}  // namespace hl::warnings
