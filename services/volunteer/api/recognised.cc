#include "services/volunteer/api/recognised.h"

#include "absl/strings/str_cat.h"
#include "libs/auth/access.h"
#include "libs/calendar/timestamps.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {

bool HoldsOn(const rpc::Principal& principal, const std::vector<std::string>& roles,
             absl::string_view resource) {
  return auth::HoldsAnyOn(principal, roles, resource, nullptr);
}

absl::StatusOr<domain::LedgerRows> LedgerOf(const ReadModel& reads, store::View& view,
                                            const std::string& person) {
  auto kept = WholeLedger(view, person);
  if (!kept.ok()) return kept.status();
  domain::LedgerRows rows;
  for (const domain::record::HourRow* row : *kept) {
    v1::Shift shift;
    const auto bytes = reads.shifts().Get(domain::ShiftName(row->shift()));
    const bool known = bytes != nullptr && shift.ParseFromString(*bytes);
    rows.push_back({row->shift(), row->place(), absl::FromUnixMicros(row->start_us()),
                    absl::FromUnixMicros(row->end_us()), row->minutes(),
                    absl::FromUnixMicros(row->create_us()), known ? shift.role_name() : ""});
  }
  return rows;
}

void ReadLedger(const Context& context, const std::string& person,
                std::function<void(absl::StatusOr<domain::LedgerRows> rows)> then) {
  auto rows = std::make_shared<domain::LedgerRows>();
  auto read = [&context, rows, person](store::View& view) -> absl::Status {
    auto found = LedgerOf(context.reads, view, person);
    if (found.ok()) *rows = *std::move(found);
    return found.status();
  };
  context.engine.Read(PersonPlace(person).partition, {LedgerKey(person)}, std::move(read),
                      [rows, then = std::move(then)](const absl::Status& status) {
                        if (!status.ok()) return then(status);
                        then(std::move(*rows));
                      });
}

}  // namespace kepu::volunteer
