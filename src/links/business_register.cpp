#include "links/business_register.h"

#include <boost/json.hpp>

#include "base/text.h"
#include "http/client.h"

namespace hl::links {

namespace {

namespace json = boost::json;

std::optional<std::string> text_at(const json::value& answer, const std::string& pointer) {
    if (pointer.empty()) return {};
    boost::system::error_code ec;
    const auto* found = answer.find_pointer(pointer, ec);
    if (ec || found == nullptr) return {};
    // Some registers answer the code as a number; what is neither text nor number is not there.
    if (found->is_int64()) return std::to_string(found->as_int64());
    if (!found->is_string()) return {};
    auto value = text::trim(found->as_string());
    if (value.empty()) return {};
    return value;
}

/// An empty list where the record's list belongs: the register knows nobody by that code.
bool lists_nobody(const json::value& answer, const std::string& code_at) {
    const auto list = code_at.find("/0/");
    if (list == std::string::npos) return false;
    boost::system::error_code ec;
    const auto* found = answer.find_pointer(code_at.substr(0, list), ec);
    return !ec && found != nullptr && found->is_array() && found->as_array().empty();
}

Error unavailable(std::string_view what) {
    return {ErrorKind::unavailable, "business.unavailable",
            fmt::format("Không tra cứu được cơ sở dữ liệu đăng ký kinh doanh: {}. Hãy nhập tay và đối chiếu giấy "
                        "chứng nhận, hoặc thử lại sau.",
                        what),
            fmt::format("The register of businesses cannot be asked: {}. Type it from the certificate, or try later.",
                        what)};
}

/// What the gateway says of its own failure, short enough for a line.
std::string fault_of(const http::Response& response, std::string_view type) {
    boost::system::error_code ec;
    const auto body = json::parse(response.body, ec);
    if (!ec && body.is_object())
        if (const auto* message = body.as_object().if_contains("message"); message && message->is_string())
            return fmt::format("{} ({})", std::string_view{message->as_string()}.substr(0, 300), type);
    return std::string{type};
}

}  // namespace

Result<std::string> business_code(std::string_view typed) {
    std::string digits;
    for (const char c : typed)
        if (c != ' ' && c != '.') digits += c;
    // A dependent unit's number with or without its hyphen.
    if (digits.size() == 13 && digits.find('-') == std::string::npos) digits.insert(10, "-");
    const bool dependent = digits.size() == 14 && digits[10] == '-';
    size_t count = 0;
    for (const char c : digits) count += c >= '0' && c <= '9';
    if ((digits.size() == 10 && count == 10) || (dependent && count == 13)) return digits;
    return Error{ErrorKind::invalid, "business.code",
                 "Mã số doanh nghiệp có 10 chữ số; đơn vị phụ thuộc thêm «-» và 3 chữ số. Hãy xem lại số đã nhập.",
                 "A business code has 10 digits; a dependent unit's has '-' and 3 more. Check what was typed.",
                 "/code"};
}

Result<Business> look_up(const BusinessSource& source, std::string_view typed, std::string_view user) {
    TRY(const auto code, business_code(typed));
    http::ClientRequest request;
    request.url = source.url;
    const auto place = request.url.find("{code}");
    if (place == std::string::npos) return unavailable("the setting business_register.url has no {code}");
    request.url.replace(place, 6, code);
    request.headers = {{"X-Road-Client", source.client}, {"Accept", "application/json"}};
    if (!user.empty()) request.headers.push_back({"X-Road-UserId", std::string{user}});
    request.timeout = source.timeout;
    request.ca_file = source.ca_file;
    request.max_response = 1u << 20;
    auto sent = http::send(request);
    if (!sent.ok()) return unavailable(sent.error().en);

    std::string message_id, fault;
    for (const auto& h : sent->headers) {
        if (text::fold(h.name) == "x-road-id") message_id = h.value;
        if (text::fold(h.name) == "x-road-error") fault = h.value;
    }
    if (!fault.empty()) return unavailable(fault_of(*sent, fault));
    const Error missing{ErrorKind::not_found, "business.not_found",
                        fmt::format("Không có doanh nghiệp mã số {} trong cơ sở dữ liệu đăng ký kinh doanh.", code),
                        fmt::format("The register of businesses has no {}.", code), "/code"};
    if (sent->status == 404) return missing;
    if (sent->status != 200) return unavailable(fmt::format("HTTP {}", sent->status));
    boost::system::error_code ec;
    const auto answer = json::parse(sent->body, ec);
    const auto answered = ec ? std::nullopt : text_at(answer, source.code_at);
    if (!ec && !answered && lists_nobody(answer, source.code_at)) return missing;
    if (!answered)
        return Error{ErrorKind::unavailable, "business.unreadable",
                     "Cơ sở dữ liệu đăng ký kinh doanh trả lời không đúng dạng đã khai. Hãy báo quản trị viên.",
                     "The register of businesses answered in another form than business_register.fields says. Tell the "
                     "administrator."};
    const auto same = business_code(*answered);
    if (!same.ok() || *same != code)
        return Error{ErrorKind::conflict, "business.mismatch",
                     fmt::format("Đã hỏi mã số {} nhưng nhận được mã số khác. Không dùng kết quả này.", code),
                     fmt::format("{} was asked for and another code came back. The answer is not used.", code)};
    const auto name = text_at(answer, source.name_at);
    if (!name)
        return Error{ErrorKind::conflict, "business.incomplete",
                     fmt::format("Kết quả tra cứu mã số {} không có tên doanh nghiệp. Không điền thay.", code),
                     fmt::format("The record of {} has no name. Nothing is filled in for it.", code)};
    return Business{code, *name, text_at(answer, source.status_at), text_at(answer, source.address_at), message_id};
}

}  // namespace hl::links
