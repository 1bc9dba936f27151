// What the gateway knows of one RPC from its descriptor: name, annotations, message types. Made once at start
// for every public method, owned by the RouteTable; immutable, thread-safe.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"

namespace kepu::gateway::transcode {

enum class AccessKind { kPublic, kUser, kRoles };

struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  std::string full_name;  // "/kepu.event.v1.EventService/HoldBooking"
  std::string service;    // the process that serves it: "event", the second word of the package
  AccessKind access = AccessKind::kRoles;
  bool changes = false;  // carries a request_id
  bool reads = false;    // NO_SIDE_EFFECTS
  bool streams = false;  // server streaming
  bool raw = false;      // answers kepu.options.v1.RawBody: bytes with a content type of their own
  int time_limit_s = 0;  // what its annotation gives it; 0: the usual
  bool hashes = false;   // carries a password, which the service hashes before it answers
  // What a body may have: kJsonBytesMax, and for a method that takes a file what its field allows, in base64.
  size_t body_bytes_max = 0;
  const google::protobuf::Message* request = nullptr;
  const google::protobuf::Message* response = nullptr;
  const google::protobuf::FieldDescriptor* request_id = nullptr;
};

// INTERNAL methods give nothing, methods without the access or idempotency annotation an error that names
// them, and so do methods with client streaming, which no outside protocol of the gateway carries.
absl::StatusOr<std::vector<Method>> PublicMethods(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services);

// Every service of package kepu.* whose descriptor is linked into this program.
std::vector<const google::protobuf::ServiceDescriptor*> LinkedServices();

}  // namespace kepu::gateway::transcode
