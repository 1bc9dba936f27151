// The REST routes of all public methods, made from google.api.http at start and matched on the raw path:
// literal before `*` before `**`. Refuses duplicate bindings and annotations that do not fit their messages.
// Immutable; thread-safe.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "services/gateway/transcode/method.h"
#include "services/gateway/transcode/path_template.h"

namespace kepu::gateway::transcode {

// From a message down to a leaf: {venue, address, city}.
using FieldPath = std::vector<const google::protobuf::FieldDescriptor*>;

// One binding of a method.
struct Route {
  const Method* method = nullptr;
  std::string verb;     // "GET"; "*" for a binding of any verb but OPTIONS
  std::string pattern;  // as annotated: the label of metrics and logs
  PathTemplate path;
  std::vector<FieldPath> variables;  // the fields of path.variables, in their order
  bool body_is_message = false;      // body: "*"
  const google::protobuf::FieldDescriptor* body = nullptr;
  const google::protobuf::FieldDescriptor* response_body = nullptr;
  // The FieldMask to derive for a PATCH whose body is one field; null otherwise.
  const google::protobuf::FieldDescriptor* update_mask = nullptr;
};

struct Match {
  const Route* route = nullptr;
  std::vector<absl::string_view> segments;  // raw, into the path given
  bool head = false;                        // asked by HEAD, routed as GET
  // When no route fits: the verbs that the path knows, sorted; empty for an unknown path.
  std::vector<std::string> allowed;
};

class RouteTable {
 public:
  static absl::StatusOr<std::unique_ptr<RouteTable>> Make(
      const std::vector<const google::protobuf::ServiceDescriptor*>& services);
  ~RouteTable();

  // `path` is the part of the target before the question mark.
  Match Find(absl::string_view verb, absl::string_view path) const;

  // What the body of such a request may have; `path` may also be that of an RPC ("/package.Service/Method").
  size_t BodyBytesMax(absl::string_view verb, absl::string_view path) const;

  const std::vector<std::unique_ptr<Route>>& routes() const { return routes_; }
  const std::vector<Method>& methods() const { return methods_; }

 private:
  struct Node;
  RouteTable();
  absl::Status AddMethod(const Method& method);
  absl::Status AddBinding(const Method& method, const void* rule);
  absl::Status Insert(const Route& route);

  std::vector<Method> methods_;
  std::vector<std::unique_ptr<Route>> routes_;
  std::unique_ptr<Node> root_;
};

// A field by its proto name or its lowerCamel name.
const google::protobuf::FieldDescriptor* FindField(const google::protobuf::Descriptor& message,
                                                   absl::string_view name);

// Messages whose JSON form is one text or bare value: Timestamp, Duration, FieldMask and the wrappers.
bool IsTextMessage(const google::protobuf::Descriptor& message);

}  // namespace kepu::gateway::transcode
