// A person's inbox: the newest notices in a ring of fixed size, so it never grows and the oldest gives way.
// Pure functions on values.
#pragma once

#include "services/identity/domain/user.h"

namespace kepu::identity::domain {

using Inbox = aggregate::Aggregate<record::InboxRecord, record::InboxChild>;

// Some months of notices of a busy volunteer.
inline constexpr int64_t kInboxSlots = 200;

std::string SlotField(int64_t seq);
// "users/…/notices/n42" and back; 0 for what is none.
std::string NoticeName(absl::string_view user, int64_t seq);
int64_t SeqOfNotice(absl::string_view notice_id);

// Seq of the oldest notice still there, 1 when there is none yet.
int64_t FirstSeq(const record::InboxRecord& inbox);
bool IsRead(const record::InboxRecord& inbox, int64_t seq);
int32_t Unread(const record::InboxRecord& inbox);

Facts PostNotice(const Inbox& inbox, v1::Notice notice, absl::Time now);
// Empty `seqs`: all there are. Nothing for those that are read or gone.
Facts MarkRead(const Inbox& inbox, const std::vector<int64_t>& seqs);

absl::Status ApplyToInbox(Inbox& inbox, const record::Fact& fact);

}  // namespace kepu::identity::domain
