#include "dossiers/bodies.h"

namespace hl::dossiers::bodies {

std::vector<Component> components(JsonReader& in, std::string_view key) {
    std::vector<Component> out;
    for (const auto& [value, at] : in.array(key, 100)) {
        JsonReader r(*value, at);
        Component c;
        c.id = r.text("id", 100);
        c.originals = static_cast<int>(r.optional_integer("originals", 0, 100).value_or(0));
        c.copies = static_cast<int>(r.optional_integer("copies", 0, 100).value_or(0));
        c.digitised = r.boolean("digitised", false);
        c.reused = r.boolean("reused", false);
        c.from_national = r.boolean("national", false);
        in.absorb(std::move(r));
        out.push_back(std::move(c));
    }
    return out;
}

std::vector<Charge> charges(JsonReader& in, std::string_view key) {
    std::vector<Charge> out;
    for (const auto& [value, at] : in.array(key, 50)) {
        JsonReader r(*value, at);
        Charge c;
        c.id = r.text("id", 100);
        c.name = r.optional_text("name", 300).value_or("");
        c.kind = r.one_of("kind", {"fee", "charge", "duty"}, "fee");
        c.amount = r.integer("amount", 0, 1'000'000'000'000'000);
        c.basis = r.optional_text("basis", 500).value_or("");
        in.absorb(std::move(r));
        out.push_back(std::move(c));
    }
    return out;
}

std::vector<std::string> texts(JsonReader& in, std::string_view key, size_t most, size_t longest) {
    std::vector<std::string> out;
    for (const auto& [value, at] : in.array(key, most)) {
        const auto* s = value->if_string();
        if (s && !s->empty() && s->size() <= longest)
            out.emplace_back(*s);
        else
            in.fail(key, "json.text", "Mỗi phần tử phải là một đoạn chữ.", "Each item must be a text.");
    }
    return out;
}

Channel channel(JsonReader& in, std::string_view key) {
    return procedures::channel_from(in.one_of(key, {"desk", "online", "post"})).value_or(Channel::desk);
}

Applicant applicant(JsonReader& in, std::string_view key) {
    JsonReader r = in.object(key);
    Applicant a;
    a.kind = r.one_of("kind", {"citizen", "business", "agency", "other"}, "citizen");
    a.name = r.text("name", 800);
    a.id_kind = r.one_of("id_kind", {"personal_id", "old_id", "passport", "tax_code", "other", ""}, "");
    a.id_number = r.optional_text("id_number", 60).value_or("");
    a.phone = r.optional_text("phone", 40).value_or("");
    a.email = r.optional_text("email", 200).value_or("");
    a.address = r.optional_text("address", 1000).value_or("");
    if (r.raw("representative")) {
        JsonReader p = r.object("representative");
        a.representative = Applicant::Representative{p.text("name", 800), p.optional_text("id_number", 60).value_or(""),
                                                     p.optional_text("phone", 40).value_or(""),
                                                     p.optional_text("email", 200).value_or(""),
                                                     p.optional_text("authority", 500).value_or("")};
        r.absorb(std::move(p));
    }
    in.absorb(std::move(r));
    return a;
}

Filing filing(JsonReader& in) {
    Filing f;
    f.procedure = in.id<ProcedureCode>("procedure");
    f.channel = channel(in, "channel");
    f.place = in.id<UnitId>("place");
    f.reception = AgencyId{in.optional_text("reception", 100).value_or("")};
    f.applicant = applicant(in, "applicant");
    f.summary = in.optional_text("summary", 4000).value_or("");
    if (const auto* answers = in.raw("answers")) {
        if (answers->is_object())
            f.answers = answers->get_object();
        else
            in.fail("answers", "json.object", "Câu trả lời phải là một đối tượng JSON.",
                    "The answers must be a JSON object.");
    }
    f.subject_kind = f.applicant.kind;
    f.components = components(in, "components");
    return f;
}

ImportItem import_item(JsonReader& in) {
    ImportItem i;
    i.code = in.id<DossierCode>("code");
    i.other_codes = texts(in, "other_codes", 10, 100);
    i.procedure = in.id<ProcedureCode>("procedure");
    i.channel = channel(in, "channel");
    i.place = in.id<UnitId>("place");
    i.agency = AgencyId{in.optional_text("agency", 100).value_or("")};
    i.reception = AgencyId{in.optional_text("reception", 100).value_or("")};
    i.applicant = applicant(in, "applicant");
    i.summary = in.optional_text("summary", 4000).value_or("");
    i.status = static_cast<int>(in.integer("status", 1, 10));
    i.filed_at = in.instant("filed_at");
    i.received_at = in.optional_instant("received_at");
    i.due = in.optional_instant("due");
    i.paused_at = in.optional_instant("paused_at");
    i.finished_at = in.optional_instant("finished_at");
    i.returned_at = in.optional_instant("returned_at");
    i.requests = static_cast<int>(in.optional_integer("requests", 0, 100).value_or(0));
    return i;
}

std::vector<directory::Succession> successions(JsonReader& in, std::string_view key) {
    using directory::SuccessionKind;
    std::vector<directory::Succession> out;
    for (const auto& [value, at] : in.array(key, 2000)) {
        JsonReader r(*value, at);
        directory::Succession s;
        s.from = r.text("from", 100);
        s.to = r.text("to", 100);
        s.date = r.date("date");
        const auto kind = r.one_of("kind", {"merge", "split", "rename", "transfer", "abolish"});
        s.kind = kind == "merge"      ? SuccessionKind::merge
                 : kind == "split"    ? SuccessionKind::split
                 : kind == "rename"   ? SuccessionKind::rename
                 : kind == "transfer" ? SuccessionKind::transfer
                                      : SuccessionKind::abolish;
        s.function = r.optional_text("function", 100).value_or("");
        s.area = UnitId{r.optional_text("area", 100).value_or("")};
        s.basis = r.text("basis", 500);
        in.absorb(std::move(r));
        out.push_back(std::move(s));
    }
    return out;
}

std::optional<int> task(JsonReader& in) {
    const auto n = in.optional_integer("task", 1, 100'000);
    return n ? std::optional{static_cast<int>(*n)} : std::nullopt;
}

}  // namespace hl::dossiers::bodies
