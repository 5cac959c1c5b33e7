// edXML written and read. What is written is complete or not written at all; what is read is understood whole or
// refused with every reason. Pure functions; any thread.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "documents/attachments.h"
#include "documents/message.h"
#include "documents/profile.h"

namespace hl::documents {

/// What a message lacks or says wrongly, each with its path in the message; empty: it may be sent.
[[nodiscard]] std::vector<Error> objections(const Message& message, const Profile& profile);

/// Unsigned. Errors: as `objections`, edxml.packing.
[[nodiscard]] Result<std::string> write_edxml(const Message& message, const Profile& profile);

/// The first mistake. Errors: edxml.*.
[[nodiscard]] Result<Message> read_edxml(std::string_view bytes, const Profile& profile, const Limits& limits = {});

struct Reading {
    std::optional<Message> message;  // absent when it could not be understood
    std::vector<Error> mistakes;
};
/// All mistakes.
[[nodiscard]] Reading check_edxml(std::string_view bytes, const Profile& profile, const Limits& limits = {});

}  // namespace hl::documents
