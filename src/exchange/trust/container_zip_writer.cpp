#include <zip.h>

#include <deque>

#include "exchange/trust/container_zip.h"

namespace hl::exchange {

namespace {

Error cannot_write(std::string_view why) {
    return {ErrorKind::internal, "exchange.container",
            fmt::format("Không ghi được tệp container ASiC-E ({}). Kiểm tra dung lượng đĩa và quyền ghi, rồi xuất lại.",
                        why),
            fmt::format("The ASiC-E container could not be written ({}). Check disk space and permissions, then export "
                        "again.",
                        why)};
}

/// What libzip pulls an attachment through.
struct Pull {
    AttachmentSource source;
    uint64_t given = 0;
    std::optional<Error> error;
    zip_error_t code{};
    Pull() { zip_error_init(&code); }
    Pull(const Pull&) = delete;
    Pull& operator=(const Pull&) = delete;
    ~Pull() { zip_error_fini(&code); }

    zip_int64_t fail(Error e) {
        if (!error) error = std::move(e);
        zip_error_set(&code, ZIP_ER_READ, 0);
        return -1;
    }
    zip_int64_t read(char* data, zip_uint64_t size) {
        auto n = source.read({data, static_cast<size_t>(size)});
        if (!n.ok()) return fail(std::move(n).error());
        given += *n;
        if (given > source.size || (*n == 0 && given < source.size))
            return fail(cannot_write("an attachment has another size than was said"));
        return static_cast<zip_int64_t>(*n);
    }
};

zip_int64_t pulled(void* user, void* data, zip_uint64_t size, zip_source_cmd_t command) {
    auto& pull = *static_cast<Pull*>(user);
    switch (command) {
        case ZIP_SOURCE_OPEN:
        case ZIP_SOURCE_CLOSE:
        case ZIP_SOURCE_FREE:
            return 0;
        case ZIP_SOURCE_READ:
            return pull.read(static_cast<char*>(data), size);
        case ZIP_SOURCE_STAT: {
            auto* stat = static_cast<zip_stat_t*>(data);
            zip_stat_init(stat);
            stat->size = pull.source.size;
            stat->valid = ZIP_STAT_SIZE;
            return sizeof *stat;
        }
        case ZIP_SOURCE_ERROR:
            return zip_error_to_data(&pull.code, data, size);
        case ZIP_SOURCE_SUPPORTS:
            return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE, ZIP_SOURCE_STAT,
                                                  ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
        default:
            zip_error_set(&pull.code, ZIP_ER_OPNOTSUPP, 0);
            return -1;
    }
}

}  // namespace

struct ZipWriter::State {
    zip_t* zip = nullptr;
    zip_source_t* memory = nullptr;
    Instant now;
    std::deque<std::string> kept;  // libzip reads them when it closes
    std::deque<Pull> pulls;
    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (zip) zip_discard(zip);
        if (memory) zip_source_free(memory);
    }

    Result<void> add(std::string_view name, zip_source_t* source, int method, unsigned level) {
        const auto index =
            source ? zip_file_add(zip, std::string(name).c_str(), source, ZIP_FL_ENC_GUESS) : zip_int64_t{-1};
        if (index < 0) {
            if (source) zip_source_free(source);
            return cannot_write(zip_strerror(zip));
        }
        const auto at = static_cast<zip_uint64_t>(index);
        // MS-DOS time, in UTC: the same container wherever it is written.
        const auto day = std::chrono::floor<std::chrono::days>(now);
        const Date date{day};
        const std::chrono::hh_mm_ss time{std::chrono::floor<std::chrono::seconds>(now - day)};
        const auto dos_date = (static_cast<int>(date.year()) - 1980) << 9 |
                              static_cast<int>(unsigned{date.month()}) << 5 | static_cast<int>(unsigned{date.day()});
        const auto dos_time = time.hours().count() << 11 | time.minutes().count() << 5 | time.seconds().count() / 2;
        if (zip_set_file_compression(zip, at, method, level) != 0 ||
            zip_file_set_dostime(zip, at, static_cast<zip_uint16_t>(dos_time), static_cast<zip_uint16_t>(dos_date),
                                 0) != 0)
            return cannot_write(zip_strerror(zip));
        return {};
    }
};

ZipWriter::ZipWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZipWriter::ZipWriter(ZipWriter&&) noexcept = default;
ZipWriter::~ZipWriter() = default;

Result<ZipWriter> ZipWriter::to_memory(Instant now) {
    auto state = std::make_unique<State>();
    state->now = now;
    zip_error_t error;
    zip_error_init(&error);
    state->memory = zip_source_buffer_create(nullptr, 0, 0, &error);
    if (state->memory) zip_source_keep(state->memory);  // one for the archive, one to read it back
    state->zip = state->memory ? zip_open_from_source(state->memory, ZIP_TRUNCATE, &error) : nullptr;
    const std::string why = zip_error_strerror(&error);
    zip_error_fini(&error);
    if (!state->zip) {
        if (state->memory) zip_source_free(state->memory);
        return cannot_write(why);
    }
    return ZipWriter(std::move(state));
}

Result<ZipWriter> ZipWriter::to_file(const std::filesystem::path& path, Instant now) {
    auto state = std::make_unique<State>();
    state->now = now;
    int code = 0;
    state->zip = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (!state->zip) return cannot_write(fmt::format("{}: code {}", path.string(), code));
    return ZipWriter(std::move(state));
}

Result<void> ZipWriter::add(std::string_view name, std::string bytes, Packing packing) {
    const auto& kept = state_->kept.emplace_back(std::move(bytes));
    auto* source = zip_source_buffer(state_->zip, kept.data(), kept.size(), 0);
    return state_->add(name, source, packing == Packing::stored ? ZIP_CM_STORE : ZIP_CM_DEFLATE, 0);
}

Result<void> ZipWriter::add(std::string_view name, AttachmentSource source) {
    auto& pull = state_->pulls.emplace_back();
    pull.source = std::move(source);
    // The fastest packing: what is large is mostly packed already.
    return state_->add(name, zip_source_function(state_->zip, pulled, &pull), ZIP_CM_DEFLATE, 1);
}

Result<void> ZipWriter::comment(std::string_view text) {
    if (zip_set_archive_comment(state_->zip, text.data(), static_cast<zip_uint16_t>(text.size())) != 0)
        return cannot_write(zip_strerror(state_->zip));
    return {};
}

Result<std::string> ZipWriter::finish() && {
    if (zip_close(state_->zip) != 0) {
        for (auto& pull : state_->pulls)
            if (pull.error) return *std::move(pull.error);
        return cannot_write(zip_strerror(state_->zip));
    }
    state_->zip = nullptr;
    std::string out;
    if (!state_->memory) return out;
    zip_stat_t stat;
    if (zip_source_stat(state_->memory, &stat) != 0 || zip_source_open(state_->memory) != 0)
        return cannot_write("it could not be read back");
    out.resize(stat.size);
    const auto read = zip_source_read(state_->memory, out.data(), out.size());
    zip_source_close(state_->memory);
    if (read < 0 || static_cast<size_t>(read) != out.size()) return cannot_write("it could not be read back");
    return out;
}

}  // namespace hl::exchange
