// The volunteer that the reader is; null for who has an account and is not registered as one.
import { useLoad } from '@/api/action';
import { isAbsent, refusalOf } from '@/api/refusal';
import type { Volunteer } from '@/gen/kepu/volunteer/v1/volunteer_pb.js';
import { volunteers } from './clients';

// What a read gives, or null where there is none.
export async function orNull<Value>(read: Promise<Value>): Promise<Value | null> {
  try {
    return await read;
  } catch (cause) {
    if (isAbsent(refusalOf(cause))) return null;
    throw cause;
  }
}

export const readMe = (signal?: AbortSignal): Promise<Volunteer | null> => orNull(volunteers.getVolunteer({ name: 'volunteers/me' }, { signal }));
export const useMe = () => useLoad(readMe);
