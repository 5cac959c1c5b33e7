#include "exchange/protocol/mime.h"

#include <cstring>

#include "exchange/protocol/content_type.h"

namespace hl::exchange {

namespace {

constexpr size_t longest_boundary = 70;   // RFC 2046 5.1.1
constexpr size_t longest_padding = 1000;  // white space behind a boundary

Error malformed(std::string_view why) {
    return {ErrorKind::malformed, "exchange.mime",
            "Không đọc được thông điệp nhiều phần (MIME). Kiểm tra boundary, dòng trống sau phần đầu và phần kết.",
            fmt::format("The multipart message cannot be read: {}. Check its boundary, part heads and ending.", why)};
}
Error over_limit(std::string_view what) {
    return {ErrorKind::too_large, "exchange.mime_limit",
            "Thông điệp nhiều phần vượt giới hạn. Gửi ít phần hơn hoặc phần đầu ngắn hơn.",
            fmt::format("The multipart message is over a limit: {}. Send fewer parts or shorter part heads.", what)};
}

/// Position of `what` in `where`, or npos: by memmem, which looks at many bytes at a time.
size_t find(std::string_view where, std::string_view what) {
    const void* found = memmem(where.data(), where.size(), what.data(), what.size());
    return found ? static_cast<size_t>(static_cast<const char*>(found) - where.data()) : std::string_view::npos;
}

bool token(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return c > ' ' && c < 0x7F && std::string_view{"()<>@,;:\\\"/[]?="}.find(c) == std::string_view::npos;
    });
}

/// The lines of a part's head, each with its CRLF.
Result<std::vector<http::Header>> parse_head(std::string_view lines) {
    std::vector<http::Header> out;
    while (!lines.empty()) {
        const auto end = lines.find("\r\n");
        const auto line = lines.substr(0, end);
        lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 2);
        if (line.find_first_of(std::string_view{"\r\n\0", 3}) != std::string_view::npos)
            return malformed("a part's head has a bare CR, LF or zero byte");
        if (line.starts_with(' ') || line.starts_with('\t')) {  // folded: goes on with the line before
            if (out.empty()) return malformed("a part's head begins with white space");
            out.back().value += ' ';
            out.back().value += trimmed(line);
            continue;
        }
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || !token(trimmed(line.substr(0, colon))))
            return malformed("a line of a part's head has no name");
        out.push_back({std::string(trimmed(line.substr(0, colon))), std::string(trimmed(line.substr(colon + 1)))});
    }
    return out;
}

}  // namespace

// The delimiter "\r\n--boundary" begins with a CR and has none after it. So when a piece ends inside a possible
// delimiter only its matched beginning is held back, and when the next bytes do not go on with it the held bytes are
// known to be body: nothing is searched twice and no body is copied.
MimeParser::MimeParser(std::string boundary, Events events, MimeLimits limits)
    : delimiter_("\r\n--" + std::move(boundary)), events_(std::move(events)), limits_(limits), held_("\r\n") {
    // The first boundary may stand at the very beginning: the line end before it is taken as read.
    if (delimiter_.size() <= 4 || delimiter_.size() > 4 + longest_boundary ||
        delimiter_.find_first_of("\r\n", 2) != std::string::npos)
        state_ = State::failed;
}

bool MimeParser::closed() const {
    return state_ == State::closed;
}

Result<void> MimeParser::feed(std::string_view bytes) {
    if (state_ == State::failed) return malformed("it has no usable boundary, or was refused before");
    auto done = take(bytes);
    if (!done.ok()) state_ = State::failed;
    return done;
}

Result<void> MimeParser::take(std::string_view bytes) {
    while (!bytes.empty() && state_ != State::closed) switch (state_) {
            case State::preamble:
            case State::body: {
                TRY_VOID(take_body(bytes));
                break;
            }
            case State::after_boundary: {
                TRY_VOID(take_after_boundary(bytes));
                break;
            }
            case State::head: {
                TRY_VOID(take_head(bytes));
                break;
            }
            case State::closed:
            case State::failed:
                return {};
        }
    return {};
}

Result<void> MimeParser::emit(std::string_view piece) {
    if (state_ != State::body || piece.empty()) return {};  // what comes before the first boundary means nothing
    return events_.body(piece);
}

Result<void> MimeParser::take_body(std::string_view& bytes) {
    if (!held_.empty()) {  // a beginning of the delimiter
        const size_t wanted = std::min(delimiter_.size() - held_.size(), bytes.size());
        if (std::memcmp(delimiter_.data() + held_.size(), bytes.data(), wanted) != 0) {
            const std::string body = std::move(held_);
            held_.clear();
            return emit(std::string_view(body).substr(std::exchange(borrowed_, false) ? 2 : 0));
        }
        held_.append(bytes.substr(0, wanted));
        bytes.remove_prefix(wanted);
        if (held_.size() == delimiter_.size()) {
            held_.clear();
            preamble_ = state_ == State::preamble;
            state_ = State::after_boundary;
        }
        return {};
    }
    borrowed_ = false;
    if (const auto found = find(bytes, delimiter_); found != std::string_view::npos) {
        TRY_VOID(emit(bytes.substr(0, found)));
        bytes.remove_prefix(found + delimiter_.size());
        preamble_ = state_ == State::preamble;
        state_ = State::after_boundary;
        return {};
    }
    // The last CR may begin a delimiter that goes on in the next piece.
    size_t keep = 0;
    const auto tail = bytes.substr(bytes.size() - std::min(bytes.size(), delimiter_.size() - 1));
    if (const auto* cr = static_cast<const char*>(memrchr(tail.data(), '\r', tail.size()))) {
        const size_t length = static_cast<size_t>(tail.data() + tail.size() - cr);
        if (std::memcmp(cr, delimiter_.data(), length) == 0) keep = length;
    }
    TRY_VOID(emit(bytes.substr(0, bytes.size() - keep)));
    held_.assign(bytes.substr(bytes.size() - keep));
    bytes = {};
    return {};
}

Result<void> MimeParser::take_after_boundary(std::string_view& bytes) {
    while (!bytes.empty()) {
        const char c = bytes.front();
        const bool dash = c == '-' && (held_.empty() || held_ == "-");
        const bool padding = (c == ' ' || c == '\t') && (held_.empty() || held_.back() == ' ' || held_.back() == '\t');
        const bool cr = c == '\r' && (held_.empty() || held_.back() == ' ' || held_.back() == '\t');
        const bool lf = c == '\n' && !held_.empty() && held_.back() == '\r';
        if (!dash && !padding && !cr && !lf) {
            // A longer boundary that begins like ours (a nested multipart's): body after all.
            std::string body = std::move(held_);
            held_.clear();
            state_ = preamble_ ? State::preamble : State::body;
            TRY_VOID(emit(std::string_view(delimiter_).substr(std::exchange(borrowed_, false) ? 2 : 0)));
            return take(body);
        }
        held_ += c;
        bytes.remove_prefix(1);
        if (lf || held_ == "--") {
            if (!preamble_) TRY_VOID(events_.part_end());
            if (!lf) {
                state_ = State::closed;
                held_.clear();
                return {};
            }
            if (++parts_ > limits_.parts) return over_limit("too many parts");
            state_ = State::head;
            held_ = "\r\n";  // so that an empty head ends like any other
            return {};
        }
        if (held_.size() > longest_padding) return over_limit("white space behind a boundary");
    }
    return {};
}

Result<void> MimeParser::take_head(std::string_view& bytes) {
    constexpr std::string_view blank = "\r\n\r\n";
    constexpr size_t step = 512;  // heads are short; what is behind them is not copied
    if (held_ == "\r\n") {
        // Mostly the whole head is there.
        const auto end = bytes.starts_with("\r\n") ? 0 : find(bytes.substr(0, step), blank);
        if (end != std::string_view::npos && end > 0 && end + 2 <= limits_.head) {
            TRY(const auto head, parse_head(bytes.substr(0, end + 2)));
            bytes.remove_prefix(end + blank.size());
            return begin_body(head);
        }
    }
    while (!bytes.empty()) {
        const size_t before = held_.size();
        const auto piece = bytes.substr(0, step);
        held_.append(piece);
        const size_t from = before - std::min(before, blank.size() - 1);
        const auto found = find(std::string_view(held_).substr(from), blank);
        if (found == std::string_view::npos) {
            bytes.remove_prefix(piece.size());
            if (held_.size() > limits_.head + blank.size() - 1) return over_limit("a part's head is too long");
            continue;
        }
        const size_t end = from + found;
        if (end > limits_.head) return over_limit("a part's head is too long");
        bytes.remove_prefix(end + blank.size() - before);
        TRY(const auto head, parse_head(std::string_view(held_).substr(2, end + 2 - 2)));
        return begin_body(head);
    }
    return {};
}

Result<void> MimeParser::begin_body(const std::vector<http::Header>& head) {
    state_ = State::body;
    // In a part without a body the blank line's end may be the delimiter's beginning (RFC 2046 5.1.1).
    held_ = "\r\n";
    borrowed_ = true;
    return events_.part(head);
}

Result<void> MimeParser::finish() {
    if (state_ == State::closed) return {};
    state_ = State::failed;
    return malformed("it ends before its closing boundary");
}

std::string boundary_of(std::string_view content_type) {
    if (!media_type(content_type).starts_with("multipart/")) return {};
    return content_type_parameter(content_type, "boundary");
}

std::string part_head(std::string_view boundary, std::string_view content_type, bool first,
                      const std::vector<http::Header>& more) {
    std::string out;
    out.reserve(boundary.size() + content_type.size() + 32);
    if (!first) out += "\r\n";
    out.append("--").append(boundary).append("\r\n");
    if (!content_type.empty()) out.append("content-type:").append(content_type).append("\r\n");
    for (const auto& h : more) out.append(h.name).append(":").append(h.value).append("\r\n");
    out += "\r\n";
    return out;
}

std::string closing(std::string_view boundary) {
    return fmt::format("\r\n--{}--\r\n", boundary);
}

}  // namespace hl::exchange
