// The post's words and codes, from packs/…/links/post.yaml: paths, Status and StatusCode, and the dated table that
// gives a commune of today the district field that the post still asks for. Values; any thread.
#pragma once
#include <map>

#include "links/connector/mapping.h"
#include "links/post/order.h"

namespace hl::directory {
class Directory;
}

namespace hl::post {

struct DistrictTable {
    Date from;
    std::optional<Date> to;
    std::map<std::string, std::string> units;
};

struct Profile {
    std::string hash;
    std::map<std::string, std::string> paths, fixed, order_number, descriptions;
    std::vector<std::string> good, exists, unknown, refused;                // Status of a reply
    std::vector<std::string> registered, collecting, delivered, cancelled;  // StatusCode of a movement
    std::string province, cod_field, item_field;
    int page = 100;
    std::vector<DistrictTable> districts;

    [[nodiscard]] std::optional<std::string> district_of(const UnitId& unit, Date day) const;
    [[nodiscard]] std::optional<OrderState> state_of(const std::string& status) const;
    [[nodiscard]] std::string number_for(const DossierCode& code, Way way, int turn) const;
    [[nodiscard]] std::string description_for(const DossierCode& code, Way way) const;
};
/// Errors: link.mapping, with file and line.
[[nodiscard]] Result<Profile> parse_profile(const connector::MappingFile& file);
void check_profile(const connector::MappingFile& file, std::vector<Error>& errors);

/// The commune of the day that an address names. Nothing when none or more than one is named: where a letter goes is
/// not guessed.
[[nodiscard]] std::optional<UnitId> commune_of(const directory::Directory& directory, std::string_view address,
                                               Date day);

/// A movement of the post's list.
struct Movement {
    std::string id, order, status, words, item;
    std::optional<int64_t> cod;
};
/// One page: {"_embedded": {"rh:doc": [{"_id": {"$oid"}, OrderNumber, StatusCode, StatusMessage, …}]}}. A line that
/// cannot be read is an error: reading on would skip it for good. Errors: post.reply_malformed.
[[nodiscard]] Result<std::vector<Movement>> parse_movements(std::string_view bytes, const Profile& profile);
struct OrderReply {
    std::string status, message, item;
};
[[nodiscard]] Result<OrderReply> parse_order_reply(std::string_view bytes, const Profile& profile);

}  // namespace hl::post
