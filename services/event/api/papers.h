// How the papers of who booked stand at the place of a session: what an approval looks at, and what lists
// show. Stateless; on the executor.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "libs/blob/blob_store.h"
#include "libs/executor/worker_pool.h"
#include "services/event/api/context.h"
#include "services/event/api/register.h"
#include "services/event/api/target.h"
#include "services/event/domain/papers.h"

namespace kepu::event {

// A booking as the papers of whoever booked it see it.
struct PaperCase {
  std::string owner;  // "schools/*" or "users/*"
  std::string place;  // of the session, or the online event
  v1::BookingTerms terms;
  int32_t last_day = 0;
  bool own = false;    // the caller is of those who booked
  bool staff = false;  // the caller is staff of the place
};
PaperCase CaseOf(const domain::record::SessionHead& head, const domain::record::BookingRecord& booking,
                 const rpc::Principal& caller);

// Where the papers of an owner lie.
uint32_t PartitionOfPapers(const std::string& owner);

// What the terms ask for; nothing is read where they ask for nothing.
void AskStandings(
    const Context& context, const PaperCase& one,
    std::function<void(const absl::StatusOr<std::vector<domain::PaperStanding>>& standings)> done);

// `blobs` may be null: papers are refused as long as there is nowhere to keep them. Both outlive the service;
// `disk` is where files are waited for.
void AddPaperHandlers(rpc::Service& service, const Context& context, const blob::BlobStore* blobs,
                      executor::Workers& disk);

}  // namespace kepu::event
