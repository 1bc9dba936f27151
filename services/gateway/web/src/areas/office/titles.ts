// What an office may do next with a title, by its state.
import { TitleLevel, Title_State as State } from '@/gen/kepu/venue/v1/title_pb.js';

export type Step = 'recommend' | 'review' | 'publicize' | 'name' | 'decline' | 'confirm' | 'revoke';

export function stepsOf(state: State, level: TitleLevel, city: boolean): Step[] {
  // A title above the district takes the city from the experts' review on.
  const own = city || level === TitleLevel.DISTRICT;
  switch (state) {
    case State.APPLIED:
      return ['recommend', 'decline'];
    case State.DISTRICT_RECOMMENDED:
      return own ? ['review', 'decline'] : [];
    case State.EXPERT_REVIEWED:
      return own ? ['publicize', 'decline'] : [];
    case State.PUBLICIZED:
      return own ? ['name', 'decline'] : [];
    case State.RECTIFYING:
    case State.RECTIFICATION_OVERDUE:
      return own ? ['confirm', 'revoke'] : [];
    case State.NAMED:
      return own ? ['revoke'] : [];
    default:
      return [];
  }
}
export const titleTone = (state: State) =>
  state === State.NAMED ? 'good' : [State.REJECTED, State.REVOKED, State.RECTIFICATION_OVERDUE].includes(state) ? 'bad' : [State.WITHDRAWN, State.EXPIRED].includes(state) ? '' : 'warn';
