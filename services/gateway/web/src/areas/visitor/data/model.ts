// Messages and enums of the contract that the pages of visitors speak of.
export { Booking_Appeal, Booking_Kind, Booking_State, Event_Kind, Pool_Counts, Session_State, Theme, TargetGroup, WaitEntry_State } from '@/gen/kepu/event/v1/event_pb.js';
export type { Booking, Event, Party, Pool, Programme, Session, WaitEntry } from '@/gen/kepu/event/v1/event_pb.js';
export { Staffing_State } from '@/gen/kepu/event/v1/session_terms_pb.js';
