#include "exchange/protocol/soap_message.h"

#include "exchange/protocol/percent.h"
#include "exchange/protocol/soap_names.h"
#include "exchange/protocol/xml.h"

namespace hl::exchange {

namespace {

Error soap_error(std::string_view code, std::string_view vi, std::string en) {
    return {ErrorKind::malformed, fmt::format("exchange.{}", code), std::string(vi), std::move(en)};
}
Error invalid_soap(std::string_view why) {
    return soap_error("invalid_soap",
                      "Thông điệp SOAP không đúng SOAP 1.1 của X-Road. Kiểm tra Envelope, Header, Body.",
                      fmt::format("Malformed SOAP message: {}. Check its envelope, header and body.", why));
}
Error missing_field(std::string_view field) {
    return soap_error("missing_header_field",
                      "Thiếu một trường bắt buộc trong SOAP Header. Thêm trường đó rồi gửi lại.",
                      fmt::format("Required field '{}' is missing. Add it to the SOAP header.", field));
}
Error duplicate_field(std::string_view field) {
    return soap_error("duplicate_header_field", "Một trường của SOAP Header có hai lần. Chỉ để một lần.",
                      fmt::format("SOAP header contains duplicate field '{}'. Send it once.", field));
}

/// The identifier inside a header field, as its children come.
struct Identifier {
    std::string type, instance, member_class, member_code, subsystem, service, version, server;
};

// One pass over the events: the depth and the field of the header one is in say what a piece of text means.
class SoapReader final : public xml::Events {
  public:
    explicit SoapReader(SoapMessage& message) : out_(message) {}

    Result<void> start(std::string_view name_space, std::string_view name,
                       const std::vector<xml::Attribute>& attributes) override {
        ++depth_;
        if (depth_ == 1) {
            if (name_space != ns::soap || name != "Envelope") return invalid_soap("the root is no SOAP 1.1 Envelope");
        } else if (depth_ == 2) {
            if (name_space == ns::soap && name == "Header") {
                if (header_seen_ || body_seen_) return invalid_soap("a second Header, or one behind the Body");
                header_seen_ = in_header_ = true;
            } else if (name_space == ns::soap && name == "Body") {
                if (body_seen_) return invalid_soap("a second Body");
                body_seen_ = in_body_ = true;
            }
        } else if (depth_ == 3 && in_body_) {
            if (++body_children_ > 1) return invalid_soap("the Body must have one child element");
            out_.body = name;
            out_.fault = name_space == ns::soap && name == "Fault";
        } else if (in_header_) {
            return start_in_header(name_space, name, attributes);
        }
        return {};
    }

    void text(std::string_view piece) override {
        if (reading_) text_ += piece;
    }

    Result<void> end() override {
        if (in_header_ && depth_ == 4) end_part();
        if (in_header_ && depth_ == 3 && field_ != Field::none) TRY_VOID(end_field());
        if (depth_ == 2) in_header_ = in_body_ = false;
        --depth_;
        return {};
    }

    Result<void> finish() {
        if (!body_seen_ || body_children_ == 0)
            return soap_error("missing_body", "Thông điệp SOAP không có nội dung trong Body. Thêm phần tử của dịch vụ.",
                              "Malformed SOAP message: body missing. Put the service's element into the SOAP body.");
        // A fault made before the headers were known has none (PR-MESS 2.5).
        if (out_.fault && !header_seen_) return {};
        if (!header_seen_)
            return soap_error("missing_header",
                              "Thông điệp SOAP thiếu Header. Thêm các trường client, service, id, protocolVersion.",
                              "Malformed SOAP message: header missing. Add client, service, id and protocolVersion.");
        if (out_.fault && seen_ == 0) return {};
        const auto& h = out_.header;
        if (!has(Field::client)) return missing_field("client");
        // PR-MESS 2.2 leaves the service out of some messages; every call that X-Road passes on has one.
        if (!has(Field::service)) return missing_field("service");
        if (h.id.empty()) return missing_field("id");
        if (!has(Field::protocol_version)) return missing_field("protocolVersion");
        // "4.0" says PR-MESS 2.2; X-Road accepts every 4.x, as the same section says of minor versions.
        if (!h.protocol_version.starts_with("4."))
            return soap_error("invalid_protocol_version", "protocolVersion phải là 4.0.",
                              fmt::format("Invalid protocol version (supported: 4.x, provided: {}). Send 4.0.",
                                          h.protocol_version.substr(0, 20)));
        if (!out_.fault && out_.body != h.service.code && out_.body != h.service.code + "Response")
            return soap_error("inconsistent_headers", "Phần tử trong Body phải có tên là serviceCode.",
                              fmt::format("Malformed SOAP message: service code does not match in header and body "
                                          "('{}' and '{}'). The body's element is named after the service.",
                                          h.service.code, out_.body));
        return {};
    }

  private:
    enum class Field {
        none,
        client,
        service,
        id,
        user_id,
        issue,
        protocol_version,
        request_hash,
        security_server,
        represented_party,
        security_token
    };
    struct Name {
        std::string_view name_space, name;
        Field field;
        bool composed;
    };
    static constexpr Name names_[] = {
        {ns::xroad, "client", Field::client, true},
        {ns::xroad, "service", Field::service, true},
        {ns::xroad, "id", Field::id, false},
        {ns::xroad, "userId", Field::user_id, false},
        {ns::xroad, "issue", Field::issue, false},
        {ns::xroad, "protocolVersion", Field::protocol_version, false},
        {ns::xroad, "requestHash", Field::request_hash, false},
        {ns::xroad, "securityServer", Field::security_server, true},
        {ns::representation, "representedParty", Field::represented_party, true},
        {ns::security_token, "securityToken", Field::security_token, false},
    };

    [[nodiscard]] bool has(Field f) const { return (seen_ & (1u << static_cast<unsigned>(f))) != 0; }

    Result<void> start_in_header(std::string_view name_space, std::string_view name,
                                 const std::vector<xml::Attribute>& attributes) {
        if (depth_ == 3) {
            for (const auto& n : names_) {
                if (n.name != name || n.name_space != name_space) continue;
                if (has(n.field)) return duplicate_field(name);
                seen_ |= 1u << static_cast<unsigned>(n.field);
                field_ = n.field;
                composed_ = n.composed;
                reading_ = !composed_;
                text_.clear();
                id_ = {};
                for (const auto& a : attributes)
                    if (a.name == "objectType" && a.name_space == ns::identifiers) id_.type = a.value;
                return {};
            }
            return {};  // another extension's header: not ours to read
        }
        if (field_ == Field::none) return {};
        if (!composed_) return invalid_soap("an element inside a header field that holds text");
        if (depth_ > 4) return invalid_soap("an element inside an identifier's part");
        part_ = nullptr;
        if (name_space == ns::identifiers) {
            const std::pair<std::string_view, std::string*> parts[] = {
                {"xRoadInstance", &id_.instance},  {"memberClass", &id_.member_class}, {"memberCode", &id_.member_code},
                {"subsystemCode", &id_.subsystem}, {"serviceCode", &id_.service},      {"serviceVersion", &id_.version},
                {"serverCode", &id_.server}};
            for (const auto& [known, place] : parts)
                if (known == name) part_ = place;
        } else if (field_ == Field::represented_party && name_space == ns::representation) {
            if (name == "partyClass") part_ = &id_.member_class;
            if (name == "partyCode") part_ = &id_.member_code;
        }
        if (part_ && !part_->empty()) return duplicate_field(name);
        reading_ = part_ != nullptr;
        text_.clear();
        return {};
    }

    void end_part() {
        if (part_ && composed_) *part_ = text_;
        part_ = nullptr;
        if (composed_) reading_ = false;
    }

    Result<void> end_field() {
        auto& h = out_.header;
        const Field field = std::exchange(field_, Field::none);
        reading_ = false;
        switch (field) {
            case Field::client:
                return end_client();
            case Field::service:
                if (id_.type != "SERVICE") return invalid_soap("the service's objectType must be SERVICE");
                TRY_VOID(check_parts({&id_.instance, &id_.member_class, &id_.member_code, &id_.service},
                                     {&id_.subsystem, &id_.version}));
                h.service = {
                    {id_.instance, id_.member_class, id_.member_code, id_.subsystem}, id_.service, id_.version};
                return {};
            case Field::security_server:
                if (id_.type != "SERVER") return invalid_soap("the securityServer's objectType must be SERVER");
                TRY_VOID(check_parts({&id_.instance, &id_.member_class, &id_.member_code, &id_.server}, {}));
                h.security_server = ServerId{id_.instance, id_.member_class, id_.member_code, id_.server};
                return {};
            case Field::represented_party:
                TRY_VOID(check_parts({&id_.member_code}, {&id_.member_class}));
                h.represented_party =
                    id_.member_class.empty() ? id_.member_code : id_.member_class + "/" + id_.member_code;
                return {};
            case Field::request_hash:  // base64, which may be folded
                std::erase_if(text_, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
                h.request_hash = text_;
                return {};
            case Field::id:
                h.id = text_;
                return {};
            case Field::user_id:
                h.user_id = text_;
                return {};
            case Field::issue:
                h.issue = text_;
                return {};
            case Field::protocol_version:
                h.protocol_version = text_;
                return {};
            case Field::security_token:
                h.security_token = text_;
                return {};
            case Field::none:
                return {};
        }
        return {};
    }

    Result<void> end_client() {
        const bool subsystem = id_.type == "SUBSYSTEM";
        if (!subsystem && id_.type != "MEMBER")
            return invalid_soap("the client's objectType must be MEMBER or SUBSYSTEM");
        // X-Road drops the subsystem of a MEMBER silently. Two readers of the log would then see two clients: refused.
        if (!subsystem && !id_.subsystem.empty()) return invalid_soap("a client of type MEMBER has a subsystemCode");
        TRY_VOID(check_parts({&id_.instance, &id_.member_class, &id_.member_code}, {&id_.subsystem}));
        if (subsystem && id_.subsystem.empty()) return missing_field("subsystemCode");
        out_.header.client = {id_.instance, id_.member_class, id_.member_code, id_.subsystem};
        return {};
    }

    static Result<void> check_parts(std::initializer_list<const std::string*> required,
                                    std::initializer_list<const std::string*> optional) {
        const auto bad = [](const std::string& part) { return part.size() > 255 || has_control_characters(part); };
        for (const auto* part : required) {
            if (part->empty()) return invalid_soap("an identifier lacks a part");
            if (bad(*part)) return invalid_soap("an identifier with control characters or a part that is too long");
        }
        for (const auto* part : optional)
            if (bad(*part)) return invalid_soap("an identifier with control characters or a part that is too long");
        return {};
    }

    SoapMessage& out_;
    int depth_ = 0, body_children_ = 0;
    bool header_seen_ = false, body_seen_ = false, in_header_ = false, in_body_ = false;
    bool reading_ = false, composed_ = false;
    Field field_ = Field::none;
    unsigned seen_ = 0;
    Identifier id_;
    std::string* part_ = nullptr;
    std::string text_;
};

/// Does `prefix` mean `name_space` in a header field, by the declarations on it and on the two elements around it?
bool means(std::string_view document, std::string_view prefix, std::string_view name_space,
           std::initializer_list<const xml::Tag*> inner_to_outer) {
    const std::string declaration = prefix.empty() ? "xmlns" : fmt::format("xmlns:{}", prefix);
    for (const auto* tag : inner_to_outer)
        if (const auto at = xml::attribute_of(document, *tag, declaration))
            return document.substr(at->first, at->second - at->first) == name_space;
    return false;
}

}  // namespace

Result<SoapMessage> parse_soap(std::string document, std::string_view content_type) {
    SoapMessage out;
    out.charset = xml::charset_of(content_type);
    // PR-MESS 2.6: the mark may be removed; X-Road removes it, so signature and hash are over the bytes without it.
    if (const auto marked = document.size() - xml::without_mark(document).size(); marked > 0) document.erase(0, marked);
    SoapReader reader(out);
    TRY_VOID(xml::read(document, out.charset, reader));
    TRY_VOID(reader.finish());
    out.xml = std::move(document);
    return out;
}

Result<void> check_response(const SoapMessage& request, const SoapMessage& response) {
    const auto inconsistent = [](std::string_view what) {
        return Error{
            ErrorKind::malformed, "exchange.inconsistent_response",
            "Câu trả lời của dịch vụ không lặp lại các trường của yêu cầu. Bên cung cấp phải chép nguyên các trường.",
            fmt::format("Response message is inconsistent with the request message ({} differs). The service "
                        "must copy the request's header fields.",
                        what)};
    };
    if (response.fault && response.header.client.instance.empty()) return {};  // a fault without headers
    const auto &a = request.header, &b = response.header;
    if (a.client != b.client) return inconsistent("client");
    if (a.service != b.service) return inconsistent("service");
    if (a.id != b.id) return inconsistent("id");
    if (a.user_id != b.user_id) return inconsistent("userId");
    if (a.issue != b.issue) return inconsistent("issue");
    if (a.protocol_version != b.protocol_version) return inconsistent("protocolVersion");
    if (a.security_server != b.security_server) return inconsistent("securityServer");
    if (a.represented_party != b.represented_party) return inconsistent("representedParty");
    if (!response.fault && response.body != a.service.code + "Response")
        return inconsistent("the body's element, which must be named after the service with 'Response',");
    return {};
}

Result<SoapMessage> with_request_hash(const SoapMessage& response, std::string_view hash_base64) {
    const std::string_view document = response.xml;
    xml::TagWalker tags(document);
    std::optional<xml::Tag> envelope, header, field;
    std::vector<std::pair<size_t, size_t>> dropped;  // hashes the provider wrote itself
    size_t insert_at = std::string_view::npos;
    bool header_empty = false;
    while (const auto tag = tags.next()) {
        if (!envelope) {
            envelope = tag;
        } else if (!header) {
            if (tag->depth != 1) break;
            if (tag->local() != "Header") break;
            header = tag;
            insert_at = tag->end;
            if (tag->empty) {
                header_empty = true;
                break;
            }
        } else if (tag->depth == 1) {
            insert_at = tag->begin;
            break;
        } else if (tag->depth == 2) {
            if (!tag->closing) field = tag;
            const bool complete = tag->closing || tag->empty;
            if (complete && field && field->local() == "requestHash" &&
                means(document, field->prefix(), ns::xroad, {&*field, &*header, &*envelope}))
                dropped.emplace_back(field->begin, tag->end);
        }
    }
    if (!header)
        return soap_error("missing_header", "Câu trả lời không có SOAP Header nên không ghi được requestHash.",
                          "Malformed SOAP message: header missing. The service must copy the request's header.");
    const std::string element = fmt::format("<xrd:requestHash xmlns:xrd=\"{}\" algorithmId=\"{}\">{}</xrd:requestHash>",
                                            ns::xroad, ns::sha512, hash_base64);
    SoapMessage out{response.header, {}, response.body, response.fault, response.charset};
    out.header.request_hash = hash_base64;
    out.xml.reserve(document.size() + element.size() + header->name.size() + 4);
    size_t from = 0;
    if (header_empty) {
        out.xml.append(document.substr(0, header->end - 2)).append(">").append(element).append("</");
        out.xml.append(header->name).append(">").append(document.substr(header->end));
        return out;
    }
    for (const auto& [begin, end] : dropped) {
        out.xml.append(document.substr(from, begin - from));
        from = end;
    }
    out.xml.append(document.substr(from, insert_at - from)).append(element).append(document.substr(insert_at));
    return out;
}

}  // namespace hl::exchange
