// Rows of reads over HTTP: one venue and a page of them through the gateway, by REST as it keeps them and as
// it forwards them, by Connect and gRPC-Web; the same venue through the Go grpc-gateway before the same
// service; and the same bytes as files of nginx. Owned by main; used on its thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/bench/report.h"
#include "tests/bench/rig.h"
#include "tests/bench/row.h"

namespace kepu::bench {

// Those that are `wanted` by name; what is not installed here is missed in the report. `peer`: the program of
// the Go grpc-gateway, empty where there is no Go.
std::vector<RowSpec> MakeGatewayRows(Rig& rig, Report& report, const std::string& peer,
                                     const std::function<bool(const std::string&)>& wanted);

// REST's GetVenue, always answered by the service.
inline constexpr char kForwarded[] = "Cache-Control: no-cache\r\n";
inline constexpr char kVenuePath[] = "/v1/venues/bench-0";

}  // namespace kepu::bench
