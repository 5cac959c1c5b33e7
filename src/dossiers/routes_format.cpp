// Which of its forms an answer is wanted in.
#include "base/text.h"
#include "dossiers/refusals.h"
#include "dossiers/routes_support.h"

namespace hl::dossiers {

namespace {

struct Known {
    Format format;
    std::string_view word, media_type;
};
constexpr std::array<Known, 3> formats{
    {{Format::json, "json", "application/json"},
     {Format::pdf, "pdf", "application/pdf"},
     {Format::xlsx, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}}};

}  // namespace

Result<Format> wanted_format(const http::Request& request, std::initializer_list<Format> offered) {
    const auto word = request.query_value("format");
    const auto accept = request.header("Accept");
    std::vector<std::string> words;
    std::optional<Format> first;
    size_t at = std::string_view::npos;
    for (const auto& known : formats) {
        if (std::find(offered.begin(), offered.end(), known.format) == offered.end()) continue;
        if (word && *word == known.word) return known.format;
        words.emplace_back(known.word);
        if (const auto found = accept.find(known.media_type); found < at) {
            at = found;
            first = known.format;
        }
    }
    if (!word) return first.value_or(Format::json);
    const auto list = text::join(words, ", ");
    return invalid("query.format", fmt::format("format phải là một trong: {}.", list),
                   fmt::format("format must be one of: {}.", list), "/format");
}

}  // namespace hl::dossiers
