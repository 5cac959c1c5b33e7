#include "exchange/gateway/faults_of.h"

#include "exchange/protocol/fault_texts.h"

namespace hl::exchange::gateway {

namespace {

constexpr std::string_view carried_mark = "X-Road";  // no legal rule is behind a fault: the field is free

struct Meaning {
    std::string_view error, code;
};
constexpr Meaning meanings[] = {
    {"exchange.invalid_signature", "signature_verification.invalid_signature_value"},
    {"exchange.malformed_signature", "signature_verification.malformed_signature"},
    {"exchange.hash_chain", "signature_verification.invalid_hash_chain_ref"},
    {"exchange.malformed_hash_chain", "signature_verification.malformed_hash_chain"},
    {"exchange.certificate", "signature_verification.cert_validation"},
    {"exchange.chain", "signature_verification.cert_validation"},
    {"exchange.ocsp", "signature_verification.incorrect_validation_info"},
    {"exchange.token_not_available", "token_not_available"},
    {"exchange.cannot_sign", "cannot_sign"},
    {"exchange.configuration_missing", "global_conf_outdated"},
    {"exchange.configuration_expired", "global_conf_outdated"},
    {"exchange.connection", "network_error"},
    {"exchange.timeout", "network_error"},
    {"exchange.tls_handshake", "ssl_authentication_failed"},
    {"exchange.unknown_host", "unknown_host"},
    {"exchange.closed", "network_error"},
    {"exchange.http", "http_error"},
    {"exchange.path", "bad_request"},
};

}  // namespace

Error carried(Fault fault) {
    return {ErrorKind::internal,   std::move(fault.code),   {},
            std::move(fault.text), std::move(fault.detail), std::string(carried_mark)};
}

Fault fault_for(const Error& error, std::string_view side) {
    const bool of_server = side == server_proxy;
    if (error.rule == carried_mark) return {error.code, error.en, error.at, error.code.starts_with(server_proxy)};
    if (error.code == "exchange.log_full" || error.code == "exchange.log_unavailable" ||
        error.code == "exchange.log_damaged")
        return logging_failed(side, error.en);
    for (const auto& m : meanings)
        if (m.error == error.code) return {fmt::format("{}.{}", side, m.code), error.en, {}, of_server};
    return fault_of(error, side);
}

Fault with_detail(Fault fault, Instant now, Random& random) {
    if (fault.detail.empty()) fault.detail = make_uuid7(now, random);
    return fault;
}

}  // namespace hl::exchange::gateway
