#include "exchange/log/log_errors.h"

#include <cerrno>
#include <cstring>

namespace hl::exchange::journal {

Error log_damaged(std::string_view where, std::string_view why) {
    return Error{
        ErrorKind::internal, "exchange.log_damaged",
        fmt::format(
            "Nhật ký trao đổi bị hỏng tại {}. Hãy giữ nguyên tệp này làm chứng cứ, khôi phục nó từ bản sao lưu rồi "
            "chạy lại việc kiểm tra nhật ký.",
            where),
        fmt::format("The message log is damaged at {}: {}. Keep the file as evidence, restore it from a backup and "
                    "verify the log again.",
                    where, why)}
        .pointing(std::string{where});
}

Error log_full(std::string_view why) {
    return {ErrorKind::full, "exchange.log_full",
            "Hết chỗ để ghi nhật ký trao đổi nên thông điệp không được chuyển. Hãy giải phóng dung lượng đĩa hoặc lưu "
            "trữ các phần "
            "cũ; hệ thống tự tiếp tục khi có chỗ.",
            fmt::format(
                "The message log has no space left ({}), and a message that is not logged is not passed on. Free disk "
                "space or archive older segments; the log goes on by itself.",
                why)};
}

Error log_unavailable(std::string_view why) {
    return {
        ErrorKind::unavailable, "exchange.log_unavailable",
        "Không ghi hoặc đọc được nhật ký trao đổi. Hãy báo quản trị hệ thống kiểm tra ổ đĩa và quyền của thư mục nhật "
        "ký.",
        fmt::format("The message log cannot be written or read: {}. Check the disk and the rights of the log's folder.",
                    why)};
}

Error record_missing(int64_t number) {
    return {ErrorKind::not_found, "exchange.record_missing",
            fmt::format("Không có bản ghi số {} trong nhật ký trao đổi. Hãy tìm lại thông điệp.", number),
            fmt::format("There is no such record {} in the message log. Search for the message again.", number)};
}

Error erased() {
    return {
        ErrorKind::not_found, "exchange.erased",
        "Nội dung này đã được xoá vĩnh viễn theo quyết định có ghi trong nhật ký; chỉ còn chữ ký và giá trị băm làm "
        "chứng cứ.",
        "This content was erased for good, as a record of the log says; its signature and digests remain as proof."};
}

Error disk_error(int number, std::string_view where) {
    const auto why = fmt::format("{}: {}", where, std::strerror(number));
    return number == ENOSPC || number == EDQUOT || number == EFBIG ? log_full(why) : log_unavailable(why);
}

}  // namespace hl::exchange::journal
