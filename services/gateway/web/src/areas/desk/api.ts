// The services that the desk speaks to.
import { createClient } from '@connectrpc/connect';
import { allPages } from '@/api/action';
import { transport } from '@/api/transport';
import { ApprovalService } from '@/gen/kepu/event/v1/approval_pb.js';
import { DoorService } from '@/gen/kepu/event/v1/door_pb.js';
import { EvaluationService } from '@/gen/kepu/event/v1/evaluation_pb.js';
import { EventService, type Session } from '@/gen/kepu/event/v1/event_pb.js';
import { PaperService } from '@/gen/kepu/event/v1/paper_pb.js';
import { ReachService } from '@/gen/kepu/event/v1/reach_pb.js';
import { ScheduleService } from '@/gen/kepu/event/v1/schedule_pb.js';
import { DirectoryService } from '@/gen/kepu/identity/v1/directory_pb.js';
import { CollectionService } from '@/gen/kepu/venue/v1/collections_pb.js';
import { FleetService } from '@/gen/kepu/venue/v1/fleet_service_pb.js';
import { VenueService } from '@/gen/kepu/venue/v1/venue_service_pb.js';
import { HoursService } from '@/gen/kepu/volunteer/v1/hours_pb.js';
import { VolunteerService } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';

export const approvals = createClient(ApprovalService, transport);
export const collections = createClient(CollectionService, transport);
export const directory = createClient(DirectoryService, transport);
export const door = createClient(DoorService, transport);
export const evaluations = createClient(EvaluationService, transport);
export const events = createClient(EventService, transport);
export const fleet = createClient(FleetService, transport);
export const hours = createClient(HoursService, transport);
export const papers = createClient(PaperService, transport);
export const reach = createClient(ReachService, transport);
export const schedule = createClient(ScheduleService, transport);
export const venues = createClient(VenueService, transport);
export const volunteers = createClient(VolunteerService, transport);

// All sessions of a place, earliest first.
export const sessionsOf = (place: string, signal?: AbortSignal): Promise<Session[]> =>
  allPages((pageToken) => events.listSessions({ parent: 'events/-', place, pageSize: 100, pageToken }, { signal }), (page) => page.sessions);

export const bookingsOf = (session: string, signal?: AbortSignal) =>
  allPages((pageToken) => events.listBookings({ parent: session, pageSize: 100, pageToken }, { signal }), (page) => page.bookings);
