#include "base/crypto.h"
#include "base/text.h"
#include "documents/edxml.h"
#include "documents/edxml_element.h"
#include "documents/xml.h"

namespace hl::documents {

namespace {

Organisation organisation(Element e) {
    Organisation o;
    o.organ_id = e.text("OrganId", true, 100);
    o.in_charge = e.text("OrganizationInCharge");
    o.name = e.text("OrganName");
    o.address = e.text("OrganAdd");
    o.email = e.text("Email");
    o.telephone = e.text("Telephone");
    o.fax = e.text("Fax");
    o.website = e.text("Website");
    e.finish();
    return o;
}

/// "125/UBND-NC": the number ends at the first stroke. Some senders write it in two elements.
Code code(Element e) {
    if (!e) return {};
    if (xml::first_element(e.node())) {
        Code c{e.text("CodeNumber", false, 100), e.text("CodeNotation", false, 200)};
        e.finish();
        return c;
    }
    const auto raw = e.own_text(false, 300);
    const auto stroke = raw.find('/');
    if (stroke == std::string::npos) return {"", raw};
    return {raw.substr(0, stroke), raw.substr(stroke + 1)};
}

ResponseFor response_for(Element e) {
    ResponseFor r;
    r.organ_id = e.text("OrganId", true, 100);
    r.code = code(e.one("Code", false));
    r.promulgated = e.date("PromulgationDate");
    r.document_id = e.text("DocumentId", true, 500);
    e.finish();
    return r;
}

std::optional<Staff> staff(Element e) {
    if (!e) return std::nullopt;
    Staff s{e.text("Department"), e.text("Staff"), e.text("Mobile"), e.text("Email")};
    e.finish();
    return s == Staff{} ? std::nullopt : std::optional{s};
}

OtherInfo other(Element e) {
    OtherInfo o;
    if (!e) return o;
    o.priority = e.number("Priority", 0, 99).value_or(0);
    o.sphere = e.text("SphereOfPromulgation");
    o.typer_notation = e.text("TyperNotation");
    o.copies = e.number("PromulgationAmount", 0, 1'000'000);
    o.pages = e.number("PageAmount", 0, 1'000'000);
    o.direction = e.text("Direction");
    if (auto list = e.one("Appendixes", false)) {
        for (auto& a : list.all("Appendix"))
            if (auto text = a.own_text(false, longest_text); !text.empty()) o.appendixes.push_back(std::move(text));
        list.finish();
    }
    e.finish();
    return o;
}

void message_header(Element e, BusinessMessage& m) {
    if (!e) return;
    m.from = organisation(e.one("From", true));
    for (auto& to : e.all("To")) m.to.push_back(organisation(to));
    m.document_id = e.text("DocumentId", true, 500);
    m.code = code(e.one("Code", true));
    if (auto p = e.one("PromulgationInfo", true)) {
        m.place = p.text("Place");
        m.promulgated = p.date("PromulgationDate", true);
        p.finish();
    }
    if (auto t = e.one("DocumentType", false)) {
        m.type = {t.text("Type", false, 50), t.text("TypeDetail"), t.text("TypeName")};
        t.finish();
    }
    m.subject = e.text("Subject", true);
    m.content = e.text("Content", false, 100'000);
    if (auto s = e.one("SignerInfo", false)) {
        m.signer = {s.text("Competence"), s.text("Position"), s.text("FullName")};
        s.finish();
    }
    m.due = e.date("DueDate");
    if (auto places = e.one("ToPlaces", false)) {
        for (auto& p : places.all("Place"))
            if (auto text = p.own_text(false, longest_text); !text.empty()) m.to_places.push_back(std::move(text));
        places.finish();
    }
    m.other = other(e.one("OtherInfo", false));
    for (auto& r : e.all("ResponseFor")) m.response_for.push_back(response_for(r));
    m.steering = e.number("SteeringType", 0, 9);
    e.finish();
}

Change change(Element e) {
    Change c;
    c.of_content = e.flag("DocumentInfo");
    c.of_receivers = e.flag("DocumentReceiver");
    if (auto list = e.one("ReceiverList", false)) {
        for (auto& r : list.all("Receiver")) {
            Receiver receiver{r.text("OrganId", true, 100), true};
            receiver.added = r.number("ReceiverType", 0, 1, true).value_or(0) == 1;
            r.finish();
            c.receivers.push_back(std::move(receiver));
        }
        list.finish();
    }
    e.finish();
    return c;
}

void business(Element e, BusinessMessage& m) {
    if (!e) return;
    m.business = static_cast<Business>(e.number("BussinessDocType", 0, 3, true).value_or(0));
    m.reason = e.text("BussinessDocReason");
    m.paper = e.flag("Paper");
    m.of_document = e.text("DocumentId", false, 500);
    if (auto info = e.one("BussinessDocumentInfo", false)) m.change = change(info);
    if (auto list = e.one("ReplacementInfoList", false)) {
        for (auto& r : list.all("ReplacementInfo")) {
            Replaced replaced;
            replaced.document_id = r.text("DocumentId", true, 500);
            if (auto ids = r.one("OrganIdList", false)) {
                for (auto& id : ids.all("OrganId")) replaced.organ_ids.push_back(id.own_text(true, 100));
                ids.finish();
            }
            r.finish();
            m.replaced.push_back(std::move(replaced));
        }
        list.finish();
    }
    m.staff = staff(e.one("StaffInfo", false));
    e.finish();
}

void trace(Element e, BusinessMessage& m) {
    if (!e) return;
    for (auto& t : e.all("TraceHeader")) {
        Trace trace;
        trace.organ_id = t.text("OrganId", true, 100);
        if (const auto at = t.time("Timestamp")) trace.at = *at;
        t.finish();
        m.trace.push_back(std::move(trace));
    }
    business(e.one("Bussiness", true), m);
    e.finish();
}

std::string without_cid(std::string id) {
    return id.starts_with("cid:") ? id.substr(4) : id;
}

void manifest(Element e, BusinessMessage& m) {
    if (!e) return;
    if (auto list = e.one("edXMLManifest", true)) {
        for (auto& r : list.all("Reference")) {
            Attachment a;
            a.content_id = without_cid(r.text("ContentId", true, 300));
            a.content_type = r.text("ContentType", true, 200);
            a.description = r.text("Description");
            a.name = r.text("AttachmentName", true, 500);
            const auto href = xml::attribute(r.node(), xml::xlink, "href");
            if (href && without_cid(*href) != a.content_id)
                r.note("edxml.attachment_reference", r.path(), "xlink:href và ContentId chỉ hai tệp khác nhau",
                       "its xlink:href and ContentId name different files");
            r.finish();
            if (std::ranges::any_of(m.attachments, [&](const auto& o) { return o.content_id == a.content_id; }))
                r.note("edxml.attachment_reference", r.path(), "hai tệp có cùng ContentId",
                       "two files have the same ContentId");
            m.attachments.push_back(std::move(a));
        }
        list.finish();
    }
    e.finish();
}

void attachment(Element e, BusinessMessage& m, std::set<std::string>& filled, size_t& together, const Limits& limits) {
    const auto id = without_cid(e.text("ContentId", true, 300));
    const auto name = e.text("AttachmentName", true, 500);
    const auto type = e.text("ContentType", false, 200);
    (void)e.text("Description");
    auto encoded = e.one("ContentTransferEncoded", true);
    e.finish();
    const auto found = std::ranges::find_if(m.attachments, [&](const auto& a) { return a.content_id == id; });
    if (found == m.attachments.end() || !filled.insert(id).second)
        return e.note("edxml.attachment_reference", e.path(), "tệp này không được nêu đúng một lần trong edXMLManifest",
                      "the manifest does not name this file exactly once");
    if (found->name != name || (!type.empty() && found->content_type != type))
        e.note("edxml.attachment_reference", e.path(), "tên hoặc kiểu tệp khác với edXMLManifest",
               "its name or type differs from the manifest's");
    if (!encoded) return;
    auto raw = xml::text(encoded.node());
    std::erase_if(raw, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    const auto zip = crypto::from_base64(raw);
    if (!zip || zip->empty()) return e.note("edxml.base64", encoded.path(), "không phải base64", "is not base64");
    const size_t left = limits.files_together - std::min(limits.files_together, together);
    auto bytes = unpack_file(*zip, std::min(limits.file, left));
    if (!bytes.ok()) return e.note(bytes.error().code, encoded.path(), bytes.error().vi, bytes.error().en);
    together += bytes->size();
    found->bytes = std::move(*bytes);
}

void attachments(Element e, BusinessMessage& m, const Limits& limits) {
    std::set<std::string> filled;
    size_t together = 0;
    if (e) {
        auto all = e.all("Attachment");
        if (all.size() > limits.files)
            return e.note("edxml.too_many", e.path(), fmt::format("quá {} tệp", limits.files),
                          fmt::format("more than {} files", limits.files));
        for (auto& a : all) attachment(a, m, filled, together, limits);
        e.finish();
    }
    for (const auto& a : m.attachments)
        if (!filled.contains(a.content_id))
            e.note("edxml.attachment_missing", e.path(), fmt::format("thiếu nội dung của tệp “{}”", a.name),
                   fmt::format("the content of the file \"{}\" is missing", a.name));
}

StatusMessage status(Element e) {
    StatusMessage s;
    s.response_for = response_for(e.one("ResponseFor", true));
    s.from = organisation(e.one("From", true));
    s.code = e.text("StatusCode", true, 10);
    s.description = e.text("Description");
    if (const auto at = e.time("Timestamp")) s.at = *at;
    s.staff = staff(e.one("StaffInfo", false));
    e.finish();
    return s;
}

Message read_tree(const xmlNode* root_node, std::vector<Error>& mistakes, const Limits& limits) {
    Element root(root_node, "edXML", mistakes);
    Message out;
    auto envelope = root.one("edXMLEnvelope", true);
    if (!envelope) return out;
    auto header = envelope.one("edXMLHeader", true);
    if (!header) return out;
    if (auto found = header.one("Status", false)) {
        out = status(found);
    } else {
        BusinessMessage m;
        message_header(header.one("MessageHeader", true), m);
        trace(header.one("TraceHeaderList", true), m);
        manifest(envelope.one("edXMLBody", false), m);
        attachments(root.one("AttachmentEncoded", false), m, limits);
        out = std::move(m);
    }
    header.finish();
    envelope.finish();
    root.finish();
    return out;
}

}  // namespace

Reading check_edxml(std::string_view bytes, const Profile& profile, const Limits& limits) {
    Reading out;
    auto tree = xml::parse(bytes, limits.message);
    if (!tree.ok()) {
        out.mistakes.push_back(std::move(tree).error());
        return out;
    }
    const auto* root = xmlDocGetRootElement(tree->get());
    if (!xml::is(root, xml::edxml, "edXML")) {
        out.mistakes.push_back(
            {ErrorKind::malformed, "edxml.not_edxml",
             "Tệp không phải là edXML của QCVN 102:2016/BTTTT (phần tử gốc phải là edXML). Đề nghị bên gửi gửi lại.",
             fmt::format("This is no edXML of QCVN 102:2016 (its root must be edXML in {}). Send it again.",
                         xml::edxml),
             "edXML"});
        return out;
    }
    auto message = read_tree(root, out.mistakes, limits);
    if (!out.mistakes.empty()) return out;
    out.mistakes = objections(message, profile);
    out.message = std::move(message);
    return out;
}

Result<Message> read_edxml(std::string_view bytes, const Profile& profile, const Limits& limits) {
    auto reading = check_edxml(bytes, profile, limits);
    if (!reading.mistakes.empty()) return std::move(reading.mistakes.front());
    return std::move(*reading.message);
}

}  // namespace hl::documents
