// HTTP face of the links.
#pragma once
#include <mutex>

#include "access/api.h"
#include "links/business_register.h"

namespace hl::links {

/// Which register is asked; empty: none is connected, and the route says so. Any thread.
class BusinessRegister {
  public:
    void set(std::optional<BusinessSource> source) {
        std::scoped_lock lock(mutex_);
        source_ = std::move(source);
    }
    [[nodiscard]] std::optional<BusinessSource> source() const {
        std::scoped_lock lock(mutex_);
        return source_;
    }

  private:
    mutable std::mutex mutex_;
    std::optional<BusinessSource> source_;
};

/// The register outlives the routes.
void add_routes(access::Api& api, const BusinessRegister& business_register);

}  // namespace hl::links
