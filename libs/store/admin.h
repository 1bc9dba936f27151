// What deploy does to a Redis and no service ever does: loads the function library, writes and raises the
// header of a data set. Each is idempotent: run again after a crash, it completes what was begun. Completions
// run on the client's executor.
#pragma once

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "libs/redis/client.h"
#include "libs/store/store.h"

namespace kepu::store {

using AdminDone = absl::AnyInvocable<void(absl::Status)>;

// Loads `code` as the function library, replacing another text of the same name.
void LoadLibrary(redis::Client& client, absl::string_view code, AdminDone done);

// Writes the header into every partition of `service` that has none. ALREADY_EXISTS when one belongs to
// another data set.
void InitPartitions(redis::Client& client, std::string service, DataSet data_set, uint32_t partitions,
                    AdminDone done);

// After a deliberate restore: every partition gets `epoch`, so that whoever still knows the lost history is
// refused.
void SetEpoch(redis::Client& client, std::string service, uint32_t epoch, uint32_t partitions,
              AdminDone done);

}  // namespace kepu::store
