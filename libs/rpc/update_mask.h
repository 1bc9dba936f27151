// What an update's mask means for the rule `required`: a field that the update leaves alone may be missing
// from the request. Paths are relative to the resource. A value of one check; not thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace kepu::refusal {
class FieldErrors;
}

namespace kepu::rpc {

// The two fields of an update request: `update_mask`, and the message after which it is named
// (UpdateVenueRequest) or else the only one of ours beside it (a date or a time is no resource). Null when it
// is not one.
struct UpdateFields {
  const google::protobuf::FieldDescriptor* mask = nullptr;
  const google::protobuf::FieldDescriptor* resource = nullptr;
};
UpdateFields FindUpdateFields(const google::protobuf::Descriptor& request_type);

class UpdateMask {
 public:
  // Reads the mask of `request`; a path that the resource does not have is an error.
  UpdateMask(const UpdateFields& fields, const google::protobuf::Message& request,
             refusal::FieldErrors& errors);

  // Whether the update writes the field at `path` ("title", "address.street"), so that what is required must
  // be there. Without a mask the fields that are set are written, each as a whole.
  bool Writes(absl::string_view path) const;

 private:
  std::vector<std::string> paths_;
  bool everything_ = false;
};

}  // namespace kepu::rpc
