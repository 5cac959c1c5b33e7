#include <zip.h>

#include "exchange/trust/container_zip.h"

namespace hl::exchange {

struct ZipReader::State {
    zip_t* zip = nullptr;
    std::vector<std::string> names;
    State() = default;
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (zip) zip_discard(zip);
    }
};

namespace {

// Attachments are few; a directory of millions of names is an attack on memory.
constexpr zip_int64_t most_entries = 1100;

}  // namespace

Error bad_container(std::string_view why) {
    return {
        ErrorKind::malformed, "exchange.container",
        "Tệp này không phải là container ASiC-E hợp lệ của X-Road hoặc đã hỏng. Xuất lại từ nhật ký thông điệp, hoặc "
        "đề nghị bên giữ tệp gửi lại bản gốc.",
        fmt::format("This is not a sound ASiC-E container of X-Road: {}. Export it again from the message log, or ask "
                    "for the original.",
                    why)};
}

ZipReader::ZipReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
ZipReader::ZipReader(ZipReader&&) noexcept = default;
ZipReader::~ZipReader() = default;

namespace {

Result<void> list(zip_t* zip, std::vector<std::string>& names) {
    const auto count = zip_get_num_entries(zip, 0);
    if (count < 0 || count > most_entries) return bad_container("it has too many files");
    for (zip_int64_t i = 0; i < count; ++i) {
        const char* name = zip_get_name(zip, static_cast<zip_uint64_t>(i), ZIP_FL_ENC_RAW);
        if (!name) return bad_container("a file in it has no name");
        names.emplace_back(name);
    }
    return {};
}

}  // namespace

Result<ZipReader> ZipReader::of_bytes(std::string_view bytes) {
    zip_error_t error;
    zip_error_init(&error);
    auto state = std::make_unique<State>();
    auto* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
    state->zip = source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) : nullptr;
    const std::string why = zip_error_strerror(&error);
    zip_error_fini(&error);
    if (!state->zip) {
        if (source) zip_source_free(source);
        return bad_container(why);
    }
    TRY_VOID(list(state->zip, state->names));
    return ZipReader(std::move(state));
}

Result<ZipReader> ZipReader::of_file(const std::filesystem::path& path) {
    auto state = std::make_unique<State>();
    int code = 0;
    state->zip = zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code);
    if (!state->zip) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        const std::string why = zip_error_strerror(&error);
        zip_error_fini(&error);
        return bad_container(why);
    }
    TRY_VOID(list(state->zip, state->names));
    return ZipReader(std::move(state));
}

const std::vector<std::string>& ZipReader::names() const {
    return state_->names;
}

Result<void> ZipReader::read(size_t index, uint64_t limit, const std::function<void(std::string_view)>& sink) {
    const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(zip_fopen_index(state_->zip, index, 0), &zip_fclose);
    if (!file) return bad_container(fmt::format("{}: {}", state_->names[index], zip_strerror(state_->zip)));
    std::vector<char> piece(size_t{64} << 10);
    uint64_t total = 0;
    while (true) {
        const auto n = zip_fread(file.get(), piece.data(), piece.size());
        if (n < 0) return bad_container(fmt::format("{} is damaged", state_->names[index]));
        if (n == 0) return {};
        total += static_cast<uint64_t>(n);
        if (total > limit) return bad_container(fmt::format("{} unpacks to too much", state_->names[index]));
        sink({piece.data(), static_cast<size_t>(n)});
    }
}

}  // namespace hl::exchange
