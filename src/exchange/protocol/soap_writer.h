// The pieces of which the gateway writes SOAP answers of its own: identifiers, and an envelope that repeats a request's
// header. Pure functions; any thread.
#pragma once
#include <string>
#include <string_view>

#include "exchange/protocol/soap_message.h"

namespace hl::exchange::soap {

/// <name>text</name>, nothing when `text` is empty.
void element(std::string& out, std::string_view name, std::string_view text);
void identifier(std::string& out, std::string_view element_name, const ClientId& id);
void identifier(std::string& out, std::string_view element_name, const ServiceId& id);
/// An envelope whose header repeats the request's; `content` is the body's child. Prefixes: SOAP-ENV, id, repr, xroad.
[[nodiscard]] std::string answer(const SoapHeader& request, std::string_view content);

}  // namespace hl::exchange::soap
