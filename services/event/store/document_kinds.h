// How the documents of each kind are listed: in which order, and in which lists beside that of all. A table;
// pure and thread-safe.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "google/protobuf/message.h"

namespace kepu::event {

struct DocumentKind {
  const google::protobuf::Descriptor* type;
  // Sorts a list; the name breaks ties. At most 300 bytes, as it stands in page tokens.
  std::function<std::string(const google::protobuf::Message&)> order;
  // Names of further lists that it stands in; null or empty ones are left out.
  std::function<std::vector<std::string>(const google::protobuf::Message&)> scopes;
};

// Dies for what is no kind of document.
const DocumentKind& KindOf(const google::protobuf::Descriptor& type);

// A time as a part of an order: fixed width, for times after 1970.
std::string TimeOrder(int64_t time_us);

}  // namespace kepu::event
