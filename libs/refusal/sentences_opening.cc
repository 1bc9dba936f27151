#include "libs/refusal/sentences.h"

namespace kepu::refusal {

// One row per line: {reason, zh, en}.
// clang-format off
std::vector<SentenceRow> OpeningSentences() {
  return {
      {"ENTER_FIRST", "这一场次按 {opening} 排队预约；请先进入等候室（{room_opens} 起开放）。", "The session is booked in turn by {opening}; enter its room first (open from {room_opens})."},
      {"ENTRY_OVER", "您在 {opening} 的预约时段已于 {until} 结束；可重新进入，排在队尾。", "Your turn in {opening} ended at {until}; enter again, behind the line."},
      {"KEPT_FOR_OPENING", "这一场次目前按 {opening} 排队预约，不能纳入参观日计划。", "The session is booked in turn by {opening} just now; a visit day cannot take places of it yet."},
      {"NOT_DRAWN_YET", "{opening} 将于 {opens} 抽签排位，届时即可看到您的位置。", "The places of {opening} are drawn at {opens}; look again then."},
      {"NOT_YET_YOUR_TURN", "还没轮到您：您在 {opening} 排第 {place} 位，前面还有 {ahead} 人，预计 {from} 可以预约。", "It is not your turn yet: you are number {place} of {opening} with {ahead} before you, and may book from {from}."},
      {"OPENING_CANCELLED", "{opening} 已取消（{why}）；场次可直接预约。", "{opening} was cancelled ({why}); its sessions are booked without it."},
      {"OPENING_DRAWN", "{opening} 已抽签，位置和时间不再更改；只能改名称和结束时间。", "{opening} was drawn, and turns that were told stand; only its text and its end can change."},
      {"OPENING_ENDED", "{opening} 的排队已结束；场次可直接预约。", "{opening} is over; its sessions are booked without it."},
      {"OPENING_FULL", "{opening} 的等候室已满（{most} 人）；结束后可直接预约余下名额。", "The room of {opening} has {most} people, which is the most; what is left is open to all when it is over."},
      {"OPENING_SCHOOL_LIMIT", "{school} 在 {opening} 已有 {most} 人排队，已达上限；请由其中一人预约。", "{most} people of {school} are in {opening} already, which is the most; one of them can book."},
      {"ROOM_NOT_OPEN", "{opening} 的等候室将于 {opens} 开放。", "The room of {opening} opens at {opens}."},
      {"SESSION_HAS_OPENING", "{session} 已由 {opening} 排队预约；请先取消它。", "{session} is booked by {opening} already; cancel that first."},
      {"TOO_MANY_HOLDS", "您已保留 {most} 个预约未确认，已达上限；请先确认或取消，最早的将于 {until} 到期。", "You hold {most} bookings that are not confirmed, which is the most; confirm or cancel one first. The first runs out at {until}."},
  };
}
// clang-format on

}  // namespace kepu::refusal
