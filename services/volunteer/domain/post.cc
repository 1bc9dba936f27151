#include "services/volunteer/domain/post.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/calendar/timestamps.h"
#include "libs/names/names.h"
#include "libs/refusal/refusal.h"

namespace kepu::volunteer::domain {
namespace {

using v1::Post;
using v1::PostHolder;

// Dates of four-digit years sort as texts.
constexpr char kNeverEnds[] = "9999-99-99";

template <class Term>
std::string LastOf(const Term& term) {
  return term.end_date().empty() ? kNeverEnds : term.end_date();
}

template <class Term>
bool Meets(const Term& term, const std::string& start, const std::string& last) {
  return term.start_date() <= last && start <= LastOf(term);
}

absl::Status Held(const Post& post, const Post::Term& term) {
  return refusal::Refuse(refusal::kNo, "POST_HELD",
                         {{"name", post.name()}, {"start", term.start_date()}, {"end", term.end_date()}});
}

bool IsThat(const PostHolder::Held& held, const Post& post, const Post::Term& term) {
  return held.post() == post.name() && held.start_date() == term.start_date();
}

}  // namespace

absl::Status CheckPost(Post& post) {
  refusal::FieldErrors errors;
  if (post.kind() == Post::KIND_UNSPECIFIED) errors.Add("post.kind", "is required");
  if (!names::Parse("", "districts/*", post.district()).ok())
    errors.Add("post.district", "must be like districts/*");
  const bool placed = names::Parse("", "communities/*", post.community()).ok() ||
                      names::Parse("", "villages/*", post.community()).ok();
  if (!post.community().empty() && !placed) errors.Add("post.community", "must be a community or village");
  if (post.kind() == Post::OFFICER && post.community().empty())
    errors.Add("post.community", "is required of an officer");
  return errors.ToStatus();
}

const Post::Term* TermOn(const Post& post, absl::CivilDay day) {
  const std::string date = calendar::FormatDate(day);
  const auto it = std::find_if(post.terms().begin(), post.terms().end(),
                               [&](const Post::Term& term) { return Meets(term, date, date); });
  return it == post.terms().end() ? nullptr : &*it;
}

absl::Time NextVacancy(const Post& post, absl::Time now) {
  absl::Time next = absl::InfiniteFuture();
  if (post.retired()) return next;
  for (const Post::Term& term : post.terms()) {
    const auto last = calendar::ParseDate("", term.end_date());
    if (!last.ok() || TermOn(post, *last + 1) != nullptr) continue;
    if (const absl::Time at = calendar::At(*last + 1); at > now) next = std::min(next, at);
  }
  return next;
}

void ShowOn(absl::CivilDay day, Post* post) {
  post->clear_holder();
  post->clear_holder_terms();
  post->clear_vacant_since();
  if (post->retired()) return post->set_state(Post::RETIRED);
  if (const Post::Term* term = TermOn(*post, day)) {
    post->set_state(Post::HELD);
    post->set_holder(term->volunteer());
    const auto theirs = [&](const Post::Term& one) {
      return one.volunteer() == term->volunteer() && one.start_date() <= term->start_date();
    };
    post->set_holder_terms(
        static_cast<int32_t>(std::count_if(post->terms().begin(), post->terms().end(), theirs)));
    return;
  }
  post->set_state(Post::VACANT);
  // Without a holder since the day after the last, or since there is the post.
  absl::CivilDay since = std::min(day, calendar::DayOf(calendar::FromProto(post->create_time())));
  for (const Post::Term& term : post->terms()) {
    const auto last = calendar::ParseDate("", term.end_date());
    if (last.ok() && *last < day) since = std::max(since, *last + 1);
  }
  post->set_vacant_since(calendar::FormatDate(since));
}

absl::StatusOr<HolderChange> DecideAppoint(const Post& post, const PostHolder& holder,
                                           const Appointment& appointment, absl::Time now) {
  if (post.retired()) return refusal::Refuse(refusal::kNo, "POST_RETIRED", {{"name", post.name()}});
  const std::string start = calendar::FormatDate(appointment.start);
  const std::string last = appointment.end_date.empty() ? kNeverEnds : appointment.end_date;
  if (last < start) return refusal::BadField("end_date", "must not come before start_date");
  for (const Post::Term& term : post.terms()) {
    if (!Meets(term, start, last)) continue;
    const bool same = term.volunteer() == appointment.volunteer && term.start_date() == start &&
                      term.end_date() == appointment.end_date;
    if (same) return HolderChange{post, holder};
    return Held(post, term);
  }
  for (const PostHolder::Held& held : holder.terms()) {
    if (held.kind() == post.kind() && Meets(held, start, last))
      return refusal::Refuse(refusal::kNo, "HOLDS_SUCH_A_POST",
                             {{"volunteer", appointment.volunteer}, {"post", held.post()}});
  }
  const auto theirs = [&](const Post::Term& one) { return one.volunteer() == appointment.volunteer; };
  if (post.terms_max() > 0 &&
      std::count_if(post.terms().begin(), post.terms().end(), theirs) >= post.terms_max()) {
    return refusal::Refuse(refusal::kNo, "NO_MORE_TERMS",
                           {{"volunteer", appointment.volunteer},
                            {"post", post.name()},
                            {"max", absl::StrCat(post.terms_max())}});
  }
  if (post.terms_size() >= kTermsMax || holder.terms_size() >= kTermsMax)
    return refusal::Refuse(refusal::kNo, "TOO_MANY_TERMS", {{"max", absl::StrCat(kTermsMax)}});
  HolderChange change{post, holder};
  Post::Term& term = *change.post.add_terms();
  term.set_volunteer(appointment.volunteer);
  term.set_start_date(start);
  term.set_end_date(appointment.end_date);
  term.set_appointed_by(appointment.by);
  calendar::SetMicros(absl::ToUnixMicros(now), term.mutable_appoint_time());
  const auto earlier = [](const auto& a, const auto& b) { return a.start_date() < b.start_date(); };
  std::stable_sort(change.post.mutable_terms()->begin(), change.post.mutable_terms()->end(), earlier);
  PostHolder::Held& held = *change.holder.add_terms();
  held.set_post(post.name());
  held.set_kind(post.kind());
  held.set_start_date(start);
  held.set_end_date(appointment.end_date);
  std::stable_sort(change.holder.mutable_terms()->begin(), change.holder.mutable_terms()->end(), earlier);
  return change;
}

absl::StatusOr<Post::Term> TermToEnd(const Post& post, absl::CivilDay today) {
  const std::string date = calendar::FormatDate(today);
  for (const Post::Term& term : post.terms())
    if (LastOf(term) >= date) return term;
  return refusal::Refuse(refusal::kNo, "NOBODY_HOLDS_IT", {{"name", post.name()}});
}

absl::StatusOr<HolderChange> DecideEndTerm(const Post& post, const PostHolder& holder, const Post::Term& term,
                                           absl::CivilDay last) {
  const std::string date = calendar::FormatDate(last);
  if (LastOf(term) < date) return refusal::BadField("end_date", "is after the end that is set");
  HolderChange change{post, holder};
  auto& terms = *change.post.mutable_terms();
  auto& held = *change.holder.mutable_terms();
  const auto it = std::find_if(terms.begin(), terms.end(),
                               [&](const Post::Term& one) { return one.start_date() == term.start_date(); });
  const auto theirs = std::find_if(held.begin(), held.end(),
                                   [&](const PostHolder::Held& one) { return IsThat(one, post, term); });
  if (it == terms.end() || theirs == held.end())
    return absl::InternalError("a post and its holder do not agree");
  if (date < term.start_date()) {
    terms.erase(it);
    held.erase(theirs);
  } else {
    it->set_end_date(date);
    theirs->set_end_date(date);
  }
  return change;
}

absl::Status CheckRetire(const Post& post, absl::CivilDay today) {
  const auto term = TermToEnd(post, today);
  return term.ok() ? Held(post, *term) : absl::OkStatus();
}

}  // namespace kepu::volunteer::domain
