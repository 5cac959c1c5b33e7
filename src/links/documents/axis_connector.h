// The connector to the document axis: documents and statuses out, documents and statuses in, the axis' list of
// agencies. Called as connector.h says; its follower reads `document.sent` and `document.status_given`.
#pragma once
#include "documents/axis.h"
#include "links/connector/runner.h"
#include "links/documents/vxp.h"

namespace hl::links::vxp {

class AxisConnector final : public connector::Connector {
  public:
    /// `axis` outlives it. `settings.user` is the system's id, its secret stands in a file.
    /// `served_here`: organs whose systems fetch from this installation's own node; they are not told by the axis.
    AxisConnector(const documents::Axis& axis, std::shared_ptr<const Shape> shape, connector::PartnerSettings settings,
                  const Clock& clock, std::function<bool(std::string_view organ)> served_here = {});
    [[nodiscard]] std::string name() const override { return "documents"; }
    [[nodiscard]] connector::Words title() const override { return {"Trục liên thông văn bản", "Document axis"}; }
    [[nodiscard]] Result<void> wants(store::Reader& reader, const store::StoredEvent& event,
                                     std::vector<connector::Wanted>& out) override;
    [[nodiscard]] Result<connector::Building> build(store::Reader& reader, const connector::Message& message,
                                                    Instant now) override;
    [[nodiscard]] connector::Reply send(connector::Line& line, const connector::Message& message,
                                        std::string_view bytes) override;
    [[nodiscard]] bool can_look_up() const override { return true; }
    [[nodiscard]] Result<std::optional<json::object>> look_up(connector::Line& line, const std::string& key) override;
    [[nodiscard]] std::vector<connector::Task> tasks() override;
    [[nodiscard]] std::string page_of(const std::string&) const override { return "/app/desk/documents"; }

  private:
    Result<http::Response> call(connector::Line& line, const std::string& operation, const json::object& body,
                                size_t largest = 4u << 20);
    Result<json::object> fetch(connector::Line& line, Instant now);
    Result<void> fetch_one(connector::Line& line, const std::string& id, const std::string& from,
                           const std::string& kind, json::object& counts);
    Result<json::object> fetch_agencies(connector::Line& line, Instant now);
    [[nodiscard]] connector::Reply reply_to(const Result<http::Response>& answer) const;

    const documents::Axis& axis_;
    std::shared_ptr<const Shape> shape_;
    connector::PartnerSettings settings_;
    const Clock& clock_;
    std::function<bool(std::string_view)> served_here_;
};

}  // namespace hl::links::vxp
