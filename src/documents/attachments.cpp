#include "documents/attachments.h"

#include <zip.h>

#include <memory>

#include "base/crypto.h"

namespace hl::documents {

namespace {

using Archive = std::unique_ptr<zip_t, decltype(&zip_discard)>;

Error not_zip(std::string_view why) {
    return {ErrorKind::malformed, "edxml.attachment_not_zip",
            "Tệp đính kèm không phải là một tệp nén ZIP chứa đúng một tệp. Đề nghị bên gửi đóng gói lại.",
            fmt::format("The attachment is not a ZIP with exactly one file in it ({}). The sender must pack it again.",
                        why)};
}

Error too_large(size_t limit) {
    return {ErrorKind::too_large, "edxml.attachment_too_large",
            fmt::format("Tệp đính kèm giải nén ra lớn quá {} MB. Chia nhỏ tệp rồi gửi lại.", limit >> 20),
            fmt::format("The attachment is larger than {} MB when unpacked. Divide it and send again.", limit >> 20)};
}

}  // namespace

Result<std::string> pack_file(std::string_view name, std::string_view bytes) {
    const auto fails = [](zip_error_t& e) {
        Error error{ErrorKind::internal, "edxml.packing", "Không nén được tệp đính kèm. Thử lại.",
                    fmt::format("The attachment cannot be packed: {}. Try again.", zip_error_strerror(&e))};
        zip_error_fini(&e);
        return error;
    };
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
    if (!target) return fails(error);
    zip_source_keep(target);
    const std::unique_ptr<zip_source_t, decltype(&zip_source_free)> kept(target, &zip_source_free);
    Archive archive(zip_open_from_source(target, ZIP_TRUNCATE, &error), &zip_discard);
    if (!archive) {
        zip_source_free(target);
        return fails(error);
    }
    zip_source_t* content = zip_source_buffer(archive.get(), bytes.data(), bytes.size(), 0);
    const auto index =
        zip_file_add(archive.get(), std::string{name}.c_str(), content, ZIP_FL_ENC_UTF_8 | ZIP_FL_OVERWRITE);
    if (index < 0) {
        zip_source_free(content);
        return fails(*zip_get_error(archive.get()));
    }
    // A fixed time of change: 1980-01-01, ZIP's first day.
    zip_file_set_dostime(archive.get(), static_cast<zip_uint64_t>(index), 0, 0x21, 0);
    if (zip_close(archive.get()) != 0) return fails(*zip_get_error(archive.get()));
    (void)archive.release();
    if (zip_source_open(target) != 0) return fails(*zip_source_error(target));
    zip_source_seek(target, 0, SEEK_END);
    const auto size = zip_source_tell(target);
    zip_source_seek(target, 0, SEEK_SET);
    std::string out(static_cast<size_t>(size), '\0');
    const auto read = zip_source_read(target, out.data(), out.size());
    zip_source_close(target);
    if (read != size) return fails(*zip_source_error(target));
    return out;
}

Result<std::string> unpack_file(std::string_view zip, size_t limit) {
    zip_error_t error;
    zip_error_init(&error);
    auto* source = zip_source_buffer_create(zip.data(), zip.size(), 0, &error);
    Archive archive(source ? zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &error) : nullptr, &zip_discard);
    if (!archive) {
        if (source) zip_source_free(source);
        const std::string why = zip_error_strerror(&error);
        zip_error_fini(&error);
        return not_zip(why);
    }
    const auto count = zip_get_num_entries(archive.get(), 0);
    if (count != 1) return not_zip(fmt::format("{} files", count));
    // What the directory says of the size is not believed: the unpacking itself is bounded.
    const std::unique_ptr<zip_file_t, decltype(&zip_fclose)> file(zip_fopen_index(archive.get(), 0, 0), &zip_fclose);
    if (!file) return not_zip("its file cannot be opened");
    std::string out;
    std::array<char, 65536> piece{};
    for (;;) {
        const auto n = zip_fread(file.get(), piece.data(), piece.size());
        if (n < 0) return not_zip("its file is damaged");
        if (n == 0) return out;
        if (out.size() + static_cast<size_t>(n) > limit) return too_large(limit);
        out.append(piece.data(), static_cast<size_t>(n));
    }
}

std::string encode_base64_lines(std::string_view bytes) {
    const auto flat = crypto::to_base64(bytes);
    std::string out;
    out.reserve(flat.size() + flat.size() / 76 + 1);
    for (size_t i = 0; i < flat.size(); i += 76) {
        if (i > 0) out += '\n';
        out.append(flat, i, 76);
    }
    return out;
}

}  // namespace hl::documents
