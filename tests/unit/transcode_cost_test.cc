// What the dearest requests cost: no request may take more than a few megabytes, whatever it holds. The times
// are printed, not judged: they say nothing on a busy machine or in a build without optimization.
#include <malloc.h>
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <new>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gtest/gtest.h"
#include "kepu/event/v1/event.pb.h"
#include "kepu/event/v1/paper.pb.h"
#include "services/gateway/transcode/answer.h"
#include "services/gateway/transcode/json_value.h"
#include "services/gateway/transcode/request.h"
#include "services/gateway/transcode/route_table.h"

namespace {

// Bytes that the process holds of the heap, and the most since the last reset. One thread.
int64_t g_heap_bytes = 0;
int64_t g_heap_peak = 0;

void* Counted(void* block) {
  if (block == nullptr) std::abort();
  g_heap_bytes += static_cast<int64_t>(malloc_usable_size(block));
  g_heap_peak = std::max(g_heap_peak, g_heap_bytes);
  return block;
}

void Uncounted(void* block) {
  if (block != nullptr) g_heap_bytes -= static_cast<int64_t>(malloc_usable_size(block));
  std::free(block);
}

}  // namespace

void* operator new(size_t bytes) { return Counted(std::malloc(bytes)); }
void* operator new[](size_t bytes) { return Counted(std::malloc(bytes)); }
void operator delete(void* block) noexcept { Uncounted(block); }
void operator delete[](void* block) noexcept { Uncounted(block); }
void operator delete(void* block, size_t) noexcept { Uncounted(block); }
void operator delete[](void* block, size_t) noexcept { Uncounted(block); }

namespace kepu::gateway::transcode {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

// A request's own bytes are counted beside: the body, once.
constexpr int64_t kHeapBytesMax = int64_t{8} * 1024 * 1024;
constexpr size_t kMegabyte = 1024 * 1024;

const RouteTable& EventRoutes() {
  event::v1::Event::descriptor();
  event::v1::Paper::descriptor();
  static const auto* const table = [] {
    std::vector<const google::protobuf::ServiceDescriptor*> services;
    for (const auto* service : LinkedServices()) {
      if (service->full_name().rfind("kepu.event.", 0) == 0) services.push_back(service);
    }
    return RouteTable::Make(services)->release();
  }();
  return *table;
}

const AnswerWriter& EventWriter() {
  static const auto* const writer = new AnswerWriter(EventRoutes());
  return *writer;
}

double CpuMs() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

struct Cost {
  double ms = 0;
  int64_t bytes = 0;
  bool ok = false;
};

// From the request to the bytes of the call, or to the refusal as it goes out.
Cost CostOf(absl::string_view verb, absl::string_view path, absl::string_view query, absl::string_view body) {
  EventWriter();
  const int64_t before = g_heap_peak = g_heap_bytes;
  const double start = CpuMs();
  Cost cost;
  const Match match = EventRoutes().Find(verb, path);
  EXPECT_NE(match.route, nullptr) << verb << " " << path;
  if (match.route == nullptr) return cost;
  {
    const auto call = BuildRequest(match, {.query = query, .body = body, .peer = "192.0.2.1"});
    cost.ok = call.ok();
    if (!call.ok()) EventWriter().Failure(call.status(), "application/problem+json");
  }
  cost.ms = CpuMs() - start;
  cost.bytes = g_heap_peak - before + static_cast<int64_t>(body.size());
  return cost;
}

void Tell(const std::string& what, size_t size, const Cost& cost) {
  std::printf("%-34s %8zu bytes  %7.2f ms CPU  %6.2f MB  %s\n", what.c_str(), size, cost.ms,
              static_cast<double>(cost.bytes) / 1e6, cost.ok ? "taken" : "refused");
  EXPECT_LE(cost.bytes, kHeapBytesMax) << what;
}

std::string Repeated(absl::string_view piece, size_t bytes) {
  std::string text;
  while (text.size() + piece.size() <= bytes) text.append(piece.data(), piece.size());
  return text;
}

std::string List(absl::string_view item, size_t count) {
  std::string text = "[";
  for (size_t i = 0; i < count; ++i) absl::StrAppend(&text, i == 0 ? "" : ",", item);
  return text + "]";
}

TEST(TranscodeCost, DearBodiesOfAnySize) {
  const std::string papers = "/v1/events/a/sessions/b/bookings/c/papers";
  const auto in_content = [](const std::string& text) {
    return absl::StrCat(R"({"content":")", text, R"("})");
  };
  const std::vector<std::pair<const char*, std::string>> bodies = {
      {"a file", in_content(Repeated("AAAA", kMegabyte - 64))},
      {"a file in escapes", in_content(Repeated("\\u0041\\u0041\\u0041\\u0041", kMegabyte - 64))},
      {"a file that is no base64", in_content(Repeated("!", kMegabyte - 64))},
      {"deep arrays", std::string(kMegabyte, '[')},
      {"deep objects", Repeated(R"({"a":)", kMegabyte)},
      {"tokens", absl::StrCat(R"({"content":[)", Repeated("0,", kMegabyte - 64), "0]}")},
      {"a huge number", absl::StrCat(R"({"version":)", std::string(kMegabyte - 64, '9'), "}")},
      {"a huge fraction", absl::StrCat(R"({"version":0.)", std::string(kMegabyte - 64, '1'), "e9}")},
      {"a huge key", absl::StrCat("{\"", std::string(kMegabyte - 64, 'k'), "\":1}")},
      {"a huge key in escapes", absl::StrCat("{\"", Repeated("\\n", kMegabyte - 64), "\":1}")},
      {"pairs of surrogates",
       absl::StrCat(R"({"lastDate":")", Repeated("\\ud83d\\ude00", kMegabyte - 64), R"("})")},
      {"spaces", std::string(kMegabyte, ' ')},
      {"text of three bytes each", absl::StrCat(R"({"lastDate":")", Repeated("科", kMegabyte - 64), R"("})")},
      {"what is no UTF-8 at its end", std::string(kMegabyte - 1, ' ') + "\xff"},
  };
  for (const auto& [what, body] : bodies) Tell(what, body.size(), CostOf("POST", papers, "", body));
  std::string keys = "{";
  for (int i = 0; i < 9990; ++i) absl::StrAppend(&keys, "\"", i, "\":0,");
  keys += "\"x\":0}";
  Tell("unknown keys", keys.size(), CostOf("POST", papers, "", keys));
}

// Every list of every message, filled with empty objects: what costs least to send and most to hold.
void FillLists(const Descriptor& message, const std::string& before, const std::string& after, int depth,
               const std::function<void(const std::string& body, const std::string& name)>& use) {
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    if (field.message_type() == nullptr || field.is_map() || IsTextMessage(*field.message_type())) continue;
    const std::string open = absl::StrCat(before, "{\"", field.json_name(), "\":");
    if (field.is_repeated()) {
      const size_t room = kJsonBytesMax - open.size() - after.size() - 8;
      use(absl::StrCat(open, List("{}", std::min<size_t>(room / 3, kJsonTokensMax - 40)), "}", after),
          field.full_name());
    } else if (depth < 3) {
      FillLists(*field.message_type(), open, "}" + after, depth + 1, use);
    }
  }
}

TEST(TranscodeCost, ListsOfEmptyObjects) {
  Cost worst;
  std::string name;
  size_t size = 0;
  int tried = 0;
  for (const auto& route : EventRoutes().routes()) {
    const Descriptor* message = route->body_is_message   ? route->method->descriptor->input_type()
                                : route->body != nullptr ? route->body->message_type()
                                                         : nullptr;
    if (message == nullptr) continue;
    std::string path;
    for (const Segment& segment : route->path.segments)
      absl::StrAppend(&path, "/", segment.kind == Segment::Kind::kLiteral ? segment.literal : "x");
    if (!route->path.verb.empty()) absl::StrAppend(&path, ":", route->path.verb);
    FillLists(*message, "", "", 0, [&](const std::string& body, const std::string& field) {
      const Cost cost = CostOf(route->verb, path, "", body);
      EXPECT_LE(cost.bytes, kHeapBytesMax) << route->verb << " " << path << " " << field;
      ++tried;
      if (cost.bytes <= worst.bytes) return;
      worst = cost;
      name = field;
      size = body.size();
    });
  }
  EXPECT_GT(tried, 20);
  Tell("the dearest list: " + name.substr(name.find_last_of('.') + 1), size, worst);
}

TEST(TranscodeCost, ManyParameters) {
  const std::vector<std::pair<const char*, std::string>> queries = {
      {"unknown parameters", Repeated("a=&", 4096)},
      {"empty pairs", Repeated("&", 4096)},
      {"one value again and again", Repeated("pageSize=1&", 4096)},
      {"escapes", "pageToken=" + Repeated("%41", 4000)},
      {"deep names", Repeated("a.", 4000) + "=1"},
  };
  for (const auto& [what, query] : queries) Tell(what, query.size(), CostOf("GET", "/v1/events", query, ""));
}

}  // namespace
}  // namespace kepu::gateway::transcode
