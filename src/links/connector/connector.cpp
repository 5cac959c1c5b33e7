#include "links/connector/connector.h"

namespace hl::connector {

namespace {
Error cannot(std::string_view vi, std::string_view en) {
    return {ErrorKind::unsupported, "link.cannot_compare", std::string{vi}, std::string{en}};
}
}  // namespace

Result<std::optional<json::object>> Connector::look_up(Line&, const std::string&) {
    return cannot("Đối tác này không cho tra cứu theo mã nên không đối soát được.",
                  "This partner cannot be asked what it has, so there is nothing to compare with.");
}

Result<Holdings> Connector::list(Line&, const std::string&) {
    return cannot("Đối tác này không cho liệt kê dữ liệu đang có.", "This partner does not list what it has.");
}

std::string Connector::page_of(const std::string&) const {
    return {};
}

}  // namespace hl::connector
