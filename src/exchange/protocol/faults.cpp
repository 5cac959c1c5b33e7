#include "exchange/protocol/faults.h"

#include <charconv>

#include "base/json.h"
#include "exchange/protocol/content_type.h"
#include "exchange/protocol/fault_names.h"
#include "exchange/protocol/xml.h"
#include "http/parse.h"

namespace hl::exchange {

namespace {

struct Word {
    std::string_view camel_case, snake_case;
};
// The parts of the prefixes; the codes themselves are fault_names().
constexpr Word words[] = {{"Client", "client"},
                          {"Server", "server"},
                          {"ClientProxy", "clientproxy"},
                          {"ServerProxy", "serverproxy"},
                          {"Signer", "signer"}};

/// Equal but for case and underscores.
bool same(std::string_view a, std::string_view b) {
    size_t i = 0, j = 0;
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    for (;; ++i, ++j) {
        while (i < a.size() && a[i] == '_') ++i;
        while (j < b.size() && b[j] == '_') ++j;
        if (i == a.size() || j == b.size()) return i == a.size() && j == b.size();
        if (lower(a[i]) != lower(b[j])) return false;
    }
}

/// One part of a code in the asked spelling; as it is when X-Road has no name for it in that spelling.
std::string_view respell(std::string_view part, Dialect dialect) {
    for (const auto& w : words)
        if (same(part, w.camel_case)) return dialect == Dialect::camel_case ? w.camel_case : w.snake_case;
    for (const auto& n : fault_names()) {
        const bool known =
            (!n.camel_case.empty() && same(part, n.camel_case)) || (!n.snake_case.empty() && same(part, n.snake_case));
        const auto name = dialect == Dialect::camel_case ? n.camel_case : n.snake_case;
        if (known && !name.empty()) return name;
    }
    return part;
}

std::string respell_all(std::string_view code, Dialect dialect) {
    std::string out;
    for (;;) {
        const auto dot = code.find('.');
        out += respell(code.substr(0, dot), dialect);
        if (dot == std::string_view::npos) return out;
        out += '.';
        code.remove_prefix(dot + 1);
    }
}

enum class Form { json, application_xml, text_xml };

/// What RestProxyTest.shouldRespectAcceptHeaderInErrorResponse asserts: the most wanted type that is known, JSON when
/// none is.
Form wanted_form(std::string_view accept) {
    Form best = Form::json;
    double best_quality = 0;
    for (size_t at = 0; at < accept.size();) {
        const auto comma = std::min(accept.find(',', at), accept.size());
        const auto item = accept.substr(at, comma - at);
        at = comma + 1;
        const auto type = media_type(item);
        std::optional<Form> form;
        if (type == "text/xml" || type == "text/*") form = Form::text_xml;
        if (type == "application/xml") form = Form::application_xml;
        if (type == "application/json" || type == "*/*" || type == "application/*") form = Form::json;
        if (!form) continue;
        double quality = 1;
        if (const auto q = content_type_parameter(item, "q"); !q.empty()) {
            const auto [end, problem] = std::from_chars(q.data(), q.data() + q.size(), quality);
            if (problem != std::errc{} || end != q.data() + q.size()) quality = 0;
        }
        if (quality > best_quality) {
            best_quality = quality;
            best = *form;
        }
    }
    return best;
}

}  // namespace

std::string spell(std::string_view code, Dialect dialect) {
    return respell_all(code, dialect);
}

std::string canonical_code(std::string_view code) {
    return respell_all(code, Dialect::snake_case);
}

FaultBody rest_fault(const Fault& fault, std::string_view accept, Dialect dialect) {
    FaultBody out;
    const auto type = spell(fault.code, dialect);
    // A fault of a provider's server may carry any bytes in its code; a header carries only some.
    for (const char c : type)
        if (c > ' ' && c < 0x7F) out.error_header += c;
    // PR-REST 4.6 wants 400 for a client's mistake (and "Client.BadRequest" for a missing X-Road-Client); X-Road looks
    // only at how the code begins, and its own gateway's codes begin with "server." (RestProxyTest).
    out.status = http::equal_ignoring_case(std::string_view(type).substr(0, 7), "server.") ? 500 : 400;
    const auto form = wanted_form(accept);
    if (form == Form::json) {
        out.content_type = "application/json";
        json::object body;
        body["type"] = type;
        body["message"] = fault.text;
        body["detail"] = fault.detail;
        out.body = json::serialize(body);
        return out;
    }
    out.content_type = form == Form::text_xml ? "text/xml;charset=utf-8" : "application/xml;charset=utf-8";
    out.body = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><error><type>";
    xml::append_escaped(out.body, type);
    out.body += "</type><message>";
    xml::append_escaped(out.body, fault.text);
    out.body += "</message><detail>";
    xml::append_escaped(out.body, fault.detail);
    out.body += "</detail></error>";
    return out;
}

FaultBody soap_fault(const Fault& fault, Dialect dialect) {
    FaultBody out;
    // X-Road answers SOAP faults with 200, though SOAP 1.1 section 6.2 says 500: clients in the field expect it.
    out.status = 200;
    out.content_type = "text/xml;charset=utf-8";
    auto& b = out.body;
    b.reserve(500 + fault.text.size());
    b += "<?xml version=\"1.0\" encoding=\"UTF-8\"?><SOAP-ENV:Envelope "
         "xmlns:SOAP-ENV=\"http://schemas.xmlsoap.org/soap/envelope/\"><SOAP-ENV:Body><SOAP-ENV:Fault><faultcode>";
    xml::append_escaped(b, spell(fault.code, dialect));
    b += "</faultcode><faultstring>";
    xml::append_escaped(b, fault.text);
    b += "</faultstring><detail><faultDetail xmlns=\"\">";
    xml::append_escaped(b, fault.detail);
    b += "</faultDetail></detail></SOAP-ENV:Fault></SOAP-ENV:Body></SOAP-ENV:Envelope>";
    return out;
}

namespace {

class FaultReader final : public xml::Events {
  public:
    Result<void> start(std::string_view name_space, std::string_view name,
                       const std::vector<xml::Attribute>&) override {
        path_.emplace_back(name);
        text_.clear();
        if (path_.size() == 3 && name == "Fault" && path_[0] == "Envelope" && path_[1] == "Body" &&
            name_space == "http://schemas.xmlsoap.org/soap/envelope/")
            found = true;
        return {};
    }
    void text(std::string_view piece) override { text_ += piece; }
    Result<void> end() override {
        if (found && path_.size() >= 4 && path_[2] == "Fault") {
            if (path_.size() == 4 && path_[3] == "faultcode") code = text_;
            if (path_.size() == 4 && path_[3] == "faultstring") string = text_;
            if (path_.size() == 5 && path_[3] == "detail" && path_[4] == "faultDetail") detail = text_;
        }
        path_.pop_back();
        text_.clear();
        return {};
    }
    bool found = false;
    std::string code, string, detail;

  private:
    std::vector<std::string> path_;
    std::string text_;
};

}  // namespace

Result<Fault> parse_soap_fault(std::string_view document) {
    FaultReader reader;
    TRY_VOID(xml::read(document, "utf-8", reader));
    std::string_view code = trimmed(reader.code);
    if (!reader.found || code.empty())
        return Error{ErrorKind::malformed, "exchange.invalid_soap",
                     "Câu trả lời không phải là SOAP Fault. Người quản trị máy chủ bên kia cần kiểm tra.",
                     "The answer is no SOAP fault. The other server's administrator must look at it."};
    if (const auto colon = code.find(':'); colon != std::string_view::npos) code.remove_prefix(colon + 1);
    return Fault{canonical_code(code), reader.string, reader.detail, true};
}

}  // namespace hl::exchange
