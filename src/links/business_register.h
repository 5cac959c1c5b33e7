// A business looked up by its code in the register of businesses, through the gateway of the data-sharing platform. The
// answer is taken as it is or refused: a code that differs or a missing name is an error, never mended. Blocking; any
// thread.
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hl::links {

/// Where the register is asked and where in its answer things stand (JSON pointers, RFC 6901). The defaults are the
/// members that the register's own service is known to use.
struct BusinessSource {
    std::string url;     // "http://127.0.0.1:8180/r1/QUANGTRI/GOV/H50.5/DKKD/doanh-nghiep?ma_so={code}"
    std::string client;  // X-Road-Client: the subsystem that asks
    std::string ca_file;
    std::chrono::milliseconds timeout{10'000};
    std::string code_at = "/GetEntCert/0/MaSoDoanhNghiep";
    std::string name_at = "/GetEntCert/0/TenTiengViet";
    std::string status_at = "/GetEntCert/0/TinhTrangPhapLy/0/TinhTrangPhapLy";
    std::string address_at = "/GetEntCert/0/DiaChiTruSo/0/DiaChi/0/DiaChi";
};

struct Business {
    std::string code;
    std::string name;
    std::optional<std::string> status;   // in the register's words; absent: it did not say
    std::optional<std::string> address;  // the same
    std::string message_id;              // X-Road-Id: under which both gateways' logs hold the exchange
};

/// "0100109106" or, of a dependent unit, "0100109106-001"; blanks and dots are taken out. Error: business.code.
[[nodiscard]] Result<std::string> business_code(std::string_view typed);

/// `user`: who asks, as the message log records it (an account, no name). Errors: business.code, business.not_found,
/// business.mismatch, business.incomplete, business.unavailable (with what the gateway said), business.unreadable.
[[nodiscard]] Result<Business> look_up(const BusinessSource& source, std::string_view code, std::string_view user);

}  // namespace hl::links
