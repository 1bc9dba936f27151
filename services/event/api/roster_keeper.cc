#include "services/event/api/roster_keeper.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "libs/names/names.h"
#include "services/event/api/target.h"
#include "services/event/domain/roster.h"
#include "services/event/store/schema.h"

namespace kepu::event {
namespace {

// Keys destroyed in one go: each waits for the disk.
constexpr size_t kKeysAtOnce = 50;

std::string KeysChore(const std::string& key) { return absl::StrCat("keys/", key); }
std::string CallOffChore(const std::string& key) { return absl::StrCat("call off/", key); }

reservation::Place PlaceOf(const std::string& key) { return {names::PartitionOf(RosterIdOf(key)), key}; }

const domain::Roster& RosterIn(store::View& view, const std::string& key) {
  return dynamic_cast<const domain::Roster&>(view.Get(key));
}

bool CameToNothing(v1::Booking::State state) {
  return state == v1::Booking::CANCELLED || state == v1::Booking::EXPIRED ||
         state == v1::Booking::NOT_APPROVED;
}

}  // namespace

std::string PersonOf(absl::string_view key) { return absl::StrCat("pupils/", key); }

void RosterKeeper::See(const std::string& key) {
  const domain::Roster* roster = context_.read_model.rosters().Find(key);
  if (roster == nullptr) return;
  if (roster->head().erase_us() <= absl::ToUnixMicros(context_.clock.Now())) chores_.Done(CallOffChore(key));
  if (roster->head().keys_left() == 0 || vault_ == nullptr) return chores_.Done(KeysChore(key));
  chores_.Want(KeysChore(key), [this, key] { DestroyKeys(key); });
}

void RosterKeeper::See(const std::string& id, const domain::record::BookingRecord& booking) {
  if (CameToNothing(booking.state()) && booking.roster_pupils() > 0) CallOff(id);
}

void RosterKeeper::Fold(const domain::record::Fact& fact) {
  if (fact.has_booking_cancelled()) CallOff(fact.booking_cancelled().id());
  if (fact.has_booking_expired()) CallOff(fact.booking_expired().id());
  if (fact.has_booking_declined()) CallOff(fact.booking_declined().id());
  for (const std::string& id : fact.bookings_swept().ids()) CallOff(id);
}

void RosterKeeper::CallOff(const std::string& booking) {
  const std::string key = RosterKey(booking);
  // Most bookings have none. One whose roster is not loaded yet is seen again by the attempt.
  const bool loading = !context_.ready;
  if (!loading && context_.read_model.rosters().Find(key) == nullptr) return;
  chores_.Want(CallOffChore(key), [this, key] {
    const domain::Roster* roster = context_.read_model.rosters().Find(key);
    if (roster == nullptr || roster->head().erased()) return chores_.Done(CallOffChore(key));
    context_.desk.Submit(
        PlaceOf(key),
        [key](store::View& view, absl::Time now) {
          return EmitAll(view, key, domain::DecideCallOff(RosterIn(view, key), now));
        },
        [](store::View&) { return absl::OkStatus(); }, [](const store::Outcome&) {});
  });
}

void RosterKeeper::DestroyKeys(const std::string& key) {
  const domain::Roster* roster = context_.read_model.rosters().Find(key);
  if (roster == nullptr || !context_.ready) return;
  std::vector<uint32_t> numbers;
  std::vector<std::string> persons;
  for (uint32_t number = 1; number <= roster->head().added() && numbers.size() < kKeysAtOnce; ++number) {
    const auto child = roster->Find(domain::PupilField(number));
    if (!child.ok() || *child == nullptr || !(*child)->pupil().erased()) continue;
    numbers.push_back(number);
    persons.push_back(PersonOf((*child)->pupil().key()));
  }
  // What does not find room now is tried again by the chore.
  disk_
      .Run([this, alive = alive_, key, numbers, persons] {
        for (const std::string& person : persons)
          if (!vault_->Destroy(person).ok()) return;
        context_.executor.Post([this, alive, key, numbers] {
          if (*alive) TellDestroyed(key, numbers);
        });
      })
      .IgnoreError();
}

void RosterKeeper::TellDestroyed(const std::string& key, std::vector<uint32_t> numbers) {
  context_.desk.Submit(
      PlaceOf(key),
      [key, numbers = std::move(numbers)](store::View& view, absl::Time now) {
        return EmitAll(view, key, domain::DecideKeysDestroyed(RosterIn(view, key), numbers, now));
      },
      [](store::View&) { return absl::OkStatus(); }, [](const store::Outcome&) {});
}

}  // namespace kepu::event
