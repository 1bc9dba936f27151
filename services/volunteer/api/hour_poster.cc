#include "services/volunteer/api/hour_poster.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/volunteer/api/claims.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

std::string ChoreOf(const std::string& shift, const std::string& person) {
  return absl::StrCat("hours/", shift, "/", person);
}

domain::Ledger& LedgerIn(store::View& view, absl::string_view key) {
  return dynamic_cast<domain::Ledger&>(view.Get(key));
}

}  // namespace

void HourPoster::Want(const std::string& shift, const std::string& person,
                      const domain::record::HourRow& row) {
  chores_.Want(ChoreOf(shift, person), [this, shift, person, row] { Append(shift, person, row); });
}

void HourPoster::Done(const std::string& shift, const std::string& person) {
  chores_.Done(ChoreOf(shift, person));
}

// The row and the sum that the person shows are one commit.
void HourPoster::Append(const std::string& shift, const std::string& person,
                        const domain::record::HourRow& row) {
  const reservation::Place place = PersonPlace(person);
  auto posting = std::make_shared<domain::Posting>();
  store::Command command;
  command.aggregates = {place.key, LedgerKey(person)};
  command.decide = [key = place.key, ledger_key = LedgerKey(person), person, row, posting](
                       store::View& view, absl::Time now) -> absl::Status {
    if (!PersonIn(view, key).Exists()) return absl::InternalError("hours of nobody");
    auto facts = domain::DecideAppend(LedgerIn(view, ledger_key), person, row, now);
    if (!facts.ok()) return facts.status();
    // Before anything is emitted: a ledger that has just been made knows none of its days.
    auto posted = domain::PostingOf(LedgerIn(view, ledger_key), row, *facts);
    if (!posted.ok()) return posted.status();
    *posting = *posted;
    if (absl::Status status = EmitAll(view, ledger_key, facts); !status.ok()) return status;
    for (const domain::record::Fact& fact : *facts) {
      domain::record::Fact counted = domain::At(now);
      *counted.mutable_hours_counted() = domain::CountedBy(fact.row_appended());
      counted.mutable_hours_counted()->set_at_us(absl::ToUnixMicros(now));
      if (absl::Status status = view.Emit(key, counted); !status.ok()) return status;
    }
    return absl::OkStatus();
  };
  command.done = [this, alive = std::weak_ptr<bool>(alive_), shift, person,
                  posting](const store::Outcome& outcome) {
    if (!alive.expired() && outcome.status.ok()) Note(shift, person, *posting);
  };
  engine_.Submit(place.partition, std::move(command));
}

void HourPoster::Note(const std::string& shift, const std::string& person, const domain::Posting& posting) {
  const reservation::Place place = ShiftPlace(shift);
  store::Command command;
  command.aggregates = {place.key};
  command.decide = [this, key = place.key, person, posting](store::View& view, absl::Time now) {
    return EmitAll(view, key, domain::DecidePosted(ShiftIn(view, key), person, posting, rules_, now));
  };
  command.done = [](const store::Outcome&) {};
  engine_.Submit(place.partition, std::move(command));
}

}  // namespace kepu::volunteer
