// Which titles a venue may apply for. Pure.
import { Title_Kind, Title_State, TitleLevel } from '@/gen/kepu/venue/v1/title_pb.js';

export const titleKinds = [Title_Kind.SCIENCE_BASE, Title_Kind.CONTENT_CREATION_BASE, Title_Kind.TALENT_TRAINING_BASE, Title_Kind.METHOD_TRAINING_BASE, Title_Kind.FARM_BASE];
export const titleLevels = [TitleLevel.DISTRICT, TitleLevel.MUNICIPAL, TitleLevel.NATIONAL];
export const titleTone = (state: Title_State) =>
  state === Title_State.NAMED ? 'good' : [Title_State.REJECTED, Title_State.REVOKED, Title_State.RECTIFICATION_OVERDUE].includes(state) ? 'bad' : state === Title_State.RECTIFYING ? 'warn' : 'brand';
export const inForce = (state: Title_State) => [Title_State.NAMED, Title_State.RECTIFYING, Title_State.RECTIFICATION_OVERDUE].includes(state);
export const pending = (state: Title_State) => [Title_State.APPLIED, Title_State.DISTRICT_RECOMMENDED, Title_State.EXPERT_REVIEWED, Title_State.PUBLICIZED].includes(state);
