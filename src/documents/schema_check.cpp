#include "documents/schema_check.h"

#include <libxml/xmlschemas.h>

#include "base/files.h"
#include "base/text.h"
#include "documents/xml.h"

namespace hl::documents {

namespace {

constexpr size_t most_errors = 100;

void collect(void* user, xmlErrorPtr error) {
    auto& out = *static_cast<std::vector<Error>*>(user);
    if (out.size() >= most_errors || !error || !error->message) return;
    auto what = text::trim(error->message);
    // Clark names are for machines: people read "Subject".
    const auto space = fmt::format("{{{}}}", xml::edxml);
    for (size_t at; (at = what.find(space)) != std::string::npos;) what.erase(at, space.size());
    out.push_back(
        Error{ErrorKind::invalid, "edxml.schema",
              fmt::format("Dòng {}: không đúng lược đồ edXML: {} Đề nghị bên gửi sửa rồi gửi lại.", error->line, what),
              fmt::format("Line {}: not as the schema says: {} The sender must correct it and send again.", error->line,
                          what)}
            .pointing(fmt::format("line {}", error->line)));
}

}  // namespace

struct Schema::State {
    std::string bytes;
    std::unique_ptr<xmlSchema, decltype(&xmlSchemaFree)> schema{nullptr, &xmlSchemaFree};
};

Schema::Schema(std::unique_ptr<State> state) : state_(std::move(state)) {}
Schema::~Schema() = default;

Result<std::shared_ptr<const Schema>> Schema::read(const std::filesystem::path& file) {
    auto state = std::make_unique<State>();
    TRY(state->bytes, read_file(file, 4u << 20));
    const std::unique_ptr<xmlSchemaParserCtxt, decltype(&xmlSchemaFreeParserCtxt)> context(
        xmlSchemaNewMemParserCtxt(state->bytes.data(), static_cast<int>(state->bytes.size())),
        &xmlSchemaFreeParserCtxt);
    std::vector<Error> errors;
    xmlSchemaSetParserStructuredErrors(context.get(), &collect, &errors);
    state->schema.reset(xmlSchemaParse(context.get()));
    if (!state->schema)
        return Error{ErrorKind::invalid, "documents.schema",
                     fmt::format("Lược đồ {} không đọc được. Khôi phục tệp từ gói cài đặt.", file.string()),
                     fmt::format("The schema {} cannot be read: {}", file.string(),
                                 errors.empty() ? "unknown" : errors.front().en)};
    return std::shared_ptr<const Schema>(new Schema(std::move(state)));
}

std::vector<Error> Schema::check(std::string_view edxml, size_t limit) const {
    std::vector<Error> out;
    auto document = xml::parse(edxml, limit);
    if (!document.ok()) return {std::move(document).error()};
    const std::unique_ptr<xmlSchemaValidCtxt, decltype(&xmlSchemaFreeValidCtxt)> context(
        xmlSchemaNewValidCtxt(state_->schema.get()), &xmlSchemaFreeValidCtxt);
    xmlSchemaSetValidStructuredErrors(context.get(), &collect, &out);
    const int result = xmlSchemaValidateDoc(context.get(), document->get());
    if (result != 0 && out.empty())
        out.push_back({ErrorKind::internal, "edxml.schema", "Không kiểm tra được theo lược đồ. Thử lại.",
                       "The schema check could not be run. Try again."});
    return out;
}

}  // namespace hl::documents
