// The pages of visitors: where they lie, who looks, and what has to be there.
export default [{ name: 'visitor-home', path: '/', home: true }];
