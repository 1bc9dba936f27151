// Ports of loopback, for programs under test that listen on one. Functions; thread-safe.
#pragma once

#include <cstdint>

namespace kepu::support {

// A port that nobody listens on now.
uint16_t FreePort();

// A connected socket that blocks, or -1.
int ConnectLoopback(uint16_t port);

}  // namespace kepu::support
