// Mapping files: packs/…/links/NAME.yaml, one connector's words for ours, readable by who runs it. Applied with the
// pack and kept in the database in every version; a message names the one that it was made by. The head is the same for
// all (id, connector, valid, sources, unverified); what follows is the partner's own.
#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <yaml-cpp/yaml.h>

#include "store/db.h"

namespace hl::connector {

struct MappingFile {
    std::string file;       // "links/portal.yaml"
    std::string id;         // "cong-quoc-gia-2025"
    std::string connector;  // "portal"
    Date from;
    std::optional<Date> to;
    std::vector<std::string> unverified;  // what to say of it, in Vietnamese
    std::string text;
    std::string hash;  // of the text
    YAML::Node root;
};

struct MappingPack {
    std::vector<MappingFile> files;
    std::string hash;  // of all
};
/// Reads and checks the heads; a partner's own part is checked by `checkers`. Errors are collected with file and line:
/// link.mapping.
using MappingCheck = std::function<void(const MappingFile&, std::vector<Error>&)>;
[[nodiscard]] MappingPack read_mappings(const std::filesystem::path& pack, std::vector<Error>& errors,
                                        const std::map<std::string, MappingCheck>& checkers = {});
/// What applying would change, in Vietnamese.
[[nodiscard]] std::vector<std::string> describe_changes(store::Reader& reader, const MappingPack& pack);
/// Appends links.mappings_applied when something is new; held messages are looked at again then.
[[nodiscard]] Result<void> apply_mappings(store::Transaction& tx, const MappingPack& pack, const std::string& actor,
                                          Instant now);

/// The newest applied mappings, parsed once. Safe on any thread.
class Mappings {
  public:
    /// Errors: link.no_mapping.
    [[nodiscard]] Result<std::shared_ptr<const MappingFile>> valid(store::Reader& reader, std::string_view connector,
                                                                   Instant at);

  private:
    std::mutex mutex_;
    std::string hash_;
    std::vector<std::shared_ptr<const MappingFile>> files_;
};

/// `parsed` made once per version of the mapping and kept.
template <class T>
class Parsed {
  public:
    template <class Parse>
    Result<std::shared_ptr<const T>> get(const std::shared_ptr<const MappingFile>& file, Parse parse) {
        std::scoped_lock lock(mutex_);
        if (value_ && file_ && file_->hash == file->hash) return value_;
        TRY(auto parsed, parse(*file));
        value_ = std::make_shared<const T>(std::move(parsed));
        file_ = file;
        return value_;
    }

  private:
    std::mutex mutex_;
    std::shared_ptr<const MappingFile> file_;
    std::shared_ptr<const T> value_;
};

}  // namespace hl::connector
