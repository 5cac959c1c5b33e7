// What a batch feeds at the parent: the child's figures, restatements, alerts and definitions. They have tables of
// their own and are never added to the province's cells: the dossiers behind them may be counted there already.
#include "ioc/child/parent_parts.h"

namespace hl::ioc::child {

namespace {

constexpr std::string_view select_figure =
    "SELECT item FROM ioc_child_figure WHERE child = ? AND indicator = ? AND newest = ? AND period = ?";
constexpr std::string_view put_figure =
    "INSERT INTO ioc_child_figure (child, indicator, newest, period, item, number, position, received_at) VALUES (?, "
    "?, "
    "?, ?, ?, ?, ?, ?) ON CONFLICT (child, indicator, newest, period) DO UPDATE SET item = excluded.item, number = "
    "excluded.number, position = excluded.position, received_at = excluded.received_at";
constexpr std::string_view drop_others = "DELETE FROM ioc_child_figure WHERE child = ? AND number <> ?";
constexpr std::string_view put_change =
    "INSERT INTO ioc_child_change (child, indicator, period, number, before, after, why, at) VALUES (?, ?, ?, ?, ?, ?, "
    "?, ?) ON CONFLICT (child, indicator, period, number) DO NOTHING";
constexpr std::string_view put_indicator =
    "INSERT INTO ioc_child_indicator (child, code, item) VALUES (?, ?, ?) ON CONFLICT (child, code) DO UPDATE SET item "
    "= excluded.item";
constexpr std::string_view drop_indicators = "DELETE FROM ioc_child_indicator WHERE child = ?";
constexpr std::string_view drop_alerts = "DELETE FROM ioc_child_alert WHERE child = ?";
constexpr std::string_view put_alert =
    "INSERT INTO ioc_child_alert (child, rule, agency, item) VALUES (?, ?, ?, ?) ON CONFLICT (child, rule, agency) DO "
    "UPDATE SET item = excluded.item";

/// Each item of {"items": […]} as it was told, in the order it was read.
std::vector<const json::object*> items_of(const json::object& data) {
    std::vector<const json::object*> out;
    for (const auto& item : data.at("items").as_array()) out.push_back(&item.as_object());
    return out;
}

bool was_told_as_over(std::string_view item) {
    const auto old = parse_json(item);
    if (!old.ok() || !old->is_object()) return false;
    const auto* status = old->get_object().if_contains("status");
    return status && status->is_string() && (status->get_string() == "known" || status->get_string() == "zero");
}

void feed_figures(store::Transaction& tx, const ChildId& child, const Batch& batch, const ToldFigures& told,
                  const std::string& restated, Instant now) {
    for (const auto& f : told.items) {
        const auto item = canonical_json(to_json(f));
        const auto period = f.newest ? std::string{} : f.figure.period.text();
        const auto old = tx.first(select_figure, {child, f.indicator, f.newest ? 1 : 0, period},
                                  [](const store::Row& r) { return r.string(0); });
        // A period that was over, and said so, says something else now: both are kept.
        if (!f.newest && old && *old != item && was_told_as_over(*old))
            tx.execute(put_change, {child, f.indicator, period, batch.number, *old, item, restated, now});
        tx.execute(put_figure, {child, f.indicator, f.newest ? 1 : 0, period, item, batch.number, told.position, now});
    }
    if (told.whole) tx.execute(drop_others, {child, batch.number});
}

}  // namespace

Result<Content> read_content(const Batch& batch) {
    Content out;
    const auto twice = [](const Message& m) {
        return Error{ErrorKind::invalid, "child.content", "Lô có hai tin cùng loại " + m.type + ".",
                     "The batch has two messages of type " + m.type + "."};
    };
    for (const auto& m : batch.messages) {
        const bool first = m.version == 1;
        if (first && m.type == figures_type) {
            if (out.figures) return twice(m);
            TRY(out.figures, read_figures(m.data));
        } else if (first && m.type == restatements_type) {
            TRY(out.restatements, read_restatements(m.data));
        } else if (first && m.type == alerts_type) {
            if (out.alerts) return twice(m);
            TRY(out.alerts, read_alerts(m.data));
        } else if (first && m.type == indicators_type) {
            if (out.indicators) return twice(m);
            TRY(out.indicators, read_indicators(m.data));
        } else if (first && m.type == resumed_type) {
            TRY(out.resume, read_resume(m.data));
        } else {
            out.others.push_back(&m);
        }
    }
    return out;
}

void feed(store::Transaction& tx, const ChildId& child, const Batch& batch, const Content& content, Instant now) {
    if (content.figures) {
        const auto restated = content.restatements.empty()
                                  ? std::string{}
                                  : canonical_json(restatements_data(content.restatements).at("items"));
        feed_figures(tx, child, batch, *content.figures, restated, now);
    }
    for (const auto& m : batch.messages) {
        if (m.type == indicators_type && content.indicators) {
            tx.execute(drop_indicators, {child});
            for (const auto* item : items_of(m.data))
                tx.execute(put_indicator,
                           {child, std::string_view{item->at("code").as_string()}, json::serialize(*item)});
        }
        if (m.type == alerts_type && content.alerts) {
            tx.execute(drop_alerts, {child});
            for (const auto* item : items_of(m.data)) {
                const auto* agency = item->if_contains("agency");
                tx.execute(put_alert, {child, std::string_view{item->at("rule").as_string()},
                                       agency ? std::string_view{agency->as_string()} : std::string_view{},
                                       json::serialize(*item)});
            }
        }
    }
}

}  // namespace hl::ioc::child
