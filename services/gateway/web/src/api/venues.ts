// Venues as a whole, for pages that show more of them than a name. Read once while the app is open.
import { createClient } from '@connectrpc/connect';
import { kept } from './kept';
import { transport } from './transport';
import type { Venue } from '@/gen/kepu/venue/v1/venue_pb.js';
import { VenueService } from '@/gen/kepu/venue/v1/venue_service_pb.js';

// The venue where something is; nothing for what is elsewhere.
export const venueOfPlace = (place: string) => /^venues\/[^/]+/.exec(place)?.[0] ?? '';

const client = createClient(VenueService, transport);
const venues = kept<Venue>((name) => client.getVenue({ name }));
export const readVenue = venues.read;
// Nothing of a place that is no venue.
export const venueNow = (place: string) => venues.now(venueOfPlace(place));
// What came with a list is not asked for.
export const tellVenue = (venue: Venue) => venues.put(venue.name, venue);
