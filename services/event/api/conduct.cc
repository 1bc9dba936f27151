// How accounts and schools kept what they booked, shown to them before they book, and looked at when they do.
#include "services/event/domain/conduct.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "services/event/api/access.h"
#include "services/event/api/handlers.h"

namespace kepu::event {
namespace {

constexpr size_t kMaxShown = 50;

int DaysOf(absl::Duration span) { return static_cast<int>(span / absl::Hours(24)); }

}  // namespace

absl::Status Handlers::CheckConduct(const rpc::Principal& caller) const {
  // Staff book for anybody, and for a school others answer.
  if (!caller.grants.empty()) return absl::OkStatus();
  const absl::Time until = domain::BarredUntil(deps_.read_model.conduct().MarksOf(caller.name), deps_.rules);
  if (deps_.clock.Now() >= until) return absl::OkStatus();
  return refusal::Refuse(refusal::kNo, "BOOKING_BARRED",
                         {{"until", calendar::UtcText(absl::ToUnixMicros(until))},
                          {"conduct", absl::StrCat(caller.name, "/conduct")}});
}

bool Handlers::IsServedLast(const std::string& school) const {
  return domain::IsServedLast(deps_.read_model.conduct().MarksOf(school), deps_.rules, deps_.school_rules,
                              deps_.clock.Now());
}

void Handlers::GetConduct(Call<v1::GetConductRequest, v1::Conduct> call) {
  WhenVisible<v1::GetConductRequest, v1::Conduct>(std::move(call), [this](auto visible) {
    const std::string& name = visible.request().name();
    const bool of_school = absl::StartsWith(name, "schools/");
    if (auto ids = names::Parse("name", of_school ? "schools/*/conduct" : "users/*/conduct", name); !ids.ok())
      return visible.Fail(ids.status());
    const std::string whose = name.substr(0, name.rfind('/'));
    const rpc::Principal& caller = visible.principal();
    const bool own = of_school ? ActsFor(caller, whose) : caller.name == whose;
    if (!own && !caller.Holds("city_admin", "city")) return visible.Fail(refusal::NotFound(name));
    v1::Conduct conduct;
    conduct.set_name(name);
    const absl::Time now = deps_.clock.Now();
    const std::vector<ConductBook::Entry> entries = deps_.read_model.conduct().Of(whose);
    for (size_t i = entries.size(); i > 0 && entries.size() - i < kMaxShown; --i) {
      if (entries[i - 1].mark.time <= now - deps_.rules.marks_count) break;
      v1::Conduct::Mark* mark = conduct.add_marks();
      mark->set_booking(entries[i - 1].booking);
      calendar::SetMicros(absl::ToUnixMicros(entries[i - 1].mark.time), mark->mutable_time());
      mark->set_no_show(entries[i - 1].mark.no_show);
    }
    const absl::Time until = domain::BarredUntil(deps_.read_model.conduct().MarksOf(whose), deps_.rules);
    if (!of_school && now < until)
      calendar::SetMicros(absl::ToUnixMicros(until), conduct.mutable_barred_until());
    conduct.set_low_priority(of_school && IsServedLast(whose));
    conduct.set_half_marks_to_bar(deps_.rules.half_marks_to_bar);
    conduct.set_within_days(DaysOf(deps_.rules.marks_count));
    conduct.set_barred_days(DaysOf(deps_.rules.barred));
    conduct.set_school_half_marks(deps_.rules.school_half_marks);
    visible.Answer(conduct);
  });
}

}  // namespace kepu::event
