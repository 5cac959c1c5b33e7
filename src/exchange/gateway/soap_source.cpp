#include "exchange/gateway/soap_source.h"

#include "exchange/protocol/content_type.h"

namespace hl::exchange::gateway {

namespace {

bool is_soap(std::string_view media) {
    return media == "text/xml" || media == "application/xop+xml";
}

Error wrong_type(std::string_view content_type) {
    return {ErrorKind::malformed, "exchange.invalid_content_type",
            "Thông điệp SOAP phải có kiểu text/xml hoặc multipart/related với phần đầu là SOAP.",
            fmt::format("The content type '{}' is no SOAP message's. Send text/xml, or multipart/related with the SOAP "
                        "message as its first part.",
                        content_type.substr(0, 200))};
}

}  // namespace

SoapSource::SoapSource(std::unique_ptr<PlainSource> bytes, std::string content_type, size_t limit)
    : source_(std::move(bytes)), bytes_(*source_), content_type_(std::move(content_type)), limit_(limit) {
    if (!media_type(content_type_).starts_with("multipart/")) {
        start_.content_type = content_type_;
        return;
    }
    MimeParser::Events events;
    events.part = [this](const std::vector<http::Header>& head) -> Result<void> {
        if (++seen_parts_ > 1) {
            waiting_.push_back({true, head, {}});
            return {};
        }
        for (const auto& h : head) {
            if (lower_case(h.name) == "content-type")
                start_.content_type = h.value;
            else
                start_.head_more.push_back(h);
        }
        if (!is_soap(media_type(start_.content_type))) return wrong_type(start_.content_type);
        return {};
    };
    events.body = [this](std::string_view piece) { return add(piece); };
    events.part_end = [this]() -> Result<void> {
        started_ = true;
        return {};
    };
    parts_ = std::make_unique<MimeParser>(boundary_of(content_type_), std::move(events));
}

Result<void> SoapSource::add(std::string_view piece) {
    if (seen_parts_ > 1) {
        if (waiting_.empty() || waiting_.back().part) waiting_.push_back({});
        waiting_.back().bytes += piece;
        return {};
    }
    if (start_.xml.size() + piece.size() > limit_)
        return Error{
            ErrorKind::too_large, "exchange.message_limit",
            "Thông điệp SOAP quá lớn. Gửi dữ liệu lớn bằng tệp đính kèm.",
            fmt::format("The SOAP message is longer than {} bytes. Send large data as an attachment.", limit_)};
    start_.xml += piece;
    return {};
}

Awaitable<Result<void>> SoapSource::more() {
    CO_TRY(const std::string_view piece, co_await bytes_.next());
    if (!piece.empty()) co_return parts_ ? parts_->feed(piece) : add(piece);
    if (parts_) CO_TRY_VOID(parts_->finish());
    over_ = started_ = true;
    co_return Nothing{};
}

Awaitable<Result<SoapStart>> SoapSource::start() {
    if (!parts_ && !is_soap(media_type(content_type_))) co_return wrong_type(content_type_);
    while (!started_) CO_TRY_VOID(co_await more());
    if (start_.xml.empty())
        co_return Error{ErrorKind::malformed, "exchange.missing_message", "Thông điệp không có nội dung SOAP.",
                        "There is no SOAP message in the body."};
    co_return std::move(start_);
}

Awaitable<Result<Piece>> SoapSource::next() {
    while (waiting_.empty()) {
        if (over_) co_return Piece{};
        CO_TRY_VOID(co_await more());
    }
    current_ = std::move(waiting_.front());
    waiting_.pop_front();
    if (current_.part) co_return Piece{Piece::Kind::part, std::move(current_.head), {}};
    co_return Piece{Piece::Kind::bytes, {}, current_.bytes};
}

SoapBytes::SoapBytes(std::string xml, std::string_view part_type, const std::vector<http::Header>& head_more,
                     std::string_view content_type, PlainSource& attachments)
    : boundary_(boundary_of(content_type)), attachments_(attachments) {
    if (!boundary_.empty()) current_ = part_head(boundary_, part_type, true, head_more);
    current_ += xml;
}

Awaitable<Result<std::string_view>> SoapBytes::next() {
    if (over_) co_return std::string_view{};
    if (!std::exchange(begun_, true)) co_return std::string_view(current_);
    for (;;) {
        CO_TRY(const Piece piece, co_await attachments_.next());
        if (piece.kind == Piece::Kind::end) {
            over_ = true;
            if (boundary_.empty()) co_return std::string_view{};
            current_ = closing(boundary_);
            co_return std::string_view(current_);
        }
        if (boundary_.empty())
            co_return Error{ErrorKind::malformed, "exchange.invalid_message",
                            "Thông điệp có tệp đính kèm nhưng kiểu nội dung không phải multipart.",
                            "The message has attachments, but its content type is no multipart."};
        if (piece.kind == Piece::Kind::bytes) {
            if (!piece.bytes.empty()) co_return piece.bytes;
            continue;
        }
        current_ = part_head(boundary_, {}, false, piece.head);
        co_return std::string_view(current_);
    }
}

}  // namespace hl::exchange::gateway
