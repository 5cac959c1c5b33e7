#include "exchange/trust/container_reader.h"

#include "exchange/trust/container_entries.h"

namespace hl::exchange {

namespace {

constexpr uint64_t memory_limit = 256u << 20;  // all files of a container that is held
constexpr uint64_t stream_limit = 1ull << 40;  // all attachments of one that is hashed as it is read

/// Where each file of the container stands in the ZIP. A name that is not known is refused: what no signature could
/// cover has no place beside what one does.
struct Plan {
    struct File {
        size_t index;
        std::string ContainerParts::*bytes;  // null for those whose content is not kept
        std::string_view name;
    };
    std::vector<File> files;
    std::map<size_t, size_t> attachments;  // number → index
};

std::string ContainerParts::*place_of(std::string_view name) {
    if (name == entries::message) return &ContainerParts::message;
    if (name == entries::signature) return &ContainerParts::signature;
    if (name == entries::stamp_token) return &ContainerParts::stamp_token;
    for (const auto& chain : entries::chains)
        if (name == chain.name) return chain.bytes;
    return nullptr;
}

Result<Plan> plan(const ZipReader& zip) {
    Plan out;
    std::set<std::string_view> seen;
    for (size_t i = 0; i < zip.names().size(); ++i) {
        const std::string_view name = zip.names()[i];
        if (!seen.insert(name).second) return bad_container("two files in it have the same name");
        if (const auto number = entries::attachment_number(name)) {
            out.attachments.emplace(*number, i);
            continue;
        }
        std::string ContainerParts::*const place = place_of(name);
        if (!place && name != entries::mimetype && name != entries::manifest && name != entries::asic_manifest)
            return bad_container(fmt::format("it holds a file that does not belong there ({})", name.substr(0, 80)));
        out.files.push_back({i, place, name});
    }
    if (!seen.contains(entries::mimetype)) return bad_container("it has no mimetype");
    if (out.attachments.size() > entries::most_attachments) return bad_container("it has too many attachments");
    size_t expected = 1;
    for (const auto& [number, index] : out.attachments)
        if (number != expected++) return bad_container("its attachments are not numbered from 1 on");
    return out;
}

Result<void> read_files(ZipReader& zip, const Plan& plan, ContainerParts& parts, uint64_t& left) {
    for (const auto& file : plan.files) {
        std::string bytes;
        TRY_VOID(
            zip.read(file.index, std::min(entries::file_limit, left), [&](std::string_view piece) { bytes += piece; }));
        left -= bytes.size();
        if (file.name == entries::mimetype && bytes != entries::media_type)
            return bad_container("its mimetype is not that of ASiC-E");
        if (file.bytes) parts.*file.bytes = std::move(bytes);
    }
    if (parts.message.empty()) return bad_container("it has no message");
    if (parts.signature.empty()) return bad_container("it has no signature");
    if (parts.chain.empty() != parts.chain_result.empty() ||
        parts.stamp_chain.empty() != parts.stamp_chain_result.empty())
        return bad_container("a hash chain lacks its result or its steps");
    return {};
}

}  // namespace

Result<ContainerParts> read_container(std::string_view bytes) {
    TRY(auto zip, ZipReader::of_bytes(bytes));
    TRY(const auto files, plan(zip));
    ContainerParts parts;
    uint64_t left = memory_limit;
    TRY_VOID(read_files(zip, files, parts, left));
    for (const auto& [number, index] : files.attachments) {
        auto& attachment = parts.attachments.emplace_back();
        TRY_VOID(zip.read(index, left, [&](std::string_view piece) { attachment += piece; }));
        left -= attachment.size();
    }
    return parts;
}

Result<HashedContainer> read_hashed(ZipReader& zip) {
    TRY(const auto files, plan(zip));
    HashedContainer out;
    uint64_t left = memory_limit;
    TRY_VOID(read_files(zip, files, out.parts, left));
    out.contents.push_back({fmt::format("/{}", entries::message), sha512(out.parts.message)});
    left = stream_limit;
    Sha512Stream digest;
    for (const auto& [number, index] : files.attachments) {
        uint64_t size = 0;
        TRY_VOID(zip.read(index, left, [&](std::string_view piece) {
            digest.update(piece);
            size += piece.size();
        }));
        left -= size;
        out.contents.push_back({fmt::format("/{}{}", entries::attachment, number), digest.finish()});
    }
    return out;
}

}  // namespace hl::exchange
