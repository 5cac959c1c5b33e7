#include "app/documents.h"

#include "base/log.h"
#include "base/text.h"
#include "documents/development_keys.h"
#include "links/documents/axis_connector.h"

namespace hl::app {

namespace {

bool said_yes(const connector::PartnerSettings& settings, const std::string& name) {
    return settings.extra(name) == "yes";
}

bool has_files(const std::filesystem::path& folder) {
    std::error_code ec;
    return std::filesystem::directory_iterator(folder, ec) != std::filesystem::directory_iterator{};
}

}  // namespace

Result<std::unique_ptr<documents::Axis>> open_documents(Program& program) {
    const auto& c = program.config();
    documents::AxisSettings settings;
    settings.data = c.pack / "documents";
    std::error_code ec;
    if (!std::filesystem::exists(settings.data / "edxml.yaml", ec)) return std::unique_ptr<documents::Axis>{};
    settings.signing_keys = c.keys / "documents" / "signing";
    if (is_demonstration(c)) {
        TRY_VOID(documents::make_development_keys(settings.signing_keys, c.keys / "documents" / "trust",
                                                  c.keys / "documents" / "revocation", program.clock().now()));
    }
    // An empty trust store trusts nobody; it is not one that trusts everybody.
    if (has_files(c.keys / "documents" / "trust")) settings.trust = c.keys / "documents" / "trust";
    if (has_files(c.keys / "documents" / "time-stampers")) settings.stampers = c.keys / "documents" / "time-stampers";
    settings.lists = c.keys / "documents" / "revocation";
    settings.four_eyes = needs_four_eyes(c);
    if (const auto it = c.links.find("documents"); it != c.links.end()) {
        settings.accept_unbound = said_yes(it->second, "accept_unbound");
        settings.accept_unchecked = said_yes(it->second, "accept_unchecked");
        for (const auto& address : text::split(it->second.extra("revocation_lists"), ' ')) {
            if (address.empty()) continue;
            if (!address.starts_with("http://") && !address.starts_with("https://"))
                return Error{
                    ErrorKind::invalid, "config.value",
                    fmt::format("Giá trị của «links: documents: more: revocation_lists» không đúng: «{}» không "
                                "phải địa chỉ http(s). Tệp thì đặt vào thư mục {}.",
                                address, settings.lists.string()),
                    fmt::format("The value of 'links: documents: more: revocation_lists' is wrong: \"{}\" is "
                                "no http(s) address. Files go into {}.",
                                address, settings.lists.string())};
            settings.list_urls.push_back(address);
        }
        settings.accept_sha1 = said_yes(it->second, "accept_sha1");
        settings.accept_unsigned = said_yes(it->second, "accept_unsigned");
        settings.send_unsigned = said_yes(it->second, "send_unsigned");
    }
    documents::Axis::Ground ground{program.store(), program.blobs(), program.random(),
                                   [&program] { return program.snapshots().organisation(); },
                                   [&program] { return program.snapshots().calendars(); }};
    return documents::Axis::open(std::move(ground), std::move(settings));
}

void check_documents_pack(const std::filesystem::path& pack, std::vector<Error>& errors) {
    const auto folder = pack / "documents";
    std::error_code ec;
    if (!std::filesystem::exists(folder, ec)) return;
    const auto judge = [&](auto read) {
        if (!read.ok()) errors.push_back(std::move(read).error());
    };
    judge(documents::Profile::read(folder / "edxml.yaml"));
    judge(documents::CodeTable::read(folder / "agency-codes.csv"));
    judge(documents::Schema::read(folder / "edxml.xsd"));
    judge(documents::read_signers(folder / "signers.csv"));
    judge(links::vxp::Shape::read(folder / "vxp.yaml"));
}

Result<std::unique_ptr<links::vxp::Node>> open_vxp_node(Program& program) {
    const auto& c = program.config();
    if (!program.documents()) return std::unique_ptr<links::vxp::Node>{};
    TRY(auto systems, links::vxp::read_systems(c.keys / "documents" / "systems.csv"));
    if (systems.empty()) return std::unique_ptr<links::vxp::Node>{};
    TRY(auto shape, links::vxp::Shape::read(c.pack / "documents" / "vxp.yaml"));
    auto node =
        std::make_unique<links::vxp::Node>(*program.documents(), std::move(shape), std::move(systems), program.clock());
    program.followers().add(node->follower());
    return node;
}

void add_vxp_routes(http::Router& router, Program& program) {
    if (program.vxp_node()) program.vxp_node()->add_routes(router, "/vxp");
}

void add_documents_partner(Program& program) {
    const auto& all = program.config().links;
    const auto it = all.find("documents");
    if (it == all.end() || !it->second.connected() || !program.documents()) return;
    auto shape = links::vxp::Shape::read(program.config().pack / "documents" / "vxp.yaml");
    if (!shape.ok()) {
        log::error("app", "the document axis is not connected",
                   {{"code", shape.error().code}, {"detail", shape.error().en}});
        return;
    }
    program.links().add(
        std::make_shared<links::vxp::AxisConnector>(
            *program.documents(), std::move(*shape), it->second, program.clock(),
            [&program](std::string_view organ) { return program.vxp_node() && program.vxp_node()->system_of(organ); }),
        it->second, program.followers());
}

}  // namespace hl::app
