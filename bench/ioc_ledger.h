// The made-up ledger of bench_ioc: dossiers of eight events over two years, each with a row of its own to ask the same
// questions of.
#pragma once
#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "dossiers/events.h"
#include "store/store.h"

namespace bench {

using namespace hl;
namespace on = dossiers::events;
using dossiers::State;

inline constexpr int agencies = 120, procedures = 400;

template <class T>
T must(Result<T> result) {
    if (!result.ok()) {
        std::fprintf(stderr, "bench_ioc: %s\n", result.error().en.c_str());
        std::exit(1);
    }
    return std::move(result).value();
}

inline constexpr std::string_view rows = R"sql(
CREATE TABLE bench_dossier (
    id BIGINT PRIMARY KEY,
    agency TEXT NOT NULL,
    procedure TEXT NOT NULL,
    channel BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    finished_at BIGINT,
    late BIGINT
);
CREATE INDEX bench_dossier_received ON bench_dossier (received_at);
CREATE INDEX bench_dossier_finished ON bench_dossier (finished_at, agency, late);
)sql";

struct Life {
    std::string id, agency, procedure;
    dossiers::Channel channel;
    int64_t version = 0;
    State state = State::filed;
    std::optional<Instant> due;
};
template <class E>
store::Event told(Life& d, E e, State to, Instant at) {
    e.code = DossierCode{"H50.12-" + d.id};
    e.from = d.state;
    e.to = to;
    e.agency = AgencyId{d.agency};
    e.due = d.due;
    e.calendar = "vn@2026";
    e.officer = OfficerId{"can-bo-" + d.agency};
    e.version = ++d.version;
    d.state = to;
    return {std::string{E::type}, E::shape, d.id, "account:bench", at, on::to_json(e)};
}

/// Step `s` of a dossier; its start and agency follow from its number.
inline store::Event step(Life& d, int n, int s, Instant at) {
    switch (s) {
        case 0: {
            d.id = fmt::format("01890000-0000-7000-8000-{:012}", n);
            d.agency = fmt::format("ubnd-{:05}", n * 31 % agencies);
            d.procedure = fmt::format("1.{:06}", n * 17 % procedures);
            d.channel = static_cast<dossiers::Channel>(n % 3);
            on::Filed e;
            e.dossier.procedure = ProcedureCode{d.procedure};
            e.dossier.sector = fmt::format("linh-vuc-{}", n * 17 % procedures % 40);
            e.dossier.channel = d.channel;
            e.dossier.lead = AgencyId{d.agency};
            e.dossier.area = UnitId{"vn-19333"};
            return told(d, e, State::filed, at);
        }
        case 1: {
            on::Received e;
            e.clock = {{at, dossiers::ClockAct::start, {}, {}}};
            e.components = {{"to-khai", n % 4 != 0, false, false}, {"giay-to", true, n % 2 == 0, false}};
            d.due = at + std::chrono::hours{24 * (3 + n % 9)};
            return told(d, e, State::received, at);
        }
        case 2:
            return told(d, on::Transferred{}, State::processing, at);
        case 6: {
            on::ResultRecorded e;
            const auto verdict = n % 13 == 0 ? dossiers::Verdict::late : dossiers::Verdict::on_time;
            e.closing = on::Closing{verdict, verdict, d.due, 300 + n * 7 % 4000};
            return told(d, e, State::finished, at);
        }
        case 7:
            return told(d, on::Delivered{}, State::returned, at);
        default: {
            on::StepCompleted e;
            e.task = s;
            e.step = "tham-dinh";
            return told(d, e, State::processing, at);
        }
    }
}

/// Events in the order of time: every dossier takes a step every nine hours, and one in fifty is never finished.
inline int64_t write_ledger(store::Store& store, int count) {
    const Instant start = at_local(std::chrono::year{2025} / 1 / 2, 8);
    const int64_t apart = int64_t{700} * 24 * 3'600'000 / count;
    const int64_t pace = int64_t{9} * 3'600'000;
    std::vector<std::pair<int64_t, std::pair<int, int>>> order;
    order.reserve(static_cast<size_t>(count) * 8);
    for (int n = 0; n < count; ++n)
        for (int s = 0; s < (n % 50 == 0 ? 6 : 8); ++s) order.push_back({n * apart + s * pace, {n, s}});
    std::sort(order.begin(), order.end());
    std::vector<Life> lives(static_cast<size_t>(count));
    for (size_t at = 0; at < order.size();) {
        const size_t end = std::min(order.size(), at + 20'000);
        must(store.write([&](store::Transaction& tx) -> Result<Nothing> {
            for (size_t i = at; i < end; ++i) {
                const auto& [ms, who] = order[i];
                const auto [n, s] = who;
                auto& d = lives[static_cast<size_t>(n)];
                const Instant t = start + std::chrono::milliseconds{ms};
                tx.append(step(d, n, s, t));
                if (s == 1)
                    tx.execute(
                        "INSERT INTO bench_dossier (id, agency, procedure, channel, received_at) VALUES (?, ?, ?, "
                        "?, ?)",
                        {n, d.agency, d.procedure, static_cast<int>(d.channel), t});
                if (s == 6)
                    tx.execute("UPDATE bench_dossier SET finished_at = ?, late = ? WHERE id = ?",
                               {t, n % 13 == 0 ? 1 : 0, n});
                if (s == 7) d = {};
            }
            return Nothing{};
        }));
        at = end;
    }
    return static_cast<int64_t>(order.size());
}

}  // namespace bench
