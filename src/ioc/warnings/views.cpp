#include "base/xml_text.h"
#include "ioc/warnings/routes.h"

namespace hl::warnings {

namespace {

json::value or_null(std::string_view text) {
    return text.empty() ? json::value() : json::value(text);
}
json::value or_null(const std::optional<Instant>& at) {
    return at ? json::value(to_rfc3339_local(*at)) : json::value();
}

json::object view(const Area& a) {
    json::array polygons, circles, geocodes;
    const auto point = [](const Point& p) { return json::object{{"lat", p.lat}, {"lon", p.lon}}; };
    for (const auto& polygon : a.polygons) {
        json::array points;
        for (const auto& p : polygon) points.push_back(point(p));
        polygons.push_back(std::move(points));
    }
    for (const auto& c : a.circles)
        circles.push_back(json::object{{"lat", c.centre.lat}, {"lon", c.centre.lon}, {"km", c.km}});
    for (const auto& g : a.geocodes) geocodes.push_back(json::object{{"name", g.name}, {"value", g.value}});
    return {{"description", a.description},
            {"polygons", std::move(polygons)},
            {"circles", std::move(circles)},
            {"geocodes", std::move(geocodes)}};
}

json::object view(const Info& i) {
    json::array categories, responses, areas;
    for (const auto c : i.categories) categories.emplace_back(to_string(c));
    for (const auto r : i.responses) responses.emplace_back(to_string(r));
    for (const auto& a : i.areas) areas.push_back(view(a));
    return {{"language", i.language},
            {"categories", std::move(categories)},
            {"event", i.event},
            {"responses", std::move(responses)},
            {"urgency", to_string(i.urgency)},
            {"severity", to_string(i.severity)},
            {"certainty", to_string(i.certainty)},
            {"effective", or_null(i.effective)},
            {"onset", or_null(i.onset)},
            {"expires", or_null(i.expires)},
            {"sender_name", or_null(i.sender_name)},
            {"headline", or_null(i.headline)},
            {"description", or_null(i.description)},
            {"instruction", or_null(i.instruction)},
            {"web", or_null(i.web)},
            {"contact", or_null(i.contact)},
            {"areas", std::move(areas)}};
}

}  // namespace

json::object view(const Warning& w, Instant now) {
    json::array infos, references;
    for (const auto& i : w.message.infos) infos.push_back(view(i));
    for (const auto& r : w.message.references)
        references.push_back(
            json::object{{"sender", r.sender}, {"identifier", r.identifier}, {"sent", to_rfc3339_local(r.sent)}});
    json::value ended;
    if (w.ended_by) ended = json::object{{"id", w.ended_by_id}, {"how", w.ended_how}};
    return {{"id", w.id},
            {"identifier", w.message.identifier},
            {"sender", w.message.sender},
            {"sent", to_rfc3339_local(w.message.sent)},
            {"status", to_string(w.message.status)},
            {"type", to_string(w.message.type)},
            {"scope", to_string(w.message.scope)},
            {"source", or_null(w.message.source)},
            {"note", or_null(w.message.note)},
            {"references", std::move(references)},
            {"infos", std::move(infos)},
            {"own", w.own},
            {"agency", or_null(w.agency.value)},
            {"feed", or_null(w.feed)},
            {"received_at", to_rfc3339_local(w.at)},
            {"begins", to_rfc3339_local(w.begins)},
            {"ends", to_rfc3339_local(w.ends)},
            {"ended_by", std::move(ended)},
            {"active", w.active(now) && w.message.type != MessageType::cancel},
            {"cap", fmt::format("/api/v1/warnings/{}/cap", w.id)}};
}

std::string atom(const std::vector<Warning>& list, const std::string& origin, Instant now) {
    Instant newest{};
    for (const auto& w : list) newest = std::max(newest, w.at);
    std::string out = fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"vi\">\n"
        "  <id>urn:warnings:{}</id>\n  <title>Cảnh báo đang có hiệu lực</title>\n  <updated>{}</updated>\n"
        "  <author><name>{}</name></author>\n  <link rel=\"self\" href=\"/api/v1/warnings/feed\"/>\n",
        xml_text(origin), to_rfc3339_local(list.empty() ? now : newest), xml_text(origin));
    for (const auto& w : list) {
        const Info none;
        const auto& i = w.message.infos.empty() ? none : w.message.infos.front();
        out += fmt::format(
            "  <entry>\n    <id>urn:uuid:{}</id>\n    <title>{}</title>\n    <updated>{}</updated>\n    "
            "<published>{}</published>\n    <author><name>{}</name></author>\n    <link rel=\"alternate\" "
            "type=\"application/cap+xml\" href=\"/api/v1/warnings/{}/cap\"/>\n    <summary>{}</summary>\n  </entry>\n",
            w.id, xml_text(i.headline.empty() ? i.event : i.headline), to_rfc3339_local(w.at),
            to_rfc3339_local(w.message.sent), xml_text(i.sender_name.empty() ? w.message.sender : i.sender_name), w.id,
            xml_text(i.description));
    }
    return out + "</feed>\n";
}

}  // namespace hl::warnings
