#include "services/event/store/round_resources.h"

#include "absl/strings/str_cat.h"
#include "libs/calendar/timestamps.h"
#include "libs/refusal/refusal.h"
#include "services/event/store/resources.h"

namespace kepu::event {
namespace {

using Result = v1::Wish::Result;

const char* SentenceOf(const Result& result) {
  switch (result.outcome()) {
    case Result::GRANTED:
      if (!result.booking().empty()) return "ROUND_BOOKED";
      return result.refusal().empty() ? "ROUND_GRANTED" : "ROUND_NOT_BOOKED";
    case Result::NOT_SERVED:
      return "ROUND_NOT_SERVED";
    case Result::FULL:
      return result.last_admitted() > 0 ? "ROUND_SESSION_FULL" : "ROUND_SESSION_TOO_SMALL";
    case Result::CLASH:
      return "ROUND_CLASH";
    case Result::CLASS_LIMIT:
      return "ROUND_CLASS_LIMIT";
    case Result::SCHOOL_LIMIT:
      return "ROUND_SCHOOL_LIMIT";
    case Result::DISTRICT_LIMIT:
      return "ROUND_DISTRICT_LIMIT";
    default:
      return "";
  }
}

void Explain(Result& result) {
  const std::string reason = SentenceOf(result);
  if (reason.empty()) return;
  const refusal::Params params = {{"rank", absl::StrCat(result.rank())},
                                  {"last", absl::StrCat(result.last_admitted())},
                                  {"left", absl::StrCat(result.left())},
                                  {"needed", absl::StrCat(result.needed())},
                                  {"with", result.with()},
                                  {"most", absl::StrCat(result.most())},
                                  {"rule", result.rule()},
                                  {"refusal", result.refusal()}};
  result.mutable_explanation()->set_zh(refusal::Sentence(reason, "zh-CN", params));
  result.mutable_explanation()->set_en(refusal::Sentence(reason, "en", params));
}

bool Drawn(v1::Round::State state) {
  return state == v1::Round::DRAWN || state == v1::Round::APPLYING || state == v1::Round::RELEASING ||
         state == v1::Round::APPLIED;
}

}  // namespace

void ToResource(const domain::record::RoundHead& head, v1::Round* round) {
  round->set_name(domain::RoundName(head));
  *round->mutable_display_name() = head.display_name();
  round->set_state(head.state());
  *round->mutable_programmes() = head.programmes();
  calendar::SetMicros(head.start_us(), round->mutable_start_time());
  calendar::SetMicros(head.end_us(), round->mutable_end_time());
  calendar::SetMicros(head.wish_open_us(), round->mutable_wish_open_time());
  calendar::SetMicros(head.wish_close_us(), round->mutable_wish_close_time());
  *round->mutable_rules() = head.rules();
  round->set_commitment(head.commitment());
  round->set_secret(head.secret());
  round->set_wishes_digest(head.wishes_digest());
  round->set_seed(head.seed());
  round->set_sessions(head.offers());
  round->set_wishes(head.wishes());
  if (Drawn(head.state())) round->set_granted(head.granted());
  round->set_booked(head.booked());
  round->set_failed(head.failed());
  calendar::SetMicros(head.create_us(), round->mutable_create_time());
  calendar::SetMicros(head.update_us(), round->mutable_update_time());
  round->set_etag(EtagOf(head, head.state()));
}

void ToResource(const domain::record::RoundHead& head, absl::string_view id,
                const domain::record::WishRecord& record, v1::Wish* wish) {
  wish->set_name(domain::WishName(head, id));
  wish->set_school(record.school());
  wish->set_school_class(record.school_class());
  wish->set_grade(record.grade());
  *wish->mutable_party() = record.party();
  *wish->mutable_sessions() = record.sessions();
  wish->set_withdrawn(record.withdrawn());
  wish->set_priority(record.priority());
  wish->set_never_served(record.never_served());
  wish->set_district(record.district());
  calendar::SetMicros(record.create_us(), wish->mutable_create_time());
  calendar::SetMicros(record.update_us(), wish->mutable_update_time());
  if (!Drawn(head.state())) return;
  for (int i = 0; i < record.results_size(); ++i) {
    const domain::record::WishResultRecord& from = record.results(i);
    Result& to = *wish->add_results();
    to.set_session(record.sessions(i));
    to.set_outcome(from.outcome());
    to.set_rule(from.rule());
    to.set_rank(from.rank());
    to.set_last_admitted(from.last_admitted());
    to.set_left(from.left());
    to.set_needed(from.needed());
    to.set_with(from.with());
    to.set_most(from.most());
    to.set_booking(from.booking());
    to.set_refusal(from.refusal());
    Explain(to);
  }
}

}  // namespace kepu::event
