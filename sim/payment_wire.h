// The payment platform's wire: fields in the order in which they are hashed, 24-hour times, the bill that an INIT
// carries, and calling back.
#pragma once
#include "module.h"

namespace sim::payment_wire {

extern const std::vector<std::string> order_init, order_query, order_confirm;

[[nodiscard]] std::string member(const json::object& o, std::string_view name);
[[nodiscard]] std::string digest(const std::string& text);
[[nodiscard]] std::string hash_of(const json::object& o, const std::vector<std::string>& order,
                                  const std::string& secret);
/// yyyyMMddHHmmss; hours beyond 12 show that the clock has 24.
[[nodiscard]] bool is_time(const std::string& s);
[[nodiscard]] std::string time_now();
/// Empty: the bill of an INIT is complete and adds up; else the field that is wrong.
[[nodiscard]] std::string wrong_bill(const json::object& init);
/// http:// only: the demonstration's server on this machine. Throws where it cannot be reached.
[[nodiscard]] std::pair<int, std::string> post(const std::string& url, const std::string& body);

}  // namespace sim::payment_wire
