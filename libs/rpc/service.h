// A service without sockets: its methods by full name ("/kepu.event.v1.EventService/HoldBooking"), each with
// a handler. Built once by MakeService, then served by rpc/grpc, called by the simulator, or called in tests.
// Immutable after Seal; thread-safe as far as the handlers are.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.h"
#include "libs/rpc/call.h"
#include "libs/rpc/field_rules.h"

namespace kepu::rpc {

// Checks the caller against the method's `access` annotation and the request's scope field. Implemented by
// libs/auth; tests and the dev identity have their own.
class Authorizer {
 public:
  virtual ~Authorizer() = default;
  virtual absl::Status Check(const google::protobuf::MethodDescriptor& method, const Context& context,
                             const google::protobuf::Message& request) const = 0;
};

class Service {
 public:
  using Handler = std::function<void(Call call)>;
  struct Method {
    const google::protobuf::MethodDescriptor* descriptor = nullptr;
    Handler handler;  // decodes, checks field rules and access, then calls the typed handler
  };

  explicit Service(const Authorizer& authorizer);
  // The handlers hold on to it.
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // Registers a handler for `method` (a short name) of the service `full_service`
  // ("kepu.event.v1.EventService"). The same call serves unary and server-streaming methods; a streaming
  // handler uses untyped().responder().
  template <class Request, class Response>
  void Handle(absl::string_view full_service, absl::string_view method,
              std::function<void(TypedCall<Request, Response>)> handler) {
    Add(full_service, method, *Request::descriptor(), *Response::descriptor(),
        [this, handler = std::move(handler)](const google::protobuf::MethodDescriptor& descriptor,
                                             Call call) {
          Request request;
          if (absl::Status status = Decode(descriptor, call, request); !status.ok())
            return call.Finish(status);
          handler(TypedCall<Request, Response>(std::move(call), std::move(request)));
        });
  }

  // Refuses (FAILED_PRECONDITION naming the method) when a method of a registered proto service has no
  // handler, or lacks the access, idempotency or (unless INTERNAL) http annotation.
  absl::Status Seal() const;

  // Runs a method by full name; UNIMPLEMENTED for an unknown one.
  void Dispatch(absl::string_view full_method, Call call) const;

  const absl::flat_hash_map<std::string, Method>& methods() const { return methods_; }

 private:
  using Adapter = std::function<void(const google::protobuf::MethodDescriptor&, Call)>;
  void Add(absl::string_view full_service, absl::string_view method,
           const google::protobuf::Descriptor& request, const google::protobuf::Descriptor& response,
           Adapter adapter);
  // Parses, clears output-only fields, checks field rules (kepu.options.field) and `request_id`, then the
  // access.
  absl::Status Decode(const google::protobuf::MethodDescriptor& method, const Call& call,
                      google::protobuf::Message& request) const;

  const Authorizer& authorizer_;
  absl::flat_hash_map<std::string, Method> methods_;
  FieldRules rules_;
  // Of the methods that change something.
  absl::flat_hash_map<const google::protobuf::MethodDescriptor*, const google::protobuf::FieldDescriptor*>
      request_ids_;
  std::vector<std::string> defects_;  // of registration, told by Seal
};

}  // namespace kepu::rpc
