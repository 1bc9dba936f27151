// What every resource bears beside its content: a name, an etag that counts its changes, and when it was made
// and last changed. Pure; thread-safe.
#pragma once

#include <string>
#include <utility>

#include "absl/time/time.h"
#include "services/venue/domain/etag.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {

template <class Resource>
void StampNew(Resource& resource, std::string name, absl::Time now) {
  resource.set_name(std::move(name));
  resource.set_etag("1");
  *resource.mutable_create_time() = ToTimestamp(now);
  *resource.mutable_update_time() = resource.create_time();
}

// One more change of what stands.
template <class Resource>
void StampAgain(Resource& resource, absl::Time now) {
  resource.set_etag(NextEtag(resource.etag()));
  *resource.mutable_update_time() = ToTimestamp(now);
}

// What takes the place of `base`.
template <class Resource>
void StampChanged(Resource& next, const Resource& base, absl::Time now) {
  next.set_name(base.name());
  next.set_etag(base.etag());
  *next.mutable_create_time() = base.create_time();
  StampAgain(next, now);
}

}  // namespace kepu::venue
