#include "base/text.h"
#include "documents/agency_code.h"
#include "documents/edxml.h"

namespace hl::documents {

namespace {

class Objections {
  public:
    explicit Objections(std::vector<Error>& out) : out_(out) {}
    void need(bool there, std::string_view at, std::string_view vi, std::string_view en) {
        if (!there)
            add("edxml.missing", at, fmt::format("Thiếu {}. Bổ sung rồi gửi.", vi),
                fmt::format("The {} is missing. Add it, then send.", en));
    }
    void add(std::string_view code, std::string_view at, std::string vi, std::string en) {
        out_.push_back(
            Error{ErrorKind::invalid, std::string{code}, std::move(vi), std::move(en)}.pointing(std::string{at}));
    }
    void organ(std::string_view id, std::string_view at) {
        if (auto read = AgencyCode::parse(id); !read.ok())
            out_.push_back(Error{std::move(read).error()}.pointing(std::string{at}));
    }
    void error(Error e, std::string_view at) { out_.push_back(std::move(e).pointing(std::string{at})); }

  private:
    std::vector<Error>& out_;
};

void by_kind(Objections& o, const BusinessMessage& m) {
    const bool refers = std::ranges::any_of(m.response_for, [](const auto& r) { return !r.document_id.empty(); });
    switch (m.business) {
        case Business::fresh:
            break;
        case Business::recall:
            o.need(refers, "/ResponseFor", "văn bản cần thu hồi (ResponseFor)", "document to recall (ResponseFor)");
            break;
        case Business::update:
            o.need(!m.of_document.empty(), "/Bussiness/DocumentId", "văn bản được cập nhật (Bussiness/DocumentId)",
                   "document to update (Bussiness/DocumentId)");
            o.need(m.change.has_value(), "/Bussiness/BussinessDocumentInfo", "nội dung cập nhật", "what is updated");
            break;
        case Business::replacement:
            o.need(!m.replaced.empty(), "/Bussiness/ReplacementInfoList", "văn bản bị thay thế", "document replaced");
            break;
    }
    if (m.business != Business::fresh)
        o.need(!m.reason.empty(), "/Bussiness/BussinessDocReason", "lý do (BussinessDocReason)",
               "reason (BussinessDocReason)");
}

void check(Objections& o, const BusinessMessage& m, const Profile& profile) {
    o.organ(m.from.organ_id, "/From/OrganId");
    o.need(!m.to.empty(), "/To", "nơi nhận", "receiver");
    for (size_t i = 0; i < m.to.size(); ++i) o.organ(m.to[i].organ_id, fmt::format("/To/{}/OrganId", i));
    o.need(!m.document_id.empty(), "/DocumentId", "mã định danh văn bản (DocumentId)", "DocumentId");
    o.need(m.code != Code{}, "/Code", "số, ký hiệu văn bản", "number and notation");
    o.need(m.promulgated.has_value(), "/PromulgationInfo", "ngày ban hành", "date of promulgation");
    o.need(!m.subject.empty(), "/Subject", "trích yếu", "subject");
    if (!profile.priority(m.other.priority))
        o.add("edxml.priority", "/OtherInfo/Priority",
              fmt::format("Mức độ khẩn {} không có trong bảng mã. Chọn một mức trong edxml.yaml.", m.other.priority),
              fmt::format("There is no priority {}. Choose one of edxml.yaml.", m.other.priority));
    for (size_t i = 0; i < m.attachments.size(); ++i) {
        const auto& a = m.attachments[i];
        const auto at = fmt::format("/attachments/{}", i);
        o.need(!a.content_id.empty() && !a.name.empty() && !a.content_type.empty(), at, "mã, tên hoặc kiểu của tệp",
               "id, name or type of the file");
        if (a.name.find_first_of("/\\") != std::string::npos || a.name == "..")
            o.add("edxml.attachment_name", at, "Tên tệp đính kèm không được chứa dấu / hoặc \\. Đổi tên tệp.",
                  "The name of an attachment may not contain / or \\. Rename the file.");
    }
    for (size_t i = 0; i < m.response_for.size(); ++i)
        o.organ(m.response_for[i].organ_id, fmt::format("/ResponseFor/{}/OrganId", i));
    by_kind(o, m);
}

void check(Objections& o, const StatusMessage& m, const Profile& profile) {
    o.organ(m.from.organ_id, "/From/OrganId");
    o.organ(m.response_for.organ_id, "/ResponseFor/OrganId");
    o.need(!m.response_for.document_id.empty(), "/ResponseFor/DocumentId", "mã định danh văn bản (DocumentId)",
           "DocumentId");
    o.need(m.at != Instant{}, "/Timestamp", "thời điểm của trạng thái", "time of the status");
    if (auto known = profile.status(m.code); !known.ok()) o.error(std::move(known).error(), "/StatusCode");
}

}  // namespace

std::vector<Error> objections(const Message& message, const Profile& profile) {
    std::vector<Error> out;
    Objections o(out);
    std::visit([&](const auto& m) { check(o, m, profile); }, message);
    return out;
}

}  // namespace hl::documents
