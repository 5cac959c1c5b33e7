// What the notices read from outside: reports of non-delivery, gateways' answers, the pack's texts, keys in
// Message-IDs.
#include "notices/bounce.h"
#include "notices/gateway.h"
#include "notices/mail.h"
#include "notices/notices.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    using namespace hl::notices;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    if (const auto report = parse_report(bytes); report.ok() && !parse_key(report->key)) __builtin_trap();
    (void)key_in_message_id(bytes);
    GatewayShape shape;
    shape.accepted = {{{200}, "/code", {"0"}}};
    shape.message_at = "/message";
    const auto understood = understand(shape, 200, bytes);
    if (understood.meaning == Meaning::accepted && bytes.find("code") == std::string_view::npos) __builtin_trap();
    Book book;
    std::vector<hl::Error> errors;
    read_book_file(std::string{bytes}, "fuzz.yaml", book, errors);
    if (is_mail_address(bytes) && bytes.find_first_of("\r\n<> ") != std::string_view::npos) __builtin_trap();
    const auto words = encoded_words(bytes);
    for (size_t at = 0; (at = words.find('\n', at)) != std::string::npos; ++at)
        if (at + 1 >= words.size() || words[at + 1] != ' ') __builtin_trap();
    return 0;
}
