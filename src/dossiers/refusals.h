// Short makers for the errors of this room. Private.
#pragma once
#include "base/result.h"

namespace hl::dossiers {

[[nodiscard]] inline Error refusal(ErrorKind kind, std::string code, std::string vi, std::string en,
                                   std::string rule = {}, std::string at = {}) {
    return {kind, std::move(code), std::move(vi), std::move(en), std::move(at), std::move(rule)};
}
[[nodiscard]] inline Error invalid(std::string code, std::string vi, std::string en, std::string at = {},
                                   std::string rule = {}) {
    return {ErrorKind::invalid, std::move(code), std::move(vi), std::move(en), std::move(at), std::move(rule)};
}
[[nodiscard]] inline Error conflict(std::string code, std::string vi, std::string en, std::string rule = {}) {
    return {ErrorKind::conflict, std::move(code), std::move(vi), std::move(en), {}, std::move(rule)};
}

/// Names of instruments, written once.
namespace law {
inline constexpr const char* reception = "Nghị định 118/2025/NĐ-CP, Điều 17";
inline constexpr const char* transfer = "Nghị định 118/2025/NĐ-CP, Điều 18";
inline constexpr const char* withdrawal = "Nghị định 118/2025/NĐ-CP, Điều 21; Thông tư 03/2025/TT-VPCP, Điều 7";
inline constexpr const char* return_of_result = "Nghị định 118/2025/NĐ-CP, Điều 22";
inline constexpr const char* fees = "Nghị định 118/2025/NĐ-CP, Điều 24";
inline constexpr const char* resolution = "Nghị định 61/2018/NĐ-CP, Điều 19";
inline constexpr const char* rating = "Thông tư 01/2018/TT-VPCP, Điều 13";
inline constexpr const char* form_03 = "Thông tư 03/2025/TT-VPCP, mẫu 03";
inline constexpr const char* form_05 = "Thông tư 03/2025/TT-VPCP, mẫu 05";
}  // namespace law

}  // namespace hl::dossiers
