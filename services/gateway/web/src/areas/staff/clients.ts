// The services that planning talks to.
import { createClient } from '@connectrpc/connect';
import { transport } from '@/api/transport';
import { CampaignService } from '@/gen/kepu/event/v1/campaign_pb.js';
import { EventService } from '@/gen/kepu/event/v1/event_pb.js';
import { ScheduleService } from '@/gen/kepu/event/v1/schedule_pb.js';
import { DirectoryService } from '@/gen/kepu/identity/v1/directory_pb.js';
import { AssessmentService } from '@/gen/kepu/venue/v1/assessment_pb.js';
import { FleetService } from '@/gen/kepu/venue/v1/fleet_service_pb.js';
import { TitleService } from '@/gen/kepu/venue/v1/title_pb.js';
import { VenueService } from '@/gen/kepu/venue/v1/venue_service_pb.js';
import { NeedService } from '@/gen/kepu/volunteer/v1/need_pb.js';
import { RoleService } from '@/gen/kepu/volunteer/v1/role_pb.js';
import { SignupService, WaitListService } from '@/gen/kepu/volunteer/v1/signup_pb.js';
import { VolunteerService } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';

export const venues = createClient(VenueService, transport);
export const events = createClient(EventService, transport);
export const schedule = createClient(ScheduleService, transport);
export const campaigns = createClient(CampaignService, transport);
export const directory = createClient(DirectoryService, transport);
export const fleet = createClient(FleetService, transport);
export const titles = createClient(TitleService, transport);
export const assessments = createClient(AssessmentService, transport);
export const volunteers = createClient(VolunteerService, transport);
export const needs = createClient(NeedService, transport);
export const roles = createClient(RoleService, transport);
export const signupsOf = createClient(SignupService, transport);
export const waitList = createClient(WaitListService, transport);
