// What a system asks: its list, a message, that it has it, what it sent, who can be written to.
#include <charconv>

#include "base/crypto.h"
#include "links/documents/node_parts.h"

namespace hl::links::vxp {

Result<http::Response> Node::list(const NodeSystem& system, const json::object& body) const {
    const auto kind = member(body, shape_->request.at("message"));
    TRY(auto items, axis_.ground().store.read([&](store::Reader& reader) -> Result<json::array> {
        json::array out;
        reader.query(
            "SELECT number, from_organ, document_id FROM vxp_delivery WHERE system = ? AND kind = ? AND state IN "
            "('initial', 'processing') ORDER BY number LIMIT 100",
            {system.id, kind}, [&](const store::Row& row) {
                out.push_back(json::object{{shape_->request.at("document"), std::to_string(row.integer(0))},
                                           {shape_->request.at("from"), row.text(1)},
                                           {"documentId", row.text(2)}});
            });
        return out;
    }));
    return say(shape_->answer.at("ok"), "", {{shape_->answer.at("list"), std::move(items)}});
}

Result<http::Response> Node::get(const NodeSystem& system, const json::object& body) const {
    const auto id = member(body, shape_->request.at("document"));
    int64_t number = 0;
    const auto [end, ec] = std::from_chars(id.data(), id.data() + id.size(), number);
    const Error unknown{ErrorKind::not_found, "vxp.message", "Không có thông điệp này.", "There is no such message."};
    if (ec != std::errc{} || end != id.data() + id.size()) return Error{unknown};
    struct Row {
        std::string content, document;
        int64_t status = 0;
    };
    TRY(const auto found, axis_.ground().store.read([&](store::Reader& reader) -> Result<std::optional<Row>> {
        return reader.first("SELECT content, document, status_number FROM vxp_delivery WHERE number = ? AND system = ?",
                            {number, system.id}, [](const store::Row& r) {
                                return Row{r.string(0), r.string(1), r.integer(2)};
                            });
    }));
    if (!found) return Error{unknown};
    auto content = found->content;
    if (content.empty()) {
        // A status of ours: written and signed once, the same bytes ever after.
        TRY(const auto edxml, axis_.ground().store.read([&](store::Reader& reader) {
            return axis_.status_edxml(reader, documents::DocumentKey{found->document}, found->status);
        }));
        TRY(const auto stored, axis_.ground().blobs.put(edxml, axis_.ground().random));
        TRY(content, axis_.ground().store.write([&](store::Transaction& tx) -> Result<std::string> {
            tx.execute("UPDATE vxp_delivery SET content = ? WHERE number = ? AND content = ''", {stored, number});
            return *tx.first("SELECT content FROM vxp_delivery WHERE number = ?", {number},
                             [](const store::Row& r) { return r.string(0); });
        }));
    }
    TRY(auto bytes, axis_.content(FileHash{content}));
    http::Response out;
    out.headers = {{"Content-Type", "application/xml"},
                   {shape_->parts.at("hash"), crypto::to_hex(crypto::sha256(bytes))}};
    out.body = std::move(bytes);
    return out;
}

Result<http::Response> Node::update(const NodeSystem& system, const json::object& body) const {
    const auto status = member(body, shape_->request.at("status"));
    const auto& words = shape_->words;
    if (status != words.at("done") && status != words.at("failed") && status != words.at("processing"))
        return bad_request("vxp.status", "Trạng thái không đúng.", "The status must be done, fail or processing.");
    int64_t number = 0;
    const auto id = member(body, shape_->request.at("document"));
    (void)std::from_chars(id.data(), id.data() + id.size(), number);
    TRY(const auto changed, axis_.ground().store.write([&](store::Transaction& tx) -> Result<int64_t> {
        return tx.execute("UPDATE vxp_delivery SET state = ?, reason = ? WHERE number = ? AND system = ?",
                          {status, member(body, shape_->request.at("reason")).substr(0, 500), number, system.id});
    }));
    if (changed == 0)
        return Error{ErrorKind::not_found, "vxp.message", "Không có thông điệp này.", "There is no such message."};
    return say(shape_->answer.at("ok"), "");
}

Result<http::Response> Node::sent(const NodeSystem& system, const json::object& body) const {
    const auto id = member(body, shape_->request.at("document"));
    TRY(auto items, axis_.ground().store.read([&](store::Reader& reader) -> Result<json::array> {
        json::array out;
        reader.query(
            "SELECT message_key, document_id FROM vxp_taken WHERE system = ? AND (? = '' OR document_id = ?) ORDER BY "
            "at "
            "DESC, message_key LIMIT 100",
            {system.id, id, id}, [&](const store::Row& row) {
                out.push_back(json::object{{shape_->request.at("document"), row.text(0)}, {"documentId", row.text(1)}});
            });
        return out;
    }));
    return say(shape_->answer.at("ok"), "", {{shape_->answer.at("list"), std::move(items)}});
}

Result<http::Response> Node::count(const NodeSystem& system, const std::string& kind) const {
    TRY(const auto n, axis_.ground().store.read([&](store::Reader& reader) -> Result<int64_t> {
        return *reader.first("SELECT COUNT(*) FROM vxp_delivery WHERE system = ? AND kind = ? AND state = 'initial'",
                             {system.id, kind}, [](const store::Row& r) { return r.integer(0); });
    }));
    return say(shape_->answer.at("ok"), "", {{"count", n}});
}

http::Response Node::agencies() const {
    json::array items;
    const auto ctx = axis_.context();
    const auto today = local_date(clock_.now());
    for (const auto* agency : ctx.organisation->agencies_at(today)) {
        const auto* v = agency->at(today);
        if (v->code.empty()) continue;
        const auto old = ctx.codes->to_old(v->code, today);
        items.push_back(json::object{{shape_->agency.at("code"), v->code},
                                     {shape_->agency.at("code102"), old.ok() ? json::value(*old) : json::value("")},
                                     {shape_->agency.at("name"), v->name},
                                     {"isAgency", true}});
    }
    return say(shape_->answer.at("ok"), "", {{shape_->answer.at("list"), std::move(items)}});
}

}  // namespace hl::links::vxp
