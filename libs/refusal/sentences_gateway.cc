#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> GatewaySentences() {
  return {
      {"BODY_UNREADABLE", "请求正文不是有效的 JSON：{problem}（第 {at} 字节）。", "The body is not valid JSON: it {problem}, at byte {at}."},
      {"CONTENT_TYPE_UNKNOWN", "不支持 {type} 格式的正文，请用 application/json。", "A body of type {type} is not understood; send application/json."},
      {"LIVE_STREAMS_FULL", "已打开的实时连接太多（最多 {most} 个），请关闭一些页面后再试。", "Too many live streams are open already; at most {most} are possible. Close some pages and try again."},
      {"REQUEST_MALFORMED", "无法识别的 HTTP 请求：{problem}。", "This is not a well-formed HTTP request: {problem}."},
      {"ROUTE_UNKNOWN", "没有 {path} 这个地址。", "There is nothing at {path}."},
      {"SERVICE_DOWN", "{service} 服务暂时不可用，其他服务不受影响。", "The {service} service is not available for the moment; the others go on."},
      {"VERB_UNKNOWN", "{path} 不支持 {verb}，可用：{allowed}。", "{path} does not know {verb}; it knows {allowed}."},
  };
}
// clang-format on

}  // namespace kepu::refusal
