// A whole service against what its methods say of their callers: every method with every kind of caller, sent
// to the real handlers, and every answer that deviates told in words. Used by the tests of each service; one
// thread.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "google/protobuf/descriptor.h"
#include "libs/auth/access_matrix.h"
#include "libs/executor/sim_executor.h"
#include "libs/rpc/service.h"

namespace kepu::auth {

// An object that requests name.
struct Subject {
  std::string name;
  // Of the same form, and nothing is there: for who may not see `name` both answer alike. Empty: not
  // compared.
  std::string absent = {};
  // The user it belongs to; empty: that of the scene.
  std::string owner = {};
  // What the owner names, when that is something else ("shifts/-").
  std::string owned = {};
};

struct AccessScene {
  rpc::Service& rpc;
  executor::SimExecutor& executor;
  std::vector<const google::protobuf::ServiceDescriptor*> services;
  std::vector<std::string> roles;
  // What requests name: by method ("EraseUser"), by field ("session.place"), or by the pattern of a variable
  // of the route ("events/*/sessions/*"); the first that fits.
  std::map<std::string, Subject> subjects;
  // What else a sample has to say to be well formed, by method and field ("MoveBooking.session").
  std::map<std::string, std::string> texts = {};
  // Where roles are held when they are held rightly, by method; the rest under "".
  std::map<std::string, std::vector<std::string>> own;
  std::string foreign;
  std::string owner;
  // Methods that may tell a caller with every right that something else is not there: a code nobody was
  // given.
  std::vector<std::string> may_miss = {};
  // The one method that is looked at; empty: all.
  std::string only = {};
  AccessOf access_of = AnnotationOf;
  // Whom a handler takes its caller for; tests plant handlers that do not look.
  std::function<rpc::Principal(const google::protobuf::MethodDescriptor&, rpc::Principal)> taken_for =
      nullptr;
};

// Empty when every answer is the one that the annotations demand.
std::vector<std::string> CheckAccess(const AccessScene& scene);

// Plants faults in one method, an annotation that lets everybody in, one that forgets a role, a handler that
// takes everybody for the city's admin, and tells those that CheckAccess did not find.
std::vector<std::string> FaultsNotFound(const AccessScene& scene, const std::string& method);

}  // namespace kepu::auth
