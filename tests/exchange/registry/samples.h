// A small instance for the tests: two members with subsystems, their gateways, services and rights.
#pragma once
#include "exchange/registry/configuration.h"

namespace hl::exchange::sample {

inline const ClientId one_stop{"QUANGTRI", "GOV", "H50", "MOT-CUA"};
inline const ClientId register_of_firms{"QUANGTRI", "GOV", "H50.12", "DKKD"};
inline const ServiceId firms{register_of_firms, "doanh-nghiep", {}};
inline const ServiceId old_firms{register_of_firms, "TraCuu", "v1"};
inline const ServerId gateway_one{"QUANGTRI", "GOV", "H50", "CONG-1"};
inline const ServerId gateway_two{"QUANGTRI", "GOV", "H50.12", "CONG-1"};
inline const Instant issued = at_local(Date{std::chrono::year{2026}, std::chrono::month{11}, std::chrono::day{23}}, 9);

inline Date day(int y, unsigned m, unsigned d) {
    return Date{std::chrono::year{y}, std::chrono::month{m}, std::chrono::day{d}};
}

inline Configuration configuration() {
    Configuration c;
    c.number = 7;
    c.instance = "QUANGTRI";
    c.issued = issued;
    c.expires = issued + std::chrono::minutes{10};
    c.classes = {{"GOV", "Cơ quan nhà nước"}};
    c.members = {{one_stop.member(), "Ủy ban nhân dân tỉnh Quảng Trị", {std::string(64, 'a')}},
                 {one_stop, "Một cửa điện tử", {}},
                 {register_of_firms.member(), "Sở Tài chính", {std::string(64, 'b'), std::string(64, 'c')}},
                 {register_of_firms, "Đăng ký kinh doanh", {}}};
    c.servers = {{gateway_one, "127.0.0.1:5500", {std::string(64, '1')}, {one_stop}, false, {}},
                 {gateway_two, "cong.example:5500", {std::string(64, '2')}, {register_of_firms}, false, {}}};
    c.services = {{firms, ServiceType::openapi3, "Tra cứu doanh nghiệp", {{"GET", "/firms/*"}}, {}, true, {}},
                  {old_firms, ServiceType::soap, "", {}, {gateway_two}, false, "Bảo trì đến 01/12"}};
    c.rights = {{"r1", one_stop, {}, firms, {"GET", "/firms/*"}, day(2026, 11, 1), day(2026, 11, 30), "QĐ 1, Điều 2"},
                {"r2", {}, "one-stops", old_firms, {"*", "**"}, day(2026, 1, 1), std::nullopt, "QĐ 2, Điều 1"}};
    c.groups = {{"one-stops", {one_stop}}};
    c.group_titles = {{"one-stops", "Các bộ phận một cửa"}};
    c.authorities = {{"CA thử nghiệm", "der-ca", {"der-inner"}, true, false, {"http://127.0.0.1/ocsp"}, {"der-ocsp"}}};
    c.time_stampers = {{"TSA thử nghiệm", "der-tsa", "http://127.0.0.1/tsa"}};
    return c;
}

}  // namespace hl::exchange::sample
