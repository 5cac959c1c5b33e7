// The forms as data: unknown is null. As paper: slips.cpp.
#include "dossiers/slips.h"

namespace hl::dossiers {

namespace {

boost::json::value text_or_null(const std::string& s) {
    return s.empty() ? boost::json::value() : boost::json::value(s);
}
boost::json::value time_or_null(const std::optional<Instant>& t) {
    return t ? boost::json::value(to_rfc3339_local(*t)) : boost::json::value();
}
boost::json::array list(const std::vector<std::string>& items) {
    boost::json::array out;
    for (const auto& i : items) out.emplace_back(i);
    return out;
}
boost::json::object to_json(const SlipPerson& p) {
    return {{"name", text_or_null(p.name)},
            {"id_number", text_or_null(p.id_number)},
            {"address", text_or_null(p.address)},
            {"phone", text_or_null(p.phone)},
            {"email", text_or_null(p.email)}};
}
boost::json::object head_json(const SlipHead& h, std::string_view form, const std::string& code,
                              const std::string& procedure) {
    return {{"form", form},
            {"agency", h.agency},
            {"upper_agency", text_or_null(h.upper_agency)},
            {"number", text_or_null(h.number)},
            {"made_at", to_rfc3339_local(h.made_at)},
            {"code", text_or_null(code)},
            {"procedure", text_or_null(procedure)}};
}

}  // namespace

boost::json::object to_json(const ReceiptSlip& s) {
    auto o = head_json(s.head, "01", s.code, s.procedure);
    o["applicant"] = to_json(s.applicant);
    o["authorised"] = s.authorised ? boost::json::value(to_json(*s.authorised)) : boost::json::value();
    o["authority_paper"] = text_or_null(s.authority_paper);
    o["request"] = text_or_null(s.request);
    o["papers"] = list(s.papers);
    o["sets"] = s.sets ? boost::json::value(*s.sets) : boost::json::value();
    o["legal_time"] = text_or_null(s.legal_time);
    o["received"] = to_rfc3339_local(s.received);
    o["due"] = time_or_null(s.due);
    o["due_provisional"] = s.due_provisional;
    o["due_rule"] = text_or_null(s.due_rule);
    o["result_place"] = text_or_null(s.result_place);
    o["register_volume"] = text_or_null(s.register_volume);
    o["register_number"] = text_or_null(s.register_number);
    o["receiver"] = text_or_null(s.receiver);
    return o;
}
boost::json::object to_json(const SupplementSlip& s) {
    auto o = head_json(s.head, "02", s.code, s.procedure);
    o["applicant"] = to_json(s.applicant);
    o["items"] = list(s.items);
    o["reason"] = text_or_null(s.reason);
    o["contact"] = text_or_null(s.contact);
    o["contact_phone"] = text_or_null(s.contact_phone);
    o["guide"] = text_or_null(s.guide);
    return o;
}
boost::json::object to_json(const RefusalSlip& s) {
    auto o = head_json(s.head, "03", s.code, s.procedure);
    o["applicant"] = to_json(s.applicant);
    o["reasons"] = list(s.reasons);
    o["receiver"] = text_or_null(s.receiver);
    return o;
}
boost::json::object to_json(const ApologySlip& s) {
    auto o = head_json(s.head, "04", s.code, s.procedure);
    o["applicant"] = to_json(s.applicant);
    o["received"] = to_rfc3339_local(s.received);
    o["promised"] = time_or_null(s.promised);
    o["reason"] = text_or_null(s.reason);
    o["promised_again"] = time_or_null(s.promised_again);
    o["signer"] = text_or_null(s.signer);
    o["signer_title"] = text_or_null(s.signer_title);
    return o;
}
boost::json::object to_json(const StopSlip& s) {
    auto o = head_json(s.head, "05", s.code, s.procedure);
    o["applicant"] = to_json(s.applicant);
    o["stopped"] = to_rfc3339_local(s.stopped);
    o["reason"] = text_or_null(s.reason);
    o["at_citizens_request"] = s.at_citizens_request;
    o["basis"] = text_or_null(s.basis);
    o["signer"] = text_or_null(s.signer);
    o["signer_title"] = text_or_null(s.signer_title);
    return o;
}
boost::json::object to_json(const ControlSlip& s) {
    auto o = head_json(s.head, "06", s.code, s.procedure);
    o["deciding_agency"] = text_or_null(s.deciding_agency);
    o["cooperating"] = list(s.cooperating);
    o["received"] = to_rfc3339_local(s.received);
    o["due"] = time_or_null(s.due);
    boost::json::array rows;
    for (const auto& r : s.rows)
        rows.push_back({{"unit", r.unit},
                        {"handed_over", to_rfc3339_local(r.handed_over)},
                        {"on_time", r.on_time ? boost::json::value(*r.on_time) : boost::json::value()},
                        {"early", r.early},
                        {"note", text_or_null(r.note)},
                        {"giver", text_or_null(r.giver)},
                        {"receiver", text_or_null(r.receiver)},
                        {"state", to_string(r.state)},
                        {"ended", time_or_null(r.ended)}});
    o["rows"] = rows;
    return o;
}
boost::json::object to_json(const RegisterSlip& s) {
    auto o = head_json(s.head, "07", "", "");
    o.erase("code");
    o.erase("procedure");
    o["title"] = text_or_null(s.title);
    boost::json::array rows;
    for (const auto& r : s.rows)
        rows.push_back({{"code", r.code},
                        {"procedure", r.procedure},
                        {"applicant", text_or_null(r.applicant)},
                        {"address_phone", text_or_null(r.address_phone)},
                        {"lead_agency", text_or_null(r.lead_agency)},
                        {"received", time_or_null(r.received)},
                        {"due", time_or_null(r.due)},
                        {"returned", time_or_null(r.returned)},
                        {"method", text_or_null(r.method)}});
    o["rows"] = rows;
    o["first_number"] = s.first_number;
    o["next"] = text_or_null(s.next);
    return o;
}

}  // namespace hl::dossiers
