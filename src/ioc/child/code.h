// The code with which an installation becomes a child: where the parent answers, which key signs there, a secret that
// works once. A person carries it, so it has a checksum: a code that lost a letter is told from one that was refused.
// And the key file of an installation's end of the line. Any thread.
#pragma once
#include <filesystem>

#include "ioc/child/line.h"

namespace hl::ioc::child {

struct EnrolCode {
    std::string id, secret;  // secret: base64url of 32 random bytes
    ChildId child;
    std::string name;         // of the child, as the parent calls it
    std::string url;          // of the parent
    std::string fingerprint;  // of the parent's key
    Instant expires;
    bool operator==(const EnrolCode&) const = default;
};
/// "HLC1.<base64url of JSON>.<base64url of the first six bytes of its SHA-256>"
[[nodiscard]] std::string to_text(const EnrolCode& code);
/// White space around and within is passed over. Errors: child.code_damaged.
[[nodiscard]] Result<EnrolCode> code_from_text(std::string_view text);

/// The installation's key of the line, `folder`/ioc-line.key (0600), made when it is not there. It is no part of a
/// backup of the database. Errors: child.key_mode, child.key_damaged, file.*.
[[nodiscard]] Result<crypto::SigningKey> open_line_key(const std::filesystem::path& folder, Random& random);

/// The address the line may go to: TLS, or this machine. Errors: child.tls.
[[nodiscard]] Result<void> check_address(std::string_view url);

}  // namespace hl::ioc::child
