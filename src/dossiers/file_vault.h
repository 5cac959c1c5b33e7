// How a file's content is sealed: a key of its own for the bytes, and that key with the name and the plain hash in one
// small text under the subject's key. So erasing the subject's key erases the file, and a file can change its subject
// (a draft that becomes a dossier) without being written again. Private to the room.
#pragma once
#include "dossiers/context.h"
#include "dossiers/files.h"

namespace hl::dossiers {

struct FileSecret {
    std::string name;
    std::string key;     // of the content
    std::string sha256;  // of the plain bytes
};
[[nodiscard]] std::string seal_content(std::string_view bytes, const FileSecret& secret, const FileId& id,
                                       Random& random);
/// Errors: file.damaged.
[[nodiscard]] Result<std::string> unseal_content(std::string_view sealed, const FileSecret& secret, const FileId& id);

/// Errors: subject.erased.
[[nodiscard]] Result<std::string> seal_secret(store::Reader& reader, const Context& ctx, const SubjectId& subject,
                                              const FileId& id, const FileSecret& secret);
[[nodiscard]] Result<FileSecret> unseal_secret(store::Reader& reader, const Context& ctx, const SubjectId& subject,
                                               const FileId& id, std::string_view sealed);
/// The hash by which the file is known outside: keyed, and bound to what it belongs to.
[[nodiscard]] std::string outer_hash(const Context& ctx, std::string_view owner, std::string_view sha256);

}  // namespace hl::dossiers
