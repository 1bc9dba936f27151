// What the gateway costs beside its rate: the latency that it adds to a call of the service, and the dearest
// single requests that anybody can send it. Functions used on main's thread.
#pragma once

#include "tests/bench/report.h"
#include "tests/bench/rig.h"

namespace kepu::bench {

// GetVenue over REST against the same call over gRPC on the service's own socket, both at half the rate that
// the first can do, alternating `rounds` times. The venues are there.
void MeasureGatewayAdded(Rig& rig, Report& report, int rounds, double warm, double seconds);

// CPU of the gateway for one request, and how its memory grew, for each kind of request that is as dear as
// its size allows, up to 1 MiB; the worst of them too.
void MeasureDearRequests(Rig& rig, Report& report, double seconds);

}  // namespace kepu::bench
