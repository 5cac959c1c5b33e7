// XML from outside, read as a stream of events and, where bytes must stay as they are, as a list of tags. No DOCTYPE,
// no entities of its own, no network, bounded depth. For parts that write X-Road's XML; a reader by one thread at a
// time.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hl::exchange::xml {

struct Attribute {
    std::string_view name_space, name, value;
};

/// What a document's reader does with it. A method that returns an error ends the reading with it.
class Events {
  public:
    virtual ~Events() = default;
    virtual Result<void> start(std::string_view name_space, std::string_view name,
                               const std::vector<Attribute>& attributes) = 0;
    virtual void text(std::string_view) {}
    virtual Result<void> end() = 0;
};

/// Reads the whole document; `charset` as xml::charset_of gives it. Errors: exchange.invalid_xml, or an event's.
[[nodiscard]] Result<void> read(std::string_view document, std::string_view charset, Events& events);

/// "utf-8" when the content type names none, "" when it names one that is not read here (UTF-16 and other encodings in
/// which markup is not ASCII, and unknown ones).
[[nodiscard]] std::string charset_of(std::string_view content_type);
/// Of a document that comes without a content type: what its XML declaration says, read as charset_of reads it.
[[nodiscard]] std::string declared_charset(std::string_view document);
/// Without the UTF-8 byte order mark.
[[nodiscard]] std::string_view without_mark(std::string_view document);

/// `text` with & < > " ' escaped and characters XML cannot hold as U+FFFD, appended.
void append_escaped(std::string& out, std::string_view text);
[[nodiscard]] std::string escaped(std::string_view text);

/// One start or end tag of a document that `read` has accepted, as bytes.
struct Tag {
    size_t begin = 0, end = 0;  // from "<" to behind ">"
    std::string_view name;      // with its prefix
    bool closing = false, empty = false;
    size_t depth = 0;  // of the element: the root has 0
    [[nodiscard]] std::string_view local() const;
    [[nodiscard]] std::string_view prefix() const;
};
/// Walks the tags of a document in order, skipping comments, CDATA and processing instructions.
class TagWalker {
  public:
    explicit TagWalker(std::string_view document) : document_(document) {}
    [[nodiscard]] std::optional<Tag> next();

  private:
    std::string_view document_;
    size_t at_ = 0, depth_ = 0;
};
/// The value of an attribute (its name with prefix) inside a tag: where it stands in the document, without quotes.
[[nodiscard]] std::optional<std::pair<size_t, size_t>> attribute_of(std::string_view document, const Tag& tag,
                                                                    std::string_view name);

}  // namespace hl::exchange::xml
