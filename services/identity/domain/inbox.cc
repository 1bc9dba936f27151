#include "services/identity/domain/inbox.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace kepu::identity::domain {

std::string SlotField(int64_t seq) { return absl::StrCat("n/", seq % kInboxSlots); }

std::string NoticeName(absl::string_view user, int64_t seq) { return absl::StrCat(user, "/notices/n", seq); }

int64_t SeqOfNotice(absl::string_view notice_id) {
  int64_t seq = 0;
  if (notice_id.substr(0, 1) != "n" || !absl::SimpleAtoi(notice_id.substr(1), &seq) || seq < 1) return 0;
  return seq;
}

int64_t FirstSeq(const record::InboxRecord& inbox) {
  return std::max<int64_t>(1, inbox.last_seq() - kInboxSlots + 1);
}

bool IsRead(const record::InboxRecord& inbox, int64_t seq) {
  if (seq <= inbox.read_through_seq()) return true;
  return std::find(inbox.read_seqs().begin(), inbox.read_seqs().end(), seq) != inbox.read_seqs().end();
}

int32_t Unread(const record::InboxRecord& inbox) {
  int32_t unread = 0;
  for (int64_t seq = FirstSeq(inbox); seq <= inbox.last_seq(); ++seq) unread += IsRead(inbox, seq) ? 0 : 1;
  return unread;
}

Facts PostNotice(const Inbox& inbox, v1::Notice notice, absl::Time now) {
  Facts facts(1);
  record::InboxChild& child = *facts[0].mutable_notice_posted()->mutable_notice();
  child.set_seq((inbox.Exists() ? inbox.head().last_seq() : 0) + 1);
  child.set_create_us(absl::ToUnixMicros(now));
  *child.mutable_notice() = std::move(notice);
  return facts;
}

Facts MarkRead(const Inbox& inbox, const std::vector<int64_t>& seqs) {
  if (!inbox.Exists()) return {};
  const record::InboxRecord& head = inbox.head();
  record::NoticesRead read;
  if (seqs.empty() && Unread(head) > 0) read.set_through_seq(head.last_seq());
  for (const int64_t seq : seqs) {
    if (seq >= FirstSeq(head) && seq <= head.last_seq() && !IsRead(head, seq)) read.add_seqs(seq);
  }
  if (read.seqs().empty() && read.through_seq() == 0) return {};
  Facts facts(1);
  *facts[0].mutable_notices_read() = std::move(read);
  return facts;
}

absl::Status ApplyToInbox(Inbox& inbox, const record::Fact& fact) {
  record::InboxRecord& head = inbox.mutable_head();
  if (fact.has_notice_posted()) {
    const record::InboxChild& child = fact.notice_posted().notice();
    head.set_last_seq(child.seq());
    inbox.Put(SlotField(child.seq()), child);
  } else if (fact.has_notices_read()) {
    const record::NoticesRead& read = fact.notices_read();
    head.set_read_through_seq(std::max(head.read_through_seq(), read.through_seq()));
    for (const int64_t seq : read.seqs()) head.add_read_seqs(seq);
  } else {
    return absl::InternalError("a fact that is not about an inbox");
  }
  // The head stays small: what lies below the ring, or below the mark, need not be remembered one by one.
  const int64_t first = FirstSeq(head);
  auto& seqs = *head.mutable_read_seqs();
  seqs.erase(std::remove_if(seqs.begin(), seqs.end(),
                            [&](int64_t seq) { return seq < first || seq <= head.read_through_seq(); }),
             seqs.end());
  return absl::OkStatus();
}

}  // namespace kepu::identity::domain
