#include "services/volunteer/domain/post.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/auth/access.h"
#include "libs/calendar/dates.h"
#include "services/volunteer/api/access.h"
#include "services/volunteer/api/documents_together.h"
#include "services/volunteer/api/handlers.h"
#include "services/volunteer/api/team_access.h"
#include "services/volunteer/api/whose.h"
#include "services/volunteer/store/schema.h"

namespace kepu::volunteer {
namespace {

using v1::Post;
using v1::PostHolder;

std::string HolderName(absl::string_view volunteer) { return absl::StrCat(volunteer, "/postHistory"); }

bool Keeps(const rpc::Principal& principal, const Post& post) {
  return auth::HoldsAnyOn(principal, CoordinatorRoles(), post.district(), nullptr);
}

// Today when the text is empty.
absl::StatusOr<absl::CivilDay> DayOr(absl::string_view field, const std::string& text, absl::Time now) {
  if (text.empty()) return calendar::DayOf(now);
  return calendar::ParseDate(field, text);
}

// Changes a post, with what its holder has; `act(before, holder, now) -> StatusOr<HolderChange>`. `holder` is
// whose posts are read along, empty for nobody's.
template <class Request, class Act>
void ChangePost(const Context& context, const std::string& name, const std::string& etag,
                const std::string& holder, CallOf<Request, Post> call, Act act) {
  std::vector<std::string> keys = {domain::DocumentKey(name)};
  if (!holder.empty()) keys.push_back(domain::DocumentKey(HolderName(holder)));
  auto decide = [name, etag, holder, principal = call.principal(), act](store::View& view,
                                                                        absl::Time now) -> absl::Status {
    auto post = DocumentAt<Post>(view, name);
    if (!post.ok()) return post.status();
    std::optional<PostHolder> held;
    if (!holder.empty()) {
      auto found = DocumentAt<PostHolder>(view, HolderName(holder));
      if (!found.ok()) return found.status();
      held = *std::move(found);
    }
    if (!post->has_value() || !Keeps(principal, **post)) return refusal::NotFound(name);
    if (absl::Status status = document::CheckEtag(etag, (*post)->etag(), name); !status.ok()) return status;
    absl::StatusOr<domain::HolderChange> change = act(**post, held.value_or(PostHolder()), now);
    if (!change.ok()) return change.status();
    if (absl::Status status = PutDocument(view, name, *post, change->post, now); !status.ok()) return status;
    if (holder.empty()) return absl::OkStatus();
    return PutDocument(view, HolderName(holder), held, change->holder, now);
  };
  ChangeTogether<Post>(
      context, PostsPartition(), std::move(keys), name, std::move(call), std::move(decide),
      [&context](Post* post) { domain::ShowOn(calendar::DayOf(context.clock.Now()), post); });
}

void CreatePost(const Context& context, CallOf<v1::CreatePostRequest, Post> call) {
  Post given = call.request().post();
  std::string id;
  if (call.request().post_id().empty()) {
    id = context.keys.MakeId(PostsPartition(), handler::KeyOf(context.keys, call), "post");
  } else {
    auto named = context.documents.GivenOrMadeId(call, "post_id", call.request().post_id());
    if (!named.ok()) return call.Fail(named.status());
    id = *std::move(named);
  }
  const std::string name = absl::StrCat("posts/", id);
  given.set_name(name);
  // What follows from the day is shown and not kept.
  given.clear_terms();
  given.clear_retired();
  given.clear_state();
  given.clear_holder();
  given.clear_holder_terms();
  given.clear_vacant_since();
  auto decide = [name, given](store::View& view, absl::Time now) -> absl::Status {
    auto before = DocumentAt<Post>(view, name);
    if (!before.ok()) return before.status();
    if (before->has_value())
      return refusal::Refuse(absl::StatusCode::kAlreadyExists, "ALREADY_EXISTS", {{"name", name}});
    Post post = given;
    if (absl::Status status = domain::CheckPost(post); !status.ok()) return status;
    return PutDocument(view, name, *before, post, now);
  };
  ChangeTogether<Post>(
      context, PostsPartition(), {domain::DocumentKey(name)}, name, std::move(call), std::move(decide),
      [&context](Post* post) { domain::ShowOn(calendar::DayOf(context.clock.Now()), post); });
}

void UpdatePost(const Context& context, CallOf<v1::UpdatePostRequest, Post> call) {
  const v1::UpdatePostRequest request = call.request();
  const std::string& name = request.post().name();
  if (auto ids = names::Parse("post.name", "posts/*", name); !ids.ok()) return call.Fail(ids.status());
  ChangePost(context, name, request.post().etag(), "", std::move(call),
             [request](const Post& before, const PostHolder& holder,
                       absl::Time) -> absl::StatusOr<domain::HolderChange> {
               const auto& mask = request.update_mask().paths();
               Post after = handler::Merged(before, request.post(), handler::Paths(mask.begin(), mask.end()));
               if (absl::Status status = document::KeepWhatIsKept("post", before, &after); !status.ok())
                 return status;
               if (absl::Status status = domain::CheckPost(after); !status.ok()) return status;
               return domain::HolderChange{after, holder};
             });
}

void RetirePost(const Context& context, CallOf<v1::RetirePostRequest, Post> call) {
  const std::string name = call.request().name();
  if (auto ids = names::Parse("name", "posts/*", name); !ids.ok()) return call.Fail(ids.status());
  const std::string etag = call.request().etag();
  ChangePost(context, name, etag, "", std::move(call),
             [](const Post& before, const PostHolder& holder,
                absl::Time now) -> absl::StatusOr<domain::HolderChange> {
               if (absl::Status status = domain::CheckRetire(before, calendar::DayOf(now)); !status.ok())
                 return status;
               domain::HolderChange change{before, holder};
               change.post.set_retired(true);
               return change;
             });
}

void AppointHolder(const Context& context, CallOf<v1::AppointHolderRequest, Post> call) {
  const v1::AppointHolderRequest request = call.request();
  const std::string& name = request.name();
  for (const auto& [field, pattern, value] :
       {std::tuple{"name", "posts/*", name}, std::tuple{"volunteer", "volunteers/*", request.volunteer()}})
    if (auto ids = names::Parse(field, pattern, value); !ids.ok()) return call.Fail(ids.status());
  if (!request.end_date().empty())
    if (auto end = calendar::ParseDate("end_date", request.end_date()); !end.ok())
      return call.Fail(end.status());
  context.documents.WhenVisible(std::move(call), [&context, request](auto ready) {
    const bool registered = context.reads.volunteers().Get(request.volunteer()) != nullptr;
    const std::string by = ready.principal().name;
    ChangePost(context, request.name(), request.etag(), request.volunteer(), std::move(ready),
               [request, registered, by](const Post& before, const PostHolder& holder,
                                         absl::Time now) -> absl::StatusOr<domain::HolderChange> {
                 if (!registered) return refusal::NotFound(request.volunteer());
                 const auto start = DayOr("start_date", request.start_date(), now);
                 if (!start.ok()) return start.status();
                 return domain::DecideAppoint(before, holder,
                                              {request.volunteer(), *start, request.end_date(), by}, now);
               });
  });
}

void EndAppointment(const Context& context, CallOf<v1::EndAppointmentRequest, Post> call) {
  const v1::EndAppointmentRequest request = call.request();
  if (auto ids = names::Parse("name", "posts/*", request.name()); !ids.ok()) return call.Fail(ids.status());
  context.documents.WhenVisible(std::move(call), [&context, request](auto ready) {
    // Whose term it is, as far as is known here: the commit sees whether it is so.
    const auto known = context.reads.documents().Find<Post>(request.name());
    std::string whose;
    if (known != nullptr)
      if (auto term = domain::TermToEnd(*known, calendar::DayOf(context.clock.Now())); term.ok())
        whose = term->volunteer();
    ChangePost(
        context, request.name(), request.etag(), whose, std::move(ready),
        [request, whose](const Post& before, const PostHolder& holder,
                         absl::Time now) -> absl::StatusOr<domain::HolderChange> {
          const absl::CivilDay today = calendar::DayOf(now);
          const auto last = DayOr("end_date", request.end_date(), now);
          if (!last.ok()) return last.status();
          const auto term = domain::TermToEnd(before, today);
          if (!term.ok()) return term.status();
          if (term->volunteer() != whose)
            return refusal::Refuse(absl::StatusCode::kAborted, "ETAG_MISMATCH", {{"name", request.name()}});
          // Days that were held were held; one that has not begun can still be struck out.
          if (*last < today && term->start_date() <= calendar::FormatDate(today))
            return refusal::BadField("end_date", "must not be before today");
          return domain::DecideEndTerm(before, holder, *term, *last);
        });
  });
}

void GetPost(const Context& context, CallOf<v1::GetPostRequest, Post> call) {
  const std::string name = call.request().name();
  if (auto ids = names::Parse("name", "posts/*", name); !ids.ok()) return call.Fail(ids.status());
  context.documents.WhenVisible(std::move(call), [&context, name](auto ready) {
    const auto post = context.reads.documents().Find<Post>(name);
    if (post == nullptr) return ready.Fail(refusal::NotFound(name));
    Post shown = *post;
    domain::ShowOn(calendar::DayOf(context.clock.Now()), &shown);
    ready.Answer(shown);
  });
}

void ListPosts(const Context& context, CallOf<v1::ListPostsRequest, v1::ListPostsResponse> call) {
  context.documents.WhenVisible(std::move(call), [&context](auto ready) {
    const v1::ListPostsRequest request = ready.request();
    const std::string digest = paging::FilterDigest(
        {"posts", request.district(), request.community(), absl::StrCat(request.kind())});
    const auto size = paging::PageSize(request.page_size());
    if (!size.ok()) return ready.Fail(size.status());
    const auto after = context.pager.Decode(request.page_token(), digest);
    if (!after.ok()) return ready.Fail(after.status());
    const auto page =
        context.reads.documents().List<Post>(document::kAllOfThem, *after, *size, [&](const Post& post) {
          return (request.district().empty() || post.district() == request.district()) &&
                 (request.community().empty() || post.community() == request.community()) &&
                 (request.kind() == Post::KIND_UNSPECIFIED || post.kind() == request.kind());
        });
    v1::ListPostsResponse answer;
    if (!answer.ParseFromString(page.bytes)) return ready.Fail(absl::InternalError("unreadable page"));
    const absl::CivilDay today = calendar::DayOf(context.clock.Now());
    for (Post& post : *answer.mutable_posts()) domain::ShowOn(today, &post);
    answer.set_next_page_token(context.pager.Encode(digest, page.next_after));
    ready.Answer(answer);
  });
}

void ListVacantPosts(const Context& context,
                     CallOf<v1::ListVacantPostsRequest, v1::ListVacantPostsResponse> call) {
  context.documents.WhenVisible(std::move(call), [&context](auto ready) {
    const v1::ListVacantPostsRequest request = ready.request();
    const auto day = DayOr("date", request.date(), context.clock.Now());
    if (!day.ok()) return ready.Fail(day.status());
    const std::string digest = paging::FilterDigest(
        {"vacant", request.district(), absl::StrCat(request.kind()), calendar::FormatDate(*day)});
    const auto size = paging::PageSize(request.page_size());
    if (!size.ok()) return ready.Fail(size.status());
    const auto after = context.pager.Decode(request.page_token(), digest);
    if (!after.ok()) return ready.Fail(after.status());
    // Vacant longest first.
    std::map<std::string, Post> vacant;
    ForEachDocument<Post>(context.reads.documents(), [&](const Post& post) {
      if (!request.district().empty() && post.district() != request.district()) return;
      if (request.kind() != Post::KIND_UNSPECIFIED && post.kind() != request.kind()) return;
      if (post.retired() || domain::TermOn(post, *day) != nullptr) return;
      Post shown = post;
      domain::ShowOn(*day, &shown);
      vacant.emplace(absl::StrCat(shown.vacant_since(), " ", shown.name()), std::move(shown));
    });
    v1::ListVacantPostsResponse answer;
    std::string last;
    for (auto it = vacant.upper_bound(*after); it != vacant.end(); ++it) {
      if (answer.posts_size() == static_cast<int>(*size)) {
        answer.set_next_page_token(context.pager.Encode(digest, last));
        break;
      }
      last = it->first;
      *answer.add_posts() = it->second;
    }
    ready.Answer(answer);
  });
}

struct Tally {
  std::set<std::string> communities, covered;
  int32_t posts = 0;
  int32_t vacant = 0;
};

void GetPostCoverage(const Context& context, CallOf<v1::GetPostCoverageRequest, v1::PostCoverage> call) {
  context.documents.WhenVisible(std::move(call), [&context](auto ready) {
    const v1::GetPostCoverageRequest request = ready.request();
    const auto day = DayOr("date", request.date(), context.clock.Now());
    if (!day.ok()) return ready.Fail(day.status());
    const Post::Kind kind = request.kind() == Post::KIND_UNSPECIFIED ? Post::OFFICER : request.kind();
    // The city is the one without a name, and comes first.
    std::map<std::string, Tally> tallies;
    tallies[""];
    ForEachDocument<Post>(context.reads.documents(), [&](const Post& post) {
      if (post.retired() || post.kind() != kind) return;
      if (!request.district().empty() && post.district() != request.district()) return;
      const bool held = domain::TermOn(post, *day) != nullptr;
      for (Tally* tally : {&tallies[""], &tallies[post.district()]}) {
        ++tally->posts;
        if (!held) ++tally->vacant;
        if (post.community().empty()) continue;
        tally->communities.insert(post.community());
        if (held) tally->covered.insert(post.community());
      }
    });
    v1::PostCoverage answer;
    answer.set_date(calendar::FormatDate(*day));
    for (const auto& [district, tally] : tallies) {
      v1::PostCoverage::Row& row = *answer.add_rows();
      row.set_district(district);
      row.set_communities(static_cast<int32_t>(tally.communities.size()));
      row.set_covered(static_cast<int32_t>(tally.covered.size()));
      row.set_posts(tally.posts);
      row.set_vacant(tally.vacant);
    }
    ready.Answer(answer);
  });
}

void GetPostHolder(const Context& context, CallOf<v1::GetPostHolderRequest, PostHolder> call) {
  const std::string name = call.request().name();
  auto ids = names::Parse("name", "volunteers/*", name);
  if (!ids.ok()) return call.Fail(ids.status());
  const std::string id = PersonOr(context, call.principal(), (*ids)[0]);
  const bool own = id == SelfOf(context, call.principal());
  if (!own && !SeesVolunteers(call.principal())) return call.Fail(refusal::NotFound(name));
  context.documents.WhenVisible(std::move(call), [&context, name, id](auto ready) {
    const std::string volunteer = absl::StrCat("volunteers/", id);
    if (context.reads.volunteers().Get(volunteer) == nullptr) return ready.Fail(refusal::NotFound(name));
    const auto holder = context.reads.documents().Find<PostHolder>(HolderName(volunteer));
    PostHolder none;
    none.set_name(HolderName(volunteer));
    ready.Answer(holder == nullptr ? none : *holder);
  });
}

void OfficersOf(const Context& context, CallOf<v1::OfficersOfRequest, v1::OfficersOfResponse> call) {
  context.documents.WhenVisible(std::move(call), [&context](auto ready) {
    const auto day = DayOr("date", ready.request().date(), context.clock.Now());
    if (!day.ok()) return ready.Fail(day.status());
    std::set<std::string> communities;
    ForEachDocument<Post>(context.reads.documents(), [&](const Post& post) {
      const bool there = ready.request().district().empty() || post.district() == ready.request().district();
      if (there && !post.retired() && post.kind() == Post::OFFICER && domain::TermOn(post, *day) != nullptr)
        communities.insert(post.community());
    });
    v1::OfficersOfResponse answer;
    answer.set_date(calendar::FormatDate(*day));
    for (const std::string& community : communities) answer.add_communities(community);
    ready.Answer(answer);
  });
}

}  // namespace

void AddPostHandlers(rpc::Service& service, const Context& context) {
  Handle(service, context, kPostService, "CreatePost", CreatePost);
  Handle(service, context, kPostService, "GetPost", GetPost);
  Handle(service, context, kPostService, "ListPosts", ListPosts);
  Handle(service, context, kPostService, "UpdatePost", UpdatePost);
  Handle(service, context, kPostService, "RetirePost", RetirePost);
  Handle(service, context, kPostService, "AppointHolder", AppointHolder);
  Handle(service, context, kPostService, "EndAppointment", EndAppointment);
  Handle(service, context, kPostService, "ListVacantPosts", ListVacantPosts);
  Handle(service, context, kPostService, "GetPostCoverage", GetPostCoverage);
  Handle(service, context, kPostService, "GetPostHolder", GetPostHolder);
  Handle(service, context, kPostService, "OfficersOf", OfficersOf);
}

}  // namespace kepu::volunteer
