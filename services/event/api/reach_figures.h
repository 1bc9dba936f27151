// How figures of who came, and of who asked in vain, are told apart: by period, by what they are of, and in
// rows. One question at a time; not thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "kepu/event/v1/reach.pb.h"
#include "libs/executor/worker_pool.h"
#include "services/event/api/context.h"
#include "services/event/api/school_register.h"
#include "services/event/domain/attendance.h"

namespace kepu::event {

// What the handlers of reach work with. Outlives the calls.
struct ReachParts {
  const Context& context;
  SchoolRegister& registers;
  // Sums over a whole city and year take longer than a decision may.
  executor::Workers& workers;
};

// Days, first and last included.
struct Days {
  absl::CivilDay first, last;
};
// INVALID_ARGUMENT for a term that is not known, days that do not exist, or the last before the first.
// `field` is the path of the period.
absl::StatusOr<Days> DaysOf(absl::string_view field, const v1::Period& period,
                            const domain::SchoolRules& rules, absl::Time now);

// What rows are by.
enum class By { kTargetGroup, kDistrict, kKind, kEvent, kCampaign, kPlace, kMonth, kDay, kSchool, kNothing };

struct FigureFilter {
  std::string scope;  // as in AttendanceFilter
  v1::Booking::Kind kind = v1::Booking::KIND_UNSPECIFIED;
  v1::TargetGroup group = v1::TARGET_GROUP_UNSPECIFIED;
};

// Districts of schools are needed to answer this.
bool NeedsRegisters(const FigureFilter& filter, By by);

// Where and of whom some parties are.
struct Whereabouts {
  absl::CivilDay day;
  absl::string_view event;  // its id
  absl::string_view place;
  v1::Booking::Kind kind = v1::Booking::KIND_UNSPECIFIED;
  absl::string_view school;
};

class Slicer {
 public:
  // `registers` may be null where they are not needed.
  Slicer(const document::Shelf& documents, const Registers* registers, FigureFilter filter, By by)
      : documents_(documents), registers_(registers), filter_(std::move(filter)), by_(by) {}

  // Calls `put(key, heads, parties)` for each row that some of the people are in; everybody is in one row at
  // most. Parties are counted where people of all groups are told together.
  void Slice(
      const Whereabouts& where, const domain::Heads3& heads, int32_t parties,
      const std::function<void(const std::string& key, const domain::Heads3& heads, int32_t parties)>& put);
  // What was declared of an event on a day: nothing of it is told by kind, group or school. False when it is
  // not within the filter.
  bool KeyOfDeclared(absl::CivilDay day, const std::string& event, std::string* key);

 private:
  struct EventFacts {
    std::string name, district, campaign, place;
    v1::TargetGroup group = v1::TARGET_GROUP_UNSPECIFIED;
  };
  const EventFacts& FactsOf(absl::string_view event);
  std::string DistrictOf(const EventFacts& event, absl::string_view school) const;
  bool Within(const EventFacts& event, absl::string_view place, absl::string_view school) const;
  std::string KeyOf(const EventFacts& event, const Whereabouts& where) const;

  const document::Shelf& documents_;
  const Registers* const registers_;
  const FigureFilter filter_;
  const By by_;
  absl::flat_hash_map<std::string, EventFacts> events_;
};

// UNAVAILABLE / SERVICE_DOWN: what was asked for rests on registers that could not be read.
absl::Status RegistersUnknown();

// OK for who may see figures of the scope; NOT_FOUND for everybody else. `registers` may be null.
absl::Status CheckScope(const Context& context, const Registers* registers, const std::string& scope,
                        const rpc::Principal& caller);

// Bookings and wait entries that are looked at for one page of sources.
inline constexpr size_t kSourcesLookedAt = 200;

// Where the walk through the sources of a figure stands: a session of a day, and how many of its bookings or
// wait entries were looked at. As text in page tokens.
struct TracePlace {
  absl::CivilDay day;
  std::string session;
  size_t index = 0;
};
std::string Pack(const TracePlace& place);
// INVALID_ARGUMENT for what Pack did not make.
absl::StatusOr<TracePlace> UnpackTrace(absl::string_view text);

void AddAttendanceHandlers(rpc::Service& service, const ReachParts& parts);
void AddReachHandlers(rpc::Service& service, const ReachParts& parts);
void AddDemandHandlers(rpc::Service& service, const ReachParts& parts);

// Where an answer is put together.
enum class On { kExecutor, kWorkers };

// Runs `then(call, registers)` when the read model has caught up with the caller; registers are null unless
// they are `needed` and known. Answers UNAVAILABLE itself when they are not.
template <class Call, class Then>
void WithRegisters(const ReachParts& parts, Call call, bool needed, On on, Then then) {
  WhenVisible(parts.context, std::move(call), [&parts, needed, on, then = std::move(then)](Call ready) {
    auto shared = std::make_shared<Call>(std::move(ready));
    const auto run = [&parts, shared, needed, on, then](const SchoolRegister::Answer& known) {
      if (needed && known.registers == nullptr) return shared->Fail(RegistersUnknown());
      if (on == On::kExecutor) return then(*shared, known);
      const absl::Status queued = parts.workers.Run([shared, then, known] { then(*shared, known); });
      if (!queued.ok()) shared->Fail(queued);
    };
    parts.context.executor.Post([&parts, needed, run] {
      if (needed) return parts.registers.Get(run);
      run(SchoolRegister::Answer());
    });
  });
}

}  // namespace kepu::event
