// Which kinds of file a dossier takes, and how a file is known to be of one: libmagic reads the bytes, containers are
// looked into (an OOXML or ASiC-E file is a zip), and the name's ending must agree. Nobody's Content-Type is believed.
// FileTypes is made once at start and safe on any thread; one check at a time.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hl::dossiers {

struct FileType {
    std::string_view word;  // in settings and events: "pdf"
    std::string_view mime;  // answered as Content-Type
    std::vector<std::string_view> endings;
    std::vector<std::string_view> magic;  // what libmagic may say of such a file
    bool by_default = true;
};
[[nodiscard]] const std::vector<FileType>& file_types();
[[nodiscard]] const FileType* file_type(std::string_view word);
[[nodiscard]] std::vector<std::string> default_file_types();

/// A file's name as people wrote it: one normal form, no folder before it, nothing invisible in it, an ending.
/// Errors: file.name.
[[nodiscard]] Result<std::string> check_file_name(std::string_view raw);
/// Percent-decoded; nothing when an escape is cut or no hexadecimal number.
[[nodiscard]] std::optional<std::string> percent_decoded(std::string_view text);
/// Attachment with the name in both forms of RFC 6266: plain ASCII, and UTF-8 by RFC 8187.
[[nodiscard]] std::string content_disposition(std::string_view name);

class FileTypes {
  public:
    /// `allowed` are words of the table.
    explicit FileTypes(std::vector<std::string> allowed);
    ~FileTypes();
    FileTypes(const FileTypes&) = delete;
    FileTypes& operator=(const FileTypes&) = delete;
    [[nodiscard]] const std::vector<std::string>& allowed() const { return allowed_; }
    /// The type of these bytes, if it is taken and the name ends so. Errors: file.empty, file.type, file.ending,
    /// file.macros, file.damaged_container, file.detector.
    [[nodiscard]] Result<const FileType*> check(std::string_view bytes, std::string_view name) const;

  private:
    struct Magic;
    std::vector<std::string> allowed_;
    mutable std::mutex mutex_;  // libmagic's handle serves one thread at a time
    std::unique_ptr<Magic> magic_;
};

}  // namespace hl::dossiers
