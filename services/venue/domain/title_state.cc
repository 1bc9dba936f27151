#include "services/venue/domain/title_state.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/assessments.h"
#include "services/venue/domain/find.h"
#include "services/venue/domain/stamps.h"
#include "services/venue/domain/times.h"

namespace kepu::venue {
namespace {

using log::v1::TitleChild;
using log::v1::TitleFact;
using log::v1::TitlesHead;
using v1::Title;

bool HasDay(const google::type::Date& date) { return date.year() != 0; }
absl::CivilDay DayOfDate(const google::type::Date& date) {
  return absl::CivilDay(date.year(), date.month(), date.day());
}
int64_t StartOf(absl::CivilDay day) { return absl::ToUnixMicros(calendar::At(day)); }

absl::Status NoTitle() { return absl::InternalError("fact without its title"); }

// What the head must know of it, or nothing any more.
void List(TitlesHead& head, const Title& title) {
  const std::string id(title.name().substr(title.name().rfind('/') + 1));
  auto& live = *head.mutable_live();
  auto it = std::find_if(live.begin(), live.end(), [&](const auto& one) { return one.id() == id; });
  const bool listed = title.kind() != Title::COMMENDATION || title.has_expire_date();
  if (!listed || (!IsApplication(title.state()) && !IsInForce(title.state()))) {
    if (it != live.end()) live.erase(it);
    return;
  }
  TitlesHead::Live& item = it == live.end() ? *live.Add() : *it;
  item.set_id(id);
  item.set_kind(title.kind());
  item.set_level(title.level());
  item.set_state(title.state());
  item.clear_expire_us();
  item.clear_overdue_us();
  if (!IsInForce(title.state())) return;
  if (title.has_expire_date()) item.set_expire_us(StartOf(DayOfDate(title.expire_date())));
  if (title.state() == Title::RECTIFYING)
    item.set_overdue_us(StartOf(DayOfDate(title.rectify_by_date()) + 1));
}

void RememberFailure(TitlesHead& head, const Title& title, int year) {
  if (title.level() != v1::TITLE_LEVEL_NATIONAL || title.kind() == Title::COMMENDATION) return;
  auto& failed = *head.mutable_failed();
  auto it =
      std::find_if(failed.begin(), failed.end(), [&](const auto& one) { return one.kind() == title.kind(); });
  TitlesHead::Failed& item = it == failed.end() ? *failed.Add() : *it;
  item.set_kind(title.kind());
  item.set_year(std::max(item.year(), year));
}

Title* TitleOf(TitlesState& state, const std::string& id) {
  TitleChild* child = state.Mutable(TitleField(id));
  return child == nullptr || !child->has_title() ? nullptr : child->mutable_title();
}

void Note(Title& title, Title::State state, int64_t time_us, const std::string& comment) {
  const absl::Time time = absl::FromUnixMicros(time_us);
  Title::Step& step = *title.add_steps();
  step.set_state(state);
  *step.mutable_time() = ToTimestamp(time);
  step.set_comment(comment);
  if (title.steps_size() > kMaxSteps) title.mutable_steps()->DeleteSubrange(0, 1);
  StampAgain(title, time);
}

absl::Status Step(TitlesState& state, const log::v1::TitleStepped& fact) {
  Title* title = TitleOf(state, fact.id());
  if (title == nullptr) return NoTitle();
  const Title::State before = title->state();
  Note(*title, fact.state(), fact.time_us(), fact.comment());
  title->set_state(fact.state());
  if (fact.score() > 0) title->set_score(fact.score());
  if (!fact.criteria().empty()) *title->mutable_criteria() = fact.criteria();
  if (!fact.source().empty()) title->set_source(fact.source());
  if (HasDay(fact.notice_first_date())) *title->mutable_notice_first_date() = fact.notice_first_date();
  if (HasDay(fact.notice_last_date())) *title->mutable_notice_last_date() = fact.notice_last_date();
  if (HasDay(fact.name_date())) *title->mutable_name_date() = fact.name_date();
  if (HasDay(fact.expire_date())) *title->mutable_expire_date() = fact.expire_date();
  if (HasDay(fact.end_date())) *title->mutable_end_date() = fact.end_date();
  if (fact.state() == Title::RECTIFYING) *title->mutable_rectify_by_date() = fact.rectify_by_date();
  if (fact.state() == Title::NAMED) title->clear_rectify_by_date();
  List(state.mutable_head(), *title);
  // What its district did not even recommend was never weighed.
  if (fact.state() == Title::REJECTED && before != Title::APPLIED)
    RememberFailure(state.mutable_head(), *title, title->year());
  if (fact.state() == Title::REVOKED)
    RememberFailure(state.mutable_head(), *title,
                    static_cast<int>(calendar::DayOf(absl::FromUnixMicros(fact.time_us())).year()));
  return absl::OkStatus();
}

absl::Status MakeObjection(TitlesState& state, const log::v1::ObjectionMade& fact) {
  Title* title = TitleOf(state, fact.title());
  if (title == nullptr) return NoTitle();
  title->set_open_objections(title->open_objections() + 1);
  title->set_objection_count(title->objection_count() + 1);
  TitleChild child;
  log::v1::ObjectionRecord& record = *child.mutable_objection();
  record.set_actor(fact.actor());
  v1::TitleObjection& objection = *record.mutable_objection();
  objection.set_name(ObjectionName(fact.title(), fact.id()));
  objection.set_text(fact.text());
  objection.set_state(v1::TitleObjection::OPEN);
  *objection.mutable_create_time() = ToTimestamp(absl::FromUnixMicros(fact.time_us()));
  state.Put(ObjectionField(fact.title(), fact.id()), std::move(child));
  return absl::OkStatus();
}

absl::Status ResolveObjection(TitlesState& state, const log::v1::ObjectionResolved& fact) {
  TitleChild* child = state.Mutable(ObjectionField(fact.title(), fact.id()));
  if (child == nullptr) return absl::InternalError("fact without its objection");
  v1::TitleObjection& objection = *child->mutable_objection()->mutable_objection();
  objection.set_state(fact.upheld() ? v1::TitleObjection::UPHELD : v1::TitleObjection::DISMISSED);
  objection.set_answer(fact.answer());
  *objection.mutable_resolve_time() = ToTimestamp(absl::FromUnixMicros(fact.time_us()));
  Title* title = TitleOf(state, fact.title());
  if (title == nullptr) return NoTitle();
  title->set_open_objections(title->open_objections() - 1);
  if (fact.upheld()) title->set_upheld_objections(title->upheld_objections() + 1);
  return absl::OkStatus();
}

}  // namespace

std::string TitleField(absl::string_view title) { return absl::StrCat("t/", title); }
std::string ObjectionField(absl::string_view title, absl::string_view objection) {
  return absl::StrCat("o/", title, "/", objection);
}
std::string TitleName(absl::string_view title) { return absl::StrCat("titles/", title); }
std::string ObjectionName(absl::string_view title, absl::string_view objection) {
  return absl::StrCat("titles/", title, "/objections/", objection);
}

absl::StatusOr<const Title*> FindTitle(const TitlesState& state, absl::string_view title) {
  return FindIn(state, TitleField(title), TitleName(title), &TitleChild::has_title, &TitleChild::title);
}

absl::StatusOr<const log::v1::ObjectionRecord*> FindObjection(const TitlesState& state,
                                                              absl::string_view title,
                                                              absl::string_view objection) {
  return FindIn(state, ObjectionField(title, objection), ObjectionName(title, objection),
                &TitleChild::has_objection, &TitleChild::objection);
}

bool IsApplication(Title::State state) {
  return state == Title::APPLIED || state == Title::DISTRICT_RECOMMENDED || state == Title::EXPERT_REVIEWED ||
         state == Title::PUBLICIZED;
}

bool IsInForce(Title::State state) {
  return state == Title::NAMED || state == Title::RECTIFYING || state == Title::RECTIFICATION_OVERDUE;
}

bool IsPublic(Title::State state) {
  return state == Title::PUBLICIZED || IsInForce(state) || state == Title::REVOKED || state == Title::EXPIRED;
}

bool IsInForceOn(const Title& title, absl::CivilDay day) {
  if (!title.has_name_date() || DayOfDate(title.name_date()) > day) return false;
  if (title.has_end_date()) return day < DayOfDate(title.end_date());
  return IsInForce(title.state()) && (!title.has_expire_date() || day < DayOfDate(title.expire_date()));
}

absl::Status Apply(TitlesState& state, const TitleFact& fact) {
  switch (fact.kind_case()) {
    case TitleFact::kTitleEntered:
    case TitleFact::kTitleEdited: {
      const Title& title = fact.has_title_entered() ? fact.title_entered() : fact.title_edited();
      state.mutable_head().set_holder(title.holder());
      TitleChild child;
      *child.mutable_title() = title;
      state.Put(TitleField(title.name().substr(title.name().rfind('/') + 1)), std::move(child));
      List(state.mutable_head(), title);
      return absl::OkStatus();
    }
    case TitleFact::kTitleStepped:
      return Step(state, fact.title_stepped());
    case TitleFact::kTitleMoved: {
      Title* title = TitleOf(state, fact.title_moved().id());
      if (title == nullptr) return NoTitle();
      title->set_district(fact.title_moved().district());
      title->set_town(fact.title_moved().town());
      StampAgain(*title, absl::FromUnixMicros(fact.title_moved().time_us()));
      return absl::OkStatus();
    }
    case TitleFact::kObjectionMade:
      return MakeObjection(state, fact.objection_made());
    case TitleFact::kObjectionResolved:
      return ResolveObjection(state, fact.objection_resolved());
    case TitleFact::kAssessmentSet: {
      auto id = ParseAssessment("name", fact.assessment_set().name());
      if (!id.ok()) return absl::InternalError("fact without its assessment");
      TitleChild child;
      *child.mutable_assessment() = fact.assessment_set();
      state.Put(AssessmentField(id->title, id->year), std::move(child));
      return absl::OkStatus();
    }
    case TitleFact::KIND_NOT_SET:
      break;
  }
  return absl::InternalError("no fact of a title");
}

absl::StatusOr<TitleFacts> Due(const TitlesState& state, absl::Time now) {
  TitleFacts facts;
  const int64_t now_us = absl::ToUnixMicros(now);
  for (const auto& live : state.head().live()) {
    const bool expired = live.expire_us() > 0 && live.expire_us() <= now_us;
    const bool overdue = live.overdue_us() > 0 && live.overdue_us() <= now_us;
    if (!expired && !overdue) continue;
    auto title = FindTitle(state, live.id());
    if (!title.ok()) return title.status();
    log::v1::TitleStepped& step = *facts.emplace_back().mutable_title_stepped();
    step.set_id(live.id());
    step.set_state(expired ? Title::EXPIRED : Title::RECTIFICATION_OVERDUE);
    // The day is the one that was set, however late it is noticed.
    if (expired) *step.mutable_end_date() = (*title)->expire_date();
    step.set_time_us(now_us);
    return facts;
  }
  return facts;
}

absl::Time NextDue(const TitlesState& state) {
  int64_t next = 0;
  for (const auto& live : state.head().live()) {
    for (const int64_t due : {live.expire_us(), live.overdue_us()})
      if (due > 0 && (next == 0 || due < next)) next = due;
  }
  return next == 0 ? absl::InfiniteFuture() : absl::FromUnixMicros(next);
}

}  // namespace kepu::venue
