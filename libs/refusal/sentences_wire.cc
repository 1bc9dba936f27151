#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> WireSentences() {
  return {
      {"COMPRESSION_UNKNOWN", "不支持压缩方式 {encoding}，可用：gzip 或不压缩。", "Compression {encoding} is not known; use gzip or none."},
      {"FRAME_COMPRESSED", "消息标为已压缩，但请求没有说明压缩方式。", "The message is marked as compressed, and the request names no compression."},
      {"FRAME_COUNT", "请求必须恰好包含一条消息。", "The request must hold exactly one message."},
      {"FRAME_UNREADABLE", "请求正文无法拆解：{problem}。", "The body cannot be taken apart: {problem}."},
      {"MESSAGE_UNREADABLE", "正文不是 {type} 消息。", "The body is not a {type} message."},
      {"RPC_TYPE_UNKNOWN", "此方法不支持 {type} 格式，可用：{types}。", "This method does not take {type}; it takes {types}."},
  };
}
// clang-format on

}  // namespace kepu::refusal
