// The services that visitors read and book at.
import { createClient } from '@connectrpc/connect';
import { transport } from '@/api/transport';
import { EventService } from '@/gen/kepu/event/v1/event_pb.js';
import { VenueService } from '@/gen/kepu/venue/v1/venue_service_pb.js';

export const events = createClient(EventService, transport);
export const venues = createClient(VenueService, transport);
