// The token that goes with every call of a session, so that no other site can make one. Held in memory alone.
let token = '';
export const setCsrfToken = (now: string) => void (token = now);
export const csrfToken = () => token;
