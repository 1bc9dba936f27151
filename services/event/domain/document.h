// Resources of this service that are kept whole: campaigns, courses and the like (libs/document). Pure.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "libs/document/document.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

using Document = aggregate::Aggregate<record::DocumentHead, record::DocumentChild>;

// The aggregate in which a resource lies: what was there before documents has a type of its own, and may
// still lie in its head.
template <class Resource>
struct StateOf {
  using Type = Document;
  static bool FromHead(const Type&, Resource*) { return false; }
};

// The key of the aggregate of a resource, by its name; it lies in the partition of the last part of the name.
std::string DocumentKey(absl::string_view name);

// What libs/document asks of a log.
struct DocumentLog {
  using Fact = record::Fact;
  template <class Resource>
  using State = typename StateOf<Resource>::Type;
  template <class Resource>
  static bool FromHead(const State<Resource>& state, Resource* resource) {
    return StateOf<Resource>::FromHead(state, resource);
  }
  static std::string KeyOf(absl::string_view name) { return DocumentKey(name); }
};

absl::Status Apply(Document& state, const record::Fact& fact);

}  // namespace kepu::event::domain
