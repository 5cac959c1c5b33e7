// What payments tell the ledger. Stream: "payment:REFERENCE". Codes, amounts and references; nobody's data.
//   payment.opened     {reference, dossier, code, amount, currency, items: [{id, amount}], via}
//   payment.offered    {reference}                                  the platform has a page for it
//   payment.confirmed  {reference, dossier, code, amount, transaction, bank, source}
//                      in the same transaction as dossier.paid
//   payment.failed     {reference, result}
//   payment.expired    {reference}
//   payment.held       {reference, dossier, code, problem, amount, told, transaction, source}
//   payment.second     {reference, transaction, source}             another transaction for a paid one
//   payment.stray      {reference, transaction, told, source}       signed, for a reference that is not ours
//   payment.explained  {reference, problem}
//   payment.receipt    {reference, digest}
// source: callback | query. `told`: đồng that the platform told of.
#pragma once
#include <string>
#include <string_view>

namespace hl::payment::events {

inline constexpr std::string_view opened = "payment.opened";
inline constexpr std::string_view offered = "payment.offered";
inline constexpr std::string_view confirmed = "payment.confirmed";
inline constexpr std::string_view failed = "payment.failed";
inline constexpr std::string_view expired = "payment.expired";
inline constexpr std::string_view held = "payment.held";
inline constexpr std::string_view second = "payment.second";
inline constexpr std::string_view stray = "payment.stray";
inline constexpr std::string_view explained = "payment.explained";
inline constexpr std::string_view receipt = "payment.receipt";

[[nodiscard]] inline std::string stream_of(std::string_view reference) {
    return "payment:" + std::string{reference};
}

}  // namespace hl::payment::events
