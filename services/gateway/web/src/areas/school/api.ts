// The services that teachers' pages speak to, and how their things are found in the address of a page.
import { createClient } from '@connectrpc/connect';
import { idOf, idsOf, topOf } from '@/api/resource';
import { transport } from '@/api/transport';
import { ApprovalService } from '@/gen/kepu/event/v1/approval_pb.js';
import { AuditService } from '@/gen/kepu/event/v1/audit_pb.js';
import { DoorService } from '@/gen/kepu/event/v1/door_pb.js';
import { EvaluationService } from '@/gen/kepu/event/v1/evaluation_pb.js';
import { EventService } from '@/gen/kepu/event/v1/event_pb.js';
import { OpeningService } from '@/gen/kepu/event/v1/opening_pb.js';
import { PaperService } from '@/gen/kepu/event/v1/paper_pb.js';
import { RosterService } from '@/gen/kepu/event/v1/roster_pb.js';
import { RoundService } from '@/gen/kepu/event/v1/round_pb.js';
import { SchoolOfferService } from '@/gen/kepu/event/v1/school_offer_pb.js';
import { VisitDayService } from '@/gen/kepu/event/v1/visit_day_pb.js';
import { DirectoryService } from '@/gen/kepu/identity/v1/directory_pb.js';
import { FeedService } from '@/gen/kepu/identity/v1/feed_pb.js';
import { IdentityService } from '@/gen/kepu/identity/v1/identity_pb.js';
import { CollectionService } from '@/gen/kepu/venue/v1/collections_pb.js';
import { FleetService } from '@/gen/kepu/venue/v1/fleet_service_pb.js';
import { VenueService } from '@/gen/kepu/venue/v1/venue_service_pb.js';

export const approvals = createClient(ApprovalService, transport);
export const audit = createClient(AuditService, transport);
export const doors = createClient(DoorService, transport);
export const evaluations = createClient(EvaluationService, transport);
export const events = createClient(EventService, transport);
export const openings = createClient(OpeningService, transport);
export const papers = createClient(PaperService, transport);
export const rosters = createClient(RosterService, transport);
export const rounds = createClient(RoundService, transport);
export const offers = createClient(SchoolOfferService, transport);
export const visitDays = createClient(VisitDayService, transport);
export const directory = createClient(DirectoryService, transport);
export const feeds = createClient(FeedService, transport);
export const identity = createClient(IdentityService, transport);
export const collections = createClient(CollectionService, transport);
export const fleet = createClient(FleetService, transport);
export const venues = createClient(VenueService, transport);

export const sessionOf = (booking: string) => topOf(booking, 2);
export const eventOf = (name: string) => topOf(name);

const bookingParams = (name: string) => {
  const [event = '', session = '', booking = ''] = idsOf(name);
  return { event, session, booking };
};
export const bookingPage = (name: string, page = 'school-booking') => ({ name: page, params: bookingParams(name) });
export const bookPage = (session: string) => {
  const [event = '', id = ''] = idsOf(session);
  return { name: 'school-book', params: { event }, query: { session: id } };
};
export const pageOf = (page: string, name: string) => ({ name: page, params: { id: idOf(name) } });
