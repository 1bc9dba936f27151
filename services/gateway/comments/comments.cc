#include "services/gateway/comments/comments.h"

#include <algorithm>

#include "services/gateway/comments/table.h"

namespace kepu::gateway {

absl::string_view CommentOn(absl::string_view full_name) {
  const Comment* const end = kComments + kCommentCount;
  const Comment* const found =
      std::lower_bound(kComments, end, full_name,
                       [](const Comment& entry, absl::string_view name) { return entry.name < name; });
  return found != end && found->name == full_name ? found->text : absl::string_view();
}

}  // namespace kepu::gateway
