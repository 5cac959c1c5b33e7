// One record as a container that stands alone.
#include "exchange/log/log_errors.h"
#include "exchange/log/message_log.h"
#include "exchange/trust/container.h"

namespace hl::exchange {

namespace {

constexpr int64_t largest_in_memory = 64 << 20;

struct Material {
    ContainerParts parts;  // without attachments
    LogEntry entry;
};

Result<Material> material(const MessageLog& log, RecordNumber number) {
    Material out;
    TRY(out.entry, log.entry(number));
    if (out.entry.message_erased) return journal::erased();
    auto& parts = out.parts;
    parts.message = std::move(out.entry.message);
    const auto& signature = out.entry.signature;
    if (signature.xml) parts.signature = *signature.xml;
    if (signature.chain_result) parts.chain_result = *signature.chain_result;
    parts.chain = signature.chain;
    TRY(auto stamp, log.stamp(number));
    if (stamp) {
        parts.stamp_chain_result = std::move(stamp->chain_result);
        parts.stamp_chain = std::move(stamp->chain);
        parts.stamp_token = std::move(stamp->token);
    }
    return out;
}

}  // namespace

Result<std::string> export_container(const MessageLog& log, RecordNumber number) {
    TRY(auto from, material(log, number));
    int64_t size = 0;
    for (const auto& body : from.entry.bodies) size += body.size;
    if (size > largest_in_memory)
        return Error{ErrorKind::too_large, "exchange.container_too_large",
                     fmt::format("Thông điệp có {} byte tệp đính kèm; hãy xuất ra tệp thay vì tải trực tiếp.", size),
                     fmt::format("The message has {} bytes of attachments; export it into a file.", size)};
    for (const auto& body : from.entry.bodies) {
        auto& attachment = from.parts.attachments.emplace_back();
        TRY_VOID(log.read_body(body, [&](std::string_view piece) -> Result<void> {
            attachment += piece;
            return Nothing{};
        }));
    }
    return write_container(from.parts, from.entry.at);
}

Result<void> export_container_file(const MessageLog& log, RecordNumber number, const std::filesystem::path& file) {
    TRY(auto from, material(log, number));
    std::vector<AttachmentSource> attachments;
    for (const auto& body : from.entry.bodies) {
        TRY(auto read, log.open_body(body));
        attachments.push_back({static_cast<uint64_t>(body.size), std::move(read)});
    }
    return write_container_file(file, from.parts, std::move(attachments), from.entry.at);
}

}  // namespace hl::exchange
