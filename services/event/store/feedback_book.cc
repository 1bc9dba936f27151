#include "services/event/store/feedback_book.h"

#include <algorithm>
#include <utility>

#include "libs/names/names.h"

namespace kepu::event {

using domain::record::FeedbackHead;
using domain::record::FeedbackTally;

void FeedbackBook::Replace(Entry& entry, const FeedbackHead& now) {
  FeedbackTally& of_event = events_[now.event()];
  FeedbackTally before = entry.head.tally();
  before.set_given(-before.given());
  for (int& answers : *before.mutable_answers()) answers = -answers;
  for (int& sum : *before.mutable_sums()) sum = -sum;
  domain::AddTally(before, &of_event);
  domain::AddTally(now.tally(), &of_event);
  entry.head = now;
}

void FeedbackBook::Load(absl::string_view session, const store::Loaded& loaded) {
  domain::Feedback feedback;
  feedback.set_complete(true);
  feedback.ParseHead(loaded.head.head);
  std::vector<std::pair<int64_t, std::string>> order;
  for (const auto& [field, bytes] : loaded.children) {
    if (!bytes || !feedback.ParseChild(field, *bytes)) continue;
    const auto& child = feedback.children().at(field);
    order.emplace_back(child->feedback().create_us(), field.substr(field.find('/') + 1));
  }
  std::sort(order.begin(), order.end());
  absl::MutexLock lock(&mutex_);
  Entry& entry = sessions_[std::string(session)];
  entry.ids.clear();
  for (const auto& [time, id] : order) entry.ids += id;
  Replace(entry, feedback.head());
}

void FeedbackBook::Fold(absl::string_view session, const ::kepu::log::v1::AggregateFacts& facts) {
  absl::MutexLock lock(&mutex_);
  Entry& entry = sessions_[std::string(session)];
  FeedbackHead head = entry.head;
  domain::record::Fact fact;
  for (const ::kepu::log::v1::Fact& logged : facts.facts()) {
    if (!fact.ParseFromString(logged.body())) continue;
    domain::ApplyHead(head, fact);
    if (fact.feedback().has_given()) entry.ids += fact.feedback().given().id();
  }
  Replace(entry, head);
}

FeedbackTally FeedbackBook::OfSession(absl::string_view session) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto it = sessions_.find(session);
  return it == sessions_.end() ? FeedbackTally() : it->second.head.tally();
}

FeedbackTally FeedbackBook::OfEvent(absl::string_view event) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto it = events_.find(event);
  return it == events_.end() ? FeedbackTally() : it->second;
}

std::vector<std::string> FeedbackBook::Bookings(absl::string_view session, size_t from, size_t limit) const {
  std::vector<std::string> ids;
  absl::ReaderMutexLock lock(&mutex_);
  const auto it = sessions_.find(session);
  if (it == sessions_.end()) return ids;
  const std::string& all = it->second.ids;
  for (size_t at = from * names::kMadeIdSize; at < all.size() && ids.size() < limit; at += names::kMadeIdSize)
    ids.push_back(all.substr(at, names::kMadeIdSize));
  return ids;
}

}  // namespace kepu::event
