// The routes of the park service, which tests of the gateway's translation ask for. Made once; thread-safe.
#pragma once

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "kepu/test/v1/park.pb.h"
#include "services/gateway/transcode/route_table.h"

namespace kepu::gateway::transcode {

inline const google::protobuf::ServiceDescriptor* ServiceNamed(const char* name) {
  // A message of the file, so that it is linked and registered.
  test::v1::Park::descriptor();
  return google::protobuf::DescriptorPool::generated_pool()->FindServiceByName(
      absl::StrCat("kepu.test.v1.", name));
}

inline const RouteTable& Table() {
  static const auto* const table = RouteTable::Make({ServiceNamed("ParkService")})->release();
  return *table;
}

}  // namespace kepu::gateway::transcode
