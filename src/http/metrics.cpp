#include "http/metrics.h"

#include <cmath>

namespace hl::http {

struct Metrics::Family {
    enum class Kind { counter, gauge, histogram } kind = Kind::counter;
    std::string help;
    // Addresses must stay: handles are references into these.
    std::map<std::string, std::unique_ptr<std::atomic<uint64_t>>> counters;
    std::map<std::string, std::function<double()>> gauges;
    std::map<std::string, std::unique_ptr<Histogram>> histograms;
};

namespace {

std::string escape(std::string_view value) {
    std::string out;
    for (const char c : value) {
        if (c == '\\')
            out += "\\\\";
        else if (c == '"')
            out += "\\\"";
        else if (c == '\n')
            out += "\\n";
        else
            out += c;
    }
    return out;
}

std::string label_text(const Metrics::Labels& labels) {
    std::string out;
    for (const auto& [name, value] : labels) out += (out.empty() ? "" : ",") + name + "=\"" + escape(value) + "\"";
    return out;
}

std::string braces(const std::string& labels) {
    return labels.empty() ? "" : "{" + labels + "}";
}

const std::vector<double> default_bounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                            0.1,    0.25,  0.5,    1,     2.5,  5,     10};

}  // namespace

Metrics::Histogram::Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), buckets_(bounds_.size() + 1) {}

void Metrics::Histogram::observe(double seconds) {
    const auto bucket =
        static_cast<size_t>(std::lower_bound(bounds_.begin(), bounds_.end(), seconds) - bounds_.begin());
    buckets_[bucket].fetch_add(1, std::memory_order_relaxed);
    nanoseconds_.fetch_add(static_cast<uint64_t>(std::max(0.0, seconds) * 1e9), std::memory_order_relaxed);
}

std::atomic<uint64_t>& Metrics::counter(const std::string& name, const std::string& help, const Labels& labels) {
    std::scoped_lock lock(mutex_);
    auto& family = families_[name];
    if (!family) family = std::make_shared<Family>(Family{Family::Kind::counter, help, {}, {}, {}});
    auto& value = family->counters[label_text(labels)];
    if (!value) value = std::make_unique<std::atomic<uint64_t>>(0);
    return *value;
}

Metrics::Histogram& Metrics::histogram(const std::string& name, const std::string& help, const Labels& labels) {
    std::scoped_lock lock(mutex_);
    auto& family = families_[name];
    if (!family) family = std::make_shared<Family>(Family{Family::Kind::histogram, help, {}, {}, {}});
    auto& value = family->histograms[label_text(labels)];
    if (!value) value = std::make_unique<Histogram>(default_bounds);
    return *value;
}

void Metrics::gauge(const std::string& name, const std::string& help, std::function<double()> read,
                    const Labels& labels) {
    std::scoped_lock lock(mutex_);
    auto& family = families_[name];
    if (!family) family = std::make_shared<Family>(Family{Family::Kind::gauge, help, {}, {}, {}});
    family->gauges[label_text(labels)] = std::move(read);
}

std::string Metrics::text() const {
    std::string out;
    const auto line = [&](const std::string& name, const std::string& labels, const std::string& value) {
        out += name + braces(labels) + " " + value + "\n";
    };
    std::scoped_lock lock(mutex_);
    for (const auto& [name, family] : families_) {
        static constexpr std::array<std::string_view, 3> kinds = {"counter", "gauge", "histogram"};
        out += fmt::format("# TYPE {} {}\n# HELP {} {}\n", name, kinds[static_cast<size_t>(family->kind)], name,
                           escape(family->help));
        for (const auto& [labels, value] : family->counters)
            line(name + "_total", labels, std::to_string(value->load()));
        for (const auto& [labels, read] : family->gauges) {
            const double value = read();
            // What is not known has no sample: an absent figure is not zero.
            if (!std::isnan(value)) line(name, labels, fmt::format("{}", value));
        }
        for (const auto& [labels, h] : family->histograms) {
            uint64_t count = 0;
            for (size_t i = 0; i < h->buckets_.size(); ++i) {
                count += h->buckets_[i].load(std::memory_order_relaxed);
                const std::string bound = i < h->bounds_.size() ? fmt::format("{}", h->bounds_[i]) : "+Inf";
                line(name + "_bucket", labels + (labels.empty() ? "" : ",") + "le=\"" + bound + "\"",
                     std::to_string(count));
            }
            line(name + "_sum", labels,
                 fmt::format("{}", static_cast<double>(h->nanoseconds_.load(std::memory_order_relaxed)) / 1e9));
            line(name + "_count", labels, std::to_string(count));
        }
    }
    return out + "# EOF\n";
}

}  // namespace hl::http
