#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}. The first rows are the names of the codes: what a status without a
// reason gets.
// clang-format off
std::vector<SentenceRow> SharedSentences() {
  return {
      {"CANCELLED", "请求已取消。", "The call was cancelled."},
      {"UNKNOWN", "出了未知的问题，请稍后再试。", "Something unknown went wrong; try again later."},
      {"INVALID_ARGUMENT", "请求内容有误。", "The request is not valid."},
      {"DEADLINE_EXCEEDED", "未能按时完成，结果未知；请用同一 request_id 再次查询。", "It did not finish in time and the outcome is unknown; send the same request_id again to learn it."},
      {"NOT_FOUND", "找不到 {name}，或您无权查看。", "{name} does not exist, or is not yours to see."},
      {"ALREADY_EXISTS", "{name} 已经存在，请换一个编号。", "{name} exists already; choose another id."},
      {"PERMISSION_DENIED", "您没有进行此操作的权限；需要：{needed}。", "You may not do this; it takes {needed}."},
      {"RESOURCE_EXHAUSTED", "已达到上限，请稍后再试。", "A limit was reached; try again later."},
      {"FAILED_PRECONDITION", "当前状态下不能进行此操作。", "This cannot be done in the present state."},
      {"ABORTED", "与他人的修改冲突，请重新读取后再试。", "Somebody else's change came first; read again and retry."},
      {"OUT_OF_RANGE", "超出允许范围。", "That is outside the allowed range."},
      {"UNIMPLEMENTED", "没有 {method} 这个方法。", "There is no method {method}."},
      {"INTERNAL", "服务内部出错，请稍后再试；请求编号可供查询。", "Something went wrong inside; try again later, and quote the request id when you ask about it."},
      {"UNAVAILABLE", "服务暂时不可用，请稍后再试。", "The service is not available for the moment; try again shortly."},
      {"DATA_LOSS", "数据无法读取，请联系管理员。", "Data could not be read; tell an operator."},
      {"UNAUTHENTICATED", "请先登录。", "Log in first."},

      {"BAD_REQUEST", "请求中有 {count} 处不对，见各字段的说明。", "The request has mistakes ({count}); each is told with its field."},
      {"BAD_IDENTITY", "身份凭证无效或已过期。", "The identity sent with the call is not valid or has expired."},
      {"BUSY", "现在人太多，请稍后再试。", "Too many calls at the moment; try again shortly."},
      {"CLAIM_NOT_HELD", "预留 {claim} 已不存在：{thing}。", "The claim {claim} on {thing} is not held any more."},
      {"CONTENTION", "同时修改的人太多，请重试。", "Too many changes of the same thing at once; try again."},
      {"DEADLINE_TOO_SHORT", "剩余时间不足以完成，什么也没有改变；请给更长的期限。", "Too little time was left to finish, and nothing was changed; allow a longer deadline."},
      {"ETAG_MISMATCH", "{name} 已被他人修改，请重新读取后再改。", "{name} was changed by somebody else; read it again before you change it."},
      {"INTERNAL_ONLY", "此方法只供内部服务使用。", "Only services of the system may call this method."},
      {"LATE", "未能按时处理，什么也没有改变，请重试。", "It came too late to be done, and nothing was changed; try again."},
      {"NOT_YET_VISIBLE", "刚才的修改还没有同步到这里，请稍后再读。", "The change you made has not arrived here yet; read again shortly."},
      {"NO_DATA_SET", "数据尚未建立，请联系管理员。", "There is no data set yet; tell an operator."},
      {"OUTCOME_UNKNOWN", "结果未知；请用同一 request_id 再次查询。", "The outcome is unknown; send the same request_id again to learn it."},
      {"READ_ONLY", "系统目前只读，暂时不能修改。", "The system is read-only for the moment; nothing can be changed."},
      {"REQUEST_ABANDONED", "这个请求没有生效，也不会再生效；请用新的 request_id。", "This request took no effect and never will; use a new request_id."},
      {"REQUEST_ID_REUSED", "request_id 已用于另一个请求，请换一个新的。", "This request_id was used for a different request; use a new one."},
      {"REQUEST_TOO_OLD", "这个请求太久以前已经办过，不再重复办理；请用新的 request_id。", "This request was carried out too long ago to be repeated; use a new request_id."},
      {"RESERVATION_EXPIRED", "未能及时办妥，什么也没有占用；请用新的 request_id 重试。", "It could not be settled in time and nothing was taken; try again with a new request_id."},
      {"STREAM_TOO_SLOW", "接收太慢，请从上次的位置重新连接。", "The stream was read too slowly; connect again from the last position."},
      {"TOO_LARGE", "请求过大：最多 {max} 字节。", "The request is too large: at most {max} bytes."},
  };
}
// clang-format on

}  // namespace kepu::refusal
