// An update laid over what stands, as its field mask says. Pure; thread-safe.
#pragma once

#include <string>
#include <vector>

#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/util/field_mask_util.h"

namespace kepu::handler {

// Paths of a field mask, relative to the resource; none: the fields that are set; "*": all of it.
using Paths = std::vector<std::string>;

template <class Message>
Message Merged(const Message& base, const Message& update, const Paths& paths) {
  if (paths.size() == 1 && paths[0] == "*") return update;
  google::protobuf::FieldMask mask;
  for (const std::string& path : paths) mask.add_paths(path);
  if (paths.empty()) {
    std::vector<const google::protobuf::FieldDescriptor*> set;
    update.GetReflection()->ListFields(update, &set);
    for (const auto* field : set) mask.add_paths(field->name());
  }
  google::protobuf::util::FieldMaskUtil::MergeOptions options;
  options.set_replace_message_fields(true);
  options.set_replace_repeated_fields(true);
  Message merged = base;
  google::protobuf::util::FieldMaskUtil::MergeMessageTo(update, mask, options, &merged);
  return merged;
}

}  // namespace kepu::handler
