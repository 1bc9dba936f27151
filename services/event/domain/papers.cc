#include "services/event/domain/papers.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "libs/refusal/refusal.h"

namespace kepu::event::domain {
namespace {

using refusal::kNo;

constexpr absl::string_view kKindPrefix = "PAPER_KIND_";

std::string VersionField(v1::PaperKind kind, uint32_t number) {
  return absl::StrCat("v/", kind, "/", number);
}
std::string ReviewField(v1::PaperKind kind, uint32_t number, absl::string_view place) {
  return absl::StrCat("r/", kind, "/", number, "/", place);
}

}  // namespace

std::string PaperId(v1::PaperKind kind) {
  const std::string name = v1::PaperKind_Name(kind);
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripPrefix(name, kKindPrefix)), {{"_", "-"}});
}

v1::PaperKind PaperKindOf(absl::string_view id) {
  v1::PaperKind kind = v1::PAPER_KIND_UNSPECIFIED;
  const std::string name =
      absl::StrCat(kKindPrefix, absl::AsciiStrToUpper(absl::StrReplaceAll(id, {{"-", "_"}})));
  return v1::PaperKind_Parse(name, &kind) && PaperId(kind) == id ? kind : v1::PAPER_KIND_UNSPECIFIED;
}

uint32_t NewestOf(const record::PapersHead& head, v1::PaperKind kind) {
  for (const record::PapersHead::Newest& newest : head.newest())
    if (newest.kind() == kind) return newest.number();
  return 0;
}

absl::StatusOr<const record::PaperVersion*> FindVersion(const Papers& papers, v1::PaperKind kind,
                                                        uint32_t number) {
  auto child = papers.Find(VersionField(kind, number));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->version();
}

absl::StatusOr<const record::PaperReview*> FindReview(const Papers& papers, v1::PaperKind kind,
                                                      uint32_t number, absl::string_view place) {
  auto child = papers.Find(ReviewField(kind, number, place));
  if (!child.ok()) return child.status();
  return *child == nullptr ? nullptr : &(*child)->review();
}

v1::Paper::State PaperStateOf(const record::PaperVersion& version, const record::PaperReview* review,
                              int32_t last_day) {
  if (review != nullptr && review->state() == v1::Paper::REJECTED) return v1::Paper::REJECTED;
  if (version.last_day() != 0 && version.last_day() < last_day) return v1::Paper::EXPIRED;
  return review == nullptr ? v1::Paper::SUBMITTED : review->state();
}

absl::StatusOr<std::vector<PaperStanding>> StandingsOf(const Papers& papers, const v1::BookingTerms& terms,
                                                       absl::string_view place, int32_t last_day) {
  std::vector<PaperStanding> standings;
  absl::Status missing;
  for (const int kind : terms.papers()) {
    PaperStanding standing;
    standing.kind = static_cast<v1::PaperKind>(kind);
    standing.number = NewestOf(papers.head(), standing.kind);
    if (standing.number > 0) {
      auto version = FindVersion(papers, standing.kind, standing.number);
      auto review = FindReview(papers, standing.kind, standing.number, place);
      if (!version.ok()) missing = version.status();
      if (!review.ok()) missing = review.status();
      if (!version.ok() || !review.ok()) continue;
      if (*version != nullptr) standing.state = PaperStateOf(**version, *review, last_day);
    }
    standings.push_back(standing);
  }
  if (!missing.ok()) return missing;
  return standings;
}

absl::StatusOr<Facts> DecideAddPaper(const Papers& papers, const std::string& owner, v1::PaperKind kind,
                                     record::PaperVersion version, int32_t today, absl::Time now) {
  if (kind == v1::PAPER_KIND_UNSPECIFIED || !v1::PaperKind_IsValid(kind))
    return refusal::BadField("kind", "must be a kind of paper, like PAPER_KIND_INSURANCE");
  if (version.last_day() != 0 && version.last_day() < today)
    return refusal::BadField("last_date", "has passed; give a paper that still holds");
  const uint32_t newest = NewestOf(papers.head(), kind);
  if (newest >= kMaxVersions) {
    return refusal::Refuse(kNo, "TOO_MANY_VERSIONS",
                           {{"kind", v1::PaperKind_Name(kind)}, {"most", absl::StrCat(kMaxVersions)}});
  }
  version.set_number(newest + 1);
  version.set_time_us(absl::ToUnixMicros(now));
  Facts facts = {At(now)};
  record::PaperAdded* added = facts.back().mutable_papers()->mutable_added();
  added->set_owner(owner);
  added->set_kind(kind);
  *added->mutable_version() = std::move(version);
  return facts;
}

absl::StatusOr<Facts> DecideReview(const Papers& papers, const Review& review, absl::Time now) {
  const uint32_t newest = NewestOf(papers.head(), review.kind);
  if (review.number > newest || review.number == 0)
    return refusal::BadField("version",
                             absl::StrCat("must be a version that there is; the newest is ", newest));
  if (review.number < newest) {
    return refusal::Refuse(kNo, "NEWER_VERSION",
                           {{"kind", v1::PaperKind_Name(review.kind)}, {"newest", absl::StrCat(newest)}});
  }
  if (!review.accept && review.reason.empty())
    return refusal::BadField("reason", "is required to reject a paper; who booked is shown it");
  auto before = FindReview(papers, review.kind, review.number, review.place);
  if (!before.ok()) return before.status();
  const v1::Paper::State state = review.accept ? v1::Paper::ACCEPTED : v1::Paper::REJECTED;
  if (*before != nullptr && (*before)->state() == state && (*before)->reason() == review.reason)
    return Facts{};
  Facts facts = {At(now)};
  record::PaperReviewed* reviewed = facts.back().mutable_papers()->mutable_reviewed();
  reviewed->set_kind(review.kind);
  reviewed->set_number(review.number);
  reviewed->set_place(review.place);
  reviewed->mutable_review()->set_state(state);
  reviewed->mutable_review()->set_reason(review.reason);
  reviewed->mutable_review()->set_by(review.by);
  reviewed->mutable_review()->set_time_us(absl::ToUnixMicros(now));
  return facts;
}

absl::Status Apply(Papers& papers, const record::Fact& fact) {
  record::PapersChild child;
  record::PapersHead& head = papers.mutable_head();
  if (fact.papers().has_added()) {
    const record::PaperAdded& added = fact.papers().added();
    if (head.owner().empty()) head.set_create_us(fact.time_us());
    head.set_owner(added.owner());
    record::PapersHead::Newest* newest = nullptr;
    for (record::PapersHead::Newest& one : *head.mutable_newest())
      if (one.kind() == added.kind()) newest = &one;
    if (newest == nullptr) newest = head.add_newest();
    newest->set_kind(added.kind());
    newest->set_number(added.version().number());
    *child.mutable_version() = added.version();
    papers.Put(VersionField(added.kind(), added.version().number()), std::move(child));
  } else if (fact.papers().has_reviewed()) {
    const record::PaperReviewed& reviewed = fact.papers().reviewed();
    *child.mutable_review() = reviewed.review();
    papers.Put(ReviewField(reviewed.kind(), reviewed.number(), reviewed.place()), std::move(child));
  } else {
    return absl::OkStatus();
  }
  head.set_update_us(fact.time_us());
  head.set_revision(head.revision() + 1);
  return absl::OkStatus();
}

}  // namespace kepu::event::domain
