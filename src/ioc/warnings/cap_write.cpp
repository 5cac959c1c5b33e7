#include <fmt/format.h>

#include <charconv>

#include "base/xml_text.h"
#include "ioc/warnings/cap.h"
#include "ioc/warnings/cap_words.h"

namespace hl::warnings {

namespace {

class Writer {
  public:
    void open(std::string_view name) {
        indent();
        out_ += fmt::format("<{}>\n", name);
        ++depth_;
    }
    void close(std::string_view name) {
        --depth_;
        indent();
        out_ += fmt::format("</{}>\n", name);
    }
    void leaf(std::string_view name, std::string_view text) {
        indent();
        out_ += fmt::format("<{}>", name);
        append_xml_text(out_, text);
        out_ += fmt::format("</{}>\n", name);
    }
    void maybe(std::string_view name, std::string_view text) {
        if (!text.empty()) leaf(name, text);
    }
    void maybe(std::string_view name, const std::optional<Instant>& at) {
        if (at) leaf(name, to_cap(*at));
    }
    void named(std::string_view name, const std::vector<Named>& list) {
        for (const auto& one : list) {
            open(name);
            leaf("valueName", one.name);
            leaf("value", one.value);
            close(name);
        }
    }
    std::string out_;

  private:
    void indent() { out_.append(static_cast<size_t>(depth_) * 2, ' '); }
    int depth_ = 0;
};

/// Shortest, without an exponent: what is written is read to the same number.
std::string decimal(double v) {
    std::array<char, 400> buffer{};
    const auto [end, ec] =
        std::to_chars(buffer.data(), buffer.data() + buffer.size(), v == 0 ? 0.0 : v, std::chars_format::fixed);
    return ec == std::errc{} ? std::string(buffer.data(), end) : "0";
}

std::string pair(const Point& p) {
    return decimal(p.lat) + "," + decimal(p.lon);
}

void write_area(Writer& w, const Area& a) {
    w.open("area");
    w.leaf("areaDesc", a.description);
    for (const auto& polygon : a.polygons) {
        std::string text;
        for (const auto& p : polygon) text += (text.empty() ? "" : " ") + pair(p);
        w.leaf("polygon", text);
    }
    for (const auto& c : a.circles) w.leaf("circle", pair(c.centre) + " " + decimal(c.km));
    w.named("geocode", a.geocodes);
    if (a.altitude) w.leaf("altitude", decimal(*a.altitude));
    if (a.ceiling) w.leaf("ceiling", decimal(*a.ceiling));
    w.close("area");
}

void write_info(Writer& w, const Info& i) {
    w.open("info");
    w.leaf("language", i.language);
    for (const auto c : i.categories) w.leaf("category", to_string(c));
    w.leaf("event", i.event);
    for (const auto r : i.responses) w.leaf("responseType", to_string(r));
    w.leaf("urgency", to_string(i.urgency));
    w.leaf("severity", to_string(i.severity));
    w.leaf("certainty", to_string(i.certainty));
    w.maybe("audience", i.audience);
    w.named("eventCode", i.event_codes);
    w.maybe("effective", i.effective);
    w.maybe("onset", i.onset);
    w.maybe("expires", i.expires);
    w.maybe("senderName", i.sender_name);
    w.maybe("headline", i.headline);
    w.maybe("description", i.description);
    w.maybe("instruction", i.instruction);
    w.maybe("web", i.web);
    w.maybe("contact", i.contact);
    w.named("parameter", i.parameters);
    for (const auto& r : i.resources) {
        w.open("resource");
        w.leaf("resourceDesc", r.description);
        w.leaf("mimeType", r.mime);
        if (r.bytes) w.leaf("size", std::to_string(*r.bytes));
        w.maybe("uri", r.uri);
        w.maybe("derefUri", r.content);
        w.maybe("digest", r.digest);
        w.close("resource");
    }
    for (const auto& a : i.areas) write_area(w, a);
    w.close("info");
}

template <class E>
std::string_view word(E v) {
    return words::table<E>()[static_cast<size_t>(v)];
}

}  // namespace

std::string_view to_string(Status v) {
    return word(v);
}
std::string_view to_string(MessageType v) {
    return word(v);
}
std::string_view to_string(Scope v) {
    return word(v);
}
std::string_view to_string(Category v) {
    return word(v);
}
std::string_view to_string(Response v) {
    return word(v);
}
std::string_view to_string(Urgency v) {
    return word(v);
}
std::string_view to_string(Severity v) {
    return word(v);
}
std::string_view to_string(Certainty v) {
    return word(v);
}

template <class E>
std::optional<E> from_word(std::string_view text) {
    const auto& table = words::table<E>();
    for (size_t n = 0; n < table.size(); ++n)
        if (table[n] == text) return static_cast<E>(n);
    return std::nullopt;
}
template std::optional<Status> from_word<Status>(std::string_view);
template std::optional<MessageType> from_word<MessageType>(std::string_view);
template std::optional<Scope> from_word<Scope>(std::string_view);
template std::optional<Category> from_word<Category>(std::string_view);
template std::optional<Response> from_word<Response>(std::string_view);
template std::optional<Urgency> from_word<Urgency>(std::string_view);
template std::optional<Severity> from_word<Severity>(std::string_view);
template std::optional<Certainty> from_word<Certainty>(std::string_view);

std::string to_cap(Instant t) {
    const auto local = to_local(t);
    return fmt::format("{}T{:02}:{:02}:{:02}+07:00", to_iso(local.date), local.minute_of_day / 60,
                       local.minute_of_day % 60, local.second);
}

std::string write(const Message& m) {
    Writer w;
    w.out_ = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<alert xmlns=\"{}\">\n", name_space);
    w.leaf("identifier", m.identifier);
    w.leaf("sender", m.sender);
    w.leaf("sent", to_cap(m.sent));
    w.leaf("status", to_string(m.status));
    w.leaf("msgType", to_string(m.type));
    w.maybe("source", m.source);
    w.leaf("scope", to_string(m.scope));
    w.maybe("restriction", m.restriction);
    w.maybe("addresses", m.addresses);
    for (const auto& c : m.codes) w.leaf("code", c);
    w.maybe("note", m.note);
    std::string references;
    for (const auto& r : m.references)
        references += fmt::format("{}{},{},{}", references.empty() ? "" : " ", r.sender, r.identifier, to_cap(r.sent));
    w.maybe("references", references);
    w.maybe("incidents", m.incidents);
    for (const auto& i : m.infos) write_info(w, i);
    w.out_ += "</alert>\n";
    return std::move(w.out_);
}

}  // namespace hl::warnings
