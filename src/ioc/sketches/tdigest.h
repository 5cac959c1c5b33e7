// Quantiles of any number of values in a few kilobytes (Dunning & Ertl's t-digest, merging variant, scale function k1).
// A value; any thread. The state depends on the order of `add` alone, not on being written and read in between.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hl::ioc {

class TDigest {
  public:
    static constexpr double compression = 100;   // δ
    static constexpr size_t buffer_limit = 200;  // so many single values are kept as they are

    void add(double value);
    /// Joins another digest's values: for answers over many cells.
    void merge(const TDigest& other);
    /// Value at rank q in [0, 1]; nothing when nothing was added. Between two values: their linear interpolation.
    [[nodiscard]] std::optional<double> quantile(double q) const;
    [[nodiscard]] double count() const { return weight_ + static_cast<double>(buffer_.size()); }
    [[nodiscard]] size_t centroids() const { return centroids_.size(); }

    void write(std::string& out) const;
    /// Nothing when the bytes are none that `write` makes.
    [[nodiscard]] static std::optional<TDigest> read(std::string_view bytes);
    bool operator==(const TDigest&) const = default;

  private:
    struct Centroid {
        double mean = 0, weight = 0;
        bool operator==(const Centroid&) const = default;
    };
    void compress(std::vector<Centroid> all);
    [[nodiscard]] std::vector<Centroid> sorted() const;

    std::vector<Centroid> centroids_;  // by mean
    std::vector<double> buffer_;       // as they came
    double weight_ = 0;                // of the centroids
    double min_ = 0, max_ = 0;         // of everything
};

}  // namespace hl::ioc
