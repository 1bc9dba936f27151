// Resources of this service that are kept whole: roles, courses and the like (libs/document). Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "kepu/volunteer/log/v1/volunteer_log.pb.h"
#include "libs/aggregate/aggregate.h"
#include "libs/document/document.h"

namespace kepu::volunteer::domain {

namespace record = ::kepu::volunteer::log::v1;

using Document = aggregate::Aggregate<record::DocumentHead, record::DocumentChild>;

// "document/" and the name of the resource.
std::string DocumentKey(absl::string_view name);

// What libs/document asks of a log.
struct DocumentLog {
  using Fact = record::Fact;
  template <class Resource>
  using State = Document;
  template <class Resource>
  static bool FromHead(const Document&, Resource*) {
    return false;
  }
  static std::string KeyOf(absl::string_view name) { return DocumentKey(name); }
};

absl::Status Apply(Document& state, const record::Fact& fact);

// When something follows from it by itself: a post falls vacant. InfiniteFuture: nothing does.
absl::Time NextDue(const record::DocumentHead& head);
absl::StatusOr<std::vector<record::Fact>> Due(const Document& state, absl::Time now);

}  // namespace kepu::volunteer::domain
