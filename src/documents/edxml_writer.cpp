#include "base/text.h"
#include "base/xml_text.h"
#include "documents/edxml.h"
#include "documents/xml.h"

namespace hl::documents {

namespace {

class Writer {
  public:
    explicit Writer(std::string prefix) : prefix_(std::move(prefix)) {}
    template <class F>
    void element(std::string_view name, F inside, std::string_view attributes = {}) {
        out_ += fmt::format("<{}{}{}>", prefix_, name, attributes);
        inside();
        out_ += fmt::format("</{}{}>", prefix_, name);
    }
    void text(std::string_view name, std::string_view value) {
        // Escaping would put another character in their place; what is signed must be what was written.
        sayable_ = sayable_ && text::is_valid_utf8(value) && std::ranges::none_of(value, [](char c) {
                       return c >= 0 && c < ' ' && c != '\n' && c != '\t' && c != '\r';
                   });
        element(name, [&] { append_xml_text(out_, value); });
    }
    /// Absent when empty: an empty element would say that there is something.
    void some(std::string_view name, std::string_view value) {
        if (!value.empty()) text(name, value);
    }
    void number(std::string_view name, const std::optional<int>& value) {
        if (value) text(name, std::to_string(*value));
    }
    void date(std::string_view name, const std::optional<Date>& value) {
        if (value) text(name, edxml_date(*value));
    }
    void prefix(std::string prefix) { prefix_ = std::move(prefix); }
    std::string& out() { return out_; }
    [[nodiscard]] bool sayable() const { return sayable_; }

  private:
    std::string prefix_, out_;
    bool sayable_ = true;
};

void organisation(Writer& w, std::string_view name, const Organisation& o) {
    w.element(name, [&] {
        w.text("OrganId", o.organ_id);
        w.some("OrganizationInCharge", o.in_charge);
        w.some("OrganName", o.name);
        w.some("OrganAdd", o.address);
        w.some("Email", o.email);
        w.some("Telephone", o.telephone);
        w.some("Fax", o.fax);
        w.some("Website", o.website);
    });
}

void code(Writer& w, const Code& c) {
    w.element("Code", [&] {
        w.some("CodeNumber", c.number);
        w.some("CodeNotation", c.notation);
    });
}

void response_for(Writer& w, const ResponseFor& r) {
    w.element("ResponseFor", [&] {
        w.text("OrganId", r.organ_id);
        // As text where it is read back as the same two parts, otherwise as its parts.
        const bool plain = r.code.number.empty() ? r.code.notation.find('/') == std::string::npos
                                                 : r.code.number.find('/') == std::string::npos;
        if (r.code != Code{} && plain)
            w.text("Code", r.code.full());
        else if (r.code != Code{})
            code(w, r.code);
        w.date("PromulgationDate", r.promulgated);
        w.text("DocumentId", r.document_id);
    });
}

void staff(Writer& w, const std::optional<Staff>& s) {
    if (!s) return;
    w.element("StaffInfo", [&] {
        w.some("Department", s->department);
        w.some("Staff", s->name);
        w.some("Mobile", s->mobile);
        w.some("Email", s->email);
    });
}

void message_header(Writer& w, const BusinessMessage& m) {
    w.element("MessageHeader", [&] {
        organisation(w, "From", m.from);
        for (const auto& to : m.to) organisation(w, "To", to);
        w.text("DocumentId", m.document_id);
        code(w, m.code);
        w.element("PromulgationInfo", [&] {
            w.some("Place", m.place);
            w.date("PromulgationDate", m.promulgated);
        });
        if (m.type != DocumentType{})
            w.element("DocumentType", [&] {
                w.some("Type", m.type.type);
                w.some("TypeDetail", m.type.detail);
                w.some("TypeName", m.type.name);
            });
        w.text("Subject", m.subject);
        w.some("Content", m.content);
        if (m.signer != Signer{})
            w.element("SignerInfo", [&] {
                w.some("Competence", m.signer.competence);
                w.some("Position", m.signer.position);
                w.some("FullName", m.signer.full_name);
            });
        w.date("DueDate", m.due);
        if (!m.to_places.empty())
            w.element("ToPlaces", [&] {
                for (const auto& place : m.to_places) w.text("Place", place);
            });
        w.element("OtherInfo", [&] {
            w.text("Priority", std::to_string(m.other.priority));
            w.some("SphereOfPromulgation", m.other.sphere);
            w.some("TyperNotation", m.other.typer_notation);
            w.number("PromulgationAmount", m.other.copies);
            w.number("PageAmount", m.other.pages);
            w.some("Direction", m.other.direction);
            if (!m.other.appendixes.empty())
                w.element("Appendixes", [&] {
                    for (const auto& a : m.other.appendixes) w.text("Appendix", a);
                });
        });
        for (const auto& r : m.response_for) response_for(w, r);
        w.number("SteeringType", m.steering);
    });
}

void flag(Writer& w, std::string_view name, const std::optional<bool>& value) {
    if (value) w.text(name, *value ? "1" : "0");
}

void business(Writer& w, const BusinessMessage& m) {
    w.element("Bussiness", [&] {
        w.text("BussinessDocType", std::to_string(static_cast<int>(m.business)));
        w.some("BussinessDocReason", m.reason);
        flag(w, "Paper", m.paper);
        w.some("DocumentId", m.of_document);
        if (m.change)
            w.element("BussinessDocumentInfo", [&] {
                flag(w, "DocumentInfo", m.change->of_content);
                flag(w, "DocumentReceiver", m.change->of_receivers);
                if (!m.change->receivers.empty())
                    w.element("ReceiverList", [&] {
                        for (const auto& r : m.change->receivers)
                            w.element("Receiver", [&] {
                                w.text("OrganId", r.organ_id);
                                w.text("ReceiverType", r.added ? "1" : "0");
                            });
                    });
            });
        if (!m.replaced.empty())
            w.element("ReplacementInfoList", [&] {
                for (const auto& r : m.replaced)
                    w.element("ReplacementInfo", [&] {
                        w.text("DocumentId", r.document_id);
                        if (!r.organ_ids.empty())
                            w.element("OrganIdList", [&] {
                                for (const auto& id : r.organ_ids) w.text("OrganId", id);
                            });
                    });
            });
        staff(w, m.staff);
    });
}

void trace(Writer& w, const BusinessMessage& m) {
    w.element(
        "TraceHeaderList",
        [&] {
            for (const auto& t : m.trace)
                w.element("TraceHeader", [&] {
                    w.text("OrganId", t.organ_id);
                    w.text("Timestamp", edxml_time(t.at));
                });
            business(w, m);
        },
        R"( version="1.0")");
}

void manifest(Writer& w, const BusinessMessage& m) {
    w.element("edXMLBody", [&] {
        w.element(
            "edXMLManifest",
            [&] {
                for (const auto& a : m.attachments)
                    w.element("Reference", [&] {
                        w.text("ContentId", "cid:" + a.content_id);
                        w.text("ContentType", a.content_type);
                        w.some("Description", a.description);
                        w.text("AttachmentName", a.name);
                    });
            },
            R"( version="1.0")");
    });
}

Result<void> attachments(Writer& w, const BusinessMessage& m) {
    if (m.attachments.empty()) return Nothing{};
    std::vector<std::string> packed;
    for (const auto& a : m.attachments) {
        TRY(auto zip, pack_file(a.name, a.bytes));
        packed.push_back(encode_base64_lines(zip));
    }
    w.prefix("");
    w.element("AttachmentEncoded", [&] {
        for (size_t i = 0; i < m.attachments.size(); ++i) {
            const auto& a = m.attachments[i];
            w.element("Attachment", [&] {
                w.text("ContentId", a.content_id);
                w.text("AttachmentName", a.name);
                w.text("ContentType", a.content_type);
                w.text("ContentTransferEncoded", packed[i]);
            });
        }
    });
    return Nothing{};
}

void status(Writer& w, const StatusMessage& m) {
    w.element("Status", [&] {
        response_for(w, m.response_for);
        organisation(w, "From", m.from);
        w.text("StatusCode", m.code);
        w.some("Description", m.description);
        w.text("Timestamp", edxml_time(m.at));
        staff(w, m.staff);
    });
}

}  // namespace

Result<std::string> write_edxml(const Message& message, const Profile& profile) {
    if (auto wrong = objections(message, profile); !wrong.empty()) return std::move(wrong.front());
    Writer w("");
    w.out() = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<edXML xmlns=\"{0}\" xmlns:edXML=\"{0}\">",
                          xml::edxml);
    w.prefix("edXML:");
    const auto* document = std::get_if<BusinessMessage>(&message);
    w.element("edXMLEnvelope", [&] {
        w.element("edXMLHeader", [&] {
            if (!document) return status(w, std::get<StatusMessage>(message));
            message_header(w, *document);
            trace(w, *document);
        });
        if (document) manifest(w, *document);
    });
    if (document) TRY_VOID(attachments(w, *document));
    w.out() += "</edXML>\n";
    if (!w.sayable())
        return Error{
            ErrorKind::invalid, "edxml.character",
            "Nội dung có ký tự điều khiển hoặc không phải UTF-8, không ghi được vào edXML. Xóa ký tự lạ rồi gửi.",
            "There are control characters, or text that is not UTF-8, which edXML cannot hold. Remove them."};
    return std::move(w.out());
}

}  // namespace hl::documents
