#include "exchange/protocol/transport.h"

#include "base/crypto.h"
#include "exchange/protocol/content_type.h"
#include "http/parse.h"

namespace hl::exchange::transport {

namespace {

constexpr std::string_view own_beginning = "xtop", nested_beginning = "xatt";

/// The same code measures a message and then writes it: one allocation of the right size.
struct Measure {
    size_t size = 0;
    Measure& operator<<(std::string_view piece) {
        size += piece.size();
        return *this;
    }
};
struct Write {
    std::string& out;
    Write& operator<<(std::string_view piece) {
        out += piece;
        return *this;
    }
};

template <class Out>
class Composer {
  public:
    Composer(Out& out, std::string_view boundary, bool first) : out_(out), boundary_(boundary), first_(first) {}
    void open(std::string_view content_type) {
        line();
        out_ << "content-type:" << content_type << "\r\n\r\n";
    }
    void open(const std::vector<http::Header>& head) {
        line();
        for (const auto& h : head) out_ << h.name << ":" << h.value << "\r\n";
        out_ << "\r\n";
    }
    void part(std::string_view content_type, std::string_view bytes) {
        open(content_type);
        out_ << bytes;
    }
    void close() { out_ << "\r\n--" << boundary_ << "--\r\n"; }

  private:
    void line() { out_ << (std::exchange(first_, false) ? "--" : "\r\n--") << boundary_ << "\r\n"; }
    Out& out_;
    std::string_view boundary_;
    bool first_;
};

std::string nested_boundary(std::string_view boundary) {
    const auto rest = boundary.starts_with(own_beginning) ? boundary.substr(own_beginning.size()) : boundary;
    return fmt::format("{}{}", nested_beginning, rest);
}

template <class Out>
void write_beginning(Out& out, const Message& m, std::string_view boundary, bool with_body) {
    Composer<Out> parts(out, boundary, true);
    for (const auto& response : m.ocsp_responses) parts.part(type::ocsp_response, response);
    parts.part(m.head_type, m.head);
    if (!m.attachments.empty()) {
        const auto inner = nested_boundary(boundary);
        parts.open(fmt::format("multipart/mixed; boundary={}", inner));
        Composer<Out> nested(out, inner, true);
        for (const auto& a : m.attachments) {
            nested.open(a.head);
            out << a.bytes;
        }
        nested.close();
    }
    if (with_body) parts.open(type::rest_body);
}

template <class Out>
void write_end(Out& out, const Message& m, std::string_view boundary) {
    Composer<Out> parts(out, boundary, false);
    if (!m.hash_chain_result.empty()) parts.part(type::hash_chain_result, m.hash_chain_result);
    if (!m.hash_chain.empty()) parts.part(type::hash_chain, m.hash_chain);
    if (!m.signature.empty()) parts.part(type::signature, m.signature);
    if (!m.fault.empty()) parts.part(type::soap, m.fault);
    parts.close();
}

template <class Writer>
void append(std::string& out, const Writer& writer) {
    Measure measure;
    writer(measure);
    out.reserve(out.size() + measure.size);
    Write write{out};
    writer(write);
}
template <class Writer>
std::string written(const Writer& writer) {
    std::string out;
    append(out, writer);
    return out;
}

Error invalid_part(std::string_view content_type) {
    return {ErrorKind::malformed, "exchange.invalid_content_type",
            "Thông điệp giữa hai cổng có phần lạ hoặc sai thứ tự. Người quản trị hai cổng cần kiểm tra phiên bản.",
            fmt::format("A part of type '{}' is unknown or not expected here. Check the other gateway's version.",
                        content_type.substr(0, 100))};
}

}  // namespace

std::string make_boundary(std::string_view beginning, Random& random) {
    return fmt::format("{}{}", beginning, crypto::to_hex(crypto::random_bytes(random, 12)));
}

std::string content_type(std::string_view boundary) {
    return fmt::format("multipart/mixed; charset=UTF-8; boundary={}", boundary);
}

std::string compose(const Message& m, std::string_view boundary) {
    return written([&](auto& out) {
        write_beginning(out, m, boundary, m.body.has_value());
        if (m.body) out << *m.body;
        write_end(out, m, boundary);
    });
}

std::string compose_beginning(const Message& m, std::string_view boundary, bool with_body) {
    return written([&](auto& out) { write_beginning(out, m, boundary, with_body); });
}

void append_end(std::string& out, const Message& m, std::string_view boundary) {
    append(out, [&](auto& to) { write_end(to, m, boundary); });
}

// What may follow what, as PR-MESSTRANSP 3.1 orders the parts. `nested` is the multipart of attachments itself.
struct Reader::State {
    enum class Place { start, ocsp, soap, attachments, rest_head, rest_body, chain_result, chain, end };

    Direction direction;
    Events events;
    Limits limits;
    MimeParser outer;
    std::unique_ptr<MimeParser> nested;
    Place place = Place::start;
    Part current = Part::ocsp_response;
    size_t size = 0, limit = 0;
    bool signed_ = false, faulty = false, message = false;

    State(std::string_view type, Direction d, Events e, Limits l)
        : direction(d),
          events(std::move(e)),
          limits(l),
          outer(boundary_of(type),
                {[this](const auto& head) { return begin(head); },
                 [this](std::string_view piece) { return take(piece); }, [this] { return finish_part(); }},
                l.mime) {}

    [[nodiscard]] bool after_message() const {
        return place == Place::soap || place == Place::attachments || place == Place::rest_head ||
               place == Place::rest_body;
    }

    std::optional<Part> next(std::string_view type) {
        const auto go = [&](Part part, Place then) {
            place = then;
            return part;
        };
        const bool fresh = place == Place::start || place == Place::ocsp;
        if (type == type::ocsp_response && fresh) return go(Part::ocsp_response, Place::ocsp);
        if ((type == type::soap || type == type::mtom) && fresh) return go(Part::soap, Place::soap);
        if (type == type::rest_request && fresh && direction == Direction::request)
            return go(Part::rest_request, Place::rest_head);
        if (type == type::rest_response && fresh && direction == Direction::response)
            return go(Part::rest_response, Place::rest_head);
        if (type == type::rest_body && place == Place::rest_head) return go(Part::rest_body, Place::rest_body);
        if (type == type::hash_chain_result && after_message()) return go(Part::hash_chain_result, Place::chain_result);
        if (type == type::hash_chain && place == Place::chain_result) return go(Part::hash_chain, Place::chain);
        if (type == type::signature && (after_message() || place == Place::chain || place == Place::chain_result))
            return go(Part::signature, Place::end);
        // What failed after the head had gone: a fault stands where the signature would.
        if (type == type::soap && !fresh && place != Place::end) return go(Part::fault, Place::end);
        return std::nullopt;
    }

    Result<void> begin(const std::vector<http::Header>& head) {
        std::string_view content_type;
        for (const auto& h : head)
            if (http::equal_ignoring_case(h.name, "content-type")) content_type = h.value;
        const auto media = media_type(content_type);
        size = 0;
        if (media.starts_with("multipart/") && place == Place::soap) {
            place = Place::attachments;
            current = Part::attachment;
            nested = std::make_unique<MimeParser>(
                boundary_of(content_type),
                MimeParser::Events{[this](const auto& inner) { return events.part(Part::attachment, inner); },
                                   [this](std::string_view piece) { return events.bytes(Part::attachment, piece); },
                                   [this] { return events.part_end(Part::attachment); }},
                limits.mime);
            return {};
        }
        const auto part = next(media);
        if (!part) return invalid_part(content_type);
        current = *part;
        limit = current == Part::rest_body ? std::string::npos : current == Part::soap ? limits.soap : limits.small;
        message = message || after_message();
        return events.part(current, head);
    }

    Result<void> take(std::string_view piece) {
        if (nested) return nested->feed(piece);
        size += piece.size();
        if (size > limit)
            return Error{ErrorKind::too_large, "exchange.message_limit",
                         "Một phần của thông điệp vượt giới hạn. Gửi dữ liệu lớn bằng tệp đính kèm hoặc nội dung REST.",
                         "A part of the message is too large. Send large data as an attachment or as a REST body."};
        return events.bytes(current, piece);
    }

    Result<void> finish_part() {
        if (nested) {
            auto done = nested->finish();
            nested.reset();
            return done;
        }
        signed_ = signed_ || current == Part::signature;
        faulty = faulty || current == Part::fault;
        return events.part_end(current);
    }
};

Reader::Reader(std::string_view content_type, Direction direction, Events events, Limits limits)
    : state_(std::make_unique<State>(content_type, direction, std::move(events), limits)) {}
Reader::~Reader() = default;
Reader::Reader(Reader&&) noexcept = default;
Reader& Reader::operator=(Reader&&) noexcept = default;

Result<void> Reader::feed(std::string_view bytes) {
    return state_->outer.feed(bytes);
}

Result<void> Reader::finish() {
    TRY_VOID(state_->outer.finish());
    if (!state_->message)
        return Error{ErrorKind::malformed, "exchange.missing_message",
                     "Thông điệp giữa hai cổng không có nội dung SOAP hoặc REST.",
                     "The message has no SOAP or REST part. Check the other gateway's version."};
    if (!state_->signed_ && !state_->faulty)
        return Error{ErrorKind::malformed, "exchange.missing_signature",
                     "Thông điệp giữa hai cổng không có chữ ký nên không được nhận.",
                     "The message has no signature, so it is refused. Check the other gateway's signing key."};
    return {};
}

std::string compose_ocsp_answer(const std::vector<std::string_view>& responses, std::string_view boundary) {
    return written([&](auto& out) {
        Composer<std::remove_reference_t<decltype(out)>> parts(out, boundary, true);
        for (const auto& r : responses) parts.part(type::ocsp_response, r);
        parts.close();
    });
}

Result<std::vector<std::string>> parse_ocsp_answer(std::string_view content_type, std::string_view body) {
    std::vector<std::string> out;
    MimeParser parser(
        boundary_of(content_type),
        {[&](const std::vector<http::Header>& head) -> Result<void> {
             for (const auto& h : head)
                 if (http::equal_ignoring_case(h.name, "content-type") && media_type(h.value) != type::ocsp_response)
                     return invalid_part(h.value);
             out.emplace_back();
             return {};
         },
         [&](std::string_view piece) -> Result<void> {
             out.back() += piece;
             return {};
         },
         []() -> Result<void> { return {}; }},
        {.head = 4096, .parts = 20});
    TRY_VOID(parser.feed(body));
    TRY_VOID(parser.finish());
    return out;
}

}  // namespace hl::exchange::transport
