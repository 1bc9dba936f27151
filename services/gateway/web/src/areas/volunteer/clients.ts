// The services that most pages of volunteers speak to; what one page alone needs is made there.
import { createClient } from '@connectrpc/connect';
import { transport } from '@/api/transport';
import { DirectoryService } from '@/gen/kepu/identity/v1/directory_pb.js';
import { VenueService } from '@/gen/kepu/venue/v1/venue_service_pb.js';
import { FindService } from '@/gen/kepu/volunteer/v1/find_pb.js';
import { PersonService } from '@/gen/kepu/volunteer/v1/people_pb.js';
import { RecognitionService } from '@/gen/kepu/volunteer/v1/recognition_pb.js';
import { RoleService } from '@/gen/kepu/volunteer/v1/role_pb.js';
import { SignupService, SwapService, WaitListService } from '@/gen/kepu/volunteer/v1/signup_pb.js';
import { VolunteerService } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';

export const volunteers = createClient(VolunteerService, transport);
export const finder = createClient(FindService, transport);
export const signups = createClient(SignupService, transport);
export const waits = createClient(WaitListService, transport);
export const swaps = createClient(SwapService, transport);
export const people = createClient(PersonService, transport);
export const roles = createClient(RoleService, transport);
export const recognition = createClient(RecognitionService, transport);
export const directory = createClient(DirectoryService, transport);
export const venues = createClient(VenueService, transport);
