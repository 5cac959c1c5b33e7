// Containers in memory and as files: the entries, their order, their manifests.
#include "exchange/trust/container.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/text.h"
#include "exchange/trust/container_entries.h"
#include "exchange/trust/container_zip.h"
#include "exchange/trust/xades_text.h"

namespace hl::exchange {

namespace {

using Packing = ZipWriter::Packing;

std::string manifest_of(const ContainerParts& parts, size_t attachments) {
    std::string out = R"(<?xml version="1.0" encoding="UTF-8"?>)"
                      "\n"
                      R"(<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">)"
                      "\n";
    const auto entry = [&](std::string_view name, std::string_view type) {
        fmt::format_to(std::back_inserter(out),
                       R"(<manifest:file-entry manifest:media-type="{}" manifest:full-path="{}"/>)", type, name);
        out += '\n';
    };
    entry("/", entries::media_type);
    entry(entries::message, "text/xml");
    for (size_t i = 1; i <= attachments; ++i)
        entry(fmt::format("{}{}", entries::attachment, i), "application/octet-stream");
    for (const auto& chain : entries::chains)
        if (!(parts.*chain.bytes).empty()) entry(chain.name, "text/xml");
    out += "</manifest:manifest>\n";
    return out;
}

/// What the time-stamp is over, as ASiC describes it.
std::string asic_manifest_of(const ContainerParts& parts) {
    std::string digest;
    append_base64(digest, sha512(parts.stamp_chain_result));
    return fmt::format(
        R"(<?xml version="1.0" encoding="UTF-8"?>)"
        "\n"
        R"(<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">)"
        R"(<asic:SigReference URI="{}" MimeType="application/vnd.etsi.timestamp-token"/>)"
        R"(<asic:DataObjectReference URI="{}" MimeType="text/xml"><ds:DigestMethod Algorithm="{}"/>)"
        "<ds:DigestValue>{}</ds:DigestValue></asic:DataObjectReference></asic:ASiCManifest>\n",
        entries::stamp_token, entries::chains[3].name, sha512_uri, digest);
}

Result<void> check_parts(const ContainerParts& parts) {
    if (parts.message.empty() || parts.signature.empty()) return bad_container("it has no message or no signature");
    if (parts.chain.empty() != parts.chain_result.empty() ||
        parts.stamp_chain.empty() != parts.stamp_chain_result.empty())
        return bad_container("a hash chain lacks its result or its steps");
    return {};
}

/// Everything but the attachments, which `attach` adds in their place.
template <class Attach>
Result<void> write_entries(ZipWriter& zip, const ContainerParts& parts, size_t attachments, Attach attach) {
    TRY_VOID(check_parts(parts));
    if (attachments > entries::most_attachments) return bad_container("it would have too many attachments");
    TRY_VOID(zip.add(entries::mimetype, std::string(entries::media_type), Packing::stored));
    TRY_VOID(zip.add(entries::message, parts.message, Packing::packed));
    TRY_VOID(attach());
    for (const auto& chain : entries::chains)
        if (!(parts.*chain.bytes).empty()) TRY_VOID(zip.add(chain.name, parts.*chain.bytes, Packing::packed));
    TRY_VOID(zip.add(entries::manifest, manifest_of(parts, attachments), Packing::packed));
    if (!parts.stamp_chain_result.empty())
        TRY_VOID(zip.add(entries::asic_manifest, asic_manifest_of(parts), Packing::packed));
    TRY_VOID(zip.add(entries::signature, parts.signature, Packing::packed));
    if (!parts.stamp_token.empty()) TRY_VOID(zip.add(entries::stamp_token, parts.stamp_token, Packing::packed));
    return zip.comment(fmt::format("mimetype={}", entries::media_type));
}

Error not_kept(const std::filesystem::path& path) {
    return {ErrorKind::internal, "file.write",
            fmt::format("Không ghi được {}: {}. Kiểm tra dung lượng và quyền ghi của thư mục.", path.string(),
                        std::generic_category().message(errno)),
            fmt::format("{} could not be written: {}. Check the folder's space and permissions.", path.string(),
                        std::generic_category().message(errno))};
}

bool sync(const std::filesystem::path& path, int flags) {
    const int file = ::open(path.c_str(), flags | O_CLOEXEC);
    const bool done = file >= 0 && ::fsync(file) == 0;
    if (file >= 0) ::close(file);
    return done;
}

}  // namespace

namespace entries {

std::optional<size_t> attachment_number(std::string_view name) {
    if (!name.starts_with(attachment)) return std::nullopt;
    name.remove_prefix(attachment.size());
    if (name.empty() || name.size() > 4 || name[0] == '0') return std::nullopt;
    size_t number = 0;
    for (const char c : name) {
        if (c < '0' || c > '9') return std::nullopt;
        number = number * 10 + static_cast<size_t>(c - '0');
    }
    return number;
}

}  // namespace entries

Result<std::string> write_container(const ContainerParts& parts, Instant now) {
    TRY(auto zip, ZipWriter::to_memory(now));
    TRY_VOID(write_entries(zip, parts, parts.attachments.size(), [&]() -> Result<void> {
        for (size_t i = 0; i < parts.attachments.size(); ++i)
            TRY_VOID(zip.add(fmt::format("{}{}", entries::attachment, i + 1), parts.attachments[i], Packing::packed));
        return {};
    }));
    return std::move(zip).finish();
}

Result<void> write_container_file(const std::filesystem::path& path, const ContainerParts& parts,
                                  std::vector<AttachmentSource> attachments, Instant now) {
    auto beside = path;
    beside += ".part";
    const auto write = [&]() -> Result<void> {
        TRY(auto zip, ZipWriter::to_file(beside, now));
        TRY_VOID(write_entries(zip, parts, attachments.size(), [&]() -> Result<void> {
            for (size_t i = 0; i < attachments.size(); ++i)
                TRY_VOID(zip.add(fmt::format("{}{}", entries::attachment, i + 1), std::move(attachments[i])));
            return {};
        }));
        TRY(const auto nothing, std::move(zip).finish());
        (void)nothing;
        const auto folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
        if (!sync(beside, O_RDONLY) || ::rename(beside.c_str(), path.c_str()) != 0 ||
            !sync(folder, O_RDONLY | O_DIRECTORY))
            return not_kept(path);
        return {};
    };
    auto done = write();
    if (!done.ok()) ::unlink(beside.c_str());
    return done;
}

}  // namespace hl::exchange
