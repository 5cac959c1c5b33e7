// Systems of the province that this node serves, and what lies ready for them.
#include "base/csv.h"
#include "base/files.h"
#include "documents/events.h"
#include "links/connector/settings.h"
#include "links/documents/node.h"

namespace hl::links::vxp {

namespace {

constexpr std::string_view tables = R"sql(
CREATE TABLE vxp_delivery (
    number {{serial}},
    system TEXT NOT NULL,
    kind TEXT NOT NULL,
    from_organ TEXT NOT NULL,
    message_key TEXT NOT NULL,
    document_id TEXT NOT NULL,
    content TEXT NOT NULL,
    document TEXT NOT NULL,
    status_number BIGINT NOT NULL,
    state TEXT NOT NULL,
    reason TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE UNIQUE INDEX vxp_delivery_message ON vxp_delivery (system, message_key);
CREATE INDEX vxp_delivery_open ON vxp_delivery (system, kind, state, number);
CREATE INDEX vxp_delivery_content ON vxp_delivery (content);
CREATE TABLE vxp_taken (
    system TEXT NOT NULL,
    message_key TEXT NOT NULL,
    document_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (system, message_key)
);
)sql";

std::string member(const json::object& o, std::string_view name) {
    const auto* v = o.if_contains(name);
    const auto* s = v ? v->if_string() : nullptr;
    return s ? std::string{*s} : std::string{};
}

constexpr std::string_view lay_ready =
    "INSERT INTO vxp_delivery (system, kind, from_organ, message_key, document_id, content, document, status_number, "
    "state, reason, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'initial', '', ?) ON CONFLICT (system, message_key) DO NOTHING";

/// Our own documents and statuses for agencies of the systems.
class NodeFollower final : public store::Follower {
  public:
    NodeFollower(const Node& node, std::shared_ptr<const Shape> shape) : node_(node), shape_(std::move(shape)) {}
    std::string name() const override { return "links.vxp_node"; }
    /// What was fetched stays fetched: rows of other systems came over the wire and are not in the ledger.
    void reset(store::Transaction& tx) override {
        tx.execute("DELETE FROM vxp_delivery WHERE document <> '' AND state = 'initial'");
    }
    Result<void> apply(store::Transaction& tx, std::span<const store::StoredEvent> events) override {
        for (const auto& event : events) {
            const auto document = event.stream.substr(event.stream.find(':') + 1);
            const auto id = member(event.data, "document_id");
            if (event.type == documents::events::sent) {
                const auto* to = event.data.if_contains("to");
                if (!to || !to->is_array()) continue;
                for (const auto& organ : to->get_array())
                    if (const auto* system = node_.system_of(organ.is_string() ? organ.get_string() : json::string{}))
                        tx.execute(lay_ready,
                                   {system->id, shape_->words.at("document"), id.substr(0, id.find(',')),
                                    "edoc|" + document, id, member(event.data, "content"), document, 0, event.at});
            } else if (event.type == documents::events::status_given) {
                const auto* system = node_.system_of(member(event.data, "to"));
                const auto* number = event.data.if_contains("number");
                if (!system || !number || !number->is_int64()) continue;
                tx.execute(lay_ready, {system->id, shape_->words.at("status"), "",
                                       fmt::format("status|{}|{}", document, number->get_int64()), id, "", document,
                                       number->get_int64(), event.at});
            }
        }
        return Nothing{};
    }

  private:
    const Node& node_;
    std::shared_ptr<const Shape> shape_;
};

}  // namespace

const store::Migrations& node_migrations() {
    static const store::Migrations all{{"links_documents", 1, "deliveries of the axis' node", std::string{tables}}};
    return all;
}

bool content_is_referenced(store::Reader& reader, const FileHash& content) {
    return reader
        .first("SELECT 1 FROM vxp_delivery WHERE content = ?", {content}, [](const store::Row&) { return true; })
        .has_value();
}

bool NodeSystem::speaks_for(std::string_view organ) const {
    return std::ranges::any_of(organs, [&](const auto& own) {
        return organ == own || (organ.starts_with(own) && organ.size() > own.size() && organ[own.size()] == '.');
    });
}

Result<std::vector<NodeSystem>> read_systems(const std::filesystem::path& file) {
    std::error_code ec;
    std::vector<NodeSystem> out;
    if (!std::filesystem::exists(file, ec)) return out;
    TRY(const auto bytes, read_file(file, 1u << 20));
    TRY(const auto table, parse_csv(bytes, file.string()));
    for (const auto& row : table.rows) {
        const auto id = table.cell(row, "system"), organ = table.cell(row, "organ");
        if (id.empty() || !documents::AgencyCode::parse(organ).ok())
            return Error{
                ErrorKind::invalid, "link.mapping",
                fmt::format("{}:{}: cần system, organ (mã định danh), secret_file.", file.string(), row.line),
                fmt::format("{}:{}: system, organ (a code) and secret_file are needed.", file.string(), row.line)};
        auto found = std::ranges::find(out, id, &NodeSystem::id);
        if (found == out.end()) {
            TRY(auto secret, connector::read_secret(file.parent_path() / table.cell(row, "secret_file")));
            out.push_back({id, std::move(secret), {}});
            found = out.end() - 1;
        }
        found->organs.push_back(organ);
    }
    return out;
}

const NodeSystem* Node::system_of(std::string_view organ) const {
    for (const auto& system : systems_)
        if (system.speaks_for(organ)) return &system;
    return nullptr;
}

std::shared_ptr<store::Follower> Node::follower() const {
    return serves() ? std::make_shared<NodeFollower>(*this, shape_) : nullptr;
}

}  // namespace hl::links::vxp
