#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> RecognitionSentences() {
  return {
      {"ABSENCE_SETTLED", "该缺席记录目前为 {state}，不能进行此操作。", "The mark of absence is {state}; this cannot be done with it any more."},
      {"CERTIFICATE_STATE", "{name} 目前为 {state}，不能进行此操作。", "{name} is {state}; this cannot be done with it."},
      {"HONOUR_REVOKED", "{name} 已被撤销。", "{name} was revoked already."},
      {"NOT_A_PUPIL", "社会实践证明只发给中小学生。", "Statements of social practice are for pupils only."},
      {"NO_HOURS", "该时段内没有由 {issuer} 记录的服务时长。", "No hours were recorded by {issuer} in that time."},
      {"NO_SUCH_TERM", "现行规则中没有学期 {term}。", "The rules in force have no term {term}."},
      {"OWN_CASE", "与本人有关的事项须由他人办理。", "Somebody else has to decide this: it concerns you, or the mark is yours."},
      {"RULES_ENDED", "{name} 已经失效。", "{name} are not in force any more."},
      {"RULES_OVERLAP", "与 {with}（{first} 至 {last}）的有效期重叠。", "{with} are in force from {first} to {last}: two sets of a kind never are on one day."},
      {"TOO_MANY_EDITIONS", "同一范围内的同类规则已达 {most} 版。", "There are {most} editions of such rules in that scope already."},
      {"TOO_MANY_ROWS", "该时段有 {rows} 条记录，一份证明最多 {most} 条，请缩短时段。", "There are {rows} rows in that time and a certificate takes {most}; ask for a shorter time."},
  };
}
// clang-format on

}  // namespace kepu::refusal
