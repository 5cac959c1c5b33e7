#include "payment_wire.h"

#include <openssl/sha.h>

#include <boost/asio.hpp>
#include <boost/beast.hpp>
#include <chrono>
#include <ctime>

namespace sim::payment_wire {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;

const std::vector<std::string> order_init{
    "LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "SoTien",           "LoaiHinhThanhToan", "MaKenhThanhToan",
    "MaThietBi",  "NgonNgu",  "MaTienTe", "MaNganHang",  "ThongTinGiaoDich", "ThoiGianGD",        "Ip"};
const std::vector<std::string> order_query{"LoaiBanTin", "PhienBan", "MaDoiTac", "MaThamChieu", "ThoiGianGD"};
const std::vector<std::string> order_confirm{"LoaiBanTin", "MaLoi",           "MaDoiTac",   "MaThamChieu",
                                             "SoTien",     "MaTienTe",        "MaGiaoDich", "MaNganHang",
                                             "ThoiGianGD", "ThongTinGiaoDich"};

namespace {

bool is_number(const std::string& s, size_t length = 0) {
    if (s.empty() || (length != 0 && s.size() != length)) return false;
    return std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; });
}

int64_t sum_of(const json::object& bill, std::string_view list) {
    const auto* items = bill.if_contains(list);
    if (!items || !items->is_array() || items->get_array().empty()) return -1;
    int64_t sum = 0;
    for (const auto& i : items->get_array()) {
        if (!i.is_object() || !is_number(member(i.get_object(), "SoTien"))) return -1;
        sum += std::stoll(member(i.get_object(), "SoTien"));
    }
    return sum;
}

}  // namespace

std::string member(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    if (!v) return {};
    if (v->is_string()) return std::string{v->get_string()};
    if (v->is_int64()) return std::to_string(v->get_int64());
    return {};
}

std::string digest(const std::string& text) {
    unsigned char hash[SHA256_DIGEST_LENGTH];
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), hash);
    std::string out;
    constexpr char hex[] = "0123456789abcdef";
    for (const unsigned char c : hash) out += hex[c >> 4], out += hex[c & 15];
    return out;
}

std::string hash_of(const json::object& o, const std::vector<std::string>& order, const std::string& secret) {
    std::string all;
    for (const auto& name : order) all += member(o, name) + "|";
    return digest(all + secret);
}

bool is_time(const std::string& s) {
    if (!is_number(s, 14)) return false;
    const auto at = [&](size_t from) { return std::stoi(s.substr(from, 2)); };
    return at(4) >= 1 && at(4) <= 12 && at(6) >= 1 && at(6) <= 31 && at(8) <= 23 && at(10) <= 59 && at(12) <= 59;
}

std::string time_now() {
    const auto seconds = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + std::chrono::hours{7});
    std::tm t{};
    gmtime_r(&seconds, &t);
    char out[32];
    std::strftime(out, sizeof out, "%Y%m%d%H%M%S", &t);
    return out;
}

std::string wrong_bill(const json::object& o) {
    const auto* given = o.if_contains("ThongTinBienLai");
    if (!given || !given->is_object()) return "ThongTinBienLai";
    const auto& b = given->get_object();
    for (const char* name :
         {"MaDichVu", "MaDVC", "TenDVC", "MaTTHC", "TenTTHC", "MaDonVi", "TenDonVi", "MaHoSo", "TKThuHuong",
          "MaNHThuHuong", "TenTKThuHuong", "HoTenNguoiNop", "SoCMNDNguoiNop", "NoiDungThanhToan"})
        if (member(b, name).empty()) return name;
    const auto payer = member(b, "SoCMNDNguoiNop");
    if (payer.find_first_not_of('0') == std::string::npos) return "SoCMNDNguoiNop";
    if (member(b, "MaDVC") != member(b, "MaTTHC") + ".01") return "MaDVC";
    const auto amount = member(o, "SoTien");
    if (!is_number(amount) || amount == "0") return "SoTien";
    if (sum_of(b, "PhiLePhi") != std::stoll(amount)) return "PhiLePhi";
    if (sum_of(b, "DSKhoanNop") != std::stoll(amount)) return "DSKhoanNop";
    return {};
}

std::pair<int, std::string> post(const std::string& url, const std::string& body) {
    if (!url.starts_with("http://")) throw std::runtime_error("the option callback is no http:// address");
    const auto rest = url.substr(7);
    const auto slash = rest.find('/');
    const auto authority = rest.substr(0, slash);
    const auto colon = authority.rfind(':');
    const auto host = authority.substr(0, colon);
    asio::io_context io;
    beast::tcp_stream stream(io);
    stream.expires_after(std::chrono::seconds{20});
    stream.connect(
        asio::ip::tcp::resolver(io).resolve(host, colon == std::string::npos ? "80" : authority.substr(colon + 1)));
    http::request<http::string_body> request{http::verb::post, slash == std::string::npos ? "/" : rest.substr(slash),
                                             11};
    request.set(http::field::host, authority);
    request.set(http::field::content_type, "application/json");
    request.body() = body;
    request.prepare_payload();
    http::write(stream, request);
    beast::flat_buffer buffer;
    http::response<http::string_body> response;
    http::read(stream, buffer, response);
    return {static_cast<int>(response.result_int()), response.body()};
}

}  // namespace sim::payment_wire
