// This installation as a node of the axis for other systems of the province: their software sends to our agencies and
// fetches what is for theirs, over the same REST interface. Systems, their agencies and secrets stand in a file; a
// request is judged by its signed headers before its body is read. Any thread.
#pragma once
#include "documents/axis.h"
#include "http/router.h"
#include "links/documents/vxp.h"
#include "store/followers.h"
#include "store/migrations.h"

namespace hl::links::vxp {

[[nodiscard]] const store::Migrations& node_migrations();
/// Is this content of the file store laid ready for a system?
[[nodiscard]] bool content_is_referenced(store::Reader& reader, const FileHash& content);

struct NodeSystem {
    std::string id, secret;
    std::vector<std::string> organs;  // each with what is below it
    [[nodiscard]] bool speaks_for(std::string_view organ) const;
};
/// systems.csv: system,organ,secret_file (beside it, mode 0600); a system may have several lines. No file: no systems.
/// Errors: link.mapping, link.secret_*.
[[nodiscard]] Result<std::vector<NodeSystem>> read_systems(const std::filesystem::path& file);

class Node {
  public:
    Node(const documents::Axis& axis, std::shared_ptr<const Shape> shape, std::vector<NodeSystem> systems,
         const Clock& clock)
        : axis_(axis), shape_(std::move(shape)), systems_(std::move(systems)), clock_(clock) {}
    [[nodiscard]] bool serves() const { return !systems_.empty(); }
    [[nodiscard]] const NodeSystem* system_of(std::string_view organ) const;

    /// By the signed headers alone. Error: vxp.signature.
    [[nodiscard]] Result<const NodeSystem*> authenticate(const http::Request& request) const;
    [[nodiscard]] http::Response answer(const http::Request& request) const;
    /// Under `prefix` ("/vxp"). The node outlives the routes.
    void add_routes(http::Router& router, const std::string& prefix) const;
    /// What our own agencies send to the systems' agencies; null when there are no systems.
    [[nodiscard]] std::shared_ptr<store::Follower> follower() const;

  private:
    Result<http::Response> send(const NodeSystem& system, const http::Request& request) const;
    Result<http::Response> list(const NodeSystem& system, const json::object& body) const;
    Result<http::Response> get(const NodeSystem& system, const json::object& body) const;
    Result<http::Response> update(const NodeSystem& system, const json::object& body) const;
    Result<http::Response> sent(const NodeSystem& system, const json::object& body) const;
    Result<http::Response> count(const NodeSystem& system, const std::string& kind) const;
    http::Response agencies() const;
    http::Response say(std::string_view code, std::string_view message, json::object more = {}, int status = 200) const;

    const documents::Axis& axis_;
    std::shared_ptr<const Shape> shape_;
    std::vector<NodeSystem> systems_;
    const Clock& clock_;
};

}  // namespace hl::links::vxp
