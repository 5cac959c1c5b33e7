#include "dossiers/file_types.h"

#include <magic.h>
#include <zip.h>

#include "base/crypto.h"
#include "base/text.h"
#include "dossiers/refusals.h"

namespace hl::dossiers {

const std::vector<FileType>& file_types() {
    static constexpr std::string_view word_document =
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    static constexpr std::string_view workbook = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    static const std::vector<FileType> table = {
        {"pdf", "application/pdf", {"pdf"}, {"application/pdf"}},
        {"jpeg", "image/jpeg", {"jpg", "jpeg"}, {"image/jpeg"}},
        {"png", "image/png", {"png"}, {"image/png"}},
        {"tiff", "image/tiff", {"tif", "tiff"}, {"image/tiff"}},
        {"webp", "image/webp", {"webp"}, {"image/webp"}},
        {"docx", word_document, {"docx"}, {word_document}},
        {"xlsx", workbook, {"xlsx"}, {workbook}},
        {"odt", "application/vnd.oasis.opendocument.text", {"odt"}, {"application/vnd.oasis.opendocument.text"}},
        {"ods",
         "application/vnd.oasis.opendocument.spreadsheet",
         {"ods"},
         {"application/vnd.oasis.opendocument.spreadsheet"}},
        {"asice", "application/vnd.etsi.asic-e+zip", {"asice", "sce"}, {"application/vnd.etsi.asic-e+zip"}},
        {"xml", "application/xml", {"xml"}, {"text/xml", "application/xml"}},
        // A list with commas is plain text too; libmagic only guesses more.
        {"txt", "text/plain; charset=utf-8", {"txt"}, {"text/plain", "text/csv"}},
        // Off unless asked for: an OLE file may hold macros that cannot be told from outside; not every viewer knows
        // HEIC.
        {"doc", "application/msword", {"doc"}, {"application/msword", "application/x-ole-storage"}, false},
        {"xls", "application/vnd.ms-excel", {"xls"}, {"application/vnd.ms-excel", "application/x-ole-storage"}, false},
        {"heic", "image/heic", {"heic"}, {"image/heic"}, false},
    };
    return table;
}

const FileType* file_type(std::string_view word) {
    for (const auto& type : file_types())
        if (type.word == word) return &type;
    return nullptr;
}

std::vector<std::string> default_file_types() {
    std::vector<std::string> out;
    for (const auto& type : file_types())
        if (type.by_default) out.emplace_back(type.word);
    return out;
}

namespace {

constexpr size_t longest_name = 200;        // code points
constexpr size_t looked_at = 1u << 20;      // bytes libmagic is shown
constexpr zip_uint64_t longest_mark = 100;  // of a container's "mimetype" part
constexpr zip_int64_t most_parts = 20'000;

std::string ending_of(std::string_view name) {
    const auto dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string{} : text::lower(name.substr(dot + 1));
}

bool among(const std::vector<std::string_view>& list, std::string_view what) {
    return std::find(list.begin(), list.end(), what) != list.end();
}

Error bad_name(std::string vi, std::string en) {
    return invalid("file.name", std::move(vi), std::move(en), "X-File-Name");
}

struct CloseZip {
    void operator()(zip_t* z) const { zip_discard(z); }
};
struct ClosePart {
    void operator()(zip_file_t* f) const { zip_fclose(f); }
};

std::string container_mark(zip_t* zip) {
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat(zip, "mimetype", 0, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE) || stat.size > longest_mark)
        return {};
    const std::unique_ptr<zip_file_t, ClosePart> part(zip_fopen(zip, "mimetype", 0));
    if (!part) return {};
    std::string mark(stat.size, '\0');
    const auto n = zip_fread(part.get(), mark.data(), mark.size());
    return n == static_cast<zip_int64_t>(mark.size()) ? text::trim(mark) : std::string{};
}

/// What a zip is, as a MIME type; "application/zip" when nothing better is known. Nothing is unpacked but the mark.
/// Errors: file.damaged_container, file.macros.
Result<std::string> look_into(std::string_view bytes) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    zip_t* opened = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr;
    zip_error_fini(&error);
    if (!opened) {
        if (source) zip_source_free(source);
        return invalid("file.damaged_container", "Tệp bị hỏng, không mở được. Hãy lưu lại tệp rồi gửi lại.",
                       "The file is damaged and does not open. Save it again and send it again.");
    }
    const std::unique_ptr<zip_t, CloseZip> zip(opened);
    const auto parts = zip_get_num_entries(zip.get(), 0);
    if (parts > most_parts) return std::string{"application/zip"};
    bool types = false, document = false, sheets = false, macros = false;
    for (zip_int64_t i = 0; i < parts; ++i) {
        const char* raw = zip_get_name(zip.get(), static_cast<zip_uint64_t>(i), 0);
        const std::string_view name = raw ? raw : "";
        types = types || name == "[Content_Types].xml";
        document = document || name == "word/document.xml";
        sheets = sheets || name == "xl/workbook.xml";
        macros =
            macros || name.ends_with("vbaProject.bin") || name.starts_with("Basic/") || name.starts_with("Scripts/");
    }
    if (macros)
        return invalid("file.macros", "Tệp có chứa macro nên không được nhận. Hãy lưu thành PDF rồi gửi lại.",
                       "The file holds macros and is not taken. Save it as PDF and send that.");
    if (types && document) return std::string{file_type("docx")->mime};
    if (types && sheets) return std::string{file_type("xlsx")->mime};
    const auto mark = container_mark(zip.get());
    for (const auto* word : {"odt", "ods", "asice"})
        if (file_type(word)->mime == mark) return mark;
    return std::string{"application/zip"};
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view in) {
    std::string out;
    out.reserve(in.size());
    for (size_t i = 0; i < in.size(); ++i) {
        if (in[i] != '%') {
            out += in[i];
            continue;
        }
        const auto byte = i + 2 < in.size() ? crypto::from_hex(in.substr(i + 1, 2)) : std::nullopt;
        if (!byte) return std::nullopt;
        out += *byte;
        i += 2;
    }
    return out;
}

Result<std::string> check_file_name(std::string_view raw) {
    if (!text::is_valid_utf8(raw)) return bad_name("Tên tệp không phải UTF-8.", "The file's name is not UTF-8.");
    // A browser of another age sends the whole path.
    if (const auto slash = raw.find_last_of("/\\"); slash != std::string_view::npos) raw.remove_prefix(slash + 1);
    auto name = text::normalise(raw);
    const auto ending = ending_of(name);
    if (ending.empty() || ending.size() + 1 == name.size())
        return bad_name("Hãy cho biết tên tệp, có phần mở rộng như «.pdf».",
                        "Give the file's name with an ending such as '.pdf'.");
    if (text::length(name) > longest_name)
        return bad_name("Tên tệp dài quá 200 ký tự. Hãy đặt tên ngắn hơn.",
                        "The file's name is longer than 200 characters. Shorten it.");
    return name;
}

std::string content_disposition(std::string_view name) {
    std::string plain, escaped;
    for (const char c : text::fold(name)) {
        const bool safe =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_' || c == ' ';
        plain += safe ? c : '_';
    }
    for (const char c : name) {
        const bool safe = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                          c == '-' || c == '_';
        if (safe)
            escaped += c;
        else
            fmt::format_to(std::back_inserter(escaped), "%{:02X}", static_cast<unsigned char>(c));
    }
    return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", plain, escaped);
}

struct FileTypes::Magic {
    magic_t handle = nullptr;
    Magic() {
        handle = magic_open(MAGIC_MIME_TYPE | MAGIC_NO_CHECK_COMPRESS | MAGIC_NO_CHECK_TAR);
        if (handle && magic_load(handle, nullptr) != 0) {
            magic_close(handle);
            handle = nullptr;
        }
    }
    ~Magic() {
        if (handle) magic_close(handle);
    }
    Magic(const Magic&) = delete;
    Magic& operator=(const Magic&) = delete;
};

FileTypes::FileTypes(std::vector<std::string> allowed)
    : allowed_(std::move(allowed)), magic_(std::make_unique<Magic>()) {}
FileTypes::~FileTypes() = default;

Result<const FileType*> FileTypes::check(std::string_view bytes, std::string_view name) const {
    if (bytes.empty())
        return invalid("file.empty", "Tệp rỗng. Hãy chọn lại tệp.", "The file is empty. Choose it again.");
    std::string found;
    {
        std::scoped_lock lock(mutex_);
        const char* said =
            magic_->handle ? magic_buffer(magic_->handle, bytes.data(), std::min(bytes.size(), looked_at)) : nullptr;
        if (!said)
            return Error{ErrorKind::unavailable, "file.detector",
                         "Máy chủ chưa kiểm tra được loại tệp nên không nhận tệp. Hãy báo quản trị hệ thống.",
                         "The server cannot tell types of files (libmagic), so none is taken. Tell the administrator."};
        found = said;
    }
    if (bytes.starts_with("PK\x03\x04")) {
        TRY(found, look_into(bytes));
    }
    const auto ending = ending_of(name);
    const FileType* type = nullptr;
    for (const auto& word : allowed_) {
        const auto* candidate = file_type(word);
        if (!candidate || !among(candidate->magic, found)) continue;
        // Two old office types share one container: the ending decides between them.
        if (!type || among(candidate->endings, ending)) type = candidate;
    }
    const auto list = text::join(allowed_, ", ");
    if (!type)
        return refusal(
            ErrorKind::unsupported, "file.type",
            fmt::format("Nội dung tệp là loại {}, không được nhận. Hãy gửi một trong các loại: {}.", found, list),
            fmt::format("The file's content is {}, which is not taken. Send one of: {}.", found, list));
    if (!among(type->endings, ending))
        return refusal(
            ErrorKind::unsupported, "file.ending",
            fmt::format("Nội dung tệp là {} nhưng tên tệp có đuôi «.{}». Hãy đặt đuôi «.{}» hoặc chọn đúng tệp.",
                        type->word, ending, type->endings.front()),
            fmt::format("The content is {} but the name ends in '.{}'. Rename it to '.{}' or choose the right file.",
                        type->word, ending, type->endings.front()),
            {}, "X-File-Name");
    return type;
}

}  // namespace hl::dossiers
