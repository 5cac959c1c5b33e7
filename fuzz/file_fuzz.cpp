// Uploads: names, and what is told from the bytes; and a scanner's answers. A name that is taken stays as it is and
// goes into a header as plain ASCII and back; bytes are of an allowed type or refused in both languages.
#include <cstdlib>

#include "base/log.h"
#include "base/text.h"
#include "dossiers/file_types.h"
#include "dossiers/virus_scan.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace hl;
    using namespace hl::dossiers;
    static const FileTypes types([] {
        log::set_level(log::Level::error);  // refusals of the scanner are told in the log
        return default_file_types();
    }());
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto line_end = bytes.find('\n');
    const auto first = bytes.substr(0, line_end);
    const auto rest = line_end == std::string_view::npos ? std::string_view{} : bytes.substr(line_end + 1);

    const auto header = content_disposition(first);
    for (const char c : header)
        if (c < ' ' || c > '~') std::abort();
    if (percent_decoded(header.substr(header.rfind("''") + 2)) != first) std::abort();
    (void)percent_decoded(first);
    if (const auto name = check_file_name(first); name.ok()) {
        if (!text::is_valid_utf8(*name) || name->find_first_of("/\\") != std::string::npos) std::abort();
        const auto again = check_file_name(*name);
        if (!again.ok() || *again != *name) std::abort();
        const auto type = types.check(rest, *name);
        if (!type.ok() && (type.error().vi.empty() || type.error().en.empty())) std::abort();
        if (type.ok() && rest.empty()) std::abort();
    }
    const auto verdict = read_clamd_answer(first);
    if (verdict.ok() && verdict->clean() != (first == "stream: OK")) std::abort();
    if (!verdict.ok() && verdict.error().kind != ErrorKind::unavailable) std::abort();
    return 0;
}
