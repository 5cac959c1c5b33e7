// Tables and texts from outside: a table's rows are as wide as its header, a mistake has a line, and the text functions
// give valid UTF-8 that they do not change a second time.
#include <cstdlib>

#include "base/csv.h"
#include "base/text.h"
#include "base/time.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace hl;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (const auto table = parse_csv(bytes, "t.csv"); table.ok()) {
        for (const auto& row : table->rows)
            if (row.cells.size() != table->header.size() || row.line == 0) std::abort();
    } else if (!table.error().at.starts_with("t.csv:") || table.error().vi.empty()) {
        std::abort();
    }
    const auto normal = text::normalise(bytes);
    if (!text::is_valid_utf8(normal) || text::normalise(normal) != normal) std::abort();
    const auto toned = text::canonical_tone(normal);
    if (!text::is_valid_utf8(toned) || text::canonical_tone(toned) != toned) std::abort();
    if (!text::is_valid_utf8(text::fold(bytes))) std::abort();
    for (const auto& word : text::words(bytes))
        if (word.empty()) std::abort();
    for (const auto& word : text::folded_words(bytes))
        if (word.empty()) std::abort();
    if (text::compare(normal, normal) != 0) std::abort();
    if (const auto t = parse_rfc3339(bytes);
        t.ok() && parse_rfc3339(to_rfc3339(*t)).ok() && *parse_rfc3339(to_rfc3339(*t)) != *t)
        std::abort();
    if (const auto d = parse_date(bytes); d.ok() && to_iso(*d) != bytes) std::abort();
    return 0;
}
