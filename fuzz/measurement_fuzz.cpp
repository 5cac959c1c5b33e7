// What the measurement of online services answers, and mapping files for it. A mapping that is read has all that a
// message needs; a reply that is read has its code.
#include "links/measurement/partner.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace hl;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    static const measurement::Profile profile = [] {
        measurement::Profile p;
        p.reply_field = "error_code";
        return p;
    }();
    if (const auto code = measurement::parse_reply(bytes, profile); code.ok()) {
        // The same code told once more is read the same.
        const auto again = measurement::parse_reply(json::serialize(json::object{{"error_code", *code}}), profile);
        if (!again.ok() || *again != *code) __builtin_trap();
    }
    connector::MappingFile file;
    file.file = "links/measurement.yaml";
    file.text = bytes;
    try {
        file.root = YAML::Load(file.text);
    } catch (const YAML::Exception&) {
        return 0;
    }
    if (const auto read = measurement::parse_profile(file); read.ok()) {
        if (read->path.empty() || read->location.empty() || read->states.empty()) __builtin_trap();
        for (const auto* word : {"none", "online", "direct"})
            if (!read->payments.contains(word)) __builtin_trap();
        for (const auto& [state, status] : read->states)
            if (!dossiers::state_from(state)) __builtin_trap();
    } else if (read.error().vi.empty() || read.error().at.empty()) {
        __builtin_trap();
    }
    return 0;
}
