// A resource that is kept whole: the message that callers see is the record, in the one child of an aggregate
// whose head only tells versions apart. Rules of a kind look at its message alone; here is what all kinds
// share. Pure values.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "libs/calendar/timestamps.h"
#include "services/event/domain/session.h"

namespace kepu::event::domain {

using Document = aggregate::Aggregate<record::DocumentHead, record::DocumentChild>;

inline constexpr char kDocumentField[] = "document";

// The aggregate in which a resource lies: what was there before documents has a type of its own.
template <class Resource>
struct StateOf {
  using Type = Document;
};

// The field of record::Document for messages of this type; dies where there is none.
const google::protobuf::FieldDescriptor& DocumentField(const google::protobuf::Descriptor& type);

// Null when the document is of another kind.
template <class Resource>
const Resource* MessageIn(const record::Document& document) {
  const auto& field = DocumentField(*Resource::descriptor());
  const auto& reflection = *document.GetReflection();
  if (!reflection.HasField(document, &field)) return nullptr;
  return static_cast<const Resource*>(&reflection.GetMessage(document, &field));
}

// Of a resource that was made before its kind was kept whole; nothing for a document.
template <class State, class Resource>
bool FromHead(const State&, Resource*) {
  return false;
}

// The resource as it stands, nothing when there is none, or NotLoaded.
template <class Resource>
absl::StatusOr<std::optional<Resource>> ResourceIn(const typename StateOf<Resource>::Type& state) {
  auto child = state.Find(kDocumentField);
  if (!child.ok()) return child.status();
  std::optional<Resource> found;
  if (*child != nullptr) {
    const Resource* message = MessageIn<Resource>((*child)->document());
    if (message == nullptr) return absl::DataLossError("a document of another kind");
    found = *message;
  } else if (state.Exists() && !FromHead(state, &found.emplace())) {
    return absl::DataLossError("a head without its document");
  }
  return found;
}

// The fact that makes `after` what stands, with its name, times and etag set; no fact when it stands already.
template <class Resource>
Facts PutResource(const typename StateOf<Resource>::Type& state, absl::string_view id,
                  const std::optional<Resource>& before, Resource after, absl::Time now) {
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
  Facts facts = {At(now)};
  record::DocumentPut* put = facts.back().mutable_document_put();
  put->set_id(std::string(id));
  const auto& field = DocumentField(*Resource::descriptor());
  record::Document* document = put->mutable_document();
  static_cast<Resource&>(*document->GetReflection()->MutableMessage(document, &field)) = std::move(after);
  return facts;
}

template <class State>
void ApplyPut(State& state, const record::DocumentPut& put, int64_t time_us) {
  auto& head = state.mutable_head();
  std::decay_t<decltype(head)> next;
  next.set_id(put.id());
  next.set_create_us(head.revision() == 0 ? time_us : head.create_us());
  next.set_update_us(time_us);
  next.set_revision(head.revision() + 1);
  head = std::move(next);
  record::DocumentChild child;
  *child.mutable_document() = put.document();
  state.Put(kDocumentField, std::move(child));
}

absl::Status Apply(Document& state, const record::Fact& fact);

}  // namespace kepu::event::domain
