// Clients that are made with the first call of theirs, so that a page loads the schemas of what it shows and no others.
import type { DescService } from '@bufbuild/protobuf';
import { type Client, createClient } from '@connectrpc/connect';
import { transport } from './transport';

function later<Service extends DescService>(load: () => Promise<Service>): () => Promise<Client<Service>> {
  let coming: Promise<Client<Service>> | undefined;
  return () => {
    coming ??= load().then((service) => createClient(service, transport));
    coming.catch(() => (coming = undefined));
    return coming;
  };
}

export const venueClient = later(() => import('@/gen/kepu/venue/v1/venue_service_pb.js').then((all) => all.VenueService));
export const fleetClient = later(() => import('@/gen/kepu/venue/v1/fleet_service_pb.js').then((all) => all.FleetService));
export const collectionClient = later(() => import('@/gen/kepu/venue/v1/collections_pb.js').then((all) => all.CollectionService));
export const eventClient = later(() => import('@/gen/kepu/event/v1/event_pb.js').then((all) => all.EventService));
export const offerClient = later(() => import('@/gen/kepu/event/v1/school_offer_pb.js').then((all) => all.SchoolOfferService));
export const campaignClient = later(() => import('@/gen/kepu/event/v1/campaign_pb.js').then((all) => all.CampaignService));
export const directoryClient = later(() => import('@/gen/kepu/identity/v1/directory_pb.js').then((all) => all.DirectoryService));
export const identityClient = later(() => import('@/gen/kepu/identity/v1/identity_pb.js').then((all) => all.IdentityService));
export const trainingClient = later(() => import('@/gen/kepu/volunteer/v1/training_pb.js').then((all) => all.TrainingService));
