#include "services/volunteer/domain/document.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "services/volunteer/domain/person.h"
#include "services/volunteer/domain/post.h"

namespace kepu::volunteer::domain {

std::string DocumentKey(absl::string_view name) { return absl::StrCat("document/", name); }

absl::Status Apply(Document& state, const record::Fact& fact) {
  if (fact.has_post_vacated()) {
    if (!state.Exists()) return absl::InternalError("a fact of a document that is not there");
    state.mutable_head().set_due_us(fact.post_vacated().due_us());
    return absl::OkStatus();
  }
  if (!fact.has_document_put()) return absl::InternalError("a fact that is not of a document");
  document::ApplyPut(state, fact.document_put(), fact.time_us());
  state.mutable_head().set_due_us(fact.document_put().due_us());
  return absl::OkStatus();
}

absl::Time NextDue(const record::DocumentHead& head) {
  return head.due_us() == 0 ? absl::InfiniteFuture() : absl::FromUnixMicros(head.due_us());
}

absl::StatusOr<std::vector<record::Fact>> Due(const Document& state, absl::Time now) {
  if (NextDue(state.head()) > now) return std::vector<record::Fact>();
  auto child = state.Find(document::kField);
  if (!child.ok()) return child.status();
  if (*child == nullptr) return absl::InternalError("a head without its document");
  const v1::Post& post = (*child)->document().post();
  const absl::CivilDay since = calendar::DayOf(NextDue(state.head()));
  std::vector<record::Fact> facts = {At(now)};
  record::PostVacated& vacated = *facts[0].mutable_post_vacated();
  vacated.set_post(post.name());
  vacated.set_since(calendar::FormatDate(since));
  if (const v1::Post::Term* last = TermOn(post, since - 1)) vacated.set_volunteer(last->volunteer());
  // Also of what came due while nobody looked the next one follows.
  const absl::Time next = NextVacancy(post, NextDue(state.head()));
  if (next != absl::InfiniteFuture()) vacated.set_due_us(absl::ToUnixMicros(next));
  return facts;
}

}  // namespace kepu::volunteer::domain
