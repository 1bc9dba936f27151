// What a process settles once about the gRPC library: where its complaints go, and that the threads of its
// callback API live as long as the process. Process-wide, owned by nobody; thread-safe.
#pragma once

namespace kepu::rpc {

// Before the first server or channel; more than once does no harm.
void PrepareLibrary();

}  // namespace kepu::rpc
