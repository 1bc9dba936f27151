#include <algorithm>
#include <map>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "libs/calendar/dates.h"
#include "libs/refusal/refusal.h"
#include "services/venue/domain/times.h"
#include "services/venue/domain/title_rules.h"
#include "services/venue/domain/titles.h"

namespace kepu::venue {
namespace {

using refusal::FieldErrors;
using refusal::kNo;
using v1::Title;

log::v1::TitleStepped& AddStep(TitleFacts& facts, absl::string_view id, Title::State state,
                               const std::string& comment, absl::Time now) {
  log::v1::TitleStepped& step = *facts.emplace_back().mutable_title_stepped();
  step.set_id(std::string(id));
  step.set_state(state);
  step.set_comment(comment);
  step.set_time_us(absl::ToUnixMicros(now));
  return step;
}

// The title in the one state that the step follows on, and within the office's reach.
absl::StatusOr<const Title*> Before(const TitlesState& state, absl::string_view id, Title::State before,
                                    Office office) {
  auto title = FindTitle(state, id);
  if (!title.ok()) return title.status();
  if (absl::Status status = CheckOffice(**title, office); !status.ok()) return status;
  if ((*title)->state() != before) return WrongState(**title, Title::State_Name(before));
  return title;
}

// The criteria with what was found of each; every finding must be of one of them.
absl::StatusOr<std::vector<Title::Criterion>> Judge(const Title& title,
                                                    const v1::ReviewTitleRequest& request) {
  std::vector<Title::Criterion> criteria(title.criteria().begin(), title.criteria().end());
  FieldErrors errors;
  for (int i = 0; i < request.findings_size(); ++i) {
    const auto& finding = request.findings(i);
    auto it = std::find_if(criteria.begin(), criteria.end(),
                           [&](const auto& criterion) { return criterion.code() == finding.code(); });
    if (it == criteria.end() || it->result() != Title::Criterion::RESULT_UNSPECIFIED) {
      errors.Add(absl::StrCat("findings[", i, "].code"), "must be a criterion of the application, each once");
      continue;
    }
    it->set_result(finding.passed() ? Title::Criterion::PASSED : Title::Criterion::FAILED);
    it->set_finding(finding.finding());
  }
  if (!errors.empty()) return errors.ToStatus();
  return criteria;
}

absl::Status CheckAllPassed(const Title& title, const std::vector<Title::Criterion>& criteria) {
  std::vector<std::string> missing;
  for (const Title::Criterion& criterion : criteria)
    if (criterion.result() != Title::Criterion::PASSED) missing.push_back(criterion.code());
  if (missing.empty()) return absl::OkStatus();
  return refusal::Refuse(kNo, "TITLE_CRITERIA_OPEN",
                         {{"name", title.name()}, {"criteria", absl::StrJoin(missing, ", ")}});
}

std::string DateText(const google::type::Date& date) {
  return calendar::FormatDate(absl::CivilDay(date.year(), date.month(), date.day()));
}

absl::Status CheckNotice(const Title& title, absl::CivilDay today) {
  const google::type::Date& last = title.notice_last_date();
  if (today <= absl::CivilDay(last.year(), last.month(), last.day()))
    return refusal::Refuse(kNo, "TITLE_NOTICE_RUNS", {{"name", title.name()}, {"until", DateText(last)}});
  const int open = title.open_objections(), upheld = title.upheld_objections();
  if (open + upheld == 0) return absl::OkStatus();
  return refusal::Refuse(
      kNo, "TITLE_OBJECTED",
      {{"name", title.name()}, {"open", absl::StrCat(open)}, {"upheld", absl::StrCat(upheld)}});
}

}  // namespace

absl::StatusOr<TitleFacts> DecideRecommend(const TitlesState& state, absl::string_view id,
                                           const v1::RecommendTitleRequest& request, absl::Time now) {
  auto title = Before(state, id, Title::APPLIED, Office::kCity);
  if (!title.ok()) return title.status();
  TitleFacts facts;
  AddStep(facts, id, Title::DISTRICT_RECOMMENDED, request.comment(), now);
  return facts;
}

absl::StatusOr<TitleFacts> DecideDecline(const TitlesState& state, absl::string_view id,
                                         const v1::DeclineTitleRequest& request, Office office,
                                         absl::Time now) {
  auto title = FindTitle(state, id);
  if (!title.ok()) return title.status();
  if ((*title)->state() != Title::APPLIED) {
    if (absl::Status status = CheckOffice(**title, office); !status.ok()) return status;
  }
  if (!IsApplication((*title)->state()))
    return WrongState(**title, "APPLIED, DISTRICT_RECOMMENDED, EXPERT_REVIEWED, PUBLICIZED");
  TitleFacts facts;
  AddStep(facts, id, Title::REJECTED, request.reason(), now);
  return facts;
}

absl::StatusOr<TitleFacts> DecideReview(const TitlesState& state, absl::string_view id,
                                        const v1::ReviewTitleRequest& request, Office office,
                                        absl::Time now) {
  auto title = Before(state, id, Title::DISTRICT_RECOMMENDED, office);
  if (!title.ok()) return title.status();
  auto criteria = Judge(**title, request);
  if (!criteria.ok()) return criteria.status();
  if (request.passed()) {
    if (absl::Status status = CheckAllPassed(**title, *criteria); !status.ok()) return status;
  }
  TitleFacts facts;
  auto& step =
      AddStep(facts, id, request.passed() ? Title::EXPERT_REVIEWED : Title::REJECTED, request.opinion(), now);
  step.set_score(request.score());
  for (Title::Criterion& criterion : *criteria) *step.add_criteria() = std::move(criterion);
  return facts;
}

absl::StatusOr<TitleFacts> DecidePublicize(const TitlesState& state, absl::string_view id,
                                           const v1::PublicizeTitleRequest& request, Office office,
                                           absl::Time now) {
  auto title = Before(state, id, Title::EXPERT_REVIEWED, office);
  if (!title.ok()) return title.status();
  const absl::CivilDay today = calendar::DayOf(now);
  auto first = request.has_first_date() ? ToDay("first_date", request.first_date())
                                        : absl::StatusOr<absl::CivilDay>(today);
  if (!first.ok()) return first.status();
  auto last = request.has_last_date() ? ToDay("last_date", request.last_date())
                                      : absl::StatusOr<absl::CivilDay>(*first + (kMinNoticeDays - 1));
  if (!last.ok()) return last.status();
  // It is seen from the step on, so it cannot have begun before.
  if (*first < today || *first > today + kMaxNoticeDays)
    return refusal::BadField("first_date", absl::StrCat("must be today or within ", kMaxNoticeDays, " days"));
  const auto length = *last - *first + 1;
  if (length < kMinNoticeDays || length > kMaxNoticeDays)
    return refusal::BadField("last_date", absl::StrCat("must make a notice of ", kMinNoticeDays, " to ",
                                                       kMaxNoticeDays, " days, both ends included"));
  TitleFacts facts;
  auto& step = AddStep(facts, id, Title::PUBLICIZED, request.comment(), now);
  *step.mutable_notice_first_date() = ToDate(*first);
  *step.mutable_notice_last_date() = ToDate(*last);
  return facts;
}

absl::StatusOr<TitleFacts> DecideName(const TitlesState& state, absl::string_view id,
                                      const v1::NameTitleRequest& request, Office office, absl::Time now) {
  auto title = Before(state, id, Title::PUBLICIZED, office);
  if (!title.ok()) return title.status();
  const absl::CivilDay today = calendar::DayOf(now);
  if (absl::Status status = CheckNotice(**title, today); !status.ok()) return status;
  auto named = request.has_name_date() ? ToDay("name_date", request.name_date())
                                       : absl::StatusOr<absl::CivilDay>(today);
  if (!named.ok()) return named.status();
  auto noticed = ToDay("notice_last_date", (*title)->notice_last_date());
  if (!noticed.ok()) return noticed.status();
  if (*named > today || *named <= *noticed)
    return refusal::BadField("name_date", "must be after the notice, and not after today");
  const bool national =
      (*title)->kind() == Title::SCIENCE_BASE && (*title)->level() == v1::TITLE_LEVEL_NATIONAL;
  TitleFacts facts;
  auto& step = AddStep(facts, id, Title::NAMED, "", now);
  *step.mutable_name_date() = ToDate(*named);
  step.set_source(request.source());
  if (request.has_expire_date()) {
    auto expires = ToDay("expire_date", request.expire_date());
    if (!expires.ok()) return expires.status();
    if (*expires <= today) return refusal::BadField("expire_date", "must be after today");
    *step.mutable_expire_date() = request.expire_date();
  } else if (national) {
    *step.mutable_expire_date() =
        ToDate(absl::CivilDay(named->year() + kNationalYears, named->month(), named->day()));
  }
  return facts;
}

absl::StatusOr<TitleFacts> DecideWithdraw(const TitlesState& state, absl::string_view id,
                                          const v1::WithdrawTitleRequest& request, absl::Time now) {
  auto title = FindTitle(state, id);
  if (!title.ok()) return title.status();
  if (!IsApplication((*title)->state()))
    return WrongState(**title, "APPLIED, DISTRICT_RECOMMENDED, EXPERT_REVIEWED, PUBLICIZED");
  TitleFacts facts;
  AddStep(facts, id, Title::WITHDRAWN, request.comment(), now);
  return facts;
}

absl::StatusOr<TitleFacts> DecideConfirm(const TitlesState& state, absl::string_view id,
                                         const v1::ConfirmRectificationRequest& request, Office office,
                                         absl::Time now) {
  auto title = FindTitle(state, id);
  if (!title.ok()) return title.status();
  if (absl::Status status = CheckOffice(**title, office); !status.ok()) return status;
  if ((*title)->state() != Title::RECTIFYING && (*title)->state() != Title::RECTIFICATION_OVERDUE)
    return WrongState(**title, "RECTIFYING, RECTIFICATION_OVERDUE");
  TitleFacts facts;
  AddStep(facts, id, Title::NAMED, request.comment(), now);
  return facts;
}

absl::StatusOr<TitleFacts> DecideRevoke(const TitlesState& state, absl::string_view id,
                                        const v1::RevokeTitleRequest& request, Office office,
                                        absl::Time now) {
  auto title = FindTitle(state, id);
  if (!title.ok()) return title.status();
  if (absl::Status status = CheckOffice(**title, office); !status.ok()) return status;
  if (!IsInForce((*title)->state())) return WrongState(**title, "NAMED, RECTIFYING, RECTIFICATION_OVERDUE");
  TitleFacts facts;
  *AddStep(facts, id, Title::REVOKED, request.reason(), now).mutable_end_date() =
      ToDate(calendar::DayOf(now));
  return facts;
}

absl::StatusOr<TitleFacts> DecideObject(const TitlesState& state, absl::string_view title_id,
                                        absl::string_view id, absl::string_view text, absl::string_view actor,
                                        absl::Time now) {
  auto title = FindTitle(state, title_id);
  if (!title.ok()) return title.status();
  if (!IsPublic((*title)->state())) return refusal::NotFound((*title)->name());
  const absl::CivilDay today = calendar::DayOf(now);
  const google::type::Date& first = (*title)->notice_first_date();
  const google::type::Date& last = (*title)->notice_last_date();
  if ((*title)->state() != Title::PUBLICIZED ||
      today < absl::CivilDay(first.year(), first.month(), first.day()) ||
      today > absl::CivilDay(last.year(), last.month(), last.day()))
    return refusal::Refuse(kNo, "TITLE_NOT_IN_NOTICE", {{"name", (*title)->name()}});
  // Each person may have one: its field says whose it is.
  auto standing = state.Find(ObjectionField(title_id, id));
  if (!standing.ok()) return standing.status();
  if (*standing != nullptr)
    return refusal::Refuse(kNo, "OBJECTION_MADE", {{"name", ObjectionName(title_id, id)}});
  if ((*title)->objection_count() >= kMaxObjections)
    return refusal::Refuse(absl::StatusCode::kResourceExhausted, "TOO_MANY_OBJECTIONS",
                           {{"name", (*title)->name()}, {"max", absl::StrCat(kMaxObjections)}});
  TitleFacts facts;
  log::v1::ObjectionMade& made = *facts.emplace_back().mutable_objection_made();
  made.set_title(std::string(title_id));
  made.set_id(std::string(id));
  made.set_actor(std::string(actor));
  made.set_text(std::string(text));
  made.set_time_us(absl::ToUnixMicros(now));
  return facts;
}

absl::StatusOr<TitleFacts> DecideResolve(const TitlesState& state, absl::string_view title_id,
                                         absl::string_view id,
                                         const v1::ResolveTitleObjectionRequest& request, Office office,
                                         absl::Time now) {
  auto title = FindTitle(state, title_id);
  if (!title.ok()) return title.status();
  auto record = FindObjection(state, title_id, id);
  if (!record.ok()) return record.status();
  if (absl::Status status = CheckOffice(**title, office); !status.ok()) return status;
  if ((*title)->state() != Title::PUBLICIZED) return WrongState(**title, "PUBLICIZED");
  if ((*record)->objection().state() != v1::TitleObjection::OPEN)
    return refusal::Refuse(kNo, "OBJECTION_RESOLVED", {{"name", ObjectionName(title_id, id)}});
  TitleFacts facts;
  log::v1::ObjectionResolved& resolved = *facts.emplace_back().mutable_objection_resolved();
  resolved.set_title(std::string(title_id));
  resolved.set_id(std::string(id));
  resolved.set_upheld(request.upheld());
  resolved.set_answer(request.answer());
  resolved.set_time_us(absl::ToUnixMicros(now));
  return facts;
}

}  // namespace kepu::venue
