#include "store/store_errors.h"

#include "base/log.h"

namespace hl::store {

Error full_error() {
    return {ErrorKind::full, "store.full",
            "Máy chủ hết chỗ lưu, chưa ghi được gì. Hãy báo quản trị hệ thống giải phóng dung lượng rồi làm lại.",
            "The server is out of disk space and nothing was stored. Ask the administrator to free some, then repeat."};
}

Error unavailable_error() {
    return {ErrorKind::unavailable, "store.unavailable",
            "Cơ sở dữ liệu tạm thời không dùng được, chưa ghi được gì. Hãy thử lại sau ít phút.",
            "The database cannot be used right now and nothing was stored. Try again in a few minutes."};
}

Error unknown_outcome_error() {
    return {ErrorKind::unavailable, "store.unavailable",
            "Cơ sở dữ liệu gặp sự cố đúng lúc đang lưu, không rõ đã lưu hay chưa. Hãy gửi lại với cùng "
            "Idempotency-Key: việc đã lưu sẽ không bị làm hai lần.",
            "The database failed in the middle of saving, so it is not known whether it was stored. Repeat "
            "with the same Idempotency-Key: what was stored will not be done twice."};
}

Error contention_error() {
    return {ErrorKind::unavailable, "store.unavailable",
            "Nhiều người đang sửa cùng một dữ liệu, chưa ghi được gì. Hãy thử lại.",
            "Too many others are changing the same data and nothing was stored. Try again."};
}

Error closing_error() {
    return {ErrorKind::unavailable, "store.unavailable", "Máy chủ đang dừng, chưa ghi được gì. Hãy thử lại sau.",
            "The server is stopping and nothing was stored. Try again later."};
}

Error bad_url_error(std::string_view url) {
    // A PostgreSQL URL may carry a password: only what stands before the colon is repeated.
    const std::string_view scheme = url.substr(0, url.find(':'));
    return {ErrorKind::invalid, "store.url",
            fmt::format("Không hiểu địa chỉ cơ sở dữ liệu \"{}:…\". Hãy ghi sqlite:/đường/dẫn/tệp.db hoặc "
                        "postgresql://…",
                        scheme),
            fmt::format("The database address \"{}:…\" is not understood. Write sqlite:/path/to/file.db or "
                        "postgresql://…",
                        scheme)};
}

Error migration_changed_error(std::string_view room, int64_t number) {
    return {ErrorKind::internal, "store.migration_changed",
            fmt::format("Bước nâng cấp {}/{} của cơ sở dữ liệu khác với bước có trong chương trình này. Hãy dùng đúng "
                        "bản chương trình đã tạo cơ sở dữ liệu, hoặc bản phát hành chính thức mới hơn.",
                        room, number),
            fmt::format("Migration {}/{} was applied to this database with a different text than this program has. Use "
                        "the program that made the database, or a newer official release.",
                        room, number)};
}

Error newer_error(std::string_view room, int64_t number) {
    return {ErrorKind::internal, "store.newer",
            fmt::format("Cơ sở dữ liệu mới hơn chương trình này (đã có bước nâng cấp {}/{}). Hãy cài bản chương trình "
                        "mới hơn.",
                        room, number),
            fmt::format("The database is newer than this program (it has migration {}/{}). Install a newer program.",
                        room, number)};
}

Error bug_error(std::string_view what) {
    log::error("store", "a transaction failed by a mistake in the program", {{"what", what}});
    return {ErrorKind::internal, "store.bug",
            "Chương trình gặp lỗi, chưa ghi được gì. Hãy báo quản trị hệ thống kèm thời điểm xảy ra.",
            "The program made a mistake and nothing was stored. Tell the administrator when it happened."};
}

Error error_of(const DbError& error) {
    switch (error.kind) {
        case DbError::Kind::constraint:
            return {ErrorKind::conflict, "store.constraint",
                    "Dữ liệu này mâu thuẫn với dữ liệu đã lưu (trùng hoặc tham chiếu không tồn tại). Hãy tải lại rồi "
                    "kiểm tra.",
                    fmt::format("This contradicts what is stored ({}). Reload and check.", error.what())};
        case DbError::Kind::full:
            log::error("store", "no space", {{"what", error.what()}});
            return full_error();
        case DbError::Kind::busy:
        case DbError::Kind::serialisation:
            log::warning("store", "too much contention", {{"what", error.what()}});
            return contention_error();
        case DbError::Kind::unavailable:
            log::error("store", "database unavailable", {{"what", error.what()}});
            return unavailable_error();
        case DbError::Kind::bug:
            break;
    }
    return bug_error(error.what());
}

}  // namespace hl::store
