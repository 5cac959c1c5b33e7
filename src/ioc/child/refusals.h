// The names of what a parent refuses, each with what to do. Private to the room.
#pragma once
#include "base/result.h"
#include "ioc/child/line.h"

namespace hl::ioc::child {

inline Error unknown_key() {
    return {ErrorKind::denied, "child.unknown_key",
            "Khóa này không thuộc IOC con nào. Hãy ghép nối lại bằng mã mới của cấp trên.",
            "This key belongs to no child. Enrol again with a new code from the parent."};
}
inline Error held_back(const std::string& reason) {
    return {ErrorKind::denied, "child.held", "Cấp trên đang tạm giữ đường nối: " + reason,
            "The parent holds the line: " + reason};
}
inline Error gap(int64_t expected, int64_t got) {
    return {ErrorKind::conflict, "child.gap",
            fmt::format("Thiếu lô: cần số {}, nhận số {}. Hãy hỏi số cuối rồi gửi tiếp từ đó.", expected, got),
            fmt::format("A batch is missing: {} is wanted, {} came. Ask for the last number and go on from there.",
                        expected, got),
            "/number"};
}
inline Error forked(int64_t number) {
    return {ErrorKind::conflict, "child.forked",
            fmt::format("Lô số {} khác với lô cấp trên đã nhận dưới số ấy, hoặc không nối tiếp lô trước. IOC con có "
                        "thể vừa được khôi phục từ bản cũ: hãy chạy «hienluong ioc child status», rồi «resume».",
                        number),
            fmt::format("Batch {} is not what the parent has under that number, or does not follow the one before. The "
                        "child may have been restored from an older backup: run 'hienluong ioc child status', then "
                        "'resume'.",
                        number),
            "/number"};
}
inline Error wrong_positions(int64_t expected, int64_t got) {
    return {ErrorKind::conflict, "child.positions",
            fmt::format("Lô bắt đầu ở vị trí {} của sổ cái, trong khi lô trước kết thúc ở {}.", got, expected),
            fmt::format("The batch begins at position {} of the ledger, the one before ended at {}.", got, expected),
            "/from"};
}
inline Error over_quota(std::string_view vi, std::string_view en) {
    return {ErrorKind::too_many, "child.quota", fmt::format("Quá hạn mức: {}. Hãy gửi tiếp sau.", vi),
            fmt::format("Over the quota: {}. Send on later.", en)};
}
inline Error no_child() {
    return {ErrorKind::not_found, "child.unknown", "Không có IOC con này.", "There is no such child."};
}
inline Error no_line() {
    return {ErrorKind::not_found, "child.no_line",
            "Nơi này chưa ghép nối với cấp trên. Hãy chạy «hienluong ioc child enrol MÃ».",
            "This installation has no parent. Run 'hienluong ioc child enrol CODE'."};
}

}  // namespace hl::ioc::child
