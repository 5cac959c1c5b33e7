// Counters, gauges and histograms in OpenMetrics text. Handles are cheap and safe on any thread.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace hl::http {

class Metrics {
  public:
    using Labels = std::vector<std::pair<std::string, std::string>>;
    std::atomic<uint64_t>& counter(const std::string& name, const std::string& help, const Labels& labels = {});
    class Histogram {
      public:
        explicit Histogram(std::vector<double> bounds);
        void observe(double seconds);

      private:
        friend class Metrics;
        std::vector<double> bounds_;
        std::vector<std::atomic<uint64_t>> buckets_;
        std::atomic<uint64_t> nanoseconds_{0};
    };
    Histogram& histogram(const std::string& name, const std::string& help, const Labels& labels = {});
    /// Asked at scrape time.
    void gauge(const std::string& name, const std::string& help, std::function<double()> read,
               const Labels& labels = {});
    [[nodiscard]] std::string text() const;  // application/openmetrics-text; version=1.0.0, ends with "# EOF"

  private:
    struct Family;
    mutable std::mutex mutex_;
    std::map<std::string, std::shared_ptr<Family>> families_;
};

}  // namespace hl::http
