// The portal's words for ours: read from the pack's links/portal.yaml. Everything that was not verified against the
// official specification stands there and not here. Immutable once read; any thread.
#pragma once
#include <map>
#include <set>

#include "dossiers/dossier.h"
#include "links/connector/mapping.h"
#include "links/portal/questions.h"

namespace hl::links::portal {

struct StatusRule {
    int code = 0;          // TrangThaiHoSo; 0: held
    bool earlier = false;  // the nearest earlier state that the portal can say: marked
    std::string vi, en;    // why
};

struct Profile {
    std::string id, hash;
    std::map<dossiers::State, StatusRule> statuses;
    std::map<std::string, std::string> channels;        // desk → "1"
    std::map<std::string, std::string> subjects;        // citizen → "1"
    std::map<std::string, std::string> id_kinds;        // personal_id → "1"
    std::map<std::string, std::string> fee_kinds;       // fee → "2"
    std::map<std::string, std::string> fee_methods;     // cash → "1"
    std::map<std::string, std::string> online_payment;  // method → DuocThanhToanTrucTuyen
    std::map<std::string, std::string> deliveries;      // desk → words for ThongTinTra
    std::map<std::string, std::string> acts;            // event → words for NoiDungXuLy
    std::map<std::string, std::string> remarks;         // unknown_amount → words for GhiChu; left out: not said
    std::map<std::string, size_t> limits;               // field → most characters
    struct Required {
        std::string field;
        std::set<int> statuses;          // empty: always
        std::set<std::string> subjects;  // codes; empty: all
    };
    std::vector<Required> required, required_progress;
    std::set<std::string> required_of_taken;      // of a paper that was taken from the national store
    std::map<std::string, std::string> services;  // dossier → DongBoHoSoMC…
    std::optional<QuestionRules> questions;       // nothing: they are not fetched
    std::string auth_path, path;
    std::set<int> ok, exists, unknown_key, session;
    std::map<int, std::pair<std::string, std::string>> refusals;  // code → words
    [[nodiscard]] std::string service(const std::string& word) const;
};
/// Errors: link.mapping with file and line.
[[nodiscard]] Result<Profile> read_profile(const connector::MappingFile& file);
/// For the pack's check: all mistakes.
void check_profile(const connector::MappingFile& file, std::vector<Error>& errors);

}  // namespace hl::links::portal
