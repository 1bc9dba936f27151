// A resource that is kept whole: the message that callers see is the record, in the one child of an aggregate
// whose head only tells versions apart. Rules of a kind look at its message alone; here is what all kinds and
// services share. A service gives its log's types as a struct, `Log` below, with these members: Fact, which
// has time_us and document_put; State<Resource>, the aggregate, mostly one for all kinds;
// FromHead<Resource>(state, resource), true for what lies in a head in another form, from before; and
// KeyOf(name), the key of a resource's aggregate.
// Pure values.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "libs/aggregate/aggregate.h"
#include "libs/calendar/timestamps.h"

namespace kepu::document {

inline constexpr char kField[] = "document";

// The field of a log's `Document` for messages of this type; dies where there is none.
const google::protobuf::FieldDescriptor& FieldOf(const google::protobuf::Descriptor& document,
                                                 const google::protobuf::Descriptor& type);

// Null when the document is of another kind.
template <class Resource, class Document>
const Resource* MessageIn(const Document& document) {
  const auto& field = FieldOf(*Document::descriptor(), *Resource::descriptor());
  const auto& reflection = *document.GetReflection();
  if (!reflection.HasField(document, &field)) return nullptr;
  return static_cast<const Resource*>(&reflection.GetMessage(document, &field));
}

// The resource as it stands, nothing when there is none, or NotLoaded.
template <class Log, class Resource>
absl::StatusOr<std::optional<Resource>> ResourceIn(const typename Log::template State<Resource>& state) {
  auto child = state.Find(kField);
  if (!child.ok()) return child.status();
  std::optional<Resource> found;
  if (*child != nullptr) {
    const Resource* message = MessageIn<Resource>((*child)->document());
    if (message == nullptr) return absl::DataLossError("a document of another kind");
    found = *message;
  } else if (state.Exists() && !Log::template FromHead<Resource>(state, &found.emplace())) {
    return absl::DataLossError("a head without its document");
  }
  return found;
}

// The fact that makes `after` what stands, with its name, times and etag set; no fact when it stands already.
template <class Log, class Resource>
std::vector<typename Log::Fact> PutResource(const typename Log::template State<Resource>& state,
                                            absl::string_view id, const std::optional<Resource>& before,
                                            Resource after, absl::Time now) {
  if (before) {
    *after.mutable_create_time() = before->create_time();
    *after.mutable_update_time() = before->update_time();
    after.set_name(before->name());
    after.set_etag(before->etag());
    if (after.SerializeAsString() == before->SerializeAsString()) return {};
  } else {
    calendar::SetMicros(absl::ToUnixMicros(now), after.mutable_create_time());
  }
  calendar::SetMicros(absl::ToUnixMicros(now), after.mutable_update_time());
  after.set_etag(absl::StrCat(absl::Hex(state.head().revision() + 1)));
  std::vector<typename Log::Fact> facts(1);
  facts[0].set_time_us(absl::ToUnixMicros(now));
  auto* put = facts[0].mutable_document_put();
  put->set_id(std::string(id));
  auto* document = put->mutable_document();
  const auto& field = FieldOf(*document->GetDescriptor(), *Resource::descriptor());
  static_cast<Resource&>(*document->GetReflection()->MutableMessage(document, &field)) = std::move(after);
  return facts;
}

template <class Head, class Child, class Put>
void ApplyPut(aggregate::Aggregate<Head, Child>& state, const Put& put, int64_t time_us) {
  Head& head = state.mutable_head();
  Head next;
  next.set_id(put.id());
  next.set_create_us(head.revision() == 0 ? time_us : head.create_us());
  next.set_update_us(time_us);
  next.set_revision(head.revision() + 1);
  head = std::move(next);
  Child child;
  *child.mutable_document() = put.document();
  state.Put(kField, std::move(child));
}

// Puts back what callers do not write, as the fields' annotations say; INVALID_ARGUMENT for a field that is
// set once and would change. `field` is the path of the resource in the request ("event").
absl::Status KeepWhatIsKept(absl::string_view field, const google::protobuf::Message& before,
                            google::protobuf::Message* after);

// ABORTED / ETAG_MISMATCH when the caller gave an etag and it is another one.
absl::Status CheckEtag(absl::string_view given, absl::string_view current, absl::string_view name);

}  // namespace kepu::document
